"""Making a quote: terms, what may happen under them, the probability of each goal, the money of all.

The price is set once, from the edition's own pricing scenario: another scenario moves the odds and the
money, never the price."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np

from estimator.brief.brief import Brief, GoalWords
from estimator.brief.checks import check_words
from estimator.brief.goals import Goal, Probability
from estimator.brief.kpis import Kpi, Quantity
from estimator.brief.meaning import OPEN_DEFINITION, asked_goals
from estimator.contract.guards import raised
from estimator.contract.price_list import Swing, range_over
from estimator.contract.pricing import Priced, clauses_over
from estimator.contract.terms import Terms
from estimator.contract.trade import Trade, traded
from estimator.earnings.courses import first_invoice
from estimator.earnings.deal import Deal, deposit_of
from estimator.earnings.payoff import Payoff, payoff
from estimator.market.market import Override
from estimator.market.outcomes import Outcomes
from estimator.market.points import QUOTED, Points
from estimator.market.summary import Spread, share_of
from estimator.promise.forecast import forecast, measurable, reads_money
from estimator.promise.probability import WeighedDraws, share_met
from estimator.quoting.curves import curve_of, density_of
from estimator.quoting.guard_facts import guard_facts
from estimator.quoting.listing import clause_goal, horizon_of, list_price, listed_months_of, prices_at_ends
from estimator.quoting.questions import unanswered
from estimator.quoting.quote import (
    CONFIDENCE,
    ENGINE,
    Quote,
    QuotedGoal,
    between_definitions,
    chance_on,
    deal_under,
)
from estimator.quoting.world import World, world
from estimator.rules.rules import Rules
from estimator.values.errors import QuotecastError


def make(
    brief: Brief,
    rules: Rules,
    *,
    scenario: str = "expected",
    points: Points = QUOTED,
    confidence: float = CONFIDENCE,
    trade: Trade = Trade(),  # noqa: B008 - frozen
    overrides: tuple[Override, ...] = (),
    ask: bool = True,
) -> Quote:
    """The quote for ``brief`` under the edition and market of ``rules``, seen under ``scenario``.

    ``trade`` is what was agreed instead of the list; a discount that has ended no longer counts.
    ``overrides`` are what-ifs on the market: they move the odds and the money, never the price. Without
    ``ask`` the open questions are left to ``with_open_facts``. Raises ``QuotecastError`` for a word, KPI,
    scenario, assumption or currency that is not known here, or a discount that may not be given.

    >>> from estimator.rules.rules import open_rules
    >>> make(Brief(service_model="whole_shop", stage="cold"), open_rules()).monthly_price
    7150.0
    """
    rules = rules.in_currency(brief.currency)
    check_words(brief, rules.vocabulary, rules.kpis)
    seen = world(rules, scenario, overrides)
    goals = asked_goals(brief, rules.kpis)
    priced = list_price(brief, rules)
    terms, listed = _terms(trade, terming(priced, rules, clause_goal(goals)), rules)
    months = terms.months or listed_months_of(brief)
    horizon = max(horizon_of(brief), months)
    deal = deal_under(brief, seen, terms, points, months=months, horizon=horizon)
    odds = _all_odds(goals, brief, deal.counted, seen, confidence)
    open_prices = rules.price_list.swings(brief, priced.difficulty)
    made = Quote(
        brief=brief,
        world=seen,
        engine=ENGINE,
        drawn=points,
        months=months,
        horizon=horizon,
        priced=priced,
        terms=terms,
        trade=trade,
        difficulty=priced.difficulty,
        monthly_price=float(terms.fixed("month")),
        monthly_price_range=_price_range(terms, priced, _prices(brief, priced, open_prices, rules), trade),
        goals=odds,
        joint=_joint(odds, brief, deal.counted, seen),
        **_paid(deal),
        list_fees=float((deal if listed == terms else deal.under(listed)).fee.mean()),
        payoff=payoff_of(deal, odds, rules.kpis),
        outlook=_outlook(deal, odds, rules.kpis),
        open_prices=open_prices,
        assumed=deal.situation.assumed,
    )
    made = replace(made, guards=raised(rules.guards, guard_facts(made)))
    return with_open_facts(made) if ask else made


def _paid(deal: Deal) -> dict[str, Any]:
    """The money of each side: our fee of the term and of a usual month, what is paid first, profits."""
    once = [line.over(deal.months) for line in deal.charged.lines if line.charge.settles == "once"]
    running = deal.fee - sum(once, np.zeros_like(deal.fee))
    deposit = deposit_of(deal.terms, deal.base_id)
    return {
        "fees": Spread.of(deal.fee),
        "usual_month": Spread.of(running / deal.months),
        "first_invoice": first_invoice(deal.terms, max(len(deal.brief.stores), 1), deposit),
        "seller": deal.seller,
        "agency": deal.agency,
    }


def _terms(trade: Trade, terms_of: Callable[[Trade], Terms], rules: Rules) -> tuple[Terms, Terms]:
    """What would be signed, and the list over its months; a discount that may not be given is refused."""
    discount = trade.discount
    faults = () if discount is None else tuple(discount.faults(rules.trade.discount, rules.on))
    if faults:
        raise QuotecastError(faults)
    return terms_of(trade), terms_of(Trade(months=trade.months))


def _prices(
    brief: Brief, priced: Priced, open_prices: tuple[Swing, ...], rules: Rules
) -> tuple[Decimal, ...]:
    """The monthly prices over what is open, and at the ends of what was told as a range."""
    return (*range_over(priced, open_prices), *prices_at_ends(brief, rules))


def _price_range(
    terms: Terms, priced: Priced, prices: tuple[Decimal, ...], trade: Trade
) -> tuple[float, float]:
    """The lowest and highest of ``prices`` a month; one that was agreed is no range."""
    agreed = terms.fixed("month")
    if trade.base is not None:
        return float(agreed), float(agreed)
    off = priced.monthly - agreed
    share = 0 if trade.discount is None or not off else trade.discount.share
    # a discount takes its share of whatever the open answers make of the base
    cheapest, dearest = (end - off - share * (end - priced.monthly) for end in (min(prices), max(prices)))
    return float(cheapest), float(dearest)


def with_open_facts(quote: Quote) -> Quote:
    """The quote with its open questions, by what their answers would move."""
    rules = quote.rules
    swings = tuple(_agreed_swings(quote))
    open_facts = unanswered(quote.brief, rules.market, rules.kpis, rules.vocabulary, swings)
    return replace(quote, unanswered=open_facts)


def _agreed_swings(quote: Quote) -> Iterator[Swing]:
    """What open facts do to the price as it was agreed: one that was fixed moves by no fact of the list's."""
    base_id, trade, listed = quote.rules.trade.base, quote.trade, quote.priced.monthly
    off = listed - quote.terms.fixed("month")
    discount = trade.on(quote.rules.on).discount
    for swing in quote.open_prices:
        if trade.base is not None and swing.moves == (base_id,):
            continue
        share = Decimal(0)
        if trade.base is None and discount is not None and base_id in swing.moves:
            share = discount.share
        low, high = (end - off - share * (end - listed) for end in (swing.low, swing.high))
        yield replace(swing, low=low, high=high)


