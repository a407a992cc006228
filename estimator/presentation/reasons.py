"""What opens at a number: its assumptions by swing, the rule of a price line, what a goal may mean."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import groupby
from types import MappingProxyType
from typing import Protocol

from estimator.brief.goals import Probability, readings_of
from estimator.contract.conditions import Value
from estimator.contract.pricing import NotApplied, Step
from estimator.contract.rule_place import RulePlace
from estimator.presentation import labels
from estimator.presentation.agreed_words import agreed_box
from estimator.presentation.assumptions import GRADES, assumption_name, range_words, typed_range_of
from estimator.presentation.models import DriverRow, MeaningRow, Meanings, Reasons, RuleBox
from estimator.presentation.phrases import (
    between_words,
    computing_error,
    goal_words,
    labelled,
    level_words,
    probability,
    sign_of,
)
from estimator.presentation.words import NONE, Words, about, mark
from estimator.promise.known import Known
from estimator.quoting.drivers import Driver, Target
from estimator.quoting.meanings import Meaning
from estimator.quoting.quote import Quote

MOST_ROWS = 6
MOST_PASSED = 6


_LEADS: Mapping[Target, str] = MappingProxyType(
    {
        "chance": mark("Points of probability, as each assumption goes from its low to its high tenth"),
        "safe": mark("The safe level, as each assumption goes from its low to its high tenth"),
        "break_even": mark("The break-even, as each assumption goes from its low to its high tenth"),
        "loss": mark("Points of the chance of a loss, as each assumption goes from low to high"),
        "profit": mark("The middle profit, as each assumption goes from its low to its high tenth"),
        "cash": mark("The lowest cash, as each assumption goes from its low to its high tenth"),
    }
)


def driver_reasons(
    quote: Quote, target: Target, drivers: tuple[Driver, ...], title: str, words: Words
) -> Reasons:
    """The assumptions behind a number, the largest swing first."""
    largest = drivers[0].swing if drivers else 1.0
    edited = {override.assumption for override in quote.overrides}
    notes = [
        words.say(
            "Scenario under stated assumptions; a range typed here is a what-if and never moves the price."
        )
    ]
    known = ""
    if target == "chance" and quote.known is not None and (first := quote.goals[0].probability):
        known = known_said(quote.known, first, words)
        known = f"{known} {own_figures_said(quote.known, words)}".rstrip()
    return Reasons(
        title=title,
        lead=words.say(_LEADS[target]),
        rows=tuple(
            driver_row(driver, target, largest, driver.name in edited, words, quote.currency)
            for driver in drivers[:MOST_ROWS]
        ),
        notes=tuple(notes),
        known=known,
    )


def own_figures_said(known: Known, words: Words) -> str:
    """Where an account's own figures put its level, and how much they leave open; nothing without any."""
    off = math.expm1(known.shift)
    if known.of_today and not known.own_months:
        message = mark(
            "Today’s sales put its ads {share} above what the market expects of the seller’s own team, and "
            "leave {left} of the width open. What another team does comes on top; three months of figures "
            "would tell more."
        )
        if off < 0:
            message = mark(
                "Today’s sales put its ads {share} below what the market expects of the seller’s own team, "
                "and leave {left} of the width open. What another team does comes on top; three months of "
                "figures would tell more."
            )
        return words.say(message, share=words.percent(abs(off)), left=words.percent(known.left))
    if not known.own_months:
        return ""
    message = mark(
        "Its {months} own months lie {share} above what the market expects of the seller’s own team then, "
        "the last ones counting most; they leave {left} of the width open. What another team does comes "
        "on top."
    )
    if off < 0:
        message = mark(
            "Its {months} own months lie {share} below what the market expects of the seller’s own team "
            "then, the last ones counting most; they leave {left} of the width open. What another team does "
            "comes on top."
        )
    return words.say(
        message, months=known.own_months, share=words.percent(abs(off)), left=words.percent(known.left)
    )


