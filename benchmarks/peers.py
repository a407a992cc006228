"""The reference workload written for other tools, as their own documentation shows.

squigglepy samples every quantity as an array (``dist @ n``); monaco runs a case at a time through functions
that prepare, run and take in; openturns simulates the probability of an event of a vector. A random number
of creators is no dimension of a vector, so under openturns the count is one and the sums are drawn within
its function. Each gives the shares of draws that meet ROAS and GMV. ``make bench`` brings the packages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from benchmarks.reference import RATES, Workload

Floats = NDArray[np.float64]
Shares = tuple[float, float]
Peer = Callable[[Workload, int, int], Shares]


def met(load: Workload, drawn: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """ROAS of its months and GMV of all, from what was drawn: platforms x months x draws, or of one draw.

    ``cpc``, ``cvr`` and ``aov`` are standard normals of account and month mixed; the rest are values.
    """
    spend = np.outer(load.spend, load.pacing)
    each = (slice(None), *(None,) * (drawn["cpc"].ndim - 1))
    cells = (slice(None), slice(None), *(None,) * (drawn["cpc"].ndim - 2))
    median = {"cpc": np.log(load.cpc), "cvr": np.log(load.cvr) - np.log1p(-np.array(load.cvr))}
    median["aov"] = np.log(load.aov)
    rate = {name: median[name][each] + drawn[name] for name in RATES}
    conversion = 1 / (1 + np.exp(-rate["cvr"]))
    saturation = 1 + (spend[cells] / drawn["half"][:, None]) ** np.array(load.hill)[each]
    clicks = spend[cells] / np.exp(rate["cpc"]) / saturation
    age = np.arange(len(load.pacing))[(None, slice(None), *(None,) * (drawn["cpc"].ndim - 2))]
    ramp = 1 - (1 - drawn["start"][:, None]) * np.exp(-age / drawn["tau"][:, None])
    sold = clicks * conversion * np.exp(rate["aov"]) * ramp
    sold[: len(load.creators)] += drawn["creators"]
    by_month = (sold * (1 - drawn["returned"][:, None])).sum(axis=0)
    return by_month[load.window].sum(axis=0) / spend[:, load.window].sum(), by_month.sum(axis=0)


def mixed(load: Workload, normals: Callable[[str], Floats]) -> dict[str, Floats]:
    """The rates' normals from those of market, months, accounts and cells."""
    market, month, found = normals("market"), normals("month"), {}
    for k, name in enumerate(RATES):
        a, m = load.account_loading[k], load.month_loading[k]
        account = a * market + np.sqrt(1 - a * a) * normals(f"{name}_account")
        cell = m * month + np.sqrt(1 - m * m) * normals(f"{name}_cell")
        found[name] = load.account_sd[k] * account[:, None] + load.month_sd[k] * cell
    return found


def squigglepy(load: Workload, draws: int, seed: int) -> Shares:
    """Every quantity an array of samples."""
    import squigglepy as sq

    sq.set_seed(seed)
    platforms, months = len(load.spend), len(load.pacing)
    shapes = {"market": (1,), "month": (months,)}
    shapes |= {f"{name}_account": (platforms,) for name in RATES}
    shapes |= {f"{name}_cell": (platforms, months) for name in RATES}

    def many(dist: object, count: int) -> Floats:
        return np.stack([dist @ draws for _ in range(count)])  # type: ignore[operator]

    def normals(name: str) -> Floats:
        shape = shapes[name]
        return many(sq.norm(mean=0, sd=1), int(np.prod(shape))).reshape(*shape, draws)

    sums = []
    for row in load.creators:
        for rate in row:
            number = sq.poisson(rate) @ draws
            sales = sq.lognorm(norm_mean=load.creator_log_mean, norm_sd=load.creator_log_sd) @ int(
                number.sum()
            )
            sums.append(np.bincount(np.repeat(np.arange(draws), number), sales, draws))
    drawn = mixed(load, normals) | {
        "half": np.stack(
            [
                sq.lognorm(norm_mean=np.log(middle), norm_sd=load.half_saturation_sigma) @ draws
                for middle in load.half_saturation
            ]
        ),
        "start": many(sq.beta(*load.ramp_beta), platforms),
        "tau": many(sq.lognorm(norm_mean=np.log(load.tau_median), norm_sd=load.tau_sigma), platforms),
        "creators": np.stack(sums).reshape(len(load.creators), months, draws),
        "returned": np.stack([sq.beta(a, load.returns_total - a) @ draws for a in load.returns_a]),
    }
    roas, gmv = met(load, drawn)
    return float((roas >= load.roas_goal).mean()), float((gmv >= load.gmv_goal).mean())


