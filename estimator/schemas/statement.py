"""A statement as data: what was charged for which months, and what is still pending."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, PlainSerializer, WithJsonSchema

from estimator.contract.charges import Bound, PaidAs, Refund
from estimator.contract.terms import Terms
from estimator.earnings.clause_lines import AD_REBATE, held_as_deposit
from estimator.earnings.due_days import due_day
from estimator.earnings.lines import Fees, Line, Missed
from estimator.market.outcomes import Outcomes
from estimator.schemas.record import Absent, Exact, Record, StatedRate
from estimator.values.money import CENT, cents, round_half_up
from estimator.values.text import Text

Cents = Annotated[
    Decimal,
    AfterValidator(lambda amount: round_half_up(amount, CENT)),
    PlainSerializer(cents, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+\.\d\d$", "description": "Money, to the cent."}),
]
"""An amount to the cent, in the statement's currency."""


class StatedLine(Record):
    """A line of a month's invoice; ``basis`` is what a share was counted on, ``carried`` what earlier
    returns above sales took from it. ``settles`` names a period longer than a month. A ``returned`` line
    gives back the fee of goods that came back after it was paid."""

    charge: str
    kind: Literal["fixed", "per_unit", "share", "bound", "refund", "returned"]
    amount: Cents
    rule: str
    label: Text
    basis: Absent[Cents] = None
    carried: Absent[Cents] = None
    settles: Absent[Literal["quarter", "term"]] = None
    due: Absent[dt.date] = None


class Deposit(Record):
    """What is held until the last invoice; ``set_off`` is the month of that invoice, None while it runs."""

    amount: Cents
    set_off: str | None


class MissedDuty(Record):
    """A duty of the client that a month did not meet: what was counted of it, and what was asked for."""

    quantity: str
    counted: Exact
    at_least: Absent[Exact] = None
    at_most: Absent[Exact] = None


class StatedMonth(Record):
    """The invoice of one month: its lines, and what they come to.

    ``share`` is what of a whole month is charged, where that is not one; ``counts`` is false where no target
    counts, ``worked`` where the contract had ended and only returns land. ``ad_rebate`` is what the platform
    gave back of the ads, where it is known.
    """

    month: str
    share: Absent[Exact] = None
    counts: Absent[bool] = None
    missed: Absent[tuple[MissedDuty, ...]] = None
    worked: Absent[bool] = None
    ad_rebate: Absent[Cents] = None
    total: Cents
    lines: tuple[StatedLine, ...]


class Credit(Record):
    """A refund that is no money, with the month it falls due in."""

    charge: str
    month: str
    amount: Cents
    paid_as: PaidAs
    rule: str
    label: Text


class Waiting(Record):
    """What cannot be settled yet: the charge, its first and last month from 1, and what is missing."""

    charge: str
    months: tuple[int, int]
    missing: tuple[str, ...]
    rule: str
    label: Text


class Void(Record):
    """A refund that is not owed, as a duty of the client was not met."""

    charge: str
    rule: str
    label: Text


class Carried(Record):
    """Returns above sales, which lower the next settlement of the charge."""

    charge: str
    amount: Cents
    rule: str
    label: Text


class Statement(Record):
    """A settlement: decimal strings in ``currency``, each month's lines with their rule."""

    currency: str
    total: Cents
    credits: tuple[Credit, ...]
    pending: tuple[Waiting, ...]
    void: tuple[Void, ...]
    carried_forward: tuple[Carried, ...]
    first_month: str
    months: tuple[StatedMonth, ...]
    deposit: Absent[Deposit] = None
    exchange: Absent[tuple[StatedRate, ...]] = None


def statement(terms: Terms, settled: Fees, actuals: Outcomes) -> Statement:
    """The settlement as data."""
    months = tuple(_month(terms, settled, actuals, index) for index in range(len(actuals.months)))
    return Statement(
        currency=terms.currency,
        total=sum((month.total for month in months), Decimal(0)),
        credits=_credits(settled, actuals),
        pending=_pending(settled),
        void=tuple(
            Void(charge=void.charge.id, rule=void.charge.rule, label=void.charge.label)
            for void in settled.void
        ),
        carried_forward=tuple(
            Carried(charge=charge.id, amount=owed[0], rule=charge.rule, label=charge.label)
            for charge, owed in settled.owed
        ),
        first_month=actuals.months[0],
        months=months,
        deposit=_deposit(terms, actuals),
        exchange=tuple(StatedRate.model_validate(rate) for rate in actuals.rates) or None,
    )


