"""Directions through the draws, and points moved along them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from estimator.market.points import Draws, Floats, Normals
from estimator.market.register import Name


@dataclass(frozen=True, eq=False)
class Direction:
    """A line through the draws: what it moves, with weights of length 1."""

    weights: Mapping[Name, float]

    def across(self, points: Draws) -> Floats:
        """Where each draw stands along the line, a standard normal."""
        columns = [
            weight * points.normal(name, store=store, month=month)
            for (name, store, month), weight in self.weights.items()
        ]
        total: Floats = np.sum(columns, axis=0)
        return total

    def cosine(self, other: Direction) -> float:
        """The cosine of the angle between two directions.

        >>> Direction({("market", None, None): 1.0}).cosine(Direction({("market", None, None): -1.0}))
        -1.0
        """
        return sum(weight * other.weights.get(name, 0.0) for name, weight in self.weights.items())


class Passing(Normals):
    """Points that serve one evaluation: what is made of them is not kept."""

    chosen: NDArray[np.intp] | None = None
    """Which draws of the points behind these are, all in their order where it is None."""

    def behind(self, name: str, store: int | None) -> Draws | None:
        """Points that last and give the same normals for this dimension."""
        return None


@dataclass(frozen=True, eq=False)
class Along(Passing):
    """The points moved along a direction to where each of them stands at ``at`` on it.

    ``at`` is one place for all, or one a draw; what lies across the direction stays as it is, so that the
    points with ``at`` standard normal are draws again. ``chosen`` picks some of the draws.

    >>> from estimator.market.points import Points
    >>> points, line = Points(number=256, scrambles=2), Direction({("market", None, None): 1.0})
    >>> Along(points, line, 0.5).normal("market")[:2]
    array([0.5, 0.5])
    """

    points: Draws
    direction: Direction
    at: Floats | float
    chosen: NDArray[np.intp] | None = None

    @cached_property
    def draws(self) -> int:
        return self.points.draws if self.chosen is None else len(self.chosen)

    @cached_property
    def scrambles(self) -> int:
        return self.points.scrambles if self.chosen is None else 1

    @cached_property
    def shift(self) -> Floats:
        """How far each draw was moved."""
        stood = self.direction.across(self.points)
        return self.at - (stood if self.chosen is None else stood[self.chosen])

    def behind(self, name: str, store: int | None) -> Draws | None:
        """The points that were moved, where this dimension was not."""
        return None if (name, store, None) in self.direction.weights else self.points

    def normal(self, name: str, *, store: int | None = None, month: int | None = None) -> Floats:
        """Standard normals of one dimension, one a draw."""
        column = self.points.normal(name, store=store, month=month)
        if self.chosen is not None:
            column = column[self.chosen]
        weight = self.direction.weights.get((name, store, month))
        return column if weight is None else column + weight * self.shift


@dataclass(frozen=True, eq=False)
class Cross(Passing):
    """The middle of everything, then one unknown at a time a step below and above it: two draws an unknown.

    ``places`` numbers the unknowns in the order in which a model reads them, behind those given before; the
    first ``room`` of them are moved.

    >>> cross = Cross(0.7, room=2)
    >>> cross.normal("market"), cross.normal("live", store=0, month=0)
    (array([ 0. , -0.7,  0.7,  0. ,  0. ]), array([ 0. ,  0. ,  0. , -0.7,  0.7]))
    >>> list(cross.places)
    [('market', None, None), ('live', 0, 0)]
    """

    step: float
    room: int
    places: dict[Name, int] = field(default_factory=dict)
    scrambles: int = 1

    @property
    def draws(self) -> int:
        return 1 + 2 * self.room

    def normal(self, name: str, *, store: int | None = None, month: int | None = None) -> Floats:
        """The step below and above at the unknown's own draws, and zero at the others'."""
        values = np.zeros(self.draws)
        place = self.places.setdefault((name, store, month), len(self.places))
        if place < self.room:
            values[2 * place + 1 : 2 * place + 3] = -self.step, self.step
        return values
