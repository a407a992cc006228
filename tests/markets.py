"""The model as its own description has it, for tests against that."""

from __future__ import annotations

from dataclasses import replace

from opened import RULES

from estimator.brief.brief import Brief, Operation
from estimator.market.history import NOTHING
from estimator.market.outcomes import Outcomes
from estimator.market.points import Draws
from estimator.market.rows import Rows, Switches
from estimator.market.scenarios import EXPECTED
from estimator.market.selling import run
from estimator.market.simulation import outcomes_of
from estimator.market.situation import situation_of


def simulate_market(
    brief: Brief, operation: Operation, points: Draws, *, months: int, switches: Switches | None = None
) -> Outcomes:
    """What may happen where today's sales are no more than the stocks that a shop begins with.

    They say nothing of its level, and every store is anchored at the market's spend.
    """
    market = RULES.market
    blank = situation_of(brief.model_copy(update={"current_gmv": None}), market, months)
    situation = replace(blank, current_gmv=float(brief.current_gmv or 0))
    rows = Rows(market=market, scenario=EXPECTED, points=points, situation=situation)
    counted = run(operation, rows, switches or Switches(), months, NOTHING, (points.draws,))
    return outcomes_of(counted, situation, points)
