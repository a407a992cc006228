"""What would turn a recommendation: the base fee, the ROAS or the landed cost at which *sign* begins or ends.

Each is changed alone, and solved on the draws of the worth itself. The border is the one of ``advise``: a
profit, and more than every alternative, in two outcomes of three.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

import numpy as np

from estimator.comparing.standing import Case, at_sales, charged, ground_of, standing
from estimator.comparing.worth import ALTERNATIVES, SIGN, Alternative, Worth
from estimator.contract.charges import Fixed
from estimator.contract.terms import Terms
from estimator.values.crossing import crossing
from estimator.values.money import Array

What = Literal["base", "roas", "landed_cost"]
MOST_BASE = 4.0
"""Times the base fee up to which a higher one is looked at."""
SALES = (1 / 3, 3.0)
"""Times the agency's sales between which a border is looked for: beyond, nobody would set it as a goal."""
COST = (0.5, 2.0)
"""Times the landed cost between which it is looked for: nobody buys for less than half."""
CLOSE = 1e-4
"""What is left of the way to the border, as a share of it, where a search ends: below what is printed."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """At ``value`` of one thing alone the border is crossed; ``now`` is what it is.

    ``base`` is a month's in the currency, ``landed_cost`` a unit's; ``roas`` is GMV over ads of the whole
    span with the agency, the middle outcome.
    """

    what: What
    now: float
    value: float


def worth_turns(worth: Worth) -> tuple[Turn, ...]:
    """What alone would bring *sign*, or end it; empty where nothing looked at does."""
    keys: tuple[Alternative, ...] = tuple(one.over for one in worth.added)
    return _turns(
        worth.cases["agency"], *(worth.cases[name] if name in keys else None for name in ALTERNATIVES)
    )


@lru_cache(maxsize=24)
def _turns(agency: Case, today: Case | None, ourselves: Case | None) -> tuple[Turn, ...]:
    others = [case for case in (today, ourselves) if case is not None]
    return tuple(
        turn
        for turn in (_base(agency, others), _roas(agency, others), _landed(agency, others))
        if turn is not None
    )


def border(profit: Array, others: list[Array]) -> float:
    """How far beyond the border of *sign* a profit is: what two outcomes of three at least exceed."""
    return min(float(np.quantile(profit - other, 1 - SIGN)) for other in (0.0 * profit, *others))


def _profits(cases: list[Case]) -> list[Array]:
    return [standing(case).profit for case in cases]


def _solved(of: Callable[[float], float], now: float, end: float) -> float | None:
    """Where the border is crossed on the way from ``now`` to ``end``; None where it is not."""
    here, there = of(now), of(end)
    if here == 0 or (here > 0) == (there > 0):
        return None
    return crossing(of, now, end, wide=CLOSE * max(abs(end - now), 1e-9)).nearest


def base_charge(terms: Terms | None) -> Fixed | None:
    """The largest fixed fee a month; None where there is none."""
    if terms is None:
        return None
    monthly = [c for c in terms.charges if isinstance(c, Fixed) and c.settles == "month" and not c.due_if]
    return max(monthly, key=lambda charge: charge.amount, default=None)


def with_base(case: Case, amount: float) -> Case:
    """The case with another base fee, in its renewal too."""
    candidate = case.candidate
    base = base_charge(candidate.terms)
    assert base is not None and candidate.terms is not None

    def changed(terms: Terms) -> Terms:
        charges = tuple(
            charge.model_copy(update={"amount": Decimal(repr(round(amount, 2)))})
            if charge.id == base.id
            else charge
            for charge in terms.charges
        )
        return terms.model_copy(update={"charges": charges})

    renewal = None if candidate.renewal is None else changed(candidate.renewal)
    return replace(case, candidate=replace(candidate, terms=changed(candidate.terms), renewal=renewal))


def _base(agency: Case, others: list[Case]) -> Turn | None:
    base = base_charge(agency.candidate.terms)
    if base is None or not base.amount:
        return None
    stood, beside = standing(agency), _profits(others)
    outcomes = ground_of(agency).outcomes

    def at(amount: float) -> float:
        fee = charged(with_base(agency, amount), outcomes).by_month[:, : agency.months].sum(axis=1)
        return border(stood.profit + stood.fee - fee, beside)

    now = float(base.amount)
    signed = border(stood.profit, beside) > 0
    value = _solved(at, now, now * MOST_BASE if signed else 0.0)
    return None if value is None else Turn(what="base", now=now, value=value)


def _roas(agency: Case, others: list[Case]) -> Turn | None:
    stood, beside = standing(agency), _profits(others)
    if not np.all(stood.ads > 0):
        return None
    every = np.arange(stood.profit.size)

    def at(factor: float) -> float:
        profit, _ = at_sales(agency, every, np.full((every.size, 1), factor))
        return border(profit[:, 0], beside)

    now = float(np.median(stood.gmv / stood.ads))
    signed = border(stood.profit, beside) > 0
    factor = _solved(at, 1.0, SALES[0] if signed else SALES[1])
    return None if factor is None else Turn(what="roas", now=now, value=now * factor)


def _landed(agency: Case, others: list[Case]) -> Turn | None:
    """Profit is a straight line in the landed cost in every draw, so two costs give them all."""
    told = agency.brief.landed_cost
    if not told or agency.brief.price is None:
        return None
    half = told / 2
    cases = [agency, *others]
    now, cheap = _profits(cases), _profits([_landing(case, half) for case in cases])

    def at(cost: float) -> float:
        share = (float(told) - cost) / float(told - half)
        profit, *beside = (one + share * (two - one) for one, two in zip(now, cheap))
        return border(profit, beside)

    signed = border(now[0], now[1:]) > 0
    value = _solved(at, float(told), float(told) * COST[signed])
    return None if value is None else Turn(what="landed_cost", now=float(told), value=value)


def _landing(case: Case, cost: Decimal) -> Case:
    return replace(case, brief=case.brief.model_copy(update={"landed_cost": cost}))
