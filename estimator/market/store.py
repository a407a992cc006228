"""A store month by month before ads are paid for: prices, conversion, creators and live sales.

Nothing here hangs on the budget, but for the work that comes with it up to a full scale.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from estimator.brief.brief import Operation
from estimator.market.account import Account, ShopDraws, account_of, shop_draws
from estimator.market.creators import together
from estimator.market.history import Learned
from estimator.market.laws import expit, overlap, within
from estimator.market.rows import Rows, Switches
from estimator.market.work import creator_plan, live_plan
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
    operation: Operation, rows: Rows, switches: Switches, months: int, learned: Learned
) -> tuple[Account, tuple[Store, ...]]:
    """The account and its stores, in the brief's order."""
    account = account_of(operation, rows, switches, months, learned)
    stores = []
    for index in range(len(rows.situation.shops)):
        draws = shop_draws(index, account, rows, switches)
        stores.append(Store(draws=draws, months=_Calendar(index, account, draws, rows, switches).months()))
    return account, tuple(stores)


class _Calendar:
    """A store's months in their order: what is fixed for all of them, and the creators who stay on."""

    def __init__(
        self, index: int, account: Account, draws: ShopDraws, rows: Rows, switches: Switches
    ) -> None:
        self.index, self.account, self.draws, self.rows, self.switches = index, account, draws, rows, switches
        self.platform = rows.situation.shops[index].platform
        self.active, self.contacted = creator_plan(index, account, rows)
        self.live_hours = live_plan(index, account, rows)
        self.season_share = rows.fixed("season_share_cvr")
        self.live_sd = rows.fixed("live_month_log_sd")
        self.after_effect = rows.fixed("interruption_after_effect")
        self.failure_factor = rows.fixed("inhouse_failure_factor")
        self.stop_share = _stop_share(self.platform, rows)
        self.curves = _learning_curves(rows) if switches.learning else None
        self.luck: Value = None

    def months(self) -> Iterator[Month]:
        """Every contract month, the first one first."""
        account, draws, curves = self.account, self.draws, self.curves
        for month in range(account.months):
            t = month + 1
            act = within(t - account.launch)
            up, after = self._business(t)
            failing = 1 - (1 - self.failure_factor) * overlap(
                t, account.failure, account.failure + AFTER_MONTHS
            )
            # docs/model.md (M15)
            working = act * up
            cpc, cvr, aov = self._prices(month, failing, after)
            age = t - account.launch
            learned, unlearned = (np.interp(age, AGES, curve) for curve in curves) if curves else (0.0, 0.0)
            ramp, season = _ramp(account, t), np.exp(account.demand[month])
            # docs/model.md (M23): those active already go on selling when a key hire leaves
            self.active = (
                account.retention * self.active + self.contacted * account.reach * ramp * working * failing
            )
            posting = self._posting(month)
            hours = self.live_hours * working * failing
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
                active=self.active,
                posting=posting,
                creators=self._creators(t, aov, posting, season, up),
                hours=hours,
                live=self._live(month, hours, ramp, season),
                organic=draws.organic_ratio * up * self._factor("organic_sales", t),
                repeat=draws.repeat_share * aov * up * self._factor("repeat_sales", t),
                ad_budget=self._factor("ad_budget", t),
            )

    def _posting(self, month: int) -> Floats:
        """How lucky the roster is in a month, as normals: those who stay bring their luck along."""
        new, kept = self.rows.points.normal("creators", store=self.index, month=month), self.account.roster
        if kept and month:
            # docs/model.md (M71): the luck of a month alone is that of any other
            new = kept * self.luck + math.sqrt(1 - kept * kept) * new
        self.luck = new
        return new

    def _factor(self, quantity: str, t: int) -> float:
        """The scenario's factor in month ``t``."""
        return self.rows.factor(quantity, t, self.platform)

    def _business(self, t: int) -> tuple[Value, Value]:
        """The share of the month in business, and the share that suffers after a stop; one a draw."""
        account, interruption = self.account, self.draws.interruption
        # docs/model.md (M14): one interruption and one platform stop at most
        up: Value = 1 - overlap(t, *interruption)
        after = overlap(t, interruption[1], interruption[1] + AFTER_MONTHS)
        if self.stop_share:
            up = up * (1 - self.stop_share * overlap(t, *account.stop))
            after = after + self.stop_share * overlap(t, account.stop[1], account.stop[1] + AFTER_MONTHS)
        return up * min(self._factor("activity", t), 1.0), after

    def _prices(self, month: int, failing: Value, after: Value) -> tuple[Value, Value, Value]:
        """What a click costs, the share of clicks that buy, and what an order is worth, one a draw."""
        account, draws, t = self.account, self.draws, month + 1
        shock_cpc, shock_cvr, shock_aov = _shocks(account, draws, month)
        # docs/model.md (M16): luck and season act on logs and the logit, a scenario's factor on the result
        cpc = np.exp(draws.log_cpc + shock_cpc + account.click_price[month]) * self._factor("cpc", t)
        lost = np.log(failing) + np.log(self.after_effect) * np.minimum(after, 1.0)
        cvr = expit(
            draws.logit_cvr
            + shock_cvr
            + self.season_share * account.demand[month]
            + account.drift * (t - 0.5) / 12
            + lost
        ) * self._factor("cvr", t)
        aov = np.exp(draws.log_aov + shock_aov) * self._factor("aov", t)
        return cpc, cvr, aov

    def _creators(self, t: int, aov: Value, posting: Floats, season: Value, up: Value) -> Value:
        """What the active creators sell in month ``t``, in dollars."""
        if not self.switches.creators:
            return 0.0
        account = self.account
        # docs/model.md (M24)
        sold = together(account.severity, np.asarray(self.active, float), posting)
        creators = aov * account.creator_orders * sold * season * up * np.exp(self.draws.demand_shift)
        return creators * self._factor("creator_sales", t)

    def _live(self, month: int, hours: Value, ramp: Value, season: Value) -> Value:
        """What the hours on air sell in a month, in dollars."""
        if not self.switches.live or not np.any(self.live_hours):
            return 0.0
        luck, sd = self.rows.points.normal("live", store=self.index, month=month), self.live_sd
        # docs/model.md (M26): of mean 1: luck adds nothing on average
        noise = np.exp(sd * luck - sd**2 / 2)
        live = hours * ramp * self.draws.live_per_hour * season * noise
        return live * self._factor("live_sales", month + 1)


