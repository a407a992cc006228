"""The one fee function: what terms charge on outcomes, over draws and over actuals.

Generic over the kind of number: ``float64`` across draws, exact ``Decimal`` on actuals, where each
settled line is rounded to the cent once. There is no second formula for an illustrative month,
because the fee of the average month is not the average fee.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from estimator.brief.goals import Goal
from estimator.brief.kpis import Quantity
from estimator.contract.charges import CREDITS, AnyCharge, Bound, Fixed, PerUnit, Refund, ShareOf, Shortfall
from estimator.contract.terms import Terms
from estimator.earnings.lines import Fees, Line, Pending, Void
from estimator.market.outcomes import Outcomes
from estimator.values.money import Array, ceiling, like, settled, zeros


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


class _Settlement:
    """The state of one pass through the stages: lines so far, and what is pending."""

    def __init__(self, terms: Terms, outcomes: Outcomes, before: Fees | None) -> None:
        self.terms, self.outcomes = terms, outcomes
        settled_before = () if before is None or before.pending else before.lines
        self.before = {line.charge.id: line for line in settled_before}
        self.owed_before = {} if before is None else {charge.id: owed for charge, owed in before.owed}
        self.horizon = len(outcomes.months)
        self.none = zeros((outcomes.shape[0], self.horizon), next(iter(outcomes.quantities.values())))
        self.nothing = self.none[:, 0].copy()
        self.lines: dict[str, Line] = {}
        self.credits: dict[str, Line] = {}
        self.pending: list[Pending] = []
        self.void: list[Void] = []
        self.owed: list[tuple[ShareOf, Array]] = []
        self.paid_back: dict[str, Array] = {}
        self.counted: dict[Quantity, Array] = {}

    def run(self) -> Fees:
        for conditional in (False, True):
            for charge in self._of(Fixed, PerUnit, ShareOf, conditional=conditional):
                if not self._as_before(charge):
                    self._unconditional(charge)
        for bound in sorted(self._of(Bound), key=lambda bound: (len(bound.over), bound.at_least is None)):
            self._bound(bound)
        if refunds := self._of(Refund):
            ledger = self.outcomes.having(fees=sum((line.exact for line in self.lines.values()), self.none))
            for refund in refunds:
                self._refund(refund, ledger)
        return Fees(
            lines=tuple(self.lines.values()),
            credits=tuple(self.credits.values()),
            pending=tuple(self.pending),
            void=tuple(self.void),
            owed=tuple(self.owed),
        )

    def _of(self, *kinds: type, conditional: bool | None = None) -> list[Any]:
        return [
            charge
            for charge in self.terms.charges
            if isinstance(charge, kinds)
            and (conditional is None or bool(getattr(charge, "due_if", ())) == conditional)
        ]

    def _as_before(self, charge: Fixed | PerUnit | ShareOf) -> bool:
        """Take over the line of a charge that stood in the terms before; whether there was one."""
        line = self.before.get(charge.id)
        if line is None or line.charge != charge:
            return False
        self.lines[charge.id] = line
        if charge.id in self.owed_before and isinstance(charge, ShareOf):
            self.owed.append((charge, self.owed_before[charge.id]))
        return True

    def _begun(self, charge: AnyCharge) -> list[range]:
        """The charge's periods that have begun within the months known."""
        return [p for p in self.terms.periods(charge, self.horizon) if p.start < self.horizon]

    def _wait(self, charge: AnyCharge, months: range, lands: int, missing: Iterable[str]) -> None:
        what = tuple(dict.fromkeys(missing))
        self.pending.append(Pending(charge=charge, months=months, lands=lands, missing=what))

    def _waiting(self, names: Iterable[str], period: range) -> list[str]:
        """What is missing of the charges named, as far as their lines will stand in the period."""
        return [
            name
            for pending in self.pending
            if pending.charge.id in names and pending.lands in period
            for name in pending.missing
        ]

    def _unconditional(self, charge: Fixed | PerUnit | ShareOf) -> None:
        if (line := self._even(charge)) is not None:
            self.lines[charge.id] = line
            return
        same = isinstance(charge, Fixed) and not charge.due_if
        nothing = self.nothing[:1] if same else self.nothing
        amounts, exact, basis, carried = ([nothing] * self.horizon for _ in range(4))
        when = []
        state = _Running(nothing)
        for period in self._begun(charge):
            last = max([self._lands(charge, period), *(goal.months[1] - 1 for goal in charge.due_if)])
            missing = [*self._missing(charge, period), *self._goals_missing(charge.due_if)]
            if missing:
                self._wait(charge, period, last, missing)
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
        periods = self._begun(charge)
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
            if self._unfinished(range(months.start, months.stop)):
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
            return tuple(self._unfinished(range(last, last + 1)))
        start = self.terms.window(charge, self.horizon).start if _running(charge) else period.start
        return self.outcomes.missing(charge.of, slice(start, period.stop))

    def _unfinished(self, months: range) -> list[str]:
        return [f"month {month + 1}" for month in months if month >= self.horizon]

    def _goals_missing(self, goals: Iterable[Goal]) -> list[str]:
        return [
            name
            for goal in goals
            for quantity in (goal.kpi.over, goal.kpi.under)
            if quantity is not None
            for name in self._quantity_missing(quantity, goal.window)
        ]

    def _quantity_missing(self, quantity: Quantity, window: slice) -> list[str]:
        if "fees" not in quantity.of:
            return list(self.outcomes.missing(quantity, window))
        months = range(window.start, window.stop)
        charged = [charge.id for charge in self.terms.charges if not isinstance(charge, Refund)]
        return self._unfinished(months) + self._waiting(charged, months)

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
            for other in self._of(Bound)
            if other.id in self.lines and set(other.over) <= set(bound.over)
        }
        held = sorted({*bound.over, *inside})
        amounts, exact, when = self.none.copy(), self.none.copy(), []
        for period in self._begun(bound):
            last = period.stop - 1
            missing = self._unfinished(period) + self._waiting(held, period)
            if missing:
                self._wait(bound, period, last, missing)
                continue
            amounts[:, last] = settled(_held(bound, self._sum(held, period)))
            exact[:, last] = _held(bound, self._sum(held, period, exact=True))
            when.append(last)
        self.lines[bound.id] = Line(charge=bound, amounts=amounts, settles=tuple(when), exact=exact)

    def _sum(self, names: Iterable[str], months: range, *, exact: bool = False) -> Array:
        """What the lines named come to over the months, one a draw."""
        lines = [self.lines[name].exact if exact else self.lines[name].amounts for name in names]
        return sum((line[:, months.start : months.stop].sum(axis=1) for line in lines), self.none[:, 0])

    def _refund(self, refund: Refund, ledger: Outcomes) -> None:
        window = self.terms.window(refund, self.horizon)
        if window.start >= self.horizon:
            return
        ends = [step.goal.months[1] for step in refund.steps]
        ends += [refund.shortfall.months[1]] if refund.shortfall else []
        last = max([window.stop, *ends]) - 1
        unfinished = self._unfinished(range(window.start, last + 1))
        if unfinished:
            self._wait(refund, window, last, unfinished)
            return
        back, unsure = self._back(refund, ledger)
        kept = np.ones(back.shape, dtype=bool)
        for duty in refund.duties:
            unknown = self._goals_missing([duty])
            if not unknown:
                kept &= duty.met(ledger)
            elif bool((back > like(0, back)).any()):
                unsure.extend(unknown)
        owed = (back > like(0, back)) | bool(unsure)
        if kept.any() and owed.any():
            unsure.extend(self._waiting(refund.over, window))
        if unsure and kept.any():
            self._wait(refund, window, last, unsure)
            return
        if not kept.all() and owed.any():
            self.void.append(Void(charge=refund, draws=owed & ~kept))
        due = back * self._came_to(refund, window) if refund.shortfall is None else back
        amount = settled(np.minimum(np.where(kept, due, like(0, due)), self._left(refund, window)))
        self._note_paid_back(refund, window, amount)
        landed = self._paid_in(refund, last)
        if landed is None:
            self._wait(refund, window, last + 1, self._unfinished(range(last + 1, last + 2)))
            return
        amounts = self.none.copy()
        credit = refund.paid_as in CREDITS
        amounts[:, landed] = amount if credit else -amount
        line = Line(charge=refund, amounts=amounts, settles=(landed,), exact=amounts)
        (self.credits if credit else self.lines)[refund.id] = line

    def _back(self, refund: Refund, ledger: Outcomes) -> tuple[Array, list[str]]:
        """What to pay back by draw, and what is missing that could still raise it.

        A share of the refund's charges by steps, an amount for a shortfall.
        """
        if refund.shortfall is not None:
            return self._shortfall(refund.shortfall)
        back = self.none[:, 0]
        unsure: list[str] = []
        for step in sorted(refund.steps, key=lambda step: -step.back):
            unknown = self._goals_missing([step.goal])
            if not unknown:
                missed = np.where(step.goal.met(ledger), like(0, back), like(step.back, back))
                back = np.maximum(back, missed)
            elif bool((back < like(step.back, back)).any()):
                unsure.extend(unknown)
        return back, unsure

    def _shortfall(self, owed: Shortfall) -> tuple[Array, list[str]]:
        """What the cost exceeds of the revenue over the level protected."""
        window = slice(owed.months[0] - 1, owed.months[1])
        missing = [
            *self.outcomes.missing(owed.cost, window),
            *self.outcomes.missing(owed.revenue, window),
        ]
        if missing:
            return self.none[:, 0], missing
        cost, revenue = (
            self.outcomes.count(quantity)[:, window].sum(axis=1) for quantity in (owed.cost, owed.revenue)
        )
        short = cost - revenue / like(owed.tolerance * owed.target, revenue)
        return np.maximum(short, like(0, short)), []

    def _paid_in(self, refund: Refund, last: int) -> int | None:
        """The month a refund is paid in: the next one if it lowers the next invoice; None if not yet here."""
        ends = self.terms.months is not None and last + 1 >= self.terms.months
        if refund.paid_as != "next_invoice" or ends:
            return last
        return last + 1 if last + 1 < self.horizon else None

    def _came_to(self, refund: Refund, window: range) -> Array:
        """What the refund's charges came to, and no more than a bound left of them."""
        named = set(refund.over)
        came_to = self._sum(sorted(named), window)
        for bound in self._of(Bound):
            if named & set(bound.over):
                bounds = {other.id for other in self._of(Bound) if set(other.over) <= set(bound.over)}
                net = self._sum(sorted(named | set(bound.over) | bounds), window)
                came_to = np.minimum(came_to, net)
        return np.maximum(came_to, like(0, came_to))

    def _left(self, refund: Refund, window: range) -> Array:
        """What earlier refunds have left of the refund's charges in its months."""
        paid = [self.paid_back.get(name, self.none) for name in refund.over]
        gone = sum((back[:, window.start : window.stop].sum(axis=1) for back in paid), self.none[:, 0])
        left = self._came_to(refund, window) - gone
        return np.maximum(left, like(0, left))

    def _note_paid_back(self, refund: Refund, window: range, amount: Array) -> None:
        """Spread what is paid back over the charges and months it was paid for, by their amounts."""
        total = self._sum(sorted(set(refund.over)), window)
        some = total > like(0, total)
        share = np.where(some, amount / np.where(some, total, like(1, total)), like(0, total))
        for name in refund.over:
            back = self.paid_back.get(name, self.none).copy()
            part = self.lines[name].amounts[:, window.start : window.stop] * share[:, None]
            back[:, window.start : window.stop] = back[:, window.start : window.stop] + part
            self.paid_back[name] = back


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
