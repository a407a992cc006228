"""Simulation: what may happen to a brief's stores under a way of operating.

Equations and their order: shared facts "default market", section 1. Everything is vectorised over draws;
the only loops are over stores and months.

Maintainer's notes. CVR is not an input: published CPC, CVR and order values do not multiply to the
published ROAS, so ROAS, CPC and order value are the anchors and CVR follows. Order noise is of gamma
type because a lognormal would fall for better small shops, and never be zero. Creators who post are
counted with the same noise, read at the draw of their sales. Organic sales follow last months' paid
sales, so switching ads off does not end a shop at once.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from estimator.brief.brief import Brief, Operation
from estimator.brief.goals import MOST_MONTHS
from estimator.market.assumptions import Assumption, share
from estimator.market.directions import Passing
from estimator.market.market import Market
from estimator.market.outcomes import Outcomes
from estimator.market.own_figures import learned_by
from estimator.market.points import Draws
from estimator.market.rows import Rows, Switches
from estimator.market.scenarios import EXPECTED, MONEY_ONLY, Scenario
from estimator.market.selling import run
from estimator.market.situation import Situation, sales_facts, situation_of
from estimator.values.errors import fail
from estimator.values.memory import kept
from estimator.values.units import Floats

STATED_RETURN_WIDTH = 0.15
"""Half the 90 % range around a stated return rate, as a share of it: last year's is not next year's."""


SHARE_CAP = 0.99
EVERYTHING = Switches()


def simulate(
    brief: Brief,
    market: Market,
    operation: Operation,
    points: Draws,
    *,
    months: int,
    scenario: Scenario = EXPECTED,
    switches: Switches = EVERYTHING,
    wanted: frozenset[str] | None = None,
) -> Outcomes:
    """What may happen in ``months`` contract months: draws x stores x months of counted quantities.

    The stores are the brief's, in its order (one TikTok Shop where it names none); a fact that the brief
    leaves open takes the market's value, see ``assumed``. The same brief, market, operation and points
    give the same arrays, which are read-only and, but for passing points, kept for the next call. Passing
    points count only what is ``wanted``, where that is told. Amounts are in the market's currency. Raises
    ``QuotecastError`` for another currency or a length outside 1 to 36.

    >>> from estimator.rules.rules import open_rules
    >>> from estimator.market.points import Points
    >>> brief = Brief(category="beauty", ad_budget="20000", price="32")
    >>> points = Points(number=128, scrambles=2)
    >>> simulate(brief, open_rules().market, Operation(model="whole_shop"), points, months=3).shape
    (256, 1, 3)
    """
    if not 1 <= months <= MOST_MONTHS:
        code = "below_least" if months < 1 else "above_most"
        raise fail(code, "months", found=months, least=1, most=MOST_MONTHS)
    if isinstance(points, Passing):
        facts, felt = sales_facts(brief), _felt(scenario)
        return _simulated(facts, market, operation, points, months, felt, switches, wanted)
    return _kept_outcomes(sales_facts(brief), market, operation, points, months, _felt(scenario), switches)


def _felt(scenario: Scenario) -> Scenario:
    """The scenario as outcomes feel it, so that scenarios of the money alone share their outcomes."""
    felt = [scale for scale in scenario.scales if scale.quantity not in MONEY_ONLY]
    return EXPECTED.model_copy(update={"scales": tuple(sorted(felt, key=lambda scale: scale.order))})


def _simulated(
    brief: Brief,
    market: Market,
    operation: Operation,
    points: Draws,
    months: int,
    scenario: Scenario,
    switches: Switches,
    wanted: frozenset[str] | None = None,
) -> Outcomes:
    situation = situation_of(brief, market, months)
    rows = Rows(market=own_market(brief, market), scenario=scenario, points=points, situation=situation)
    own = learned_by(brief, market)
    counted = run(operation, rows, switches, months, own, (points.draws,), wanted)
    return outcomes_of(counted, situation, points)


def outcomes_of(counted: dict[str, Floats], situation: Situation, points: Draws) -> Outcomes:
    """The outcomes that hold what was counted, stores x months x draws."""
    quantities = {name: array.transpose(2, 0, 1) for name, array in counted.items()}
    if situation.current_gmv > 0:
        quantities["baseline_gmv"] = np.broadcast_to(
            np.array([situation.current_gmv * shop.ad_share for shop in situation.shops])[None, :, None],
            (points.draws, len(situation.shops), len(situation.labels)),
        )
    for array in quantities.values():
        array.flags.writeable = False
    return Outcomes(
        months=situation.labels,
        platforms=tuple(shop.platform for shop in situation.shops),
        quantities=quantities,
        scrambles=points.scrambles,
        stores=tuple(str(number) for number in range(1, len(situation.shops) + 1)),
    )


_kept_outcomes = kept(_simulated)


def own_market(brief: Brief, market: Market) -> Market:
    """The market as it is for one prospect: with his own return rate."""
    told = told_returns(brief)
    return market if told is None else _own_market(market, told)


@lru_cache(maxsize=32)
def _own_market(market: Market, told: tuple[float, float]) -> Market:
    rows = [row for row in market.assumptions if row.quantity == "return_rate"]
    return market.with_rows(*(own_returns(row, told) for row in rows))


def told_returns(brief: Brief) -> tuple[float, float] | None:
    """The ends of the prospect's own return rate, of one figure with a width; None where it is unknown."""
    if brief.return_rate is None:
        return None
    rate = float(brief.return_rate)
    around = rate * (1 - STATED_RETURN_WIDTH), rate * (1 + STATED_RETURN_WIDTH)
    between = brief.range_of("return_rate")
    if between is not None:
        around = min(around[0], float(between[0])), max(around[1], float(between[1]))
    return around


def own_returns(row: Assumption, told: tuple[float, float]) -> Assumption:
    """The row of a return rate with the prospect's own in its place."""
    low, high = (min(max(end, 1e-4), SHARE_CAP) for end in told)
    where = {"platform": row.platform, "category": row.category, "stage": row.stage}
    return share("return_rate", low, high, unit=row.unit, source="the prospect", **where)


def order_value_cv(brief: Brief, market: Market) -> float:
    """The spread of order values over their mean, at the middle of the market."""
    situation = situation_of(brief, market)
    return market.row("cv_order_value", category=situation.category, stage=situation.stage).median
