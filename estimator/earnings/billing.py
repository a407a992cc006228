"""Billing: the months of a file of actuals, which of them are whole, and where the contract ends."""

from __future__ import annotations

import calendar as days
import datetime as dt
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from estimator.brief.calendar import Calendar
from estimator.contract.terms import Terms
from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.tables import Row

THIRTIETH = 30
"""A month that is not whole is charged by the day, a thirtieth each."""

_CALENDAR = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_ORDINAL = re.compile(r"[1-9][0-9]?")


@dataclass(frozen=True, kw_only=True)
class Billed:
    """The months in order, how they stand to those of the contract, and the ``last`` month of work."""

    months: tuple[str, ...]
    calendar: Calendar
    last: str


def billed_months(rows: Sequence[Row], terms: Terms, ends: dt.date | None = None) -> Billed:
    """The months of ``rows`` under ``terms`` that ended on ``ends``, or run on.

    A first month that is not whole belongs to contract month 1, and so does the month after it. Months after
    the end, or after the term where it does not run on, can hold returns alone. Raises ``QuotecastError``
    for a month or day that does not fit, with its place.
    """
    months = _months(rows)
    dated = bool(_CALENDAR.fullmatch(months[0]))
    if ends is not None and not dated:
        raise fail("ends_undated", rows[0].place("month"), found=months[0])
    parts = _parts(rows, months, ends) if dated else {}
    lead = int(0 in parts and not (len(months) == 1 and ends is not None))
    worked = len(months)
    if ends is not None:
        ended = f"{ends:%Y-%m}"
        if ended not in months:
            raise fail("ends_outside", rows[-1].place("month"), found=ends.isoformat(), last=months[-1])
        worked = months.index(ended) + 1
    elif terms.months is not None and not terms.runs_on:
        worked = min(worked, terms.months + lead)
    over = ends is not None or (terms.months is not None and worked == terms.months + lead)
    span = Calendar(
        lead=lead,
        parts=tuple(sorted(parts.items())),
        tail=len(months) - worked,
        ended=ends is not None or (over and not terms.runs_on),
    )
    return Billed(months=tuple(months), calendar=span, last=months[worked - 1])


def _months(rows: Sequence[Row]) -> list[str]:
    """The months of the rows in order, each once and without gaps."""
    first: dict[str, Row] = {}
    for row in rows:
        month = row["month"]
        if not _CALENDAR.fullmatch(month) and not _ORDINAL.fullmatch(month):
            raise fail("unknown_month", row.place("month"), found=month)
        first.setdefault(month, row)
    dated = bool(_CALENDAR.fullmatch(next(iter(first))))
    for month, row in first.items():
        if bool(_CALENDAR.fullmatch(month)) != dated:
            raise fail("mixed_months", row.place("month"), found=month, expected="2027-01" if dated else "1")
    ordered = sorted(first, key=_ordinal)
    for previous, month in itertools.pairwise(ordered):
        if _ordinal(month) != _ordinal(previous) + 1:
            raise fail("month_gap", first[month].place("month"), found=month, previous=previous)
    if not dated and ordered[0] != "1":
        raise fail("month_gap", first[ordered[0]].place("month"), found=ordered[0], previous="0")
    if faults := list(_repeated(rows)):
        raise QuotecastError(faults)
    return ordered


def _repeated(rows: Sequence[Row]) -> Iterator[Fault]:
    """Rows of one month and store that count the same days twice."""
    seen: dict[tuple[str, str], list[tuple[int, int, Row]]] = {}
    for row in rows:
        first, last = _span(row)
        key = row["month"], row.cells.get("store", "")
        for start, end, other in seen.setdefault(key, []):
            if first <= end and start <= last:
                name = " ".join(part for part in key if part)
                values = {"found": name, "line": other.line}
                same = other.file == row.file
                code = "duplicate_row" if same else "duplicate_in_file"
                yield Fault(code=code, place=row.place(), values={**values, "other": other.place()})
                break
        seen[key].append((first, last, row))


def _span(row: Row) -> tuple[int, int]:
    """The first and the last day of its month that a row counts."""
    month, first, last = row["month"], row.cells.get("from", ""), row.cells.get("to", "")
    if not _CALENDAR.fullmatch(month):
        if first or last:
            raise fail("days_undated", row.place("from" if first else "to"), found=first or last)
        return 1, THIRTIETH
    length = _length(month)
    start = _day(row, "from", first) if first else 1
    end = _day(row, "to", last) if last else length
    if start > end:
        raise fail("range_falls", row.place("to"), found=f"{first} .. {last}")
    return start, end


def _day(row: Row, column: str, text: str) -> int:
    """A day of the row's own month."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise fail("not_a_date", row.place(column), found=text) from None
    if f"{day:%Y-%m}" != row["month"]:
        raise fail("day_of_another_month", row.place(column), found=text, month=row["month"])
    return day.day


def _parts(rows: Sequence[Row], months: list[str], ends: dt.date | None) -> dict[int, Decimal]:
    """Which months are not whole, and what share of a month each is."""
    parts = {}
    for index, month in enumerate(months):
        spans = [(*_span(row), row) for row in rows if row["month"] == month]
        covered = {day for first, last, _ in spans for day in range(first, last + 1)}
        length = _length(month)
        if ends is not None and f"{ends:%Y-%m}" == month:
            covered &= set(range(1, ends.day + 1))
        elif ends is not None and month > f"{ends:%Y-%m}":
            continue
        if len(covered) == length:
            continue
        row = spans[0][2]
        first, last = min(covered), max(covered)
        if len(covered) != last - first + 1:
            raise fail("days_gap", row.place(), found=month)
        closing = ends is not None and f"{ends:%Y-%m}" == month
        if last < (ends.day if closing and ends else length):
            raise fail("month_open", row.place(), found=month, last=f"{month}-{last:02d}")
        if first > 1 and index > 0:
            raise fail("month_begins_late", row.place(), found=month, first=f"{month}-{first:02d}")
        parts[index] = min(Decimal(len(covered)) / THIRTIETH, Decimal(1))
    return parts


def _length(month: str) -> int:
    year, _, number = month.partition("-")
    return days.monthrange(int(year), int(number))[1]


def _ordinal(month: str) -> int:
    year, _, number = month.rpartition("-")
    return int(year) * 12 + int(number) if year else int(number)
