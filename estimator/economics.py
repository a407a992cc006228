"""What everyone would earn: seller's profit and cash, agency's margin, platform's take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from estimator.goals import Probability
from estimator.money import Array


@dataclass(frozen=True, kw_only=True)
class Spread:
    """An amount over the draws: its mean and three quantiles, in the quote's currency."""

    mean: float
    p10: float
    p50: float
    p90: float

    @classmethod
    def of(cls, draws: Array) -> Spread:
        """
        >>> import numpy as np
        >>> Spread.of(np.array([0.0, 10.0]))
        Spread(mean=5.0, p10=1.0, p50=5.0, p90=9.0)
        """
        low, middle, high = np.quantile(draws, (0.1, 0.5, 0.9))
        return cls(mean=float(draws.mean()), p10=float(low), p50=float(middle), p90=float(high))


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """Expected monthly spend of the seller in the three blocks that are never mixed.

    ``agency_fee`` is ours; ``ads``, ``creators`` (commission) and ``samples`` (samples and flat fees)
    are passed through; ``platform_take`` stays with the platforms. Zero where the terms cover a block.
    """

    agency_fee: float
    ads: float
    creators: float
    samples: float
    platform_take: float

    @property
    def passed_through(self) -> float:
        return self.ads + self.creators + self.samples

    @property
    def total(self) -> float:
        return self.agency_fee + self.passed_through + self.platform_take


@dataclass(frozen=True, kw_only=True)
class SellerMoney:
    """The seller's side. ``profit`` and ``cash_low`` are over the term; ``profit_by_month`` is a Spread
    a month; ``break_even_roas`` is the blended ROAS at which the term's profit is zero (median over
    draws), None where no ROAS reaches it; ``margin_known`` is false where the landed cost is the
    category's guess; ``payback_month`` the first month in which median cumulative cash is positive.
    """

    blocks: Blocks
    profit: Spread
    profit_by_month: tuple[Spread, ...]
    loss_probability: Probability
    break_even_roas: float | None
    cash_low: Spread
    payback_month: int | None
    margin_known: bool
    profit_at_goal: float | None


@dataclass(frozen=True, kw_only=True)
class AgencyMoney:
    """The agency's side, absent without ``pricing_rules/internal/``. Over the term."""

    margin: Spread
    margin_share: float
    loss_probability: Probability
