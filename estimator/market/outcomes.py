"""Outcomes: draws x stores x months of counted quantities.

A file of actuals is an ``Outcomes`` of one draw that holds exact decimals and may not know everything.
That is why one fee function serves both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from estimator.brief.calendar import WHOLE, Calendar
from estimator.brief.kpis import Quantity
from estimator.values.exchange import ExchangeRate
from estimator.values.money import Array, zeros


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """What happened or may happen, month by month.

    ``quantities`` maps a name of ``kpis.QUANTITIES`` to an array of draws x stores x months.
    A platform is ``""`` where the file does not say which it was. ``unknown`` marks stores x months for
    which a quantity was not given; its array holds zero there. ``scrambles`` is the number of equal,
    independent blocks among the draws. ``calendar`` says how the months stand to those of the contract,
    ``rates`` at which rates money was converted, ``open`` in which months each store was open, all where
    it is empty.
    """

    months: tuple[str, ...]
    platforms: tuple[str, ...]
    quantities: Mapping[str, Array]
    unknown: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    scrambles: int = 1
    stores: tuple[str, ...] = ()
    calendar: Calendar = WHOLE
    rates: tuple[ExchangeRate, ...] = ()
    open: tuple[range, ...] = ()

    @property
    def shape(self) -> tuple[int, int, int]:
        """Draws, stores, months."""
        draws, stores, months = next(iter(self.quantities.values())).shape
        return draws, stores, months

    def stores_open(self, month: int) -> int:
        """How many stores were open in a month, counted from 0."""
        return sum(month in months for months in self.open) if self.open else self.shape[1]

    def _stores(self, quantity: Quantity) -> list[int]:
        return [
            i
            for i, platform in enumerate(self.platforms)
            if quantity.platforms is None or platform in quantity.platforms
        ]

    def count(self, quantity: Quantity) -> Array:
        """The quantity summed over the stores it names, draws x months; not to be written into.

        Raises ``KeyError`` for a name that these outcomes do not hold; ask ``missing`` first.
        """
        stores = self._stores(quantity)
        if len(stores) == len(quantity.of) == 1:
            alone = self.quantities[quantity.of[0]][:, stores[0], :]
            alone.flags.writeable = False
            return alone
        draws, _, months = self.shape
        total = zeros((draws, months), next(iter(self.quantities.values())))
        for name in quantity.of:
            for store in stores:
                total += self.quantities[name][:, store]
        return total

    def missing(self, quantity: Quantity, months: slice) -> tuple[str, ...]:
        """What is not known of ``quantity`` in these months, as ``name month``; empty if all is known.

        ``store: tiktok_shop`` where it counts some platforms and a store is named after none.
        """
        return tuple(self._missing(quantity, range(months.start, months.stop)))

    def _missing(self, quantity: Quantity, months: range) -> Iterator[str]:
        """Names the store as well where only some of several are unknown."""
        stores = self._stores(quantity)
        for name in quantity.of:
            unknown = self.unknown.get(name)
            for month in months:
                if month >= len(self.months):
                    yield f"{name} month {month + 1}"
                elif quantity.platforms is not None and "" in self.platforms and name in self.quantities:
                    yield f"store: {'|'.join(quantity.platforms)}"
                elif name not in self.quantities or (unknown is not None and unknown[stores, month].all()):
                    yield f"{name} {self.months[month]}"
                elif unknown is not None:
                    named = [self.stores[store] for store in stores if unknown[store, month]]
                    yield from (f"{name} {self.months[month]} {store}".strip() for store in named)

    def having(self, **quantities: Array) -> Outcomes:
        """These outcomes with more quantities; an array of draws x months belongs to all stores together."""
        stores = self.shape[1]
        whole = {}
        for name, values in quantities.items():
            if values.ndim == 2:
                draws, months = values.shape
                spread = zeros((draws, stores, months), values)
                spread[:, 0, :] = values
                values = spread
            whole[name] = values
        return replace(self, quantities={**self.quantities, **whole})
