"""The points: the only place that draws.

Scrambled Sobol points that never change: same seed, same numbers, in every process. A dimension has a
name, a store and a month, and its place in the sequence is fixed by these alone. So two offers that
operate differently, a moved slider and the money side all read the same draw of the same thing, and
what differs between them is only what they assume.

Far out, some pairs of Sobol dimensions run nearly in step (correlations up to .48 over 2,048 points).
The dimensions after the first ``LEADING`` are therefore shuffled, each by itself, which keeps every one of
them evenly spread and makes them independent of each other (Owen 1998, Latin supercube sampling). A telling
one that was named later stands last, takes a direction after those and is not shuffled: who else has it is.

Points are made column by column, on demand: the register below holds some ten thousand dimensions,
a forecast of one shop reads about a hundred.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import as_file, files
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from estimator.market.register import TELLING, Name, place_of
from estimator.values.errors import fail
from estimator.values.memory import kept

Floats = NDArray[np.float64]


SEED = 20261123
BITS = 30
LEADING = 64


class Normals:
    """Points of any kind: whoever gives standard normals gives uniforms."""

    def normal(self, name: str, *, store: int | None = None, month: int | None = None) -> Floats:
        """Standard normals of one dimension, one a draw."""
        raise NotImplementedError

    def uniform(self, name: str, *, store: int | None = None, month: int | None = None) -> Floats:
        """Uniforms strictly between 0 and 1 of one dimension, one a draw."""
        from scipy.special import ndtr

        return ndtr(self.normal(name, store=store, month=month))


@dataclass(frozen=True, kw_only=True)
class Points(Normals):
    """``scrambles`` independent Sobol sets of ``number`` points each, one set after the other.

    The estimates of the sets are independent and unbiased (Owen 1997; scrambling by random linear
    matrices and a shift, Matousek 1998), which is where an error comes from.

    >>> points = Points(number=256, scrambles=2)
    >>> points.normal("market").shape
    (512,)
    >>> bool((points.normal("orders", store=0, month=1) == points.normal("orders", store=0, month=2)).all())
    False
    """

    seed: int = SEED
    number: int = 2048
    scrambles: int = 8

    def __post_init__(self) -> None:
        if self.number < 2 or self.number & (self.number - 1):
            raise fail("not_a_power_of_two", "points", found=self.number)
        if self.scrambles < 1:
            raise fail("below_least", "scrambles", found=self.scrambles, least=1)

    @property
    def draws(self) -> int:
        """The number of draws in all."""
        return self.number * self.scrambles

    def normal(self, name: str, *, store: int | None = None, month: int | None = None) -> Floats:
        """Standard normals of one dimension, one a draw, read-only.

        ``store`` and ``month`` count from 0. Raises ``QuotecastError`` for a name not in the register.
        """
        return _column(self, place_of(name, store, month))


QUOTED = Points()
"""Of a quote's money. Shares of its 16,384 draws were off by .1 points in the middle and .3 at worst.

These and the next were measured against the smoothed probability of the first goal of four example briefs,
each on six other scrambles, 2026-11-30.
"""
PICTURED = Points(number=512, scrambles=4)
"""Of curves that are only drawn: off by .4 points in the middle, 1.0 at worst."""
RANKED = Points(number=512, scrambles=2)
"""Of what-ifs that rank causes or questions: off by .7 points in the middle, 2.2 at worst."""
SWUNG = Points(number=128, scrambles=8)
"""Of one assumption moved at a time, and of the money of a batch: off by .7 points in the middle, 1.8 at
worst. What a move changes is known better, since both its ends share the draws."""
LONG = Points(number=64, scrambles=4)
"""As ``SWUNG`` where more than a year is simulated, over and over."""
YEAR = 12
COARSE = Points(number=128, scrambles=4)
"""Of a first look that a closer one follows: off by .5 points in the middle, 2.0 at worst."""


def swung(months: int) -> Points:
    """The points of one assumption moved at a time over so many months."""
    return SWUNG if months <= YEAR else LONG


class Reread(Normals):
    """The same points, as many of them, read in another way."""

    points: Points

    @property
    def draws(self) -> int:
        return self.points.draws

    @property
    def scrambles(self) -> int:
        return self.points.scrambles


@dataclass(frozen=True, kw_only=True)
class Held(Reread):
    """The same points with one dimension held at standard normal ``z``, in every store and month.

    >>> held = Held(points=Points(number=256, scrambles=2), name="return_rate", z=1.5)
    >>> held.normal("return_rate")[:2], bool((held.normal("market") == held.points.normal("market")).all())
    (array([1.5, 1.5]), True)
    """

    points: Points
    name: str
    z: float

    def normal(self, name: str, *, store: int | None = None, month: int | None = None) -> Floats:
        """The points' own normals, or ``z`` throughout."""
        if name == self.name:
            return np.full(self.draws, self.z)
        return self.points.normal(name, store=store, month=month)


