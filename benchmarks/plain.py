"""Plain Monte Carlo of the same models, as one would write them: the yardstick of the benchmarks.

``python -m benchmarks.plain FILE DRAWS SEED`` counts the goals of a file in blocks: of the reference
workload, or of a brief under the default market. Numbers that tests keep say with what they were made.
"""

from __future__ import annotations

import json
import sys
import tomllib
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from benchmarks.reference import Workload, read
from estimator import brief, catalog
from estimator.brief import Brief
from estimator.chances import margins_of
from estimator.goals import Goal
from estimator.sampling import Name, Passing
from estimator.wording import goal_of, operation_of, reads_money

Floats = NDArray[np.float64]
BLOCK = 20_000
MARKET_BLOCK = 8_192


def met(load: Workload, draws: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Whether independent draws of the reference workload meet ROAS and GMV, 2 x draws."""
    platforms, months = len(load.spend), len(load.pacing)
    market = rng.standard_normal((draws, 1, 1))
    common = rng.standard_normal((draws, 1, months))

    def rate(k: int, middle: Floats) -> Floats:
        a, m = load.account_loading[k], load.month_loading[k]
        own = rng.standard_normal((draws, platforms, 1))
        cell = rng.standard_normal((draws, platforms, months))
        account = load.account_sd[k] * (a * market + np.sqrt(1 - a * a) * own)
        month = load.month_sd[k] * (m * common + np.sqrt(1 - m * m) * cell)
        return middle[:, None] + account + month

    cvr = np.array(load.cvr)
    cpc = np.exp(rate(0, np.log(load.cpc)))
    conversion = 1 / (1 + np.exp(-rate(1, np.log(cvr / (1 - cvr)))))
    aov = np.exp(rate(2, np.log(load.aov)))
    half = np.array(load.half_saturation) * np.exp(
        load.half_saturation_sigma * rng.standard_normal((draws, platforms))
    )
    spend = np.outer(load.spend, load.pacing)
    clicks = spend / cpc / (1 + (spend / half[:, :, None]) ** np.array(load.hill)[:, None])
    start = rng.beta(*load.ramp_beta, (draws, platforms, 1))
    tau = load.tau_median * np.exp(load.tau_sigma * rng.standard_normal((draws, platforms, 1)))
    ramp = 1 - (1 - start) * np.exp(-np.arange(months) / tau)
    sold = clicks * conversion * aov * ramp
    if load.creators:
        number = rng.poisson(load.creators, (draws, len(load.creators), months))
        sales = rng.lognormal(load.creator_log_mean, load.creator_log_sd, number.sum())
        where = np.repeat(np.arange(number.size), number.ravel())
        sold[:, : len(load.creators)] += np.bincount(where, sales, number.size).reshape(number.shape)
    a = np.array(load.returns_a)
    returned = rng.beta(a, load.returns_total - a, (draws, platforms))
    gmv = (sold * (1 - returned[:, :, None])).sum(axis=1)
    roas = gmv[:, load.window].sum(axis=1) / spend[:, load.window].sum()
    return np.stack([roas >= load.roas_goal, gmv.sum(axis=1) >= load.gmv_goal])


def counted(load: Workload, draws: int, seed: int) -> tuple[float, float, float]:
    """The shares of draws that meet ROAS, GMV and both, in blocks."""
    rng = np.random.default_rng(seed)
    total = np.zeros(3)
    for _ in range(draws // BLOCK):
        hits = met(load, BLOCK, rng)
        total += (*hits.sum(axis=1), hits.all(axis=0).sum())
    roas, gmv, both = total / (draws // BLOCK * BLOCK)
    return float(roas), float(gmv), float(both)


@dataclass(frozen=True, eq=False)
class Independent(Passing):
    """Independent normals under the names of any model."""

    draws: int
    seed: tuple[int, ...]
    scrambles: int = 1
    drawn: dict[Name, Floats] = field(default_factory=dict)

    def normal(self, name: str, *, store: int | None = None, month: int | None = None) -> Floats:
        key = name, store, month
        if key not in self.drawn:
            rng = np.random.default_rng([*self.seed, zlib.crc32(repr(key).encode())])
            self.drawn[key] = rng.standard_normal(self.draws)
        return self.drawn[key]

    def uniform(self, name: str, *, store: int | None = None, month: int | None = None) -> Floats:
        return ndtr(self.normal(name, store=store, month=month))


def goals_of(asked: Brief) -> tuple[Goal, ...]:
    """The goals of a brief that need no fees to be counted."""
    found = (goal_of(words, asked, index) for index, words in enumerate(asked.goals))
    return tuple(goal for goal in found if not reads_money(goal))


def market_counted(asked: Brief, goals: tuple[Goal, ...], draws: int, seed: int) -> list[float]:
    """The shares of independent draws of the default market that meet each goal, and all, in blocks."""
    model = margins_of(asked, goals, catalog.market(), operation_of(asked))
    total = np.zeros(len(goals) + 1)
    for block in range(draws // MARKET_BLOCK):
        hits = model(Independent(MARKET_BLOCK, (seed, block))) >= 0
        total += (*hits.sum(axis=1), hits.all(axis=0).sum())
    shares: list[float] = (total / (draws // MARKET_BLOCK * MARKET_BLOCK)).tolist()
    return shares


def main(path: Path, draws: int, seed: int) -> None:
    if "half_saturation" in tomllib.loads(path.read_text("utf-8")):
        print(json.dumps(counted(read(path), draws, seed)))
    else:
        asked = brief.read(path)
        print(json.dumps(market_counted(asked, goals_of(asked), draws, seed)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
