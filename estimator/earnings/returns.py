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
) -> Array | None:
    """What goes back by draw and month, zero or below; None where nothing came back unpaid for.

    Within the term returns lower the next settlement. What no settlement is left to take in lowers the last
    ones, from the latest backwards, each by the fee that it then would not have charged: at the end of the
    charge's months, and in every month after them. So no more goes back than was charged.
    """
    back = tally.none.copy()
    last = done[-1].period.stop - 1
    events = [(last, np.minimum(course.owed, like(0, course.owed)))]
    for month in range(tally.worked, tally.horizon):
        if not tally.outcomes.missing(charge.of, slice(month, month + 1)):
            counted = amounts.count(charge.of)[:, month]
            events.append((month, np.minimum(counted, like(0, counted))))
    if not any(bool((owed < like(0, owed)).any()) for _, owed in events):
        return None
    if charge.running:
        window = range(tally.window(charge).start, last + 1)
        to_date, paid = course.counted, course.charged
        for month, owed in events[1:]:
            kept = np.minimum(paid, amounts.running(charge, to_date, window))
            to_date = to_date + owed
            back[:, month] = np.minimum(amounts.running(charge, to_date, window) - kept, like(0, kept))
            paid = kept + back[:, month]
        return back
    sold = [np.maximum(each.sold, like(0, each.sold)) for each in done]
    for month, owed in events:
        left = -owed
        for index in range(len(done) - 1, -1, -1):
            taken = np.minimum(sold[index], left)
            if not bool((taken > like(0, taken)).any()):
                continue
            fewer = amounts.share(charge, sold[index] - taken, done[index].period)
            before = amounts.share(charge, sold[index], done[index].period)
            back[:, month] = back[:, month] + np.where(done[index].due, fewer - before, like(0, before))
            sold[index], left = sold[index] - taken, left - taken
    return back
