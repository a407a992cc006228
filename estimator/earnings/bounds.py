"""Bounds: what a minimum adds to the lines it is over, and what a cap takes from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from estimator.contract.charges import Bound
from estimator.earnings.lines import Line
from estimator.earnings.tally import Tally
from estimator.values.money import Array, like, settled


def settle_bounds(tally: Tally) -> None:
    """Settle every bound of the terms: fewer charges first, minimums before caps (docs/model.md (M48))."""
    bounds = tally.of(Bound)
    for bound in sorted(bounds, key=lambda bound: (len(bound.over), bound.at_least is None)):
        _Held(tally, bound).settle()


@dataclass
class _Held:
    """One bound over the periods of its terms, and over the months after them in which returns land."""

    tally: Tally
    bound: Bound

    def settle(self) -> None:
        tally = self.tally
        inside = {
            other.id
            for other in tally.of(Bound)
            if other.id in tally.lines and set(other.over) <= set(self.bound.over)
        }
        self.names = sorted({*self.bound.over, *inside})
        self.amounts, self.exact = tally.none.copy(), tally.none.copy()
        self.when: list[int] = []
        periods = tally.begun(self.bound)
        for period in periods:
            for month in self._read_in(period):
                if not self._hold(period, month):
                    break
        if periods and tally.complete(self.bound):
            for month in range(tally.worked, tally.horizon):
                self._hold(periods[-1], month)
        tally.lines[self.bound.id] = Line(
            charge=self.bound, amounts=self.amounts, settles=tuple(self.when), exact=self.exact
        )

    def _read_in(self, period: range) -> list[int]:
        """The months in which the bound is read: a cap from the day it is reached, a minimum at the end."""
        if self.bound.at_least is not None:
            return [period.stop - 1]
        return list(range(period.start, min(period.stop, self.tally.worked)))

    def _hold(self, period: range, month: int) -> bool:
        """Hold what was charged from the period's begin up to the end of ``month``; whether it could be."""
        tally, to_date = self.tally, range(period.start, month + 1)
        missing = tally.waiting(self.names, to_date)
        if self.bound.at_least is not None:
            missing = tally.unfinished(period) + missing
        if missing:
            tally.wait(self.bound, period, period.stop - 1, missing)
            return False
        whole = tally.whole(self.bound, period)
        for held, exact in ((self.amounts, False), (self.exact, True)):
            before = held[:, period.start : month].sum(axis=1)
            total = tally.total(self.names, to_date, exact=exact)
            change = _held(self.bound, total, whole) - before
            held[:, month] = change if exact else settled(change)
        self.when.append(month)
        return True


def _held(bound: Bound, total: Array, whole: Array) -> Array:
    """What the bound adds to ``total`` of a period, or takes from it."""
    if bound.at_least is not None:
        return np.maximum(like(bound.at_least, total) * whole - total, like(0, total))
    assert bound.at_most is not None
    return np.minimum(like(bound.at_most, total) * whole - total, like(0, total))
