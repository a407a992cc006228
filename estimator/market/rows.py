"""Rows: assumptions read at the points, under a scenario, for one situation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np

from estimator.market.assumptions import Assumption
from estimator.market.directions import Passing
from estimator.market.market import Market
from estimator.market.points import Draws
from estimator.market.scenarios import Scenario
from estimator.market.situation import Situation
from estimator.values.errors import fail
from estimator.values.units import Floats, Value

SHARE_CAP = 0.99


@dataclass(frozen=True, kw_only=True)
class Switches:
    """Parts of the model that can be turned off, for what-ifs and for tests against closed forms."""

    learning: bool = True
    saturation: bool = True
    shocks: bool = True
    season: bool = True
    drift: bool = True
    order_noise: bool = True
    interruptions: bool = True
    platform_stop: bool = True
    in_house_failure: bool = True
    order_limit: bool = True
    creators: bool = True
    live: bool = True
    organic: bool = True
    repeat: bool = True

    @classmethod
    def only(cls, *names: str) -> Switches:
        """Everything off but ``names``.

        >>> Switches.only("season").season, Switches.only("season").creators
        (True, False)
        """
        return cls(**{field.name: field.name in names for field in fields(cls)})


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The market's rows as draws, scaled by the scenario."""

    market: Market
    scenario: Scenario
    points: Draws
    situation: Situation

    def row(self, quantity: str, *, platform: str = "all", stage: str | None = None) -> Assumption | None:
        return self.market.find(
            quantity, platform=platform, category=self.situation.category, stage=stage or self.situation.stage
        )

    def at(
        self,
        quantity: str,
        *,
        platform: str = "all",
        stage: str | None = None,
        name: str | None = None,
        store: int | None = None,
        z: Value = None,
    ) -> Value:
        """The quantity, drawn once a draw, or once a draw and platform where ``store`` names its first.

        ``name`` is the dimension where it is not the quantity's own; ``z`` replaces the draw.
        """
        return self._at(self._given(quantity, platform, stage), platform, name or quantity, store, z)

    def narrowed(
        self, quantity: str, share: Value, *, platform: str = "all", store: int | None = None
    ) -> Value:
        """As ``at`` draws it, with so much of its width about its middle."""
        if np.ndim(share) == 0 and share == 1:
            return self.at(quantity, platform=platform, store=store)
        normal = self.points.normal(quantity, store=store)
        return self.at(quantity, platform=platform, z=share * normal)

    def _at(self, row: Assumption, platform: str, name: str, store: int | None, z: Value) -> Value:
        if row.certain:
            return self._scaled(row, row.low, platform)
        value = self._drawn(row, name, store) if z is None else row.at(z)
        return self._scaled(row, value, platform)

    def _drawn(self, row: Assumption, name: str, store: int | None) -> Floats:
        """The row at the points of a dimension; kept, but for points that serve only once."""
        points = self.points
        if not isinstance(points, Passing):
            return drawn_at(row, points, name, store)
        if (behind := points.behind(name, store)) is None:
            values: Floats = row.at(points.normal(name, store=store))
            return values
        kept = drawn_at(row, behind, name, store)
        return kept if points.chosen is None else kept[points.chosen]

    def fixed(self, quantity: str, *, platform: str = "all", stage: str | None = None) -> Value:
        """The quantity at its middle, for rows that hold a constant."""
        row = self._given(quantity, platform, stage)
        return float(self._scaled(row, row.median, platform))

    def middle(self, quantity: str) -> Value:
        """The middle of the quantity's row whatever the scenario; 1 where there is none."""
        row = self.row(quantity)
        return 1.0 if row is None else row.median

    def _given(self, quantity: str, platform: str, stage: str | None) -> Assumption:
        row = self.row(quantity, platform=platform, stage=stage)
        if row is None:
            where = f"{platform}, {self.situation.category}, {stage or self.situation.stage}"
            raise fail("no_assumption", f"{self.market.id}:{quantity}", found=where)
        return row

    def _scaled(self, row: Assumption, value: Value, platform: str) -> Value:
        # docs/model.md (M2): scaled after it is drawn; a share is then held below 1
        factor = self.scenario.factor(row.quantity, platform=None if platform == "all" else platform)
        if factor != 1.0:
            value = value * factor
            if row.kind in ("logitnormal", "beta"):
                value = np.minimum(value, SHARE_CAP)
        return value

    def in_months(self, curve: Sequence[Value], months: int) -> list[Value]:
        """The values of a curve of twelve calendar months in the first contract months."""
        return [curve[(self.situation.start - 1 + month) % 12] for month in range(months)]

    def factor(self, quantity: str, month: int, platform: str) -> float:
        """The scenario's factor in contract month ``month``, counted from 1."""
        if not self.scenario.scales:
            return 1.0
        calendar = (self.situation.start + month - 2) % 12 + 1
        return self.scenario.factor(quantity, platform=platform, month=month, calendar_month=calendar)


@lru_cache(maxsize=256)
def drawn_at(row: Assumption, points: Draws, name: str, store: int | None) -> Floats:
    """The row at the points of a dimension, read-only and kept: what-ifs ask for the same draws."""
    value: Floats = row.at(points.normal(name, store=store))
    value.flags.writeable = False
    return value
