"""Simulation: what may happen to a brief's stores under a way of operating.

Equations and their order: shared facts "default market", section 1. Everything is vectorised over draws;
the only loops are over stores and months.

Maintainer's notes. CVR is not an input: published CPC, CVR and order values do not multiply to the
published ROAS, so ROAS, CPC and order value are the anchors and CVR follows. Order noise is of gamma
type because a lognormal would fall for better small shops, and never be zero. Creators who post are
counted with the same noise, read at the draw of their sales. Organic sales follow last months' paid
sales, so switching ads off does not end a shop at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

import numpy as np

from estimator import history
from estimator.account import (
    Account,
    Rows,
    ShopDraws,
    Switches,
    account_of,
    claimed_twice,
    creator_plan,
    live_plan,
    shop_draws,
)
from estimator.assumptions import Z5, Assumption, share
from estimator.brief import Brief, HistoryMonth, Operation
from estimator.creators import together
from estimator.errors import fail
from estimator.goals import MOST_MONTHS
from estimator.market import EXPECTED, MONEY_ONLY, Market, Scenario
from estimator.noise import DAYS, WEEKS, Floats, Value, expit, gamma_count, given, overlap, within
from estimator.outcomes import Outcomes
from estimator.sampling import Draws, Origin, Passing
from estimator.situation import Situation, assumed, recent_spend, situation

__all__ = ["Draws", "Switches", "assumed", "simulate"]

STATED_RETURN_WIDTH = 0.15
"""Half the 90 % range around a stated return rate, as a share of it: last year's is not next year's."""
STATED_RATING_WIDTH = 0.1
"""Half the 90 % range around a stated rating, in stars."""
SHARE_CAP = 0.99
AFTER_MONTHS = 2.0
"""How long conversion suffers after an interruption, and after a key hire has left."""
TINY = 15_000
"""Draws x stores x months of the what-ifs that rank questions; those of a brief are kept together."""
SMALL = 200_000
"""Draws x stores x months up to which many outcomes are kept (48 MB each), and beyond which only two."""
ALWAYS = ("gmv", "orders")
"""What other quantities are read off after the last month."""
POSTED = frozenset({"creators_posting", "creator_videos"})
"""What is counted of the creators themselves, and of nothing that is sold."""
EVERYTHING = Switches()
REFERENCE = Operation(model="whole_shop")
"""Service effects are relative to this way of operating."""


def simulate(
    brief: Brief,
    market: Market,
    operation: Operation,
    points: Draws,
    *,
    months: int,
    scenario: Scenario = EXPECTED,
    switches: Switches = EVERYTHING,
    wanted: frozenset[str] | None = None,
) -> Outcomes:
    """What may happen in ``months`` contract months: draws x stores x months of counted quantities.

    The stores are the brief's, in its order (one TikTok Shop where it names none); a fact that the brief
    leaves open takes the market's value, see ``assumed``. The same brief, market, operation and points
    give the same arrays, which are read-only and, but for passing points, kept for the next call. Passing
    points count only what is ``wanted``, where that is told. Amounts are in the market's currency. Raises
    ``QuotecastError`` for another currency or a length outside 1 to 36.

    >>> from estimator import catalog
    >>> from estimator.sampling import Points
    >>> brief = Brief(category="beauty", ad_budget="20000", price="32")
    >>> points = Points(number=128, scrambles=2)
    >>> simulate(brief, catalog.market(), Operation(model="whole_shop"), points, months=3).shape
    (256, 1, 3)
    """
    if not 1 <= months <= MOST_MONTHS:
        code = "below_least" if months < 1 else "above_most"
        raise fail(code, "months", found=months, least=1, most=MOST_MONTHS)
    if isinstance(points, Passing):
        return _simulated(_read(brief), market, operation, points, months, _felt(scenario), switches, wanted)
    cells = max(len(brief.stores), 1) * months * points.draws
    kept = _tiny if cells <= TINY else _small if cells <= SMALL else _large
    return kept(_read(brief), market, operation, points, months, _felt(scenario), switches)


READ = frozenset(
    {
        "currency",
        "stores",
        "category",
        "stage",
        "start",
        "ad_budget",
        "recent_ad_spend",
        "current_gmv",
        "expected_gmv",
        "price",
        "return_rate",
        "shop_rating",
        "creators_active",
        "creators_contacted",
        "own_videos",
        "live_hours",
        "history",
    }
)
"""The facts of a brief that move outcomes."""


def _read(brief: Brief) -> Brief:
    """The brief with nothing in it that outcomes do not read, so that a moved goal draws nothing anew."""
    others = {name: field.default for name, field in Brief.model_fields.items() if name not in READ}
    return brief.model_copy(update=others)


def _felt(scenario: Scenario) -> Scenario:
    """The scenario as outcomes feel it, so that scenarios of the money alone share their outcomes."""
    felt = [scale for scale in scenario.scales if scale.quantity not in MONEY_ONLY]
    return EXPECTED.model_copy(update={"scales": tuple(sorted(felt, key=lambda scale: scale.order))})


def _simulated(
    brief: Brief,
    market: Market,
    operation: Operation,
    points: Draws,
    months: int,
    scenario: Scenario,
    switches: Switches,
    wanted: frozenset[str] | None = None,
) -> Outcomes:
    place = situation(brief, market, months)
    rows = Rows(market=with_facts(market, brief.return_rate), scenario=scenario, points=points, place=place)
    learned = _learned(brief, rows.market) if brief.history else (0.0, 0.0)
    counted = run(operation, rows, switches, months, learned, (points.draws,), wanted)
    return outcomes_of(counted, place, points)


def outcomes_of(counted: dict[str, Floats], place: Situation, points: Draws) -> Outcomes:
    """The outcomes that hold what was counted, stores x months x draws."""
    quantities = {name: array.transpose(2, 0, 1) for name, array in counted.items()}
    if place.current_gmv > 0:
        quantities["baseline_gmv"] = np.broadcast_to(
            np.array([place.current_gmv * shop.ad_share for shop in place.shops])[None, :, None],
            (points.draws, len(place.shops), len(place.labels)),
        )
    for array in quantities.values():
        array.flags.writeable = False
    return Outcomes(
        months=place.labels,
        platforms=tuple(shop.platform for shop in place.shops),
        quantities=quantities,
        scrambles=points.scrambles,
        stores=tuple(str(number) for number in range(1, len(place.shops) + 1)),
    )


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
    account = account_of(operation, rows, switches, months, learned)
    names = [name for name in COUNTED if wanted is None or name in wanted or name in ALWAYS]
    counted = {name: np.zeros((len(rows.place.shops), months, *shape)) for name in names}
    for index in range(len(rows.place.shops)):
        _run_shop(index, account, rows, switches, counted)
    return counted


_tiny = lru_cache(maxsize=48)(_simulated)
_small = lru_cache(maxsize=12)(_simulated)
_large = lru_cache(maxsize=2)(_simulated)

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


@lru_cache(maxsize=16)
def with_facts(market: Market, return_rate: Decimal | None) -> Market:
    """The market with the prospect's own return rate in place of its rows."""
    if return_rate is None:
        return market
    rows = [row for row in market.assumptions if row.quantity == "return_rate"]
    return market.with_rows(*(own_returns(row, return_rate) for row in rows))


