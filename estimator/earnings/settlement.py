"""The one fee function: what terms charge on outcomes, over draws and over actuals.

Generic over the kind of number: ``float64`` across draws, exact ``Decimal`` on actuals, where each
settled line is rounded to the cent once. There is no second formula for an illustrative month,
because the fee of the average month is not the average fee.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from estimator.brief.kpis import Quantity
from estimator.contract.charges import AnyCharge, Bound, Fixed, PerUnit, Refund, ShareOf
from estimator.contract.terms import Terms
from estimator.earnings.lines import Fees, Line
from estimator.earnings.refunds import Refunds
from estimator.earnings.tally import Tally
from estimator.market.outcomes import Outcomes
from estimator.values.money import Array, ceiling, like, settled


def fees(terms: Terms, outcomes: Outcomes, before: Fees | None = None) -> Fees:
    """The fees of ``terms`` on ``outcomes``, in four stages.

    ``before`` are fees of terms of the same length on the very same outcomes: charges that stand in both
    are not settled again, so that a trade costs what it changes.

    >>> from estimator.values.text import Text
    >>> base = Fixed(id="base", label=Text(en="Base fee", zh="基础服务费"), amount=6500)
    >>> import numpy as np
    >>> quiet = Outcomes(months=("1", "2"), platforms=("own_site",), quantities={"gmv": np.zeros((3, 1, 2))})
    >>> fees(Terms(currency="USD", charges=[base]), quiet).total
    array([13000., 13000., 13000.])
    """
    return _Settlement(terms, outcomes, before).run()


class _Settlement(Tally):
    """One pass through the stages; charges and bounds are settled here, refunds by ``Refunds``.

    Lines of the terms ``before`` are taken over as they stand; ``counted`` holds each quantity counted,
    draws x months.
    """

    def __init__(self, terms: Terms, outcomes: Outcomes, before: Fees | None) -> None:
        super().__init__(terms, outcomes)
        settled_before = () if before is None or before.pending else before.lines
        self.before = {line.charge.id: line for line in settled_before}
        self.owed_before = {} if before is None else {charge.id: owed for charge, owed in before.owed}
        self.nothing = self.none[:, 0].copy()
        self.counted: dict[Quantity, Array] = {}

    def run(self) -> Fees:
        """Every stage in turn, and what came of them."""
        for conditional in (False, True):
            for charge in self.of(Fixed, PerUnit, ShareOf, conditional=conditional):
                if not self._as_before(charge):
                    self._unconditional(charge)
        # docs/model.md (M48): fewer charges first, minimums before caps
        for bound in sorted(self.of(Bound), key=lambda bound: (len(bound.over), bound.at_least is None)):
            self._bound(bound)
        if refunds := self.of(Refund):
            charged = sum((line.exact for line in self.lines.values()), self.none)
            back = Refunds(self, self.outcomes.having(fees=charged))
            for refund in refunds:
                back.settle(refund)
        return Fees(
            lines=tuple(self.lines.values()),
            credits=tuple(self.credits.values()),
            pending=tuple(self.pending),
            void=tuple(self.void),
            owed=tuple(self.owed),
        )

    def _as_before(self, charge: Fixed | PerUnit | ShareOf) -> bool:
        """Take over the line of a charge that stood in the terms before; whether there was one."""
        line = self.before.get(charge.id)
        if line is None or line.charge != charge:
            return False
        self.lines[charge.id] = line
        if charge.id in self.owed_before and isinstance(charge, ShareOf):
            self.owed.append((charge, self.owed_before[charge.id]))
        return True

    def _unconditional(self, charge: Fixed | PerUnit | ShareOf) -> None:
        if (line := self._even(charge)) is not None:
            self.lines[charge.id] = line
            return
        same = isinstance(charge, Fixed) and not charge.due_if
        nothing = self.nothing[:1] if same else self.nothing
        amounts, exact, basis, carried = ([nothing] * self.horizon for _ in range(4))
        when = []
        state = _Running(nothing)
        for period in self.begun(charge):
            last = max([self._lands(charge, period), *(goal.months[1] - 1 for goal in charge.due_if)])
            missing = [*self._missing(charge, period), *self.goals_missing(charge.due_if)]
            if missing:
                self.wait(charge, period, last, missing)
                continue
            carried[last] = carried[last] + state.owed
            amount = self._amount(charge, period, state)
            for goal in charge.due_if:
                amount = np.where(goal.met(self.outcomes), amount, like(0, amount))
            exact[last] = exact[last] + amount
            amount = settled(amount)
            state.charged = state.charged + amount
            amounts[last] = amounts[last] + amount
            basis[last] = basis[last] + state.counted
            when.append(last)
        whole = self._months(amounts)
        line = Line(charge=charge, amounts=whole, settles=tuple(when), exact=whole)
        if whole.dtype == object:
            line = replace(line, exact=self._months(exact))
        if isinstance(charge, ShareOf):
            if whole.dtype == object:
                line = replace(line, basis=self._months(basis), carried=self._months(carried))
            if bool((state.owed < like(0, state.owed)).any()):
                self.owed.append((charge, state.owed))
        self.lines[charge.id] = line

    def _even(self, charge: Fixed | PerUnit | ShareOf) -> Line | None:
        """The line of a charge that settles every month by itself, all months of all draws at once.

        None where a month has to wait for another: actuals, conditions, running totals.
        """
        periods = self.begun(charge)
        if (
            self.none.dtype == object
            or charge.due_if
            or charge.settles != "month"
            or _running(charge)
            or not periods
        ):
            return None
        months = slice(periods[0].start, periods[-1].stop)
        if isinstance(charge, Fixed):
            if self.unfinished(range(months.start, months.stop)):
                return None
            row = np.zeros((1, self.horizon))
            row[:, months] = float(charge.amount * (self.outcomes.shape[1] if charge.each_store else 1))
            whole = np.broadcast_to(row, self.none.shape)
        else:
            if self.outcomes.missing(charge.of, months):
                return None
            counted = self._count(charge.of)[:, months]
            whole = self.none.copy()
            if isinstance(charge, ShareOf):
                if (counted < 0).any():
                    counted = self._less_owed(charge, counted)
                whole[:, months] = charge.tiers.apply(counted - float(charge.baseline))
            else:
                extra = np.maximum(counted - float(charge.included), 0.0)
                whole[:, months] = ceiling(extra / float(charge.pack)) * float(charge.price)
        return Line(
            charge=charge, amounts=whole, settles=tuple(range(*months.indices(self.horizon))), exact=whole
        )

    def _less_owed(self, charge: ShareOf, counted: Array) -> Array:
        """What a share is due on, month by month, where returns above sales carry over."""
        sold = counted.copy(order="K")
        owed = self.nothing
        for month in sold.T:
            month[:], owed = _carried(month, owed)
        if (owed < 0).any():
            self.owed.append((charge, owed))
        return sold

    def _months(self, columns: list[Array]) -> Array:
        """Months side by side, draws x months; what is the same in every draw is held once."""
        whole = np.stack(columns).T
        return whole if len(whole) == len(self.nothing) else np.broadcast_to(whole, self.none.shape)

    def _lands(self, charge: AnyCharge, period: range) -> int:
        """The month a period's line stands in: its last; for a fixed amount charged once, its first."""
        return period.start if isinstance(charge, Fixed) and charge.settles == "once" else period.stop - 1

    def _missing(self, charge: Fixed | PerUnit | ShareOf, period: range) -> tuple[str, ...]:
        if isinstance(charge, Fixed):
            last = self._lands(charge, period)
            return tuple(self.unfinished(range(last, last + 1)))
        start = self.terms.window(charge, self.horizon).start if _running(charge) else period.start
        return self.outcomes.missing(charge.of, slice(start, period.stop))

    def _amount(self, charge: Fixed | PerUnit | ShareOf, period: range, state: _Running) -> Array:
        if isinstance(charge, Fixed):
            stores = self.outcomes.shape[1] if charge.each_store else 1
            return state.charged * 0 + like(charge.amount * stores, self.none)
        counted = self._count(charge.of)
        if isinstance(charge, PerUnit):
            units = counted[:, period.start : period.stop].sum(axis=1)
            extra = np.maximum(units - like(charge.included * len(period), units), like(0, units))
            return ceiling(extra / like(charge.pack, extra)) * like(charge.price, extra)
        if charge.running:
            start = self.terms.window(charge, self.horizon).start
            state.counted = counted[:, start : period.stop].sum(axis=1)
            base = state.counted - like(charge.baseline * (period.stop - start), state.counted)
            # docs/model.md (M48): a weak month lowers what falls due later and gives nothing back
            due = charge.tiers.apply(base) - state.charged
            return np.maximum(due, like(0, due))
        state.counted = counted[:, period.start : period.stop].sum(axis=1)
        sold, state.owed = _carried(state.counted, state.owed)
        return charge.tiers.apply(sold - like(charge.baseline * len(period), sold))

    def _count(self, of: Quantity) -> Array:
        """The quantity by draw and month, counted once for all periods."""
        if of not in self.counted:
            self.counted[of] = self.outcomes.count(of)
        return self.counted[of]

    def _bound(self, bound: Bound) -> None:
        inside = {
            other.id
            for other in self.of(Bound)
            if other.id in self.lines and set(other.over) <= set(bound.over)
        }
        held = sorted({*bound.over, *inside})
        amounts, exact, when = self.none.copy(), self.none.copy(), []
        for period in self.begun(bound):
            last = period.stop - 1
            missing = self.unfinished(period) + self.waiting(held, period)
            if missing:
                self.wait(bound, period, last, missing)
                continue
            amounts[:, last] = settled(_held(bound, self.total(held, period)))
            exact[:, last] = _held(bound, self.total(held, period, exact=True))
            when.append(last)
        self.lines[bound.id] = Line(charge=bound, amounts=amounts, settles=tuple(when), exact=exact)


def _held(bound: Bound, total: Array) -> Array:
    """What the bound adds to ``total``, or takes from it."""
    if bound.at_least is not None:
        return np.maximum(like(bound.at_least, total) - total, like(0, total))
    assert bound.at_most is not None
    return np.minimum(like(bound.at_most, total) - total, like(0, total))


@dataclass
class _Running:
    """What a charge carries from one period to the next, by draw.

    ``charged`` so far; ``owed``: returns above sales of a period, which lower the next one; ``counted``
    in the period at hand.
    """

    charged: Array
    owed: Array
    counted: Array

    def __init__(self, none: Array) -> None:
        self.charged = self.owed = self.counted = none


def _carried(counted: Array, owed: Array) -> tuple[Array, Array]:
    """What a period's share is due on, and the returns above its sales that lower the next one's."""
    due = counted + owed
    return due, np.minimum(due, like(0, due))


def _running(charge: AnyCharge) -> bool:
    return isinstance(charge, ShareOf) and charge.running