def terming(priced: Priced, rules: Rules, goal: Goal | None) -> Callable[[Trade], Terms]:
    """From a trade to the terms it makes of the list."""
    row = next(row for row in rules.edition.charges if row.id == rules.trade.commission)
    commission = row.text, Quantity(of=(str(row.of),))

    @cache
    def listed(months: int | None) -> Terms:
        if months is None:
            return priced.terms
        return priced.terms.model_copy(update={"clauses": clauses_over(priced, months, rules.edition)})

    def terms_of(trade: Trade) -> Terms:
        stands = trade.on(rules.on)
        return traded(listed(stands.months), stands, rules.trade, commission, goal, rules.kpis)

    return terms_of


def payoff_of(deal: Deal, odds: tuple[QuotedGoal, ...], kpis: Mapping[str, Kpi]) -> Payoff | None:
    """The payoff over the levels that the first goal's picture shows."""
    first = odds[0] if odds and odds[0].curve else None
    span = (first.curve[0][0], first.curve[-1][0]) if first else None
    return payoff(deal, first.goal if first else None, _term_goal(deal, kpis), span)


def _term_goal(deal: Deal, kpis: Mapping[str, Kpi]) -> Goal:
    """What stands in for a goal that sales do not move, or that has no number."""
    return Goal(kpi=kpis["roas_blended"], level=Decimal(1), months=(1, deal.months))


def _outlook(deal: Deal, odds: tuple[QuotedGoal, ...], kpis: Mapping[str, Kpi]) -> QuotedGoal | None:
    """What to draw where the first goal has no number: how likely each blended ROAS of the term is."""
    if odds and odds[0].curve:
        return None
    goal = _term_goal(deal, kpis)
    draws = WeighedDraws.of(goal, deal.counted, share_met(goal, deal.counted, deal.counted.scrambles).value)
    finite = draws.values[np.isfinite(draws.values)]
    if not finite.size:
        return None
    return QuotedGoal(
        goal=goal,
        words=None,
        open_definition=False,
        measurable=True,
        probability=None,
        promise=None,
        median=float(np.median(finite)),
        curve=curve_of(draws, float(goal.level)),
        density=density_of(finite),
    )


def _all_odds(
    goals: tuple[Goal, ...], brief: Brief, drawn: Outcomes, world: World, confidence: float
) -> tuple[QuotedGoal, ...]:
    pairs = zip(goals, brief.goals)
    return tuple(_odds(goal, words, brief, drawn, world, confidence) for goal, words in pairs)


def _odds(
    goal: Goal, words: GoalWords, brief: Brief, drawn: Outcomes, world: World, confidence: float
) -> QuotedGoal:
    known = forecast(goal, brief, drawn)
    bare = QuotedGoal(
        goal=goal,
        words=words.words,
        open_definition=words.kpi == OPEN_DEFINITION,
        measurable=measurable(goal.kpi, brief),
        probability=None,
        promise=None,
        median=None,
        curve=(),
        density=(),
        between=between_definitions(goal, brief, drawn, world) if words.kpi == OPEN_DEFINITION else None,
    )
    if not known:
        return bare
    probability = chance_on(goal, brief, drawn, world)
    draws = WeighedDraws.of(goal, drawn, probability.value)
    finite = draws.values[np.isfinite(draws.values)]
    shown = replace(bare, probability=probability, promise=draws.promise(confidence))
    if not finite.size:
        return shown
    return replace(
        shown,
        median=float(np.median(finite)),
        curve=curve_of(draws, float(goal.level)),
        density=density_of(finite),
    )


def _joint(odds: tuple[QuotedGoal, ...], brief: Brief, drawn: Outcomes, world: World) -> Probability | None:
    """All goals that have a probability, met in one draw; None where fewer than two have."""
    known = tuple(one.goal for one in odds if one.probability is not None)
    if len(known) < 2:
        return None
    if any(map(reads_money, known)):
        return share_of(np.all([goal.met(drawn) for goal in known], axis=0), drawn.scrambles)
    return world.chance_of_all(known, brief)
