"""Smoothing: the probability of a goal with one direction of the draws integrated out exactly.

Along the direction that moves a goal most its margin rises, so every draw has one place on it from which
the goal is met. The draw then counts with the normal probability of lying beyond that place, instead of
with 0 or 1 (conditional Monte Carlo; Asmussen and Glynn 2007, V.4; with quasi-random points Griewank,
Kuo, Leövey and Sloan 2018). Where the margin falls along the direction the share of plain draws is taken,
with its own error.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from estimator.brief.goals import Probability
from estimator.market.directions import Cross, Direction
from estimator.market.points import Draws, Points, gathered
from estimator.market.register import Name
from estimator.market.summary import means_of, share_of
from estimator.promise.crossings import ROUNDING, Crossings, Model, crossings, finite

Floats = NDArray[np.float64]

ROOM = 128
"""Unknowns that are moved at a first look; a model that reads more is looked at twice."""
STEP = 0.7
"""How far unknowns are moved to see what they do, in standard deviations."""
KEPT = 0.98
"""The share of a direction's squared length that must remain when its small parts are dropped."""
CLOSE = 0.95
"""The cosine between two goals' directions from which the one tells the other's chance as well. Errors, which
are stated, grow by that: by a seventh at most over random prospects with three goals each, by two thirds
where a goal was a cost to be kept. Where goals pass it from one budget to the next, what is left to the
points changes, by up to .05 percentage points.
"""
FALLS = 0.01
"""The share of draws whose margin may fall between two nodes before smoothing is given up."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """The crossings of ``goals`` on one direction; ``own`` are those whose chance is read there."""

    goals: tuple[int, ...]
    own: tuple[int, ...]
    crossings: Crossings


@dataclass(frozen=True, kw_only=True)
class Smoothed:
    """Probabilities of goals, of each and of all together.

    ``smooth`` says for each goal whether a direction was integrated out; ``joint_smooth`` for all together.
    """

    goals: tuple[Probability, ...]
    joint: Probability
    smooth: tuple[bool, ...]
    joint_smooth: bool


def gradients(model: Model, names: tuple[Name, ...] = ()) -> tuple[Direction, ...]:
    """What moves each goal's margin most, as directions: central differences at the middle of everything.

    Of all that the model reads, or of ``names``. Small parts are dropped up to a fiftieth of the squared
    length; a goal that nothing moves has none.
    """
    return _looked(model, names)[0]


def _looked(
    model: Model, names: tuple[Name, ...] = ()
) -> tuple[tuple[Direction, ...], Floats, tuple[Name, ...]]:
    """The goals' directions, how many standard deviations the middle lies beyond each goal, and all that was
    looked at."""
    cross = Cross(STEP, room=len(names) or ROOM, places={name: place for place, name in enumerate(names)})
    margins = finite(model(cross))
    if not names:
        names = tuple(cross.places)
        if len(names) > ROOM:
            return _looked(model, names)
    middle, below, above = margins[:, 0], margins[:, 1::2], margins[:, 2::2]
    # docs/model.md (M40): central differences over 1.4 standard deviations
    slopes = (above - below)[:, : len(names)] / (2 * STEP)
    lengths = np.sqrt((slopes * slopes).sum(axis=1))
    directions = tuple(direction_of(dict(zip(names, row.tolist()))) for row in slopes)
    return directions, middle / np.maximum(lengths, ROUNDING), names


def direction_of(slopes: Mapping[Name, float]) -> Direction:
    """The direction of a margin's slopes, without the small parts."""
    ordered = sorted(slopes.items(), key=lambda item: -abs(item[1]))
    whole = sum(slope * slope for slope in slopes.values())
    kept: dict[Name, float] = {}
    length = 0.0
    for name, slope in ordered:
        if length >= KEPT * whole:
            break
        kept[name] = slope
        length += slope * slope
    return Direction({name: slope / math.sqrt(length) for name, slope in kept.items()})


