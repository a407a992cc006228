"""The situation: a brief with every unknown answered, and which answers were assumed.

An unknown fact is never a zero: it takes the market's value, and the page says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from estimator.brief.brief import (
    HISTORY_MONTHS,
    USUAL_PLATFORM,
    Brief,
    HistoryMonth,
    Stage,
    Store,
    StoreStatus,
)
from estimator.brief.vocabulary import Category, Platform
from estimator.market.assumptions import Z5
from estimator.market.market import Market
from estimator.market.sizes import SIZES, sample_cost, size_at
from estimator.values.errors import fail
from estimator.values.money import plain
from estimator.values.units import Value

DEFAULT_CATEGORY: Category = "consumer_goods"
DEFAULT_STORE = Store(platform=USUAL_PLATFORM)
LEAST_RUNNING_GMV = Decimal(1_000)
"""Monthly sales from which a shop counts as running rather than starting."""
STATED = ("own_videos", "creators_active", "creators_contacted", "live_hours", "shop_rating")
"""Facts that replace the model's own plan, or its rating, where they are stated."""


@dataclass(frozen=True, kw_only=True)
class Shop:
    """One store as it is simulated.

    ``ad_share`` is its share of the budget, ``spend_ref`` the monthly spend at which ROAS is anchored (a
    platform's, divided among its stores: two shops do not double an audience),
    ``first`` the index of the first store on the same platform, ``siblings`` how many stores share it;
    ``in_app`` says that its orders are placed in the app, not on a website.
    """

    platform: Platform
    status: StoreStatus
    ad_share: float
    spend_ref: Value
    first: int
    siblings: int
    in_app: bool


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Everything the simulation reads of a brief. Amounts are a month's, in the market's currency.

    ``start`` is the calendar month of contract month 1, from 1 to 12; ``assumed`` names the facts that
    the brief left open, with the value taken. What a shop states of itself is None where it does not.
    ``price_change`` is the log of the price over the one that the product sells for today, ``price_sd`` the
    log-sd of a price told as a range. ``size`` is the parcel's place among the sizes, from 0 to 3, None in a
    market that tells no costs by size. ``dearness`` is what a sample usually costs over one of the price up
    to which creators are contacted in full.
    """

    shops: tuple[Shop, ...]
    category: Category
    stage: Stage
    ad_budget: Value
    current_gmv: Value
    price: Value
    price_sd: Value
    start: Value
    labels: tuple[str, ...]
    assumed: tuple[tuple[str, str], ...]
    own_videos: Value = None
    creators_active: Value = None
    creators_contacted: Value = None
    live_hours: Value = None
    shop_rating: Value = None
    price_change: Value = 0.0
    size: float | None = None
    dearness: Value = 1.0


def situation_of(brief: Brief, market: Market, months: int = 1) -> Situation:
    """The brief's facts, unknown ones answered by the market.

    Raises ``QuotecastError`` for amounts in another currency than the market's.
    """
    if brief.currency != market.currency:
        raise fail("currency_not_priced", "currency", found=brief.currency, expected=market.currency)
    assumed: list[tuple[str, str]] = []
    stores = brief.stores
    if not stores:
        stores = (DEFAULT_STORE,)
        assumed.append(("stores", DEFAULT_STORE.platform))
    category = brief.category
    if category is None:
        category = DEFAULT_CATEGORY
        assumed.append(("category", category))
    stage = brief.stage
    if stage is None:
        stage = deduced_stage(brief)
        assumed.append(("stage", stage))
    references = [
        market.row("spend_ref", platform=store.platform, category=category, stage=stage).median
        for store in stores
    ]
    budget = None if brief.ad_budget is None else float(brief.ad_budget)
    if budget is None:
        budget = sum(references)
        if brief.expected_gmv is not None:
            # docs/model.md (M4): a budget that is left open brings the GMV expected at the usual ROAS
            budget = float(brief.expected_gmv) / _usual_roas(market, stores, category)
        assumed.append(("ad_budget", plain(Decimal(round(budget)))))
    recent = recent_spend(brief)
    if recent is None and runs(brief):
        # docs/model.md (M80): whoever says what he sells and puts into ads means the same month
        recent = budget
        assumed.append(("recent_ad_spend", plain(Decimal(round(budget)))))
    if brief.start is None:
        assumed.append(("start", "01"))
    price = _price(brief)
    if brief.price is None and brief.current_price is None:
        assumed.append(("price", ""))
    size = _size(brief, price or _usual_price(market, stores, category), category, market)
    if size is not None and brief.size_class is None and brief.fulfilment_cost is None:
        assumed.append(("size_class", SIZES[round(size)]))
    return Situation(
        shops=_shops(stores, stage, references, market.in_app, recent or 0.0),
        category=category,
        stage=stage,
        ad_budget=budget,
        current_gmv=float(brief.current_gmv or 0),
        price=price,
        price_sd=range_sd(brief, "price"),
        start=1 if brief.start is None else int(brief.start[5:]),
        labels=_labels(brief.start, months),
        assumed=tuple(assumed),
        price_change=_price_change(brief),
        size=size,
        dearness=_dearness(price, size, stores, category, market),
        **{name: _stated(getattr(brief, name)) for name in STATED},
    )


READ = frozenset(
    {
        "currency",
        "stores",
        "category",
        "stage",
        "start",
        "ad_budget",
        "recent_ad_spend",
        "current_gmv",
        "expected_gmv",
        "price",
        "current_price",
        "return_rate",
        "shop_rating",
        "creators_active",
        "creators_contacted",
        "own_videos",
        "live_hours",
        "history",
        "history_from",
        "ranges",
    }
)
"""The facts of a brief that move outcomes."""


def sales_facts(brief: Brief) -> Brief:
    """The brief with nothing in it that outcomes do not read, so that a moved goal draws nothing anew."""
    others = {name: field.default for name, field in Brief.model_fields.items() if name not in READ}
    return brief.model_copy(update=others)


def assumed(brief: Brief, market: Market) -> tuple[tuple[str, str], ...]:
    """The facts that the brief left open, each with the value taken instead; an empty value is a range.

    >>> from estimator.rules.rules import open_rules
    >>> assumed(Brief(category="beauty"), open_rules().market)[:2]
    (('stores', 'tiktok_shop'), ('stage', 'cold'))
    """
    return situation_of(brief, market).assumed


def deduced_stage(brief: Brief) -> Stage:
    """The stage that the other facts suggest.

    A new store or nothing known of sales is a cold start; sales or an established store is growth.
    """
    statuses = {store.status for store in brief.stores}
    if "new" in statuses:
        return "cold"
    if brief.current_gmv is not None:
        return "growth" if brief.current_gmv >= LEAST_RUNNING_GMV else "cold"
    return "cold" if statuses <= {None} else "growth"


def _usual_roas(market: Market, stores: tuple[Store, ...], category: Category) -> float:
    """What a dollar of ads usually brings in all, at the middle of the market; the first store decides."""
    anchor = market.row("roas_ad_ref", platform=stores[0].platform).median
    effect = market.row("roas_category_effect", category=category).median
    return anchor * math.exp(effect) * market.row("total_over_ad_attributed").median


def _shops(
    stores: tuple[Store, ...], stage: Stage, references: list[float], in_app: frozenset[str], recent: float
) -> tuple[Shop, ...]:
    platforms = [store.platform for store in stores]
    total = sum(references)
    shares = [
        reference / total if store.ad_share is None else float(store.ad_share)
        for store, reference in zip(stores, references)
    ]
    shops = []
    for store, reference, share in zip(stores, references, shares):
        of_platform = sum(own for own, platform in zip(shares, platforms) if platform == store.platform)
        shops.append(
            Shop(
                platform=store.platform,
                status=store.status or ("new" if stage == "cold" else "established"),
                ad_share=share,
                # docs/model.md (M5): stores of a platform share an audience, and so its reference
                spend_ref=recent * share or reference * (share / of_platform if share else 1.0),
                first=platforms.index(store.platform),
                siblings=platforms.count(store.platform),
                in_app=store.platform in in_app,
            )
        )
    return tuple(shops)


def spend_today(brief: Brief, situation: Situation) -> float:
    """What goes into ads a month now: as stated, else of the last months of history, else the budget."""
    told = recent_spend(brief)
    return float(situation.ad_budget) if told is None else told


def recent_spend(brief: Brief) -> float | None:
    """The account's own monthly spend as stated, else of the last months of its history."""
    if brief.recent_ad_spend is not None:
        return float(brief.recent_ad_spend)
    last = sorted(brief.history, key=lambda entry: entry.month)[-HISTORY_MONTHS:]
    return float(sum(entry.ad_spend for entry in last)) / len(last) if last else None


