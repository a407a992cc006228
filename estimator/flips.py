"""What would turn a choice: the nearest change at which the order of two offers' middle profit turns.

A flip is looked for on some draws, whose lines are shifted to agree with the comparison where nothing is
changed. Where no change turns the order, the flip says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import chain, islice
from typing import Literal

import numpy as np

from estimator.brief.goals import MOST_MONTHS
from estimator.comparison import MOST, Ask, Comparison, Standing, at_sales, charged, ground_of, standing
from estimator.market.assumptions import Assumption, share
from estimator.market.points import Held, Points
from estimator.market.register import BY_STORE, SHARED
from estimator.market.situation import situation
from estimator.values.money import Array

DRAWS = 512
"""Draws that are set on every level of sales, as many from each scramble."""
LEVELS = tuple(float(level) for level in np.geomspace(0.2, 5.0, 25))
"""Multiples of all sales among which an order may turn."""
FEW = Points(number=128, scrambles=8)
FEWER = Points(number=128, scrambles=4)
"""Points of lines over many months."""
LONGEST = 24
"""Months up to which a longer cooperation is looked at."""
BEND = 2.0
"""How much further than a straight line an assumption may move the lead of one offer over another."""
Z10 = 1.2815515655446004
PLAN = "platform_plan"
ADS = "ads_share"
NEAREST = 2
"""Offers after the best whose order is looked at one assumption at a time, where nobody says how many."""
WIDE = tuple(float(level) for level in np.geomspace(0.02, 250.0, 40))
"""Multiples of all sales among which costs may cross."""
RARE = 0.01
"""Outcomes rarer than this are no answer to "from which GMV"."""

Kind = Literal["sales", "its_sales", "own_team", "length", "assumption"]
Reason = Literal["never", "no_team", "even_free"]


@dataclass(frozen=True, kw_only=True)
class Flip:
    """At ``value`` the offer ``other`` overtakes ``better`` in the middle outcome; None where it never does.

    ``sales``: all sales of both times ``value``; ``its_sales``: of ``other`` alone. ``own_team``: what the
    own team of ``of`` costs a month, which is ``other`` where it has one. ``length``: the month at whose
    end ``other`` is ahead, from there on where it lies beyond ``assumed``, up to there where before.
    ``assumption``: the value of ``row``. ``assumed`` is the value now, in the same unit. For sales ``gmv``
    and ``roas`` are what ``value`` comes to under ``better`` and ``other``: expected GMV a month, and GMV
    over ads.
    """

    better: str
    other: str
    kind: Kind
    value: float | None
    assumed: float | None
    reason: Reason | None = None
    gmv: tuple[float, float] | None = None
    roas: tuple[float | None, float | None] | None = None
    row: Assumption | None = None
    of: str | None = None


@dataclass(frozen=True, kw_only=True)
class Alone:
    """The single assumptions that would put ``other`` before ``better``, the likeliest first."""

    better: str
    other: str
    flips: tuple[Flip, ...]


@dataclass(frozen=True, kw_only=True)
class Crossover:
    """Where one offer's all-in cost meets another's as GMV rises, each on its own outcomes.

    ``gmv`` is the GMV a month at which both expected costs are equal, None where they never are;
    ``chance`` the share of the draws of ``other`` that sell as much. ``cheaper_below`` costs less up to
    there, or throughout. ``costs`` and ``sells`` are what both come to a month as they stand, in the order
    ``plan``, ``other``. ``needed`` is the GMV a month that ``other`` has to bring for the seller's expected
    profit to be that under ``plan``, None where no GMV does; ``more`` is how much that is beyond what
    ``plan`` sells.
    """

    plan: str
    other: str
    gmv: float | None
    chance: float
    cheaper_below: str
    costs: tuple[float, float]
    sells: tuple[float, float]
    profits: tuple[float, float]
    needed: float | None

    @property
    def reached(self) -> bool:
        """Whether the costs meet at a GMV that more than one outcome in a hundred reaches."""
        return self.gmv is not None and self.chance >= RARE

    @property
    def more(self) -> float | None:
        return None if self.needed is None else self.needed - self.sells[0]


def flips(found: Comparison, other: str, better: str | None = None) -> tuple[Flip, ...]:
    """What would put ``other`` before ``better``, the comparison's best without one: all but assumptions.

    Where ``other`` is ahead already in the middle outcome, the two change places.

    >>> from estimator.brief.brief import Brief
    >>> from estimator.candidates import candidate
    >>> from estimator.comparison import compare
    >>> from estimator.rules.rules import open_rules
    >>> brief = Brief(category="beauty", ad_budget="20000", price="32", stage="cold")
    >>> rules, points = open_rules(), Points(number=128, scrambles=2)
    >>> offers = [candidate(name, brief, rules, points) for name in ("whole_shop", "kpi_consulting")]
    >>> found = compare(brief, offers, rules, points=points)
    >>> [flip.kind for flip in flips(found, "kpi_consulting", "whole_shop")]
    ['sales', 'its_sales', 'own_team', 'length']
    """
    better, other = _ordered(found, better or found.best, other)
    one, two = found.standings[better], found.standings[other]
    return tuple(turn(better, other, one, two) for turn in _KINDS)


def nearest_flips(found: Comparison, count: int) -> tuple[Flip, ...]:
    """One flip for each of the ``count`` offers that come next after the best: the first kind that turns.

    The levels of all sales from which another offer is the best come first; then, for the offers that come
    next, the first of the other kinds that turns, from the cheapest to work out to the dearest. If none
    turns, the last says so. Empty among scenarios of one offer.
    """
    if found.of_scenarios:
        return ()
    turned = list(_by_common_sales(found))
    named = {flip.other for flip in turned}
    rest = (_nearest_flip(found, name) for name in _next(found, MOST) if name not in named)
    return tuple(islice(chain(turned, rest), count))


def _by_common_sales(found: Comparison) -> Iterator[Flip]:
    """The offers that are best of all once everything sells so much more, or so much less."""
    names = list(found.standings)
    lines = np.stack([_line(found.standings[name].ask) for name in names])
    levels, best = np.array(LEVELS), names.index(found.best)
    first = int(np.searchsorted(levels, 1.0 - 1e-9))
    for walk in (range(first + 1, levels.size), range(first - 1, -1, -1)):
        at = next((place for place in walk if lines[:, place].argmax() != best), None)
        if at is None:
            continue
        leader = int(lines[:, at].argmax())
        span = slice(at - 1, at + 1) if at > first else slice(at, at + 2)
        factor = _nearest(levels[span], (lines[best] - lines[leader])[span], 1.0)
        one, two = found.standings[found.best], found.standings[names[leader]]
        yield _sales_flip("sales", found.best, names[leader], factor, _sold(one, factor), _sold(two, factor))


def _next(found: Comparison, count: int) -> list[str]:
    """The ``count`` offers that come next after the best; none among scenarios of one offer."""
    others = [] if found.of_scenarios else [offer.id for offer in found.offers if offer.id != found.best]
    return sorted(others, key=lambda name: -_middle(found.standings[name]))[:count]


def _nearest_flip(found: Comparison, other: str) -> Flip:
    better, other = _ordered(found, found.best, other)
    one, two = found.standings[better], found.standings[other]
    tried = (turn(better, other, one, two) for turn in _KINDS[1:])
    last = next(tried)
    while last.value is None and (following := next(tried, None)) is not None:
        last = following
    return last


def all_flips(found: Comparison) -> tuple[Flip, ...]:
    """The flips of the best offer against every other, and of the best that can still be taken.

    None among scenarios of one offer, which are no choice.
    """
    turned: list[Flip] = []
    if found.of_scenarios:
        return ()
    for better in dict.fromkeys((found.best, found.best_available)):
        for offer in found.offers:
            if better is not None and offer.id not in (better, found.best):
                turned += flips(found, offer.id, better)
    return tuple(turned)


def _ordered(found: Comparison, better: str, other: str) -> tuple[str, str]:
    gap = _gap(found.standings[better], found.standings[other])
    return (better, other) if gap >= 0 else (other, better)


def _gap(one: Standing, two: Standing) -> float:
    """By how much the first is ahead in the middle outcome, over the whole span."""
    return _middle(one) - _middle(two)


def _middle(stood: Standing) -> float:
    return float(np.median(stood.profit))


def _some(asked: Ask) -> Array:
    """The first draws of every scramble."""
    total = asked.points.draws
    size = total // asked.points.scrambles
    each = min(max(DRAWS // asked.points.scrambles, 1), size)
    return np.concatenate([np.arange(each) + first for first in range(0, total, size)])


@lru_cache(maxsize=48)
def _line(asked: Ask) -> Array:
    """The middle profit at each of ``LEVELS``, shifted to agree with all draws where sales are as assumed."""
    draws = _some(asked)
    levels = np.array(LEVELS)
    profit, _ = at_sales(asked, draws, np.broadcast_to(levels, (draws.size, levels.size)))
    line = np.median(profit, axis=0)
    at_one = float(np.median(standing(asked).profit[draws]))
    line = line + (_middle(standing(asked)) - at_one)
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
    factor = _nearest(np.array(LEVELS), _line(one.ask) - _line(two.ask), 1.0)
    return _sales_flip("sales", better, other, factor, _sold(one, factor), _sold(two, factor))


def _by_its_sales(better: str, other: str, one: Standing, two: Standing) -> Flip:
    factor = _nearest(np.array(LEVELS), _middle(one) - _line(two.ask), 1.0)
    return _sales_flip("its_sales", better, other, factor, _sold(one, 1.0), _sold(two, factor))


Sold = tuple[float, float | None]


def _sold(stood: Standing, factor: float | None) -> Sold:
    """Expected GMV a month and GMV over ads, with sales times ``factor``."""
    gmv, ads = float(stood.gmv.mean()) * (factor or 1.0), float(stood.ads.mean())
    return gmv / stood.ask.months, gmv / ads if ads > 0 else None


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
    months = two.ask.months
    lead = _gap(one, two) / months
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


@lru_cache(maxsize=48)
def _by_month(asked: Ask) -> Array:
    """The middle of the profit from the start to the end of each month, shifted to agree with all draws.

    The terms are renewed as they are; nothing is priced anew for another length.
    """
    months = max(LONGEST, asked.months)
    term = asked.candidate.terms.months if asked.candidate.terms else None
    horizon = months if term is None else min(-(-months // term) * term, MOST_MONTHS)
    longer = replace(asked, points=FEWER, months=min(months, horizon), horizon=horizon)
    on = ground_of(longer)
    fee = charged(longer, on.outcomes)
    money = on.money.under(asked.candidate.covers, fee.by_month, fee.due)
    profit = (money.profit - on.team.by_month)[:, : longer.months].cumsum(axis=1)
    line = np.median(profit, axis=0)
    miss = _middle(standing(asked)) - line[asked.months - 1]
    line = line + miss * (np.arange(line.size) + 1) / asked.months
    line.flags.writeable = False
    return line


def _by_length(better: str, other: str, one: Standing, two: Standing) -> Flip:
    now = one.ask.months
    here, there = _by_month(one.ask), _by_month(two.ask)
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


def assumption_flips(found: Comparison, other: str, better: str | None = None) -> tuple[Flip, ...]:
    """The single assumptions that could put ``other`` before ``better``, the likeliest first.

    Each that may do it is held at its value in turn, all else on the same points; one counts where the
    order turns between its 10 % and its 90 % point. Empty where none alone does it.
    """
    better, other = _ordered(found, better or found.best, other)
    return _single(better, other, found.standings[better].ask, found.standings[other].ask)


def nearest_assumptions(found: Comparison, count: int = NEAREST) -> tuple[Alone, ...]:
    """What any single assumption turns, for each of the ``count`` offers that come next after the best."""
    pairs = [_ordered(found, found.best, other) for other in _next(found, count)]
    return tuple(
        Alone(better=better, other=other, flips=assumption_flips(found, other, better))
        for better, other in pairs
    )


@lru_cache(maxsize=16)
def _single(better: str, other: str, one: Ask, two: Ask) -> tuple[Flip, ...]:
    few = tuple(replace(asked, points=FEW) for asked in (one, two))
    shift = _gap(standing(one), standing(two)) - _gap(standing(few[0]), standing(few[1]))

    def gap(name: str, z: float) -> float:
        held = Held(points=FEW, name=name, z=z)
        here, there = (_profit(replace(asked, points=held)) for asked in few)
        return float(np.median(here) - np.median(there)) + shift

    def gap_of_ads(row: Assumption, z: float) -> float:
        bought = float(row.at(z))
        here, there = (_profit(_buying(asked, bought)) for asked in few)
        return float(np.median(here) - np.median(there)) + shift

    uncertain = dict(_uncertain(one, two))
    lines = [(name, uncertain[name], partial(gap, name)) for name in _may_turn(uncertain, one, two)]
    lines += [(ADS, row, partial(gap_of_ads, row)) for row in _ads_of(one, two)]
    turned = []
    for name, row, line in lines:
        ends = [(end, beyond) for end in (-Z10, Z10) if (beyond := line(end)) < 0]
        for z in _turns(line, ends):
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


def _turns(line: Callable[[float], float], ends: list[tuple[float, float]]) -> list[float]:
    """Where the line crosses zero on the way from the middle to each end that lies beyond; the middle itself
    where it lies beyond already."""
    if not ends:
        return []
    if (middle := line(0.0)) < 0:
        return [0.0]
    return [_between(line, 0.0, middle, end, beyond, steps=4) for end, beyond in ends]


def _may_turn(names: Iterable[str], one: Ask, two: Ask) -> Iterator[str]:
    """The assumptions within whose range the order might turn: what a straight line through the draws says
    of each, with room for a bend. Sparing the others takes seconds off the answer.
    """
    stood = standing(one), standing(two)
    ahead, gap = stood[0].profit - stood[1].profit, _gap(*stood)
    every = range(len(situation(one.brief, one.market).shops))
    for name in names:
        stores = every if name in BY_STORE else (None,)
        slope = sum(float((ahead * one.points.normal(name, store=store)).mean()) for store in stores)
        if Z10 * abs(slope) * BEND > gap:
            yield name


def _ads_of(*asks: Ask) -> Iterator[Assumption]:
    """The share of GMV that buys ads under a fee that pays for them."""
    for asked in asks:
        if asked.candidate.ads_share is not None:
            low, high = asked.candidate.ads_share
            yield share(ADS, low, high, unit="share of GMV")


def _buying(asked: Ask, bought: float) -> Ask:
    """The same with ``bought`` of GMV spent on ads by an offer whose fee pays for them."""
    if asked.candidate.ads_share is None:
        return asked
    return replace(asked, candidate=replace(asked.candidate, ads_share=(bought, bought)))


def _profit(asked: Ask) -> Array:
    """Profit by draw, not kept: a held point is asked for once."""
    return standing.__wrapped__(asked).profit


def _uncertain(one: Ask, two: Ask) -> Iterator[tuple[str, Assumption]]:
    """The assumptions that either offer reads and that one dimension moves."""
    place = situation(one.brief, one.market)
    platform = place.shops[0].platform
    for name in (*SHARED, *BY_STORE):
        row = one.market.find(name, platform=platform, category=place.category, stage=place.stage)
        if row is not None and not row.certain:
            yield name, row


def crossover(found: Comparison, plan: str, other: str) -> Crossover:
    """Where the all-in cost of ``other`` meets that of ``plan`` as GMV rises, each on its own outcomes.

    Each offer's outcomes are set on a GMV by scaling all they sell; ads, samples and people stay as they
    are. Costs and profits are means over all draws.
    """
    return _crossed(plan, other, found.standings[plan].ask, found.standings[other].ask)


def own_crossover(found: Comparison) -> Crossover | None:
    """The platform's own plan against the first of our offers; None where either is missing."""
    plan = next((offer for offer in found.offers if offer.operation.model == PLAN), None)
    ours = next((offer for offer in found.offers if offer.ours), None)
    if plan is None or ours is None or plan.scenario != ours.scenario:
        return None
    return crossover(found, plan.id, ours.id)


