"""What moved a quote since its last revision, as a table by cause: first row before, last row now.

Rows add up as they stand: each figure is shown to the digits that it was recorded with, and no fewer.
"""

from __future__ import annotations

from estimator.brief.goals import Goal
from estimator.presentation import labels
from estimator.presentation.assumptions import assumption_name
from estimator.presentation.fact_words import agreed, fact_said
from estimator.presentation.paper import Table
from estimator.presentation.phrases import chance_words, goal_words
from estimator.presentation.words import MINUS, NONE, Words, mark
from estimator.schemas.attribution import Attribution, Figures, MovedBy, ToldCause
from estimator.values.text import Text


def cause_table(moved: Attribution, words: Words) -> Table:
    """The table of a paper, a page or the command."""
    return Table(
        heads=(
            words.say("What changed"),
            words.say("Fixed price a month"),
            words.say("Our fees over the term"),
            words.say("First goal reached"),
            words.to(mark("Your profit a month"), mark("Seller’s profit a month")),
        ),
        rows=tuple(_rows(moved, words)),
        align="lrrrr",
        widths=(2.6, 1, 1, 1, 1.1),
        totals=1,
        title=words.say("What each change does"),
        note=words.say("Fees and profit are means. Each row builds on the rows above it."),
    )


def _rows(moved: Attribution, words: Words) -> list[tuple[str, ...]]:
    day = words.date(moved.day.isoformat())
    start = words.say("{number} of {day}", number=moved.reference, day=day)
    rows = [(start, *_levels(moved.before, moved.currency, words))]
    before = moved.before
    for step in moved.steps:
        said = [cause_said(cause, moved.currency, words) for cause in step.causes]
        rows.append((words.apart(said), *_moves(step, before, moved.currency, words)))
        before = step.figures
    return [*rows, (words.say("This quote"), *_levels(moved.now, moved.currency, words))]


def _levels(figures: Figures, currency: str, words: Words) -> tuple[str, ...]:
    return (
        agreed(figures.monthly_price, currency, words),
        agreed(figures.fees, currency, words),
        NONE if figures.chance is None else chance_words(float(figures.chance), words, 1),
        agreed(figures.profit, currency, words),
    )


def _moves(step: MovedBy, before: Figures, currency: str, words: Words) -> tuple[str, ...]:
    """What a step moves, signed; a dash where it moves nothing."""
    moved = step.moved
    amounts = [
        agreed(amount, currency, words, signed=True) if amount else NONE
        for amount in (moved.monthly_price, moved.fees, moved.profit)
    ]
    return amounts[0], amounts[1], _chance_moved(step, before, words), amounts[2]


def _chance_moved(step: MovedBy, before: Figures, words: Words) -> str:
    """Points of a probability; where only one side has one, what is there now."""
    moved = step.moved.chance
    if moved is None:
        if step.figures.chance is not None:
            return words.say("now {chance}", chance=chance_words(float(step.figures.chance), words, 1))
        return NONE if before.chance is None else words.say("no longer given")
    if not moved:
        return NONE
    sign = MINUS if moved < 0 else "+"
    return words.say("{change} points", change=f"{sign}{words.number(abs(moved) * 100, 1)}")


def cause_said(cause: ToldCause, currency: str, words: Words) -> str:
    """A cause in a few words.

    >>> told = ToldCause(kind="price_list", name="price_list", before="2026-11-01", after="2026-11-30")
    >>> cause_said(told, "USD", Words("en"))
    'Price list: 2026-11-01 → 2026-11-30'
    """
    sides = cause.before, cause.after
    match cause.kind:
        case "calculation":
            return words.say("Engine and other rules as of today")
        case "price_list":
            return _from_to(words.say("Price list"), str(sides[0]), str(sides[1]), words)
        case "market":
            days = [words.date(str(side)) for side in sides]
            return _from_to(words.say("Market data"), days[0], days[1], words)
        case "today":
            return words.say("Price list and market data of today; the earlier ones are no longer kept")
        case "scenario":
            named = [words.of(side) if isinstance(side, Text) else str(side) for side in sides]
            return _from_to(words.say(labels.LABELS["scenario"]), named[0], named[1], words)
        case "goals":
            return _goals_said(*sides, currency, words)
        case "assumption":
            return words.say("A new range for: {name}", name=words.within(assumption_name(cause.name, words)))
        case "trade":
            return words.say("Other terms agreed")
        case "fact":
            return _fact_told(cause, currency, words)


def _from_to(label: str, before: str, now: str, words: Words) -> str:
    return words.say("{label}: {before} → {now}", label=label, before=before, now=now)


def _goals_said(before: object, after: object, currency: str, words: Words) -> str:
    if isinstance(before, Goal) and isinstance(after, Goal):
        old, new = (goal_words(goal, words, currency) for goal in (before, after))
        if old != new:
            return _from_to(words.say(labels.LABELS["goal"]), old, new, words)
    return words.say("Other goals")


def _fact_told(cause: ToldCause, currency: str, words: Words) -> str:
    if not cause.name:
        return words.say("Something that we judge ourselves")
    label = labels.label(words, cause.name)
    old, new = (fact_said(side, cause.name, currency, words) for side in (cause.before, cause.after))
    return words.say("{fact} changed", fact=label) if old == new else _from_to(label, old, new, words)
