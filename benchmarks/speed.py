"""Time to a standard error of 0.1 percentage points: smoothed points against plain NumPy, in one run.

Plain Monte Carlo takes the draws that its binomial error asks for, all at once or in blocks; ours takes
points whose error over replicates is measured and written beside the time. Rounds are interleaved, so that
whatever else the machine does meets all alike. Other tools are timed on fewer draws, each of which costs them
the same, and set in proportion. The default market in plain NumPy was written by itself, from the model's
description, creators' sums off a table as described or one by one. The first answer makes its points, another
prospect with the same stores and months has them; tables of probability laws (beta quantiles, creators' sums)
are made once in a process, as in the product.
"""

from __future__ import annotations

import itertools
import statistics
import time
import tomllib
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks import independent
from benchmarks.peers import at_hand
from benchmarks.plain import counted, met
from benchmarks.reference import Model, read, renamed
from estimator.brief import brief
from estimator.brief.brief import Brief, Operation
from estimator.brief.goals import Goal
from estimator.brief.meaning import asked_goals, operation_of
from estimator.market.points import Points
from estimator.market.simulation import simulate
from estimator.promise.forecast import chances, usual_points
from estimator.quoting.goal_seek import budget_needed
from estimator.rules.rules import open_rules

RULES = open_rules()
FOLDER = Path(__file__).parent
WANTED = 0.001
QUICK = Points(number=1024, scrambles=1)
"""Points of the reference workload."""
KNOWN = (0.43600, 0.41352, 0.37036)
BRIEFS = {"one_store": "seed_beauty", "five_stores": "home_five_platforms"}
OURS = "first_answer"
Work = Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How long is measured: rounds, moves of a slider in each, replicates of an answer, the part drawn of the
    plain draws (their time is set in proportion), and the points of a scramble that stand for the truth.
    """

    rounds: int = 5
    moves: int = 20
    replicates: int = 40
    drawn: float = 1.0
    exact: int = 8192


WHOLE = Effort()
SMOKE = Effort(rounds=1, moves=2, replicates=2, drawn=0.1, exact=1024)
"""Whether everything starts and what comes out can be; no figure of it is worth keeping."""


def seconds(work: Work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def megabytes(work: Work) -> float:
    """The most memory that the work holds at once, of what Python and NumPy ask for."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return round(peak / 2**20, 1)


def interleaved(once: dict[str, Work], often: dict[str, Work], effort: Effort = WHOLE) -> dict[str, float]:
    """Median seconds of each kind of work; ``often`` runs several times a round, ``once`` once."""
    found: dict[str, list[float]] = {name: [] for name in (*once, *often)}
    for _ in range(effort.rounds):
        for name, work in once.items():
            found[name].append(seconds(work))
        for name, work in often.items():
            found[name] += [seconds(work) for _ in range(effort.moves)]
    return {name: statistics.median(times) for name, times in found.items()}


def reference(effort: Effort, *, with_peers: bool) -> dict[str, object]:
    load = read(FOLDER / "reference.toml")
    draws = wanted(KNOWN)
    drawn = round(draws * effort.drawn)
    seeds = itertools.count(1)
    held = renamed(load, QUICK)

    def first() -> None:
        Model(load, renamed(load, replace(QUICK, seed=next(seeds)))).chances()

    def another() -> None:
        spend = tuple(amount * (1 + next(seeds) % 20 / 10) for amount in load.spend)
        Model(load.model_copy(update={"spend": spend}), held).chances()

    def plain() -> None:
        met(load, drawn, np.random.default_rng(next(seeds)))

    peers = at_hand() if with_peers else {}
    times = interleaved(
        {
            "plain_at_once": plain,
            "plain_in_blocks": lambda: counted(load, drawn, next(seeds)),
            **{
                name: lambda peer=peer, few=few: peer(load, few, next(seeds))  # type: ignore[misc]
                for name, (peer, few) in peers.items()
            },
        },
        {OURS: first, "another": another},
        effort,
    )
    held_points = times.pop("another")
    times |= {name: times[name] * draws / drawn for name in ("plain_at_once", "plain_in_blocks")}
    times |= {name: times[name] * draws / few for name, (_, few) in peers.items()}
    values = []
    for seed in range(5000, 5000 + effort.replicates):
        found = Model(load, renamed(load, replace(QUICK, seed=seed))).chances()
        values.append([chance.value for chance in (*found.goals, found.joint)])
    works: dict[str, Work] = {"plain_at_once": plain, OURS: first}
    peak = {name: megabytes(work) for name, work in works.items()}
    return told(times, draws, QUICK.draws, values, KNOWN) | {
        "another_prospect_over_first_answer": round(held_points / times[OURS], 2),
        "peak_megabytes": peak,
    }


