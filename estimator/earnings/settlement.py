"""The one fee function: what terms charge on outcomes, over draws and over actuals.

Generic over the kind of number: ``float64`` across draws, exact ``Decimal`` on actuals, where each
settled line is rounded to the cent once. There is no second formula for an illustrative month,
because the fee of the average month is not the average fee.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np

from estimator.brief.calendar import WHOLE
from estimator.brief.goals import Goal
from estimator.contract.charges import Fixed, PerUnit, Refund, ShareOf
from estimator.contract.terms import QUARTER, Duty, Terms, fee_named
from estimator.earnings.amounts import Amounts, Course
from estimator.earnings.bounds import settle_bounds
from estimator.earnings.clause_lines import clause_lines
from estimator.earnings.lines import Fees, Line
from estimator.earnings.refunds import Refunds
from estimator.earnings.returns import Settled, fees_on_returns
from estimator.earnings.tally import Tally
from estimator.market.outcomes import Outcomes
from estimator.values.money import Array, ceiling, like, settled

AnyAmount = Fixed | PerUnit | ShareOf


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


def settled_tally(terms: Terms, outcomes: Outcomes, duties: tuple[Duty, ...]) -> tuple[Tally, Outcomes]:
    """The tally once everything is settled, and the outcomes with the fees that goals may count.

    ``duties`` say in which months goals count, whether or not a charge hangs on one.
    """
    run = _Settlement(terms, outcomes, None, duties)
    run.run()
    return run, run.with_fees()


class _Settlement(Tally):
    """One pass through the stages; charges are settled here, bounds and refunds by their own modules.

    Lines of the terms ``before`` are taken over as they stand.
    """

    def __init__(
        self, terms: Terms, outcomes: Outcomes, before: Fees | None, duties: tuple[Duty, ...] | None = None
    ) -> None:
        super().__init__(terms, outcomes, duties)
        settled_before = () if before is None or before.pending else before.lines
        self.before = {line.charge.id: line for line in settled_before}
        self.owed_before = {} if before is None else {charge.id: owed for charge, owed in before.owed}
        self.nothing = self.none[:, 0].copy()
        self.amounts = Amounts(self)

    def run(self) -> Fees:
        """Every stage in turn, and what came of them."""
        for charge in sorted(self.of(Fixed, PerUnit, ShareOf), key=lambda c: (_on_a_fee(c), bool(c.due_if))):
            if not self._as_before(charge):
                self.lines[charge.id] = self._even(charge) or self._by_period(charge)
        settle_bounds(self)
        if refunds := self.of(Refund):
            back = Refunds(self, self.with_fees())
            for refund in refunds:
                back.settle(refund)
        return Fees(
            lines=(*self.lines.values(), *clause_lines(self)),
            credits=tuple(self.credits.values()),
            pending=tuple(self.pending),
            void=tuple(self.void),
            owed=tuple(self.owed),
            counting=self.counting,
            missed=tuple(self.missed()),
        )

    def with_fees(self) -> Outcomes:
        """The outcomes with what is charged before refunds, which goals may count."""
        lines = [line.exact for line in self.lines.values() if not isinstance(line.charge, Refund)]
        charged = sum(lines, self.none)
        return self.outcomes.having(fees=charged, agency_fee=charged)

    def _as_before(self, charge: AnyAmount) -> bool:
        """Take over the line of a charge that stood in the terms before; whether there was one."""
        line = self.before.get(charge.id)
        if line is None or line.charge != charge or _on_a_fee(charge):
            return False
        self.lines[charge.id] = line
        if charge.id in self.owed_before and isinstance(charge, ShareOf):
            self.owed.append((charge, self.owed_before[charge.id]))
        return True

    def _by_period(self, charge: AnyAmount) -> Line:
        """The line of a charge, one period after another."""
        same = isinstance(charge, Fixed) and not charge.due_if and charge.of is None
        nothing = self.nothing[:1] if same else self.nothing
        amounts, exact, basis, over = ([nothing] * self.horizon for _ in range(4))
        when, done = [], []
        course = Course(nothing)
        for period in self.begun(charge):
            last = self._lands(charge, period)
            missing = [*self._missing(charge, period), *self.goals_missing(self._goals(charge, period))]
            if missing:
                self.wait(charge, period, last, missing)
                continue
            over[last] = over[last] + course.owed
            amount, due = self._if_due(charge, period, self.amounts.of(charge, period, course))
            if (paid := self._paid_ahead(charge, period)) is not None:
                # what was paid for the quarter stood when it began; leaving gives the rest of it back
                ahead = amount * 0 + like(paid, amount)
                exact[last], amounts[last] = exact[last] + ahead, amounts[last] + settled(ahead)
                when.append(last)
                last, amount = self.worked - 1, amount - ahead
            exact[last] = exact[last] + amount
            amount = settled(amount)
            course.charged = course.charged + amount
            amounts[last] = amounts[last] + amount
            basis[last] = basis[last] + course.counted
            when.append(last)
            if isinstance(charge, ShareOf):
                done.append(Settled(period=period, sold=course.sold, due=due))
        line = Line(charge=charge, amounts=self._side_by_side(amounts), settles=tuple(when), exact=nothing)
        line = replace(line, exact=line.amounts)
        if line.amounts.dtype == object:
            line = replace(line, exact=self._side_by_side(exact))
            if isinstance(charge, ShareOf):
                line = replace(line, basis=self._side_by_side(basis), carried=self._side_by_side(over))
        return self._after_returns(charge, line, done, course) if isinstance(charge, ShareOf) else line

    def _paid_ahead(self, charge: AnyAmount, period: range) -> Decimal | None:
        """What a quarter that the contract's end cut short was charged in advance; None for any other."""
        cut = self.calendar.ended and period.stop == self.worked
        if not cut or not isinstance(charge, Fixed) or not charge.in_advance or charge.settles != "quarter":
            return None
        begun = self.calendar.open
        expected = self.terms.periods(charge, self.worked, begun)
        months = next(begun.share(span) for span in expected if span.start == period.start)
        stores = self.outcomes.stores_open(period.start) if charge.each_store else 1
        return charge.amount * stores * months / QUARTER if self.calendar.share(period) < months else None

    def _after_returns(self, charge: ShareOf, line: Line, done: list[Settled], course: Course) -> Line:
        """The line with what is given back on goods that came back after their fee was paid."""
        waits = any(pending.charge.id == charge.id for pending in self.pending)
        if waits or not done or not self.complete(charge):
            if bool((course.owed < like(0, course.owed)).any()):
                self.owed.append((charge, course.owed))
            return line
        back = fees_on_returns(self, self.amounts, charge, done, course)
        if not back:
            return line
        by_month = self.none.copy()
        for month, of in back.items():
            by_month[:, month] = of.sum(axis=1)
        returned = settled(by_month)
        return replace(
            line,
            amounts=line.amounts + returned,
            exact=line.exact + by_month,
            settles=tuple(sorted({*line.settles, *back})),
            returned=returned,
            came_back=tuple(back.items()),
        )

    def _if_due(self, charge: AnyAmount, period: range, amount: Array) -> tuple[Array, Array]:
        """The amount where its goals are met, and where that is: a goal that is not judged is not met."""
        due = np.ones(len(self.none), dtype=bool)
        for goal in self._goals(charge, period):
            due &= self.met(goal, self.outcomes)
        return (np.where(due, amount, like(0, amount)) if charge.due_if else amount), due

    def _goals(self, charge: AnyAmount, period: range) -> tuple[Goal, ...]:
        """The goals on which a period hangs: those of the charge, or each read in the period's own month."""
        if not charge.each_month:
            return charge.due_if
        month = max(period.start + 1 - self.calendar.lead, 1)
        alone = (month, month)
        return tuple(
            goal.model_copy(update={"months": alone})
            for goal in charge.due_if
            if goal.months[0] <= month <= goal.months[1]
        )

    def _even(self, charge: AnyAmount) -> Line | None:
        """The line of a charge that settles every month by itself, all months of all draws at once.

        None where a month has to wait for another: actuals, conditions, running totals, returns at the end.
        """
        periods = self.begun(charge)
        if self.none.dtype == object or not periods or not self._alone(charge):
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
            counted = self.amounts.count(charge.of)[:, months]
            whole = self.none.copy()
            if isinstance(charge, ShareOf):
                if (counted < 0).any():
                    return None
                whole[:, months] = charge.tiers.apply(counted - float(charge.baseline))
            else:
                extra = np.maximum(counted - float(charge.included), 0.0) / float(charge.pack)
                whole[:, months] = (extra if charge.exact else ceiling(extra)) * float(charge.price)
        return Line(
            charge=charge, amounts=whole, settles=tuple(range(*months.indices(self.horizon))), exact=whole
        )

    def _alone(self, charge: AnyAmount) -> bool:
        """Whether every month of a charge is settled by its own count alone."""
        if charge.due_if or charge.settles != "month" or self.calendar != WHOLE or _on_a_fee(charge):
            return False
        if isinstance(charge, Fixed):
            return charge.of is None
        if isinstance(charge, PerUnit):
            return not (charge.rolls_over or charge.pools or self.amounts.planned(charge))
        return not (charge.running or charge.lag or charge.or_of)

    def _side_by_side(self, columns: list[Array]) -> Array:
        """Months side by side, draws x months; what is the same in every draw is held once."""
        whole = np.stack(columns).T
        return whole if len(whole) == len(self.nothing) else np.broadcast_to(whole, self.none.shape)

    def _lands(self, charge: AnyAmount, period: range) -> int:
        """The month a period's line stands in: its first where it is due in advance, else its last.

        A charge that hangs on goals stands no sooner than they can be told.
        """
        last = period.start if isinstance(charge, Fixed) and charge.at_start else period.stop - 1
        ends = [goal.within(self.calendar).stop - 1 for goal in self._goals(charge, period)]
        return min(max([last, *ends]), max(self.worked - 1, last))

    def _missing(self, charge: AnyAmount, period: range) -> list[str]:
        last = period.start if isinstance(charge, Fixed) and charge.at_start else period.stop - 1
        return self.amounts.missing(charge, period) or self.unfinished(range(last, last + 1))


def _on_a_fee(charge: AnyAmount) -> bool:
    """Whether a charge counts the fee of another."""
    return isinstance(charge, ShareOf) and any(
        fee_named(name) is not None for of in (charge.of, charge.or_of) if of is not None for name in of.of
    )
