"""What was understood of exports in words: the files, the months, and what to know before they are used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from estimator.brief.kpis import AMOUNTS
from estimator.evidence.exports.months import SHOWN
from estimator.evidence.exports.record import LeftOut, ReadFile, Reason, Remark, RemarkCode, Understood
from estimator.presentation.book_text import table_text
from estimator.presentation.field_names import FIELDS
from estimator.presentation.paper import Table
from estimator.presentation.words import NONE, Words, mark
from estimator.values.text import Text

REASONS: Mapping[Reason, str] = MappingProxyType(
    {
        "description": mark("{count} that explains the heads"),
        "note": mark("{count} of remarks"),
        "total": mark("{count} of totals"),
        "subtotal": mark("{count} of totals of an account"),
        "doubled": mark("{count} that stand twice"),
        "unpaid": mark("{count} of orders never paid"),
        "free": mark("{count} of orders of 0, samples most likely"),
    }
)
REMARKS: Mapping[RemarkCode, str] = MappingProxyType(
    {
        "note": mark("{place}: {note}"),
        "doubled": mark("{place}: {count} rows stand twice; each was counted once."),
        "newer_state": mark(
            "{place}: {count} lines of orders stand in two states; the one that went further counts."
        ),
        "total_differs": mark(
            "{place}: the total of {field} is {said}, but the rows add up to {summed}; "
            "a part may be missing. The rows are used."
        ),
        "levels_differ": mark(
            "{place}: {field} is {taken} in {from} and {other} in {of}, which is finer; the first is used."
        ),
        "sources_differ": mark(
            "{place}: {field} is {taken} in {from} and {other} in {of}; the first is used. "
            "Import each shop by itself."
        ),
        "feed_cut": mark(
            "{place}: nothing was spent in “{channel}” from {since} on ({count} rows) though orders go on; "
            "the report was cut off there, or the ads were stopped."
        ),
        "days_missing": mark(
            "{place}: {count} days have no row, the first is {first}; they count as nothing."
        ),
        "blank_cells": mark(
            "{place}: {field} has no figure in {count} rows, which is not 0; it is left out of their months."
        ),
        "incomplete": mark(
            "{place} is told from {first} to {last} alone and is not used; export the whole month, "
            "or say that it is whole."
        ),
        "overlap": mark(
            "{place} and {file} both count days from {first} to {last}. Rows that are alike counted once, "
            "the others were added; leave one file out if it only repeats the other."
        ),
        "zone_unanswered": mark(
            "{place}: the time zone of the report was not said, so its days are taken as days in {zone}. "
            "In a report on China’s time each month would begin {hours} hours early: "
            "about {share} of a month would stand in its neighbour."
        ),
        "zone_differs": mark(
            "{place}: the report’s days are those of {zone}, {hours} hours from {shop}. "
            "Days cannot be divided, so about {share} of a month stands in its neighbour."
        ),
        "zone_contradicts": mark(
            "{place}: its column says {said}, the answer was {zone}; the answer is used."
        ),
        "zone_moved": mark("{place}: {count} rows with their hour were moved from {zone} to days in {shop}."),
        "currency_unsaid": mark("{place}: no currency is said; amounts are taken as {currency}."),
        "currency_other": mark(
            "{place}: amounts are in {found}, the quote is in {quote}; they are converted at the rate stated "
            "for quotes when they are entered."
        ),
        "weeks_divided": mark("{place}: {count} rows lie in two months and were divided by days."),
        "read_as_weeks": mark(
            "{place}: its dates are seven days apart, so each row counts a week from its date."
        ),
        "read_as_months": mark("{place}: its dates are first days of months, so each row counts a month."),
        "orders_open": mark(
            "{place}: {count} orders are not completed yet; what comes back of them is not in these figures."
        ),
        "sheets_left": mark("{place}: other sheets were not read: {sheets}."),
        "outside_period": mark(
            "{place}: {count} videos were posted outside the period; their GMV counts, they do not."
        ),
    }
)
_LATER = ("note", "zone_unanswered", "currency_unsaid")
"""Remarks that are true of every file of a kind; what is special about these files stands before them."""
_HOURS_OF_A_MONTH = Decimal(30 * 24)


def field_name(field: str, words: Words) -> str:
    """What a field is called."""
    return words.say(FIELDS[field])


def understood_text(understood: Understood, words: Words) -> str:
    """The whole record as lines."""
    blocks = [table_text(files_table(understood, words))]
    blocks += [column_lines(file, words) for file in understood.files]
    blocks.append(table_text(months_table(understood, words)))
    blocks.append("\n".join(f"- {line}" for line in remark_lines(understood, words)))
    return "\n".join(blocks).rstrip()


def files_table(understood: Understood, words: Words) -> Table:
    """The files: what each is, its rows, days and currency."""
    heads = ("File", "Export", "Heads", "Rows used", "Days", "Currency", "Time zone")
    rows = [
        (
            file.file,
            words.of(file.label),
            words.say("Chinese") if file.language == "zh" else words.say("English"),
            words.number(file.rows),
            words.span(_day(file.first, words), _day(file.last, words)),
            file.currency or words.say("not said"),
            file.zone or words.say("not said"),
        )
        for file in understood.files
    ]
    return Table(
        heads=tuple(words.say(HEADS[head]) for head in heads),
        rows=tuple(rows),
        align="lllrlll",
        title=words.say("What was understood"),
    )


HEADS: Mapping[str, str] = MappingProxyType(
    {
        "File": mark("File"),
        "Export": mark("Export"),
        "Heads": mark("Heads"),
        "Rows used": mark("Rows used"),
        "Days": mark("Days"),
        "Currency": mark("Currency"),
        "Time zone": mark("Time zone"),
    }
)


def column_lines(file: ReadFile, words: Words) -> str:
    """What the columns of a file became, what was left aside, and which rows do not count."""
    used = words.both([f"{head} → {field_name(field, words)}" for head, field in file.used])
    lines = [
        words.say("{file}, heads on line {line}: {used}", file=file.file, line=file.head_line, used=used)
    ]
    if file.aside:
        lines.append(words.say("  columns left aside: {what}", what=words.both(list(file.aside))))
    if file.left_out:
        what = words.apart(_left_out(one, words) for one in file.left_out)
        lines.append(words.say("  rows left out: {what}", what=what))
    return "\n".join(lines)


def _left_out(one: LeftOut, words: Words) -> str:
    counted = words.say(REASONS[one.reason], count=one.count)
    return words.say("{what} (from line {line})", what=counted, line=one.line)


def months_table(understood: Understood, words: Words) -> Table:
    """The months with their figures; a blank is a figure that is not known."""
    told = {field for month in understood.months for field in month.figures}
    listed = [field for field in FIELDS if field in told]
    fields = [*sorted(listed, key=SHOWN.__contains__), *sorted(told - set(listed))]
    rows = [
        (
            words.month(month.month)
            if month.whole
            else words.say("{month}, a part", month=words.month(month.month)),
            *(
                _figure(field, month.figures[field], understood, words) if field in month.figures else NONE
                for field in fields
            ),
        )
        for month in understood.months
    ]
    return Table(
        heads=(words.say("Month"), *(field_name(field, words) for field in fields)),
        rows=tuple(rows),
        align="l" + "r" * len(fields),
        title=words.say("Month by month"),
    )


def _figure(field: str, value: Decimal, understood: Understood, words: Words) -> str:
    money = field in AMOUNTS or (field in SHOWN and field != "sku_orders")
    return words.money(value, understood.currency or "USD", digits=2) if money else words.plain(value)


def remark_lines(understood: Understood, words: Words) -> tuple[str, ...]:
    """What to know about the figures, a sentence each; what is special about these files first."""
    ordered = sorted(understood.remarks, key=lambda one: one.code in _LATER)
    return tuple(dict.fromkeys(_remark(one, understood, words) for one in ordered))


def _remark(remark: Remark, understood: Understood, words: Words) -> str:
    share = words.percent(remark.values.get("hours", Decimal(0)) / _HOURS_OF_A_MONTH, 1)
    place = words.month(remark.place) if remark.code == "incomplete" else remark.place
    field = remark.values.get("field", "")
    values = {name: _value(name, value, field, understood, words) for name, value in remark.values.items()}
    return words.say(REMARKS[remark.code], **{"share": share, **values, "place": place})


def _value(name: str, value: object, field: str, understood: Understood, words: Words) -> str:
    match value:
        case Text():
            return words.of(value)
        case dt.date():
            return _day(value, words)
        case Decimal() if name == "hours":
            return words.plain(value)
        case Decimal():
            return _figure(field, value, understood, words)
        case int():
            return words.number(value)
        case _:
            return field_name(field, words) if name == "field" else str(value)


def _day(day: dt.date | None, words: Words) -> str:
    return NONE if day is None else words.date(day.isoformat())


def entered_text(count: int, number: str, words: Words) -> str:
    """That months were entered for a quote."""
    return words.say("{count} whole months were entered for {number}.", count=count, number=number)


def history_text(count: int, file: str, words: Words) -> str:
    """That months were written for a brief."""
    return words.say(
        "{count} whole months were written to {file} as history of a brief.", count=count, file=file
    )


def mapping_begun(file: str, words: Words) -> str:
    """That the heads of a table were written to a file, to be filled in."""
    return words.say(
        "Its heads now stand in {file}; write beside each what it is, and run the command again.", file=file
    )
