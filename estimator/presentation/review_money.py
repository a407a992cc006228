"""The settlement so far, in a review."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from estimator.presentation.paper import Block, Points, Table
from estimator.presentation.rate_line import rate_line
from estimator.presentation.statement_text import missing_words
from estimator.presentation.words import NONE, Words, about
from estimator.schemas.review import Review
from estimator.schemas.statement import StatedLine, StatedMonth, Statement


def settlement_blocks(review: Review, words: Words) -> Iterator[Block]:
    """What was charged line by line, beside the fees that were forecast, and what is not settled."""
    paper = review.statement
    if paper is None:
        return
    yield Table(
        heads=(words.say("Month"), words.say("Charge"), words.say("Due"), words.say("Amount")),
        rows=(*(row for month in paper.months for row in _rows(month, paper, words)), _total(paper, words)),
        align="lllr",
        widths=(1, 3, 1.3, 1.2),
        totals=1,
        note=_beside(review, paper, words),
    )
    if items := tuple(_open(paper, words)):
        yield Points(items=items)


def _beside(review: Review, paper: Statement, words: Words) -> str:
    forecast = [month.fees.forecast for month in review.months]
    alike = all(month.whole for month in review.months)
    if not forecast or not alike or any(each is None for each in forecast):
        return ""
    mean = sum(each.mean for each in forecast if each is not None)
    return words.say(
        "As the settlement gives it. For these months the forecast mean was {forecast}; charged so far: "
        "{charged}.",
        forecast=words.money(about(mean), review.currency),
        charged=_cents(paper.total, paper, words),
    )


def _rows(month: StatedMonth, paper: Statement, words: Words) -> Iterator[tuple[str, ...]]:
    """The lines of a month that are not zero, or one that says there are none."""
    lines = [line for line in month.lines if line.amount]
    for line in lines:
        due = NONE if line.due is None else words.date(line.due.isoformat())
        yield words.month(month.month), _named(line, paper, words), due, _cents(line.amount, paper, words)
    if not lines:
        yield words.month(month.month), words.say("nothing charged"), NONE, _cents(Decimal(0), paper, words)


def _named(line: StatedLine, paper: Statement, words: Words) -> str:
    label = words.of(line.label)
    if line.kind == "returned":
        return words.say("{charge}, given back on returned goods", charge=label)
    if line.basis is not None and line.kind == "share":
        basis = _cents(line.basis, paper, words)
        return words.say("{charge}, on {amount}", charge=label, amount=basis)
    return label


def _total(paper: Statement, words: Words) -> tuple[str, ...]:
    return words.say("Total"), "", "", _cents(paper.total, paper, words)


def _open(paper: Statement, words: Words) -> Iterator[str]:
    """What is no money, not settled yet, not owed, or held."""
    for credit in paper.credits:
        yield words.say(
            "Credit, not cash and not netted: {charge}, {amount}, in {month}",
            charge=words.of(credit.label),
            amount=_cents(credit.amount, paper, words),
            month=words.month(credit.month),
        )
    for charge in dict.fromkeys(waiting.charge for waiting in paper.pending):
        own = [waiting for waiting in paper.pending if waiting.charge == charge]
        missing = dict.fromkeys(entry for waiting in own for entry in waiting.missing)
        yield words.say(
            "Pending: {charge}; missing: {what}",
            charge=words.of(own[0].label),
            what=words.both([missing_words(entry, words) for entry in missing]),
        )
    for void in paper.void:
        yield words.say(
            "Not owed, since a duty of the client was not met: {charge}", charge=words.of(void.label)
        )
    for owed in paper.carried_forward:
        yield words.say(
            "Returns above sales, which lower the next settlement: {charge}, {amount}",
            charge=words.of(owed.label),
            amount=_cents(owed.amount, paper, words),
        )
    if paper.deposit is not None and paper.deposit.set_off is None:
        yield words.say(
            "Deposit held, set off against the last invoice: {amount}",
            amount=_cents(paper.deposit.amount, paper, words),
        )
    yield from (rate_line(rate, words) for rate in paper.exchange or ())


def _cents(amount: Decimal, paper: Statement, words: Words) -> str:
    return words.money(amount, paper.currency, digits=2)
