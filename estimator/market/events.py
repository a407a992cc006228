"""When things happen to an account or a store, in months: it starts, is stopped, or loses a key hire."""

from __future__ import annotations

import math

import numpy as np

from estimator.brief.brief import Operation
from estimator.market.laws import clock
from estimator.market.rows import Rows, Switches
from estimator.values.units import WEEKS, Value


def hired(operation: Operation, rows: Rows) -> Value:
    """Months until an own team is at work; none where it is there already, or where others operate."""
    waits = operation.model == "in_house" and not operation.team_in_place
    return rows.at("inhouse_hiring_delay") if waits else 0.0


def launched(operation: Operation, rows: Rows) -> Value:
    """Months until the shop sells: hiring, then the launch of a shop that starts cold.

    A shop that sells already goes on as it is run today until its own team is there.
    """
    if rows.situation.stage == "cold":
        launch: Value = rows.at("launch_delay") / WEEKS
        return launch + hired(operation, rows)
    return hired(operation, rows) * (np.asarray(rows.situation.current_gmv) <= 0)


def failed(operation: Operation, rows: Rows) -> Value:
    """The month in which a key hire of an own team leaves; never where others operate."""
    if operation.model != "in_house":
        return math.inf
    # docs/model.md (M14): used as a rate, so the chance within a year is a little lower
    rate = rows.fixed("inhouse_failure_probability") / 12
    there = np.maximum(launched(operation, rows), hired(operation, rows))
    return there + clock(rows.points.uniform("inhouse_failure"), rate)


def stopped(rows: Rows, switches: Switches) -> tuple[Value, Value]:
    """When TikTok Shop stops in the country and when it is back, in months; never where it does not."""
    if not switches.platform_stop:
        return math.inf, math.inf
    tiktok = "tiktok_shop"
    hazard = rows.fixed("platform_stop_hazard", platform=tiktok)
    start = clock(rows.points.uniform("platform_stop_start"), hazard)
    length = rows.at("platform_stop_length", platform=tiktok)
    return start, start + length


def interrupted(index: int, rows: Rows, switches: Switches) -> tuple[Value, Value]:
    """When a store is first suspended and when it is back, in months; never where it does not happen."""
    if not switches.interruptions:
        return math.inf, math.inf
    shop, points = rows.situation.shops[index], rows.points
    hazard = rows.fixed("interruption_hazard", platform=shop.platform, stage=shop.status)
    start = clock(points.uniform("interruption_start", store=index), hazard)
    length = rows.at("interruption_length", z=points.normal("interruption_length", store=index))
    return start, start + length
