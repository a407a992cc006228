"""What a client signs, on one page: first invoice, least committed, leaving early, and every clause."""

from __future__ import annotations

from decimal import Decimal

from estimator.presentation.models import ContractBox
from estimator.presentation.phrases import months
from estimator.presentation.words import Words
from estimator.quoting.commitment import commitment
from estimator.quoting.quote import Quote

CENTS = 2


def contract_box(quote: Quote, words: Words) -> ContractBox:
    """The contract of a quote as it would be signed; nothing in it is ours alone."""
    committed = commitment(quote)

    def exact(amount: Decimal) -> str:
        return words.money(amount, quote.currency, digits=0 if amount == int(amount) else CENTS)

    parts = [(words.of(label), exact(amount)) for label, amount in quote.first_invoice]
    total = sum((amount for _, amount in quote.first_invoice), Decimal(0))
    exits = [
        (words.say("leaving after {months}", months=months(after, words)), exact(price))
        for after, price in committed.exits
    ]
    return ContractBox(
        title=words.say("What would be signed"),
        rows=(
            (words.say("First invoice, before the work begins"), exact(total), True),
            *((label, amount, False) for label, amount in parts),
            (
                words.say("Least committed: nothing sells, and you leave when it is cheapest"),
                exact(committed.least),
                True,
            ),
        ),
        exits_title=words.say("Leaving early, besides the fees"),
        exits=tuple(exits),
        clauses_title=words.say("Clauses"),
        clauses=tuple(words.of(clause.said) for clause in quote.terms.clauses),
    )
