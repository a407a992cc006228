"""Worth: whether an agency is worth its fee, against going on as today and against an own team.

All three are read at the same draws, so what an agency adds has a probability of its own. The
recommendation follows from these probabilities by ``advise``, two stated thresholds and nothing else, and
what would turn it is solved on the same draws. Nothing of ours is read: no cost, no margin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from estimator.brief.brief import Brief
from estimator.brief.goals import Probability
from estimator.brief.meaning import operation_of
from estimator.comparing.candidate import Candidate
from estimator.comparing.comparison import Comparison
from estimator.comparing.offers import TODAY, agreed, in_house, today
from estimator.comparing.standing import Case, case_of, standing
from estimator.contract.terms import Terms
from estimator.market.own_figures import running
from estimator.market.points import QUOTED, Draws, Points
from estimator.market.summary import Spread, share_of
from estimator.quoting.estimate import Estimate
from estimator.quoting.quote import Quote
from estimator.quoting.world import World
from estimator.values.memory import kept
from estimator.values.money import Array

Alternative = Literal["today", "ourselves"]
ALTERNATIVES: tuple[Alternative, ...] = ("today", "ourselves")
Act = Literal["sign", "test", "ourselves", "today", "none"]
"""What is recommended: sign, test first, an own team, go on as today, or do not sign."""
SIGN = 2 / 3
"""The chance of a profit, and of being ahead of every other way, from which to sign: two in three."""
TEST = 1 / 3
"""The chance from which a test is worth its cost; below it the agency is behind in two of three."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way over the span: the seller's profit after its own people, and cash at its lowest.

    ``loss`` is None where nothing is done, and so nothing can be lost. ``can_be`` says whether it can be
    had.
    """

    candidate: Candidate
    profit: Spread
    loss: Probability | None
    cash_low: Spread
    gmv: Spread
    can_be: bool


@dataclass(frozen=True, kw_only=True)
class Added:
    """What the agency adds to the seller's profit beyond an alternative, on common draws."""

    over: Alternative
    amount: Spread
    positive: Probability


@dataclass(frozen=True, kw_only=True)
class Worth:
    """As today, by ourselves, with an agency: profit of ``months`` months in ``currency``, and what to do.

    ``runs`` says whether the shop sells today. ``added`` is over every alternative that can be had.
    ``base`` is the agency's fixed fee a month. ``team`` is the pay, over the span, of the seller's own people
    whose work the agency takes over, and ``team_stays`` what it adds, over the way that it is then least
    likely ahead of, if they are paid on; None where nobody is taken over.
    """

    currency: str
    months: int
    runs: bool
    as_today: Way
    ourselves: Way
    agency: Way
    added: tuple[Added, ...]
    act: Act
    base: float
    team: Spread | None
    team_stays: Added | None
    cases: Mapping[str, Case]

    @property
    def least(self) -> Added:
        """What the agency adds over what it is least likely ahead of; of two alike, as today."""
        return least_of(self.added)

    @property
    def ways(self) -> tuple[tuple[Literal["today", "ourselves", "agency"], Way], ...]:
        """The three by name, in the order they are told."""
        return ("today", self.as_today), ("ourselves", self.ourselves), ("agency", self.agency)


def least_of(added: tuple[Added, ...]) -> Added:
    """What is added over the way that the agency is least likely ahead of; of two alike, the first."""
    return min(added, key=lambda one: (one.positive.value, one.amount.p50))


def advise(gains: float, chances: Mapping[Alternative, float], profits: Mapping[Alternative, float]) -> Act:
    """What to do: ``gains`` is the chance of a profit with the agency, ``chances`` of leading the others.

    ``profits`` are their middle profits; the ways are those that can be had. Where the agency earns, and is
    ahead of all, in two outcomes of three, sign; in one of three, test first; else the way that leaves the
    most, if it leaves anything.

    >>> advise(0.8, {"today": 0.8, "ourselves": 0.7}, {"today": 0.0, "ourselves": -900.0})
    'sign'
    >>> advise(0.2, {"today": 0.2, "ourselves": 0.9}, {"today": 0.0, "ourselves": -900.0})
    'none'
    >>> advise(0.6, {"today": 0.9, "ourselves": 0.2}, {"today": 5000.0, "ourselves": 9000.0})
    'ourselves'
    """
    least = min(gains, *chances.values())
    if least >= SIGN:
        return "sign"
    if least >= TEST:
        return "test"
    best = max(profits, key=lambda name: (profits[name], name))
    return best if profits[best] > 0 else "none"


