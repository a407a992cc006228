"""The tally of one settlement: the lines that stand so far, and what is still missing.

What every stage reads and adds to: charges, bounds and refunds follow one upon the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np

from estimator.brief.goals import Goal
from estimator.brief.kpis import OWN_FEES, Quantity
from estimator.contract.charges import AnyCharge, Refund, ShareOf
from estimator.contract.terms import Duty, Terms
from estimator.earnings.lines import Line, Missed, Pending, Void
from estimator.market.outcomes import Outcomes
from estimator.values.money import Array, like, zeros


class Tally:
    """Lines and credits by the id of their charge, and what is pending, void or owed.

    ``none`` is nothing at all, draws x months, in the kind of number that is settled in. Of the ``horizon``
    months the first ``worked`` are months of work; only returns land in those after. ``duties`` are judged in
    place of the terms' own, also where no charge hangs on a target.
    """

    def __init__(self, terms: Terms, outcomes: Outcomes, duties: tuple[Duty, ...] | None = None) -> None:
        self.terms, self.outcomes, self.calendar = terms, outcomes, outcomes.calendar
        self.horizon = len(outcomes.months)
        self.worked = self.horizon - self.calendar.tail
        self.none = zeros((outcomes.shape[0], self.horizon), next(iter(outcomes.quantities.values())))
        self.every_duty = terms.measured_duties if duties is None else duties
        self.duties = self.every_duty if duties is not None or _judges(terms) else ()
        self.lines: dict[str, Line] = {}
        self.credits: dict[str, Line] = {}
        self.pending: list[Pending] = []
        self.void: list[Void] = []
        self.owed: list[tuple[ShareOf, Array]] = []

    def of(self, *kinds: type) -> list[Any]:
        """The charges of these kinds, in the terms' order."""
        return [charge for charge in self.terms.charges if isinstance(charge, kinds)]

    def window(self, charge: AnyCharge) -> range:
        """The months, counted from 0, that a charge runs."""
        return self.terms.window(charge, self.worked, self.calendar)

    def begun(self, charge: AnyCharge) -> list[range]:
        """The charge's periods that have begun within the months of work known."""
        every = self.terms.periods(charge, self.worked, self.calendar)
        return [period for period in every if period.start < self.worked]

    def whole(self, charge: AnyCharge, period: range) -> Array:
        """What a period is of a whole one: part months count by their share of a month.

        One month or one quarter is 1; what is charged once or for the term is never divided.
        """
        length = {"month": 1, "quarter": 3}.get(charge.settles)
        share = 1 if length is None else self.calendar.share(period) / length
        return like(share, self.none)

    def months(self, period: range) -> Array:
        """How many whole months a period comes to."""
        return like(self.calendar.share(period), self.none)

    def complete(self, charge: AnyCharge) -> bool:
        """Whether a charge has run to its end, and only returns can still change it."""
        with_the_term = charge.settles in ("once", "term") or not self.terms.runs_on
        end = charge.months is not None or self.calendar.ended
        end |= self.terms.months is not None and with_the_term
        return end and self.window(charge).stop <= self.worked

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
        return [f"month {month + 1 - self.calendar.lead}" for month in months if month >= self.worked]

    @cached_property
    def counting(self) -> Array | None:
        """Which months of which draws count for targets, by the duties; all where None.

        A month whose duty cannot be told counts here; ``duties_missing`` says what is missing.
        """
        if not self.duties:
            return None
        counts = np.ones(self.none.shape, dtype=bool)
        for duty in self.duties:
            known = [m for m in self._asked(duty, range(self.worked)) if not self._duty_missing(duty, m)]
            kept = self._kept(duty, known) if known else counts[:, :0]
            counts[:, known] &= kept
        return counts

    def _kept(self, duty: Duty, months: list[int]) -> Array:
        """Which of the months held the duty; a part month is held to its part."""
        counted = self.outcomes.count(duty.of)[:, months]
        shares = [self.months(range(month, month + 1)) for month in months]
        if duty.at_least is not None:
            return np.asarray(counted >= np.array([like(duty.at_least, counted) * share for share in shares]))
        assert duty.at_most is not None
        return np.asarray(counted <= np.array([like(duty.at_most, counted) * share for share in shares]))

    def _asked(self, duty: Duty, months: range) -> range:
        """Those of the months in which a duty is asked for: a contract's first may be for setting up."""
        first = self.calendar.span(duty.from_month, duty.from_month).start
        return range(max(months.start, first), months.stop)

    def missed(self) -> Iterator[Missed]:
        """The duties that were not met in a month of actuals, whether or not any target hangs on them."""
        if self.none.dtype != object:
            return
        for duty in self.every_duty:
            for month in self._asked(duty, range(self.worked)):
                if self._duty_missing(duty, month) or self._kept(duty, [month]).all():
                    continue
                level = duty.at_least if duty.at_least is not None else duty.at_most or Decimal(0)
                asked = level * self.calendar.share(range(month, month + 1))
                yield Missed(
                    month=month, duty=duty, counted=self.outcomes.count(duty.of)[0, month], asked=asked
                )

    def _duty_missing(self, duty: Duty, month: int) -> tuple[str, ...]:
        return self.outcomes.missing(duty.of, slice(month, month + 1))

    def duties_missing(self, months: slice) -> list[str]:
        """What is missing to say in which of these months targets count."""
        within = range(months.start, min(months.stop, self.worked))
        return [
            name
            for duty in self.duties
            for month in self._asked(duty, within)
            for name in self._duty_missing(duty, month)
        ]

    def cut_off(self, goal: Goal) -> bool:
        """Whether the work ended before the goal's months did: it can neither be met nor missed."""
        window, (first, last) = goal.within(self.calendar), goal.months
        done = self.calendar.share(range(window.start, min(window.stop, self.worked)))
        return self.calendar.ended and done < last - first + 1

    def met(self, goal: Goal, ledger: Outcomes) -> Array:
        """Whether each draw met the goal; one that is not judged is not met."""
        judged = self.judged(goal)
        return judged & goal.met(ledger, self.counting) if judged.any() else judged

    def missed_goal(self, goal: Goal, ledger: Outcomes) -> Array:
        """Whether each draw missed the goal; one that is not judged is not missed."""
        judged = self.judged(goal)
        return judged & ~goal.met(ledger, self.counting) if judged.any() else judged

    def judged(self, goal: Goal) -> Array:
        """Where the goal can be met or missed at all: in draws with a month of its window that counts."""
        if self.cut_off(goal):
            return np.zeros(len(self.none), dtype=bool)
        if self.counting is None:
            return np.ones(len(self.none), dtype=bool)
        return np.asarray(self.counting[:, goal.within(self.calendar)].any(axis=1))

    def goals_missing(self, goals: Iterable[Goal]) -> list[str]:
        """What is missing to say whether these goals were met."""
        return [
            name
            for goal in goals
            if not self.cut_off(goal)
            for name in (
                *(
                    name
                    for quantity in (goal.kpi.over, goal.kpi.under)
                    if quantity is not None
                    for name in self._quantity_missing(quantity, goal.within(self.calendar))
                ),
                *self.duties_missing(goal.within(self.calendar)),
            )
        ]

    def _quantity_missing(self, quantity: Quantity, window: slice) -> list[str]:
        """What is missing to count a quantity over a window; fees also wait for charges that are pending."""
        others = tuple(name for name in quantity.of if name not in OWN_FEES)
        missing: list[str] = []
        if others:
            counted = quantity.model_copy(update={"of": others})
            missing = list(self.outcomes.missing(counted, window))
        if len(others) == len(quantity.of):
            return missing
        months = range(window.start, window.stop)
        charged = [charge.id for charge in self.terms.charges if not isinstance(charge, Refund)]
        return missing + self.unfinished(months) + self.waiting(charged, months)

    def total(
        self,
        names: Iterable[str],
        months: range,
        *,
        exact: bool = False,
        counting: bool = False,
        known: int | None = None,
    ) -> Array:
        """What the lines named come to over the months, one a draw; of months that count alone if asked.

        What later changes the amounts of a month counts there once it has landed, up to month ``known``.
        """
        known = self.horizon if known is None else known
        span = slice(months.start, months.stop)
        total = self.none[:, 0]
        for name in names:
            amounts = self.lines[name].of_months(span, known, exact=exact)
            if counting and self.counting is not None:
                amounts = np.where(self.counting[:, span], amounts, like(0, amounts))
            total = total + amounts.sum(axis=1)
        return total


def _judges(terms: Terms) -> bool:
    """Whether any target is judged at all, a refund's or a bonus's; duties say nothing where none is."""
    return any(isinstance(charge, Refund) or getattr(charge, "due_if", ()) for charge in terms.charges)
