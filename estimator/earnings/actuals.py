"""Actuals: what was counted month by month under terms in force, exact and perhaps incomplete."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from pydantic_core import PydanticCustomError

from estimator.contract.terms import Terms
from estimator.market.outcomes import Outcomes
from estimator.values import tables
from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.money import exact, exact_array

SIGNED = ("gmv", "settled_gmv")
"""Returns above sales make these negative; nothing else can be."""
COLUMNS = (*SIGNED, "orders", "ad_spend", "videos", "creator_videos", "live_hours", "hours", "days_down")
COUNTS = ("orders", "videos", "creator_videos", "days_down")
MOST_BYTES = 5_000_000

_CALENDAR = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_ORDINAL = re.compile(r"[1-9][0-9]?")


def read(path: Path, terms: Terms, platforms: Collection[str]) -> Outcomes:
    """The actuals in a CSV file, the first of its months being contract month 1.

    Columns: ``month`` (2027-01, or the number of the contract month) and any of ``COLUMNS``; ``store``
    is optional, a row for each month of each store, and says the platform where it is named after one of
    ``platforms``. A blank cell or a missing column is unknown.

    Raises ``QuotecastError`` with every fault as ``file:line:column``.
    """
    table = tables.read(path, path.name, most=MOST_BYTES)
    allowed = ("month", "store", *COLUMNS)
    faults = []
    for column in table.columns:
        if column not in allowed:
            near = get_close_matches(column, allowed, n=1) or allowed
            place = f"{path.name}:1:{column}"
            unknown = {"found": column, "choices": ", ".join(near)}
            faults.append(Fault(code="unknown_field", place=place, values=unknown))
    if "month" not in table.columns:
        faults.append(Fault(code="missing_column", place=f"{path.name}:1", values={"found": "month"}))
    if faults:
        raise QuotecastError(faults)

    months = _months(table, path.name, terms)
    stores = list(dict.fromkeys(row.cells.get("store", "") for row in table.rows))
    _check_names(stores, table)
    shape = (1, len(stores), len(months))
    known = {name: np.zeros(shape[1:], dtype=bool) for name in COLUMNS}
    values = {name: exact_array([Decimal(0)] * (shape[1] * shape[2]), shape) for name in COLUMNS}
    seen: dict[tuple[str, str], int] = {}
    for row in table.rows:
        month, store = row.cells["month"], row.cells.get("store", "")
        if (month, store) in seen:
            row_name = f"{month} {store}".strip()
            duplicate = {"found": row_name, "line": seen[month, store]}
            faults.append(Fault(code="duplicate_row", place=f"{path.name}:{row.line}", values=duplicate))
            continue
        seen[month, store] = row.line
        for name in COLUMNS:
            text = row.cells.get(name, "")
            if not text:
                continue
            try:
                value = _number(name, text)
            except PydanticCustomError as error:
                place = f"{path.name}:{row.line}:{name}"
                faults.append(Fault(code=error.type, place=place, values=dict(error.context or {})))
                continue
            where = (stores.index(store), months.index(month))
            values[name][(0, *where)] = value
            known[name][where] = True
    if faults:
        raise QuotecastError(faults)
    return Outcomes(
        months=tuple(months),
        platforms=tuple(store if store in platforms else "" for store in stores),
        stores=tuple(stores),
        quantities=values,
        unknown={name: ~cells for name, cells in known.items()},
    )


def _check_names(stores: list[str], table: tables.Table) -> None:
    """One store is written one way: names that differ only in case, or are blank beside others, are not."""
    for index, store in enumerate(stores):
        for other in stores[:index]:
            if store.casefold() == other.casefold() or "" in (store, other):
                line = next(row.line for row in table.rows if row.cells.get("store", "") == store)
                raise fail("store_names", f"{table.file}:{line}:store", found=store, other=other)


def _number(name: str, text: str) -> Decimal:
    value = exact(text)
    if value < 0 and name not in SIGNED:
        raise PydanticCustomError("below_least", "negative", {"found": text, "least": "0"})
    if name in COUNTS and value != value.to_integral_value():
        raise PydanticCustomError("not_whole", "not whole", {"found": text})
    return value


def _months(table: tables.Table, place: str, terms: Terms) -> list[str]:
    """The months of the file in order, each once, without gaps and within the term."""
    by_line: dict[str, int] = {}
    for row in table.rows:
        month = row.cells["month"]
        if not _CALENDAR.fullmatch(month) and not _ORDINAL.fullmatch(month):
            raise fail("unknown_month", f"{place}:{row.line}:month", found=month)
        by_line.setdefault(month, row.line)
    calendar = bool(_CALENDAR.fullmatch(next(iter(by_line))))
    for month, line in by_line.items():
        if bool(_CALENDAR.fullmatch(month)) != calendar:
            expected = "2027-01" if calendar else "1"
            raise fail("mixed_months", f"{place}:{line}:month", found=month, expected=expected)
    ordered = sorted(by_line, key=_ordinal)
    for previous, month in itertools.pairwise(ordered):
        if _ordinal(month) != _ordinal(previous) + 1:
            raise fail("month_gap", f"{place}:{by_line[month]}:month", found=month, previous=previous)
    if not calendar and ordered[0] != "1":
        raise fail("month_gap", f"{place}:{by_line[ordered[0]]}:month", found=ordered[0], previous="0")
    if terms.months is not None and len(ordered) > terms.months:
        extra = ordered[terms.months]
        raise fail("after_term", f"{place}:{by_line[extra]}:month", found=extra, last=terms.months)
    return ordered


def _ordinal(month: str) -> int:
    year, _, number = month.rpartition("-")
    return int(year) * 12 + int(number) if year else int(number)
