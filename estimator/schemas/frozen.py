"""The forecast of a sent quote as it will be scored: all a score needs, years later and without the engine.

Who sent it is not among it: people's names stand in the book alone, from where they can be taken out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from estimator.brief.brief import Brief, Store
from estimator.brief.goals import Goal
from estimator.brief.meaning import operation_of
from estimator.contract.terms import Duty, Terms
from estimator.market.outcomes import Outcomes
from estimator.market.summary import Spread, half_width
from estimator.promise.forecast import forecast, months_read, reads_money
from estimator.promise.probability import WeighedDraws
from estimator.quoting.quote import Quote, QuotedGoal, deal_of
from estimator.schemas.digits import digits
from estimator.schemas.parts import Chance, Range
from estimator.schemas.record import Record
from estimator.values.units import Floats

LEVELS = 200
"""Of a forecast, equally likely each: below the level at index i lies a share (i + 0.5) / 200."""
PLACES = 6
"""The most decimals of a level."""


class FrozenGoal(Record):
    """A goal with its probability and the forecast of what it turns on, in the unit of its KPI.

    ``levels`` are cut to two digits of the ``error`` of their middle, which is half a 95 % interval; both are
    None for a KPI without a forecast. ``naive`` is the middle that the same market gives whoever says
    platform, category, ad budget and service and nothing else; None where that has no forecast or the goal
    counts fees.
    """

    goal: Goal
    chance: Chance | None
    levels: tuple[float, ...] | None
    error: float | None
    naive: float | None


class FrozenMonth(Record):
    """A contract month as forecast, in the quote's currency: middle and 80 % range of each amount."""

    month: int
    gmv: Range
    ad_spend: Range
    fees: Range


class FrozenForecast(Record):
    """A forecast with the rules by which it resolves. ``duties`` say in which months a goal counts.

    ``terms`` are those sent: a goal may count their fees, and their length says when it can no longer be met.
    """

    goals: tuple[FrozenGoal, ...]
    terms: Terms
    duties: tuple[Duty, ...]
    platforms: tuple[str, ...]
    category: str | None
    service: str
    edition: str
    market: str
    scenario: str
    engine: str
    start: str | None
    months: tuple[FrozenMonth, ...]


def frozen(quote: Quote) -> FrozenForecast:
    """What of a quote is frozen when it is sent."""
    terms = quote.terms.signed
    return FrozenForecast(
        goals=tuple(_goal(odds, quote) for odds in quote.goals),
        terms=terms,
        duties=terms.measured_duties,
        platforms=quote.brief.sold_on,
        category=quote.brief.category,
        service=operation_of(quote.brief).model,
        edition=quote.rules.edition.id,
        market=quote.rules.market.id,
        scenario=quote.scenario,
        engine=quote.engine,
        start=quote.brief.start,
        months=tuple(_months(quote)),
    )


def read_frozen(forecast: Mapping[str, Any]) -> FrozenForecast | None:
    """The frozen forecast among what a record keeps; None in one that was sent before there was any."""
    kept = forecast.get("frozen")
    return None if kept is None else FrozenForecast.model_validate_json(json.dumps(kept))


def _goal(odds: QuotedGoal, quote: Quote) -> FrozenGoal:
    known = None if odds.open_definition else odds.probability
    levels, error = (None, None) if known is None else _levels(odds.goal, known.value, deal_of(quote).counted)
    return FrozenGoal(
        goal=odds.goal,
        chance=None if known is None else Chance.of(known),
        levels=levels,
        error=error,
        naive=None if levels is None else _naive(odds.goal, quote),
    )


def _levels(
    goal: Goal, probability: float, drawn: Outcomes
) -> tuple[tuple[float, ...], float] | tuple[None, None]:
    """The levels of a goal's forecast and the error of the middle one; a level that is not finite is the
    farthest that is."""
    draws = WeighedDraws.of(goal, drawn, probability)
    finite = draws.values[np.isfinite(draws.values)]
    if not finite.size:
        return None, None
    values = np.clip(draws.values, finite.min(), finite.max())
    order = np.argsort(values, kind="stable")
    below = np.cumsum(draws.weights[order])
    shares = (np.arange(LEVELS) + 0.5) / LEVELS
    at = np.searchsorted(below, shares * below[-1])
    blocks: Floats = np.median(values.reshape(drawn.scrambles, -1), axis=1)
    error = half_width(blocks)
    places = PLACES if error == 0 else min(1 - math.floor(math.log10(error)), PLACES)
    return tuple(round(float(level), places) + 0.0 for level in values[order[at]]), digits(error, 2)


def _naive(goal: Goal, quote: Quote) -> float | None:
    if reads_money(goal):
        return None
    told = quote.brief
    bare = Brief(
        currency=told.currency,
        stores=tuple(Store(platform=store.platform, ad_share=store.ad_share) for store in told.stores),
        category=told.category,
        ad_budget=told.ad_budget,
        service_model=told.service_model,
    )
    drawn = replace(quote.world, overrides=()).outcomes(bare, quote.drawn, months_read((goal,)))
    if not forecast(goal, bare, drawn):
        return None
    values = goal.decisive(drawn)
    middle = float(np.median(values[np.isfinite(values)])) if np.isfinite(values).any() else None
    return None if middle is None else digits(middle, 4)


def _months(quote: Quote) -> list[FrozenMonth]:
    deal = deal_of(quote)
    gmv, spend = (deal.counted.quantities[name].sum(axis=1) for name in ("gmv", "ad_spend"))
    parts = [
        Spread.by_month(np.asarray(each[:, : quote.months], dtype=float))
        for each in (gmv, spend, deal.charged.by_month)
    ]
    return [
        FrozenMonth(month=index + 1, gmv=Range.of(sold), ad_spend=Range.of(spent), fees=Range.of(charged))
        for index, (sold, spent, charged) in enumerate(zip(*parts))
    ]
