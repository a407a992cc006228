"""Past months as they are typed or pasted from a sheet: a line each, with or without a row of heads."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib import resources
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from estimator.brief.brief import HistoryMonth
from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.exchange import ExchangeRates
from estimator.values.money import plain
from estimator.values.typed import is_unknown, typed_amount, typed_count, typed_past_month

COLUMNS = ("month", "ad_spend", "gmv", "orders")
"""What a line holds where no heads say otherwise; orders may be left out."""
HEADS: Mapping[str, list[str]] = MappingProxyType(
    tomllib.loads(resources.files("estimator.brief").joinpath("past.toml").read_text("utf-8"))
)
MOST_LINES = 120


def read_past(text: str, currency: str, exchange: ExchangeRates, before: str) -> tuple[HistoryMonth, ...]:
    """The months in a text, in its order. A month without a year is the last one before ``before``.

    Without heads a line is month, ads, GMV and perhaps orders. Raises ``QuotecastError`` with every fault,
    its place the line.

    >>> lines = "2026-08  2万  6万" + chr(10) + "Sep\\t20,000\\t64k\\t1,900"
    >>> for month in read_past(lines, "USD", ExchangeRates(), "2027-01"):
    ...     print(month.month, month.ad_spend, month.gmv, month.orders)
    2026-08 20000 60000 None
    2026-09 20000 64000 1900
    """
    lines = [(at, line.strip()) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    columns: Sequence[str] = COLUMNS
    if lines and (heads := _heads(lines[0][1])):
        columns, lines = heads, lines[1:]
    if len(lines) > MOST_LINES:
        raise fail("past_lines", "", most=MOST_LINES)
    faults: list[Fault] = []
    months: list[HistoryMonth] = []
    for at, line in lines:
        try:
            months.append(_month(line, columns, currency, exchange, before))
        except QuotecastError as error:
            faults += [Fault(code=f.code, place=str(at), values=f.values) for f in error.faults]
    if faults:
        raise QuotecastError(faults)
    return tuple(months)


def written(history: Sequence[HistoryMonth]) -> str:
    """Months as they may be typed, and read back by ``read_past``; heads only where they are needed.

    >>> print(written([HistoryMonth(month="2026-08", ad_spend="20000", gmv="60000")]))
    2026-08  20000  60000
    """
    names = [name for name in HistoryMonth.model_fields if any(getattr(m, name) is not None for m in history)]
    rows = [[_said(getattr(month, name)) for name in names] for month in history]
    if names[:3] != list(COLUMNS[:3]) and history:
        rows.insert(0, [HEADS[name][0] for name in names])
        return "\n".join("\t".join(row) for row in rows)
    return "\n".join("  ".join(row) for row in rows)


def _said(value: Decimal | int | str | None) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else plain(Decimal(value))


def _heads(line: str) -> list[str]:
    """The columns that a line of heads names; none where it is no such line."""
    found = [_column(cell) for cell in _cells(line, heads=True)]
    return found if "month" in found and any(name in found for name in ("gmv", "attributed_gmv")) else []


def _column(head: str) -> str:
    said = re.sub(r"\s*\(.*?\)|[:_]", " ", unicodedata.normalize("NFKC", head).lower()).split()
    name = " ".join(said)
    return next((column for column, heads in HEADS.items() if name in heads), "")


def _cells(line: str, *, heads: bool = False) -> list[str]:
    """The cells of a line: by tabs, else by wide gaps or signs that stand in no number, else by spaces."""
    line = unicodedata.normalize("NFKC", line)
    for split in (r"\t", r"\s*[;|]\s*", r"\s{2,}"):
        if re.search(split, line):
            return [cell.strip() for cell in re.split(split, line)]
    by_space = line.split()
    if len(by_space) >= 3 and not heads:
        return [cell.rstrip(",") for cell in by_space]
    return [cell.strip() for cell in line.split(",")] if "," in line else by_space


def _month(
    line: str, columns: Sequence[str], currency: str, exchange: ExchangeRates, before: str
) -> HistoryMonth:
    cells = _cells(line)
    if len(cells) < 3 or len(cells) > max(len(columns), len(COLUMNS)):
        raise fail("past_cells", "", found=line[:40])
    values: dict[str, Any] = {}
    for name, cell in zip(columns, cells):
        if not name or is_unknown(cell):
            continue
        if name == "month":
            values[name] = typed_past_month(cell, before)
        elif name == "orders":
            values[name] = typed_count(cell)
        else:
            values[name] = typed_amount(cell, currency, exchange=exchange)
    try:
        return HistoryMonth(**values)
    except ValidationError:
        raise fail("past_cells", "", found=line[:40]) from None
