"""Ranges: what is said as from … to, about, up to or or more, around any kind of figure.

Nobody says how far "about" goes, so it is decided here, once: about is a tenth to either side, up to is the
upper half of the way there, or more is half as much again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from estimator.values.errors import fail
from estimator.values.money import plain
from estimator.values.typed.lexicon import either, normal, shown, without, words
from estimator.values.typed.numerals import neighbours

ABOUT = Decimal("0.1")
HALF = Decimal("0.5")
ONE = Decimal(1)
PERCENT = Decimal("0.01")
LEAST_SHARE = 100
"""A lower end that shares no multiple with the upper one is at least a hundredth of it: 500-2k, not 5-2万."""

Side = Literal["", "about", "up_to", "or_more"]
_SIDES: tuple[Side, ...] = ("about", "up_to", "or_more")
_SIGNS = words("between", "signs")
_JOINED = words("between", "joined")


@dataclass(frozen=True, kw_only=True)
class Range:
    """What lies somewhere from ``low`` to ``high``; of ``whole`` things both are whole.

    >>> Range(low=Decimal(20_000), high=Decimal(30_000)).middle
    Decimal('25000')
    """

    low: Decimal
    high: Decimal
    whole: bool = False

    @property
    def middle(self) -> Decimal:
        """The figure that is counted, halfway between the ends; of ``whole`` things the next whole one."""
        middle = (self.low + self.high) / 2
        return middle.quantize(Decimal(1), rounding=ROUND_HALF_UP) if self.whole else middle

    @property
    def told(self) -> Decimal | int | Range:
        """The figure alone where both ends are the same."""
        if self.low != self.high:
            return self
        return int(self.low) if self.whole else self.low

    def within(self, most: Decimal) -> Range:
        """The range, no end above ``most``."""
        return replace(self, low=min(self.low, most), high=min(self.high, most))


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure as it was said: its number, the multiples it names, and its mark, a currency or a sign."""

    value: Decimal
    multiples: tuple[int, ...] = ()
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """One figure, twice, or the two ends of a range; ``side`` says what stood beside a single one."""

    low: Figure
    high: Figure
    side: Side = ""

    @property
    def single(self) -> bool:
        """Whether one figure was said, exactly."""
        return self.low == self.high and not self.side

    def range(self, worth: Callable[[Figure], Decimal]) -> Range:
        """The range that is meant, each figure being ``worth`` so much."""
        low, high = worth(self.low), worth(self.high)
        if self.side == "about":
            low, high = low * (1 - ABOUT), high * (1 + ABOUT)
        elif self.side == "up_to":
            low = low * HALF
        elif self.side == "or_more":
            high = high * (1 + HALF)
        return Range(low=low, high=high)


def spoken(text: str, figure: Callable[[str], Figure | None]) -> Spoken | None:
    """What a text says, each of its figures read by ``figure``; None where it says none.

    Raises ``QuotecastError`` of ``range_falls`` and what ``figure`` raises.
    """
    written = normal(text)
    if one := figure(written):
        return Spoken(low=one, high=one)
    if ends := _ends(written, figure):
        return ends
    for side in _SIDES:
        body, found = without(side, written)
        if not found:
            continue
        if one := figure(body):
            return Spoken(low=one, high=one, side=side)
        if side == "about" and (inner := spoken(body, figure)):
            return inner
    return None


def one_of(said: Spoken, text: str, worth: Callable[[Figure], Decimal], unit: Decimal = ONE) -> Decimal:
    """The one figure that is needed; ``unit`` is what it is said in, a hundredth for shares.

    Raises ``QuotecastError`` of ``one_figure`` for a range.
    """
    meant = said.range(worth)
    if not said.single:
        middle = plain(meant.middle / unit) + ("" if unit == ONE else "%")
        raise fail("one_figure", "", found=shown(text), middle=middle)
    return meant.low


def level_of(
    said: Spoken, text: str, better: str, worth: Callable[[Figure], Decimal], unit: Decimal = ONE
) -> Decimal:
    """The level that a goal asks for; what it is meant as anyway, such as or more, may be said.

    Raises ``QuotecastError`` of ``one_figure`` for a range and ``wrong_side`` for a level said the other way.
    """
    if said.low != said.high:
        return one_of(said, text, worth, unit)
    if said.side == ("up_to" if better == "higher" else "or_more"):
        raise fail("wrong_side", "", found=shown(text), sign="≥" if better == "higher" else "≤")
    return worth(said.low)


def _ends(text: str, figure: Callable[[str], Figure | None]) -> Spoken | None:
    body, between = without("between", text)
    body, closed = without("between", body)
    if pair := neighbours(body):
        low, high = figure(pair[0]), figure(pair[1])
        if low and high:
            return Spoken(low=low, high=high)
    for first, second in _cuts(body, [*_SIGNS, *(_JOINED if between or closed else ())]):
        low, high = figure(first), figure(second)
        if low is None or high is None:
            continue
        if shared := _shared(low, high):
            return shared
    return None


def _cuts(text: str, signs: list[str]) -> Iterator[tuple[str, str]]:
    """The two sides of each sign that a range may be said with."""
    for match in re.finditer(rf"\s*(?:{either(signs)})\s*", text):
        if text[: match.start()] and text[match.end() :]:
            yield text[: match.start()], text[match.end() :]


def _shared(low: Figure, high: Figure) -> Spoken | None:
    """The ends, each with what only the other names; None where they cannot be a range."""
    mark = low.mark or high.mark
    first, second = low.value, high.value
    if not low.multiples and high.multiples:
        shared = next((size for size in high.multiples if first * size <= second), 1)
        first *= shared
        if shared == 1 and (first >= second or first * LEAST_SHARE < second) and first:
            return None
    elif low.multiples and not high.multiples and second * low.multiples[0] >= first >= second:
        second *= low.multiples[0]
    if first > second:
        raise fail("range_falls", "", found=f"{plain(first)} .. {plain(second)}")
    return Spoken(
        low=Figure(value=first, mark=low.mark or mark), high=Figure(value=second, mark=high.mark or mark)
    )
