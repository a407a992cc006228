"""Grid: the probability of a goal at other budgets and other levels, the price left as it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from estimator.market.situation import spending
from estimator.quoting.make import make
from estimator.quoting.quote import Quote, QuotedGoal
from estimator.values.money import round_half_up

BUDGETS = (Decimal("0.5"), Decimal("0.75"), Decimal(1), Decimal("1.5"), Decimal(2))
"""Budgets as multiples of the brief's."""
CHANCES = (0.9, 0.65, 0.35, 0.2)
"""Probabilities at the brief's own budget whose levels stand beside the level asked for."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """``chances[b][k]`` is the probability of level ``k`` of the first goal at budget ``b`` a month."""

    budgets: tuple[Decimal, ...]
    levels: tuple[float, ...]
    chances: tuple[tuple[float, ...], ...]


def grid(quote: Quote) -> Grid | None:
    """The grid of the first goal; None without a budget or a probability.

    Of the level asked for at the brief's own budget it holds the quote's own probability.
    """
    first, budget = (quote.goals[0] if quote.goals else None), quote.brief.ad_budget
    if first is None or first.probability is None or not budget or len(first.curve) < 2:
        return None
    budgets = tuple(_round(budget * factor) if factor != 1 else budget for factor in BUDGETS)
    levels = _levels(first)
    rows = []
    for amount in budgets:
        there = first if amount == budget else _at(quote, amount)
        if there is None:
            return None
        rows.append(tuple(_chance(there, level) for level in levels))
    return Grid(budgets=budgets, levels=levels, chances=tuple(rows))


def _at(quote: Quote, amount: Decimal) -> QuotedGoal | None:
    """The first goal at another budget, under the quote's own scenario and what-ifs."""
    brief = spending(quote.brief, amount)
    other = make(brief, quote.rules, scenario=quote.scenario, overrides=quote.overrides, ask=False)
    answer = other.goals[0]
    return None if answer.probability is None or len(answer.curve) < 2 else answer


def _levels(first: QuotedGoal) -> tuple[float, ...]:
    """The level asked for, among those that a few probabilities lead to; two figures each."""
    asked = float(first.goal.level)
    levels, chances = (np.array(side) for side in zip(*first.curve))
    order = np.argsort(chances, kind="stable")
    at = np.interp(CHANCES, chances[order], levels[order])
    offset = float(first.goal.kpi.offset)
    fixed = {asked}
    if first.promise is not None and first.promise.level is not None:
        fixed.add(first.promise.level)
    near = (round(_two_figures(float(level) - offset) + offset, 9) for level in at)
    apart = {level for level in near if all(abs(level - known) > 0.06 * abs(known) for known in fixed)}
    return tuple(sorted(fixed | apart))


def _chance(answer: QuotedGoal, level: float) -> float:
    if answer.probability is not None and level == float(answer.goal.level):
        return answer.probability.value
    levels, chances = zip(*answer.curve)
    return float(np.interp(level, levels, chances))


def _two_figures(value: float) -> float:
    if not value:
        return 0.0
    return round(value, 1 - math.floor(math.log10(abs(value))))


def _round(amount: Decimal) -> Decimal:
    step = Decimal(10) ** max(amount.adjusted() - 1, 0)
    return round_half_up(amount, step)
