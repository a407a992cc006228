"""Numbers as people type them on a call: 40000, 40k, 4万, 40,000 USD, 8 %.

The typed text is kept by whoever asked; here it becomes an exact decimal or a fault that says what to write.
One text reads one way only. So a share has its percent sign: 30 and 8 may do without, since nobody means
3000 %, but a plain number below 5 is refused, as 1.5 may be 1.5 % or 150 % (0 is 0).
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from estimator.values.errors import QuotecastError, fail
from estimator.values.exchange import ExchangeRates
from estimator.values.money import MOST, plain

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
_MULTIPLE = re.compile(rf"(?:≥|>=)?\s*{_NUMBER.pattern}\s*[x倍]?", re.IGNORECASE)
_END = rf"[+\-−]?(?:(?:{_DIGITS})(?:\.[0-9]+)?|\.[0-9]+)"
_TO = r"\s*%?\s*(?:–|—|-|~|\.\.|to|至|到)\s*\$?\s*"
_RANGE = re.compile(rf"\$?\s*(?P<low>{_END})(?:{_TO}(?P<high>{_END}))?\s*%?")
_TIER = re.compile(r"(?P<rate>[^>＞]+?)\s*(?:(?:>=?|≥|from|over|above|超过|超出|满)\s*(?P<edge>\S.*))?")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}(?!\d))")
_YEAR_MONTH = re.compile(r"(?P<year>20\d\d)\s*[-/.年]\s*(?P<month>\d{1,2})\s*月?", re.ASCII)
_WRITTEN_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED_MONTH = re.compile(rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?(?:\s+(?P<year>20\d\d))?", re.IGNORECASE)
_NUMBERED_MONTH = re.compile(r"(?P<month>\d{1,2})\s*月", re.ASCII)
_LEAST_BARE_PERCENT = 5
_UNCLEAR_DOT = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_STRAY = re.compile(r"(?<=[\d.,])[A-Za-z]|[A-Za-z](?=[\d.,])")


def typed_amount(
    text: str, currency: str, most: Decimal = MOST, exchange: ExchangeRates | None = None
) -> Decimal:
    """An amount of money in ``currency``; a missing unit is taken to be it.

    What is typed in another currency is converted, to the cent, where ``exchange`` states a rate.

    >>> [str(typed_amount(text, "USD")) for text in ("40000", "40k", "4万", "40,000 USD", "$1.5k")]
    ['40000', '40000', '40000', '40000', '1500.0']

    Raises ``QuotecastError`` of ``not_typed_amount``, ``letter_in_amount``, ``mixed_currency``,
    ``below_least`` or ``too_large``.
    """
    match = _AMOUNT.fullmatch(_plain(text))
    if not match:
        raise _not_a_number(text, _AMOUNT)
    _refuse_unclear_dot(match["number"], text)
    named = {_CURRENCIES[sign.upper()] for sign in (match["before"], match["after"]) if sign}
    amount = _signed(match) * _MULTIPLES[match["unit"] or ""]
    if named - {currency}:
        other = min(named - {currency})
        if exchange is None or not exchange.rows or len(named) > 1:
            raise fail("mixed_currency", "", found=other, expected=currency)
        amount = exchange.between(other, currency, "").convert(amount, currency)
    return _bounded(amount, text, most)


def _refuse_unclear_dot(number: str, text: str) -> None:
    """A dot before three digits may be a decimal point or set off thousands: 3.000 is asked back."""
    if _UNCLEAR_DOT.fullmatch(number):
        whole = number.replace(".", "")
        raise fail("unclear_dot", "", found=text.strip()[:40], whole=whole, part=plain(Decimal(number)))


def typed_currency(text: str) -> str | None:
    """The currency that a typed amount names; None where it names none, or is no amount.

    >>> typed_currency("60元"), typed_currency("¥2万"), typed_currency("40k")
    ('CNY', 'CNY', None)
    """
    match = _AMOUNT.fullmatch(_plain(text))
    signs = [sign for sign in (match["before"], match["after"]) if sign] if match else []
    return _CURRENCIES[signs[0].upper()] if signs else None


def typed_share(text: str) -> Decimal:
    """A share from its percentage; without the sign only from 5 on, and 0.

    >>> [str(typed_share(text)) for text in ("8%", "8", "0.08%", "＋30 ％")]
    ['0.08', '0.08', '0.0008', '0.3']

    Raises ``QuotecastError`` of ``not_a_share``, ``unclear_share``, ``letter_in_amount``, ``below_least`` or
    ``too_large``.
    """
    match = _SHARE.fullmatch(_plain(text))
    if not match:
        raise _not_a_number(text, _SHARE, "not_a_share")
    number = _bounded(_signed(match), text)
    if not match["percent"] and 0 < number < _LEAST_BARE_PERCENT:
        raise fail("unclear_share", "", found=plain(number), whole=plain(number * 100))
    return number / 100


def typed_part(text: str) -> Decimal:
    """A share of a whole from its percentage, 100 % at most.

    >>> str(typed_part("8%"))
    '0.08'

    Raises ``QuotecastError`` of ``above_whole`` and of what ``typed_share`` raises.
    """
    share = typed_share(text)
    if share > 1:
        raise fail("above_whole", "", found=text.strip()[:40])
    return share


def typed_multiple(text: str, most: Decimal = MOST) -> Decimal:
    """A plain number, such as a ROAS: 2.5, 2.5x, 2.5 倍, ≥2.5 or, with a decimal comma, 2,5.

    >>> [str(typed_multiple(text)) for text in ("2.5x", ">= 2.5", "2,5", "2,500")]
    ['2.5', '2.5', '2.5', '2500']

    Raises ``QuotecastError`` of ``not_a_multiple``, ``letter_in_amount``, ``below_least`` or ``too_large``.
    """
    written = _plain(text)
    if written.count(",") == 1 and "." not in written:
        written = _DECIMAL_COMMA.sub(".", written)
    match = _MULTIPLE.fullmatch(written)
    if not match:
        raise _not_a_number(text, _MULTIPLE, "not_a_multiple")
    return _bounded(_signed(match), text, most)


def typed_range(text: str) -> tuple[Decimal, Decimal]:
    """A range from low to high, or one figure for both ends; percent signs may stand or not.

    >>> [tuple(map(str, typed_range(text))) for text in ("5% – 12%", "1.2至3", "-7 ~ +26", "16%")]
    [('5', '12'), ('1.2', '3'), ('-7', '26'), ('16', '16')]

    Raises ``QuotecastError`` of ``not_typed_range`` or ``range_falls``.
    """
    match = _RANGE.fullmatch(_plain(text))
    if not match:
        raise fail("not_typed_range", "", found=text.strip()[:40])
    low, high = (
        Decimal(part.replace("−", "-").replace("+", "").replace(",", ""))
        for part in (match["low"], match["high"] or match["low"])
    )
    if low > high:
        raise fail("range_falls", "", found=f"{plain(low)} .. {plain(high)}")
    return low, high


def typed_tiers(text: str, currency: str) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...]]:
    """A commission: one rate, or rates each with the amount it begins above; edges, then rates.

    >>> above, rate = typed_tiers("5%; 8% > 40k; 10% 超过 8万", "USD")
    >>> [str(edge) for edge in above], [str(share) for share in rate]
    (['0', '40000', '80000'], ['0.05', '0.08', '0.1'])

    Raises ``QuotecastError`` of ``not_tiers`` and of what ``typed_part`` and ``typed_amount`` raise.
    """
    edges: list[Decimal] = []
    rates: list[Decimal] = []
    for part in re.split(r"[;；、\n]", text.strip()):
        match = _TIER.fullmatch(_plain(part))
        if not match or bool(match["edge"]) != bool(rates):
            raise fail("not_tiers", "", found=text.strip()[:40])
        rates.append(typed_part(match["rate"]))
        edges.append(typed_amount(match["edge"], currency) if match["edge"] else Decimal(0))
    return tuple(edges), tuple(rates)


def typed_yes(text: str) -> bool:
    """Yes or no. Raises ``QuotecastError`` of ``not_an_answer``."""
    choices = {"yes": True, "no": False}
    if text.lower() not in choices:
        raise fail("not_an_answer", "", found=text, choices=", ".join(choices))
    return choices[text.lower()]


def typed_words(text: str) -> list[str]:
    """Words in a row.

    >>> typed_words("Training | coaching")
    ['training', 'coaching']
    """
    return [part.strip().lower() for part in re.split(r"[|｜]", text)]


def typed_count(text: str, most: int = 10_000_000) -> int:
    """A whole number of things: 8, 1,200 or 1.2k.

    >>> typed_count("1.2k")
    1200

    Raises ``QuotecastError`` of ``not_a_count``, ``letter_in_amount``, ``not_whole``, ``below_least`` or
    ``too_large``.
    """
    match = _AMOUNT.fullmatch(_plain(text))
    if not match or match["before"] or match["after"]:
        raise _not_a_number(text, _AMOUNT, "not_a_count")
    number = _bounded(_signed(match) * _MULTIPLES[match["unit"] or ""], text, Decimal(most))
    if number != int(number):
        raise fail("not_whole", "", found=text.strip())
    return int(number)


def typed_month(text: str) -> str:
    """A calendar month as the brief writes it; what is none stays as typed, for the brief to refuse.

    >>> [typed_month(text) for text in ("2027年1月", "2027/01", "2027-1", "soon")]
    ['2027-01', '2027-01', '2027-01', 'soon']
    """
    match = _YEAR_MONTH.fullmatch(_plain(text))
    return f"{match['year']}-{int(match['month']):02d}" if match else text


def typed_past_month(text: str, before: str) -> str:
    """A month that is past, also without its year: the last one before the month ``before``.

    >>> [typed_past_month(text, "2027-01") for text in ("2026年8月", "8月", "Sep", "Dec 2025")]
    ['2026-08', '2026-08', '2026-09', '2025-12']

    Raises ``QuotecastError`` of ``past_month``.
    """
    written = typed_month(text)
    if _WRITTEN_MONTH.fullmatch(written):
        return written
    named, numbered = _NAMED_MONTH.fullmatch(_plain(text)), _NUMBERED_MONTH.fullmatch(_plain(text))
    if named:
        month = _MONTHS.index(named["name"].lower()) + 1
    elif numbered and 1 <= int(numbered["month"]) <= 12:
        month = int(numbered["month"])
    else:
        raise fail("past_month", "", found=text.strip()[:40])
    if named and named["year"]:
        return f"{named['year']}-{month:02d}"
    year, last = int(before[:4]), int(before[5:7])
    return f"{year if month < last else year - 1}-{month:02d}"


def bare(text: str, better: str) -> str:
    """A level without the sign its goal has anyway: ``≥`` or ``>=`` where higher is better.

    >>> bare("≥30%", "higher"), bare("<= 8%", "lower"), bare("≤30%", "higher")
    ('30%', '8%', '≤30%')
    """
    signs = ("≥", ">=") if better == "higher" else ("≤", "<=")
    written = _plain(text)
    return next((written.removeprefix(sign).strip() for sign in signs if written.startswith(sign)), text)


def _plain(text: str) -> str:
    """Full-width forms made plain: ４０，０００ is 40,000."""
    return unicodedata.normalize("NFKC", text).strip()


def _signed(match: re.Match[str]) -> Decimal:
    number = Decimal(match["number"].replace(",", ""))
    return -number if match["sign"] in ("-", "−") else number


def _bounded(number: Decimal, text: str, most: Decimal = MOST) -> Decimal:
    if number < 0:
        raise fail("below_least", "", found=text.strip(), least="0")
    if number > most:
        raise fail("too_large", "", found=text.strip()[:40], most=f"{most:,f}")
    return number


def _not_a_number(text: str, pattern: re.Pattern[str], code: str = "not_typed_amount") -> QuotecastError:
    """Names the letter where replacing one, such as the o in 4o,000, leaves a number."""
    text_given = text.strip()[:40]
    written = _plain(text)
    for stray in _STRAY.finditer(written):
        letter = stray[0]
        digit = {"o": "0", "O": "0", "l": "1", "I": "1", "i": "1", "s": "5", "S": "5"}.get(letter, "")
        if pattern.fullmatch(written[: stray.start()] + digit + written[stray.end() :]):
            return fail("letter_in_amount", "", found=text_given, letter=letter)
    return fail(code, "", found=text_given)
