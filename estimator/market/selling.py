"""Selling: the months of every store in turn, from clicks to settled orders."""

from __future__ import annotations

from collections.abc import Set
from typing import NamedTuple

import numpy as np

from estimator.brief.brief import Operation
from estimator.market.account import Account, claimed_twice
from estimator.market.assumptions import Z5
from estimator.market.history import Learned
from estimator.market.laws import gamma_count, given
from estimator.market.rows import Rows, Switches
from estimator.market.situation import Shop
from estimator.market.store import Month, Store, opened
from estimator.values.units import DAYS, WEEKS, Floats, Value

STATED_RATING_WIDTH = 0.1
"""Half the 90 % range around a stated rating, in stars."""


READ_LATER = {"first_month_gmv": "gmv", "shop_rating_orders": "orders"}
"""What other quantities are read off after the last month."""
SHIPPED = frozenset(
    {
        "cancelled_gmv",
        "shipped_gmv",
        "returned_gmv",
        "settled_gmv",
        "cohort_returned_gmv",
        "cohort_settled_gmv",
    }
)
"""What is left of sales after cancellations and returns."""
POSTED = frozenset({"creators_posting", "creator_videos"})
"""What is counted of the creators themselves, and of nothing that is sold."""


def run(
    operation: Operation,
    rows: Rows,
    switches: Switches,
    months: int,
    learned: Learned,
    shape: tuple[int, ...],
    wanted: frozenset[str] | None = None,
) -> dict[str, Floats]:
    """Every quantity of ``COUNTED``, or those wanted, stores x months x ``shape``.

    ``shape`` is draws, or prospects x draws. ``learned`` is the weight of an account's history and what it
    says.
    """
    account, stores = opened(operation, rows, switches, months, learned)
    if wanted is not None:
        wanted |= {READ_LATER[name] for name in wanted & READ_LATER.keys()}
    names = [name for name in COUNTED if wanted is None or name in wanted]
    counted = {name: np.zeros((len(rows.situation.shops), months, *shape)) for name in names}
    for index, store in enumerate(stores):
        _Sales(index, account, store, rows, switches).run(counted)
    return counted


COUNTED = (
    "ad_spend",
    "clicks",
    "ad_orders",
    "attributed_gmv",
    "gmv_ads",
    "gmv_creators",
    "gmv_live",
    "gmv_organic",
    "gmv_repeat",
    "gmv",
    "promoted_gmv",
    "cancelled_gmv",
    "shipped_gmv",
    "returned_gmv",
    "cohort_returned_gmv",
    "settled_gmv",
    "cohort_settled_gmv",
    "orders",
    "repeat_orders",
    "cohort_repeat_orders",
    "new_customers",
    "new_customers_ads",
    "visits",
    "videos",
    "creator_videos",
    "creators_posting",
    "live_hours",
    "days_down",
    "first_month_gmv",
    "shop_rating_orders",
)


class _Paid(NamedTuple):
    """What ads bring in a month: spend and what they sell in dollars, clicks and orders in pieces."""

    spend: Value
    clicks: Value
    orders: Value
    attributed: Value


class _Sold(NamedTuple):
    """What a store sells in a month, in dollars by where it comes from; ``new`` customers, in heads."""

    ad_orders: Value
    attributed: Value
    ads: Value
    creators: Value
    live: Value
    organic: Value
    repeat: Value
    new: Value
    gmv: Value


