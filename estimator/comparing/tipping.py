"""Tipping points: single assumptions that alone put another offer first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial

import numpy as np

from estimator.comparing.comparison import Comparison
from estimator.comparing.flip import Flip, gap_between, next_offers, ordered
from estimator.comparing.standing import Case, passing_standing, standing
from estimator.market.assumptions import Assumption, share
from estimator.market.points import SWUNG, Held
from estimator.market.register import BY_STORE, SHARED
from estimator.market.situation import situation_of
from estimator.values.crossing import crossing
from estimator.values.money import Array

BEND = 2.0
"""How much further than a straight line an assumption may move the lead of one offer over another."""
Z10 = 1.2815515655446004


CLOSE = 1e-6
"""What is left of the lead, as a share of it, where a search ends early."""
STEPS = 4
"""Steps of a search: a lead is nearly a straight line, and each is a simulation of both offers."""
ADS = "ads_share"
NEAREST = 2
"""Offers after the best whose order is looked at one assumption at a time, where nobody says how many."""


@dataclass(frozen=True, kw_only=True)
class Alone:
    """The single assumptions that would put ``other`` before ``better``, the likeliest first."""

    better: str
    other: str
    flips: tuple[Flip, ...]


def assumption_flips(comparison: Comparison, other: str, better: str | None = None) -> tuple[Flip, ...]:
    """The single assumptions that could put ``other`` before ``better``, the likeliest first.

    Each that may do it is held at its value in turn, all else on the same points; one counts where the
    order turns between its 10 % and its 90 % point. Empty where none alone does it.
    """
    better, other = ordered(comparison, better or comparison.best, other)
    return _single(better, other, comparison.standings[better].case, comparison.standings[other].case)


def nearest_assumptions(comparison: Comparison, count: int = NEAREST) -> tuple[Alone, ...]:
    """What any single assumption turns, for each of the ``count`` offers that come next after the best."""
    pairs = [ordered(comparison, comparison.best, other) for other in next_offers(comparison, count)]
    return tuple(
        Alone(better=better, other=other, flips=assumption_flips(comparison, other, better))
        for better, other in pairs
    )


@lru_cache(maxsize=16)
def _single(better: str, other: str, one: Case, two: Case) -> tuple[Flip, ...]:
    few = tuple(replace(case, points=SWUNG) for case in (one, two))
    shift = gap_between(standing(one), standing(two)) - gap_between(standing(few[0]), standing(few[1]))

    def gap(name: str, z: float) -> float:
        held = Held(points=SWUNG, name=name, z=z)
        here, there = (_profit(replace(case, points=held)) for case in few)
        return float(np.median(here) - np.median(there)) + shift

    def gap_of_ads(row: Assumption, z: float) -> float:
        bought = float(row.at(z))
        here, there = (_profit(_buying(case, bought)) for case in few)
        return float(np.median(here) - np.median(there)) + shift

    uncertain = dict(_uncertain(one, two))
    lines = [(name, uncertain[name], partial(gap, name)) for name in _may_turn(uncertain, one, two)]
    lines += [(ADS, row, partial(gap_of_ads, row)) for row in _ads_of(one, two)]
    turned = []
    for name, row, line in lines:
        for z in _turns(cache(line)):
            flip = Flip(
                better=better,
                other=other,
                kind="assumption",
                value=float(row.at(z)),
                assumed=row.median,
                row=row,
            )
            turned.append((abs(z), name, flip))
    return tuple(flip for _, _, flip in sorted(turned, key=lambda entry: entry[:2]))


def _turns(line: Callable[[float], float]) -> list[float]:
    """Where the line crosses zero on the way from the middle to each end that lies beyond; the middle itself
    where it lies beyond already."""
    ends = [end for end in (-Z10, Z10) if line(end) < 0]
    if not ends:
        return []
    if (middle := line(0.0)) < 0:
        return [0.0]
    return [crossing(line, 0.0, end, close=middle * CLOSE, most=STEPS).nearest for end in ends]


def _may_turn(names: Iterable[str], one: Case, two: Case) -> Iterator[str]:
    """The assumptions within whose range the order might turn: what a straight line through the draws says
    of each, with room for a bend. Sparing the others takes seconds off the answer.
    """
    stood = standing(one), standing(two)
    ahead, gap = stood[0].profit - stood[1].profit, gap_between(*stood)
    every = range(len(situation_of(one.brief, one.market).shops))
    for name in names:
        stores = every if name in BY_STORE else (None,)
        slope = sum(float((ahead * one.points.normal(name, store=store)).mean()) for store in stores)
        if Z10 * abs(slope) * BEND > gap:
            yield name


def _ads_of(*cases: Case) -> Iterator[Assumption]:
    """The share of GMV that buys ads under a fee that pays for them."""
    for case in cases:
        if case.candidate.ads_share is not None:
            low, high = case.candidate.ads_share
            yield share(ADS, low, high, unit="share of GMV")


def _buying(case: Case, bought: float) -> Case:
    """The same with ``bought`` of GMV spent on ads by an offer whose fee pays for them."""
    if case.candidate.ads_share is None:
        return case
    return replace(case, candidate=replace(case.candidate, ads_share=(bought, bought)))


def _profit(case: Case) -> Array:
    """Profit by draw, not kept: a held point is asked for once."""
    return passing_standing(case).profit


def _uncertain(one: Case, two: Case) -> Iterator[tuple[str, Assumption]]:
    """The assumptions that either offer reads and that one dimension moves."""
    situation = situation_of(one.brief, one.market)
    platform = situation.shops[0].platform
    for name in (*SHARED, *BY_STORE):
        row = one.market.find(name, platform=platform, category=situation.category, stage=situation.stage)
        if row is not None and not row.certain:
            yield name, row
