"""Simulation: what may happen to a brief's stores under a way of operating.

Equations and their order: shared facts "default market", section 1. Everything is vectorised over draws;
the only loops are over stores and months.

Maintainer's notes. CVR is not an input: published CPC, CVR and order values do not multiply to the
published ROAS, so ROAS, CPC and order value are the anchors and CVR follows. Order noise is of gamma
type because a lognormal would fall for better small shops, and never be zero. Organic sales follow last
months' paid sales, so switching ads off does not end a shop at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from estimator import history
from estimator.assumptions import Z5, Assumption, share
from estimator.brief import Brief, Operation
from estimator.creators import Severity, together
from estimator.errors import fail
from estimator.goals import MOST_MONTHS
from estimator.market import EXPECTED, MONEY_ONLY, Market, Scenario
from estimator.outcomes import Outcomes
from estimator.sampling import Origin
from estimator.situation import Shop, Situation, assumed, recent_spend, situation

__all__ = ["Switches", "assumed", "simulate"]

Floats = NDArray[np.float64]
Value = Any
"""A draw of each point, or one number where nothing is uncertain."""

WEEKS = 4.345
DAYS = 30.4
STATED_PRICE_SD = 0.05
"""Log-sd of the order value around a stated price."""
STATED_RETURN_WIDTH = 0.15
"""Half the 90 % range around a stated return rate, as a share of it: last year's is not next year's."""
STATED_RATING_WIDTH = 0.1
"""Half the 90 % range around a stated rating, in stars."""
CVR_CAP = 0.5
REPEAT_CAP = 0.95
SHARE_CAP = 0.99
AFTER_MONTHS = 2.0
"""How long conversion suffers after an interruption, and after a key hire has left."""
EXACT_BELOW = 0.5
"""Expected orders below which the exact gamma quantile takes over."""
SMALL = 200_000
"""Draws x stores x months up to which many outcomes are kept (48 MB each), and beyond which only two."""
VIDEO_FLOOR = 0.1
"""Fewer own videos a month than this lower conversion no further."""
REFERENCE = Operation(model="whole_shop")
"""Service effects are relative to this way of operating."""


class Draws(Protocol):
    """Where standard normals come from: ``Points``, or the ``Origin``."""

    @property
    def draws(self) -> int: ...
    def __hash__(self) -> int: ...
    @property
    def scrambles(self) -> int: ...
    def normal(self, name: str, *, store: int | None = None, month: int | None = None) -> Floats: ...
    def uniform(self, name: str, *, store: int | None = None, month: int | None = None) -> Floats: ...


@dataclass(frozen=True, kw_only=True)
class Switches:
    """Parts of the model that can be turned off, for what-ifs and for tests against closed forms."""

    learning: bool = True
    saturation: bool = True
    shocks: bool = True
    season: bool = True
    drift: bool = True
    order_noise: bool = True
    interruptions: bool = True
    platform_stop: bool = True
    in_house_failure: bool = True
    order_limit: bool = True
    creators: bool = True
    live: bool = True
    organic: bool = True
    repeat: bool = True

    @classmethod
    def only(cls, *names: str) -> Switches:
        """Everything off but ``names``.

        >>> Switches.only("season").season, Switches.only("season").creators
        (True, False)
        """
        return cls(**{field.name: field.name in names for field in fields(cls)})


def simulate(
    brief: Brief,
    market: Market,
    operation: Operation,
    points: Draws,
    *,
    months: int,
    scenario: Scenario = EXPECTED,
    switches: Switches = Switches(),
) -> Outcomes:
    """What may happen in ``months`` contract months: draws x stores x months of counted quantities.

    The stores are the brief's, in its order (one TikTok Shop where it names none); a fact that the brief
    leaves open takes the market's value, see ``assumed``. The same brief, market, operation and points
    give the same arrays, which are read-only and kept for the next call. Amounts are in the market's
    currency. Raises ``QuotecastError`` for another currency or a length outside 1 to 36.

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
    cells = max(len(brief.stores), 1) * months * points.draws
    kept = _small if cells <= SMALL else _large
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
) -> Outcomes:
    place = situation(brief, market, months)
    rows = _Rows(market=_with_facts(market, brief), scenario=scenario, points=points, place=place)
    account = _account(brief, operation, rows, switches, months)
    counted = {name: np.zeros((len(place.shops), months, points.draws)) for name in COUNTED}
    for index in range(len(place.shops)):
        _run_shop(index, account, rows, switches, counted)
    quantities = {name: np.moveaxis(array, 2, 0) for name, array in counted.items()}
    if place.current_gmv > 0:
        quantities["baseline_gmv"] = np.broadcast_to(
            np.array([place.current_gmv * shop.ad_share for shop in place.shops])[None, :, None],
            (points.draws, len(place.shops), months),
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


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """The market's rows as draws, scaled by the scenario."""

    market: Market
    scenario: Scenario
    points: Draws
    place: Situation

    def row(self, quantity: str, *, platform: str = "all", stage: str | None = None) -> Assumption | None:
        return self.market.find(
            quantity, platform=platform, category=self.place.category, stage=stage or self.place.stage
        )

    def at(
        self,
        quantity: str,
        *,
        platform: str = "all",
        stage: str | None = None,
        name: str | None = None,
        store: int | None = None,
        z: Value = None,
    ) -> Value:
        """The quantity, drawn once a draw, or once a draw and platform where ``store`` names its first.

        ``name`` is the dimension where it is not the quantity's own; ``z`` replaces the draw.
        """
        row = self.row(quantity, platform=platform, stage=stage)
        if row is None:
            where = f"{platform}, {self.place.category}, {stage or self.place.stage}"
            raise fail("no_assumption", f"{self.market.id}:{quantity}", found=where)
        if z is None and not row.certain:
            z = self.points.normal(name or quantity, store=store)
        value = row.at(0.0 if row.certain else z)
        factor = self.scenario.factor(quantity, platform=None if platform == "all" else platform)
        if factor != 1.0:
            value = value * factor
            if row.kind in ("logitnormal", "beta"):
                value = np.minimum(value, SHARE_CAP)
        return value

    def fixed(self, quantity: str, *, platform: str = "all", stage: str | None = None) -> float:
        """The quantity at its middle, for rows that hold a constant."""
        return float(self.at(quantity, platform=platform, stage=stage, z=0.0))

    def factor(self, quantity: str, month: int, platform: str) -> float:
        """The scenario's factor in contract month ``month``, counted from 1."""
        calendar = (self.place.start + month - 2) % 12 + 1
        return self.scenario.factor(quantity, platform=platform, month=month, calendar_month=calendar)


@dataclass(frozen=True, kw_only=True)
class _Account:
    """What is drawn once a draw and shared by all stores, and the account's plan of work."""

    months: int
    brief: Brief
    operation: Operation
    market: Value
    cvr_shift: Value
    account_scale: float
    own_shift: float
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
    ramp_start: Value
    ramp_months: Value
    failure: Value
    stop: tuple[Value, Value]
    contacted: float
    videos: float
    activity: float


def _with_facts(market: Market, brief: Brief) -> Market:
    """The market with the prospect's own return rate in place of its rows."""
    if brief.return_rate is None:
        return market
    stated = float(brief.return_rate)
    rows = [row for row in market.assumptions if row.quantity == "return_rate"]
    own = []
    for row in rows:
        low, high = (
            min(max(stated * factor, 1e-4), SHARE_CAP)
            for factor in (1 - STATED_RETURN_WIDTH, 1 + STATED_RETURN_WIDTH)
        )
        where = {"platform": row.platform, "category": row.category, "stage": row.stage}
        own.append(share("return_rate", low, high, unit=row.unit, source="the prospect", **where))
    return market.with_rows(*own)


def _account(brief: Brief, operation: Operation, rows: _Rows, switches: Switches, months: int) -> _Account:
    place, points, model = rows.place, rows.points, operation.model
    scale = min(1.0, (place.ad_budget + place.current_gmv) / rows.fixed("activity_scale_full"))
    videos = (
        rows.fixed(f"own_videos.{model}") * scale if brief.own_videos is None else float(brief.own_videos)
    )
    effort = math.log(max(videos, VIDEO_FLOOR) / rows.fixed("own_videos_ref"))
    shift = (
        rows.at("stage_roas_effect")
        + rows.at(f"service_cvr_effect.{model}", name="service_cvr_effect")
        + rows.at("content_elasticity") * effort
    )
    acceptance = rows.at("creator_acceptance")
    if operation.us_team:
        shift = shift + rows.at("us_team_cvr_effect")
        acceptance = _expit(_logit(acceptance) + rows.at("us_team_acceptance_effect"))

    launch: Value = 0.0
    if place.stage == "cold":
        launch = rows.at("launch_delay") / WEEKS
    if model == "in_house" and not operation.team_in_place:
        launch = launch + rows.at("inhouse_hiring_delay")
    failure: Value = math.inf
    if model == "in_house" and switches.in_house_failure:
        rate = rows.fixed("inhouse_failure_probability") / 12
        failure = launch + _clock(points.uniform("inhouse_failure"), rate)
    stop: tuple[Value, Value] = (math.inf, math.inf)
    if switches.platform_stop:
        tiktok = "tiktok_shop"
        start = _clock(
            points.uniform("platform_stop_start"), rows.fixed("platform_stop_hazard", platform=tiktok)
        )
        length = rows.at("platform_stop_length", platform=tiktok)
        stop = (start, start + length)

    weight, residual = (0.0, 0.0) if not brief.history else _learned(brief, rows.market)
    cold = place.stage == "cold"
    return _Account(
        months=months,
        brief=brief,
        operation=operation,
        market=points.normal("market"),
        cvr_shift=shift,
        account_scale=math.sqrt(1 - weight),
        own_shift=weight * residual,
        launch=launch,
        demand=_season(rows, switches, "season_demand", "season_amplitude_demand", months),
        click_price=_season(rows, switches, "season_cpm", "season_amplitude_cpm", months),
        drift=rows.at("efficiency_drift") if switches.drift else 0.0,
        shocks=_ar1(rows, switches, months, None),
        cv=rows.at("cv_order_value"),
        new_share=rows.at("new_customer_share"),
        creator_orders=_creator_orders(rows),
        severity=Severity(
            log_sd=rows.fixed("creator_log_sd"),
            tail=rows.fixed("creator_tail_index"),
            cap=rows.fixed("creator_truncation"),
        ),
        reach=acceptance * rows.at("creator_posting_rate"),
        retention=rows.at("creator_retention"),
        ramp_start=rows.at("ramp_start") if cold else 1.0,
        ramp_months=rows.at("ramp_months") * rows.fixed(f"ramp_factor.{model}") if cold else 1.0,
        failure=failure,
        stop=stop,
        contacted=rows.fixed(f"creators_contacted.{model}") * scale,
        videos=videos,
        activity=scale,
    )


def _creator_orders(rows: _Rows) -> Value:
    b = rows.fixed("loading_market_creators")
    z = b * rows.points.normal("market") + math.sqrt(1 - b * b) * rows.points.normal("creator_orders_median")
    return rows.at("creator_orders_median", z=z) * np.exp(rows.at("creator_sales_category_effect"))


def _season(rows: _Rows, switches: Switches, index: str, amplitude: str, months: int) -> tuple[Value, ...]:
    """Log of the season in each contract month: the index to an uncertain power."""
    if not switches.season:
        return (0.0,) * months
    curve = [rows.fixed(f"{index}_{month:02d}") for month in range(1, 13)]
    factors = [rows.row(f"{index}_factor_{month:02d}") for month in range(1, 13)]
    curve = [value * (1.0 if row is None else row.median) for value, row in zip(curve, factors)]
    mean = sum(curve) / 12
    power = rows.at(amplitude)
    return tuple(
        power * math.log(curve[(rows.place.start - 1 + month) % 12] / mean) for month in range(months)
    )


def _ar1(
    rows: _Rows, switches: Switches, months: int, store: int | None
) -> tuple[tuple[Floats, Floats, Floats], ...]:
    """Stationary AR(1) normals by month, for CPC, CVR and order value."""
    zero = np.zeros(1)
    if not switches.shocks:
        return ((zero, zero, zero),) * months
    phi = rows.fixed("ar1_month")
    found: list[tuple[Floats, Floats, Floats]] = []
    for month in range(months):
        now = [
            rows.points.normal(name, store=store, month=month)
            for name in ("shock_cpc", "shock_cvr", "shock_aov")
        ]
        if found:
            now = [phi * before + math.sqrt(1 - phi * phi) * new for before, new in zip(found[-1], now)]
        found.append((now[0], now[1], now[2]))
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class _ShopDraws:
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
    shocks: tuple[tuple[Floats, Floats, Floats], ...]
    mixing: Floats
    common: float
    spread: tuple[float, float, float]
    interruption: tuple[Value, Value]


def _shop_draws(index: int, account: _Account, rows: _Rows, switches: Switches) -> _ShopDraws:
    shop, points = rows.place.shops[index], rows.points
    platform, first = shop.platform, shop.first

    def own(quantity: str) -> Value:
        return rows.at(quantity, platform=platform, store=first)

    log_roas = np.log(own("roas_ad_ref")) + rows.at("roas_category_effect")
    log_cpc = np.log(own("cpc_ref")) + rows.at("cpc_category_effect")
    log_aov_ref = np.log(own("aov_ref")) + rows.at("aov_category_effect")
    cvr = np.minimum(np.exp(log_roas + log_cpc - log_aov_ref), CVR_CAP)
    price = rows.place.price
    if price is None:
        log_aov = log_aov_ref + rows.fixed("sd_account_log_aov") * points.normal("order_value")
    else:
        log_aov = math.log(price) + STATED_PRICE_SD * points.normal("order_value")

    loading = rows.fixed("loading_market_cvr")
    rest = math.sqrt(1 - loading * loading)
    tie = rows.fixed("corr_account_cpc_cvr") / rest
    x_cpc = points.normal("account_cpc", store=index)
    x_cvr = tie * x_cpc + math.sqrt(1 - tie * tie) * points.normal("account_cvr", store=index)
    width = account.account_scale
    logit_cvr = (
        _logit(cvr)
        + rows.at("cvr_aov_elasticity") * (log_aov - log_aov_ref)
        + width * rows.fixed("sd_account_logit_cvr") * (loading * account.market + rest * x_cvr)
        + account.cvr_shift
        + account.own_shift
    )
    b = rows.fixed("loading_market_live")
    live: Value = 0.0
    if rows.row("live_sales_per_hour", platform=platform) is not None:
        z = b * account.market + math.sqrt(1 - b * b) * points.normal("live_sales_per_hour", store=first)
        live = rows.at("live_sales_per_hour", platform=platform, z=z)
    keep = rows.fixed("repeat_persistence")
    rate = np.minimum(rows.at("repeat_rate") * own("repeat_factor"), REPEAT_CAP)
    interruption: tuple[Value, Value] = (math.inf, math.inf)
    if switches.interruptions:
        hazard = rows.fixed("interruption_hazard", platform=platform, stage=shop.status)
        start = _clock(points.uniform("interruption_start", store=index), hazard)
        length = rows.at("interruption_length", z=points.normal("interruption_length", store=index))
        interruption = (start, start + length)
    cpc_cvr, cvr_aov, cpc_aov = (
        rows.fixed(f"corr_month_{pair}") for pair in ("cpc_cvr", "cvr_aov", "cpc_aov")
    )
    matrix = np.array([[1, cpc_cvr, cpc_aov], [cpc_cvr, 1, cvr_aov], [cpc_aov, cvr_aov, 1]])
    return _ShopDraws(
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
        live_per_hour=live * np.exp(log_aov - log_aov_ref) if switches.live else 0.0,
        shocks=_ar1(rows, switches, account.months, index),
        mixing=np.linalg.cholesky(matrix),
        common=rows.fixed("share_month_common"),
        spread=(
            rows.fixed("sd_month_log_cpc"),
            rows.fixed("sd_month_logit_cvr"),
            rows.fixed("sd_month_log_aov"),
        ),
        interruption=interruption,
    )


def _run_shop(
    index: int, account: _Account, rows: _Rows, switches: Switches, counted: dict[str, Floats]
) -> None:
    """Every month of one store, written into ``counted``."""
    place, points = rows.place, rows.points
    shop = place.shops[index]
    draws = _shop_draws(index, account, rows, switches)
    platform = shop.platform
    learning = _learning(rows, switches)
    overlap = _claimed_twice(shop, place, rows)
    active, contacted = _creator_plan(index, account, rows)
    live_hours = _live_plan(index, account, rows)
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
        act = np.clip(t - account.launch, 0.0, 1.0)
        up: Value = 1 - _overlap(t, *draws.interruption)
        after = _overlap(t, draws.interruption[1], draws.interruption[1] + AFTER_MONTHS)
        if stop_share:
            up = up * (1 - stop_share * _overlap(t, *account.stop))
            after = after + stop_share * _overlap(t, account.stop[1], account.stop[1] + AFTER_MONTHS)
        up = up * min(rows.factor("activity", t, platform), 1.0)
        failing = 1 - (1 - failure_factor) * _overlap(t, account.failure, account.failure + AFTER_MONTHS)
        working = act * up

        rate = budget * rows.factor("ad_budget", t, platform)
        spend = rate * working
        shock_cpc, shock_cvr, shock_aov = _shocks(account, draws, month)
        cpc = np.exp(draws.log_cpc + shock_cpc + account.click_price[month]) * rows.factor("cpc", t, platform)
        lost = np.log(failing) + np.log(after_effect) * np.minimum(after, 1.0)
        cvr = _expit(
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
        ads = attributed / overlap

        ramp = _ramp(account, t)
        active = account.retention * active + contacted * account.reach * ramp * working * failing
        creators: Value = 0.0
        posting: Value = active
        z = points.normal("creators", store=index, month=month)
        if switches.order_noise:
            posting = gamma_count(np.asarray(active, float), z)
        if switches.creators:
            sold = together(account.severity, np.broadcast_to(np.asarray(active, float), z.shape), z)
            creators = aov * account.creator_orders * sold * season * up
            creators = creators * rows.factor("creator_sales", t, platform)
        hours = live_hours * working * failing
        live: Value = 0.0
        if switches.live and live_hours:
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
        other_orders = (gmv - ads) / aov
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
            "promoted_gmv": draws.promoted * (gmv - ads + attributed),
            "cancelled_gmv": gmv - shipped,
            "shipped_gmv": shipped,
            "returned_gmv": returned,
            "cohort_returned_gmv": draws.returns * shipped,
            "settled_gmv": shipped - returned,
            "cohort_settled_gmv": shipped * (1 - draws.returns),
            "orders": gmv / aov,
            "repeat_orders": repeat / aov,
            "cohort_repeat_orders": new * draws.repeat_share * (1 - keep**12) / (1 - keep),
            "new_customers": new,
            "new_customers_ads": ads / aov * account.new_share,
            "visits": clicks * rows.at("landing_rate")
            + other_orders / (cvr * rows.at("nonad_visit_cvr_ratio")),
            "videos": account.videos / len(place.shops) * working * failing,
            "creator_videos": posting * videos_each,
            "creators_posting": posting,
            "live_hours": hours,
            "days_down": DAYS * (1 - up),
        }
        for name, value in cell.items():
            counted[name][index, month] = value
    counted["first_month_gmv"][index] = _first_month(counted["gmv"][index], account.launch)
    orders = counted["orders"][index]
    counted["shop_rating_orders"][index] = _rating(rows, account.brief, draws.returns, orders) * orders


def _first_month(gmv: Floats, launch: Value) -> Floats:
    """GMV of the first month that is whole after launch, one a draw; of the last month if none is."""
    month = np.minimum(np.ceil(np.broadcast_to(launch, gmv.shape[1:])), len(gmv) - 1).astype(np.intp)
    return np.take_along_axis(gmv, month[None], axis=0)[0]


def _rating(rows: _Rows, brief: Brief, returns: Value, orders: Floats) -> Floats:
    """The shop's stars by month and draw, from its returns and the reviews of the orders to date."""
    row = rows.row("return_rate")
    middle = 1.0 if row is None else row.median
    base = rows.at("shop_rating_base")
    if brief.shop_rating is not None:
        base = float(brief.shop_rating) + STATED_RATING_WIDTH * rows.points.normal("shop_rating_base") / Z5
    level = base + rows.fixed("shop_rating_return_slope") * np.log(np.maximum(returns, 1e-6) / middle)
    reviews = np.maximum(1.0, rows.fixed("review_rate") * np.cumsum(orders, axis=0))
    noise = rows.fixed("review_sd") * rows.points.normal("shop_rating") / np.sqrt(reviews)
    return np.clip(level + noise, 1.0, 5.0)


def _learned(brief: Brief, market: Market) -> tuple[float, float]:
    """The weight of the account's own months, and how far their ROAS lies from the default's (log).

    The default is the model's middle under the same spend in the same calendar month, run by a team that
    was there. Months that sold nothing or spent nothing teach nothing.
    """
    usable = [month for month in brief.history if month.ad_spend and month.attributed_gmv and month.orders]
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
    cv = market.row("cv_order_value", category=place.category, stage=place.stage).median
    return history.weight([month.orders for month in usable], cv), history.residual(observed, expected)


def _shocks(account: _Account, draws: _ShopDraws, month: int) -> tuple[Value, Value, Value]:
    common, own = math.sqrt(draws.common), math.sqrt(1 - draws.common)
    mixed = [common * u + own * v for u, v in zip(account.shocks[month], draws.shocks[month])]
    shaped = [
        sd * sum(float(weight) * x for weight, x in zip(row, mixed) if weight)
        for sd, row in zip(draws.spread, draws.mixing)
    ]
    return shaped[0], shaped[1], shaped[2]


def _learning(rows: _Rows, switches: Switches) -> Callable[[Value, Value], Value]:
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


def _claimed_twice(shop: Shop, place: Situation, rows: _Rows) -> float:
    """What ads report over what they sold: websites of one account claim some orders twice."""
    sites = [other for other in place.shops if other.platform != "tiktok_shop"]
    total = sum(other.ad_share for other in sites)
    if shop.platform == "tiktok_shop" or len({other.platform for other in sites}) < 2 or not total:
        return 1.0
    same = sum(other.ad_share for other in sites if other.platform == shop.platform)
    return 1.0 + rows.fixed("cross_platform_overlap") * (1 - same / total)


def _creator_plan(index: int, account: _Account, rows: _Rows) -> tuple[Value, Value]:
    """Creators active when the contract starts, and creators contacted a month, for one store.

    Defaults are a platform's and divided among its stores; a stated number is the account's and divided
    by the platforms' yields.
    """
    shops = rows.place.shops
    yields = [rows.fixed("creator_yield", platform=shop.platform) / shop.siblings for shop in shops]
    own, total = yields[index], sum(yields)
    stated_active, stated_contacted = account.brief.creators_active, account.brief.creators_contacted
    active = (
        rows.fixed("creators_active_start") * own
        if stated_active is None
        else float(stated_active) * own / total
    )
    contacted = account.contacted * own if stated_contacted is None else float(stated_contacted) * own / total
    return active, contacted


def _live_plan(index: int, account: _Account, rows: _Rows) -> float:
    """Live hours a month of one store; stated hours go to the TikTok Shops, else to all that can sell."""
    shops, brief = rows.place.shops, account.brief
    if brief.live_hours is None:
        row = rows.row(f"live_hours.{account.operation.model}", platform=shops[index].platform)
        return 0.0 if row is None else row.median * account.activity / shops[index].siblings
    able = [i for i, shop in enumerate(shops) if shop.platform == "tiktok_shop"] or [
        i
        for i, shop in enumerate(shops)
        if (row := rows.row("live_sales_per_hour", platform=shop.platform)) is not None and row.high > 0
    ]
    return float(brief.live_hours) / len(able) if index in able else 0.0


def _ramp(account: _Account, t: int) -> Value:
    """The share of their full level that creators and live have reached in the middle of a month."""
    age = np.maximum(t - 0.5 - account.launch, 0.0)
    return 1 - (1 - account.ramp_start) * np.exp(-age / account.ramp_months)


def _overlap(month: int, start: Value, end: Value) -> Value:
    """The share of contract month ``month`` that lies between two points in time."""
    return np.clip(np.minimum(end, month) - np.maximum(start, month - 1.0), 0.0, 1.0)


def _clock(uniform: Floats, rate: float) -> Value:
    """The time until something that happens at ``rate`` a month."""
    return -np.log1p(-uniform) / rate if rate > 0 else math.inf


def gamma_count(mean: Floats, z: Floats) -> Floats:
    """A gamma variable of mean and variance ``mean`` at normal ``z``: orders, or the sum of their values.

    Wilson and Hilferty (1931), mean and variance within 0.2 % from 1 up; below 0.5, where it would lose
    up to half of the mean, the exact quantile. Rises in ``mean`` at every ``|z| < 5.66``; zero at zero.

    >>> gamma_count(np.array([0.0, 100.0]), np.array([1.0, 0.0])).round(2)
    array([ 0.  , 99.67])
    """
    mean = np.broadcast_to(np.asarray(mean, float), np.shape(z))
    safe = np.maximum(mean, 1e-9)
    root = np.cbrt(safe)
    value = np.maximum(0.0, root - 1 / (9 * root * root) + z / (3 * np.sqrt(root))) ** 3
    small = mean < EXACT_BELOW
    if small.any():
        from scipy.special import gammaincinv, ndtr

        value[small] = gammaincinv(safe[small], ndtr(z[small]))
    value[mean <= 0] = 0.0
    return value


def _expit(x: Value) -> Value:
    return 1 / (1 + np.exp(-x))


def _logit(p: Value) -> Value:
    return np.log(p / (1 - p))