def monaco(load: Workload, draws: int, seed: int) -> Shares:
    """A case at a time: what goes in is declared, what comes out is taken up."""
    import monaco as mc
    from scipy import stats

    platforms, months = len(load.spend), len(load.pacing)
    normal = ["market", *(f"month_{m}" for m in range(months))]
    normal += [f"{name}_account_{p}" for name in RATES for p in range(platforms)]
    normal += [f"{name}_cell_{p}_{m}" for name in RATES for p in range(platforms) for m in range(months)]
    rng = np.random.default_rng(seed)

    def preprocess(case: mc.Case) -> tuple[dict[str, float]]:
        return ({name: value.val for name, value in case.invals.items()},)

    def run(drawn: dict[str, float]) -> tuple[float, float]:
        def normals(name: str) -> Floats:
            found = np.array(
                [value for key, value in drawn.items() if key == name or key.startswith(f"{name}_")]
            )
            return found.reshape(platforms, months) if name.endswith("_cell") else found

        def of(name: str) -> Floats:
            return np.array([drawn[f"{name}_{p}"] for p in range(platforms)])

        sums = [
            rng.lognormal(load.creator_log_mean, load.creator_log_sd, int(drawn[f"number_{p}_{m}"])).sum()
            for p in range(len(load.creators))
            for m in range(months)
        ]
        values = {name: of(name) for name in ("half", "start", "tau", "returned")}
        creators = np.array(sums).reshape(len(load.creators), months)
        roas, gmv = met(load, mixed(load, normals) | values | {"creators": creators})
        return float(roas), float(gmv)

    def postprocess(case: mc.Case, roas: float, gmv: float) -> None:
        case.addOutVal("roas", roas)
        case.addOutVal("gmv", gmv)

    functions = {"preprocess": preprocess, "run": run, "postprocess": postprocess}
    sim = mc.Sim("reference", draws, functions, samplemethod="random", seed=seed, verbose=False)
    for name in normal:
        sim.addInVar(name=name, dist=stats.norm, distkwargs={"loc": 0, "scale": 1})
    for p, middle in enumerate(load.half_saturation):
        sigma = load.half_saturation_sigma
        sim.addInVar(name=f"half_{p}", dist=stats.lognorm, distkwargs={"s": sigma, "scale": middle})
        sim.addInVar(name=f"start_{p}", dist=stats.beta, distkwargs=dict(zip("ab", load.ramp_beta)))
        tau = {"s": load.tau_sigma, "scale": load.tau_median}
        sim.addInVar(name=f"tau_{p}", dist=stats.lognorm, distkwargs=tau)
        returned = {"a": load.returns_a[p], "b": load.returns_total - load.returns_a[p]}
        sim.addInVar(name=f"returned_{p}", dist=stats.beta, distkwargs=returned)
    for p, row in enumerate(load.creators):
        for m, rate in enumerate(row):
            sim.addInVar(name=f"number_{p}_{m}", dist=stats.poisson, distkwargs={"mu": rate})
    sim.runSim()
    roas, gmv = (np.array(sim.outvars[name].nums) for name in ("roas", "gmv"))
    return float((roas >= load.roas_goal).mean()), float((gmv >= load.gmv_goal).mean())


def openturns(load: Workload, draws: int, seed: int) -> Shares:
    """The probability of a threshold event of a function of a random vector, for each goal."""
    import openturns as ot

    ot.RandomGenerator.SetSeed(seed)
    rng = np.random.default_rng(seed)
    platforms, months, names = len(load.spend), len(load.pacing), len(RATES)
    ends = np.cumsum([1, months, names * platforms, names * platforms * months, *(4 * [platforms])])
    cells = len(load.creators) * months
    parts: list[object] = [ot.Normal(0.0, 1.0)] * int(ends[3])
    sigma = load.half_saturation_sigma
    parts += [ot.LogNormal(float(np.log(middle)), sigma, 0.0) for middle in load.half_saturation]
    parts += [ot.Beta(*load.ramp_beta, 0.0, 1.0)] * platforms
    parts += [ot.LogNormal(float(np.log(load.tau_median)), load.tau_sigma, 0.0)] * platforms
    parts += [ot.Beta(a, load.returns_total - a, 0.0, 1.0) for a in load.returns_a]
    parts += [ot.Poisson(rate) for row in load.creators for rate in row]

    def both(sample: object) -> list[list[float]]:
        values = np.asarray(sample, float).T
        count = values.shape[1]
        market, month, account, cell, half, start, tau, returned, number = np.split(values, ends)
        accounts = account.reshape(names, platforms, count)
        by_cell = cell.reshape(names, platforms, months, count)
        normals = {"market": market, "month": month}
        normals |= {f"{name}_account": accounts[k] for k, name in enumerate(RATES)}
        normals |= {f"{name}_cell": by_cell[k] for k, name in enumerate(RATES)}
        many = number.astype(np.int64).ravel()
        sales = rng.lognormal(load.creator_log_mean, load.creator_log_sd, many.sum())
        sums = np.bincount(np.repeat(np.arange(many.size), many), sales, many.size)
        found = {"half": half, "start": start, "tau": tau, "returned": returned}
        creators = sums.reshape(len(load.creators), months, count)
        roas, gmv = met(load, mixed(load, normals.__getitem__) | found | {"creators": creators})
        return np.stack([roas, gmv], axis=1).tolist()  # type: ignore[no-any-return]

    vector = ot.RandomVector(ot.JointDistribution(parts))
    shares = []
    for goal, level in enumerate((load.roas_goal, load.gmv_goal)):
        model = ot.PythonFunction(
            int(ends[-1]) + cells,
            1,
            func_sample=lambda sample, goal=goal: [[row[goal]] for row in both(sample)],
        )
        event = ot.ThresholdEvent(ot.CompositeRandomVector(model, vector), ot.GreaterOrEqual(), level)
        algorithm = ot.ProbabilitySimulationAlgorithm(event, ot.MonteCarloExperiment())
        block = min(draws, 5_000)
        algorithm.setBlockSize(block)
        algorithm.setMaximumOuterSampling(max(draws // block, 1))
        algorithm.setMaximumCoefficientOfVariation(0.0)
        algorithm.run()
        shares.append(float(algorithm.getResult().getProbabilityEstimate()))
    return shares[0], shares[1]


PEERS: dict[str, tuple[Peer, int]] = {
    "squigglepy": (squigglepy, 50_000),
    "monaco": (monaco, 300),
    "openturns": (openturns, 10_000),
}
"""Each with the draws it is timed on; its time to more is in proportion, for each draw is alike."""


def at_hand() -> dict[str, tuple[Peer, int]]:
    """The peers that are installed."""
    return {name: peer for name, peer in PEERS.items() if find_spec(name) is not None}
