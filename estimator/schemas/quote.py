"""A quote as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from estimator.brief.goals import Probability
from estimator.contract.charges import AnyCharge, Bound, Fixed, PerUnit, Refund, ShareOf
from estimator.contract.conditions import Value
from estimator.contract.facts import Band
from estimator.contract.pricing import NotApplied
from estimator.contract.rate_card import Verb
from estimator.contract.terms import Terms
from estimator.earnings.ledgers import MonthMoney
from estimator.promise.known import Known
from estimator.quoting.quote import Quote, QuotedGoal
from estimator.schemas.digits import Digits3, Digits4, Money, Places3, probability_digits, safe_digits
from estimator.schemas.parts import (
    Assumed,
    Chance,
    Heading,
    NamedGoal,
    NotKnown,
    PassedThrough,
    Profit,
    RaisedGuard,
    Range,
    Spend,
    goal_fields,
    heading_fields,
)
from estimator.schemas.record import Absent, Exact, Record
from estimator.values.money import plain
from estimator.values.text import Text


class Term(Record):
    """A charge: its amount, price or rate for each ``per``, and the rule behind it."""

    charge: str
    kind: Literal["fixed", "per_unit", "share", "bound", "refund"]
    amount: Exact
    per: str
    rule: str
    label: Text


class TierStep(Record):
    """The rate of a share from an edge on, in the unit of what is counted."""

    above: Exact
    rate: Exact


class Jump(Record):
    """By how much the fee jumps where the quantity passes an edge, in the quote's currency."""

    above: Exact
    amount: Exact


class ShareTerm(Term):
    """A share of a quantity above a monthly ``baseline``, in the unit of what is counted."""

    baseline: Exact
    tiers: tuple[TierStep, ...]
    reach: Literal["slice", "whole"]
    jumps: tuple[Jump, ...]


class LargestRefund(Record):
    """The largest share a refund can pay back, and the most it can come to; None without a ceiling."""

    share: Exact
    amount: Exact | None


class RefundTerm(Term):
    """A refund, and the most it can pay back."""

    largest: LargestRefund


class MonthlyPrice(Record):
    """The fixed charges a month, with the lowest and highest over open answers, in ``currency``."""

    amount: Money
    low: Money
    high: Money


class TraceStep(Record):
    """One rule at work on one charge, from ``before`` to ``after``."""

    charge: str
    verb: Verb | Literal["rounds", "steps"]
    before: Exact | None
    after: Exact
    rule: str
    label: Text


class UnusedRule(Record):
    """A rule that did not apply: the column that failed, its cell, and the fact; None is unknown."""

    charge: str
    rule: str
    column: str
    cell: str
    fact: str | tuple[str, ...] | None = Field(alias="found")

    @classmethod
    def of(cls, row: NotApplied) -> UnusedRule:
        return cls(charge=row.charge, rule=row.rule, column=row.column, cell=row.cell, fact=_fact(row.fact))


class RatedDifficulty(Record):
    """The band of the goals' difficulty, the probability behind it, and whether it is at a band's edge."""

    band: Band
    probability: float
    error: float
    at_edge: bool


class SafeLevel(Record):
    """The level that is reached with a probability of ``confidence``, in the KPI's unit."""

    confidence: float | None
    level: float | None


class WordedGoal(NamedGoal):
    """A goal in the client's words, and whether its KPI can be measured and has a forecast."""

    words: str | None
    definition_open: bool
    measurable: bool
    forecast: bool


class GoalWithoutOdds(WordedGoal):
    """A goal whose KPI has no forecast or cannot be measured."""

    probability: None = None
    error: None = None
    promise: None = None


class GoalWithOdds(WordedGoal):
    """A goal with its probability, and the KPI's median and safe level in the KPI's unit.

    ``error`` is that of computing, never of knowing; that is ``not_known``.
    """

    probability: float
    error: float
    not_known: Absent[NotKnown] = None
    median: Digits4 | None
    promise: SafeLevel


