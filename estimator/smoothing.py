"""Smoothing: the probability of a goal with one direction of the draws integrated out exactly.

Along the direction that moves a goal most its margin rises, so every draw has one place on it from which
the goal is met. The draw then counts with the normal probability of lying beyond that place, instead of
with 0 or 1 (conditional Monte Carlo; Asmussen and Glynn 2007, V.4; with quasi-random points Griewank,
Kuo, Leövey and Sloan 2018). Where the margin falls along the direction the share of plain draws is taken,
with its own error. A model that changed a little is answered from what was found before it changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from estimator.crossings import (
    FAR,
    NEGLIGIBLE,
    ROUNDING,
    WARY,
    Crossings,
    Model,
    at_nodes,
    crossings,
    finite,
    inverted,
    own_margins,
    searched,
    unsettled,
)
from estimator.goals import Probability, half_widths, means_of, share_of
from estimator.sampling import Along, Cross, Direction, Draws, Fewer, Kept, Name, Points, gathered

Floats = NDArray[np.float64]

BESIDE = 0.2
"""How far beside a crossing a margin is looked at as well."""
SAMPLED = 8
"""One crossing in so many is looked at beside it at first, to see whether all must be."""
TWISTED = 0.5
"""What the chance of a crossing is off by that two looks moved, over the normal density where it went and the
cube of how far. On average at most .34 under budgets of four examples moved by up to a seventh, wherever it
comes to more than a hundred-thousandth; 1.4 for a hyperbolic sine.
"""
FEW = 64
"""Points of each scramble that a changed model is looked at on first."""
CHANGED, CHANGED_TOGETHER = 3e-4, 1e-3
"""The half-width, by them, up to which the change of a goal's chance, and of all at once, is known well
enough. A quarter or an eighth of the points were then off by at most .02 and .06 percentage points from what
all of them told, over five examples; the stated error counts it.
"""
LEAST_SCRAMBLES = 4
TURNS = 3
"""How often a crossing is moved on along a margin that rose unevenly."""
TIGHT = 1e-7
"""Places nearer to each other than this say nothing about the shape of a margin."""
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
class Shape:
    """The margins about known crossings, as places by margins: a polynomial through four of them.

    ``known`` are the crossings and ``tail`` the normal probability beyond them; ``blind`` are those about
    which the four places, from ``low`` to ``high``, say too little: they stay, which matters little where
    nobody passes them, unless a goal that every place met, or missed, no longer is. Close ``beside`` them
    the margins are ``above``.
    """

    known: Floats
    tail: Floats
    near: Floats
    values: Floats
    terms: Floats
    low: Floats
    high: Floats
    blind: NDArray[np.bool_]
    beside: Floats
    above: Floats

    def crossing(self, moved: Floats) -> tuple[Floats, Floats]:
        """Where margins ``moved`` up cross, and the doubt in the chance of it."""
        from scipy.special import ndtr

        start, values = self.near[0], self.values
        slope, bend, twist = self.terms
        over = -moved - values[0]
        straight = start + over * slope
        over = over * (-moved - values[1])
        second = straight + over * bend
        over = over * (-moved - values[2])
        place = np.clip(second + over * twist, -FAR, FAR)
        chance = ndtr(place)
        inside = np.minimum(np.maximum(place, self.low), self.high)
        wary = np.maximum(np.abs(chance - ndtr(straight)), np.abs(chance - ndtr(inside)))
        doubt = np.maximum(np.abs(chance - ndtr(second)), WARY * wary)
        if not self.blind.any():
            return place, doubt
        lost = (self.known <= -FAR) & (moved < 0) | (self.known >= FAR) & (moved >= 0)
        unknown = np.where(lost, 1.0, self.tail)
        return np.where(self.blind, self.known, place), np.where(self.blind, unknown, doubt)

    def tilted(self, moved: Floats, tilt: Floats) -> tuple[Floats, Floats]:
        """As ``crossing``, of margins that rose by ``moved`` where they crossed, and by ``tilt`` more for
        every standard deviation beyond.
        """
        from scipy.special import ndtr

        found, doubt = self.crossing(moved)
        went = self._went(found)
        for _ in range(TURNS):
            before, (found, doubt) = found, self.crossing(moved + tilt * (found - self.known))
        step = np.where(self.blind, 0.0, np.abs(ndtr(found) - ndtr(before)))
        return found, np.maximum.reduce([doubt, step, TWISTED * np.maximum(went, self._went(found))])

    def _went(self, found: Floats) -> Floats:
        """The cube of how far crossings went, times the highest normal density on the way."""
        among = np.where(self.known * found < 0, 0.0, np.minimum(np.abs(self.known), np.abs(found)))
        density: Floats = np.exp(-among * among / 2) / math.sqrt(2 * math.pi)
        return density * np.abs(found - self.known) ** 3

    def tilt(self, moved: Floats, beside: Floats) -> Floats:
        """How much more margins rose for every standard deviation, by what they are ``beside`` crossings."""
        return (beside - self.above - moved) / np.maximum(self.beside - self.known, TIGHT)

    def some(self, chosen: NDArray[np.intp]) -> Shape:
        """The shape of some of the margins."""
        return Shape(**{name: part[..., chosen] for name, part in vars(self).items()})


@dataclass(frozen=True, kw_only=True)
class Line:
    """A direction with the crossings of ``goals`` on it; ``own`` are those whose chance is read there.

    ``model`` gives the margins of these goals.
    """

    model: Model
    goals: tuple[int, ...]
    own: tuple[int, ...]
    points: Draws
    direction: Direction
    found: Crossings

    @cached_property
    def few(self) -> Line | None:
        """The same line for a few points of each scramble; None where these tell no error, or are all."""
        scrambles = self.points.scrambles
        if scrambles < LEAST_SCRAMBLES or self.points.draws <= FEW * scrambles:
            return None
        few = Fewer(self.points, FEW)
        return replace(self, points=few, found=self.found.of(few))

    @cached_property
    def blocks(self) -> Floats:
        """The mean chance in each scramble, of each goal and of all at once."""
        return self.found.blocks(self.points.scrambles)

    @cached_property
    def every(self) -> NDArray[np.intp]:
        """Every draw for each goal in turn, by number."""
        return np.arange(self.found.places.size)

    @cached_property
    def sampled(self) -> NDArray[np.intp]:
        """Those that are looked at beside their crossings at first."""
        return self.every[::SAMPLED]

    @cached_property
    def _looked_at(self) -> NDArray[np.intp]:
        return np.concatenate([self.every, self.sampled])

    @cached_property
    def crossed(self) -> Kept:
        """Every draw of each goal moved to its crossing, and those sampled close beside it."""
        places = np.concatenate([self.found.places.ravel(), self._beside[self.sampled]])
        return self._moved_to(places, self._looked_at)

    @cached_property
    def beside(self) -> Kept:
        """Every draw of each goal moved close beside its crossing."""
        return self._moved_to(self._beside, self.every)

    @property
    def _beside(self) -> Floats:
        return np.clip(self.found.places.ravel() + BESIDE, -FAR, FAR)

    def _moved_to(self, places: Floats, pairs: NDArray[np.intp]) -> Kept:
        return Kept(Along(self.points, self.direction, places, pairs % self.points.draws))

    def at_crossings(self, model: Model) -> tuple[Floats, Floats]:
        """The rising margins at all crossings, and beside those sampled."""
        margins = self._own(model(self.crossed), self._looked_at)
        return margins[: len(self.every)], margins[len(self.every) :]

    def uneven(self, moved: Floats, beside: Floats, found: Floats) -> float:
        """By how much a goal's chances change, on average over those sampled, at most: if margins that rose
        by ``moved`` at the crossings are what they are ``beside`` them, not as if they rose as much there.
        """
        from scipy.special import ndtr

        shape, moved, found = self._sampled_shape, moved[self.sampled], found[self.sampled]
        closer, _ = shape.crossing(moved + shape.tilt(moved, beside) * (found - shape.known))
        of = self.sampled // self.points.draws
        changed = np.bincount(of, np.abs(ndtr(closer) - ndtr(found)))
        return float((changed / np.maximum(np.bincount(of), 1)).max())

    @cached_property
    def _sampled_shape(self) -> Shape:
        return self.shape.some(self.sampled)

    def at_beside(self, model: Model) -> Floats:
        """The rising margins beside all crossings."""
        return self._own(model(self.beside), self.every)

    def _own(self, margins: Floats, pairs: NDArray[np.intp]) -> Floats:
        return own_margins(margins, pairs // self.points.draws, self.found.signs)

    @cached_property
    def shape(self) -> Shape:
        """The shape of the margins about the crossings, looked at once more close beside them."""
        found, places, margins = self.found, self._beside, self.at_beside(self.model)
        near, values = inverted(np.vstack([found.near, places]), np.vstack([found.values, margins]))[2:]
        return _shape(found.places.ravel(), near, values, places, margins)


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A line, and where its few points cross under a model that changed a little.

    What the change did to a chance is told by these few alone, so it adds the little by which their changes
    differ to the line's own error.
    """

    line: Line
    few: Line
    found: Crossings

    @cached_property
    def blocks(self) -> Floats:
        """The mean chance in each scramble, of each goal and of all at once."""
        return np.clip(self.line.blocks + self._change, 0.0, 1.0)

    @property
    def sure(self) -> bool:
        """Whether the few tell every change well enough."""
        *each, together = half_widths(self._change).tolist()
        return max(each) <= CHANGED and together <= CHANGED_TOGETHER

    @cached_property
    def _change(self) -> Floats:
        return self.found.blocks(self.line.points.scrambles) - self.few.blocks


