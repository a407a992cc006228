"""What the platforms keep: dated fees as data, applied to counted quantities.

Where sources disagree about a date, both values stand in the table; ``counts`` says which one is used
and the note says why. A stress case computes with the other.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from estimator.brief.vocabulary import CategoryOrAll, Platform, Vocabulary
from estimator.market.assumptions import Grade
from estimator.market.outcomes import Outcomes
from estimator.values import tables
from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.exchange import ExchangeRate
from estimator.values.money import Amount, Array, Share
from estimator.values.validation import Frozen

Kind = Literal["referral", "refund_admin", "payment"]

Needed = Mapping[Kind, Mapping[str, dt.date]]
"""The kinds that a platform must have on every day from a first one on, be they 0."""
FIRST_DAY = dt.date(2026, 1, 1)
"""The day from which on the table may have no hole."""
NOTHING_SOLD = 1e-9
"""GMV, USD, taken for a month without sales, so that a share of it is a number."""


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("not_a_date", "date", {"found": value}) from None


def _yes(value: object) -> object:
    if isinstance(value, str) and value not in ("yes", "no"):
        raise PydanticCustomError("not_a_choice", "yes or no", {"found": value, "choices": "yes, no"})
    return value == "yes" if isinstance(value, str) else value


def _or_none(value: object) -> object:
    return None if value == "" else value


Day = Annotated[dt.date, BeforeValidator(_day)]


class PlatformFee(Frozen):
    """One fee of one platform between two dates; ``until`` None is open.

    ``rate`` is a share of dispatched GMV for a referral or payment fee and of the returned referral fee
    for the refund administration; ``per_order`` is charged besides; ``cap`` limits the fee of one order.
    ``place`` is where the row stands, ``fees.csv:2``.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_.]*$")
    platform: Platform
    category: CategoryOrAll
    kind: Kind
    begins: Day
    until: Annotated[Day | None, BeforeValidator(_or_none)]
    rate: Share
    per_order: Amount
    cap: Annotated[Amount | None, BeforeValidator(_or_none)]
    counts: Annotated[bool, BeforeValidator(_yes)]
    grade: Grade
    source: str = Field(min_length=1)
    as_of: Day
    note: str
    place: str = ""

    @property
    def last(self) -> dt.date:
        """The last day it is charged; the end of all days where it is open."""
        return self.until or dt.date.max

    def in_force(self, day: dt.date) -> bool:
        return self.begins <= day <= self.last


class _Rates(NamedTuple):
    """The fees of a platform by month; one that it has not is 0."""

    referral: Array
    admin: Array
    admin_cap: Array
    payment: Array
    per_order: Array


