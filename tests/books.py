"""Books for tests: a clock that is set by hand, records to send, and documents that say what they are."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from estimator.book.book import Book, open_book
from estimator.book.opening import book_url
from estimator.book.records import Draft, Figures, Kind, Line, Record, RenderedDocument, Revision

NOON = dt.datetime(2026, 12, 1, 4, tzinfo=dt.UTC)
PDF = "application/pdf"
DISCOUNT = Line(id="base_fee", kind=Kind.PRICE, text="80.00", listed="100.00")
LATE = Line(id="payment_days", kind=Kind.PAYMENT, text="60", listed="30")
SIGNED = RenderedDocument(name="signed.pdf", media_type=PDF, content=b"%PDF signed")

FIGURES = Figures(month="2027-01", store="", cells={"gmv": "52000", "ad_spend": "20000"}, source="jan.csv:2")


class Clock:
    """Tells the hour it was set to."""

    def __init__(self, now: dt.datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def pass_days(self, days: float) -> None:
        self.now += dt.timedelta(days=days)


def fast_folder() -> Path:
    """A folder in memory where there is one: most tests say nothing about a disk."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="quotecast-", dir=memory if memory.is_dir() else None))


@cache
def empty_book() -> Path:
    """A book that was only begun; copying it is faster than making another."""
    path = Path(tempfile.mkdtemp(prefix="quotecast-")) / "empty.sqlite"
    open_book(book_url(path), Clock()).close()
    return path


def new_book(folder: Path, clock: Clock | None = None, **options: Any) -> Book:
    """A new book in a folder."""
    path = folder / "book.sqlite"
    if not path.exists():
        shutil.copy(empty_book(), path)
    return open_book(book_url(path), clock or Clock(), **options)


def record(*lines: Line, until: dt.datetime = NOON + dt.timedelta(days=14), **changes: Any) -> Record:
    """What a small shop is offered, at list price but for the lines given."""
    usual: dict[str, Any] = {
        "client": "上海云朵美妆有限公司",
        "brief": {"ad_budget": 20_000},
        "rules_sha": "0" * 64,
        "edition": "2026-12",
        "engine": "0.1.0",
        "world": {"scenario": "expected"},
        "outputs": {"fee": "8200.00"},
        "forecast": {"gmv": 0.61},
        "total_cents": 820_000 - (2_000 if DISCOUNT in lines else 0),
        "listed_cents": 820_000,
        "currency": "USD",
        "zone": "Asia/Shanghai",
    }
    return Record(**{**usual, "lines": lines, "valid_until": until, **changes})


def render(number: str, revision: int) -> list[RenderedDocument]:
    """Two documents that hold the number they were made for."""
    return [
        RenderedDocument(name=f"quote.{kind}", media_type=kind, content=f"{number}-r{revision}".encode())
        for kind in ("pdf", "html")
    ]


def begun(book: Book, user: str = "Lin", **content: Any) -> Draft:
    """A new draft."""
    return book.save_draft(None, "first talk", {"answers": content}, user=user)


def sent(book: Book, draft: Draft | None = None, what: Record | None = None, user: str = "Lin") -> Revision:
    """A quote that was sent."""
    draft = draft or begun(book, user)
    return book.send(draft.id, what or record(), render, user=user, version=draft.version)


def agreed(book: Book) -> Revision:
    """A quote that a client agreed to."""
    return book.agree(sent(book).reference, user="Lin", who="周敏", how="by telephone")


def signed(book: Book) -> Revision:
    """A quote that came back signed."""
    return book.sign(agreed(book).reference, SIGNED, user="Lin")
