"""Bounds: what a minimum adds to the lines it is over, and what a cap takes from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    """One bound over the periods of its terms; what comes back later changes the period it was charged in."""

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
        self.later: dict[int, Array] = {}
        for period in tally.begun(self.bound):
            self._period(period)
        line = Line(charge=self.bound, amounts=self.amounts, settles=tuple(self.when), exact=self.exact)
        if self.later:
            line = replace(line, came_back=tuple(sorted(self.later.items())))
            returned = settled(line.given_back)
            exact = line.exact + line.given_back
            line = replace(line, amounts=line.amounts + returned, exact=exact, returned=returned)
        tally.lines[self.bound.id] = line

    def _period(self, period: range) -> None:
        """Hold a period: a cap from the month it is reached, a minimum at its end, both after returns."""
        tally, last = self.tally, period.stop - 1
        known = min(period.stop, tally.worked)
        whole = tally.whole(self.bound, period)
        held = exact = tally.none[:, 0]
        for month in [last] if self.bound.at_least is not None else range(period.start, known):
            to_date = range(period.start, month + 1)
            missing = tally.waiting(self.names, to_date)
            if self.bound.at_least is not None:
                missing = tally.unfinished(period) + missing
            if missing:
                tally.wait(self.bound, period, last, missing)
                return
            now = settled(_held(self.bound, tally.total(self.names, to_date, known=month), whole))
            finer = _held(self.bound, tally.total(self.names, to_date, exact=True, known=month), whole)
            self.amounts[:, month] = settled(now - held)
            self.exact[:, month] = finer - exact
            held, exact = now, finer
            self.when.append(month)
        lines = (tally.lines[name] for name in self.names)
        landing = sorted({month for line in lines for month, _ in line.came_back if month > last})
        for month in landing:
            now = _held(self.bound, tally.total(self.names, period, exact=True, known=month), whole)
            change = now - exact
            if bool((change != like(0, change)).any()):
                self.later.setdefault(month, tally.none.copy())[:, last] = change
                self.when.append(month)
            exact = now


def _held(bound: Bound, total: Array, whole: Array) -> Array:
    """What the bound adds to ``total`` of a period, or takes from it."""
    if bound.at_least is not None:
        return np.maximum(like(bound.at_least, total) * whole - total, like(0, total))
    assert bound.at_most is not None
    return np.minimum(like(bound.at_most, total) * whole - total, like(0, total))
