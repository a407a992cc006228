"""Plain Monte Carlo of the reference workload, as one would write it: the yardstick of the benchmarks.

``python -m benchmarks.plain FILE DRAWS SEED`` counts the goals of such a file in blocks. Numbers that tests
keep say with what they were made. The default market's is ``benchmarks.independent``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.reference import Workload, read

Floats = NDArray[np.float64]
BLOCK = 20_000


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


def main(path: Path, draws: int, seed: int) -> None:
    print(json.dumps(counted(read(path), draws, seed)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
