"""Files of one export and level as one group of entries: doubled rows once, totals held against their rows.

Nothing here depends on the order of rows or on how they are split into files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from estimator.brief.kpis import AMOUNTS
from estimator.evidence.exports.headers import TABLE, Export, Heading, fingerprint
from estimator.evidence.exports.orders import newer, orders_of
from estimator.evidence.exports.reading import Entry, Rows
from estimator.evidence.exports.record import Remark

ZERO = Decimal(0)
HALF_CENT = Decimal("0.005")
"""What one row may be off by where an export shows cents."""
LEAST_STOPPED = 4
"""Days without spend from which a channel counts as cut off, and a quarter of all days at least."""
_MONEY = AMOUNTS | {"line_amount", "order_amount", "refunds", "creator_gmv", "net_sales"}


@dataclass(kw_only=True)
class Group:
    """The entries of one export at one level, the days they count, and what to know about them.

    ``order`` is the place of the group among those that tell the same figure: the lowest is believed.
    """

    export: Export
    source: str
    order: tuple[int, int, int]
    entries: list[Entry] = field(default_factory=list)
    first: dt.date = dt.date.min
    last: dt.date = dt.date.max
    remarks: list[Remark] = field(default_factory=list)
    open_orders: int = 0

    @property
    def place(self) -> str:
        """Its files by name."""
        return ", ".join(sorted({entry.file for entry in self.entries}))


def group_key(heading: Heading) -> tuple[str, str, int, bool]:
    """What puts files into one group: their export, of tables of one's own the heads, their level."""
    own = fingerprint(heading.heads) if heading.export.id == TABLE else ""
    return heading.export.id, own, heading.level, heading.dated


def group_of(read: Sequence[Rows], position: int) -> Group:
    """The group of sheets of one key; ``position`` is that of its export in the list of exports."""
    heading = read[0].heading
    group = Group(
        export=heading.export,
        source=heading.export.source or f"{heading.export.id}:{group_key(heading)[1]}",
        order=(position, int(not heading.dated), heading.level),
    )
    for rows in read:
        group.remarks += _readded(rows)
    entries = _once(read, group)
    entries = _without_subtotals(read, entries, group)
    entries = _stepped(entries, group)
    if heading.export.rows == "order":
        entries = _as_orders(read, entries, group)
    if heading.export.rows == "video":
        entries = list(_as_videos(entries, group))
    if heading.export.id == "shop_creators":
        entries = [_posting(entry) for entry in entries]
    group.entries = sorted(entries, key=lambda entry: (entry.first, entry.last, entry.key))
    if not entries:
        return group
    periods = [rows.period for rows in read if rows.period is not None]
    group.first = min([entry.first for entry in entries] + _covering(periods, entries, 0))
    group.last = max([entry.last for entry in entries] + _covering(periods, entries, 1))
    # a report whose hours lie on other days in the shop's zone ends, or begins, in the middle of a day there
    group.last -= dt.timedelta(days=any(rows.before for rows in read))
    group.first += dt.timedelta(days=any(rows.after for rows in read))
    group.remarks += _gaps(group)
    return group


def _covering(periods: Sequence[tuple[dt.date, dt.date]], entries: list[Entry], end: int) -> list[dt.date]:
    """The ends of periods that hold days of the entries; any other date in a name is that of the export."""
    return [
        period[end]
        for period in periods
        if any(period[0] <= entry.first and entry.last <= period[1] for entry in entries)
    ]


def _once(read: Sequence[Rows], group: Group) -> list[Entry]:
    """Every entry once; of an order's line that was exported twice the newer version."""
    states = group.export.states
    known: dict[tuple[str, ...], tuple[Rows, Entry]] = {}
    doubled: list[Entry] = []
    across: set[tuple[str, str]] = set()
    renewed = 0
    for rows in read:
        for entry in rows.entries:
            if entry.key not in known:
                known[entry.key] = (rows, entry)
                continue
            other = known[entry.key][1]
            if group.export.rows == "order":
                taken = newer(entry, other, states)
                renewed += (entry.values, entry.texts) != (other.values, other.texts)
                known[entry.key] = (rows, taken)
            if any(value for value in entry.values.values()):
                doubled.append(entry)
                rows.leave("doubled", entry.line)
            if entry.file != other.file:
                across.add((other.file, entry.file))
    if doubled:
        place = f"{doubled[0].file}:{doubled[0].line}"
        group.remarks.append(Remark(code="doubled", place=place, values={"count": len(doubled)}))
    if renewed:
        group.remarks.append(Remark(code="newer_state", place=doubled[0].file, values={"count": renewed}))
    group.remarks += _overlaps(read, across)
    return [entry for _, entry in known.values()]


def _overlaps(read: Sequence[Rows], across: set[tuple[str, str]]) -> Iterator[Remark]:
    """Files of a report that count the same days, each with rows of its own."""
    spans: dict[str, set[dt.date]] = {}
    for rows in read:
        days = {entry.first for entry in rows.entries if entry.step == "day"}
        spans.setdefault(rows.heading.sheet.file, set()).update(days)
    files = sorted(spans)
    for index, one in enumerate(files):
        for other in files[index + 1 :]:
            both = sorted(spans[one] & spans[other])
            shared = {(one, other), (other, one)} & across
            if both and (shared or len(both) > 1) and read[0].heading.export.rows == "day":
                values = {"file": one, "first": both[0], "last": both[-1]}
                yield Remark(code="overlap", place=other, values=values)