def spending(brief: Brief, budget: Decimal) -> Brief:
    """The same brief with another ad budget; what goes into ads today stays what it was.

    >>> spending(Brief(ad_budget="20000", current_gmv="90000"), Decimal(30_000)).recent_ad_spend
    Decimal('20000')
    """
    told = brief.recent_ad_spend
    if recent_spend(brief) is None and runs(brief):
        told = brief.ad_budget
    return brief.model_copy(update={"ad_budget": budget, "recent_ad_spend": told})


def runs(brief: Brief) -> bool:
    """Whether the shop sells today and is past its start, so that today's sales tell of it."""
    return bool(brief.current_gmv) and (brief.stage or deduced_stage(brief)) != "cold"


def _stated(fact: int | Decimal | None) -> float | None:
    return None if fact is None else float(fact)


def _price(brief: Brief) -> float | None:
    """The order value: as stated, else the price until now, else what the history's orders were worth."""
    stated = brief.current_price if brief.price is None else brief.price
    return order_value(brief.history) if stated is None else float(stated)


def _price_change(brief: Brief) -> float:
    if brief.price is None or brief.current_price is None:
        return 0.0
    return math.log(brief.price / brief.current_price)


def _usual_price(market: Market, stores: tuple[Store, ...], category: Category) -> float:
    """What a unit of the category usually sells for; the first store decides."""
    effect = market.row("aov_category_effect", category=category).median
    return market.row("aov_ref", platform=stores[0].platform).median * math.exp(effect)


