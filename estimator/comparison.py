"""Comparison: ways to buy the service side by side, on common draws over one span of months.

Who operates changes what may happen, terms change who pays, and both are read at the same points: what
differs between two offers is what they assume, not luck. The span is the brief's alone, so an offer's
numbers are its own whatever stands beside it.

Maintainer's notes. Outcomes are kept with the few quantities that fees and goals count: six ways of
operating of a brief with five shops would not fit in memory whole. Money of an own team is not in the
ledgers, which are what a quote shows; it is taken off profit and cash here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from estimator.brief.brief import Brief, Operation
from estimator.brief.goals import MOST_MONTHS, Goal, Probability
from estimator.brief.kpis import Quantity
from estimator.brief.meaning import asked_goals
from estimator.candidates import Candidate
from estimator.contract.charges import Covered
from estimator.contract.terms import Terms
from estimator.earnings.deal import deposit_of
from estimator.earnings.ledgers import Blocks, Ledgers, costs, fee_due, with_money
from estimator.earnings.own_team import OwnTeam, People, own_team, read_of
from estimator.earnings.payoff import scaled
from estimator.earnings.settlement import fees
from estimator.market.account import launched
from estimator.market.assumptions import Assumption
from estimator.market.market import Market, Override
from estimator.market.outcomes import Outcomes
from estimator.market.points import Draws, Held, Origin, Points
from estimator.market.rows import Rows
from estimator.market.scenarios import Scenario
from estimator.market.simulation import READ, simulate
from estimator.market.situation import Situation, situation
from estimator.market.summary import Spread, share_of
from estimator.promise.forecast import MONEY_QUANTITIES, measurable, reads_money
from estimator.promise.probability import probability
from estimator.quoting.listing import horizon_of, listed_months_of
from estimator.quoting.world import World, world
from estimator.rules.rules import Rules
from estimator.values.errors import fail
from estimator.values.money import Array
from estimator.values.text import Text
from estimator.values.units import WEEKS

LEAST, MOST = 2, 6
"""How many offers stand side by side."""
BINS = 48
SPARSE = 2048
"""Draws up to which outcomes are kept apart from those of the comparison itself."""
FALL = 0.8
"""What is left of sales when they fall by a fifth."""
COUNTED = frozenset(
    {"gmv", "settled_gmv", "ad_spend", "orders", "videos", "creator_videos", "live_hours", "days_down"}
)
"""What fees usually count; anything else is simulated anew when an offer asks for it."""
OPERATING = (
    "service_cvr_effect.{model}",
    "ramp_factor.{model}",
    "own_videos.{model}",
    "creators_contacted.{model}",
    "live_hours.{model}",
)
"""What the market assumes of a way of operating."""
IN_HOUSE = ("inhouse_hiring_delay", "inhouse_failure_probability", "inhouse_failure_factor")
EARNED = ("take", "team", "creators", "samples", "outlay", "sales", "ads", "covered")
"""Amounts of a standing that no fee changes."""
NoChance = Literal["not_forecast", "not_measurable", "ads_in_fee"]


@dataclass(frozen=True, kw_only=True)
class GoalChance:
    """A goal under one offer. Without ``probability``, ``reason`` says why.

    ``ads_in_fee``: the goal is a return on ads, and the fee pays for them.
    """

    goal: Goal
    probability: Probability | None
    reason: NoChance | None


@dataclass(frozen=True, kw_only=True)
class Risk:
    """Of every dollar lost when sales fall by a fifth, what each loses; the parts add up to 1.

    What the platform loses under its own plan is the plan's fee less the costs it then need not pay.
    """

    seller: float
    agency: float
    platform: float
    creators: float


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Everything that the numbers of one offer depend on; ``brief`` holds no other facts."""

    candidate: Candidate
    brief: Brief
    world: World
    team: Market
    points: Draws
    months: int
    horizon: int

    @property
    def market(self) -> Market:
        """The market with the what-ifs on it."""
        return self.world.market

    @property
    def scenario(self) -> Scenario:
        """What it is seen under."""
        return self.world.scenario

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Of all fields, worked out once: what is kept for an offer is looked up often."""
        return hash(tuple(getattr(self, each.name) for each in fields(self)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """What may happen under a way of operating, and its money without any agency."""

    brief: Brief
    outcomes: Outcomes
    scene: Situation
    money: Ledgers
    team: OwnTeam
    weeks: float


@dataclass(frozen=True, kw_only=True)
class Earned:
    """What a way of operating comes to before any fee, under terms that cover some of its costs.

    Amounts of the whole span by draw, as in ``Standing``; ``cash`` is in hand before the start and after
    each month, ``money`` all of it by month.
    """

    money: Ledgers
    take: Array
    team: Array
    creators: Array
    samples: Array
    outlay: Array
    sales: Array
    ads: Array
    covered: Array
    cash: Array


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One offer under one scenario: amounts of the whole span by draw, in the brief's currency.

    ``cost`` is all the seller spends but goods and delivery: ``fee``, ``passed`` (ads, creators, samples),
    ``take`` of the platforms and its own ``team``. ``profit`` and ``cash_low`` have the team taken off.
    ``sales``, ``outlay`` and ``fee`` make up profit: what grows with sales, and what does not.
    """

    ask: Ask
    fee: Array
    credits: Array
    passed: Array
    take: Array
    team: Array
    cost: Array
    profit: Array
    cash_low: Array
    gmv: Array
    ads: Array
    sales: Array
    outlay: Array
    creators: Array
    samples: Array
    covered: Array
    weeks: float
    chances: tuple[GoalChance, ...]
    budget: float


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One row of a comparison. Money is of the whole span of ``months``; ``monthly`` makes it a month's.

    ``density`` is (amount, height) of the seller's profit of the span, its area 1. ``start_weeks`` is the
    middle time until the shop sells. ``roas`` is expected GMV over expected ads, whoever pays them;
    ``ads_from_fee`` the ads a month that the fee buys where it does. ``blocks`` and ``people`` are what is
    expected a month, item by item. ``assumptions`` are this offer's in
    words, ``rows`` the figures behind its way of operating.
    """

    id: str
    label: Text
    note: Text | None
    scenario: str
    ours: bool
    operation: Operation
    terms: Terms | None
    as_of: str | None
    ended: bool
    months: int
    all_in_cost: Spread
    agency_fee: Spread
    credits: Spread
    passed_through: Spread
    platform_take: Spread
    own_team: Spread
    blocks: Blocks
    people: People
    seller_profit: Spread
    cash_low: Spread
    gmv: Spread
    roas: float | None
    ads_from_fee: float | None
    start_weeks: float
    loss_probability: Probability
    goals: tuple[GoalChance, ...]
    risk: Risk
    density: tuple[tuple[float, float], ...]
    assumptions: tuple[Text, ...]
    rows: tuple[Assumption, ...]

    def monthly(self, spread: Spread) -> Spread:
        """A figure of the span as a month's."""
        return Spread(
            mean=spread.mean / self.months,
            p10=spread.p10 / self.months,
            p50=spread.p50 / self.months,
            p90=spread.p90 / self.months,
        )