def _without_subtotals(read: Sequence[Rows], entries: list[Entry], group: Group) -> list[Entry]:
    """The entries without rows that name no part, where others do: these are the totals of an account."""
    named = [entry for entry in entries if entry.named]
    if not named or len(named) == len(entries):
        return entries
    by_file = {rows.heading.sheet.file: rows for rows in read}
    rest = [entry for entry in entries if not entry.named]
    days = {entry.first for entry in rest}
    for entry in rest:
        by_file[entry.file].leave("subtotal", entry.line)
    for name in sorted({name for entry in rest for name in entry.values}):
        said = _sum(rest, name)
        summed = _sum([entry for entry in named if entry.first in days], name)
        if abs(said - summed) > HALF_CENT * (len(named) + 1):
            values = {"field": name, "said": said, "summed": summed}
            group.remarks.append(
                Remark(code="total_differs", place=f"{rest[0].file}:{rest[0].line}", values=values)
            )
    return named


def _sum(entries: Sequence[Entry], name: str) -> Decimal:
    return sum((entry.values.get(name) or ZERO for entry in entries), ZERO)


def _readded(rows: Rows) -> Iterator[Remark]:
    """Totals of a file that are not the sum of its rows; of several rows of totals one must be.

    Each row is rounded to what the export shows, so each may be off by half of that.
    """
    entries = [entry for entry in rows.entries if entry.named] or rows.entries
    fields = sorted({name for _, values in rows.totals for name in values})
    for name in fields:
        if rows.heading.export.rows == "order" and name.startswith("order_"):
            continue  # an order's own amount repeats on its lines, so nothing re-adds
        said = [(line, values[name]) for line, values in rows.totals if name in values]
        summed = _sum(entries, name)
        most = HALF_CENT * (len(entries) + 1) if name in _MONEY else ZERO
        if said and all(abs(total - summed) > most for _, total in said):
            line, total = said[0]
            place = rows.heading.place(line)
            values = {"field": name, "said": total, "summed": summed}
            yield Remark(code="total_differs", place=place, values=values)


def _stepped(entries: list[Entry], group: Group) -> list[Entry]:
    """A column of dates that are seven days apart is one of weeks, one of first days of months of months."""
    if group.export.id != TABLE or any(entry.step != "day" for entry in entries):
        return entries
    days = sorted({entry.first for entry in entries})
    gaps = {(after - day).days for day, after in pairwise(days)}
    if len(days) > 2 and min(gaps) == 7 and not any(gap % 7 for gap in gaps):
        group.remarks.append(Remark(code="read_as_weeks", place=entries[0].file))
        return [replace(e, last=e.first + dt.timedelta(days=6), step="week") for e in entries]
    if len(days) > 1 and all(day.day == 1 for day in days):
        group.remarks.append(Remark(code="read_as_months", place=entries[0].file))
        return [replace(e, last=_month_end(e.first), step="month") for e in entries]
    return entries


def _month_end(day: dt.date) -> dt.date:
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def _as_orders(read: Sequence[Rows], entries: list[Entry], group: Group) -> list[Entry]:
    orders, left, group.open_orders = orders_of(entries, group.export)
    by_file = {rows.heading.sheet.file: rows for rows in read}
    for reason, entry in left:
        by_file[entry.file].leave(reason, entry.line)
    if group.open_orders:
        place = ", ".join(sorted(by_file))
        group.remarks.append(Remark(code="orders_open", place=place, values={"count": group.open_orders}))
    return orders


def _as_videos(entries: list[Entry], group: Group) -> Iterator[Entry]:
    """A video's GMV in the period of the export, and the video itself on the day it was posted."""
    before = 0
    for entry in entries:
        yield entry
        if entry.first.isoformat() <= entry.texts["posted"] <= entry.last.isoformat():
            yield replace(entry, values={"creator_videos": Decimal(1)}, spends={})
        else:
            before += 1
    if before:
        place = entries[0].file
        group.remarks.append(Remark(code="outside_period", place=place, values={"count": before}))


def _posting(entry: Entry) -> Entry:
    """A creator counts as posting where a video of the period is told."""
    videos = entry.values.get("creator_videos")
    posting = None if videos is None else Decimal(int(videos > 0))
    return replace(entry, values={**entry.values, "creators_posting": posting})


def _gaps(group: Group) -> Iterator[Remark]:
    """Days between the first and the last without a row: nothing was counted, or they were cut out."""
    if any(entry.step != "day" for entry in group.entries) or group.export.rows != "day":
        return
    if group.export.blank_is_zero:
        return  # days without spend have no row
    days = {entry.first for entry in group.entries if group.first <= entry.first <= group.last}
    missing = (group.last - group.first).days + 1 - len(days)
    if missing > 0:
        every = (group.first + dt.timedelta(days=index) for index in range((group.last - group.first).days))
        first = next((day for day in every if day not in days), group.last)
        values = {"count": missing, "first": first}
        yield Remark(code="days_missing", place=group.place, values=values)