def _stop_share(platform: str, rows: Rows) -> float:
    """The share of a store's business that goes when TikTok Shop stops, 0 to 1."""
    if platform == "own_site":
        return 1.0 - rows.fixed("own_site_without_tiktok", platform=platform)
    return 1.0 if platform == "tiktok_shop" else 0.0


AGES = np.arange(1.0, 5.0)
"""Months since launch at which what learning costs is known."""


def _learning_curves(rows: Rows) -> tuple[Floats, Floats]:
    """The log of the multiplier of cost per order by months since launch, learned and not."""

    def curve(path: str) -> Floats:
        """The logs of one path, by ``AGES``."""
        if rows.situation.stage == "cold":
            return np.log([rows.fixed(f"learning_{path}_m{month}") for month in range(1, 5)])
        return np.log([rows.fixed(f"learning_{path}")] * 4)

    return curve("learned"), curve("unlearned")


def _shocks(account: Account, draws: ShopDraws, month: int) -> tuple[Value, Value, Value]:
    """The month's shocks of CPC, CVR and order value, on the scale they act on."""
    common, own = math.sqrt(draws.common), math.sqrt(1 - draws.common)
    # docs/model.md (M12): a part of each month's luck is shared by all stores
    mixed = [common * u + own * v for u, v in zip(account.shocks[month], draws.shocks[month])]
    shaped = [
        sd * sum(float(weight) * x for weight, x in zip(row, mixed) if weight)
        for sd, row in zip(draws.spread, draws.mixing)
    ]
    return shaped[0], shaped[1], shaped[2]


def _ramp(account: Account, t: int) -> Value:
    """The share of their full level that creators and live have reached in the middle of a month."""
    # docs/model.md (M13): read in the middle of the month
    age = np.maximum(t - 0.5 - account.launch, 0.0)
    return 1 - (1 - account.ramp_start) * np.exp(-age / account.ramp_months)
