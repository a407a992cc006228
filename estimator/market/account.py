"""What is drawn once and holds for all months: an account, its stores, and its plan of work.

Equations: shared facts "default market", sections 1.3 and 1.4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from estimator.brief.brief import Operation
from estimator.market.creators import Severity, roster_persistence
from estimator.market.events import failed, interrupted, launched, stopped
from estimator.market.history import Learned
from estimator.market.laws import expit, given, logit
from estimator.market.outreach import activity, thrift
from estimator.market.rows import Rows, Switches
from estimator.market.situation import Shop, Situation
from estimator.values.units import Floats, Value

STATED_PRICE_SD = 0.05
"""Log-sd of the order value around a stated price."""
CVR_CAP = 0.5
REPEAT_CAP = 0.95


VIDEO_FLOOR = 0.1
"""Fewer own videos a month than this lower conversion no further."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """What is drawn once a draw and shared by all stores, and the account's plan of work.

    ``roster`` is the correlation of the creators' luck in neighbouring months, ``month_width`` how wide the
    account's months swing, in swings of the usual one.
    """

    months: int
    operation: Operation
    market: Value
    cvr_shift: Value
    learned: Learned
    launch: Value
    demand: tuple[Value, ...]
    click_price: tuple[Value, ...]
    drift: Value
    shocks: tuple[tuple[Floats, Floats, Floats], ...]
    cv: Value
    new_share: Value
    creator_orders: Value
    severity: Severity
    reach: Value
    retention: Value
    roster: float
    month_width: Value
    ramp_start: Value
    ramp_months: Value
    failure: Value
    stop: tuple[Value, Value]
    contacted: Value
    videos: Value
    activity: Value


@dataclass(frozen=True, kw_only=True)
class ShopDraws:
    """What is drawn once a draw for one store."""

    log_cpc: Value
    logit_cvr: Value
    log_aov: Value
    elasticity: Value
    organic_ratio: Value
    repeat_share: Value
    repeat_persistence: float
    returns: Value
    cancelled: Value
    promoted: Value
    live_per_hour: Value
    demand_shift: Value
    shocks: tuple[tuple[Floats, Floats, Floats], ...]
    mixing: Floats
    common: float
    spread: tuple[Value, Value, Value]
    interruption: tuple[Value, Value]


def account_of(
    operation: Operation,
    rows: Rows,
    switches: Switches,
    months: int,
    learned: Learned,
) -> Account:
    """The account's draws and plan; ``learned`` is what its own history says."""
    situation, points, model = rows.situation, rows.points, operation.model
    scale = activity(situation, rows.market)
    videos = given(situation.own_videos, rows.fixed(f"own_videos.{model}") * scale)
    # docs/model.md (M8): own videos tell by their log, on the logit of conversion
    effort = np.log(np.maximum(videos, VIDEO_FLOOR) / rows.fixed("own_videos_ref"))
    shift = (
        rows.narrowed("stage_roas_effect", learned.scale)
        + rows.at(f"service_cvr_effect.{model}", name="service_cvr_effect")
        + rows.at("content_elasticity") * effort
    )
    acceptance = rows.at("creator_acceptance")
    if operation.us_team:
        shift = shift + rows.at("us_team_cvr_effect")
        acceptance = expit(logit(acceptance) + rows.at("us_team_acceptance_effect"))

    cold = situation.stage == "cold"
    severity = Severity(
        log_sd=rows.fixed("creator_log_sd"),
        tail=rows.fixed("creator_tail_index"),
        cap=rows.fixed("creator_truncation"),
    )
    return Account(
        months=months,
        operation=operation,
        market=points.normal("market"),
        cvr_shift=shift,
        learned=learned,
        launch=launched(operation, rows),
        demand=_season(rows, switches, "season_demand", "season_amplitude_demand", months),
        click_price=_season(rows, switches, "season_cpm", "season_amplitude_cpm", months),
        drift=rows.at("efficiency_drift") if switches.drift else 0.0,
        shocks=_ar1(rows, switches, months, None),
        cv=rows.at("cv_order_value"),
        new_share=rows.at("new_customer_share"),
        creator_orders=_creator_orders(rows, learned),
        severity=severity,
        reach=acceptance * rows.at("creator_posting_rate"),
        retention=rows.at("creator_retention"),
        roster=_roster(rows, severity),
        month_width=_month_width(rows, learned),
        ramp_start=rows.at("ramp_start") if cold else 1.0,
        ramp_months=rows.at("ramp_months") * rows.fixed(f"ramp_factor.{model}") if cold else 1.0,
        failure=failed(operation, rows) if switches.in_house_failure else math.inf,
        stop=stopped(rows, switches),
        contacted=rows.fixed(f"creators_contacted.{model}") * scale * thrift(situation, rows.market),
        videos=videos,
        activity=scale,
    )


