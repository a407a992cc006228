"""Signing: the charge that a row of the price list becomes in the terms of one brief."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from estimator.brief.goals import Goal
from estimator.brief.kpis import Quantity
from estimator.contract.charges import AmountStep, AnyCharge, Bound, Fixed, PerUnit, Refund, ShareOf, Step
from estimator.contract.conditions import Facts
from estimator.contract.rate_card import ChargeRow, RateStep
from estimator.contract.terms import QUARTER
from estimator.contract.tiers import Tiers

Listed = AnyCharge
"""A charge of the list; its kinds are those of the terms."""


def signed_charge(
    row: ChargeRow,
    rule: str,
    amount: Decimal,
    reached: Sequence[RateStep],
    known: Facts,
    goal: Goal | None,
) -> Listed | None:
    """The charge as it is signed; None where it comes to nothing whatever is counted.

    ``amount`` is what the rules gave: an amount, a price, a rate, or the share that is paid back.
    """
    details = row.details
    if not amount and row.kind != "bound" and not any(step.rate for step in reached):
        return None
    own: dict[str, Any] = {"id": row.id, "label": row.text, "rule": rule, "due_days": row.due_days}
    own |= {} if row.kind == "refund" else {"settles": row.settles}
    own |= {} if details.months is None else {"months": details.months}
    if row.kind == "bound":
        own[details.side or "at_least"] = amount
        return Bound(**own, over=details.over)
    if row.kind == "refund":
        return _refund(row, own, amount, goal)
    if goal is not None and details.on_goal:
        own |= {"due_if": (goal,), "each_month": bool(details.each_month)}
    counted = None if row.of is None else Quantity(of=(row.of,))
    if row.kind == "fixed":
        steps = [AmountStep(above=step.above, amount=step.rate) for step in reached]
        own |= {"of": counted, "steps": tuple(steps), "lag": details.lag or 0} if steps else {}
        return Fixed(**own, amount=amount, in_advance=details.in_advance)
    assert counted is not None
    if row.kind == "per_unit":
        return PerUnit(
            **own,
            of=counted,
            price=amount,
            pack=row.pack,
            included=row.included,
            parts=details.parts or "begun",
            planned=_planned(row, known),
            rolls_over=details.rolls_over or Decimal(0),
            pools=details.pools,
        )
    return ShareOf(
        **own,
        of=counted,
        or_of=None if details.or_of is None else Quantity(of=(details.or_of,)),
        tiers=_tiers(row, amount, reached, known),
        baseline=stated_baseline(row, known) or Decimal(0),
        running=bool(details.running),
        lag=details.lag or 0,
    )


def present(charges: Sequence[Listed], months: int | None) -> list[Listed]:
    """The charges with bounds and refunds over those of them that there are; without any they are none.

    A goal that reaches beyond the term is none of its.
    """
    ids = {charge.id for charge in charges}
    kept: list[Listed] = []
    for charge in charges:
        if isinstance(charge, Bound | Refund):
            over = tuple(name for name in charge.over if name in ids)
            if not over:
                continue
            charge = charge.model_copy(update={"over": over})
        goals = charge.due_if if isinstance(charge, Fixed | PerUnit | ShareOf) else ()
        if isinstance(charge, Refund):
            steps = (*charge.steps, *([charge.proportion] if charge.proportion else []))
            goals = tuple(step.goal for step in steps)
        if months is None or all(goal.months[1] <= months for goal in goals):
            kept.append(charge)
    return kept


def _refund(row: ChargeRow, own: dict[str, Any], back: Decimal, goal: Goal | None) -> Refund | None:
    """The share back of its charges where the goal is missed, or as far as it is."""
    if goal is None:
        return None
    step = Step(goal=goal, back=back)
    pays: dict[str, Any] = {"proportion": step} if row.details.in_proportion else {"steps": (step,)}
    own = {"months": (1, goal.months[1]), **own}
    return Refund(**own, over=row.details.over, paid_as=row.details.paid_as or "cash", **pays)


def _tiers(row: ChargeRow, rate: Decimal, reached: Sequence[RateStep], known: Facts) -> Tiers:
    baseline, least = stated_baseline(row, known), row.details.least_baseline
    months = {"quarter": Decimal(QUARTER), "term": _count(known, "contract_months")}.get(row.settles) or 1
    if baseline is None and least is None:
        edges = [step.above * months for step in reached]
    else:
        # a small shop's growth is counted from the least baseline, so that its first sales are not all growth
        stated = baseline or Decimal(0)
        counted = max(stated, least or Decimal(0))
        edges = [(step.above * counted - stated) * months for step in reached]
    rates = (rate, *(step.rate for step in reached))
    return Tiers(above=(Decimal(0), *edges), rate=rates, reach=row.details.reach or "slice")


def stated_baseline(row: ChargeRow, known: Facts) -> Decimal | None:
    """The stated monthly baseline; None where the charge has none, or it is unknown or nothing."""
    return (_count(known, row.baseline) if row.baseline else None) or None


def _planned(row: ChargeRow, known: Facts) -> Decimal | None:
    """The units planned a month; those that are usual where the fact is unknown or nothing."""
    planned = row.details.planned
    return None if planned is None else _count(known, planned[0]) or planned[1]


def _count(known: Facts, name: str) -> Decimal | None:
    value = known[name]
    return value if isinstance(value, Decimal) else None
