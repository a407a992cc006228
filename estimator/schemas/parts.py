"""The parts that several answers share."""

from __future__ import annotations

from typing import Any

from estimator.brief.goals import Goal, Probability, Reading
from estimator.contract.rate_card import Severity
from estimator.earnings.ledgers import Blocks
from estimator.market.summary import Spread
from estimator.promise.known import Known
from estimator.quoting.quote import Quote
from estimator.rules.editions import State
from estimator.rules.rules import Rules
from estimator.schemas.digits import Money, Places3, probability_digits
from estimator.schemas.record import Absent, Record, StatedRate
from estimator.values.text import Text


class Heading(Record):
    """The rules that an answer was made under."""

    edition: str
    edition_state: State
    rules: str
    market: str
    exchange: Absent[tuple[StatedRate, ...]] = None


class Run(Heading):
    """The rules that an answer was made under, and the points it was simulated on."""

    scenario: str
    engine: str
    seed: int
    points: int


class Range(Record):
    """An amount over the outcomes, in the answer's currency: its mean and three quantiles."""

    mean: Money
    p10: Money
    p50: Money
    p90: Money

    @classmethod
    def of(cls, spread: Spread) -> Range:
        return Range.model_validate(spread)


class Chance(Record):
    """A probability from 0 to 1 with its error, both to two digits of the error."""

    probability: float
    error: float

    @classmethod
    def of(cls, probability: Probability) -> Chance:
        return Chance(**probability_digits(probability))


class Profit(Range):
    """The seller's profit over the term, and how probable a loss is."""

    loss_probability: Chance


class NamedGoal(Record):
    """A goal as every answer names it: a level of a KPI, in the KPI's unit, within months from 1.

    ``platforms`` are those whose stores are counted, where the others do not report the KPI.
    """

    kpi: str
    label: Text
    platforms: Absent[tuple[str, ...]] = None
    at_least: Absent[float] = None
    at_most: Absent[float] = None
    months: tuple[int, int]
    reading: Reading

    @classmethod
    def of(cls, goal: Goal) -> NamedGoal:
        return NamedGoal(**goal_fields(goal))


class Assumed(Record):
    """A fact that the brief leaves open, and what was taken for it."""

    fact: str
    value: str


class PassedThrough(Record):
    """What the seller pays others for a month, in the answer's currency."""

    ads: Money
    creators: Money
    samples: Money


class Spend(Record):
    """The three blocks of the seller's spend in a month, which are never mixed."""

    agency_fee: Money
    passed_through: PassedThrough
    platform_take: Money

    @classmethod
    def of(cls, blocks: Blocks) -> Spend:
        return cls(
            agency_fee=blocks.agency_fee,
            passed_through=PassedThrough.model_validate(blocks),
            platform_take=blocks.platform_take,
        )


def heading_fields(rules: Rules) -> dict[str, Any]:
    """The fields of a ``Heading``."""
    rates = tuple(StatedRate.model_validate(rate) for rate in rules.converted)
    return {**rules.heading, "exchange": rates or None}


def run_fields(quote: Quote) -> dict[str, Any]:
    """The fields of a ``Run``."""
    return {
        **heading_fields(quote.rules),
        "scenario": quote.scenario,
        "engine": quote.engine,
        "seed": quote.seed,
        "points": quote.points,
    }


def goal_fields(goal: Goal) -> dict[str, Any]:
    """The fields of a ``NamedGoal``."""
    return {
        "kpi": goal.kpi.id,
        "label": goal.kpi.label,
        "platforms": goal.kpi.platforms,
        "at_least" if goal.at_least else "at_most": float(goal.level),
        "months": goal.months,
        "reading": goal.reading,
    }


class NotKnown(Record):
    """The ends of a probability over the market's assumptions alone, nine cases of ten.

    ``of_market`` is the share of the outcome's spread that they explain, ``of_account`` what the account's
    own luck does: its own figures would tell that.
    """

    low: Places3
    high: Places3
    of_market: Places3
    of_account: Places3

    @classmethod
    def of(cls, known: Known | None, chance: float) -> NotKnown | None:
        """What is not known beside a probability, if that was worked out."""
        if known is None:
            return None
        low, high = known.between(chance)
        return cls(low=low, high=high, of_market=known.of_market, of_account=known.of_luck)


class RaisedGuard(Record):
    """What was raised on the way to the price, and who may approve it."""

    id: str
    severity: Severity
    rule: str
    text: Text
    approver: Text | None
