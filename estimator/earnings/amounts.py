"""Amounts: what one period of a charge comes to, before conditions, bounds and refunds."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from estimator.brief.kpis import Quantity
from estimator.contract.charges import Fixed, PerUnit, ShareOf
from estimator.contract.terms import fee_named
from estimator.earnings.tally import Tally
from estimator.values.money import Array, ceiling, like, zeros


@dataclass
class Course:
    """What a charge carries from one period to the next, by draw.

    ``charged`` so far, of a pool only in that pool; ``owed``: returns above sales of a period, which lower
    the next one; ``counted`` in the period at hand and ``sold`` after what was owed; ``left`` of what is
    included.
    """

    charged: Array
    owed: Array
    counted: Array
    sold: Array
    left: Array
    pool: int = -1

    def __init__(self, none: Array) -> None:
        self.charged = self.owed = self.counted = self.sold = self.left = none


@dataclass
class Amounts:
    """The amounts of one settlement; each quantity is counted once for all charges and periods."""

    tally: Tally
    counted: dict[tuple[Quantity, int], Array] = field(default_factory=dict)

    def of(self, charge: Fixed | PerUnit | ShareOf, period: range, course: Course) -> Array:
        """What ``period`` comes to; ``course`` is brought up to its end."""
        if isinstance(charge, Fixed):
            return self._fixed(charge, period, course)
        if isinstance(charge, PerUnit):
            return self._per_unit(charge, period, course)
        if charge.running:
            start = self.tally.window(charge).start
            course.counted = self._sum(charge.of, range(start, period.stop))
            due = self.running(charge, course.counted, range(start, period.stop)) - course.charged
            # docs/model.md (M48): a weak month lowers what falls due later and gives nothing back
            return np.maximum(due, like(0, due))
        course.counted = self._basis(charge, period)
        course.sold, course.owed = carried(course.counted, course.owed)
        return self.share(charge, course.sold, period)

    def share(self, charge: ShareOf, sold: Array, period: range) -> Array:
        """The share due on what was sold in a period; edges and baseline of a part are divided as it is."""
        base = sold - like(charge.baseline, sold) * self.tally.months(period)
        whole = self.tally.whole(charge, period)
        return charge.tiers.apply(base) if whole == 1 else charge.tiers.apply(base / whole) * whole

    def running(self, charge: ShareOf, counted: Array, to_date: range) -> Array:
        """The share due on the term to date."""
        return charge.tiers.apply(counted - like(charge.baseline, counted) * self.tally.months(to_date))

    def missing(self, charge: Fixed | PerUnit | ShareOf, period: range) -> list[str]:
        """What is not known that the period counts."""
        if charge.of is None or (isinstance(charge, Fixed) and not charge.steps) or self.planned(charge):
            return []
        start = self.tally.window(charge).start if running(charge) else period.start
        if isinstance(charge, PerUnit) and charge.pools:
            start = _pool_of(charge, period, self.tally)[0].start
        lag = 0 if isinstance(charge, PerUnit) else charge.lag
        within = slice(max(start - lag, 0), max(period.stop - lag, 0))
        of = [charge.of, charge.or_of] if isinstance(charge, ShareOf) else [charge.of]
        return [name for quantity in of if quantity for name in self._quantity_missing(quantity, within)]

    def _quantity_missing(self, quantity: Quantity, within: slice) -> list[str]:
        charges = [name for name in map(fee_named, quantity.of) if name is not None]
        others = tuple(name for name in quantity.of if fee_named(name) is None)
        waiting = self.tally.waiting(charges, range(within.start, within.stop))
        if not others:
            return [*self.tally.unfinished(range(within.start, within.stop)), *waiting]
        counted = quantity.model_copy(update={"of": others})
        return [*self.tally.outcomes.missing(counted, within), *waiting]

    def missing_back(self, of: Quantity, month: int) -> tuple[str, ...]:
        """What is not known of what came back in a month after the end."""
        names = tuple(name for name in of.of if fee_named(name) is None)
        counted = of.model_copy(update={"of": names})
        return self.tally.outcomes.missing(counted, slice(month, month + 1)) if names else ()

    def came_back(self, of: Quantity, month: int) -> Array:
        """What came back in a month after the end, zero or below."""
        amounts = self.count(of)[:, month]
        return np.minimum(amounts, like(0, amounts))

    def _fixed(self, charge: Fixed, period: range, course: Course) -> Array:
        stores = self.stores(charge, period) if charge.each_store else Decimal(1)
        amount = course.charged * 0 + like(charge.amount, self.tally.none)
        if charge.of is not None:
            counted = self._sum(charge.of, period, charge.lag)
            amount = np.full(counted.shape, like(charge.amount, counted), dtype=counted.dtype)
            for step in charge.steps:
                passed = counted > like(step.above, counted) * self.tally.months(period)
                amount = np.where(passed, like(step.amount, counted), amount)
        return amount * like(stores, amount) * self.tally.whole(charge, period)

    def stores(self, charge: Fixed, period: range) -> Decimal:
        """How many stores are charged for: those open when it is due in advance, else by the month."""
        counted = self.tally.outcomes.stores_open
        if charge.at_start or charge.settles == "once":
            return Decimal(counted(period.start))
        share = self.tally.calendar.share
        months = sum((share(range(m, m + 1)) * counted(m) for m in period), Decimal(0))
        return months / share(period)

    def planned(self, charge: Fixed | PerUnit | ShareOf) -> bool:
        """Whether a forecast counts what is planned, since nothing else is known of the quantity."""
        if not isinstance(charge, PerUnit) or charge.planned is None or self.tally.none.dtype == object:
            return False
        return not set(charge.of.of) <= self.tally.outcomes.quantities.keys()

    def _per_unit(self, charge: PerUnit, period: range, course: Course) -> Array:
        if self.planned(charge):
            a_month = like(charge.a_month, self.tally.none) * self.tally.months(period)
            return np.full(len(self.tally.none), a_month)
        if charge.pools:
            pool, to_date = _pool_of(charge, period, self.tally)
            if course.pool != pool.start:
                course.pool, course.charged = pool.start, self.tally.none[:, 0]
            units = self._sum(charge.of, to_date)
            calendar = self.tally.calendar
            last = calendar.ended and period.stop == self.tally.worked
            shared = calendar.share(to_date) if last else calendar.open.share(pool)
            included = like(charge.included, units) * like(shared, units)
            return self._priced(charge, units - included) - course.charged
        units = self._sum(charge.of, period)
        included = like(charge.included, units) * self.tally.months(period)
        extra = units - included - course.left
        if charge.rolls_over:
            own = np.maximum(units - course.left, like(0, units))
            unused = np.maximum(included - own, like(0, units))
            course.left = np.minimum(unused, like(charge.rolls_over, units))
        return self._priced(charge, extra)

    def _priced(self, charge: PerUnit, units: Array) -> Array:
        packs = np.maximum(units, like(0, units)) / like(charge.pack, units)
        return (packs if charge.exact else ceiling(packs)) * like(charge.price, units)

    def _basis(self, charge: ShareOf, period: range) -> Array:
        """What a share counts in a period: of two quantities the one that comes to more."""
        counted = self._sum(charge.of, period, charge.lag)
        if charge.or_of is None:
            return counted
        return np.maximum(counted, self._sum(charge.or_of, period, charge.lag))

    def _sum(self, of: Quantity, period: range, lag: int = 0) -> Array:
        return self.count(of, lag)[:, period.start : period.stop].sum(axis=1)

    def count(self, of: Quantity, lag: int = 0) -> Array:
        """The quantity by draw and month, or that of ``lag`` months before, counted once for all periods.

        The fee of another charge is read off its line as it was invoiced.
        """
        if any(fee_named(name) for name in of.of):
            fees = [self.tally.lines[name].amounts for name in map(fee_named, of.of) if name]
            return _later(sum(fees, self.tally.none), lag)
        if (of, lag) not in self.counted:
            self.counted[of, lag] = _later(self.tally.outcomes.count(of), lag)
        return self.counted[of, lag]


def _later(by_month: Array, lag: int) -> Array:
    if not lag:
        return by_month
    later = zeros(by_month.shape, by_month)
    later[:, lag:] = by_month[:, :-lag]
    return later


def _pool_of(charge: PerUnit, period: range, tally: Tally) -> tuple[range, range]:
    """The months that share what is included, and those of them up to the end of the period.

    A month that runs on after the term stands alone where the term is what is shared.
    """
    shared = charge.model_copy(update={"settles": charge.pools})
    pools = tally.terms.periods(shared, tally.worked, tally.calendar.open)
    pool = next((pool for pool in pools if period.start in pool), period)
    return pool, range(pool.start, period.stop)


def carried(counted: Array, owed: Array) -> tuple[Array, Array]:
    """What a period's share is due on, and the returns above its sales that lower the next one's."""
    due = counted + owed
    return due, np.minimum(due, like(0, due))


def running(charge: Fixed | PerUnit | ShareOf) -> bool:
    return isinstance(charge, ShareOf) and charge.running
