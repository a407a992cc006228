"""Crossover: the GMV at which our offer leaves the seller as much as the platform's plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from estimator.comparing.comparison import Comparison
from estimator.comparing.flip import some_draws
from estimator.comparing.standing import Case, Standing, at_sales, standing
from estimator.values.crossing import crossing
from estimator.values.money import Array

PLAN = "platform_plan"


WIDE = tuple(float(level) for level in np.geomspace(0.02, 250.0, 40))
"""Multiples of all sales among which costs may cross."""
RARE = 0.01
"""Outcomes rarer than this are no answer to "from which GMV"."""
MILLIONTH = 1e-6


@dataclass(frozen=True, kw_only=True)
class Crossover:
    """Where one offer's all-in cost meets another's as GMV rises, each on its own outcomes.

    ``gmv`` is the GMV a month at which both expected costs are equal, None where they never are;
    ``chance`` the share of the draws of ``other`` that sell as much. ``cheaper_below`` costs less up to
    there, or throughout. ``costs`` and ``sells`` are what both come to a month as they stand, in the order
    ``plan``, ``other``. ``needed`` is the GMV a month that ``other`` has to bring for the seller's expected
    profit to be that under ``plan``, None where no GMV does; ``more`` is how much that is beyond what
    ``plan`` sells.
    """

    plan: str
    other: str
    gmv: float | None
    chance: float
    cheaper_below: str
    costs: tuple[float, float]
    sells: tuple[float, float]
    profits: tuple[float, float]
    needed: float | None

    @property
    def reached(self) -> bool:
        """Whether the costs meet at a GMV that more than one outcome in a hundred reaches."""
        return self.gmv is not None and self.chance >= RARE

    @property
    def more(self) -> float | None:
        return None if self.needed is None else self.needed - self.sells[0]


def crossover(comparison: Comparison, plan: str, other: str) -> Crossover:
    """Where the all-in cost of ``other`` meets that of ``plan`` as GMV rises, each on its own outcomes.

    Each offer's outcomes are set on a GMV by scaling all they sell; ads, samples and people stay as they
    are. Costs and profits are means over all draws.
    """
    return _crossed(plan, other, comparison.standings[plan].case, comparison.standings[other].case)


def own_crossover(comparison: Comparison) -> Crossover | None:
    """The platform's own plan against the first of our offers; None where either is missing."""
    plan = next((offer for offer in comparison.offers if offer.operation.model == PLAN), None)
    ours = next((offer for offer in comparison.offers if offer.ours), None)
    if plan is None or ours is None or plan.scenario != ours.scenario:
        return None
    return crossover(comparison, plan.id, ours.id)


def crossovers(comparison: Comparison) -> tuple[Crossover, ...]:
    """The platform's own plan against every agency of the comparison, one scenario at a time."""
    return tuple(
        crossover(comparison, plan.id, other.id)
        for plan in comparison.offers
        for other in comparison.offers
        if plan.operation.model == PLAN != other.operation.model
        and other.terms is not None
        and other.scenario == plan.scenario
    )


@lru_cache(maxsize=32)
def _crossed(plan: str, other: str, one: Case, two: Case) -> Crossover:
    stood = standing(one), standing(two)
    months = one.months
    sells = tuple(float(each.gmv.mean()) / months for each in stood)
    costs = tuple(float(each.cost.mean()) / months for each in stood)
    profits = tuple(float(each.profit.mean()) / months for each in stood)

    few = _few_expected(one), _few_expected(two)

    def dearer(gmv: float) -> float:
        here, there = (_expected(case, gmv / own)[1] for case, own in zip((one, two), sells))
        return (there - here) / months

    def roughly_dearer(gmv: Array) -> Array:
        here, there = (np.interp(gmv / own, WIDE, line[1]) for line, own in zip(few, sells))
        return there - here

    def better(gmv: float) -> float:
        return _expected(two, gmv / sells[1])[0] / months - profits[0]

    gmv, needed, dearer_now = None, None, costs[1] > costs[0]
    # an offer that sells nothing stays where it is, whatever its sales are multiplied by
    if min(sells) > 0:
        low, high = WIDE[0] * max(sells), WIDE[-1] * min(sells)
        grid = np.geomspace(low, high, 60)
        gmv = _first_turn(dearer, grid, roughly_dearer(grid)) if low < high else None
        own = np.array(WIDE) * sells[1]
        needed = _first_turn(better, own, few[1][0] - stood[0].profit.mean())
        dearer_now = dearer(gmv * 0.9 if gmv else sells[1]) > 0
    chance = 0.0 if gmv is None else float((_a_month(stood[1]) >= gmv).mean())
    cheaper = plan if dearer_now else other
    return Crossover(
        plan=plan,
        other=other,
        gmv=gmv,
        chance=chance,
        cheaper_below=cheaper,
        costs=(costs[0], costs[1]),
        sells=(sells[0], sells[1]),
        profits=(profits[0], profits[1]),
        needed=needed,
    )


def _a_month(stood: Standing) -> Array:
    """GMV a month by draw."""
    return stood.gmv / stood.case.months


def _expected(case: Case, factor: float) -> tuple[float, float]:
    """Expected profit and all-in cost of the span with all sales times ``factor``."""
    every = np.arange(case.points.draws)
    profit, cost = at_sales(case, every, np.full((every.size, 1), factor))
    return float(profit.mean()), float(cost.mean())


def _few_expected(case: Case) -> tuple[Array, Array]:
    """Expected profit and all-in cost of the span at each of ``WIDE``, on some draws."""
    draws, levels = some_draws(case), np.array(WIDE)
    profit, cost = at_sales(case, draws, np.broadcast_to(levels, (draws.size, levels.size)))
    return profit.mean(axis=0), cost.mean(axis=0)


def _first_turn(line: Callable[[float], float], grid: Array, roughly: Array) -> float | None:
    """The lowest point at which the line changes sign, to a millionth of it; None where it does not.

    ``roughly`` is the line on some draws: it says where to look, the line itself where it turns.
    """
    turns = np.flatnonzero((roughly[:-1] > 0) != (roughly[1:] > 0))
    if not turns.size:
        return None
    line = cache(line)
    first, last = max(int(turns[0]) - 1, 0), min(int(turns[0]) + 2, grid.size - 1)
    low, high = float(grid[first]), float(grid[last])
    while (line(low) > 0) == (line(high) > 0):
        if first == 0 and last == grid.size - 1:
            return None
        first, last = max(first - 2, 0), min(last + 2, grid.size - 1)
        low, high = float(grid[first]), float(grid[last])
    return crossing(line, low, high, ratio=MILLIONTH).nearest