class _Sales:
    """The sales of one store: what holds for all its months, and what one leaves to the next.

    ``halo`` is what sales bring along unpaid, ``customers`` those who may buy again, ``shipped`` what went
    out in the month before.
    """

    def __init__(self, index: int, account: Account, store: Store, rows: Rows, switches: Switches) -> None:
        self.index, self.account, self.rows, self.switches = index, account, rows, switches
        self.months, self.draws = store.months, store.draws
        situation, draws, shop = rows.situation, store.draws, rows.situation.shops[index]
        self.shop, self.stores = shop, len(situation.shops)
        self.claimed = claimed_twice(shop, situation, rows)
        self.limit = _order_limit(shop, rows, switches)
        self.persistence = rows.fixed("halo_persistence")
        self.midpoint, self.steepness = rows.fixed("learning_midpoint"), rows.fixed("learning_steepness")
        self.cv2 = account.cv**2
        self.keep, self.dispatched = draws.repeat_persistence, 1 - draws.cancelled
        self.budget = situation.ad_budget * shop.ad_share
        self.paces: dict[float, tuple[float, Value]] = {}
        stated = situation.current_gmv * shop.ad_share
        self.halo: Value = stated / (1 + draws.organic_ratio)
        self.customers: Value = stated / np.exp(draws.log_aov) * account.new_share / (1 - self.keep)
        self.shipped: Value = stated * self.dispatched

    def run(self, counted: dict[str, Floats]) -> None:
        """Every month, written into ``counted``: stores x months x draws of each quantity."""
        for month, now in enumerate(self.months):
            paid = self._paid(month, now)
            cell = self._cell(now, paid, self._sold(now, paid), counted.keys())
            for name in counted.keys() & cell.keys():
                counted[name][self.index, month] = cell[name]
        if "first_month_gmv" in counted:
            gmv = counted["gmv"][self.index]
            counted["first_month_gmv"][self.index] = _first_month(gmv, self.account.launch)
        if "shop_rating_orders" in counted:
            orders = counted["orders"][self.index]
            rating = _rating(self.rows, self.draws.returns, orders)
            counted["shop_rating_orders"][self.index] = rating * orders

    def _pace(self, factor: float) -> tuple[float, Value]:
        """Spend a full month under a scenario's factor, and how far it saturates; worked out once."""
        if factor not in self.paces:
            rate, saturation = self.budget * factor, 1.0
            if self.switches.saturation:
                elasticity = self.draws.elasticity
                # docs/model.md (M17): not a power law: near zero spend a dollar buys 1/eps as much at most
                saturation = 1 / (elasticity + (1 - elasticity) * (rate / self.shop.spend_ref))
            self.paces[factor] = rate, saturation
        return self.paces[factor]

    def _paid(self, month: int, now: Month) -> _Paid:
        """What ads cost and bring, before any limit on orders."""
        rate, saturation = self._pace(now.ad_budget)
        # docs/model.md (M18): `saturation` is that of `rate`: half a month of work is not half a rate
        spend = rate * now.working
        clicks_a_dollar = saturation / now.cpc
        clicks = spend * clicks_a_dollar
        orders_a_dollar = clicks_a_dollar * now.cvr
        expected = spend * orders_a_dollar
        if self.switches.learning:
            # docs/model.md (M19): orders before the penalty, which would else feed on itself
            weekly = rate / WEEKS * orders_a_dollar
            # docs/model.md (M20): what is not yet learned costs orders, not clicks
            expected = expected / _learning(now, weekly, self.midpoint, self.steepness)
        orders, attributed = expected, expected * now.aov
        if self.switches.order_noise:
            points, store, cv2 = self.rows.points, self.index, self.cv2
            # docs/model.md (M22): orders, then their values: a relative variance of (1 + cv^2)/mu
            orders = gamma_count(expected, points.normal("orders", store=store, month=month))
            worth = gamma_count(orders / cv2, points.normal("order_values", store=store, month=month))
            attributed = now.aov * cv2 * worth
        return _Paid(spend, clicks, orders, attributed)

    def _sold(self, now: Month, paid: _Paid) -> _Sold:
        """What is sold once the halo, earlier customers and a limit on orders have had their say."""
        ad_orders, attributed, ads = paid.orders, paid.attributed, paid.attributed / self.claimed
        creators, live = now.creators, now.live
        elsewhere = creators + live
        # docs/model.md (M27): before the limit below, so it counts sales that are then cut
        self.halo = (1 - self.persistence) * (ads + elsewhere) + self.persistence * self.halo
        organic, repeat = now.organic * self.halo, now.repeat * self.customers
        if self.limit is not None and now.t <= 2:
            asked = (ads + elsewhere + organic) / now.aov
            # docs/model.md (M29): all sales are cut alike, though ads are spent in full
            held = np.minimum(1.0, self.limit * DAYS * now.act * now.t / np.maximum(asked, 1e-12))
            ad_orders, attributed, ads = ad_orders * held, attributed * held, ads * held
            creators, live, organic = creators * held, live * held, organic * held
            elsewhere = creators + live
        # docs/model.md (M30): repeat sales bring no new customers
        first = ads + elsewhere + organic
        new = first / now.aov * self.account.new_share
        self.customers = self.keep * self.customers + new
        return _Sold(ad_orders, attributed, ads, creators, live, organic, repeat, new, first + repeat)

    def _cell(self, now: Month, paid: _Paid, sold: _Sold, wanted: Set[str]) -> dict[str, Value]:
        """The quantities of a month by name, one a draw: the usual ones, and others that are wanted."""
        gmv = sold.gmv
        cell = {
            "ad_spend": paid.spend,
            "clicks": paid.clicks,
            "ad_orders": sold.ad_orders,
            "attributed_gmv": sold.attributed,
            "gmv_ads": sold.ads,
            "gmv_creators": sold.creators,
            "gmv_live": sold.live,
            "gmv_organic": sold.organic,
            "gmv_repeat": sold.repeat,
            "gmv": gmv,
            "new_customers": sold.new,
            "live_hours": now.hours,
        }
        if "orders" in wanted:
            cell["orders"] = gmv / now.aov
        if wanted & SHIPPED:
            cell |= self._sent(gmv)
        if "videos" in wanted:
            cell["videos"] = self.account.videos / self.stores * now.working * now.failing
        if "days_down" in wanted:
            cell["days_down"] = DAYS * (1 - now.up)
        if wanted & POSTED:
            cell |= self._posted(now)
        if "promoted_gmv" in wanted:
            # docs/model.md (M32): with what reports claim for ads, not what ads sold
            cell["promoted_gmv"] = self.draws.promoted * (gmv - sold.ads + sold.attributed)
        if "repeat_orders" in wanted:
            cell["repeat_orders"] = sold.repeat / now.aov
        if "cohort_repeat_orders" in wanted:
            keep = self.keep
            cell["cohort_repeat_orders"] = sold.new * self.draws.repeat_share * (1 - keep**12) / (1 - keep)
        if "new_customers_ads" in wanted:
            cell["new_customers_ads"] = sold.ads / now.aov * self.account.new_share
        if "visits" in wanted:
            # docs/model.md (M32): orders without an ad convert at a rate of their own
            unpaid = (gmv - sold.ads) / now.aov / (now.cvr * self.rows.at("nonad_visit_cvr_ratio"))
            cell["visits"] = paid.clicks * self.rows.at("landing_rate") + unpaid
        return cell

    def _sent(self, gmv: Value) -> dict[str, Value]:
        """The quantities of ``SHIPPED``, in dollars: returns are of what went out in the month before."""
        returns, shipped = self.draws.returns, gmv * self.dispatched
        # docs/model.md (M31): booked a month later; a cohort carries its own returns
        returned = returns * self.shipped
        self.shipped = shipped
        return {
            "cancelled_gmv": gmv - shipped,
            "shipped_gmv": shipped,
            "returned_gmv": returned,
            "settled_gmv": shipped - returned,
            "cohort_returned_gmv": returns * shipped,
            "cohort_settled_gmv": shipped * (1 - returns),
        }

    def _posted(self, now: Month) -> dict[str, Value]:
        """The quantities of ``POSTED``: how many creators post, and how many videos."""
        posting: Value = now.active
        if self.switches.order_noise:
            posting = gamma_count(np.asarray(now.active, float), now.posting)
        return {
            "creators_posting": posting,
            "creator_videos": posting * self.rows.at("creator_videos_each"),
        }


