"""Charges: the five kinds of which terms are made, frozen and validated."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from estimator.brief.goals import Goal
from estimator.brief.kpis import EFFORT, TIME, Quantity
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
    """A charge that may depend on goals: ``due_if`` names those that make it due, as for a bonus.

    With ``each_month`` the goals are read in every month by itself, and each month that meets them owes the
    charge; their own months say in which months they are read.
    """

    due_if: Annotated[tuple[Goal, ...], Field(strict=False)] = ()
    each_month: bool = False

    @model_validator(mode="after")
    def _by_the_month(self) -> Self:
        if self.each_month and (not self.due_if or self.settles != "month"):
            raise PydanticCustomError("each_month_alone", "each month", {})
        return self


class AmountStep(Frozen):
    """From more than ``above`` of the quantity on, ``amount`` in place of the one below."""

    above: Amount
    amount: Amount


class Fixed(_Conditional):
    """An amount; ``each_store`` counts it once for every store.

    With ``steps`` the amount depends on how much of ``of`` a month holds, or the one ``lag`` months before.
    ``in_advance`` says whether it
    is due when its period begins: None for a month and for a charge made once, where it is.
    """

    kind: Literal["fixed"] = "fixed"
    amount: Amount
    each_store: bool = False
    of: Quantity | None = None
    steps: Annotated[tuple[AmountStep, ...], Field(strict=False)] = ()
    lag: Annotated[int, Field(ge=0, le=3)] = 0
    in_advance: bool | None = None

    @property
    def at_start(self) -> bool:
        """Whether its line stands in the first month of its period rather than in the last."""
        return bool(self.in_advance) or (self.settles == "once" and not self.steps)

    @property
    def begins(self) -> bool:
        """Whether it is due when its period begins."""
        if self.in_advance is not None:
            return self.in_advance
        return self.settles in ("month", "once") and not self.due_if and not self.steps

    @model_validator(mode="after")
    def _steps(self) -> Self:
        edges = [step.above for step in self.steps]
        if bool(edges) != (self.of is not None):
            raise PydanticCustomError("steps_of_what", "steps", {})
        if any(low >= high for low, high in itertools.pairwise([Decimal(0), *edges])):
            raise PydanticCustomError("tiers_order", "order", {"found": ", ".join(map(plain, edges))})
        if self.in_advance and (self.steps or self.due_if):
            raise PydanticCustomError("advance_unknown", "advance", {})
        return self


class PerUnit(_Conditional):
    """A counted quantity at a price for each pack, after ``included`` units a month.

    ``parts`` says what a pack that is not full costs: all of it once it is ``begun``, or its ``exact`` part;
    None counts time exactly and everything else begun. Of the units included, up to ``rolls_over`` that a
    month leaves may be used in the next, and not later. ``pools`` is the period over which what is included
    is shared where that is longer than the one it settles by. ``planned`` units a month stand in the price
    and in every forecast; what is settled is what was counted. A pack of money may be no whole number once
    it has been converted.
    """

    kind: Literal["per_unit"] = "per_unit"
    of: Quantity
    price: Amount
    pack: Annotated[int, Field(ge=1)] | Annotated[Decimal, Field(gt=0)] = 1
    included: Amount = Decimal(0)
    parts: Literal["begun", "exact"] | None = None
    rolls_over: Amount = Decimal(0)
    pools: Literal["quarter", "term"] | None = None
    planned: Amount | None = None

    @property
    def a_month(self) -> Decimal:
        """What the planned units of a whole month come to; nothing where none are planned."""
        return self.price * max((self.planned or Decimal(0)) - self.included, Decimal(0)) / self.pack

    @property
    def exact(self) -> bool:
        """Whether a part of a pack costs its part."""
        return self.parts == "exact" or (self.parts is None and set(self.of.of) <= TIME)

    @model_validator(mode="after")
    def _allowance(self) -> Self:
        if (self.rolls_over or self.pools) and (not self.included or self.settles != "month"):
            raise PydanticCustomError("allowance_by_month", "allowance", {})
        if self.rolls_over and self.pools:
            raise PydanticCustomError("allowance_twice", "allowance", {})
        return self


class ShareOf(_Conditional):
    """A share of a counted quantity above a monthly baseline, through tiers.

    ``running`` charges the term to date less what was already charged. ``or_of`` counts another quantity
    where it comes to more. ``lag`` counts the months of so many months before, nothing before the first.
    """

    kind: Literal["share"] = "share"
    of: Quantity
    or_of: Quantity | None = None
    tiers: Tiers
    baseline: Amount = Decimal(0)
    running: bool = False
    lag: Annotated[int, Field(ge=0, le=3)] = 0

    @model_validator(mode="after")
    def _one_course(self) -> Self:
        if self.running and (self.or_of is not None or self.lag):
            raise PydanticCustomError("running_plain", "running", {})
        falls = self.tiers.reach == "whole" and not self.tiers.rising
        if falls and not {*self.of.of, *(self.or_of.of if self.or_of else ())} <= EFFORT:
            raise PydanticCustomError("tiers_fall", "fall", {"found": ", ".join(map(plain, self.tiers.rate))})
        return self


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
    """Some of the named charges back when a goal is missed: by steps, in proportion, or for a ``shortfall``.

    Of several steps only the largest counts; in ``proportion`` the share of the level by which its goal falls
    short is paid back, up to its ``back``; a shortfall pays its amount, up to what the charges came to.
    ``duties`` are measured duties: if one is not met the refund is void.
    """

    kind: Literal["refund"] = "refund"
    over: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    steps: Annotated[tuple[Step, ...], Field(strict=False)] = ()
    proportion: Step | None = None
    shortfall: Shortfall | None = None
    duties: Annotated[tuple[Goal, ...], Field(strict=False)] = ()
    paid_as: PaidAs
    settles: Literal["once"] = "once"

    @model_validator(mode="after")
    def _worse_pays_more(self) -> Self:
        if sum((bool(self.steps), self.proportion is not None, self.shortfall is not None)) != 1:
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
