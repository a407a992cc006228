"""Drafts: kept at every change, for one tab of one browser, and never in the way."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimator.book import drafts

BROWSER, TAB = "b" * 32, "t" * 32


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUOTECAST_HOME", str(tmp_path))
    return tmp_path


def files() -> list[Path]:
    return list(drafts.folder().iterdir())


def loaded(browser: str, tab: str) -> object:
    draft = drafts.load(browser, tab)
    return draft and draft.content


def test_what_was_kept_is_read_again() -> None:
    content = {"answers": {"ad_budget": "二万", "platforms": ["tiktok_shop"]}, "generation": 3}
    assert drafts.save(BROWSER, TAB, content)
    assert loaded(BROWSER, TAB) == content


def test_no_other_browser_and_no_other_tab_reads_it() -> None:
    drafts.save(BROWSER, TAB, {"a": 1})
    assert loaded("c" * 32, TAB) is None and loaded(BROWSER, "u" * 32) is None
    assert list(drafts.newest("c" * 32)) == []


def test_nobody_else_on_the_machine_reads_it() -> None:
    drafts.save(BROWSER, TAB, {"a": 1})
    assert [path.stat().st_mode & 0o777 for path in (*files(), drafts.folder())] == [0o600, 0o700]


def test_nothing_is_written_where_nothing_changed() -> None:
    drafts.save(BROWSER, TAB, {"a": 1})
    (before,) = files()
    inode = before.stat().st_ino
    assert drafts.save(BROWSER, TAB, {"a": 1}) and files()[0].stat().st_ino == inode
    assert drafts.save(BROWSER, TAB, {"a": 2}) and files()[0].stat().st_ino != inode


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000, b" " * 1_000_001])
def test_a_damaged_draft_is_no_draft_and_is_written_anew(damage: bytes) -> None:
    drafts.save(BROWSER, TAB, {"a": 1})
    files()[0].write_bytes(damage)
    assert loaded(BROWSER, TAB) is None and list(drafts.newest(BROWSER)) == []
    assert drafts.save(BROWSER, TAB, {"a": 1}) and loaded(BROWSER, TAB) == {"a": 1}


def test_a_disk_that_takes_nothing_costs_only_the_draft(home: Path) -> None:
    (home / "drafts").write_text("a file where the folder should be")
    assert not drafts.save(BROWSER, TAB, {"a": 1})
    assert loaded(BROWSER, TAB) is None and list(drafts.newest(BROWSER)) == []


def test_a_write_cut_short_leaves_the_last_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    drafts.save(BROWSER, TAB, {"a": 1})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert not drafts.save(BROWSER, TAB, {"a": 2})
    assert loaded(BROWSER, TAB) == {"a": 1} and len(files()) == 1


def test_the_newest_draft_comes_first() -> None:
    for age, tab in enumerate("xyz"):
        drafts.save(BROWSER, tab, {"tab": tab})
        path = drafts._path(BROWSER, tab)
        os.utime(path, (time.time() - age, time.time() - age))
    assert [draft.content["tab"] for draft in drafts.newest(BROWSER)] == ["x", "y", "z"]


def test_old_drafts_and_those_beyond_the_most_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 3)
    month = time.time() - 31 * 86_400
    drafts.save(BROWSER, "old", {})
    os.utime(drafts._path(BROWSER, "old"), (month, month))
    for age, tab in enumerate("vwxyz"):
        drafts.save(BROWSER, tab, {"tab": tab})
        os.utime(drafts._path(BROWSER, tab), (time.time() - 10 + age, time.time() - 10 + age))
    assert loaded(BROWSER, "old") is None
    assert len(files()) == 3 and loaded(BROWSER, "z") == {"tab": "z"}


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_token_names_a_file_of_the_folder(browser: str, tab: str) -> None:
    assert drafts._path(browser, tab).parent == drafts.folder()