@dataclass(frozen=True, kw_only=True)
class Smoothed:
    """Probabilities of goals, of each and of all together.

    ``smooth`` says for each goal whether a direction was integrated out; ``joint_smooth`` for all together.
    ``lines`` are what a changed model starts from.
    """

    goals: tuple[Probability, ...]
    joint: Probability
    smooth: tuple[bool, ...]
    joint_smooth: bool
    lines: tuple[Line, ...] = field(repr=False)


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
    slopes = (above - below)[:, : len(names)] / (2 * STEP)
    lengths = np.sqrt((slopes * slopes).sum(axis=1))
    directions = tuple(_direction(dict(zip(names, row.tolist()))) for row in slopes)
    return directions, middle / np.maximum(lengths, ROUNDING), names


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


def again(model: Model, line: Line) -> Crossings:
    """From where on each goal is met after a small change of the model, from where it was met before.

    The changed margin at a known crossing says by how much the margin rose; the crossing moves along what is
    known of its shape. Some are looked at beside the crossing as well: where it matters to them that margins
    rose unevenly, all are. What still is in doubt is searched anew; of the others it is taken as known that
    they rise as they did.
    """
    known, points, direction, shape = line.found, line.points, line.direction, line.shape
    goals, draws = known.places.shape
    moved, beside = line.at_crossings(model)
    found, doubt = shape.crossing(moved)
    tilt = np.zeros(len(moved))
    if line.uneven(moved, beside, found) > NEGLIGIBLE or len(unsettled(doubt, draws)):
        tilt = shape.tilt(moved, line.at_beside(model))
        found, doubt = shape.tilted(moved, tilt)
    far = unsettled(doubt, draws)
    falls = np.zeros(known.places.shape, bool)
    near, values = shape.near.copy(), shape.values + moved + tilt * (shape.near - shape.known)
    if len(far):
        chosen, place = np.unique(far % draws, return_inverse=True)
        signs = known.signs
        margins = at_nodes(model, points, direction, chosen) * signs[:, None]
        own = margins[:, far // draws, place]
        falls[np.divmod(far, draws)] = (np.diff(own, axis=0) < -ROUNDING).any(axis=0)
        found[far], near[:, far], values[:, far] = searched(model, points, direction, signs, far, own, falls)
    return Crossings(
        places=found.reshape(goals, draws),
        rises=known.rises,
        falls=tuple(map(max, known.falls, falls.mean(axis=1).tolist())),
        near=near,
        values=values,
    )


def smoothed(
    model: Model,
    points: Draws,
    *,
    plain: Draws | None = None,
    direction: Direction | None = None,
    before: Smoothed | None = None,
    rising: tuple[bool, ...] = (),
) -> Smoothed:
    """The probability of each goal of ``model`` and of all at once, with errors from the scrambles.

    All together along the direction of the hardest goal, each along that one as well, or along its own where
    they differ; or everything along ``direction``; or from where they stood ``before`` a small change of the
    model, on the same points.
    ``plain`` are the points for goals that do not rise along any; without them the same points serve.
    ``rising`` is False for goals that are known not to.

    >>> from estimator.sampling import Points
    >>> model = lambda draws: (0.8 * draws.normal("market") + 0.6 * draws.normal("order_value") - 1.0)[None]
    >>> chance = smoothed(model, Points(number=16, scrambles=8)).goals[0]
    >>> round(chance.value, 6), round(chance.error, 5)
    (0.158655, 1e-05)
    """
    if before is not None:
        told = tuple(_changed(model, line) for line in before.lines)
        return _read(model, told, len(before.goals), plain or points)
    if direction is not None:
        found = crossings(model, points, direction)
        every = tuple(range(len(found.rises)))
        own = tuple(goal for goal in every if not rising or rising[goal])
        line = Line(model=model, goals=every, own=own, points=points, direction=direction, found=found)
        return _read(model, (line,), len(every), plain or points)
    directions, beyond, names = _looked(model)
    if isinstance(points, Points):
        points = gathered(points, names)
    lines = tuple(_lines(model, points, directions, int(np.argmin(beyond)), rising))
    return _read(model, lines, len(directions), plain or points)


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
        falls = line.found.falls
        close = [abs(own.cosine(lead)) >= CLOSE for own in directions]
        told = tuple(goal for goal in line.goals if goal == hardest or (close[goal] and falls[goal] <= FALLS))
        yield replace(line, own=told)
    for goal, direction in enumerate(directions):
        if known[goal] and goal not in told:
            yield _line(model, points, direction, (goal,))


def _line(model: Model, points: Draws, direction: Direction, goals: tuple[int, ...]) -> Line:
    """The crossings of some goals on a direction."""
    own = _of(model, goals)
    found = crossings(own, points, direction)
    return Line(model=own, goals=goals, own=goals, points=points, direction=direction, found=found)


def _changed(model: Model, line: Line) -> Line | Changed:
    """The line under a model that changed a little, by a few of its points if these tell enough."""
    own = _of(model, line.goals)
    if line.few is not None:
        changed = Changed(line=line, few=line.few, found=again(own, line.few))
        if changed.sure:
            return changed
    return replace(line, model=own, found=again(own, line))


def _read(model: Model, told: tuple[Line | Changed, ...], count: int, drawn: Draws) -> Smoothed:
    """What the lines say of each goal and of all; of what they do not say, the shares of ``drawn``."""
    values: list[Probability | None] = [None] * count
    joint = None
    lines = tuple(by.line if isinstance(by, Changed) else by for by in told)
    for line, by in zip(lines, told, strict=True):
        *each, together = means_of(by.blocks)
        for goal, chance, falls in zip(line.goals, each, by.found.falls, strict=True):
            if goal in line.own and falls <= FALLS:
                values[goal] = chance
        if len(line.goals) == count and max(by.found.falls) <= FALLS:
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
        lines=lines,
    )


def _shape(known: Floats, near: Floats, values: Floats, beside: Floats, above: Floats) -> Shape:
    """The polynomial of third order through four places, by divided differences of places over values."""
    from scipy.special import ndtr

    x, y = near, values
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        first = np.diff(x, axis=0) / np.diff(y, axis=0)
        second = np.diff(first, axis=0) / (y[2:] - y[:-2])
        third = (second[1] - second[0]) / (y[3] - y[0])
    terms = np.stack([first[0], second[0], third])
    whole = np.isfinite(terms).all(axis=0)
    apart = np.diff(np.sort(near, axis=0), axis=0).min(axis=0) >= TIGHT
    low, high = near.min(axis=0), near.max(axis=0)
    about = (known >= low - BESIDE) & (known <= high + BESIDE)
    crossed = np.abs(known) < FAR
    return Shape(
        known=known,
        tail=ndtr(-np.abs(known)),
        near=near,
        values=values,
        terms=np.where(whole, terms, 0.0),
        low=low,
        high=high,
        blind=~(whole & apart & about & crossed),
        beside=beside,
        above=above,
    )


def _of(model: Model, goals: tuple[int, ...]) -> Model:
    """The model of some of its goals."""
    return lambda draws: model(draws)[list(goals)]
