"""What an account's own figures say of its next ones: a level, a swing that comes back, and noise.

The log of sales over ad spend is a fixed level, plus an AR(1), plus noise (docs/model.md, M62). Neither the
persistence nor the two sizes are estimated: one Kalman filter runs over a grid of them, and each point weighs
what the figures say of it. The level begins as the market has it for accounts of this kind.

Source of grid, priors and shape: shared facts "scored", section C, learnt from other brands (2026-11-30).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtr

from estimator.values.units import Floats

PERSISTENCE = (0.70, 0.85, 0.93, 0.97, 1.0)
"""Correlation of the swing from week to week; at 1 it is a random walk."""
INNOVATION = (0.02, 0.04, 0.07, 0.11, 0.16, 0.24, 0.36, 0.55)
"""Standard deviation of a week's new swing, in logs."""
NOISE = (0.05, 0.08, 0.12, 0.18, 0.27, 0.40, 0.60, 0.90)
"""Standard deviation of a week's noise, in logs."""
USUAL_INNOVATION, USUAL_NOISE, SPREAD = 0.1, 0.2, 0.8
"""Middle of the two sizes before any figure, and the standard deviation of their logs."""
DEGREES = 5.0
"""Degrees of freedom of Student's t: how heavy the tails of an error are."""
MOST_STEP = 3.0
"""Standard deviations beyond which a figure moves the level no further: one sale is no new level."""
SMOOTHING = 0.15
"""What the last week weighs in the exponentially weighted mean."""
OWN_FROM = 13
"""Errors that the usual one of other brands weighs as much as, beside an account's own."""
_LEAST_AGE = 4
"""Figures before the smoothed mean's errors count."""
_LAST = 4
"""Figures whose orders say how many the next will have."""

_REACH, _LEVELS, _HALVED = 4.0, 129, 5
"""How far, and at how many levels, a forecast is laid out to be read backwards: to 27 times its width; and
how often the step in which a quantile lies is halved."""
_LEAST_WEIGHT = 1e-4
"""Of the heaviest point: lighter ones move no quantile that is printed."""

