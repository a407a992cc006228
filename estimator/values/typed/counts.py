"""Counts as they are said: 12, 1.2k, 30小时, 10个, 200 creators a month."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from estimator.values.errors import fail
from estimator.values.typed.amounts import bounded, of_a_month
from estimator.values.typed.lexicon import either, shown, without, words
from estimator.values.typed.numerals import not_read, numeral
from estimator.values.typed.ranges import Figure, Range, Spoken, level_of, one_of, spoken

MOST = 10_000_000
_UNITS: dict[str, list[str]] = words("units")


@dataclass(frozen=True)
class Things:
    """How a whole number of things is read: ``unit`` is what is counted, ``videos/month``; empty for any."""

    unit: str = ""
    most: int = MOST

    def range(self, text: str) -> Range:
        """The number that a text says, or the range in which it lies; both ends are whole.

        >>> read = Things(unit="hours/month").range
        >>> [str(read(text).high) for text in ("30小时", "30 hrs", "1.2k", "20-30 hours a month", "约30")]
        ['30', '30', '1200', '30', '33']

        Raises ``QuotecastError`` of ``not_a_count``, ``letter_in_amount``, ``not_whole``, ``unclear_dot``,
        ``other_period``, ``no_period``, ``range_falls``, ``below_least`` or ``too_large``.
        """
        said = self._spoken(text)
        meant = said.range(lambda figure: self._whole(figure, text))
        return Range(low=_round(meant.low), high=_round(meant.high), whole=True).within(Decimal(self.most))

    def one(self, text: str) -> int:
        """The one number that a text says. Raises as ``range``, and ``one_figure`` for a range."""
        return int(one_of(self._spoken(text), text, lambda figure: self._whole(figure, text)))

    def level(self, text: str, better: str) -> Decimal:
        """The number that a goal asks for. Raises as ``one``, and ``wrong_side``."""
        return level_of(self._spoken(text), text, better, lambda figure: self._whole(figure, text))

    def _spoken(self, text: str) -> Spoken:
        thing, _, period = self.unit.partition("/")
        names = _UNITS.get(thing) or ([] if thing else [name for every in _UNITS.values() for name in every])
        monthly = period == "month" or not self.unit

        def figure(body: str) -> Figure | None:
            body = without("month", body)[0] if monthly and thing != "months" else body
            number = numeral(body) or numeral(_without_unit(body, names))
            return None if number is None else Figure(value=number.value, multiples=number.multiples)

        body = text if thing == "months" else of_a_month(text, monthly)
        said = spoken(body, figure)
        if said is None:
            raise not_read(text, "not_a_count")
        return said

    def _whole(self, figure: Figure, text: str) -> Decimal:
        number = bounded(figure.value, text, Decimal(self.most))
        if number != int(number):
            raise fail("not_whole", "", found=shown(text))
        return number


def typed_count(text: str, most: int = MOST) -> int:
    """One whole number of things: 8, 1,200 or 1.2k.

    >>> typed_count("1.2k")
    1200

    Raises ``QuotecastError`` as ``Things.one``.
    """
    return Things(most=most).one(text)


def _without_unit(text: str, names: list[str]) -> str:
    match = _ending(tuple(names)).search(text)
    return text[: match.start()] if match else text


@cache
def _ending(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<=\S)\s*(?:{either(names) or '(?!)'})$")


def _round(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1), rounding=ROUND_HALF_UP)
