"""The row of one offer in a comparison: money in ranges, who bears the risk, what is assumed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from estimator.brief.brief import Operation
from estimator.brief.goals import Probability
from estimator.comparing.candidate import Bar
from estimator.comparing.standing import Case, Standing, at_sales, ground_of, standing
from estimator.contract.terms import Terms
from estimator.earnings.ledgers import Blocks
from estimator.earnings.own_team import People, read_of
from estimator.market.assumptions import Assumption
from estimator.market.own_figures import running
from estimator.market.situation import situation_of
from estimator.market.summary import Spread, share_of
from estimator.promise.answer import GoalAnswer
from estimator.promise.forecast import chance_of, reads_money
from estimator.quoting.curves import is_one_value
from estimator.values.memory import kept
from estimator.values.money import Array
from estimator.values.text import Text

BINS = 48


FALL = 0.8
"""What is left of sales when they fall by a fifth."""


OPERATING = (
    "service_cvr_effect.{model}",
    "ramp_factor.{model}",
    "own_videos.{model}",
    "creators_contacted.{model}",
    "live_hours.{model}",
)
"""What the market assumes of a way of operating."""
IN_HOUSE = ("inhouse_hiring_delay", "inhouse_failure_probability", "inhouse_failure_factor")


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
    bar: Bar | None
    as_today: bool
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
    goals: tuple[GoalAnswer, ...]
    risk: Risk
    density: tuple[tuple[float, float], ...]
    assumptions: tuple[Text, ...]
    rows: tuple[Assumption, ...]

    @property
    def ended(self) -> bool:
        """Whether it can no longer be taken."""
        return self.bar == "ended"

    @property
    def idle(self) -> bool:
        """Whether nothing is done: neither sold nor spent."""
        return self.as_today and self.gmv.p90 == 0 == self.all_in_cost.p90

    def monthly(self, spread: Spread) -> Spread:
        """A figure of the span as a month's."""
        return Spread(
            mean=spread.mean / self.months,
            p10=spread.p10 / self.months,
            p50=spread.p50 / self.months,
            p90=spread.p90 / self.months,
        )


@kept
def row_of(case: Case) -> Compared:
    """The row of one offer, from nothing but its own numbers."""
    stood, candidate = standing(case), case.candidate
    scrambles = case.points.scrambles
    spent = float(stood.ads.mean())
    plan = candidate.ads_share is not None and "ads" in candidate.covers

    def a_month(amounts: Array) -> float:
        return float(amounts.mean()) / case.months

    return Compared(
        id=candidate.id,
        label=candidate.label,
        note=candidate.note,
        scenario=case.scenario.id,
        ours=candidate.ours,
        operation=candidate.operation,
        terms=candidate.terms,
        as_of=candidate.as_of,
        bar=candidate.bar,
        as_today=candidate.as_today,
        months=case.months,
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
        people=ground_of(case).team.monthly(case.months),
        seller_profit=Spread.of(stood.profit),
        cash_low=Spread.of(stood.cash_low),
        gmv=Spread.of(stood.gmv),
        roas=float(stood.gmv.mean()) / spent if spent > 0 else None,
        ads_from_fee=spent / case.months if plan else None,
        start_weeks=stood.weeks,
        loss_probability=share_of(stood.profit < 0, scrambles),
        goals=tuple(_smoothed(one, case) for one in stood.chances),
        risk=_risk(stood),
        density=_density(stood.profit),
        assumptions=tuple(_assumed(case)),
        rows=tuple(_rows(case)),
    )


def _smoothed(answer: GoalAnswer, case: Case) -> GoalAnswer:
    """A goal's chance as a quote gives it; that of a goal which counts fees is the share of draws."""
    if answer.probability is None or reads_money(answer.goal):
        return answer
    operation = case.candidate.operation
    chance = chance_of(answer.goal, ground_of(case).brief, case.market, operation, case.scenario)
    return replace(answer, probability=chance)


def _risk(stood: Standing) -> Risk:
    """Who loses what when sales fall by a fifth, on average over the draws."""
    case = stood.case
    every = np.arange(stood.fee.size)
    profit, cost = at_sales(case, every, np.full((every.size, 1), FALL))
    creators, take = stood.creators.mean(), stood.take.mean()
    seller = float(stood.profit.mean() - profit.mean())
    paid = (1 - FALL) * float(creators + take)
    agency = float(stood.cost.mean() - cost.mean()) - paid
    spared = (1 - FALL) * float(stood.covered.mean())
    lost_creators = (1 - FALL) * float(creators)
    lost_platform = (1 - FALL) * float(take)
    if case.candidate.covers & {"creators", "platform_take"}:
        on = ground_of(case).money
        span = slice(0, case.months)
        lost_creators = (1 - FALL) * float(on.creators[:, span].sum(axis=1).mean())
        lost_platform = (1 - FALL) * float(on.platform_take[:, span].sum(axis=1).mean())
    agency -= spared
    if case.candidate.operation.model == "platform_plan":
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
    if is_one_value(low, high):
        return ()
    counts, edges = np.histogram(profit, bins=BINS, range=(low, high))
    heights = np.convolve(counts, [0.25, 0.5, 0.25], mode="same")
    heights = heights / (heights.sum() * (edges[1] - edges[0]))
    middles = (edges[:-1] + edges[1:]) / 2
    return tuple(zip(middles.tolist(), heights.tolist()))


def _assumed(case: Case) -> Iterator[Text]:
    """What is assumed of an offer, in the words of the data."""
    words, candidate = case.world.rules.ways, case.candidate
    yield from candidate.assumptions
    if not candidate.as_today:
        yield from words.models[candidate.operation.model].assumptions
    term = candidate.terms.months if candidate.terms else None
    if term is not None and term < case.months:
        yield words.words.renewed
    if term is not None and term > case.months:
        yield words.words.ends_later


def _rows(case: Case) -> Iterator[Assumption]:
    """The figures behind a way of operating: the market's, then those of the seller's own people."""
    operation = case.candidate.operation
    if case.candidate.as_today and not running(case.brief):
        return
    situation = situation_of(case.brief, case.market)
    names = [name.format(model=operation.model) for name in OPERATING]
    if operation.model == "in_house":
        names += IN_HOUSE[operation.team_in_place :]
    for name in names:
        row = case.market.find(
            name, platform=situation.shops[0].platform, category=situation.category, stage=situation.stage
        )
        if row is not None:
            yield row
    if case.candidate.staffed:
        yield from read_of(operation, case.team)
