"""Negotiation: trades of equal value, and what a clause is worth.

Everything is worked on the draws of one deal through the one ``fees`` function; only terms change. What a
trade keeps is the agency's income, or over a longer term, which takes more work, its margin. Either is
valued at its mean less a price of risk times the shortfall of its worst fifth: a spectral measure (Acerbi
2002), so a term that pays more in every outcome is never valued lower.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import Literal

from estimator.brief.goals import MOST_MONTHS, Goal, Probability
from estimator.contract.charges import Fixed, ShareOf
from estimator.contract.terms import Terms
from estimator.contract.trade import Trade, TradeRules
from estimator.earnings.deal import Deal
from estimator.market.summary import Estimate, Spread, share_of, tail_mean
from estimator.values.money import Array

Means = Literal["commission", "bonus", "term"]
MEANS: tuple[Means, ...] = ("commission", "bonus", "term")
Clause = Literal["bonus", "refund", "protection"]
WORST = 0.2
"""The share of outcomes whose shortfall risk is priced by."""
TAIL = 0.05
POINT = Decimal("0.001")
"""The step of a commission that can be said aloud: a tenth of a point."""
Reason = Literal["no_goal", "never_reached", "goal_after_term", "no_room", "no_cost", "no_base", "not_lower"]
Terming = Callable[[Trade], Terms]
Lengthened = Callable[[int], Deal]


def worth(income: Array, risk_price: float) -> float:
    """The value of an income by draw: its mean less ``risk_price`` of what its worst fifth falls short.

    >>> import numpy as np
    >>> income = np.array([0.0, 10.0, 10.0, 10.0, 20.0])
    >>> worth(income, 0.0), worth(income, 0.5)
    (10.0, 5.0)
    """
    mean = float(income.mean())
    if not risk_price:
        return mean
    # docs/model.md (M54): not the variance, which would punish a gain
    return mean - risk_price * (mean - tail_mean(income, WORST))


@dataclass(frozen=True, kw_only=True)
class EqualTrade:
    """A lower base and what keeps the agency's income, valued at ``risk_price``.

    ``exact`` is the solution before rounding (added rate, amount, or months); ``trade`` is rounded in the
    agency's favour, so ``after`` is at least ``before`` up to the error: both are worths of what is kept, the
    income of the term, or the margin where the term grows longer. ``income`` is the mean of the rounded trade
    less that of the list, with its error. ``cost_before`` and ``cost_after`` are the seller's fee a month,
    ``margins`` the agency's mean margins of the term, None where its cost is not known here.
    """

    means: Means
    trade: Trade
    exact: float
    risk_price: float
    before: float
    after: float
    income: Estimate
    cost_before: Spread
    cost_after: Spread
    margins: tuple[float, float] | None
    deal: Deal


@dataclass(frozen=True, kw_only=True)
class NoTrade:
    """Why there is no such trade; ``most`` is the bound it would go beyond: a rate, an amount or months."""

    means: Means
    reason: Reason
    most: float | None = None


def equal_trade(
    deal: Deal,
    base: Decimal,
    means: Means,
    *,
    terms_of: Terming,
    goal: Goal | None,
    rules: TradeRules,
    risk_price: float = 0.0,
    held: Trade = Trade(),  # noqa: B008 - frozen
    lengthened: Lengthened | None = None,
) -> EqualTrade | NoTrade:
    """What keeps the agency's income when the base fee is ``base`` a month.

    ``terms_of`` makes terms of a trade, ``held`` is what is agreed besides, ``lengthened`` gives the deal
    of the list's terms on outcomes of more months, for a trade of term.
    """
    listed = base_of(deal.terms, rules)
    if listed is None or base >= listed:
        return NoTrade(means=means, reason="no_base" if listed is None else "not_lower")
    lower = held.model_copy(update={"base": base})
    target = worth(deal.income, risk_price)

    def valued(trade: Trade) -> float:
        return worth(deal.under(terms_of(trade)).income, risk_price)

    if means == "term":
        return _longer(deal, lower, terms_of, risk_price, lengthened)
    if means == "bonus":
        if goal is None:
            return NoTrade(means=means, reason="no_goal")
        if goal.months[1] > deal.months:
            return NoTrade(means=means, reason="goal_after_term")
        if not goal.met(deal.counted).any():
            return NoTrade(means=means, reason="never_reached")
    # docs/model.md (M55): on the draws of the list, so that their noise cancels
    most = _most(deal, means, rules, target - valued(lower))
    exact = _solved(lambda x: valued(_with(lower, means, x)) - target, most, target)
    if exact is None:
        bound = float(rules.most_rate) if means == "commission" else most
        return NoTrade(means=means, reason="no_room", most=bound)
    trade = _rounded(lower, means, exact, rules)
    after = deal.under(terms_of(trade))
    worths = target, worth(after.income, risk_price)
    return _equal(deal, after, means, trade, exact, risk_price, worths)


def _with(trade: Trade, means: Means, x: float) -> Trade:
    """The trade with ``x`` as its commission or bonus, exactly."""
    field = "commission" if means == "commission" else "bonus"
    return trade.model_copy(update={field: Decimal(repr(max(x, 0.0)))})


def _most(deal: Deal, means: Means, rules: TradeRules, given: float) -> float:
    """The most that is offered: points up to the highest rate, or a multiple of what is ``given`` up."""
    if means == "bonus":
        return float(rules.bonus.most) * given
    rates = [
        float(max(charge.tiers.rate))
        for charge in deal.terms.charges
        if isinstance(charge, ShareOf) and charge.id == rules.commission
    ]
    return max(float(rules.most_rate) - max(rates, default=0.0), 0.0)


def _solved(miss: Callable[[float], float], most: float, scale: float) -> float | None:
    """The least x from 0 at which ``miss``, which never falls, reaches zero; None beyond ``most``.

    Most trades are straight lines, which the first chord solves exactly; what a bound or a risk bends is
    left to Brent. Zero is a billionth of ``scale``.
    """
    from scipy.optimize import brentq

    near = 1e-9 * max(scale, 1.0)
    low, below = 0.0, miss(0.0)
    if below >= -near:
        return 0.0
    high = min(most, 0.05 if most <= 1 else 1_000.0)
    while (above := miss(high)) < -near:
        if high >= most:
            return None
        slope = (above - below) / (high - low)
        low, below = high, above
        high = min(most, high - above / slope if slope > 0 else high * 4)
    if above <= near:
        return high
    chord = low - below * (high - low) / (above - below)
    if abs(miss(chord)) <= near:
        return chord
    return float(brentq(miss, low, high, xtol=1e-12 * max(1.0, high), rtol=1e-12))


def _rounded(trade: Trade, means: Means, exact: float, rules: TradeRules) -> Trade:
    """The trade as it is signed: up to a tenth of a point, or to the bonus's step."""
    step = POINT if means == "commission" else rules.bonus.step
    value = (Decimal(repr(exact)) / step).quantize(Decimal("1e-6")).to_integral_value(ROUND_CEILING) * step
    field = "commission" if means == "commission" else "bonus"
    return trade.model_copy(update={field: value or None})


