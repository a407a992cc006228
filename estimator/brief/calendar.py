"""Calendar: how the months that are counted stand to the months of a contract."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Billing months beside contract months; simulated outcomes hold whole contract months alone.

    ``lead`` is 1 where the first billing month is not whole: contract month 1 is that part with the month
    after it. ``parts`` are shares of a month by billing month, counted from 0, where one is not whole.
    ``tail`` months at the end hold no work any more, only returns of what was sold before. ``ended`` says
    that no month of work follows the last one. ``first_day`` is the day of the first month it began on.

    >>> stub = Calendar(lead=1, parts=((0, Decimal("0.5")),))
    >>> stub.span(1, 3), stub.span(2, 3), stub.share(range(0, 3))
    (slice(0, 4, None), slice(2, 4, None), Decimal('2.5'))
    """

    lead: int = 0
    parts: tuple[tuple[int, Decimal], ...] = ()
    tail: int = 0
    ended: bool = False
    first_day: int = 1

    def span(self, first: int, last: int) -> slice:
        """The billing months of contract months ``first`` to ``last``, both counted from 1."""
        return slice(0 if first == 1 else first - 1 + self.lead, last + self.lead)

    @property
    def open(self) -> Calendar:
        """The calendar as it stood before anybody knew when the contract would end."""
        return Calendar(lead=self.lead, parts=self.parts[:1] if self.lead else (), first_day=self.first_day)

    def share(self, months: range) -> Decimal:
        """How many whole months these billing months come to."""
        parts = dict(self.parts)
        return sum((parts.get(month, Decimal(1)) for month in months), Decimal(0))


WHOLE = Calendar()
"""Whole contract months, as simulated outcomes have them."""
