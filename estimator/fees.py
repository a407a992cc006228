"""The one fee function: what terms charge on outcomes, over draws and over actuals.

Generic over the kind of number: ``float64`` across draws, exact ``Decimal`` on actuals, where each
settled line is rounded to the cent once. There is no second formula for an illustrative month,
because the fee of the average month is not the average fee.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from estimator.errors import Fault
from estimator.goals import Goal
from estimator.kpis import Quantity
from estimator.money import Array, ceiling, exact_array, like, settled, zeros
from estimator.outcomes import Outcomes
from estimator.terms import CREDITS, Bound, Example, Fixed, Offer, PerUnit, Refund, ShareOf, Terms

AnyCharge = Fixed | PerUnit | ShareOf | Bound | Refund


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one charge comes to: ``amounts`` is draws x months, zero where nothing settles.

    ``settles`` holds the months, counted from 0, in which it was settled, also at zero.
    """

    charge: AnyCharge
    amounts: Array
    settles: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A charge that cannot be settled yet: its months counted from 0, and what is missing."""

    charge: AnyCharge
    months: range
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Void:
    """A refund that a goal missed would have paid, void because a duty was not met, by draw."""

    charge: Refund
    draws: Array


@dataclass(frozen=True, kw_only=True)
class Fees:
    """What terms come to. ``lines`` is money; ``credits`` are not money and are never netted."""

    lines: tuple[Line, ...]
    credits: tuple[Line, ...]
    pending: tuple[Pending, ...]
    void: tuple[Void, ...]

    @property
    def by_month(self) -> Array:
        """Money charged, draws x months."""
        return sum((line.amounts for line in self.lines[1:]), self.lines[0].amounts)

    @property
    def total(self) -> Array:
        """Money charged over all months, one a draw."""
        return self.by_month.sum(axis=1)

    @property
    def credit_total(self) -> Array:
        """Credits over all months, one a draw."""
        return sum((line.amounts for line in self.credits), self.lines[0].amounts * 0).sum(axis=1)


def fees(terms: Terms, outcomes: Outcomes) -> Fees:
    """The fees of ``terms`` on ``outcomes``, in four stages.

    >>> from estimator.text import Text
    >>> base = Fixed(id="base", label=Text(en="Base fee", zh="基础服务费"), amount=6500)
    >>> import numpy as np
    >>> quiet = Outcomes(months=("1", "2"), platforms=("own_site",), quantities={"gmv": np.zeros((3, 1, 2))})
    >>> fees(Terms(currency="USD", charges=[base]), quiet).total
    array([13000., 13000., 13000.])
    """
    return _Settlement(terms, outcomes).run()


def worked(example: Example) -> Outcomes:
    """The actuals of an offer's worked example; of several stores the first holds the counts."""
    months = max(map(len, example.actuals.values()))
    quantities, unknown = {}, {}
    for name, values in example.actuals.items():
        grid = [[Decimal(0)] * months for _ in range(example.stores)]
        grid[0] = [Decimal(0) if value == "" else value for value in values]
        quantities[name] = exact_array([cell for row in grid for cell in row], (1, example.stores, months))
        unknown[name] = np.array(
            [[value == "" for value in values]] + [[False] * months] * (example.stores - 1)
        )
    return Outcomes(
        months=tuple(str(month + 1) for month in range(months)),
        platforms=("tiktok_shop",) * example.stores,
        quantities=quantities,
        unknown=unknown,
    )


def example_faults(offer: Offer, place: str) -> tuple[Fault, ...]:
    """Every worked example that the offer's own terms do not settle to, to the cent."""
    faults = []
    for index, example in enumerate(offer.examples):
        done = fees(offer.terms, worked(example))
        lines = {line.charge.id: line.amounts.sum() for line in done.lines}
        came = {
            "total": (done.total[0], example.total),
            "credits": (done.credit_total[0], example.credits),
            **{name: (lines.get(name, Decimal(0)), amount) for name, amount in example.lines.items()},
        }
        for name, (found, expected) in came.items():
            if found != expected:
                values = {"found": str(found), "expected": str(expected)}
                faults.append(Fault(code="example", place=f"{place}:examples[{index}].{name}", values=values))
        waiting = {pending.charge.id for pending in done.pending}
        if waiting != set(example.pending):
            values = {
                "found": ", ".join(sorted(waiting)) or "-",
                "expected": ", ".join(example.pending) or "-",
            }
            faults.append(Fault(code="example", place=f"{place}:examples[{index}].pending", values=values))
    return tuple(faults)


