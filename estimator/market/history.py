"""What an account's own past teaches, and how much it weighs against the market's default."""

from __future__ import annotations

import math
from collections.abc import Sequence

from estimator.values.units import WEEKS

BETWEEN = 0.30
"""Variance of log ROAS between accounts of a known category (0.55 squared)."""
WITHIN = 0.04
"""Variance of log ROAS from month to month within an account."""
PERSISTENCE = 0.5
"""Correlation of neighbouring months."""
SHORTER = 0.57
"""Variance of log ROAS grows by this power as months get shorter: log-sd .181 by the week, .119 by the
month in one large account (shared facts "market statistics", daily, weekly and monthly series)."""
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
    noise = sum((1 + cv_order_value**2) / count for count in orders) / months
    # docs/model.md (M9): v2, then K
    variance = _within(months) + noise + (TRANSFER if elsewhere else 0.0)
    return BETWEEN / (BETWEEN + variance)


def weight_of_test(orders: float, weeks: float, cv_order_value: float, held: float = 0.0) -> float:
    """The weight of a test's log ROAS against what is known before it, of which ``held`` came from history.

    ``orders`` are those of the whole test. Weeks vary more than months do.

    >>> round(weight_of_test(300.0, 2.0, 0.7), 3), weight_of_test(0.0, 2.0, 0.7)
    (0.817, 0.0)
    """
    if orders <= 0:
        return 0.0
    months = weeks / WEEKS
    own = _within(int(months)) if months >= 1 else WITHIN * months**-SHORTER
    variance = own + (1 + cv_order_value**2) / orders
    # docs/model.md (M58): what history told is no longer open
    before = BETWEEN * (1 - held)
    return before / (before + variance)


def _within(months: int) -> float:
    """Variance of the mean of so many neighbouring months of one account."""
    lags = sum(PERSISTENCE**lag * (1 - lag / months) for lag in range(1, months))
    return WITHIN * (1 + 2 * lags) / months


def residual(observed: Sequence[float], expected: Sequence[float]) -> float:
    """The mean of log observed over expected ROAS.

    >>> round(residual([2.0, 2.0], [1.0, 1.0]), 4)
    0.6931
    """
    return sum(math.log(o / e) for o, e in zip(observed, expected)) / len(observed)
