"""A seller's own estimate, before talking to anyone: what selling in the US would cost, bring and risk.

The same terms, outcomes and money as a quote, read from the seller's side. Nothing internal is read, so a
deployment without the agency's own costs answers with the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from estimator.brief.brief import Brief, GoalWords, ServiceModel, Store
from estimator.brief.checks import check_words
from estimator.brief.goals import Goal, Probability
from estimator.brief.kpis import Kpi, Quantity
from estimator.brief.meaning import OPEN_DEFINITION, asked_goals, usual_definition
from estimator.contract.charges import ShareOf
from estimator.contract.pricing import price
from estimator.contract.terms import Terms
from estimator.earnings.deal import Deal
from estimator.earnings.ledgers import Blocks, SellerMoney
from estimator.earnings.payoff import payoff
from estimator.market.points import QUOTED, Points
from estimator.market.situation import DEFAULT_CATEGORY, DEFAULT_STORE, assumed, deduced_stage
from estimator.market.summary import Spread, share_of
from estimator.promise.answer import GoalAnswer
from estimator.promise.forecast import forecast
from estimator.promise.probability import WeighedDraws
from estimator.quoting.drivers import Driver, Target, driving
from estimator.quoting.listing import USUAL_MONTHS, clause_goal, difficulty_of
from estimator.quoting.quote import CONFIDENCE, ENGINE, between_definitions, chance_on
from estimator.quoting.world import World, world
from estimator.rules.rules import Rules
from estimator.values.money import Array

DEFAULT_WAY: ServiceModel = "whole_shop"


@dataclass(frozen=True, kw_only=True)
class EstimateMonth:
    """A month of profit and loss, each amount with its range over the draws.

    ``goods`` and ``delivery`` are the seller's own; ``agency_fee``, ``passed_through`` (ads, creators,
    samples) and ``platform_take`` are the three blocks. ``cash`` is in hand at the end of the month.
    """

    month: str
    settled_gmv: Spread
    goods: Spread
    delivery: Spread
    agency_fee: Spread
    passed_through: Spread
    platform_take: Spread
    profit: Spread
    cash: Spread


@dataclass(frozen=True, kw_only=True)
class BreakEven:
    """From where the middle outcome no longer loses, over the term; None where no level does.

    ``roas`` is in ``kpi``'s definition, ``roas_now`` the median outcome and ``chance`` the probability of
    reaching it. ``units`` are orders a month, ``units_now`` their median. Without ads there is no ROAS.
    """

    kpi: Kpi
    roas: float | None
    roas_now: float | None
    chance: Probability | None
    units: float | None
    units_now: float


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A seller's estimate. Money is in ``currency``; spreads are over ``months`` months.

    ``brief`` is what was told with what was taken for the rest, ``assumed`` the facts of the market so
    taken, ``taken`` those of the contract and the shop: service, term, settlement, returns, account.
    ``seller`` holds the blocks a month, the profit and the cash low point; ``paid_back`` is the probability
    that cash is not below zero when the term ends, ``owed`` what still comes in after it.
    """

    brief: Brief
    assumed: tuple[tuple[str, str], ...]
    taken: tuple[tuple[str, str], ...]
    world: World
    engine: str
    seed: int
    points: int
    currency: str
    months: int
    horizon: int
    terms: Terms
    monthly_price: float
    seller: SellerMoney
    by_month: tuple[EstimateMonth, ...]
    fees: Spread
    break_even: BreakEven
    paid_back: Probability
    owed: Spread
    goals: tuple[GoalAnswer, ...]

    @property
    def category(self) -> str:
        """The category it is worked for, the usual one where the seller named none."""
        return self.brief.category or DEFAULT_CATEGORY

    @property
    def blocks(self) -> Blocks:
        """The seller's expected spend a month in the three blocks."""
        return self.seller.blocks


