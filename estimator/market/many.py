"""Alike: many prospects of one shape simulated as one array, prospects x draws.

Prospects of one shape have the same stores, way of operating and months; they differ in category, season,
and everything that is a number. The model is ``simulation``'s own. What does not differ between them is
worked once, since a row of draws broadcasts over all of them: that, and the cost of each step being shared,
is the whole gain.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from estimator.brief.brief import Brief, Operation
from estimator.market.assumptions import Assumption
from estimator.market.history import Learned
from estimator.market.market import Market
from estimator.market.outcomes import Outcomes
from estimator.market.own_figures import learned_by
from estimator.market.points import Draws
from estimator.market.rows import Rows
from estimator.market.scenarios import Scenario
from estimator.market.selling import run
from estimator.market.simulation import EVERYTHING, outcomes_of, own_returns, told_returns
from estimator.market.situation import STATED, Situation
from estimator.values.units import Value

Found = TypeVar("Found", Assumption, Assumption | None)

MOST_CELLS = 240_000
"""Draws x stores x months simulated at once, so that what is worked on stays near the processor."""
STRUCTURE = (
    "creator_log_sd",
    "creator_tail_index",
    "creator_truncation",
    "creator_persistence",
    "creator_retention",
    "corr_month_cpc_cvr",
    "corr_month_cvr_aov",
    "corr_month_cpc_aov",
    "corr_account_cpc_cvr",
    "loading_market_cvr",
    "loading_market_creators",
    "loading_market_live",
    "ar1_month",
    "share_month_common",
    "sd_month_log_cpc",
    "sd_month_logit_cvr",
    "sd_month_log_aov",
    "learning_midpoint",
    "learning_steepness",
    "learning_learned",
    "learning_unlearned",
    *(f"learning_{path}_m{month}" for path in ("learned", "unlearned") for month in range(1, 5)),
)
"""Constants that must be the same for all prospects of one shape."""
BY_PLATFORM = ("platform_stop_hazard", "own_site_without_tiktok", "creator_yield", "new_shop_order_limit")


def shape_of(situation: Situation, operation: Operation, market: Market, scenario: Scenario) -> Hashable:
    """What prospects must have in common to be simulated as one array."""
    shops = tuple((s.platform, s.status, s.ad_share, s.first, s.siblings) for s in situation.shops)
    constants = _constants(
        market, situation.category, situation.stage, tuple(s.platform for s in situation.shops)
    )
    start = situation.start if scenario.scales else None
    return shops, situation.stage == "cold", constants, operation, len(situation.labels), start


@lru_cache(maxsize=4096)
def _constants(market: Market, category: str, stage: str, platforms: tuple[str, ...]) -> tuple[Any, ...]:
    asked = [(name, "all") for name in STRUCTURE]
    asked += [(name, platform) for name in BY_PLATFORM for platform in platforms]
    rows = (market.find(name, platform=platform, category=category, stage=stage) for name, platform in asked)
    return tuple(None if row is None else row.median for row in rows)


def simulate_alike(
    briefs: Sequence[Brief],
    situations: Sequence[Situation],
    operation: Operation,
    market: Market,
    points: Draws,
    scenario: Scenario,
    wanted: frozenset[str] | None = None,
) -> tuple[Outcomes, ...]:
    """What may happen to each of ``briefs``, which are of one shape; as ``simulate`` gives it.

    ``situations`` are their situations; ``wanted`` are the quantities to count, all without it.
    """
    if not briefs:
        return ()
    kinds = list(dict.fromkeys((situation.category, situation.stage) for situation in situations))
    rows = AlikeRows(
        market=market,
        scenario=scenario,
        points=points,
        situation=_together(situations),
        kinds=tuple(kinds),
        which=np.array([kinds.index((situation.category, situation.stage)) for situation in situations]),
        returns=tuple(map(told_returns, briefs)),
    )
    months = len(situations[0].labels)
    shape = len(briefs), points.draws
    learned = _all_learned([learned_by(brief, market) for brief in briefs])
    counted = run(operation, rows, EVERYTHING, months, learned, shape, wanted)
    return tuple(
        outcomes_of({name: array[:, :, index] for name, array in counted.items()}, situation, points)
        for index, situation in enumerate(situations)
    )


def likeness(situation: Situation) -> tuple[Any, ...]:
    """What to sort prospects of one shape by, so that those simulated at once have much in common."""
    stated = (situation.price, *(getattr(situation, name) for name in STATED))
    known = tuple(-1.0 if value is None else value for value in stated)
    return (
        situation.category,
        situation.stage,
        situation.start,
        situation.current_gmv,
        *known,
        situation.ad_budget,
    )


def at_once(situation: Situation, points: Draws) -> int:
    """How many prospects like this one are simulated at once."""
    return max(1, MOST_CELLS // (points.draws * len(situation.shops) * len(situation.labels)))


@dataclass(frozen=True, kw_only=True)
class AlikeRows(Rows):
    """The market's rows for several prospects: a number where they agree, else one a prospect.

    ``kinds`` are the categories and stages among them, ``which`` the one of each prospect, ``returns``
    their own return rates.
    """

    kinds: tuple[tuple[str, str], ...]
    which: NDArray[np.intp]
    returns: tuple[tuple[float, float] | None, ...]

    def row(self, quantity: str, *, platform: str = "all", stage: str | None = None) -> Assumption | None:
        """The row of the first prospect: for what does not differ, and whether there is one."""
        category, own = self.kinds[self.which[0]]
        return self.market.find(quantity, platform=platform, category=category, stage=stage or own)

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
        rows, which = self._rows(quantity, platform, stage)
        drawn = [self._at(row, platform, name or quantity, store, z) for row in rows]
        if len(rows) == 1:
            return drawn[0]
        if np.ndim(z) == 2:
            return np.stack([drawn[kind][index] for index, kind in enumerate(which)])
        return np.stack([np.broadcast_to(value, (self.points.draws,)) for value in drawn])[which]

    def fixed(self, quantity: str, *, platform: str = "all", stage: str | None = None) -> Value:
        rows, which = self._rows(quantity, platform, stage)
        return _spread([float(self._scaled(row, row.median, platform)) for row in rows], which)

    def middle(self, quantity: str) -> Value:
        by_kind = [self.market.find(quantity, category=kind[0], stage=kind[1]) for kind in self.kinds]
        rows, which = self._own(quantity, by_kind)
        return _spread([1.0 if row is None else row.median for row in rows], which)

    def in_months(self, curve: Sequence[Value], months: int) -> list[Value]:
        starts, each = np.asarray(self.situation.start), np.arange(len(self.which))
        whole = np.empty((len(curve), len(each), 1))
        for place, value in enumerate(curve):
            whole[place] = value
        return [whole[(starts - 1 + month) % 12, each] for month in range(months)]

    def _rows(
        self, quantity: str, platform: str, stage: str | None
    ) -> tuple[list[Assumption], NDArray[np.intp]]:
        """The different rows that the prospects have, and the one of each."""
        by_kind = [
            self.market.row(quantity, platform=platform, category=category, stage=stage or own)
            for category, own in self.kinds
        ]
        own_rows, which = self._own(quantity, by_kind)
        rows = {id(row): row for row in own_rows}
        places = {key: place for place, key in enumerate(rows)}
        return list(rows.values()), np.array([places[id(row)] for row in own_rows])[which]

    def _own(
        self, quantity: str, by_kind: Sequence[Found]
    ) -> tuple[list[Found | Assumption], NDArray[np.intp]]:
        """The rows of the kinds, or with the prospects' own return rates in them, and the one of each."""
        if quantity != "return_rate":
            return list(by_kind), self.which
        rows = [
            row if row is None or own is None else _own_returns(row, own)
            for row, own in zip((by_kind[kind] for kind in self.which), self.returns)
        ]
        return rows, np.arange(len(rows))


