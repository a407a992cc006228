"""The list: what it finds, and that a page of many quotes costs what a page of few does.

Cost is counted, not timed: SQLite's own steps for the statements of one page. ``benchmarks.book`` times it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from books import Clock, begun, new_book, record, sent
from sqlalchemy import event

from benchmarks.book import fill
from estimator.book.book import Book
from estimator.book.states import State
from estimator.values.errors import QuotecastError

FEW, MANY = 100, 10_000
SORTS = ("changed", "number", "client", "value", "follow_up")
PAGES: list[dict[str, Any]] = [
    *({"sort": sort} for sort in SORTS),
    *({"sort": sort, "state": State.SENT} for sort in SORTS),
    *({"sort": sort, "owner": "Sales 3"} for sort in SORTS),
    {"owner": "Sales 3", "state": State.AGREED},
    {"client": "云朵 7 Ltd"},
    {"search": "云朵"},
    {"search": "ltd"},
    {"search": "Q-2026-00"},
    {"search": "nobody is called so"},
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Book, Book]]:
    books = []
    for count in (FEW, MANY):
        books.append(new_book(tmp_path_factory.mktemp("book")))
        fill(books[-1], count)
    yield books[0], books[1]
    for book in books:
        book.close()


@contextmanager
def watched(book: Book) -> Iterator[tuple[list[int], list[str]]]:
    """SQLite's steps, and how it would go about every statement."""
    steps, plans = [0], []

    def count() -> int:
        steps[0] += 1
        return 0

    def watch(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        driver = cursor.connection
        driver.set_progress_handler(None, 1)
        plans.extend(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))
        driver.set_progress_handler(count, 1)

    event.listen(book.engine, "before_cursor_execute", watch)
    try:
        yield steps, plans
    finally:
        event.remove(book.engine, "before_cursor_execute", watch)
        with book.engine.connect() as connection:
            connection.connection.driver_connection.set_progress_handler(None, 1)  # type: ignore[union-attr]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_of_ten_thousand_costs_at_most_half_more_than_of_a_hundred(
    filled: tuple[Book, Book], page: dict[str, Any]
) -> None:
    few, many = filled
    with watched(few) as (least, _):
        first = few.list(**page)
    with watched(many) as (most, plans):
        second = many.list(**page)
    rows = max(1, len(first.rows)), max(1, len(second.rows))
    assert most[0] / rows[1] <= 1.5 * least[0] / rows[0], (most, least, rows, plans)
    assert not [plan for plan in plans if plan.startswith("SCAN quote") and "USING" not in plan], plans
    if "search" not in page:
        assert not [plan for plan in plans if "TEMP B-TREE" in plan], plans


def test_pages_follow_one_another_without_gap_or_repetition(filled: tuple[Book, Book]) -> None:
    numbers: list[str] = []
    while (page := filled[0].list(offset=len(numbers), limit=30, sort="value")).rows:
        numbers += [row.number for row in page.rows]
        assert page.more == (len(numbers) < FEW)
    assert len(numbers) == len(set(numbers)) == FEW


def test_every_order_is_an_order_of_all(filled: tuple[Book, Book]) -> None:
    every = {sort: filled[0].list(sort=sort, limit=FEW).rows for sort in ("changed", "number", "value")}
    assert len({frozenset(row.number for row in rows) for rows in every.values()}) == 1
    values = [row.total_cents for row in every["value"]]
    assert values == sorted(values, reverse=True)
    followed = [row.follow_up or dt.date.max for row in filled[0].list(sort="follow_up", limit=FEW).rows]
    assert followed == sorted(followed)


@pytest.mark.parametrize(
    "search", ["云朵", "美妆有", "上海云朵美妆有限公司", "Q-2026-0001", "q-2026", " 云朵 "]
)
def test_a_part_of_the_client_or_the_beginning_of_a_number_finds_a_quote(book: Book, search: str) -> None:
    number = sent(book).number
    sent(book, what=record(client="Grove Tools GmbH"))
    assert number in [row.number for row in book.list(search=search).rows]
    assert [row.client for row in book.list(search="gROVE tools").rows] == ["Grove Tools GmbH"]


@pytest.mark.parametrize("search", ["%", "_", "\\", "'", "云%", "x" * 500])
def test_signs_of_a_pattern_find_themselves_and_nothing_else(book: Book, search: str) -> None:
    sent(book)
    assert book.list(search=search).rows == ()
    if len(search) <= 200:
        sent(book, what=record(client=f"a {search} b"))
        assert len(book.list(search=search).rows) == 1


def test_the_list_shows_the_furthest_of_the_current_revisions(book: Book, clock: Clock) -> None:
    first = sent(book, begun(book, "Wu"), record(total_cents=900_000), user="Lin")
    sent(book, book.revise(first.number, user="Lin", alternative="B"), record(total_cents=830_000))
    row = book.list().rows[0]
    assert (row.revision, row.total_cents, row.owner) == (2, 830_000, "Wu")
    clock.pass_days(1)
    book.agree(first.reference, user="Lin", who="Zhou", how="mail")
    row = book.list(state=State.AGREED).rows[0]
    assert (row.revision, row.total_cents, row.changed) == (1, 900_000, clock.now)


def test_an_order_that_is_none_is_refused(book: Book) -> None:
    with pytest.raises(QuotecastError):
        book.list(sort="price")  # type: ignore[arg-type]


def test_a_path_of_the_list_is_no_way_in(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    sent(book)
    for reference in (
        "Q-2026-0001-r1; DROP TABLE quote",
        "Q-2026-0001-r0",
        "Q-2026-9999",
        "",
        "../x",
        "Q-２０２６-0001",
    ):
        with pytest.raises(QuotecastError):
            book.agree(reference, user="Lin", who="x", how="y")
