"""Scores of forecasts: how far off, how often inside, how honest a probability; each with its interval.

A forecast is handed in as its levels at ``SHARES``, equally likely each. CRPS and Brier are the better the
smaller.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import stats

from estimator.values.units import Floats

LEVELS = 200
SHARES: Floats = (np.arange(LEVELS) + 0.5) / LEVELS
"""The shares of a forecast that lie below its levels."""
WIDTHS = (0.5, 0.8, 0.9)
"""Of the intervals whose coverage is counted."""
CONFIDENCE = 0.9
"""Of the interval on a score."""
RESAMPLED = 2_000
SEED = 20261130


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A score with the interval that nine of ten repetitions of so few outcomes would lie in."""

    value: float
    low: float
    high: float


def crps(levels: Floats, actual: float) -> float:
    """The continuous ranked probability score of a forecast, in the unit of its levels.

    >>> crps(np.zeros(LEVELS), 2.0)
    2.0
    """
    count = len(levels)
    order = 2 * np.arange(1, count + 1) - count - 1
    return float(np.mean(np.abs(levels - actual)) - order @ np.sort(levels) / count**2)


def inside(levels: Floats, actual: float, width: float) -> bool:
    """Whether an outcome lies in the middle ``width`` of a forecast."""
    low, high = np.quantile(levels, [(1 - width) / 2, (1 + width) / 2])
    return bool(low <= actual <= high)


def share(hits: float, count: int, overlap: int = 1) -> Scored:
    """A share of so many outcomes, with Wilson's interval; of ``overlap`` neighbours one counts.

    >>> scored = share(8, 10)
    >>> scored.value, round(scored.low, 2), round(scored.high, 2)
    (0.8, 0.54, 0.93)
    """
    z = float(stats.norm.ppf((1 + CONFIDENCE) / 2))
    value, told = hits / count, count / overlap
    middle = (value + z * z / (2 * told)) / (1 + z * z / told)
    half = z / (1 + z * z / told) * sqrt(value * (1 - value) / told + z * z / (4 * told * told))
    return Scored(value=value, low=middle - half, high=middle + half)


def resampled(parts: Sequence[Floats], score: Callable[..., float], block: int) -> Scored:
    """A score over outcomes that follow one another, resampled in blocks of neighbours.

    ``parts`` are series of one length, which ``score`` takes; outcomes nearer than ``block`` hang together.
    """
    count = len(parts[0])
    block = max(1, min(block, count))
    numbers = np.random.default_rng(SEED)
    starts = numbers.integers(0, count, (RESAMPLED, -(-count // block)))
    # docs/model.md (M66): a circular block bootstrap, so that every outcome is drawn alike
    rows = ((starts[:, :, None] + np.arange(block)) % count).reshape(RESAMPLED, -1)[:, :count]
    drawn = [score(*(part[row] for part in parts)) for row in rows]
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Scored(value=score(*parts), low=float(low), high=float(high))
