"""Payoff: who gets what at each level of the outcome.

A draw is set on a level by scaling all it sells, its ads and its work as they are; the fee of every level
is the one ``fees`` function on outcomes so scaled. Each line is the middle draw of the level, so the
seller's line crosses zero exactly at the break-even.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from estimator.brief.goals import Goal
from estimator.brief.kpis import EFFORT, Kpi, Quantity
from estimator.contract.charges import Bound, ShareOf
from estimator.contract.terms import Terms
from estimator.earnings.deal import Deal
from estimator.earnings.lines import Fees, Line
from estimator.earnings.read_off import ReadOff, read_off
from estimator.earnings.settlement import fees
from estimator.market.outcomes import Outcomes
from estimator.values.money import Array

DRAWS = 256
"""Draws that are set on every level: the first of each scramble, which are evenly spread themselves."""
LEVELS = 29
WIDE = tuple(float(level) for level in np.geomspace(0.05, 30.0, 22))
"""Levels beyond the picture, as multiples of the middle outcome, on which a break-even may still lie."""
STEP = 0.04
"""How far beyond the requested level the next dollar is looked at."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Where a fee changes its course: the commission ``starts``, a ``floor`` ends, a ``cap`` holds."""

    kind: Literal["starts", "floor", "cap"]
    level: float


@dataclass(frozen=True, kw_only=True)
class Payoff:
    """Money a month at each level of ``kpi`` over ``window``; lines are middle draws.

    ``margin`` is None without our own cost. ``at_goal`` is the seller's profit a month at the requested
    level. ``share`` is what seller and agency get of one more dollar of GMV there. ``break_even`` is the
    level at which the seller's line crosses zero, None where it never does; levels beyond ``reach`` are
    there for it alone. ``read_off`` is the money along the goal's own KPI where that does not grow with
    sales, so that ``kpi`` is another.
    """

    kpi: Kpi
    window: tuple[int, int]
    levels: tuple[float, ...]
    reach: float
    seller: tuple[float, ...]
    fee: tuple[float, ...]
    margin: tuple[float, ...] | None
    break_even: float | None
    at_goal: float | None
    share: tuple[float, float] | None
    marks: tuple[Mark, ...]
    read_off: ReadOff | None = None


def payoff(
    deal: Deal, goal: Goal | None, term: Goal, span: tuple[float, float] | None = None
) -> Payoff | None:
    """The payoff of ``deal`` over the levels of ``goal``, drawn over ``span``.

    ``term`` stands in, with its own span, where the goal's KPI does not move with sales: blended ROAS of
    the term. None where no draw has a level.
    """
    laid = _laid(deal, goal, term, span)
    if laid is None:
        return None
    axis, levels, factor = laid.axis, laid.levels, laid.factor
    grid, same_length = factor.shape, deal.terms.months == laid.terms.months
    charged = fees(deal.terms, laid.outcomes, laid.charged if same_length else None)

    def by_level(line: Line) -> Array:
        return line.over(deal.months).reshape(grid)

    fee, credits = charged.over(deal.months).reshape(grid), charged.credit_total.reshape(grid)
    # docs/model.md (M57): sales scale, ads and samples stay
    profit = laid.kept[:, None] * factor - laid.outlay[:, None] - fee
    sales = laid.sales[:, None] * factor
    seller = _middle(profit) / deal.months
    margin = None
    if deal.cost is not None:
        margin = _middle(deal.cost.of(laid.draws).margin(fee, credits)) / deal.months
    level = float(axis.level)
    beside = None if goal is None or laid.own else read_off(deal, goal)
    return Payoff(
        kpi=axis.kpi,
        window=axis.months,
        levels=tuple(levels.tolist()),
        reach=span[1] if span and laid.own else 3.0 * laid.middle,
        seller=tuple(seller.tolist()),
        fee=tuple((_middle(fee) / deal.months).tolist()),
        margin=None if margin is None else tuple(margin.tolist()),
        break_even=_crossing(levels, seller),
        at_goal=float(np.interp(level, levels, seller))
        if laid.own
        else None
        if beside is None
        else beside.at_goal,
        share=_share(levels, level if laid.own else laid.middle, profit, fee, sales),
        marks=tuple(_marks(charged.lines, levels, by_level)),
        read_off=beside,
    )


