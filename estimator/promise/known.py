"""What is not known stands beside a probability: the range it takes over the market's assumptions.

A probability averages over everything that is open: the luck of an account and of its months, which nobody
can know, and assumptions on the market, which somebody could. Over the latter alone it has two ends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

from estimator.market.assumptions import Z5

LEAST_REST = 1e-3
"""Of the spread, which is left whatever is known."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """How much of an outcome's spread the market's assumptions explain, and how much the account's own luck.

    The latter is what a paid test or the account's own figures would tell. Of those that it has,
    ``own_months``, or without any what it sells now (``of_today``), say how far its level lies off what was
    expected (``shift``, a log) and leave so much of its width open (``left``, a share). ``told`` are the
    lowest and the highest probability at the ends of facts that the prospect told as a range.
    """

    of_market: float
    of_luck: float
    own_months: int = 0
    of_today: bool = False
    shift: float = 0.0
    left: float = 1.0
    told: tuple[float, float] | None = None

    def between(self, chance: float) -> tuple[float, float]:
        """The ends of a probability over the assumptions alone, nine cases of ten, and over what was told.

        >>> [round(end, 2) for end in Known(of_market=0.19, of_luck=0.5).between(0.23)]
        [0.05, 0.49]
        """
        if self.told is not None:
            least, most = min(chance, self.told[0]), max(chance, self.told[1])
            exact = replace(self, told=None)
            return exact.between(least)[0], exact.between(most)[1]
        from scipy.special import ndtr, ndtri

        # docs/model.md (M67): the outcome's normal score, a part of it held at its ends
        at = float(ndtri(1 - min(max(chance, 1e-6), 1 - 1e-6)))
        rest = sqrt(max(1 - self.of_market, LEAST_REST))
        low, high = (float(ndtr((z * sqrt(self.of_market) - at) / rest)) for z in (-Z5, Z5))
        return low, high
