"""Months of exports as what the product knows: figures of a sent quote, or the past months of a brief."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from estimator.earnings.actuals import COLUMNS
from estimator.evidence.exports.record import Month, Understood
from estimator.values.errors import Fault, QuotecastError, cut, fail
from estimator.values.money import plain
from estimator.values.tables import Row, Table

MOST_OF_A_SOURCE = 120
"""Characters of the files' names that stay with a figure as its source."""


def actuals_of(understood: Understood) -> Table:
    """The whole months as a table of actual figures; a month that is not told to its end is left out.

    Raises ``QuotecastError`` of ``no_whole_month`` where none is left.
    """
    months = _whole(understood)
    name = _name(understood)
    fields = [field for field in COLUMNS if any(field in month.figures for month in months)]
    if not fields:
        raise fail("nothing_of_a_contract", name)
    currency = {"currency": understood.currency} if understood.currency else {}
    columns = ("month", *currency, *fields)
    rows = []
    for line, month in enumerate(months, 1):
        told = {field: month.figures.get(field) for field in fields}
        figures = {field: "" if value is None else plain(value) for field, value in told.items()}
        rows.append(Row(file=name, line=line, cells={"month": month.month, **currency, **figures}))
    return Table(file=name, columns=columns, rows=tuple(rows))


def _whole(understood: Understood) -> tuple[Month, ...]:
    if not understood.whole:
        known = ", ".join(month.month for month in understood.months)
        raise fail("no_whole_month", _name(understood), found=known)
    return understood.whole


def _name(understood: Understood) -> str:
    return cut(", ".join(file.file for file in understood.files), MOST_OF_A_SOURCE)


_ATTRIBUTED = ("attributed_gmv", "ad_orders")
PastMonth = tuple[str, dict[str, Decimal | int]]
"""A month and its figures by the names that a brief has for them."""


def history_of(understood: Understood) -> tuple[PastMonth, ...]:
    """The whole months as the past of an account: ad spend, GMV, and orders where they are told.

    GMV is ``attributed_gmv`` where advertisers attribute it for all that was spent, with their orders; else
    ``gmv`` of the whole shop with all of its orders. TikTok Shop attributes none: the total of GMV Max is
    neither of the two, and its spend has no attributed GMV beside it.
    Raises ``QuotecastError`` that says for each month what lacks.
    """
    months = _whole(understood)
    total = ("gmv", "orders")
    attributed = [] if any("promoted_gmv" in month.figures for month in months) else [_ATTRIBUTED]
    for sales, orders in (*attributed, total):
        if all({sales, "ad_spend"} <= month.figures.keys() for month in months):
            return tuple((month.month, _past(month, sales, orders)) for month in months)
    raise QuotecastError(
        Fault(code="history_lacks", place=month.month, values={"found": ", ".join(_lacking(month))})
        for month in months
        if _lacking(month)
    )


def _past(month: Month, sales: str, orders: str) -> dict[str, Decimal | int]:
    told = {"orders": int(month.figures[orders])} if orders in month.figures else {}
    return {"ad_spend": month.figures["ad_spend"], sales: month.figures[sales], **told}


def _lacking(month: Month) -> Sequence[str]:
    return [field for field in ("ad_spend", "gmv") if field not in month.figures]


def history_toml(months: Sequence[PastMonth]) -> str:
    """Past months as the entries of a brief's file.

    >>> figures = {"ad_spend": Decimal("1200.50"), "gmv": Decimal(3000), "orders": 70}
    >>> print(history_toml([("2026-10", figures)]))
    [[history]]
    month = "2026-10"
    ad_spend = 1200.5
    gmv = 3000
    orders = 70
    <BLANKLINE>
    """
    entries = []
    for month, figures in months:
        lines = [f"{name} = {plain(Decimal(value))}" for name, value in figures.items()]
        entries.append("\n".join(["[[history]]", f'month = "{month}"', *lines]))
    return "\n\n".join(entries) + "\n"
