"""What an account's own past teaches, and how much it weighs against the market's default."""

from __future__ import annotations

import math
from collections.abc import Sequence

BETWEEN = 0.30
"""Variance of log ROAS between accounts of a known category (0.55 squared)."""
WITHIN = 0.04
"""Variance of log ROAS from month to month within an account."""
PERSISTENCE = 0.5
"""Correlation of neighbouring months."""
TRANSFER = 0.36
"""Added where the history is another market's (log-sd 0.6)."""


def weight(orders: Sequence[float], cv_order_value: float, *, elsewhere: bool = False) -> float:
    """The weight of an own mean log ROAS against the default, between 0 and 1.

    ``orders`` are those of each month of history. Source: shared facts "default market", 1.7, read
    literally: the order noise of the months is averaged and not divided by their number, which errs on
    the side of the default for small shops.

    >>> round(weight([600.0] * 9, 0.7), 3)
    0.956
    """
    months = len(orders)
    if months == 0:
        return 0.0
    lags = sum(PERSISTENCE**lag * (1 - lag / months) for lag in range(1, months))
    noise = sum((1 + cv_order_value**2) / count for count in orders) / months
    variance = WITHIN * (1 + 2 * lags) / months + noise + (TRANSFER if elsewhere else 0.0)
    return BETWEEN / (BETWEEN + variance)


def residual(observed: Sequence[float], expected: Sequence[float]) -> float:
    """The mean of log observed over expected ROAS.

    >>> round(residual([2.0, 2.0], [1.0, 1.0]), 4)
    0.6931
    """
    return sum(math.log(o / e) for o, e in zip(observed, expected)) / len(observed)
