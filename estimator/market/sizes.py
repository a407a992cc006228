"""The size of a parcel: what tells it where nobody did, and what an order of it costs to deliver."""

from __future__ import annotations

from typing import get_args

import numpy as np

from estimator.brief.brief import Fulfilment, SizeClass
from estimator.market.assumptions import Assumption
from estimator.market.market import Market

SIZES: tuple[SizeClass, ...] = get_args(SizeClass)
"""From the smallest to the largest."""


def size_at(price: float, category: str, market: Market) -> float | None:
    """Where a unit of this price stands among the sizes, from 0 to 3; None in a market without sizes.

    >>> from datetime import date
    >>> from estimator.rules.rules import open_rules
    >>> market = open_rules(on=date(2026, 12, 1)).market
    >>> size_at(12.0, "beauty", market), size_at(120.0, "home", market)
    (0.0, 2.0)
    """
    usual = [market.find(f"size_price.{size}", category=category) for size in SIZES]
    prices = [row.median for row in usual if row is not None]
    if len(prices) < len(SIZES) or price <= 0:
        return None
    # docs/model.md (M83): between two sizes in between, so that no dollar of price is a step
    return float(np.interp(np.log(price), np.log(prices), np.arange(len(SIZES))))


def sample_cost(price: float, size: float, category: str, place: Fulfilment | None, market: Market) -> float:
    """What a product of this price and size usually costs to send to a creator: a unit and its parcel."""
    low, high, _ = delivery_of(size, place, market)
    return market.row("landed_cost_share", category=category).median * price + float(np.sqrt(low * high))


def delivery_of(size: float, place: Fulfilment | None, market: Market) -> tuple[float, float, Assumption]:
    """The range of what an order costs to deliver, and the row of the size that is nearest."""
    stem = "fulfilment_cost" if place is None else f"fulfilment_cost.{place}"
    # of a place that is not known, the smallest parcel is the market's plain row
    names = [stem if place is None and name == SIZES[0] else f"{stem}.{name}" for name in SIZES]
    rows = [market.row(name) for name in names]
    low, high = (
        float(np.exp(np.interp(size, np.arange(len(rows)), np.log(ends))))
        for ends in ([row.low for row in rows], [row.high for row in rows])
    )
    return low, high, rows[round(size)]
