"""Drivers: which assumptions move a number of the quote, and how far.

An assumption is held at its 10 % and at its 90 % point, everything else on the same points: the swing of
a tornado chart. Noise that is common to both cancels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

import numpy as np

from estimator import catalog
from estimator.assumptions import Assumption
from estimator.brief import Brief
from estimator.deal import deal
from estimator.goals import Goal, promise
from estimator.market import Market, Override, Scenario
from estimator.payoff import payoff
from estimator.quote import Quote
from estimator.sampling import BY_STORE, SHARED, Held, Points
from estimator.simulation import Draws, simulate, with_facts
from estimator.situation import situation
from estimator.terms import Terms
from estimator.wording import operation_of, reads_money

Target = Literal["chance", "safe", "break_even", "loss", "profit", "cash"]
FEW = Points(number=128, scrambles=8)
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

    ``row`` is the market's row that was read, None for the luck of an account. ``several`` marks an
    assumption whose rows differ between the brief's platforms.
    """

    name: str
    row: Assumption | None
    low: float
    high: float
    several: bool = False

    @property
    def swing(self) -> float:
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
    market = catalog.market().overridden(*quote.overrides)
    scenario = catalog.scenarios()[quote.scenario]
    return driving(
        quote.brief, quote.terms, market, scenario, goal, quote.months, quote.horizon, target, confidence
    )


def typed_override(row: Assumption, low: float, high: float) -> Override:
    """A range said on a call, in place of ``row``; raises ``QuotecastError`` where it cannot be."""
    override = Override(
        assumption=row.quantity, how="replace", low=low, high=high, by="prospect", why="typed on the call"
    )
    override.on(row)
    return override


@lru_cache(maxsize=32)
def driving(
    brief: Brief,
    terms: Terms,
    market: Market,
    scenario: Scenario,
    goal: Goal | None,
    months: int,
    horizon: int,
    target: Target,
    confidence: float,
) -> tuple[Driver, ...]:
    """The assumptions that move ``target`` under ``terms``, the largest swing first.

    ``goal`` is needed for ``chance`` and ``safe``. Nothing internal is read.
    """
    counted_only = target in ("chance", "safe") and goal is not None and not reads_money(goal)

    def number(points: Draws) -> float | None:
        if counted_only:
            assert goal is not None
            operation = operation_of(brief)
            drawn = simulate(brief, market, operation, points, months=goal.months[1], scenario=scenario)
            if target == "chance":
                return float(goal.met(drawn).mean())
            return promise(goal, drawn, confidence).level
        made = deal(brief, terms, market, scenario, points, months=months, horizon=horizon, own_cost=False)
        if target == "break_even":
            term = Goal(kpi=catalog.kpis()["roas_blended"], level=Decimal(1), months=(1, months))
            found = payoff(made, goal, term)
            return None if found is None else found.break_even
        if target in ("loss", "profit"):
            profit = made.money.profit_of(months)
            return float((profit < 0).mean() if target == "loss" else np.median(profit))
        if target == "cash":
            return float(np.median(made.money.cash_path(months).min(axis=1)))
        assert goal is not None
        if target == "chance":
            return float(goal.met(made.counted).mean())
        return promise(goal, made.counted, confidence).level

    found = []
    for name, row, several in assumptions_read(brief, market):
        low, high = (number(Held(points=FEW, name=name, z=z)) for z in (-Z10, Z10))
        if low is not None and high is not None and np.isfinite((low, high)).all():
            driver = Driver(name=name, row=row, low=low, high=high, several=several)
            if driver.swing >= LEAST[target]:
                found.append(driver)
    return tuple(sorted(found, key=lambda driver: (-driver.swing, driver.name)))


def assumptions_read(brief: Brief, market: Market) -> Iterator[tuple[str, Assumption | None, bool]]:
    """The uncertain assumptions that this brief reads, each under the name of its dimension."""
    place, market = situation(brief, market), with_facts(market, brief.return_rate)
    platforms = tuple(dict.fromkeys(shop.platform for shop in place.shops))
    for name in (*SHARED, *BY_STORE):
        if name in LUCK:
            yield name, None, False
            continue
        rows = [
            row
            for platform in platforms
            if (row := market.find(name, platform=platform, category=place.category, stage=place.stage))
        ]
        if rows and not all(row.certain for row in rows):
            yield name, rows[0], len({row.platform for row in rows}) > 1
