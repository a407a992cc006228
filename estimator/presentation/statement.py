"""A statement of account: what a settlement shows, as JSON and as lines to read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from estimator.contract.charges import Bound, Refund
from estimator.contract.terms import Terms
from estimator.earnings.lines import Fees, Line
from estimator.market.outcomes import Outcomes
from estimator.presentation.words import Words
from estimator.values.money import cents
from estimator.values.text import Language


def statement(terms: Terms, settled: Fees, actuals: Outcomes) -> dict[str, Any]:
    """The settlement as data: decimal strings in ``currency``, each month's lines with their rule."""
    months: list[dict[str, Any]] = []
    for index, month in enumerate(actuals.months):
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


def read_aloud(paper: dict[str, Any], language: Language) -> str:
    """The statement as lines of text."""
    words = Words(language)

    def labelled(entry: dict[str, Any], text: str) -> str:
        return f"{entry['label'][language]} [{entry['rule']}]{text}"

    def amount(text: str) -> str:
        return words.money(Decimal(text), paper["currency"], digits=2)

    lines = []
    for month in paper["months"]:
        lines.append(f"{month['month']:<12}{amount(month['total']):>16}")
        for line in month["lines"]:
            carried = (
                words.say("; {amount} carried over", amount=amount(line["carried"]))
                if "carried" in line
                else ""
            )
            lines.append(f"  {amount(line['amount']):>26}  {labelled(line, carried)}")
    lines.append(words.say("{title}: {text}", title=words.say("Total charged"), text=amount(paper["total"])))
    for credit in paper["credits"]:
        title = words.say("Credit, not cash and not netted")
        text = labelled(credit, f" {amount(credit['amount'])}")
        lines.append(words.say("{title}: {text}", title=title, text=text))
    for waiting in paper["pending"]:
        missing = words.say("; missing: {what}", what=words.both(waiting["missing"]))
        text = labelled(waiting, missing)
        lines.append(words.say("{title}: {text}", title=words.say("Pending"), text=text))
    for owed in paper["carried_forward"]:
        title = words.say("Returns above sales, to lower the next settlement")
        text = labelled(owed, f" {amount(owed['amount'])}")
        lines.append(words.say("{title}: {text}", title=title, text=text))
    for void in paper["void"]:
        title = words.say("Refund void, a duty of the client was not met")
        lines.append(words.say("{title}: {text}", title=title, text=labelled(void, "")))
    return "\n".join(lines)
