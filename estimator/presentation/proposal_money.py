"""The money of a proposal: what is charged, worked invoices, the price of leaving, and the seller's own."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from estimator.brief.goals import Goal
from estimator.brief.kpis import AMOUNTS
from estimator.contract.charges import AnyCharge, Bound, PerUnit, Refund, ShareOf
from estimator.presentation import labels
from estimator.presentation.charge_words import charge_words
from estimator.presentation.paper import Block, Paragraph, Picture, Section, Table
from estimator.presentation.phrases import chance_words, level_words, months, sign_of
from estimator.presentation.proposal_front import exact, safe_said
from estimator.presentation.words import NONE, Words, mark
from estimator.schemas.proposal import Invoice, InvoiceLine, Proposal

CHART = "outcomes"
"""The name of the picture of the first goal."""
COURSES = {
    "poor": mark("Poor (1 in 10 is worse)"),
    "middling": mark("Middling"),
    "good": mark("Good (1 in 10 is better)"),
}
MONEY = {
    "settled_gmv": mark("Sales after returns (settled GMV)"),
    "goods": mark("Goods"),
    "delivery": mark("Delivery and returns handling"),
    "platform_take": mark("Platform take"),
    "creators": mark("Commission to creators"),
    "samples": mark("Samples and flat fees"),
    "ads": mark("Ads"),
    "agency_fee": mark("Our fee, set-up included"),
}


def money(paper: Proposal, words: Words, shown: str) -> Iterator[Section]:
    """The sections on money; ``shown`` is the sentence of the picture, empty where there is none."""
    yield Section(id="price", title=words.say("What we charge"), blocks=tuple(_price(paper, words)))
    yield Section(
        id="invoices", title=words.say("Invoices worked out"), blocks=tuple(_invoices(paper, words))
    )
    if paper.exits:
        yield Section(id="leaving", title=words.say("Leaving early"), blocks=tuple(_leaving(paper, words)))
    yield Section(
        id="courses",
        title=words.say("Your money in a poor, a middling and a good outcome"),
        blocks=(_courses(paper, words), *_courses_said(paper, words)),
    )
    if shown or paper.what_ifs is not None:
        yield Section(
            id="what_ifs",
            title=words.say("How likely is each level?"),
            blocks=tuple(_likely(paper, words, shown)),
        )


def _price(paper: Proposal, words: Words) -> Iterator[Block]:
    charges = [charge for charge in paper.contract.charges if not isinstance(charge, Refund | Bound)]
    yield Table(
        heads=(words.say("Charge"), words.say("What it comes to"), words.say("Due")),
        rows=tuple(
            (
                words.of(charge.label),
                charge_words(charge, paper.contract, paper.counted, words),
                NONE
                if charge.due_days is None
                else words.say("{days} days after the invoice", days=charge.due_days),
            )
            for charge in charges
        ),
        align="lll",
        widths=(1.5, 2, 1),
    )
    bounds = [charge for charge in paper.contract.charges if isinstance(charge, Bound)]
    yield Table(
        heads=(words.say("Limit"), words.say("Amount")),
        rows=(*(_bound(bound, paper, words) for bound in bounds), *_refunds(paper, words)),
        align="lr",
    )
    yield Paragraph(text="" if paper.contract.tax is None else words.of(paper.contract.tax), small=True)


def _level(level: float, goal: Goal, paper: Proposal, words: Words) -> str:
    """A level of the grid: as asked, or as a safe level is given."""
    if level == float(goal.level):
        return level_words(goal.level, goal.kpi, paper.currency, words)
    return safe_said(level, goal, paper, words)


def _bound(bound: Bound, paper: Proposal, words: Words) -> tuple[str, str]:
    amounts = [
        words.say(message, amount=exact(amount, paper, words))
        for message, amount in (("at least {amount}", bound.at_least), ("at most {amount}", bound.at_most))
        if amount is not None
    ]
    return words.of(bound.label), words.both(amounts)


def _refunds(paper: Proposal, words: Words) -> Iterator[tuple[str, str]]:
    if not any(isinstance(charge, Bound) for charge in paper.contract.charges):
        yield words.say("Cap or floor on our fees"), words.say("none agreed")
    if not paper.refunds:
        yield words.say("Largest refund"), words.say("none: no refund clause is part of this quote")
    for refund in paper.refunds:
        most = words.say("no fixed ceiling") if refund.most is None else exact(refund.most, paper, words)
        share = words.rate(refund.share)
        yield (
            words.say("Largest refund: {label}", label=words.of(refund.label)),
            words.say("{share} back, at most {most}", share=share, most=most),
        )


def _invoices(paper: Proposal, words: Words) -> Iterator[Block]:
    yield Paragraph(
        text=words.say(
            "Worked on a middling outcome by the same rules that settle the real months: the counts are "
            "examples, the arithmetic is the contract’s. The fixed lines of month 1 are part of the first "
            "payment, {amount} with the deposit; lines that come to nothing are left out.",
            amount=exact(paper.due_total, paper, words),
        )
    )
    middle = len(paper.invoices) // 2
    for invoice in dict.fromkeys((0, middle)):
        yield _invoice(paper.invoices[invoice], paper, words)


def _invoice(invoice: Invoice, paper: Proposal, words: Words) -> Table:
    rows = []
    charges = {charge.id: charge for charge in paper.contract.charges}
    for line in invoice.lines:
        if not line.amount:
            continue
        basis = _reckoned(charges.get(line.charge), invoice, line, paper, words)
        due = NONE if line.due is None else words.date(line.due.isoformat())
        amount = words.money(line.amount, paper.currency, digits=2)
        rows.append((words.of(line.label), basis, due, amount))
    total = words.money(invoice.total, paper.currency, digits=2)
    named = month_name(invoice, words)
    return Table(
        title=named,
        note=words.say("Counted: {counts}", counts=_counts(invoice, paper, words)),
        heads=(words.say("Line"), words.say("How"), words.say("Due"), words.say("Amount")),
        rows=(*rows, (words.say("Invoice"), "", "", total)),
        align="lrlr",
        totals=1,
    )


def _reckoned(
    charge: AnyCharge | None, invoice: Invoice, line: InvoiceLine, paper: Proposal, words: Words
) -> str:
    """How a line comes about: (44,990 − 30,000) × 12%, or 62 × $30."""
    if isinstance(charge, ShareOf) and line.basis is not None:
        counted = exact(line.basis, paper, words)
        if len(charge.tiers.rate) > 1:
            return counted
        rate = words.rate(charge.tiers.rate[0])
        if not charge.baseline:
            return f"{counted} × {rate}"
        return f"({counted} − {exact(charge.baseline, paper, words)}) × {rate}"
    if isinstance(charge, PerUnit) and len(charge.of.of) == 1 and charge.of.of[0] in invoice.counts:
        count = words.plain(invoice.counts[charge.of.of[0]])
        included, price = words.plain(charge.included), exact(charge.price, paper, words)
        return f"({count} − {included}) × {price}" if charge.included else f"{count} × {price}"
    return ""


def month_name(invoice: Invoice, words: Words) -> str:
    """Month 1, and which calendar month that is where the start is known."""
    number = words.say("Month {number}", number=invoice.number)
    if "-" not in invoice.month:
        return number
    return words.say("{number} ({month})", number=number, month=words.month(invoice.month))


def _counts(invoice: Invoice, paper: Proposal, words: Words) -> str:
    named = [
        words.say(
            "{label} {amount}",
            label=words.within(words.of(paper.counted[name])),
            amount=exact(count, paper, words) if name in AMOUNTS else words.plain(count),
        )
        for name, count in invoice.counts.items()
        if name in paper.counted
    ]
    return words.both(named)


def _leaving(paper: Proposal, words: Words) -> Iterator[Block]:
    yield Table(
        heads=(words.say("If you leave after"), words.say("Price of leaving, besides the fees until then")),
        rows=tuple(
            (months(exit.after, words), words.money(exit.price, paper.currency, digits=2))
            for exit in paper.exits
        ),
        align="lr",
    )
    yield Paragraph(text=words.say("From the end of the minimum term on, leaving costs nothing."), small=True)


def _courses(paper: Proposal, words: Words) -> Table:
    def row(label: str, amounts: list[Decimal]) -> tuple[str, ...]:
        return (label, *(words.money(amount, paper.currency) for amount in amounts))

    names = [name for name in MONEY if any(course.money[name] for course in paper.courses)]
    rows = [
        row(
            words.say(MONEY[name]),
            [course.money[name] * (1 if name == "settled_gmv" else -1) for course in paper.courses],
        )
        for name in names
    ]
    profit = row(words.say("Your profit"), [course.profit for course in paper.courses])
    return Table(
        title=words.say("An average month of the term"),
        heads=("", *(words.say(COURSES[course.luck]) for course in paper.courses)),
        rows=(*rows, profit),
        align="l" + "r" * len(paper.courses),
        totals=1,
    )


def _courses_said(paper: Proposal, words: Words) -> Iterator[Block]:
    yield Paragraph(
        text=words.say(
            "Each column is the average of the outcomes around that tenth of your profit, so it adds up. "
            "The most cash you would have laid out at one time: {low} in the middle outcome, {worst} in one "
            "of ten.",
            low=words.money(abs(paper.cash_low.p50), paper.currency),
            worst=words.money(abs(paper.cash_low.p10), paper.currency),
        ),
        small=True,
    )


def _likely(paper: Proposal, words: Words, shown: str) -> Iterator[Block]:
    if shown:
        yield Picture(name=CHART, said=shown)
    if paper.what_ifs is None:
        return
    goal, grid = paper.goals[0].goal, paper.what_ifs
    name = labels.kpi_name(words, goal.kpi)
    heads = tuple(f"{sign_of(goal)} {_level(level, goal, paper, words)}" for level in grid.levels)
    base = paper.brief.ad_budget
    yield Table(
        title=words.say("{kpi}: chance of each level at other ad budgets, all else as quoted", kpi=name),
        heads=(words.say("Ads a month"), *heads),
        rows=tuple(
            (exact(budget, paper, words), *(chance_words(chance, words) for chance in chances))
            for budget, chances in zip(grid.budgets, grid.chances)
        ),
        align="r" * (1 + len(heads)),
        marked=grid.budgets.index(base) if base in grid.budgets else None,
    )
