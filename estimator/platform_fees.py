"""What the platforms keep: dated fees as data, applied to counted quantities.

Where sources disagree about a date, both values stand in the table; ``counts`` says which one is used
and the note says why. A stress case computes with the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from estimator.kpis import Platform
from estimator.money import Amount, Array, Share
from estimator.outcomes import Outcomes

Kind = Literal["referral", "refund_admin", "payment"]


class PlatformFee(BaseModel):
    """One fee of one platform between two dates; ``until`` None is open.

    ``rate`` is a share of dispatched GMV for a referral or payment fee and of the returned referral fee
    for the refund administration; ``per_order`` is charged besides; ``cap`` limits the fee of one order.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    id: str
    platform: Platform
    category: str
    store_kind: str
    kind: Kind
    begins: dt.date
    until: dt.date | None
    rate: Share
    per_order: Amount
    cap: Amount | None
    counts: bool
    grade: str = Field(min_length=1)
    source: str = Field(min_length=1)
    as_of: dt.date
    note: str

    def in_force(self, day: dt.date) -> bool:
        return self.begins <= day and (self.until is None or day <= self.until)


class PlatformFees(BaseModel):
    """The dated fees of every platform."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    rows: tuple[PlatformFee, ...]

    def rate(self, platform: str, category: str, kind: Kind, day: dt.date) -> PlatformFee | None:
        """The fee used on ``day``: the row that counts and names the category, else the general one."""
        rows = [
            row
            for row in self.rows
            if row.platform == platform and row.kind == kind and row.counts and row.in_force(day)
        ]
        named = [row for row in rows if row.category == category]
        return next(iter(named or [row for row in rows if row.category == "*"]), None)

    def disputed(self, platform: str, day: dt.date) -> tuple[PlatformFee, ...]:
        """The rows in force on ``day`` that another source contradicts, the unused ones first."""
        rows = [row for row in self.rows if row.platform == platform and row.in_force(day)]
        kinds = {row.kind for row in rows if not row.counts}
        return tuple(sorted((row for row in rows if row.kind in kinds), key=lambda row: row.counts))

    def take(
        self,
        outcomes: Outcomes,
        category: str,
        days: tuple[dt.date, ...],
        referral_factor: Callable[[str], float],
    ) -> Array:
        """What the platforms keep, draws x months, USD.

        ``days`` holds a date within each month; ``referral_factor`` is a scenario's factor by platform. A
        returned order gives its referral fee back less the administration fee; a payment fee is kept.
        """

        def cell(name: str) -> Array:
            return outcomes.quantities[name][:, store, month]

        draws, stores, months = outcomes.shape
        total = np.zeros((draws, months))
        for store in range(stores):
            for month in range(months):
                day, platform = days[month], outcomes.platforms[store]
                shipped, returned, gmv = cell("shipped_gmv"), cell("returned_gmv"), cell("gmv")
                sold = np.maximum(gmv, 1e-9)
                orders = cell("orders") * shipped / sold
                returned_orders = cell("orders") * returned / sold
                referral = self.rate(platform, category, "referral", day)
                share = float(referral.rate) * referral_factor(platform) if referral else 0.0
                total[:, month] += share * (shipped - returned)
                admin = self.rate(platform, category, "refund_admin", day)
                if admin:
                    fee = float(admin.rate) * share * returned
                    cap = float(admin.cap or Decimal(10**9)) * returned_orders
                    total[:, month] += np.minimum(fee, cap)
                payment = self.rate(platform, category, "payment", day)
                if payment:
                    total[:, month] += float(payment.rate) * shipped + float(payment.per_order) * orders
        return total
