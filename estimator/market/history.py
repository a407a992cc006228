"""What an account's own past teaches, and how much it weighs against the market's default."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from estimator.market.assumptions import Assumption
from estimator.market.forecaster import Figure, Level, begin, forecast, learn, rest
from estimator.market.market import Market
from estimator.values.units import WEEKS, Value

WITHIN = 0.04
"""Variance of log ROAS from month to month within an account whose months are as wide as ``sd_month``."""
PERSISTENCE = 0.5
"""Correlation of neighbouring months."""
SHORTER = 0.57
"""Variance of log ROAS grows by this power as months get shorter: log-sd .181 by the week, .119 by the
month in one large account (shared facts "market statistics", daily, weekly and monthly series)."""
LEVEL_OF_ACCOUNTS = ("roas_ad_ref", "roas_category_effect", "stage_roas_effect")
"""Rows that say where accounts of a kind lie: what an account's own figures tell of itself instead."""
LEVEL_BESIDE_ADS = ("creator_orders_median", "creator_sales_category_effect", "live_sales_per_hour")
"""The same of what creators and live sell."""
LUCK_OF_ACCOUNTS = ("sd_account_logit_cvr", "sd_account_log_cpc", "corr_account_cpc_cvr")
"""Rows that say how far accounts of a kind lie apart by luck."""
AHEAD = 3
"""Months that the past is read for: a quarter, whatever the contract's length."""
SLOPE, SLOPE_SD = -0.1, 0.15
"""How the log of sales over spend moves with the log of spend from month to month: far less than a dollar
more costs, since spend follows demand. Seen: four-week changes -.10, levels -.14 (shared facts "scored")."""
FARTHEST = 2.0
"""Standard deviations by which figures move a total at most: what a shop sells beyond that is not its ads'
or creators' doing, so more of both would not multiply it."""
STEPS = 40
"""Of the search for the likeliest parts of a total: each halves what is left, at the slowest."""


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What an account's figures tell of its levels, and leave open of each.

    ``shift`` is how far what ads sell lies off what was expected (a log), and ``scale`` the share of its
    width that is left open; ``shift_beside`` and ``scale_beside`` those of what creators and live sell.
    ``months`` is how many figures told it. One number an account where there are several.
    """

    scale: Value = 1.0
    shift: Value = 0.0
    scale_beside: Value = 1.0
    shift_beside: Value = 0.0
    months: Value = 0

    @property
    def weight(self) -> Value:
        """The share of the variance of what ads sell that is no longer open."""
        return 1 - self.scale**2


NOTHING = Learned()
"""Without a figure of its own: the market's prior exactly."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What is expected of a total before any figure of it.

    ``of_ads`` is the share that ads sell, ``ads`` and ``beside`` the log-sd's of what ads and of what
    creators and live sell, ``together`` their covariance.
    """

    of_ads: float
    ads: float
    beside: float
    together: float

    @property
    def total(self) -> float:
        """The log-sd of the total."""
        own, other = self.of_ads, 1 - self.of_ads
        variance = (own * self.ads) ** 2 + (other * self.beside) ** 2 + 2 * own * other * self.together
        return math.sqrt(variance)


def narrowed(row: Assumption, own: Learned) -> Assumption:
    """A row as an account's own figures leave it: no wider than what is still open."""
    if row.quantity in LEVEL_OF_ACCOUNTS:
        return row.narrowed(own.scale)
    return row.narrowed(own.scale_beside) if row.quantity in LEVEL_BESIDE_ADS else row


def usual_level(market: Market, platform: str, category: str, stage: str = "growth") -> Level:
    """Where accounts of a kind lie before any figure of theirs: the log of ad ROAS, and how far they differ.

    They differ among each other, and nobody knows their middle exactly. Raises ``QuotecastError`` for what
    the market does not know.
    """
    rows = [
        market.row(
            name, platform=platform if name == "roas_ad_ref" else "all", category=category, stage=stage
        )
        for name in LEVEL_OF_ACCOUNTS
    ]
    middles, ends = ([_log(row, z) for row in rows] for z in (0.0, 1.0))
    return Level(
        log=sum(middles),
        sd=math.sqrt(
            luck_between(market, category, stage)
            + sum((end - middle) ** 2 for middle, end in zip(middles, ends))
        ),
    )