class SellerProfit(Profit):
    """The seller's profit over the term, and the level of the goal's KPI from which there is any."""

    break_even: Digits3 | None
    margin_known: bool


class SellerMonth(Record):
    """A month of the seller's money in ``currency``; ``cash`` is in hand at its end."""

    month: str
    settled_gmv: Money
    agency_fee: Money
    passed_through: PassedThrough
    platform_take: Money
    goods_and_delivery: Money
    profit: Range
    cash: Range


class OpenQuestion(Record):
    """A fact still unknown, and the lowest and highest price a month and probability it may lead to."""

    fact: str
    question: Text
    price: tuple[Money, Money] | None
    probability: tuple[Places3, Places3] | None


class AgencyMargin(Range):
    """Our own margin over the term, in ``currency``, and how probable a loss is."""

    loss_probability: float
    loss_probability_error: float


class QuoteAnswer(Heading):
    """A quote: amounts of terms are decimal strings in ``currency``, shares and probabilities 0 to 1."""

    card_sha256: str
    scenario: str
    engine: str
    seed: int
    points: int
    currency: str
    months: int
    terms: tuple[ShareTerm | RefundTerm | Term, ...]
    monthly_price: MonthlyPrice
    trace: tuple[TraceStep, ...]
    not_applied: tuple[UnusedRule, ...]
    difficulty: RatedDifficulty | None
    goals: tuple[GoalWithOdds | GoalWithoutOdds, ...]
    all_goals: Chance | None
    first_invoice: Money
    usual_month: Range
    fees: Range
    seller_profit: SellerProfit
    cash_low: Range
    monthly_spend: Spend
    by_month: tuple[SellerMonth, ...]
    unanswered: tuple[OpenQuestion, ...]
    assumed: tuple[Assumed, ...]
    guards: tuple[RaisedGuard, ...]
    contract: Terms
    contract_sha256: str
    agency_margin: Absent[AgencyMargin] = None


def as_json(quote: Quote, question: Callable[[str], Text]) -> QuoteAnswer:
    """The quote as data; ``question`` words what would answer an open fact."""
    low, high = quote.monthly_price_range
    return QuoteAnswer(
        **heading_fields(quote.rules),
        card_sha256=quote.rules.edition.sha256,
        scenario=quote.scenario,
        engine=quote.engine,
        seed=quote.seed,
        points=quote.points,
        currency=quote.currency,
        months=quote.months,
        terms=tuple(_term(charge, quote.terms) for charge in quote.terms.charges),
        monthly_price=MonthlyPrice(amount=quote.monthly_price, low=low, high=high),
        trace=tuple(map(TraceStep.model_validate, quote.priced.steps)),
        not_applied=tuple(map(UnusedRule.of, quote.priced.not_applied)),
        difficulty=_difficulty(quote),
        goals=tuple(_goal(odds, odds.known) for odds in quote.goals),
        all_goals=None if quote.joint is None else Chance.of(quote.joint),
        first_invoice=float(sum(amount for _, amount in quote.first_invoice)),
        usual_month=Range.of(quote.usual_month),
        fees=Range.of(quote.fees),
        seller_profit=_seller_profit(quote),
        cash_low=Range.of(quote.seller.cash_low),
        monthly_spend=Spend.of(quote.seller.blocks),
        by_month=tuple(map(seller_month, quote.seller.by_month)),
        unanswered=tuple(
            OpenQuestion(fact=row.fact, question=question(row.fact), price=row.price, probability=row.odds)
            for row in quote.unanswered
        ),
        assumed=tuple(Assumed(fact=fact, value=value) for fact, value in quote.assumed),
        guards=tuple(map(RaisedGuard.model_validate, quote.guards)),
        contract=quote.terms,
        contract_sha256=quote.terms.fingerprint,
        agency_margin=_agency_margin(quote),
    )


