"""What went wrong, where, and what to write instead, in both languages.

A fault holds a code, a place and the values found; its words stand in ``errors.toml`` beside this
file. They live here and not in ``presentation`` because faults arise in every room below it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("estimator").joinpath("errors.toml").read_text("utf-8"))


def codes() -> frozenset[str]:
    """Every code that has words."""
    return frozenset(_words())


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing wrong with an input.

    ``place`` is where: ``base_fee.csv:5:platform_count``, ``stores[0].platform`` or a month of a file.

    >>> fault = Fault(code="unknown_month", place="actuals.csv:3:month", values={"found": "13"})
    >>> str(fault)
    'actuals.csv:3:month: "13" is not a month; write 2027-01 or the number of the contract month'
    """

    code: str
    place: str
    values: dict[str, Any] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """The sentence without its place, in ``"en"`` or ``"zh"``."""
        return _words()[self.code][language].format(**self.values)

    def line(self, language: str) -> str:
        """``place: found; write instead`` on one line."""
        separator = "：" if language == "zh" else ": "
        return f"{self.place}{separator}{self.text(language)}" if self.place else self.text(language)

    def __str__(self) -> str:
        return self.line("en")


class QuotecastError(ValueError):
    """An input that cannot be used, with every fault found in it."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def fail(code: str, place: str, **values: Any) -> QuotecastError:
    """A ``QuotecastError`` of one fault, to be raised.

    >>> raise fail("unknown_month", "a.csv:2:month", found="x")
    Traceback (most recent call last):
    estimator.errors.QuotecastError: a.csv:2:month: "x" is not a month; write 2027-01 or the number of ...
    """
    return QuotecastError(Fault(code=code, place=place, values=values))
