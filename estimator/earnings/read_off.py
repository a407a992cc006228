"""Who gets what at each level of a KPI that does not grow with sales, read off the draws.

A cost of winning a customer cannot be set on a level by selling more, as payoff does: cheap customers come
with a good market and dear ones with a bad one. So the draws are sorted by the KPI, and the middle money of
those around a level is the money at that level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from estimator.brief.goals import Goal
from estimator.earnings.deal import Deal
from estimator.values.money import Array

GROUPS = 24
"""Neighbouring draws are taken together; 680 of 16,384 hold a middle to about a twentieth of its spread."""
LEAST = 8


@dataclass(frozen=True, kw_only=True)
class ReadOff:
    """Middle money a month of the draws around each level of a goal's KPI, levels rising.

    ``margin`` is None without our own cost. ``at_goal`` is the seller's profit around the requested level;
    None where hardly a draw comes near it.
    """

    levels: tuple[float, ...]
    seller: tuple[float, ...]
    fee: tuple[float, ...]
    margin: tuple[float, ...] | None
    at_goal: float | None


def read_off(deal: Deal, goal: Goal) -> ReadOff | None:
    """The money of ``deal`` along the goal's KPI; None where the KPI hardly differs between draws."""
    values = goal.decisive(deal.counted)
    order = np.argsort(values, kind="stable")
    order = order[np.isfinite(values[order])]
    groups = [group for group in np.array_split(order, GROUPS) if group.size >= LEAST]
    levels, of_level = np.unique([float(np.median(values[group])) for group in groups], return_inverse=True)
    if levels.size < 2:
        return None
    # a level that many draws share, such as no day down, is one group
    groups = [
        np.concatenate([group for group, at in zip(groups, of_level) if at == level])
        for level in range(levels.size)
    ]

    def along(amounts: Array) -> tuple[float, ...]:
        return tuple(float(np.median(amounts[group])) / deal.months for group in groups)

    seller = along(deal.money.profit_of(deal.months))
    level = float(goal.level)
    return ReadOff(
        levels=tuple(levels.tolist()),
        seller=seller,
        fee=along(deal.fee),
        margin=None if deal.margin is None else along(deal.margin),
        at_goal=float(np.interp(level, levels, seller)) if levels[0] <= level <= levels[-1] else None,
    )
