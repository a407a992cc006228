"""The answer to a goal: its probability and the level that is safe to promise, or why there is neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from estimator.brief.goals import Goal, Probability, Promise

NoChance = Literal["not_forecast", "not_measurable", "ads_in_fee"]


@dataclass(frozen=True, kw_only=True)
class GoalAnswer:
    """A goal with its probability, and its safe level where one was asked for.

    Without a probability ``reason`` may say why; ``ads_in_fee``: the goal is a return on ads, and the fee
    pays for them. ``between`` is the lowest and highest probability over the definitions that the
    goal's words may mean, where they leave it open: no level is then safe to sign.
    """

    goal: Goal
    probability: Probability | None = None
    promise: Promise | None = None
    reason: NoChance | None = None
    between: tuple[float, float] | None = None
