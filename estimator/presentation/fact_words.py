"""Facts of a brief in words, as paper and command say them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from estimator.brief.brief import Brief
from estimator.presentation import labels
from estimator.presentation.phrases import months
from estimator.presentation.words import Words


def agreed(amount: Decimal, currency: str, words: Words, *, signed: bool = False) -> str:
    """An agreed amount: to the cent where it has cents.

    >>> agreed(Decimal("8200.50"), "USD", Words("en")), agreed(Decimal(950), "USD", Words("en"), signed=True)
    ('$8,200.50', '+$950')
    """
    digits = 0 if amount == amount.to_integral_value() else 2
    return words.money(amount, currency, signed=signed, digits=digits)


def fact_rows(brief: Brief, currency: str, words: Words) -> Iterator[tuple[str, str]]:
    """Every fact that the client gave, as it was understood."""
    told = brief.model_dump(mode="json")
    for fact in words.vocabulary.facts:
        if fact.asked in ("both", "call", "note") and (value := told.get(fact.id)) not in (None, [], ()):
            yield labels.label(words, fact.id), fact_said(value, fact.id, currency, words)


def fact_said(value: object, fact: str, currency: str, words: Words) -> str:
    """A fact of a brief, as its data holds it, in words.

    >>> fact_said(None, "stage", "USD", Words("en")), fact_said(6, "contract_months", "USD", Words("en"))
    ('unknown', '6 months')
    """
    row = words.vocabulary.by_id.get(fact)
    if value is None or value == []:
        return words.within(words.say(labels.UNKNOWN))
    if isinstance(value, bool):
        return words.say(labels.YES_NO["yes" if value else "no"])
    if row is not None and row.kind == "amount":
        return agreed(Decimal(str(value)), currency, words)
    if row is not None and row.kind == "share":
        return words.rate(Decimal(str(value)))
    if row is not None and row.kind == "month":
        return words.month(str(value))
    if fact == "history" and isinstance(value, list):
        return months(len(value), words)
    if isinstance(value, list):
        named = [str(each["platform"] if isinstance(each, dict) else each) for each in value]
        field = "platforms" if fact == "stores" else fact
        return words.both([labels.answer(words, field, name) for name in named])
    if fact == "contract_months" and isinstance(value, int):
        return months(value, words)
    return labels.answer(words, fact, value) if isinstance(value, str) else str(value)
