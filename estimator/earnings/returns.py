"""Returns: the fee given back on goods that came back after it was paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from estimator.contract.charges import ShareOf
from estimator.earnings.amounts import Amounts, Course
from estimator.earnings.tally import Tally
from estimator.values.money import Array, like


@dataclass
class Settled:
    """A period of a share as it was settled: what it was due on, and in which draws it was due at all."""

    period: range
    sold: Array
    due: Array


def fees_on_returns(
    tally: Tally, amounts: Amounts, charge: ShareOf, done: Sequence[Settled], course: Course
) -> dict[int, Array]:
    """What goes back by the month it lands in: of which months' fees, draws x months, zero or below.

    Within the term returns lower the next settlement. What no settlement is left to take in lowers the last
    ones, from the latest backwards, each by the fee that it then would not have charged: at the end of the
    charge's months, and in every month after them. So no more goes back than was charged.
    """
    last = done[-1].period.stop - 1
    events = [(last, np.minimum(course.owed, like(0, course.owed)))]
    for month in range(tally.worked, tally.horizon):
        if missing := amounts.missing_back(charge.of, month):
            tally.wait(charge, range(month, month + 1), month, missing)
            break
        events.append((month, amounts.came_back(charge.of, month)))
    events = [(month, owed) for month, owed in events if bool((owed < like(0, owed)).any())]
    if charge.running:
        return _of_the_term(tally, amounts, charge, [event for event in events if event[0] > last], course)
    landing = {month: tally.none.copy() for month, _ in events}
    sold = [np.maximum(each.sold, like(0, each.sold)) for each in done]
    for month, owed in events:
        left = -owed
        for each, index in zip(reversed(done), range(len(done) - 1, -1, -1)):
            taken = np.minimum(sold[index], left)
            fewer = amounts.share(charge, sold[index] - taken, each.period)
            less = fewer - amounts.share(charge, sold[index], each.period)
            charged_in = each.period.stop - 1
            less = np.where(each.due, less, like(0, less))
            landing[month][:, charged_in] = landing[month][:, charged_in] + less
            sold[index], left = sold[index] - taken, left - taken
    return landing


def _of_the_term(
    tally: Tally,
    amounts: Amounts,
    charge: ShareOf,
    events: Sequence[tuple[int, Array]],
    course: Course,
) -> dict[int, Array]:
    """What goes back of a share that runs over the term: what the term to date then comes to less."""
    window = tally.window(charge)
    back = {}
    to_date, paid = course.counted, course.charged
    for month, owed in events:
        kept = np.minimum(paid, amounts.running(charge, to_date, window))
        to_date = to_date + owed
        less = np.minimum(amounts.running(charge, to_date, window) - kept, like(0, kept))
        back[month], paid = tally.none.copy(), kept + less
        back[month][:, window.stop - 1] = less
    return back
