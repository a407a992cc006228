"""Promises and trades as data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from estimator.market.summary import Estimate
from estimator.quoting.goal_seek import Needed
from estimator.quoting.negotiation import EqualTrade, NoTrade
from estimator.quoting.quote import Quote, chance, weighed
from estimator.quoting.reach import Reaching
from estimator.schemas.digits import digits, goal_named, money, probability_digits, spread
from estimator.values.money import plain

Reached = Sequence[Reaching | None]
"""What it would take for each goal of a quote, in their order; None where that cannot be said."""


def promise_json(quote: Quote, confidence: float, reached: Reached) -> dict[str, Any]:
    """What can be signed: each goal's safe level with its own probability, beside what was asked, and what
    it would take to reach that as surely."""
    return {
        **_heading(quote),
        "confidence": confidence,
        "break_even": None
        if quote.payoff is None or quote.payoff.break_even is None
        else {"kpi": quote.payoff.kpi.id, "level": digits(quote.payoff.break_even, 3)},
        "goals": [
            {**_promised(quote, index, confidence), "takes": _takes(found)}
            for index, found in enumerate(reached)
        ],
    }


def _heading(quote: Quote) -> dict[str, Any]:
    return {
        **quote.rules.heading,
        "scenario": quote.scenario,
        "engine": quote.engine,
        "seed": quote.seed,
        "points": quote.points,
    }


def _promised(quote: Quote, index: int, confidence: float) -> dict[str, Any]:
    odds = quote.goals[index]
    goal = odds.goal
    shown: dict[str, Any] = {
        **goal_named(goal),
        "definition_open": odds.open_definition,
        "requested": None,
        "safe_level": None,
        "ladder": [],
    }
    draws = weighed(quote, index)
    if odds.probability is None or draws is None:
        return shown
    level = draws.safe_level(confidence)
    shown["requested"] = probability_digits(odds.probability)
    if level is not None:
        at_safe = goal.model_copy(update={"level": Decimal(repr(level))})
        shown["safe_level"] = {"level": level, **probability_digits(chance(quote, at_safe))}
    ladder = []
    for share in LADDER:
        found = draws.safe_level(share)
        ladder.append({"confidence": share, "level": None if found is None else digits(found, 4)})
    shown["ladder"] = ladder
    shown["curve"] = [[digits(at, 4), round(share, 4)] for at, share in odds.curve]
    return shown


def _takes(found: Reaching | None) -> dict[str, Any] | None:
    if found is None:
        return None
    months = None if found.months is None else _needed(found.months, int)
    return {
        "probability": found.wanted,
        "stands": probability_digits(found.stands),
        "ad_budget": {"now": round(found.now, 2), **_needed(found.budget, float)},
        "last_month": months and {"now": found.goal.months[1], "contract": found.contract, **months},
    }


def _needed(needed: Needed, shown: Callable[[float], float]) -> dict[str, Any]:
    return {
        "found": None if needed.found is None else shown(float(needed.found)),
        "reason": needed.reason,
        "tried": [shown(float(end)) for end in needed.tried],
        "nearest": {"at": shown(float(needed.nearest)), **probability_digits(needed.chance)},
    }


def trade_json(quote: Quote, base: Decimal | None, found: Sequence[EqualTrade | NoTrade]) -> dict[str, Any]:
    """The list, with its ``base`` fee, and every trade of equal value at another one."""
    return {
        **_heading(quote),
        "currency": quote.currency,
        "months": quote.months,
        "monthly_price": money(quote.monthly_price),
        "base_fee": None if base is None else plain(base),
        "trades": [_traded(trade) for trade in found],
    }


def _traded(found: EqualTrade | NoTrade) -> dict[str, Any]:
    if isinstance(found, NoTrade):
        return {"for": found.means, "possible": False, "reason": found.reason}
    trade = found.trade
    return {
        "for": found.means,
        "possible": True,
        "base": plain(trade.base or Decimal(0)),
        "added_commission": None if trade.commission is None else plain(trade.commission),
        "bonus": None if trade.bonus is None else plain(trade.bonus),
        "months": trade.months,
        "exact": found.exact,
        "risk_price": found.risk_price,
        "worth_before": money(found.before),
        "worth_after": money(found.after),
        "income_change": _estimate(found.income),
        "seller_cost_a_month": {"before": spread(found.cost_before), "after": spread(found.cost_after)},
    }


def _estimate(estimate: Estimate) -> dict[str, float]:
    return {"mean": money(estimate.value), "error": money(estimate.error)}


LADDER = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
