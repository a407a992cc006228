"""Reaching: what would make a goal of a quote as likely as wanted, its ad budget or its months."""

from __future__ import annotations

from dataclasses import dataclass

from estimator import catalog
from estimator.goals import Goal
from estimator.needed import Needed, budget_needed, months_needed
from estimator.quote import CONFIDENCE, Quote
from estimator.situation import situation
from estimator.wording import operation_of, reads_money


@dataclass(frozen=True, kw_only=True)
class Reaching:
    """What it would take for ``goal`` to be met with probability ``wanted``, one thing changed at a time.

    ``budget`` is the ads a month, in the quote's currency, and ``now`` what they are; ``months`` the last
    month of the goal. ``likely`` says whether the goal is as likely as it stands.
    """

    goal: Goal
    wanted: float
    likely: bool
    now: float
    budget: Needed
    months: Needed


def reaching(quote: Quote, wanted: float = CONFIDENCE, index: int = 0) -> Reaching | None:
    """What it would take for goal ``index`` of a quote, in its scenario and with its what-ifs.

    None for a goal without a probability, and for one that counts the agency's fee, which the budget moves.

    >>> from pathlib import Path
    >>> from estimator import brief
    >>> from estimator.quote import make
    >>> found = reaching(make(brief.read(Path("examples/briefs/seed_beauty.toml")), ask=False), 0.5)
    >>> found.budget.found < 20000, round(found.budget.chance.value, 3), found.months.reason
    (True, 0.5, 'never')
    """
    odds = quote.goals[index]
    if odds.probability is None or reads_money(odds.goal):
        return None
    market, seen = catalog.market().overridden(*quote.overrides), catalog.scenarios()[quote.scenario]
    asked = quote.brief, odds.goal, market, operation_of(quote.brief)
    return Reaching(
        goal=odds.goal,
        wanted=wanted,
        likely=odds.probability.value >= wanted,
        now=situation(quote.brief, market).ad_budget,
        budget=budget_needed(*asked, wanted=wanted, scenario=seen),
        months=months_needed(*asked, wanted=wanted, scenario=seen),
    )
