"""Market: sourced assumptions, what overrides them, and scenarios over them.

Overrides replace knowledge, scenarios imagine: that is why overrides climb a ladder on which two may
not share a rung, while scenarios only scale and so compose in any order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from estimator.assumptions import Assumption
from estimator.edges import validated
from estimator.errors import Fault, QuotecastError, fail
from estimator.kpis import Platform
from estimator.text import Text

Rung = Literal["category_platform", "prospect", "history"]
RUNGS: tuple[Rung, ...] = ("category_platform", "prospect", "history")

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


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Override(_Frozen):
    """A better judgement than the market's row of that name.

    ``replace`` puts ``low .. high`` in place of the row, ``scale`` multiplies its range by them.
    ``by`` is the rung of the ladder: default < ``category_platform`` < ``prospect`` < ``history``; the
    highest replacement wins, and scales above it act on it.
    """

    assumption: str
    platform: Platform | None = None
    how: Literal["replace", "scale"]
    low: float = Field(allow_inf_nan=False)
    high: float = Field(allow_inf_nan=False)
    by: Rung
    why: str = Field(min_length=1)

    def on(self, row: Assumption) -> Assumption:
        """The row under this override; raises ``QuotecastError`` where the range becomes impossible."""
        low, high = self.low, self.high
        if self.how == "scale":
            low, high = sorted((row.low * low, row.high * high))
        kind = "fixed" if low == high else "lognormal" if row.kind == "fixed" else row.kind
        changes = {"low": low, "high": high, "kind": kind, "source": self.why}
        return validated(Assumption, {**row.model_dump(), **changes}, f"override:{self.assumption}")


@dataclass(frozen=True, kw_only=True)
class Market:
    """Everything assumed about a market as of a date. Amounts are in ``currency``.

    >>> market = Market(id="m", as_of="2026-11-23", assumptions=())
    >>> market.find("cpc_ref") is None
    True
    """

    id: str
    as_of: str
    assumptions: tuple[Assumption, ...]
    overrides: tuple[Override, ...] = ()
    currency: str = "USD"
    label: Text | None = None

    def __post_init__(self) -> None:
        faults = [*_twice(self.assumptions), *_contested(self.overrides)]
        known = {row.quantity for row in self.assumptions}
        for override in self.overrides:
            if override.assumption not in known:
                choices = ", ".join(sorted(known)[:8]) + " ..."
                place = f"override:{override.assumption}"
                values = {"found": override.assumption, "choices": choices}
                faults.append(Fault(code="unknown_reference", place=place, values=values))
        if faults:
            raise QuotecastError(faults)

    def __hash__(self) -> int:
        return hash((self.id, self.as_of, self.overrides, len(self.assumptions)))

    def overridden(self, *overrides: Override) -> Market:
        """This market with more overrides; raises ``QuotecastError`` for two on one rung."""
        return Market(
            id=self.id,
            as_of=self.as_of,
            assumptions=self.assumptions,
            overrides=self.overrides + overrides,
            currency=self.currency,
            label=self.label,
        )

    def with_rows(self, *rows: Assumption) -> Market:
        """This market with rows in place of those of the same quantity, platform, category and stage."""
        taken = {_where(row) for row in rows}
        kept = tuple(row for row in self.assumptions if _where(row) not in taken)
        return Market(
            id=self.id,
            as_of=self.as_of,
            assumptions=kept + rows,
            overrides=self.overrides,
            currency=self.currency,
            label=self.label,
        )

    def find(
        self, quantity: str, *, platform: str = "all", category: str = "all", stage: str = "all"
    ) -> Assumption | None:
        """The most specific row, in the order platform, category, stage, under the overrides; or None."""
        rows = [
            row
            for row in _by_quantity(self).get(quantity, ())
            if row.platform in ("all", platform)
            and row.category in ("all", category)
            and row.stage in ("all", stage)
        ]
        if not rows:
            return None
        best = max(rows, key=lambda row: (row.platform != "all", row.category != "all", row.stage != "all"))
        for override in sorted(self.overrides, key=lambda override: RUNGS.index(override.by)):
            if override.assumption == quantity and override.platform in (None, platform):
                best = override.on(best)
        return best

    def row(
        self, quantity: str, *, platform: str = "all", category: str = "all", stage: str = "all"
    ) -> Assumption:
        """As ``find``, but raises ``QuotecastError`` where no row matches."""
        found = self.find(quantity, platform=platform, category=category, stage=stage)
        if found is None:
            place = f"{self.id}:{quantity}"
            raise fail("no_assumption", place, found=f"{platform}, {category}, {stage}")
        return found


class Scale(_Frozen):
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
                found = f"[{first}, {last}]"
                raise PydanticCustomError("goal_months", "months", {"found": found, "most": 36})
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


class Scenario(_Frozen):
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


def compose(*scenarios: Scenario) -> Scenario:
    """All the scenarios at once; their order does not matter.

    >>> compose(EXPECTED, EXPECTED).id
    'expected'
    """
    parts = sorted({s.id: s for s in scenarios if s.scales}.values(), key=lambda s: s.id)
    if not parts:
        return EXPECTED
    scales = [scale for part in parts for scale in part.scales]
    return Scenario(
        id="+".join(part.id for part in parts),
        label=Text(
            en=" + ".join(part.label.en for part in parts), zh=" + ".join(part.label.zh for part in parts)
        ),
        why=Text(en="; ".join(part.why.en for part in parts), zh="; ".join(part.why.zh for part in parts)),
        source="; ".join(part.source for part in parts),
        scales=tuple(sorted(scales, key=lambda scale: scale.order)),
    )


@lru_cache(maxsize=16)
def _by_quantity(market: Market) -> dict[str, tuple[Assumption, ...]]:
    found: dict[str, tuple[Assumption, ...]] = {}
    for row in market.assumptions:
        found[row.quantity] = (*found.get(row.quantity, ()), row)
    return found


def _where(row: Assumption) -> tuple[str, str, str, str]:
    return row.quantity, row.platform, row.category, row.stage


def _twice(rows: Iterable[Assumption]) -> list[Fault]:
    seen: dict[tuple[str, ...], int] = {}
    faults = []
    for number, row in enumerate(rows, start=2):
        if _where(row) in seen:
            values = {"found": ", ".join(_where(row)), "line": seen[_where(row)]}
            faults.append(Fault(code="duplicate_row", place=f"assumptions:{number}", values=values))
        seen.setdefault(_where(row), number)
    return faults


def _contested(overrides: tuple[Override, ...]) -> list[Fault]:
    faults = []
    for index, one in enumerate(overrides):
        for other in overrides[:index]:
            if (
                one.assumption == other.assumption
                and one.by == other.by
                and (one.platform is None or other.platform is None or one.platform == other.platform)
            ):
                values = {"found": one.assumption, "rung": one.by}
                place = f"override:{one.assumption}"
                faults.append(Fault(code="same_rung", place=place, values=values))
    return faults
