"""Random laws of a month: how many, when, and what share of it."""

from __future__ import annotations

import math

import numpy as np

from estimator.values.units import Floats, Value

EXACT_BELOW = 0.5
"""Expected orders below which the exact gamma quantile takes over."""
NEXT_TO_NOTHING = math.log(1e-16)
"""The log of a quantile below which the series of the gamma function has one term."""


def gamma_count(mean: Floats, z: Floats) -> Floats:
    """A gamma variable of mean and variance ``mean`` at normal ``z``: orders, or the sum of their values.

    Wilson and Hilferty (1931), mean and variance within 0.2 % from 1 up; below 0.5, where it would lose
    up to half of the mean, the exact quantile. Rises in ``mean`` at every ``|z| < 5.66``; zero at zero.

    >>> gamma_count(np.array([0.0, 100.0]), np.array([1.0, 0.0])).round(2)
    array([ 0.  , 99.67])
    """
    # docs/model.md (M21): a cube can be zero and rises with the mean, unlike a lognormal
    root = np.cbrt(np.maximum(mean, 1e-9))
    by = 1 / np.sqrt(root)
    near = by * by
    base: Floats = z * by
    base *= 1 / 3
    base += root
    base -= near * near * (1 / 9)
    np.maximum(base, 0.0, out=base)
    value = base * base
    value *= base
    if np.min(mean, initial=EXACT_BELOW) < EXACT_BELOW:
        small = np.broadcast_to((mean > 0) & (mean < EXACT_BELOW), value.shape)
        few, luck = (np.broadcast_to(of, value.shape)[small] for of in (mean, z))
        value[small] = _exact(np.maximum(few, 1e-9), luck)
    return value


def _exact(few: Floats, z: Floats) -> Floats:
    """The gamma quantile of shape ``few`` at normal ``z``.

    SciPy looks for those of next to nothing for a long time, where the first term of the series is exact to
    the last digit.
    """
    from scipy.special import gammaincinv, gammaln, log_ndtr, ndtr

    log: Floats = (log_ndtr(z) + gammaln(1 + few)) / few
    value = np.exp(np.minimum(log, NEXT_TO_NOTHING))
    rest = log > NEXT_TO_NOTHING
    value[rest] = gammaincinv(few[rest], ndtr(z[rest]))
    return value


def clock(uniform: Floats, rate: float) -> Value:
    """The time until something that happens at ``rate`` a month."""
    return -np.log1p(-uniform) / rate if rate > 0 else math.inf


def overlap(month: int, start: Value, end: Value) -> Value:
    """The share of contract month ``month`` that lies between two points in time."""
    return within(np.minimum(end, month) - np.maximum(start, month - 1.0))


def within(share: Value) -> Value:
    """The share, held from 0 to 1."""
    return np.minimum(np.maximum(share, 0.0), 1.0)


def given(stated: Value, otherwise: Value) -> Value:
    """What was stated, else ``otherwise``: where it is None, or not a number among many prospects.

    >>> given(None, 2.0), given(3.0, 2.0), given(np.array([np.nan, 3.0]), 2.0)
    (2.0, 3.0, array([2., 3.]))
    """
    if stated is None:
        return otherwise
    return np.where(np.isnan(stated), otherwise, stated) if isinstance(stated, np.ndarray) else stated


def expit(x: Value) -> Value:
    return 1 / (1 + np.exp(-x))


def logit(p: Value) -> Value:
    return np.log(p / (1 - p))
