"""Calendar months as they are said: 2027-01, Jan, 12, 1月, 下个月, next month."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal

from estimator.values.errors import QuotecastError, fail
from estimator.values.typed.lexicon import either, normal, shown, words
from estimator.values.typed.numerals import numeral

_NAMES: dict[str, int] = words("month_names")
_RELATIVE: dict[str, int] = words("relative_months")
_YEARS: dict[str, int] = words("relative_years")
_NAME = rf"(?P<name>{'|'.join(_NAMES)})[a-z]*\.?"
_YEAR = r"(?P<year>20\d\d)"
_WHOLE = (
    re.compile(rf"{_YEAR}\s*[-/.年]\s*(?P<month>\d{{1,2}})\s*月?份?", re.ASCII),
    re.compile(rf"(?P<month>\d{{1,2}})\s*/\s*{_YEAR}", re.ASCII),
    re.compile(rf"{_NAME},?\s*{_YEAR}"),
    re.compile(rf"{_YEAR}\s*{_NAME}"),
)
_SHORT_YEAR = re.compile(r"(?P<year>\d\d)\s*年\s*(?P<month>\d{1,2})\s*月?份?", re.ASCII)
_RELATIVE_YEAR = re.compile(
    rf"(?P<which>{either(_YEARS)})\s*(?P<rest>.+)|(?P<first>.+?)\s+(?P<late>{either(_YEARS)})"
)
_NUMBERED = re.compile(r"(?P<number>\d{1,2}|[^\d\s]{1,2})\s*月份?", re.ASCII)
_WRITTEN = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)


def typed_month(text: str, on: dt.date | None = None) -> str:
    """A calendar month as the brief writes it; without its year the next one from the day ``on``, that
    day's own among them.

    >>> day = dt.date(2026, 11, 30)
    >>> [typed_month(text, day) for text in ("2027年1月", "1月", "Dec", "12", "下个月", "next month")]
    ['2027-01', '2027-01', '2026-12', '2026-12', '2026-12', '2026-12']

    Raises ``QuotecastError`` of ``not_typed_month``.
    """
    month = _whole(text) or (on and _short(text, f"{on:%Y-%m}", "next"))
    if not month:
        raise fail("not_typed_month", "", found=shown(text))
    return month


def typed_past_month(text: str, before: str) -> str:
    """A month that is past, also without its year: the last one before the month ``before``.

    >>> [typed_past_month(text, "2027-01") for text in ("2026年8月", "8月", "Sep", "Dec 2025")]
    ['2026-08', '2026-08', '2026-09', '2025-12']

    Raises ``QuotecastError`` of ``past_month``.
    """
    month = _whole(text) or _short(text, before, "last")
    if not month:
        raise fail("past_month", "", found=shown(text))
    return month


def _whole(text: str) -> str | None:
    """A month that names its year."""
    written = normal(text)
    for pattern in _WHOLE:
        if match := pattern.fullmatch(written):
            groups = match.groupdict()
            number = _NAMES[groups["name"]] if groups.get("name") else int(groups["month"])
            return _written(int(groups["year"]), number)
    match = _SHORT_YEAR.fullmatch(written)
    return _written(2000 + int(match["year"]), int(match["month"])) if match else None


def _short(text: str, beside: str, which: Literal["next", "last"]) -> str | None:
    """A month without its year, beside another: the next from it on, or the last before it."""
    written = normal(text)
    year, month = int(beside[:4]), int(beside[5:7])
    if written in _RELATIVE:
        later = year * 12 + month - 1 + _RELATIVE[written]
        return _written(later // 12, later % 12 + 1)
    if match := _RELATIVE_YEAR.fullmatch(written):
        number = _number(match["rest"] or match["first"])
        return _written(year + _YEARS[match["which"] or match["late"]], number) if number else None
    number = _number(written)
    if not number:
        return None
    if which == "next":
        return _written(year if number >= month else year + 1, number)
    return _written(year if number < month else year - 1, number)


def _number(text: str) -> int | None:
    """The number of a month by its name or its figure."""
    if match := re.fullmatch(_NAME, text):
        return _NAMES[match["name"]]
    match = _NUMBERED.fullmatch(text)
    try:
        said = numeral(match["number"] if match else text)
    except QuotecastError:
        return None
    number = said.value if said else 0
    return int(number) if 1 <= number <= 12 and number == int(number) else None


def _written(year: int, month: int) -> str | None:
    text = f"{year}-{month:02d}"
    return text if _WRITTEN.fullmatch(text) else None