def _equal(
    before: Deal,
    after: Deal,
    means: Means,
    trade: Trade,
    exact: float,
    risk_price: float,
    worths: tuple[float, float],
) -> EqualTrade:
    change = Estimate.of(after.income - before.income, before.outcomes.scrambles)
    margins = before.margin, after.margin
    return EqualTrade(
        means=means,
        trade=trade,
        exact=exact,
        risk_price=risk_price,
        before=worths[0],
        after=worths[1],
        income=change,
        cost_before=Spread.of(before.fee / before.months),
        cost_after=Spread.of(after.fee / after.months),
        margins=None
        if margins[0] is None or margins[1] is None
        else (float(margins[0].mean()), float(margins[1].mean())),
        deal=after,
    )


def _longer(
    deal: Deal, lower: Trade, terms_of: Terming, risk_price: float, lengthened: Lengthened | None
) -> EqualTrade | NoTrade:
    """The fewest months over which the lower base leaves the margin that the list leaves in its own."""
    if lengthened is None or deal.margin is None:
        return NoTrade(means="term", reason="no_cost")
    target = worth(deal.margin, risk_price)

    def over(months: int) -> Deal:
        trade = lower.model_copy(update={"months": months})
        return replace(reached, months=months).under(terms_of(trade))

    def kept(months: int) -> float:
        margin = over(months).margin
        assert margin is not None
        # docs/model.md (M55): the work of the added months is paid for before anything is gained
        return worth(margin, risk_price)

    reached, low, high = deal, deal.months, deal.months
    while kept(high) < target - 1e-9:
        if high == MOST_MONTHS:
            return NoTrade(means="term", reason="no_room", most=float(MOST_MONTHS))
        low, high = high + 1, min(high * 2, MOST_MONTHS)
        reached = lengthened(high)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if kept(middle) >= target - 1e-9 else (middle + 1, high)
    trade = lower.model_copy(update={"months": high})
    return _equal(deal, over(high), "term", trade, float(high), risk_price, (target, kept(high)))


