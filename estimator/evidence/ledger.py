"""The ledger: every goal that a client agreed to, and what it came to on the figures of its months.

A goal resolves once its KPI is ripe, on figures that were entered ripe, by the code that settles refunds and
by the duties that were frozen with it. Figures of later months change nothing of it; corrected figures may.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

from estimator.book.records import Entered, Figures, Forecast, Revision
from estimator.book.states import State
from estimator.contract.terms import Terms
from estimator.earnings.actuals import of_tables
from estimator.earnings.resolution import Resolved, resolved
from estimator.market.outcomes import Outcomes
from estimator.schemas.frozen import FrozenForecast, FrozenGoal, read_frozen
from estimator.schemas.review import Came, Reason
from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.exchange import ExchangeRates
from estimator.values.tables import Row, Table

Standing = Literal["signed", "agreed", "sent"]
"""How far the quote came; what is only sent is resolved where it has figures, and scored where asked for."""
Verdict = tuple[Came, Reason, tuple[str, ...]]
"""What a goal came to, why where it is neither met nor missed, and the months or figures this is about."""


@dataclass(frozen=True, kw_only=True)
class LedgerGoal:
    """One goal of one revision, ``index`` from 1, and what it came to; ``about`` are the months or figures.

    ``ripe`` is the day on which its KPI may be read; None where nobody knows when the contract begins.
    ``value`` is what it turned on, in the unit of its KPI; ``left_out`` are months in which it did not count,
    each with the duty that was not held. ``fault`` is why figures could not be counted under the terms.
    """

    revision: Revision
    standing: Standing
    forecast: FrozenForecast
    index: int
    frozen: FrozenGoal
    came: Came
    reason: Reason = ""
    about: tuple[str, ...] = ()
    ripe: dt.date | None = None
    value: float | None = None
    left_out: tuple[str, ...] = ()
    fault: Fault | None = None

    @property
    def resolved(self) -> bool:
        """Whether it was met or missed; what is void is neither."""
        return self.came in ("met", "missed")


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Every goal by number and revision, and the revisions that were sent before a forecast was frozen."""

    goals: tuple[LedgerGoal, ...]
    not_scorable: tuple[str, ...]


def open_ledger(
    forecasts: Sequence[Forecast],
    on: dt.date,
    platforms: Collection[str],
    exchange: ExchangeRates = ExchangeRates(),  # noqa: B008 - frozen
) -> Ledger:
    """The ledger as it stands ``on`` a day; ``platforms`` and ``exchange`` as in ``actuals.read``."""
    goals: list[LedgerGoal] = []
    without: list[str] = []
    for one in forecasts:
        standing = _standing(one)
        if standing == "sent" and not one.figures:
            continue
        kept = None if one.revision.record is None else read_frozen(one.revision.record.forecast)
        if kept is None:
            without.append(one.revision.reference)
        else:
            goals += _resolve(one, standing, kept, on, platforms, exchange)
    return Ledger(goals=tuple(goals), not_scorable=tuple(without))


def current(figures: Sequence[Entered]) -> tuple[Entered, ...]:
    """The figures that stand: of each month and store what was entered last."""
    last = {(row.month, row.store): row.entry for row in figures}
    standing = [row for row in figures if last[row.month, row.store] == row.entry]
    return tuple(sorted(standing, key=lambda row: (row.month, row.store, row.source)))


def counted(
    figures: Sequence[Figures],
    terms: Terms,
    platforms: Collection[str],
    ends: dt.date | None,
    exchange: ExchangeRates,
) -> Outcomes:
    """Figures as actuals under terms. Raises ``QuotecastError`` as ``actuals.read``, at their source."""
    rows = sorted(map(_row, figures), key=lambda row: (row.file, row.line))
    tables = [
        Table(file=file, columns=tuple(dict.fromkeys(name for row in own for name in row.cells)), rows=own)
        for file, own in ((file, tuple(own)) for file, own in groupby(rows, key=lambda row: row.file))
    ]
    return of_tables(tables, terms, platforms, ends=ends, exchange=exchange)


def check_figures(
    forecast: Forecast,
    added: Sequence[Figures],
    ends: dt.date | None,
    platforms: Collection[str],
    exchange: ExchangeRates,
) -> None:
    """Whether figures can be counted with those that stand, under the terms of a revision.

    Raises ``QuotecastError`` with every fault, and where the revision holds no terms to count by.
    """
    revision = forecast.revision
    kept = None if revision.record is None else read_frozen(revision.record.forecast)
    if kept is None:
        raise fail("not_scorable", revision.reference)
    corrected = {(row.month, row.store) for row in added}
    standing = [row for row in current(forecast.figures) if (row.month, row.store) not in corrected]
    counted([*standing, *added], kept.terms, platforms, ends or ended(forecast.figures), exchange)