def _difficulty(quote: Quote) -> RatedDifficulty | None:
    """None where no goal was rated."""
    rated = quote.difficulty
    if rated is None:
        return None
    odds = probability_digits(Probability(value=rated.probability, error=rated.error))
    return RatedDifficulty(band=rated.band, **odds, at_edge=rated.at_edge)


def _seller_profit(quote: Quote) -> SellerProfit:
    seller = quote.seller
    return SellerProfit(
        **asdict(seller.profit),
        loss_probability=Chance.of(seller.loss_probability),
        break_even=None if quote.payoff is None else quote.payoff.break_even,
        margin_known=seller.margin_known,
    )


def seller_month(month: MonthMoney) -> SellerMonth:
    """A month of the seller's money as data."""
    return SellerMonth(
        month=month.month,
        settled_gmv=month.settled_gmv,
        agency_fee=month.blocks.agency_fee,
        passed_through=PassedThrough.model_validate(month.blocks),
        platform_take=month.blocks.platform_take,
        goods_and_delivery=month.goods_and_delivery,
        profit=Range.of(month.profit),
        cash=Range.of(month.cash),
    )


def _agency_margin(quote: Quote) -> AgencyMargin | None:
    """None without our own costs."""
    if quote.agency is None:
        return None
    loss = Chance.of(quote.agency.loss_probability)
    return AgencyMargin(
        **asdict(quote.agency.margin),
        loss_probability=loss.probability,
        loss_probability_error=loss.error,
    )


def _fact(value: Value) -> str | tuple[str, ...] | None:
    """A fact as rules read it; None is unknown."""
    if isinstance(value, frozenset):
        return tuple(sorted(value))
    return plain(value) if isinstance(value, Decimal) else value


def _goal(odds: QuotedGoal, known: Known | None) -> GoalWithOdds | GoalWithoutOdds:
    said: dict[str, Any] = {
        **goal_fields(odds.goal),
        "words": odds.words,
        "definition_open": odds.open_definition,
        "measurable": odds.measurable,
        "forecast": odds.goal.kpi.forecast,
    }
    if odds.probability is None:
        return GoalWithoutOdds(**said)
    chance, promise = Chance.of(odds.probability), odds.promise
    level = None if promise is None else promise.level
    return GoalWithOdds(
        **said,
        probability=chance.probability,
        error=chance.error,
        not_known=NotKnown.of(known, odds.probability.value),
        median=odds.median,
        promise=SafeLevel(
            confidence=None if promise is None else promise.confidence,
            level=None if level is None else safe_digits(level, odds.goal.at_least),
        ),
    )


def _term(charge: AnyCharge, terms: Terms) -> Term:
    amount, per = amount_of(charge)
    said: dict[str, Any] = {
        "charge": charge.id,
        "kind": charge.kind,
        "amount": amount,
        "per": per,
        "rule": charge.rule,
        "label": charge.label,
    }
    match charge:
        case Refund():
            share, most = terms.largest_refund(charge)
            return RefundTerm(**said, largest=LargestRefund(share=share, amount=most))
        case ShareOf(tiers=tiers):
            steps = zip(tiers.above, tiers.rate)
            return ShareTerm(
                **said,
                baseline=charge.baseline,
                tiers=tuple(TierStep(above=above, rate=rate) for above, rate in steps),
                reach=tiers.reach,
                jumps=tuple(Jump(above=above, amount=jump) for above, jump in tiers.jumps()),
            )
        case _:
            return Term(**said)


def amount_of(charge: AnyCharge) -> tuple[Decimal, str]:
    match charge:
        case Fixed():
            return charge.amount, charge.settles
        case PerUnit():
            unit = "+".join(charge.of.of)
            return charge.price, unit if charge.pack == 1 else f"{charge.pack} {unit}"
        case ShareOf():
            return charge.tiers.rate[0], "+".join(charge.of.of)
        case Bound():
            return charge.at_least if charge.at_least is not None else charge.at_most or Decimal(
                0
            ), charge.settles
        case Refund():
            return max(step.back for step in charge.steps), "+".join(charge.over)
