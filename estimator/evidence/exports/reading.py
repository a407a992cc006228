"""The rows of a sheet as entries, each with its day and exact figures; what does not count is left out, told.

Of an export that may hold buyers' names nothing is read but the columns it is known by, and no cell of it
is quoted in a fault.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from estimator.evidence.exports.cells import (
    DayOrder,
    Moment,
    amount,
    day_order,
    days_in,
    is_missing,
    is_total,
    moment,
    month,
    points_thousands,
    signed_amount,
    zone,
)
from estimator.evidence.exports.headers import Column, Heading, normal
from estimator.evidence.exports.record import LeftOut, Reason
from estimator.values.errors import Fault, QuotecastError, fail

TEXTS = frozenset({"day", "week", "month", "starts", "ends", "posted", "paid"})
NAMES = frozenset({"currency", "zone", "part", "order", "sku", "status", "kind"})
"""Fields that are words; every other one is a number."""
MOST_FAULTS = 20
"""Faults told of one file; whoever mends these sees the rest."""
_DOTTED = ("IDR", "VND")
"""Currencies that have no cents, so that a dot can only set off thousands."""

Step = Literal["day", "week", "month", "period"]
Zones = tuple[dt.tzinfo, dt.tzinfo]
DAYS_OF_A_WEEK = 7
_ROUNDED = re.compile(r"[0-9][Ee]\+[0-9]")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row: the days it counts, and its figures by field; None is a cell without a figure.

    ``texts`` holds the words of orders alone, ``spends`` each column of ad spend. ``key`` says which rows
    are the same, ``named`` whether the row says what it is a part of.
    """

    first: dt.date
    last: dt.date
    step: Step
    values: Mapping[str, Decimal | None]
    spends: Mapping[str, Decimal]
    texts: Mapping[str, str]
    key: tuple[str, ...]
    named: bool
    file: str
    line: int


@dataclass(kw_only=True)
class Rows:
    """The entries of one sheet, the totals that stand beside them, and what was left out.

    ``timed`` says that the rows tell the hour, ``moved`` how many lie on another day in the shop's zone:
    on the day ``before`` it or the day ``after``.
    """

    heading: Heading
    period: tuple[dt.date, dt.date] | None
    entries: list[Entry] = field(default_factory=list)
    totals: list[tuple[int, dict[str, Decimal]]] = field(default_factory=list)
    currencies: set[str] = field(default_factory=set)
    zones: set[str] = field(default_factory=set)
    left_out: dict[Reason, LeftOut] = field(default_factory=dict)
    moved: int = 0
    before: bool = False
    after: bool = False
    timed: bool = False

    def leave(self, reason: Reason, line: int) -> None:
        """Count a row that is left out."""
        known = self.left_out.get(reason, LeftOut(reason=reason, count=0, line=line))
        self.left_out[reason] = replace(known, count=known.count + 1, line=min(known.line, line))


@dataclass(frozen=True, kw_only=True)
class Signs:
    """How all sheets of an export write days and numbers."""

    order: DayOrder | None
    dots: bool

    @classmethod
    def of(cls, headings: Sequence[Heading]) -> Signs:
        """What the cells tell, else what the export is known for."""
        days = [cell for heading in headings for cell in _cells(heading, TEXTS)]
        numbers = [signed_amount(cell)[0] for heading in headings for cell in _cells(heading, None)]
        dots = points_thousands(numbers)
        semicolons = any(heading.sheet.semicolons for heading in headings)
        order = day_order(days) or headings[0].export.dates
        return cls(order=order, dots=semicolons if dots is None else dots)


def _cells(heading: Heading, fields: frozenset[str] | None) -> Iterator[str]:
    """The cells of these fields, or of those that are numbers."""
    for column in heading.columns:
        wanted = column.field in fields if fields is not None else column.field not in TEXTS | NAMES
        if wanted:
            lines = heading.sheet.lines[heading.position + 1 :]
            yield from (cells[column.index] for _, cells in lines if column.index < len(cells))


def read_rows(heading: Heading, signs: Signs, zones: Zones | None) -> Rows:
    """The rows under the heads of a sheet. ``zones`` are the report's and the shop's, where they differ.

    Raises ``QuotecastError`` with every fault found, ``MOST_FAULTS`` at most, as ``file:line:head``.
    """
    rows = Rows(heading=heading, period=_period(heading))
    reader = _Reader(heading, signs, rows, zones)
    faults: list[Fault] = []
    last = heading.sheet.lines[-1][0]
    for position, (line, cells) in enumerate(heading.sheet.lines[heading.position + 1 :]):
        try:
            reader.take(line, cells, first=position == 0, last=line == last)
        except QuotecastError as error:
            faults += error.faults
        if len(faults) >= MOST_FAULTS:
            break
    if faults:
        raise QuotecastError(faults[:MOST_FAULTS])
    if not rows.entries:
        raise fail("export_without_rows", heading.place(last))
    return rows


def zone_said(heading: Heading) -> dt.tzinfo | None:
    """The time zone that a column of a report says, where it is one alone."""
    said = {zone(text) for text in _cells(heading, frozenset({"zone"})) if not is_missing(text)}
    return said.pop() if len(said) == 1 else None


