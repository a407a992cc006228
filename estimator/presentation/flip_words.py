"""Tipping points in words: the single change that brings a chance across one half."""

from __future__ import annotations

from decimal import Decimal
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
        middle, at = (
            words.money(Decimal(f"{value:.2f}"), currency, digits=places) for value in (flip.middle, flip.at)
        )
    else:
        label = words.within(assumption_name(flip.name, words))
        middle, at = (point_words(flip.row, value, words) for value in (flip.middle, flip.at))
    message = (
        mark("The chance of {what} falls under 50% with {label} at {at} instead of {middle}.")
        if likely
        else mark("The chance of {what} passes 50% with {label} at {at} instead of {middle}.")
    )
    return words.say(message, what=what, label=label, middle=middle, at=at)
