"""Exchange: what one currency is worth in another, with its source, its day and who bears a change of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field, field_validator
from pydantic_core import PydanticCustomError

from estimator.values.errors import fail
from estimator.values.money import CENT, Number, plain, round_half_up
from estimator.values.text import Text
from estimator.values.validation import Frozen

NICKNAMES: Mapping[str, str] = {"RMB": "CNY", "CNH": "CNY", "YUAN": "CNY", "US$": "USD"}


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """The codes of ISO 4217."""
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


def _iso(code: str) -> str:
    if code in NICKNAMES:
        raise PydanticCustomError("currency_nickname", "code", {"found": code, "expected": NICKNAMES[code]})
    if code not in currencies():
        raise PydanticCustomError("not_a_currency", "code", {"found": code})
    return code


Currency = Annotated[str, AfterValidator(_iso)]
"""The code of a currency by ISO 4217."""


class ExchangeRate(Frozen):
    """One unit of ``base`` is ``rate`` units of ``currency``, by ``source`` as of a day.

    ``bearer`` says who bears a change of it until payment.

    >>> words = Text(en="the client", zh="客户")
    >>> one = ExchangeRate(base="USD", currency="CNY", rate=7, source="s", as_of="2026-11-30", bearer=words)
    >>> one.convert(Decimal("10.004"), "CNY"), one.convert(Decimal("70"), "USD"), one.turned.base
    (Decimal('70.03'), Decimal('10.00'), 'CNY')
    """

    base: Currency
    currency: Currency
    rate: Annotated[Number, Field(gt=0)]
    as_of: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    source: str = Field(min_length=1)
    bearer: Text
    place: str = ""

    @field_validator("currency")
    @classmethod
    def _two(cls, currency: str, info: Any) -> str:
        if currency == info.data.get("base"):
            raise PydanticCustomError("same_currency", "same", {"found": currency})
        return currency

    @property
    def turned(self) -> ExchangeRate:
        """The same rate seen from the other side."""
        return self.model_copy(update={"base": self.currency, "currency": self.base, "rate": 1 / self.rate})

    def convert(self, amount: Decimal, currency: str) -> Decimal:
        """An amount of the other currency in ``currency``, to the cent."""
        return round_half_up(self.exact(amount, currency), CENT)

    def exact(self, amount: Decimal, currency: str) -> Decimal:
        """An amount of the other currency in ``currency``, not rounded: the price of one unit of many."""
        return amount * (self.rate if currency == self.currency else 1 / self.rate)

    @property
    def said(self) -> str:
        """The rate itself, as it prints in any language."""
        return f"1 {self.base} = {plain(self.rate)} {self.currency}"


class ExchangeRates(Frozen):
    """The rates that a deployment states; of two for the same currencies the later one counts."""

    rows: Annotated[tuple[ExchangeRate, ...], Field(strict=False)] = ()

    def between(self, one: str, other: str, place: str = "currency") -> ExchangeRate:
        """The rate from one currency to another; raises ``QuotecastError`` where none is stated."""
        known = [row for row in self.rows if {row.base, row.currency} == {one, other}]
        if not known:
            raise fail("no_exchange_rate", place, found=f"{one}/{other}")
        latest = max(known, key=lambda row: row.as_of)
        return latest if latest.base == one else latest.turned

    def repeated(self) -> Iterable[tuple[ExchangeRate, ExchangeRate]]:
        """Rates of the same currencies and day, of which one is too many."""
        for index, one in enumerate(self.rows):
            for other in self.rows[:index]:
                same = {one.base, one.currency} == {other.base, other.currency}
                if same and one.as_of == other.as_of:
                    yield other, one
