"""A comparison as data."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from estimator.brief.brief import Operation
from estimator.comparing.candidate import Bar
from estimator.comparing.comparison import Comparison, Pairs
from estimator.comparing.crossover import Crossover
from estimator.comparing.flip import Flip, Kind, Reason
from estimator.comparing.row import Compared
from estimator.contract.terms import Terms
from estimator.market.assumptions import Grade
from estimator.promise.answer import GoalAnswer, NoChance
from estimator.quoting.quote import ENGINE
from estimator.schemas.digits import Digits2, Digits3, Digits4, Money, Places3, Places4, probability_digits
from estimator.schemas.parts import Chance, Heading, NamedGoal, Range, goal_fields, heading_fields
from estimator.schemas.record import Absent, Record
from estimator.schemas.worth import WorthAnswer
from estimator.values.text import Text

MONEY = (
    "all_in_cost",
    "agency_fee",
    "credits",
    "passed_through",
    "platform_take",
    "own_team",
    "seller_profit",
    "cash_low",
    "gmv",
)
"""The money of an offer in the order it is told; ``cash_low`` is a level, all others are flows."""
LEVELS = frozenset({"cash_low"})


class Flows(Record):
    """What an offer moves in a month, in the comparison's currency."""

    all_in_cost: Range
    agency_fee: Range
    credits: Range
    passed_through: Range
    platform_take: Range
    own_team: Range
    seller_profit: Range
    gmv: Range


class Items(Record):
    """What an offer costs a month item by item, in the comparison's currency."""

    ads: Money
    creators: Money
    samples: Money
    pay: Money
    tools: Money
    recruiting: Money
    hosts: Money


class ComparedGoal(NamedGoal):
    """A goal with its probability under an offer, or the reason why it has none."""

    probability: float | None
    error: float | None
    reason: NoChance | None


class RiskShares(Record):
    """Of every dollar lost when sales fall by a fifth, the share of each party; together 1."""

    seller: Places3
    agency: Places3
    platform: Places3
    creators: Places3


class AssumedRow(Record):
    """A figure behind a way of operating: its 90 % range in ``unit``, its grade, source and place."""

    quantity: str
    low: float
    high: float
    unit: str
    grade: Grade
    source: str
    as_of: str
    place: str


class ComparedOffer(Record):
    """An offer; money is of the whole span, ``per_month`` and ``items_per_month`` of a month."""

    id: str
    label: Text
    note: Text | None
    scenario: str
    ours: bool
    operation: Operation
    as_of: str | None
    ended: bool
    bar: Bar | None
    all_in_cost: Range
    agency_fee: Range
    credits: Range
    passed_through: Range
    platform_take: Range
    own_team: Range
    seller_profit: Range
    cash_low: Range
    gmv: Range
    per_month: Flows
    items_per_month: Items
    roas: Digits3 | None
    ads_from_fee: Money | None
    start_weeks: Digits2
    loss_probability: Chance
    goals: tuple[ComparedGoal, ...]
    risk: RiskShares
    dominated_by: tuple[str, ...]
    density: tuple[tuple[Digits4, Digits4], ...]
    assumptions: tuple[Text, ...]
    assumed: tuple[AssumedRow, ...]
    contract: Terms | None


class TurningPoint(Record):
    """The value at which ``other`` overtakes ``better`` in the middle outcome, in the unit of ``kind``."""

    better: str
    other: str
    kind: Kind
    value: Digits4 | None
    assumed: Digits4 | None
    reason: Reason | None
    team: str | None = Field(alias="of")
    gmv: tuple[Money, Money] | None
    roas: tuple[Digits3 | None, Digits3 | None] | None
    assumption: str | None


class Both(Record):
    """An amount a month under both offers, in the comparison's currency."""

    plan: Money
    other: Money

    @classmethod
    def of(cls, amounts: tuple[float, float]) -> Both:
        plan, other = amounts
        return cls(plan=plan, other=other)


class Meeting(Record):
    """The GMV a month at which one offer's all-in cost meets another's, in the comparison's currency."""

    plan: str
    other: str
    gmv: Money | None
    chance: Places4
    reached: bool
    cheaper_below: str
    all_in_cost: Both
    sells: Both
    seller_profit: Both
    needed_gmv: Money | None
    more_gmv: Money | None


Shares = dict[str, dict[str, float]]
"""A share of the outcomes for an offer and another, by their ids."""


