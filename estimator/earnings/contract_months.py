"""Actuals by the months of the contract, as simulated draws have them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from estimator.brief.calendar import WHOLE
from estimator.market.outcomes import Outcomes

STANDING = frozenset({"first_month_gmv", "baseline_gmv"})
"""Quantities that stand for the whole contract and are not added up."""


def by_contract_month(actuals: Outcomes) -> Outcomes:
    """The contract months that are known, as floats: a first part month is in month 1, the tail left out.

    Each is named after its last calendar month. A quantity is unknown in a month where any of it is.

    >>> from decimal import Decimal
    >>> from estimator.brief.calendar import Calendar
    >>> from estimator.values.money import exact_array
    >>> sold = {"gmv": exact_array([Decimal(n) for n in (4, 10, 20)], (1, 1, 3))}
    >>> told = Outcomes(months=("2027-01", "2027-02", "2027-03"), platforms=("",), quantities=sold,
    ...                 calendar=Calendar(lead=1))
    >>> by_contract_month(told).months, by_contract_month(told).quantities["gmv"].tolist()
    (('2027-02', '2027-03'), [[[14.0, 20.0]]])
    """
    calendar = actuals.calendar
    spans = [
        range(*calendar.span(month, month).indices(len(actuals.months)))
        for month in range(1, len(actuals.months) - calendar.tail - calendar.lead + 1)
    ]
    stores = actuals.shape[1]
    quantities = {}
    for name, counted in actuals.quantities.items():
        months = [counted[:, :, span[-1:] if name in STANDING else span].sum(axis=2) for span in spans]
        quantities[name] = (
            np.stack(months, axis=2).astype(float) if months else np.zeros((len(counted), stores, 0))
        )
    unknown = {
        name: np.stack([where[:, span].any(axis=1) for span in spans], axis=1)
        if spans
        else np.zeros((stores, 0), dtype=bool)
        for name, where in actuals.unknown.items()
    }
    return replace(
        actuals,
        months=tuple(actuals.months[span[-1]] for span in spans),
        quantities=quantities,
        unknown=unknown,
        calendar=WHOLE,
        open=(),
    )