def _size(brief: Brief, price: float, category: Category, market: Market) -> float | None:
    by_price = size_at(price, category, market)
    if brief.size_class is None or by_price is None:
        return by_price
    return float(SIZES.index(brief.size_class))


def _dearness(
    price: float | None, size: float | None, stores: Sequence[Store], category: Category, market: Market
) -> float:
    full = market.find("outreach_price_full", category=category)
    if full is None or price is None or size is None:
        return 1.0
    # docs/model.md (M93): by what a sample costs, so that samples of a dearer unit never cost less in all
    usual = size_at(full.median, category, market) or 0.0
    sent = sample_cost(price, size, category, stores[0].fulfilment, market)
    return sent / sample_cost(full.median, usual, category, None, market)


def range_sd(brief: Brief, fact: str) -> float:
    """The log-sd of a fact told as a range, whose ends hold nine cases of ten; 0 of one told exactly.

    >>> from estimator.brief.brief import parse
    >>> from estimator.values.typed import Range
    >>> told = parse({"price": Range(low=Decimal(28), high=Decimal(36))})
    >>> round(range_sd(told, "price"), 4), range_sd(told, "landed_cost")
    (0.0764, 0.0)
    """
    between = brief.range_of(fact)
    if between is None or between[0] <= 0:
        return 0.0
    # docs/model.md (M1): the ends are the 5 % and 95 % points
    return math.log(between[1] / between[0]) / (2 * Z5)


def order_value(history: Sequence[HistoryMonth]) -> float | None:
    """What an order of past months was worth; None where none was counted, or nothing sold.

    >>> order_value([HistoryMonth(month="2026-08", ad_spend="20000", gmv="60000", orders=1200)])
    50.0
    """
    counted = [entry for entry in history if entry.orders]
    orders = sum(entry.orders or 0 for entry in counted)
    value = float(sum(entry.sold for entry in counted))
    return value / orders if orders and value else None


def _labels(start: str | None, months: int) -> tuple[str, ...]:
    if start is None:
        return tuple(f"month {month}" for month in range(1, months + 1))
    first = int(start[:4]) * 12 + int(start[5:]) - 1
    return tuple(f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(first, first + months))
