"""What would turn a choice: the nearest change at which the order of two offers' middle profit turns.

A flip is looked for on some draws, whose lines are shifted to agree with the comparison where nothing is
changed. Where no change turns the order, the flip says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

import numpy as np

from estimator.brief.goals import MOST_MONTHS
from estimator.comparing.comparison import MOST, Comparison
from estimator.comparing.flip import (
    Flip,
    Kind,
    Reason,
    gap_between,
    middle_profit,
    next_offers,
    ordered,
    some_draws,
)
from estimator.comparing.standing import Case, Standing, at_sales, charged, ground_of, standing
from estimator.market.points import COARSE
from estimator.values.memory import kept
from estimator.values.money import Array

LEVELS = tuple(float(level) for level in np.geomspace(0.2, 5.0, 25))
"""Multiples of all sales among which an order may turn."""


LONGEST = 24
"""Months up to which a longer cooperation is looked at."""


def flips(comparison: Comparison, other: str, better: str | None = None) -> tuple[Flip, ...]:
    """What would put ``other`` before ``better``, the comparison's best without one: all but assumptions.

    Where ``other`` is ahead already in the middle outcome, the two change places.

    >>> from estimator.brief.brief import Brief
    >>> from estimator.comparing.offers import candidate
    >>> from estimator.comparing.comparison import compare
    >>> from estimator.market.points import Points
    >>> from estimator.rules.rules import open_rules
    >>> brief = Brief(category="beauty", ad_budget="20000", price="32", stage="cold")
    >>> rules, points = open_rules(), Points(number=128, scrambles=2)
    >>> offers = [candidate(name, brief, rules) for name in ("whole_shop", "kpi_consulting")]
    >>> comparison = compare(brief, offers, rules, points=points)
    >>> [flip.kind for flip in flips(comparison, "kpi_consulting", "whole_shop")]
    ['sales', 'its_sales', 'own_team', 'length']
    """
    better, other = ordered(comparison, better or comparison.best, other)
    one, two = comparison.standings[better], comparison.standings[other]
    return tuple(turn(better, other, one, two) for turn in _KINDS)


def nearest_flips(comparison: Comparison, count: int) -> tuple[Flip, ...]:
    """One flip for each of the ``count`` offers that come next after the best: the first kind that turns.

    The levels of all sales from which another offer is the best come first; then, for the offers that come
    next, the first of the other kinds that turns, from the cheapest to work out to the dearest. If none
    turns, the last says so. Empty among scenarios of one offer.
    """
    if comparison.of_scenarios:
        return ()
    turned = list(_by_common_sales(comparison))
    named = {flip.other for flip in turned}
    rest = (_nearest_flip(comparison, name) for name in next_offers(comparison, MOST) if name not in named)
    return tuple(islice(chain(turned, rest), count))


def _by_common_sales(comparison: Comparison) -> Iterator[Flip]:
    """The offers that are best of all once everything sells so much more, or so much less."""
    names = list(comparison.standings)
    lines = np.stack([_line(comparison.standings[name].case) for name in names])
    levels, best = np.array(LEVELS), names.index(comparison.best)
    first = int(np.searchsorted(levels, 1.0 - 1e-9))
    for walk in (range(first + 1, levels.size), range(first - 1, -1, -1)):
        at = next((place for place in walk if lines[:, place].argmax() != best), None)
        if at is None:
            continue
        leader = int(lines[:, at].argmax())
        span = slice(at - 1, at + 1) if at > first else slice(at, at + 2)
        factor = _nearest(levels[span], (lines[best] - lines[leader])[span], 1.0)
        one, two = comparison.standings[comparison.best], comparison.standings[names[leader]]
        yield _sales_flip(
            "sales", comparison.best, names[leader], factor, _sold(one, factor), _sold(two, factor)
        )


def _nearest_flip(comparison: Comparison, other: str) -> Flip:
    better, other = ordered(comparison, comparison.best, other)
    one, two = comparison.standings[better], comparison.standings[other]
    tried = (turn(better, other, one, two) for turn in _KINDS[1:])
    last = next(tried)
    while last.value is None and (following := next(tried, None)) is not None:
        last = following
    return last


def all_flips(comparison: Comparison) -> tuple[Flip, ...]:
    """The flips of the best offer against every other, and of the best that can still be taken.

    None among scenarios of one offer, which are no choice.
    """
    turned: list[Flip] = []
    if comparison.of_scenarios:
        return ()
    for better in dict.fromkeys((comparison.best, comparison.best_available)):
        for offer in comparison.offers:
            if better is not None and offer.id not in (better, comparison.best):
                turned += flips(comparison, offer.id, better)
    return tuple(turned)


@kept
def _line(case: Case) -> Array:
    """The middle profit at each of ``LEVELS``, shifted to agree with all draws where sales are as assumed."""
    draws = some_draws(case)
    levels = np.array(LEVELS)
    profit, _ = at_sales(case, draws, np.broadcast_to(levels, (draws.size, levels.size)))
    line = np.median(profit, axis=0)
    at_one = float(np.median(standing(case).profit[draws]))
    line = line + (middle_profit(standing(case)) - at_one)
    line.flags.writeable = False
    return line


def _nearest(levels: Array, gaps: Array, start: float) -> float | None:
    """The crossing of zero nearest to ``start``, by the ratio of levels; None where there is none."""
    logs = np.log(levels)
    turns = np.flatnonzero((gaps[:-1] > 0) != (gaps[1:] > 0))
    crossings = [logs[at] + gaps[at] / (gaps[at] - gaps[at + 1]) * (logs[at + 1] - logs[at]) for at in turns]
    if not crossings:
        return None
    return float(np.exp(min(crossings, key=lambda log: abs(log - np.log(start)))))


def _by_sales(better: str, other: str, one: Standing, two: Standing) -> Flip:
    factor = _nearest(np.array(LEVELS), _line(one.case) - _line(two.case), 1.0)
    return _sales_flip("sales", better, other, factor, _sold(one, factor), _sold(two, factor))


def _by_its_sales(better: str, other: str, one: Standing, two: Standing) -> Flip:
    factor = _nearest(np.array(LEVELS), middle_profit(one) - _line(two.case), 1.0)
    return _sales_flip("its_sales", better, other, factor, _sold(one, 1.0), _sold(two, factor))


Sold = tuple[float, float | None]


def _sold(stood: Standing, factor: float | None) -> Sold:
    """Expected GMV a month and GMV over ads, with sales times ``factor``."""
    gmv, ads = float(stood.gmv.mean()) * (factor or 1.0), float(stood.ads.mean())
    return gmv / stood.case.months, gmv / ads if ads > 0 else None


def _sales_flip(kind: Kind, better: str, other: str, factor: float | None, one: Sold, two: Sold) -> Flip:
    if factor is None:
        return Flip(better=better, other=other, kind=kind, value=None, assumed=1.0, reason="never")
    return Flip(
        better=better,
        other=other,
        kind=kind,
        value=factor,
        assumed=1.0,
        gmv=(one[0], two[0]),
        roas=(one[1], two[1]),
    )


def _by_team(better: str, other: str, one: Standing, two: Standing) -> Flip:
    """What an own team may cost: profit falls by what the team costs, draw by draw, so this is exact."""
    months = two.case.months
    lead = gap_between(one, two) / months
    of, cost, value = other, float(two.team.mean()) / months, 0.0
    if cost > 0:
        value = cost - lead
    else:
        of, cost = better, float(one.team.mean()) / months
        value = cost + lead
    reason: Reason | None = "no_team" if cost == 0 else "even_free" if value < 0 else None
    return Flip(
        better=better,
        other=other,
        kind="own_team",
        value=None if reason else value,
        assumed=cost,
        reason=reason,
        of=None if reason == "no_team" else of,
    )


@kept
def _by_month(case: Case) -> Array:
    """The middle of the profit from the start to the end of each month, shifted to agree with all draws.

    The terms are renewed as they are; nothing is priced anew for another length.
    """
    months = max(LONGEST, case.months)
    term = case.candidate.terms.months if case.candidate.terms else None
    horizon = months if term is None else min(-(-months // term) * term, MOST_MONTHS)
    longer = replace(case, points=COARSE, months=min(months, horizon), horizon=horizon)
    on = ground_of(longer)
    fee = charged(longer, on.outcomes)
    money = on.money.under(case.candidate.covers, fee.by_month, fee.due)
    profit = (money.profit - on.team.by_month)[:, : longer.months].cumsum(axis=1)
    line = np.median(profit, axis=0)
    miss = middle_profit(standing(case)) - line[case.months - 1]
    line = line + miss * (np.arange(line.size) + 1) / case.months
    line.flags.writeable = False
    return line


def _by_length(better: str, other: str, one: Standing, two: Standing) -> Flip:
    now = one.case.months
    here, there = _by_month(one.case), _by_month(two.case)
    count = min(here.size, there.size)
    ahead = [month + 1 for month in range(count) if there[month] > here[month]]
    value = min(ahead, key=lambda month: (abs(month - now), month)) if ahead else None
    return Flip(
        better=better,
        other=other,
        kind="length",
        value=None if value is None else float(value),
        assumed=float(now),
        reason="never" if value is None else None,
    )


_KINDS = (_by_sales, _by_its_sales, _by_team, _by_length)
"""Ways to turn an order, the cheapest to work out first."""