def _creator_orders(rows: Rows, learned: Learned) -> Value:
    """Orders a month of the middle creator who posts, one a draw."""
    b = rows.fixed("loading_market_creators")
    # docs/model.md (M10): what the market likes sells better through creators too
    z = b * rows.points.normal("market") + math.sqrt(1 - b * b) * rows.points.normal("creator_orders_median")
    width = learned.scale_beside
    effect = rows.narrowed("creator_sales_category_effect", width)
    # docs/model.md (M80): a total that was sold tells of creators too
    return rows.at("creator_orders_median", z=width * z) * np.exp(effect + learned.shift_beside)


def _month_width(rows: Rows, learned: Learned) -> Value:
    """How wide the account's months swing; as the usual ones in a market that says nothing of it.

    Of an account that tells several months, the width of its forecast already says how it swings (M9).
    """
    if rows.row("month_width") is None:
        return 1.0
    known = np.asarray(learned.months) > 1
    return 1.0 if known.all() else np.where(known, 1.0, rows.at("month_width"))


def _roster(rows: Rows, severity: Severity) -> float:
    """The correlation of the creators' luck in neighbouring months; none in a market that says nothing of it.

    At the middle of the market, so that more creators never sell less at the same draw.
    """
    if rows.row("creator_persistence") is None:
        return 0.0
    return roster_persistence(severity, rows.fixed("creator_persistence"), rows.fixed("creator_retention"))


def _season(rows: Rows, switches: Switches, index: str, amplitude: str, months: int) -> tuple[Value, ...]:
    """Log of the season in each contract month: the index to an uncertain power."""
    if not switches.season:
        return (0.0,) * months
    curve = [rows.fixed(f"{index}_{month:02d}") for month in range(1, 13)]
    factors = [rows.middle(f"{index}_factor_{month:02d}") for month in range(1, 13)]
    curve = [value * factor for value, factor in zip(curve, factors)]
    # docs/model.md (M11): an index of mean 1 over the year, before its exponent
    mean = sum(curve) / 12
    power = rows.at(amplitude)
    return tuple(power * np.log(value / mean) for value in rows.in_months(curve, months))


def _ar1(
    rows: Rows, switches: Switches, months: int, store: int | None
) -> tuple[tuple[Floats, Floats, Floats], ...]:
    """Stationary AR(1) normals by month, for CPC, CVR and order value."""
    zero = np.zeros(1)
    if not switches.shocks:
        return ((zero, zero, zero),) * months
    phi = rows.fixed("ar1_month")
    shocks: list[tuple[Floats, Floats, Floats]] = []
    for month in range(months):
        now = [
            rows.points.normal(name, store=store, month=month)
            for name in ("shock_cpc", "shock_cvr", "shock_aov")
        ]
        if shocks:
            # docs/model.md (M12): the first month varies as much as every later one
            now = [phi * before + math.sqrt(1 - phi * phi) * new for before, new in zip(shocks[-1], now)]
        shocks.append((now[0], now[1], now[2]))
    return tuple(shocks)