Pairs = Mapping[str, Mapping[str, Probability]]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Offers side by side over ``months`` months, in the order they were asked for.

    ``beats[a][b]`` is the share of draws in which the seller's profit under ``a`` is above that under
    ``b``, ``ties[a][b]`` the share in which it is the same. ``dominated`` names, for an offer, those with
    both a higher median and a higher P10 of profit. ``best`` has the highest median among the others,
    ``safest`` the highest P10. ``best_available`` is the best of those that can still be taken, None where
    none can.
    """

    brief: Brief
    rules: Rules
    months: int
    seed: int | None
    points: int
    offers: tuple[Compared, ...]
    beats: Pairs
    ties: Pairs
    dominated: Mapping[str, tuple[str, ...]]
    best: str
    best_available: str | None
    safest: str
    standings: Mapping[str, Standing] = field(repr=False)

    @property
    def currency(self) -> str:
        """The currency of every amount."""
        return self.rules.market.currency

    @property
    def of_scenarios(self) -> bool:
        """Whether the rows are one offer under several scenarios, among which nobody chooses."""
        return len({stood.ask.candidate.id for stood in self.standings.values()}) == 1

    def offer(self, name: str) -> Compared:
        """The row of that id; raises ``KeyError`` if there is none."""
        return {offer.id: offer for offer in self.offers}[name]


def compare(
    brief: Brief,
    candidates: Sequence[Candidate],
    rules: Rules,
    scenarios: Sequence[str] = ("expected",),
    points: Points = Points(),  # noqa: B008 - frozen
    overrides: tuple[Override, ...] = (),
) -> Comparison:
    """The offers on the same draws, each under every scenario named.

    With several scenarios a row's id is ``offer@scenario``. ``overrides`` are what-ifs on the market, or on
    what the seller's own people cost.
    Raises ``QuotecastError`` for fewer than two or more than six rows, an offer or scenario named twice,
    or a scenario or currency that is not known.

    >>> from estimator.candidates import candidate
    >>> from estimator.rules.rules import open_rules
    >>> brief = Brief(category="beauty", ad_budget="20000", price="32", stage="cold")
    >>> rules, points = open_rules(), Points(number=128, scrambles=2)
    >>> offers = [candidate(name, brief, rules, points) for name in ("kpi_consulting", "in_house")]
    >>> found = compare(brief, offers, rules, points=points)
    >>> found.months, found.offer("in_house").agency_fee.mean
    (6, 0.0)
    >>> found.best, found.beats["in_house"]["kpi_consulting"].value > 0.5
    ('in_house', True)
    """
    for what, names in (("offer", [c.id for c in candidates]), ("scenario", list(scenarios))):
        for name in names:
            if names.count(name) > 1:
                raise fail("named_twice", what, found=name)
    count = len(candidates) * len(scenarios)
    if not LEAST <= count <= MOST:
        raise fail("offers_count", "offers", found=count, least=LEAST, most=MOST)
    rules = rules.in_currency(brief.currency)
    of_team = tuple(one for one in overrides if one.assumption in rules.own_team.by_quantity)
    of_market = tuple(one for one in overrides if one not in of_team)
    team = rules.own_team.overridden(*of_team)
    worlds = {name: world(rules, name, of_market) for name in scenarios}
    asks = {
        candidate.id if len(scenarios) == 1 else f"{candidate.id}@{name}": ask(
            brief, candidate, seen, points, team=team
        )
        for candidate in candidates
        for name, seen in worlds.items()
    }
    rows = tuple(replace(_compared(one), id=name) for name, one in asks.items())
    standings = {name: standing(one) for name, one in asks.items()}
    beats, ties = _pairs(standings)
    dominated = _dominated(rows)
    free = [row for row in rows if not dominated[row.id]]
    return Comparison(
        brief=brief,
        rules=rules,
        months=listed_months_of(brief),
        seed=points.seed,
        points=points.draws,
        offers=rows,
        beats=beats,
        ties=ties,
        dominated=dominated,
        best=_best(free),
        best_available=_best([row for row in rows if not row.ended]),
        safest=max(free, key=lambda row: row.seller_profit.p10).id,
        standings=MappingProxyType(standings),
    )


def ask(
    brief: Brief,
    candidate: Candidate,
    world: World,
    points: Draws,
    months: int | None = None,
    team: Market | None = None,
) -> Ask:
    """What to ask for the numbers of an offer, over the brief's own span or over ``months``.

    Outcomes run on to the end of a term that ends later, and of the last renewal of a shorter one.
    """
    span = months or listed_months_of(brief)
    horizon = span if months else horizon_of(brief)
    term = candidate.terms.months if candidate.terms else None
    if term is not None:
        horizon = min(-(-max(horizon, term) // term) * term, MOST_MONTHS)
    return Ask(
        candidate=candidate,
        brief=_moving(brief),
        world=world,
        team=team or world.rules.own_team,
        points=points,
        months=span,
        horizon=horizon,
    )


def _moving(brief: Brief) -> Brief:
    """The brief with nothing in it that an offer's numbers do not read."""
    kept = READ | {"landed_cost", "goals"}
    others = {name: field.default for name, field in Brief.model_fields.items() if name not in kept}
    return brief.model_copy(update=others)