def worth_of_estimate(estimate: Estimate, points: Points = QUOTED) -> Worth:
    """The worth of the agency whose terms an estimate is made with.

    >>> from estimator.quoting.estimate import estimate
    >>> from estimator.rules.rules import open_rules
    >>> told = Brief(category="beauty", price="32", landed_cost="8", ad_budget="20000")
    >>> few = Points(number=128, scrambles=2)
    >>> worth_of_estimate(estimate(told, open_rules(), points=few), few).act
    'none'
    """
    offer = _with(estimate.brief, estimate.terms, estimate.world)
    return worth(estimate.brief, offer, estimate.world, points, estimate.months)


def worth_of_quote(quote: Quote, points: Points = QUOTED) -> Worth:
    """The worth of a quote as it stands, what was agreed included."""
    return worth(quote.brief, agreed(quote), quote.world, points, quote.months)


def worth_of_comparison(comparison: Comparison) -> Worth | None:
    """The worth of the best agency of a comparison; None among scenarios of one offer, or without any."""
    if comparison.of_scenarios or len({offer.scenario for offer in comparison.offers}) > 1:
        return None
    of_agencies = [row for row in comparison.offers if row.terms is not None and row.bar is None]
    if not of_agencies:
        return None
    best = max(of_agencies, key=lambda row: (row.seller_profit.p50, row.seller_profit.p10, row.id))
    case = comparison.standings[best.id].case
    return worth(comparison.brief, case.candidate, case.world, case.points, case.months, like=case)


def worth(
    brief: Brief,
    offer: Candidate,
    world: World,
    points: Draws,
    months: int,
    like: Case | None = None,
) -> Worth:
    """The worth of ``offer`` over ``months`` months; ``like`` is its case where it has one already."""
    rules = world.rules
    team = like.team if like else None
    cases: dict[str, Case] = {
        "today": case_of(brief, today(brief, rules), world, points, months, team),
        "ourselves": case_of(brief, in_house(brief, rules), world, points, months, team),
        "agency": like or case_of(brief, offer, world, points, months, team),
    }
    ways = {name: _way(case) for name, case in cases.items()}
    scrambles = points.scrambles
    over = gains(cases)
    added = _added(over, scrambles)
    taken_over = _taken_over(cases)
    stays = {} if taken_over is None else {name: gain - taken_over for name, gain in over.items()}
    return Worth(
        currency=rules.currency,
        months=months,
        runs=running(brief),
        as_today=ways["today"],
        ourselves=ways["ourselves"],
        agency=ways["agency"],
        added=added,
        act=advise(
            share_of(standing(cases["agency"]).profit > 0, scrambles).value,
            {one.over: one.positive.value for one in added},
            {one.over: ways[one.over].profit.p50 for one in added},
        ),
        team=None if taken_over is None else Spread.of(taken_over),
        team_stays=None if taken_over is None else least_of(_added(stays, scrambles)),
        base=0.0 if offer.terms is None else float(offer.terms.fixed("month")),
        cases=MappingProxyType(cases),
    )


def _added(over: Mapping[Alternative, Array], scrambles: int) -> tuple[Added, ...]:
    return tuple(
        Added(over=name, amount=Spread.of(gain), positive=share_of(gain > 0, scrambles))
        for name, gain in over.items()
    )


def _taken_over(cases: Mapping[str, Case]) -> Array | None:
    """Pay of own people that ends with an agency, by draw; None where nobody runs the shop today."""
    pay = np.maximum(standing(cases["today"]).team - standing(cases["agency"]).team, 0.0)
    return pay if pay.any() else None


def _with(brief: Brief, terms: Terms, world: World) -> Candidate:
    """An agency with these terms, working as the brief asks."""
    operation = operation_of(brief)
    label = world.rules.ways.models[operation.model].label
    return Candidate(id="agency", label=label, note=None, operation=operation, terms=terms)


@kept
def _way(case: Case) -> Way:
    stood = standing(case)
    gmv = Spread.of(stood.gmv)
    idle = case.candidate.id == TODAY and gmv.p90 == 0 == float(np.abs(stood.profit).max())
    return Way(
        candidate=case.candidate,
        profit=Spread.of(stood.profit),
        loss=None if idle else share_of(stood.profit < 0, case.points.scrambles),
        cash_low=Spread.of(stood.cash_low),
        gmv=gmv,
        can_be=case.candidate.bar is None,
    )


def gains(cases: Mapping[str, Case]) -> dict[Alternative, Array]:
    """What the agency adds by draw, over each alternative that can be had."""
    with_agency = standing(cases["agency"]).profit
    return {
        name: with_agency - standing(cases[name]).profit
        for name in ALTERNATIVES
        if cases[name].candidate.bar is None
    }
