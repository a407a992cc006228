"""What went wrong, where, and what to write instead, in both languages.

A fault holds a code, a place and the values found; its words stand in ``errors.toml`` beside this
file. They live here and not in ``presentation`` because faults arise in every room below it.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

MOST_SHOWN = 60
"""Characters of an input quoted back; ``{found:all}`` in a fault's words quotes everything."""
MOST_CHOICES = 12
"""Choices listed in full; of more only the nearest in spelling are named."""
_MOST_PLACE = 240
_OTHERS = {"en": "{names} ({others} others)", "zh": "{names}（另有 {others} 项）"}


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("estimator.values").joinpath("errors.toml").read_text("utf-8"))


def codes() -> frozenset[str]:
    """Every code that has words."""
    return frozenset(_words())


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing wrong with an input.

    ``place`` is where: ``base_fee.csv:5:platform_count``, ``stores[0].platform`` or a month of a file.

    >>> fault = Fault(code="unknown_month", place="actuals.csv:3:month", values={"found": "13"})
    >>> str(fault)
    'actuals.csv:3:month: "13" is not a month; write 2027-01, or the number of the contract month, 1 to 99'
    """

    code: str
    place: str
    values: dict[str, Any] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """The sentence without its place, in ``"en"`` or ``"zh"``; a value may be a label in both."""
        values = {name: getattr(value, language, value) for name, value in self.values.items()}
        if "choices" in values:
            values["choices"] = _listed(values["choices"], values.get("found", ""), language)
        return _Quoting().vformat(_words()[self.code][language], (), values)

    def line(self, language: str) -> str:
        """``place: found; write instead`` on one line."""
        separator = "：" if language == "zh" else ": "
        place = cut(escaped(self.place), _MOST_PLACE)
        return f"{place}{separator}{self.text(language)}" if place else self.text(language)

    def __str__(self) -> str:
        return self.line("en")


class QuotecastError(ValueError):
    """An input that cannot be used, with every fault found in it."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))

    def lines(self, language: str) -> tuple[str, ...]:
        """Every fault on a line of its own."""
        return tuple(fault.line(language) for fault in self.faults)


def fail(code: str, place: str, **values: Any) -> QuotecastError:
    """A ``QuotecastError`` of one fault, to be raised.

    >>> raise fail("unknown_month", "a.csv:2:month", found="x")
    Traceback (most recent call last):
    estimator.values.errors.QuotecastError: a.csv:2:month: "x" is not a month; write 2027-01, ...
    """
    return QuotecastError(Fault(code=code, place=place, values=values))


def quoted(value: object) -> str:
    """A value from outside as a fault may quote it: short, on one line, however deep or long it is.

    >>> quoted([1, 3]), quoted({"a": {}}), quoted(True), quoted("a\\nb"), quoted(10**5000)
    ('[1, 3]', '{…}', 'true', 'a\\\\nb', '1.00E+5000')
    """
    match value:
        case None:
            text = "null"
        case bool():
            text = str(value).lower()
        case int() if value.bit_length() > 200:
            text = f"{Decimal(value):.3g}".upper()
        case str() | int() | float() | Decimal():
            text = str(value)
        case dt.date() | dt.time():
            text = value.isoformat()
        case list() | tuple() if len(value) <= 6 and not any(isinstance(v, list | dict) for v in value):
            text = f"[{', '.join(map(literal, value))}]"
        case list() | tuple() | frozenset() | set():
            text = "[…]"
        case Mapping():
            text = "{…}"
        case _:
            text = str(value)
    return cut(escaped(text))


def literal(value: object) -> str:
    """As ``quoted``, with a text between quotation marks.

    >>> literal("yes"), literal(5)
    ('"yes"', '5')
    """
    return f'"{cut(escaped(value), MOST_SHOWN - 2)}"' if isinstance(value, str) else quoted(value)


def escaped(text: str) -> str:
    """The text with control characters and line ends written out: a tab is ``\\t``."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def cut(text: str, most: int = MOST_SHOWN) -> str:
    """The text in at most ``most`` characters, the end left out if need be."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


class _Quoting(Formatter):
    """Fills a fault's words with values that may hold anything."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, _Choices):
            return value
        return escaped(str(value)) if format_spec == "all" else quoted(value)


class _Choices(str):
    """Choices already joined for the reader."""


def _listed(choices: object, given: object, language: str) -> _Choices:
    """The choices with the language's own comma; of a long list three, nearest to ``found``."""
    names = choices.split(", ") if isinstance(choices, str) else list(map(str, choices))  # type: ignore[call-overload]
    names = [cut(escaped(name)) for name in names]
    near = names
    if len(names) > MOST_CHOICES:
        near = get_close_matches(quoted(given), names, n=3, cutoff=0.3) or names[:3]
    joined = ("、" if language == "zh" else ", ").join(near)
    if len(near) < len(names):
        joined = _OTHERS[language].format(names=joined, others=len(names) - len(near))
    return _Choices(joined)