def shop_draws(index: int, account: Account, rows: Rows, switches: Switches) -> ShopDraws:
    """The draws of one store, tied to its account's and to the market's."""
    shop, points = rows.situation.shops[index], rows.points
    platform, first = shop.platform, shop.first

    def own(quantity: str) -> Value:
        return rows.at(quantity, platform=platform, store=first)

    width = account.learned.scale
    anchor = rows.narrowed("roas_ad_ref", width, platform=platform, store=first)
    log_roas = np.log(anchor) + rows.narrowed("roas_category_effect", width)
    log_cpc = np.log(own("cpc_ref")) + rows.at("cpc_category_effect")
    log_aov_ref = np.log(own("aov_ref")) + rows.at("aov_category_effect")
    # docs/model.md (M6): derived; an uncertain click price leaves ROAS alone
    cvr = np.minimum(np.exp(log_roas + log_cpc - log_aov_ref), CVR_CAP)
    price = rows.situation.price
    order_value = points.normal("order_value")
    # docs/model.md (M7): one normal on all platforms, as the goods are the same
    price_sd = np.hypot(STATED_PRICE_SD, rows.situation.price_sd)
    stated = None if price is None else np.log(price) + price_sd * order_value
    log_aov = given(stated, log_aov_ref + rows.fixed("sd_account_log_aov") * order_value)

    loading, rest, tie = _loadings(rows)
    x_cpc = points.normal("account_cpc", store=index)
    x_cvr = tie * x_cpc + math.sqrt(1 - tie * tie) * points.normal("account_cvr", store=index)
    price_change, own_price = _own_price(rows)
    dearer = log_aov - price_change - log_aov_ref
    # docs/model.md (M8): own history narrows the luck by `width` and shifts the level
    logit_cvr = (
        logit(cvr)
        + rows.at("cvr_aov_elasticity") * dearer
        + width * rows.fixed("sd_account_logit_cvr") * (loading * account.market + rest * x_cvr)
        + account.cvr_shift
        + account.learned.shift
        + own_price
    )
    demand = own_price + _orders_across(dearer, rows)
    live = _live_per_hour(shop, account, rows)
    keep = rows.fixed("repeat_persistence")
    # docs/model.md (M28): of a customer's whole life; a month's share is (1 - q) of it
    rate = np.minimum(rows.at("repeat_rate") * own("repeat_factor"), REPEAT_CAP)
    return ShopDraws(
        log_cpc=log_cpc + width * rows.fixed("sd_account_log_cpc") * x_cpc,
        logit_cvr=logit_cvr,
        log_aov=log_aov,
        elasticity=own("elasticity_at_ref"),
        organic_ratio=own("organic_ratio") if switches.organic else 0.0,
        repeat_share=rate * (1 - keep) if switches.repeat else 0.0,
        repeat_persistence=keep,
        returns=rows.at("return_rate", platform=platform),
        cancelled=rows.at("cancellation_rate", platform=platform),
        promoted=own("promoted_share"),
        live_per_hour=live * np.exp(log_aov - log_aov_ref + demand) if switches.live else 0.0,
        demand_shift=demand,
        shocks=_ar1(rows, switches, account.months, index),
        mixing=_mixing(rows),
        common=rows.fixed("share_month_common"),
        spread=_month_spread(account, rows),
        interruption=interrupted(index, rows, switches),
    )


def _own_price(rows: Rows) -> tuple[Value, Value]:
    """The log by which a product's own price moves, and by which its orders follow; none where it stays.

    In a market that says nothing of it, a price that moves converts like another product at that price.
    """
    change = rows.situation.price_change
    if not np.any(change) or rows.row("own_price_elasticity") is None:
        return 0.0, 0.0
    # docs/model.md (M87): the conversion of today's price, moved along the product's own demand
    return change, rows.at("own_price_elasticity") * change


