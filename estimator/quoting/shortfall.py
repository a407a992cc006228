"""From the plan of a quote to what was done: one cause after another, and what each does to the GMV.

The order: ad spend, own videos, creators' videos, live hours, days down. Each step stands on those before it,
so their sum is what all of them move; in another order two that work on each other would share it in another
way. Money before work before time: the client's ads decide how much the agency's content can move.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from estimator.brief.meaning import operation_of
from estimator.market.account import VIDEO_FLOOR
from estimator.market.outcomes import Outcomes
from estimator.market.rows import Switches
from estimator.market.scenarios import Scale, Scenario
from estimator.market.simulation import EVERYTHING, simulate
from estimator.market.situation import situation_of
from estimator.market.summary import Estimate
from estimator.quoting.quote import Quote
from estimator.values.units import DAYS, Floats

CauseOfShortfall = Literal["ad_spend", "videos", "creator_videos", "live_hours", "days_down"]
CAUSES: tuple[CauseOfShortfall, ...] = get_args(CauseOfShortfall)
"""What both sides bring to a contract, by the quantity that counts it, in the order of the steps."""
Done = Mapping[CauseOfShortfall, Sequence[float | None]]
"""What was done by contract month, over all stores; None where nobody counted it."""
UNLIMITED = Switches(order_limit=False)
"""Without a new shop's limit of orders: under it, fewer ads would make room for what content did not bring,
and the client's shortfall would raise the agency's."""
NO_STOPS = replace(UNLIMITED, interruptions=False, platform_stop=False)
"""Stops as they were counted take the place of stops that may happen."""


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What one cause moved the mean GMV of each month, with its error; None where it was not counted."""

    cause: CauseOfShortfall
    by_month: tuple[Estimate | None, ...]


def planned(quote: Quote, months: int) -> dict[CauseOfShortfall, Floats]:
    """What a quote counts on, by month: the mean of each cause over its draws, all stores together."""
    drawn = _drawn(quote, months, quote.world.scenario, EVERYTHING)
    return {cause: _means(drawn, cause) for cause in CAUSES}


def steps(quote: Quote, done: Done, months: int) -> Iterator[Moved]:
    """What each cause that was counted moved the GMV of the first ``months`` months; docs/model.md (M77).

    A month in which a cause was not counted stays as planned. A cause of which nothing was planned is none.
    """
    course = _Course(quote, done, months)
    last = course.sold()
    for cause in CAUSES:
        if not any(course.known[cause]):
            continue
        course.take(cause)
        now = course.sold()
        yield Moved(
            cause=cause,
            by_month=tuple(
                Estimate.of(now[:, month] - last[:, month], quote.drawn.scrambles) if known else None
                for month, known in enumerate(course.known[cause])
            ),
        )
        last = now


def with_spend(scenario: Scenario, factors: Sequence[float | None]) -> Scenario:
    """The scenario with the ad budget of each month times a factor, which is left alone where it is None."""
    return _scaled(scenario, {"ad_budget": factors})


def spend_factors(quote: Quote, spent: Sequence[float | None]) -> tuple[float | None, ...]:
    """How many times the mean planned ad spend was spent in each month; None where either is not there."""
    plan = planned(quote, len(spent))["ad_spend"] if spent else ()
    return tuple(_ratio(actual, float(mean)) for actual, mean in zip(spent, plan))


