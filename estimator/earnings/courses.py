"""Courses: what a poor, a middling and a good run of months would look like, and its invoices.

A course is the average of the outcomes around one quantile of the seller's profit. One draw alone may hold
a month that nobody would call typical; an average of neighbours adds up as one outcome does.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from estimator.brief.calendar import Calendar
from estimator.brief.kpis import AMOUNTS
from estimator.contract.charges import Fixed
from estimator.contract.clauses import DEPOSIT
from estimator.contract.terms import Terms
from estimator.earnings.clause_lines import exit_price
from estimator.earnings.deal import Deal
from estimator.earnings.lines import Fees
from estimator.earnings.settlement import fees
from estimator.market.outcomes import Outcomes
from estimator.values.money import round_half_up
from estimator.values.text import Text

Luck = Literal["poor", "middling", "good"]
QUANTILES: dict[Luck, float] = {"poor": 0.1, "middling": 0.5, "good": 0.9}
BAND = 0.025
"""Share of the outcomes taken on each side of the quantile: wide enough to average out single months."""
MONEY = ("settled_gmv", "goods", "delivery", "platform_take", "creators", "samples", "ads", "agency_fee")
"""The seller's money of a month, in the order in which it is told; the first comes in, the others go out."""
STEP = Decimal(10)
"""What the money of a course is rounded to: its error on 820 neighbours is larger than a dollar."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """An average month of a course: the seller's money by name of ``MONEY``, and the profit they leave."""

    luck: Luck
    quantile: float
    money: dict[str, Decimal]

    @property
    def profit(self) -> Decimal:
        """What is left of the month's sales: the figures shown add up to it."""
        return self.money["settled_gmv"] - sum((self.money[name] for name in MONEY[1:]), Decimal(0))


def courses(deal: Deal) -> tuple[Course, ...]:
    """The poor, the middling and the good course of a deal, each as an average month of its term."""
    return tuple(_course(deal, luck) for luck in QUANTILES)


def _course(deal: Deal, luck: Luck) -> Course:
    among, months = _neighbours(deal, luck), deal.months
    money = {name: _rounded(getattr(deal.money, name)[among, :months].mean(), STEP) for name in MONEY}
    return Course(luck=luck, quantile=QUANTILES[luck], money=money)


def _neighbours(deal: Deal, luck: Luck) -> NDArray[np.intp]:
    """The draws around a quantile of the seller's profit."""
    order = np.argsort(deal.money.profit_of(deal.months), kind="stable")
    middle, side = QUANTILES[luck] * order.size, max(BAND * order.size, 0.5)
    low, high = int(max(middle - side, 0)), int(min(middle + side, order.size))
    return order[low : max(high, low + 1)]


def worked_months(deal: Deal) -> tuple[Fees, Outcomes]:
    """The middling course settled month by month, as its invoices would be: exact, to the cent.

    The counts are rounded to whole units, and money to ``STEP``, before anything is charged on them.
    """
    among, months = _neighbours(deal, "middling"), deal.months
    held = deal.counted.quantities
    quantities = {
        name: _exact(held[name][among, :, :months].mean(axis=0), STEP if name in AMOUNTS else Decimal(1))
        for name in sorted(deal.terms.counts)
        if name in held
    }
    quantities.setdefault("gmv", _exact(held["gmv"][among, :, :months].mean(axis=0), STEP))
    course = Outcomes(
        months=deal.outcomes.months[:months], platforms=deal.outcomes.platforms, quantities=quantities
    )
    return fees(deal.terms, course), course


def _exact(mean: NDArray[np.float64], step: Decimal) -> NDArray[np.object_]:
    """Stores x months of exact counts, as one draw."""
    whole = np.empty((1, *mean.shape), dtype=object)
    for place, value in np.ndenumerate(mean):
        whole[0][place] = _rounded(value, step)
    return whole


def _rounded(value: float, step: Decimal) -> Decimal:
    return round_half_up(Decimal(float(value)), step)


def exit_prices(terms: Terms) -> tuple[tuple[int, Decimal], ...]:
    """What leaving after each month of the least term costs besides the fees; nothing from its end on."""
    least = int(terms.least_months or 0)
    return tuple((month, exit_price(terms, Decimal(month))) for month in range(1, least))


def least_committed(terms: Terms, stores: int) -> Decimal:
    """The least that a client pays who signs: fixed fees, minimums and the price of leaving, without a sale.

    The cheapest of all ends, from the first month to the last of the least term.
    """
    least = int(terms.least_months or 1)
    totals = [fees(terms, _nothing(terms, stores, months)).total[0] for months in range(1, least + 1)]
    return Decimal(min(totals))


def first_invoice(terms: Terms, stores: int, deposit: Decimal) -> tuple[tuple[Text, Decimal], ...]:
    """What is invoiced before the work begins, by label.

    What is known in advance of the first month, and the ``deposit``.
    """
    charged = fees(terms, _nothing(terms, stores, 1))
    begun = [line for line in charged.lines if isinstance(line.charge, Fixed) and line.charge.begins]
    rows = [(line.charge.label, Decimal(line.amounts[0, 0])) for line in begun]
    return tuple((label, amount) for label, amount in [*rows, (DEPOSIT, deposit)] if amount)


def _nothing(terms: Terms, stores: int, months: int) -> Outcomes:
    """Months in which nothing was sold or counted, after which the contract ends."""
    names = terms.counts | {"gmv", "ad_spend", "days_down"}
    return Outcomes(
        months=tuple(str(month) for month in range(1, months + 1)),
        platforms=("",) * stores,
        quantities={name: np.full((1, stores, months), Decimal(0)) for name in names},
        calendar=Calendar(ended=True),
    )
