"""Regressed: a probability from few draws, smoothed along the direction that explains the KPI best.

The log of a KPI is nearly a straight line in the normals it is made of, with what is left over small. So a
regression on the draws' own normals gives the one direction u along which the KPI moves most, and for each
draw the place u* on it from where it would meet the goal. The draw then counts with the chance of lying
beyond that place when its own u is drawn anew, but for a part that stays, instead of with 0 or 1. What the
KPI does far from where a draw lies is a guess; the part that stays keeps the new place near (Owen 2013, 8.7
on conditioning; L'Ecuyer and others 2022). The same of a goal that turns on u alone is known, and stands as
a control variate.

Maintainer's notes. The fitted slope stands for the true one, so a bias is left, of second order in what the
line does not explain; where it explains less than ``LEAST`` the plain share is given instead. Months of a
goal's window enter with equal weight, which keeps the regression small; what that loses is in the rest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from estimator.brief.goals import Goal, Probability
from estimator.market.outcomes import Outcomes
from estimator.market.points import Points
from estimator.market.register import BY_CELL, BY_MONTH, BY_STORE, SHARED
from estimator.market.summary import half_width, share_of
from estimator.values.units import Floats

LEAST = 0.6
"""The share of the log KPI's variance that its line must explain."""
NEAR_ZERO = 0.02
"""What is added to the KPI as a share of its level, so that a draw without any has a logarithm; above the
level its inverse is the most that counts."""
TOLD = 3.0
"""How many of its standard errors a weight must be for its normal to count; the others only add noise."""
STAYS = 0.7
"""The correlation of a draw's place on the line with the one drawn anew. By 209 random prospects: at 0 the
bias is half as much again, from .8 on the errors grow."""
LINE = 0.015
"""What the line itself may be off by, which scrambles cannot show, as a share of the standard deviation that
it leaves unexplained. Chosen so that stated errors hold for 95 % of 200 random prospects."""
NOTHING = 1e-12


def chance(goal: Goal, drawn: Outcomes, points: Points) -> Probability:
    """The probability of ``goal``, smoothed where its KPI is nearly a straight line in the points.

    The error is Student's t at 95 % over the scrambles, as everywhere, and that of the line besides.
    """
    level = float(goal.level - goal.kpi.offset)
    if level > 0:
        reached = np.clip((goal.decisive(drawn) - float(goal.kpi.offset)) / level, 0.0, 1 / NEAR_ZERO)
        logs = np.log((reached + NEAR_ZERO) / (1 + NEAR_ZERO))
        found = _beyond(logs, _basis(points, drawn.shape[1], goal.months))
        if found is not None:
            chances, unexplained = found
            blocks = (chances if goal.at_least else 1.0 - chances).reshape(points.scrambles, -1).mean(axis=1)
            value = min(max(float(blocks.mean()), 0.0), 1.0)
            error = math.hypot(half_width(blocks), LINE * math.sqrt(unexplained))
            return Probability(value=value, error=error)
    return share_of(goal.met(drawn), points.scrambles)


@dataclass(frozen=True, kw_only=True)
class _Basis:
    """The normals that a KPI of some months may move with, columns x draws, and what solves for them."""

    normals: Floats
    solve: Floats


@lru_cache(maxsize=32)
def _basis(points: Points, stores: int, months: tuple[int, int]) -> _Basis:
    """Every shared and store dimension, and those of months as the mean of the window."""
    span = range(months[0] - 1, months[1])
    columns = [points.normal(name) for name in SHARED]
    columns += [points.normal(name, store=store) for store in range(stores) for name in BY_STORE]

    def over(name: str, store: int | None) -> Floats:
        return sum(points.normal(name, store=store, month=month) for month in span) / np.sqrt(len(span))

    columns += [over(name, None) for name in BY_MONTH]
    columns += [over(name, store) for store in range(stores) for name in BY_CELL]
    normals = np.stack(columns)
    normals -= normals.mean(axis=1, keepdims=True)
    gram = normals @ normals.T
    gram[np.diag_indices_from(gram)] += 1e-3 * points.draws
    solve = np.asarray(np.linalg.solve(gram, normals), np.float64)
    return _Basis(normals=normals, solve=solve)


def _beyond(logs: Floats, basis: _Basis) -> tuple[Floats, float] | None:
    """For each draw the probability of a log above zero, and the share of the logs' variance that the line
    leaves unexplained; None where that is too much.
    """
    from scipy.special import ndtr, ndtri

    middle = logs.mean()
    total = float(((logs - middle) ** 2).mean())
    if total <= 0:
        return None
    weights = basis.solve @ (logs - middle)
    noise = math.sqrt(max(total - float(weights @ weights), 0.0) / len(logs))
    told = np.flatnonzero(np.abs(weights) > TOLD * noise)
    size = math.sqrt(weights[told] @ weights[told])
    if size <= 0:
        return None
    u = weights[told] / size @ basis.normals[told]
    terms = np.stack([np.ones_like(u), u, u * u - 1])
    flat, slope, bend = line = np.linalg.solve(terms @ terms.T, terms @ logs)
    rest = logs - line @ terms
    unexplained = float((rest**2).mean()) / total
    if slope <= 0 or unexplained > 1 - LEAST:
        return None
    root = -(flat + rest) / slope
    for _ in range(3):
        steep = np.maximum(slope + 2 * bend * root, 0.3 * slope)
        root -= (flat + rest + slope * root + bend * (root * root - 1)) / steep
    anew = np.sqrt(1 - STAYS**2)
    beyond = ndtr((STAYS * u - root) / anew)
    known = min(max(float(beyond.mean()), 1 / len(u)), 1 - 1 / len(u))
    control = ndtr((STAYS * u + ndtri(known)) / anew)
    spread = control - control.mean()
    follows = float(spread @ beyond / max(spread @ spread, NOTHING))
    return beyond - follows * (control - known), unexplained
