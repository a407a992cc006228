"""A market with what one seller pays in it: as he says, else by his goods, his stores and where stock lies.

What he says takes the place of a row and is certain. The rows of his kind are read without what was typed on
a call, which then acts on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from estimator.brief.brief import Brief, Store, StoreKind
from estimator.market.assumptions import Assumption
from estimator.market.market import Market
from estimator.market.situation import DEFAULT_STORE, Shop, Situation
from estimator.market.sizes import delivery_of

Range = tuple[float, float, Assumption]
"""Low, high, and the row that they are taken from."""

TOLD = "the prospect"
"""The source of what the seller says himself."""
TIERS = ("new", "once_suspended", "cross_border", "platform_run")
"""The statuses of an account and the kinds of store that are paid out at times of their own."""


def with_own_costs(brief: Brief, situation: Situation, market: Market) -> Market:
    """The market with the seller's own delivery, commission and payout in place of its rows.

    >>> from estimator.market.situation import situation_of
    >>> from estimator.rules.rules import open_rules
    >>> market, brief = open_rules().market, Brief(fulfilment_cost="17.4")
    >>> with_own_costs(brief, situation_of(brief, market), market).row("fulfilment_cost").median
    17.4
    """
    told = brief.fulfilment_cost, brief.creator_commission, brief.payout_days
    stores = brief.stores or (DEFAULT_STORE,)
    return _with_own_costs(told, stores, situation.shops, situation.category, situation.size, market)


@lru_cache(maxsize=64)
def _with_own_costs(
    told: tuple[Decimal | int | None, ...],
    stores: tuple[Store, ...],
    shops: tuple[Shop, ...],
    category: str,
    size: float | None,
    market: Market,
) -> Market:
    bare = replace(market, overrides=())
    delivery, commission, days = told
    rows: list[Assumption] = []
    if delivery is not None:
        rows.append(_certain(bare.row("fulfilment_cost"), delivery))
    elif size is not None:
        rows += _deliveries(stores, shops, size, bare)
    if commission is not None:
        rows.append(_certain(bare.row("creator_commission", category=category), commission))
    if days is not None:
        rows.append(_certain(bare.row("payout_delay"), days))
        rows += (_certain(bare.row("payout_delay", platform=shop.platform), days) for shop in shops)
    else:
        rows += _payouts(stores, shops, bare)
    return market.with_rows(*rows) if rows else market


def _certain(row: Assumption, value: Decimal | int) -> Assumption:
    said = {"low": float(value), "high": float(value), "kind": "fixed"}
    return row.model_copy(update={**said, "grade": "own data", "source": TOLD, "note": ""})


def _deliveries(
    stores: Sequence[Store], shops: Sequence[Shop], size: float, market: Market
) -> Iterator[Assumption]:
    """What an order costs to deliver: one row where the stores agree, else one a platform."""
    ranges = [delivery_of(size, store.fulfilment, market) for store in stores]
    if len({(low, high) for low, high, _ in ranges}) == 1:
        yield _ranged("fulfilment_cost", "all", *ranges[0])
        return
    for platform in dict.fromkeys(shop.platform for shop in shops):
        own = [(each, shop) for each, shop in zip(ranges, shops) if shop.platform == platform]
        yield _ranged("fulfilment_cost", platform, *_mixed([each for each, _ in own], [s for _, s in own]))


def _payouts(stores: Sequence[Store], shops: Sequence[Shop], market: Market) -> Iterator[Assumption]:
    """Days to payout of all stores together, as new shops and once they no longer are; none without tiers."""
    if market.find("probation_months", platform="tiktok_shop") is None:
        return
    for name, at_first in (("payout_delay", False), ("payout_delay.new", True)):
        ranges = []
        for store, shop in zip(stores, shops):
            row = _tier(store.kind, shop, at_first, market)
            ranges.append((row.low, row.high, row))
        low, high, row = _mixed(ranges, shops)
        for platform in ("all", *dict.fromkeys(shop.platform for shop in shops)):
            yield _ranged(name, platform, low, high, row)


def _tier(kind: StoreKind | None, shop: Shop, at_first: bool, market: Market) -> Assumption:
    """The row of a store's days to payout: its account's status decides before the kind of store does."""
    waits = shop.status == "once_suspended" or (shop.status == "new" and at_first)
    for tier in (shop.status if waits else None, kind):
        if tier in TIERS and (row := market.find(f"payout_delay.{tier}", platform=shop.platform)):
            return row
    return market.row("payout_delay", platform=shop.platform)


def _mixed(ranges: Sequence[Range], shops: Sequence[Shop]) -> Range:
    """The mean of ranges by the stores' shares of the ad budget, with the row of the largest store."""
    total = sum(shop.ad_share for shop in shops)
    weights = [shop.ad_share / total if total else 1 / len(shops) for shop in shops]
    low = sum(weight * low for weight, (low, _, _) in zip(weights, ranges))
    high = sum(weight * high for weight, (_, high, _) in zip(weights, ranges))
    largest = max(range(len(shops)), key=lambda index: weights[index])
    return float(low), float(high), ranges[largest][2]


def _ranged(quantity: str, platform: str, low: float, high: float, row: Assumption) -> Assumption:
    where = {"quantity": quantity, "platform": platform, "low": low, "high": high}
    return row.model_copy(update={**where, "kind": row.kind if low < high else "fixed"})
