"""What was told otherwise than as one figure: a range, a text that cannot be read, a start in the past."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from estimator.brief.brief import Brief
from estimator.brief.vocabulary import FactWords
from estimator.presentation import labels
from estimator.presentation.models import Figure
from estimator.presentation.words import Words
from estimator.values.money import plain

MOST_QUOTED = 24
"""Characters of an unreadable text that are quoted beside the answer."""
OF_ONE: Mapping[str, str] = {"landed_cost": "break_even", "level1": "price", "level2": "price"}
"""The one large figure that hangs on a field, where not all of them may."""


def ranges_said(brief: Brief, words: Words) -> Iterator[str]:
    """Each fact that was told as a range: its ends, and the figure that is counted."""
    for fact, _, _ in brief.ends():
        between, row = brief.range_of(fact), words.vocabulary.by_id.get(fact)
        if between is None or row is None:
            continue
        low, high, middle = (_figure(row, end, brief, words) for end in (*between, getattr(brief, fact)))
        yield words.say(
            "{fact}: {low} to {high}, counted as {middle}.",
            fact=labels.label(words, fact),
            low=low,
            high=high,
            middle=middle,
        )


def start_said(brief: Brief, on: dt.date, words: Words) -> str:
    """That the start lies before the day's month; empty where it does not."""
    if brief.start is None or brief.start >= f"{on:%Y-%m}":
        return ""
    return words.say("The start, {month}, is in the past.", month=words.month(brief.start))


def unread_said(unread: Mapping[str, str], goals: Sequence[str], words: Words) -> str:
    """That texts could not be read and count as unknown, each with its field; empty where there are none."""
    named = [
        words.say("“{text}” in {field}", text=_cut(text), field=_field(field, goals, words))
        for field, text in unread.items()
    ]
    return words.say("Counted without {texts}.", texts=words.both(named)) if named else ""


def marked(
    figures: Sequence[Figure], unread: Mapping[str, str], goals: Sequence[str], words: Words
) -> tuple[Figure, ...]:
    """The large figures, each saying which unreadable answers it does without."""

    def mark(figure: Figure) -> Figure:
        fields = [field for field in unread if OF_ONE.get(field, figure.id) == figure.id]
        if not fields:
            return figure
        named = words.both([_field(field, goals, words) for field in fields])
        return replace(figure, lines=(*figure.lines, words.say("without {fields}", fields=named)))

    return tuple(map(mark, figures))


def _field(field: str, goals: Sequence[str], words: Words) -> str:
    """A field as its label names it; that of a later goal's fields after the goal's name."""
    if not field[-1].isdigit():
        return labels.label(words, field)
    label = labels.label(words, {"first": "from_month", "last": "to_month"}.get(field[:-1], field[:-1]))
    return label if field[-1] == "0" else f"{goals[int(field[-1])]} · {label}"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_QUOTED else f"{line[: MOST_QUOTED - 1]}…"


def _figure(row: FactWords, value: Decimal | int, brief: Brief, words: Words) -> str:
    number = Decimal(value)
    places = max(0, -int(Decimal(plain(number)).as_tuple().exponent))
    if row.kind == "amount":
        return words.money(number, brief.currency, digits=min(places, 2))
    if row.kind == "share":
        return words.percent(float(number), max(0, places - 2))
    return words.number(number, places)
