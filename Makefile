# From a fresh clone with python3 (3.11 or newer) and make: `make run` for the page, `make test` for the checks.

PYTHON ?= python3
HOST ?= localhost
PORT ?= 8501
# required: a missing chromium is an error; otherwise the browser's tests are skipped with one line
QUOTECAST_BROWSER ?= if-present
export QUOTECAST_BROWSER

# modules are compiled once, not by every process anew
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
# processes that share the tests, a file each; one begins with the browser and its server
WORKERS ?= 3
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# which tests: all but the journeys; continuous integration adds the short ones
TESTS ?= not journey and not office

.PHONY: fuzz test-documents setup run test test-fast style types tests journeys test-cluster test-postgres test-sign-in bench bench-errors bench-page bench-book

setup: .venv/.synced

# uv lives inside the environment, so nothing is asked of the machine but python3;
# --inexact keeps uv itself, which the lock does not name.
.venv/.synced: pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit("python3 is older than 3.11" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip --upgrade
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv sync --locked --inexact --quiet
	@touch $@

run: setup
	$(BIN)/streamlit run serve.py --server.headless true --server.address $(HOST) --server.port $(PORT)

test: style
	@$(MAKE) --no-print-directory --jobs=2 types tests

# for in between: style and every test without a browser
test-fast: style
	$(PYTEST) -m "not browser and not office and not journey"

style: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

tests: setup
	$(PYTEST) -m "$(TESTS)"

# whole calls in the browser, and the book at length; JOURNEYS narrows them, as in JOURNEYS='-k en'
journeys: setup
	$(BIN)/pytest -m "journey and not postgres" tests $(JOURNEYS)

# every workbook calculated anew by LibreOffice, if Debian's libreoffice-calc is installed
test-documents: setup
	$(BIN)/pytest -m office tests/test_workbook_office.py

# a batch on a Dask cluster of this machine; brings the extra packages
test-cluster: setup
	$(BIN)/uv sync --locked --inexact --quiet --extra cluster
	$(BIN)/pytest -m cluster tests/test_batch.py

# the book in PostgreSQL, in a server of the tests' own; needs Debian's postgresql
test-postgres: setup
	$(BIN)/uv sync --locked --inexact --quiet --extra postgres
	$(BIN)/pytest -m postgres tests/book

# signing in, roles and approvals in the browser, with an OpenID provider of the tests' own
test-sign-in: setup
	$(BIN)/uv sync --locked --inexact --quiet --extra auth
	$(BIN)/pytest -m sign_in tests/browser/test_sign_in_page.py

# brings the extra packages of the comparison; BENCH=--short leaves them, and what takes long, out
bench: setup
	$(if $(BENCH),,$(BIN)/uv sync --locked --inexact --quiet --extra bench)
	$(BIN)/python -m benchmarks $(BENCH)

# spoiled inputs over every edge, the same ones for a seed; what is found is kept in tests/fuzz/found
CASES ?= 20000
SEED ?= 1
fuzz: setup
	PYTHONPATH=tests $(BIN)/python -m fuzz --cases $(CASES) --seed $(SEED)

# how often a stated error covers the truth, and how large it is over random prospects
bench-errors: setup
	$(BIN)/python -m benchmarks.errors $(BENCH)

# the book of quotes: pages of its list, steps, a backup
ROUNDS ?= 200
bench-book: setup
	$(BIN)/python -m benchmarks.book $(ROUNDS)

# from a move on the page to its number and picture, against a page of one slider
MOVES ?= 200
bench-page: setup
	$(BIN)/python -m benchmarks.page $(MOVES)