class ComparisonAnswer(Heading):
    """Offers side by side over ``months`` months; money is in ``currency``."""

    engine: str
    seed: int | None
    points: int
    currency: str
    months: int
    offers: tuple[ComparedOffer, ...]
    beats: Shares
    ties: Shares
    error: Shares
    dominated: dict[str, tuple[str, ...]]
    best: str
    best_available: str | None
    safest: str
    flips: tuple[TurningPoint, ...]
    crossover: tuple[Meeting, ...]
    worth: Absent[WorthAnswer] = None


def as_json(
    comparison: Comparison,
    flips: Sequence[Flip],
    crossovers: Sequence[Crossover],
    worth: WorthAnswer | None = None,
) -> ComparisonAnswer:
    """The comparison as data, with what its best agency is worth where that was worked out."""
    return ComparisonAnswer(
        **heading_fields(comparison.rules),
        engine=ENGINE,
        seed=comparison.seed,
        points=comparison.points,
        currency=comparison.currency,
        months=comparison.months,
        offers=tuple(_offer(offer, comparison.dominated[offer.id]) for offer in comparison.offers),
        beats=_matrix(comparison.beats),
        ties=_matrix(comparison.ties),
        error=_errors(comparison.beats),
        dominated={name: tuple(by) for name, by in comparison.dominated.items()},
        best=comparison.best,
        best_available=comparison.best_available,
        safest=comparison.safest,
        flips=tuple(map(_turning_point, flips)),
        crossover=tuple(map(_meeting, crossovers)),
        worth=worth,
    )


def _offer(offer: Compared, dominated_by: tuple[str, ...]) -> ComparedOffer:
    spent, people = offer.blocks, offer.people
    return ComparedOffer(
        id=offer.id,
        label=offer.label,
        note=offer.note,
        scenario=offer.scenario,
        ours=offer.ours,
        operation=offer.operation,
        as_of=offer.as_of,
        ended=offer.ended,
        bar=offer.bar,
        **{name: Range.of(getattr(offer, name)) for name in MONEY},
        per_month=Flows(
            **{name: Range.of(offer.monthly(getattr(offer, name))) for name in Flows.model_fields}
        ),
        items_per_month=Items(
            ads=spent.ads,
            creators=spent.creators,
            samples=spent.samples,
            pay=people.pay,
            tools=people.tools,
            recruiting=people.recruiting,
            hosts=people.hosts,
        ),
        roas=offer.roas,
        ads_from_fee=offer.ads_from_fee,
        start_weeks=offer.start_weeks,
        loss_probability=Chance.of(offer.loss_probability),
        goals=tuple(map(_goal, offer.goals)),
        risk=RiskShares.model_validate(offer.risk),
        dominated_by=dominated_by,
        density=offer.density,
        assumptions=offer.assumptions,
        assumed=tuple(map(AssumedRow.model_validate, offer.rows)),
        contract=offer.terms,
    )


def _goal(answer: GoalAnswer) -> ComparedGoal:
    odds = probability_digits(answer.probability) if answer.probability else {}
    return ComparedGoal(
        **goal_fields(answer.goal),
        probability=odds.get("probability"),
        error=odds.get("error"),
        reason=answer.reason,
    )


def _matrix(pairs: Pairs) -> Shares:
    """Shares of draws as they are counted: beats both ways and ties add up to 1."""
    return {name: {other: chance.value for other, chance in row.items()} for name, row in pairs.items()}


def _errors(pairs: Pairs) -> Shares:
    return {
        name: {other: probability_digits(chance)["error"] for other, chance in row.items()}
        for name, row in pairs.items()
    }


def _turning_point(flip: Flip) -> TurningPoint:
    return TurningPoint(
        better=flip.better,
        other=flip.other,
        kind=flip.kind,
        value=flip.value,
        assumed=flip.assumed,
        reason=flip.reason,
        team=flip.of,
        gmv=flip.gmv,
        roas=flip.roas,
        assumption=None if flip.row is None else flip.row.quantity,
    )


def _meeting(crossing: Crossover) -> Meeting:
    return Meeting(
        plan=crossing.plan,
        other=crossing.other,
        gmv=crossing.gmv,
        chance=crossing.chance,
        reached=crossing.reached,
        cheaper_below=crossing.cheaper_below,
        all_in_cost=Both.of(crossing.costs),
        sells=Both.of(crossing.sells),
        seller_profit=Both.of(crossing.profits),
        needed_gmv=crossing.needed,
        more_gmv=crossing.more,
    )
