"""A history replayed: at every step what would have been forecast from the steps before, and what came.

Three forecasts are scored on the same outcomes: the account's forecaster, the naive one, which is what
anybody would write down, and the market's prior, which knows nothing of the account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from scipy.special import ndtri

from estimator.evidence.scores import SHARES, WIDTHS, Scored, crps, inside, resampled, share
from estimator.evidence.series import Series
from estimator.market.forecaster import Level, begin, forecast, learn
from estimator.values.errors import fail
from estimator.values.units import WEEKS, Floats

Horizon = Literal["week", "month", "quarter"]
HORIZONS: Mapping[Horizon, float] = {"week": 1.0, "month": WEEKS, "quarter": 13.0}
"""Weeks ahead."""
NAIVE_WEEKS = 13.0
"""Of the naive forecast: a lognormal about the ratio of so many last weeks."""
OWN_ERRORS = 8
"""Errors of its own that the naive forecast needs; before, it is as wide as a brand's usually is."""
USUAL_SD: Mapping[Horizon, float] = {"week": 0.27, "month": 0.25, "quarter": 0.26}
"""How far the naive forecast is usually off, in logs; to be learnt from the histories of a deployment."""


JUDGED = 0.8
"""Of the interval whose coverage says whether a forecast is too sure of itself."""
FORECASTERS = ("account", "naive", "prior")
Flaw = Literal["too_sure", "too_wide"]


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """One step of the past: levels forecast at ``SHARES`` by each forecaster, and what came, in logs.

    ``event`` is whether at least the last weeks' ratio came, ``chances`` the probability each gave it.
    """

    came: float
    levels: Mapping[str, Floats]
    event: bool
    chances: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Scores:
    """The scores of one forecaster: coverage by width of the interval, Brier and CRPS of the log."""

    coverage: Mapping[float, Scored]
    brier: Scored
    crps: Scored


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """What a replay came to: the scores of each, and the CRPS of the first over that of the naive one."""

    horizon: Horizon
    step: str
    count: int
    scores: Mapping[str, Scores]
    against_naive: Scored

    @property
    def flaw(self) -> Flaw | None:
        """What the intervals are wrong in, where so few outcomes can tell: the one of 80 % decides."""
        stated = self.scores["account"].coverage[JUDGED]
        if stated.high < JUDGED:
            return "too_sure"
        return "too_wide" if stated.low > JUDGED else None


def backtest(series: Series, horizon: Horizon, level: Level) -> Backtest:
    """Replay a history; raises ``QuotecastError`` where it is too short for one outcome or too coarse."""
    steps = HORIZONS[horizon] / series.weeks
    if steps < 0.99:
        raise fail("too_coarse", "horizon", found=horizon, step=series.step)
    ahead = max(1, round(steps))
    replayed = tuple(_replay(series, horizon, ahead, level))
    if not replayed:
        raise fail("too_short", "history", found=len(series.days), step=series.step)
    block = ahead + round(4 / series.weeks) if series.weeks < 4 else ahead
    scores = {name: _scores(replayed, name, block, ahead) for name in FORECASTERS}
    mine, naive = (_crps(replayed, name) for name in ("account", "naive"))
    return Backtest(
        horizon=horizon,
        step=series.step,
        count=len(replayed),
        scores=scores,
        against_naive=resampled((mine, naive), lambda a, b: float(a.mean() / b.mean()), block),
    )


def _replay(series: Series, horizon: Horizon, ahead: int, level: Level) -> Iterator[Replayed]:
    figures = series.figures()
    first = max(1, round(NAIVE_WEEKS / series.weeks))
    nothing = begin(level, series.weeks)
    told = learn(nothing, figures[: first - 1])
    prior = forecast(nothing, (), ahead)
    usual = prior.quantiles(SHARES)
    missed: list[tuple[int, float]] = []
    for at in range(first, len(figures) - ahead + 1):
        told = learn(told, figures[at - 1 : at])
        middle = series.log_ratio(at - first, at)
        came = series.log_ratio(at, at + ahead)
        known = [error for end, error in missed if end <= at]
        sd = sqrt(float(np.mean(np.square(known)))) if len(known) >= OWN_ERRORS else USUAL_SD[horizon]
        missed.append((at + ahead, came - middle))
        account = forecast(told, figures[:at], ahead)
        levels = {
            "naive": middle + sd * ndtri(SHARES),
            "account": account.quantiles(SHARES),
            "prior": usual,
        }
        chances = {"naive": 0.5}
        for name, mixture in (("account", account), ("prior", prior)):
            chances[name] = 1 - float(mixture.below(np.array([middle]))[0])
        yield Replayed(came=came, levels=levels, event=came >= middle, chances=chances)


def _crps(replayed: tuple[Replayed, ...], name: str) -> Floats:
    return np.array([crps(one.levels[name], one.came) for one in replayed])


def _mean(values: Floats) -> float:
    return float(values.mean())


def _scores(replayed: tuple[Replayed, ...], name: str, block: int, ahead: int) -> Scores:
    count = len(replayed)
    missed = np.array([(one.chances[name] - one.event) ** 2 for one in replayed])
    covered = {width: sum(inside(one.levels[name], one.came, width) for one in replayed) for width in WIDTHS}
    return Scores(
        coverage={width: share(hits, count, ahead) for width, hits in covered.items()},
        brier=resampled((missed,), _mean, block),
        crps=resampled((_crps(replayed, name),), _mean, block),
    )