def own_returns(row: Assumption, return_rate: Decimal) -> Assumption:
    """The row of a return rate with the prospect's own in its place."""
    low, high = (
        min(max(float(return_rate) * factor, 1e-4), SHARE_CAP)
        for factor in (1 - STATED_RETURN_WIDTH, 1 + STATED_RETURN_WIDTH)
    )
    where = {"platform": row.platform, "category": row.category, "stage": row.stage}
    return share("return_rate", low, high, unit=row.unit, source="the prospect", **where)


def _run_shop(
    index: int, account: Account, rows: Rows, switches: Switches, counted: dict[str, Floats]
) -> None:
    """Every month of one store, written into ``counted``."""
    place, points = rows.place, rows.points
    shop = place.shops[index]
    draws = shop_draws(index, account, rows, switches)
    platform = shop.platform
    learning = _learning(rows, switches)
    claimed = claimed_twice(shop, place, rows)
    active, contacted = creator_plan(index, account, rows)
    live_hours = live_plan(index, account, rows)
    limit: Value = None
    if switches.order_limit and shop.status == "new":
        row = rows.row("new_shop_order_limit", platform=platform, stage="cold")
        if row is not None:
            limit = rows.at("new_shop_order_limit", platform=platform, stage="cold")
    persistence = rows.fixed("halo_persistence")
    season_share = rows.fixed("season_share_cvr")
    live_sd = rows.fixed("live_month_log_sd")
    after_effect = rows.fixed("interruption_after_effect")
    failure_factor = rows.fixed("inhouse_failure_factor")
    stop_share = {"tiktok_shop": 1.0, "own_site": 0.0}.get(platform, 0.0)
    if platform == "own_site":
        stop_share = 1.0 - rows.fixed("own_site_without_tiktok", platform=platform)
    videos_each = rows.at("creator_videos_each")

    stated = place.current_gmv * shop.ad_share
    aov0 = np.exp(draws.log_aov)
    halo: Value = stated / (1 + draws.organic_ratio)
    keep = draws.repeat_persistence
    customers: Value = stated / aov0 * account.new_share / (1 - keep)
    shipped_before: Value = stated * (1 - draws.cancelled)
    budget = place.ad_budget * shop.ad_share

    for month in range(account.months):
        t = month + 1
        act = within(t - account.launch)
        up: Value = 1 - overlap(t, *draws.interruption)
        after = overlap(t, draws.interruption[1], draws.interruption[1] + AFTER_MONTHS)
        if stop_share:
            up = up * (1 - stop_share * overlap(t, *account.stop))
            after = after + stop_share * overlap(t, account.stop[1], account.stop[1] + AFTER_MONTHS)
        up = up * min(rows.factor("activity", t, platform), 1.0)
        failing = 1 - (1 - failure_factor) * overlap(t, account.failure, account.failure + AFTER_MONTHS)
        working = act * up

        rate = budget * rows.factor("ad_budget", t, platform)
        spend = rate * working
        shock_cpc, shock_cvr, shock_aov = _shocks(account, draws, month)
        cpc = np.exp(draws.log_cpc + shock_cpc + account.click_price[month]) * rows.factor("cpc", t, platform)
        lost = np.log(failing) + np.log(after_effect) * np.minimum(after, 1.0)
        cvr = expit(
            draws.logit_cvr
            + shock_cvr
            + season_share * account.demand[month]
            + account.drift * (t - 0.5) / 12
            + lost
        ) * rows.factor("cvr", t, platform)
        aov = np.exp(draws.log_aov + shock_aov) * rows.factor("aov", t, platform)
        season = np.exp(account.demand[month])

        saturation: Value = 1.0
        if switches.saturation:
            saturation = 1 / (draws.elasticity + (1 - draws.elasticity) * (rate / shop.spend_ref))
        weekly = rate * saturation / cpc * cvr / WEEKS
        clicks = spend * saturation / cpc
        expected = clicks * cvr / learning(weekly, t - account.launch)
        ad_orders, attributed = expected, expected * aov
        if switches.order_noise:
            cv2 = account.cv**2
            ad_orders = gamma_count(expected, points.normal("orders", store=index, month=month))
            attributed = (
                aov
                * cv2
                * gamma_count(ad_orders / cv2, points.normal("order_values", store=index, month=month))
            )
        ads = attributed / claimed

        ramp = _ramp(account, t)
        active = account.retention * active + contacted * account.reach * ramp * working * failing
        creators: Value = 0.0
        z = points.normal("creators", store=index, month=month)
        if switches.creators:
            sold = together(account.severity, np.asarray(active, float), z)
            creators = aov * account.creator_orders * sold * season * up
            creators = creators * rows.factor("creator_sales", t, platform)
        hours = live_hours * working * failing
        live: Value = 0.0
        if switches.live and np.any(live_hours):
            noise = np.exp(live_sd * points.normal("live", store=index, month=month) - live_sd**2 / 2)
            live = hours * ramp * draws.live_per_hour * season * noise
            live = live * rows.factor("live_sales", t, platform)
        halo = (1 - persistence) * (ads + creators + live) + persistence * halo
        organic = draws.organic_ratio * halo * up * rows.factor("organic_sales", t, platform)

        repeat = draws.repeat_share * customers * aov * up * rows.factor("repeat_sales", t, platform)
        if limit is not None and t <= 2:
            wanted = (ads + creators + live + organic) / aov
            held = np.minimum(1.0, limit * DAYS * act * t / np.maximum(wanted, 1e-12))
            ad_orders, attributed, ads = ad_orders * held, attributed * held, ads * held
            creators, live, organic = creators * held, live * held, organic * held

        first = ads + creators + live + organic
        new = first / aov * account.new_share
        customers = keep * customers + new
        gmv = first + repeat
        shipped = gmv * (1 - draws.cancelled)
        returned = draws.returns * shipped_before
        shipped_before = shipped

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
            "cancelled_gmv": gmv - shipped,
            "shipped_gmv": shipped,
            "returned_gmv": returned,
            "settled_gmv": shipped - returned,
            "orders": gmv / aov,
            "new_customers": new,
            "videos": account.videos / len(place.shops) * working * failing,
            "live_hours": hours,
            "days_down": DAYS * (1 - up),
        }
        if counted.keys() & POSTED:
            posting = gamma_count(np.asarray(active, float), z) if switches.order_noise else active
            cell["creators_posting"], cell["creator_videos"] = posting, posting * videos_each
        if "promoted_gmv" in counted:
            cell["promoted_gmv"] = draws.promoted * (gmv - ads + attributed)
        if "cohort_returned_gmv" in counted:
            cell["cohort_returned_gmv"] = draws.returns * shipped
        if "cohort_settled_gmv" in counted:
            cell["cohort_settled_gmv"] = shipped * (1 - draws.returns)
        if "repeat_orders" in counted:
            cell["repeat_orders"] = repeat / aov
        if "cohort_repeat_orders" in counted:
            cell["cohort_repeat_orders"] = new * draws.repeat_share * (1 - keep**12) / (1 - keep)
        if "new_customers_ads" in counted:
            cell["new_customers_ads"] = ads / aov * account.new_share
        if "visits" in counted:
            elsewhere = (gmv - ads) / aov / (cvr * rows.at("nonad_visit_cvr_ratio"))
            cell["visits"] = clicks * rows.at("landing_rate") + elsewhere
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


