"""Selling: the months of every store in turn, from clicks to settled orders."""

from __future__ import annotations

from functools import cache

import numpy as np

from estimator.brief.brief import Operation
from estimator.market.account import Account, claimed_twice
from estimator.market.assumptions import Z5
from estimator.market.laws import gamma_count, given
from estimator.market.rows import Rows, Switches
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
    learned: tuple[float, float],
    shape: tuple[int, ...],
    wanted: frozenset[str] | None = None,
) -> dict[str, Floats]:
    """Every quantity of ``COUNTED``, or those wanted, stores x months x ``shape``.

    ``shape`` is draws, or prospects x draws. ``learned`` is
    the weight of an account's history and what it says.
    """
    account, stores = opened(operation, rows, switches, months, learned)
    if wanted is not None:
        wanted |= {READ_LATER[name] for name in wanted & READ_LATER.keys()}
    names = [name for name in COUNTED if wanted is None or name in wanted]
    counted = {name: np.zeros((len(rows.place.shops), months, *shape)) for name in names}
    for index, store in enumerate(stores):
        _run_shop(index, account, store, rows, switches, counted)
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


def _run_shop(
    index: int, account: Account, store: Store, rows: Rows, switches: Switches, counted: dict[str, Floats]
) -> None:
    """Every month of one store, written into ``counted``."""
    place, points, draws = rows.place, rows.points, store.draws
    shop = place.shops[index]
    claimed = claimed_twice(shop, place, rows)
    limit: Value = None
    if switches.order_limit and shop.status == "new":
        row = rows.row("new_shop_order_limit", platform=shop.platform, stage="cold")
        if row is not None:
            limit = rows.at("new_shop_order_limit", platform=shop.platform, stage="cold")
    persistence = rows.fixed("halo_persistence")
    midpoint, steepness = rows.fixed("learning_midpoint"), rows.fixed("learning_steepness")

    cv2 = account.cv**2
    stated = place.current_gmv * shop.ad_share
    aov0 = np.exp(draws.log_aov)
    halo: Value = stated / (1 + draws.organic_ratio)
    keep = draws.repeat_persistence
    customers: Value = stated / aov0 * account.new_share / (1 - keep)
    dispatched = 1 - draws.cancelled
    shipped_before: Value = stated * dispatched
    budget = place.ad_budget * shop.ad_share

    @cache
    def paced(factor: float) -> tuple[float, Value]:
        """Spend a full month under a scenario's factor, and how far it saturates."""
        rate = budget * factor
        if not switches.saturation:
            return rate, 1.0
        return rate, 1 / (draws.elasticity + (1 - draws.elasticity) * (rate / shop.spend_ref))

    for month, now in enumerate(store.months):
        t, up, aov, creators, live = now.t, now.up, now.aov, now.creators, now.live
        rate, saturation = paced(now.ad_budget)
        spend = rate * now.working
        clicks_a_dollar = saturation / now.cpc
        clicks = spend * clicks_a_dollar
        orders_a_dollar = clicks_a_dollar * now.cvr
        expected = spend * orders_a_dollar
        if switches.learning:
            expected = expected / _learning(now, rate / WEEKS * orders_a_dollar, midpoint, steepness)
        ad_orders, attributed = expected, expected * aov
        if switches.order_noise:
            ad_orders = gamma_count(expected, points.normal("orders", store=index, month=month))
            worth = gamma_count(ad_orders / cv2, points.normal("order_values", store=index, month=month))
            attributed = aov * cv2 * worth
        ads = attributed / claimed

        elsewhere = creators + live
        halo = (1 - persistence) * (ads + elsewhere) + persistence * halo
        organic, repeat = now.organic * halo, now.repeat * customers
        if limit is not None and t <= 2:
            asked = (ads + elsewhere + organic) / aov
            held = np.minimum(1.0, limit * DAYS * now.act * t / np.maximum(asked, 1e-12))
            ad_orders, attributed, ads = ad_orders * held, attributed * held, ads * held
            creators, live, organic = creators * held, live * held, organic * held
            elsewhere = creators + live

        first = ads + elsewhere + organic
        new = first / aov * account.new_share
        customers = keep * customers + new
        gmv = first + repeat
        cell = {
            "ad_spend": spend,
            "clicks": clicks,
            "ad_orders": ad_orders,
            "attributed_gmv": attributed,
            "gmv_ads": ads,
            "gmv_creators": creators,
            "gmv_live": live,
            "gmv_organic": organic,
            "gmv_repeat": repeat,
            "gmv": gmv,
            "new_customers": new,
            "live_hours": now.hours,
        }
        if "orders" in counted:
            cell["orders"] = gmv / aov
        if counted.keys() & SHIPPED:
            shipped = gmv * dispatched
            returned = draws.returns * shipped_before
            shipped_before = shipped
            cell |= {
                "cancelled_gmv": gmv - shipped,
                "shipped_gmv": shipped,
                "returned_gmv": returned,
                "settled_gmv": shipped - returned,
                "cohort_returned_gmv": draws.returns * shipped,
                "cohort_settled_gmv": shipped * (1 - draws.returns),
            }
        if "videos" in counted:
            cell["videos"] = account.videos / len(place.shops) * now.working * now.failing
        if "days_down" in counted:
            cell["days_down"] = DAYS * (1 - up)
        if counted.keys() & POSTED:
            posting: Value = now.active
            if switches.order_noise:
                posting = gamma_count(np.asarray(now.active, float), now.posting)
            cell["creators_posting"] = posting
            cell["creator_videos"] = posting * rows.at("creator_videos_each")
        if "promoted_gmv" in counted:
            cell["promoted_gmv"] = draws.promoted * (gmv - ads + attributed)
        if "repeat_orders" in counted:
            cell["repeat_orders"] = repeat / aov
        if "cohort_repeat_orders" in counted:
            cell["cohort_repeat_orders"] = new * draws.repeat_share * (1 - keep**12) / (1 - keep)
        if "new_customers_ads" in counted:
            cell["new_customers_ads"] = ads / aov * account.new_share
        if "visits" in counted:
            unpaid = (gmv - ads) / aov / (now.cvr * rows.at("nonad_visit_cvr_ratio"))
            cell["visits"] = clicks * rows.at("landing_rate") + unpaid
        for name in counted.keys() & cell.keys():
            counted[name][index, month] = cell[name]
    if "first_month_gmv" in counted:
        counted["first_month_gmv"][index] = _first_month(counted["gmv"][index], account.launch)
    if "shop_rating_orders" in counted:
        orders = counted["orders"][index]
        counted["shop_rating_orders"][index] = _rating(rows, draws.returns, orders) * orders


