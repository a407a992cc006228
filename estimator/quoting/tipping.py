"""Tipping points: the nearest single changes that bring a probability across one half."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from estimator.brief.brief import Brief
from estimator.brief.goals import Goal
from estimator.contract.terms import Terms
from estimator.market.assumptions import Z5, Assumption
from estimator.market.points import QUOTED, Draws, Held, Points, swung
from estimator.market.situation import spending
from estimator.promise.forecast import reads_money
from estimator.quoting.drivers import assumptions_read
from estimator.quoting.estimate import Estimate, first_goal
from estimator.quoting.quote import Quote
from estimator.quoting.world import World
from estimator.values.crossing import crossing
from estimator.values.money import CENT, round_half_up

Question = Literal["profit", "goal"]
Fact = Literal["price", "landed_cost", "ad_budget"]


FACTS: tuple[Fact, ...] = ("price", "landed_cost", "ad_budget")
STATED_RANGE = 0.3
"""A stated fact moved by this share counts as far out as an assumption at the end of its 90 % range."""
WITHIN: Mapping[Fact, float] = MappingProxyType({"price": 1.3, "landed_cost": 1.3, "ad_budget": 2.0})
"""The factor by which a seller can move a fact either way; a price or a cost beyond it is another product."""
EVEN = 0.5
MOST_FLIPS = 2
NEAR = 0.02
"""How closely a flip is found, in standard normals; on 1,024 draws the chance itself moves by less."""


@dataclass(frozen=True, kw_only=True)
class TippingPoint:
    """Where one assumption alone brings a probability across one half.

    ``at`` is its value there and ``middle`` the one it has, in its own unit; ``row`` is None for a fact of
    the brief. ``z`` says how far out ``at`` lies in the assumption's own range, whose ends are at 1.645.
    """

    name: str
    row: Assumption | None
    middle: float
    at: float
    z: float
    several: bool = False


@dataclass(frozen=True, kw_only=True)
class TippingPoints:
    """The probability of a profit over the term, or of the first goal, and its nearest flips, two at most."""

    question: Question
    chance: float
    points: tuple[TippingPoint, ...]


def flips(estimate: Estimate, question: Question = "profit") -> TippingPoints | None:
    """The nearest single changes that bring a probability across one half; None without such a goal.

    Assumptions are held within their 90 % range, the brief's price and landed cost within 30 % of what was
    said and its budget from half to double, all else on the same points; nearest is least far out in its own
    range, for which 30 % of a stated fact count like the end of a range. A price that is moved is that of the
    same product, so its own price elasticity tells what it sells.
    """
    goal = first_goal(estimate)
    if question == "goal" and goal is None:
        return None
    return _flips(
        estimate.brief, estimate.terms, estimate.world, goal, estimate.months, estimate.horizon, question
    )


def goal_flips(quote: Quote) -> TippingPoints | None:
    """As ``flips``, for the first goal of a quote; None without a probability.

    >>> from datetime import date
    >>> from pathlib import Path
    >>> from estimator.brief import brief
    >>> from estimator.quoting.make import make
    >>> from estimator.rules.rules import open_rules
    >>> mature = brief.read(Path("examples/briefs/auto_tools_mature.toml"))
    >>> quote = make(mature, open_rules(on=date(2026, 12, 1)), ask=False)
    >>> [flip.name for flip in goal_flips(quote).points][:1]
    ['price']
    """
    first = quote.goals[0] if quote.goals else None
    if first is None or first.probability is None:
        return None
    return _flips(quote.brief, quote.terms, quote.world, first.goal, quote.months, quote.horizon, "goal")


def profit_flips(quote: Quote) -> TippingPoints:
    """As ``flips``, for the seller's profit over the term of a quote."""
    return _flips(quote.brief, quote.terms, quote.world, None, quote.months, quote.horizon, "profit")


