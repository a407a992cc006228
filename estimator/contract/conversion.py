"""Conversion: terms in another currency, at a stated rate."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from estimator.brief.goals import Goal
from estimator.brief.kpis import AMOUNTS, Quantity
from estimator.contract.charges import AnyCharge, Bound, Fixed, PerUnit, Refund, ShareOf, Step
from estimator.contract.clauses import MONEY, Clause
from estimator.contract.terms import Duty, Terms, fee_named
from estimator.values.exchange import ExchangeRate

Convert = Callable[[Decimal], Decimal]


def converted(terms: Terms, rate: ExchangeRate) -> Terms:
    """The same terms with every amount of money in the other currency of ``rate``, to the cent.

    The price of a unit is not rounded, as it may be less than a cent. Shares, counts and days stay as they
    are. Raises ``ValueError`` where the rate is of other currencies.
    """
    if terms.currency not in (rate.base, rate.currency):
        raise ValueError(f"{terms.currency} is not in {rate.said}")
    other = rate.currency if terms.currency == rate.base else rate.base

    def to(amount: Decimal) -> Decimal:
        return rate.convert(amount, other)

    def finer(amount: Decimal) -> Decimal:
        return rate.exact(amount, other)

    return terms.model_copy(
        update={
            "currency": other,
            "charges": tuple(_charge(charge, to, finer) for charge in terms.charges),
            "duties": tuple(_duty(duty, to) for duty in terms.duties),
            "clauses": tuple(_clause(clause, to, other) for clause in terms.clauses),
        }
    )


def _charge(charge: AnyCharge, to: Convert, finer: Convert) -> AnyCharge:
    change: dict[str, Any] = {}
    match charge:
        case Fixed():
            edge = to if charge.of is not None and is_money(charge.of) else _same
            steps = [
                step.model_copy(update={"above": edge(step.above), "amount": to(step.amount)})
                for step in charge.steps
            ]
            change = {"amount": to(charge.amount), "steps": tuple(steps)}
        case PerUnit():
            change = {"price": finer(charge.price)}
            if is_money(charge.of):
                # packs of money: so much for every 1,000 of ad spend
                names = ("pack", "included", "rolls_over", "planned")
                sizes = {name: getattr(charge, name) for name in names}
                change |= {name: to(Decimal(size)) for name, size in sizes.items() if size is not None}
        case ShareOf() if is_money(charge.of):
            tiers = charge.tiers.model_copy(update={"above": tuple(map(to, charge.tiers.above))})
            change = {"tiers": tiers, "baseline": to(charge.baseline)}
        case Bound():
            sides = {"at_least": charge.at_least, "at_most": charge.at_most}
            change = {side: None if amount is None else to(amount) for side, amount in sides.items()}
        case Refund():
            proportion = None if charge.proportion is None else _step(charge.proportion, to)
            change = {
                "steps": tuple(_step(step, to) for step in charge.steps),
                "proportion": proportion,
                "duties": tuple(_goal(duty, to) for duty in charge.duties),
            }
    if isinstance(charge, Fixed | PerUnit | ShareOf):
        change["due_if"] = tuple(_goal(goal, to) for goal in charge.due_if)
    return charge.model_copy(update=change)


def _step(step: Step, to: Convert) -> Step:
    return step.model_copy(update={"goal": _goal(step.goal, to)})


def _goal(goal: Goal, to: Convert) -> Goal:
    return goal.model_copy(update={"level": to(goal.level)}) if goal.kpi.unit == "USD" else goal


def _duty(duty: Duty, to: Convert) -> Duty:
    if not is_money(duty.of):
        return duty
    sides = {"at_least": duty.at_least, "at_most": duty.at_most}
    return duty.model_copy(
        update={side: None if amount is None else to(amount) for side, amount in sides.items()}
    )


def _clause(clause: Clause, to: Convert, currency: str) -> Clause:
    if clause.currency is None:
        return clause
    values = tuple((name, to(value) if name in MONEY else value) for name, value in clause.values)
    return clause.model_copy(update={"values": values, "currency": currency})


def is_money(quantity: Quantity) -> bool:
    """Whether a quantity counts money rather than pieces or hours."""
    return all(name in AMOUNTS or fee_named(name) is not None for name in quantity.of)


def _same(amount: Decimal) -> Decimal:
    return amount
