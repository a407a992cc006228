"""A book with one sent quote, its link, and whoever opens it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from books import Clock, empty_book, new_book
from doors import Visitor, link, sent
from sqlalchemy import Engine

from estimator.book.book import Book


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One engine for all tests, whose file each begins anew: it keeps what it has compiled."""
    book = new_book(tmp_path_factory.mktemp("door"))
    yield book.engine
    book.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(engine: Engine, clock: Clock) -> Iterator[Book]:
    """A book with Q-2026-0001-r1."""
    path = Path(str(engine.url.database))
    for rest in path.parent.glob("book.sqlite?*"):
        rest.unlink()
    shutil.copy(empty_book(), path)
    book = Book(engine, clock, approve_own=False)
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