@dataclass(frozen=True, kw_only=True)
class _Laid:
    """Draws of a deal set on every level: ``factor`` is draws x levels, ``outcomes`` a row for each.

    ``own`` says whether the levels are the goal's, or those of what stands in for it. ``kept`` of sales
    before outlay and fee, ``outlay`` and ``sales`` are a draw's own, over the term. ``charged`` is what
    ``terms`` come to on every level.
    """

    axis: Goal
    own: bool
    draws: Array
    middle: float
    levels: Array
    factor: Array
    outcomes: Outcomes
    terms: Terms
    charged: Fees
    kept: Array
    outlay: Array
    sales: Array


def _laid(deal: Deal, goal: Goal | None, term: Goal, span: tuple[float, float] | None) -> _Laid | None:
    """The levels of a picture, laid out once for all deals on the same outcomes that count the same."""
    key = (goal, term, span, deal.months, deal.terms.counts)
    if key not in deal.laid_out:
        deal.laid_out[key] = _lay_out(deal, goal, term, span)
    laid: _Laid | None = deal.laid_out[key]
    return laid


def _lay_out(deal: Deal, goal: Goal | None, term: Goal, span: tuple[float, float] | None) -> _Laid | None:
    own_levels = goal is not None and _moves_with_sales(goal, deal)
    axis = goal if goal is not None and own_levels else term
    values = axis.decisive(deal.counted)
    offset = float(axis.kpi.offset)
    draws = _draws(deal, np.isfinite(values) & (values - offset > 0))
    if not draws.size:
        return None
    middle = float(np.median(values[draws]))
    levels = _levels(axis, middle, offset, span if own_levels else None)
    # docs/model.md (M57): above the offset, as a growth of 0 is not sales of 0
    factor = (levels[None, :] - offset) / (values[draws, None] - offset)
    outcomes = _scaled(deal, draws, factor)

    def own(amounts: Array) -> Array:
        return amounts[draws, : deal.months].sum(axis=1)

    money = deal.money
    take = own(money.platform_take) + own(money.creators)
    return _Laid(
        axis=axis,
        own=own_levels,
        draws=draws,
        middle=middle,
        levels=levels,
        factor=factor,
        outcomes=outcomes,
        terms=deal.terms,
        charged=fees(deal.terms, outcomes),
        kept=own(money.settled_gmv) - own(money.goods) - own(money.delivery) - take,
        outlay=own(money.ads) + own(money.samples),
        sales=own(deal.outcomes.count(Quantity(of=("gmv",)))),
    )


def _moves_with_sales(goal: Goal, deal: Deal) -> bool:
    """Whether twice the sales are twice the KPI, offset apart."""
    offset = float(goal.kpi.offset)
    few = np.arange(min(8, deal.outcomes.shape[0]))
    twice = _scaled(deal, few, np.full((few.size, 1), 2.0), everything=True)
    once = _scaled(deal, few, np.ones((few.size, 1)), everything=True)
    if any(once.missing(q, goal.window) for q in (goal.kpi.over, goal.kpi.under) if q is not None):
        return False
    one, two = (goal.decisive(outcomes) - offset for outcomes in (once, twice))
    finite = np.isfinite(one) & np.isfinite(two)
    return bool(finite.any() and (one[finite] > 0).any() and np.allclose(two[finite], 2 * one[finite]))


