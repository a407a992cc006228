"""The signature figure: how likely each level is, above how the KPI is spread, on one axis.

One layered view and not two panels: the rules run through both, and the picture stretches with its
column. The density hangs in its own band below zero; the labelled ticks belong to the curve alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import altair as alt
import pandas as pd

from estimator.presentation.palette import Mode, palette

BAND = (-1.3, -0.12)
"""Foot and top of the lower panel, in units of the probability axis."""
HEAP = 0.34
"""How much of the lower panel the density fills."""
FONT = "Source Sans, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
ROOM = 0.23
"""The share of the width a label at a rule needs on its side."""

Dash = Literal["thin", "dotted", "thick"]
Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A level that matters: its rule, its label, and the probability it is reached with, if it has one."""

    level: float
    label: str
    dash: Dash
    probability: float | None = None


@dataclass(frozen=True, kw_only=True)
class Money:
    """Who gets what at each level, a month: the seller's line and the agency's, before and after a trade.

    ``marks`` are levels at which the agency's line changes its course, each with a label. ``own_axis`` is
    true where the levels are not those of the curve above.
    """

    seller: Curve
    agency: Curve
    seller_label: str
    agency_label: str
    traded_seller: Curve = ()
    traded_agency: Curve = ()
    marks: tuple[tuple[float, str], ...] = ()
    break_even: float | None = None
    currency: str = "$"
    own_axis: bool = False


@dataclass(frozen=True, kw_only=True)
class Odds:
    """All that the figure of one goal shows; ``unit`` says how the axis writes its levels.

    ``band`` is a pair of curves, from the cautious to the hopeful scenario; ``other`` the curve of the
    definition that gives least, where the definition is open; ``steps`` further goals on the same KPI, in
    the order of their months, each with the probability of its own.
    """

    curve: Curve
    density: Curve
    rules: tuple[Rule, ...]
    split: float | None
    lose: str
    gain: str
    unit: Literal["ratio", "share", "USD", "count", "stars"]
    band: tuple[Curve, Curve] | None = None
    other: Curve = ()
    money: Money | None = None
    steps: tuple[Rule, ...] = ()


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
    for tick in _ticks(low, high):
        put("under", [(tick, BAND[0])], text=_AXIS[figure.unit](tick))
    if figure.band is not None:
        area("band", figure.band[1], figure.band[0])
    if figure.other:
        area("band", figure.curve, figure.other)
        put("other", figure.other)
    for look, heap in _heaps(figure, low, high):
        for point in heap:
            put(look, [(point["level"], point["value"])], foot=point["foot"])
    panel = None if figure.money is None else _Panel(figure.money, low, high)
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
    put("step", _stairs(figure))
    dots = (*inside, *figure.steps)
    put("dot", [(rule.level, rule.probability) for rule in dots if rule.probability is not None])
    notes = _notes(figure, low, high)
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
_AXIS: dict[str, Callable[[float], str]] = {
    "ratio": lambda level: f"{level:.1f}",
    "stars": lambda level: f"{level:.1f}",
    "share": lambda level: f"{level:.0%}".replace("-", "\u2212"),
    "USD": lambda level: _short(level, "$"),
    "count": lambda level: _short(level, ""),
}


