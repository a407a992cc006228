"""Crossings: from where on a direction through the draws each goal is met.

Along the direction that moves a goal most its margin rises, so every draw has one place on it from which the
goal is met. The place is found from a few evaluations: three fixed nodes and a secant step for all draws,
further steps for the few that have not settled.

A model is any function from draws to margins: goals x draws, above or at zero exactly where a goal is met.
Margins may jump or bend, but one that lies flat where it crosses zero is taken to cross too early.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from estimator.market.directions import Along, Direction
from estimator.market.points import Draws

Floats = NDArray[np.float64]
Model = Callable[[Draws], Floats]

NODES = (-2.0, 0.0, 2.0)
AT_ONCE = 4096
"""Draws that are moved to all nodes at once; more would not fit in a processor's cache."""
SETTLED = 3e-4
"""How much a draw's chance may still change in a step before it needs another one."""
NEGLIGIBLE = 5e-5
"""What all doubts may come to, on average over draws, before another look is worth it: a twentieth of what
points may be off by. What chances are off by is less than their doubts, and of both signs.
"""
WARY = 0.1
"""How much of the bend of a margin, and of how far the last step went, counts as doubt besides what the last
place changed."""
MOST_STEPS = 16
HALVING = 3
"""The step from which every other one halves the bracket instead, for margins that jump or lie flat."""
FAR = 8.0
"""Places on the direction beyond which nothing happens: the chance of passing them is 6e-16."""
LARGE = 30.0
"""What stands for a margin without end."""
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Crossings:
    """From where on a direction each goal is met, goals x draws; ``rises`` is False where it is up to there.

    ``falls`` is the share of draws on which the margin goes back between two nodes.
    """

    places: Floats
    rises: tuple[bool, ...]
    falls: tuple[float, ...]

    def chances(self, goal: int) -> Floats:
        """The chance of one goal, one a draw."""
        from scipy.special import ndtr

        place = self.places[goal]
        return ndtr(-place if self.rises[goal] else place)

    def blocks(self, scrambles: int) -> Floats:
        """The mean chance in each scramble, of each goal and of all: goals and one more x scrambles."""
        each = [self.chances(goal) for goal in range(len(self.places))]
        every = (*each, each[0] if len(each) == 1 else self.together())
        return np.array([chances.reshape(scrambles, -1).mean(axis=1) for chances in every])

    def together(self) -> Floats:
        """The chance of all goals at once, one a draw."""
        from scipy.special import ndtr

        rising = np.array(self.rises)
        least = np.max(self.places[rising], axis=0, initial=-math.inf)
        most = np.min(self.places[~rising], axis=0, initial=math.inf)
        # docs/model.md (M43): none where a falling goal ends before a rising one begins
        return np.maximum(ndtr(most) - ndtr(least), 0.0)


def crossings(model: Model, points: Draws, direction: Direction) -> Crossings:
    """From where on ``direction`` each goal is met."""
    margins = _at_nodes(model, points, direction)
    rises = margins[-1].sum(axis=1) >= margins[0].sum(axis=1)
    signs = np.where(rises, 1.0, -1.0)
    margins = margins * signs[:, None]
    falls = np.asarray((np.diff(margins, axis=0) < -ROUNDING).any(axis=0))
    solved = _searched(model, points, direction, signs, margins.reshape(len(NODES), -1), falls)
    return Crossings(
        places=solved.reshape(falls.shape),
        rises=tuple(map(bool, rises)),
        falls=tuple(map(float, falls.mean(axis=1))),
    )


def _margins_at(
    model: Model,
    points: Draws,
    direction: Direction,
    signs: Floats,
    pairs: NDArray[np.intp],
    places: Floats,
) -> Floats:
    """The rising margins of goals and draws, told by their number among all, each at its own place."""
    every = len(signs) == 1 and len(pairs) == points.draws
    moved = Along(points, direction, places, None if every else pairs % points.draws)
    goals = pairs // points.draws
    return finite(model(moved)[goals, np.arange(len(goals))]) * signs[goals]


def _at_nodes(model: Model, points: Draws, direction: Direction) -> Floats:
    """The margins of all draws at the nodes, nodes x goals x draws: at once, if these are not too many."""
    if points.draws > AT_ONCE:
        return np.stack([finite(model(Along(points, direction, node))) for node in NODES])
    places = np.repeat(NODES, points.draws)
    every = np.tile(np.arange(points.draws), len(NODES))
    margins = finite(model(Along(points, direction, places, every)))
    return margins.reshape(len(margins), len(NODES), -1).swapaxes(0, 1)