@lru_cache(maxsize=16)
def _flips(
    brief: Brief,
    terms: Terms,
    world: World,
    goal: Goal | None,
    months: int,
    horizon: int,
    question: Question,
) -> TippingPoints:
    def chance(told: Brief, points: Draws) -> float:
        profit, met = _chances(told, terms, world, goal, months, horizon, points)
        return met if question == "goal" else profit

    points = swung(horizon)

    def held(name: str) -> Callable[[float], float]:
        return lambda z: chance(brief, Held(points=points, name=name, z=z))

    def stated(name: Fact) -> Callable[[float], float]:
        return lambda z: chance(_with_fact(brief, name, _moved(brief, name, z)), points)

    now = chance(brief, points)
    flips: list[TippingPoint] = []
    for name, row, several in assumptions_read(brief, world.market):
        if row is None:
            continue
        z = _crossing(held(name), now, _farthest(flips, Z5), points)
        if z is not None:
            at, middle = float(row.at(z)), row.median
            flips.append(TippingPoint(name=name, row=row, middle=middle, at=at, z=z, several=several))
    for fact in FACTS:
        most = Z5 * math.log(WITHIN[fact]) / math.log(1 + STATED_RANGE)
        if (
            getattr(brief, fact)
            and (z := _crossing(stated(fact), now, _farthest(flips, most), points)) is not None
        ):
            at, middle = float(_moved(brief, fact, z)), float(getattr(brief, fact))
            flips.append(TippingPoint(name=fact, row=None, middle=middle, at=at, z=z))
    flips.sort(key=lambda flip: (abs(flip.z), flip.name))
    if question == "goal" and goal is not None and not reads_money(goal):
        likely = world.chance(goal, brief).value
    else:
        likely = chance(brief, QUOTED)
    return TippingPoints(question=question, chance=likely, points=tuple(flips[:MOST_FLIPS]))


@lru_cache(maxsize=1024)
def _chances(
    brief: Brief,
    terms: Terms,
    world: World,
    goal: Goal | None,
    months: int,
    horizon: int,
    points: Draws,
) -> tuple[float, float]:
    """The chances of a profit and of the goal, which both questions read off one simulation."""
    deal = world.deal(brief, terms, points, months=months, horizon=horizon, own_cost=False)
    met = 0.0 if goal is None else float(goal.met(deal.counted).mean())
    return float((deal.money.profit_of(months) >= 0).mean()), met


def _farthest(flips: list[TippingPoint], most: float) -> float:
    """How far out a flip may lie to be among the nearest, at ``most``."""
    far = sorted(abs(flip.z) for flip in flips)
    return min(far[MOST_FLIPS - 1], most) if len(far) >= MOST_FLIPS else most


def _crossing(chance: Callable[[float], float], now: float, farthest: float, points: Points) -> float | None:
    """The standard normal at which a chance that is ``now`` crosses one half, within ``farthest`` of 0.

    A chance that rises towards one end falls towards the other, so one end is tried first.
    """
    below = now < EVEN

    def across(value: float) -> bool:
        return (value < EVEN) != below

    end = farthest
    value = chance(end)
    if not across(value):
        if (value > now) == below and value != now:
            return None
        end = -farthest
        if not across(chance(end)):
            return None
    # a share of draws may be one half itself, which counts as above: half a draw keeps it off zero
    return crossing(lambda z: chance(z) - EVEN + 0.5 / points.draws, 0.0, end, wide=NEAR).after


def _with_fact(brief: Brief, fact: Fact, value: Decimal) -> Brief:
    if fact == "ad_budget":
        return spending(brief, value)
    moved: dict[str, Decimal | None] = {fact: value}
    if fact == "price":
        moved["current_price"] = brief.current_price or brief.price
    return brief.model_copy(update=moved)


def _moved(brief: Brief, fact: Fact, z: float) -> Decimal:
    factor = Decimal(repr((1 + STATED_RANGE) ** (z / Z5)))
    return round_half_up(getattr(brief, fact) * factor, CENT)