def crossovers(found: Comparison) -> tuple[Crossover, ...]:
    """The platform's own plan against every agency of the comparison, one scenario at a time."""
    return tuple(
        crossover(found, plan.id, other.id)
        for plan in found.offers
        for other in found.offers
        if plan.operation.model == PLAN != other.operation.model
        and other.terms is not None
        and other.scenario == plan.scenario
    )


@lru_cache(maxsize=32)
def _crossed(plan: str, other: str, one: Ask, two: Ask) -> Crossover:
    stood = standing(one), standing(two)
    months = one.months
    sells = tuple(float(each.gmv.mean()) / months for each in stood)
    costs = tuple(float(each.cost.mean()) / months for each in stood)
    profits = tuple(float(each.profit.mean()) / months for each in stood)

    few = _few_expected(one), _few_expected(two)

    def dearer(gmv: float) -> float:
        here, there = (_expected(asked, gmv / own)[1] for asked, own in zip((one, two), sells))
        return (there - here) / months

    def roughly_dearer(gmv: Array) -> Array:
        here, there = (np.interp(gmv / own, WIDE, line[1]) for line, own in zip(few, sells))
        return there - here

    def better(gmv: float) -> float:
        return _expected(two, gmv / sells[1])[0] / months - profits[0]

    low, high = WIDE[0] * max(sells), WIDE[-1] * min(sells)
    grid = np.geomspace(low, high, 60)
    gmv = _first_turn(dearer, grid, roughly_dearer(grid)) if low < high else None
    own = np.array(WIDE) * sells[1]
    needed = _first_turn(better, own, few[1][0] - stood[0].profit.mean())
    chance = 0.0 if gmv is None else float((_a_month(stood[1]) >= gmv).mean())
    cheaper = plan if dearer(gmv * 0.9 if gmv else sells[1]) > 0 else other
    return Crossover(
        plan=plan,
        other=other,
        gmv=gmv,
        chance=chance,
        cheaper_below=cheaper,
        costs=(costs[0], costs[1]),
        sells=(sells[0], sells[1]),
        profits=(profits[0], profits[1]),
        needed=needed,
    )


