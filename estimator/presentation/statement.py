"""A statement of account: what a settlement shows, as JSON and as lines to read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from estimator.fees import Fees, Line
from estimator.money import cents
from estimator.outcomes import Outcomes
from estimator.terms import Bound, Refund, Terms
from estimator.text import Language

_WORDS = {
    "month": {"en": "Month", "zh": "月份"},
    "total": {"en": "Total charged", "zh": "应付合计"},
    "credits": {"en": "Credits, not cash and not netted", "zh": "返还（非现金，不抵扣应付款）"},
    "pending": {"en": "Pending", "zh": "待结算"},
    "missing": {"en": "missing", "zh": "缺少"},
    "void": {"en": "Refund void: a duty of the client was not met", "zh": "退费条款失效：客户一项义务未达到"},
}


def statement(terms: Terms, settled: Fees, actuals: Outcomes) -> dict[str, Any]:
    """The settlement as data: amounts are decimal strings in ``currency``, a month's lines with their rule."""
    months = []
    for index, month in enumerate(actuals.months):
        lines = [
            {
                "charge": line.charge.id,
                "kind": line.charge.kind,
                "amount": cents(line.amounts[0, index]),
                "rule": line.charge.rule,
                "label": line.charge.label.model_dump(),
            }
            for line in settled.lines
            if _shows(line, index)
        ]
        months.append(
            {
                "month": month,
                "total": cents(sum((Decimal(line["amount"]) for line in lines), Decimal(0))),
                "lines": lines,
            }
        )
    return {
        "currency": terms.currency,
        "total": cents(sum((Decimal(month["total"]) for month in months), Decimal(0))),
        "credits": [
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
        ],
        "pending": [
            {
                "charge": waiting.charge.id,
                "months": [waiting.months.start + 1, waiting.months.stop],
                "missing": list(waiting.missing),
                "rule": waiting.charge.rule,
                "label": waiting.charge.label.model_dump(),
            }
            for waiting in settled.pending
        ],
        "void": [
            {"charge": void.charge.id, "rule": void.charge.rule, "label": void.charge.label.model_dump()}
            for void in settled.void
        ],
        "months": months,
    }


def _shows(line: Line, month: int) -> bool:
    """A bound or refund that moves nothing is left out; every other line stands, also at zero."""
    if isinstance(line.charge, Bound | Refund):
        return bool(line.amounts[0, month] != 0)
    return month in line.settles


def read_aloud(paper: dict[str, Any], language: Language) -> str:
    """The statement as lines of text."""
    lines = []
    for month in paper["months"]:
        lines.append(f"{month['month']:<12}{month['total']:>16} {paper['currency']}")
        for line in month["lines"]:
            lines.append(f"  {line['amount']:>26}  {line['label'][language]}  [{line['rule']}]")
    lines.append(f"{_WORDS['total'][language]}: {paper['total']} {paper['currency']}")
    for credit in paper["credits"]:
        lines.append(
            f"{_WORDS['credits'][language]}: {credit['amount']} {paper['currency']}, "
            f"{credit['label'][language]} [{credit['rule']}]"
        )
    for waiting in paper["pending"]:
        lines.append(
            f"{_WORDS['pending'][language]}: {waiting['label'][language]} [{waiting['rule']}]; "
            f"{_WORDS['missing'][language]}: {', '.join(waiting['missing'])}"
        )
    for void in paper["void"]:
        lines.append(f"{_WORDS['void'][language]}: {void['label'][language]} [{void['rule']}]")
    return "\n".join(lines)
