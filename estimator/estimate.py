"""A seller's own estimate, before talking to anyone: what selling in the US would cost, bring and risk.

The same terms, outcomes and money as a quote, read from the seller's side. Nothing internal is read, so a
deployment without the agency's own costs answers with the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

import numpy as np

from estimator.brief.brief import Brief, ServiceModel, Store
from estimator.brief.goals import Goal, Probability, Promise
from estimator.brief.kpis import Kpi, Quantity
from estimator.brief.meaning import asked_goals, usual_definition
from estimator.contract.pricing import price
from estimator.contract.terms import Terms
from estimator.drivers import FEW, Driver, Target, assumptions_read, driving
from estimator.earnings.deal import Deal
from estimator.earnings.ledgers import Blocks, SellerMoney
from estimator.earnings.payoff import payoff
from estimator.market.assumptions import Z5, Assumption
from estimator.market.points import Draws, Held, Points
from estimator.market.situation import DEFAULT_STORE, assumed, deduced_stage
from estimator.market.summary import Spread, share_of
from estimator.promise.forecast import forecast
from estimator.promise.probability import probability, promise
from estimator.quote import CONFIDENCE, ENGINE, USUAL_MONTHS, Quote, difficulty_of, priced_on
from estimator.rules.rules import Rules
from estimator.values.money import CENT, Array, round_half_up
from estimator.world import World, world

Question = Literal["profit", "goal"]
Fact = Literal["price", "landed_cost", "ad_budget"]

DEFAULT_WAY: ServiceModel = "whole_shop"
FACTS: tuple[Fact, ...] = ("price", "landed_cost", "ad_budget")
STATED_RANGE = 0.3
"""A stated fact moved by this share counts as far out as an assumption at the end of its 90 % range."""
STATED_MOST = 2.0
"""A stated fact is moved from half to double in search of a flip: beyond that it is another product."""
EVEN = 0.5
MOST_FLIPS = 2
NEAR = 0.02
"""How closely a flip is found, in standard normals; on 1,024 draws the chance itself moves by less."""


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
class GoalChance:
    """A goal of the brief; both None where no probability can be given."""

    goal: Goal
    words: str | None
    probability: Probability | None
    promise: Promise | None


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A seller's estimate. Money is in ``currency``; spreads are over ``months`` months.

    ``brief`` is what was told with what was taken for the rest, ``assumed`` the facts so taken. ``seller``
    holds the blocks a month, the profit and the cash low point; ``paid_back`` is the probability that cash
    is not below zero when the term ends, ``owed`` what still comes in after it.
    """

    brief: Brief
    assumed: tuple[tuple[str, str], ...]
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
    goals: tuple[GoalChance, ...]

    @property
    def blocks(self) -> Blocks:
        """The seller's expected spend a month in the three blocks."""
        return self.seller.blocks


@dataclass(frozen=True, kw_only=True)
class Flip:
    """Where one assumption alone brings a probability across one half.

    ``at`` is its value there and ``middle`` the one it has, in its own unit; ``row`` is None for a fact of
    the brief. ``z`` says how far out ``at`` lies in the assumption's own range, whose ends are at 1.645.
    """

    name: str
    row: Assumption | None
    middle: float
    at: float
    z: float
    several: bool = False


@dataclass(frozen=True, kw_only=True)
class Flips:
    """The probability of a profit over the term, or of the first goal, and its nearest flips, two at most."""

    question: Question
    chance: float
    found: tuple[Flip, ...]


