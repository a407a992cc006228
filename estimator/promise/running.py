"""The chance of a goal of a contract that runs: months that are known, then months that are simulated.

The known months are the same in every draw; the goal is read over all that count, as its contract reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from estimator.brief.brief import Brief, Operation
from estimator.brief.calendar import WHOLE, Calendar
from estimator.brief.goals import Goal, Probability
from estimator.brief.kpis import Quantity
from estimator.market.market import Market
from estimator.market.outcomes import Outcomes
from estimator.market.points import QUOTED, Draws
from estimator.market.scenarios import Scenario
from estimator.market.simulation import simulate
from estimator.promise.forecast import FALLING, STATED, months_read, rising, usual_points
from estimator.promise.preintegration import smoothed
from estimator.values.money import Array
from estimator.values.units import Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Running:
    """Draws whose first months are those of ``known``; of all months only ``read`` are there, from 0."""

    known: Outcomes
    drawn: Outcomes
    read: tuple[int, ...]

    @property
    def calendar(self) -> Calendar:
        """Its months are whole contract months."""
        return WHOLE

    def count(self, quantity: Quantity) -> Array:
        """The quantity, draws x months read."""
        whole = np.array(self.drawn.count(quantity), dtype=float)
        passed = self.known.count(quantity)
        months = min(passed.shape[1], whole.shape[1])
        whole[:, :months] = passed[:, :months]
        if FALLING & set(quantity.of):  # what the first month sold stands for every later month
            whole[:, months:] = passed[:, -1:]
        return whole[:, self.read]


def months_counted(goal: Goal, counts: Sequence[bool]) -> tuple[int, ...]:
    """The months of a goal's window, from 0, that count: ``counts`` says so of those known, later ones do.

    >>> from decimal import Decimal
    >>> from estimator.rules.rules import open_rules
    >>> goal = Goal(kpi=open_rules().kpis["gmv"], level=Decimal(90), months=(2, 4))
    >>> months_counted(goal, [True, False])
    (2, 3)
    """
    window = goal.window
    return tuple(month for month in range(window.start, window.stop) if month >= len(counts) or counts[month])


def over_months(goal: Goal, read: int) -> Goal:
    """The goal over so many months of its window alone, a count held against its part of the level (M68).

    >>> from decimal import Decimal
    >>> from estimator.rules.rules import open_rules
    >>> goal = Goal(kpi=open_rules().kpis["gmv"], level=Decimal(90), months=(2, 4))
    >>> over_months(goal, 2).level, over_months(goal, 2).months
    (Decimal('60'), (1, 2))
    """
    first, last = goal.months
    level = goal.level
    if goal.reading == "total" and goal.kpi.under is None:
        level = (level - goal.kpi.offset) * read / (last - first + 1) + goal.kpi.offset
    return goal.model_copy(update={"months": (1, read), "level": level})


def chance_running(
    goal: Goal,
    known: Outcomes,
    counts: Sequence[bool],
    brief: Brief,
    market: Market,
    operation: Operation,
    scenario: Scenario,
) -> Probability | None:
    """The probability of a goal that counts no fees, its first months being ``known``; M76.

    ``counts`` says which of them count. None where no month of its window can count any more. With no month
    known it is ``chance_of``. Raises ``QuotecastError`` as ``simulate`` does.
    """
    read = months_counted(goal, counts)
    if not read:
        return None
    short, months = over_months(goal, len(read)), months_read((goal,))

    def margins(draws: Draws) -> Floats:
        drawn = simulate(
            brief, market, operation, draws, months=months, scenario=scenario, wanted=goal.kpi.counts
        )
        return short.margin(Running(known=known, drawn=drawn, read=read))[None]

    points = usual_points(brief)
    told = smoothed(margins, points, plain=QUOTED, rising=(rising(goal),))
    # docs/model.md (M37): once more at most, with twice the points
    if told.goals[0].error > STATED and told.smooth[0]:
        more = replace(points, number=2 * points.number)
        told = smoothed(margins, more, plain=QUOTED, rising=(rising(goal),))
    return told.goals[0]
