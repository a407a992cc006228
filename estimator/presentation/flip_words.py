"""Tipping points in words: the single change that brings a chance across one half."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Protocol

from estimator.market.assumptions import Assumption
from estimator.presentation import labels
from estimator.presentation.assumptions import assumption_name, point_words
from estimator.presentation.words import Words, mark


class Tipping(Protocol):
    """A change that tips a chance: of an assumption, or of a fact where there is no row."""

    @property
    def name(self) -> str: ...
    @property
    def row(self) -> Assumption | None: ...
    @property
    def middle(self) -> float: ...
    @property
    def at(self) -> float: ...


def flip_line(flip: Tipping, what: str, currency: str, words: Words, *, likely: bool) -> str:
    """The sentence for one change; ``likely`` where the chance of ``what`` is one half or more today."""
    if flip.row is None:
        label = words.within(labels.label(words, flip.name))
        places = 0 if flip.name == "ad_budget" else 2
        middle = words.money(Decimal(f"{flip.middle:.2f}"), currency, digits=places)
        at = _remedy(flip, currency, words)
    else:
        label = words.within(assumption_name(flip.name, words))
        middle, at = (point_words(flip.row, value, words) for value in (flip.middle, flip.at))
    message = (
        mark("The chance of {what} falls under 50% with {label} at {at} instead of {middle}.")
        if likely
        else mark("The chance of {what} passes 50% with {label} at {at} instead of {middle}.")
    )
    return words.say(message, what=what, label=label, middle=middle, at=at)


def _remedy(flip: Tipping, currency: str, words: Words) -> str:
    """Where a fact tips, at the two digits it is known to, rounded away from what it is now."""
    at = Decimal(f"{flip.at:.2f}")
    last = Decimal(1).scaleb(at.adjusted() - 1)
    away = ROUND_CEILING if flip.at > flip.middle else ROUND_FLOOR
    rounded = (at / last).to_integral_value(rounding=away) * last
    return words.money(rounded, currency, digits=2 if last < 1 else 0)
