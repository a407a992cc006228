"""A book with one sent quote, its link, and whoever opens it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from books import Clock, new_book
from doors import Visitor, link, sent

from estimator.book.book import Book


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(tmp_path: Path, clock: Clock) -> Iterator[Book]:
    """A book with Q-2026-0001-r1."""
    book = new_book(tmp_path, clock)
    sent(book)
    yield book
    book.close()


@pytest.fixture
def path(book: Book) -> str:
    """The path of a link to the quote."""
    return link(book, "Q-2026-0001-r1")


@pytest.fixture
def client(book: Book, clock: Clock) -> Visitor:
    return Visitor(book, clock)