def mean_sales(asked: Brief, operation: Operation) -> Goal:
    """The mean of six months' sales, which another budget reaches in four cases of five."""
    drawn = simulate(asked, RULES.market, operation, Points(), months=6)
    goal = Goal(kpi=RULES.kpis["gmv"], level=Decimal(1), months=(1, 6))
    return goal.model_copy(update={"level": Decimal(round(goal.decisive(drawn).mean()))})


def wanted(shares: Sequence[float]) -> int:
    """The plain draws that give the wanted error to the least certain of the shares."""
    return round(max(share * (1 - share) for share in shares) / WANTED**2)


def market(name: str, effort: Effort) -> dict[str, object]:
    path = Path(f"examples/briefs/{name}.toml")
    asked, words = brief.read(path), tomllib.loads(path.read_text("utf-8"))
    assert asked.ad_budget is not None
    goals, operation = asked_goals(asked, RULES.kpis), operation_of(asked)
    usual = usual_points(asked)
    many = Points(number=effort.exact, scrambles=8)
    exact = chances(asked, goals, RULES.market, operation, points=many)
    known = tuple(chance.value for chance in exact.goals)
    draws = wanted(known)
    drawn = round(draws * effort.drawn)
    seeds, sought = itertools.count(1), mean_sales(asked, operation)

    def plain(*, table: bool) -> None:
        independent.counted(words, words["goals"], drawn, next(seeds), table=table, market=RULES.market.id)

    def first() -> None:
        fresh = replace(usual, seed=next(seeds))
        chances(asked, goals, RULES.market, operation, points=fresh)

    def another() -> None:
        spends = asked.ad_budget * (1 + Decimal(next(seeds) % 20) / 10)
        chances(asked.model_copy(update={"ad_budget": spends}), goals, RULES.market, operation)

    def inverse() -> None:
        fresh = replace(usual, seed=next(seeds))
        budget_needed(asked, sought, RULES.market, operation, points=fresh)

    def once() -> None:
        fresh = replace(usual, seed=next(seeds))
        chances(asked, (sought,), RULES.market, operation, points=fresh)

    independent.quantiles(RULES.market.id)
    times = interleaved(
        {
            "plain_one_by_one": partial(plain, table=False),
            "plain_in_blocks": partial(plain, table=True),
            "inverse": inverse,
            "once": once,
        },
        {OURS: first, "another": another},
        effort,
    )
    times |= {name: times[name] * draws / drawn for name in ("plain_one_by_one", "plain_in_blocks")}
    evaluations, held_points = times.pop("inverse") / times.pop("once"), times.pop("another")
    values = []
    for seed in range(5000, 5000 + effort.replicates):
        found = chances(asked, goals, RULES.market, operation, points=replace(usual, seed=seed))
        values.append([chance.value for chance in found.goals])
    found = told(times, draws, usual.draws, values, known)
    return found | {
        "budget_for_80_percent_over_first_answer": round(evaluations, 1),
        "another_prospect_over_first_answer": round(held_points / times[OURS], 2),
    }


def told(
    times: dict[str, float], draws: int, points: int, values: list[list[float]], known: tuple[float, ...]
) -> dict[str, object]:
    """Milliseconds, ratios, and the error over replicates in percentage points, the worst goal's.

    Ratios are of plain draws to the error wanted; for our own error they need others, by its square.
    """
    error = np.sqrt(np.mean((np.array(values) - known) ** 2, axis=0))
    slow = [name for name in times if name != OURS]
    return {
        "plain_draws": draws,
        "points": points,
        "error_over_replicates_pp": round(100 * float(error.max()), 3),
        "milliseconds": {name: round(1000 * spent, 2) for name, spent in times.items()},
        "times_faster": {f"{OURS}_than_{plain}": round(times[plain] / times[OURS]) for plain in slow},
        "first_answer_times_faster_at_its_own_error": {
            plain: round(times[plain] / times[OURS] * (WANTED / error.max()) ** 2) for plain in slow
        },
    }


def measured(*, short: bool) -> dict[str, object]:
    """The reference workload, beside peers where they are installed, and the default market; a short run
    takes one brief, and no peers.
    """
    effort, briefs = (SMOKE, list(BRIEFS)[:1]) if short else (WHOLE, list(BRIEFS))
    found: dict[str, object] = {"reference": reference(effort, with_peers=not short)}
    return found | {label: market(BRIEFS[label], effort) for label in briefs}