def smoothed(
    model: Model,
    points: Draws,
    *,
    plain: Draws | None = None,
    direction: Direction | None = None,
    rising: tuple[bool, ...] = (),
) -> Smoothed:
    """The probability of each goal of ``model`` and of all at once, with errors from the scrambles.

    All together along the direction of the hardest goal, each along that one as well, or along its own where
    they differ; or everything along ``direction``.
    ``plain`` are the points for goals that do not rise along any; without them the same points serve.
    ``rising`` is False for goals that are known not to.

    >>> from estimator.market.points import Points
    >>> model = lambda draws: (0.8 * draws.normal("market") + 0.6 * draws.normal("order_value") - 1.0)[None]
    >>> chance = smoothed(model, Points(number=16, scrambles=8)).goals[0]
    >>> round(chance.value, 6), round(chance.error, 5)
    (0.158655, 1e-05)
    """
    if direction is not None:
        crossed = crossings(model, points, direction)
        every = tuple(range(len(crossed.rises)))
        own = tuple(goal for goal in every if not rising or rising[goal])
        line = Line(goals=every, own=own, crossings=crossed)
        return _read(model, (line,), len(every), points.scrambles, plain or points)
    directions, beyond, names = _looked(model)
    if isinstance(points, Points):
        points = gathered(points, names)
    lines = tuple(_lines(model, points, directions, int(np.argmin(beyond)), rising))
    return _read(model, lines, len(directions), points.scrambles, plain or points)


def _lines(
    model: Model, points: Draws, directions: tuple[Direction, ...], hardest: int, rising: tuple[bool, ...]
) -> Iterator[Line]:
    """All goals along the direction of the hardest, if each has one: it tells that goal and those close to
    it, but for what falls there. Every other goal along its own.
    """
    known = [bool(own.weights) and (not rising or rising[goal]) for goal, own in enumerate(directions)]
    told: tuple[int, ...] = ()
    if all(known):
        lead = directions[hardest]
        line = _line(model, points, lead, tuple(range(len(known))))
        falls = line.crossings.falls
        close = [abs(own.cosine(lead)) >= CLOSE for own in directions]
        told = tuple(goal for goal in line.goals if goal == hardest or (close[goal] and falls[goal] <= FALLS))
        yield replace(line, own=told)
    for goal, direction in enumerate(directions):
        if known[goal] and goal not in told:
            yield _line(model, points, direction, (goal,))


def _line(model: Model, points: Draws, direction: Direction, goals: tuple[int, ...]) -> Line:
    """The crossings of some goals on a direction."""
    return Line(goals=goals, own=goals, crossings=crossings(_of(model, goals), points, direction))


def _read(model: Model, lines: tuple[Line, ...], count: int, scrambles: int, drawn: Draws) -> Smoothed:
    """What the lines say of each goal and of all; of what they do not say, the shares of ``drawn``."""
    values: list[Probability | None] = [None] * count
    joint = None
    for line in lines:
        # docs/model.md (M41): chances of draws, so a few hundred points do for thousands
        *each, together = means_of(line.crossings.blocks(scrambles))
        for goal, chance, falls in zip(line.goals, each, line.crossings.falls, strict=True):
            if goal in line.own and falls <= FALLS:
                values[goal] = chance
        if len(line.goals) == count and max(line.crossings.falls) <= FALLS:
            joint = together
    smooth = tuple(value is not None for value in values)
    joint_smooth = all(smooth) and joint is not None
    if joint is None or not joint_smooth:
        met: NDArray[np.bool_] = np.asarray(model(drawn) >= 0)
        shares = [share_of(hits, drawn.scrambles) for hits in met]
        values = [share if value is None else value for value, share in zip(values, shares)]
        joint = values[0] if count == 1 else None
        joint = joint or share_of(np.asarray(met.all(axis=0)), drawn.scrambles)
    return Smoothed(
        goals=tuple(value for value in values if value is not None),
        joint=joint,
        smooth=smooth,
        joint_smooth=joint_smooth,
    )


def _of(model: Model, goals: tuple[int, ...]) -> Model:
    """The model of some of its goals."""
    return lambda draws: model(draws)[list(goals)]
