"""Actuals: what was counted month by month under terms in force, exact and perhaps incomplete."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from pydantic_core import PydanticCustomError

from estimator.brief.kpis import AMOUNTS, COMPUTED, QUANTITIES, Quantity
from estimator.contract.terms import Terms
from estimator.earnings.billing import Billed, Days, billed_months
from estimator.market.outcomes import Outcomes
from estimator.values import tables
from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.exchange import ExchangeRate, ExchangeRates, currencies
from estimator.values.money import exact, exact_array

SIGNED = ("gmv", "settled_gmv", "cohort_settled_gmv", "promoted_gmv", "attributed_gmv")
"""Returns above sales make these negative; nothing else can be."""
STARS = "shop_rating"
"""The shop's rating in stars, which counts by the orders of its row."""
STARS_BY_ORDERS = "shop_rating_orders"
COUNTS = frozenset(
    {
        "clicks",
        "ad_orders",
        "orders",
        "repeat_orders",
        "cohort_repeat_orders",
        "new_customers",
        "new_customers_ads",
        "visits",
        "videos",
        "creator_videos",
        "creators_posting",
        "days_down",
    }
)
"""Quantities that come in whole numbers."""
COLUMNS = (*(name for name in QUANTITIES if name not in COMPUTED), STARS)
"""What a file of actuals may hold; what is computed from it or from the terms is not among it."""
WHEN = ("month", "from", "to", "store", "currency")
REPORTED = "USD"
"""The currency in which the platforms report in the US."""
MOST_BYTES = 5_000_000


def read(
    paths: Sequence[Path],
    terms: Terms,
    platforms: Collection[str],
    *,
    ends: dt.date | None = None,
    exchange: ExchangeRates = ExchangeRates(),  # noqa: B008 - frozen
) -> Outcomes:
    """The actuals in one or several CSV files, the first of their months being contract month 1.

    Columns: ``month`` (2027-01, or the number of the contract month) and any of ``COLUMNS`` or of the terms'
    own counts. ``from`` and ``to`` are the days that a row counts, where it is not the whole month; rows of
    the same month are added up. ``store`` is a row for each month of each store, and says the platform where
    it is named after one of ``platforms``. A blank cell or a missing column is unknown. ``ends`` is the day
    on which the contract ended; returns may still land in months after it. Money is in the ``currency`` of
    its row, which may be left out where the terms are in the one that the platforms report in; what is in
    another than the terms' is converted at the rate that ``exchange`` states.

    Raises ``QuotecastError`` with every fault as ``file:line:column``.
    """
    return of_tables([table_in(path) for path in paths], terms, platforms, ends=ends, exchange=exchange)


def table_in(path: Path) -> tables.Table:
    """The table in a file of actuals. Raises ``QuotecastError`` as ``tables.read`` does."""
    return tables.read(path, path.name, most=MOST_BYTES)


def of_tables(
    every: Sequence[tables.Table],
    terms: Terms,
    platforms: Collection[str],
    *,
    ends: dt.date | None = None,
    exchange: ExchangeRates = ExchangeRates(),  # noqa: B008 - frozen
) -> Outcomes:
    """The actuals in tables that were read already; their order says nothing. Otherwise as ``read``."""
    own = tuple(count.id for count in terms.own_counts)
    if faults := [fault for table in every for fault in _columns(table, own)]:
        raise QuotecastError(faults)
    rows = [row for table in every for row in table.rows]
    billed = billed_months(rows, terms, ends)
    stores = list(dict.fromkeys(row.cells.get("store", "") for row in rows))
    _check_names(stores, rows)
    cells = _Cells((*COLUMNS, *own), stores, billed, _rates(rows, terms.currency, exchange))
    faults = [fault for days in billed.days for fault in cells.read(days)]
    if faults:
        raise QuotecastError(faults)
    counted = Outcomes(
        months=billed.months,
        platforms=tuple(store if store in platforms else "" for store in stores),
        stores=tuple(stores),
        quantities=cells.values,
        unknown=cells.unknown,
        calendar=billed.calendar,
        rates=tuple(rate for rate in cells.rates.values() if rate is not None),
        open=tuple(billed.open[store] for store in stores),
    )
    return _derived(counted)


def _rates(
    rows: Sequence[tables.Row], currency: str, exchange: ExchangeRates
) -> dict[str, ExchangeRate | None]:
    """The rate by what the rows say of their currency; None where it is that of the terms."""
    rates: dict[str, ExchangeRate | None] = {}
    for row in rows:
        said = row.cells.get("currency", "")
        if said in rates:
            continue
        if not said and currency != REPORTED:
            raise fail("currency_unsaid", row.place(), found=currency, choices=f"{REPORTED}, {currency}")
        if said and said not in currencies():
            raise fail("not_a_currency", row.place("currency"), found=said)
        own = said or REPORTED
        rates[said] = None if own == currency else exchange.between(own, currency, row.place("currency"))
    return rates


