"""Entering figures: read strictly from tables, tried with those that stand, then kept in the book."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Collection, Sequence
from pathlib import Path

from estimator.book.book import Book
from estimator.book.records import Figures
from estimator.earnings.actuals import MOST_BYTES, table_in
from estimator.evidence.ledger import Ledger, check_figures, open_ledger
from estimator.values.errors import QuotecastError, fail
from estimator.values.exchange import ExchangeRates
from estimator.values.tables import Table, parse

PASTED = "pasted.csv"
"""What figures that were pasted are called where faults name their file."""


def enter(
    book: Book,
    reference: str,
    paths: Sequence[Path],
    platforms: Collection[str],
    exchange: ExchangeRates,
    *,
    user: str,
    ends: dt.date | None = None,
) -> None:
    """Enter the figures of files for the quote of a reference, all or none.

    Raises ``QuotecastError`` with every fault and its place, as ``actuals.read`` does.
    """
    tables = [table_in(path) for path in paths]
    enter_tables(book, reference, tables, platforms, exchange, user=user, ends=ends)


def enter_files(
    book: Book,
    reference: str,
    files: Sequence[tuple[str, bytes]],
    platforms: Collection[str],
    exchange: ExchangeRates,
    *,
    user: str,
    ends: dt.date | None = None,
) -> None:
    """Enter the figures of files that were uploaded, or of tables that were pasted with tabs or commas.

    Each file is its name and its bytes.
    """
    tables = [
        parse(_with_commas(content, name) if _has_tabs(content) else content, name, most=MOST_BYTES)
        for name, content in files
    ]
    enter_tables(book, reference, tables, platforms, exchange, user=user, ends=ends)


def holds_actuals(content: bytes) -> bool:
    """Whether a text is a table of actual figures by our own names: one of its heads is ``month``.

    >>> holds_actuals(b"month,gmv\\n2027-01,5"), holds_actuals(b"Month;GMV"), holds_actuals(b"PK..")
    (True, False, False)
    """
    first = content.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0]
    separator = b"\t" if _has_tabs(content) else b","
    return b"month" in [head.strip() for head in first.split(separator)]


def _has_tabs(content: bytes) -> bool:
    return b"\t" in content.partition(b"\n")[0]


def _with_commas(content: bytes, name: str) -> bytes:
    """What was copied out of a spreadsheet, as a CSV; a comma within a cell stays there.

    >>> _with_commas("month\\tgmv\\n2027-01\\t20,000".encode(), "a.tsv")
    b'month,gmv\\r\\n2027-01,"20,000"\\r\\n'
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise fail("not_text", name) from None
    written = io.StringIO(newline="")
    csv.writer(written).writerows(line.split("\t") for line in text.splitlines())
    return written.getvalue().encode()


def enter_tables(
    book: Book,
    reference: str,
    tables: Sequence[Table],
    platforms: Collection[str],
    exchange: ExchangeRates,
    *,
    user: str,
    ends: dt.date | None = None,
) -> None:
    """Enter the figures of tables; they are first counted with those that stand, under the quote's terms."""
    if faults := [fault for table in tables for fault in table.lacks("month")]:
        raise QuotecastError(faults)
    revision = book.read(reference)
    (forecast,) = (
        one
        for one in book.forecasts(revision.number, every=True)
        if one.revision.revision == revision.revision
    )
    rows = [figures for table in tables for figures in figures_in(table)]
    check_figures(forecast, rows, ends, platforms, exchange)
    book.add_actuals(revision.number, rows, user=user, ends=ends)


def figures_in(table: Table) -> tuple[Figures, ...]:
    """The lines of a table as the book keeps them; a blank cell is unknown and is left out."""
    return tuple(
        Figures(
            month=row.cells.get("month", ""),
            store=row.cells.get("store", ""),
            cells={name: text for name, text in row.cells.items() if text and name not in ("month", "store")},
            source=row.place(),
        )
        for row in table.rows
    )


def ledger_of(
    book: Book, reference: str, on: dt.date, platforms: Collection[str], exchange: ExchangeRates
) -> Ledger:
    """The ledger of one quote on a day."""
    return open_ledger(book.forecasts(book.read(reference).number), on, platforms, exchange)
