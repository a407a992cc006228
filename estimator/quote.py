"""Quote: everything needed to rebuild the answer.

The terms, what may happen under them, the probability of each goal, the money of all three parties,
and what is still unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

from estimator.brief import Brief
from estimator.economics import AgencyMoney, SellerMoney, Spread
from estimator.goals import Goal, Probability, Promise
from estimator.guards import Raised
from estimator.pricing import Priced
from estimator.terms import Terms


@dataclass(frozen=True, kw_only=True)
class GoalOdds:
    """One goal with its odds under the quote's scenario.

    ``curve`` is (level, probability of at least or at most that level), level rising, 61 points;
    ``density`` is (level, height), for the KPI's distribution. Both and ``probability`` are empty or
    None for a KPI that has no forecast. ``measurable`` is false where no platform of the brief reports
    the KPI as defined: then there is no number either. ``open_definition`` marks a goal put as plain
    "ROAS": ``kpi`` is then the platform's usual definition.
    """

    goal: Goal
    words: str | None
    open_definition: bool
    measurable: bool
    probability: Probability | None
    promise: Promise | None
    median: float | None
    curve: tuple[tuple[float, float], ...]
    density: tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class Unanswered:
    """A fact still unknown that would move price or odds, with the swing of each.

    ``price`` is the lowest and highest monthly price over its possible answers, ``odds`` the lowest
    and highest probability of the first goal; None where the fact does not move it.
    """

    fact: str
    price: tuple[float, float] | None
    odds: tuple[float, float] | None


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A quote with its odds. Amounts are in ``currency``; money spreads are over the whole term."""

    brief: Brief
    edition: str
    card_sha256: str
    market: str
    scenario: str
    engine: str
    seed: int
    points: int
    currency: str
    months: int
    priced: Priced
    monthly_price: float
    monthly_price_range: tuple[float, float]
    goals: tuple[GoalOdds, ...]
    fees: Spread
    monthly_fees: Spread
    seller: SellerMoney
    agency: AgencyMoney | None
    unanswered: tuple[Unanswered, ...]
    assumed: tuple[tuple[str, str], ...]
    guards: tuple[Raised, ...]

    @property
    def terms(self) -> Terms:
        return self.priced.terms
