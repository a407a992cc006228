"""A paid test as data."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer, WithJsonSchema

from estimator.contract.facts import Band
from estimator.quoting.pilot import Pilot, Result, ValueOfInformation
from estimator.quoting.quote import Quote
from estimator.schemas.digits import Digits3, Money, Places3, probability_digits, safe_digits
from estimator.schemas.parts import Chance, NamedGoal, Range, Run, run_fields
from estimator.schemas.record import Record

Price = Annotated[
    Decimal,
    PlainSerializer(lambda amount: f"{amount:f}", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "description": "An exact price."}),
]
"""An exact price with the decimals it was worked to, in the answer's currency."""


class News(Chance):
    """What would be quoted on knowing more: the goal's probability and safe level, price and profit."""

    safe_level: float | None
    difficulty: Band | None
    monthly_price: Price | None
    seller_profit: Money

    @classmethod
    def after(cls, news: Result, at_least: bool) -> News:
        return cls(
            **probability_digits(news.chance),
            safe_level=None if news.safe is None else safe_digits(news.safe, at_least),
            difficulty=news.band,
            monthly_price=news.price,
            seller_profit=news.profit,
        )


class Knowledge(Record):
    """What a test or a history settles of a goal, as shares of its variance, and its worth in money."""

    goal: NamedGoal
    confidence: float
    settles: Places3
    settled_by_history: Places3
    now: News
    poor: News
    middling: News
    good: News
    safe_level_mean: float | None
    monthly_price_mean: Money | None
    difficulty: dict[Band, Places3]
    stop_probability: Places3
    worth: Money

    @classmethod
    def of(cls, value: ValueOfInformation) -> Knowledge:
        at_least = value.goal.at_least
        poor, middling, good = (News.after(news, at_least) for news in value.news)
        return cls(
            goal=NamedGoal.of(value.goal),
            confidence=value.confidence,
            settles=value.weight,
            settled_by_history=value.held,
            now=News.after(value.now, at_least),
            poor=poor,
            middling=middling,
            good=good,
            safe_level_mean=None if value.safe is None else safe_digits(value.safe, at_least),
            monthly_price_mean=None if value.price is None else float(value.price),
            difficulty=dict(value.bands),
            stop_probability=value.stop,
            worth=value.worth,
        )


class Trial(Record):
    """The test itself: its length in weeks, orders, what it costs, and what the seller keeps of it."""

    weeks: float
    ad_spend: Money
    orders: Digits3
    fee: Price
    seller_result: Range
    loss_probability: Chance
    net_worth: Money


class PilotAnswer(Run):
    """A pilot of a quote; money is in ``currency``, shares and probabilities are 0 to 1."""

    currency: str
    months: int
    pilot: Trial
    after_pilot: Knowledge
    after_three_months_of_history: Knowledge


def pilot_json(quote: Quote, tested: Pilot, history: ValueOfInformation) -> PilotAnswer:
    """The pilot as data."""
    return PilotAnswer(
        **run_fields(quote),
        currency=quote.currency,
        months=tested.value.months,
        pilot=Trial(
            weeks=tested.weeks,
            ad_spend=tested.spend,
            orders=tested.orders,
            fee=tested.fee,
            seller_result=Range.of(tested.result),
            loss_probability=Chance.of(tested.loss_probability),
            net_worth=tested.net,
        ),
        after_pilot=Knowledge.of(tested.value),
        after_three_months_of_history=Knowledge.of(history),
    )