def estimate(
    brief: Brief,
    rules: Rules,
    *,
    way: ServiceModel | None = None,
    terms: Terms | None = None,
    scenario: str = "expected",
    points: Points = QUOTED,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """What a seller alone may expect, from as little as a price, a landed cost, a category and a budget.

    ``way`` is who operates: one of the agency's services, the brief's own or the whole shop by default, at
    the list price. ``terms`` are another offer's, in place of the list. Raises ``QuotecastError`` as a
    quote does.

    >>> brief = Brief(category="beauty", price="32", landed_cost="8", ad_budget="20000")
    >>> from estimator.rules.rules import open_rules
    >>> answer = estimate(brief, open_rules())
    >>> even = answer.break_even
    >>> answer.brief.service_model, len(answer.by_month), even.units > even.units_now
    ('whole_shop', 6, True)
    """
    seen = world(rules.in_currency(brief.currency), scenario)
    check_words(brief, rules.vocabulary, rules.kpis)
    known, told = assumed(brief, seen.market), brief
    brief = _completed(brief, way)
    goals = asked_goals(brief, seen.kpis)
    months = brief.contract_months or (terms and terms.months) or USUAL_MONTHS
    horizon = max([months, *(goal.months[1] for goal in goals)])
    if terms is None:
        difficulty = difficulty_of(brief, goals, seen.rules)
        terms = price(brief, seen.rules.edition, difficulty, clause_goal(goals)).terms
    deal = seen.deal(brief, terms, points, months=months, horizon=horizon, own_cost=False)
    money, scrambles = deal.money, deal.outcomes.scrambles
    cash = money.cash_path(months)
    return Estimate(
        brief=brief,
        assumed=known,
        taken=_taken(told, brief, months, terms, seen),
        world=seen,
        engine=ENGINE,
        seed=points.seed,
        points=points.draws,
        currency=terms.currency,
        months=months,
        horizon=horizon,
        terms=terms,
        monthly_price=float(terms.fixed("month")),
        seller=deal.seller,
        by_month=_months(deal, cash),
        fees=Spread.of(deal.fee),
        break_even=_break_even(deal, brief, seen.kpis),
        paid_back=share_of(cash[:, -1] >= (money.at_start.cash or 0.0), scrambles),
        owed=Spread.of(money.owed_after(months)),
        goals=tuple(_answer(*pair, deal, seen, confidence) for pair in zip(goals, brief.goals)),
    )


def _answer(goal: Goal, said: GoalWords, deal: Deal, world: World, confidence: float) -> GoalAnswer:
    if not forecast(goal, deal.brief, deal.counted):
        return GoalAnswer(goal=goal)
    probability = chance_on(goal, deal.brief, deal.counted, world)
    draws = WeighedDraws.of(goal, deal.counted, probability.value)
    if said.kpi == OPEN_DEFINITION:
        between = between_definitions(goal, deal.brief, deal.counted, world)
        return GoalAnswer(goal=goal, probability=probability, between=between)
    return GoalAnswer(goal=goal, probability=probability, promise=draws.promise(confidence))


def estimate_drivers(estimate: Estimate, target: Target = "loss") -> tuple[Driver, ...]:
    """The assumptions that move a number: the largest swing first; empty where there is no such number.

    ``loss``, ``profit`` and ``cash`` are the seller's, ``break_even`` is in its own KPI, ``chance`` and
    ``safe`` are of the first goal.
    """
    goal = first_goal(estimate)
    if target == "break_even":
        goal = Goal(kpi=estimate.break_even.kpi, level=Decimal(1), months=(1, estimate.months))
    if goal is None and target in ("chance", "safe"):
        return ()
    return driving(
        estimate.brief,
        estimate.terms,
        estimate.world,
        goal,
        estimate.months,
        estimate.horizon,
        target,
        CONFIDENCE,
    )


def first_goal(estimate: Estimate) -> Goal | None:
    return estimate.goals[0].goal if estimate.goals and estimate.goals[0].probability else None


def _completed(brief: Brief, way: ServiceModel | None) -> Brief:
    """The brief with the defaults of somebody who starts: one new TikTok Shop, run whole."""
    stage = brief.stage or deduced_stage(brief)
    start = Store(platform=DEFAULT_STORE.platform, status="new" if stage == "cold" else "established")
    return brief.model_copy(
        update={
            "stores": brief.stores or (start,),
            "stage": stage,
            "service_model": way or brief.service_model or DEFAULT_WAY,
        }
    )


def _taken(told: Brief, brief: Brief, months: int, terms: Terms, world: World) -> tuple[tuple[str, str], ...]:
    """The facts of the contract and the shop that were not told, each with what was taken instead."""
    monthly = terms.fixed("month") > 0
    shares = any(isinstance(charge, ShareOf) for charge in terms.charges)
    settlement = ("hybrid" if shares else "fixed") if monthly else "performance"
    store = brief.stores[0]
    row = world.market.find(
        "return_rate",
        platform=store.platform,
        category=brief.category or DEFAULT_CATEGORY,
        stage=brief.stage or "cold",
    )
    every = (
        ("service_model", told.service_model, str(brief.service_model)),
        ("contract_months", told.contract_months, str(months)),
        ("settlement", told.settlement, settlement),
        ("return_rate", told.return_rate, "" if row is None else f"{row.median * 100:.0f}%"),
        ("status", next((one.status for one in told.stores if one.status), None), str(store.status)),
    )
    return tuple((fact, value) for fact, said, value in every if said is None and value not in ("", "None"))


def _months(deal: Deal, cash: Array) -> tuple[EstimateMonth, ...]:
    money, months = deal.money, deal.months
    by_name = {
        "settled_gmv": money.settled_gmv,
        "goods": money.goods,
        "delivery": money.delivery,
        "agency_fee": money.agency_fee,
        "passed_through": money.ads + money.creators + money.samples,
        "platform_take": money.platform_take,
        "profit": money.profit,
        "cash": cash[:, 1:],
    }
    spreads = {name: Spread.by_month(amounts[:, :months]) for name, amounts in by_name.items()}
    return tuple(
        EstimateMonth(
            month=deal.outcomes.months[month], **{name: every[month] for name, every in spreads.items()}
        )
        for month in range(months)
    )


def _break_even(deal: Deal, brief: Brief, kpis: Mapping[str, Kpi]) -> BreakEven:
    term = 1, deal.months
    kpi = kpis[usual_definition(brief, kpis)]
    of_ads, of_orders = (Goal(kpi=one, level=Decimal(1), months=term) for one in (kpi, kpis["orders"]))
    blended = Goal(kpi=kpis["roas_blended"], level=Decimal(1), months=term)
    roas, orders = payoff(deal, of_ads, blended), payoff(deal, of_orders, blended)
    level = None if roas is None else roas.break_even
    values = (of_ads if roas is None or roas.kpi.id == kpi.id else blended).decisive(deal.counted)
    finite = values[np.isfinite(values)]
    count = deal.outcomes.count(Quantity(of=("orders",)))[:, : deal.months].sum(axis=1)
    sells = orders is not None and orders.kpi.id == "orders" and orders.break_even is not None
    return BreakEven(
        kpi=kpi if roas is None else roas.kpi,
        roas=level,
        roas_now=float(np.median(finite)) if finite.size else None,
        chance=None if level is None else share_of(values >= level, deal.outcomes.scrambles),
        units=orders.break_even / deal.months if orders and sells and orders.break_even else None,
        units_now=float(np.median(count)) / deal.months,
    )
