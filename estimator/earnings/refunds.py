"""Refunds: what is paid back of the lines that stand, by goals missed or for a shortfall."""

from __future__ import annotations

import numpy as np

from estimator.brief.goals import Goal
from estimator.contract.charges import CREDITS, Bound, Refund, Shortfall, Step
from estimator.earnings.lines import Line, Void
from estimator.earnings.tally import Tally
from estimator.market.outcomes import Outcomes
from estimator.values.money import Array, like, settled


class Refunds:
    """The refunds of one settlement, in the order of its terms, written into its ``tally``.

    ``ledger`` is the outcomes with the fees charged so far, which goals may count. ``paid_back`` is what
    went back of each charge, draws x months, so that nothing is paid back twice.
    """

    def __init__(self, tally: Tally, ledger: Outcomes) -> None:
        self.tally, self.ledger = tally, ledger
        self.paid_back: dict[str, Array] = {}

    def settle(self, refund: Refund) -> None:
        """Pay a refund back, as money or as a credit, or note what it waits for or why it is void."""
        window = self.tally.window(refund)
        if window.start >= self.tally.worked:
            return
        spans = [goal.within(self.tally.calendar) for goal in self._goals(refund)]
        spans += [self.tally.calendar.span(*refund.shortfall.months)] if refund.shortfall else []
        last = max([window.stop, *(span.stop for span in spans)]) - 1
        if self.tally.calendar.ended:
            last = min(last, self.tally.worked - 1)
        unfinished = self.tally.unfinished(range(window.start, last + 1))
        if unfinished:
            self.tally.wait(refund, window, last, unfinished)
            return
        back, unsure = self._back(refund)
        kept = np.ones(back.shape, dtype=bool)
        for duty in refund.duties:
            unknown = self.tally.goals_missing([duty])
            if not unknown:
                kept &= self.tally.met(duty, self.ledger)
            elif bool((back > like(0, back)).any()):
                unsure.extend(unknown)
        owed = (back > like(0, back)) | bool(unsure)
        if kept.any() and owed.any():
            unsure.extend(self.tally.waiting(refund.over, window))
        if unsure and kept.any():
            self.tally.wait(refund, window, last, unsure)
            return
        if not kept.all() and owed.any():
            self.tally.void.append(Void(charge=refund, draws=owed & ~kept))
        due = back * self._came_to(refund, window, last) if refund.shortfall is None else back
        # docs/model.md (M49): nothing is paid back twice
        amount = settled(np.minimum(np.where(kept, due, like(0, due)), self._left(refund, window, last)))
        self._note_paid_back(refund, window, last, amount)
        landed = self._paid_in(refund, last)
        if landed is None:
            self.tally.wait(refund, window, last + 1, self.tally.unfinished(range(last + 1, last + 2)))
            return
        amounts = self.tally.none.copy()
        credit = refund.paid_as in CREDITS
        amounts[:, landed] = amount if credit else -amount
        for month in range(last + 1, self.tally.horizon):
            less = settled(self._with_the_fee(refund, window, month, amount, last))
            amounts[:, month] = amounts[:, month] + (less if credit else -less)
        line = Line(charge=refund, amounts=amounts, settles=(landed,), exact=amounts)
        (self.tally.credits if credit else self.tally.lines)[refund.id] = line

    def _back(self, refund: Refund) -> tuple[Array, list[str]]:
        """What to pay back by draw, and what is missing that could still raise it.

        A share of the refund's charges by steps, an amount for a shortfall.
        """
        if refund.shortfall is not None:
            return self._shortfall(refund.shortfall)
        back = self.tally.none[:, 0]
        unsure: list[str] = []
        if refund.proportion is not None:
            unsure = self.tally.goals_missing([refund.proportion.goal])
            return (back if unsure else self._in_proportion(refund.proportion)), unsure
        for step in sorted(refund.steps, key=lambda step: -step.back):
            unknown = self.tally.goals_missing([step.goal])
            if not unknown:
                missed = self.tally.missed_goal(step.goal, self.ledger)
                share = np.where(missed, like(step.back, back), like(0, back))
                # docs/model.md (M49): the greatest step counts; steps do not add up
                back = np.maximum(back, share)
            elif bool((back < like(step.back, back)).any()):
                unsure.extend(unknown)
        return back, unsure

    def _in_proportion(self, step: Step) -> Array:
        """The share of the level by which the goal falls short, up to the most that is paid back."""
        judged = self.tally.judged(step.goal)
        if not judged.any():
            return self.tally.none[:, 0]
        short = step.goal.short(self.ledger, self.tally.counting)
        return np.minimum(np.where(judged, short, like(0, short)), like(step.back, short))

    def _shortfall(self, owed: Shortfall) -> tuple[Array, list[str]]:
        """What the cost exceeds of the revenue over the level protected."""
        window = self.tally.calendar.span(*owed.months)
        missing = [
            *self.tally.outcomes.missing(owed.cost, window),
            *self.tally.outcomes.missing(owed.revenue, window),
        ]
        if missing:
            return self.tally.none[:, 0], missing
        cost, revenue = (
            self.tally.outcomes.count(quantity)[:, window].sum(axis=1)
            for quantity in (owed.cost, owed.revenue)
        )
        short = cost - revenue / like(owed.tolerance * owed.target, revenue)
        return np.maximum(short, like(0, short)), []

    def _paid_in(self, refund: Refund, last: int) -> int | None:
        """The month a refund is paid in: the next one if it lowers the next invoice; None if not yet here.

        At the end of the term it lowers the last invoice of the term, whether or not it runs on.
        """
        months = self.tally.terms.months
        end = None if months is None else self.tally.calendar.span(1, months).stop
        if self.tally.calendar.ended:
            end = self.tally.worked if end is None else min(end, self.tally.worked)
        if refund.paid_as != "next_invoice" or (end is not None and last + 1 >= end):
            return last
        return last + 1 if last + 1 < self.tally.worked else None

    def _goals(self, refund: Refund) -> list[Goal]:
        """The goals of which a miss is paid back."""
        steps = [*refund.steps, *([refund.proportion] if refund.proportion else [])]
        return [step.goal for step in steps]

    def _came_to(self, refund: Refund, window: range, known: int) -> Array:
        """What the refund's charges came to in months that count, and no more than a bound left of them.

        A bound is over months that count and others alike: what it adds or takes is theirs by their number.
        """
        named = set(refund.over)
        came_to = self.tally.total(sorted(named), window, known=known)
        for bound in self.tally.of(Bound):
            if named & set(bound.over):
                bounds = {other.id for other in self.tally.of(Bound) if set(other.over) <= set(bound.over)}
                inside = sorted(named | set(bound.over) | bounds)
                came_to = np.minimum(came_to, self.tally.total(inside, window, known=known))
        if self.tally.counting is not None:
            plain = [name for name in refund.over if not isinstance(self.tally.lines[name].charge, Bound)]
            every = self.tally.total(plain, window, known=known)
            counted = self.tally.total(plain, window, known=known, counting=True)
            months = self.tally.counting[:, window.start : window.stop].sum(axis=1).astype(every.dtype)
            by_bounds = (came_to - every) * (months / like(max(len(window), 1), every))
            came_to = np.minimum(counted + by_bounds, came_to)
        return np.maximum(came_to, like(0, came_to))

    def _left(self, refund: Refund, window: range, last: int) -> Array:
        """What earlier refunds have left of the refund's charges in its months."""
        paid = [self.paid_back.get(name, self.tally.none) for name in refund.over]
        gone = sum((back[:, window.start : window.stop].sum(axis=1) for back in paid), self.tally.none[:, 0])
        left = self._came_to(refund, window, last) - gone
        return np.maximum(left, like(0, left))

    def _with_the_fee(self, refund: Refund, window: range, month: int, amount: Array, last: int) -> Array:
        """What of a refund was paid on fees that go back in ``month`` with returned goods, zero or below.

        The same fee is not given back twice. Where a bound takes the return up, the fee has not fallen.
        """
        first, before, after = (self._came_to(refund, window, known) for known in (last, month - 1, month))
        some = first > like(0, first)
        share = np.where(some, amount / np.where(some, first, like(1, first)), like(0, first))
        return np.minimum(after - before, like(0, after)) * share

    def _note_paid_back(self, refund: Refund, window: range, last: int, amount: Array) -> None:
        """Spread what is paid back over the charges and months it was paid for, by their amounts."""
        total = self.tally.total(sorted(set(refund.over)), window, known=last)
        some = total > like(0, total)
        share = np.where(some, amount / np.where(some, total, like(1, total)), like(0, total))
        for name in refund.over:
            back = self.paid_back.get(name, self.tally.none).copy()
            part = self.tally.lines[name].of_months(slice(window.start, window.stop), last) * share[:, None]
            back[:, window.start : window.stop] = back[:, window.start : window.stop] + part
            self.paid_back[name] = back
