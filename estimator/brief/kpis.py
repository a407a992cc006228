"""KPI records and their evaluation on counted quantities.

A KPI is a record, not a formula in code: what is counted over what, gross or net, by which report.
Contracts fail over what the target *means*, so the whole record prints on the quote.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Protocol

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from estimator.brief.calendar import Calendar
from estimator.brief.vocabulary import Platform
from estimator.values.money import Array, Number, like
from estimator.values.text import Text

QUANTITIES: dict[str, str] = {
    "ad_spend": "advertising spent in the month, USD",
    "clicks": "clicks on ads",
    "ad_orders": "orders from ads",
    "attributed_gmv": "GMV the platform attributes to its ads; websites may claim one order twice, USD",
    "gmv_ads": "GMV from ads, each order once, USD",
    "gmv_creators": "GMV from creators' videos, USD",
    "gmv_live": "GMV from live sessions, USD",
    "gmv_organic": "GMV from organic traffic and the shop tab, USD",
    "gmv_repeat": "GMV from repeat orders, USD",
    "gmv": "gross merchandise value of all channels before cancellations and returns, USD",
    "promoted_gmv": "what the platform's own total report shows (GMV Max), USD",
    "promoted_net_gmv": "the same less creator commission, coupons and platform fees, USD",
    "cancelled_gmv": "GMV cancelled before dispatch, USD",
    "shipped_gmv": "GMV dispatched, USD",
    "returned_gmv": "returns booked in the month, of shipments of this and the last month, USD",
    "cohort_returned_gmv": "returns of what was sold in the month, whenever booked, USD",
    "settled_gmv": "shipped GMV less the returns booked in the month, USD",
    "cohort_settled_gmv": "shipped GMV less the returns of what was sold in the month, USD",
    "orders": "orders of all channels",
    "repeat_orders": "orders of customers who bought before",
    "cohort_repeat_orders": "orders that the month's new customers place again within twelve months",
    "new_customers": "customers who buy for the first time",
    "new_customers_ads": "customers who buy for the first time, from ads",
    "visits": "visits to shop or site",
    "videos": "own videos published",
    "creator_videos": "creators' videos published",
    "creators_posting": "creators active with goods in the month",
    "live_hours": "hours live",
    "hours": "hours of work booked",
    "days_down": "days the shop could not sell",
    "baseline_gmv": "the stated monthly GMV before the work began, USD",
    "first_month_gmv": "GMV of the first full month of the term, USD",
    "shop_rating_orders": "shop rating in stars, weighted by orders",
    "agency_fee": "what the agency charges, USD",
    "platform_take": "what the platform keeps, USD",
    "creator_commission": "creators' commission, USD",
    "sample_cost": "samples and creators' flat fees, USD",
    "ad_rebate": "what the platform gives back of the ads paid for, USD",
    "fees": "the charges of these terms after bounds, USD; only a refund may read it",
}
"""Every quantity a month can count, with its meaning and unit."""


class Quantity(BaseModel):
    """What is counted, for KPIs, shares, unit prices and tests alike.

    ``of`` names quantities that are added up; ``platforms`` narrows the stores counted (``None``: all).
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    of: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    platforms: Annotated[tuple[Platform, ...] | None, Field(strict=False)] = None


AMOUNTS = frozenset(name for name, meaning in QUANTITIES.items() if "USD" in meaning)
"""Quantities that are money: as reported in USD, or in the currency that a file or a market is in."""
OWN_FEES = frozenset({"fees", "agency_fee"})
"""What the charges themselves come to, which a refund may read."""
COMPUTED: dict[str, tuple[str, ...]] = {
    "fees": (),
    "agency_fee": (),
    "first_month_gmv": ("gmv",),
    "shop_rating_orders": ("shop_rating", "orders"),
}
"""Quantities that nobody counts, since they follow from the charges themselves or from what is counted."""
EFFORT = frozenset(
    {
        "ad_spend",
        "clicks",
        "visits",
        "videos",
        "creator_videos",
        "creators_posting",
        "live_hours",
        "hours",
        "days_down",
        "baseline_gmv",
    }
)
"""Quantities that are work or traffic: they do not grow with how well it sells."""
TIME = frozenset({"hours", "live_hours"})
"""Quantities that are time, of which a part of a unit is counted as a part."""