class _Course:
    """The months of a quote as far as causes have taken their actual figures."""

    def __init__(self, quote: Quote, done: Done, months: int) -> None:
        self.quote, self.done, self.months = quote, done, months
        self.plan = planned(quote, months)
        stores = max(len(quote.brief.stores), 1)
        self.open = DAYS * stores
        situation = situation_of(quote.brief, quote.world.market)
        row = quote.world.market.row("content_elasticity", category=situation.category, stage=situation.stage)
        self.elasticity = float(row.median)
        self.known = {cause: self._known(cause) for cause in CAUSES}
        self.factors: dict[str, list[float | None]] = {}
        self.scenario, self.switches = quote.world.scenario, UNLIMITED
        self.drawn = _drawn(quote, months, self.scenario, self.switches)

    def _known(self, cause: CauseOfShortfall) -> tuple[bool, ...]:
        """In which months a cause was counted where something of it was planned; days need no plan."""
        counted = self.done.get(cause, ())
        return tuple(
            month < len(counted)
            and counted[month] is not None
            and (cause == "days_down" or self.plan[cause][month] > 0)
            for month in range(self.months)
        )

    def _ratios(self, cause: CauseOfShortfall) -> list[float | None]:
        return [
            _ratio(self.done[cause][month], float(self.plan[cause][month])) if known else None
            for month, known in enumerate(self.known[cause])
        ]

    def take(self, cause: CauseOfShortfall) -> None:
        """Put what was counted of a cause in place of what was planned."""
        match cause:
            case "ad_spend":
                self.factors["ad_budget"] = self._ratios(cause)
            case "creator_videos":
                self.factors["creator_sales"] = self._ratios(cause)
            case "live_hours":
                self.factors["live_sales"] = self._ratios(cause)
            case "videos":
                self.factors["cvr"] = [self._conversion(month) for month in range(self.months)]
            case "days_down":
                self._stop()
        scenario = _scaled(self.scenario, self.factors)
        self.drawn = _drawn(self.quote, self.months, scenario, self.switches)

    def _conversion(self, month: int) -> float | None:
        """What the videos that were delivered make of conversion: the middle of what content does (M8)."""
        if not self.known["videos"][month]:
            return None
        delivered = max(float(self.done["videos"][month] or 0.0), VIDEO_FLOOR)
        ratio = delivered / max(float(self.plan["videos"][month]), VIDEO_FLOOR)
        return math.exp(self.elasticity * math.log(ratio))

    def _stop(self) -> None:
        """The days down as counted; ads spend as before, in the days that were left."""
        spent = _means(self.drawn, "ad_spend")
        down = [
            float(self.done["days_down"][month] or 0.0) if known else float(self.plan["days_down"][month])
            for month, known in enumerate(self.known["days_down"])
        ]
        self.switches = NO_STOPS
        self.factors["activity"] = [max(1.0 - days / self.open, 0.0) for days in down]
        self.factors.pop("ad_budget", None)
        # what a scenario takes from the days is among those planned, and those counted are all there were
        others = tuple(scale for scale in self.scenario.scales if scale.quantity != "activity")
        self.scenario = self.scenario.model_copy(update={"scales": others})
        scenario = _scaled(self.scenario, self.factors)
        would = _means(_drawn(self.quote, self.months, scenario, NO_STOPS), "ad_spend")
        self.factors["ad_budget"] = [_ratio(float(spent[m]), float(would[m])) for m in range(self.months)]

    def sold(self) -> Floats:
        """The GMV of every draw and month, all stores together."""
        return _of_stores(self.drawn, "gmv")


def _drawn(quote: Quote, months: int, scenario: Scenario, switches: Switches) -> Outcomes:
    brief = quote.brief
    return simulate(
        brief,
        quote.world.market,
        operation_of(brief),
        quote.drawn,
        months=months,
        scenario=scenario,
        switches=switches,
    )


def _of_stores(drawn: Outcomes, quantity: str) -> Floats:
    return np.asarray(drawn.quantities[quantity].sum(axis=1), dtype=float)


def _means(drawn: Outcomes, quantity: str) -> Floats:
    return np.asarray(_of_stores(drawn, quantity).mean(axis=0), dtype=float)


def _ratio(actual: float | None, plan: float) -> float | None:
    return None if actual is None or plan <= 0 else float(actual) / plan


def _scaled(scenario: Scenario, factors: Mapping[str, Sequence[float | None]]) -> Scenario:
    """The scenario with factors on top, by quantity and month."""
    scales = tuple(
        Scale(quantity=quantity, factor=factor, months=(month, month))
        for quantity, each in factors.items()
        for month, factor in enumerate(each, start=1)
        if factor is not None and factor != 1.0
    )
    return scenario.model_copy(update={"scales": (*scenario.scales, *scales)})
