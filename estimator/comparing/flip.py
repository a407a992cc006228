"""Flip: one change that puts another offer first, and what flips of every kind share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from estimator.comparing.comparison import Comparison
from estimator.comparing.standing import Case, Standing
from estimator.market.assumptions import Assumption
from estimator.values.money import Array

DRAWS = 512
"""Draws that are set on every level of sales, as many from each scramble."""


Kind = Literal["sales", "its_sales", "own_team", "length", "assumption"]
Reason = Literal["never", "no_team", "even_free"]


@dataclass(frozen=True, kw_only=True)
class Flip:
    """At ``value`` the offer ``other`` overtakes ``better`` in the middle outcome; None where it never does.

    ``sales``: all sales of both times ``value``; ``its_sales``: of ``other`` alone. ``own_team``: what the
    own team of ``of`` costs a month, which is ``other`` where it has one. ``length``: the month at whose
    end ``other`` is ahead, from there on where it lies beyond ``assumed``, up to there where before.
    ``assumption``: the value of ``row``. ``assumed`` is the value now, in the same unit. For sales ``gmv``
    and ``roas`` are what ``value`` comes to under ``better`` and ``other``: expected GMV a month, and GMV
    over ads.
    """

    better: str
    other: str
    kind: Kind
    value: float | None
    assumed: float | None
    reason: Reason | None = None
    gmv: tuple[float, float] | None = None
    roas: tuple[float | None, float | None] | None = None
    row: Assumption | None = None
    of: str | None = None


def next_offers(comparison: Comparison, count: int) -> list[str]:
    """The ``count`` offers that come next after the best; none among scenarios of one offer."""
    others = (
        []
        if comparison.of_scenarios
        else [offer.id for offer in comparison.offers if offer.id != comparison.best]
    )
    return sorted(others, key=lambda name: -middle_profit(comparison.standings[name]))[:count]


def ordered(comparison: Comparison, better: str, other: str) -> tuple[str, str]:
    gap = gap_between(comparison.standings[better], comparison.standings[other])
    return (better, other) if gap >= 0 else (other, better)


def gap_between(one: Standing, two: Standing) -> float:
    """By how much the first is ahead in the middle outcome, over the whole span."""
    return middle_profit(one) - middle_profit(two)


def middle_profit(stood: Standing) -> float:
    return float(np.median(stood.profit))


def some_draws(case: Case) -> Array:
    """The first draws of every scramble."""
    total = case.points.draws
    size = total // case.points.scrambles
    each = min(max(DRAWS // case.points.scrambles, 1), size)
    return np.concatenate([np.arange(each) + first for first in range(0, total, size)])
