"""Smoothing: the probability of a goal with one direction of the draws integrated out exactly.

Along the direction that moves a goal most its margin rises, so every draw has one place on it from which
the goal is met. The draw then counts with the normal probability of lying beyond that place, instead of
with 0 or 1 (conditional Monte Carlo; Asmussen and Glynn 2007, V.4; with quasi-random points Griewank,
Kuo, Leövey and Sloan 2018). The place is found from a few evaluations: three fixed nodes and a secant step
for all draws, further steps for the few that have not settled. Where the margin falls along the direction
the share of plain draws is taken, with its own error.

A model is any function from draws to margins: goals x draws, above or at zero exactly where a goal is met.
Margins may jump or bend, but one that lies flat where it crosses zero is taken to cross too early.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from estimator.goals import NUMERICAL, Probability, mean_of, share_of
from estimator.sampling import Along, Cross, Direction, Draws, Listening, Name

Floats = NDArray[np.float64]
Model = Callable[[Draws], Floats]

NODES = (-2.0, 0.0, 2.0)
ABOUT = (-0.5, -0.15, 0.15, 0.5)
"""Where the nodes about a known crossing lie from it, in standard deviations."""
STEP = 0.7
"""How far unknowns are moved to see what they do, in standard deviations."""
KEPT = 0.98
"""The share of a direction's squared length that must remain when its small parts are dropped."""
FALLS = 0.01
"""The share of draws whose margin may fall between two nodes before smoothing is given up."""
SETTLED = 3e-4
"""How much a draw's chance may still change in a step before it needs another one."""
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
class Smoothed:
    """Probabilities of goals, of each and of all together.

    ``smooth`` says for each goal whether a direction was integrated out; ``joint_smooth`` for all together.
    """

    goals: tuple[Probability, ...]
    joint: Probability
    smooth: tuple[bool, ...]
    joint_smooth: bool


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

    def together(self) -> Floats:
        """The chance of all goals at once, one a draw."""
        from scipy.special import ndtr

        rising = np.array(self.rises)
        least = np.max(self.places[rising], axis=0, initial=-math.inf)
        most = np.min(self.places[~rising], axis=0, initial=math.inf)
        return np.maximum(ndtr(most) - ndtr(least), 0.0)


def gradients(model: Model, names: tuple[Name, ...] = ()) -> tuple[Direction, ...]:
    """What moves each goal's margin most, as directions: central differences at the middle of everything.

    Of all that the model reads, or of ``names``. Small parts are dropped up to a fiftieth of the squared
    length; a goal that nothing moves has none.
    """
    return _looked(model, names)[0]


def _looked(model: Model, names: tuple[Name, ...] = ()) -> tuple[tuple[Direction, ...], Floats]:
    """The goals' directions, and how many standard deviations the middle lies beyond each goal."""
    listening = Listening()
    middle = _finite(model(listening))[:, 0]
    names = names or tuple(listening.heard)
    margins = _finite(model(Cross(names, STEP)))
    slopes = (margins[:, 1::2] - margins[:, 0::2]) / (2 * STEP)
    lengths = np.sqrt((slopes * slopes).sum(axis=1))
    directions = tuple(_direction(dict(zip(names, row.tolist()))) for row in slopes)
    return directions, middle / np.maximum(lengths, ROUNDING)


def shared(directions: tuple[Direction, ...]) -> Direction:
    """One direction for several goals: the middle of theirs."""
    total: dict[Name, float] = {}
    for direction in directions:
        for name, weight in direction.weights.items():
            total[name] = total.get(name, 0.0) + weight
    return _direction(total)


def _direction(slopes: dict[Name, float]) -> Direction:
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


def about(found: Crossings, points: Draws, direction: Direction) -> tuple[Along, ...]:
    """Nodes about where goals were met, for a model that is about to change a little: all draws for each goal
    in turn."""
    goals, draws = found.places.shape
    chosen = np.tile(np.arange(draws), goals)
    places = found.places.ravel()
    return tuple(Along(points, direction, np.clip(places + step, -FAR, FAR), chosen) for step in ABOUT)


