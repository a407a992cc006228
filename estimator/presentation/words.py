"""Interface words and the locale's way of writing amounts, chosen per session.

English sentences are the message ids; ``zh.po`` holds the Chinese ones and is read as it stands, so a
translator's file needs no compiling. Words that belong to data (charges, KPIs, rules) live in the data.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from unicodedata import east_asian_width

from babel.dates import format_date, get_timezone_location
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_currency_symbol

from estimator.brief.vocabulary import Vocabulary
from estimator.values.text import Language, Text

LANGUAGES: tuple[Language, ...] = ("zh", "en")
NAMES: Mapping[Language, str] = MappingProxyType({"zh": "中文", "en": "EN"})
TAGS: Mapping[Language, str] = MappingProxyType({"zh": "zh-CN", "en": "en"})
MINUS = "\u2212"
NONE = "—"

_PARTS = re.compile(r"; (?![^(]*\))")
"""Between the parts of a source, but not inside its brackets."""
_LOCALES: Mapping[Language, str] = MappingProxyType({"zh": "zh_Hans_CN", "en": "en_US"})


def parts_of(remark: str) -> list[str]:
    """The parts of a source.

    >>> parts_of("own judgement; a study (2025; second edition)")
    ['own judgement', 'a study (2025; second edition)']
    """
    return _PARTS.split(remark)


def mark(message: str) -> str:
    """``message`` itself: marks a word in a table for the translator."""
    return message


@cache
def _catalogue(language: Language) -> Mapping[str, str]:
    if language == "en":
        return MappingProxyType({})
    with files("estimator.presentation").joinpath(f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=_LOCALES[language])
    return MappingProxyType({str(m.id): str(m.string) for m in catalogue if m.id and m.string})


def language_of(locale: str | None) -> Language:
    """The language for a browser's locale: Chinese for any Chinese, else English.

    >>> language_of("zh-TW"), language_of("de-DE"), language_of(None)
    ('zh', 'en', 'en')
    """
    return "zh" if (locale or "").lower().startswith("zh") else "en"


@dataclass(frozen=True)
class Words:
    """One language's words and figures; ``to_you`` where the seller reads along and is spoken to.

    ``vocabulary`` holds the labels of facts and answers, ``remarks`` the Chinese of what tables give in
    English, as ``Rules`` do.

    >>> words = Words("zh")
    >>> words.say("Unknown"), words.money(-1234.4, "USD"), words.percent(0.521)
    ('未知', '−$1,234', '52%')
    """

    language: Language
    to_you: bool = False
    vocabulary: Vocabulary = field(default_factory=Vocabulary, hash=False, compare=False, repr=False)
    remarks: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({}), hash=False, compare=False, repr=False
    )

    def to(self, you: str, seller: str, **values: object) -> str:
        """A message to the seller, or about the seller, as the page is read."""
        return self.say(you if self.to_you else seller, **values)

    def say(self, message: str, **values: object) -> str:
        """The message in this language with its ``{named}`` places filled."""
        return _catalogue(self.language).get(message, message).format(**values)

    def of(self, text: Text) -> str:
        """A label that stands in the data."""
        return text.of(self.language)

    def cited(self, remark: str) -> str:
        """A reason or a source that a table gives; in Chinese as its remarks have it, whole or part by part.

        >>> from estimator.rules.rules import open_rules
        >>> words = Words("zh", remarks=open_rules().remarks)
        >>> words.cited("own judgement; metricuno 2025 CPM by category; eMarketer")
        '本产品判断；metricuno 2025 分类目 CPM；eMarketer'
        """
        if self.language == "en":
            return remark
        parts = [remark] if remark in self.remarks else parts_of(remark)
        return "；".join(self.remarks.get(part, part) for part in parts)

    def number(self, value: float | Decimal, digits: int = 0) -> str:
        """A figure with thousands separators and exactly ``digits`` decimals."""
        return _figure(value, digits, _LOCALES[self.language])

    def plain(self, value: Decimal) -> str:
        """An exact figure with the decimals it was given."""
        digits = max(0, -int(value.normalize().as_tuple().exponent))
        return self.number(value, digits)

    def money(self, value: float | Decimal, currency: str, *, signed: bool = False, digits: int = 0) -> str:
        """An amount: ``$6,500``, ``−$413``, ``+$650`` where ``signed``."""
        figure = self.number(Decimal(abs(value)) if isinstance(value, float) else abs(value), digits)
        sign = MINUS if value < 0 else "+" if signed else ""
        if not any(c in "123456789" for c in figure):
            sign = ""
        return f"{sign}{self.symbol(currency)}{figure}"

    def symbol(self, currency: str) -> str:
        """The sign before an amount; the US dollar's is short in both languages."""
        return "$" if currency == "USD" else get_currency_symbol(currency, locale=_LOCALES[self.language])

    def percent(self, share: float | Decimal, digits: int = 0) -> str:
        """A share as a percentage.

        >>> Words("en").percent(Decimal("0.055"), 1)
        '5.5%'
        """
        return f"{self.number(float(share) * 100, digits)}%"

    def rate(self, share: Decimal) -> str:
        """An agreed rate, with no more decimals than it has: 5%, 7.5%."""
        return f"{self.plain(share * 100)}%"

    def span(self, low: str, high: str) -> str:
        """A range with an en dash; one figure where both print alike."""
        return low if low == high else f"{low}–{high}"

    def within(self, label: str) -> str:
        """A label inside a sentence: small first letter, unless it opens with an abbreviation.

        >>> Words("en").within("Account status"), Words("en").within("GMV a month now")
        ('account status', 'GMV a month now')
        """
        return label[:1].lower() + label[1:] if label[1:2].islower() else label

    def both(self, items: list[str]) -> str:
        """Items in a row, with the language's own comma."""
        return ("、" if self.language == "zh" else ", ").join(items)

    def apart(self, items: Iterable[str]) -> str:
        """Items in a row that hold commas themselves, with the language's own semicolon."""
        return ("；" if self.language == "zh" else "; ").join(items)

    def date(self, day: str) -> str:
        """A day written 2026-11-23, as the locale says it; other text as it is."""
        try:
            return format_date(dt.date.fromisoformat(day), "medium", locale=_LOCALES[self.language])
        except ValueError:
            return day

    def zone(self, name: str) -> str:
        """A time zone by its city, as the locale says it."""
        return get_timezone_location(name, locale=_LOCALES[self.language], return_city=True)

    def month(self, month: str) -> str:
        """A calendar month written 2027-01, as the locale says it."""
        pattern = "y年M月" if self.language == "zh" else "MMM y"
        return format_date(dt.date.fromisoformat(f"{month}-01"), pattern, locale=_LOCALES[self.language])


@lru_cache(maxsize=4096, typed=True)
def _figure(value: float | Decimal, digits: int, locale: str) -> str:
    """A figure of a locale, kept: most of a page's stay as they are when one fact changes."""
    places = "." + "0" * digits if digits else ""
    text = format_decimal(value, format=f"#,##0{places}", locale=locale)
    return text.replace("-", MINUS) if any(c in "123456789" for c in text) else text.lstrip("-")


def letters(text: str) -> int:
    """How wide a text is, in letters of the alphabet: a Chinese character takes two.

    >>> letters("ROAS"), letters("提点")
    (4, 4)
    """
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def about(amount: float) -> float:
    """An expected amount rounded to what its error allows: to 100, 50 below 20,000, 10 below 1,000.

    >>> about(10_042.0), about(66_219.0), about(163.0), about(-830.0)
    (10050.0, 66200.0, 160.0, -830.0)
    """
    size = abs(amount)
    step = 100 if size >= 20_000 else 50 if size >= 1_000 else 10 if size >= 100 else 1
    return float(math.floor(size / step + 0.5) * step) * (-1 if amount < 0 else 1)