def known_said(known: Known, chance: Probability, words: Words) -> str:
    """What is not known beside a probability, what would tell it, and the error of computing."""
    return words.say(
        "{chance} is an average. Over what is not known of the market it lies between {span}, nine cases in "
        "ten: {market} of the spread. {account} is the account itself, which a paid test or three months of "
        "its own figures would mostly tell. Computed to {error} point.",
        chance=probability(chance, words),
        span=between_words(known.between(chance.value), words),
        market=words.percent(known.of_market),
        account=words.percent(known.of_luck),
        error=computing_error(chance),
    )


def driver_row(
    driver: Driver, target: Target, largest: float, edited: bool, words: Words, currency: str = "USD"
) -> DriverRow:
    """One assumption behind a number; ``edited`` where its range was typed on the call."""
    row = driver.row
    label = assumption_name(driver.name, words)
    if row is None:
        source = words.say("not known before it runs; a paid test or past months narrow it")
        spread = words.say("from account to account")
    else:
        grade = words.say(GRADES.get(row.grade, row.grade))
        source = words.say(
            "{grade} · {source}, {day}",
            grade=grade,
            source=words.cited(row.source),
            day=words.date(row.as_of),
        )
        spread = range_words(row, words)
        if edited:
            source = words.say("typed on this call, in place of the market’s range")
    if driver.spread is not None and driver.spread >= LEAST_TOLD:
        share = words.percent(driver.spread)
        source = words.say("{share} of the spread · {source}", share=share, source=source)
    return DriverRow(
        id=driver.name,
        label=label,
        range=spread,
        swing=_swing(driver, target, words, currency),
        share=driver.swing / largest if largest else 0.0,
        source=source,
        field=driver.name if row is not None and not driver.several else "",
        typed="" if row is None else typed_range_of(row),
    )


def _swing(driver: Driver, target: Target, words: Words, currency: str) -> str:
    """From the low tenth to the high one; either may be the larger."""
    ends = driver.low, driver.high
    if target in ("profit", "cash"):
        low, high = (words.money(about(value), currency, signed=True) for value in ends)
    elif target in ("chance", "loss"):
        low, high = (words.number(value * 100) for value in ends)
        high += "%"
    else:
        low, high = (words.number(value, 1) for value in ends)
    return f"{low} → {high}"


LEAST_TOLD = 0.005
"""The smallest share of the spread that is told."""


class _Explained(Protocol):
    @property
    def rationale(self) -> str: ...
    @property
    def source(self) -> str: ...


def why_words(row: _Explained, words: Words) -> str:
    """Why a row is there, and what that rests on."""
    return words.say(
        "{reason}. Source: {source}",
        reason=words.cited(row.rationale.rstrip(".")),
        source=words.cited(row.source),
    )


def rule_boxes(quote: Quote, words: Words) -> tuple[RuleBox, ...]:
    """Every step of the price opened, in the order of the trace, and what was agreed instead of the list."""
    steps = tuple(_rule_box(step, quote, words) for step in quote.priced.steps)
    return steps if quote.trade.empty else (*steps, agreed_box(quote, words))


def _rule_box(step: Step, quote: Quote, words: Words) -> RuleBox:
    place = RulePlace.read(step.rule)
    passed = [row for row in quote.priced.not_applied if RulePlace.read(row.rule).file == place.file]
    return RuleBox(
        id=place.id,
        title=words.of(step.label),
        place=words.say("{place}, rule {id}", place=place.row, id=place.id),
        why=why_words(step, words),
        matched=tuple(
            labelled(labels.label(words, fact), fact_words(fact, value, words), words)
            for fact, value in step.because
        ),
        passed=tuple(_passed(row, words) for row in passed[:MOST_PASSED]),
        matched_title=words.say("Applies because"),
        passed_title=words.say("Did not apply"),
    )


_SPAN = re.compile(r"([\d.]*\d)\.\.(<?)(\d[\d.]*)")
_EDGE = re.compile(r"([<>]=?)(\d[\d.]*)")
_SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}


def _passed(row: NotApplied, words: Words) -> tuple[str, str]:
    """A row that did not apply: its label, and the cell it asks for beside what was found."""
    cell = " / ".join(fact_words(row.column, part, words) for part in row.cell.split("|"))
    said = fact_words(row.column, row.fact, words)
    return words.of(row.label), words.say("needs {cell}, is {found}", cell=cell, found=said)


