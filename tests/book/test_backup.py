"""Backups taken during writes restore to a book that verifies; damage is found; a name can be taken out."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from books import DISCOUNT, FIGURES, SIGNED, Clock, agreed, begun, new_book, record, sent, signed
from sqlalchemy import text

from estimator.book.backup import backup, restore, verify_file
from estimator.book.book import Book
from estimator.book.opening import FILE, HEAD
from estimator.book.verification import TRIGGERS, verify
from estimator.values.errors import QuotecastError


def test_backups_during_writes_restore_to_books_that_verify(tmp_path: Path) -> None:
    (tmp_path / "used").mkdir()
    book = new_book(tmp_path / "used")
    stop, acknowledged = threading.Event(), [0]

    def write() -> None:
        while not stop.is_set():
            sent(book)
            acknowledged[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for turn in range(4):
            least = acknowledged[0]
            path = restore(backup(book.engine, tmp_path / f"b{turn}"), tmp_path / f"other{turn}")
            assert verify_file(path) == ()
            other = new_book(path.parent)
            kept = len(other.list(limit=500).rows)
            assert least <= kept
            assert sent(other).number == f"Q-2026-{kept + 1:04d}" or acknowledged[0] > kept
            other.close()
    finally:
        stop.set()
        writer.join()
    assert acknowledged[0] > 0 and verify(book.engine) == ()


def test_a_book_is_restored_whole(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    revision = signed(book)
    restore(backup(book.engine, tmp_path / "backup" / "b.sqlite"), tmp_path / "other")
    other = new_book(tmp_path / "other")
    assert other.read(revision.number) == revision and other.audit(revision.number) == book.audit(
        revision.number
    )
    assert other.document(revision.reference, "signed.pdf") == SIGNED.content
    assert (tmp_path / "other" / FILE).stat().st_mode & 0o077 == 0


def test_nothing_is_written_over_a_book_or_a_backup_without_force(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    first = sent(book)
    target = backup(book.engine, tmp_path / "b.sqlite")
    sent(book)
    with pytest.raises(QuotecastError, match="exists"):
        backup(book.engine, target)
    with pytest.raises(QuotecastError, match="exists"):
        restore(target, tmp_path)
    assert len(book.list().rows) == 2
    restore(target, tmp_path, force=True)
    assert [row.number for row in book.list().rows] == [first.number]
    assert sent(book).number == "Q-2026-0003"  # the second was sent, and may be in a client's hands
    assert len(list(tmp_path.glob(".*"))) == 0


@pytest.mark.parametrize("content", [b"", b"x" * 5000, None])
def test_what_is_no_backup_is_not_restored(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "b.sqlite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(QuotecastError):
        restore(path, tmp_path / "other")
    assert not (tmp_path / "other" / FILE).exists()


def test_a_damaged_file_is_not_restored(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    for _ in range(5):
        sent(book)
    path = backup(book.engine, tmp_path / "b.sqlite")
    bytes_ = bytearray(path.read_bytes())
    for at in range(len(bytes_) // 2, len(bytes_) // 2 + 8192):
        bytes_[at] ^= 0xFF
    path.write_bytes(bytes_)
    assert "book_damaged" in {fault.code for fault in verify_file(path)}
    with pytest.raises(QuotecastError, match="does not verify"):
        restore(path, tmp_path / "other")


DAMAGE = {
    "UPDATE revision SET record = replace(record, '8200.00', '8100.00')": "book_altered",
    "UPDATE document SET content = CAST('x' AS BLOB) WHERE name = 'quote.pdf'": "book_altered",
    "UPDATE revision SET sha256 = 'x'": "book_altered",
    "UPDATE actual SET cells = replace(cells, '52000', '62000')": "book_altered",
    "UPDATE revision SET is_current = 0": "book_current",
    "UPDATE revision SET state = 'declined'": "book_listed",
    "UPDATE quote SET state = 'signed'": "book_listed",
    "UPDATE quote SET serial = 7": "book_number_free",
    "UPDATE counter SET last = 0": "book_number_free",
    "UPDATE quote SET last_revision = 0": "book_number_free",
    "UPDATE event SET quote_id = 99": "book_dangling",
    "DELETE FROM document WHERE name = 'none'": "book_unguarded",
    "DELETE FROM approval; DELETE FROM approved_line": "book_unapproved",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with an approved quote."""
    folder = tmp_path_factory.mktemp("whole")
    book = new_book(folder, approve_own=True)
    draft, what = begun(book), record(DISCOUNT)
    book.ask_approval(draft.id, what, user="Lin", version=1)
    book.approve(draft.id, what.sha256, approver="Lin", reason="ok")
    sent(book, draft, what)
    book.add_actuals("Q-2026-0001", [FIGURES], user="Lin")
    assert verify(book.engine) == ()
    book.close()
    return folder / FILE


