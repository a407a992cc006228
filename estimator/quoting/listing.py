"""Listing: the list price of a brief, and the months it is about."""

from __future__ import annotations

from estimator.brief.brief import Brief
from estimator.brief.goals import Goal
from estimator.brief.meaning import asked_goals
from estimator.contract.facts import Difficulty
from estimator.contract.pricing import Priced, price
from estimator.market.outcomes import Outcomes
from estimator.market.points import Points
from estimator.promise.forecast import forecast_before_fees
from estimator.promise.probability import probability
from estimator.quoting.world import World
from estimator.rules.rules import Rules

USUAL_MONTHS = 6
"""Months of money shown where the length of the contract is unknown."""


def listed(brief: Brief, rules: Rules, points: Points = Points()) -> Priced:  # noqa: B008 - frozen
    """The list price of a brief, its difficulty read under the edition's own scenario."""
    goals, drawn = asked_goals(brief, rules.kpis), priced_on(brief, rules, points, horizon_of(brief))
    return price(brief, rules.edition, difficulty_of(brief, goals, drawn))


def listed_months_of(brief: Brief) -> int:
    """The months of money that a brief is about: its contract's, or the usual ones."""
    return brief.contract_months or USUAL_MONTHS


def horizon_of(brief: Brief) -> int:
    """The months that are simulated for a brief: those of its money and of its goals."""
    return max([listed_months_of(brief), *(words.months[1] for words in brief.goals)])


def priced_on(brief: Brief, rules: Rules, points: Points, horizon: int) -> Outcomes:
    """What difficulty is read on: the edition's own scenario, the market as it stands, never a what-if."""
    return World(rules=rules, scenario=rules.pricing_scenario).outcomes(brief, points, horizon)


def difficulty_of(brief: Brief, goals: tuple[Goal, ...], drawn: Outcomes) -> Difficulty | None:
    """The hardest goal's probability, before fees: they need this."""
    chances = [
        probability(goal, drawn, drawn.scrambles) for goal in forecast_before_fees(goals, brief, drawn)
    ]
    return Difficulty.of(min(chances, key=lambda chance: chance.value)) if chances else None