def _ground(
    brief: Brief,
    operation: Operation,
    world: World,
    team: Market,
    points: Draws,
    horizon: int,
    ads_share: float | None,
    hosts_included: bool,
    counts: frozenset[str],
) -> Ground:
    """What may happen under a way of operating; ``ads_share`` of GMV buys the ads where it is given."""
    market, scenario, rules = world.market, world.scenario, world.rules
    if ads_share is not None:
        brief = _on_plan(brief, operation, market, scenario, horizon, ads_share)
    drawn = simulate(brief, market, operation, points, months=horizon, scenario=scenario)
    scene = situation(brief, market, horizon)
    money = costs(brief, drawn, scene, operation, market, rules.platform_fees, points, scenario)
    rows = Rows(market=market, scenario=scenario, points=points, place=scene)
    wanted = COUNTED.union(counts, *(goal.kpi.counts for goal in asked_goals(brief, rules.kpis)))
    held = {name: array for name, array in drawn.quantities.items() if name in wanted}
    return Ground(
        brief=brief,
        outcomes=replace(drawn, quantities=held),
        scene=scene,
        money=money,
        team=own_team(operation, team, rows, drawn, hosts_included=hosts_included),
        weeks=float(np.median(launched(operation, rows))) * WEEKS,
    )


_grounds = lru_cache(maxsize=8)(_ground)
_few = lru_cache(maxsize=24)(_ground)


