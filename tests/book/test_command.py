"""The command ``quotecast book``: everything it prints is in the book, in both languages."""

from __future__ import annotations

import ast
import json
import re
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from books import agreed, new_book, record, sent

from estimator.book import book as book_module
from estimator.book.states import State
from estimator.cli import main
from estimator.presentation.book_text import DONE, STATES

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])


@pytest.fixture(scope="module")
def two_quotes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of two quotes."""
    folder = tmp_path_factory.mktemp("two")
    book = new_book(folder)
    agreed(book)
    sent(book, what=record(client="Grove Tools"), user="Wu")
    book.close()
    return folder / "book.sqlite"


@pytest.fixture(autouse=True)
def home(two_quotes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with that book."""
    monkeypatch.setenv("QUOTECAST_HOME", str(tmp_path))
    monkeypatch.delenv("QUOTECAST_DATABASE_URL", raising=False)
    shutil.copy(two_quotes, tmp_path / "book.sqlite")
    return tmp_path


def test_every_state_and_every_line_of_the_audit_has_words() -> None:
    sources = [path.read_text("utf-8") for path in Path(book_module.__file__).parent.glob("*.py")]
    texts = {
        node.value
        for source in sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    said = set(re.findall(r'what="(\w+)"', "".join(sources)))
    assert said and said <= DONE.keys() <= texts | set(State) and set(STATES) == set(State)


@LANGUAGES
def test_the_list_shows_quotes_and_finds_them(capsys: pytest.CaptureFixture[str], lang: str) -> None:
    assert main(["book", "list", "--lang", lang]) == 0
    title, first, second = capsys.readouterr().out.splitlines()
    assert "Q-2026-0002-r1" in first and "Q-2026-0001-r1" in second
    assert ("已同意" if lang == "zh" else "agreed") in second and "$8,200.00" in first
    assert title.split()[1] == ("状态" if lang == "zh" else "Stage")
    assert main(["book", "list", "--search", "云朵", "--state", "agreed", "--json", "--lang", lang]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert (row["number"], row["total_cents"]) == ("Q-2026-0001", 820_000)
    assert main(["book", "list", "--owner", "nobody", "--lang", lang]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert main(["book", "list", "--limit", "1", "--lang", lang]) == 0
    assert "--offset" in capsys.readouterr().out


@LANGUAGES
def test_a_quote_is_shown_with_what_was_done_to_it(capsys: pytest.CaptureFixture[str], lang: str) -> None:
    assert main(["book", "show", "Q-2026-0001-r1", "--lang", lang]) == 0
    shown = capsys.readouterr().out
    until = "Dec 15, 2026 12:00 (Shanghai)" if lang == "en" else "2026年12月15日 12:00（上海）"
    assert until in shown and "周敏" in shown
    assert ("记录客户同意" if lang == "zh" else "noted that the client agreed") in shown
    assert main(["book", "show", "Q-2026-0001", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    text = json.dumps(content["record"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert sha256(text.encode()).hexdigest() == content["sha256"]


def test_what_is_exported_has_the_hashes_of_the_book(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["book", "export", str(home / "out")]) == 0
    assert capsys.readouterr().out.startswith("2 revisions")
    for folder in (home / "out").iterdir():
        content = json.loads((folder / "revision.json").read_text("utf-8"))
        for document in content["documents"]:
            kept = (folder / "documents" / document["name"]).read_bytes()
            assert sha256(kept).hexdigest() == document["sha256"]
    assert main(["book", "export", str(home / "out"), "Q-2026-0001"]) == 1
    assert "exists" in capsys.readouterr().err


@LANGUAGES
def test_a_backup_is_verified_and_restored(home: Path, capsys: pytest.CaptureFixture[str], lang: str) -> None:
    file, other = str(home / "b.sqlite"), str(home / "other")
    for arguments in (["backup", file], ["verify"], ["verify", file], ["restore", file, other]):
        assert main(["book", *arguments, "--lang", lang]) == 0
    assert ("报价簿完好。" if lang == "zh" else "The book is whole.") in capsys.readouterr().out
    assert main(["book", "list", "--book", other]) == 0
    assert main(["book", "restore", file, other]) == 1
    assert main(["book", "restore", file, other, "--force"]) == 0


@LANGUAGES
def test_a_link_is_shown_once_and_closed_again(
    home: Path, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    call = ["book", "link", "Q-2026-0001-r1", "--by", "Lin", "--lang", lang]
    assert main([*call, "--days", "7"]) == 0
    path, told = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"/q/[\w-]{43}", path) and ("只显示这一次" if lang == "zh" else "only now") in told
    assert main(["book", "show", "Q-2026-0001", "--json"]) == 0
    assert path not in capsys.readouterr().out
    for count in (1, 0):
        assert main([*call, "--revoke"]) == 0
        assert str(count) in capsys.readouterr().out
    assert main([*call, "--days", "0"]) == 1
    assert "--days" not in capsys.readouterr().out


def test_a_damaged_book_is_status_1(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import sqlite3

    with sqlite3.connect(home / "book.sqlite") as connection:
        connection.execute("DROP TRIGGER event_refuses_delete")
    assert main(["book", "verify"]) == 1
    assert "21 of 22" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["list", "--book", "none"],
        ["list", "--state", "lost"],
        ["show", "Q-2026-0099"],
        ["show", "x"],
        ["verify", "none"],
        ["list", "--book", "oracle://x"],
        ["restore", "none", "there"],
    ],
)
def test_what_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(["book", *arguments]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_address_of_the_database_may_be_set(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUOTECAST_DATABASE_URL", f"sqlite:///{home / 'book.sqlite'}")
    monkeypatch.setenv("QUOTECAST_HOME", str(home / "elsewhere"))
    assert main(["book", "list"]) == 0 and "Q-2026-0001" in capsys.readouterr().out


def test_the_command_loads_no_database_until_it_is_asked_for_the_book() -> None:
    import subprocess
    import sys

    program = (
        "import sys, estimator.cli as c; c._parser(); print([m for m in sys.modules if 'sqlalchemy' in m])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
