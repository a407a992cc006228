"""Promises and trades as data."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from pydantic import Field

from estimator.quoting.goal_seek import Needed
from estimator.quoting.goal_seek import Reason as NotReached
from estimator.quoting.negotiation import EqualTrade, Means, NoTrade
from estimator.quoting.negotiation import Reason as NotTraded
from estimator.quoting.quote import Quote, chance, weighed
from estimator.quoting.reach import Reaching
from estimator.schemas.digits import Digits3, Digits4, Money, Places2, Places4, probability_digits
from estimator.schemas.parts import Chance, NamedGoal, Range, Run, goal_fields, run_fields
from estimator.schemas.record import Absent, Exact, Record

LADDER = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)

Reached = Sequence[Reaching | None]
"""What it would take for each goal of a quote, in their order; None where that cannot be said."""


class BreakEven(Record):
    """The level of a KPI from which the seller no longer loses, in the KPI's unit."""

    kpi: str
    level: Digits3


class SafeLevel(Record):
    """The level that is reached as surely as wanted, in the KPI's unit, with its own probability."""

    level: float
    probability: float
    error: float


class Rung(Record):
    """The level that is reached with a probability, in the KPI's unit; None where none is."""

    confidence: float
    level: Digits4 | None


class NearestBudget(Record):
    """The ad budget a month that comes nearest, in the quote's currency, and the probability there."""

    at: float
    probability: float
    error: float


class BudgetNeeded(Record):
    """The ad budget a month under which a goal is as probable as wanted, in the quote's currency."""

    now: Places2
    level: float | None = Field(alias="found")
    reason: NotReached | None
    tried: tuple[float, float]
    nearest: NearestBudget

    @classmethod
    def of(cls, now: float, needed: Needed) -> BudgetNeeded:
        low, high = needed.tried
        return cls(
            now=now,
            level=None if needed.value is None else float(needed.value),
            reason=needed.reason,
            tried=(float(low), float(high)),
            nearest=NearestBudget(at=float(needed.nearest), **probability_digits(needed.chance)),
        )


class NearestMonth(Record):
    """The last month of the goal that comes nearest, from 1, and the probability there."""

    at: int
    probability: float
    error: float


class MonthNeeded(Record):
    """The last month of a goal by which it is as probable as wanted, and the contract's last, from 1."""

    now: int
    contract: int | None
    level: int | None = Field(alias="found")
    reason: NotReached | None
    tried: tuple[int, int]
    nearest: NearestMonth

    @classmethod
    def of(cls, now: int, contract: int | None, needed: Needed) -> MonthNeeded:
        low, high = needed.tried
        return cls(
            now=now,
            contract=contract,
            level=None if needed.value is None else int(needed.value),
            reason=needed.reason,
            tried=(int(low), int(high)),
            nearest=NearestMonth(at=int(needed.nearest), **probability_digits(needed.chance)),
        )


class Takes(Record):
    """What it would take to reach a goal with ``probability``, beside the probability as it stands."""

    probability: float
    stands: Chance
    ad_budget: BudgetNeeded
    last_month: MonthNeeded | None

    @classmethod
    def of(cls, reaching: Reaching) -> Takes:
        months, last = reaching.months, reaching.goal.months[1]
        return cls(
            probability=reaching.wanted,
            stands=Chance.of(reaching.stands),
            ad_budget=BudgetNeeded.of(reaching.now, reaching.budget),
            last_month=None if months is None else MonthNeeded.of(last, reaching.contract, months),
        )


class PromisedGoal(NamedGoal):
    """A goal with what may be promised of it; ``curve`` is pairs of a level and its probability."""

    definition_open: bool
    requested: Chance | None
    safe_level: SafeLevel | None
    ladder: tuple[Rung, ...]
    curve: Absent[tuple[tuple[Digits4, Places4], ...]] = None
    takes: Takes | None


class PromiseAnswer(Run):
    """What can be signed: each goal's safe level at ``confidence``, beside what was wanted."""

    confidence: float
    break_even: BreakEven | None
    goals: tuple[PromisedGoal, ...]


