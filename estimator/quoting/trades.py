"""Trades of a quote: what keeps the list's worth at another base, the clauses it may carry, and agreeing.

What is agreed is bound to the facts it is agreed on; after they have changed it is worked out anew.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from estimator.brief.meaning import asked_goals
from estimator.contract.agreement import Agreement, facts_of
from estimator.contract.trade import Trade
from estimator.earnings.deal import Deal
from estimator.market.points import QUOTED, Points
from estimator.quoting.listing import clause_goal, horizon_of, listed_months_of
from estimator.quoting.make import make, terming
from estimator.quoting.negotiation import (
    Clause,
    ClauseValue,
    EqualTrade,
    Means,
    NoTrade,
    base_of,
    clause_value,
    equal_trade,
)
from estimator.quoting.quote import Quote, deal_of, deal_under
from estimator.rules.rules import Rules
from estimator.values.money import CENT, round_half_up


def equal(
    quote: Quote,
    base: Decimal,
    means: Means,
    risk_price: float = 0.0,
    points: Points = QUOTED,
) -> EqualTrade | NoTrade:
    """What keeps the income of the list when the base fee is ``base`` a month; agreed clauses stay in."""
    goal = clause_goal(tuple(odds.goal for odds in quote.goals if odds.probability))
    terms_of = terming(quote.priced, quote.rules, goal)
    held = quote.trade.model_copy(update=quote.trade.given)
    listed = replace(quote, terms=terms_of(held), trade=held, months=listed_months_of(quote.brief))

    def lengthened(months: int) -> Deal:
        return deal_of(replace(listed, horizon=max(months, listed.horizon)), points)

    return equal_trade(
        deal_of(listed, points),
        base,
        means,
        terms_of=terms_of,
        goal=goal,
        rules=quote.rules.trade,
        risk_price=risk_price,
        held=held,
        lengthened=lengthened,
    )


def base_before(quote: Quote) -> Decimal | None:
    """The base fee a month before anything was agreed against it; None where there is none."""
    if quote.trade.base is None:
        return base_of(quote.terms, quote.rules.trade)
    goal = clause_goal(asked_goals(quote.brief, quote.rules.kpis))
    before = quote.trade.model_copy(update=quote.trade.given)
    return base_of(terming(quote.priced, quote.rules, goal)(before), quote.rules.trade)


@dataclass(frozen=True, kw_only=True)
class ClauseOffer:
    """A clause with its value, the ``amount`` that describes it, and the trade that puts it in at its price.

    ``amount`` is the bonus, the share paid back, or the share of the goal that is protected. ``base`` is
    what the base fee a month changes by; ``trade`` is the quote's own without the clause where it is in.
    """

    value: ClauseValue
    amount: Decimal
    base: Decimal
    trade: Trade
    held: bool


def clause_offers(quote: Quote, risk_price: float) -> tuple[ClauseOffer, ...]:
    """The clauses that the first goal can carry, each priced at its fair value and the charge for its risk.

    A bonus is sized to what a tenth of the base is worth; one that is agreed stays as it is.
    """
    rules = quote.rules.trade
    goal = clause_goal(tuple(odds.goal for odds in quote.goals if odds.probability))
    base = base_of(quote.terms, rules)
    if goal is None or base is None:
        return ()
    terms_of = terming(quote.priced, quote.rules, goal)
    bare = quote.trade.model_copy(update={"refund": None, "protection": False, "bonus": None})
    plain = deal_of(replace(quote, terms=terms_of(bare), trade=bare))
    clauses: list[tuple[Clause, Decimal, dict[str, Any]]] = []
    lower = _stepped(base * Decimal("0.9"), quote.rules)
    bonus = quote.trade.bonus
    if not bonus:
        sized = equal_trade(
            plain, lower, "bonus", terms_of=terms_of, goal=goal, rules=rules, risk_price=risk_price, held=bare
        )
        bonus = sized.trade.bonus if isinstance(sized, EqualTrade) else None
    if bonus:
        clauses.append(("bonus", bonus, {"bonus": bonus}))
    clauses.append(("refund", rules.refund.back, {"refund": rules.refund.back}))
    clauses.append(("protection", rules.protection.tolerance, {"protection": True}))
    offers = []
    for clause, amount, added in clauses:
        value = clause_value(
            plain, clause, bare.model_copy(update=added), terms_of=terms_of, risk_price=risk_price
        )
        if value is None:
            continue
        held = bool(getattr(quote.trade, clause))
        change = lower - base if value.to_agency else _stepped(Decimal(repr(value.monthly)), quote.rules)
        without: dict[str, Any] = {clause: False if clause == "protection" else None}
        put_in = {**added, "base": base + change}
        trade = quote.trade.model_copy(update={**(without if held else put_in)})
        offers.append(ClauseOffer(value=value, amount=amount, base=change, trade=trade, held=held))
    return tuple(offers)


def _stepped(amount: Decimal, rules: Rules) -> Decimal:
    """An amount on the step that base fees are rounded to."""
    rounding = rules.edition.heading.rounding.get(rules.trade.base)
    return round_half_up(amount, rounding.step if rounding else Decimal(1))


def bound(quote: Quote, trade: Trade, at: dt.datetime) -> Trade:
    """``trade`` as agreed ``at`` an instant: with the facts of the quote, and what it comes to on them."""
    if trade.empty:
        return Trade()
    rules, brief = quote.rules, quote.brief
    terms_of = terming(quote.priced, rules, clause_goal(asked_goals(brief, rules.kpis)))
    signed, listed = terms_of(trade), terms_of(Trade(months=trade.months))
    months = signed.months or listed_months_of(brief)
    horizon = max(horizon_of(brief), months)
    deal = deal_under(brief, quote.world, signed, quote.drawn, months=months, horizon=horizon)
    agreement = Agreement(
        at=at,
        facts=facts_of(brief),
        edition=rules.edition.id,
        months=months,
        price=signed.fixed("month"),
        list_price=quote.priced.monthly,
        fees=_monthly(deal),
        list_fees=_monthly(deal.under(listed)),
    )
    return trade.model_copy(update={"agreed": agreement})


def _monthly(deal: Deal) -> Decimal:
    """The expected fee a month, to the cent."""
    return round_half_up(Decimal(repr(max(float(deal.fee.mean()) / deal.months, 0.0))), CENT)


def renewed(quote: Quote, risk_price: float = 0.0) -> Trade | NoTrade:
    """The same give and take on the facts of today: the base or the share that was given, and for it what
    keeps the list's worth now. Clauses are priced anew; a discount takes its share of the new list.
    """
    trade, points = quote.trade.bare, quote.drawn
    if trade.base is None:
        return trade
    taken: dict[Means, Any] = {"commission": trade.commission, "bonus": trade.bonus, "term": trade.months}
    means = next((name for name, value in taken.items() if value), None)
    if means is not None:
        found = equal(quote, trade.base, means, risk_price, points)
        return found.trade.bare if isinstance(found, EqualTrade) else found
    clauses = [name for name, held in (("refund", trade.refund), ("protection", trade.protection)) if held]
    anew = Trade(discount=trade.discount)
    for clause in clauses:
        quoted = make(
            quote.brief,
            quote.rules,
            scenario=quote.scenario,
            points=points,
            trade=anew,
            overrides=quote.overrides,
            ask=False,
        )
        offers = clause_offers(quoted, risk_price)
        anew = next((offer.trade for offer in offers if offer.value.clause == clause), anew)
    return anew if clauses else trade