@lru_cache(maxsize=64)
def _on_plan(
    brief: Brief, operation: Operation, market: Market, scenario: Scenario, months: int, ads_share: float
) -> Brief:
    """The brief with the ads that a share of GMV buys, and work at the scale of the seller's own budget.

    Solved on the middle draw: ads bring sales, and their share buys the ads. More ads bring less than
    their share of it back, so repeating it settles.
    """
    place = situation(brief, market)
    scale = min(1.0, (place.ad_budget + place.current_gmv) / market.row("activity_scale_full").median)
    work: dict[str, object] = {}
    if brief.own_videos is None:
        work["own_videos"] = round(market.row(f"own_videos.{operation.model}").median * scale)
    if brief.creators_contacted is None:
        yields = sum(
            market.row("creator_yield", platform=shop.platform, category=place.category).median
            / shop.siblings
            for shop in place.shops
        )
        contacted = market.row(f"creators_contacted.{operation.model}").median * scale * yields
        work["creators_contacted"] = round(contacted)
    budget = place.ad_budget * ads_share
    found = brief
    for _ in range(24):
        found = brief.model_copy(update={**work, "ad_budget": Decimal(round(budget))})
        middle = simulate(found, market, operation, Origin(), months=months, scenario=scenario)
        spent, sold = (float(middle.count(Quantity(of=(name,))).sum()) for name in ("ad_spend", "gmv"))
        if budget <= 0 or spent <= 0:
            break
        before, budget = budget, ads_share * sold / (spent / round(budget))
        if abs(budget - before) < 0.5:
            break
    return found


def ground_of(asked: Ask) -> Ground:
    """What an offer stands on; offers that operate alike share it."""
    candidate = asked.candidate
    counts = frozenset() if candidate.terms is None else candidate.terms.counts
    plan = candidate.ads_share is not None and "ads" in candidate.covers
    low, high = candidate.ads_share or (0.0, 0.0)
    kept: Callable[..., Ground] = _grounds
    if isinstance(asked.points, Held):
        kept = _ground
    elif asked.points.draws <= SPARSE:
        kept = _few
    return kept(
        asked.brief,
        candidate.operation,
        asked.world,
        asked.team,
        asked.points,
        asked.horizon,
        (low * high) ** 0.5 if plan else None,
        "live_hours" in counts,
        counts - COUNTED - MONEY_QUANTITIES,
    )


@dataclass(frozen=True, kw_only=True)
class Charged:
    """What an agency charges by draw: ``by_month``, ``due`` by the month of payment, ``credits`` in all."""

    by_month: Array
    due: Array
    credits: Array


