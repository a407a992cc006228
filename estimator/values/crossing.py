"""Crossing: where a function of one number changes sign, by SciPy's bracketing search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from estimator.values.money import Array


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """The last bracket of a search: ``before`` and ``after`` lie on two sides of a change of sign.

    ``before`` has the sign of the place that the search started from; ``nearest`` is the one of both whose
    value is nearer to zero. Where a value is zero itself, all three are its place.
    """

    before: float
    after: float
    nearest: float


def crossing(
    of: Callable[[float], float],
    start: float,
    end: float,
    *,
    wide: float = 0.0,
    ratio: float = 0.0,
    close: float = 0.0,
    most: int = 60,
) -> Crossing:
    """Where ``of`` changes its sign between ``start`` and ``end``, which must lie on two sides of it.

    Ends where the bracket is narrower than ``wide`` or ``ratio`` of where it lies, where a value lies within
    ``close`` of zero, or after ``most`` steps. No place is asked for twice. Chandrupatla (1997).

    >>> round(crossing(lambda x: x * x - 2, 0.0, 2.0, wide=1e-9).nearest, 6)
    1.414214
    """
    from scipy.optimize.elementwise import find_root

    known = cache(of)

    def values(places: Array) -> Array:
        return np.array([known(float(place)) for place in places.ravel()]).reshape(places.shape)

    solved = find_root(
        values,
        (min(start, end), max(start, end)),
        tolerances={"xatol": wide, "xrtol": ratio, "fatol": close, "frtol": 0.0},
        maxiter=most,
    )
    nearest = float(solved.x)
    if solved.f_x == 0:
        return Crossing(before=nearest, after=nearest, nearest=nearest)
    low, high = (float(place) for place in solved.bracket)
    before, after = (low, high) if start <= end else (high, low)
    return Crossing(before=before, after=after, nearest=nearest)