def _a_month(stood: Standing) -> Array:
    """GMV a month by draw."""
    return stood.gmv / stood.ask.months


def _expected(asked: Ask, factor: float) -> tuple[float, float]:
    """Expected profit and all-in cost of the span with all sales times ``factor``."""
    every = np.arange(asked.points.draws)
    profit, cost = at_sales(asked, every, np.full((every.size, 1), factor))
    return float(profit.mean()), float(cost.mean())


def _few_expected(asked: Ask) -> tuple[Array, Array]:
    """Expected profit and all-in cost of the span at each of ``WIDE``, on some draws."""
    draws, levels = _some(asked), np.array(WIDE)
    profit, cost = at_sales(asked, draws, np.broadcast_to(levels, (draws.size, levels.size)))
    return profit.mean(axis=0), cost.mean(axis=0)


def _first_turn(line: Callable[[float], float], grid: Array, roughly: Array) -> float | None:
    """The lowest point at which the line changes sign, to a millionth of it; None where it does not.

    ``roughly`` is the line on some draws: it says where to look, the line itself where it turns.
    """
    turns = np.flatnonzero((roughly[:-1] > 0) != (roughly[1:] > 0))
    if not turns.size:
        return None
    first, last = max(int(turns[0]) - 1, 0), min(int(turns[0]) + 2, grid.size - 1)
    low, high = float(grid[first]), float(grid[last])
    at_low, at_high = line(low), line(high)
    while (at_low > 0) == (at_high > 0):
        if first == 0 and last == grid.size - 1:
            return None
        first, last = max(first - 2, 0), min(last + 2, grid.size - 1)
        low, high = float(grid[first]), float(grid[last])
        at_low, at_high = line(low), line(high)
    return _between(line, low, at_low, high, at_high)


def _between(
    line: Callable[[float], float],
    low: float,
    at_low: float,
    high: float,
    at_high: float,
    *,
    steps: int = 40,
) -> float:
    """The crossing between two points; a straight line, as fees mostly are, is met at once."""
    middle, scale = low, max(abs(at_low), abs(at_high))
    for _ in range(steps):
        middle = low - at_low * (high - low) / (at_high - at_low)
        found = line(middle)
        if abs(found) < 1e-6 * max(scale, 1.0) or abs(high - low) < 1e-6 * abs(low):
            break
        if (found > 0) == (at_low > 0):
            low, at_low = middle, found
            at_high /= 2
        else:
            high, at_high = middle, found
            at_low /= 2
    return middle
