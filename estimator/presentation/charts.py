"""The signature figure: how likely each level is, above how the KPI is spread, on one axis.

One layered view and not two panels: the rules run through both, and the picture stretches with its
column. The density hangs in its own band below zero; the labelled ticks belong to the curve alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

import altair as alt

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
    definition that gives least, where the definition is open; ``steps`` further goals on the same KPI.
    """

    curve: Curve
    density: Curve
    rules: tuple[Rule, ...]
    split: float | None
    lose: str
    gain: str
    unit: Literal["ratio", "share", "USD", "count", "stars"]
    band: tuple[Curve, Curve] | None = None
    band_label: str = ""
    other: Curve = ()
    money: Money | None = None


def odds(figure: Odds, mode: Mode, height: int = 356) -> dict[str, Any]:
    """The Vega-Lite description of the figure, ready to draw on screen or paper."""
    colours = palette(mode)
    low, high = _domain(figure)
    axes = _axes(low, high, figure.unit, colours.muted, colours.line)
    layers: list[dict[str, Any]] = []

    def put(mark: str, values: list[dict[str, Any]], **look: Any) -> None:
        if values:
            foot, text = "foot" in values[0], "text" in values[0]
            layer = _layer(mark, tuple(sorted(look.items())), foot, text)
            encoding = {**layer["encoding"], **axes}
            layers.append({"data": {"values": values}, "mark": layer["mark"], "encoding": encoding})

    def line(points: Curve, **look: Any) -> None:
        values = [{"level": level, "value": value} for level, value in points if low <= level <= high]
        put("line", values if len(values) > 1 else [], clip=True, **look)

    def area(upper: Curve, lower: Curve, colour: str) -> None:
        pairs = zip(upper, lower)
        values = [
            {"level": level, "value": top, "foot": foot}
            for (level, top), (_, foot) in pairs
            if low <= level <= high
        ]
        put("area", values, color=colour, clip=True)

    if figure.band is not None:
        area(figure.band[1], figure.band[0], colours.density)
    if figure.other:
        area(figure.curve, figure.other, colours.density)
        line(figure.other, color=colours.ink, strokeWidth=2, strokeDash=(6, 4))
    for heap, colour in _heaps(figure, low, high, colours.density_loss, colours.density):
        put("area", heap, color=colour, clip=True, interpolate="monotone")
    panel = None if figure.money is None else _Panel(figure.money, low, high)
    if panel is not None:
        for tick in panel.ticks:
            at = panel.y(tick)
            zero = {"color": colours.muted, "strokeWidth": 1.4}
            line(
                ((low, at), (high, at)),
                **(zero if tick == 0 else {"color": colours.line, "strokeWidth": 0.6}),
            )
        for points, name in panel.lines:
            colour = colours.seller if name.startswith("seller") else colours.agency
            line(points, color=colour, **_LINES[name])
    inside = [rule for rule in figure.rules if low <= rule.level <= high]
    for rule in inside:
        dash = (2, 3) if rule.dash == "dotted" else (1, 0)
        width = 2.0 if rule.dash == "thick" else 1.2
        ends = [{"level": rule.level, "value": 1.04, "foot": BAND[0]}]
        put("rule", ends, color=colours.ink, strokeWidth=width, strokeDash=dash)
    curve = ((low, figure.curve[0][1]), *figure.curve) if figure.curve[0][0] > low else figure.curve
    line(curve, color=colours.ink, strokeWidth=2.5, interpolate="monotone")
    told = [{"level": r.level, "value": r.probability} for r in inside if r.probability is not None]
    put("circle", told, color=colours.ink, size=70, opacity=1)
    if panel is not None:
        look = {"size": 70, "filled": True, "strokeWidth": 1.6, "opacity": 1}
        put("point", panel.diamonds, shape="diamond", fill=colours.agency, stroke=colours.agency, **look)
        put("point", panel.rings, shape="circle", fill=colours.ground, stroke=colours.seller, **look)
    notes = _notes(figure, low, high)
    if panel is not None:
        notes += panel.notes(colours.seller, colours.agency, colours.muted)
    for note in notes:
        place = [{key: note[key] for key in ("level", "value", "text")}]
        set_ = {key: note[key] for key in ("align", "dx", "baseline")}
        set_ |= {"fontSize": note.get("size", 13), "fontWeight": 600 if note["strong"] else 400}
        halo = {"stroke": colours.ground, "strokeWidth": 4, "strokeJoin": "round", "fill": colours.ground}
        for paint in (halo, {"fill": note.get("fill", colours.ink)}):
            put("text", place, lineBreak="\n", **set_, **paint)
    frame = {"width": "container", "height": height, "background": "transparent", "layer": layers}
    return {**_frame(colours.muted), **frame}