@lru_cache(maxsize=8)
def _spec(mode: Mode, height: int) -> dict[str, Any]:
    """How every figure is drawn, whatever its rows: one layer for each kind of mark, its looks as scales.

    A browser filters the rows once a layer, so a layer for each look would take several times as long.
    """
    colours = palette(mode)
    ink = {
        **dict.fromkeys(_KIND, colours.ink),
        **dict.fromkeys(("tick", "under", "mark", "axis"), colours.muted),
        **dict.fromkeys(("seller", "seller_traded", "said_seller", "ring"), colours.seller),
        **dict.fromkeys(("agency", "agency_traded", "said_agency", "diamond"), colours.agency),
        **dict.fromkeys(("band", "gain"), colours.density),
        "loss": colours.density_loss,
        "grid": colours.line,
    }
    strokes = _LINES | _RULES
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[BAND[0], 1.04], nice=False), axis=None, stack=None)

    def by_look(values: Mapping[str, Any]) -> dict[str, Any]:
        scale = alt.Scale(type="ordinal", domain=[*values], range=[*values.values()])
        return {"shorthand": "look:N", "scale": scale, "legend": None}

    def of(kind: str) -> alt.Chart:
        return alt.Chart(alt.NamedData("rows")).transform_filter(alt.datum.kind == kind).encode(x=x, y=y)

    def look_up(values: Mapping[str, Any]) -> Any:
        return alt.expr(f"{json.dumps(values)}[datum.look]")

    def text(kind: str, looks: Mapping[str, dict[str, Any]], **paint: Any) -> alt.Chart:
        usual = {
            "align": "left",
            "dx": 0,
            "dy": 0,
            "fontSize": 12 if kind == "tick" else 13,
            "fontWeight": 400,
        }
        styles: dict[str, Any] = {
            name: look_up({look: style.get(name, value) for look, style in looks.items()})
            for name, value in usual.items()
        }
        return of(kind).mark_text(baseline="middle", lineBreak="\n", **styles, **paint).encode(text="text:N")

    colour = alt.Color(**by_look(ink))
    dash = alt.StrokeDash(**by_look({look: dash for look, (_, dash) in strokes.items()}))
    width = alt.StrokeWidth(**by_look({look: width for look, (width, _) in (strokes | _POINTS).items()}))
    halo = {"stroke": colours.ground, "strokeWidth": 4, "strokeJoin": "round", "fill": colours.ground}
    fills = {"dot": colours.ink, "diamond": colours.agency, "ring": colours.ground}
    chart = alt.layer(
        of("area").mark_area(interpolate="monotone").encode(y2="foot:Q", order="order:Q", color=colour),
        of("line")
        .mark_line()
        .encode(detail="series:N", order="order:Q", color=colour, strokeDash=dash, strokeWidth=width),
        of("rule").mark_rule().encode(y2="foot:Q", color=colour, strokeDash=dash, strokeWidth=width),
        of("point")
        .mark_point(size=70, opacity=1)
        .encode(
            strokeWidth=width,
            shape=alt.Shape(**by_look({look: shape for look, (_, shape) in _POINTS.items()})),
            fill=alt.Fill(**by_look(fills)),
            stroke=alt.Stroke(**by_look({look: ink[look] for look in _POINTS})),
        ),
        text("tick", _TICKS).encode(color=colour),
        text("note", _NOTES, **halo),
        text("note", _NOTES).encode(color=colour),
    ).properties(
        width="container",
        height=height,
        background="transparent",
        padding={"left": 2, "right": 4, "top": 4, "bottom": 2},
    )
    made: dict[str, Any] = chart.configure(font=FONT).configure_view(stroke=None).to_dict()
    return made


def _ticks(low: float, high: float) -> list[float]:
    """About eight round levels."""
    step = _round_step((high - low) / 9)
    first = math.ceil(low / step + 0.02)
    return [step * k for k in range(first, math.floor(high / step - 0.02) + 1)]


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below ``least``."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(unit * power for unit in (1, 2, 5, 10) if unit * power >= least * (1 - 1e-9))


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


def _stairs(figure: Odds) -> Curve:
    """From the requested level across to each later goal's, and down to its probability."""
    if not figure.steps or not figure.rules or figure.rules[0].probability is None:
        return ()
    points = [(figure.rules[0].level, figure.rules[0].probability)]
    for step in figure.steps:
        points.append((step.level, points[-1][1]))
        points.append((step.level, step.probability or 0.0))
    return tuple(points)


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
        return [("gain", [_point(level, y, foot) for level, y in points])]
    left = [(level, y) for level, y in points if level <= figure.split]
    right = [(level, y) for level, y in points if level > figure.split]
    joint = [(figure.split, (left[-1][1] + right[0][1]) / 2)] if left and right else []
    return [
        ("loss", [_point(level, y, foot) for level, y in [*left, *joint]]),
        ("gain", [_point(level, y, foot) for level, y in [*joint, *right]]),
    ]


class _Note(NamedTuple):
    """A text at a level, in the look of its kind."""

    level: float
    value: float
    text: str
    look: str


