"""Billing: the months of a file of actuals, which of them are whole, and where the contract ends."""

from __future__ import annotations

import calendar as days_of
import datetime as dt
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from estimator.brief.calendar import Calendar
from estimator.contract.terms import Terms
from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.tables import Row

THIRTIETH = 30
"""A month that is not whole is charged by the day, a thirtieth each."""

_CALENDAR = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_ORDINAL = re.compile(r"[1-9][0-9]?")


@dataclass(frozen=True, kw_only=True)
class Days:
    """A row, and the first and last day of its month that it counts."""

    row: Row
    first: int
    last: int

    @property
    def month(self) -> str:
        return self.row["month"]

    @property
    def store(self) -> str:
        return self.row.cells.get("store", "")


@dataclass(frozen=True, kw_only=True)
class Billed:
    """The rows by their days, the months in order, and how these stand to the months of the contract.

    ``last`` is the last month of work, ``ends`` the day on which that ended, where one is named. ``open``
    are the months, counted from 0, in which each store was open.
    """

    days: tuple[Days, ...]
    months: tuple[str, ...]
    calendar: Calendar
    last: str
    ends: dt.date | None
    open: Mapping[str, range]

    def after(self, days: Days) -> bool:
        """Whether a row counts days on which nobody worked any more."""
        if self.ends is not None and days.month == self.last:
            return days.first > self.ends.day
        return self.months.index(days.month) >= len(self.months) - self.calendar.tail


def billed_months(rows: Sequence[Row], terms: Terms, ends: dt.date | None = None) -> Billed:
    """The months of ``rows`` under ``terms`` that ended on ``ends``, or run on.

    A first month that is not whole belongs to contract month 1, and so does the month after it. Months after
    the end, or after the term where it does not run on, can hold returns alone. A store is open from its
    first row on, up to its last where that one ends before the month does. Raises ``QuotecastError`` for a
    month or day that does not fit, with its place.
    """
    months = _months(rows)
    if ends is not None and not _CALENDAR.fullmatch(months[0]):
        raise fail("ends_undated", rows[0].place("month"), found=months[0])
    if ends is not None and f"{ends:%Y-%m}" not in months:
        raise fail("ends_outside", rows[-1].place("month"), found=ends.isoformat(), last=months[-1])
    every = tuple(_days(row, ends) for row in rows)
    if faults := list(_repeated(every)):
        raise QuotecastError(faults)
    worked = len(months) if ends is None else months.index(f"{ends:%Y-%m}") + 1
    spans = [_span(every, month, ends) for month in months[:worked]]
    _check_spans(every, months, spans, ends)
    parts = {
        index: min(Decimal(last - first + 1) / THIRTIETH, Decimal(1))
        for index, (first, last) in enumerate(spans)
        if last - first + 1 < _length(months[index])
    }
    lead = int(0 in parts and not (worked == 1 and ends is not None))
    if ends is None and terms.months is not None and not terms.runs_on:
        worked = min(worked, terms.months + lead)
    over = ends is not None or (terms.months is not None and worked == terms.months + lead)
    span = Calendar(
        lead=lead,
        parts=tuple(sorted(parts.items())),
        tail=len(months) - worked,
        ended=ends is not None or (over and not terms.runs_on),
        first_day=spans[0][0],
    )
    return Billed(
        days=every,
        months=tuple(months),
        calendar=span,
        last=months[worked - 1],
        ends=ends,
        open=_open(every, months, ends),
    )


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
    return ordered


def _repeated(every: Sequence[Days]) -> Iterator[Fault]:
    """Rows of one month and store that count the same days twice."""
    seen: dict[tuple[str, str], list[Days]] = {}
    for days in every:
        key = days.month, days.store
        for other in seen.setdefault(key, []):
            if days.first <= other.last and other.first <= days.last:
                values = {"found": " ".join(part for part in key if part), "line": other.row.line}
                code = "duplicate_row" if other.row.file == days.row.file else "duplicate_in_file"
                yield Fault(code=code, place=days.row.place(), values={**values, "other": other.row.place()})
                break
        seen[key].append(days)