@pytest.mark.parametrize("statements", DAMAGE, ids=str)
def test_damage_is_found_and_named(whole: Path, tmp_path: Path, statements: str) -> None:
    shutil.copy(whole, tmp_path / FILE)
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.executescript(statements)
    found = [fault.code for fault in verify_file(tmp_path / FILE)]
    assert DAMAGE[statements] in found and "book_unguarded" in found


def test_every_guard_is_counted(tmp_path: Path) -> None:
    with new_book(tmp_path).engine.connect() as connection:
        counted = connection.execute(text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"))
        assert counted.scalar() == TRIGGERS[HEAD]


# ── a person's name ───────────────────────────────────────────────────────────────────────────────


def test_a_removed_name_stands_nowhere_but_in_what_was_sent(book: Book, clock: Clock) -> None:
    draft = book.save_draft(None, "for 周敏", {"contact": "周敏", "budget": 1}, user="Lin")
    book.save_draft(draft.id, "for 周敏 again", {"contact": "周敏", "budget": 2}, user="Lin", version=1)
    revision = agreed(book)
    book.close_quote(revision.number, won=True, reason="周敏 likes us", user="Lin")
    events = len(book.audit(revision.number))
    removed = book.remove_name("周敏", user="Lin", reason="周敏 asked for it")
    assert removed.kept_records == (revision.reference,) and removed.emptied_records == ()
    read = book.read(revision.number)
    assert read.agreed and read.agreed.who == removed.mark
    audit = book.audit(revision.number)
    assert [event.what for event in audit[events:]] == ["name_removed"]
    shown = f"{audit} {book.drafts()} {book.list()} {book.undo_draft(draft.id, user='Lin', version=2)} {read}"
    assert "周敏" not in shown and removed.mark in shown
    assert read.documents == revision.documents and verify(book.engine) == ()


def test_a_removed_client_is_found_by_the_mark_alone_and_documents_keep_their_hashes(book: Book) -> None:
    revision = signed(book)
    removed = book.remove_name(revision.client, user="Lin", reason="asked for", documents=True)
    assert removed.emptied_records == (revision.reference,)
    read = book.read(revision.number)
    assert (read.record, read.client, read.sha256) == (None, removed.mark, revision.sha256)
    assert [(one.name, one.sha256) for one in read.documents] == [
        (one.name, one.sha256) for one in revision.documents
    ]
    assert all(document.erased for document in read.documents)
    with pytest.raises(QuotecastError, match="no document"):
        book.document(revision.reference, "quote.pdf")
    assert book.list(search="云朵").rows == () and len(book.list(search=removed.mark[:5]).rows) == 0
    assert [row.client for row in book.list(client=removed.mark, sort="client").rows] == [removed.mark]
    assert verify(book.engine) == ()


def test_no_byte_of_a_removed_name_is_left_in_the_file(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    draft = book.save_draft(None, "for 云朵美妆", {"client": "上海云朵美妆有限公司"}, user="Lin")
    sent(book, draft)
    book.save_draft(None, "more", {"client": "上海云朵美妆有限公司" * 400}, user="Lin")
    book.remove_name("上海云朵美妆有限公司", user="Lin", reason="asked for", documents=True)
    book.close()
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert "海云朵美妆有".encode() not in content and "限公司".encode() not in content


def test_two_removed_people_stay_two(book: Book) -> None:
    for user in ("Lin", "Wu"):
        sent(book, user=user)
    marks = {book.remove_name(name, user="Han", reason="left").mark for name in ("Lin", "Wu")}
    assert len(marks) == 2 and {row.owner for row in book.list().rows} == marks
    assert sent(book, user="Lin").sent_by == "Lin"
    with pytest.raises(QuotecastError, match="not a name"):
        book.remove_name("Wu", user="Han", reason="again")


def test_who_removes_his_own_name_is_the_mark_too(book: Book) -> None:
    number = sent(book).number
    mark = book.remove_name("Lin", user="Lin", reason="I leave").mark
    assert {event.who for event in book.audit(number)} == {mark}


def test_a_backup_of_a_book_in_postgresql_is_left_to_its_tools(
    make_book: Callable[..., Book], tmp_path: Path
) -> None:
    book = make_book()
    if book.engine.dialect.name == "sqlite":
        assert backup(book.engine, tmp_path / "b").is_file()
    else:
        with pytest.raises(QuotecastError, match="tools of its database"):
            backup(book.engine, tmp_path / "b")
