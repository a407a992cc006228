"""Forecast: how likely the default market reaches a goal, smoothed.

``chance_of`` is the one probability of a goal: a quote, the page, a promise, a comparison and a batch all
give it, so that no two of them disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from estimator.brief.brief import Brief, Operation
from estimator.brief.goals import SUMMED, Goal, Probability
from estimator.brief.kpis import Kpi, Quantity
from estimator.market.directions import Direction
from estimator.market.market import Market
from estimator.market.outcomes import Outcomes
from estimator.market.points import QUOTED, Draws, Points
from estimator.market.rows import Switches
from estimator.market.scenarios import EXPECTED, Scenario
from estimator.market.simulation import EVERYTHING, simulate
from estimator.market.situation import sales_facts
from estimator.promise.crossings import Model
from estimator.promise.preintegration import Smoothed, smoothed
from estimator.values.units import Floats

STATED = 0.002
"""The error, at 95 %, above which a probability is looked at once more, with twice the points."""
MOST_KEPT = 4096
"""Probabilities kept for the next time they are asked: some hundred quotes with all their readings."""
FEW_ADS = (3_000, 300)
"""Ads a month and store below which orders are so few that the luck of each tells, and tells more."""

FALLING = frozenset({"first_month_gmv"})
"""Quantities that grow with the market as fast as what is compared with them: growth within the term."""
FALLING_BY_MONTH = frozenset({"settled_gmv"})
"""Quantities of which single months may fall: returns booked in a month are of the months before."""
LAUNCHED = 6
"""Months within which practically every shop has launched: the first whole one is then among them."""


def months_read(goals: Sequence[Goal]) -> int:
    """The months to simulate for ``goals``: to the last one read, and past the launch growth counts from."""
    last = max(goal.months[1] for goal in goals)
    return max(last, LAUNCHED) if any(goal.kpi.counts & FALLING for goal in goals) else last


def usual_points(brief: Brief) -> Points:
    """The points that give a smoothed chance to a tenth of a percentage point, in eight independent sets:
    2,048, twice as many for several stores, each of which has its own luck, and again for few ads and fewer.

    >>> [usual_points(Brief(ad_budget=ads)).draws for ads in ("5000", "500", "50")]
    [2048, 4096, 8192]
    """
    # docs/model.md (M41): the less one direction explains, the more points
    stores = max(len(brief.stores), 1)
    doubled = sum(brief.ad_budget is not None and brief.ad_budget < ads * stores for ads in FEW_ADS)
    return Points(number=256 * 2 ** ((stores > 1) + doubled), scrambles=8)


def margins_of(
    brief: Brief,
    goals: tuple[Goal, ...],
    market: Market,
    operation: Operation,
    *,
    scenario: Scenario = EXPECTED,
    switches: Switches = EVERYTHING,
) -> Model:
    """The default market as a function from draws to the margins of ``goals``, goals x draws."""
    months = months_read(goals)
    counted = frozenset().union(*(goal.kpi.counts for goal in goals))

    def margins(draws: Draws) -> Floats:
        drawn = simulate(
            brief,
            market,
            operation,
            draws,
            months=months,
            scenario=scenario,
            switches=switches,
            wanted=counted,
        )
        return np.stack([goal.margin(drawn) for goal in goals])

    return margins


def chances(
    brief: Brief,
    goals: tuple[Goal, ...],
    market: Market,
    operation: Operation,
    *,
    points: Points | None = None,
    plain: Points = QUOTED,
    direction: Direction | None = None,
    scenario: Scenario = EXPECTED,
    switches: Switches = EVERYTHING,
) -> Smoothed:
    """The probability of each of ``goals`` and of all together under a way of operating.

    Goals may count only what is simulated, not fees. ``points`` are the usual ones unless others are given;
    ``plain`` are the draws of goals that do not rise along any direction: growth within the term, single
    months of booked sales, days lost. A ``direction`` found before, see ``preintegration.gradients``, serves
    briefs that differ little. Raises ``QuotecastError`` as ``simulate`` does.

    >>> from decimal import Decimal
    >>> from estimator.rules.rules import open_rules
    >>> brief = Brief(category="beauty", ad_budget="20000", price="32")
    >>> goal = Goal(kpi=open_rules().kpis["roas_platform_total"], level=Decimal("2.5"), months=(1, 3))
    >>> forecast = chances(brief, (goal,), open_rules().market, Operation(model="whole_shop"))
    >>> forecast.smooth, 0 < forecast.goals[0].error < 0.003
    ((True,), True)
    """
    model = margins_of(brief, goals, market, operation, scenario=scenario, switches=switches)
    return smoothed(
        model,
        points or usual_points(brief),
        plain=plain,
        direction=direction,
        rising=tuple(map(rising, goals)),
    )


def chance_of(
    goal: Goal, brief: Brief, market: Market, operation: Operation, scenario: Scenario = EXPECTED
) -> Probability:
    """The probability of a goal that counts no fees, under a way of operating; it hangs on no other goal.

    Raises ``QuotecastError`` as ``simulate`` does.
    """
    return _chance_of(goal, sales_facts(brief), market, operation, scenario)


@lru_cache(maxsize=MOST_KEPT)
def _chance_of(
    goal: Goal, brief: Brief, market: Market, operation: Operation, scenario: Scenario
) -> Probability:
    points = usual_points(brief)
    forecast = chances(brief, (goal,), market, operation, points=points, scenario=scenario)
    # docs/model.md (M37): once more at most, with twice the points
    if forecast.goals[0].error > STATED and forecast.smooth[0]:
        more = replace(points, number=2 * points.number)
        forecast = chances(brief, (goal,), market, operation, points=more, scenario=scenario)
    return forecast.goals[0]


def chance_of_all(
    goals: tuple[Goal, ...],
    brief: Brief,
    market: Market,
    operation: Operation,
    scenario: Scenario = EXPECTED,
) -> Probability:
    """The probability of all ``goals`` in one draw, never above that of the hardest; none counts fees."""
    hardest = min(chance_of(goal, brief, market, operation, scenario).value for goal in goals)
    joint = _chance_of_all(goals, sales_facts(brief), market, operation, scenario)
    # docs/model.md (M43): two directions may differ by their errors
    return Probability(value=min(joint.value, hardest), error=joint.error)


@lru_cache(maxsize=MOST_KEPT)
def _chance_of_all(
    goals: tuple[Goal, ...], brief: Brief, market: Market, operation: Operation, scenario: Scenario
) -> Probability:
    return chances(brief, goals, market, operation, scenario=scenario).joint


def rising(goal: Goal) -> bool:
    """Whether the goal's KPI may rise along a direction of the default market on practically every draw.

    Tried on every KPI at 17 places on its own direction, all parts of the model on; a test repeats it at 9.
    """
    counted = goal.kpi.counts
    by_month = goal.reading not in SUMMED or goal.months[0] == goal.months[1]
    return not counted & FALLING and not (by_month and counted & FALLING_BY_MONTH)


NET_OF = {"promoted_net_gmv": "promoted_gmv"}
"""Sales counted net of costs, and the same before them."""
MONEY_QUANTITIES = frozenset({"agency_fee", "platform_take", "creator_commission", "sample_cost", *NET_OF})
"""What only terms and outcomes together can count."""


def measurable(kpi: Kpi, brief: Brief) -> bool:
    """Whether every platform that is counted reports the KPI as it is defined."""
    return set(kpi.platforms or brief.sold_on) <= set(kpi.measurable_on)


def forecast(goal: Goal, brief: Brief, drawn: Outcomes) -> bool:
    """Whether a probability can be given: measurable, forecast at all, and everything counted is known."""
    quantities = [goal.kpi.over, *([goal.kpi.under] if goal.kpi.under else [])]
    return (
        goal.kpi.forecast
        and measurable(goal.kpi, brief)
        and not any(drawn.missing(quantity, goal.window) for quantity in quantities)
    )


def reads_money(goal: Goal) -> bool:
    """Whether the goal counts fees or costs, so that it needs terms before it can be counted."""
    return bool(MONEY_QUANTITIES & goal.kpi.counts)


def before_fees(goal: Goal) -> Goal | None:
    """The goal as far as it can be counted before there is a price: without fees and other costs.

    These only make it harder, so it is at least as hard as this. None where nothing else is counted.
    """
    if not reads_money(goal):
        return goal
    gross = tuple(NET_OF.get(name, name) for name in goal.kpi.over.of)
    if gross != goal.kpi.over.of:
        over = goal.kpi.over.model_copy(update={"of": gross})
        return before_fees(goal.model_copy(update={"kpi": goal.kpi.model_copy(update={"over": over})}))
    side = "under" if goal.at_least else "over"
    counted: Quantity | None = getattr(goal.kpi, side)
    if counted is None:
        return None
    left = tuple(name for name in counted.of if name not in MONEY_QUANTITIES)
    kpi = goal.kpi.model_copy(update={side: counted.model_copy(update={"of": left})})
    easier = goal.model_copy(update={"kpi": kpi})
    return easier if left and not reads_money(easier) else None


def forecast_before_fees(goals: Iterable[Goal], brief: Brief, drawn: Outcomes) -> list[Goal]:
    """The goals before fees that a probability can be given for: what sets the difficulty of a price."""
    known = map(before_fees, goals)
    return [goal for goal in known if goal is not None and forecast(goal, brief, drawn)]
