"""The signature figure: how likely each level is, above how the KPI is spread, on one axis.

One layered view and not two panels: the rules run through both, and the picture stretches with its
column. The density hangs in its own band below zero; the labelled ticks belong to the curve alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from estimator.presentation.palette import Mode, palette

BAND = (-0.66, -0.12)
"""Foot and top of the density's band, in units of the probability axis."""
FONT = "Source Sans, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
ROOM = 0.23
"""The share of the width a label at a rule needs on its side."""

Dash = Literal["thin", "dotted", "thick"]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A level that matters: its rule, its label, and the probability it is reached with, if it has one."""

    level: float
    label: str
    dash: Dash
    probability: float | None = None


@dataclass(frozen=True, kw_only=True)
class Odds:
    """All that the figure of one goal shows; ``unit`` says how the axis writes its levels."""

    curve: tuple[tuple[float, float], ...]
    density: tuple[tuple[float, float], ...]
    rules: tuple[Rule, ...]
    split: float | None
    lose: str
    gain: str
    unit: Literal["ratio", "share", "USD", "count", "stars"]
    height: int = 344


def odds(figure: Odds, mode: Mode) -> dict[str, Any]:
    """The Vega-Lite description of the figure, ready to draw on screen or paper."""
    colours = palette(mode)
    low, high = _domain(figure)
    scale_x = alt.Scale(domain=[low, high], nice=False)
    scale_y = alt.Scale(domain=[BAND[0], 1.04], nice=False)
    axis_x = alt.Axis(
        title=None, format=_AXIS[figure.unit], tickCount=8, grid=False, domainColor=colours.muted
    )
    axis_y = alt.Axis(
        title=None, values=[0, 0.5, 0.8, 1], format=".0%", domain=False, gridColor=colours.line, ticks=False
    )
    x = alt.X("level:Q", scale=scale_x, axis=axis_x)
    y = alt.Y("value:Q", scale=scale_y, axis=axis_y)

    layers: list[alt.Chart] = []
    for heap, colour in _heaps(figure, low, high, colours.density_loss, colours.density):
        layers.append(
            alt.Chart(alt.InlineData(values=heap))
            .mark_area(color=colour, clip=True, interpolate="monotone")
            .encode(x=x, y=y, y2=alt.Y2("foot:Q"))
        )
    for rule in figure.rules:
        if low <= rule.level <= high:
            dash = {"thin": [], "dotted": [2, 3], "thick": []}[rule.dash]
            width = 2.0 if rule.dash == "thick" else 1.2
            values = [{"level": rule.level, "value": 1.04, "foot": BAND[0]}]
            layers.append(
                alt.Chart(alt.InlineData(values=values))
                .mark_rule(color=colours.ink, strokeWidth=width, strokeDash=dash)
                .encode(x=x, y=y, y2="foot:Q")
            )
    curve = [(low, figure.curve[0][1]), *figure.curve] if figure.curve[0][0] > low else figure.curve
    layers.append(
        alt.Chart(alt.InlineData(values=[{"level": level, "value": p} for level, p in curve]))
        .mark_line(color=colours.ink, strokeWidth=2.5, clip=True, interpolate="monotone")
        .encode(x=x, y=y)
    )
    dots = [
        {"level": rule.level, "value": rule.probability}
        for rule in figure.rules
        if rule.probability is not None and low <= rule.level <= high
    ]
    layers.append(
        alt.Chart(alt.InlineData(values=dots))
        .mark_circle(color=colours.ink, size=70, opacity=1)
        .encode(x=x, y=y)
    )
    for note in _notes(figure, low, high):
        base = alt.Chart(alt.InlineData(values=[note])).encode(x=x, y=y, text=alt.Text("text:N"))
        halo = {"stroke": colours.ground, "strokeWidth": 4, "strokeJoin": "round", "fill": colours.ground}
        for look in (halo, {"fill": colours.ink}):
            text: dict[str, Any] = {**look, **{key: note[key] for key in ("align", "dx", "baseline")}}
            text["fontWeight"] = 600 if note["strong"] else 400
            layers.append(base.mark_text(fontSize=13, lineBreak="\n", **text))
    chart = alt.layer(*layers).properties(width="container", height=figure.height, background="transparent")
    return dict(
        chart.configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(labelColor=colours.muted, labelFontSize=12, tickColor=colours.muted)
        .configure_axisY(minExtent=34, maxExtent=34)
        .to_dict()
    )


_AXIS = {"ratio": ".1f", "share": ".0%", "USD": "$~s", "count": "~s", "stars": ".1f"}


def _domain(figure: Odds) -> tuple[float, float]:
    """From where the curve leaves one end to where it reaches the other, with every rule inside if near.

    The left end gives the first labelled rule room for its label.
    """
    levels = [level for level, _ in figure.curve]
    moving = [level for level, p in figure.curve if 0.03 <= p <= 0.995] or levels
    low, high = min(moving), max(moving)
    for rule in figure.rules:
        if levels[0] <= rule.level <= levels[-1]:
            low, high = min(low, rule.level), max(high, rule.level)
    high += (high - low) * 0.04 or 1.0
    first = min((rule.level for rule in figure.rules if rule.probability is not None), default=high)
    least = -1.0 if figure.unit == "share" and low < 0 else 0.0
    return max(min(low, (first - ROOM * high) / (1 - ROOM)), min(least, low)), high


def _heaps(
    figure: Odds, low: float, high: float, loss: str, gain: str
) -> list[tuple[list[dict[str, float]], str]]:
    """The density, in one piece or two, set into its band."""
    top = max((height for _, height in figure.density), default=0.0)
    if top <= 0:
        return []
    foot, reach = BAND[0], BAND[1] - BAND[0]
    points = [
        (level, foot + reach * height / top) for level, height in figure.density if low <= level <= high
    ]
    if figure.split is None or not low < figure.split < high:
        return [([_point(level, y, foot) for level, y in points], gain)]
    left = [(level, y) for level, y in points if level <= figure.split]
    right = [(level, y) for level, y in points if level > figure.split]
    joint = [(figure.split, (left[-1][1] + right[0][1]) / 2)] if left and right else []
    return [
        ([_point(level, y, foot) for level, y in [*left, *joint]], loss),
        ([_point(level, y, foot) for level, y in [*joint, *right]], gain),
    ]


def _point(level: float, y: float, foot: float) -> dict[str, float]:
    return {"level": level, "value": y, "foot": foot}


def _notes(figure: Odds, low: float, high: float) -> list[dict[str, Any]]:
    """Labels at the rules: below the curve on the left of the first, above it on the right of the second."""
    width = high - low
    told = sorted(
        (r for r in figure.rules if r.probability is not None and low <= r.level <= high),
        key=lambda r: r.level,
    )
    notes = []
    for index, rule in enumerate(told):
        assert rule.probability is not None
        share = (rule.level - low) / width
        if index == 0 and len(told) > 1 and share >= ROOM - 0.01:
            notes.append(_note(rule.level, min(rule.probability - 0.16, 0.62), rule.label, "right", True))
        elif share > 1 - ROOM:
            notes.append(_note(rule.level, min(rule.probability + 0.3, 0.96), rule.label, "right", True))
        elif index == 0 and len(told) > 1:
            notes.append(_note(rule.level, 0.12, rule.label, "left", True))
        else:
            notes.append(_note(rule.level, min(rule.probability + 0.14, 0.93), rule.label, "left", True))
    for rule in figure.rules:
        if rule.probability is None and low <= rule.level <= high:
            side = "right" if (rule.level - low) / width > 1 - ROOM else "left"
            notes.append(_note(rule.level, BAND[1] + 0.03, rule.label, side, False))
    if figure.split is not None and low < figure.split < high:
        share = (figure.split - low) / width
        if share > 0.14:
            notes.append(_note(figure.split, BAND[0] + 0.07, figure.lose, "right", False))
        if share < 1 - 0.14:
            notes.append(_note(figure.split, BAND[0] + 0.07, figure.gain, "left", False))
    return notes


def _note(level: float, y: float, text: str, align: str, strong: bool) -> dict[str, Any]:
    return {
        "level": level,
        "value": y,
        "text": text,
        "align": align,
        "dx": 9 if align == "left" else -9,
        "baseline": "middle",
        "strong": strong,
    }
