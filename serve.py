"""The page on localhost, and the client's door at ``/q`` in the same server: ``make run``."""

import datetime as dt
import os
import secrets
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from starlette.middleware import Middleware
from streamlit.starlette import App

from estimator.book import drafts
from estimator.book.book import open_book
from estimator.book.links import Links
from estimator.book.opening import url_at, usual_address
from estimator.door.door import PATH, door
from estimator.door.key import kept_key
from estimator.gate.gate import Gate, failed
from estimator.gate.headers import headers
from estimator.gate.origins import by_host
from estimator.notices.webhook import tell_from
from estimator.presentation.words import LANGUAGES
from estimator.screens import css, exposure
from estimator.values.errors import QuotecastError
from estimator.values.memory import MEGABYTE, MEMORY, budget_of

LIMIT = "QUOTECAST_MEMORY"
"""The environment's variable that says how many megabytes of answers are kept."""

wrong = exposure.start_fault(os.environ)
try:
    MEMORY.budget = budget_of(os.environ.get(LIMIT), LIMIT)
except QuotecastError as error:
    wrong = wrong or error.faults[0]
if wrong:
    raise SystemExit("\n".join(wrong.line(language) for language in LANGUAGES))
print(f"{LIMIT}: {MEMORY.budget // MEGABYTE} MB")

HOME = drafts.folder().parent


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@cache
def links() -> Links:
    """Opened by the first client who comes, so that the page starts no slower."""
    return open_book(url_at(usual_address()), now, tell=tell_from(os.environ)).links


def key() -> bytes:
    try:
        return kept_key(HOME / "door.key")
    except OSError:  # a folder that cannot be written to must not keep the page from starting
        return secrets.token_bytes(32)


@cache
def hosts() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The page's origins and the door's; not known before the server has found its port."""
    page, at_door = exposure.origins(os.environ)
    return by_host(page), by_host(at_door)


HEADERS = headers([*exposure.scripts(), css.script_text()])

app = App(
    Path(__file__).parent / "app.py",
    routes=[door(links, key(), now)],
    middleware=[Middleware(Gate, lambda path: hosts()[path.startswith(f"{PATH}/")], HEADERS)],
    exception_handlers={Exception: failed(HEADERS)},
)