@dataclass(frozen=True, kw_only=True)
class Origin(Normals):
    """A single draw with every unknown at its middle: the deterministic base case.

    Or with one dimension at standard normal ``z``, in every store and month.

    >>> Origin().normal("market"), Origin(name="market", z=1.0).normal("market")
    (array([0.]), array([1.]))
    """

    scrambles: int = 1
    draws: int = 1
    name: str = ""
    z: float = 0.0

    def normal(self, name: str, *, store: int | None = None, month: int | None = None) -> Floats:
        """Zero, or ``z``."""
        place_of(name, store, month)
        return np.full(1, self.z if name == self.name else 0.0)


@dataclass(frozen=True, eq=False)
class Gathered(Reread):
    """The same points, the dimensions of ``names`` made all at once, in half the time of one by one.

    >>> points, names = Points(number=256, scrambles=2), (("market", None, None),)
    >>> bool((Gathered(points, names).normal("market") == points.normal("market")).all())
    True
    """

    points: Points
    names: tuple[Name, ...]

    def normal(self, name: str, *, store: int | None = None, month: int | None = None) -> Floats:
        """Standard normals of one dimension, one a draw, read-only."""
        column = self._columns.get((name, store, month))
        return self.points.normal(name, store=store, month=month) if column is None else column

    @cached_property
    def _columns(self) -> dict[Name, Floats]:
        return dict(zip(self.names, _columns(self.points, tuple(place_of(*name) for name in self.names))))


gathered = kept(Gathered)
"""``Gathered`` points, kept for the next model that reads the same names of them."""


class Draws(Protocol):
    """Where standard normals come from: ``Points``, or what is made of them, or the ``Origin``."""

    def __hash__(self) -> int: ...
    @property
    def draws(self) -> int: ...
    @property
    def scrambles(self) -> int: ...
    def normal(self, name: str, *, store: int | None = None, month: int | None = None) -> Floats: ...
    def uniform(self, name: str, *, store: int | None = None, month: int | None = None) -> Floats: ...


@lru_cache(maxsize=1)
def _directions() -> NDArray[np.uint32]:
    """Direction numbers of every dimension of the register (Joe and Kuo 2008), dimensions x bits.

    They are SciPy's, which takes longer to load than a quote to make; a test holds them to its public
    interface, where point 2^(j+1) - 1 of an unscrambled sequence is the j-th direction number (Gray code).
    """
    with as_file(files("estimator.market").joinpath("sobol.npy")) as path:
        kept: NDArray[np.uint32] = np.load(path)
    return kept


@lru_cache(maxsize=512)
def _column(points: Points, place: int) -> Floats:
    """One dimension of all scrambles, as normals. 512 columns of 16,384 draws are 67 MB."""
    return _columns(points, (place,))[0]


def _columns(points: Points, places: tuple[int, ...]) -> Floats:
    """Dimensions of all scrambles, as normals, dimensions x draws, read-only."""
    from scipy.special import ndtri

    makers = [
        np.random.Generator(np.random.PCG64(np.random.SeedSequence([points.seed, place]))) for place in places
    ]
    size = (points.scrambles, BITS + 1)
    drawn = np.stack([rng.integers(0, 2**BITS, size=size, dtype=np.uint32) for rng in makers])
    late = _late()
    wanted = [late.get(place, place) for place in places]
    sets = _scrambled(_directions()[wanted, : points.number.bit_length() - 1], drawn)
    for row, rng, place in zip(sets, makers, places):
        if place >= LEADING and place not in late:
            rng.permuted(row, axis=1, out=row)
    # docs/model.md (M3): half of the last bit keeps 0 and 1 out, and with them infinite normals
    normals: Floats = ndtri((sets.reshape(len(places), -1) + 0.5) / 2.0**BITS)
    normals.flags.writeable = False
    return normals


@lru_cache(maxsize=1)
def _late() -> Mapping[int, int]:
    """The places of telling dimensions that were named later, and the directions they take."""
    return {place_of(name, None, None): direction for name, direction in TELLING.items()}


def _scrambled(directions: NDArray[np.uint32], drawn: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Points as whole numbers below 2^30, randomly scrambled: dimensions x scrambles x points.

    Of each set's random numbers, a lower triangular matrix of bits mixes every digit with the digits above
    it, and the last one is a shift that turns digits over.
    """
    tops = np.uint32(1) << np.arange(BITS - 1, -1, -1, dtype=np.uint32)
    above = (np.uint32(2**BITS - 1) ^ (tops - np.uint32(1))) ^ tops
    rows = (drawn[..., :-1] & above) | tops
    parity = np.bitwise_count(rows[:, :, None, :] & directions[:, None, :, None]) & np.uint8(1)
    mixed = (parity.astype(np.uint32) * tops).sum(axis=-1, dtype=np.uint32)
    values = np.empty((*mixed.shape[:2], 2 ** mixed.shape[2]), np.uint32)
    values[..., 0] = drawn[..., -1]
    length = 1
    for power in range(mixed.shape[2]):
        values[..., length : 2 * length] = (
            values[..., length - 1 :: -1][..., :length] ^ mixed[..., power, None]
        )
        length *= 2
    return values
