"""Charge rows: how the table of charges writes what a charge is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, get_args

from estimator.brief.kpis import QUANTITIES
from estimator.contract.cells import Cells
from estimator.contract.charges import Covered, PaidAs, Period
from estimator.contract.conditions import Fact, number
from estimator.contract.rate_card import ChargeKind, ChargeRow, Details
from estimator.contract.terms import fee_named
from estimator.values.errors import QuotecastError

NEEDED = ("kind", "settles", "position")
OF_UNITS = ("pack", "parts", "planned", "included", "rolls_over", "pools")
OF_SHARES = ("baseline", "least_baseline", "reach", "running", "or_of")
OF_HELD = ("over",)
OPTIONAL = (
    "of",
    *OF_UNITS,
    *OF_SHARES,
    *OF_HELD,
    "side",
    "lag",
    "in_advance",
    "months",
    "on_goal",
    "each_month",
    "paid_as",
    "in_proportion",
    "due_days",
    "covers",
)
"""Columns that a table of charges may have; a cell that says nothing of its kind of charge is blank."""
MINE: Mapping[str, tuple[str, ...]] = {
    "fixed": ("of", "lag", "in_advance", "on_goal", "each_month"),
    "per_unit": ("of", *OF_UNITS, "on_goal", "each_month"),
    "share": ("of", *OF_SHARES, "lag", "on_goal", "each_month"),
    "bound": (*OF_HELD, "side"),
    "refund": (*OF_HELD, "paid_as", "in_proportion", "on_goal"),
}
"""The columns that each kind of charge may fill, besides those of all."""
ALL = ("months", "due_days", "covers")


def charge_row(facts: Mapping[str, Fact], cells: Cells, common: Mapping[str, Any]) -> ChargeRow:
    """A row of the table of charges; its faults are collected in ``cells``."""
    kind = cells.choice("kind", get_args(ChargeKind))
    mine = (*MINE.get(kind, OPTIONAL), *ALL)
    cells.blank((column for column in OPTIONAL if column not in mine), kind)
    if kind in ("per_unit", "share") or (kind == "fixed" and cells.text("of")):
        _counted(cells, "of", kind)
    covers = [word for word in cells.text("covers").split("|") if word]
    for word in covers:
        cells.choice("covers", get_args(Covered), text=word)
    return ChargeRow(
        **common,
        kind=kind,
        position=cells.whole("position", 0),
        settles=cells.choice("settles", get_args(Period)),
        of=cells.text("of") or None,
        pack=max(cells.whole("pack", 1), 1) if cells.text("pack") else 1,
        included=cells.number("included") if cells.text("included") else Decimal(0),
        baseline=_baseline(facts, cells),
        due_days=cells.whole("due_days", 0) if cells.text("due_days") else None,
        covers=frozenset(covers),  # type: ignore[arg-type]
        details=_details(facts, cells, kind),
    )


def _details(facts: Mapping[str, Fact], cells: Cells, kind: str) -> Details:
    over = tuple(name for name in cells.text("over").split("|") if name)
    if kind in ("bound", "refund"):
        cells.needed("over")
    if cells.text("or_of"):
        _counted(cells, "or_of", kind)
    return Details(
        parts=cells.optional("parts", ("begun", "exact")),
        planned=_planned(facts, cells) if cells.text("planned") else None,
        reach=cells.optional("reach", ("slice", "whole")),
        least_baseline=cells.number("least_baseline") if cells.text("least_baseline") else None,
        running=cells.flag("running"),
        lag=cells.whole("lag", 0) if cells.text("lag") else None,
        or_of=cells.text("or_of") or None,
        rolls_over=cells.number("rolls_over") if cells.text("rolls_over") else None,
        pools=cells.optional("pools", ("quarter", "term")),
        in_advance=cells.flag("in_advance"),
        months=_months(cells),
        over=over,
        side=cells.choice("side", ("at_least", "at_most")) if kind == "bound" else None,
        on_goal=cells.flag("on_goal"),
        each_month=cells.flag("each_month"),
        paid_as=cells.choice("paid_as", get_args(PaidAs)) if kind == "refund" else None,
        in_proportion=cells.flag("in_proportion"),
    )


def _counted(cells: Cells, column: str, kind: str) -> None:
    """What is counted: a quantity, or for a share the fee of another charge, ``fees.base_fee``."""
    text = cells.needed(column)
    if kind != "share" or fee_named(text) is None:
        cells.choice(column, QUANTITIES, text=text)


def _baseline(facts: Mapping[str, Fact], cells: Cells) -> str | None:
    baseline = cells.text("baseline") or None
    if baseline:
        amounts = [name for name, fact in facts.items() if fact.kind == "amount"]
        cells.choice("baseline", amounts, text=baseline)
    return baseline


def _months(cells: Cells) -> tuple[int, int] | None:
    """``2..6``: the months of the contract in which a charge runs."""
    text = cells.text("months")
    match = re.fullmatch(r"([1-9][0-9]?)\.\.([1-9][0-9]?)", text)
    if text and not match:
        cells.fault("months", "not_a_pair", found=text)
    return (int(match[1]), int(match[2])) if match else None


def _planned(facts: Mapping[str, Fact], cells: Cells) -> tuple[str, Decimal] | None:
    """``project_hours|80``: the fact with the units planned a month, and how many where it is unknown."""
    name, _, otherwise = cells.text("planned").partition("|")
    counts = [each for each, fact in facts.items() if fact.kind == "count"]
    try:
        units = number(otherwise, cells.row.place("planned"))
    except QuotecastError:
        name, units = "", Decimal(0)
    if name not in counts:
        choices = ", ".join(f"{count}|80" for count in counts)
        cells.fault("planned", "unknown_reference", found=cells.text("planned"), choices=choices)
        return None
    return name, units
