"""Scenarios: stated scales of the market's assumptions, composed in any order."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from estimator.brief.vocabulary import Platform
from estimator.values.text import Text
from estimator.values.validation import Frozen

SCALABLE: dict[str, str] = {
    "ad_budget": "the monthly ad budget",
    "activity": "the share of a month in which a shop can sell",
    "cpc": "cost per click in a month",
    "cvr": "conversion of ad clicks in a month",
    "aov": "order value in a month",
    "creator_sales": "sales of creators in a month",
    "live_sales": "sales of live sessions in a month",
    "organic_sales": "organic sales in a month",
    "repeat_sales": "repeat sales in a month",
    "referral_fee": "the platform's share of sales; read by economics",
    "landed_cost": "landed cost of a unit; read by economics",
}
"""What a scenario may scale month by month. Besides these, any assumption by its quantity's name."""
MONEY_ONLY = ("referral_fee", "landed_cost")
"""Scales of these move no outcome."""


def _floated(value: object) -> object:
    """A factor is a float in the model, though files of rules hold exact decimals."""
    return float(value) if isinstance(value, Decimal) else value


class Scale(Frozen):
    """A factor on one quantity, on one platform or all, in some contract or calendar months or all."""

    quantity: str
    factor: Annotated[float, BeforeValidator(_floated), Field(ge=0, allow_inf_nan=False)]
    platform: Platform | None = None
    months: Annotated[tuple[int, int | None], Field(strict=False)] | None = None
    calendar_months: Annotated[tuple[int, ...], Field(strict=False)] | None = None

    @model_validator(mode="after")
    def _possible(self) -> Scale:
        if self.months is not None:
            first, last = self.months
            if first < 1 or (last is not None and last < first):
                span = f"[{first}, {last}]"
                raise PydanticCustomError("goal_months", "months", {"found": span, "most": 36})
        for month in self.calendar_months or ():
            if not 1 <= month <= 12:
                raise PydanticCustomError("unknown_month", "month", {"found": str(month)})
        if self.quantity not in SCALABLE and (self.months or self.calendar_months):
            choices = ", ".join(SCALABLE)
            raise PydanticCustomError(
                "scale_not_monthly", "scale", {"found": self.quantity, "choices": choices}
            )
        return self

    def applies(
        self, quantity: str, platform: str | None, month: int | None, calendar_month: int | None
    ) -> bool:
        """Whether it touches the quantity there; a month or platform not given matches only "all"."""
        if self.quantity != quantity or self.platform not in (None, platform):
            return False
        if self.months is not None and (
            month is None or month < self.months[0] or month > (self.months[1] or month)
        ):
            return False
        return self.calendar_months is None or calendar_month in self.calendar_months

    @property
    def order(self) -> tuple[Any, ...]:
        """A fixed order of scales, so that a product does not depend on who came first."""
        first, last = self.months or (0, 0)
        return (
            self.quantity,
            self.platform or "",
            first,
            last or 0,
            self.calendar_months or (),
            self.factor,
        )


class Scenario(Frozen):
    """What if: a set of scales over a market, with why and where from.

    Equal scales in another order are another value but give equal factors.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_+]*$")
    label: Text
    why: Text
    source: str = Field(min_length=1)
    grade: Literal["platform document", "own data", "published", "expert", "guess"] = "guess"
    scales: Annotated[tuple[Scale, ...], Field(strict=False)] = ()

    def factor(
        self,
        quantity: str,
        *,
        platform: str | None = None,
        month: int | None = None,
        calendar_month: int | None = None,
    ) -> float:
        """The product of all scales on ``quantity`` there; 1 where none applies.

        ``month`` is the contract month from 1, ``calendar_month`` 1 to 12.

        >>> EXPECTED.factor("cpc", month=3)
        1.0
        """
        if not self.scales:
            return 1.0
        factors = [
            scale.factor
            for scale in sorted(self.scales, key=lambda scale: scale.order)
            if scale.applies(quantity, platform, month, calendar_month)
        ]
        return math.prod(factors, start=1.0)


EXPECTED = Scenario(
    id="expected",
    label=Text(en="expected", zh="expected"),
    why=Text(en="the market as it stands", zh="the market as it stands"),
    source="the market",
)
"""No scales at all. Its words stand in the rules, as those of every scenario."""
