"""What the fixed points and smoothing buy, and what a change costs, as ratios within one interleaved run.

How long do smoothed points take to 0.1 percentage points against plain NumPy (``benchmarks.speed``)? How
many independent random draws would be needed for the error that the fixed points have? How long does a moved
budget take against a first answer of the same brief? And what does more work cost (``benchmarks.growth``)?
A whole run writes ``results.json`` and the table of ``docs/measured.md`` and ``docs/measured.zh.md``; a short
one, ``--short``, only shows that everything starts.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import sys
from pathlib import Path

import numpy as np

from benchmarks import growth, table
from benchmarks.speed import measured, seconds
from estimator.brief import brief
from estimator.brief.brief import Brief
from estimator.brief.meaning import asked_goals, operation_of
from estimator.market.points import Points
from estimator.market.simulation import simulate
from estimator.market.summary import share_of
from estimator.promise.forecast import forecast
from estimator.rules.rules import open_rules

RULES = open_rules()
BRIEFS = ("seed_beauty", "auto_tools_mature", "home_five_platforms", "supplements_guarantee")
POINTS = Points()
RESULTS = Path(__file__).parent / "results.json"
DOCUMENTS = {"en": Path("docs/measured.md"), "zh": Path("docs/measured.zh.md")}


def hits(asked: Brief, points: Points) -> np.ndarray:
    """Whether each draw meets the brief's first goal that can be forecast."""
    goals = asked_goals(asked, RULES.kpis)
    drawn = simulate(
        asked, RULES.market, operation_of(asked), points, months=max(goal.months[1] for goal in goals)
    )
    return next(goal.met(drawn) for goal in goals if forecast(goal, asked, drawn))


def measure(name: str, repeats: int) -> dict[str, float]:
    asked = brief.read(Path(f"examples/briefs/{name}.toml"))
    met = hits(asked, POINTS)
    stated = share_of(met, POINTS.scrambles)
    blocks = met.reshape(POINTS.scrambles, -1).mean(axis=1)
    variance = blocks.var(ddof=1) / POINTS.scrambles
    independent = stated.value * (1 - stated.value) / max(variance, 1e-12)
    first, moved = [], []
    for repeat in range(repeats):
        fresh = Points(seed=1000 + repeat)
        first.append(seconds(lambda points=fresh: hits(asked, points)))
        assert asked.ad_budget is not None
        budget = asked.ad_budget * (101 + repeat) / 100
        nudged = asked.model_copy(update={"ad_budget": budget})
        moved.append(seconds(lambda points=fresh, changed=nudged: hits(changed, points)))
    return {
        "probability": round(stated.value, 4),
        "error": round(stated.error, 4),
        "draws_of_plain_monte_carlo_for_the_same_error": round(independent),
        "points": POINTS.draws,
        "moved_over_first": round(statistics.median(m / f for m, f in zip(moved, first)), 3),
    }


def main(*, short: bool) -> None:
    speed = measured(short=short)
    print(json.dumps(speed, indent=2))
    results: dict[str, object] = {}
    print(f"{'brief':<24}{'probability':>12}{'error':>9}{'plain draws / points':>22}{'moved / first':>15}")
    for name in BRIEFS[: 1 if short else None]:
        results[name] = row = measure(name, repeats=1 if short else 5)
        worth = row["draws_of_plain_monte_carlo_for_the_same_error"] / row["points"]
        print(
            f"{name:<24}{row['probability']:>12.4f}{row['error']:>9.4f}{worth:>22.1f}"
            f"{row['moved_over_first']:>15.3f}"
        )
    if short:
        return
    found = {"made": f"{dt.date.today()}", **results, "smoothed": speed, "growth": growth.measured()}
    print(json.dumps(found["growth"], indent=2))
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")
    for language, path in DOCUMENTS.items():
        path.write_text(table.written(path.read_text("utf-8"), found, language), "utf-8")


if __name__ == "__main__":
    main(short="--short" in sys.argv[1:])