def estimate(
    brief: Brief,
    rules: Rules,
    *,
    way: ServiceModel | None = None,
    terms: Terms | None = None,
    scenario: str = "expected",
    points: Points = Points(),  # noqa: B008 - frozen
    confidence: float = CONFIDENCE,
) -> Estimate:
    """What a seller alone may expect, from as little as a price, a landed cost, a category and a budget.

    ``way`` is who operates: one of the agency's services, the brief's own or the whole shop by default, at
    the list price. ``terms`` are another offer's, in place of the list. Raises ``QuotecastError`` as a
    quote does.

    >>> brief = Brief(category="beauty", price="32", landed_cost="8", ad_budget="20000")
    >>> from estimator.rules.rules import open_rules
    >>> found = estimate(brief, open_rules())
    >>> found.brief.service_model, len(found.by_month), found.break_even.units > found.break_even.units_now
    ('whole_shop', 6, True)
    """
    seen = world(rules.in_currency(brief.currency), scenario)
    taken = assumed(brief, seen.market)
    brief = _completed(brief, way)
    goals = asked_goals(brief, seen.kpis)
    months = brief.contract_months or (terms and terms.months) or USUAL_MONTHS
    horizon = max([months, *(goal.months[1] for goal in goals)])
    if terms is None:
        difficulty = difficulty_of(brief, goals, priced_on(brief, seen.rules, points, horizon))
        terms = price(brief, seen.rules.edition, difficulty).terms
    dealt = seen.deal(brief, terms, points, months=months, horizon=horizon, own_cost=False)
    money, scrambles = dealt.money, dealt.outcomes.scrambles
    cash = money.cash_path(months)
    return Estimate(
        brief=brief,
        assumed=taken,
        world=seen,
        engine=ENGINE,
        seed=points.seed,
        points=points.draws,
        currency=terms.currency,
        months=months,
        horizon=horizon,
        terms=terms,
        monthly_price=float(terms.fixed("month")),
        seller=dealt.seller,
        by_month=_months(dealt, cash),
        fees=Spread.of(dealt.fee),
        break_even=_break_even(dealt, brief, seen.kpis),
        paid_back=share_of(cash[:, -1] >= 0, scrambles),
        owed=Spread.of(_owed(dealt)),
        goals=tuple(
            GoalChance(
                goal=goal,
                words=said.words,
                probability=probability(goal, dealt.counted, scrambles) if known else None,
                promise=promise(goal, dealt.counted, confidence) if known else None,
            )
            for goal, said in zip(goals, brief.goals)
            for known in (forecast(goal, brief, dealt.counted),)
        ),
    )


def estimate_drivers(found: Estimate, target: Target = "loss") -> tuple[Driver, ...]:
    """The assumptions that move a number: the largest swing first; empty where there is no such number.

    ``loss``, ``profit`` and ``cash`` are the seller's, ``break_even`` is in its own KPI, ``chance`` and
    ``safe`` are of the first goal.
    """
    goal = _first_goal(found)
    if target == "break_even":
        goal = Goal(kpi=found.break_even.kpi, level=Decimal(1), months=(1, found.months))
    if goal is None and target in ("chance", "safe"):
        return ()
    return driving(
        found.brief, found.terms, found.world, goal, found.months, found.horizon, target, CONFIDENCE
    )


def flips(found: Estimate, question: Question = "profit") -> Flips | None:
    """The nearest single changes that bring a probability across one half; None without such a goal.

    Assumptions are held within their 90 % range, the brief's price, landed cost and budget between half and
    double of what was said, all else on the same points; nearest is least far out in its own range, for
    which 30 % of a stated fact count like the end of a range.
    """
    goal = _first_goal(found)
    if question == "goal" and goal is None:
        return None
    return _flips(found.brief, found.terms, found.world, goal, found.months, found.horizon, question)


def goal_flips(quote: Quote) -> Flips | None:
    """As ``flips``, for the first goal of a quote; None without a probability.

    >>> from pathlib import Path
    >>> from estimator.brief import brief
    >>> from estimator.quote import make
    >>> from estimator.rules.rules import open_rules
    >>> mature = brief.read(Path("examples/briefs/auto_tools_mature.toml"))
    >>> quote = make(mature, open_rules(), ask=False)
    >>> [flip.name for flip in goal_flips(quote).found][:1]
    ['ad_budget']
    """
    first = quote.goals[0] if quote.goals else None
    if first is None or first.probability is None:
        return None
    return _flips(quote.brief, quote.terms, quote.world, first.goal, quote.months, quote.horizon, "goal")