def crossings(model: Model, points: Draws, direction: Direction, nodes: tuple[Along, ...] = ()) -> Crossings:
    """From where on ``direction`` each goal is met. ``nodes`` are points moved to places on it, in rising
    order, where others than ``NODES`` are at hand: to one place all draws, or each to its own for each goal.
    A crossing that the middle nodes do not enclose is looked for further.
    """
    moved = nodes or tuple(Along(points, direction, node) for node in NODES)
    margins = np.stack([_own(_finite(model(node)), node) for node in moved])
    rises = margins[-1].sum(axis=1) >= margins[0].sum(axis=1)
    signs = np.where(rises, 1.0, -1.0)
    margins = margins * signs[:, None]
    falls = np.asarray((np.diff(margins, axis=0) < -ROUNDING).any(axis=0))
    goals, draws = margins.shape[1:]
    values = margins.reshape(len(moved), -1)
    places = np.stack([np.broadcast_to(np.asarray(node.at, float), goals * draws) for node in moved])
    found, doubt = _inverted(places, values)
    doubt[(found < places[1]) | (found > places[-2])] = 1.0
    chosen = np.arange(goals * draws)
    for step in range(MOST_STEPS):
        if doubt.sum() <= NUMERICAL * draws:
            break
        unsettled = np.flatnonzero(doubt > SETTLED)
        if not len(unsettled):
            break
        chosen, places, values = chosen[unsettled], places[:, unsettled], values[:, unsettled]
        goal, draw = np.divmod(chosen, draws)
        now = _middle(places, values) if step >= HALVING and step % 2 else found[chosen]
        every = goals == 1 and len(chosen) == draws
        at = model(Along(points, direction, now, None if every else draw))[goal, np.arange(len(chosen))]
        places, values = np.vstack([places, now]), np.vstack([values, _finite(at) * signs[goal]])
        before = found[chosen]
        found[chosen], doubt = _inverted(places, values)
        doubt = np.maximum(doubt, _went(before, found[chosen]))
        if not step:
            falls[goal, draw] |= _falling(places, values)
    shares = falls.mean(axis=1)
    return Crossings(
        places=found.reshape(goals, draws), rises=tuple(map(bool, rises)), falls=tuple(map(float, shares))
    )


def smoothed(
    model: Model,
    points: Draws,
    *,
    plain: Draws | None = None,
    direction: Direction | None = None,
    nodes: tuple[Along, ...] = (),
    rising: tuple[bool, ...] = (),
) -> Smoothed:
    """The probability of each goal of ``model`` and of all at once, with errors from the scrambles.

    Each goal along its own direction and all together along that of the hardest; or everything along
    ``direction``, where ``nodes`` may hold the points moved to some places on it. ``plain`` are the points
    for goals that do not rise along any; without them the same points serve. ``rising`` is False for goals
    that are known not to.

    >>> from estimator.sampling import Points
    >>> model = lambda draws: (0.8 * draws.normal("market") + 0.6 * draws.normal("order_value") - 1.0)[None]
    >>> chance = smoothed(model, Points(number=16, scrambles=8)).goals[0]
    >>> round(chance.value, 6), round(chance.error, 5)
    (0.158655, 1e-05)
    """
    values: list[Probability | None] = []
    joint = None
    if direction is not None:
        found = crossings(model, points, direction, nodes)
        for goal, falls in enumerate(found.falls):
            smooth = falls <= FALLS and (not rising or rising[goal])
            values.append(mean_of(found.chances(goal), points.scrambles) if smooth else None)
        if None not in values:
            joint = mean_of(found.together(), points.scrambles)
    else:
        directions, beyond = _looked(model)
        known = [bool(own.weights) and (not rising or rising[goal]) for goal, own in enumerate(directions)]
        values = [None] * len(directions)
        hardest = int(np.argmin(beyond))
        for goal, own in enumerate(directions):
            if not known[goal]:
                continue
            at_once = goal == hardest and all(known)
            found = crossings(model if at_once else _only(model, goal), points, own)
            place = goal if at_once else 0
            if found.falls[place] <= FALLS:
                values[goal] = mean_of(found.chances(place), points.scrambles)
            if at_once and max(found.falls) <= FALLS:
                joint = mean_of(found.together(), points.scrambles)
        if None in values:
            joint = None
    if joint is not None:
        return Smoothed(goals=_given(values), joint=joint, smooth=(True,) * len(values), joint_smooth=True)
    drawn = plain or points
    met: NDArray[np.bool_] = np.asarray(model(drawn) >= 0)
    every = [share_of(hits, drawn.scrambles) if value is None else value for hits, value in zip(met, values)]
    return Smoothed(
        goals=tuple(every),
        joint=every[0] if len(every) == 1 else share_of(np.asarray(met.all(axis=0)), drawn.scrambles),
        smooth=tuple(value is not None for value in values),
        joint_smooth=False,
    )


def _went(before: Floats, now: Floats) -> Floats:
    """The doubt that a step leaves by how far it went."""
    from scipy.special import ndtr

    return WARY * np.abs(ndtr(now) - ndtr(before))


def _own(margins: Floats, node: Along) -> Floats:
    """Each goal's margins at its own places, goals x draws."""
    if node.chosen is None:
        return margins
    goals = np.arange(len(margins))
    return margins.reshape(len(goals), len(goals), -1)[goals, goals]


def _given(values: list[Probability | None]) -> tuple[Probability, ...]:
    return tuple(value for value in values if value is not None)


def _only(model: Model, goal: int) -> Model:
    return lambda draws: model(draws)[goal : goal + 1]


def _finite(margins: Floats) -> Floats:
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