def _learned(brief: Brief, market: Market) -> tuple[float, float]:
    """The weight of the account's own months, and how far their ROAS lies from the default's (log).

    The default is the model's middle under the same spend in the same calendar month, run by a team that
    was there. Months that sold nothing or spent nothing teach nothing.
    """
    usable = _usable(brief)
    if not usable:
        return 0.0, 0.0
    place = situation(brief, market)
    plain_account = {
        "history": (),
        "stage": "growth" if place.stage == "cold" else place.stage,
        "price": None if place.price is None else Decimal(str(place.price)),
        "recent_ad_spend": Decimal(str(round(recent_spend(brief), 2))) or None,
    }
    switches = Switches.only("learning", "saturation", "season")
    expected = []
    for month in usable:
        before = brief.model_copy(update={**plain_account, "ad_budget": month.ad_spend, "start": month.month})
        middle = _simulated(before, market, REFERENCE, Origin(), 1, EXPECTED, switches)
        attributed, spend = (float(middle.quantities[name].sum()) for name in ("attributed_gmv", "ad_spend"))
        expected.append(attributed / spend)
    observed = [float(month.attributed_gmv / month.ad_spend) for month in usable]
    return held_weight(brief, market), history.residual(observed, expected)


def held_weight(brief: Brief, market: Market) -> float:
    """The weight of the months of history that the brief holds, 0 to 1.

    >>> from estimator import catalog
    >>> held_weight(Brief(category="beauty"), catalog.market())
    0.0
    """
    return history.weight([month.orders for month in _usable(brief)], order_value_cv(brief, market))