@lru_cache(maxsize=1024)
def _own_returns(row: Assumption, told: tuple[float, float]) -> Assumption:
    return own_returns(row, told)


def _spread(values: list[float], which: NDArray[np.intp]) -> Value:
    """One number where all are the same, else one a prospect, prospects x 1."""
    return values[0] if len(set(values)) == 1 else np.array(values)[which][:, None]


def _together(situations: Sequence[Situation]) -> Situation:
    """The situations as one whose numbers are prospects x 1."""
    first = situations[0]
    shops = tuple(
        replace(shop, spend_ref=_column([situation.shops[index].spend_ref for situation in situations]))
        for index, shop in enumerate(first.shops)
    )
    numbers = ("ad_budget", "current_gmv", "price", "price_change", "price_sd", "dearness", *STATED)
    columns: dict[str, Any] = {
        name: _column([getattr(situation, name) for situation in situations]) for name in numbers
    }
    starts = np.array([situation.start for situation in situations])
    start: Any = first.start if (starts == first.start).all() else starts
    return replace(first, shops=shops, start=start, **columns)


def _all_learned(each: Sequence[Learned]) -> Learned:
    """What each account's own figures teach, as one whose numbers are prospects x 1."""
    return Learned(
        **{field.name: _column([getattr(one, field.name) for one in each]) for field in fields(Learned)}
    )


def _column(values: list[float | None]) -> Value:
    """One number a prospect, not a number where it is unknown; one for all, or None, where they agree."""
    if len(set(values)) == 1:
        return values[0]
    return np.array([np.nan if value is None else value for value in values])[:, None]
