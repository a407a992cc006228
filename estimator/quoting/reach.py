"""Reaching: what would make a goal of a quote as likely as wanted, its ad budget or its months."""

from __future__ import annotations

from dataclasses import dataclass

from estimator.brief.goals import Goal, Probability
from estimator.brief.meaning import operation_of
from estimator.market.situation import situation_of
from estimator.promise.forecast import reads_money
from estimator.quoting.goal_seek import Needed, budget_needed, months_needed
from estimator.quoting.quote import CONFIDENCE, Quote


@dataclass(frozen=True, kw_only=True)
class Reaching:
    """What it would take for ``goal`` to be met with probability ``wanted``, one thing changed at a time.

    ``stands`` is the probability as things stand, at ads of ``now`` a month, which are assumed where the
    brief has none. ``budget`` is the ads a month, in the quote's currency. ``months`` is the last month of
    the goal, which may lie beyond the ``contract``'s; None where the goal is likely enough, or is a most,
    which fewer months keep by themselves.
    """

    goal: Goal
    wanted: float
    stands: Probability
    now: float
    contract: int | None
    budget: Needed
    months: Needed | None

    @property
    def likely(self) -> bool:
        """Whether the goal is likely enough as it stands."""
        return self.stands.value >= self.wanted


def reaching(quote: Quote, wanted: float = CONFIDENCE, index: int = 0) -> Reaching | None:
    """What it would take for goal ``index`` of a quote, in its scenario and with its what-ifs.

    None for a goal without a probability, and for one that counts fees or costs, which the budget moves.

    >>> from pathlib import Path
    >>> from estimator.brief import brief
    >>> from estimator.quoting.make import make
    >>> from estimator.rules.rules import open_rules
    >>> seed = brief.read(Path("examples/briefs/seed_beauty.toml"))
    >>> reach = reaching(make(seed, open_rules(), ask=False), 0.5)
    >>> reach.budget.value < 20000, round(reach.budget.chance.value, 3)
    (True, 0.5)
    """
    odds, brief = quote.goals[index], quote.brief
    if odds.probability is None or reads_money(odds.goal):
        return None
    goal, operation = odds.goal, operation_of(brief)
    market, seen = quote.world.market, quote.world.scenario
    stands = odds.probability
    asked = brief, goal, market, operation
    longer = goal.at_least and stands.value < wanted
    return Reaching(
        goal=goal,
        wanted=wanted,
        stands=stands,
        now=situation_of(brief, market).ad_budget,
        contract=brief.contract_months,
        budget=budget_needed(*asked, wanted=wanted, scenario=seen),
        months=months_needed(*asked, wanted=wanted, scenario=seen) if longer else None,
    )
