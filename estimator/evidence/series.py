"""A table of an account's past: spend, sales and orders by the day, the week or the month."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import pairwise
from statistics import median

import numpy as np

from estimator.market.forecaster import Figure
from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.tables import Table
from estimator.values.units import WEEKS, Floats

CV_ORDER_VALUE = 0.7
"""Of the value of single orders; shared facts "default market"."""
_AMOUNT = re.compile(r"\d{1,15}(\.\d+)?")
STEPS: Mapping[str, float] = {"day": 1 / 7, "week": 1.0, "month": WEEKS}
"""Weeks in a step, by its name."""


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which columns of a table are what; a pattern such as ``google_*`` names several that are summed.

    ``orders`` may name none: the noise of few orders is then left out.
    """

    day: str = "date"
    spend: tuple[str, ...] = ("ad_spend",)
    sales: str = "gmv"
    orders: str | None = "orders"


HINTS: Mapping[str, tuple[str, ...]] = {
    "day": ("date", "day", "week", "month"),
    "spend": ("spend", "cost", "google_", "meta_", "facebook_", "tiktok_", "pinterest_", "youtube_"),
    "sales": ("gmv", "revenue", "sales"),
    "orders": ("orders", "purchases"),
}
"""What the names of columns are likely to hold, by what they are."""
COUNTS = ("impression", "click", "view", "order", "purchase", "revenue", "gmv")
"""What a column of an ad platform counts that is not money spent."""


def guessed(names: Sequence[str]) -> Columns:
    """What the columns of a table are, by their names; the first one where no name tells.

    >>> columns = guessed(("week", "meta_spend", "google_spend", "revenue", "first_orders"))
    >>> columns.day, columns.spend, columns.sales, columns.orders
    ('week', ('meta_spend', 'google_spend'), 'revenue', 'first_orders')
    """

    def holding(what: str) -> list[str]:
        return [name for hint in HINTS[what] for name in names if hint in name.lower()]

    return Columns(
        day=next(iter(holding("day")), names[0]),
        spend=tuple(
            name
            for name in dict.fromkeys(holding("spend"))
            if not any(count in name.lower() for count in COUNTS)
        ),
        sales=next(iter(holding("sales")), names[0]),
        orders=next(iter(holding("orders")), None),
    )


@dataclass(frozen=True, kw_only=True)
class Series:
    """Spend, sales and orders of neighbouring steps, the earliest first; ``step`` is day, week or month.

    ``orders`` is None where they are not known. ``stopped`` names columns of spend that are zero from one
    day to the end although they were not before and orders stay: a report that was cut off, more likely.
    """

    step: str
    days: tuple[dt.date, ...]
    spend: Floats
    sales: Floats
    orders: Floats | None
    stopped: tuple[str, ...] = ()

    @property
    def weeks(self) -> float:
        """Weeks in a step."""
        return STEPS[self.step]

    def part(self, first: int, last: int) -> Series:
        """The steps from ``first`` to ``last``, counted from 1."""
        kept = slice(first - 1, last)
        orders = None if self.orders is None else self.orders[kept]
        return Series(
            step=self.step,
            days=self.days[kept],
            spend=self.spend[kept],
            sales=self.sales[kept],
            orders=orders,
            stopped=self.stopped,
        )

    def figures(self) -> tuple[Figure, ...]:
        """The log ratios of sales to spend, each with the noise of its orders."""
        noise = np.zeros(len(self.spend))
        if self.orders is not None:
            noise = (1 + CV_ORDER_VALUE**2) / np.maximum(self.orders, 1.0)
        logs = np.log(self.sales / self.spend)
        return tuple(Figure(log_ratio=float(y), order_noise=float(v)) for y, v in zip(logs, noise))

    def log_ratio(self, first: int, last: int) -> float:
        """The log of all sales over all spend from step ``first`` up to, not including, ``last``, from 0."""
        return float(np.log(self.sales[first:last].sum() / self.spend[first:last].sum()))


def series_of(table: Table, columns: Columns) -> Series:
    """The series of a table. Raises ``QuotecastError`` with every cell that cannot be used."""
    names = table.columns
    spent = [name for name in names if any(fnmatchcase(name, wanted) for wanted in columns.spend)]
    needed = [columns.day, columns.sales, *([columns.orders] if columns.orders else [])]
    missing = [name for name in needed if name not in names] + ([] if spent else [" ".join(columns.spend)])
    if missing:
        raise fail("no_column", table.file, found=", ".join(missing), choices=", ".join(names))
    faults: list[Fault] = []
    read = sorted(_rows(table, columns, spent, faults), key=lambda row: row.day)
    days = tuple(row.day for row in read)
    faults += [
        Fault(code="repeated_day", place=table.file, values={"found": day.isoformat()})
        for day, after in pairwise(days)
        if day == after
    ]
    if faults:
        raise QuotecastError(faults)
    step = _step(days, table.file)
    by_column = np.array([row.spend for row in read])
    spend, sales = by_column.sum(axis=1), np.array([row.sales for row in read])
    if empty := [row.day.isoformat() for row in read if not (sum(row.spend) and row.sales)]:
        raise fail("nothing_sold", table.file, found=", ".join(empty[:3]), count=len(empty))
    several = len(spent) > 1
    return Series(
        step=step,
        days=days,
        spend=spend,
        sales=sales,
        orders=np.array([row.orders for row in read]) if columns.orders else None,
        stopped=tuple(name for name, each in zip(spent, by_column.T) if several and _stops(each)),
    )


@dataclass(frozen=True, kw_only=True)
class _Read:
    """One row, read."""

    day: dt.date
    spend: list[float]
    sales: float
    orders: float


def _rows(table: Table, columns: Columns, spent: Sequence[str], faults: list[Fault]) -> Iterator[_Read]:
    wanted = [*spent, columns.sales, *([columns.orders] if columns.orders else [])]
    for row in table.rows:
        values = {}
        for name in wanted:
            try:
                values[name] = float((_AMOUNT.fullmatch(row[name]) and row[name]) or "nothing")
            except ValueError:
                faults.append(Fault(code="not_an_amount", place=row.place(name), values={"found": row[name]}))
        try:
            day = dt.date.fromisoformat(row[columns.day][:10])
        except ValueError:
            found = {"found": row[columns.day]}
            faults.append(Fault(code="not_a_day", place=row.place(columns.day), values=found))
            continue
        if len(values) == len(wanted):
            orders = values[columns.orders] if columns.orders else 0.0
            spend = [values[name] for name in spent]
            yield _Read(day=day, spend=spend, sales=values[columns.sales], orders=orders)


def _step(days: Sequence[dt.date], place: str) -> str:
    """What the days are apart: the same in every row, but for the lengths of months."""
    apart = [(after - day).days for day, after in pairwise(days)]
    usual = median(apart) if apart else 0
    for step, least, most in (("day", 1, 1), ("week", 7, 7), ("month", 28, 31)):
        if least <= usual <= most:
            if wrong := [day for day, gap in zip(days, apart) if not least <= gap <= most]:
                raise fail("series_gap", place, found=wrong[0].isoformat())
            return step
    raise fail("series_step", place, found=len(days))


def _stops(spend: Floats) -> bool:
    """Whether spend is zero for the last quarter of its steps or more, and was not before."""
    last = len(spend) - int(np.argmax(spend[::-1] > 0)) if (spend > 0).any() else 0
    return bool(last and len(spend) - last >= max(4, len(spend) // 4))
