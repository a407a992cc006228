"""A discount in words: on the client's paper, and in the box in which it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from estimator.contract.discount import DiscountRule
from estimator.presentation.fact_words import agreed
from estimator.presentation.words import Words, mark
from estimator.quoting.quote import Quote
from estimator.schemas.proposal import Discounted


def discount_said(discount: Discounted, currency: str, words: Words) -> str:
    """What is off the base fee, why, and until when."""
    return words.say(
        "{share} off the base fee, {reason}: {offered} a month instead of {listed}, if you agree by {day}.",
        share=words.rate(discount.share),
        reason=words.of(discount.reason),
        offered=agreed(discount.offered, currency, words),
        listed=agreed(discount.listed, currency, words),
        day=words.date(discount.until.isoformat()),
    )


@dataclass(frozen=True, kw_only=True)
class DiscountWords:
    """Labels of the box; ``said`` is the discount that stands, empty where none does."""

    button: str
    title: str
    lead: str
    share: str
    reason: str
    reasons: Mapping[str, str]
    until: str
    give: str
    take_back: str
    said: str


def discount_words(quote: Quote, rule: DiscountRule, words: Words) -> DiscountWords:
    """The words of the box for one quote."""
    return DiscountWords(
        button=words.say("Discount"),
        title=words.say("A discount on the base fee"),
        lead=words.say(
            "Up to {most} for up to {days} days; somebody approves it before it is sent. A trade keeps our "
            "income, a discount does not.",
            most=words.rate(rule.most),
            days=rule.days,
        ),
        share=words.say("Percent off"),
        reason=words.say("Reason, printed on the quote"),
        reasons={reason.id: words.of(reason.label) for reason in rule.reasons},
        until=words.say("Can be taken until"),
        give=words.say("Give the discount"),
        take_back=words.say("Take it back"),
        said=discount_given(quote, words),
    )


def discount_given(quote: Quote, words: Words) -> str:
    """The discount that stands; empty where none does."""
    given = quote.trade.discount
    if given is None:
        return ""
    return words.say(
        mark("It ended on {day} and no longer counts.")
        if given.ended(quote.rules.on)
        else mark("{share} off until {day}, {reason}."),
        share=words.rate(given.share),
        day=words.date(given.until.isoformat()),
        reason=words.of(quote.rules.trade.discount.reason(given.reason)),
    )
