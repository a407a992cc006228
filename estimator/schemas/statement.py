"""A statement as data: what was charged for which months, and what is still pending."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, PlainSerializer, WithJsonSchema

from estimator.contract.charges import Bound, PaidAs, Refund
from estimator.contract.terms import Terms
from estimator.earnings.lines import Fees, Line
from estimator.market.outcomes import Outcomes
from estimator.schemas.record import Absent, Record
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
    returns above sales took from it."""

    charge: str
    kind: Literal["fixed", "per_unit", "share", "bound", "refund"]
    amount: Cents
    rule: str
    label: Text
    basis: Absent[Cents] = None
    carried: Absent[Cents] = None


class StatedMonth(Record):
    """The invoice of one month: its lines, and what they come to."""

    month: str
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


def statement(terms: Terms, settled: Fees, actuals: Outcomes) -> Statement:
    """The settlement as data."""
    months = tuple(_month(settled, actuals, index) for index in range(len(actuals.months)))
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
    )


def _month(settled: Fees, actuals: Outcomes, index: int) -> StatedMonth:
    lines = tuple(_line(line, index) for line in settled.lines if _shows(line, index))
    return StatedMonth(
        month=actuals.months[index],
        total=sum((line.amount for line in lines), Decimal(0)),
        lines=lines,
    )


def _line(line: Line, month: int) -> StatedLine:
    basis = carried = None
    if line.basis is not None and line.carried is not None:
        basis, carried = line.basis[0, month], line.carried[0, month] or None
    return StatedLine(
        charge=line.charge.id,
        kind=line.charge.kind,
        amount=line.amounts[0, month],
        rule=line.charge.rule,
        label=line.charge.label,
        basis=basis,
        carried=carried,
    )


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


def _shows(line: Line, month: int) -> bool:
    """A bound or refund that moves nothing is left out; every other line stands, also at zero."""
    if isinstance(line.charge, Bound | Refund):
        return bool(line.amounts[0, month] != 0)
    return month in line.settles
