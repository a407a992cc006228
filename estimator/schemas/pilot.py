"""A paid test as data."""

from __future__ import annotations

from typing import Any

from estimator.quoting.pilot import Pilot, Result, ValueOfInformation
from estimator.quoting.quote import Quote
from estimator.schemas.digits import digits, goal_named, money, probability_digits, safe_digits, spread


def pilot_json(quote: Quote, found: Pilot, history: ValueOfInformation) -> dict[str, Any]:
    """The pilot as data; money is in ``currency``, shares and probabilities are 0 to 1."""
    return {
        **quote.rules.heading,
        "scenario": quote.scenario,
        "engine": quote.engine,
        "seed": quote.seed,
        "points": quote.points,
        "currency": quote.currency,
        "months": found.value.months,
        "pilot": {
            "weeks": found.weeks,
            "ad_spend": money(found.spend),
            "orders": digits(found.orders, 3),
            "fee": f"{found.fee:f}",
            "seller_result": spread(found.result),
            "loss_probability": probability_digits(found.loss_probability),
            "net_worth": money(found.net),
        },
        "after_pilot": _known(found.value),
        "after_three_months_of_history": _known(history),
    }


def _known(value: ValueOfInformation) -> dict[str, Any]:
    return {
        "goal": goal_named(value.goal),
        "confidence": value.confidence,
        "settles": round(value.weight, 3),
        "settled_by_history": round(value.held, 3),
        "now": _news(value.now, value),
        **{name: _news(news, value) for name, news in zip(("poor", "middling", "good"), value.news)},
        "safe_level_mean": None if value.safe is None else safe_digits(value.safe, value.goal.at_least),
        "monthly_price_mean": None if value.price is None else money(float(value.price)),
        "difficulty": {band: round(share, 3) for band, share in value.bands},
        "stop_probability": round(value.stop, 3),
        "worth": money(value.worth),
    }


def _news(news: Result, value: ValueOfInformation) -> dict[str, Any]:
    return {
        **probability_digits(news.chance),
        "safe_level": None if news.safe is None else safe_digits(news.safe, value.goal.at_least),
        "difficulty": news.band,
        "monthly_price": None if news.price is None else f"{news.price:f}",
        "seller_profit": money(news.profit),
    }
