"""The book: what a page of its list costs with few and with many quotes, and a step with its documents.

Pages of both sizes alternate, so that whatever else the machine does meets both; the ratio is what another
machine would find again.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import insert

from estimator.book.backup import backup, verify_file
from estimator.book.book import Book, open_book
from estimator.book.models import NO_DAY, NamePartRow, NameRow, QuoteRow
from estimator.book.opening import book_url
from estimator.book.records import Record, RenderedDocument
from estimator.book.rows import key_of
from estimator.book.states import State

RESULTS = Path(__file__).parent / "book.json"
DAY = dt.datetime(2026, 12, 1, 4, tzinfo=dt.UTC)
FEW, MANY, MORE = 100, 10_000, 100_000
PAGES: dict[str, dict[str, Any]] = {
    "opened": {},
    "by number": {"sort": "number"},
    "by client": {"sort": "client"},
    "by value": {"sort": "value"},
    "by follow-up": {"sort": "follow_up"},
    "one state": {"state": State.SENT},
    "one owner": {"owner": "Sales 3"},
    "one owner and state": {"owner": "Sales 3", "state": State.AGREED},
    "search, many found": {"search": "云朵"},
    "search, few found": {"search": "朵 7 l"},
    "one state by value": {"state": State.EXPIRED, "sort": "value"},
    "the last page": {"offset": -1},
}
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
        "created": DAY,
        "follow_up": DAY.date() + dt.timedelta(days=mixed) if mixed % 3 else NO_DAY,
        "last_revision": 1,
        "speaking": 1,
        "state": str(SHARES[mixed // OWNERS % len(SHARES)]),
        "total_cents": 100_000 + mixed,
        "currency": "USD",
        "valid_until": DAY,
        "changed": DAY + dt.timedelta(minutes=mixed),
    }


def record() -> Record:
    """A record as large as one of a quote with its forecast."""
    return Record(
        client="云朵 Ltd",
        brief={"ad_budget": 20_000},
        rules_sha="0" * 64,
        edition="2026-12",
        engine="0.1.0",
        world={},
        outputs={str(i): "8200.00" for i in range(2_000)},
        forecast={},
        total_cents=820_000,
        listed_cents=820_000,
        currency="USD",
        valid_until=DAY + dt.timedelta(days=14),
        zone="Asia/Shanghai",
    )


def render(number: str, revision: int) -> Sequence[RenderedDocument]:
    """A document of the size of a quote's PDF."""
    content = f"{number}-r{revision}".encode() + bytes(600_000)
    return [RenderedDocument(name="quote.pdf", media_type="application/pdf", content=content)]


def steps(book: Book, rounds: int) -> dict[str, float]:
    """Median milliseconds of saving, sending and agreeing, on this machine's disk."""
    took: dict[str, list[float]] = {"save a draft": [], "send with 600 kB": [], "agree": []}
    what = record()
    for _ in range(rounds):
        start = perf_counter()
        draft = book.save_draft(None, "talk", {"a": "x" * 4_000}, user="Lin")
        saved = perf_counter()
        revision = book.send(draft.id, what, render, user="Lin", version=1)
        sent = perf_counter()
        book.agree(revision.reference, user="Lin", who="Zhou", how="mail")
        done = perf_counter()
        for name, seconds in zip(took, (saved - start, sent - saved, done - sent)):
            took[name].append(seconds * 1e3)
    return {name: round(statistics.median(times), 1) for name, times in took.items()}


def pages(books: dict[int, Book], rounds: int) -> dict[str, dict[str, float]]:
    """Median milliseconds of a page in each book, and as a multiple of the smallest book's."""
    found = {}
    for name, page in PAGES.items():
        took: dict[int, list[float]] = {count: [] for count in books}
        for _ in range(rounds):
            for count, book in books.items():
                offset = count - 50 if "offset" in page else 0
                start = perf_counter()
                book.list(**{**page, "offset": offset})
                took[count].append(perf_counter() - start)
        medians = {count: statistics.median(times) * 1e3 for count, times in took.items()}
        ratios = {f"{count:,} ÷ {FEW}": round(ms / medians[FEW], 2) for count, ms in medians.items()}
        found[name] = {"ms": round(medians[FEW], 2), **ratios}
    return found


def main(rounds: int) -> None:
    """Measure, print, and keep what a whole run found."""
    with tempfile.TemporaryDirectory() as folder:
        books = {}
        for count in (FEW, MANY, MORE):
            path = Path(folder) / str(count) / "book.sqlite"
            books[count] = open_book(book_url(path), lambda: DAY)
            fill(books[count], count)
        found: dict[str, Any] = {"made": f"{dt.date.today()}", "pages": pages(books, rounds)}
        used = open_book(book_url(Path(folder) / "used" / "book.sqlite"), lambda: DAY)
        found["steps"] = steps(used, rounds)
        start = perf_counter()
        file = backup(used.engine, Path(folder) / "backup.sqlite")
        found["backup"] = {
            "megabytes": file.stat().st_size // 10**6,
            "seconds": round(perf_counter() - start, 2),
        }
        start = perf_counter()
        assert verify_file(file) == ()
        found["backup"]["verified"] = round(perf_counter() - start, 2)
    print(json.dumps(found, indent=2, ensure_ascii=False))
    if rounds >= 200:
        RESULTS.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
