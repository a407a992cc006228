"""The chart of a review: what came, month by month, on the range that was forecast."""

from __future__ import annotations

import json
import math
from typing import Any

import altair as alt
import pandas as pd

from estimator.presentation.chart_data import round_step
from estimator.presentation.charts import FONT, Drawing
from estimator.presentation.palette import Mode, palette
from estimator.presentation.panel import short_amount
from estimator.presentation.words import Words
from estimator.schemas.review import Review, ReviewedMonth

CHART = "gmv"
"""The name of the picture of the GMV."""
TICKS = 5
ROOM_ABOVE = 1.05
"""How far the axis reaches above the highest mark."""
SHORTEST = 13
"""Months from which on their labels are numbers alone."""


def gmv_chart(review: Review, words: Words, mode: Mode, height: int) -> Drawing | None:
    """GMV by month: bars are frozen ranges, lines their middles, dots what came. None without a forecast."""
    months = [*review.months, *review.ahead]
    rows = [row for month in months for row in _rows(month, len(months), words)]
    if not any(row["kind"] == "range" for row in rows):
        return None
    low, high = min(0.0, *(row["y"] for row in rows)), max(row["top"] for row in rows) * ROOM_ABOVE
    step = round_step(max(high - low, 1.0) / TICKS)
    ticks = [step * index for index in range(math.ceil(low / step), math.floor(high / step) + 1)]
    named = {
        f"{tick:.10g}": short_amount(tick, words.symbol(review.currency), words.language) for tick in ticks
    }
    order = list(dict.fromkeys(row["x"] for row in rows))
    return Drawing(_spec(mode, height, (low, high), named, order, _legend(words)), pd.DataFrame(rows))


def gmv_said(review: Review, words: Words) -> str:
    """What the chart shows, in a sentence; empty where no month has a forecast and an actual figure."""
    places = [m.gmv.place for m in review.months if m.gmv.place is not None and m.whole]
    if not places:
        return ""
    return words.say(
        "GMV by month. Bars: where 8 in 10 outcomes lay when the quote was sent, with the middle outcome as "
        "a line; dots: what came. Months within their range: {within}; below it: {below}; above it: {above}.",
        within=places.count("within"),
        below=places.count("below"),
        above=places.count("above"),
    )


def _rows(month: ReviewedMonth, count: int, words: Words) -> list[dict[str, Any]]:
    label = str(month.number) if count >= SHORTEST or not month.month else words.month(month.month)
    rows: list[dict[str, Any]] = []
    forecast = month.gmv.forecast
    if forecast is not None:
        rows.append({"kind": "range", "x": label, "y": forecast.p10, "top": forecast.p90})
        rows.append({"kind": "middle", "x": label, "y": forecast.p50, "top": forecast.p50})
    if month.gmv.actual is not None:
        actual = float(month.gmv.actual)
        rows.append({"kind": "actual", "x": label, "y": actual, "top": actual})
    return rows


def _legend(words: Words) -> dict[str, str]:
    return {
        "range": words.say("8 in 10 outcomes"),
        "middle": words.say("middle outcome"),
        "actual": words.say("what came"),
    }


def _spec(
    mode: Mode,
    height: int,
    domain: tuple[float, float],
    named: dict[str, str],
    order: list[str],
    legend: dict[str, str],
) -> dict[str, Any]:
    colours = palette(mode)
    said = f"{json.dumps(named, ensure_ascii=False)}[datum.value]"
    label = f"{json.dumps(legend, ensure_ascii=False)}[datum.value]"
    x = alt.X(
        "x:N",
        sort=order,
        axis=alt.Axis(
            title=None, labelAngle=0, labelOverlap="greedy", domainColor=colours.muted, ticks=False
        ),
    )
    scale = alt.Scale(domain=list(domain), nice=False)
    ticks = [float(tick) for tick in named]
    y = alt.Y("y:Q", scale=scale, axis=alt.Axis(title=None, values=ticks, labelExpr=said, domain=False))
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=[*legend], range=[colours.density_loss, colours.muted, colours.ink]),
        legend=alt.Legend(
            title=None,
            orient="top",
            labelExpr=label,
            symbolType="square",
            symbolStrokeWidth=0,
            symbolOpacity=1,
            labelLimit=0,
            clipHeight=22,
        ),
    )
    base = alt.Chart(alt.NamedData("rows")).encode(x=x, y=y, color=colour)

    def of(kind: str) -> alt.Chart:
        return base.transform_filter(alt.datum.kind == kind)

    chart = alt.layer(
        of("range").mark_bar(width={"band": 0.56}, cornerRadius=2).encode(y2="top:Q"),
        of("middle").mark_tick(thickness=2.5, width={"band": 0.56}),
        of("actual").mark_point(size=80, filled=True, opacity=1, stroke=colours.ground, strokeWidth=1.5),
    ).properties(
        width="container",
        height=height,
        background="transparent",
        padding={"left": 2, "right": 4, "top": 2, "bottom": 2},
    )
    axis = {"labelColor": colours.muted, "gridColor": colours.line, "tickColor": colours.line}
    made: dict[str, Any] = (
        chart.configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(**axis, labelFontSize=12)
        .configure_legend(labelColor=colours.ink, labelFontSize=12)
        .to_dict()
    )
    return made
