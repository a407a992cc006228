"""Charges as formulas of a sheet: what a month's charge is, worked from the counts beside it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from estimator.contract.charges import AnyCharge, Fixed, PerUnit, ShareOf
from estimator.contract.terms import fee_named
from estimator.values.money import plain

Cell = Callable[[str], str | None]
"""The cell that holds a count of the month, None where the sheet has none."""


def formula(charge: AnyCharge, number: int, stores: int, cell: Cell) -> str | None:
    """What a charge comes to in month ``number`` of the contract, to the cent.

    None for a charge that looks beyond its own month, as a quarter's, a refund or a minimum does: its
    settled amount then stands in the sheet as a figure.
    """
    if charge.months is not None and not charge.months[0] <= number <= charge.months[1]:
        return None
    match charge:
        case Fixed():
            return _fixed(charge, number, stores)
        case ShareOf():
            return _share(charge, cell)
        case PerUnit():
            return _per_unit(charge, cell)
        case _:
            return None


def _fixed(charge: Fixed, number: int, stores: int) -> str | None:
    if charge.of is not None or charge.due_if or charge.settles in ("quarter", "term"):
        return None
    first = 1 if charge.months is None else charge.months[0]
    if charge.settles == "once" and number != first:
        return "=0"
    return f"={plain(charge.amount)}*{stores}" if charge.each_store else f"={plain(charge.amount)}"


def _share(charge: ShareOf, cell: Cell) -> str | None:
    alone = charge.settles == "month" and not (charge.due_if or charge.running or charge.lag or charge.or_of)
    basis = _summed(charge.of.of, charge.of.platforms, cell)
    if not alone or basis is None or charge.tiers.reach != "slice":
        return None
    over = f"({basis}-{plain(charge.baseline)})" if charge.baseline else basis
    steps, before = [], Decimal(0)
    for above, rate in zip(charge.tiers.above, charge.tiers.rate):
        if rate != before:
            steps.append(f"MAX(0,{over}-{plain(above)})*{plain(rate - before)}")
        before = rate
    return f"=ROUND({'+'.join(steps) or '0'},2)"


def _per_unit(charge: PerUnit, cell: Cell) -> str | None:
    alone = charge.settles == "month" and not (charge.due_if or charge.rolls_over or charge.pools)
    basis = _summed(charge.of.of, charge.of.platforms, cell)
    if not alone or basis is None or charge.planned is not None:
        return None
    packs = f"MAX(0,{basis}-{plain(charge.included)})/{plain(Decimal(charge.pack))}"
    counted = packs if charge.exact else f"ROUNDUP({packs},0)"
    return f"=ROUND({counted}*{plain(charge.price)},2)"


def _summed(names: tuple[str, ...], platforms: object, cell: Cell) -> str | None:
    """The counts together; None where one has no cell, or only some stores count."""
    if platforms is not None or any(fee_named(name) is not None for name in names):
        return None
    cells = [cell(name) for name in names]
    known = [each for each in cells if each is not None]
    if len(known) < len(cells):
        return None
    return known[0] if len(known) == 1 else f"({'+'.join(known)})"