class _Settlement:
    """The state of one pass through the stages: lines so far, and what is pending."""

    def __init__(self, terms: Terms, outcomes: Outcomes) -> None:
        self.terms, self.outcomes = terms, outcomes
        self.horizon = len(outcomes.months)
        self.none = zeros((outcomes.shape[0], self.horizon), next(iter(outcomes.quantities.values())))
        self.lines: dict[str, Line] = {}
        self.credits: dict[str, Line] = {}
        self.pending: list[Pending] = []
        self.void: list[Void] = []

    def run(self) -> Fees:
        for charge in self._of(Fixed, PerUnit, ShareOf, conditional=False):
            self._unconditional(charge)
        for charge in self._of(Fixed, PerUnit, ShareOf, conditional=True):
            self._unconditional(charge)
        for bound in sorted(self._of(Bound), key=lambda bound: len(bound.over)):
            self._bound(bound)
        ledger = self.outcomes.having(fees=sum((line.amounts for line in self.lines.values()), self.none))
        for refund in self._of(Refund):
            self._refund(refund, ledger)
        return Fees(
            lines=tuple(self.lines.values()),
            credits=tuple(self.credits.values()),
            pending=tuple(self.pending),
            void=tuple(self.void),
        )

    def _of(self, *kinds: type, conditional: bool | None = None) -> list[Any]:
        return [
            charge
            for charge in self.terms.charges
            if isinstance(charge, kinds) and (conditional is None or bool(charge.due_if) == conditional)
        ]

    def _begun(self, charge: AnyCharge) -> list[range]:
        """The charge's periods that have begun within the months known."""
        return [p for p in self.terms.periods(charge, self.horizon) if p.start < self.horizon]

    def _wait(self, charge: AnyCharge, months: range, missing: tuple[str, ...]) -> None:
        self.pending.append(Pending(charge=charge, months=months, missing=missing))

    def _unconditional(self, charge: Fixed | PerUnit | ShareOf) -> None:
        amounts, when = self.none.copy(), []
        state = _Running(self.none[:, 0])
        for period in self._begun(charge):
            missing = self._missing(charge, period) + self._goals_missing(charge.due_if)
            if missing:
                self._wait(charge, period, tuple(dict.fromkeys(missing)))
                continue
            last = max([self._lands(charge, period), *(goal.months[1] - 1 for goal in charge.due_if)])
            amount = self._amount(charge, period, state)
            for goal in charge.due_if:
                amount = np.where(goal.met(self.outcomes), amount, like(0, amount))
            amount = settled(amount)
            state.charged = state.charged + amount
            amounts[:, last] = amounts[:, last] + amount
            when.append(last)
        self.lines[charge.id] = Line(charge=charge, amounts=amounts, settles=tuple(when))

    def _lands(self, charge: AnyCharge, period: range) -> int:
        """The month a period's line stands in: its last; for a fixed amount charged once, its first."""
        return period.start if isinstance(charge, Fixed) and charge.settles == "once" else period.stop - 1

    def _missing(self, charge: Fixed | PerUnit | ShareOf, period: range) -> tuple[str, ...]:
        if isinstance(charge, Fixed):
            last = self._lands(charge, period)
            return () if last < self.horizon else tuple(self._unfinished(range(last, last + 1)))
        start = self.terms.window(charge, self.horizon).start if _running(charge) else period.start
        return self.outcomes.missing(charge.of, slice(start, period.stop))

    def _unfinished(self, months: range) -> list[str]:
        return [f"month {month + 1}" for month in months if month >= self.horizon]

    def _goals_missing(self, goals: tuple[Goal, ...]) -> tuple[str, ...]:
        return tuple(
            name
            for goal in goals
            for quantity in (goal.kpi.over, goal.kpi.under)
            if quantity is not None
            for name in self._quantity_missing(quantity, goal.window)
        )

    def _quantity_missing(self, quantity: Quantity, window: slice) -> tuple[str, ...]:
        if "fees" not in quantity.of:
            return self.outcomes.missing(quantity, window)
        months = range(window.start, window.stop)
        waiting = [p.charge.id for p in self.pending if set(p.months) & set(months)]
        return tuple(self._unfinished(months) + [f"fees: {name}" for name in waiting])

    def _amount(self, charge: Fixed | PerUnit | ShareOf, period: range, state: _Running) -> Array:
        if isinstance(charge, Fixed):
            stores = self.outcomes.shape[1] if charge.each_store else 1
            return self.none[:, 0] + like(charge.amount * stores, self.none)
        counted = self.outcomes.count(charge.of)
        if isinstance(charge, PerUnit):
            units = counted[:, period.start : period.stop].sum(axis=1)
            extra = np.maximum(units - like(charge.included * len(period), units), like(0, units))
            return ceiling(extra / like(charge.pack, extra)) * like(charge.price, extra)
        if charge.running:
            start = self.terms.window(charge, self.horizon).start
            to_date = counted[:, start : period.stop].sum(axis=1)
            base = to_date - like(charge.baseline * (period.stop - start), to_date)
            due = charge.tiers.apply(base) - state.charged
            return np.maximum(due, like(0, due))
        sold = counted[:, period.start : period.stop].sum(axis=1) + state.owed
        state.owed = np.minimum(sold, like(0, sold))
        return charge.tiers.apply(sold - like(charge.baseline * len(period), sold))

    def _bound(self, bound: Bound) -> None:
        inner = {
            other.id
            for other in self._of(Bound)
            if other.id in self.lines and set(other.over) <= set(bound.over)
        }
        amounts, when = self.none.copy(), []
        for period in self._begun(bound):
            waiting = [
                name
                for pending in self.pending
                if pending.charge.id in {*bound.over, *inner} and set(pending.months) & set(period)
                for name in pending.missing
            ]
            missing = tuple(dict.fromkeys(self._unfinished(period) + waiting))
            if missing:
                self._wait(bound, period, missing)
                continue
            total = sum(
                (
                    self.lines[name].amounts[:, period.start : period.stop].sum(axis=1)
                    for name in (*bound.over, *inner)
                ),
                self.none[:, 0],
            )
            if bound.at_least is not None:
                change = np.maximum(like(bound.at_least, total) - total, like(0, total))
            else:
                assert bound.at_most is not None
                change = np.minimum(like(bound.at_most, total) - total, like(0, total))
            last = period.stop - 1
            amounts[:, last] = settled(change)
            when.append(last)
        self.lines[bound.id] = Line(charge=bound, amounts=amounts, settles=tuple(when))

    def _refund(self, refund: Refund, ledger: Outcomes) -> None:
        window = self.terms.window(refund, self.horizon)
        if window.start >= self.horizon:
            return
        waiting = [
            name
            for pending in self.pending
            if pending.charge.id in refund.over and set(pending.months) & set(window)
            for name in pending.missing
        ]
        missing = tuple(dict.fromkeys(self._unfinished(window) + waiting))
        if missing:
            self._wait(refund, window, missing)
            return
        back = self.none[:, 0]
        unsure: list[str] = []
        for step in sorted(refund.steps, key=lambda step: -step.back):
            unknown = self._goals_missing((step.goal,))
            if unknown and bool((back < like(step.back, back)).any()):
                unsure.extend(unknown)
            elif not unknown:
                owed = np.where(step.goal.met(ledger), like(0, back), like(step.back, back))
                back = np.maximum(back, owed)
        if not unsure and bool((back > like(0, back)).any()):
            unsure.extend(self._goals_missing(refund.duties))
        if unsure:
            self._wait(refund, window, tuple(dict.fromkeys(unsure)))
            return
        kept = np.ones(back.shape, dtype=bool)
        if bool((back > like(0, back)).any()):
            for duty in refund.duties:
                kept &= duty.met(ledger)
            if not kept.all():
                self.void.append(Void(charge=refund, draws=(back > like(0, back)) & ~kept))
        came_to = self._came_to(refund, window)
        already = [
            abs(line.amounts.sum(axis=1))
            for line in (*self.lines.values(), *self.credits.values())
            if isinstance(line.charge, Refund) and set(line.charge.over) & set(refund.over)
        ]
        left = np.maximum(sum((-paid for paid in already), came_to), like(0, came_to))
        amount = settled(np.minimum(np.where(kept, back * came_to, like(0, back)), left))
        last = max([window.stop, *(step.goal.months[1] for step in refund.steps)]) - 1
        amounts = self.none.copy()
        credit = refund.paid_as in CREDITS
        amounts[:, last] = amount if credit else -amount
        line = Line(charge=refund, amounts=amounts, settles=(last,))
        (self.credits if credit else self.lines)[refund.id] = line

    def _came_to(self, refund: Refund, window: range) -> Array:
        """What the refund's charges came to, and no more than a bound left of them."""

        def total(names: set[str]) -> Array:
            amounts = [self.lines[name].amounts[:, window.start : window.stop] for name in sorted(names)]
            return sum((amount.sum(axis=1) for amount in amounts), self.none[:, 0])

        named = set(refund.over)
        came_to = total(named)
        for bound in self._of(Bound):
            if named & set(bound.over):
                bounds = {other.id for other in self._of(Bound) if set(other.over) <= set(bound.over)}
                came_to = np.minimum(came_to, total(named | set(bound.over) | bounds))
        return np.maximum(came_to, like(0, came_to))


@dataclass
class _Running:
    """What a charge carries from one period to the next, by draw.

    ``charged`` so far, and ``owed``: returns above sales of a period, which lower the next one.
    """

    charged: Array
    owed: Array

    def __init__(self, none: Array) -> None:
        self.charged = self.owed = none


def _running(charge: AnyCharge) -> bool:
    return isinstance(charge, ShareOf) and charge.running
