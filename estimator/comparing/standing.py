"""Standing: the numbers of one offer by draw, and what they are worked from.

Offers that operate alike share their outcomes and costs; a fee changes neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from estimator.brief.brief import Brief, Operation
from estimator.brief.goals import MOST_MONTHS
from estimator.brief.kpis import Quantity
from estimator.brief.meaning import asked_goals
from estimator.comparing.candidate import Candidate
from estimator.comparing.plan import on_plan
from estimator.contract.charges import Covered
from estimator.earnings.costs import COST_FACTS, costs
from estimator.earnings.deal import deposit_of
from estimator.earnings.ledgers import Ledgers, fee_due, with_money
from estimator.earnings.own_team import OwnTeam, nobody, own_team
from estimator.earnings.payoff import scaled
from estimator.earnings.settlement import fees
from estimator.market.events import launched
from estimator.market.market import Market
from estimator.market.outcomes import Outcomes
from estimator.market.points import Draws, Held
from estimator.market.rows import Rows
from estimator.market.scenarios import Scenario
from estimator.market.simulation import simulate
from estimator.market.situation import READ, Situation, situation_of
from estimator.promise.answer import GoalAnswer, NoChance
from estimator.promise.forecast import MONEY_QUANTITIES, NET_OF, measurable, reads_money
from estimator.promise.probability import share_met
from estimator.quoting.listing import horizon_of, listed_months_of
from estimator.quoting.world import World
from estimator.values.memory import kept
from estimator.values.money import Array
from estimator.values.units import WEEKS

COUNTED = frozenset(
    {"gmv", "settled_gmv", "ad_spend", "orders", "videos", "creator_videos", "live_hours", "days_down"}
)
"""What fees usually count; anything else is simulated anew when an offer asks for it."""
EARNED = ("take", "team", "creators", "samples", "outlay", "sales", "ads", "covered")
"""Amounts of a standing that no fee changes."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Everything that the numbers of one offer depend on; ``brief`` holds no other facts."""

    candidate: Candidate
    brief: Brief
    world: World
    team: Market
    points: Draws
    months: int
    horizon: int

    @property
    def market(self) -> Market:
        """The market with the what-ifs on it."""
        return self.world.market

    @property
    def scenario(self) -> Scenario:
        """What it is seen under."""
        return self.world.scenario

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Of all fields, worked out once: what is kept for an offer is looked up often."""
        return hash(tuple(getattr(self, each.name) for each in fields(self)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """What may happen under a way of operating, and its money without any agency."""

    brief: Brief
    outcomes: Outcomes
    situation: Situation
    money: Ledgers
    team: OwnTeam
    weeks: float


@dataclass(frozen=True, kw_only=True)
class Earned:
    """What a way of operating comes to before any fee, under terms that cover some of its costs.

    Amounts of the whole span by draw, as in ``Standing``; ``cash`` is in hand before the start and after
    each month, ``money`` all of it by month.
    """

    money: Ledgers
    take: Array
    team: Array
    creators: Array
    samples: Array
    outlay: Array
    sales: Array
    ads: Array
    covered: Array
    cash: Array


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One offer under one scenario: amounts of the whole span by draw, in the brief's currency.

    ``cost`` is all the seller spends but goods and delivery: ``fee``, ``passed`` (ads, creators, samples),
    ``take`` of the platforms and its own ``team``. ``profit`` and ``cash_low`` have the team taken off.
    ``sales``, ``outlay`` and ``fee`` make up profit: what grows with sales, and what does not.
    """

    case: Case
    fee: Array
    credits: Array
    passed: Array
    take: Array
    team: Array
    cost: Array
    profit: Array
    cash_low: Array
    gmv: Array
    ads: Array
    sales: Array
    outlay: Array
    creators: Array
    samples: Array
    covered: Array
    weeks: float
    chances: tuple[GoalAnswer, ...]
    budget: float


