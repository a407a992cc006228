"""Listing: the list price of a brief, and the months it is about."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from estimator.brief.brief import Brief
from estimator.brief.goals import Goal
from estimator.brief.meaning import asked_goals
from estimator.contract.facts import Difficulty
from estimator.contract.pricing import Priced, price
from estimator.market.points import Origin
from estimator.promise.forecast import forecast_before_fees, reads_money
from estimator.quoting.world import World
from estimator.rules.rules import Rules

USUAL_MONTHS = 6
"""Months of money shown where the length of the contract is unknown."""


def list_price(brief: Brief, rules: Rules) -> Priced:
    """The list price of a brief, its difficulty read under the edition's own scenario."""
    goals = asked_goals(brief, rules.kpis)
    return price(brief, rules.edition, difficulty_of(brief, goals, rules), clause_goal(goals))


def prices_at_ends(brief: Brief, rules: Rules) -> tuple[Decimal, ...]:
    """The monthly list prices at both ends of each fact that was told as a range."""
    ends = (end for _, low, high in brief.ends() for end in (low, high))
    return tuple(list_price(end, rules).monthly for end in ends)


def clause_goal(goals: tuple[Goal, ...]) -> Goal | None:
    """The goal that bonuses and clauses hang on: the first, unless it counts the fee itself."""
    return goals[0] if goals and not reads_money(goals[0]) else None


def listed_months_of(brief: Brief) -> int:
    """The months of money that a brief is about: its contract's, or the usual ones."""
    return brief.contract_months or USUAL_MONTHS


def horizon_of(brief: Brief) -> int:
    """The months that are simulated for a brief: those of its money and of its goals."""
    return max([listed_months_of(brief), *(words.months[1] for words in brief.goals)])


def pricing_world(rules: Rules) -> World:
    """What difficulty is read in: the edition's own scenario, the market as it stands, never a what-if."""
    return World(rules=rules, scenario=rules.pricing_scenario)


def difficulty_of(brief: Brief, goals: tuple[Goal, ...], rules: Rules) -> Difficulty | None:
    """The hardest goal's probability, before fees: they need this. None where no goal has one."""
    seen = pricing_world(rules)
    chances = [seen.chance(goal, brief) for goal in pricing_goals(brief, goals, rules)]
    return Difficulty.of(min(chances, key=lambda chance: chance.value)) if chances else None


def pricing_goals(brief: Brief, goals: Iterable[Goal], rules: Rules) -> list[Goal]:
    """The goals before fees that a probability can be given for: what sets the difficulty of a price."""
    goals = tuple(goals)
    months = max((goal.months[1] for goal in goals), default=1)
    middle = pricing_world(rules).outcomes(brief, Origin(), months)
    return forecast_before_fees(goals, brief, middle)
