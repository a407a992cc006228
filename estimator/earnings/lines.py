"""Lines: what the charges of terms come to, settled or still pending."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from estimator.contract.charges import AnyCharge, Refund, ShareOf
from estimator.contract.terms import Duty
from estimator.values.money import Array


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one charge comes to: ``amounts`` is draws x months, zero where nothing settles.

    ``settles`` holds the months, counted from 0, in which it was settled, also at zero. ``exact`` are
    the amounts before they were rounded to the cent; draws are never rounded. For a share on actuals,
    ``basis`` is what was counted for each settlement and ``carried`` what returns above sales of earlier
    ones took from it (zero or below). ``returned`` is the part of ``amounts`` that goes back on goods which
    came back after their fee was paid, or that a bound then gives up of it; ``came_back`` says by the month
    in which it lands which months' amounts it changes, draws x months.
    """

    charge: AnyCharge
    amounts: Array
    settles: tuple[int, ...]
    exact: Array
    basis: Array | None = None
    carried: Array | None = None
    returned: Array | None = None
    came_back: tuple[tuple[int, Array], ...] = ()

    def of_months(self, months: slice, known: int, *, exact: bool = False) -> Array:
        """What the months come to, draws x months, with the later changes that landed up to ``known``."""
        amounts = self.exact if exact else self.amounts
        if self.returned is None:
            return amounts[:, months]
        landed = sum((of for month, of in self.came_back if month <= known), amounts * 0)
        return (amounts - (self.given_back if exact else self.returned) + landed)[:, months]

    @cached_property
    def given_back(self) -> Array:
        """What goes back, before it was rounded, by the month in which it lands."""
        whole = self.amounts * 0
        for month, of in self.came_back:
            whole[:, month] = whole[:, month] + of.sum(axis=1)
        return whole

    def over(self, months: int) -> Array:
        """What the charge comes to in the first ``months`` months, one a draw; added up once."""
        if months not in self._over:
            same = self.amounts.strides[0] == 0
            total = (self.amounts[:1] if same else self.amounts)[:, :months].sum(axis=1)
            self._over[months] = np.broadcast_to(total, self.amounts.shape[:1])
        return self._over[months]

    @cached_property
    def _over(self) -> dict[int, Array]:
        return {}


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A charge that cannot be settled yet: its months counted from 0, and what is missing.

    ``lands`` is the month in which its line will stand.
    """

    charge: AnyCharge
    months: range
    lands: int
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Void:
    """A refund that a goal missed would have paid, void because a duty was not met, by draw."""

    charge: Refund
    draws: Array


@dataclass(frozen=True, kw_only=True)
class Missed:
    """A month, counted from 0, in which a duty was not met: what was counted, and what was asked for."""

    month: int
    duty: Duty
    counted: Decimal
    asked: Decimal


@dataclass(frozen=True, kw_only=True)
class Fees:
    """What terms come to. ``lines`` is money; ``credits`` are not money and are never netted.

    ``owed`` are returns above sales that no settlement has taken in yet, by charge and draw. ``counting``
    are the months in which targets count, draws x months; None where all do. ``missed`` are the duties that
    were not met, on actuals alone.
    """

    lines: tuple[Line, ...]
    credits: tuple[Line, ...]
    pending: tuple[Pending, ...]
    void: tuple[Void, ...]
    owed: tuple[tuple[ShareOf, Array], ...] = ()
    counting: Array | None = None
    missed: tuple[Missed, ...] = ()

    @cached_property
    def by_month(self) -> Array:
        """Money charged, draws x months."""
        return sum((line.amounts for line in self.lines[1:]), self.lines[0].amounts)

    @cached_property
    def total(self) -> Array:
        """Money charged over all months, one a draw."""
        return self.by_month.sum(axis=1)

    def over(self, months: int) -> Array:
        """Money charged over the first ``months`` months, one a draw."""
        return sum((line.over(months) for line in self.lines[1:]), self.lines[0].over(months))

    @cached_property
    def credit_total(self) -> Array:
        """Credits over all months, one a draw."""
        if not self.credits:
            return self.lines[0].amounts[:, 0] * 0
        return sum((line.amounts for line in self.credits[1:]), self.credits[0].amounts).sum(axis=1)