_PHI, _Q, _S = (axis.ravel() for axis in np.meshgrid(PERSISTENCE, INNOVATION, NOISE, indexing="ij"))
_PRIOR = -0.5 * (np.log(_Q / USUAL_INNOVATION) / SPREAD) ** 2 - 0.5 * (np.log(_S / USUAL_NOISE) / SPREAD) ** 2
_SCALE = np.sqrt((DEGREES - 2) / DEGREES)
"""Makes a Student's t of standard deviation 1."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One week, month or day: the log of sales over spend, and the variance that its few orders bring."""

    log_ratio: float
    order_noise: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Level:
    """Where accounts of this kind lie before any figure of this one: in logs, with its standard deviation."""

    log: float
    sd: float


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """A forecast: Student's t's of these weights, means and standard deviations."""

    weight: Floats
    mean: Floats
    sd: Floats

    @property
    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation."""
        mean = float(self.weight @ self.mean)
        return mean, float(np.sqrt(self.weight @ (self.sd**2 + (self.mean - mean) ** 2)))

    def below(self, levels: Floats) -> Floats:
        """The probability of at most each level."""
        z = (levels[:, None] - self.mean) / (self.sd * _SCALE)
        below: Floats = stdtr(DEGREES, z) @ self.weight
        return below

    def quantiles(self, shares: Floats) -> Floats:
        """The levels that lie above these shares of the forecast, to a thousandth of its width.

        >>> one = Mixture(weight=np.ones(1), mean=np.zeros(1), sd=np.ones(1))
        >>> [round(float(level), 2) + 0.0 for level in one.quantiles(np.array([0.1, 0.5, 0.9]))]
        [-1.14, 0.0, 1.14]
        """
        middle, width = self.moments
        # docs/model.md (M63): closer together in the middle, where a forecast is steep
        levels = middle + width * np.sinh(np.linspace(-_REACH, _REACH, _LEVELS))
        kept = self.weight > _LEAST_WEIGHT * self.weight.max()
        weight = self.weight[kept] / self.weight[kept].sum()
        heavy = Mixture(weight=weight, mean=self.mean[kept], sd=self.sd[kept])
        above = np.clip(np.searchsorted(heavy.below(levels), shares), 1, len(levels) - 1)
        low, high = levels[above - 1], levels[above]
        for _ in range(_HALVED):
            between = (low + high) / 2
            under = heavy.below(between) < shares
            low, high = np.where(under, between, low), np.where(under, high, between)
        quantiles: Floats = (low + high) / 2
        return quantiles


@dataclass(frozen=True, kw_only=True)
class State:
    """What is known after some figures, at every point of the grid; ``weeks`` is the length of a step."""

    weeks: float
    weight: Floats
    level: Floats
    swing: Floats
    variance: tuple[Floats, Floats, Floats]

    @property
    def standing(self) -> tuple[float, float]:
        """Mean and standard deviation of where the account stands, noise aside."""
        weight = self.weight
        mean = self.level + self.swing
        own = self.variance[0] + 2 * self.variance[1] + self.variance[2]
        middle = float(weight @ mean)
        return middle, float(np.sqrt(weight @ (own + (mean - middle) ** 2)))

    def ahead(self, steps: int, order_noise: float = 0.0) -> Mixture:
        """The mean log ratio over the next steps, each with that variance of its orders."""
        phi, innovation, noise = _in_steps(self.weeks)
        powers = phi[:, None] ** np.arange(1, steps + 1)
        carried = powers.mean(axis=1)
        # docs/model.md (M64): an innovation of step j lives on in the steps after it
        ones = np.concatenate([np.ones((len(phi), 1)), powers[:, :-1]], axis=1)
        gathered = (np.cumsum(ones, axis=1) / steps) ** 2
        level, cross, swing = self.variance
        variance = (
            level
            + 2 * carried * cross
            + carried**2 * swing
            + gathered.sum(axis=1) * innovation**2
            + (noise**2 + order_noise) / steps
        )
        return Mixture(weight=self.weight, mean=self.level + carried * self.swing, sd=np.sqrt(variance))


def begin(level: Level, weeks: float = 1.0) -> State:
    """Before any figure: the level of the account's kind, and the prior of the grid."""
    phi, innovation, _ = _in_steps(weeks)
    count = len(phi)
    returns = phi < 1
    usual = np.where(returns, innovation**2 / np.where(returns, 1 - phi**2, 1.0), 0.0)
    return State(
        weeks=weeks,
        weight=_normal(_PRIOR),
        level=np.full(count, level.log),
        swing=np.zeros(count),
        variance=(np.full(count, level.sd**2), np.zeros(count), usual),
    )


def learn(state: State, figures: Sequence[Figure]) -> State:
    """The state after some more figures, in their order.

    >>> told = learn(begin(Level(log=0.0, sd=0.7)), [Figure(log_ratio=0.5)] * 30)
    >>> round(told.standing[0], 1)
    0.5
    """
    for figure in figures:
        state = _told(state, figure)
    return state


def rest(state: State, steps: int) -> State:
    """The state after steps of which nothing is known: the swing comes back, and wanders.

    >>> told = learn(begin(Level(log=0.0, sd=0.7)), [Figure(log_ratio=0.5)] * 8)
    >>> bool(rest(told, 20).standing[1] > told.standing[1])
    True
    """
    phi, innovation, _ = _in_steps(state.weeks)
    for _ in range(steps):
        level, cross, swing = state.variance
        variance = (level, phi * cross, phi**2 * swing + innovation**2)
        state = replace(state, swing=phi * state.swing, variance=variance)
    return state


