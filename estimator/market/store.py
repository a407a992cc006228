"""A store month by month before ads are paid for: prices, conversion, creators and live sales.

Nothing here hangs on the budget, but for the work that comes with it up to a full scale.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from estimator.brief.brief import Operation
from estimator.market.account import Account, ShopDraws, account_of, creator_plan, live_plan, shop_draws
from estimator.market.creators import together
from estimator.market.laws import expit, overlap, within
from estimator.market.rows import Rows, Switches
from estimator.values.units import Floats, Value

AFTER_MONTHS = 2.0
"""How long conversion suffers after an interruption, and after a key hire has left."""


@dataclass(frozen=True, kw_only=True)
class Month:
    """One store in contract month ``t``, whatever is spent on ads.

    ``act`` and ``up`` are the shares of the month after launch and in business, ``working`` that of both,
    ``failing`` what is left of the work once a key hire is gone. ``unlearned`` is the log of what an order
    costs more before ads have learned, ``learned`` what is added to it afterwards. ``active`` creators sell
    ``creators``, with ``posting`` as their normals; ``hours`` on air sell ``live``. ``organic`` is what a
    dollar of the halo sells, ``repeat`` what a customer buys again, ``ad_budget`` the scenario's factor.
    """

    t: int
    act: Value
    up: Value
    failing: Value
    working: Value
    cpc: Value
    cvr: Value
    aov: Value
    unlearned: Value
    learned: Value
    active: Value
    posting: Floats
    creators: Value
    hours: Value
    live: Value
    organic: Value
    repeat: Value
    ad_budget: float


@dataclass(frozen=True, kw_only=True)
class Store:
    """A store's draws and its months, in their order."""

    draws: ShopDraws
    months: Iterator[Month]


def opened(
    operation: Operation, rows: Rows, switches: Switches, months: int, learned: tuple[float, float]
) -> tuple[Account, tuple[Store, ...]]:
    """The account and its stores, in the brief's order."""
    account = account_of(operation, rows, switches, months, learned)
    stores = []
    for index in range(len(rows.place.shops)):
        draws = shop_draws(index, account, rows, switches)
        stores.append(Store(draws=draws, months=_months(index, account, draws, rows, switches)))
    return account, tuple(stores)


def _months(
    index: int, account: Account, draws: ShopDraws, rows: Rows, switches: Switches
) -> Iterator[Month]:
    points, platform = rows.points, rows.place.shops[index].platform
    active, contacted = creator_plan(index, account, rows)
    live_hours = live_plan(index, account, rows)
    season_share = rows.fixed("season_share_cvr")
    live_sd = rows.fixed("live_month_log_sd")
    after_effect = rows.fixed("interruption_after_effect")
    failure_factor = rows.fixed("inhouse_failure_factor")
    stop_share = {"tiktok_shop": 1.0, "own_site": 0.0}.get(platform, 0.0)
    if platform == "own_site":
        stop_share = 1.0 - rows.fixed("own_site_without_tiktok", platform=platform)
    curves = _learning_curves(rows) if switches.learning else None

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

        age = t - account.launch
        learned, unlearned = (np.interp(age, AGES, curve) for curve in curves) if curves else (0.0, 0.0)
        ramp = _ramp(account, t)
        active = account.retention * active + contacted * account.reach * ramp * working * failing
        posting = points.normal("creators", store=index, month=month)
        creators: Value = 0.0
        if switches.creators:
            sold = together(account.severity, np.asarray(active, float), posting)
            creators = aov * account.creator_orders * sold * season * up
            creators = creators * rows.factor("creator_sales", t, platform)
        hours = live_hours * working * failing
        live: Value = 0.0
        if switches.live and np.any(live_hours):
            noise = np.exp(live_sd * points.normal("live", store=index, month=month) - live_sd**2 / 2)
            live = hours * ramp * draws.live_per_hour * season * noise
            live = live * rows.factor("live_sales", t, platform)
        yield Month(
            t=t,
            act=act,
            up=up,
            failing=failing,
            working=working,
            cpc=cpc,
            cvr=cvr,
            aov=aov,
            unlearned=unlearned,
            learned=learned - unlearned,
            active=active,
            posting=posting,
            creators=creators,
            hours=hours,
            live=live,
            organic=draws.organic_ratio * up * rows.factor("organic_sales", t, platform),
            repeat=draws.repeat_share * aov * up * rows.factor("repeat_sales", t, platform),
            ad_budget=rows.factor("ad_budget", t, platform),
        )


AGES = np.arange(1.0, 5.0)
"""Months since launch at which what learning costs is known."""


def _learning_curves(rows: Rows) -> tuple[Floats, Floats]:
    """The log of the multiplier of cost per order by months since launch, learned and not."""

    def curve(path: str) -> Floats:
        if rows.place.stage == "cold":
            return np.log([rows.fixed(f"learning_{path}_m{month}") for month in range(1, 5)])
        return np.log([rows.fixed(f"learning_{path}")] * 4)

    return curve("learned"), curve("unlearned")


def _shocks(account: Account, draws: ShopDraws, month: int) -> tuple[Value, Value, Value]:
    common, own = math.sqrt(draws.common), math.sqrt(1 - draws.common)
    mixed = [common * u + own * v for u, v in zip(account.shocks[month], draws.shocks[month])]
    shaped = [
        sd * sum(float(weight) * x for weight, x in zip(row, mixed) if weight)
        for sd, row in zip(draws.spread, draws.mixing)
    ]
    return shaped[0], shaped[1], shaped[2]


def _ramp(account: Account, t: int) -> Value:
    """The share of their full level that creators and live have reached in the middle of a month."""
    age = np.maximum(t - 0.5 - account.launch, 0.0)
    return 1 - (1 - account.ramp_start) * np.exp(-age / account.ramp_months)
