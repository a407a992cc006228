"""A paid test as data."""

from __future__ import annotations

from typing import Any

from estimator.quoting.pilot import Knowing, News, Pilot
from estimator.quoting.quote import Quote
from estimator.schemas.digits import digits, goal_named, money, probability_digits, safe_digits, spread
from estimator.schemas.heading import heading


def pilot_json(quote: Quote, found: Pilot, history: Knowing) -> dict[str, Any]:
    """The pilot as data; money is in ``currency``, shares and probabilities are 0 to 1."""
    return {
        **heading(
            quote.rules,
            scenario=quote.scenario,
            engine=quote.engine,
            seed=quote.seed,
            points=quote.points,
        ),
        "currency": quote.currency,
        "months": found.knowing.months,
        "pilot": {
            "weeks": found.weeks,
            "ad_spend": money(found.spend),
            "orders": digits(found.orders, 3),
            "fee": f"{found.fee:f}",
            "seller_result": spread(found.result),
            "loss_probability": probability_digits(found.loss_probability),
            "net_worth": money(found.net),
        },
        "after_pilot": _known(found.knowing),
        "after_three_months_of_history": _known(history),
    }


def _known(knowing: Knowing) -> dict[str, Any]:
    return {
        "goal": goal_named(knowing.goal),
        "confidence": knowing.confidence,
        "settles": round(knowing.weight, 3),
        "settled_by_history": round(knowing.held, 3),
        "now": _news(knowing.now, knowing),
        **{name: _news(news, knowing) for name, news in zip(("poor", "middling", "good"), knowing.news)},
        "safe_level_mean": None if knowing.safe is None else safe_digits(knowing.safe, knowing.goal.at_least),
        "monthly_price_mean": None if knowing.price is None else money(float(knowing.price)),
        "difficulty": {band: round(share, 3) for band, share in knowing.bands},
        "stop_probability": round(knowing.stop, 3),
        "worth": money(knowing.worth),
    }


def _news(news: News, knowing: Knowing) -> dict[str, Any]:
    return {
        **probability_digits(news.chance),
        "safe_level": None if news.safe is None else safe_digits(news.safe, knowing.goal.at_least),
        "difficulty": news.band,
        "monthly_price": None if news.price is None else f"{news.price:f}",
        "seller_profit": money(news.profit),
    }
