"""Drivers: which assumptions move a number of the quote, and how far.

An assumption is held at its 10 % and at its 90 % point, everything else on the same points: the swing of
a tornado chart. Noise that is common to both cancels. Beside it stands its share of the spread: of the
variance of the outcome's ranks, what the assumption alone explains (a first-order Sobol index, from the
first three Hermite polynomials of its normal; Sudret 2008). Both are the same in whatever order assumptions
are asked about.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

import numpy as np

from estimator.brief.brief import Brief
from estimator.brief.goals import Goal
from estimator.contract.terms import Terms
from estimator.earnings.deal import Deal
from estimator.earnings.payoff import payoff
from estimator.market.assumptions import Assumption
from estimator.market.history import narrowed
from estimator.market.market import Market
from estimator.market.outcomes import Outcomes
from estimator.market.own_costs import with_own_costs
from estimator.market.own_figures import learned_by
from estimator.market.points import SWUNG, Draws, Held, swung
from estimator.market.register import ADDED, BY_STORE, SHARED
from estimator.market.simulation import own_market
from estimator.market.situation import situation_of
from estimator.promise.forecast import reads_money
from estimator.promise.probability import WeighedDraws
from estimator.quoting.quote import Quote
from estimator.quoting.world import World
from estimator.values.money import Array

Target = Literal["chance", "safe", "break_even", "loss", "profit", "cash"]
Z10 = 1.2815515655446004
"""The standard normal 90 % point."""
LEAST: dict[Target, float] = {
    "chance": 0.004,
    "safe": 0.004,
    "break_even": 0.004,
    "loss": 0.004,
    "profit": 50.0,
    "cash": 50.0,
}
"""Swings smaller than this are not told; money is in the quote's currency."""
LUCK = ("market", "account_cvr", "account_cpc")
"""What nobody can know of an account before it runs: not assumptions, but they move the answer too."""


@dataclass(frozen=True, kw_only=True)
class Driver:
    """One assumption with the number at its 10 % (``low``) and 90 % point (``high``).

    ``spread`` is the share of the outcome's variance that it explains alone, None for a number that is no
    outcome of a draw. ``row`` is the market's row that was read, None for the luck of an account.
    ``several`` marks an assumption whose rows differ between the brief's platforms.
    """

    name: str
    row: Assumption | None
    low: float
    high: float
    spread: float | None = None
    several: bool = False

    @property
    def swing(self) -> float:
        """How far the number moves from the one end to the other, in its own unit."""
        return abs(self.high - self.low)


def drivers(quote: Quote, target: Target, confidence: float = 0.8) -> tuple[Driver, ...]:
    """The assumptions that move ``target``, the largest swing first.

    ``chance`` and ``safe`` are of the first goal, ``loss`` is the seller's chance of a loss, ``profit`` the
    median profit of the term and ``cash`` the median cash low point. Empty where the quote has no such
    number.
    """
    goal = quote.goals[0].goal if quote.goals and quote.goals[0].probability else None
    if goal is None and target in ("chance", "safe"):
        return ()
    return driving(
        quote.brief, quote.terms, quote.world, goal, quote.months, quote.horizon, target, confidence
    )


@lru_cache(maxsize=32)
def driving(
    brief: Brief,
    terms: Terms,
    world: World,
    goal: Goal | None,
    months: int,
    horizon: int,
    target: Target,
    confidence: float,
) -> tuple[Driver, ...]:
    """The assumptions that move ``target`` under ``terms``, the largest swing first.

    ``goal`` is needed for ``chance`` and ``safe``. Nothing internal is read.
    """
    number = _Number(
        brief=brief,
        terms=terms,
        world=world,
        goal=goal,
        months=months,
        horizon=horizon,
        target=target,
        confidence=confidence,
    )
    scores = None if target == "break_even" else scores_of(number.by_draw(SWUNG))
    moving = []
    for name, row, several in assumptions_read(brief, world.market):
        low, high = (number.at(Held(points=swung(horizon), name=name, z=z)) for z in (-Z10, Z10))
        if low is not None and high is not None and np.isfinite((low, high)).all():
            driver = Driver(name=name, row=row, low=low, high=high, several=several)
            if driver.swing >= LEAST[target]:
                moving.append(
                    driver
                    if scores is None
                    else replace(driver, spread=explained(scores, _normals(name, brief)))
                )
    return tuple(sorted(moving, key=lambda driver: (-driver.swing, driver.name)))