def _searched(
    model: Model,
    points: Draws,
    direction: Direction,
    signs: Floats,
    values: Floats,
    falls: NDArray[np.bool_],
) -> Floats:
    """Where every draw crosses, for each goal in turn.

    ``values`` are the rising margins at the nodes; one that falls besides is noted in ``falls``.
    """
    places = np.repeat(np.array(NODES)[:, None], falls.size, axis=1)
    at_zero, doubt = _inverted(places, values)
    chosen = np.arange(falls.size)
    # docs/model.md (M42): draws that are settled drop out, so later steps are cheap
    for step in range(MOST_STEPS):
        left = _unsettled(doubt, points.draws)
        if not len(left):
            break
        chosen, places, values = chosen[left], places[:, left], values[:, left]
        before = at_zero[chosen]
        now = _middle(places, values) if step >= HALVING and step % 2 else before
        at = _margins_at(model, points, direction, signs, chosen, now)
        places, values = np.vstack([places, now]), np.vstack([values, at])
        at_zero[chosen], doubt = _inverted(places, values)
        doubt = np.maximum(doubt, WARY * _step(before, at_zero[chosen]))
        if not step:
            falls[np.divmod(chosen, points.draws)] |= _falling(places, values)
    return at_zero


def _unsettled(doubt: Floats, draws: int) -> NDArray[np.intp]:
    """Which chances are still in doubt; none where all doubts together count for nothing."""
    return np.flatnonzero(doubt > SETTLED) if doubt.sum() > NEGLIGIBLE * draws else np.arange(0)


def _step(last: Floats, now: Floats) -> Floats:
    """How far a step went, in chance."""
    from scipy.special import ndtr

    return np.abs(ndtr(now) - ndtr(last))


def finite(margins: Floats) -> Floats:
    """Margins held within what the search can use; one that is not defined misses its goal."""
    return np.minimum(np.fmax(margins, -LARGE), LARGE)


def _falling(places: Floats, values: Floats) -> NDArray[np.bool_]:
    """Whether the values fall anywhere as places rise, by more than rounding."""
    order = np.argsort(places, axis=0)
    steps = np.diff(np.take_along_axis(values, order, axis=0), axis=0)
    return np.asarray((steps < -ROUNDING).any(axis=0))


def _middle(places: Floats, values: Floats) -> Floats:
    """The place halfway, in chance, between the nearest ones below and above the crossing."""
    from scipy.special import ndtr, ndtri

    low = np.where(values < 0, places, -FAR).max(axis=0)
    high = np.where(values < 0, FAR, places).min(axis=0)
    middle: Floats = ndtri((ndtr(low) + ndtr(high)) / 2)
    return np.clip(middle, -FAR, FAR)


def _inverted(places: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Where a rising function passes zero, from its values at some places (evaluations x draws).

    Inverse interpolation of third order through the four places nearest to the crossing, of which two
    bracket it; a straight line where that would leave the bracket. The second array is how far the chance
    of passing the place is in doubt: what the fourth place changed, or all where there are but three.
    """
    from scipy.special import ndtr

    draws = np.arange(places.shape[1])
    below = values < 0
    all_met, none_met = ~below.any(axis=0), below.all(axis=0)
    inside = ~(all_met | none_met)
    size = np.abs(values)
    if (places[1:] >= places[:-1]).all() and not (below[1:] & ~below[:-1]).any():
        low = np.clip(below.sum(axis=0) - 1, 0, len(places) - 2)
        high = low + 1
    else:
        low = np.where(below, places, -math.inf).argmax(axis=0)
        high = np.where(below, math.inf, places).argmin(axis=0)
        order = np.argsort(places, axis=0, kind="stable")
        low = np.where(all_met, order[0], np.where(none_met, order[-2], low))
        high = np.where(all_met, order[1], np.where(none_met, order[-1], high))
    near = [low, high]
    for used in near:
        size[used, draws] = math.inf
    for _ in range(min(len(places), 4) - 2):
        last_left = len(places) == len(near) + 1
        near.append(sum(range(len(places))) - sum(near) if last_left else size.argmin(axis=0))
        size[near[-1], draws] = math.inf
    x = [places[at, draws] for at in near]
    y = [values[at, draws] for at in near]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        slope = (x[1] - x[0]) / (y[1] - y[0])
        straight = x[0] - y[0] * slope
        bend = ((x[2] - x[1]) / (y[2] - y[1]) - slope) / (y[2] - y[0])
        second = straight + bend * y[0] * y[1]
        best = second
        if len(x) == 4:
            last = (x[3] - x[2]) / (y[3] - y[2])
            other = (last - (x[2] - x[1]) / (y[2] - y[1])) / (y[3] - y[1])
            best = second - (other - bend) / (y[3] - y[0]) * y[0] * y[1] * y[2]
    tame = np.isfinite(best) & np.where(inside, (best >= x[0]) & (best <= x[1]), False)
    place = np.where(tame, best, straight)
    outward = np.where(all_met, -FAR, FAR)
    place = np.where(np.isfinite(place), place, np.where(inside, (x[0] + x[1]) / 2, outward))
    place = np.where(all_met, np.minimum(place, x[0]), np.where(none_met, np.maximum(place, x[1]), place))
    place = np.clip(place, -FAR, FAR)
    if len(x) < 4:
        return place, np.ones(len(draws))
    with np.errstate(invalid="ignore"):
        chance = ndtr(place)
        doubt = np.maximum(
            np.abs(chance - ndtr(np.where(tame, second, best))), WARY * np.abs(chance - ndtr(straight))
        )
    return place, np.where(np.isfinite(doubt), doubt, np.abs(ndtr(x[1]) - ndtr(x[0])))
