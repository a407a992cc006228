"""What a month's active creators sell together: a heavy-tailed sum, never a mean.

Creators post in random number and one in a hundred sells more than the rest together. The sum is a
compound Poisson variable; its quantiles are tabulated once by Fourier transform (Panjer and Willmot
1992 describe the method; the discretisation error is below 1 % of the mean) and read off at a
normal, so that more active creators never sell less at the same draw.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATES = 46
NODES = 121
CELLS = 2**16


@dataclass(frozen=True, kw_only=True)
class Severity:
    """Orders of one active creator in a month, in units of the median.

    Lognormal body of ``log_sd``; above the point where the hazards meet a Pareto tail of index
    ``tail``, so that the density has no jump; nothing above ``cap``. Source: shared facts "default
    market", 1.5.9.

    >>> severity = Severity(log_sd=1.5, tail=1.4, cap=600.0)
    >>> round(severity.moment(1), 4), round(severity.moment(2), 2)
    (3.4757, 236.69)
    """

    log_sd: float
    tail: float
    cap: float

    def edge(self) -> tuple[float, float, float]:
        """Where the tail begins: as a normal, as a value, and the probability of passing it."""
        return _edge(self.log_sd, self.tail)

    def moment(self, order: int) -> float:
        """The mean of the severity to the power ``order``.

        >>> round(Severity(log_sd=1.5, tail=2.0, cap=10.0).moment(2), 2)  # the cap lies in the body
        12.67
        """
        from scipy.special import ndtr

        z, x, s = self.edge()
        j, a, c = order, self.tail, self.cap
        if c < x:
            z = math.log(c) / self.log_sd
            tail, beyond = 0.0, float(ndtr(-z))
        elif j == a:
            tail, beyond = s * x**a * a * math.log(c / x), s * (x / c) ** a
        else:
            tail, beyond = s * x**a * a / (j - a) * (c ** (j - a) - x ** (j - a)), s * (x / c) ** a
        body = math.exp((j * self.log_sd) ** 2 / 2) * float(ndtr(z - j * self.log_sd))
        return body + tail + c**j * beyond

    def at(self, z: Floats) -> Floats:
        """The severity at a standard normal: its quantile at ``Phi(z)``.

        >>> Severity(log_sd=1.5, tail=1.4, cap=600.0).at(np.array([-1.0, 0.0, 9.0])).round(2).tolist()
        [0.22, 1.0, 600.0]
        """
        from scipy.special import ndtr

        edge, x, beyond = self.edge()
        body = np.exp(self.log_sd * np.minimum(z, edge))
        tail = x * (beyond / ndtr(-np.maximum(z, edge))) ** (1 / self.tail)
        return np.minimum(np.where(z < edge, body, tail), self.cap)

    def below(self, x: Floats) -> Floats:
        """The probability of selling at most ``x``."""
        from scipy.special import ndtr

        _, edge, beyond = self.edge()
        safe = np.maximum(x, 1e-300)
        body = ndtr(np.log(safe) / self.log_sd)
        tail = 1.0 - beyond * (edge / np.maximum(safe, edge)) ** self.tail
        return np.where(x <= 0, 0.0, np.where(x >= self.cap, 1.0, np.where(x < edge, body, tail)))


NORMALS = np.linspace(-7.0, 7.0, 561)
"""Where a law is summed over a standard normal: steps of a fortieth."""


@lru_cache(maxsize=32)
def roster_persistence(severity: Severity, persistence: float, retention: float) -> float:
    """The correlation of what a roster sells in neighbouring months.

    ``persistence`` is that of one creator's log sales, ``retention`` the share of creators who are active
    again next month; who is new sells like anybody else. Nothing persists where ``persistence`` is 0.

    >>> panel = Severity(log_sd=1.65, tail=1.7, cap=40.0)
    >>> round(roster_persistence(panel, 0.945, 1.0), 2), roster_persistence(panel, 0.0, 0.44)
    (0.92, 0.0)
    """
    if persistence == 0:
        return 0.0
    weight = np.exp(-(NORMALS**2) / 2)
    weight /= weight.sum()
    fresh = math.sqrt(1 - persistence**2) * NORMALS
    # docs/model.md (M71): the part of a creator's sales that is still there a month later
    later = severity.at(persistence * NORMALS[:, None] + fresh) @ weight
    now = severity.at(NORMALS)
    return retention * float(weight @ (now * later)) / float(weight @ now**2)


def together(severity: Severity, rate: Floats, z: Floats) -> Floats:
    """What a Poisson number of creators with mean ``rate`` sells together, at normal ``z``.

    In medians of one creator's month; both arrays broadcast. Rises in ``rate`` and in ``z``; zero
    where nobody posts. Outside the tabulated rates (0.002 to 5,000) it is in proportion to the rate.
    """
    logs, table = _table(severity)
    where = (np.log(np.maximum(rate, 1e-300)) - logs[0]) / (logs[1] - logs[0])
    inside = np.clip(where, 0.0, RATES - 1.0)
    # of a prospect among many who was not asked the rate is no number, and so is the answer
    row = np.minimum(np.nan_to_num(inside).astype(np.intp), RATES - 2)
    across = inside - row
    along = np.clip((z + 6.0) / 12.0 * (NODES - 1), 0.0, NODES - 1.0)
    column = np.minimum(along.astype(np.intp), NODES - 2)
    along = along - column
    flat = table.ravel()
    start = row * NODES + column
    low, high = flat[start], flat[start + NODES]
    low = low + along * (flat[start + 1] - low)
    high = high + along * (flat[start + NODES + 1] - high)
    value: Floats = np.expm1(low + across * (high - low))
    if (where == inside).all():
        return value
    value = value * np.exp((where - inside) * (logs[1] - logs[0]))
    return np.where(rate > 0, value, 0.0)


@lru_cache(maxsize=32)
def _edge(log_sd: float, tail: float) -> tuple[float, float, float]:
    from scipy.optimize import brentq
    from scipy.special import log_ndtr, ndtr

    def gap(z: float) -> float:
        return float(-z * z / 2 - 0.5 * math.log(2 * math.pi) - log_ndtr(-z)) - math.log(log_sd * tail)

    # docs/model.md (M25): where the hazards meet
    z = float(brentq(gap, -8.0, 30.0))
    return z, math.exp(log_sd * z), float(ndtr(-z))


@lru_cache(maxsize=4)
def _table(severity: Severity) -> tuple[Floats, Floats]:
    """Logs of the rates, and log(1 + quantile) of the sum, rates x normals from -6 to 6."""
    from scipy.special import ndtr

    logs = np.linspace(math.log(0.002), math.log(5000.0), RATES)
    chances = ndtr(np.linspace(-6.0, 6.0, NODES))
    mean, square = severity.moment(1), severity.moment(2)
    table = np.empty((RATES, NODES))
    for index, rate in enumerate(np.exp(logs)):
        reach = rate * mean + 12.0 * math.sqrt(rate * square) + 3.0 * severity.cap
        step = reach / CELLS
        edges = (np.arange(CELLS) + 0.5) * step
        mass = np.diff(severity.below(edges), prepend=0.0)
        mass[-1] += 1.0 - mass.sum()
        chance = np.cumsum(np.fft.irfft(np.exp(rate * (np.fft.rfft(mass) - 1.0)), CELLS))
        chance = np.maximum.accumulate(np.clip(chance, 0.0, 1.0))
        quantiles = np.interp(chances, chance, edges, left=0.0)
        quantiles[chances <= chance[0]] = 0.0
        table[index] = np.log1p(quantiles)
    table = np.maximum.accumulate(table, axis=0)
    for array in (logs, table):
        array.flags.writeable = False
    return logs, table