def luck_between(market: Market, category: str, stage: str) -> float:
    """Variance of log ROAS between accounts of a kind: what they convert at over what a click costs them."""
    cvr, cpc, tie = (market.row(name, category=category, stage=stage).median for name in LUCK_OF_ACCOUNTS)
    # docs/model.md (M72)
    return cvr**2 + cpc**2 - 2 * tie * cvr * cpc


def month_width(market: Market, category: str, stage: str) -> float:
    """How wide the months of a market's middle account swing, in swings of ``sd_month``."""
    row = market.find("month_width", category=category, stage=stage)
    return 1.0 if row is None else row.median


def _log(row: Assumption, z: float) -> float:
    """A row at a standard normal, as it enters the log of ROAS."""
    value = float(row.at(z))
    return math.log(value) if row.kind == "lognormal" else value


def parts_of(
    market: Market, level: Level, platform: str, category: str, stage: str, of_ads: float, live: float
) -> Parts:
    """The parts of a total, of which ads sell the share ``of_ads`` and live the share ``live``.

    ``level`` is that of what ads sell on the platform. What the market likes sells better through ads and
    creators alike.
    """
    creators = max(1 - of_ads - live, 0.0)
    beside = creators + live
    if beside <= 0:
        return Parts(of_ads=1.0, ads=level.sd, beside=0.0, together=0.0)
    rows = {
        name: market.find(
            name,
            platform=platform if name == "live_sales_per_hour" else "all",
            category=category,
            stage=stage,
        )
        for name in LEVEL_BESIDE_ADS
    }
    sds = {name: 0.0 if row is None else _log(row, 1.0) - _log(row, 0.0) for name, row in rows.items()}
    of_creators = math.hypot(sds["creator_orders_median"], sds["creator_sales_category_effect"])
    sd = math.hypot(creators * of_creators, live * sds["live_sales_per_hour"]) / beside
    luck, liked, sold = (
        market.row(name, category=category, stage=stage).median
        for name in ("sd_account_logit_cvr", "loading_market_cvr", "loading_market_creators")
    )
    tied = luck * liked * sold * sds["creator_orders_median"] * creators / beside
    return Parts(of_ads=of_ads, ads=level.sd, beside=sd, together=tied)


def learned(
    parts: Parts, missed: Sequence[float], gaps: Sequence[int], noise: Sequence[float], elsewhere: float = 0.0
) -> Learned:
    """What figures teach: the log of what was sold over what was expected, by month, the earliest first.

    ``parts`` is what was known before: its widths count, its middles are where ``missed`` is nothing.
    ``gaps`` are the months without figures after each, until the contract begins after the last; ``noise`` is
    the variance that each has of its own, as from few orders; ``elsewhere`` the log-sd by which an account's
    level here may differ from where the figures are from.

    >>> parts = Parts(of_ads=1.0, ads=0.6, beside=0.0, together=0.0)
    >>> calm = learned(parts, [0.4] * 9, [0] * 9, [0.002] * 9)
    >>> round(calm.shift, 2), calm.weight > 0.9, learned(parts, [], [], []) == NOTHING
    (0.4, True, True)
    """
    if not missed:
        return NOTHING
    figures = [Figure(log_ratio=value, order_noise=own) for value, own in zip(missed, noise)]
    there = math.hypot(parts.total, elsewhere)
    state = begin(Level(log=0.0, sd=there), WEEKS)
    for figure, gap in zip(figures, gaps):
        state = rest(learn(state, (figure,)), gap)
    # docs/model.md (M9): the months to come swing by themselves in the market, so that is taken off
    mean, sd = forecast(state, figures, AHEAD).moments
    left = min(max(sd**2 - _within(AHEAD), state.standing[1] ** 2) / there**2, 1.0)
    # docs/model.md (M82): a level elsewhere tells of the one here as far as the two go together
    tied = (parts.total / there) ** 2
    return replace(divided(parts, mean * tied, 1 - tied * (1 - left)), months=len(missed))