def charged(asked: Ask, outcomes: Outcomes) -> Charged:
    """The agency's fee, renewed where its term is shorter; nothing without an agency."""
    signed = asked.candidate.terms
    draws, _, months = outcomes.shape
    if signed is None:
        none = np.zeros((draws, months + 2), order="F")
        return Charged(by_month=none[:, :months], due=none, credits=none[:, 0])
    term = signed.months or months
    by_month, credits, dues = [], [], []
    for first in range(0, months, term):
        part = slice(first, min(first + term, months))
        terms = signed if first == 0 else asked.candidate.renewal or signed
        one = fees(terms, _sliced(outcomes, part))
        by_month.append(one.by_month)
        credits.append(sum((line.amounts for line in one.credits), np.zeros_like(one.by_month)))
        dues.append((first, fee_due(terms, one, deposit_of(terms, asked.world.rules.trade.base))))
    due = np.zeros((draws, max(first + paid.shape[1] for first, paid in dues)), order="F")
    for first, paid in dues:
        due[:, first : first + paid.shape[1]] += paid
    every = np.concatenate(credits, axis=1)
    return Charged(
        by_month=np.concatenate(by_month, axis=1), due=due, credits=every[:, : asked.months].sum(axis=1)
    )


def _sliced(outcomes: Outcomes, months: slice) -> Outcomes:
    if months == slice(0, len(outcomes.months)):
        return outcomes
    return replace(
        outcomes,
        months=outcomes.months[months],
        quantities={name: array[:, :, months] for name, array in outcomes.quantities.items()},
    )


def _earned(on: Ground, covers: frozenset[Covered], span: int) -> Earned:
    money = on.money.under(covers, on.money.agency_fee, on.money.fee_due)

    def total(amounts: Array) -> Array:
        return amounts[:, :span].sum(axis=1)

    take, creators, samples = total(money.platform_take), total(money.creators), total(money.samples)
    cash = money.cash[:, : span + 1].copy()
    cash[:, 1:] -= on.team.by_month[:, :span]
    return Earned(
        money=money,
        take=take,
        team=total(on.team.by_month),
        creators=creators,
        samples=samples,
        outlay=total(money.ads) + samples,
        sales=total(money.settled_gmv - money.goods - money.delivery) - creators - take,
        ads=total(on.money.ads),
        covered=total(on.money.creators + on.money.platform_take) - creators - take,
        cash=cash.cumsum(axis=1),
    )


_kept_earned = lru_cache(maxsize=8)(_earned)


@lru_cache(maxsize=24)
def standing(asked: Ask) -> Standing:
    """The numbers of one offer by draw: arrays are read-only."""
    on, span = ground_of(asked), asked.months
    agency = charged(asked, on.outcomes)
    before = (_earned if isinstance(asked.points, Held) else _kept_earned)(on, asked.candidate.covers, span)
    fee = agency.by_month[:, :span].sum(axis=1)
    passed = before.outlay + before.creators
    counted = with_money(on.outcomes, replace(before.money, agency_fee=agency.by_month))
    arrays = {
        "fee": fee,
        "credits": agency.credits,
        "passed": passed,
        "cost": fee + passed + before.take + before.team,
        "profit": before.sales - before.outlay - fee - before.team,
        "cash_low": (before.cash - agency.due[:, : span + 1].cumsum(axis=1)).min(axis=1),
        "gmv": counted.count(Quantity(of=("gmv",)))[:, :span].sum(axis=1),
        **{name: getattr(before, name) for name in EARNED},
    }
    for array in arrays.values():
        array.flags.writeable = False
    return Standing(
        ask=asked,
        weeks=on.weeks,
        chances=tuple(_chances(asked, on, counted)),
        budget=on.scene.ad_budget,
        **arrays,
    )