def _draws(deal: Deal, usable: Array) -> Array:
    """Some of the usable draws, as many from each scramble."""
    total, scrambles = deal.outcomes.shape[0], deal.outcomes.scrambles
    each = max(DRAWS // scrambles, 1)
    blocks = usable.reshape(scrambles, total // scrambles)
    return np.concatenate(
        [np.flatnonzero(block)[:each] + index * block.size for index, block in enumerate(blocks)]
    )


def _levels(axis: Goal, middle: float, offset: float, span: tuple[float, float] | None) -> Array:
    """Levels of the picture, the requested one and the next dollar's, and far ones for the break-even."""
    level = float(axis.level) if span else middle
    low, high = span or (0.2 * middle, 3.0 * middle)
    wide = [(middle - offset) * multiple + offset for multiple in WIDE]
    near = [level, level + STEP * max(abs(level - offset), 1e-6)]
    levels = np.unique(np.concatenate([np.linspace(low, high, LEVELS), near, wide]))
    return levels[levels > offset]


def _scaled(deal: Deal, draws: Array, factor: Array, *, everything: bool = False) -> Outcomes:
    """What the terms count, of ``draws``, with all sales times ``factor`` (draws x levels)."""
    held = deal.counted if everything else deal.outcomes
    names = held.quantities if everything else deal.terms.counts & held.quantities.keys()
    return scaled(held, frozenset(names), draws, factor)


def scaled(held: Outcomes, names: frozenset[str], draws: Array, factor: Array) -> Outcomes:
    """The quantities ``names`` of ``draws`` with all sales times ``factor`` (draws x levels).

    A row for every draw and level, the levels of a draw one after the other; work and traffic stay.
    """
    quantities = {}
    for name in [*names] or [next(iter(held.quantities))]:
        own = held.quantities[name].transpose(1, 2, 0)[:, :, draws, None]
        spread = own * (np.ones_like(factor) if name in EFFORT else factor)
        quantities[name] = spread.reshape(*own.shape[:2], -1).transpose(2, 0, 1)
    return Outcomes(months=held.months, platforms=held.platforms, quantities=quantities, stores=held.stores)


def _middle(amounts: Array) -> Array:
    return np.median(amounts, axis=0)


def _crossing(levels: Array, line: Array) -> float | None:
    """The first level from which the line is not negative, and stays so up to the next level."""
    if line[0] >= 0:
        return float(levels[0])
    above = np.flatnonzero((line[1:] >= 0) & (line[:-1] < 0))
    if not above.size:
        return None
    at = int(above[0])
    part = -line[at] / (line[at + 1] - line[at])
    return float(levels[at] + part * (levels[at + 1] - levels[at]))


def _share(
    levels: Array, level: float, profit: Array, fee: Array, sales: Array
) -> tuple[float, float] | None:
    """What seller and agency get of one more dollar of GMV just above ``level``."""
    at = int(np.clip(np.searchsorted(levels, level), 0, levels.size - 2))
    more = sales[:, at + 1] - sales[:, at]
    if not (more > 0).all():
        return None
    seller, agency = ((part[:, at + 1] - part[:, at]) / more for part in (profit, fee))
    return float(np.median(seller)), float(np.median(agency))


def _marks(lines: Iterable[Line], levels: Array, by_level: Callable[[Line], Array]) -> Iterator[Mark]:
    for line in lines:
        amounts = _middle(by_level(line))
        tiny = 1e-6 * max(1.0, float(np.abs(amounts).max()))
        if isinstance(line.charge, ShareOf) and not set(line.charge.of.of) <= EFFORT:
            paid = np.flatnonzero(amounts > tiny)
            if paid.size and paid[0] > 0:
                yield Mark(kind="starts", level=_foot(levels, amounts, int(paid[0])))
        if isinstance(line.charge, Bound):
            held = np.flatnonzero(np.abs(amounts) > tiny)
            if held.size and line.charge.at_least is not None and held[-1] + 1 < levels.size:
                yield Mark(kind="floor", level=float(levels[held[-1] + 1]))
            if held.size and line.charge.at_most is not None:
                yield Mark(kind="cap", level=float(levels[held[0]]))


def _foot(levels: Array, amounts: Array, first: int) -> float:
    """Where a line that is positive from ``first`` on leaves zero, read back along its slope."""
    if first + 1 >= levels.size or amounts[first + 1] <= amounts[first]:
        return float(levels[first])
    slope = (amounts[first + 1] - amounts[first]) / (levels[first + 1] - levels[first])
    return float(np.clip(levels[first] - amounts[first] / slope, levels[first - 1], levels[first]))
