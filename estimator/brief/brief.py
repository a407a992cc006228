"""Brief: what the prospect told us, and what is unknown. ``None`` is a legal answer everywhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, LiteralString, get_args

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from estimator.brief.goals import MOST_MONTHS, Reading
from estimator.brief.vocabulary import AddOn, Category, Platform, Vocabulary, bounded
from estimator.values.exchange import Currency
from estimator.values.money import Amount, Number, Share, plain
from estimator.values.typed import Range
from estimator.values.validation import MOST_BYTES, Frozen, parse_toml, read_text, validated

Stage = Literal["cold", "growth", "mature"]
ServiceModel = Literal["whole_shop", "part_operation", "kpi_consulting"]
StoreKind = Literal["cross_border", "us_local", "platform_run", "website"]
StoreStatus = Literal["new", "established", "once_suspended"]
Fulfilment = Literal["from_china", "us_warehouse", "platform_warehouse"]
SizeClass = Literal["small_parcel", "standard", "large", "bulky"]
TeamLevel = Literal["china", "native_copy", "us_local"]
PaidBy = Literal["passed_through", "included"]
Tooling = Literal["none", "bi_connection", "custom_dashboard"]
Settlement = Literal["fixed", "hybrid", "performance", "project", "hourly"]
SellerTeam = Literal["none", "some", "full"]
Filming = Literal["agency", "seller", "creators"]
HistoryFrom = Literal["here", "other_channel", "other_country"]

CLOSED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "service_model": get_args(ServiceModel),
        "settlement": get_args(Settlement),
        "stage": get_args(Stage),
        "kind": get_args(StoreKind),
        "status": get_args(StoreStatus),
        "fulfilment": get_args(Fulfilment),
        "size_class": get_args(SizeClass),
        "team_level": get_args(TeamLevel),
        "paid": get_args(PaidBy),
        "tooling": get_args(Tooling),
        "seller_team": get_args(SellerTeam),
        "filming": get_args(Filming),
        "history_from": get_args(HistoryFrom),
    }
)
"""Lists of the vocabulary by whose words code decides: a new one there needs code as well."""

USUAL_PLATFORM = "tiktok_shop"
"""What a brief without any store is taken to mean."""

Count = Annotated[int, Field(ge=0, le=10_000_000)]
"""A number of things; how many there may be of each is in the vocabulary."""
Months = Annotated[int, Field(ge=1, le=MOST_MONTHS)]


def _month(value: object) -> object:
    """A TOML date that is the first of a month stands for its month."""
    if not isinstance(value, dt.date):
        return value
    month = f"{value:%Y-%m}"
    if value.day != 1 or isinstance(value, dt.datetime):
        raise PydanticCustomError("day_for_month", "day", {"found": value.isoformat(), "month": month})
    return month


Month = Annotated[str, BeforeValidator(_month), Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
"""A calendar month, 2027-01."""


class Store(Frozen):
    """One shop or site. Fees and orders are counted by store.

    ``ad_share`` is this store's share of the ad budget; left out for all, the market's reference
    spends divide it.
    """

    platform: Platform
    kind: StoreKind | None = None
    status: StoreStatus | None = None
    fulfilment: Fulfilment | None = None
    ad_share: Share | None = None

    @model_validator(mode="after")
    def _possible(self, info: ValidationInfo) -> Store:
        if isinstance(info.context, Vocabulary) and (values := self.impossible(info.context)):
            raise PydanticCustomError("store_kind", "kind", {**values, "at": ("kind",)})
        return self

    def impossible(self, vocabulary: Vocabulary) -> dict[str, Any]:
        """What is wrong with a kind of store that its platform does not have; nothing where it may be."""
        if self.kind is None or self.kind in (kinds := vocabulary.kinds_on(self.platform)):
            return {}
        return {"found": self.kind, "platform": self.platform, "choices": list(kinds)}


class GoalWords(Frozen):
    """A goal as the prospect puts it: a KPI's id, a level, and the months it is read over.

    ``kpi = "roas"`` without a definition is legal and gets every definition shown beside it.
    ``words`` keeps what was said.
    """

    kpi: str
    at_least: Number | None = None
    at_most: Number | None = None
    months: Annotated[tuple[int, int], Field(strict=False)]
    reading: Reading = "total"
    words: str | None = Field(default=None, max_length=500)

    @model_validator(mode="after")
    def _consistent(self) -> GoalWords:
        if (self.at_least is None) == (self.at_most is None):
            raise PydanticCustomError("goal_levels", "levels", {})
        first, last = self.months
        if not 1 <= first <= last <= MOST_MONTHS:
            raise PydanticCustomError(
                "goal_months", "months", {"found": f"[{first}, {last}]", "most": MOST_MONTHS}
            )
        return self


class Operation(Frozen):
    """A way of operating: who does the work. It changes outcomes; what it costs does not.

    ``team_in_place`` spares an in-house operation the hiring delay.
    """

    model: Literal["whole_shop", "part_operation", "kpi_consulting", "in_house", "platform_plan"]
    us_team: bool = False
    team_in_place: bool = False


HISTORY_MONTHS = 3
"""Of a history the last months that tell what is spent and sold today."""


AS_FACT = MappingProxyType(
    {"ad_spend": "ad_budget", "gmv": "current_gmv", "attributed_gmv": "current_gmv", "orders": "orders"}
)
"""The facts by whose bounds a month of the past is held."""


class HistoryMonth(Frozen):
    """One month of the account's own past: what was spent on ads, and what was sold.

    ``gmv`` is all that the shop sold, which is what TikTok Shop reports; ``attributed_gmv`` only what the
    platform says that ads sold. One of the two is told. ``orders`` are those of the same sales.
    """

    month: Month
    ad_spend: Amount
    gmv: Amount | None = None
    attributed_gmv: Amount | None = None
    orders: Count | None = None

    @field_validator("*")
    @classmethod
    def _bounded(cls, value: Any, info: ValidationInfo) -> Any:
        return bounded(AS_FACT.get(str(info.field_name), ""), value, info)

    @model_validator(mode="after")
    def _one_measure(self) -> HistoryMonth:
        if (self.gmv is None) == (self.attributed_gmv is None):
            raise PydanticCustomError("history_measure", "sales", {})
        return self

    @property
    def sold(self) -> Decimal:
        """What was sold, in the measure that is told."""
        sold = self.attributed_gmv if self.gmv is None else self.gmv
        assert sold is not None
        return sold


class FactRange(Frozen):
    """The range in which a fact lies that was told as one; the fact itself stands at its middle."""

    fact: str
    low: Number
    high: Number

    @field_validator("low", "high")
    @classmethod
    def _bounded(cls, value: Any, info: ValidationInfo) -> Any:
        return bounded(info.data.get("fact", ""), value, info)


def ranged(content: Mapping[str, Any]) -> dict[str, Any]:
    """A brief's content with each ``Range`` in it as its middle, and the ranges beside the facts.

    >>> ranged({"ad_budget": Range(low=Decimal(20_000), high=Decimal(30_000))})["ad_budget"]
    Decimal('25000')
    """
    found = {name: value for name, value in content.items() if isinstance(value, Range)}
    if not found:
        return dict(content)
    middles = {name: int(value.middle) if value.whole else value.middle for name, value in found.items()}
    kept = [{"fact": name, "low": value.low, "high": value.high} for name, value in found.items()]
    return {**content, **middles, "ranges": [*content.get("ranges", ()), *kept]}


class Brief(Frozen):
    """Everything a prospect may tell us. Amounts are in ``currency``, a month unless said otherwise.

    >>> brief = Brief(stores=[Store(platform="tiktok_shop")], category="beauty", ad_budget="20000")
    >>> brief.landed_cost is None
    True
    """

    name: str | None = Field(default=None, max_length=200)
    note: str | None = Field(default=None, max_length=4000)
    currency: Currency = "USD"

    stores: Annotated[tuple[Store, ...], Field(strict=False, max_length=40)] = ()
    category: Category | None = None
    ad_budget: Amount | None = None
    goals: Annotated[tuple[GoalWords, ...], Field(strict=False, max_length=12)] = ()

    service_model: ServiceModel | None = None
    settlement: Settlement | None = None
    stage: Stage | None = None
    contract_months: Months | None = None
    start: Month | None = None

    current_gmv: Amount | None = None
    expected_gmv: Amount | None = None
    recent_ad_spend: Amount | None = None
    price: Annotated[Amount, Field(gt=0)] | None = None
    current_price: Annotated[Amount, Field(gt=0)] | None = None
    landed_cost: Amount | None = None
    size_class: SizeClass | None = None
    fulfilment_cost: Amount | None = None
    creator_commission: Share | None = None
    sample_cost: Amount | None = None
    samples_sent: Count | None = None
    payout_days: Count | None = None
    cash_in_hand: Amount | None = None
    stock_in_hand: Amount | None = None
    payouts_due: Amount | None = None
    return_rate: Share | None = None
    sku_count: Count | None = None
    creators_active: Count | None = None

    own_videos: Count | None = None
    creators_contacted: Count | None = None
    live_hours: Count | None = None
    seller_team: SellerTeam | None = None
    filming: Filming | None = None
    team_level: TeamLevel | None = None
    us_staff: Count | None = None
    ads_paid: PaidBy | None = None
    creators_paid: PaidBy | None = None
    data_tooling: Tooling | None = None
    add_ons: Annotated[frozenset[AddOn], Field(strict=False)] | None = None
    project_hours: Count | None = None
    asks_guarantee: bool | None = None
    shop_rating: Amount | None = None

    history: Annotated[tuple[HistoryMonth, ...], Field(strict=False, max_length=120)] = ()
    history_from: HistoryFrom | None = None

    ranges: Annotated[
        tuple[FactRange, ...], Field(strict=False, max_length=40, exclude_if=lambda ranges: not ranges)
    ] = ()

    @field_validator("*")
    @classmethod
    def _bounded(cls, value: Any, info: ValidationInfo) -> Any:
        return bounded(str(info.field_name), value, info)

    @model_validator(mode="after")
    def _consistent(self) -> Brief:
        for code, at, values in self._faults():
            raise PydanticCustomError(code, "brief", {**values, "at": at})
        return self

    def _faults(self) -> Iterator[tuple[LiteralString, tuple[str | int, ...], dict[str, str | int]]]:
        """What single fields do not show: code, place and values."""
        values: dict[str, str | int] = {}
        shares = [store.ad_share for store in self.stores]
        total = sum((share for share in shares if share is not None), Decimal(0))
        if None in shares and any(share is not None for share in shares):
            yield "ad_share_missing", ("stores", shares.index(None), "ad_share"), values
        elif total != 1 and None not in shares and shares:
            yield "ad_shares", ("stores",), {"found": plain(total)}
        if self.price is not None and self.landed_cost is not None and self.landed_cost >= self.price:
            values = {"found": plain(self.landed_cost), "price": plain(self.price)}
            yield "landed_above_price", ("landed_cost",), values
        for index, entry in enumerate(self.history[1:], start=1):
            if (entry.gmv is None) != (self.history[0].gmv is None):
                yield "history_measures", ("history", index), {}
        for index, span in enumerate(self.ranges):
            value = getattr(self, span.fact, None)
            if not isinstance(value, int | Decimal) or not span.low <= value <= span.high:
                values = {"found": f"{plain(span.low)} .. {plain(span.high)}", "fact": span.fact}
                yield "range_astray", ("ranges", index), values
        months = [entry.month for entry in self.history]
        for index, month in enumerate(months):
            if month in months[:index]:
                values = {"found": month, "entry": months.index(month) + 1}
                yield "repeated_entry", ("history", index, "month"), values

    def range_of(self, fact: str) -> tuple[Decimal, Decimal] | None:
        """The ends of a fact that was told as a range; None where it was not, or has been set since.

        >>> told = parse({"ad_budget": Range(low=Decimal(20_000), high=Decimal(30_000))})
        >>> told.range_of("ad_budget")
        (Decimal('20000'), Decimal('30000'))
        >>> told.model_copy(update={"ad_budget": Decimal(9)}).range_of("ad_budget") is None
        True
        """
        entry = next((entry for entry in self.ranges if entry.fact == fact), None)
        if entry is None or getattr(self, fact) is None:
            return None
        whole = isinstance(getattr(self, fact), int)
        middle = Range(low=entry.low, high=entry.high, whole=whole).middle
        return (entry.low, entry.high) if middle == getattr(self, fact) else None

    def ends(self) -> Iterator[tuple[str, Brief, Brief]]:
        """Each fact told as a range, with the brief at its lower and at its upper end."""
        for fact in dict.fromkeys(entry.fact for entry in self.ranges):
            if between := self.range_of(fact):
                kind = type(getattr(self, fact))
                low, high = (self.model_copy(update={fact: kind(end)}) for end in between)
                yield fact, low, high

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """The platforms named, each once, in the brief's order."""
        return tuple(dict.fromkeys(store.platform for store in self.stores))

    @property
    def sold_on(self) -> tuple[Platform, ...]:
        """The platforms it is read as: those named, the usual one where none is."""
        return self.platforms or (USUAL_PLATFORM,)

    @property
    def gmv_today(self) -> Decimal | None:
        """What the shop sells a month: as told, else the mean of the last three months of its own history.

        A history of what ads sold alone is the least that the shop sells. None where neither is told.

        >>> sold = [HistoryMonth(month=f"2026-0{m}", ad_spend="9", gmv=f"{m}000") for m in (5, 6, 7, 8)]
        >>> Brief(history=sold).gmv_today, Brief(history=sold, history_from="other_country").gmv_today
        (Decimal('7000'), None)
        """
        if self.current_gmv is not None or not self.history or self.history_from not in (None, "here"):
            return self.current_gmv
        last = sorted(self.history, key=lambda entry: entry.month)[-HISTORY_MONTHS:]
        return round(sum((entry.sold for entry in last), Decimal(0)) / len(last), 0)


def read(path: Path, vocabulary: Vocabulary | None = None) -> Brief:
    """The brief in a TOML file, its words checked against ``vocabulary`` where it is given.

    Raises ``QuotecastError`` with every fault and its place, ``seed.toml:stores[0].platform``.
    """
    return parse(parse_toml(read_text(path, MOST_BYTES), path.name), path.name, vocabulary)


def parse(content: Mapping[str, Any], place: str = "", vocabulary: Vocabulary | None = None) -> Brief:
    """The brief in a mapping, with every fault found in it placed under ``place``."""
    return validated(Brief, ranged(content), place, vocabulary)
