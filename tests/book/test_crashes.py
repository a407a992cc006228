"""Killed at any moment, a book holds everything that was acknowledged, nothing by half, no number twice."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from books import SIGNED, Clock, begun, empty_book, new_book, record, render
from sqlalchemy import func, select

from estimator.book.book import Book, open_book
from estimator.book.models import DocumentRow, DraftRow, EventRow, RevisionRow
from estimator.book.opening import book_url, reading
from estimator.book.states import State
from estimator.book.verification import verify
from estimator.values.errors import QuotecastError

FORK = multiprocessing.get_context("fork")


def work(book: Book, acknowledge: int, rounds: int = 10**6) -> None:
    """Save, send, agree and sign, round after round; each step is acknowledged once it has returned."""

    def say(*words: object) -> None:
        os.write(acknowledge, (" ".join(map(str, words)) + "\n").encode())

    for _ in range(rounds):
        draft = begun(book, budget=1)
        say("saved", draft.id, draft.version)
        draft = book.save_draft(draft.id, draft.name, {"budget": 2}, user="Lin", version=draft.version)
        say("saved", draft.id, draft.version)
        revision = book.send(draft.id, record(), render, user="Lin", version=draft.version)
        say("sent", revision.reference, revision.sha256)
        draft = book.revise(revision.reference, user="Wu")
        revision = book.send(draft.id, record(), render, user="Wu", version=draft.version)
        say("sent", revision.reference, revision.sha256)
        say("agreed", book.agree(revision.reference, user="Lin", who="Zhou", how="mail").reference)
        say("signed", book.sign(revision.reference, SIGNED, user="Lin").reference)


def begin(folder: Path, acknowledge: int) -> None:
    """Begin a new book, tables and all."""
    open_book(book_url(folder / "book.sqlite"), Clock()).close()
    os.write(acknowledge, b"begun\n")


def killed(act: Callable[[Any, int], None], subject: Any, after: float, steps: int = 0) -> list[list[str]]:
    """What a writer had acknowledged when it was killed, so many seconds after so many steps."""
    read, write = os.pipe()
    writer = FORK.Process(target=act, args=(subject, write))
    writer.start()
    os.close(write)
    with os.fdopen(read, "rb") as said:
        lines = [said.readline() for _ in range(steps)]
        time.sleep(after)
        assert writer.pid
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        lines += said.readlines()
    return [line.decode().split() for line in lines if line.endswith(b"\n")]


@pytest.mark.parametrize(
    "times", [15, pytest.param(200, marks=pytest.mark.journey)], ids=["short", "in full"]
)
def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path, times: int) -> None:
    chance = random.Random(times)
    book = new_book(tmp_path)
    work(book, os.open(os.devnull, os.O_WRONLY), rounds=1)  # whatever is made only once is made
    book.close()  # a connection must not be shared with the writers to come
    moments = [(chance.uniform(0.0, 0.01), chance.randrange(1, 9)) for _ in range(times)]
    acknowledged = [line for moment in moments for line in killed(work, book, *moment)]
    assert verify(book.engine) == ()
    references = [line[1] for line in acknowledged if line[0] == "sent"]
    assert references and len(references) == len(set(references))
    for what, subject, *rest in acknowledged:
        if what == "saved":
            assert book.draft(int(subject)).version >= int(rest[0])
            continue
        number, _, revision = subject.rpartition("-r")
        read = book.read(number, int(revision))
        if what == "sent":
            assert read.sha256 == rest[0] and len(read.documents) >= 2
        else:
            assert read.state in ({State.AGREED, State.SIGNED} if what == "agreed" else {State.SIGNED})
    with reading(book.engine) as session:
        count = lambda row, *where: session.scalar(select(func.count()).select_from(row).where(*where))  # noqa: E731
        revisions, signed = count(RevisionRow), count(RevisionRow, RevisionRow.state == State.SIGNED)
        assert count(DocumentRow) == 2 * revisions + signed
        assert count(DraftRow, DraftRow.state == State.SENT) == revisions
        assert count(EventRow, EventRow.what == "sent") == revisions
        assert count(EventRow, EventRow.what == "signed") == signed


def test_a_book_that_was_killed_while_it_was_begun_is_begun_again(tmp_path: Path) -> None:
    empty_book()  # has the migrations imported, so that the moments fall into their work
    said = []
    for turn, moment in enumerate([0.02, 0.05, 0.09]):
        folder = tmp_path / str(turn)
        said += killed(begin, folder, moment)
        begin(folder, os.open(os.devnull, os.O_WRONLY))
        assert verify(new_book(folder).engine) == ()
    assert said == [["begun"]] * len(said)


def send_ten(folder: Path, user: str, acknowledge: int) -> None:
    book = new_book(folder)
    for _ in range(10):
        draft = begun(book, user)
        number = book.send(draft.id, record(), render, user=user, version=1).number
        os.write(acknowledge, f"{number}\n".encode())


def test_two_processes_send_under_different_numbers(tmp_path: Path) -> None:
    new_book(tmp_path).close()
    read, write = os.pipe()
    writers = [FORK.Process(target=send_ten, args=(tmp_path, user, write)) for user in ("Lin", "Wu")]
    for writer in writers:
        writer.start()
    os.close(write)
    with os.fdopen(read, "rb") as said:
        numbers = said.read().decode().split()
    assert sorted(numbers) == [f"Q-2026-{serial:04d}" for serial in range(1, 21)]
    assert verify(new_book(tmp_path).engine) == ()


def test_a_writer_that_waits_in_vain_is_told(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    with book.engine.execution_options(writes=True).begin():
        other = new_book(tmp_path)
        with other.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 20")
            connection.rollback()
        with pytest.raises(QuotecastError, match="another writer"):
            begun(other)
