"""What a stated error is worth: how often it covers the truth, and how large it is over random prospects.

The truth of five prospects is counted by the model that was written a second time (``benchmarks.truth``),
that of random ones taken from many more points. ``python -m benchmarks.errors`` writes ``errors.json``; a
short run, ``--short``, only shows that everything starts.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import truth
from estimator.batch.answers import Answer, answers
from estimator.brief import brief
from estimator.brief.brief import Brief, GoalWords
from estimator.brief.goals import Goal, Probability
from estimator.brief.meaning import operation_of
from estimator.market.points import Points
from estimator.market.simulation import simulate
from estimator.promise.forecast import chances, usual_points
from estimator.rules.rules import open_rules

RULES = open_rules(on=truth.DAY)
PLATFORMS, CATEGORIES = (RULES.vocabulary.ids(fact) for fact in ("platforms", "category"))
RESULTS = Path(__file__).parent / "errors.json"
KPIS = ("roas_platform_total", "roas_settled", "roas_blended", "gmv")
MODELS = ("whole_shop", "part_operation", "kpi_consulting")
SEED = 20261127
BETTER = 16
"""How many times the usual points stand for the truth of a random prospect."""


def as_goal(words: dict[str, Any]) -> Goal:
    """A goal as ``truth`` writes it."""
    first, last = words["months"]
    level = Decimal(str(words["at_least"]))
    return Goal(kpi=RULES.kpis[words["kpi"]], level=level, months=(first, last))


def coverage(prospect: str, scrambles: int) -> dict[str, Sequence[float]]:
    """Of each goal of a prospect, and of all at once: its true share, how often the stated range covers it,
    the stated half-width over 1.96 standard deviations of the answers, and these in percentage points.
    """
    asked = brief.read(truth.BRIEFS / f"{prospect}.toml")
    goals = tuple(map(as_goal, truth.goals_of(prospect)))
    usual, exact = usual_points(asked), np.array(truth.known()[prospect])
    found = [
        chances(asked, goals, RULES.market, operation_of(asked), points=replace(usual, seed=seed))
        for seed in range(7_000, 7_000 + scrambles)
    ]
    values = np.array([[chance.value for chance in (*one.goals, one.joint)] for one in found])
    errors = np.array([[chance.error for chance in (*one.goals, one.joint)] for one in found])
    spread = values.std(axis=0, ddof=1)
    counting = 1.96 * np.sqrt(exact * (1 - exact) / truth.DRAWS)
    return {
        "share": exact.tolist(),
        "covered": (np.abs(values - exact) <= errors + counting).mean(axis=0).tolist(),
        "stated_over_true_spread": (errors.mean(axis=0) / (1.96 * spread)).round(3).tolist(),
        "standard_deviation_pp": (100 * spread).round(4).tolist(),
        "off_pp": (100 * (values.mean(axis=0) - exact)).round(4).tolist(),
    }


def random_prospect(rng: np.random.Generator) -> Brief:
    """Any platforms and category, ads from 300 to 200,000 dollars a month, new or running."""
    count = int(rng.integers(1, len(PLATFORMS) + 1))
    platforms = sorted(rng.choice(len(PLATFORMS), count, replace=False))
    budget = Decimal(round(math.exp(rng.uniform(math.log(300), math.log(200_000)))))
    running, known = bool(rng.random() < 0.6), bool(rng.random() < 0.7)
    return Brief(
        category=CATEGORIES[rng.integers(len(CATEGORIES))],
        ad_budget=budget,
        stores=[
            {"platform": PLATFORMS[at], "status": "established" if running else "new"} for at in platforms
        ],
        stage=("growth", "mature")[rng.integers(2)] if running else "cold",
        current_gmv=budget * round(rng.uniform(1, 4)) if running else None,
        price=Decimal(round(math.exp(rng.uniform(math.log(10), math.log(120))))) if known else None,
        service_model=MODELS[rng.integers(len(MODELS))],
        start=f"2027-{rng.integers(1, 13):02d}",
    )


def random_goal(asked: Brief, rng: np.random.Generator) -> Goal:
    """A goal that between one draw in twenty and all but one in twenty reach."""
    kpi = RULES.kpis[KPIS[rng.integers(len(KPIS))]]
    months = ((1, 3), (1, 6))[rng.integers(2)]
    drawn = simulate(
        asked, RULES.market, operation_of(asked), Points(number=512, scrambles=2), months=months[1]
    )
    values = np.asarray(Goal(kpi=kpi, level=Decimal(1), months=months).decisive(drawn), float)
    level = float(np.quantile(values[np.isfinite(values)], rng.uniform(0.05, 0.95)))
    return Goal(kpi=kpi, level=Decimal(f"{level:.4g}"), months=months)


def _exact(asked: Brief, goal: Goal, times: int) -> Probability:
    """The chance of a goal by so many times the usual points."""
    usual = usual_points(asked)
    many = replace(usual, number=times * usual.number, seed=SEED)
    return chances(asked, (goal,), RULES.market, operation_of(asked), points=many).goals[0]


def over_random_prospects(count: int, scrambles: int, better: int = BETTER) -> list[dict[str, object]]:
    """The error of the usual points over scrambles, in percentage points, for each of random prospects."""
    rng, rows = np.random.default_rng(SEED), []
    for _ in range(count):
        asked = random_prospect(rng)
        goal, operation, usual = random_goal(asked, rng), operation_of(asked), usual_points(asked)
        exact = _exact(asked, goal, better)
        values = np.array(
            [
                chances(asked, (goal,), RULES.market, operation, points=replace(usual, seed=seed))
                .goals[0]
                .value
                for seed in range(8_000, 8_000 + scrambles)
            ]
        )
        rows.append(
            {
                "stores": len(asked.stores),
                "ad_budget": int(asked.ad_budget or 0),
                "stage": asked.stage,
                "goal": f"{goal.kpi.id} >= {goal.level} in months {goal.months[0]}-{goal.months[1]}",
                "points": usual.draws,
                "probability": round(exact.value, 4),
                "error_pp": round(100 * math.sqrt(np.mean((values - exact.value) ** 2)), 4),
                "half_width_of_truth_pp": round(100 * exact.error, 4),
            }
        )
        print(rows[-1], flush=True)
    return rows


def of_a_batch(count: int) -> dict[str, float]:
    """The errors of a batch over random prospects that its line was not fitted to, in percentage points.

    The truth is of four times the usual points; ``covered`` counts its own half-width in.
    """
    rng = np.random.default_rng(SEED + 1)
    prospects, goals = [], []
    for _ in range(count):
        asked = random_prospect(rng)
        goal = random_goal(asked, rng)
        words = GoalWords(kpi=goal.kpi.id, at_least=goal.level, months=goal.months)
        prospects.append(asked.model_copy(update={"goals": (words,)}))
        goals.append(goal)
    off, stated, doubt = [], [], []
    for asked, goal, answer in zip(prospects, goals, answers(prospects, RULES)):
        exact = _exact(asked, goal, 4)
        if isinstance(answer, Answer) and (found := answer.goals[0].probability) is not None:
            off.append(abs(found.value - exact.value))
            stated.append(found.error)
            doubt.append(exact.error)
    gaps, errors = np.array(off), np.array(stated)
    return {
        "prospects": len(off),
        "middle_pp": round(100 * float(np.median(gaps)), 3),
        "root_mean_square_pp": round(100 * float(np.sqrt((gaps**2).mean())), 3),
        "worst_pp": round(100 * float(gaps.max()), 3),
        "stated_pp": round(100 * float(np.median(errors)), 3),
        "covered": round(float((gaps <= np.hypot(errors, doubt)).mean()), 3),
    }


def main(*, short: bool) -> None:
    rows = over_random_prospects(*((1, 2, 2) if short else (24, 24)))
    covered = {}
    for prospect in list(truth.LEVELS)[: 1 if short else None]:
        covered[prospect] = coverage(prospect, 3 if short else 200)
        print(prospect, json.dumps(covered[prospect]), flush=True)
    batch = of_a_batch(2 if short else 200)
    print("batch", json.dumps(batch), flush=True)
    if not short:
        found = {
            "made": f"{dt.date.today()}",
            "random_prospects": rows,
            "coverage": covered,
            "batch": batch,
        }
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(short="--short" in sys.argv[1:])
