"""Groups of entries as one table of months: sums by field, and which months are told from end to end."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from estimator.brief.kpis import AMOUNTS
from estimator.earnings.actuals import COLUMNS, COUNTS
from estimator.evidence.exports.groups import LEAST_STOPPED, Group
from estimator.evidence.exports.headers import catalogue
from estimator.evidence.exports.reading import Entry
from estimator.evidence.exports.record import Month, Remark
from estimator.values.money import CENT, round_half_up

ZERO = Decimal(0)
SHOWN = frozenset({"sku_orders", "refunds", "creator_gmv", "net_sales"})
"""Figures that are shown and kept apart from those of the contract."""
_SOLD = ("orders", "gmv", "sku_orders", "promoted_gmv", "ad_orders")
"""What goes on where a report of spend was cut off."""


@dataclass(frozen=True, kw_only=True)
class _Sums:
    """The sums of one group by month and field; None where a cell of the month is blank."""

    group: Group
    months: Mapping[str, Mapping[str, Decimal | None]]

    def whole(self, month: str) -> bool:
        first, last = ends_of(month)
        return self.group.first <= first and last <= self.group.last


def ends_of(month: str) -> tuple[dt.date, dt.date]:
    """The first and the last day of a month written 2026-10."""
    year, number = int(month[:4]), int(month[5:])
    return dt.date(year, number, 1), dt.date(year, number, calendar.monthrange(year, number)[1])


def months_of(groups: Sequence[Group], *, whole: bool) -> tuple[tuple[Month, ...], tuple[Remark, ...]]:
    """The months of all groups together, the earliest first, and what to know about them.

    Spend and what ads claim add up over advertisers. Everything else has one source at a time: where two
    tell it, the one that stands first among the exports is taken and the other is told beside it.
    ``whole`` says that months at the ends are whole although rows are missing there.
    """
    remarks: list[Remark] = []
    sums = []
    for group in sorted(groups, key=lambda one: (one.order, one.source)):
        months = _summed(group, remarks)
        sums.append(_Sums(group=group, months=months))
    result = []
    for month in sorted({month for one in sums for month in one.months}):
        told = [one for one in sums if month in one.months]
        figures = _merged(month, told, remarks)
        first, last = ends_of(month)
        result.append(
            Month(
                month=month,
                figures=figures,
                first=max(first, *(one.group.first for one in told)),
                last=min(last, *(one.group.last for one in told)),
                whole=whole or all(one.whole(month) for one in told),
            )
        )
    remarks += [
        Remark(code="incomplete", place=one.month, values={"first": one.first, "last": one.last})
        for one in result
        if not one.whole
    ]
    remarks += _stopped(groups)
    return tuple(result), tuple(remarks)


def _summed(group: Group, remarks: list[Remark]) -> dict[str, dict[str, Decimal | None]]:
    """The sums of a group by month and field."""
    months: dict[str, dict[str, Decimal | None]] = {}
    blank: dict[str, list[Entry]] = {}
    divided = 0
    for entry in group.entries:
        shares = dict(_by_month(entry))
        divided += len(shares) > 1
        for name, value in entry.values.items():
            if name not in COLUMNS and name not in SHOWN:
                continue
            parts = _divided(name, value, shares) if value is not None else dict.fromkeys(shares)
            if value is None:
                blank.setdefault(name, []).append(entry)
            for month, part in parts.items():
                figures = months.setdefault(month, {})
                before = figures.get(name, ZERO)
                figures[name] = None if part is None or before is None else before + part
    for name, entries in sorted(blank.items()):
        first = min(entries, key=lambda entry: (entry.file, entry.line))
        values = {"field": name, "count": len(entries)}
        remarks.append(Remark(code="blank_cells", place=f"{first.file}:{first.line}", values=values))
    if divided:
        remarks.append(Remark(code="weeks_divided", place=group.place, values={"count": divided}))
    return months


def _by_month(entry: Entry) -> Iterator[tuple[str, int]]:
    """The months of a row with the days of it that lie in each."""
    day = entry.first
    while day <= entry.last:
        end = min(entry.last, ends_of(f"{day:%Y-%m}")[1])
        yield f"{day:%Y-%m}", (end - day).days + 1
        day = end + dt.timedelta(days=1)


def _divided(name: str, value: Decimal, shares: Mapping[str, int]) -> dict[str, Decimal | None]:
    """A figure divided by days, to the cent or to whole ones; the last month takes what is left over."""
    if len(shares) == 1:
        return dict.fromkeys(shares, value)
    unit = CENT if name in AMOUNTS or name in SHOWN else Decimal(1) if name in COUNTS else CENT
    days, left = sum(shares.values()), value
    parts: dict[str, Decimal | None] = {}
    for month, count in shares.items():
        part = left if month == max(shares) else round_half_up(value * count / days, unit)
        parts[month] = part
        left -= part
    return parts


def _merged(month: str, told: Sequence[_Sums], remarks: list[Remark]) -> dict[str, Decimal]:
    """The figures of a month: of each source its best group, then sources added or the first of them."""
    figures: dict[str, Decimal] = {}
    names = sorted({name for one in told for name in one.months[month]})
    for name in names:
        by_source: dict[str, _Sums] = {}
        for one in told:
            if name not in one.months[month]:
                continue
            best = by_source.setdefault(one.group.source, one)
            if best is not one:
                remarks += _compared("levels_differ", month, name, best, one)
        sources = list(by_source.values())
        if name in catalogue().added:
            values = [one.months[month][name] for one in sources]
        else:
            values = [sources[0].months[month][name]]
            for other in sources[1:]:
                remarks += _compared("sources_differ", month, name, sources[0], other)
        known = [value for value in values if value is not None]
        if len(known) == len(values):
            figures[name] = _rounded(name, sum(known, ZERO))
    return figures


def _rounded(name: str, value: Decimal) -> Decimal:
    return round_half_up(value, Decimal(1) if name in COUNTS else CENT)


def _compared(
    code: Literal["levels_differ", "sources_differ"], month: str, name: str, best: _Sums, other: _Sums
) -> Iterator[Remark]:
    """That two groups say different things of a month which both tell in full."""
    one, two = best.months[month][name], other.months[month][name]
    alike = best.whole(month) == other.whole(month)
    if one is None or two is None or not alike or _rounded(name, one) == _rounded(name, two):
        return
    values = {"field": name, "taken": one, "from": best.group.place, "other": two, "of": other.group.place}
    yield Remark(code=code, place=month, values=values)


def _stopped(groups: Sequence[Group]) -> Iterator[Remark]:
    """Channels whose spend is zero from one day to the end although it was not before and orders go on."""
    for group in groups:
        spent: dict[str, dict[dt.date, Decimal]] = {}
        for entry in group.entries:
            for head, value in entry.spends.items():
                days = spent.setdefault(head, {})
                days[entry.first] = days.get(entry.first, ZERO) + value
        sold = _selling(group, groups)
        for head, by_day in sorted(spent.items()):
            days_in_order = sorted(by_day)
            after = max((index for index, day in enumerate(days_in_order) if by_day[day]), default=-1) + 1
            zero = days_in_order[after:]
            enough = max(LEAST_STOPPED, len(days_in_order) // 4)
            if after and len(zero) >= enough and any(day in sold for day in zero):
                values = {"channel": head, "since": zero[0], "count": len(zero)}
                yield Remark(code="feed_cut", place=group.place, values=values)


def _selling(group: Group, groups: Sequence[Group]) -> set[dt.date]:
    """The days on which something was sold, by the group itself or, where it does not tell, by any other."""

    def days(one: Group) -> set[dt.date]:
        return {e.first for e in one.entries if any(e.values.get(name) for name in _SOLD)}

    return days(group) or {day for one in groups for day in days(one)}
