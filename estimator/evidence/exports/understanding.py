"""Files as they come from a platform or a person, understood: the way in to this package."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from estimator.brief.kpis import Kpi
from estimator.evidence.exports.cells import zone
from estimator.evidence.exports.groups import Group, group_key, group_of
from estimator.evidence.exports.headers import Heading, catalogue, header_position, recognise
from estimator.evidence.exports.months import months_of
from estimator.evidence.exports.reading import Rows, Signs, read_rows, zone_said
from estimator.evidence.exports.record import LATER, Asked, ReadFile, Remark, Understood
from estimator.evidence.exports.sheets import Sheet, sheets_of
from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.exchange import currencies

Key = tuple[str, str, int, bool]
CHINA = "Asia/Shanghai"
"""The zone that an account of a Chinese seller is in, where nobody chose another."""


def understand(
    files: Sequence[tuple[str, bytes]],
    asked: Asked,
    mappings: Mapping[str, Mapping[str, str]],
) -> Understood:
    """What files, each a name and its bytes, come to by month; nothing is kept of them besides.

    ``mappings`` say by the fingerprint of heads which field each head is. The order of files and rows says
    nothing, nor does splitting a file in two.

    >>> content = b"Date,Ad spend,GMV,Orders\\n2026-10-01,10,50,2\\n2026-10-31,20,40,1\\n"
    >>> understood = understand([("a.csv", content)], Asked(), {})
    >>> [(month.month, str(month.figures["ad_spend"]), month.whole) for month in understood.months]
    [('2026-10', '30.00', True)]

    Raises ``QuotecastError`` with every fault of every file and its place.
    """
    shop = _zone(asked.shop_zone)
    answered = None if asked.timezone is None else _zone(asked.timezone)
    by_key: dict[Key, list[Heading]] = {}
    headings, left = _recognised(files, asked, mappings)
    for heading in headings:
        by_key.setdefault(group_key(heading), []).append(heading)
    read: dict[Key, list[Rows]] = {}
    faults: list[Fault] = []
    for key, own in by_key.items():
        signs = Signs.of(own)
        for heading in own:
            report = answered or zone_said(heading)
            zones = None if report is None or heading.export.shop else (report, shop)
            try:
                read.setdefault(key, []).append(read_rows(heading, signs, zones))
            except QuotecastError as error:
                faults += error.faults
    if faults:
        raise QuotecastError(faults)
    positions = {name: index for index, name in enumerate(catalogue().exports)}
    groups = [group_of(rows, positions[key[0]]) for key, rows in sorted(read.items())]
    every = [rows for own in read.values() for rows in own]
    currency = _currency(every)
    months, remarks = months_of(groups, whole=asked.whole)
    if not months:
        raise fail("export_without_rows", ", ".join(name for name, _ in files))
    notes = [remark for group in groups for remark in _notes(group)]
    return Understood(
        files=tuple(_file(rows, asked) for rows in sorted(every, key=lambda one: one.heading.sheet.file)),
        months=months,
        remarks=(*left, *_about(every, asked, currency), *remarks, *notes),
        currency=currency,
        timezone=asked.timezone,
        shop_zone=asked.shop_zone,
    )


def unknown_heads(
    files: Sequence[tuple[str, bytes]], mappings: Mapping[str, Mapping[str, str]]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The tables that no export is like and nobody has said the columns of: the file, and its heads."""
    unknown = []
    for name, content in files:
        sheets = sheets_of(content, name)
        try:
            recognise(sheets, None, mappings)
        except QuotecastError as error:
            if any(fault.code in ("not_recognised", "mapping_lacks") for fault in error.faults):
                heads = sheets[0].lines[header_position(sheets[0])][1]
                unknown.append((name, tuple(dict.fromkeys(head for head in heads if head))))
    return tuple(unknown)


def shop_zone(kpis: Mapping[str, Kpi]) -> str:
    """The zone whose months the KPIs count."""
    return next((kpi.zone for kpi in kpis.values() if kpi.zone), "UTC")


def _zone(name: str) -> dt.tzinfo:
    found = zone(name)
    if found is None:
        raise fail("not_a_zone", "--timezone", found=name)
    return found


def _recognised(
    files: Sequence[tuple[str, bytes]], asked: Asked, mappings: Mapping[str, Mapping[str, str]]
) -> tuple[list[Heading], list[Remark]]:
    """What the sheets of every file are, and that some of a workbook were not read."""
    faults: list[Fault] = []
    headings: list[Heading] = []
    remarks: list[Remark] = []
    names: set[str] = set()
    for name, content in files:
        try:
            if name in names:
                raise fail("file_twice", name)
            names.add(name)
            sheets = sheets_of(content, name)
            own = _of_file(sheets, asked.kind, mappings)
        except QuotecastError as error:
            faults += error.faults
            continue
        headings += own
        if left := [sheet.file for sheet in sheets if sheet not in [heading.sheet for heading in own]]:
            remarks.append(Remark(code="sheets_left", place=name, values={"sheets": ", ".join(left)}))
    if faults:
        raise QuotecastError(faults)
    return headings, remarks


