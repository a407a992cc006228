"""What an account's own past teaches, and how much it weighs against the market's default."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from estimator.market.assumptions import Assumption
from estimator.market.forecaster import Figure, Level, begin, forecast, learn, rest
from estimator.market.market import Market
from estimator.values.units import WEEKS

WITHIN = 0.04
"""Variance of log ROAS from month to month within an account whose months are as wide as ``sd_month``."""
PERSISTENCE = 0.5
"""Correlation of neighbouring months."""
SHORTER = 0.57
"""Variance of log ROAS grows by this power as months get shorter: log-sd .181 by the week, .119 by the
month in one large account (shared facts "market statistics", daily, weekly and monthly series)."""
LEVEL_OF_ACCOUNTS = ("roas_ad_ref", "roas_category_effect", "stage_roas_effect")
"""Rows that say where accounts of a kind lie: what an account's own figures tell of itself instead."""
LUCK_OF_ACCOUNTS = ("sd_account_logit_cvr", "sd_account_log_cpc", "corr_account_cpc_cvr")
"""Rows that say how far accounts of a kind lie apart by luck."""
AHEAD = 3
"""Months that the past is read for: a quarter, whatever the contract's length."""


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What is left open of an account's level, as a share of its width, and how far it lies off (log)."""

    scale: float = 1.0
    shift: float = 0.0

    @property
    def weight(self) -> float:
        """The share of the account's variance that is no longer open."""
        return 1 - self.scale**2


NOTHING = Learned()
"""Without a month of history: the market's prior exactly."""


def usual_level(market: Market, platform: str, category: str, stage: str = "growth") -> Level:
    """Where accounts of a kind lie before any figure of theirs: the log of ad ROAS, and how far they differ.

    They differ among each other, and nobody knows their middle exactly. Raises ``QuotecastError`` for what
    the market does not know.
    """
    rows = [market.row(name, platform=platform, category=category, stage=stage) for name in LEVEL_OF_ACCOUNTS]
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


def learned(
    level: Level, missed: Sequence[float], gaps: Sequence[int], orders: Sequence[float], cv_order_value: float
) -> Learned:
    """What months of history teach: the log of ROAS seen over expected, by month, the earliest first.

    ``level`` is what was known before: its width counts, its middle is where ``missed`` is nothing. ``gaps``
    are the months without figures after each, until the contract begins after the last; ``orders`` those of
    each month.

    >>> level = Level(log=0.0, sd=0.6)
    >>> calm = learned(level, [0.4] * 9, [0] * 9, [600.0] * 9, 0.7)
    >>> round(calm.shift, 2), calm.weight > 0.9, learned(level, [], [], [], 0.7) == NOTHING
    (0.4, True, True)
    """
    if not missed:
        return NOTHING
    noise = [(1 + cv_order_value**2) / max(count, 1.0) for count in orders]
    figures = [Figure(log_ratio=value, order_noise=own) for value, own in zip(missed, noise)]
    state = begin(replace(level, log=0.0), WEEKS)
    for figure, gap in zip(figures, gaps):
        state = rest(learn(state, (figure,)), gap)
    # docs/model.md (M9): the months to come swing by themselves in the market, so that is taken off
    mean, sd = forecast(state, figures, AHEAD).moments
    left = max(sd**2 - _within(AHEAD), state.standing[1] ** 2)
    return Learned(scale=math.sqrt(min(left, level.sd**2)) / level.sd, shift=mean)


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