def divided(parts: Parts, total: float, left: float) -> Learned:
    """What a total tells of its parts: the likeliest two that make it up.

    ``total`` is the log by which it lies off what was expected, ``left`` the share of its variance that is
    still open. A part that hardly counts in the total is hardly told of.

    >>> told = divided(Parts(of_ads=0.0, ads=0.6, beside=0.9, together=0.0), 1.0, 0.1)
    >>> float(told.shift), round(float(told.shift_beside), 2), round(float(told.scale_beside), 2)
    (0.0, 1.0, 0.32)
    """
    prior = np.array([[parts.ads**2, parts.together], [parts.together, parts.beside**2]])
    shares, at = np.array([parts.of_ads, 1 - parts.of_ads]), np.zeros(2)
    total = max(min(total, FARTHEST * parts.total), -FARTHEST * parts.total)
    for _ in range(STEPS):
        sold = shares * np.exp(at)
        slope = sold / sold.sum()
        along = prior @ slope
        gain = along / (slope @ along)
        # docs/model.md (M80): half of each step, since a part that grows also weighs more in the next
        at = (at + gain * (total - math.log(sold.sum()) + slope @ at)) / 2
    # docs/model.md (M80): the parts go with the total as they did before, and its width is what is left
    open_parts = np.diag(prior) - (1 - left) * gain * along
    scale, beside = (
        math.sqrt(max(now, 0.0) / before) if before else 1.0
        for now, before in zip(open_parts, np.diag(prior))
    )
    return Learned(scale=scale, shift=float(at[0]), scale_beside=beside, shift_beside=float(at[1]))


def slope_of(missed: Sequence[float], spend: Sequence[float], noise: Sequence[float]) -> float:
    """How the log of sales over spend moved with the log of spend, from month to month, shrunk to the usual.

    >>> slope_of([], [], []), round(slope_of([0.0, -0.3] * 8, [0.0, 1.0] * 8, [0.0] * 16), 2)
    (-0.1, -0.28)
    """
    weight, told = 1 / SLOPE_SD**2, SLOPE / SLOPE_SD**2
    months = list(zip(missed, spend, noise))
    for (before, less, own), (after, more, other) in pairwise(months):
        variance = 2 * WITHIN * (1 - PERSISTENCE) + own + other
        weight += (more - less) ** 2 / variance
        told += (after - before) * (more - less) / variance
    return told / weight


def weight_of_test(
    orders: float,
    weeks: float,
    cv_order_value: float,
    *,
    between: float,
    width: float = 1.0,
    held: float = 0.0,
) -> float:
    """The weight of a test's log ROAS against what is known before it, of which ``held`` came from history.

    ``orders`` are those of the whole test, or of months of figures. ``between`` is the variance between
    accounts, ``width`` how wide the account's months swing; weeks vary more than months do.

    >>> round(weight_of_test(300.0, 2.0, 0.7, between=0.30), 3), weight_of_test(0.0, 2.0, 0.7, between=0.30)
    (0.817, 0.0)
    """
    if orders <= 0:
        return 0.0
    months = weeks / WEEKS
    own = _within(int(months)) if months >= 1 else WITHIN * months**-SHORTER
    variance = width**2 * own + (1 + cv_order_value**2) / orders
    # docs/model.md (M58): what history told is no longer open
    before = between * (1 - held)
    return before / (before + variance)


def _within(months: int) -> float:
    """Variance of the mean of so many neighbouring months of one account."""
    lags = sum(PERSISTENCE**lag * (1 - lag / months) for lag in range(1, months))
    return WITHIN * (1 + 2 * lags) / months
