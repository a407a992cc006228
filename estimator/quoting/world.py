"""World: the rules of a day, seen under one scenario and with the what-ifs of a call.

What a quote, an estimate and everything read off them are worked in; it is one frozen value, so two numbers
of one answer cannot come from different markets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from estimator.brief.brief import Brief
from estimator.brief.goals import Goal, Probability
from estimator.brief.kpis import Kpi
from estimator.brief.meaning import operation_of
from estimator.contract.terms import Terms
from estimator.earnings.deal import Deal, deal
from estimator.market.market import Market, Override
from estimator.market.outcomes import Outcomes
from estimator.market.points import Draws
from estimator.market.scenarios import Scenario
from estimator.market.simulation import simulate
from estimator.promise.forecast import chance_of, chance_of_all
from estimator.rules.rules import Rules


@dataclass(frozen=True, kw_only=True)
class World:
    """``overrides`` are judgements in place of the market's; they move odds and money, never the price."""

    rules: Rules
    scenario: Scenario
    overrides: tuple[Override, ...] = ()

    @cached_property
    def market(self) -> Market:
        """The market with the overrides on it."""
        return self.rules.market.overridden(*self.overrides)

    @property
    def kpis(self) -> Mapping[str, Kpi]:
        """Every KPI record by id."""
        return self.rules.kpis

    def outcomes(self, brief: Brief, points: Draws, months: int) -> Outcomes:
        """What may happen to a brief over ``months`` months."""
        return simulate(
            brief, self.market, operation_of(brief), points, months=months, scenario=self.scenario
        )

    def chance(self, goal: Goal, brief: Brief) -> Probability:
        """The probability of a goal that counts no fees."""
        return chance_of(goal, brief, self.market, operation_of(brief), self.scenario)

    def chance_of_all(self, goals: tuple[Goal, ...], brief: Brief) -> Probability:
        """The probability of all ``goals`` in one draw; none counts fees."""
        return chance_of_all(goals, brief, self.market, operation_of(brief), self.scenario)

    def deal(
        self,
        brief: Brief,
        terms: Terms,
        points: Draws,
        *,
        months: int,
        horizon: int,
        own_cost: bool = True,
    ) -> Deal:
        """The deal of a brief under ``terms``; without ``own_cost`` nothing internal is read."""
        return deal(
            brief,
            terms,
            self.market,
            self.scenario,
            points,
            months=months,
            horizon=horizon,
            platform_fees=self.rules.platform_fees,
            own=self.rules.costs if own_cost else None,
            base_id=self.rules.trade.base,
        )


def world(rules: Rules, scenario: str, overrides: tuple[Override, ...] = ()) -> World:
    """The world of a scenario by its id. Raises ``QuotecastError`` for a scenario or override not known here.

    >>> from estimator.rules.rules import open_rules
    >>> world(open_rules(), "cautious").scenario.id
    'cautious'
    """
    world = World(rules=rules, scenario=rules.scenario(scenario), overrides=overrides)
    _ = world.market  # an override of what no row holds is refused here, not at the first number
    return world
