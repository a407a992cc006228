"""What a brief made in code must hold too: words of the day, and numbers within the bounds of their facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from estimator.brief.brief import AS_FACT, Brief
from estimator.brief.kpis import Kpi
from estimator.brief.vocabulary import LEVEL, Vocabulary
from estimator.values.errors import Fault, QuotecastError


def check_words(brief: Brief, vocabulary: Vocabulary, kpis: Mapping[str, Kpi]) -> None:
    """Raises ``QuotecastError`` for what is no word of the day, or a number out of bounds.

    >>> from estimator.rules.rules import open_rules
    >>> rules = open_rules()
    >>> check_words(Brief(category="beuty"), rules.vocabulary, rules.kpis)
    Traceback (most recent call last):
    estimator.values.errors.QuotecastError: category: "beuty" is not among the answers; write one of beauty...
    """
    faults = [
        Fault(code=code, place=place, values={"found": word, "choices": vocabulary.ids(fact)})
        for code, place, fact, word in _open_words(brief)
        if word not in vocabulary.choices(fact)
    ]
    faults += [
        Fault(code="store_kind", place=f"stores[{index}].kind", values=values)
        for index, store in enumerate(brief.stores)
        if (values := store.impossible(vocabulary))
    ]
    faults += [
        Fault(code=beyond[0], place=place, values=beyond[1])
        for place, fact, value in _numbers(brief, kpis)
        if (beyond := vocabulary.beyond(fact, value))
    ]
    if faults:
        raise QuotecastError(faults)


LEVELS = tuple(LEVEL.format(unit.lower()) for unit in get_args(Kpi.model_fields["unit"].annotation))
"""The facts by whose bounds the levels of goals are held."""


def level_fact(kpi: str, kpis: Mapping[str, Kpi]) -> str:
    """The fact that bounds the level of a goal; a KPI that does not exist is read as a ratio, as ROAS is.

    >>> level_fact("roas", {})
    'level_ratio'
    """
    return LEVEL.format(kpis[kpi].unit.lower() if kpi in kpis else "ratio")


def _numbers(brief: Brief, kpis: Mapping[str, Kpi]) -> Iterator[tuple[str, str, object]]:
    """Every number that has bounds: its place, its fact, and what it is."""
    for name, value in brief:
        yield name, name, value
    for index, goal in enumerate(brief.goals):
        for side in ("at_least", "at_most"):
            yield f"goals[{index}].{side}", level_fact(goal.kpi, kpis), getattr(goal, side)
    for index, month in enumerate(brief.history):
        for field, fact in AS_FACT.items():
            yield f"history[{index}].{field}", fact, getattr(month, field)
    for index, span in enumerate(brief.ranges):
        for end in ("low", "high"):
            yield f"ranges[{index}].{end}", span.fact, getattr(span, end)


def _open_words(brief: Brief) -> Iterator[tuple[str, str, str, str]]:
    """Every word of a list that grows: the fault if it is none, its place, its fact, and the word."""
    for index, store in enumerate(brief.stores):
        yield "not_a_choice", f"stores[{index}].platform", "platforms", store.platform
    if brief.category is not None:
        yield "not_an_answer", "category", "category", brief.category
    for add_on in sorted(brief.add_ons or ()):
        yield "not_a_choice", "add_ons", "add_ons", add_on