class _Panel:
    """The lower panel: money on its own scale, written into the band below the curve."""

    def __init__(self, money: Money, low: float, high: float) -> None:
        self.money, self.low, self.high = money, low, high
        ends = [self.at(line, x) for line in (money.seller, money.agency) for x in (low, high)]
        near = [v for line in (money.seller, money.agency) for x, v in self._placed(line) if low <= x <= high]
        near += ends
        inside = sorted(v for x, v in self._placed(money.seller) if low <= x <= high) or [0.0]
        agency = [v for x, v in self._placed(money.agency) if low <= x <= high] + ends[2:]
        top = max(max(agency) * 1.15, inside[int(0.8 * (len(inside) - 1))], 1.0)
        floor = min(min(agency), inside[int(0.12 * (len(inside) - 1))], 0.0)
        self.floor = max(floor, min(near, default=0.0), -1.2 * top)
        self.top = min(top, max(near, default=1.0)) if near else top
        if self.top <= self.floor:
            self.top = self.floor + 1.0

    def _placed(self, line: Curve) -> list[tuple[float, float]]:
        """Points of a line on the axis above: its own levels, or stretched over the whole width."""
        if not self.money.own_axis:
            return list(line)
        first, last = self.money.seller[0][0], self.money.seller[-1][0]
        width = (self.high - self.low) / (last - first)
        return [(self.low + (x - first) * width, v) for x, v in line]

    def y(self, amount: float) -> float:
        span = (BAND[1] - BAND[0]) * 0.94
        return BAND[0] + 0.02 + span * (amount - self.floor) / (self.top - self.floor)

    @property
    def ticks(self) -> list[float]:
        step = _round_step((self.top - self.floor) / 3.2)
        first = math.ceil(self.floor / step - 0.05)
        return [step * k for k in range(first, math.floor(self.top / step + 0.05) + 1)]

    @property
    def lines(self) -> list[tuple[Curve, str]]:
        money = self.money
        named = (
            (money.traded_seller, "seller_traded"),
            (money.traded_agency, "agency_traded"),
            (money.agency, "agency"),
            (money.seller, "seller"),
        )
        return [(self._clipped(line), look) for line, look in named if line]

    def _clipped(self, line: Curve) -> Curve:
        """The line within the panel, cut where it leaves it."""
        found: list[tuple[float, float]] = []
        placed = self._placed(line)
        for (x0, v0), (x1, v1) in pairwise(placed):
            ends = [0.0, 1.0]
            ends += [
                (edge - v0) / (v1 - v0) for edge in (self.floor, self.top) if (v0 - edge) * (v1 - edge) < 0
            ]
            ends += [
                (edge - x0) / (x1 - x0) for edge in (self.low, self.high) if (x0 - edge) * (x1 - edge) < 0
            ]
            for part in sorted(ends):
                x, value = x0 + part * (x1 - x0), v0 + part * (v1 - v0)
                slack = 1e-6 * (self.top - self.floor)
                if (
                    self.floor - slack <= value <= self.top + slack
                    and self.low - 1e-9 <= x <= self.high + 1e-9
                ):
                    found.append((min(max(x, self.low), self.high), self.y(value)))
        return tuple(dict.fromkeys(found))

    def at(self, line: Curve, x: float) -> float:
        placed = self._placed(line)
        return float(_between(placed, x))

    @property
    def diamonds(self) -> list[tuple[float, float]]:
        found = [(x, self.at(self.money.agency, x)) for x in self._marked()]
        return [
            (x, self.y(v)) for x, v in found if self.low <= x <= self.high and self.floor <= v <= self.top
        ]

    @property
    def rings(self) -> list[tuple[float, float]]:
        if self.money.break_even is None:
            return []
        return [(self._placed(((self.money.break_even, 0.0),))[0][0], self.y(0.0))]

    def _marked(self) -> list[float]:
        return [x for x, _ in self._placed(tuple((level, 0.0) for level, _ in self.money.marks))]

    def notes(self) -> list[_Note]:
        money, width = self.money, self.high - self.low
        found = [_Note(self.low, self.y(tick), _amount(tick, money.currency), "tick") for tick in self.ticks]
        spots = [self.low + width * k / 40 for k in range(14, 39)]
        middle = self.floor + 0.45 * (self.top - self.floor)
        seen = [x for x in spots if self.floor < self.at(money.seller, x) < self.top]
        above = [x for x in seen if self.at(money.seller, x) > middle]
        x = above[0] if above else seen[len(seen) // 2] if seen else self.low + 0.6 * width
        label = money.seller_label
        if not seen:
            label += " ↓" if self.at(money.seller, x) <= self.floor else " ↑"
        found.append(_Note(x, self.y(self._held(money.seller, x)), label, "said_seller"))
        share = next((share for share in (0.985, 0.86, 0.36, 0.2) if self._apart(share)), 0.985)
        x = self.low + share * width
        lifted = self.y(self._held(money.agency, x)) + 0.09
        found.append(_Note(x, lifted, money.agency_label, "said_agency"))
        for x, (_, label) in zip(self._marked(), money.marks):
            value = self.at(money.agency, x)
            if self.low + 0.08 * width < x < self.high - 0.03 * width and self.floor <= value <= self.top:
                found.append(_Note(x, self.y(value) + 0.085, label, "mark"))
        if money.own_axis:
            first, last = money.seller[0][0], money.seller[-1][0]
            for k in range(1, 6):
                level = first + (last - first) * k / 6
                found.append(_Note(self.low + width * k / 6, BAND[0] + 0.05, f"{level:.1f}", "mark"))
        return found

    def _held(self, line: Curve, x: float) -> float:
        return min(max(self.at(line, x), self.floor), self.top)

    def _apart(self, share: float) -> bool:
        """Whether the agency's line there is clear of the seller's and of the marks."""
        width = self.high - self.low
        at = self.low + share * width
        value = self.at(self.money.agency, at)
        clear = all(abs(x - at) > 0.24 * width for x in self._marked())
        far = abs(self.at(self.money.seller, at) - value) > 0.2 * (self.top - self.floor)
        return clear and far and self.floor <= value <= self.top


def _between(line: list[tuple[float, float]], x: float) -> float:
    """The line's value at ``x``, straight between its points."""
    if x <= line[0][0]:
        return line[0][1]
    for (x0, v0), (x1, v1) in pairwise(line):
        if x <= x1:
            return v0 + (v1 - v0) * (x - x0) / (x1 - x0) if x1 > x0 else v1
    return line[-1][1]


def _short(level: float, currency: str) -> str:
    """A level below its tick, where many stand side by side: $20k, −$5k, $0."""
    sign = "\u2212" if level < 0 else ""
    size = abs(level)
    figure = f"{size / 1000:g}k" if size >= 1000 else f"{size:g}"
    return f"{sign}{currency}{figure}"


def _amount(amount: float, currency: str) -> str:
    """An amount beside the axis: $20,000, −$5,000, $0."""
    sign = "\u2212" if amount < 0 else ""
    return f"{sign}{currency}{abs(amount):,.10g}"


def _point(level: float, y: float, foot: float) -> dict[str, float]:
    return {"level": level, "value": y, "foot": foot}


def _notes(figure: Odds, low: float, high: float) -> list[_Note]:
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
        first = index == 0 and len(told) > 1
        if first and share >= ROOM - 0.01:
            place, side = min(rule.probability - 0.16, 0.62), "right"
        elif share > 1 - ROOM:
            place, side = min(rule.probability + 0.3, 0.96), "right"
        elif first:
            place, side = 0.12, "left"
        else:
            place, side = min(rule.probability + 0.14, 0.93), "left"
        notes.append(_Note(rule.level, place, rule.label, f"strong_{side}"))
    for rule in figure.rules:
        if rule.probability is None and low <= rule.level <= high:
            side = "right" if (rule.level - low) / width > 1 - ROOM else "left"
            foot = BAND[0] + 0.2 if figure.money else BAND[1] + 0.03
            notes.append(_Note(rule.level, foot, rule.label, side))
    for (_, over), step in zip(_stairs(figure)[1::2], figure.steps):
        side = "right" if (step.level - low) / width > 1 - ROOM else "left"
        notes.append(_Note(step.level, min(over + 0.45, 0.95), step.label, side))
    if figure.split is not None and low < figure.split < high:
        share = (figure.split - low) / width
        if share > 0.14:
            notes.append(_Note(figure.split, BAND[0] + 0.07, figure.lose, "right"))
        if share < 1 - 0.14:
            notes.append(_Note(figure.split, BAND[0] + 0.07, figure.gain, "left"))
    return notes