def _of_file(
    sheets: Sequence[Sheet], kind: str | None, mappings: Mapping[str, Mapping[str, str]]
) -> list[Heading]:
    """The first sheet that is known, and those of the same workbook that go on with it, as month by month.

    Any other sheet would tell the same money again, as a summary does, or something else.
    """
    first = recognise(sheets, kind, mappings)
    headings = [first]
    for sheet in sheets:
        if sheet.file == first.sheet.file:
            continue
        try:
            heading = recognise([sheet], kind, mappings)
        except QuotecastError:
            continue
        if group_key(heading) == group_key(first):
            headings.append(heading)
    return headings


def _currency(every: Sequence[Rows]) -> str | None:
    """The one currency that the files are in; None where no file says."""
    said: dict[str, str] = {}
    for rows in every:
        for text in sorted(rows.currencies | ({rows.heading.currency} if rows.heading.currency else set())):
            code = text.strip().upper()
            if code not in currencies():
                raise fail("not_a_currency", rows.heading.sheet.file, found=text)
            said.setdefault(code, rows.heading.sheet.file)
    if len(said) > 1:
        (one, file), (other, _), *_ = sorted(said.items())
        raise fail("two_currencies", file, found=one, other=other)
    return next(iter(said), None)


def _file(rows: Rows, asked: Asked) -> ReadFile:
    heading, said = rows.heading, ", ".join(sorted(rows.zones))
    days = [entry.first for entry in rows.entries] + [entry.last for entry in rows.entries]
    codes = sorted(rows.currencies | ({heading.currency} if heading.currency else set()))
    return ReadFile(
        file=heading.sheet.file,
        export=heading.export.id,
        label=heading.export.label,
        language=heading.language,
        head_line=heading.sheet.lines[heading.position][0],
        rows=len(rows.entries) - sum(one.count for why, one in rows.left_out.items() if why in LATER),
        first=min(days, default=None),
        last=max(days, default=None),
        currency=codes[0] if codes else None,
        zone=asked.shop_zone if heading.export.shop else asked.timezone or said or None,
        used=tuple((column.head, column.field) for column in (*heading.columns, *heading.parts)),
        aside=heading.aside,
        left_out=tuple(rows.left_out.values()),
    )


def _notes(group: Group) -> Iterator[Remark]:
    yield from group.remarks
    if group.export.note is not None:
        yield Remark(code="note", place=group.place, values={"note": group.export.note})


def _about(every: Sequence[Rows], asked: Asked, currency: str | None) -> Iterator[Remark]:
    """What the time zone and the currency of the reports mean for the figures."""
    shop = _zone(asked.shop_zone)
    for rows in sorted(filter(_by_day, every), key=lambda one: one.heading.sheet.file):
        place, day = rows.heading.sheet.file, rows.entries[0].first
        report = zone(asked.timezone) if asked.timezone is not None else zone_said(rows.heading)
        if report is None:
            hours = _apart(day, _zone(CHINA), shop)
            yield Remark(
                code="zone_unanswered", place=place, values={"zone": asked.shop_zone, "hours": hours}
            )
            continue
        values = {"zone": str(report), "shop": asked.shop_zone}
        said = zone_said(rows.heading)
        if said is not None and _apart(day, said, report):
            yield Remark(code="zone_contradicts", place=place, values={**values, "said": str(said)})
        if rows.moved:
            yield Remark(code="zone_moved", place=place, values={**values, "count": rows.moved})
        elif not rows.timed and (hours := _apart(day, report, shop)):
            yield Remark(code="zone_differs", place=place, values={**values, "hours": hours})
    files = ", ".join(sorted(rows.heading.sheet.file for rows in every))
    if currency is None:
        yield Remark(code="currency_unsaid", place=files, values={"currency": asked.currency or "USD"})
    elif asked.currency is not None and currency != asked.currency:
        yield Remark(code="currency_other", place=files, values={"found": currency, "quote": asked.currency})


def _by_day(rows: Rows) -> bool:
    """Whether a report's months depend on when its days end."""
    dated = not rows.heading.export.shop
    return dated and any(entry.step in ("day", "period") for entry in rows.entries)


def _apart(day: dt.date, one: dt.tzinfo, other: dt.tzinfo) -> Decimal:
    """Hours between two zones at noon of a day."""
    noon = dt.datetime.combine(day, dt.time(12))
    there, here = noon.replace(tzinfo=one).utcoffset(), noon.replace(tzinfo=other).utcoffset()
    assert there is not None and here is not None
    return abs(Decimal(int((there - here).total_seconds())) / 3600)
