"""Clause lines: what clauses that state a rule add to a settlement, or take from it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from estimator.brief.kpis import Quantity
from estimator.contract.charges import Fixed
from estimator.contract.clauses import EARLY_EXIT, REBATE, Clause
from estimator.contract.terms import Terms
from estimator.earnings.lines import Line
from estimator.earnings.tally import Tally
from estimator.values.money import Array, like, settled
from estimator.values.text import Text

AD_REBATE = Quantity(of=("ad_rebate",))


def held_as_deposit(terms: Terms) -> Decimal:
    """What is held as a deposit until the last invoice; nothing where no clause says so."""
    clause = terms.stated("deposit")
    return Decimal(0) if clause is None else clause.value("months") * _a_month(terms, clause)


def exit_price(terms: Terms, worked: Decimal) -> Decimal:
    """What leaving after ``worked`` months costs; nothing from the least months on, or without a clause."""
    clause, least = terms.stated("early_exit"), terms.least_months
    if clause is None or least is None or worked >= least:
        return Decimal(0)
    return clause.value("months") * _a_month(terms, clause) + clause.value("discount") * worked


def clause_lines(tally: Tally) -> Iterator[Line]:
    """The lines that clauses make: the price of leaving early, and the client's share of the ad rebate."""
    exits = tally.terms.stated("early_exit")
    if exits is not None and tally.calendar.ended:
        price = exit_price(tally.terms, tally.calendar.share(range(tally.worked)))
        if price:
            amounts = tally.none.copy()
            amounts[:, tally.worked - 1] = like(price, amounts)
            yield _line(exits, "early_exit", EARLY_EXIT, amounts, (tally.worked - 1,))
    rebate = tally.terms.stated("rebate")
    if rebate is not None and rebate.value("client_share") and "ad_rebate" in tally.outcomes.quantities:
        months = [
            month
            for month in range(tally.horizon)
            if not tally.outcomes.missing(AD_REBATE, slice(month, month + 1))
        ]
        amounts = tally.none.copy()
        counted = tally.outcomes.count(AD_REBATE)[:, months]
        amounts[:, months] = -counted * like(rebate.value("client_share"), counted)
        yield _line(rebate, "rebate", REBATE, amounts, tuple(months))


def _line(clause: Clause, name: str, label: Text, amounts: Array, months: tuple[int, ...]) -> Line:
    charge = Fixed(
        id=name, label=label, amount=Decimal(0), settles="once", in_advance=False, rule=clause.rule
    )
    return Line(charge=charge, amounts=settled(np.asarray(amounts)), settles=months, exact=amounts)


def _a_month(terms: Terms, clause: Clause) -> Decimal:
    """A month of the charge that a clause names."""
    charge = next((each for each in terms.charges if each.id == clause.of), None)
    return charge.amount if isinstance(charge, Fixed) else Decimal(0)
