"""What stands beside a goal's curve: two scenarios, and the definition that gives least."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from estimator.brief.brief import Brief
from estimator.brief.goals import Goal
from estimator.market.outcomes import Outcomes
from estimator.market.points import PICTURED, Points
from estimator.promise.forecast import forecast, reads_money
from estimator.promise.probability import WeighedDraws
from estimator.quoting.curves import Curve
from estimator.quoting.quote import DEFINITIONS, Quote, chance_on, deal_of
from estimator.quoting.world import World


def band(quote: Quote, points: Points = PICTURED) -> tuple[Curve, Curve] | None:
    """The pictured curve under the cautious and the hopeful scenario, at the levels of its own curve.

    None where there is no curve, the goal counts the fee, or the deployment has no such scenarios.
    """
    scenarios = quote.rules.scenarios
    first = quote.pictured
    names = ("cautious", "hopeful")
    if first is None or reads_money(first.goal) or not set(names) <= scenarios.keys():
        return None
    worlds = [replace(quote.world, scenario=scenarios[name]) for name in names]
    months = first.goal.months[1]
    curves = [
        _reached(first.goal, quote.brief, world, world.outcomes(quote.brief, points, months), first.curve)
        for world in worlds
    ]
    return curves[0], curves[1]


def rival(quote: Quote) -> Curve:
    """The curve of the definition that gives least, for a goal put as plain ROAS; empty for others."""
    first = quote.goals[0] if quote.goals else None
    if first is None or not first.open_definition or not first.curve:
        return ()
    counted, kpis = deal_of(quote).counted, quote.rules.kpis
    meant = [first.goal.model_copy(update={"kpi": kpis[name]}) for name in DEFINITIONS]
    known = [goal for goal in meant if forecast(goal, quote.brief, counted)]
    least = min(known, key=lambda goal: chance_on(goal, quote.brief, counted, quote.world).value)
    return _reached(least, quote.brief, quote.world, counted, first.curve)


def _reached(goal: Goal, brief: Brief, world: World, drawn: Outcomes, curve: Curve) -> Curve:
    """The probability of reaching each level of ``curve`` on other outcomes."""
    levels = np.array([level for level, _ in curve])
    draws = WeighedDraws.of(goal, drawn, chance_on(goal, brief, drawn, world).value)
    return tuple(zip(levels.tolist(), draws.reached(levels).tolist()))
