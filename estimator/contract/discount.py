"""A discount: a plain share off the base fee of the list, for a stated reason and until a stated day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from estimator.values.errors import Fault
from estimator.values.money import CENT, Share, plain, round_half_up
from estimator.values.text import Text
from estimator.values.validation import Frozen


class DiscountReason(Frozen):
    """Why a discount may be given, in words that the client reads too."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text


class DiscountRule(Frozen):
    """What a discount may be: ``most`` of the base fee, taken within ``days``, for one of ``reasons``."""

    most: Annotated[Share, Field(gt=0, lt=1)]
    days: Annotated[int, Field(ge=1, le=365)]
    reasons: Annotated[tuple[DiscountReason, ...], Field(strict=False, min_length=1)]
    source: str = Field(min_length=1)

    def reason(self, name: str) -> Text:
        """The reason of an id, in words."""
        return next(reason.label for reason in self.reasons if reason.id == name)


class Discount(Frozen):
    """A ``share`` off the base fee; ``until`` is the last day on which the client can take it.

    >>> discount = Discount(share="0.1", reason="start", until="2026-12-15")
    >>> str(discount.off(Decimal("6500"))), discount.ended(dt.date(2026, 12, 16))
    ('5850.00', True)
    """

    share: Annotated[Share, Field(gt=0, lt=1)]
    reason: str
    until: Annotated[dt.date, Field(strict=False)]

    def off(self, amount: Decimal) -> Decimal:
        """What is left of an amount, to the cent."""
        return round_half_up(amount * (1 - self.share), CENT)

    def ended(self, on: dt.date) -> bool:
        """Whether its last day is over."""
        return self.until < on

    def faults(self, rule: DiscountRule, on: dt.date) -> Iterator[Fault]:
        """What a rule has against the discount on a day; that it has ended is no fault."""
        if self.share > rule.most:
            values = {"found": plain(self.share * 100), "most": plain(rule.most * 100)}
            yield Fault(code="discount_too_large", place="discount", values=values)
        if self.until > on + dt.timedelta(days=rule.days):
            values = {"found": self.until.isoformat(), "days": str(rule.days)}
            yield Fault(code="discount_too_long", place="discount", values=values)
        known = [reason.id for reason in rule.reasons]
        if self.reason not in known:
            values = {"found": self.reason, "choices": ", ".join(known)}
            yield Fault(code="not_a_choice", place="discount.reason", values=values)
