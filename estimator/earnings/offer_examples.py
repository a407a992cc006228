"""The worked examples of an offer, which are its tests."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from estimator.contract.offers import Example, Offer
from estimator.earnings.settlement import fees
from estimator.market.outcomes import Outcomes
from estimator.values.errors import Fault
from estimator.values.money import exact_array


def worked(example: Example) -> Outcomes:
    """The actuals of an offer's worked example; of several stores the first holds the counts."""
    months = max(map(len, example.actuals.values()))
    quantities, unknown = {}, {}
    for name, values in example.actuals.items():
        grid = [[Decimal(0)] * months for _ in range(example.stores)]
        grid[0] = [Decimal(0) if value == "" else value for value in values]
        quantities[name] = exact_array([cell for row in grid for cell in row], (1, example.stores, months))
        unknown[name] = np.array(
            [[value == "" for value in values]] + [[False] * months] * (example.stores - 1)
        )
    return Outcomes(
        months=tuple(str(month + 1) for month in range(months)),
        platforms=("tiktok_shop",) * example.stores,
        quantities=quantities,
        unknown=unknown,
    )


def example_faults(offer: Offer, place: str) -> tuple[Fault, ...]:
    """Every worked example that the offer's own terms do not settle to, to the cent."""
    faults = []
    for index, example in enumerate(offer.examples):
        done = fees(offer.terms, worked(example))
        lines = {line.charge.id: line.amounts.sum() for line in done.lines}
        came = {
            "total": (done.total[0], example.total),
            "credits": (done.credit_total[0], example.credits),
            **{name: (lines.get(name, Decimal(0)), amount) for name, amount in example.lines.items()},
        }
        for name, (amount, expected) in came.items():
            if amount != expected:
                values = {"found": str(amount), "expected": str(expected)}
                faults.append(Fault(code="example", place=f"{place}:examples[{index}].{name}", values=values))
        waiting = {pending.charge.id for pending in done.pending}
        if waiting != set(example.pending):
            values = {
                "found": ", ".join(sorted(waiting)) or "-",
                "expected": ", ".join(example.pending) or "-",
            }
            faults.append(Fault(code="example", place=f"{place}:examples[{index}].pending", values=values))
    return tuple(faults)
