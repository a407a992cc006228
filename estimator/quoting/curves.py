"""Curves: the probability of every level, and the distribution behind it, as points to draw."""

from __future__ import annotations

import numpy as np

from estimator.promise.probability import WeighedDraws

CURVE = 61
NARROW = 1e-9
"""The span of a picture, as a share of where it lies, below which it is of one value and no span."""


def curve_of(draws: WeighedDraws, level: float) -> tuple[tuple[float, float], ...]:
    """The probability of reaching each level, over the span that the picture shows."""
    low, high = _span(draws.values[np.isfinite(draws.values)], level)
    levels = np.linspace(low, high, CURVE)
    return tuple(zip(levels.tolist(), draws.reached(levels).tolist()))


def _span(finite: np.ndarray, level: float) -> tuple[float, float]:
    low, high = np.quantile(finite, (0.005, 0.985))
    if is_one_value(low, high):
        return float(low) - 1.0, float(high) + 1.0
    margin = 0.05 * (high - low)
    return float(min(low, level - margin)), float(max(high, level + margin))


def is_one_value(low: float, high: float) -> bool:
    """Whether two ends lie so close that no picture can tell what lies between them."""
    return bool(high - low <= NARROW * max(abs(low), abs(high)))


def density_of(finite: np.ndarray) -> tuple[tuple[float, float], ...]:
    """The distribution as a smooth line: a histogram of 48 bins, each smoothed with its neighbours."""
    low, high = np.quantile(finite, (0.002, 0.985))
    if is_one_value(low, high):
        return ()
    counts, edges = np.histogram(finite, bins=48, range=(float(low), float(high)))
    heights = np.convolve(counts, [0.25, 0.5, 0.25], mode="same") / (finite.size * (edges[1] - edges[0]))
    middles = (edges[:-1] + edges[1:]) / 2
    return tuple(zip(middles.tolist(), heights.tolist()))


Curve = tuple[tuple[float, float], ...]
