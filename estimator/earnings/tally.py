"""The tally of one settlement: the lines that stand so far, and what is still missing.

What every stage reads and adds to: charges, bounds and refunds follow one upon the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from estimator.brief.goals import Goal
from estimator.brief.kpis import Quantity
from estimator.contract.charges import AnyCharge, Refund, ShareOf
from estimator.contract.terms import Terms
from estimator.earnings.lines import Line, Pending, Void
from estimator.market.outcomes import Outcomes
from estimator.values.money import Array, zeros


class Tally:
    """Lines and credits by the id of their charge, and what is pending, void or owed.

    ``none`` is nothing at all, draws x months, in the kind of number that is settled in.
    """

    def __init__(self, terms: Terms, outcomes: Outcomes) -> None:
        self.terms, self.outcomes = terms, outcomes
        self.horizon = len(outcomes.months)
        self.none = zeros((outcomes.shape[0], self.horizon), next(iter(outcomes.quantities.values())))
        self.lines: dict[str, Line] = {}
        self.credits: dict[str, Line] = {}
        self.pending: list[Pending] = []
        self.void: list[Void] = []
        self.owed: list[tuple[ShareOf, Array]] = []

    def of(self, *kinds: type, conditional: bool | None = None) -> list[Any]:
        """The charges of these kinds, in the terms' order; those alone that do or do not hang on goals."""
        return [
            charge
            for charge in self.terms.charges
            if isinstance(charge, kinds)
            and (conditional is None or bool(getattr(charge, "due_if", ())) == conditional)
        ]

    def begun(self, charge: AnyCharge) -> list[range]:
        """The charge's periods that have begun within the months known."""
        return [p for p in self.terms.periods(charge, self.horizon) if p.start < self.horizon]

    def wait(self, charge: AnyCharge, months: range, lands: int, missing: Iterable[str]) -> None:
        """Note that a charge cannot be settled yet for these months, and what is missing."""
        what = tuple(dict.fromkeys(missing))
        self.pending.append(Pending(charge=charge, months=months, lands=lands, missing=what))

    def waiting(self, names: Iterable[str], period: range) -> list[str]:
        """What is missing of the charges named, as far as their lines will stand in the period."""
        return [
            name
            for pending in self.pending
            if pending.charge.id in names and pending.lands in period
            for name in pending.missing
        ]

    def unfinished(self, months: range) -> list[str]:
        """The months, counted from 0, that are not known yet, as they are named to people."""
        return [f"month {month + 1}" for month in months if month >= self.horizon]

    def goals_missing(self, goals: Iterable[Goal]) -> list[str]:
        """What is missing to say whether these goals were met."""
        return [
            name
            for goal in goals
            for quantity in (goal.kpi.over, goal.kpi.under)
            if quantity is not None
            for name in self._quantity_missing(quantity, goal.window)
        ]

    def _quantity_missing(self, quantity: Quantity, window: slice) -> list[str]:
        """What is missing to count a quantity over a window; fees also wait for charges that are pending."""
        if "fees" not in quantity.of:
            return list(self.outcomes.missing(quantity, window))
        months = range(window.start, window.stop)
        charged = [charge.id for charge in self.terms.charges if not isinstance(charge, Refund)]
        return self.unfinished(months) + self.waiting(charged, months)

    def total(self, names: Iterable[str], months: range, *, exact: bool = False) -> Array:
        """What the lines named come to over the months, one a draw."""
        lines = [self.lines[name].exact if exact else self.lines[name].amounts for name in names]
        return sum((line[:, months.start : months.stop].sum(axis=1) for line in lines), self.none[:, 0])
