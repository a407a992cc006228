"""Outdated: what was agreed on facts that have changed since, and what it gives away now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from estimator.brief.brief import Brief
from estimator.contract.agreement import Agreement, facts_of
from estimator.quoting.listing import list_price
from estimator.quoting.quote import Quote

NOTICED = 0.01
"""The share of the list's fees by which an agreement must have moved. Rounding a trade moves it by less."""


@dataclass(frozen=True, kw_only=True)
class Outdated:
    """An agreement whose facts have changed: which ones, and whether the price list has.

    ``before`` and ``now`` are what it gives away a month against the list, on the facts it was agreed on and
    on today's; below zero it brings more than the list.
    """

    agreement: Agreement
    facts: tuple[str, ...]
    other_list: bool
    before: float
    now: float


def outdated(quote: Quote) -> Outdated | None:
    """What was agreed on other facts; None where they are the same, or where what changed moves no money.

    A trade that says nothing of its facts, as one kept before they were, is taken as it stands.
    """
    agreement = quote.trade.agreed
    if agreement is None:
        return None
    facts = tuple(_changed(agreement.facts, facts_of(quote.brief)))
    other_list = agreement.edition != quote.rules.edition.id
    if not facts and not other_list:
        return None
    before = float(agreement.list_fees - agreement.fees)
    now = (quote.list_fees - quote.fees.mean) / quote.months
    known = Outdated(agreement=agreement, facts=facts, other_list=other_list, before=before, now=now)
    moved = abs(now - before) > NOTICED * quote.list_fees / quote.months
    return known if moved or _priced_otherwise(agreement, quote) else None


def _changed(before: Brief, now: Brief) -> Iterator[str]:
    """The facts that differ, in the order of the brief."""
    return (name for name in Brief.model_fields if getattr(before, name) != getattr(now, name))


def _priced_otherwise(agreement: Agreement, quote: Quote) -> bool:
    """Whether the list, its term, or the goal that the agreement hangs on is another one."""
    trade, goals = quote.trade, (agreement.facts.goals[:1], facts_of(quote.brief).goals[:1])
    if (trade.bonus or trade.refund or trade.protection) and goals[0] != goals[1]:
        return True
    then = list_price(agreement.facts, quote.rules).terms
    return then.signed != quote.priced.terms.signed