def ended(figures: Sequence[Entered]) -> dt.date | None:
    """The day on which the contract ended, as it was said last."""
    said = [row.ends for row in figures if row.ends is not None]
    return said[-1] if said else None


def _row(figures: Figures) -> Row:
    file, _, line = figures.source.rpartition(":")
    cells = {"month": figures.month, **({"store": figures.store} if figures.store else {}), **figures.cells}
    return Row(file=file or figures.source, line=int(line) if line.isdecimal() else 0, cells=cells)


def _standing(one: Forecast) -> Standing:
    if one.revision.state == State.SIGNED or one.replaced is not None:
        return "signed"
    return "agreed" if one.revision.state == State.AGREED else "sent"


def _resolve(
    one: Forecast,
    standing: Standing,
    kept: FrozenForecast,
    on: dt.date,
    platforms: Collection[str],
    exchange: ExchangeRates,
) -> Iterator[LedgerGoal]:
    """Every goal of a revision that has a probability; what has none cannot be scored."""
    figures = current(one.figures)
    known = [goal for goal in kept.goals if goal.chance is not None]
    told: Sequence[Resolved | None] = [None] * len(known)
    outcomes, fault = None, None
    if figures:
        try:
            outcomes = counted(figures, kept.terms, platforms, ended(one.figures), exchange)
            told = resolved(kept.terms, outcomes, [each.goal for each in known], kept.duties)
        except QuotecastError as error:
            fault = error.faults[0]
    for index, (frozen, result) in enumerate(zip(known, told), 1):
        ripe = _ripe(frozen, outcomes, kept.start)
        verdict: Verdict = ("void", "unreadable", (fault.place,)) if fault else ("open", "no_figures", ())
        if result is not None:
            verdict = _judged(frozen, result, figures, ripe, on)
        if one.replaced is not None and verdict[0] != "void":
            over = one.replaced.astimezone(_zone(frozen)).date()
            if ripe is None or ripe > over:
                verdict = "void", "amended", (over.isoformat(),)
        came, reason, about = verdict
        settled = result if came in ("met", "missed") else None
        yield LedgerGoal(
            revision=one.revision,
            standing=standing,
            forecast=kept,
            index=index,
            frozen=frozen,
            came=came,
            reason=reason,
            about=about,
            ripe=ripe,
            value=None if settled is None or settled.value is None else float(settled.value),
            left_out=() if settled is None else _broken(settled),
            fault=fault,
        )


def _judged(
    frozen: FrozenGoal, result: Resolved, figures: Sequence[Entered], ripe: dt.date | None, on: dt.date
) -> Verdict:
    """What a goal came to, and why where it came to nothing; the first reason in this order is told."""
    if result.cut_off:
        return "void", "cut_off", result.months
    if result.absent:
        return "open", "absent", (str(result.absent),)
    if ripe is not None and on < ripe:
        return "open", "not_ripe", (ripe.isoformat(),)
    if early := tuple(month for month in result.months if not _entered_ripe(frozen, month, figures)):
        return "open", "entered_early", early
    if result.missing:
        return "void", "missing", result.missing
    if result.met is None:
        return "void", "duty", _broken(result)
    return ("met" if result.met else "missed"), "", ()


def _entered_ripe(frozen: FrozenGoal, month: str, figures: Sequence[Entered]) -> bool:
    """Whether every line of a month was entered once its figures were final."""
    final = _end(month) + dt.timedelta(days=frozen.goal.kpi.ripe_days or 0)
    return all(row.at.astimezone(_zone(frozen)).date() >= final for row in figures if row.month == month)


def _ripe(frozen: FrozenGoal, outcomes: Outcomes | None, start: str | None) -> dt.date | None:
    """The day on which a goal's KPI may be read: its ripe days after the last day of its last month."""
    goal = frozen.goal
    if outcomes is not None:
        last = month_after(outcomes.months[0], goal.within(outcomes.calendar).stop - 1)
    elif start is not None:
        last = month_after(start, goal.months[1] - 1)
    else:
        return None
    return _end(last) + dt.timedelta(days=goal.kpi.ripe_days or 0)


def _broken(result: Resolved) -> tuple[str, ...]:
    """The duties that months did not hold, each after its month."""
    return tuple(f"{month} {'+'.join(duty.of.of)}" for month, duty in result.broken)


def _zone(frozen: FrozenGoal) -> ZoneInfo:
    return ZoneInfo(frozen.goal.kpi.zone or "UTC")


def month_after(month: str, count: int) -> str:
    """The calendar month so many after another.

    >>> month_after("2026-11", 2)
    '2027-01'
    """
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + count, 12)
    return f"{year}-{number + 1:02d}"


def _end(month: str) -> dt.date:
    year, number = int(month[:4]), int(month[5:])
    return dt.date(year, number, calendar.monthrange(year, number)[1])
