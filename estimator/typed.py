"""Numbers as people type them on a call: 40000, 40k, 4万, 40,000 USD, 8 %.

The typed text is kept by whoever asked; here it becomes an exact decimal or a fault that says what to write.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from estimator.errors import QuotecastError, fail
from estimator.money import MOST

_CURRENCIES = {
    "USD": "USD",
    "US$": "USD",
    "$": "USD",
    "美元": "USD",
    "美金": "USD",
    "CNY": "CNY",
    "RMB": "CNY",
    "¥": "CNY",
    "人民币": "CNY",
    "元": "CNY",
    "EUR": "EUR",
    "€": "EUR",
    "欧元": "EUR",
    "GBP": "GBP",
    "£": "GBP",
    "英镑": "GBP",
}
_MULTIPLES = {
    "": 1,
    "千": 10**3,
    "k": 10**3,
    "K": 10**3,
    "万": 10**4,
    "w": 10**4,
    "W": 10**4,
    "m": 10**6,
    "M": 10**6,
    "亿": 10**8,
}

_DIGITS = "[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+"
_NUMBER = re.compile(rf"(?P<sign>[+\-−]?)(?P<number>(?:{_DIGITS})(?:\.[0-9]+)?|\.[0-9]+)")
_UNIT = "|".join(re.escape(unit) for unit in sorted(_MULTIPLES, key=len, reverse=True) if unit)
_SIGN = "|".join(re.escape(sign) for sign in sorted(_CURRENCIES, key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?P<before>{_SIGN})?\s*{_NUMBER.pattern}\s*(?P<unit>{_UNIT})?\s*(?P<after>{_SIGN})?", re.IGNORECASE
)
_SHARE = re.compile(rf"{_NUMBER.pattern}\s*(?P<percent>%)?")
_MULTIPLE = re.compile(rf"{_NUMBER.pattern}\s*[x倍]?", re.IGNORECASE)
_STRAY = re.compile(r"(?<=[\d.,])[A-Za-z]|[A-Za-z](?=[\d.,])")


def typed_amount(text: str, currency: str) -> Decimal:
    """An amount of money in ``currency``; a missing unit is taken to be it.

    >>> [str(typed_amount(text, "USD")) for text in ("40000", "40k", "4万", "40,000 USD", "$1.5k")]
    ['40000', '40000', '40000', '40000', '1500.0']

    Raises ``QuotecastError`` of ``not_typed_amount``, ``letter_in_amount``, ``mixed_currency``,
    ``below_least`` or ``too_large``.
    """
    found = _AMOUNT.fullmatch(_plain(text))
    if not found:
        raise _not_a_number(text, _AMOUNT)
    named = {_CURRENCIES[sign.upper()] for sign in (found["before"], found["after"]) if sign}
    if named - {currency}:
        raise fail("mixed_currency", "", found=min(named - {currency}), expected=currency)
    return _bounded(_signed(found) * _MULTIPLES[found["unit"] or ""], text)


def typed_share(text: str) -> Decimal:
    """A share from its percentage, or from a decimal of at most 1 without the sign.

    >>> [str(typed_share(text)) for text in ("8%", "8", "0.08", "＋30 ％")]
    ['0.08', '0.08', '0.08', '0.3']

    Raises ``QuotecastError`` of ``not_typed_amount``, ``letter_in_amount``, ``below_least`` or ``too_large``.
    """
    found = _SHARE.fullmatch(_plain(text))
    if not found:
        raise _not_a_number(text, _SHARE)
    number = _signed(found)
    return _bounded(number / 100 if found["percent"] or number > 1 else number, text)


def typed_multiple(text: str) -> Decimal:
    """A plain number, such as a ROAS: 2.5, 2.5x or 2.5 倍.

    >>> str(typed_multiple("2.5x"))
    '2.5'
    """
    found = _MULTIPLE.fullmatch(_plain(text))
    if not found:
        raise _not_a_number(text, _MULTIPLE)
    return _bounded(_signed(found), text)


def typed_count(text: str, most: int = 10_000_000) -> int:
    """A whole number of things: 8, 1,200 or 1.2k.

    >>> typed_count("1.2k")
    1200
    """
    found = _AMOUNT.fullmatch(_plain(text))
    if not found or found["before"] or found["after"]:
        raise _not_a_number(text, _AMOUNT)
    number = _bounded(_signed(found) * _MULTIPLES[found["unit"] or ""], text, Decimal(most))
    if number != int(number):
        raise fail("not_whole", "", found=text.strip())
    return int(number)


def _plain(text: str) -> str:
    """Full-width forms made plain: ４０，０００ is 40,000."""
    return unicodedata.normalize("NFKC", text).strip()


def _signed(found: re.Match[str]) -> Decimal:
    number = Decimal(found["number"].replace(",", ""))
    return -number if found["sign"] in ("-", "−") else number


def _bounded(number: Decimal, text: str, most: Decimal = MOST) -> Decimal:
    if number < 0:
        raise fail("below_least", "", found=text.strip(), least="0")
    if number > most:
        raise fail("too_large", "", found=text.strip()[:40], most=f"{most:,f}")
    return number


def _not_a_number(text: str, pattern: re.Pattern[str]) -> QuotecastError:
    """Names the letter where replacing one, such as the o in 4o,000, leaves a number."""
    found = text.strip()[:40]
    plain = _plain(text)
    for stray in _STRAY.finditer(plain):
        letter = stray[0]
        digit = {"o": "0", "O": "0", "l": "1", "I": "1", "i": "1", "s": "5", "S": "5"}.get(letter, "")
        if pattern.fullmatch(plain[: stray.start()] + digit + plain[stray.end() :]):
            return fail("letter_in_amount", "", found=found, letter=letter)
    return fail("not_typed_amount", "", found=found)
