"""A goal, whether it was met, its probability, and the level that is safe to sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from estimator.brief.calendar import WHOLE, Calendar
from estimator.brief.kpis import Kpi, Ledger, Quantity
from estimator.values.money import Array, Number, like

Reading = Literal["total", "mean", "last", "every", "any"]
READINGS: tuple[Reading, ...] = ("total", "mean", "last", "every", "any")
SUMMED: frozenset[Reading] = frozenset({"total", "mean"})
"""Readings that add up the window before they compare."""


def readings_of(kpi: Kpi) -> tuple[Reading, ...]:
    """The readings that differ for a KPI: the mean month of a ratio is that of the whole window."""
    return READINGS if kpi.under is None else tuple(one for one in READINGS if one != "mean")


MOST_MONTHS = 36
SOFT = 0.02
"""The share of what a goal needs that is added on both sides before margins are taken."""


class Goal(BaseModel):
    """A KPI to be reached within a span of contract months.

    ``months`` counts from 1 and includes both ends. ``reading`` says what "within 3 months" means:
    the ``total`` of the window, its ``mean`` month, its ``last`` month, ``every`` month, or ``any`` month.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    kpi: Kpi
    level: Number
    at_least: bool = True
    months: Annotated[tuple[int, int], Field(strict=False)]
    reading: Reading = "total"

    @model_validator(mode="after")
    def _span(self) -> Goal:
        first, last = self.months
        if not 1 <= first <= last <= MOST_MONTHS:
            raise PydanticCustomError(
                "goal_months", "months", {"found": f"[{first}, {last}]", "most": MOST_MONTHS}
            )
        return self

    @property
    def window(self) -> slice:
        """The months of the window, counted from 0, where all months are whole."""
        return self.within(WHOLE)

    def within(self, calendar: Calendar) -> slice:
        """The billing months of the window, counted from 0."""
        return calendar.span(*self.months)

    def met(self, ledger: Ledger, counts: Array | None = None) -> Array:
        """Whether each draw meets the goal, as booleans; a window with nothing below the line misses it.

        ``counts`` says which months of which draws count, draws x months, all where None: a total is held
        against the level in proportion to the months that count. Compares ``over`` with ``level x under``
        instead of dividing, so exact amounts stay exact.
        """
        over, bar, under = self._compared(ledger, counts)
        # docs/model.md (M35): an exact tie meets the goal
        hit = over >= bar if self.at_least else over <= bar
        if under is not None:
            hit = hit & (under > like(0, over))
        return self._of_months(hit.astype(bool), ledger, counts, best=True)

    def short(self, ledger: Ledger, counts: Array | None = None) -> Array:
        """By which share of the level each draw falls short: 0 where the goal is met, 1 at most.

        ``counts`` as for ``met``. Of several months the worst for ``every``, the best for ``any``.
        """
        over, bar, under = self._compared(ledger, counts)
        none, whole = like(0, over), like(1, over)
        known = bar > none
        gap = (bar - over if self.at_least else over - bar) / np.where(known, bar, whole)
        gap = np.where(known, np.minimum(np.maximum(gap, none), whole), whole)
        if under is not None:
            gap = np.where(under > none, gap, whole)
        return self._of_months(gap, ledger, counts, best=False)

    def _compared(self, ledger: Ledger, counts: Array | None) -> tuple[Array, Array, Array | None]:
        """What was counted, what the level asks for, and what stands below the line."""
        over, under = self._counted(ledger, counts)
        bar = like(self.level - self.kpi.offset, over)
        if under is not None:
            return over, bar * under, under
        if self.reading in SUMMED and not (counts is None and self.reading == "total"):
            width = self._width(ledger)
            if counts is None:
                return over, np.broadcast_to(bar * like(width, over), over.shape), None
            window = counts[:, self.within(ledger.calendar)]
            share = window.sum(axis=1, keepdims=True).astype(over.dtype)
            return over * like(width if self.reading == "total" else 1, over), bar * share, None
        return over, np.broadcast_to(bar, over.shape), None

    def _of_months(self, values: Array, ledger: Ledger, counts: Array | None, *, best: bool) -> Array:
        """One value a draw of one a month; ``best`` says that more of it is better."""
        if self.reading in SUMMED or self.reading == "last":
            return values[:, 0]
        greatest = (self.reading == "any") == best
        if counts is not None:
            window = counts[:, self.within(ledger.calendar)]
            values = np.where(window, values, np.asarray(0 if greatest else 1, dtype=values.dtype))
        return values.max(axis=1) if greatest else values.min(axis=1)

    def margin(self, ledger: Ledger) -> Array:
        """How far beyond the goal each draw ends up: the log of what is counted over what is needed.

        At or above zero exactly where the goal is met; softened by a fiftieth of what is needed, so that
        nothing sold is finite. A window with nothing below the line is minus infinity.
        """
        over, under = self._counted(ledger)
        bar = float(self.level - self.kpi.offset)
        if self.reading == "mean" and under is None:
            bar *= self._width(ledger)
        needed = np.full_like(over, bar) if under is None else bar * under
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            # docs/model.md (M36): softened on both sides, so that zero stays where the goal is met
            beyond = np.log((over + SOFT * needed) / ((1.0 + SOFT) * needed))
        margin = beyond if self.at_least else -beyond
        if bar <= 0:
            margin = np.where(over >= needed if self.at_least else over <= needed, np.inf, -np.inf)
        if under is not None:
            margin = np.where(under > 0, margin, -np.inf)
        return margin.max(axis=1) if self.reading == "any" else margin.min(axis=1)

    def _width(self, ledger: Ledger) -> int:
        """The billing months of the window that the ledger holds."""
        held = ledger.count(self.kpi.over).shape[1]
        return len(range(*self.within(ledger.calendar).indices(held)))

    def _counted(self, ledger: Ledger, counts: Array | None = None) -> tuple[Array, Array | None]:
        """What the goal compares in its window, above and below the line: draws x months, or x 1."""
        window = self.within(ledger.calendar)
        held = None if counts is None else counts[:, window]

        def of(quantity: Quantity) -> Array:
            amounts = ledger.count(quantity)[:, window]
            if self.reading in SUMMED:
                amounts = amounts if held is None else np.where(held, amounts, like(0, amounts))
                return amounts.sum(axis=1, keepdims=True)
            if self.reading != "last":
                return amounts
            if held is None:
                return amounts[:, -1:]
            last = held.shape[1] - 1 - held[:, ::-1].argmax(axis=1)
            return np.take_along_axis(amounts, last[:, None], axis=1)

        return of(self.kpi.over), None if self.kpi.under is None else of(self.kpi.under)

    def decisive(self, ledger: Ledger) -> Array:
        """The value on which the goal turns, one a draw: met exactly where it reaches the level.

        The worst month for ``every``, the best for ``any``. A window with nothing below the line is
        the worst value there is.
        """
        worst = -np.inf if self.at_least else np.inf
        if self.reading in SUMMED and not (self.reading == "mean" and self.kpi.under is None):
            values = self.kpi.value(ledger, self.within(ledger.calendar))
            return np.where(np.isnan(values), worst, values)
        monthly = self.kpi.monthly(ledger, self.within(ledger.calendar))
        monthly = np.where(np.isnan(monthly), worst, monthly)
        if self.reading == "mean":
            return monthly.mean(axis=1)
        if self.reading == "last":
            return monthly[:, -1]
        lowest = (self.reading == "every") == self.at_least
        return monthly.min(axis=1) if lowest else monthly.max(axis=1)


@dataclass(frozen=True, kw_only=True)
class Probability:
    """A probability that never travels alone: ``error`` is the half-width of its 95 % interval."""

    value: float
    error: float


@dataclass(frozen=True, kw_only=True)
class Promise:
    """The KPI level reached with the stated confidence; ``level`` is None where none is reached."""

    confidence: float
    level: float | None
