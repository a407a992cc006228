"""Pilot: what a paid test, or months of history, would do to the safe level, the fee and the choice.

A test shows how far this account's ROAS lies from its kind's, but not exactly. What it may show is cut into
equally likely results; each draw of the quote counts in a result by how likely it is to show it. So nothing
is simulated anew, the results together are the quote itself, and information is never worth less than
nothing. Method: preposterior analysis by reweighting (Menzies 2016); cutting the results understates what
is learnt, by little. What a test teaches of the market's benchmarks is left out, as for history.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import numpy as np

from estimator.brief.brief import Brief
from estimator.brief.goals import Goal, Probability
from estimator.brief.kpis import Quantity
from estimator.contract.facts import EDGES, Band, Difficulty
from estimator.contract.pricing import price
from estimator.earnings.deal import Deal
from estimator.market import history
from estimator.market.account import own_roas
from estimator.market.own_figures import learned_by
from estimator.market.points import QUOTED, Points
from estimator.market.rows import Rows
from estimator.market.simulation import order_value_cv
from estimator.market.situation import situation_of
from estimator.market.summary import Spread, share_of
from estimator.promise.probability import weights_of
from estimator.quoting.listing import pricing_goals, pricing_world
from estimator.quoting.quote import CONFIDENCE, Quote, chance_on, deal_of
from estimator.rules.rules import Rules
from estimator.values.errors import fail
from estimator.values.money import CENT, Array, round_half_up
from estimator.values.units import WEEKS

RESULTS = 48
"""Equally likely results into which what a test shows is cut; a third of them is one piece of news."""
NEWS = 3
DAYS_OF_MONTH = 30
"""A month that is not whole is charged by the day, a thirtieth each."""
DAYS_OF_WEEK = 7
EARLY = 2
"""Months at the start from which a test's own sales are read: its ads are still learning."""
MOST_WEEKS = 26
MOST_HISTORY = 36
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Result:
    """What would be known after one third of the results: ``poor``, ``middling`` or ``good`` ones.

    ``chance`` is of the first goal, ``safe`` its level with the stated confidence. ``band`` and ``price``
    are the list's a month, with the difficulty read anew; None where no goal sets one. ``profit`` is the
    seller's, expected over the term at today's terms.
    """

    chance: Probability
    safe: float | None
    band: Band | None
    price: Decimal | None
    profit: float


@dataclass(frozen=True, kw_only=True)
class ValueOfInformation:
    """What knowing more of an account would change. Money is in the quote's currency, over the term.

    ``weight`` is the share of what is open about the account that would be known, ``held`` the share that
    the brief's own history gives already. ``news`` are three equally likely results, poor to good; ``safe``
    and ``price`` are means over all results. ``bands`` says how likely each difficulty is afterwards.
    ``stop`` is the chance of results after which the seller had better not go on, and ``worth`` what it is
    worth to the seller to know that first.
    """

    goal: Goal
    confidence: float
    months: int
    weight: float
    held: float
    now: Result
    news: tuple[Result, ...]
    safe: float | None
    price: Decimal | None
    bands: tuple[tuple[Band, float], ...]
    stop: float
    worth: float


@dataclass(frozen=True, kw_only=True)
class Pilot:
    """A paid test before the contract: what it costs and what it teaches.

    ``orders`` are expected of ``spend`` on ads. ``fee`` is the list's monthly charges by the day. ``result``
    is what the seller is left with of the test itself: its sales less goods, platform, ads and fee.
    """

    weeks: float
    orders: float
    spend: float
    fee: Decimal
    result: Spread
    loss_probability: Probability
    value: ValueOfInformation

    @property
    def net(self) -> float:
        """What the test is worth to the seller beyond what it leaves or costs, expected."""
        return self.value.worth + self.result.mean


