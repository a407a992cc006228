"""Digits: figures cut to what their error allows, before they are written or hashed.

So the same answer is the same bytes everywhere. The types cut a figure when a record is made of it.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Annotated

from pydantic import AfterValidator, AllowInfNan, Field

from estimator.brief.goals import Probability


def money(amount: float) -> float:
    """An amount to four digits, the most a simulated mean allows, and never below a cent."""
    return digits(amount, 4)


def digits(value: float, count: int) -> float:
    """``value`` to ``count`` significant digits.

    >>> digits(12345.6, 4), digits(0.0, 3)
    (12350.0, 0.0)
    """
    if value == 0 or not math.isfinite(value):
        return 0.0
    places = count - 1 - math.floor(math.log10(abs(value)))
    return round(value, min(places, 2) if abs(value) >= 1 else places) + 0.0


def probability_digits(probability: Probability) -> dict[str, float]:
    """Probability and error to two digits of the error.

    >>> probability_digits(Probability(value=0.234567, error=0.00312))
    {'probability': 0.2346, 'error': 0.0032}
    """
    places = min(max(1 - math.floor(math.log10(probability.error)), 2), 6)
    return {
        "probability": round(probability.value, places),
        "error": math.ceil(round(probability.error * 10**places, 6)) / 10**places,
    }


def safe_digits(level: float, at_least: bool) -> float:
    """A safe level to four digits, rounded to the side that stays safe.

    >>> safe_digits(1.23456, True), safe_digits(1.23456, False)
    (1.234, 1.235)
    """
    if level == 0:
        return 0.0
    scale = 10.0 ** (3 - math.floor(math.log10(abs(level))))
    shifted = level * scale
    whole = math.floor(shifted + 1e-9) if at_least else math.ceil(shifted - 1e-9)
    return whole / scale


Money = Annotated[
    float, AllowInfNan(True), AfterValidator(money), Field(description="Money, to four digits.")
]
"""An amount in the answer's currency; one that is not finite is written as zero."""
Digits2 = Annotated[float, AllowInfNan(True), AfterValidator(partial(digits, count=2))]
"""A figure to two significant digits."""
Digits3 = Annotated[float, AllowInfNan(True), AfterValidator(partial(digits, count=3))]
"""A figure to three significant digits, such as a ROAS."""
Digits4 = Annotated[float, AllowInfNan(True), AfterValidator(partial(digits, count=4))]
"""A figure to four significant digits, such as a level of a KPI."""
Places2 = Annotated[float, AfterValidator(lambda value: round(value, 2))]
"""A figure to two decimal places."""
Places3 = Annotated[float, AfterValidator(lambda value: round(value, 3))]
"""A figure to three decimal places, such as a share of outcomes."""
Places4 = Annotated[float, AfterValidator(lambda value: round(value, 4))]
"""A figure to four decimal places."""