def _period(heading: Heading) -> tuple[dt.date, dt.date] | None:
    """The days that a file's name or the lines above its heads name: of one without days all it counts."""
    above = [" ".join(cells) for _, cells in heading.sheet.lines[: heading.position]]
    for text in (heading.sheet.file, *above):
        days = days_in(text)
        if len(days) > 1 or (days and not heading.dated):
            return min(days), max(days)
    if heading.dated:
        return None
    raise fail("period_unsaid", heading.sheet.file)


class _Reader:
    """Reads one row after the other into ``rows``."""

    def __init__(self, heading: Heading, signs: Signs, rows: Rows, zones: Zones | None) -> None:
        self.heading, self.signs, self.rows, self.zones = heading, signs, rows, zones
        self.by_field: dict[str, list[Column]] = {}
        for column in heading.columns:
            self.by_field.setdefault(column.field, []).append(column)
        self.time = next((self.by_field[f][0] for f in (*_TIMES, "starts") if f in self.by_field), None)
        self.numbers = [column for column in heading.columns if column.field not in TEXTS | NAMES]
        named = days_in(heading.sheet.file)
        self.named_day = named[0] if len(named) == 1 else None
        self.private = heading.export.private
        self.named = [*heading.parts, *self.by_field.get("part", ())]

    def take(self, line: int, cells: tuple[str, ...], *, first: bool, last: bool) -> None:
        """One line: an entry, a total, or a row that is left out and counted."""
        if self._heads_total(cells):
            self.rows.totals.append((line, self._total(line, cells)))
            self.rows.leave("total", line)
            return
        if first and self._describes(cells):
            self.rows.leave("description", line)
            return
        if sum(map(bool, cells)) == 1 and len(self.heading.columns) > 1 and self._foot(cells):
            self.rows.leave("note", line)
            return
        cells = self._whole(line, cells, last=last)
        begin, end, step = self._days(line, cells)
        values, spends = self._figures(line, cells)
        for column in self.by_field.get("order", ()):
            if _ROUNDED.search(cells[column.index]):
                raise fail("rounded_id", self.heading.place(line, column))
        texts = {name: cells[self.by_field[name][0].index] for name in _KEPT if name in self.by_field}
        if "posted" in texts:
            posted = self._moment(texts["posted"])
            texts["posted"] = posted.day.isoformat() if posted is not None else ""
        self.rows.currencies |= self._said("currency", cells)
        self.rows.zones |= self._said("zone", cells)
        self.rows.entries.append(
            Entry(
                first=begin,
                last=end,
                step=step,
                values=values,
                spends=spends,
                texts=texts,
                key=self._key(cells),
                named=not self.named or any(not is_missing(cells[c.index]) for c in self.named),
                file=self.heading.sheet.file,
                line=line,
            )
        )

    def _cell(self, cells: tuple[str, ...], column: Column) -> str:
        return cells[column.index] if column.index < len(cells) else ""

    def _said(self, name: str, cells: tuple[str, ...]) -> set[str]:
        said = {self._cell(cells, column) for column in self.by_field.get(name, ())}
        return {text for text in said if not is_missing(text)}

    def _heads_total(self, cells: tuple[str, ...]) -> bool:
        """A row of totals says so in its first words, or has none where its day or its part would be."""
        words = [cell for cell in cells if cell][:2]
        if any(is_total(word, begins=True) for word in words):
            undated = self.time is None or self._moment(self._cell(cells, self.time)) is None
            return undated or any(is_total(word, begins=False) for word in words)
        figured = any(not is_missing(self._cell(cells, column)) for column in self.numbers)
        if self.time is not None:
            return figured and is_missing(self._cell(cells, self.time)) and not self._ordered(cells)
        return figured and bool(self.named) and all(is_missing(self._cell(cells, c)) for c in self.named)

    def _ordered(self, cells: tuple[str, ...]) -> bool:
        return any(not is_missing(self._cell(cells, column)) for column in self.by_field.get("order", ()))

    def _describes(self, cells: tuple[str, ...]) -> bool:
        """The line under the heads that explains them: no day and no number in it."""
        if self.time is not None and self._moment(self._cell(cells, self.time)) is not None:
            return False
        numbers = [self._cell(cells, column) for column in self.numbers]
        written = [text for text in numbers if not is_missing(text)]
        return bool(written) and all(self._number(text) is None for text in written)

    def _foot(self, cells: tuple[str, ...]) -> bool:
        """A remark below the table: one cell of words at the beginning of a line, no day or number begun."""
        return bool(cells[0]) and not any(char.isdigit() for char in cells[0][:3])

    def _whole(self, line: int, cells: tuple[str, ...], *, last: bool) -> tuple[str, ...]:
        """The cells of a row, as many as there are heads."""
        width = len(self.heading.heads)
        place = self.heading.place(line)
        if any(cells[width:]) or (len(cells) < width and not self.heading.sheet.ragged):
            if last and len(cells) < width:
                head = self.heading.heads[len(cells) - 1]
                raise fail("cut_file", f"{place}:{head}")
            raise fail("row_width", place, found=len(cells), expected=width)
        return (*cells[:width], *[""] * (width - len(cells)))

    def _shown(self, text: str) -> str:
        return "…" if self.private else text

    def _fault(self, code: str, line: int, column: Column, text: str) -> QuotecastError:
        return fail(code, self.heading.place(line, column), found=self._shown(text))

    def _moment(self, text: str) -> Moment | None:
        found = moment(text, self.signs.order, self.named_day)
        if found is None and (first := month(text)) is not None:
            return Moment(day=first, is_month=True)
        return found

    def _days(self, line: int, cells: tuple[str, ...]) -> tuple[dt.date, dt.date, Step]:
        """The first and the last day that a row counts."""
        if self.time is None:
            assert self.rows.period is not None
            first, last = self.rows.period
            return _one_month(first, last, "period", self.heading.sheet.file)
        text = self._cell(cells, self.time)
        found = self._moment(text)
        if found is None:
            code = "day_unclear" if self.signs.order is None and _turned(text) else "not_a_row_day"
            raise self._fault(code, line, self.time, text)
        if self.time.field == "month" or found.is_month:
            return _month_of(found.day)
        if self.time.field == "week":
            return found.day, found.day + dt.timedelta(days=DAYS_OF_A_WEEK - 1), "week"
        if found.last is not None:
            if (found.last - found.day).days < DAYS_OF_A_WEEK:
                return found.day, found.last, "week"
            return _one_month(found.day, found.last, "period", self.heading.place(line))
        day = self._moved(found)
        if (ends := self.by_field.get("ends")) and (end := self._moment(self._cell(cells, ends[0]))):
            if end.day < day:
                raise self._fault("not_a_row_day", line, ends[0], self._cell(cells, ends[0]))
            if end.day > day and self.time.field == "starts":
                return _one_month(day, end.day, "period", self.heading.place(line))
        return day, day, "day"

    def _moved(self, found: Moment) -> dt.date:
        """The day in the shop's zone, where the time of the row is known and the zones differ."""
        if self.zones is None or found.minutes is None:
            return found.day
        self.rows.timed = True
        there = dt.datetime.combine(found.day, dt.time(), tzinfo=self.zones[0])
        day = (there + dt.timedelta(minutes=found.minutes)).astimezone(self.zones[1]).date()
        self.rows.moved += day != found.day
        self.rows.before |= day < found.day
        self.rows.after |= day > found.day
        return day

    def _figures(
        self, line: int, cells: tuple[str, ...]
    ) -> tuple[dict[str, Decimal | None], dict[str, Decimal]]:
        values: dict[str, Decimal | None] = {}
        spends: dict[str, Decimal] = {}
        faults: list[Fault] = []
        for column in self.numbers:
            text = self._cell(cells, column)
            number = self._number(text)
            if number is None and is_missing(text):
                number = Decimal(0) if self.heading.export.blank_is_zero and not text else None
            elif number is None:
                faults += self._fault("not_a_figure", line, column, text).faults
                continue
            if column.field == "ad_spend" and number is not None:
                spends[column.head] = number
            before = values.get(column.field, Decimal(0))
            values[column.field] = None if number is None or before is None else before + number
        if faults:
            raise QuotecastError(faults)
        return values, spends

    def _number(self, text: str) -> Decimal | None:
        digits, currency = signed_amount(text)
        if currency is not None:
            self.rows.currencies.add(currency)
        return amount(digits, dots=self.signs.dots or currency in _DOTTED)

    def _total(self, line: int, cells: tuple[str, ...]) -> dict[str, Decimal]:
        """What a row of totals says of the columns that are used; a cell that is no number says nothing."""
        found: dict[str, Decimal] = {}
        for column in self.numbers:
            number = self._number(self._cell(cells, column))
            if number is not None:
                found[column.field] = found.get(column.field, Decimal(0)) + number
        return found

    def _key(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        """What makes two rows the same: the order and article of an order, every cell of a report."""
        orders = [cells[column.index] for name in ("order", "sku") for column in self.by_field.get(name, ())]
        if orders:
            return tuple(orders)
        if self.private:
            used = [f"{column.field}={cells[column.index]}" for column in self.heading.columns]
            return (*map(str, self.rows.period or ()), *used)
        heads = map(normal, self.heading.heads)
        period = map(str, self.rows.period or ()) if not self.heading.dated else ()
        return (*period, *sorted(f"{head}={cell}" for head, cell in zip(heads, cells)))


_TIMES = ("day", "week", "month")
_KEPT = ("order", "status", "kind", "paid", "posted")


def _turned(text: str) -> bool:
    return moment(text, "dmy") is not None or moment(text, "mdy") is not None


def _month_of(day: dt.date) -> tuple[dt.date, dt.date, Step]:
    """The whole month of a day."""
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]), "month"


def _one_month(first: dt.date, last: dt.date, step: Step, place: str) -> tuple[dt.date, dt.date, Step]:
    """Days of one month: what a longer period comes to cannot be told month by month."""
    if (first.year, first.month) != (last.year, last.month):
        raise fail("period_too_long", place, found=f"{first} .. {last}")
    return first, last, step
