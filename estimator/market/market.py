"""Market: sourced assumptions, what overrides them, and scenarios over them.

Overrides replace knowledge, scenarios imagine: that is why overrides climb a ladder on which two may
not share a rung, while scenarios only scale and so may stand in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from estimator.brief.vocabulary import Platform
from estimator.market.assumptions import Assumption, Day
from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.exchange import Currency, ExchangeRate
from estimator.values.text import Text
from estimator.values.validation import Frozen, validated

Rung = Literal["category_platform", "prospect", "history"]
RUNGS: tuple[Rung, ...] = ("category_platform", "prospect", "history")


class Override(Frozen):
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

    ``in_app`` are the platforms on which orders are placed in the app itself; all others lead to a website.

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
    in_app: frozenset[str] = frozenset({"tiktok_shop"})

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
        return hash((self.id, self.as_of, self.currency, self.overrides, len(self.assumptions)))

    @cached_property
    def by_quantity(self) -> Mapping[str, tuple[Assumption, ...]]:
        """The rows of each quantity."""
        rows: dict[str, list[Assumption]] = {}
        for row in self.assumptions:
            rows.setdefault(row.quantity, []).append(row)
        return MappingProxyType({quantity: tuple(each) for quantity, each in rows.items()})

    def overridden(self, *overrides: Override) -> Market:
        """This market with more overrides; raises ``QuotecastError`` for two on one rung."""
        if not overrides:
            return self
        return replace(self, overrides=self.overrides + overrides)

    def converted(self, rate: ExchangeRate) -> Market:
        """This market in the other currency of ``rate``: every assumption and override that is money.

        What is a share, a count or an exponent stays as it is, so that no probability moves.
        """
        other = rate.currency if self.currency == rate.base else rate.base
        factor = float(rate.rate if other == rate.currency else 1 / rate.rate)
        money = {row.quantity for row in self.assumptions if row.is_money}
        rows = tuple(row.times(factor) if row.is_money else row for row in self.assumptions)
        overrides = tuple(
            each.model_copy(update={"low": each.low * factor, "high": each.high * factor})
            if each.assumption in money and each.how == "replace"
            else each
            for each in self.overrides
        )
        return replace(self, currency=other, assumptions=rows, overrides=overrides)

    def with_rows(self, *rows: Assumption) -> Market:
        """This market with rows in place of those of the same quantity, platform, category and stage."""
        taken = {_where(row) for row in rows}
        kept = tuple(row for row in self.assumptions if _where(row) not in taken)
        return replace(self, assumptions=kept + rows)

    def find(
        self, quantity: str, *, platform: str = "all", category: str = "all", stage: str = "all"
    ) -> Assumption | None:
        """The most specific row, in the order platform, category, stage, under the overrides; or None."""
        return self._kept(quantity, platform, category, stage)

    @cached_property
    def _kept(self) -> Callable[[str, str, str, str], Assumption | None]:
        """Answers that were looked up before; a simulation asks the same hundred questions each time."""
        return lru_cache(maxsize=4096)(self._looked_up)

    def _looked_up(self, quantity: str, platform: str, category: str, stage: str) -> Assumption | None:
        rows = [
            row
            for row in self.by_quantity.get(quantity, ())
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
        row = self.find(quantity, platform=platform, category=category, stage=stage)
        if row is None:
            place = f"{self.id}:{quantity}"
            raise fail("no_assumption", place, found=f"{platform}, {category}, {stage}")
        return row


class MarketHeading(Frozen):
    """What ``market.toml`` says of a market: its name and date, and the tables its rows stand in."""

    id: str
    as_of: Day
    currency: Currency
    label: Text
    tables: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]


def _where(row: Assumption) -> tuple[str, str, str, str]:
    return row.quantity, row.platform, row.category, row.stage


def _twice(rows: Iterable[Assumption]) -> list[Fault]:
    seen: dict[tuple[str, ...], str] = {}
    faults = []
    for number, row in enumerate(rows, start=1):
        place = row.place or f"assumptions[{number}]"
        if _where(row) in seen:
            values = {"found": ", ".join(_where(row)), "other": seen[_where(row)]}
            faults.append(Fault(code="stands_already", place=place, values=values))
        seen.setdefault(_where(row), place)
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
