"""The documents: short enough to read, and every link, path and example in them holds."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MOST_LINES = 120
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
SOURCE = re.compile(r"(?:estimator|tests|benchmarks)/[\w./]*\w\.(?:py|po|toml|json)")
EXAMPLE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CITATION = re.compile(r"docs/model\.md \((M\d+)\)")
EQUATION = re.compile(r"^### \((M\d+)\).*?(?=^##|\Z)", re.DOTALL | re.MULTILINE)
WHERE = re.compile(r"\*Where:\*(.*?)(?=\*Source:\*|\*Bias:\*|\n\n|\Z)", re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = HEADING.findall(path.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(path: Path) -> Iterator[str]:
    """The relative links of a document that lead nowhere."""
    for link in LINK.findall(path.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        there = path.parent / name if name else path
        if not there.exists() or (anchor and anchor not in anchors(there)):
            yield link


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_a_readme_is_a_screen_and_a_half(name: str) -> None:
    assert len((ROOT / name).read_text("utf-8").splitlines()) <= MOST_LINES


@every_document
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    assert not list(broken(path))


@every_document
def test_every_file_that_is_named_exists(path: Path) -> None:
    codes = " ".join(CODE.findall(path.read_text("utf-8")))
    assert not [name for name in SOURCE.findall(codes) if not (ROOT / name).is_file()]


@every_document
def test_every_python_example_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The READMEs' own run as doctests already; here they need only be examples."""
    monkeypatch.chdir(ROOT)
    for example in EXAMPLE.findall(path.read_text("utf-8")):
        assert ">>>" in example, example
        if not path.name.startswith("README"):
            test = doctest.DocTestParser().get_doctest(example, {}, path.name, str(path), 0)
            assert not doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test).failed


def test_what_a_user_reads_stands_in_both_languages() -> None:
    chinese = {path.name.replace(".zh", "") for path in DOCUMENTS if path.stem.endswith(".zh")}
    assert chinese == {"README.md", "use.md", "measured.md", "limits.md"}


def test_every_equation_is_cited_where_it_is_computed() -> None:
    """And nothing is cited that does not exist or is no longer used."""
    model = (ROOT / "docs" / "model.md").read_text("utf-8")
    stated = {
        found[1]: set(SOURCE.findall(" ".join(WHERE.findall(found[0]))))
        for found in EQUATION.finditer(model)
        if "No longer used" not in found[0]
    }
    cited: dict[str, set[str]] = {}
    for path in (ROOT / "estimator").rglob("*.py"):
        for equation in CITATION.findall(path.read_text("utf-8")):
            cited.setdefault(equation, set()).add(path.relative_to(ROOT).as_posix())
    assert len(stated) > 50
    assert not cited.keys() - stated.keys()
    assert not [equation for equation, files in stated.items() if not files & cited.get(equation, set())]
