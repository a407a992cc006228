"""Meanings: what a goal would mean under other definitions and readings, with its price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from estimator.brief.goals import Goal, Probability, readings_of
from estimator.contract.pricing import price
from estimator.market.points import QUOTED, Points
from estimator.promise.forecast import forecast, measurable
from estimator.quoting.listing import difficulty_of
from estimator.quoting.quote import DEFINITIONS, Quote, chance_on, deal_of


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a goal would mean under one definition and one reading of its months.

    ``price`` is the list price a month with the difficulty that meaning has; it is None, like the
    probability, where nobody reports the KPI so.
    """

    goal: Goal
    measurable: bool
    probability: Probability | None
    price: Decimal | None


def meanings(
    quote: Quote, index: int = 0, points: Points = QUOTED, *, among: tuple[str, ...] = DEFINITIONS
) -> tuple[Meaning, ...]:
    """What goal ``index`` would mean under every definition ``among`` and every reading of its months.

    The price of each is the list's, with KPI difficulty read anew under the edition's own scenario.
    """
    goals = [odds.goal for odds in quote.goals]
    goal, counted, rules = goals[index], deal_of(quote, points).counted, quote.rules
    kept = []
    for name in among:
        kpi = goal.kpi if name == goal.kpi.id else rules.kpis[name]
        for reading in readings_of(goal.kpi):
            meant = goal.model_copy(update={"kpi": kpi, "reading": reading})
            known = forecast(meant, quote.brief, counted)
            asked = [*goals[:index], meant, *goals[index + 1 :]]
            band = difficulty_of(quote.brief, tuple(asked), rules) if known else None
            kept.append(
                Meaning(
                    goal=meant,
                    measurable=measurable(kpi, quote.brief),
                    probability=chance_on(meant, quote.brief, counted, quote.world) if known else None,
                    price=price(quote.brief, rules.edition, band).monthly if known else None,
                )
            )
    return tuple(kept)
