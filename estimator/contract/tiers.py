"""A rate schedule, by slice or by whole amount, over arrays."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from estimator.values.money import Amount, Array, Share, like, plain


class Tiers(BaseModel):
    """Rates, each of what lies above its edge.

    ``reach = "slice"``: a rate applies to the slice from its edge to the next. ``reach = "whole"``
    (全额累进): the rate of the highest edge passed applies to everything from the first unit on, so
    the fee jumps at the edge. Exactly on an edge the lower rate still holds.

    >>> import numpy as np
    >>> tiers = Tiers(above=[0, 1000], rate=["0.05", "0.08"], reach="slice")
    >>> tiers.apply(np.array([1000.0, 1500.0, -20.0]))
    array([50., 90.,  0.])
    >>> Tiers(above=[0, 1000], rate=["0.05", "0.08"], reach="whole").apply(np.array([1000.0, 1500.0]))
    array([ 50., 120.])
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    above: Annotated[tuple[Amount, ...], Field(strict=False, min_length=1)]
    rate: Annotated[tuple[Share, ...], Field(strict=False, min_length=1)]
    reach: Literal["slice", "whole"] = "slice"

    @model_validator(mode="after")
    def _rising(self) -> Tiers:
        if len(self.above) != len(self.rate):
            raise PydanticCustomError(
                "tiers_lengths", "lengths", {"found": len(self.above), "expected": len(self.rate)}
            )
        if self.above[0] != 0 or any(low >= high for low, high in zip(self.above, self.above[1:])):
            raise PydanticCustomError("tiers_order", "order", {"found": ", ".join(map(plain, self.above))})
        return self

    @property
    def rising(self) -> bool:
        """Whether no rate lies below the one before."""
        return all(low <= high for low, high in zip(self.rate, self.rate[1:]))

    @property
    def by_rising_slices(self) -> bool:
        """Whether each further unit costs at least as much as the one before, without a jump."""
        return self.rising and (self.reach == "slice" or len(self.rate) == 1)

    def apply(self, base: Array) -> Array:
        """The charge on ``base``, element by element; nothing on a base below zero."""
        base = np.maximum(base, like(0, base))
        if self.reach == "slice":
            total = base * like(self.rate[0], base)
            for edge, step in zip(self.above[1:], np.diff(np.array(self.rate, dtype=object))):
                total = total + np.maximum(base - like(edge, base), like(0, base)) * like(step, base)
            return total
        rate = np.full(base.shape, like(self.rate[0], base), dtype=base.dtype)
        for edge, value in zip(self.above[1:], self.rate[1:]):
            rate = np.where(base > like(edge, base), like(value, base), rate)
        return base * rate

    def jumps(self) -> tuple[tuple[Decimal, Decimal], ...]:
        """Edge and amount of every jump of a whole-amount schedule; a schedule by slice has none.

        >>> Tiers(above=[0, 1000], rate=["0.05", "0.08"], reach="whole").jumps()
        ((Decimal('1000'), Decimal('30.00')),)
        """
        if self.reach == "slice":
            return ()
        return tuple(
            (edge, edge * (high - low)) for edge, low, high in zip(self.above[1:], self.rate, self.rate[1:])
        )