def case_of(
    brief: Brief,
    candidate: Candidate,
    world: World,
    points: Draws,
    months: int | None = None,
    team: Market | None = None,
) -> Case:
    """What to ask for the numbers of an offer, over the brief's own span or over ``months``.

    Outcomes run on to the end of a term that ends later, and of the last renewal of a shorter one.
    """
    span = months or listed_months_of(brief)
    horizon = span if months else horizon_of(brief)
    term = candidate.terms.months if candidate.terms else None
    if term is not None:
        horizon = min(-(-max(horizon, term) // term) * term, MOST_MONTHS)
    return Case(
        candidate=candidate,
        brief=_moving(candidate.seen(brief)),
        world=world,
        team=team or world.rules.own_team,
        points=points,
        months=span,
        horizon=horizon,
    )


def _moving(brief: Brief) -> Brief:
    """The brief with nothing in it that an offer's numbers do not read."""
    kept = READ | COST_FACTS | {"goals"}
    others = {name: field.default for name, field in Brief.model_fields.items() if name not in kept}
    return brief.model_copy(update=others)


def _ground(
    brief: Brief,
    operation: Operation,
    world: World,
    team: Market,
    points: Draws,
    horizon: int,
    ads_share: float | None,
    hosts_included: bool,
    staffed: bool,
    counts: frozenset[str],
) -> Ground:
    """What may happen under a way of operating; ``ads_share`` of GMV buys the ads where it is given."""
    market, scenario, rules = world.market, world.scenario, world.rules
    if ads_share is not None:
        brief = on_plan(brief, operation, market, scenario, horizon, ads_share)
    drawn = simulate(brief, market, operation, points, months=horizon, scenario=scenario)
    situation = situation_of(brief, market, horizon)
    money = costs(brief, drawn, situation, operation, market, rules.platform_fees, points, scenario)
    rows = Rows(market=market, scenario=scenario, points=points, situation=situation)
    wanted = COUNTED.union(counts, *(goal.kpi.counts for goal in asked_goals(brief, rules.kpis)))
    wanted |= {NET_OF[name] for name in wanted & NET_OF.keys()}
    held = {name: array for name, array in drawn.quantities.items() if name in wanted}
    return Ground(
        brief=brief,
        outcomes=replace(drawn, quantities=held),
        situation=situation,
        money=money,
        team=own_team(operation, team, rows, drawn, hosts_included=hosts_included)
        if staffed
        else nobody(drawn),
        weeks=float(np.median(launched(operation, rows))) * WEEKS,
    )


_kept_ground = kept(_ground)


def ground_of(case: Case) -> Ground:
    """What an offer stands on; offers that operate alike share it."""
    candidate = case.candidate
    counts = frozenset() if candidate.terms is None else candidate.terms.counts
    plan = candidate.ads_share is not None and "ads" in candidate.covers
    low, high = candidate.ads_share or (0.0, 0.0)
    ground: Callable[..., Ground] = _ground if isinstance(case.points, Held) else _kept_ground
    return ground(
        case.brief,
        candidate.operation,
        case.world,
        case.team,
        case.points,
        case.horizon,
        (low * high) ** 0.5 if plan else None,
        "live_hours" in counts,
        candidate.staffed,
        counts - COUNTED - MONEY_QUANTITIES,
    )


@dataclass(frozen=True, kw_only=True)
class Charged:
    """What an agency charges by draw: ``by_month``, ``due`` by the month of payment, ``credits`` in all."""

    by_month: Array
    due: Array
    credits: Array


def charged(case: Case, outcomes: Outcomes) -> Charged:
    """The agency's fee, renewed where its term is shorter; nothing without an agency."""
    signed = case.candidate.terms
    draws, _, months = outcomes.shape
    if signed is None:
        none = np.zeros((draws, months + 2), order="F")
        return Charged(by_month=none[:, :months], due=none, credits=none[:, 0])
    term = signed.months or months
    by_month, credits, dues = [], [], []
    for first in range(0, months, term):
        part = slice(first, min(first + term, months))
        terms = signed if first == 0 else case.candidate.renewal or signed
        one = fees(terms, _sliced(outcomes, part))
        by_month.append(one.by_month)
        credits.append(sum((line.amounts for line in one.credits), np.zeros_like(one.by_month)))
        dues.append((first, fee_due(terms, one, deposit_of(terms, case.world.rules.trade.base))))
    due = np.zeros((draws, max(first + paid.shape[1] for first, paid in dues)), order="F")
    for first, paid in dues:
        due[:, first : first + paid.shape[1]] += paid
    every = np.concatenate(credits, axis=1)
    return Charged(
        by_month=np.concatenate(by_month, axis=1), due=due, credits=every[:, : case.months].sum(axis=1)
    )


def _sliced(outcomes: Outcomes, months: slice) -> Outcomes:
    if months == slice(0, len(outcomes.months)):
        return outcomes
    return replace(
        outcomes,
        months=outcomes.months[months],
        quantities={name: array[:, :, months] for name, array in outcomes.quantities.items()},
    )


def _earned(on: Ground, covers: frozenset[Covered], span: int) -> Earned:
    money = on.money.under(covers, on.money.agency_fee, on.money.fee_due)

    def total(amounts: Array) -> Array:
        return amounts[:, :span].sum(axis=1)

    take, creators, samples = total(money.platform_take), total(money.creators), total(money.samples)
    cash = money.cash[:, : span + 1].copy()
    cash[:, 1:] -= on.team.by_month[:, :span]
    return Earned(
        money=money,
        take=take,
        team=total(on.team.by_month),
        creators=creators,
        samples=samples,
        outlay=total(money.ads) + samples,
        sales=total(money.settled_gmv - money.goods - money.delivery) - creators - take,
        ads=total(on.money.ads),
        covered=total(on.money.creators + on.money.platform_take) - creators - take,
        cash=cash.cumsum(axis=1),
    )


_kept_earned = kept(_earned)


def passing_standing(case: Case) -> Standing:
    """The numbers of one offer by draw, for a case that is asked for once: arrays are read-only."""
    on, span = ground_of(case), case.months
    agency = charged(case, on.outcomes)
    before = (_earned if isinstance(case.points, Held) else _kept_earned)(on, case.candidate.covers, span)
    fee = agency.by_month[:, :span].sum(axis=1)
    passed = before.outlay + before.creators
    counted = with_money(on.outcomes, replace(before.money, agency_fee=agency.by_month))
    arrays = {
        "fee": fee,
        "credits": agency.credits,
        "passed": passed,
        "cost": fee + passed + before.take + before.team,
        "profit": before.sales - before.outlay - fee - before.team,
        "cash_low": (before.cash - agency.due[:, : span + 1].cumsum(axis=1)).min(axis=1),
        "gmv": counted.count(Quantity(of=("gmv",)))[:, :span].sum(axis=1),
        **{name: getattr(before, name) for name in EARNED},
    }
    for array in arrays.values():
        array.flags.writeable = False
    return Standing(
        case=case,
        weeks=on.weeks,
        chances=tuple(_chances(case, on, counted)),
        budget=on.situation.ad_budget,
        **arrays,
    )


standing = kept(passing_standing)
"""``passing_standing``, kept for the next who asks."""


def _chances(case: Case, on: Ground, counted: Outcomes) -> Iterator[GoalAnswer]:
    covered = "ads" in case.candidate.covers
    for goal in asked_goals(case.brief, case.world.kpis):
        under = goal.kpi.under.of if goal.kpi.under else ()
        quantities = [goal.kpi.over, *([goal.kpi.under] if goal.kpi.under else [])]
        reason: NoChance | None = None
        if not measurable(goal.kpi, case.brief):
            reason = "not_measurable"
        elif covered and "ad_spend" in under and not reads_money(goal):
            reason = "ads_in_fee"
        elif not goal.kpi.forecast or any(counted.missing(q, goal.window) for q in quantities):
            reason = "not_forecast"
        chance = None if reason else share_met(goal, counted, counted.scrambles)
        yield GoalAnswer(goal=goal, probability=chance, reason=reason)


def at_sales(case: Case, draws: Array, factor: Array) -> tuple[Array, Array]:
    """Profit and all-in cost of ``draws`` with all sales times ``factor`` (draws x levels); ads stay."""
    stood, on = standing(case), ground_of(case)
    if case.candidate.terms is None:
        fee = np.zeros_like(factor)
    else:
        names = case.candidate.terms.counts & on.outcomes.quantities.keys()
        by_month = charged(case, scaled(on.outcomes, names, draws, factor)).by_month
        fee = by_month[:, : case.months].sum(axis=1).reshape(factor.shape)
    fixed = (stood.outlay + stood.team)[draws, None]
    profit = stood.sales[draws, None] * factor - fixed - fee
    cost = fixed + fee + (stood.creators + stood.take)[draws, None] * factor
    return profit, cost