def pilot(
    quote: Quote,
    weeks: float = 2.0,
    confidence: float = CONFIDENCE,
    points: Points = QUOTED,
) -> Pilot:
    """Two ``weeks`` of test spend, or more, at the brief's ad budget, priced.

    Raises ``QuotecastError`` where the brief names no ad budget or no goal that has a probability.

    >>> from pathlib import Path
    >>> from estimator.brief import brief
    >>> from estimator.quoting.make import make
    >>> from estimator.rules.rules import open_rules
    >>> seed = brief.read(Path("examples/briefs/seed_beauty.toml"))
    >>> made = make(seed, open_rules(), ask=False)
    >>> tried = pilot(made)
    >>> tried.fee < made.monthly_price / 2, tried.value.worth > 0
    (True, True)
    """
    if not 0 < weeks <= MOST_WEEKS:
        code = "not_above" if weeks <= 0 else "above_most"
        raise fail(code, "weeks", found=weeks, least=0, most=MOST_WEEKS)
    budget = _budget(quote)
    deal = deal_of(quote, points)
    spend = budget * weeks / WEEKS
    orders = spend * float(np.median(_early(deal, "ad_orders")))
    fee = _by_day(quote, weeks)
    left = spend * (_early(deal, "gmv_ads") * _kept(deal) - 1.0) - float(fee)
    return Pilot(
        weeks=weeks,
        orders=orders,
        spend=spend,
        fee=fee,
        result=Spread.of(left),
        loss_probability=share_of(left < 0, deal.outcomes.scrambles),
        value=value_of_information(quote, _weight(quote, orders, weeks), confidence, points),
    )


def records(
    quote: Quote,
    months: int = 3,
    confidence: float = CONFIDENCE,
    points: Points = QUOTED,
) -> ValueOfInformation:
    """What ``months`` of the account's own figures at the brief's budget would teach, beside any it has.

    Raises ``QuotecastError`` as ``pilot`` does.
    """
    if not 1 <= months <= MOST_HISTORY:
        code = "below_least" if months < 1 else "above_most"
        raise fail(code, "months", found=months, least=1, most=MOST_HISTORY)
    orders = _budget(quote) * float(np.median(_early(deal_of(quote, points), "ad_orders")))
    return value_of_information(quote, _weight(quote, orders * months, months * WEEKS), confidence, points)


def value_of_information(
    quote: Quote,
    weight: float,
    confidence: float = CONFIDENCE,
    points: Points = QUOTED,
) -> ValueOfInformation:
    """What knowing ``weight`` of what is open about the account would change, 0 to below 1.

    Raises ``QuotecastError`` where no goal of the brief has a probability.
    """
    goals = [odds.goal for odds in quote.goals if odds.probability]
    if not goals:
        raise fail("pilot_needs_goal", "goals")
    goal, deal = goals[0], deal_of(quote, points)
    shares = _shares(_own(quote, deal, points), weight)
    third = RESULTS // NEWS
    parts = [slice(first, first + third) for first in range(0, RESULTS, third)]
    # every result, then each third of them, then all: the quote itself
    shares = np.concatenate([shares, *(shares[part].sum(axis=0)[None] for part in parts)])
    shares = np.concatenate([shares, np.ones((1, points.draws))])
    likely = shares[:RESULTS].mean(axis=1)
    hits = goal.met(deal.counted)
    profit = _means(shares, deal.money.profit_of(deal.months))
    today = chance_on(goal, quote.brief, deal.counted, quote.world)
    weighed = shares * weights_of(hits, today.value)
    levels = _safe_levels(goal.decisive(deal.counted), weighed, confidence, at_least=goal.at_least)
    bands = _bands(quote, shares, points)
    prices = [None if band is None else _list_price(quote.brief, quote.world.rules, band) for band in bands]
    told = [
        Result(
            chance=today if at == len(shares) - 1 else share_of(hits, deal.outcomes.scrambles, weighed[at]),
            safe=levels[at],
            band=bands[at],
            price=prices[at],
            profit=float(profit[at]),
        )
        for at in range(RESULTS, len(shares))
    ]
    results, listed = levels[:RESULTS], [float(amount) for amount in prices[:RESULTS] if amount is not None]
    known = [level for level in results if level is not None]
    expected = profit[:RESULTS]
    return ValueOfInformation(
        goal=goal,
        confidence=confidence,
        months=deal.months,
        weight=weight,
        held=learned_by(quote.brief, quote.world.market).weight,
        now=told[-1],
        news=tuple(told[:-1]),
        safe=float(likely @ np.array(known)) if len(known) == RESULTS else None,
        price=Decimal(repr(round(float(likely @ np.array(listed)), 2))) if listed else None,
        bands=tuple(
            (band, float(sum(share for share, own in zip(likely, bands) if own == band)))
            for band, _ in EDGES
            if listed
        ),
        stop=float(likely[expected < 0].sum()),
        # docs/model.md (M59): who stops loses nothing more, so no news is worth below 0
        worth=float(likely @ np.maximum(expected, 0.0) - max(0.0, float(likely @ expected))),
    )