@lru_cache(maxsize=256)
def _layer(mark: str, look: tuple[tuple[str, Any], ...], foot: bool, text: bool) -> dict[str, Any]:
    """One mark with its encodings but for the axes. Altair takes its time, so each look is made once."""
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in look}
    chart = getattr(alt.Chart(alt.InlineData(values=[])), f"mark_{mark}")(**given)
    encodings: dict[str, Any] = {"y2": alt.Y2("foot:Q")} if foot else {}
    if text:
        encodings["text"] = alt.Text("text:N")
    found = chart.encode(x="level:Q", y="value:Q", **encodings).to_dict()
    return {"mark": found["mark"], "encoding": found["encoding"]}


def _axes(low: float, high: float, unit: str, ink: str, grid: str) -> dict[str, Any]:
    """Both axes, the same object in every layer, or they would vanish."""
    made = _axes_of(unit, ink, grid)
    x = {**made["x"], "scale": {**made["x"]["scale"], "domain": [low, high]}}
    return {"x": x, "y": made["y"]}


@lru_cache(maxsize=16)
def _axes_of(unit: str, ink: str, grid: str) -> dict[str, Any]:
    axis_x = alt.Axis(title=None, format=_AXIS[unit], tickCount=8, grid=False, domainColor=ink)
    axis_y = alt.Axis(
        title=None, values=[0, 0.5, 0.8, 1], format=".0%", domain=False, gridColor=grid, ticks=False
    )
    x = alt.X("level:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=axis_x)
    y = alt.Y("value:Q", scale=alt.Scale(domain=[BAND[0], 1.04], nice=False), axis=axis_y)
    chart = alt.Chart(alt.InlineData(values=[])).mark_point().encode(x=x, y=y)
    found: dict[str, Any] = chart.to_dict()["encoding"]
    return found


@lru_cache(maxsize=4)
def _frame(ink: str) -> dict[str, Any]:
    """What every figure has: the schema, the type and the look of its axes."""
    chart = alt.Chart(alt.InlineData(values=[])).mark_point()
    found = (
        chart.configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(labelColor=ink, labelFontSize=12, tickColor=ink)
        .configure_axisY(minExtent=34, maxExtent=34)
        .to_dict()
    )
    return {"$schema": found["$schema"], "config": found["config"]}


_LINES: dict[str, dict[str, Any]] = {
    "seller": {"strokeWidth": 3},
    "agency": {"strokeWidth": 3, "strokeDash": (9, 4)},
    "seller_traded": {"strokeWidth": 1.6, "strokeDash": (1.5, 3)},
    "agency_traded": {"strokeWidth": 1.6, "strokeDash": (1.5, 3)},
}
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
    foot, reach = BAND[0], (BAND[1] - BAND[0]) * (HEAP if figure.money else 1.0)
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


class _Panel:
    """The lower panel: money on its own scale, written into the band below the curve."""

    def __init__(self, money: Money, low: float, high: float) -> None:
        self.money, self.low, self.high = money, low, high
        near = [v for line in (money.seller, money.agency) for x, v in self._placed(line) if low <= x <= high]
        inside = sorted(v for x, v in self._placed(money.seller) if low <= x <= high) or [0.0]
        agency = [v for x, v in self._placed(money.agency) if low <= x <= high] or [0.0]
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
        size = (self.top - self.floor) / 3.2
        step = next(
            unit * 10.0**power for power in range(12) for unit in (1, 2, 5) if unit * 10.0**power >= size
        )
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
    def diamonds(self) -> list[dict[str, float]]:
        levels = [x for x, _ in self._placed(tuple((level, 0.0) for level, _ in self.money.marks))]
        return [
            {"level": x, "value": self.y(self.at(self.money.agency, x))}
            for x in levels
            if self.low <= x <= self.high and self.floor <= self.at(self.money.agency, x) <= self.top
        ]

    @property
    def rings(self) -> list[dict[str, float]]:
        if self.money.break_even is None:
            return []
        x = self._placed(((self.money.break_even, 0.0),))[0][0]
        return [{"level": x, "value": self.y(0.0)}] if self.low <= x <= self.high else []

    def notes(self, seller: str, agency: str, muted: str) -> list[dict[str, Any]]:
        found = []
        for tick in self.ticks:
            found.append(
                _note(self.low, self.y(tick), _short(tick, self.money.currency), "right", False)
                | {"dx": -6, "fill": muted, "size": 12}
            )
        width = self.high - self.low
        spots = [self.low + width * k / 40 for k in range(14, 39)]
        inside = [
            x
            for x in spots
            if self.floor + 0.45 * (self.top - self.floor) < self.at(self.money.seller, x) < self.top
        ]
        x = inside[0] if inside else self.low + 0.6 * width
        value = min(max(self.at(self.money.seller, x), self.floor), self.top)
        found.append(
            _note(x, self.y(value), self.money.seller_label, "right", True) | {"fill": seller, "dx": -12}
        )
        span = self.top - self.floor
        marked = [self._placed(((level, 0.0),))[0][0] for level, _ in self.money.marks]

        def apart(share: float) -> bool:
            at = self.low + share * width
            value = self.at(self.money.agency, at)
            clear = all(abs(mark - at) > 0.24 * width for mark in marked)
            far = abs(self.at(self.money.seller, at) - value) > 0.2 * span
            return clear and far and self.floor <= value <= self.top

        share = next((share for share in (0.985, 0.86, 0.36, 0.2) if apart(share)), 0.985)
        x = self.low + share * width
        value = min(max(self.at(self.money.agency, x), self.floor), self.top)
        found.append(
            _note(x, self.y(value) + 0.09, self.money.agency_label, "right", True)
            | {"fill": agency, "dx": -4}
        )
        for level, label in self.money.marks:
            x = self._placed(((level, 0.0),))[0][0]
            if self.low + 0.08 * width < x < self.high - 0.03 * width:
                value = self.at(self.money.agency, x)
                if self.floor <= value <= self.top:
                    found.append(
                        _note(x, self.y(value) + 0.085, label, "center", False)
                        | {"fill": muted, "dx": 0, "size": 12}
                    )
        if self.money.own_axis:
            first, last = self.money.seller[0][0], self.money.seller[-1][0]
            for k in range(1, 6):
                level = first + (last - first) * k / 6
                x = self.low + width * k / 6
                found.append(
                    _note(x, BAND[0] + 0.05, f"{level:.1f}", "center", False)
                    | {"fill": muted, "dx": 0, "size": 12}
                )
        return found


def _between(line: list[tuple[float, float]], x: float) -> float:
    """The line's value at ``x``, straight between its points."""
    if x <= line[0][0]:
        return line[0][1]
    for (x0, v0), (x1, v1) in pairwise(line):
        if x <= x1:
            return v0 + (v1 - v0) * (x - x0) / (x1 - x0) if x1 > x0 else v1
    return line[-1][1]


def _short(amount: float, currency: str) -> str:
    """An amount on the axis: $20k, −$5k, $0."""
    sign = "\u2212" if amount < 0 else ""
    size = abs(amount)
    figure = f"{size / 1000:g}k" if size >= 1000 else f"{size:g}"
    return f"{sign}{currency}{figure}"


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
            foot = BAND[0] + 0.2 if figure.money else BAND[1] + 0.03
            notes.append(_note(rule.level, foot, rule.label, side, False))
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
