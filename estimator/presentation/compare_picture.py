"""Dots, scales and letters of the comparison's picture."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from estimator.market.summary import Spread

LETTERS = "ABCDEF"
Side = Literal["right", "left", "above", "below"]
SIDES: Mapping[Side, tuple[float, float]] = MappingProxyType(
    {"right": (0.035, 0.0), "left": (-0.035, 0.0), "above": (0.0, 0.1), "below": (0.0, -0.1)}
)
"""Where a letter may stand, as steps on the width and the height of the picture."""
NEAR = (0.045, 0.1)
"""Closer than this on both, letters and dots overlap."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One offer. ``bar`` holds (party, share of the dearest offer's spend).

    ``curve`` is the density as (x, height), both 0 to 1; ``low``, ``middle``, ``high`` are the tenth, the
    middle and the nine tenths of profit on the same width. ``box`` is what opens: a title and lines each.
    """

    id: str
    letter: str
    name: str
    terms: str
    bar: tuple[tuple[str, float], ...]
    spend: str
    curve: tuple[tuple[float, float], ...]
    low: float
    middle: float
    high: float
    profit: str
    loss: str
    goal: str
    cash: str
    start: str
    risk: str
    box: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Dot:
    """An offer between its profit in a poor outcome and its middle profit, both 0 to 1 of the picture.

    ``side`` is where its letter stands beside the dot.
    """

    letter: str
    x: float
    y: float
    side: Side


def dots_of(places: list[tuple[float, float]]) -> Iterator[Dot]:
    """The offers' dots, each letter on the first side on which it covers no dot and no other letter."""
    taken = list(places)
    for letter, (x, y) in zip(LETTERS, places):
        spots: dict[Side, tuple[float, float]] = {side: (x + dx, y + dy) for side, (dx, dy) in SIDES.items()}
        side: Side = next((name for name, spot in spots.items() if not _crowded(spot, taken)), "right")
        taken.append(spots[side])
        yield Dot(letter=letter, x=x, y=y, side=side)


def _crowded(spot: tuple[float, float], taken: list[tuple[float, float]]) -> bool:
    return any(abs(spot[0] - x) < NEAR[0] * 0.7 and abs(spot[1] - y) < NEAR[1] * 0.7 for x, y in taken)


def reach_of(profits: Sequence[Spread]) -> tuple[float, float]:
    """The width of the densities: from the lowest P10 to the highest P90, with air, and zero within."""
    edges = [edge for profit in profits for edge in (profit.p10, profit.p90)]
    low, high = min([0.0, *edges]), max([0.0, *edges])
    air = 0.12 * (high - low) or 1.0
    return low - air, high + air


def position(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low)


def padded(values: list[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    air = 0.15 * (high - low) or max(abs(high) * 0.1, 100.0)
    return low - air, high + air


def ticks_of(low: float, high: float, count: int) -> tuple[float, ...]:
    """Round amounts from below ``low`` to above ``high``, about ``count`` steps apart."""
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * unit for unit in (1, 2, 2.5, 5, 10) if power * unit >= raw)
    first, last = math.floor(low / step), math.ceil(high / step)
    return tuple(step * index for index in range(first, last + 1))
