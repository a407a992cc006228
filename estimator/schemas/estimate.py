"""A seller's estimate as data."""

from __future__ import annotations

from dataclasses import asdict

from pydantic import Field

from estimator.brief.brief import GoalWords, ServiceModel
from estimator.market.assumptions import Grade
from estimator.promise.answer import GoalAnswer
from estimator.quoting.drivers import Driver
from estimator.quoting.estimate import Estimate
from estimator.quoting.tipping import Question, TippingPoints
from estimator.rules.checklists import needed
from estimator.schemas.digits import Digits3, Money, Places2, Places3, probability_digits, safe_digits
from estimator.schemas.parts import (
    Assumed,
    Chance,
    NamedGoal,
    Profit,
    Range,
    Run,
    Spend,
    goal_fields,
    heading_fields,
)
from estimator.schemas.record import Absent, Record
from estimator.schemas.worth import WorthAnswer
from estimator.values.text import Text


class BreakEven(Record):
    """The ROAS and the orders a month at which the seller neither gains nor loses; None where unknown."""

    kpi: str
    level: Digits3 | None
    median: Digits3 | None
    reached: Chance | None
    orders_a_month: Digits3 | None
    orders_a_month_median: Digits3


class AtStart(Record):
    """What is there when the contract starts: cash as told, stock at cost and payouts due, expected."""

    cash: Money | None
    stock: Money
    payouts: Money


class Cash(Record):
    """The seller's cash: its low point, the month of payback from 1, and what comes in after the term.

    ``suffices`` is the probability that the cash told is enough; null where none was.
    """

    low: Range
    at_start: AtStart
    suffices: Chance | None
    payback_month: int | None
    paid_back: Chance
    owed_after: Range


class EstimatedMonth(Record):
    """A month of profit and loss; ``cash`` is in hand at its end."""

    month: str
    settled_gmv: Range
    goods: Range
    delivery: Range
    agency_fee: Range
    passed_through: Range
    platform_take: Range
    profit: Range
    cash: Range


class EstimatedGoal(NamedGoal):
    """A goal in the seller's words, with its probability and the level that is safe to promise."""

    words: str | None
    definition_open: bool
    probability: float | None
    error: float | None
    safe_level: float | None


class Change(Record):
    """An assumption, or a number of the brief, and the value at which the answer turns, in ``unit``."""

    assumption: str
    middle: Digits3
    at: Digits3
    unit: str
    z: Places2


class Turning(Record):
    """The single changes that bring the probability of profit, or of the goal, across one half."""

    question: Question = Field(alias="of")
    chance: Places3
    flips: tuple[Change, ...]


class DrivenBy(Record):
    """The probability with an assumption low and high, and its share of the spread."""

    assumption: str
    low: Places3
    high: Places3
    share_of_spread: Places3 | None


class Trap(Record):
    """What to ask any seller of such a service, and why."""

    id: str
    question: Text
    why: Text
    source: str


class Document(Record):
    """A paper that the category needs before it may sell, with who issues it."""

    id: str
    label: Text
    issuer: Text
    why: Text
    source: str
    as_of: str
    grade: Grade


class EstimateAnswer(Run):
    """A seller's estimate; money is in ``currency``, shares and probabilities are 0 to 1."""

    currency: str
    months: int
    service_model: ServiceModel | None
    monthly_price: Money
    assumed: tuple[Assumed, ...]
    profit: Profit
    margin_known: bool
    fees: Range
    monthly_spend: Spend
    break_even: BreakEven
    cash: Cash
    by_month: tuple[EstimatedMonth, ...]
    goals: tuple[EstimatedGoal, ...]
    flips: tuple[Turning, ...]
    drivers: tuple[DrivenBy, ...]
    ask: tuple[Trap, ...]
    documents: tuple[Document, ...]
    worth: Absent[WorthAnswer] = None


def estimate_json(
    estimate: Estimate,
    flips: tuple[TippingPoints, ...],
    drivers: tuple[Driver, ...],
    worth: WorthAnswer | None = None,
) -> EstimateAnswer:
    """The estimate as data, with what it is worth where that was worked out."""
    seller, rules = estimate.seller, estimate.world.rules
    return EstimateAnswer(
        **heading_fields(rules),
        scenario=estimate.world.scenario.id,
        engine=estimate.engine,
        seed=estimate.seed,
        points=estimate.points,
        currency=estimate.currency,
        months=estimate.months,
        service_model=estimate.brief.service_model,
        monthly_price=estimate.monthly_price,
        assumed=tuple(Assumed(fact=fact, value=value) for fact, value in estimate.assumed),
        profit=Profit(**asdict(seller.profit), loss_probability=Chance.of(seller.loss_probability)),
        margin_known=seller.margin_known,
        fees=Range.of(estimate.fees),
        monthly_spend=Spend.of(estimate.blocks),
        break_even=_break_even(estimate),
        cash=Cash(
            low=Range.of(seller.cash_low),
            at_start=AtStart(**asdict(seller.at_start)),
            suffices=None if seller.cash_suffices is None else Chance.of(seller.cash_suffices),
            payback_month=seller.payback_month,
            paid_back=Chance.of(estimate.paid_back),
            owed_after=Range.of(estimate.owed),
        ),
        by_month=tuple(map(EstimatedMonth.model_validate, estimate.by_month)),
        goals=tuple(_goal(*pair) for pair in zip(estimate.goals, estimate.brief.goals)),
        flips=tuple(map(_turning, flips)),
        drivers=tuple(
            DrivenBy(assumption=driver.name, low=driver.low, high=driver.high, share_of_spread=driver.spread)
            for driver in drivers
        ),
        ask=tuple(map(Trap.model_validate, rules.traps)),
        documents=tuple(map(Document.model_validate, needed(rules.documents, estimate.category))),
        worth=worth,
    )


def _break_even(estimate: Estimate) -> BreakEven:
    even = estimate.break_even
    return BreakEven(
        kpi=even.kpi.id,
        level=even.roas,
        median=even.roas_now,
        reached=None if even.chance is None else Chance.of(even.chance),
        orders_a_month=even.units,
        orders_a_month_median=even.units_now,
    )


def _goal(answer: GoalAnswer, said: GoalWords) -> EstimatedGoal:
    level = answer.promise.level if answer.promise else None
    odds = probability_digits(answer.probability) if answer.probability else {}
    return EstimatedGoal(
        **goal_fields(answer.goal),
        words=said.words,
        definition_open=answer.between is not None,
        probability=odds.get("probability"),
        error=odds.get("error"),
        safe_level=None if level is None else safe_digits(level, answer.goal.at_least),
    )


def _turning(flips: TippingPoints) -> Turning:
    return Turning(
        question=flips.question,
        chance=flips.chance,
        flips=tuple(
            Change(
                assumption=flip.name,
                middle=flip.middle,
                at=flip.at,
                unit="USD" if flip.row is None else flip.row.unit,
                z=flip.z,
            )
            for flip in flips.points
        ),
    )
