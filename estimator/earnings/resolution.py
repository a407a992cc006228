"""What goals came to on actual figures, by the code that settles refunds and bonuses, and by its duties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from estimator.brief.goals import SUMMED, Goal
from estimator.brief.kpis import Quantity
from estimator.contract.terms import Duty, Terms
from estimator.earnings.lines import Missed
from estimator.earnings.settlement import settled_tally
from estimator.earnings.tally import Tally
from estimator.market.outcomes import Outcomes


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """One goal on actual figures. ``met`` is None as long as it cannot be told, or where it is never told.

    ``months`` are those of its window that are known and ``absent`` how many are not, ``missing`` the figures
    that are blank in known months. ``cut_off``: the work ended before its months did, and ``months`` is the
    last of work. ``broken`` are the duties that its months did not hold, by month; where no month of it
    ``counts``, it is not judged. ``value`` is what it turns on, in the unit of its KPI: it reaches the level
    exactly where the goal is met. None where that has no value, as of nothing sold below a line.
    """

    goal: Goal
    months: tuple[str, ...]
    absent: int
    missing: tuple[str, ...]
    cut_off: bool
    broken: tuple[tuple[str, Duty], ...]
    counts: tuple[bool, ...]
    met: bool | None
    value: Decimal | None


def resolved(
    terms: Terms, outcomes: Outcomes, goals: Sequence[Goal], duties: tuple[Duty, ...]
) -> tuple[Resolved, ...]:
    """Each of the goals on actual figures; ``duties`` say in which months one counts."""
    tally, ledger = settled_tally(terms, outcomes, duties)
    missed = tuple(tally.missed())
    return tuple(_resolved(goal, tally, ledger, missed) for goal in goals)


def _resolved(goal: Goal, tally: Tally, ledger: Outcomes, missed: tuple[Missed, ...]) -> Resolved:
    window = goal.within(tally.calendar)
    span = range(window.start, min(window.stop, tally.worked))
    absent, cut_off = window.stop - max(span.stop, window.start), tally.cut_off(goal)
    missing = () if absent or cut_off else tuple(dict.fromkeys(tally.goals_missing([goal])))
    known = not (absent or cut_off or missing)
    counting = tally.counting
    counts = tuple(counting is None or bool(counting[0, month]) for month in span)
    judged = known and any(counts)
    last = tally.worked - 1
    return Resolved(
        goal=goal,
        months=tuple(ledger.months[month] for month in (range(last, last + 1) if cut_off else span)),
        absent=absent,
        missing=missing,
        cut_off=cut_off,
        broken=tuple((ledger.months[one.month], one.duty) for one in missed if one.month in span),
        counts=counts,
        met=bool(tally.met(goal, ledger)[0]) if judged else None,
        value=_value(goal, ledger, [m for m, counted in zip(span, counts) if counted], len(span))
        if judged
        else None,
    )


def _value(goal: Goal, ledger: Outcomes, months: list[int], length: int) -> Decimal | None:
    """What a goal turns on over the months that count, of ``length``, compared as ``Goal.met`` does."""
    over = _by_month(goal.kpi.over, ledger, months)
    under = None if goal.kpi.under is None else _by_month(goal.kpi.under, ledger, months)
    if goal.reading in SUMMED:
        if under is None:
            # docs/model.md (M68): a count is held against the level in proportion to the months that count
            over = [sum(over, Decimal(0)) * (length if goal.reading == "total" else 1) / len(months)]
        else:
            over, under = [sum(over, Decimal(0))], [sum(under, Decimal(0))]
    elif goal.reading == "last":
        over, under = over[-1:], None if under is None else under[-1:]
    if under is None:
        values = [each + goal.kpi.offset for each in over]
    else:
        values = [above / below + goal.kpi.offset for above, below in zip(over, under) if below > 0]
        if len(values) < len(under) and (goal.reading != "any" or not values):
            return None
    return min(values) if (goal.reading == "any") != goal.at_least else max(values)


def _by_month(quantity: Quantity, ledger: Outcomes, months: list[int]) -> list[Decimal]:
    counted = ledger.count(quantity)
    return [Decimal(counted[0, month]) for month in months]