def _chances(asked: Ask, on: Ground, counted: Outcomes) -> Iterator[GoalChance]:
    covered = "ads" in asked.candidate.covers
    for goal in asked_goals(asked.brief, asked.world.kpis):
        under = goal.kpi.under.of if goal.kpi.under else ()
        quantities = [goal.kpi.over, *([goal.kpi.under] if goal.kpi.under else [])]
        reason: NoChance | None = None
        if not measurable(goal.kpi, asked.brief):
            reason = "not_measurable"
        elif covered and "ad_spend" in under and not reads_money(goal):
            reason = "ads_in_fee"
        elif not goal.kpi.forecast or any(counted.missing(q, goal.window) for q in quantities):
            reason = "not_forecast"
        chance = None if reason else probability(goal, counted, counted.scrambles)
        yield GoalChance(goal=goal, probability=chance, reason=reason)


def at_sales(asked: Ask, draws: Array, factor: Array) -> tuple[Array, Array]:
    """Profit and all-in cost of ``draws`` with all sales times ``factor`` (draws x levels); ads stay."""
    stood, on = standing(asked), ground_of(asked)
    if asked.candidate.terms is None:
        fee = np.zeros_like(factor)
    else:
        names = asked.candidate.terms.counts & on.outcomes.quantities.keys()
        by_month = charged(asked, scaled(on.outcomes, names, draws, factor)).by_month
        fee = by_month[:, : asked.months].sum(axis=1).reshape(factor.shape)
    fixed = (stood.outlay + stood.team)[draws, None]
    profit = stood.sales[draws, None] * factor - fixed - fee
    cost = fixed + fee + (stood.creators + stood.take)[draws, None] * factor
    return profit, cost


@lru_cache(maxsize=48)
def _compared(asked: Ask) -> Compared:
    """The row of one offer, from nothing but its own numbers."""
    stood, candidate = standing(asked), asked.candidate
    scrambles = asked.points.scrambles
    spent = float(stood.ads.mean())
    plan = candidate.ads_share is not None and "ads" in candidate.covers

    def a_month(amounts: Array) -> float:
        return float(amounts.mean()) / asked.months

    return Compared(
        id=candidate.id,
        label=candidate.label,
        note=candidate.note,
        scenario=asked.scenario.id,
        ours=candidate.ours,
        operation=candidate.operation,
        terms=candidate.terms,
        as_of=candidate.as_of,
        ended=candidate.ended,
        months=asked.months,
        all_in_cost=Spread.of(stood.cost),
        agency_fee=Spread.of(stood.fee),
        credits=Spread.of(stood.credits),
        passed_through=Spread.of(stood.passed),
        platform_take=Spread.of(stood.take),
        own_team=Spread.of(stood.team),
        blocks=Blocks(
            agency_fee=a_month(stood.fee),
            ads=a_month(stood.passed - stood.creators - stood.samples),
            creators=a_month(stood.creators),
            samples=a_month(stood.samples),
            platform_take=a_month(stood.take),
        ),
        people=ground_of(asked).team.monthly(asked.months),
        seller_profit=Spread.of(stood.profit),
        cash_low=Spread.of(stood.cash_low),
        gmv=Spread.of(stood.gmv),
        roas=float(stood.gmv.mean()) / spent if spent > 0 else None,
        ads_from_fee=spent / asked.months if plan else None,
        start_weeks=stood.weeks,
        loss_probability=share_of(stood.profit < 0, scrambles),
        goals=stood.chances,
        risk=_risk(stood),
        density=_density(stood.profit),
        assumptions=tuple(_assumed(asked)),
        rows=tuple(_rows(asked)),
    )


def _risk(stood: Standing) -> Risk:
    """Who loses what when sales fall by a fifth, on average over the draws."""
    asked = stood.ask
    every = np.arange(stood.fee.size)
    profit, cost = at_sales(asked, every, np.full((every.size, 1), FALL))
    creators, take = stood.creators.mean(), stood.take.mean()
    seller = float(stood.profit.mean() - profit.mean())
    paid = (1 - FALL) * float(creators + take)
    agency = float(stood.cost.mean() - cost.mean()) - paid
    spared = (1 - FALL) * float(stood.covered.mean())
    lost_creators = (1 - FALL) * float(creators)
    lost_platform = (1 - FALL) * float(take)
    if asked.candidate.covers & {"creators", "platform_take"}:
        on = ground_of(asked).money
        span = slice(0, asked.months)
        lost_creators = (1 - FALL) * float(on.creators[:, span].sum(axis=1).mean())
        lost_platform = (1 - FALL) * float(on.platform_take[:, span].sum(axis=1).mean())
    agency -= spared
    if asked.candidate.operation.model == "platform_plan":
        lost_platform, agency = lost_platform + agency, 0.0
    whole = seller + agency + lost_platform + lost_creators
    if whole <= 0:
        return Risk(seller=1.0, agency=0.0, platform=0.0, creators=0.0)
    return Risk(
        seller=seller / whole,
        agency=agency / whole,
        platform=lost_platform / whole,
        creators=lost_creators / whole,
    )