def _told(state: State, figure: Figure) -> State:
    state = rest(state, 1)
    noise = _in_steps(state.weeks)[2]
    level, cross, swing = state.variance
    total = level + 2 * cross + swing + noise**2 + figure.order_noise
    missed = figure.log_ratio - state.level - state.swing
    z = missed / np.sqrt(total)
    # Student's t of standard deviation 1, but for what all points share
    likelihood = -(DEGREES + 1) / 2 * np.log1p(z**2 / (DEGREES - 2)) - 0.5 * np.log(total)
    taken = missed * np.minimum(1.0, MOST_STEP / np.maximum(np.abs(z), MOST_STEP))
    to_level, to_swing = (level + cross) / total, (cross + swing) / total
    return State(
        weeks=state.weeks,
        weight=_normal(np.log(np.maximum(state.weight, 1e-300)) + likelihood),
        level=state.level + to_level * taken,
        swing=state.swing + to_swing * taken,
        variance=(
            level - to_level * (level + cross),
            cross - to_level * (cross + swing),
            swing - to_swing * (cross + swing),
        ),
    )


def smoothed(figures: Sequence[Figure], steps: int, weeks: float = 1.0) -> Mixture:
    """The exponentially weighted mean of the figures, as wide as its own errors shrunk to other brands'.

    Raises ``ValueError`` where there are no figures.
    """
    values, last = [figure.log_ratio for figure in figures], _weight_of_last(weeks)
    levels = [values[0]]
    for value in values[1:]:
        levels.append(levels[-1] + last * (value - levels[-1]))
    missed = [
        float(np.mean(values[at + 1 : at + 1 + steps])) - levels[at]
        for at in range(_LEAST_AGE, len(values) - steps)
    ]
    usual = _usual_error(steps, weeks) ** 2
    variance = (OWN_FROM * usual + float(np.sum(np.square(missed)))) / (OWN_FROM + len(missed))
    return Mixture(weight=np.ones(1), mean=np.array([levels[-1]]), sd=np.array([np.sqrt(variance)]))


def forecast(told: State, figures: Sequence[Figure], steps: int) -> Mixture:
    """The mean log ratio over the next steps: filter and smoothed mean, half each; the prior without figures.

    ``told`` is the state after ``figures``. Each of the two is wrong where the other is right: the filter
    after a change of level, the mean in calm.

    >>> level = Level(log=0.0, sd=0.7)
    >>> prior = forecast(begin(level), (), 1)
    >>> figures = [Figure(log_ratio=0.5)] * 8
    >>> told = forecast(learn(begin(level), figures), figures, 1)
    >>> bool(told.quantiles(np.array([0.5])) > prior.quantiles(np.array([0.5])))
    True
    """
    if not figures:
        return told.ahead(steps)
    noise = float(np.mean([figure.order_noise for figure in figures[-_LAST:]]))
    filtered, mean = told.ahead(steps, noise), smoothed(figures, steps, told.weeks)
    return Mixture(
        weight=np.concatenate([filtered.weight, mean.weight]) / 2,
        mean=np.concatenate([filtered.mean, mean.mean]),
        sd=np.concatenate([filtered.sd, mean.sd]),
    )


def _usual_error(steps: int, weeks: float) -> float:
    """What a smoothed mean is usually off by, over other brands: what the usual sizes of the grid give it."""
    last = _weight_of_last(weeks)
    noise = USUAL_NOISE**2 / weeks * (1 / steps + last / (2 - last))
    wander = USUAL_INNOVATION**2 * weeks * (1 / (last * (2 - last)) + (steps - 1) / 3)
    return float(np.sqrt(noise + wander))


def _weight_of_last(weeks: float) -> float:
    """What the last step weighs in the smoothed mean."""
    return 1 - (1 - SMOOTHING) ** weeks


def _in_steps(weeks: float) -> tuple[Floats, Floats, Floats]:
    """Persistence, innovation and noise of a step of so many weeks."""
    phi = _PHI**weeks
    returns = _PHI < 1
    grown = np.where(returns, (1 - phi**2) / np.where(returns, 1 - _PHI**2, 1.0), weeks)
    return phi, _Q * np.sqrt(grown), _S / np.sqrt(weeks)


def _normal(logs: Floats) -> Floats:
    weight = np.exp(logs - logs.max())
    return weight / weight.sum()
