"""A book's database: how it is connected, migrated when it is opened, and written to by one at a time.

SQLite takes no lock until the first write, and two readers that both turn writers refuse each other. So
whoever will write says so at the beginning (BEGIN IMMEDIATE) and waits. In PostgreSQL rows are locked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from estimator.book.drafts import folder
from estimator.values.errors import fail

DATABASE = "QUOTECAST_DATABASE_URL"
FILE = "book.sqlite"
"""The name of a book in its folder."""
HEAD = "actuals"
"""The newest migration; a test compares it with the files."""
PATIENCE = 30.0
"""Seconds that a writer waits for the one before it."""
MIGRATING = 20_261_130
"""Key of the lock under which servers that share a PostgreSQL database migrate it."""


def book_url(path: Path) -> str:
    """The address of a book in a file.

    >>> book_url(Path("kept/book.sqlite"))
    'sqlite:///kept/book.sqlite'
    """
    return f"sqlite:///{path.as_posix()}"


def usual_address() -> str:
    """Where the deployment's book is: what ``$QUOTECAST_DATABASE_URL`` says, else beside the drafts."""
    return os.environ.get(DATABASE) or str(folder().parent / FILE)


def file_at(address: str) -> Path | None:
    """The file of a book that is named by itself or by its folder; None for a database address.

    >>> str(file_at("kept")), str(file_at("kept/other.sqlite")), file_at("postgresql://host/quotes")
    ('kept/book.sqlite', 'kept/other.sqlite', None)
    """
    if "://" in address:
        return None
    path = Path(address)
    return path / FILE if path.is_dir() or not path.suffix else path


def url_at(address: str) -> str:
    """The database address of a book that is named by it, by its file or by its folder."""
    path = file_at(address)
    return address if path is None else book_url(path)


def connect(url: str, *, migrate: bool = True) -> Engine:
    """The engine of a book's database, its tables brought up to date unless told otherwise."""
    try:
        address = make_url(url)
        local = address.get_backend_name() == "sqlite"
        options: dict[str, Any] = {"connect_args": {"timeout": PATIENCE}} if local else {}
        if local and address.database in (None, "", ":memory:"):
            options = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        elif local:
            Path(str(address.database)).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = create_engine(address, **options)
    except (ArgumentError, ImportError) as error:
        raise fail("no_such_book", "book", found=str(error)) from None
    if local:
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    if migrate:
        with _told():
            _migrate(engine)
    return engine


def _prepare(connection: Any, _: object) -> None:
    """The settings of a SQLite connection; transactions begin where ``_begin`` says so and nowhere else.

    ``secure_delete`` overwrites what is deleted: a name that was taken out is not left in the file.
    """
    connection.isolation_level = None
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that sees one moment of the book and writes nothing."""
    with _told(), Session(engine) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session whose work is kept whole at its end, or not at all."""
    with _told(), Session(engine.execution_options(writes=True)) as session, session.begin():
        yield session


@contextmanager
def _told() -> Iterator[None]:
    """Says what whoever runs the book can do about a database that does not answer."""
    try:
        yield
    except DBAPIError as error:
        said = str(error.orig)
        if "locked" in said:
            raise fail("book_busy", "book", found=said) from error
        if "malformed" in said:
            raise fail("book_damaged", "book", found=said) from error
        if isinstance(error, OperationalError) or "not a database" in said:
            raise fail("no_such_book", "book", found=said) from error
        raise


def _migrate(engine: Engine) -> None:
    """Bring the tables to ``HEAD``, unless they are there."""
    with engine.connect() as connection:
        if _version(connection) == HEAD:
            return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    with engine.execution_options(writes=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
        config = Config()
        config.set_main_option("script_location", str(files("estimator.book").joinpath("migrations")))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise fail("younger_book", "book", found=str(_version(connection))) from None


def _version(connection: Connection) -> str | None:
    """The migration a database stands at; none in a new one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
