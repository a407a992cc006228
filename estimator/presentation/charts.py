"""The signature figure: how likely each level is, above how the KPI is spread, on one axis.

One layered view and not two panels: the rules run through both, and the picture stretches with its
column. The density hangs in its own band below zero; the labelled ticks belong to the curve alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import altair as alt
import pandas as pd

from estimator.presentation.chart_data import BAND, HEAP, ROOM, Curve, Odds, stairs, ticks_of
from estimator.presentation.palette import Mode, Palette, palette
from estimator.presentation.panel import Panel, notes_of, point_of, short_amount
from estimator.values.text import Language

FONT = "Source Sans, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"


class Drawing(NamedTuple):
    """A picture as it is sent: how every figure of this look is drawn, and the rows of this one."""

    spec: dict[str, Any]
    rows: pd.DataFrame


def odds(figure: Odds, mode: Mode, height: int = 356) -> Drawing:
    """The figure, ready to draw on screen or paper.

    Levels are placed on 0 to 1 and every mark is a row with its kind and the look it has, so that the
    description stays the same from figure to figure: a browser that holds it only takes in new rows.
    """
    low, high = _domain(figure)
    rows: list[dict[str, Any]] = []

    def put(look: str, points: Iterable[tuple[float, float]], *, series: int = 0, **more: Any) -> None:
        for order, (level, value) in enumerate(points):
            place = (level - low) / (high - low)
            if -1e-9 <= place <= 1 + 1e-9:
                row = {"kind": _KIND[look], "look": look, "x": place, "y": value, "foot": value, "text": ""}
                rows.append({**row, "series": series, "order": order, **more})

    def area(look: str, upper: Curve, lower: Curve) -> None:
        for point, (_, foot) in zip(upper, lower):
            put(look, [point], foot=foot)

    for share in (0.0, 0.5, 0.8, 1.0):
        put("grid", ((low, share), (high, share)), series=int(100 * share))
        put("tick", [(low, share)], text=f"{share:.0%}")
    put("axis", ((low, BAND[0]), (high, BAND[0])))
    for tick in ticks_of(low, high):
        put("under", [(tick, BAND[0])], text=_AXIS[figure.unit](tick, figure.language))
    if figure.band is not None:
        area("band", figure.band[1], figure.band[0])
    if figure.other:
        area("band", figure.curve, figure.other)
        put("other", figure.other)
    for look, heap in _heaps(figure, low, high):
        for point in heap:
            put(look, [(point["level"], point["value"])], foot=point["foot"])
    panel = None if figure.money is None else Panel(figure.money, low, high)
    if panel is not None:
        for index, tick in enumerate(panel.ticks):
            ends = ((low, panel.y(tick)), (high, panel.y(tick)))
            put("axis" if tick == 0 else "grid", ends, series=1000 + index)
        for points, name in panel.lines:
            put(name, points)
    inside = [rule for rule in figure.rules if low <= rule.level <= high]
    for rule in inside:
        put(rule.dash, [(rule.level, 1.04)], foot=BAND[0])
    curve = ((low, figure.curve[0][1]), *figure.curve) if figure.curve[0][0] > low else figure.curve
    put("curve", curve)
    put("step", stairs(figure))
    dots = (*inside, *figure.steps)
    put("dot", [(rule.level, rule.probability) for rule in dots if rule.probability is not None])
    notes = notes_of(figure, low, high)
    if panel is not None:
        put("diamond", panel.diamonds)
        put("ring", panel.rings)
        notes += panel.notes()
    for note in notes:
        put(note.look, [(note.level, note.value)], text=note.text)
    rows.sort(key=lambda row: _HEIGHT[row["look"]])
    return Drawing(_spec(mode, height), pd.DataFrame(rows))


_SOLID = [1.0, 0.0]
_AREAS = ("band", "loss", "gain")
_LINES: dict[str, tuple[float, list[float]]] = {
    "grid": (0.7, _SOLID),
    "axis": (1.3, _SOLID),
    "other": (2.0, [6.0, 4.0]),
    "agency_traded": (1.6, [1.5, 3.0]),
    "seller_traded": (1.6, [1.5, 3.0]),
    "agency": (3.0, [9.0, 4.0]),
    "seller": (3.0, _SOLID),
    "curve": (2.5, _SOLID),
    "step": (1.6, [3.0, 2.0]),
}
"""Width and dash of each line, the lowest first."""
_RULES: dict[str, tuple[float, list[float]]] = {
    "thin": (1.2, _SOLID),
    "dotted": (1.2, [2.0, 3.0]),
    "thick": (2.0, _SOLID),
}
_POINTS: dict[str, tuple[float, str]] = {
    "dot": (0.0, "circle"),
    "diamond": (1.6, "diamond"),
    "ring": (1.6, "circle"),
}
_TICKS: dict[str, dict[str, Any]] = {
    "tick": {"align": "right", "dx": -6},
    "under": {"align": "center", "dy": 12},
}
_NOTES: dict[str, dict[str, Any]] = {
    "mark": {"align": "center", "fontSize": 12},
    "beside": {"align": "left", "dx": 4, "fontSize": 12},
    "left": {"align": "left", "dx": 9},
    "right": {"align": "right", "dx": -9},
    "strong_left": {"align": "left", "dx": 9, "fontWeight": 600},
    "strong_right": {"align": "right", "dx": -9, "fontWeight": 600},
    "said_seller": {"align": "right", "dx": -12, "fontWeight": 600},
    "said_agency": {"align": "right", "dx": -4, "fontWeight": 600},
}
_KINDS: dict[str, tuple[str, ...]] = {
    "area": _AREAS,
    "line": tuple(_LINES),
    "rule": tuple(_RULES),
    "point": tuple(_POINTS),
    "tick": tuple(_TICKS),
    "note": tuple(_NOTES),
}
"""The looks of each kind of mark, in the order in which they lie upon each other."""
_KIND = {look: kind for kind, looks in _KINDS.items() for look in looks}
_HEIGHT = {look: height for height, look in enumerate(_KIND)}
_AXIS: dict[str, Callable[[float, Language], str]] = {
    "ratio": lambda level, _: f"{level:.1f}",
    "stars": lambda level, _: f"{level:.1f}",
    "share": lambda level, _: f"{level:.0%}".replace("-", "\u2212"),
    "USD": lambda level, language: short_amount(level, "$", language),
    "count": lambda level, language: short_amount(level, "", language),
}


@lru_cache(maxsize=8)
def _spec(mode: Mode, height: int) -> dict[str, Any]:
    """How every figure is drawn, whatever its rows: one layer for each kind of mark, its looks as scales.

    A browser filters the rows once a layer, so a layer for each look would take several times as long.
    """
    colours = palette(mode)
    ink = _ink(colours)
    strokes = _LINES | _RULES
    colour = alt.Color(**_by_look(ink))
    dash = alt.StrokeDash(**_by_look({look: dash for look, (_, dash) in strokes.items()}))
    width = alt.StrokeWidth(**_by_look({look: width for look, (width, _) in (strokes | _POINTS).items()}))
    halo = {"stroke": colours.ground, "strokeWidth": 4, "strokeJoin": "round", "fill": colours.ground}
    fills = {"dot": colours.ink, "diamond": colours.agency, "ring": colours.ground}
    chart = alt.layer(
        _layer("area").mark_area(interpolate="monotone").encode(y2="foot:Q", order="order:Q", color=colour),
        _layer("line")
        .mark_line()
        .encode(detail="series:N", order="order:Q", color=colour, strokeDash=dash, strokeWidth=width),
        _layer("rule").mark_rule().encode(y2="foot:Q", color=colour, strokeDash=dash, strokeWidth=width),
        _layer("point")
        .mark_point(size=70, opacity=1)
        .encode(
            strokeWidth=width,
            shape=alt.Shape(**_by_look({look: shape for look, (_, shape) in _POINTS.items()})),
            fill=alt.Fill(**_by_look(fills)),
            stroke=alt.Stroke(**_by_look({look: ink[look] for look in _POINTS})),
        ),
        _text("tick", _TICKS).encode(color=colour),
        _text("note", _NOTES, **halo),
        _text("note", _NOTES).encode(color=colour),
    ).properties(
        width="container",
        height=height,
        background="transparent",
        padding={"left": 2, "right": 4, "top": 4, "bottom": 2},
    )
    made: dict[str, Any] = chart.configure(font=FONT).configure_view(stroke=None).to_dict()
    return made


def _ink(colours: Palette) -> dict[str, str]:
    """The colour of each look."""
    return {
        **dict.fromkeys(_KIND, colours.ink),
        **dict.fromkeys(("tick", "under", "mark", "beside", "axis"), colours.muted),
        **dict.fromkeys(("seller", "seller_traded", "said_seller", "ring"), colours.seller),
        **dict.fromkeys(("agency", "agency_traded", "said_agency", "diamond"), colours.agency),
        **dict.fromkeys(("band", "gain"), colours.density),
        "loss": colours.density_loss,
        "grid": colours.line,
    }


def _by_look(values: Mapping[str, Any]) -> dict[str, Any]:
    """An encoding that gives each look its own value."""
    scale = alt.Scale(type="ordinal", domain=[*values], range=[*values.values()])
    return {"shorthand": "look:N", "scale": scale, "legend": None}


def _layer(kind: str) -> alt.Chart:
    """The rows of one kind of mark, on the axes that all kinds share."""
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[BAND[0], 1.04], nice=False), axis=None, stack=None)
    return alt.Chart(alt.NamedData("rows")).transform_filter(alt.datum.kind == kind).encode(x=x, y=y)


def _text(kind: str, looks: Mapping[str, dict[str, Any]], **paint: Any) -> alt.Chart:
    """The rows of a kind written out, each look in its own style."""
    usual = {
        "align": "left",
        "dx": 0,
        "dy": 0,
        "fontSize": 12 if kind == "tick" else 13,
        "fontWeight": 400,
    }
    styles: dict[str, Any] = {
        name: _look_up({look: style.get(name, value) for look, style in looks.items()})
        for name, value in usual.items()
    }
    return _layer(kind).mark_text(baseline="middle", lineBreak="\n", **styles, **paint).encode(text="text:N")


def _look_up(values: Mapping[str, Any]) -> Any:
    """The value of a row's look, as the browser looks it up."""
    return alt.expr(f"{json.dumps(values)}[datum.look]")


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
    for step in figure.steps:
        low, high = min(low, step.level), max(high, step.level)
    high += (high - low) * 0.04 or 1.0
    first = min((rule.level for rule in figure.rules if rule.probability is not None), default=high)
    least = -1.0 if figure.unit == "share" and low < 0 else 0.0
    return max(min(low, (first - ROOM * high) / (1 - ROOM)), min(least, low)), high


def _heaps(figure: Odds, low: float, high: float) -> list[tuple[str, list[dict[str, float]]]]:
    """The density, in one piece or split into loss and gain, set into the lower panel."""
    top = max((height for _, height in figure.density), default=0.0)
    if top <= 0:
        return []
    foot, reach = BAND[0], (BAND[1] - BAND[0]) * (HEAP if figure.money else 1.0)
    points = [
        (level, foot + reach * height / top) for level, height in figure.density if low <= level <= high
    ]
    if figure.split is None or not low < figure.split < high:
        return [("gain", [point_of(level, y, foot) for level, y in points])]
    left = [(level, y) for level, y in points if level <= figure.split]
    right = [(level, y) for level, y in points if level > figure.split]
    joint = [(figure.split, (left[-1][1] + right[0][1]) / 2)] if left and right else []
    return [
        ("loss", [point_of(level, y, foot) for level, y in [*left, *joint]]),
        ("gain", [point_of(level, y, foot) for level, y in [*joint, *right]]),
    ]