class Ledger(Protocol):
    """Whatever can be counted month by month: simulated draws or a file of actuals."""

    @property
    def calendar(self) -> Calendar:
        """How its months stand to those of the contract."""
        ...

    def count(self, quantity: Quantity) -> Array:
        """The quantity, draws x months."""
        ...


Returns = Literal["before", "booked", "cohort", "none"]
"""What returns do to a KPI: counted before them, less those booked in the month, less those of what the month
sold, or nothing."""


class Worked(BaseModel):
    """A KPI worked once through: what stands above and below the line, and what it comes to."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    over: Number
    under: Number | None = None
    result: Number


class Changed(BaseModel):
    """A month from which a report counts otherwise: figures before and after it are not of one kind."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    since: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}$")
    note: Text
    source: str = Field(min_length=1)


class Kpi(BaseModel):
    """A performance indicator as a contract has to write it.

    ``over`` divided by ``under``, both summed over the window *before* dividing, plus ``offset``
    (growth is a ratio less one). Without ``under`` it is a plain count. ``forecast`` is false for what
    is recorded and printed but has no probability.

    Months are those of ``zone``. The figures are read ``ripe_days`` days after the last month, when returns
    and late postings are in; ``returns`` says what returns do to them. The level is compared unrounded; what
    prints is rounded half up to ``digits`` decimals. ``changed`` marks a break in the report. These are None
    in contracts that were written before records held them.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    id: str
    label: Text
    definition: Text
    over: Quantity
    under: Quantity | None = None
    offset: Number = Decimal(0)
    unit: Literal["ratio", "share", "USD", "count", "stars"]
    better: Literal["higher", "lower"]
    attribution: Text
    source: Text
    measurable_on: Annotated[tuple[Platform, ...], Field(strict=False)]
    forecast: bool = True
    process: bool = False
    zone: str | None = None
    ripe_days: Annotated[int, Field(ge=0, le=730)] | None = None
    returns: Returns | None = None
    digits: Annotated[int, Field(ge=0, le=6)] | None = None
    worked: Worked | None = None
    changed: Changed | None = None

    @property
    def platforms(self) -> tuple[Platform, ...] | None:
        """The platforms whose stores it counts; None: all."""
        return self.over.platforms

    def on(self, platforms: tuple[Platform, ...]) -> Kpi:
        """The same KPI counted on these platforms alone."""
        over, under = (
            quantity and quantity.model_copy(update={"platforms": platforms})
            for quantity in (self.over, self.under)
        )
        return self.model_copy(update={"over": over, "under": under})

    @property
    def columns(self) -> frozenset[str]:
        """What a file of actuals must hold to settle it; what it computes is left out, its parts are in."""
        parts = (COMPUTED.get(name, (name,)) for name in self.counts)
        return frozenset(name for each in parts for name in each)

    @property
    def counts(self) -> frozenset[str]:
        """The quantities it is made of, above the line and below."""
        return frozenset((*self.over.of, *(self.under.of if self.under else ())))

    def value(self, ledger: Ledger, months: slice) -> Array:
        """The KPI of the window, one value a draw; NaN where nothing stands below the line.

        Draws only: exact actuals are compared by ``Goal.met``, which does not divide.
        """
        over = ledger.count(self.over)[:, months].sum(axis=1)
        if self.under is None:
            return over + like(self.offset, over)
        under = ledger.count(self.under)[:, months].sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(under > 0, over / np.where(under > 0, under, 1.0), np.nan)
        return ratio + like(self.offset, ratio)

    def monthly(self, ledger: Ledger, months: slice) -> Array:
        """The KPI of each month of the window by itself, draws x months."""
        span = range(*months.indices(ledger.count(self.over).shape[1]))
        return np.stack([self.value(ledger, slice(m, m + 1)) for m in span], axis=1)