def _bound_words(bound: str) -> str:
    """A bound of a number as people write it.

    >>> _bound_words(">=86"), _bound_words("11..35"), _bound_words("10..<25"), _bound_words("beauty")
    ('≥ 86', '11–35', '10 – < 25', 'beauty')
    """
    span = _SPAN.fullmatch(bound)
    if span:
        low, below, high = span.groups()
        return f"{low} – < {high}" if below else f"{low}–{high}"
    edge = _EDGE.fullmatch(bound)
    return f"{_SIGNS[edge[1]]} {edge[2]}" if edge else bound


def fact_words(fact: str, value: Value | str, words: Words) -> str:
    """A fact's value as the page says it."""
    if value is None or value == "unknown":
        return words.say(labels.UNKNOWN)
    if isinstance(value, frozenset):
        return words.both([fact_words(fact, part, words) for part in sorted(value)])
    if isinstance(value, Decimal):
        return words.plain(value)
    return _bound_words(labels.answer(words, fact, str(value)))


_READINGS = {
    "total": mark("whole span"),
    "mean": mark("monthly mean"),
    "last": mark("last month"),
    "every": mark("every month"),
    "any": mark("any one month"),
}


def meant_by(quote: Quote) -> tuple[str, ...]:
    """The KPIs that the first goal's words may mean; none where one definition and one month are all."""
    if not quote.goals or not quote.goals[0].goal.kpi.forecast:
        return ()
    goal = quote.goals[0].goal
    family = labels.family_of(goal.kpi.id)
    names = tuple(name for name, _ in family.kpis) if family else (goal.kpi.id,)
    return names if len(names) > 1 or goal.months[0] < goal.months[1] else ()


def meanings_table(quote: Quote, meanings: tuple[Meaning, ...], words: Words) -> Meanings:
    """The first goal's words under each definition and reading, with the price of each."""
    goal = quote.goals[0].goal
    family = labels.family_of(goal.kpi.id)
    names = dict(family.kpis) if family else {}
    rows = []
    for kpi, of_kpi in groupby(meanings, lambda meaning: meaning.goal.kpi):
        group = list(of_kpi)
        cells = []
        for meaning in group:
            here = meaning.goal.kpi == goal.kpi and meaning.goal.reading == goal.reading
            if meaning.probability is None:
                cells.append((NONE, words.say("not reported"), here))
            else:
                value = probability(meaning.probability, words)
                assert meaning.price is not None
                cells.append((value, words.money(meaning.price, quote.currency), here))
        name = words.say(names[kpi.id]) if kpi.id in names else labels.kpi_label(words, kpi)
        rows.append(MeaningRow(label=name, cells=tuple(cells)))
    level = level_words(goal.level, goal.kpi, quote.currency, words)
    return Meanings(
        title=words.say(
            "What “{name} {sign} {level} within {last} months” may mean",
            name=labels.kpi_name(words, goal.kpi),
            sign=sign_of(goal),
            level=level,
            last=goal.months[1],
        ),
        lead=words.say("Probability, and the price a month that goes with it. Boxed: as quoted."),
        heads=tuple(words.say(_READINGS[reading]) for reading in readings_of(goal.kpi)),
        rows=tuple(rows),
        contract_title=words.say("What the contract should say"),
        contract=contract_words(quote, words),
    )


def contract_words(quote: Quote, words: Words) -> str:
    """The first goal as a contract has to write it."""
    goal = quote.goals[0].goal
    first, last = goal.months
    months = mark("month {last}") if first == last else mark("months {first}–{last}")
    return words.say(
        "{goal}: {definition}. Counted from: {source}. Attribution: {attribution}. Read over {reading} of "
        "contract {months}, before any rounding.",
        goal=goal_words(goal, words, quote.currency),
        definition=words.of(goal.kpi.definition),
        source=words.of(goal.kpi.source),
        attribution=words.of(goal.kpi.attribution),
        reading=words.say(_READINGS[goal.reading]),
        months=words.say(months, first=first, last=last),
    )
