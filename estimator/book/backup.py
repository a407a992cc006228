"""Backing up a book while it is in use, restoring it elsewhere, and verifying it.

A backup is one file and one moment of the book. PostgreSQL has its own tools (pg_dump); only verifying works
there too. Restored over another book, a book goes on after the last number of that one.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import Engine

from estimator.book.opening import FILE, book_url, connect
from estimator.book.verification import verify
from estimator.values.errors import Fault, fail


def backup(engine: Engine, target: Path, *, force: bool = False) -> Path:
    """Copy a book that is in use to a file, whole or not at all; an existing file needs ``force``."""
    source = _file_of(engine)
    if target.exists() and not force:
        raise fail("file_exists", str(target), found=target.name)
    _place(source, target)
    return target


def restore(source: Path, folder: Path, *, force: bool = False) -> Path:
    """Put the book of a backup into a folder, once it verifies; over an existing book only with ``force``."""
    target = folder / FILE
    if target.exists() and not force:
        raise fail("file_exists", str(target), found=target.name)
    faults = verify_file(source)
    if faults:
        raise fail("backup_damaged", str(source), found=str(faults[0]))
    if target.exists():
        if target.samefile(source):
            raise fail("file_exists", str(target), found=target.name)
        reserved = _reserved(target)
        _copy(source, target)  # not a new file in its place: whoever has the book open goes on with this one
        _reserve(target, reserved)
    else:
        _place(source, target)
    return target


def verify_file(path: Path) -> tuple[Fault, ...]:
    """Everything wrong with the book in a file, which is not changed and not migrated."""
    if not path.is_file():
        raise fail("not_readable", str(path))
    engine = connect(f"{book_url(path)}", migrate=False)
    try:
        return verify(engine)
    finally:
        engine.dispose()


def _file_of(engine: Engine) -> Path:
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name or name == ":memory:":
        raise fail("book_without_file", "book", found=engine.dialect.name)
    return Path(name)


def _reserved(path: Path) -> list[tuple[int, int]]:
    """The last number of each year in a book that is replaced; none where it cannot be read any more."""
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT year, last FROM counter").fetchall()
    return []


def _reserve(path: Path, numbers: list[tuple[int, int]]) -> None:
    """Go on after these numbers: they may have been sent since the backup was made."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO counter VALUES (?, ?) ON CONFLICT DO UPDATE SET last = max(last, excluded.last)",
            numbers,
        )


def _place(source: Path, target: Path) -> None:
    """A copy of a database in place whole or not at all."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
    try:
        _copy(source, unfinished)
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """Copy one moment of a database over another, which stays as it was if this breaks off."""
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as original,
        closing(sqlite3.connect(target)) as copy,
    ):
        try:
            original.backup(copy)
        except sqlite3.DatabaseError as error:
            raise fail("no_such_book", str(source), found=str(error)) from None
    os.chmod(target, 0o600)
