"""Sending: numbers are unique and rise, everything is kept or nothing, and nothing that was sent changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from books import NOON, SIGNED, Clock, begun, new_book, record, render, sent, signed
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from estimator.book.book import Book, open_book
from estimator.book.opening import book_url
from estimator.book.records import Record, RenderedDocument
from estimator.book.states import State
from estimator.book.verification import verify
from estimator.values.errors import QuotecastError

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=30)
@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=9), JSON, max_size=4))
def test_a_record_is_read_as_it_was_written(brief: dict[str, object]) -> None:
    written = record(brief=brief)
    read = Record.read(written.text())
    assert read == written and read.text() == written.text() and read.sha256 == written.sha256


@settings(max_examples=30)
@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2090, 1, 1), timezones=st.timezones()))
def test_an_instant_keeps_its_moment_in_every_zone(moment: dt.datetime) -> None:
    assert record(until=moment).valid_until == moment.astimezone(dt.UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_until": dt.datetime(2026, 12, 9)},
        {"zone": "Shanghai"},
        {"zone": "../../etc/passwd"},
        {"client": " "},
        {"client": "a\x00b"},
        {"brief": {"a": float("nan")}},
        {"brief": {"a": "\ud800"}},
        {"brief": {"a": object()}},
    ],
)
def test_what_cannot_be_kept_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(QuotecastError):
        record(**changes).text()


@pytest.mark.parametrize("name", ["../quote.pdf", "a/b", "c:\\d", ".hidden", "", "a\nb", " a"])
def test_a_document_has_a_plain_name(name: str) -> None:
    with pytest.raises(QuotecastError):
        RenderedDocument(name=name, media_type="x", content=b"")


def test_numbers_rise_within_the_year_of_the_clock(book: Book, clock: Clock) -> None:
    numbers = [sent(book).number for _ in range(3)]
    clock.now = dt.datetime(2027, 1, 1, 0, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    numbers.append(sent(book, what=record(until=clock.now + dt.timedelta(days=9))).number)
    clock.pass_days(1)
    numbers.append(sent(book, what=record(until=clock.now + dt.timedelta(days=9))).number)
    assert numbers == ["Q-2026-0001", "Q-2026-0002", "Q-2026-0003", "Q-2026-0004", "Q-2027-0001"]


def test_what_was_sent_is_read_as_it_was_sent(book: Book) -> None:
    what = record()
    first = sent(book, what=what)
    second = sent(book, book.revise(first.reference, user="Wu"), record(engine="0.2.0"), user="Wu")
    read = book.read(first.number, 1)
    assert (read.record, read.sha256, read.state) == (what, what.sha256, State.SUPERSEDED)
    assert book.document("Q-2026-0001-r1", "quote.pdf") == b"Q-2026-0001-r1"
    assert book.document(second.reference, "quote.html") == b"Q-2026-0001-r2"
    assert [row.current for row in book.revisions(first.number)] == [False, True]
    assert verify(book.engine) == ()


def test_a_number_lost_by_a_failed_rendering_is_not_given_out_again(book: Book) -> None:
    draft = begun(book)

    def fail(number: str, revision: int) -> Sequence[RenderedDocument]:
        raise RuntimeError(number)

    with pytest.raises(RuntimeError, match="Q-2026-0001"):
        book.send(draft.id, record(), fail, user="Lin", version=1)
    assert book.list().rows == () and book.draft(draft.id).state == State.DRAFT
    assert sent(book, draft).number == "Q-2026-0002"
    revision = book.revise("Q-2026-0002", user="Lin")
    with pytest.raises(RuntimeError):
        book.send(revision.id, record(), fail, user="Lin", version=1)
    assert sent(book, revision).reference == "Q-2026-0002-r3"


def test_nothing_is_locked_while_documents_are_made(make_book: Callable[..., Book]) -> None:
    book, other = make_book(), make_book()
    draft, inner = begun(book), []

    def slow(number: str, revision: int) -> Sequence[RenderedDocument]:
        inner.append(sent(other).number)
        return render(number, revision)

    outer = book.send(draft.id, record(), slow, user="Lin", version=1)
    assert [outer.number, *inner] == ["Q-2026-0001", "Q-2026-0002"]


def test_a_quote_past_its_day_is_not_sent(book: Book) -> None:
    with pytest.raises(QuotecastError, match="past"):
        sent(book, what=record(until=NOON))


def test_two_threads_send_under_different_numbers(make_book: Callable[..., Book]) -> None:
    book = make_book()
    with ThreadPoolExecutor(2) as pool:
        numbers = list(pool.map(lambda user: sent(book, user=user).number, ["Lin", "Wu"] * 6))
    assert sorted(numbers) == [f"Q-2026-{serial:04d}" for serial in range(1, 13)]
    assert verify(book.engine) == ()


def test_of_two_threads_that_send_one_draft_one_is_told(make_book: Callable[..., Book]) -> None:
    book = make_book()
    draft = begun(book)

    def send(user: str) -> str:
        try:
            return sent(book, draft, user=user).number
        except QuotecastError as error:
            return error.faults[0].code

    with ThreadPoolExecutor(2) as pool:
        answers = set(pool.map(send, ["Lin", "Wu"]))
    assert "draft_closed" in answers and len(book.list().rows) == 1


def test_of_two_people_in_one_quote_the_second_is_told_who_sent(book: Book) -> None:
    first = sent(book)
    mine, theirs = (book.revise(first.reference, user=user) for user in ("Lin", "Wu"))
    sent(book, theirs, user="Wu")
    with pytest.raises(QuotecastError, match="Wu sent Q-2026-0001-r2 meanwhile"):
        sent(book, mine)
    assert book.read(first.number).sent_by == "Wu"


STATEMENTS = [
    "UPDATE event SET what = 'nothing'",
    "DELETE FROM event",
    "UPDATE revision SET record = '{}'",
    "UPDATE revision SET sha256 = ''",
    "UPDATE revision SET total_cents = 1",
    "UPDATE revision SET valid_until = '2099-01-01'",
    "DELETE FROM revision",
    "UPDATE document SET content = CAST('x' AS %s)",
    "UPDATE document SET sha256 = ''",
    "DELETE FROM document",
    "UPDATE approval SET limit_cents = 1",
    "DELETE FROM approval",
    "DELETE FROM approved_line",
    "UPDATE quote SET number = 'Q-2026-0009'",
    "DELETE FROM quote",
]


def test_the_database_itself_refuses_to_change_what_was_sent(make_book: Callable[..., Book]) -> None:
    book = make_book(approve_own=True)
    draft, what = begun(book), record(total_cents=1)
    book.ask_approval(draft.id, what, user="Lin", version=1)
    book.approve(draft.id, what.sha256, approver="Lin", reason="small")
    number = sent(book, draft, what).number
    before = book.audit(number), book.read(number)
    for statement in STATEMENTS:
        blob = statement.replace("%s", "BLOB" if book.engine.dialect.name == "sqlite" else "BYTEA")
        with pytest.raises(DBAPIError, match="append-only"), book.engine.begin() as connection:
            connection.execute(text(blob))
    assert (book.audit(number), book.read(number)) == before


def test_a_signed_file_is_kept_with_its_hash(book: Book) -> None:
    revision = signed(book)
    (kept,) = (document for document in revision.documents if document.signed)
    assert book.document(revision.reference, kept.name) == SIGNED.content
    events = book.audit(revision.number)
    assert [event.what for event in events] == ["draft_begun", "sent", "agreed", "signed"]
    assert events[2].note == "周敏, 2026-12-01 04:00 UTC: by telephone"
    assert events[3].note == f"signed.pdf, sha256 {kept.sha256}"


def test_a_book_is_found_again_by_another_process_of_another_day(tmp_path: Path) -> None:
    first = sent(new_book(tmp_path))
    later = open_book(book_url(tmp_path / "book.sqlite"), Clock(NOON + dt.timedelta(days=900)))
    assert later.read(first.number) == first


@pytest.mark.parametrize("url", ["sqlite:////proc/none/book.sqlite", "nonsense", "oracle://x/y"])
def test_a_book_that_cannot_be_opened_is_one_fault(url: str) -> None:
    with pytest.raises((QuotecastError, OSError)):
        open_book(url, Clock())


def test_a_file_that_is_no_book_is_one_fault(tmp_path: Path) -> None:
    (tmp_path / "book.sqlite").write_bytes(b"not a database at all" * 99)
    with pytest.raises(QuotecastError, match="cannot be opened"):
        open_book(book_url(tmp_path / "book.sqlite"), Clock())