def _order_limit(shop: Shop, rows: Rows, switches: Switches) -> Value:
    """The orders a day that a new store may take at first; None where there is no limit."""
    quantity = "new_shop_order_limit"
    if not switches.order_limit or shop.status != "new":
        return None
    if rows.row(quantity, platform=shop.platform, stage="cold") is None:
        return None
    return rows.at(quantity, platform=shop.platform, stage="cold")


def _first_month(gmv: Floats, launch: Value) -> Floats:
    """GMV of the first month that is whole after launch, one a draw; of the last month if none is."""
    # docs/model.md (M34): counted from 0, so this is month ceil(launch) + 1
    month = np.minimum(np.ceil(np.broadcast_to(launch, gmv.shape[1:])), len(gmv) - 1).astype(np.intp)
    return np.take_along_axis(gmv, month[None], axis=0)[0]


def _rating(rows: Rows, returns: Value, orders: Floats) -> Floats:
    """The shop's stars by month and draw, from its returns and the reviews of the orders to date."""
    middle = rows.middle("return_rate")
    about, stated = (
        STATED_RATING_WIDTH * rows.points.normal("shop_rating_base") / Z5,
        rows.situation.shop_rating,
    )
    base = given(None if stated is None else stated + about, rows.at("shop_rating_base"))
    # docs/model.md (M33): a stated return rate is its own middle, not the category's
    level = base + rows.fixed("shop_rating_return_slope") * np.log(np.maximum(returns, 1e-6) / middle)
    reviews = np.maximum(1.0, rows.fixed("review_rate") * np.cumsum(orders, axis=0))
    noise = rows.fixed("review_sd") * rows.points.normal("shop_rating") / np.sqrt(reviews)
    return np.clip(level + noise, 1.0, 5.0)


def _learning(now: Month, weekly: Value, midpoint: Value, steepness: Value) -> Value:
    """The multiplier of cost per order, from weekly ad orders."""
    # docs/model.md (M19): between the two curves on the log scale; more orders never cost more
    power = weekly**steepness
    return np.exp(power / (power + midpoint**steepness) * now.learned + now.unlearned)
