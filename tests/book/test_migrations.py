"""A book's tables: what the migrations make is what the models say, whoever opens it and when."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from books import Clock, new_book, sent
from sqlalchemy import text

from estimator.book import migrations
from estimator.book.book import Book, open_book
from estimator.book.models import Base
from estimator.book.opening import HEAD, book_url
from estimator.book.verification import verify
from estimator.values.errors import QuotecastError


def test_the_newest_migration_is_the_one_a_book_is_brought_to() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_the_migrations_make_the_tables_of_the_models(make_book: Callable[..., Book]) -> None:
    with make_book().engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_book_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    sent(book)
    with book.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    with pytest.raises(QuotecastError, match="newer version"):
        new_book(tmp_path)
    assert len(book.list().rows) == 1


def open_and_send(folder: Path) -> None:
    sent(open_book(book_url(folder / "book.sqlite"), Clock()))


def test_two_processes_may_begin_one_book(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    openers = [context.Process(target=open_and_send, args=(tmp_path,)) for _ in range(3)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert [opener.exitcode for opener in openers] == [0, 0, 0]
    book = new_book(tmp_path)
    assert len(book.list().rows) == 3 and verify(book.engine) == ()


def test_a_book_is_for_its_owner_alone(tmp_path: Path) -> None:
    open_book(book_url(tmp_path / "new" / "book.sqlite"), Clock()).close()
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2), ("busy_timeout", 30000)],
)
def test_a_connection_has_its_settings(tmp_path: Path, pragma: str, value: object) -> None:
    with new_book(tmp_path).engine.connect() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value