def promise_json(quote: Quote, confidence: float, reached: Reached) -> PromiseAnswer:
    """The promise as data, with what it would take to reach each goal as surely."""
    payoff = quote.payoff
    return PromiseAnswer(
        **run_fields(quote),
        confidence=confidence,
        break_even=None
        if payoff is None or payoff.break_even is None
        else BreakEven(kpi=payoff.kpi.id, level=payoff.break_even),
        goals=tuple(
            _promised(quote, index, confidence, None if reaching is None else Takes.of(reaching))
            for index, reaching in enumerate(reached)
        ),
    )


def _promised(quote: Quote, index: int, confidence: float, takes: Takes | None) -> PromisedGoal:
    odds = quote.goals[index]
    draws = weighed(quote, index)
    if odds.probability is None or draws is None:
        return PromisedGoal(
            **goal_fields(odds.goal),
            definition_open=odds.open_definition,
            requested=None,
            safe_level=None,
            ladder=(),
            takes=takes,
        )
    level, safe = draws.safe_level(confidence), None
    if level is not None:
        at_safe = odds.goal.model_copy(update={"level": Decimal(repr(level))})
        safe = SafeLevel(level=level, **probability_digits(chance(quote, at_safe)))
    return PromisedGoal(
        **goal_fields(odds.goal),
        definition_open=odds.open_definition,
        requested=Chance.of(odds.probability),
        safe_level=safe,
        ladder=tuple(Rung(confidence=share, level=draws.safe_level(share)) for share in LADDER),
        curve=odds.curve,
        takes=takes,
    )


class Mean(Record):
    """An expected amount with its error, in the quote's currency."""

    mean: Money
    error: Money


class CostAMonth(Record):
    """What the seller pays a month before and after a trade, in the quote's currency."""

    before: Range
    after: Range


class Trade(Record):
    """Terms at another base fee that are worth as much to the agency, in the quote's currency."""

    means: Means = Field(alias="for")
    possible: Literal[True] = True
    base: Exact
    added_commission: Exact | None
    bonus: Exact | None
    months: int | None
    exact: float
    risk_price: float
    worth_before: Money
    worth_after: Money
    margin_before: Money | None
    margin_after: Money | None
    income_change: Mean
    seller_cost_a_month: CostAMonth

    @classmethod
    def of(cls, equal: EqualTrade) -> Trade:
        trade = equal.trade
        return cls(
            means=equal.means,
            base=trade.base or Decimal(0),
            added_commission=trade.commission,
            bonus=trade.bonus,
            months=trade.months,
            exact=equal.exact,
            risk_price=equal.risk_price,
            worth_before=equal.before,
            worth_after=equal.after,
            margin_before=None if equal.margins is None else equal.margins[0],
            margin_after=None if equal.margins is None else equal.margins[1],
            income_change=Mean(mean=equal.income.value, error=equal.income.error),
            seller_cost_a_month=CostAMonth(
                before=Range.of(equal.cost_before), after=Range.of(equal.cost_after)
            ),
        )


class Impossible(Record):
    """A trade that cannot be had, and why; beyond ``most``, a rate, an amount or months, none is offered."""

    means: Means = Field(alias="for")
    possible: Literal[False] = False
    reason: NotTraded
    most: Digits4 | None = None


class TradeAnswer(Run):
    """The list, with its ``base_fee``, and every trade of equal value at another one, in ``currency``."""

    currency: str
    months: int
    monthly_price: Money
    base_fee: Exact | None
    trades: tuple[Trade | Impossible, ...]


def trade_json(quote: Quote, base: Decimal | None, trades: Sequence[EqualTrade | NoTrade]) -> TradeAnswer:
    """The trades as data; ``base`` is the base fee of the list."""
    return TradeAnswer(
        **run_fields(quote),
        currency=quote.currency,
        months=quote.months,
        monthly_price=quote.monthly_price,
        base_fee=base,
        trades=tuple(
            Impossible(means=trade.means, reason=trade.reason, most=trade.most)
            if isinstance(trade, NoTrade)
            else Trade.of(trade)
            for trade in trades
        ),
    )