def order_value_cv(brief: Brief, market: Market) -> float:
    """The spread of order values over their mean, at the middle of the market."""
    place = situation(brief, market)
    return market.row("cv_order_value", category=place.category, stage=place.stage).median


def _usable(brief: Brief) -> list[HistoryMonth]:
    """The months of history that teach something."""
    return [month for month in brief.history if month.ad_spend and month.attributed_gmv and month.orders]


def _shocks(account: Account, draws: ShopDraws, month: int) -> tuple[Value, Value, Value]:
    common, own = math.sqrt(draws.common), math.sqrt(1 - draws.common)
    mixed = [common * u + own * v for u, v in zip(account.shocks[month], draws.shocks[month])]
    shaped = [
        sd * sum(float(weight) * x for weight, x in zip(row, mixed) if weight)
        for sd, row in zip(draws.spread, draws.mixing)
    ]
    return shaped[0], shaped[1], shaped[2]


def _learning(rows: Rows, switches: Switches) -> Callable[[Value, Value], Value]:
    """The multiplier of cost per order, from weekly ad orders and months since launch."""
    if not switches.learning:
        return lambda weekly, age: 1.0
    middle, steepness = rows.fixed("learning_midpoint"), rows.fixed("learning_steepness")
    if rows.place.stage == "cold":
        curves = {
            path: np.log([rows.fixed(f"learning_{path}_m{month}") for month in range(1, 5)])
            for path in ("learned", "unlearned")
        }
    else:
        curves = {path: np.log([rows.fixed(f"learning_{path}")] * 4) for path in ("learned", "unlearned")}
    nodes = np.arange(1.0, 5.0)

    def multiplier(weekly: Value, age: Value) -> Value:
        power = weekly**steepness
        weight = power / (power + middle**steepness)
        learned = np.interp(age, nodes, curves["learned"])
        unlearned = np.interp(age, nodes, curves["unlearned"])
        return np.exp(weight * learned + (1 - weight) * unlearned)

    return multiplier


def _ramp(account: Account, t: int) -> Value:
    """The share of their full level that creators and live have reached in the middle of a month."""
    age = np.maximum(t - 0.5 - account.launch, 0.0)
    return 1 - (1 - account.ramp_start) * np.exp(-age / account.ramp_months)
