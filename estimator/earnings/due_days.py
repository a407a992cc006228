"""Due days: when each line of a statement is to be paid, where its months are dated."""

from __future__ import annotations

import calendar
import datetime as dt
from decimal import Decimal

from estimator.contract.charges import AnyCharge, Fixed
from estimator.contract.terms import Terms


def due_day(terms: Terms, charge: AnyCharge, amount: Decimal, month: str, begun: int = 1) -> dt.date | None:
    """The day ``amount`` of ``month`` is due; None where the terms do not say or the month has no date.

    What is known in advance is invoiced when its month begins, or the contract on the day ``begun`` of it.
    All else, and what goes back, follows the figures of the month: it counts from the day they are agreed,
    or from the end of the month where no clause names one.
    """
    year, dash, number = month.partition("-")
    if not dash:
        return None
    first = dt.date(int(year), int(number), 1)
    length = calendar.monthrange(first.year, first.month)[1]
    after = first + dt.timedelta(days=length)
    clause = terms.stated("statement")
    if isinstance(charge, Fixed) and charge.begins and amount >= 0:
        days, start = charge.due_days, first + dt.timedelta(days=begun - 1)
    elif clause is not None:
        days = charge.due_days if charge.due_days is not None else int(clause.value("days"))
        start = after + dt.timedelta(days=int(clause.value("agreed")) - 1)
    else:
        days, start = charge.due_days, after - dt.timedelta(days=1)
    return None if days is None else start + dt.timedelta(days=days)
