"""The data of the odds picture: curves, rules and scales."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from estimator.values.text import Language

BAND = (-1.3, -0.12)
"""Foot and top of the lower panel, in units of the probability axis."""
HEAP = 0.34
"""How much of the lower panel the density fills."""


ROOM = 0.23
"""The share of the width a label at a rule needs on its side."""

Dash = Literal["thin", "dotted", "thick"]
Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A level that matters: its rule, its label, and the probability it is reached with, if it has one."""

    level: float
    label: str
    dash: Dash
    probability: float | None = None


@dataclass(frozen=True, kw_only=True)
class Money:
    """Who gets what at each level, a month: the seller's line and the agency's, before and after a trade.

    ``marks`` are levels at which the agency's line changes its course, each with a label. Levels are those of
    the curve above. ``whole`` shows the lines to their ends: of those read off draws none lies far off.
    """

    seller: Curve
    agency: Curve
    seller_label: str
    agency_label: str
    traded_seller: Curve = ()
    traded_agency: Curve = ()
    marks: tuple[tuple[float, str], ...] = ()
    break_even: float | None = None
    currency: str = "$"
    whole: bool = False


@dataclass(frozen=True, kw_only=True)
class Odds:
    """All that the figure of one goal shows; ``unit`` and ``language`` say how its axis writes levels.

    ``band`` is a pair of curves, from the cautious to the hopeful scenario; ``other`` the curve of the
    definition that gives least, where the definition is open; ``steps`` further goals on the same KPI, in
    the order of their months, each with the probability of its own.
    """

    curve: Curve
    density: Curve
    rules: tuple[Rule, ...]
    split: float | None
    lose: str
    gain: str
    unit: Literal["ratio", "share", "USD", "count", "stars"]
    language: Language
    band: tuple[Curve, Curve] | None = None
    other: Curve = ()
    money: Money | None = None
    steps: tuple[Rule, ...] = ()


def ticks_of(low: float, high: float) -> list[float]:
    """About eight round levels."""
    step = round_step((high - low) / 9)
    first = math.ceil(low / step + 0.02)
    return [step * k for k in range(first, math.floor(high / step - 0.02) + 1)]


def round_step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below ``least``."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(unit * power for unit in (1, 2, 5, 10) if unit * power >= least * (1 - 1e-9))


def stairs(figure: Odds) -> Curve:
    """From the requested level across to each later goal's, and down to its probability."""
    if not figure.steps or not figure.rules or figure.rules[0].probability is None:
        return ()
    points = [(figure.rules[0].level, figure.rules[0].probability)]
    for step in figure.steps:
        points.append((step.level, points[-1][1]))
        points.append((step.level, step.probability or 0.0))
    return tuple(points)