def _first_month(gmv: Floats, launch: Value) -> Floats:
    """GMV of the first month that is whole after launch, one a draw; of the last month if none is."""
    month = np.minimum(np.ceil(np.broadcast_to(launch, gmv.shape[1:])), len(gmv) - 1).astype(np.intp)
    return np.take_along_axis(gmv, month[None], axis=0)[0]


def _rating(rows: Rows, returns: Value, orders: Floats) -> Floats:
    """The shop's stars by month and draw, from its returns and the reviews of the orders to date."""
    middle = rows.middle("return_rate")
    about, stated = STATED_RATING_WIDTH * rows.points.normal("shop_rating_base") / Z5, rows.place.shop_rating
    base = given(None if stated is None else stated + about, rows.at("shop_rating_base"))
    level = base + rows.fixed("shop_rating_return_slope") * np.log(np.maximum(returns, 1e-6) / middle)
    reviews = np.maximum(1.0, rows.fixed("review_rate") * np.cumsum(orders, axis=0))
    noise = rows.fixed("review_sd") * rows.points.normal("shop_rating") / np.sqrt(reviews)
    return np.clip(level + noise, 1.0, 5.0)


def _learning(now: Month, weekly: Value, midpoint: Value, steepness: Value) -> Value:
    """The multiplier of cost per order, from weekly ad orders."""
    power = weekly**steepness
    return np.exp(power / (power + midpoint**steepness) * now.learned + now.unlearned)
