"""A book with many quotes, written straight into its tables: enough to list, not to read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from books import NOON
from sqlalchemy import insert

from estimator.book.book import Book
from estimator.book.models import NO_DAY, NamePartRow, NameRow, QuoteRow
from estimator.book.rows import key_of
from estimator.book.states import State

OWNERS = 8
SHARES = (State.SENT, State.SENT, State.AGREED, State.SIGNED, State.DECLINED, State.EXPIRED, State.WITHDRAWN)


def fill(book: Book, count: int) -> None:
    """Add ``count`` quotes of five times fewer clients and eight sales people."""
    clients = count // 5
    names = [f"Sales {i}" for i in range(OWNERS)] + [f"云朵 {i} Ltd" for i in range(clients)]
    people = [{"id": i + 1, "name": name, "key": key_of(name)} for i, name in enumerate(names)]
    parts = [
        {"part": row["key"][start:], "name_id": row["id"]}
        for row in people
        for start in range(len(row["key"]))
    ]
    unique = list({(part["part"], part["name_id"]): part for part in parts}.values())
    with book.engine.execution_options(writes=True).begin() as connection:
        connection.execute(insert(NameRow), people)
        connection.execute(insert(NamePartRow), unique)
        connection.execute(insert(QuoteRow), [_quote(i, count, clients) for i in range(count)])


def _quote(i: int, count: int, clients: int) -> dict[str, Any]:
    mixed = i * 7_919 % count
    return {
        "number": f"Q-2026-{i + 1:04d}",
        "year": 2026,
        "serial": i + 1,
        "client_id": OWNERS + 1 + mixed % clients,
        "client_key": key_of(f"云朵 {mixed % clients} Ltd"),
        "owner_id": 1 + mixed % OWNERS,
        "created": NOON,
        "follow_up": NOON.date() + dt.timedelta(days=mixed) if mixed % 3 else NO_DAY,
        "last_revision": 1,
        "speaking": 1,
        "state": str(SHARES[mixed // OWNERS % len(SHARES)]),
        "total_cents": 100_000 + mixed,
        "currency": "USD",
        "valid_until": NOON,
        "changed": NOON + dt.timedelta(minutes=mixed),
    }
