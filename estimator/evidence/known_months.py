"""What is known of a contract that runs: its figures by calendar month and by contract month, settled."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from estimator.brief.kpis import Quantity
from estimator.earnings.contract_months import by_contract_month
from estimator.earnings.settlement import fees, settled_tally
from estimator.earnings.tally import Tally
from estimator.market.outcomes import Outcomes
from estimator.quoting.running import ShownMonth
from estimator.schemas.frozen import FrozenForecast
from estimator.schemas.statement import Statement, statement


@dataclass(frozen=True, kw_only=True)
class KnownMonths:
    """What is known of a contract: its figures by calendar month, counted under its terms and settled."""

    kept: FrozenForecast
    outcomes: Outcomes

    @cached_property
    def months(self) -> Outcomes:
        """The figures by contract month."""
        return by_contract_month(self.outcomes)

    @cached_property
    def tally(self) -> Tally:
        """The settlement's tally, by the duties that were frozen."""
        return settled_tally(self.kept.terms, self.outcomes, self.kept.duties)[0]

    @cached_property
    def statement(self) -> Statement:
        """The settlement so far, as ``quotecast settle`` gives it."""
        return statement(self.kept.terms, fees(self.kept.terms, self.outcomes), self.outcomes)

    def span(self, month: int) -> range:
        """The calendar months of a contract month, both counted from 0."""
        window = self.outcomes.calendar.span(month + 1, month + 1)
        return range(window.start, window.stop)

    @property
    def counts(self) -> tuple[bool, ...]:
        """Which contract months count for goals."""
        counting = self.tally.counting
        every = range(len(self.months.months))
        return tuple(counting is None or bool(counting[0, list(self.span(month))].all()) for month in every)

    def amount(self, quantity: str, month: int) -> Decimal | None:
        """What was counted of a quantity in a contract month over all stores; None where it is not known."""
        of = Quantity(of=(quantity,))
        span = self.span(month)
        if self.outcomes.missing(of, slice(span.start, span.stop)):
            return None
        return sum((Decimal(self.outcomes.count(of)[0, each]) for each in span), Decimal(0))

    def share(self, month: int) -> Decimal:
        """How many whole months a contract month comes to."""
        return self.outcomes.calendar.share(self.span(month))

    @property
    def shown(self) -> tuple[ShownMonth, ...]:
        """Every contract month as it came; one that is not whole at the pace of a whole one."""
        return tuple(
            ShownMonth(
                month=month,
                ad_spend=self._pace("ad_spend", index),
                attributed_gmv=self._pace("attributed_gmv", index),
                ad_orders=self._pace("ad_orders", index),
                gmv=self._pace("gmv", index),
                orders=self._pace("orders", index),
            )
            for index, month in enumerate(self.months.months)
        )

    def _pace(self, quantity: str, month: int) -> Decimal | None:
        amount = self.amount(quantity, month)
        return None if amount is None else amount / self.share(month)