def _orders_across(dearer: Value, rows: Rows) -> Value:
    """The log by which creators and live sell fewer units of a dearer product."""
    if rows.row("orders_aov_elasticity") is None:
        return 0.0
    # docs/model.md (M92): one normal with conversion's, as it is the same goods that are dear
    return rows.at("orders_aov_elasticity", name="cvr_aov_elasticity") * dearer


def _live_per_hour(shop: Shop, account: Account, rows: Rows) -> Value:
    """Sales of an hour on air at the usual order value, in dollars; none where a platform has no live."""
    if rows.row("live_sales_per_hour", platform=shop.platform) is None:
        return 0.0
    b = rows.fixed("loading_market_live")
    own = rows.points.normal("live_sales_per_hour", store=shop.first)
    z = b * account.market + math.sqrt(1 - b * b) * own
    learned = account.learned
    live = rows.at("live_sales_per_hour", platform=shop.platform, z=learned.scale_beside * z)
    return live * np.exp(learned.shift_beside)


def _month_spread(account: Account, rows: Rows) -> tuple[Value, Value, Value]:
    """How widely a month's CPC, CVR and order value swing, on the scales they act on."""
    # docs/model.md (M70)
    cpc, cvr, aov = (rows.fixed(f"sd_month_{name}") for name in ("log_cpc", "logit_cvr", "log_aov"))
    return account.month_width * cpc, account.month_width * cvr, account.month_width * aov


def _mixing(rows: Rows) -> Floats:
    """The 3 x 3 factor that ties independent normals to the month's shocks of CPC, CVR and order value."""
    cpc_cvr, cvr_aov, cpc_aov = (
        rows.fixed(f"corr_month_{pair}") for pair in ("cpc_cvr", "cvr_aov", "cpc_aov")
    )
    return np.linalg.cholesky(np.array([[1, cpc_cvr, cpc_aov], [cpc_cvr, 1, cvr_aov], [cpc_aov, cvr_aov, 1]]))


def own_roas(rows: Rows) -> Floats:
    """How far an account's ROAS lies from its kind's, one a draw: the part that only a test shows.

    A standard normal; of several stores the ad budget's mixture, as one test over all of them shows it.
    """
    loading, rest, tie = _loadings(rows)
    cvr, cpc = rows.fixed("sd_account_logit_cvr"), rows.fixed("sd_account_log_cpc")
    # docs/model.md (M58): below, the minus: dear clicks lower ROAS
    parts = [(cvr * loading, rows.points.normal("market"))]
    for index, shop in enumerate(rows.situation.shops):
        own = shop.ad_share * cvr * rest
        parts.append((own * math.sqrt(1 - tie * tie), rows.points.normal("account_cvr", store=index)))
        parts.append((own * tie - shop.ad_share * cpc, rows.points.normal("account_cpc", store=index)))
    total: Floats = sum((size * z for size, z in parts[1:]), parts[0][0] * parts[0][1])
    return total / math.sqrt(sum(size * size for size, _ in parts))


def _loadings(rows: Rows) -> tuple[float, float, float]:
    """An account's conversion on the market, on itself, and the tie of the latter to its click price."""
    loading = rows.fixed("loading_market_cvr")
    rest = math.sqrt(1 - loading * loading)
    return loading, rest, rows.fixed("corr_account_cpc_cvr") / rest


def claimed_twice(shop: Shop, situation: Situation, rows: Rows) -> float:
    """What ads report over what they sold: websites of one account claim some orders twice."""
    sites = [other for other in situation.shops if not other.in_app]
    total = sum(other.ad_share for other in sites)
    if shop.in_app or len({other.platform for other in sites}) < 2 or not total:
        return 1.0
    same = sum(other.ad_share for other in sites if other.platform == shop.platform)
    # docs/model.md (M22): stores of one platform count together
    return 1.0 + rows.fixed("cross_platform_overlap") * (1 - same / total)