def _deposit(terms: Terms, actuals: Outcomes) -> Deposit | None:
    amount, calendar = held_as_deposit(terms), actuals.calendar
    if not amount:
        return None
    last = actuals.months[len(actuals.months) - calendar.tail - 1]
    return Deposit(amount=amount, set_off=last if calendar.ended else None)


def _month(terms: Terms, settled: Fees, actuals: Outcomes, index: int) -> StatedMonth:
    month, begun = actuals.months[index], 1 if index else actuals.calendar.first_day
    lines = tuple(
        stated.model_copy(update={"due": due_day(terms, line.charge, stated.amount, month, begun)})
        for line in settled.lines
        for stated in _lines(line, index)
    )
    share = actuals.calendar.share(range(index, index + 1))
    counted = settled.counting is None or bool(settled.counting[0, index])
    return StatedMonth(
        month=month,
        share=None if share == 1 else round(share, 4),
        counts=None if counted else False,
        missed=tuple(_missed(one) for one in settled.missed if one.month == index) or None,
        ad_rebate=_rebate(actuals, index),
        worked=None if index < len(actuals.months) - actuals.calendar.tail else False,
        total=sum((line.amount for line in lines), Decimal(0)),
        lines=lines,
    )


def _missed(one: Missed) -> MissedDuty:
    side = "at_most" if one.duty.at_least is None else "at_least"
    asked = round_half_up(one.asked, CENT)
    return MissedDuty(quantity="+".join(one.duty.of.of), counted=one.counted, **{side: asked})


def _rebate(actuals: Outcomes, index: int) -> Decimal | None:
    """The platform's ad rebate of a month, None where it is not given."""
    if "ad_rebate" not in actuals.quantities or actuals.missing(AD_REBATE, slice(index, index + 1)):
        return None
    return Decimal(actuals.count(AD_REBATE)[0, index])


def _lines(line: Line, month: int) -> Iterator[StatedLine]:
    """What a line shows in a month; a bound or refund that moves nothing is left out."""
    charge, amount = line.charge, line.amounts[0, month]
    named: dict[str, Any] = {"charge": charge.id, "rule": charge.rule, "label": charge.label}
    back = Decimal(0) if line.returned is None or isinstance(charge, Bound) else line.returned[0, month]
    alone = back != 0 and amount == back
    basis = carried = None
    if line.basis is not None and line.carried is not None:
        basis, carried = line.basis[0, month], line.carried[0, month] or None
    shown = amount != 0 if isinstance(charge, Bound | Refund) else month in line.settles
    if shown and not (alone and basis == 0):
        settles = charge.settles if charge.settles in ("quarter", "term") else None
        yield StatedLine(
            **named, kind=charge.kind, amount=amount - back, basis=basis, carried=carried, settles=settles
        )
    if back != 0:
        yield StatedLine(**named, kind="returned", amount=back)


def _credits(settled: Fees, actuals: Outcomes) -> tuple[Credit, ...]:
    return tuple(
        Credit(
            charge=line.charge.id,
            month=actuals.months[line.settles[-1]],
            amount=line.amounts.sum(),
            paid_as=line.charge.paid_as,
            rule=line.charge.rule,
            label=line.charge.label,
        )
        for line in settled.credits
        if isinstance(line.charge, Refund) and line.amounts.sum() != 0
    )


def _pending(settled: Fees) -> tuple[Waiting, ...]:
    return tuple(
        Waiting(
            charge=waiting.charge.id,
            months=(waiting.months.start + 1, waiting.months.stop),
            missing=waiting.missing,
            rule=waiting.charge.rule,
            label=waiting.charge.label,
        )
        for waiting in settled.pending
    )