class PlatformFees(Frozen):
    """The dated fees of every platform, and which of them it must have."""

    rows: tuple[PlatformFee, ...]
    needed: Needed

    def rate(self, platform: str, category: str, kind: Kind, day: dt.date) -> PlatformFee | None:
        """The fee used on ``day``: the row that counts and names the category, else the general one.

        None where the platform has no fee of that kind. A fee that it must have is never taken for 0:
        without a row this raises ``QuotecastError``, placed at ``start`` for a day before all rows.
        """
        rows = [row for row in self._counting(platform, kind) if row.category in (category, "*")]
        on_day = sorted((row for row in rows if row.in_force(day)), key=lambda row: row.category == "*")
        if on_day:
            return on_day[0]
        if platform not in self.needed.get(kind, ()):
            return None
        rates: dict[str, Any] = {"kind": kind, "platform": platform, "found": day.isoformat()}
        first = min((row.begins for row in rows), default=day)
        if day < first:
            raise fail("fee_not_yet", "start", first=first.isoformat(), **rates)
        raise fail("no_platform_fee", "platform_fees/fees.csv", **rates)

    def converted(self, rate: ExchangeRate) -> PlatformFees:
        """The same fees with what is charged for an order, and the most for one, in the rate's currency.

        They are in its base currency as they stand.
        """

        def to(amount: Decimal) -> Decimal:
            return amount * rate.rate

        rows = tuple(
            row.model_copy(
                update={"per_order": to(row.per_order), "cap": None if row.cap is None else to(row.cap)}
            )
            for row in self.rows
        )
        return self.model_copy(update={"rows": rows})

    def _counting(self, platform: str, kind: Kind) -> list[PlatformFee]:
        return [row for row in self.rows if row.platform == platform and row.kind == kind and row.counts]

    def faults(self) -> Iterator[Fault]:
        """Ids and days claimed twice, ends before beginnings, and days without a fee that must be there."""
        plain = True
        for index, row in enumerate(self.rows):
            if same := next((other for other in self.rows[:index] if other.id == row.id), None):
                plain = False
                values = {"found": row.id, "other": same.place}
                yield Fault(code="stands_already", place=f"{row.place}:id", values=values)
            if row.last < row.begins:
                plain = False
                span = f"{row.begins} .. {row.until}"
                yield Fault(code="range_falls", place=f"{row.place}:until", values={"found": span})
        if plain:
            yield from self._overlaps()
            for kind, platforms in self.needed.items():
                for platform, first in platforms.items():
                    yield from self._holes(platform, kind, first)

    def _overlaps(self) -> Iterator[Fault]:
        for one, other in itertools.combinations((row for row in self.rows if row.counts), 2):
            same = (one.platform, one.category, one.kind) == (other.platform, other.category, other.kind)
            if same and one.begins <= other.last and other.begins <= one.last:
                values = {"found": other.id, "other": f"{one.id} ({one.place})"}
                yield Fault(code="fees_overlap", place=f"{other.place}:begins", values=values)

    def _holes(self, platform: str, kind: Kind, first: dt.date) -> Iterator[Fault]:
        """The first day of every hole in what holds for all categories."""
        rows = [row for row in self._counting(platform, kind) if row.category == "*"]
        missing, place = first, ""
        for row in sorted(rows, key=lambda row: row.begins):
            if row.begins > missing:
                yield _hole(platform, kind, missing, place or f"{row.place}:begins")
            if row.last == dt.date.max:
                return
            missing, place = max(missing, row.last + dt.timedelta(days=1)), f"{row.place}:until"
        yield _hole(platform, kind, missing, place or "fees.csv")

    def take(
        self,
        outcomes: Outcomes,
        category: str,
        days: tuple[dt.date, ...],
        referral_factor: Callable[[str], float],
    ) -> Array:
        """What the platforms keep, draws x months, USD.

        ``days`` holds a date within each month; ``referral_factor`` is a scenario's factor by platform. A
        returned order gives its referral fee back less the administration fee; a payment fee is kept.
        """
        draws, _, months = outcomes.shape
        total = np.zeros((draws, months), order="F")
        for store, platform in enumerate(outcomes.platforms):
            shipped, returned, gmv, orders = (
                outcomes.quantities[name][:, store]
                for name in ("shipped_gmv", "returned_gmv", "gmv", "orders")
            )
            sold = np.maximum(gmv, NOTHING_SOLD)
            rates = self._rates(platform, category, days)
            share = rates.referral * referral_factor(platform)
            total += share * (shipped - returned)
            # docs/model.md (M51): the part of a refunded referral fee that is kept
            total += np.minimum(rates.admin * share * returned, rates.admin_cap * (orders * returned / sold))
            total += rates.payment * shipped + rates.per_order * (orders * shipped / sold)
        return total

    @cached_property
    def _rates(self) -> Callable[[str, str, tuple[dt.date, ...]], _Rates]:
        """The fees of a platform on each of some days, kept for the next who asks."""
        return lru_cache(maxsize=1024)(self._looked_up)

    def _looked_up(self, platform: str, category: str, days: tuple[dt.date, ...]) -> _Rates:
        by_day = []
        for day in days:
            referral, admin, payment = (
                self.rate(platform, category, kind, day) for kind in ("referral", "refund_admin", "payment")
            )
            assert referral is not None  # needed everywhere
            by_day.append(
                (
                    float(referral.rate),
                    float(admin.rate) if admin else 0.0,
                    float(admin.cap or Decimal(10**9)) if admin else 0.0,
                    float(payment.rate) if payment else 0.0,
                    float(payment.per_order) if payment else 0.0,
                )
            )
        return _Rates(*np.array(by_day).T)


def needed(vocabulary: Vocabulary) -> Needed:
    """What each platform takes or costs, from its first day: a website pays for its own payments."""
    first = {name: max(word.since, FIRST_DAY) for name, word in vocabulary.choices("platforms").items()}
    websites = {platform: first[platform] for platform in vocabulary.websites}
    return {"referral": first, "payment": websites}


def _hole(platform: str, kind: str, day: dt.date, place: str) -> Fault:
    values = {"platform": platform, "kind": kind, "found": day.isoformat()}
    return Fault(code="no_platform_fee", place=place, values=values)


def read(vocabulary: Vocabulary, current: Vocabulary, path: Path) -> PlatformFees:
    """The fees in a table; raises ``QuotecastError`` with every fault as ``file:line:column``.

    Its rows may name any word of the vocabulary; none is missing of the current platforms.
    """
    rows = tables.records(path, PlatformFee, vocabulary)
    fees = PlatformFees(rows=rows, needed=needed(current))
    if faults := tuple(fees.faults()):
        raise QuotecastError(faults)
    return fees