def shares_explained(
    brief: Brief, terms: Terms, world: World, goal: Goal, months: int, horizon: int
) -> dict[str, float]:
    """The share of the spread of a goal's KPI that each assumption explains alone, and the account's luck."""
    number = _Number(
        brief=brief,
        terms=terms,
        world=world,
        goal=goal,
        months=months,
        horizon=horizon,
        target="chance",
        confidence=0.8,
    )
    scores = scores_of(number.by_draw(SWUNG))
    return {
        name: explained(scores, _normals(name, brief)) for name, _, _ in assumptions_read(brief, world.market)
    }


@dataclass(frozen=True, kw_only=True)
class _Number:
    """The number that assumptions move: how it is read at any points."""

    brief: Brief
    terms: Terms
    world: World
    goal: Goal | None
    months: int
    horizon: int
    target: Target
    confidence: float

    def at(self, points: Draws) -> float | None:
        """The number at the points; None where there is no break-even."""
        if self.target == "break_even":
            term = Goal(kpi=self.world.kpis["roas_blended"], level=Decimal(1), months=(1, self.months))
            curve = payoff(self._deal(points), self.goal, term)
            return None if curve is None else curve.break_even
        if self.target == "safe":
            assert self.goal is not None
            return WeighedDraws.plain(self.goal, self._outcomes(points)).safe_level(self.confidence)
        if self.target == "chance":
            assert self.goal is not None
            return float(self.goal.met(self._outcomes(points)).mean())
        values = self.by_draw(points)
        return float((values < 0).mean() if self.target == "loss" else np.median(values))

    def by_draw(self, points: Draws) -> Array:
        """The outcome that the number is read from, one a draw."""
        if self.target in ("chance", "safe"):
            assert self.goal is not None
            return self.goal.decisive(self._outcomes(points))
        money = self._deal(points).money
        if self.target == "cash":
            return money.cash_low(self.months)
        return money.profit_of(self.months)

    def _outcomes(self, points: Draws) -> Outcomes:
        """What the goal is counted on."""
        assert self.goal is not None
        if not reads_money(self.goal):
            return self.world.outcomes(self.brief, points, self.goal.months[1])
        return self._deal(points).counted

    def _deal(self, points: Draws) -> Deal:
        """What the terms come to at the points, without what the service costs the agency."""
        return self.world.deal(
            self.brief, self.terms, points, months=self.months, horizon=self.horizon, own_cost=False
        )


def _normals(name: str, brief: Brief) -> list[Array]:
    """The normals of an assumption: one, or one a store."""
    stores = range(max(len(brief.stores), 1)) if name in BY_STORE else (None,)
    return [SWUNG.normal(name, store=store) for store in stores]


def scores_of(outcome: Array) -> Array:
    """The normal scores of an outcome's ranks; a KPI without an underlying has no rank and is lowest."""
    from scipy.special import ndtri

    # docs/model.md (M60): ranks, so that a few far draws do not decide; alike share the mean of theirs
    filled = np.nan_to_num(outcome, nan=-np.inf)
    _, place, alike = np.unique(filled, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(alike) - (alike - 1) / 2)[place]
    scores: Array = ndtri((ranks - 0.5) / outcome.size)
    return scores


def explained(scores: Array, normals: Iterable[Array]) -> float:
    """The share of the variance of an outcome's normal scores that independent normals explain alone.

    Of what chance would give by itself so much is taken off.

    >>> import numpy as np
    >>> x, y = np.random.default_rng(7).standard_normal((2, 20_000))
    >>> one, other = scores_of(np.exp(0.8 * x + 0.6 * y)), scores_of(0.8 * x + 0.6 * y)
    >>> round(explained(one, [x]), 1), round(explained(other, [y]), 1)
    (0.6, 0.4)
    """
    draws, variance = scores.size, float(scores.var())
    if variance == 0:
        return 0.0
    total = 0.0
    for x in normals:
        for hermite in (x, (x * x - 1) / math.sqrt(2), (x**3 - 3 * x) / math.sqrt(6)):
            total += float((scores * hermite).mean()) ** 2 / variance - 1 / draws
    return min(max(total, 0.0), 1.0)


def assumptions_read(brief: Brief, market: Market) -> Iterator[tuple[str, Assumption | None, bool]]:
    """The uncertain assumptions that this brief reads, each under the name of its dimension."""
    situation, own = situation_of(brief, market), learned_by(brief, market)
    market = with_own_costs(brief, situation, own_market(brief, market))
    platforms = tuple(dict.fromkeys(shop.platform for shop in situation.shops))
    category, stage = situation.category, situation.stage
    for name in (*SHARED, *BY_STORE, *ADDED):
        if name in LUCK:
            yield name, None, False
            continue
        rows = [
            row
            for platform in platforms
            if (row := market.find(name, platform=platform, category=category, stage=stage))
        ]
        if rows and not all(row.certain for row in rows):
            yield name, narrowed(rows[0], own), len({row.platform for row in rows}) > 1
