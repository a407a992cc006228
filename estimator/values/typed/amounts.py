"""Amounts of money as they are said: 40k, 4万, 40,000 USD, about 20k a month, 2万-3万."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from estimator.values.errors import fail
from estimator.values.exchange import ExchangeRates
from estimator.values.money import CENT, MOST, round_half_up
from estimator.values.typed.lexicon import either, normal, shown, without, words
from estimator.values.typed.numerals import not_read, numeral
from estimator.values.typed.ranges import Figure, Range, Spoken, level_of, one_of, spoken

_CODES = {sign: code for code, signs in words("currencies").items() for sign in signs}
_SIGN = either(_CODES)
_MONEY = re.compile(
    rf"(?:(?P<before>{_SIGN})\s*)?(?P<number>.+?)\s*(?P<unsaid>{either(words('currencies_unsaid'))})?\s*(?P<after>{_SIGN})?"
)


@dataclass(frozen=True, kw_only=True)
class Money:
    """How money is read: the currency of what names none, the highest amount, and the rates of others.

    ``monthly`` says that it is an amount of a month, so that a month may be named, and nothing else.
    """

    currency: str
    most: Decimal = MOST
    exchange: ExchangeRates | None = None
    monthly: bool = False

    def range(self, text: str) -> Range:
        """The amount that a text says, or the range in which it lies.

        >>> read = Money(currency="USD", monthly=True).range
        >>> [str(read(text).middle) for text in ("2万/月", "20-30k", "两三万", "about 20k a month")]
        ['20000', '25000.00', '25000.00', '20000.00']

        Raises ``QuotecastError`` of ``not_typed_amount``, ``letter_in_amount``, ``unclear_dot``,
        ``unclear_currency``, ``mixed_currency``, ``other_period``, ``no_period``, ``range_falls``,
        ``below_least`` or ``too_large``.
        """
        said = self._spoken(text)
        return self._bounded(said, text)

    def one(self, text: str) -> Decimal:
        """The one amount that a text says. Raises as ``range``, and ``one_figure`` for a range."""
        said = self._spoken(text)
        self._bounded(said, text)
        return one_of(said, text, lambda figure: self._worth(figure))

    def level(self, text: str, better: str) -> Decimal:
        """The amount that a goal asks for. Raises as ``one``, and ``wrong_side``."""
        said = self._spoken(text)
        self._bounded(said, text)
        return level_of(said, text, better, lambda figure: self._worth(figure))

    def _spoken(self, text: str) -> Spoken:
        body = of_a_month(text, self.monthly)
        said = spoken(body, self._figure)
        if said is None:
            raise not_read(text, "not_typed_amount")
        return said

    def _figure(self, text: str) -> Figure | None:
        match = _MONEY.fullmatch(without("month", text)[0] if self.monthly else text)
        number = numeral(match["number"]) if match else None
        if match is None or number is None:
            return None
        named = {_CODES[sign] for sign in (match["before"], match["after"]) if sign}
        if match["unsaid"] and not named and self.currency != "CNY":
            raise fail("unclear_currency", "", found=shown(text), expected=self.currency)
        if len(named) > 1:
            raise fail("mixed_currency", "", found=min(named - {self.currency}), expected=self.currency)
        return Figure(value=number.value, multiples=number.multiples, mark=next(iter(named), ""))

    def _worth(self, figure: Figure) -> Decimal:
        """An amount in the currency, converted to the cent where it names another."""
        if figure.mark in ("", self.currency):
            return figure.value
        if self.exchange is None or not self.exchange.rows:
            raise fail("mixed_currency", "", found=figure.mark, expected=self.currency)
        return self.exchange.between(figure.mark, self.currency, "").convert(figure.value, self.currency)

    def _bounded(self, said: Spoken, text: str) -> Range:
        meant = said.range(self._worth)
        bounded(self._worth(said.low), text, self.most)
        bounded(self._worth(said.high), text, self.most)
        if said.single:
            return meant
        low, high = (round_half_up(end, CENT) for end in (meant.low, meant.high))
        return Range(low=low, high=high).within(self.most)


def typed_amount(
    text: str, currency: str, most: Decimal = MOST, exchange: ExchangeRates | None = None
) -> Decimal:
    """One amount of money in ``currency``; a missing unit is taken to be it.

    What is typed in another currency is converted, to the cent, where ``exchange`` states a rate.

    >>> [str(typed_amount(text, "USD")) for text in ("40000", "40k", "4万", "40,000 USD", "一万五")]
    ['40000', '40000', '40000', '40000', '15000']

    Raises ``QuotecastError`` as ``Money.one``.
    """
    return Money(currency=currency, most=most, exchange=exchange).one(text)


def typed_currency(text: str) -> str | None:
    """The currency that a typed amount names; None where it names none, or is no amount.

    >>> typed_currency("60元"), typed_currency("¥2万-3万"), typed_currency("40k")
    ('CNY', 'CNY', None)
    """
    written = normal(text)
    signs = sorted(_CODES, key=len, reverse=True)
    found = re.search("|".join(map(re.escape, signs)), written)
    return _CODES[found[0]] if found else None


def of_a_month(text: str, monthly: bool) -> str:
    """A text without the month that it names, where it may. Raises ``other_period`` or ``no_period``."""
    written = normal(text)
    if monthly and without("other_period", written)[1] and not without("month", written)[1]:
        raise fail("other_period", "", found=shown(text))
    body, found = without("month", written)
    if not monthly:
        other = without("other_period", written)[1]
        if (found and numeral(body)) or other:
            raise fail("no_period", "", found=shown(text))
        return written
    return body


def bounded(number: Decimal, text: str, most: Decimal = MOST) -> Decimal:
    """The number, where it lies from 0 to ``most``; raises ``below_least`` or ``too_large``."""
    if number < 0:
        raise fail("below_least", "", found=shown(text), least="0")
    if number > most:
        raise fail("too_large", "", found=shown(text), most=f"{most:,f}")
    return number
