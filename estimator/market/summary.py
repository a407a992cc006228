"""Summaries of draws: shares, means and ranges, each with its error from independent scrambles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from estimator.brief.goals import Probability
from estimator.values.money import Array

NUMERICAL = 1e-5
"""What finding places and reading tables may cost a probability that no longer counts draws."""


def share_of(hits: Array, scrambles: int, weights: Array | None = None) -> Probability:
    """The share of true draws, with its error; draws count by ``weights`` where they are given.

    >>> import numpy as np
    >>> share_of(np.array([True, False, True, False]), 2)
    Probability(value=0.5, error=0.25)
    """
    blocks = hits.reshape(scrambles, -1).mean(axis=1)
    value = float(hits.mean())
    if weights is not None:
        by_block = weights.reshape(scrambles, -1)
        blocks = (hits.reshape(scrambles, -1) * by_block).sum(axis=1) / by_block.sum(axis=1)
        value = float((hits * weights).sum() / weights.sum())
    # docs/model.md (M37): one draw's worth at least, for blocks that all agree
    return Probability(value=value, error=max(half_width(blocks), 1.0 / hits.size))


def means_of(blocks: Array) -> tuple[Probability, ...]:
    """The mean of each row of independent blocks of chances, with its error, never less than ``NUMERICAL``.

    >>> import numpy as np
    >>> means_of(np.array([[0.5, 0.5], [0.4, 0.6]]))[0]
    Probability(value=0.5, error=1e-05)
    """
    pairs = zip(blocks.mean(axis=-1).tolist(), half_widths(blocks).tolist(), strict=True)
    return tuple(Probability(value=value, error=max(error, NUMERICAL)) for value, error in pairs)


def half_width(blocks: Array) -> float:
    """Half the 95 % interval of the mean of independent ``blocks``, by Student's t; zero for a single one."""
    return float(half_widths(blocks))


def half_widths(blocks: Array) -> Array:
    """``half_width`` of each row of blocks."""
    count = blocks.shape[-1]
    spread = blocks.std(axis=-1, ddof=1) if count > 1 else np.zeros(blocks.shape[:-1])
    return np.asarray(_wide(count) * spread / np.sqrt(count))


@lru_cache(maxsize=64)
def _wide(scrambles: int) -> float:
    """Student's t at 95 % for so many scrambles."""
    # of scipy.stats, which takes a second to load, the same
    from scipy.special import stdtrit

    return float(stdtrit(max(scrambles - 1, 1), 0.975))


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A mean with its error: the half-width of its 95 % interval over independent scrambles."""

    value: float
    error: float

    @classmethod
    def of(cls, draws: Array, scrambles: int) -> Estimate:
        """The mean of ``draws``.

        >>> import numpy as np
        >>> Estimate.of(np.array([1.0, 1.0, 3.0, 3.0]), 2).value
        2.0
        """
        blocks = draws.reshape(scrambles, -1).mean(axis=1)
        return cls(value=float(draws.mean()), error=half_width(blocks))


def tail_mean(amounts: Array, share: float) -> float:
    """The mean of the lowest ``share`` of the draws, the draw on the edge counted in part."""
    ordered = np.sort(amounts)
    count = share * ordered.size
    whole = int(count)
    total = float(ordered[:whole].sum())
    if whole < count:
        total += (count - whole) * float(ordered[whole])
    return total / count


@dataclass(frozen=True, kw_only=True)
class Spread:
    """An amount over the draws: its mean and three quantiles, in the quote's currency."""

    mean: float
    p10: float
    p50: float
    p90: float

    @classmethod
    def of(cls, draws: Array) -> Spread:
        """The spread of ``draws``.

        >>> import numpy as np
        >>> Spread.of(np.array([0.0, 10.0]))
        Spread(mean=5.0, p10=1.0, p50=5.0, p90=9.0)
        """
        ordered = np.sort(draws)
        at = np.array((0.1, 0.5, 0.9)) * (ordered.size - 1)
        low, middle, high = np.interp(at, np.arange(ordered.size), ordered).tolist()
        return cls(mean=float(draws.mean()), p10=low, p50=middle, p90=high)

    @classmethod
    def by_month(cls, draws: Array) -> tuple[Spread, ...]:
        """The spread of each month of draws x months."""
        return tuple(cls.of(month) for month in np.ascontiguousarray(draws.T))
