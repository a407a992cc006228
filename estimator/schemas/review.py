"""A review of a running contract: what was forecast, what came, and who brought what. It goes to the client.

It holds no cost or margin of ours, no guard and no place of a rule: what is not here cannot be printed.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from estimator.brief.goals import Goal
from estimator.contract.parties import Party
from estimator.quoting.shortfall import CauseOfShortfall
from estimator.schemas.digits import Digits4
from estimator.schemas.parts import Chance, Range
from estimator.schemas.proposal import Sender
from estimator.schemas.record import Absent, Exact, Record
from estimator.schemas.statement import Cents, Statement

Side = Literal["client", "agency"]
"""Whose duty something is by the contract; None where the contract does not say."""
Place = Literal["below", "within", "above"]
Came = Literal["open", "met", "missed", "void"]
Reason = Literal[
    "",
    "no_figures",  # open: none were entered
    "absent",  # open: months are not there yet
    "not_ripe",  # open: the day has not come
    "entered_early",  # open: months were entered before they were ripe
    "missing",  # void: a figure is blank in a month that was entered
    "duty",  # void: no month held its duties
    "cut_off",  # void: the contract ended first
    "amended",  # void: other terms took over first
    "unreadable",  # void: the figures do not fit the terms
]
"""Why a goal is open or void; empty where it was met or missed."""
NoChance = Literal[
    "never",  # it had none when the quote was sent
    "rules_gone",  # rules or engine no longer give what was recorded
    "counts_fees",  # it counts fees or costs, of which only some months are known
    "blank",  # a figure that it counts is blank in a known month
    "complete",  # all its months are known; only their figures are not final
    "no_month",  # no month of it can count any more
]
"""Why a goal that is open has no probability as it now stands."""


class Entry(Record):
    """Months that one person entered at one instant, as the book recorded it."""

    who: str
    at: dt.datetime
    months: tuple[str, ...]


class Beside(Record):
    """An amount as it came and as it was forecast when the quote was sent; None where there is none."""

    actual: Cents | None
    forecast: Range | None

    @property
    def place(self) -> Place | None:
        """Where what came lies, of the eight outcomes in ten; None where one of both is not there."""
        if self.actual is None or self.forecast is None:
            return None
        low, high = self.forecast.p10, self.forecast.p90
        return "below" if self.actual < low else "above" if self.actual > high else "within"


class ReviewedMonth(Record):
    """A contract month, ``number`` from 1: ``month`` is its last calendar month.

    ``share`` is how many whole months it comes to, where that is not one: it is then held against no plan.
    """

    number: int
    month: str
    share: Absent[Exact] = None
    gmv: Beside
    ad_spend: Beside
    fees: Beside

    @property
    def whole(self) -> bool:
        """Whether it can be held against the forecast of a whole month."""
        return self.share is None


class ReviewedGoal(Record):
    """A goal: the chance that was sent, the chance ``now`` while it is open, and what it came to.

    ``reason`` and ``about`` say why it is open or void, as the ledger does; ``why_not`` why there is no
    chance. ``so_far`` is what its known months come to, in the unit of its KPI, and ``value`` what a resolved
    goal turned on.
    """

    goal: Goal
    sent: Chance | None
    now: Chance | None
    why_not: NoChance | None
    blank: tuple[str, ...] = ()
    came: Came
    reason: Reason
    about: tuple[str, ...]
    so_far: Digits4 | None
    value: Digits4 | None
    ripe: dt.date | None


class BroughtMonth(Record):
    """What of a cause was planned for a whole month and what was counted in it.

    ``at_least`` or ``at_most`` is what the contract asks for in it, and ``held`` whether that was so.
    """

    planned: Digits4 | None
    actual: Exact | None
    at_least: Absent[Exact] = None
    at_most: Absent[Exact] = None
    held: bool | None = None


class Brought(Record):
    """What one side had to bring, by month and, over the months where both are known, in sum.

    ``planned`` is what the forecast counted on, a mean. ``side`` is whose duty it is by the contract.
    """

    cause: CauseOfShortfall
    side: Side | None
    months: tuple[BroughtMonth, ...]
    planned: Digits4 | None
    actual: Exact | None


class Effect(Record):
    """What a cause moved of the GMV, by month; None where nobody counted it. ``total`` is their sum."""

    cause: CauseOfShortfall
    side: Side | None
    by_month: tuple[Exact | None, ...]
    total: Exact


class Course(Record):
    """From the GMV that was forecast to what came, cause by cause in a fixed order; whole units.

    In every month and in sum ``forecast`` + every effect + ``left`` is ``actual``. Forecast and effects are
    means over the draws; ``left`` is the error of the forecast itself and whatever was not counted.
    """

    months: tuple[int, ...]
    forecast: tuple[Exact, ...]
    effects: tuple[Effect, ...]
    left: tuple[Exact, ...]
    actual: tuple[Exact, ...]
    forecast_total: Exact
    left_total: Exact
    actual_total: Exact


class Review(Record):
    """A contract up to ``month``, written on ``day``; amounts are in ``currency``, figures as ``entered``.

    ``months`` are those that are known, ``ahead`` what was forecast for those still to come, their calendar
    month empty where nobody knows when it begins. ``statement`` is None before figures were entered.
    ``made_again`` is false where rules or engine no longer give what was recorded: then nothing that needs
    them is told. ``taught`` are the months that said how the account does. ``term`` is None for a
    contract without an end. ``replaced`` is the day on which an amendment took over.
    """

    number: str
    revision: int
    day: dt.date
    month: str | None
    ended: dt.date | None
    replaced: dt.date | None
    sender: Sender
    client: Party
    currency: str
    term: int | None
    edition: str
    market: str
    engine: str
    made_again: bool
    entered: tuple[Entry, ...]
    months: tuple[ReviewedMonth, ...]
    ahead: tuple[ReviewedMonth, ...]
    goals: tuple[ReviewedGoal, ...]
    taught: tuple[str, ...]
    statement: Statement | None
    brought: tuple[Brought, ...]
    course: Course | None
