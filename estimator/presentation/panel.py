"""The panels of the odds picture: their frame, notes and points."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

from estimator.presentation.chart_data import BAND, ROOM, Curve, Money, Odds, round_step, stairs
from estimator.values.text import Language

BESIDE = 0.36
"""The share of the width right of the break-even where a mark's label begins at the mark: centred, it would
cover the break-even's own."""


class _Note(NamedTuple):
    """A text at a level, in the look of its kind."""

    level: float
    value: float
    text: str
    look: str


class Panel:
    """The lower panel: money on its own scale, written into the band below the curve."""

    def __init__(self, money: Money, low: float, high: float) -> None:
        self.money, self.low, self.high = money, low, high
        ends = [self.at(line, x) for line in (money.seller, money.agency) for x in (low, high)]
        near = [v for line in (money.seller, money.agency) for x, v in line if low <= x <= high]
        near += ends
        inside = sorted(v for x, v in money.seller if low <= x <= high) or [0.0]
        agency = [v for x, v in money.agency if low <= x <= high] + ends[2:]
        top = max(max(agency) * 1.15, inside[int(0.8 * (len(inside) - 1))], 1.0)
        floor = min(min(agency), inside[int(0.12 * (len(inside) - 1))], 0.0)
        self.floor = min(near) if money.whole else max(floor, min(near, default=0.0), -1.2 * top)
        self.top = min(top, max(near, default=1.0)) if near else top
        if self.top <= self.floor:
            self.top = self.floor + 1.0

    def y(self, amount: float) -> float:
        span = (BAND[1] - BAND[0]) * 0.94
        return BAND[0] + 0.02 + span * (amount - self.floor) / (self.top - self.floor)

    @property
    def ticks(self) -> list[float]:
        step = round_step((self.top - self.floor) / 3.2)
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
        points: list[tuple[float, float]] = []
        for (x0, v0), (x1, v1) in pairwise(line):
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
                    points.append((min(max(x, self.low), self.high), self.y(value)))
        return tuple(dict.fromkeys(points))

    def at(self, line: Curve, x: float) -> float:
        return float(_between(line, x))

    @property
    def diamonds(self) -> list[tuple[float, float]]:
        points = [(x, self.at(self.money.agency, x)) for x, _ in self.money.marks]
        return [
            (x, self.y(v)) for x, v in points if self.low <= x <= self.high and self.floor <= v <= self.top
        ]

    @property
    def rings(self) -> list[tuple[float, float]]:
        if self.money.break_even is None:
            return []
        return [(self.money.break_even, self.y(0.0))]

    def notes(self) -> list[_Note]:
        money, width = self.money, self.high - self.low
        notes = [_Note(self.low, self.y(tick), _amount(tick, money.currency), "tick") for tick in self.ticks]
        spots = [self.low + width * k / 40 for k in range(14, 39)]
        middle = self.floor + 0.45 * (self.top - self.floor)
        seen = [x for x in spots if self.floor < self.at(money.seller, x) < self.top]
        above = [x for x in seen if self.at(money.seller, x) > middle]
        x = above[0] if above else seen[len(seen) // 2] if seen else self.low + 0.6 * width
        label = money.seller_label
        if not seen:
            label += " ↓" if self.at(money.seller, x) <= self.floor else " ↑"
        notes.append(_Note(x, self.y(self._held(money.seller, x)), label, "said_seller"))
        share = next((share for share in (0.985, 0.86, 0.36, 0.2) if self._apart(share)), 0.985)
        x = self.low + share * width
        lifted = self.y(self._held(money.agency, x)) + 0.09
        notes.append(_Note(x, lifted, money.agency_label, "said_agency"))
        for x, label in money.marks:
            value = self.at(money.agency, x)
            if self.low + 0.08 * width < x < self.high - 0.03 * width and self.floor <= value <= self.top:
                near = 0 < x - (money.break_even or x) < BESIDE * width
                notes.append(_Note(x, self.y(value) + 0.085, label, "beside" if near else "mark"))
        return notes

    def _held(self, line: Curve, x: float) -> float:
        return min(max(self.at(line, x), self.floor), self.top)

    def _apart(self, share: float) -> bool:
        """Whether the agency's line there is clear of the seller's and of the marks."""
        width = self.high - self.low
        at = self.low + share * width
        value = self.at(self.money.agency, at)
        clear = all(abs(x - at) > 0.24 * width for x, _ in self.money.marks)
        far = abs(self.at(self.money.seller, at) - value) > 0.2 * (self.top - self.floor)
        return clear and far and self.floor <= value <= self.top


def _between(line: Curve, x: float) -> float:
    """The line's value at ``x``, straight between its points."""
    if x <= line[0][0]:
        return line[0][1]
    for (x0, v0), (x1, v1) in pairwise(line):
        if x <= x1:
            return v0 + (v1 - v0) * (x - x0) / (x1 - x0) if x1 > x0 else v1
    return line[-1][1]


def short_amount(level: float, currency: str, language: Language) -> str:
    """A level below its tick, where many stand side by side.

    >>> short_amount(20_000, "$", "en"), short_amount(-500, "$", "en"), short_amount(150_000, "$", "zh")
    ('$20k', '−$500', '$15万')
    """
    sign = "\u2212" if level < 0 else ""
    size = abs(level)
    if language == "zh":
        figure = f"{size / 10_000:g}万" if size >= 10_000 else f"{size:,g}"
    else:
        figure = f"{size / 1000:g}k" if size >= 1000 else f"{size:g}"
    return f"{sign}{currency}{figure}"


def _amount(amount: float, currency: str) -> str:
    """An amount beside the axis: $20,000, −$5,000, $0."""
    sign = "\u2212" if amount < 0 else ""
    return f"{sign}{currency}{abs(amount):,.10g}"


def point_of(level: float, y: float, foot: float) -> dict[str, float]:
    return {"level": level, "value": y, "foot": foot}


def notes_of(figure: Odds, low: float, high: float) -> list[_Note]:
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
    for (_, over), step in zip(stairs(figure)[1::2], figure.steps):
        side = "right" if (step.level - low) / width > 1 - ROOM else "left"
        notes.append(_Note(step.level, min(over + 0.45, 0.95), step.label, side))
    if figure.split is not None and low < figure.split < high:
        share = (figure.split - low) / width
        if share > 0.14:
            notes.append(_Note(figure.split, BAND[0] + 0.07, figure.lose, "right"))
        if share < 1 - 0.14:
            notes.append(_Note(figure.split, BAND[0] + 0.07, figure.gain, "left"))
    return notes
