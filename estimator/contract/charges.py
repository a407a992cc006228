"""Charges: the five kinds of which terms are made, frozen and validated."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from estimator.brief.goals import Goal
from estimator.brief.kpis import Quantity
from estimator.contract.tiers import Tiers
from estimator.values.money import Amount, Number, Share, plain
from estimator.values.text import Text
from estimator.values.validation import Frozen

Period = Literal["once", "month", "quarter", "term"]
PaidAs = Literal["cash", "next_invoice", "ad_credit", "service_months"]
Covered = Literal["platform_take", "ads", "creators", "samples"]
Span = Annotated[tuple[int, int], Field(strict=False)]


CREDITS: frozenset[PaidAs] = frozenset({"ad_credit", "service_months"})
"""Ways of paying back that are not money; they are never netted against fees."""


class _Charge(Frozen):
    """What every charge has: the months it runs, the period it settles, and the rule behind it.

    ``months`` counts contract months from 1 and includes both ends; None runs as long as the terms.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_.]*$")
    label: Text
    rule: str = ""
    months: Span | None = None
    settles: Period = "month"
    due_days: Annotated[int, Field(ge=0, le=365)] | None = None

    @model_validator(mode="after")
    def _span(self) -> Self:
        if self.months is not None and not 1 <= self.months[0] <= self.months[1]:
            raise PydanticCustomError(
                "goal_months", "months", {"found": str(list(self.months)), "most": "..."}
            )
        return self


class _Conditional(_Charge):
    """A charge that may depend on goals: ``due_if`` names those that make it due, as for a bonus."""

    due_if: Annotated[tuple[Goal, ...], Field(strict=False)] = ()


class Fixed(_Conditional):
    """An amount; ``each_store`` counts it once for every store."""

    kind: Literal["fixed"] = "fixed"
    amount: Amount
    each_store: bool = False


class PerUnit(_Conditional):
    """A counted quantity at a price for each pack begun, after ``included`` units a month."""

    kind: Literal["per_unit"] = "per_unit"
    of: Quantity
    price: Amount
    pack: Annotated[int, Field(ge=1)] = 1
    included: Amount = Decimal(0)


class ShareOf(_Conditional):
    """A share of a counted quantity above a monthly baseline, through tiers.

    ``running`` charges the term to date less what was already charged.
    """

    kind: Literal["share"] = "share"
    of: Quantity
    tiers: Tiers
    baseline: Amount = Decimal(0)
    running: bool = False


class Bound(_Charge):
    """A minimum with true-up, or a cap, over the named charges of each period."""

    kind: Literal["bound"] = "bound"
    over: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    at_least: Amount | None = None
    at_most: Amount | None = None

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise PydanticCustomError("goal_levels", "levels", {})
        return self


class Step(Frozen):
    """Pay back the share ``back`` if ``goal`` is missed."""

    goal: Goal
    back: Share


class Shortfall(Frozen):
    """What ``cost`` exceeds of ``revenue`` over ``tolerance`` times ``target``, over ``months``.

    The platform's own protection of GMV Max in its form; zero at or above that level.
    """

    cost: Quantity
    revenue: Quantity
    target: Annotated[Number, Field(gt=0)]
    tolerance: Annotated[Share, Field(gt=0)] = Decimal(1)
    months: Span


class Refund(_Charge):
    """Some of the named charges back when a goal is missed: by steps, or for a ``shortfall``.

    Of several steps only the largest counts; a shortfall pays its amount, up to what the charges came to.
    ``duties`` are measured duties: if one is not met the refund is void.
    """

    kind: Literal["refund"] = "refund"
    over: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    steps: Annotated[tuple[Step, ...], Field(strict=False)] = ()
    shortfall: Shortfall | None = None
    duties: Annotated[tuple[Goal, ...], Field(strict=False)] = ()
    paid_as: PaidAs
    settles: Literal["once"] = "once"

    @model_validator(mode="after")
    def _worse_pays_more(self) -> Self:
        if bool(self.steps) == (self.shortfall is not None):
            raise PydanticCustomError("refund_or_shortfall", "steps", {})
        for step in self.steps:
            if step.back == 0:
                raise PydanticCustomError("refund_steps", "share", {"found": plain(step.back)})
            for other in self.steps:
                same = step.goal.model_copy(update={"level": other.goal.level}) == other.goal
                stricter = (step.goal.level > other.goal.level) == step.goal.at_least
                if same and step.goal.level != other.goal.level and stricter and step.back > other.back:
                    raise PydanticCustomError(
                        "refund_falls", "falls", {"found": f"{plain(step.back)} > {plain(other.back)}"}
                    )
        return self


Charge = Annotated[Fixed | PerUnit | ShareOf | Bound | Refund, Field(discriminator="kind")]


AnyCharge = Fixed | PerUnit | ShareOf | Bound | Refund
