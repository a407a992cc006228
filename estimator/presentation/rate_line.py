"""A rate of exchange in words."""

from __future__ import annotations

from estimator.presentation.words import Words
from estimator.schemas.record import StatedRate
from estimator.values.exchange import ExchangeRate
from estimator.values.money import plain


def rate_line(rate: ExchangeRate | StatedRate, words: Words) -> str:
    """The rate at which amounts were converted, its source and day, and who bears a change."""
    return words.say(
        "Converted at {rate} ({source}, {day}); a change until payment is borne by {bearer}.",
        rate=f"1 {rate.base} = {plain(rate.rate)} {rate.currency}",
        source=words.cited(rate.source),
        day=words.date(rate.as_of),
        bearer=words.of(rate.bearer),
    )
