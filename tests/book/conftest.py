"""Books in SQLite, and in PostgreSQL where its own target asks for that (make test-postgres)."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from books import Clock, empty_book, fast_folder, new_book
from sqlalchemy import Engine

from estimator.book.book import Book, open_book
from estimator.book.opening import book_url

OWNER = "postgres"
"""PostgreSQL refuses to run as root; its Debian package brings this user."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests in PostgreSQL run only where they are asked for by name."""
    if "postgres" not in config.option.markexpr:
        items[:] = [item for item in items if not item.get_closest_marker("postgres")]


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server of the tests' own; its address up to the name of the database."""
    found = shutil.which("initdb") or next(
        map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None
    )
    if found is None:
        pytest.skip("no PostgreSQL (apt-get install postgresql)")
    programs = Path(found).parent
    folder = Path(tempfile.mkdtemp(prefix="quotecast-"))
    owner = OWNER if os.geteuid() == 0 else None
    if owner:
        shutil.chown(folder, owner)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, *arguments], check=True, user=owner, stdout=subprocess.DEVNULL, cwd=folder
        )

    data = str(folder / "data")
    run("initdb", "-D", data, "-A", "trust", "-U", OWNER, "-E", "UTF8", "--no-locale", "--no-sync")
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    run("pg_ctl", "-D", data, "-w", "-o", options, "-l", str(folder / "log"), "start")
    yield f"postgresql+psycopg://{OWNER}@/{{name}}?host={folder}"
    run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """One SQLite engine for all tests, whose file each begins anew: it keeps what it has compiled."""
    folder = fast_folder()
    book = new_book(folder)
    yield book.engine
    book.close()
    shutil.rmtree(folder)


DATABASES = count()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def make_book(request: pytest.FixtureRequest) -> Iterator[Callable[..., Book]]:
    """Opens books of one database, which is this test's own: ``make_book(clock, approve_own=True)``."""
    books: list[Book] = []
    address = ""
    if request.param == "postgres":
        import psycopg

        server: str = request.getfixturevalue("server")
        name = f"book{next(DATABASES)}"
        admin = server.format(name="postgres").replace("+psycopg", "")
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        address = server.format(name=name)
    else:
        engine: Engine = request.getfixturevalue("engine")
        engine.dispose()
        path = Path(str(engine.url.database))
        for rest in path.parent.glob("book.sqlite?*"):
            rest.unlink()
        shutil.copy(empty_book(), path)
        address = book_url(path)

    def make(clock: Clock | None = None, **options: Any) -> Book:
        if not books and request.param == "sqlite":
            books.append(Book(engine, clock or Clock(), **{"approve_own": False, **options}))
        else:
            books.append(open_book(address, clock or Clock(), **options))
        return books[-1]

    yield make
    for book in books:
        book.close()


@pytest.fixture
def clock() -> Clock:
    """A clock that stands at noon of the first day."""
    return Clock()


@pytest.fixture
def book(make_book: Callable[..., Book], clock: Clock) -> Book:
    """A new book under that clock."""
    return make_book(clock)