@dataclass(frozen=True, kw_only=True)
class ClauseValue:
    """What one clause is worth over the term, by draw of the deal.

    ``pays`` is the probability that it pays anything, ``fair`` its mean, ``risk_charge`` what bearing it
    is worth at the price of risk, ``typical`` what it pays when it pays, ``tail`` the mean of its dearest
    twentieth, ``largest`` the largest draw. ``seller`` is what the seller's profit changes by in the tenth,
    the middle and the nine tenths of outcomes when the clause is bought at fair value plus the charge;
    ``monthly`` that price a month. A bonus pays the agency; everything else pays the seller.
    """

    clause: Clause
    to_agency: bool
    pays: Probability
    fair: Estimate
    risk_charge: float
    typical: float
    tail: float
    largest: float
    monthly: float
    seller: Spread
    deal: Deal


def clause_value(
    deal: Deal,
    clause: Clause,
    trade: Trade,
    *,
    terms_of: Terming,
    risk_price: float,
) -> ClauseValue | None:
    """The value of the clause that ``trade`` adds to ``deal``; None where the terms cannot carry it."""
    terms = terms_of(trade)
    if not any(charge.id == clause for charge in terms.charges):
        return None
    after = deal.under(terms)
    change = after.income - deal.income
    to_agency = clause == "bonus"
    paid = change if to_agency else -change
    scrambles = deal.outcomes.scrambles
    hits = paid > 0.005
    # docs/model.md (M56): what bearing the clause costs beyond its mean
    charge = worth(deal.income, risk_price) - worth(after.income, risk_price) + float(change.mean())
    fair = Estimate.of(paid, scrambles)
    price = fair.value + (charge if not to_agency else 0.0)
    seller = (paid - price) if not to_agency else (price - paid)
    return ClauseValue(
        clause=clause,
        to_agency=to_agency,
        pays=share_of(hits, scrambles),
        fair=fair,
        risk_charge=charge,
        typical=float(paid[hits].mean()) if hits.any() else 0.0,
        tail=-tail_mean(-paid, TAIL),
        largest=float(paid.max()),
        monthly=price / deal.months,
        seller=Spread.of(seller),
        deal=after,
    )


def base_of(terms: Terms, rules: TradeRules) -> Decimal | None:
    """The base fee a month that can be traded; None where the terms have none."""
    amounts = [c.amount for c in terms.charges if c.id == rules.base and isinstance(c, Fixed)]
    return amounts[0] if amounts else None