def _days(row: Row, ends: dt.date | None) -> Days:
    """The days of its month that a row counts: all of them, up to the contract's end, unless it says less."""
    month, first, last = row["month"], row.cells.get("from", ""), row.cells.get("to", "")
    if not _CALENDAR.fullmatch(month) and (first or last):
        raise fail("days_undated", row.place("from" if first else "to"), found=first or last)
    start = _day(row, "from", first) if first else 1
    closing = _last_day(month, ends)
    after = start > closing
    end = _day(row, "to", last) if last else _length(month) if after else closing
    if start > end:
        raise fail("range_falls", row.place("to"), found=f"{first} .. {last}")
    if end > closing and not after:
        raise fail("row_past_end", row.place("to"), found=last, last=f"{month}-{closing:02d}")
    return Days(row=row, first=start, last=end)


def _day(row: Row, column: str, text: str) -> int:
    """A day of the row's own month."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise fail("not_a_date", row.place(column), found=text) from None
    if f"{day:%Y-%m}" != row["month"]:
        raise fail("day_of_another_month", row.place(column), found=text, month=row["month"])
    return day.day


def _span(every: Sequence[Days], month: str, ends: dt.date | None) -> tuple[int, int]:
    """The first and the last day of a month on which there was work."""
    worked = [days for days in every if days.month == month and days.first <= _last_day(month, ends)]
    if not worked:
        assert ends is not None
        row = next(days.row for days in every if days.month == month)
        raise fail("ends_outside", row.place("from"), found=ends.isoformat(), last=month)
    return min(days.first for days in worked), max(days.last for days in worked)


def _check_spans(
    every: Sequence[Days], months: list[str], spans: list[tuple[int, int]], ends: dt.date | None
) -> None:
    """Raise where days of work are left out: in a month, or of a store between its first and last row."""
    for index, (first, last) in enumerate(spans):
        month = months[index]
        row = next(days.row for days in every if days.month == month)
        if last < _last_day(month, ends):
            raise fail("month_open", row.place(), found=month, last=f"{month}-{last:02d}")
        if first > 1 and index > 0:
            raise fail("month_begins_late", row.place(), found=month, first=f"{month}-{first:02d}")
    for store, own in _by_store(every, months, ends).items():
        for before, after in itertools.pairwise(own):
            joined = before.month == after.month and after.first == before.last + 1
            whole = before.last == _last_day(before.month, ends) and after.first == 1
            if not (joined or (before.month != after.month and whole)):
                named = " ".join(part for part in (after.month, store) if part)
                raise fail("days_gap", after.row.place(), found=named)


def _by_store(every: Sequence[Days], months: list[str], ends: dt.date | None) -> dict[str, list[Days]]:
    """The rows of work of each store, in the order of their days."""
    stores: dict[str, list[Days]] = {}
    for days in sorted(every, key=lambda days: (months.index(days.month), days.first)):
        own = stores.setdefault(days.store, [])
        over = ends is not None and f"{ends:%Y-%m}" < days.month
        if not over and days.first <= _last_day(days.month, ends):
            own.append(days)
    return stores


def _open(every: Sequence[Days], months: list[str], ends: dt.date | None) -> dict[str, range]:
    """The months in which each store was open; one that has no row of work is taken as open throughout."""
    opened = {}
    for store, own in _by_store(every, months, ends).items():
        first = months.index(own[0].month) if own else 0
        closed = bool(own) and own[-1].last < _last_day(own[-1].month, ends)
        stop = months.index(own[-1].month) + 1 if closed else len(months)
        opened[store] = range(first, stop)
    return opened


def _last_day(month: str, ends: dt.date | None) -> int:
    """The last day of a month, or of the work in it."""
    return ends.day if ends is not None and f"{ends:%Y-%m}" == month else _length(month)


def _length(month: str) -> int:
    """The days of a calendar month; thirty of one that is only numbered."""
    year, dash, number = month.partition("-")
    return days_of.monthrange(int(year), int(number))[1] if dash else THIRTIETH


def _ordinal(month: str) -> int:
    year, _, number = month.rpartition("-")
    return int(year) * 12 + int(number) if year else int(number)