class _Cells:
    """The cells of every row, added up by store and month; ``unknown`` where a row leaves one out."""

    def __init__(
        self,
        columns: tuple[str, ...],
        stores: list[str],
        billed: Billed,
        rates: dict[str, ExchangeRate | None],
    ) -> None:
        self.columns, self.stores, self.billed, self.rates = columns, stores, billed, rates
        self.worked = len(billed.months) - billed.calendar.tail
        shape = (1, len(stores), len(billed.months))
        names = (*columns, STARS_BY_ORDERS)
        self.values = {name: exact_array([Decimal(0)] * (shape[1] * shape[2]), shape) for name in names}
        # a store that was not open sold nothing; of one that was, every month needs a row
        seen = {(days.store, billed.months.index(days.month)) for days in billed.days}
        every = range(len(billed.months))
        absent = [[m in billed.open[store] and (store, m) not in seen for m in every] for store in stores]
        self.unknown = {name: np.array(absent, dtype=bool) for name in names}

    def read(self, days: Days) -> Iterator[Fault]:
        """Take a row in; its faults."""
        row = days.row
        where = (self.stores.index(days.store), self.billed.months.index(days.month))
        rate = self.rates[row.cells.get("currency", "")]
        after = self.billed.after(days)
        counted: dict[str, Decimal] = {}
        for name in self.columns:
            text = row.cells.get(name, "")
            if not text:
                continue
            try:
                value = _number(name, text)
            except PydanticCustomError as error:
                yield Fault(code=error.type, place=row.place(name), values=dict(error.context or {}))
                continue
            if after and (value > 0 or (value and name not in SIGNED)):
                values = {"found": text, "last": self.billed.last, "choices": ", ".join(SIGNED)}
                yield Fault(code="after_end", place=row.place(name), values=values)
            if rate is not None and name in AMOUNTS:
                value = rate.convert(value, rate.currency)
            counted[name] = value
        if {STARS, "orders"} <= counted.keys():
            counted[STARS_BY_ORDERS] = counted[STARS] * counted["orders"]
        for name, unknown in self.unknown.items():
            self.values[name][(0, *where)] += counted.get(name, Decimal(0))
            # what comes after the end lowers what was sold before, and has nothing else to tell
            unknown[where] |= name not in counted and not (after and where[1] < self.worked)


def _columns(table: tables.Table, own: tuple[str, ...]) -> Iterator[Fault]:
    """Columns that are none of a file of actuals, and the one that must be there."""
    allowed = (*WHEN, *COLUMNS, *own)
    for column in table.columns:
        if column not in allowed:
            near = get_close_matches(column, allowed, n=1) or allowed
            values = {"found": column, "choices": ", ".join(near)}
            yield Fault(code="unknown_field", place=f"{table.file}:1:{column}", values=values)
    yield from table.lacks("month")


def _check_names(stores: list[str], rows: list[tables.Row]) -> None:
    """One store is written one way: names that differ only in case, or are blank beside others, are not."""
    for index, store in enumerate(stores):
        for other in stores[:index]:
            if store.casefold() == other.casefold() or "" in (store, other):
                row = next(row for row in rows if row.cells.get("store", "") == store)
                raise fail("store_names", row.place("store"), found=store, other=other)


def _number(name: str, text: str) -> Decimal:
    value = exact(text)
    if value < 0 and name not in SIGNED:
        raise PydanticCustomError("below_least", "negative", {"found": text, "least": "0"})
    if name in COUNTS and value != value.to_integral_value():
        raise PydanticCustomError("not_whole", "not whole", {"found": text})
    return value


def _derived(counted: Outcomes) -> Outcomes:
    """The actuals with the first whole month's GMV, which is not known before that month."""
    first, gmv = counted.calendar.lead, counted.quantities["gmv"]
    months = gmv.shape[2]
    if first < months:
        begun = np.repeat(gmv[:, :, first : first + 1], months, axis=2)
        missing = np.repeat(counted.unknown["gmv"][:, first : first + 1], months, axis=1)
    else:
        begun, missing = gmv * 0, np.ones(gmv.shape[1:], dtype=bool)
    return replace(
        counted,
        quantities={**counted.quantities, "first_month_gmv": begun},
        unknown={**counted.unknown, "first_month_gmv": missing},
    )


def readable(quantity: Quantity, own: Collection[str] = ()) -> bool:
    """Whether a file of actuals can hold what a quantity counts, or what it is computed from."""
    return all(name in COLUMNS or name in own or name in COMPUTED for name in quantity.of)