@lru_cache(maxsize=16)
def _flips(
    brief: Brief,
    terms: Terms,
    world: World,
    goal: Goal | None,
    months: int,
    horizon: int,
    question: Question,
) -> Flips:
    def chance(told: Brief, points: Draws) -> float:
        dealt = world.deal(told, terms, points, months=months, horizon=horizon, own_cost=False)
        if question == "goal":
            assert goal is not None
            return float(goal.met(dealt.counted).mean())
        return float((dealt.money.profit_of(months) >= 0).mean())

    def held(name: str) -> Callable[[float], float]:
        return lambda z: chance(brief, Held(points=FEW, name=name, z=z))

    def stated(name: Fact) -> Callable[[float], float]:
        return lambda z: chance(brief.model_copy(update={name: _moved(brief, name, z)}), FEW)

    now = chance(brief, FEW)
    found: list[Flip] = []
    for name, row, several in assumptions_read(brief, world.market):
        if row is None:
            continue
        z = _crossing(held(name), now, _farthest(found, Z5))
        if z is not None:
            at, middle = float(row.at(z)), row.median
            found.append(Flip(name=name, row=row, middle=middle, at=at, z=z, several=several))
    most = Z5 * math.log(STATED_MOST) / math.log(1 + STATED_RANGE)
    for fact in FACTS:
        if getattr(brief, fact) and (z := _crossing(stated(fact), now, _farthest(found, most))) is not None:
            at, middle = float(_moved(brief, fact, z)), float(getattr(brief, fact))
            found.append(Flip(name=fact, row=None, middle=middle, at=at, z=z))
    found.sort(key=lambda flip: (abs(flip.z), flip.name))
    return Flips(question=question, chance=chance(brief, Points()), found=tuple(found[:MOST_FLIPS]))


def _farthest(found: list[Flip], most: float) -> float:
    """How far out a flip may lie to be among the nearest, at ``most``."""
    far = sorted(abs(flip.z) for flip in found)
    return min(far[MOST_FLIPS - 1], most) if len(far) >= MOST_FLIPS else most


def _crossing(chance: Callable[[float], float], now: float, farthest: float) -> float | None:
    """The standard normal at which a chance that is ``now`` crosses one half, within ``farthest`` of 0.

    A chance that rises towards one end falls towards the other, so one end is tried first.
    """
    below = now < EVEN

    def across(value: float) -> bool:
        return (value < EVEN) != below

    end = farthest
    value = chance(end)
    if not across(value):
        if (value > now) == below and value != now:
            return None
        end = -farthest
        if not across(chance(end)):
            return None
    inside, outside = 0.0, end
    while abs(outside - inside) > NEAR:
        middle = (inside + outside) / 2
        if across(chance(middle)):
            outside = middle
        else:
            inside = middle
    return outside


def _moved(brief: Brief, fact: Fact, z: float) -> Decimal:
    factor = Decimal(repr((1 + STATED_RANGE) ** (z / Z5)))
    return round_half_up(getattr(brief, fact) * factor, CENT)


def _first_goal(found: Estimate) -> Goal | None:
    return found.goals[0].goal if found.goals and found.goals[0].probability else None


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


def _months(dealt: Deal, cash: Array) -> tuple[EstimateMonth, ...]:
    money, months = dealt.money, dealt.months
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
            month=dealt.outcomes.months[month], **{name: every[month] for name, every in spreads.items()}
        )
        for month in range(months)
    )


def _break_even(dealt: Deal, brief: Brief, kpis: Mapping[str, Kpi]) -> BreakEven:
    term = 1, dealt.months
    kpi = kpis[usual_definition(brief)]
    of_ads, of_orders = (Goal(kpi=one, level=Decimal(1), months=term) for one in (kpi, kpis["orders"]))
    blended = Goal(kpi=kpis["roas_blended"], level=Decimal(1), months=term)
    roas, orders = payoff(dealt, of_ads, blended), payoff(dealt, of_orders, blended)
    level = None if roas is None else roas.break_even
    values = (of_ads if roas is None or roas.kpi.id == kpi.id else blended).decisive(dealt.counted)
    finite = values[np.isfinite(values)]
    count = dealt.outcomes.count(Quantity(of=("orders",)))[:, : dealt.months].sum(axis=1)
    sells = orders is not None and orders.kpi.id == "orders" and orders.break_even is not None
    return BreakEven(
        kpi=kpi if roas is None else roas.kpi,
        roas=level,
        roas_now=float(np.median(finite)) if finite.size else None,
        chance=None if level is None else share_of(values >= level, dealt.outcomes.scrambles),
        units=orders.break_even / dealt.months if orders and sells and orders.break_even else None,
        units_now=float(np.median(count)) / dealt.months,
    )


def _owed(dealt: Deal) -> Array:
    """What still comes in after the term: all later cash of what was sold and charged in it."""
    money = dealt.money
    return money.profit_of(dealt.months) - money.cash[:, : dealt.months + 1].sum(axis=1)