def _weight(quote: Quote, orders: float, weeks: float) -> float:
    """The weight of so many weeks of figures against what the market and the brief's own history say."""
    brief, market = quote.brief, quote.world.market
    situation, own = situation_of(brief, market), learned_by(brief, market)
    kind = situation.category, situation.stage
    return history.weight_of_test(
        orders,
        weeks,
        order_value_cv(brief, market),
        between=history.luck_between(market, *kind),
        width=1.0 if own.months > 1 else history.month_width(market, *kind),
        held=own.weight,
    )


def _own(quote: Quote, deal: Deal, points: Points) -> Array:
    """How far the account's ROAS lies from its kind's, one a draw."""
    market, scenario = quote.world.market, quote.world.scenario
    return own_roas(Rows(market=market, scenario=scenario, points=points, situation=deal.situation))


def _shares(own: Array, weight: float) -> Array:
    """How likely each draw is to show each result, results x draws; over the results they add up to 1.

    What is shown is ``sqrt(weight)`` of the account's own and the rest noise: a standard normal again.
    """
    from scipy.special import ndtr, ndtri

    edges = ndtri(np.linspace(0.0, 1.0, RESULTS + 1))
    # docs/model.md (M59): differences along one curve, so a draw's shares add up to 1
    below = ndtr((edges[:, None] - np.sqrt(weight) * own[None, :]) / np.sqrt(1.0 - weight))
    return np.diff(below, axis=0)


def _means(shares: Array, amounts: Array) -> Array:
    """The mean of an amount in each result."""
    return (shares @ amounts) / shares.sum(axis=1)


def _safe_levels(
    values: Array, shares: Array, confidence: float, *, at_least: bool
) -> tuple[float | None, ...]:
    """The strictest level reached with ``confidence`` in each result; None where it is infinite."""
    order = np.argsort(values, kind="stable")
    order = order[::-1] if at_least else order
    levels = []
    for share in shares:
        reached = np.cumsum(share[order])
        at = np.searchsorted(reached, confidence * reached[-1] * (1 - ROUNDING))
        level = float(values[order[at]])
        levels.append(level if np.isfinite(level) else None)
    return tuple(levels)


def _bands(quote: Quote, shares: Array, points: Points) -> tuple[Band | None, ...]:
    """The difficulty in each result, as the list reads it; None where no goal sets one."""
    seen = pricing_world(quote.rules)
    goals = pricing_goals(quote.brief, (odds.goal for odds in quote.goals), quote.rules)
    if not goals:
        return (None,) * len(shares)
    drawn = seen.outcomes(quote.brief, points, quote.horizon)
    each = []
    for goal in goals:
        met = goal.met(drawn)
        weighed = shares * weights_of(met, seen.chance(goal, quote.brief).value)
        each.append((weighed @ met) / weighed.sum(axis=1))
    hardest = np.min(each, axis=0)
    return tuple(Difficulty.of(Probability(value=chance, error=0.0)).band for chance in hardest.tolist())


@lru_cache(maxsize=32)
def _list_price(brief: Brief, rules: Rules, band: Band) -> Decimal:
    """The list's fixed charges a month in one band of difficulty."""
    difficulty = Difficulty(band=band, probability=0.0, error=0.0, at_edge=False)
    return price(brief, rules.edition, difficulty).monthly


def _budget(quote: Quote) -> float:
    if not quote.brief.ad_budget:
        raise fail("pilot_needs_budget", "ad_budget")
    return float(quote.brief.ad_budget)


def _by_day(quote: Quote, weeks: float) -> Decimal:
    """The fixed charges a month, for the days of a test."""
    days = Decimal(repr(weeks)) * DAYS_OF_WEEK
    return round_half_up(Decimal(repr(quote.monthly_price)) * days / DAYS_OF_MONTH, CENT)


def _early(deal: Deal, name: str) -> Array:
    """What a dollar of ads brings of a quantity while they are new, one a draw; 0 where none was spent."""
    spent, count = (
        deal.outcomes.count(Quantity(of=(of,)))[:, :EARLY].sum(axis=1) for of in ("ad_spend", name)
    )
    return np.divide(count, spent, out=np.zeros_like(count), where=spent > 0)


def _kept(deal: Deal) -> Array:
    """What the seller keeps of a dollar of GMV before ads and fees, over the term, one a draw."""
    money, term = deal.money, slice(0, deal.months)
    kept = money.settled_gmv - money.goods - money.delivery - money.creators - money.platform_take
    gmv = deal.outcomes.count(Quantity(of=("gmv",)))[:, term].sum(axis=1)
    return np.divide(kept[:, term].sum(axis=1), gmv, out=np.zeros_like(gmv), where=gmv > 0)
