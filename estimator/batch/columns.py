"""Columns: what the result of a batch holds of each prospect, and what travels with a part of it."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from estimator.batch.answers import Answer
from estimator.batch.file import MOST_GOALS, Prospect
from estimator.brief.goals import Goal
from estimator.rules.rules import Rules
from estimator.values.money import plain

META = b"quotecast.part"
"""The key under which a part's file keeps it."""
LAYOUT = 3
"""Changes with the columns of the result, so that parts of another layout are worked anew."""


def _schema() -> pa.Schema:
    """The columns in their order, with those of every goal a prospect may have."""
    columns: list[tuple[str, pa.DataType]] = [
        ("id", pa.string()),
        ("line", pa.int64()),
        ("edition", pa.string()),
        ("edition_state", pa.string()),
        ("market", pa.string()),
        ("rules", pa.string()),
        ("currency", pa.string()),
        ("months", pa.int32()),
        ("monthly_price", pa.float64()),
        ("monthly_price_low", pa.float64()),
        ("monthly_price_high", pa.float64()),
        ("difficulty", pa.string()),
        ("difficulty_at_edge", pa.bool_()),
    ]
    for number in range(1, MOST_GOALS + 1):
        columns += [
            (f"goal_{number}", pa.string()),
            (f"goal_{number}_probability", pa.float64()),
            (f"goal_{number}_error", pa.float64()),
            (f"goal_{number}_safe_level", pa.float64()),
        ]
    columns += [
        (name, pa.float64())
        for name in (
            "profit_p10",
            "profit_p50",
            "profit_p90",
            "loss_probability",
            "loss_probability_error",
            "fees_mean",
        )
    ]
    return pa.schema(columns)


SCHEMA = _schema()


def cells(prospect: Prospect, answer: Answer, rules: Rules) -> dict[str, Any]:
    """A row of the result: what was answered to one prospect, by column."""
    row: dict[str, Any] = {
        **rules.heading,
        "id": prospect.id,
        "line": prospect.line,
        "currency": answer.currency,
        "months": answer.months,
        "monthly_price": answer.monthly_price,
        "monthly_price_low": answer.monthly_price_range[0],
        "monthly_price_high": answer.monthly_price_range[1],
        "difficulty": answer.difficulty and answer.difficulty.band,
        "difficulty_at_edge": answer.difficulty and answer.difficulty.at_edge,
        "profit_p10": answer.profit.p10,
        "profit_p50": answer.profit.p50,
        "profit_p90": answer.profit.p90,
        "loss_probability": answer.loss.value,
        "loss_probability_error": answer.loss.error,
        "fees_mean": answer.fees_mean,
    }
    for number, goal in enumerate(answer.goals, start=1):
        row[f"goal_{number}"] = goal_text(goal.goal)
        row[f"goal_{number}_safe_level"] = goal.promise and goal.promise.level
        if goal.probability is not None:
            row[f"goal_{number}_probability"] = goal.probability.value
            row[f"goal_{number}_error"] = goal.probability.error
    return row


def meta_of(schema: pa.Schema) -> dict[str, Any]:
    """What travels with a part: how many rows are done, how many left out, and these with their faults."""
    meta: dict[str, Any] = json.loads(schema.metadata[META])
    return meta


def goal_text(goal: Goal) -> str:
    """The goal as a file of prospects writes it: ``roas_platform_total>=2.5@1-3``."""
    first, last = goal.months
    span = f"{first}" if first == last else f"{first}-{last}"
    reading = "" if goal.reading == "total" else f":{goal.reading}"
    return f"{goal.kpi.id}{'>=' if goal.at_least else '<='}{plain(goal.level)}@{span}{reading}"
