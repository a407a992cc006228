"""Answered: price and odds of many prospects at once, without what only one person's page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from estimator import quote
from estimator.brief import Brief
from estimator.economics import Spread
from estimator.errors import Fault, QuotecastError
from estimator.facts import Band
from estimator.goals import Probability
from estimator.money import plain
from estimator.sampling import Points

POINTS = Points(number=128, scrambles=8)


@dataclass(frozen=True, kw_only=True)
class GoalAnswer:
    """A goal's probability and safe level; both None where the KPI cannot be forecast here."""

    kpi: str
    level: Decimal
    at_least: bool
    months: tuple[int, int]
    reading: str
    probability: Probability | None
    safe_level: float | None

    @property
    def words(self) -> str:
        """The goal as a file of prospects writes it: ``roas_platform_total>=2.5@1-3``."""
        first, last = self.months
        span = f"{first}" if first == last else f"{first}-{last}"
        reading = "" if self.reading == "total" else f":{self.reading}"
        return f"{self.kpi}{'>=' if self.at_least else '<='}{plain(self.level)}@{span}{reading}"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a batch says of one prospect. Amounts are in ``currency``; profit and fees over ``months``."""

    currency: str
    months: int
    monthly_price: float
    monthly_price_range: tuple[float, float]
    difficulty: Band | None
    goals: tuple[GoalAnswer, ...]
    profit: Spread
    loss: Probability
    fees_mean: float


def answers(
    briefs: Sequence[Brief], *, scenario: str = "expected", points: Points = POINTS
) -> tuple[Answer | tuple[Fault, ...], ...]:
    """The answer to each brief, or the faults for which there is none, in the order of ``briefs``."""
    return tuple(_one(brief, scenario, points) for brief in briefs)


def _one(brief: Brief, scenario: str, points: Points) -> Answer | tuple[Fault, ...]:
    try:
        made = quote.make(brief, scenario=scenario, points=points, ask=False)
    except QuotecastError as error:
        return error.faults
    goals = (
        GoalAnswer(
            kpi=odds.goal.kpi.id,
            level=odds.goal.level,
            at_least=odds.goal.at_least,
            months=odds.goal.months,
            reading=odds.goal.reading,
            probability=odds.probability,
            safe_level=None if odds.promise is None else odds.promise.level,
        )
        for odds in made.goals
    )
    return Answer(
        currency=made.currency,
        months=made.months,
        monthly_price=made.monthly_price,
        monthly_price_range=made.monthly_price_range,
        difficulty=None if made.difficulty is None else made.difficulty.band,
        goals=tuple(goals),
        profit=made.seller.profit,
        loss=made.seller.loss_probability,
        fees_mean=made.fees.mean,
    )