def _density(profit: Array) -> tuple[tuple[float, float], ...]:
    """The distribution as a smooth line over its middle 99 %, a histogram smoothed with its neighbours."""
    low, high = (float(edge) for edge in np.quantile(profit, (0.005, 0.995)))
    if low == high:
        return ()
    counts, edges = np.histogram(profit, bins=BINS, range=(low, high))
    heights = np.convolve(counts, [0.25, 0.5, 0.25], mode="same")
    heights = heights / (heights.sum() * (edges[1] - edges[0]))
    middles = (edges[:-1] + edges[1:]) / 2
    return tuple(zip(middles.tolist(), heights.tolist()))


def _assumed(asked: Ask) -> Iterator[Text]:
    """What is assumed of an offer, in the words of the data."""
    words, candidate = asked.world.rules.ways, asked.candidate
    yield from candidate.assumptions
    yield from words.models[candidate.operation.model].assumptions
    term = candidate.terms.months if candidate.terms else None
    if term is not None and term < asked.months:
        yield words.words.renewed
    if term is not None and term > asked.months:
        yield words.words.ends_later


def _rows(asked: Ask) -> Iterator[Assumption]:
    """The figures behind a way of operating: the market's, then those of the seller's own people."""
    operation = asked.candidate.operation
    place = situation(asked.brief, asked.market)
    names = [name.format(model=operation.model) for name in OPERATING]
    if operation.model == "in_house":
        names += IN_HOUSE[operation.team_in_place :]
    for name in names:
        row = asked.market.find(
            name, platform=place.shops[0].platform, category=place.category, stage=place.stage
        )
        if row is not None:
            yield row
    yield from read_of(operation, asked.team)


def _pairs(standings: Mapping[str, Standing]) -> tuple[Pairs, Pairs]:
    """How often each beats each, and how often they tie."""
    names = list(standings)
    beats: dict[str, dict[str, Probability]] = {name: {} for name in names}
    ties: dict[str, dict[str, Probability]] = {name: {} for name in names}
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            over, under, same = _against(standings[one].ask, standings[other].ask)
            beats[one][other], beats[other][one] = over, under
            ties[one][other] = ties[other][one] = same
    return _read_only(beats), _read_only(ties)


def _read_only(pairs: dict[str, dict[str, Probability]]) -> Pairs:
    return MappingProxyType({name: MappingProxyType(row) for name, row in pairs.items()})


@lru_cache(maxsize=128)
def _against(one: Ask, other: Ask) -> tuple[Probability, Probability, Probability]:
    """How often one offer's profit is above the other's, below it, and the same."""
    here, there = standing(one).profit, standing(other).profit
    scrambles = one.points.scrambles
    return (
        share_of(here > there, scrambles),
        share_of(here < there, scrambles),
        share_of(here == there, scrambles),
    )


def _best(rows: Sequence[Compared]) -> Any:
    """The id of the highest median; the first of equals, None of none."""
    best = max(rows, key=lambda row: row.seller_profit.p50, default=None)
    return None if best is None else best.id


def _dominated(rows: Sequence[Compared]) -> Mapping[str, tuple[str, ...]]:
    """For each offer, those that are better in the middle and in a poor outcome alike."""
    return MappingProxyType(
        {
            row.id: tuple(
                other.id
                for other in rows
                if other.seller_profit.p50 > row.seller_profit.p50
                and other.seller_profit.p10 > row.seller_profit.p10
            )
            for row in rows
        }
    )
