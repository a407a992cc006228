"""A statement as data: what was charged for which months, and what is still pending."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from estimator.contract.charges import Bound, Refund
from estimator.contract.terms import Terms
from estimator.earnings.lines import Fees, Line
from estimator.market.outcomes import Outcomes
from estimator.values.money import cents


def statement(terms: Terms, settled: Fees, actuals: Outcomes) -> dict[str, Any]:
    """The settlement as data: decimal strings in ``currency``, each month's lines with their rule."""
    months = [_month(settled, actuals, index) for index in range(len(actuals.months))]
    return {
        "currency": terms.currency,
        "total": cents(sum((Decimal(month["total"]) for month in months), Decimal(0))),
        "credits": _credits(settled, actuals),
        "pending": _pending(settled),
        "void": [
            {"charge": void.charge.id, "rule": void.charge.rule, "label": void.charge.label.model_dump()}
            for void in settled.void
        ],
        "carried_forward": [
            {
                "charge": charge.id,
                "amount": cents(owed[0]),
                "rule": charge.rule,
                "label": charge.label.model_dump(),
            }
            for charge, owed in settled.owed
        ],
        "first_month": actuals.months[0],
        "months": months,
    }


def _month(settled: Fees, actuals: Outcomes, index: int) -> dict[str, Any]:
    """The invoice of one month: its lines, and what they come to."""
    lines: list[dict[str, Any]] = [
        {
            "charge": line.charge.id,
            "kind": line.charge.kind,
            "amount": cents(line.amounts[0, index]),
            "rule": line.charge.rule,
            "label": line.charge.label.model_dump(),
            **_basis(line, index),
        }
        for line in settled.lines
        if _shows(line, index)
    ]
    return {
        "month": actuals.months[index],
        "total": cents(sum((Decimal(line["amount"]) for line in lines), Decimal(0))),
        "lines": lines,
    }


def _credits(settled: Fees, actuals: Outcomes) -> list[dict[str, Any]]:
    """Refunds that are no money, with the month they fall due in."""
    return [
        {
            "charge": line.charge.id,
            "month": actuals.months[line.settles[-1]],
            "amount": cents(line.amounts.sum()),
            "paid_as": line.charge.paid_as,
            "rule": line.charge.rule,
            "label": line.charge.label.model_dump(),
        }
        for line in settled.credits
        if isinstance(line.charge, Refund) and line.amounts.sum() != 0
    ]


def _pending(settled: Fees) -> list[dict[str, Any]]:
    """What cannot be settled yet: the charge, its first and last month from 1, and what is missing."""
    return [
        {
            "charge": waiting.charge.id,
            "months": [waiting.months.start + 1, waiting.months.stop],
            "missing": list(waiting.missing),
            "rule": waiting.charge.rule,
            "label": waiting.charge.label.model_dump(),
        }
        for waiting in settled.pending
    ]


def _basis(line: Line, month: int) -> dict[str, str]:
    """What a share was counted on, and what earlier returns above sales took from it."""
    if line.basis is None or line.carried is None:
        return {}
    shown = {"basis": cents(line.basis[0, month])}
    if line.carried[0, month] != 0:
        shown["carried"] = cents(line.carried[0, month])
    return shown


def _shows(line: Line, month: int) -> bool:
    """A bound or refund that moves nothing is left out; every other line stands, also at zero."""
    if isinstance(line.charge, Bound | Refund):
        return bool(line.amounts[0, month] != 0)
    return month in line.settles
