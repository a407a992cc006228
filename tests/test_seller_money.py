"""The seller's own money: parcel, samples, commission, payout, price, and what is there at the start.

Of the market of 2026-12-01, which has them; the one before answers as it did where no new fact is told.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some
from opened import CATEGORIES, RULES

from estimator.brief.brief import Brief, GoalWords, Operation, Store
from estimator.brief.link import Link, pack, unpack
from estimator.brief.meaning import operation_of
from estimator.comparing.offers import in_house
from estimator.contract.pricing import price
from estimator.earnings.costs import costs
from estimator.earnings.deal import Deal
from estimator.earnings.ledgers import AtStart, Ledgers, arrivals
from estimator.earnings.settlement import fees
from estimator.market.market import Market, Override
from estimator.market.outcomes import Outcomes
from estimator.market.own_costs import with_own_costs
from estimator.market.points import Origin, Points
from estimator.market.scenarios import EXPECTED
from estimator.market.situation import situation_of
from estimator.market.sizes import SIZES, size_at
from estimator.presentation.estimate_words import estimate_lines, flip_lines
from estimator.presentation.words import Words
from estimator.quoting.estimate import estimate
from estimator.quoting.make import make
from estimator.quoting.tipping import TippingPoint, TippingPoints, flips
from estimator.quoting.world import world
from estimator.rules.rules import open_rules

LATER = open_rules(on=dt.date(2026, 12, 1))
MARKET = LATER.market
EN, ZH = Words("en", vocabulary=LATER.vocabulary), Words("zh", vocabulary=LATER.vocabulary)
FEW = Points(number=64, scrambles=2)
TIKTOK = [{"platform": "tiktok_shop"}]
PLACES = (None, "platform_warehouse", "us_warehouse", "from_china")
FURNITURE = Brief(category="home", price="129", landed_cost="45", ad_budget="20000", stage="growth")
RUNNING = Brief(category="beauty", price="32", landed_cost="8", ad_budget="20000", current_gmv="60000")


def told(brief: Brief, **facts: Any) -> Brief:
    return Brief.model_validate({**brief.model_dump(exclude_none=True), **facts})


def shop(brief: Brief, **facts: Any) -> Brief:
    return told(brief, stores=[{"platform": "tiktok_shop", **facts}])


@cache
def deal_of(brief: Brief, months: int = 3) -> Deal:
    terms = price(brief, LATER.edition, None).terms
    return world(LATER, "expected").deal(brief, terms, FEW, months=months, horizon=months, own_cost=False)


def delivery(brief: Brief) -> float:
    """The middle of what an order costs to deliver."""
    own = with_own_costs(brief, situation_of(brief, MARKET), MARKET)
    return own.row("fulfilment_cost", platform="tiktok_shop").median


def days(brief: Brief, row: str = "payout_delay") -> float:
    own = with_own_costs(brief, situation_of(brief, MARKET), MARKET)
    return own.row(row).median


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=30)
@example(category="home", sells_for=245, dearer=4.0, place="from_china")
@given(
    category=some.sampled_from(CATEGORIES),
    sells_for=some.integers(10, 900),
    dearer=some.floats(1.0, 4.0),
    place=some.sampled_from(PLACES),
)
def test_a_dearer_unit_never_cheapens_samples_or_fulfilment(
    category: str, sells_for: int, dearer: float, place: str | None
) -> None:
    def of(selling: float) -> Ledgers:
        unit = Brief(
            category=category,
            price=round(Decimal(selling), 2),
            landed_cost=round(Decimal(selling) / 4, 2),
            stores=[Store(platform="tiktok_shop", fulfilment=place)],
            ad_budget="20000",
        )
        situation = situation_of(unit, MARKET)
        return costs(unit, ONE_MONTH, situation, WHOLE, MARKET, LATER.platform_fees, Origin(), EXPECTED)

    cheap, dear = of(sells_for), of(sells_for * dearer)
    assert (dear.samples >= cheap.samples).all() and (dear.delivery >= cheap.delivery).all()


def test_a_larger_parcel_costs_more_wherever_the_stock_lies() -> None:
    for place in PLACES:
        costs_by_size = [delivery(shop(told(FURNITURE, size_class=s), fulfilment=place)) for s in SIZES]
        assert costs_by_size == sorted(costs_by_size)
    for size in SIZES:
        at = {p: delivery(shop(told(FURNITURE, size_class=size), fulfilment=p)) for p in PLACES}
        assert at["platform_warehouse"] < at["us_warehouse"] < at["from_china"]


@given(some.sampled_from(CATEGORIES), some.floats(5, 5_000), some.floats(5, 5_000))
def test_the_size_rises_with_the_price_without_a_step(category: str, one: float, other: float) -> None:
    low, high = sorted((one, other))
    sizes = size_at(low, category, MARKET), size_at(high, category, MARKET)
    assert None not in sizes and sizes[0] <= sizes[1]
    # between two sizes the price at least doubles, so a percent of price is at most 1.44 % of a size
    assert size_at(low * 1.01, category, MARKET) - sizes[0] <= 0.0145


@pytest.mark.parametrize("service", ["whole_shop", "part_operation", "kpi_consulting"])
def test_more_stores_never_cost_less(service: str) -> None:
    def of(stores: int) -> Ledgers:
        return deal_of(told(FURNITURE, service_model=service, stores=TIKTOK * stores), 1).money

    for fewer, more in ((of(stores), of(stores + 1)) for stores in (1, 2, 3)):
        assert (more.agency_fee >= fewer.agency_fee - 0.05 * fewer.settled_gmv).all()
        assert more.fee_due[:, 0].mean() >= fewer.fee_due[:, 0].mean()  # the deposit: a month of the base
        assert (more.samples >= fewer.samples - 1e-9).all()


@settings(max_examples=20)
@given(some.floats(0, 100), some.floats(0, 0.5))
def test_payouts_due_all_come_in(delay: float, reserve: float) -> None:
    shares = arrivals(np.array([delay / 30.4]), np.array([reserve]))
    assert shares.sum() == pytest.approx(1.0) and (shares >= 0).all()


@settings(max_examples=10)
@given(some.integers(0, 90_000), some.integers(0, 60_000), some.integers(0, 60_000))
def test_what_is_there_at_the_start_adds_up_with_profit(cash: int, stock: int, due: int) -> None:
    """Cash at the end and what is owed after it: cash told, payouts due, stock that was sold, and profit."""
    found = deal_of(told(RUNNING, cash_in_hand=cash, stock_in_hand=stock, payouts_due=due)).money
    sold_from_stock = np.minimum(found.goods.sum(axis=1), stock)
    end = found.cash_path(3)[:, -1] + found.owed_after(3)
    assert end == pytest.approx(cash + due + sold_from_stock + found.profit.sum(axis=1), abs=0.01)


@settings(max_examples=10)
@given(some.integers(0, 60_000), some.integers(0, 60_000), some.integers(0, 40_000))
def test_more_in_hand_never_needs_more_cash(stock: int, due: int, more: int) -> None:
    def low(**facts: int) -> np.ndarray:
        return deal_of(told(RUNNING, **facts)).money.cash_low(3)

    less = low(stock_in_hand=stock, payouts_due=due)
    assert (low(stock_in_hand=stock + more, payouts_due=due) >= less - 1e-6).all()
    assert (low(stock_in_hand=stock, payouts_due=due + more) >= less - 1e-6).all()


MOVING: dict[str, tuple[Any, ...]] = {
    "contract_months": (3, 12),
    "start": ("2027-01", "2027-10"),
    "add_ons": (["training"],),
    "us_staff": (2,),
    "sku_count": (60,),
    "project_hours": (200,),
    "return_rate": ("0.3",),
    "creator_commission": ("0.4",),
    "payout_days": (90,),
}
"""Answers that move something; of a list every word is tried, of any other number 7 and 70,000."""
CONTEXTS = (
    {},
    {"settlement": "project", "service_model": "part_operation"},
    {"ad_budget": None},
    {"history": [{"month": "2026-12", "ad_spend": 20_000, "gmv": 70_000}], "start": "2027-01"},
    {"current_gmv": 60_000, "stage": "growth"},
)


def test_every_fact_that_counts_as_known_moves_price_odds_or_money() -> None:
    words = LATER.vocabulary
    still = []
    for fact in words.facts:
        if not fact.counts or fact.asked == "nobody" or fact.id in ("platforms", "stores"):
            continue
        answers = MOVING.get(fact.id) or words.ids(fact.id) or ("7", "70000")
        if fact.kind == "count" and fact.id not in MOVING:
            answers = (7, 700)
        if not any(
            _moves(fact.id, answer, fact.asked == "store", also) for also in CONTEXTS for answer in answers
        ):
            still.append(fact.id)
    assert still == []
    assert {fact.id for fact in words.facts if not fact.counts} == {
        "filming",
        "shop_rating",
        "asks_guarantee",
    }


@cache
def _told_of(brief: Brief) -> tuple[Any, ...]:
    """Price, money, and what the seller would do alone, as figures."""
    found = deal_of(brief, 1)
    charges = tuple(charge.model_dump_json() for charge in found.terms.charges)
    money = found.money.profit_of(1).sum(), found.money.cash_path(1).sum(), found.money.owed.sum()
    return found.terms.months, charges, *money, in_house(brief, LATER).operation


def _moves(name: str, answer: Any, of_store: bool, also: dict[str, Any]) -> bool:
    usual = {"category": "beauty", "price": "32", "ad_budget": "20000", **also}
    plain = Brief.model_validate({k: v for k, v in usual.items() if v is not None} | {"stores": TIKTOK})
    if of_store:
        if name == "kind" and answer == "website":
            return False
        return _told_of(shop(plain, **{name: answer})) != _told_of(plain)
    if name in ("price", "landed_cost") and answer == "70000":
        return False
    return _told_of(told(plain, **{name: answer})) != _told_of(plain)


# ── worked by hand ────────────────────────────────────────────────────────────────────────────────

WHOLE = Operation(model="whole_shop")
COUNTED = {
    "gmv": 12_900.0,
    "shipped_gmv": 12_900.0,
    "returned_gmv": 1_290.0,
    "settled_gmv": 11_610.0,
    "orders": 100.0,
    "ad_spend": 4_000.0,
    "gmv_ads": 0.0,
    "gmv_creators": 6_450.0,
}
ONE_MONTH = Outcomes(
    months=("2027-01",),
    platforms=("tiktok_shop",),
    quantities={name: np.full((1, 1, 1), value) for name, value in COUNTED.items()},
)


def half_recovered() -> Market:
    said = {"how": "replace", "low": 0.5, "high": 0.5, "by": "prospect", "why": "by hand"}
    return MARKET.overridden(Override(assumption="returned_goods_recovered", **said))


def test_furniture_at_129_from_the_price_list_to_the_profit() -> None:
    brief = told(
        FURNITURE,
        service_model="whole_shop",
        settlement="hybrid",
        fulfilment_cost="17.40",
        creator_commission="0.15",
        samples_sent=20,
        start="2027-01",
    )
    terms = price(brief, LATER.edition, None).terms
    fee = float(fees(terms, ONE_MONTH).by_month[0, 0])
    assert fee == pytest.approx(6_500 + 3_250 + 0.05 * 11_610)
    situation = situation_of(brief, MARKET)
    market = half_recovered()
    alone = costs(brief, ONE_MONTH, situation, WHOLE, market, LATER.platform_fees, Origin(), EXPECTED)
    assert alone.goods[0, 0] == pytest.approx(100 * 45 - 0.5 * 10 * 45)
    assert alone.delivery[0, 0] == pytest.approx(100 * 17.40)
    assert alone.creators[0, 0] == pytest.approx(0.15 * 6_450 * 0.9)
    assert alone.samples[0, 0] == pytest.approx(20 * (45 + 17.40))
    assert alone.platform_take[0, 0] == pytest.approx(0.06 * 11_610 + 0.2 * 0.06 * 1_290)
    profit = alone.profit[0, 0] - fee
    assert profit == pytest.approx(
        11_610 - 4_275 - 1_740 - 10_330.50 - 4_000 - 870.75 - 1_248 - 712.08, abs=0.005
    )


def test_twelve_dollars_more_an_order_are_twelve_dollars_an_order() -> None:
    """What C3 asked of: the difference is 12 times the orders shipped, and a loss is likelier."""
    usual, dearer = (deal_of(told(FURNITURE, fulfilment_cost=cost, samples_sent=0)) for cost in ("6", "18"))
    shipped = usual.money.delivery.sum() / 6
    gap = (usual.money.profit_of(3) - dearer.money.profit_of(3)).sum()
    assert gap == pytest.approx(12 * shipped)
    lost = [(deal.money.profit_of(3) < 0).mean() for deal in (usual, dearer)]
    assert lost[0] < lost[1]


def test_furniture_is_not_a_lipstick() -> None:
    assert delivery(FURNITURE) == pytest.approx(16.2, abs=0.5)
    assert delivery(told(FURNITURE, category="beauty", price="12", landed_cost="3")) == pytest.approx(
        5.37, abs=0.01
    )
    assert delivery(told(FURNITURE, size_class="bulky")) > 2 * delivery(FURNITURE)


def test_samples_follow_the_unit() -> None:
    """400 creators contacted of whom accepted/contacted say yes: each costs a unit and its parcel."""
    usual = told(FURNITURE, price="160", creators_contacted=400, fulfilment_cost="10")
    by_cost = {}
    for landed in (6, 45, 80):
        money = deal_of(told(usual, landed_cost=landed)).money
        by_cost[landed] = money.samples[:, 0].mean()
    accepted = by_cost[6] / 16
    assert by_cost[45] == pytest.approx(accepted * 55) and by_cost[80] == pytest.approx(accepted * 90)
    assert 8_600 <= by_cost[80] <= 20_000


def test_typed_samples_take_the_place_of_the_markets() -> None:
    typed = deal_of(told(FURNITURE, sample_cost="777")).money.samples
    assert (typed == 777).all()
    sent = deal_of(told(FURNITURE, samples_sent=30, fulfilment_cost="10")).money.samples
    assert sent == pytest.approx(np.full_like(sent, 30 * 55))


@pytest.mark.parametrize(
    ("store", "first", "later"),
    [
        ({"status": "new", "kind": "cross_border"}, 38.3, 11.0),
        ({"status": "established", "kind": "cross_border"}, 11.0, 11.0),
        ({"status": "established"}, 13.0, 13.0),
        ({"status": "once_suspended"}, 38.3, 38.3),
        ({"status": "established", "kind": "platform_run"}, 30.0, 30.0),
    ],
)
def test_a_payout_waits_as_the_shop_is(store: dict[str, str], first: float, later: float) -> None:
    """31 days after delivery for a new shop and one on probation: five weeks and more after the sale."""
    brief = shop(FURNITURE, **store)
    assert days(brief, "payout_delay.new") == pytest.approx(first, abs=0.1)
    assert days(brief) == pytest.approx(later, abs=0.1)
    assert days(told(brief, payout_days=5)) == 5


def test_a_new_shop_is_paid_out_late_for_three_months() -> None:
    delay = deal_of(shop(told(FURNITURE, stage="cold"), status="new"), 5).money.payout_delay
    assert (delay[:, :3] >= 31).all() and (delay[:, 3:] < 31).all()
    assert deal_of(told(FURNITURE, payout_days=9)).money.payout_delay == pytest.approx(9.0)


def test_payouts_of_a_website_do_not_wait_for_a_platform() -> None:
    assert days(told(FURNITURE, stores=[{"platform": "own_site"}])) < 5


def test_a_shop_that_sells_60000_has_payouts_due_and_stock() -> None:
    """Stock of a month at a quarter of the price; the platform still holds what days of payout bring."""
    running, empty = deal_of(RUNNING).money, deal_of(told(RUNNING, stock_in_hand=0, payouts_due=0)).money
    start = running.at_start.middle
    assert start.stock == pytest.approx(60_000 * 8 / 32)
    held = running.payout_delay.mean() / 30.4
    assert 0.6 * 60_000 * held < start.payouts < 60_000 * (held + 0.12)
    gain = (running.cash_low(3) - empty.cash_low(3)).mean()
    assert 0.7 * (start.stock + start.payouts) < gain <= start.stock + start.payouts + 1


def test_cash_by_hand_with_stock_and_payouts_due() -> None:
    """Stock of 1,000 spares the first 1,000 of 600 a month; 300 due at half a month come in the first."""
    nothing = np.zeros((1, 3))
    money = Ledgers(
        agency_fee=nothing,
        ads=nothing,
        creators=nothing,
        samples=nothing,
        platform_take=nothing,
        settled_gmv=nothing,
        goods=np.full((1, 3), 600.0),
        delivery=nothing,
        payout_delay=np.array([15.2]),
        payout_reserve=np.array([0.0]),
        stock_lead=1,
        fee_due=np.zeros((1, 5)),
        at_start=AtStart(cash=50.0, stock=np.array([1_000.0]), payouts=np.array([300.0])),
    )
    # bought before the start, in month 1 and in month 2: 600 each, of which 1,000 are there
    assert money.cash == pytest.approx(np.array([[0.0, 300.0 - 200.0, -600.0, 0.0]]))
    assert money.cash_path(3) == pytest.approx(np.array([[50.0, 150.0, -450.0, -450.0]]))
    assert money.cash_low(3) == pytest.approx([-500.0])


def test_the_cash_told_suffices_with_a_chance() -> None:
    found = estimate(told(RUNNING, cash_in_hand=40_000), LATER, points=FEW)
    enough = found.seller.cash_suffices
    lows = deal_of(
        told(
            RUNNING,
            service_model="whole_shop",
            stage="growth",
            stores=[{"platform": "tiktok_shop", "status": "established"}],
        ),
        6,
    ).money.cash_low(6)
    assert enough is not None and enough.value == pytest.approx((lows + 40_000 >= 0).mean(), abs=1e-9)
    said = [line for line in estimate_lines(found, EN) if "in hand are enough" in line]
    assert said and said[0].startswith("The $40,000 in hand are enough in ")
    assert any("可用资金 $40,000 够用的概率为" in line for line in estimate_lines(found, ZH))
    assert estimate(RUNNING, LATER, points=FEW).seller.cash_suffices is None


# ── one product's own price ───────────────────────────────────────────────────────────────────────

CREAM = Brief(category="beauty", price="29.90", landed_cost="7", ad_budget="20000", stage="growth")


def orders(brief: Brief) -> float:
    return float(deal_of(brief).outcomes.quantities["orders"].sum())


def test_a_price_that_moves_loses_orders_along_the_products_own_demand() -> None:
    """The middle of -3.5 to -1.5 is -2.5, on ad clicks, creators and live; repeat orders lag a little."""
    dearer = told(CREAM, price="35", current_price="29.90")
    slope = np.log(orders(dearer) / orders(CREAM)) / np.log(35 / 29.90)
    assert -3.0 < slope < -1.8
    another = np.log(orders(told(CREAM, price="35")) / orders(CREAM)) / np.log(35 / 29.90)
    assert another > -1.0
    same = told(CREAM, current_price="29.90")
    assert (deal_of(same).outcomes.quantities["gmv"] == deal_of(CREAM).outcomes.quantities["gmv"]).all()


def test_no_remedy_is_a_price_of_another_product() -> None:
    found = estimate(CREAM, LATER, points=FEW)
    turned = flips(found)
    assert turned is not None and "price" not in [point.name for point in turned.points]


@pytest.mark.parametrize(
    ("name", "middle", "at", "said"),
    [
        ("price", 29.90, 34.31, "selling price at $35 instead of $29.90"),
        ("landed_cost", 8.0, 7.43, "landed cost at $7.40 instead of $8.00"),
        ("ad_budget", 20_000.0, 23_410.0, "ads a month at $24,000 instead of $20,000"),
    ],
)
def test_a_remedy_is_said_at_two_digits_on_its_far_side(
    name: str, middle: float, at: float, said: str
) -> None:
    point = TippingPoint(name=name, row=None, middle=middle, at=at, z=0.5)
    found = estimate(CREAM, LATER, points=FEW)
    lines = flip_lines(found, TippingPoints(question="profit", chance=0.4, points=(point,)), EN)
    assert said in lines[0]


# ── what else is told ─────────────────────────────────────────────────────────────────────────────


def test_an_order_from_china_names_the_rule_of_the_platform() -> None:
    goal = GoalWords(kpi="roas_platform_total", at_least="2", months=(1, 3))
    brief = told(shop(FURNITURE, fulfilment="from_china"), goals=[goal.model_dump(exclude_none=True)])
    named = [guard.id for guard in make(brief, LATER, points=FEW, ask=False).guards]
    assert "guard.ships_from_china" in named
    lines = tuple(estimate_lines(estimate(brief, LATER, points=FEW), ZH))
    assert any("2025 年 12 月 15 日" in line for line in lines)
    stays = make(shop(FURNITURE, fulfilment="us_warehouse"), LATER, points=FEW, ask=False)
    assert "guard.ships_from_china" not in [guard.id for guard in stays.guards]


def test_the_new_facts_travel_in_a_link() -> None:
    brief = told(
        FURNITURE,
        size_class="large",
        fulfilment_cost="17.4",
        current_price="119",
        creator_commission="0.18",
        samples_sent=40,
        sample_cost="900",
        payout_days=20,
        cash_in_hand="50000",
        stock_in_hand="9000",
        payouts_due="7000",
    )
    assert unpack(pack(Link(brief=brief)), LATER.vocabulary).brief == brief


def test_a_size_that_is_not_told_is_named_among_what_was_taken() -> None:
    assert dict(situation_of(FURNITURE, MARKET).assumed)["size_class"] == "large"
    assert "size_class" not in dict(situation_of(FURNITURE, RULES.market).assumed)
    assert "size_class" not in dict(situation_of(told(FURNITURE, fulfilment_cost="9"), MARKET).assumed)


def test_the_market_before_answers_as_it_did() -> None:
    """Its plain rows: 3.60 to 8 an order, 500 to 2,000 of samples a month, payout within 10 to 28 days."""
    old = RULES.market
    situation = situation_of(RUNNING, old)
    assert with_own_costs(RUNNING, situation, old) is old and situation.size is None
    drawn = world(RULES, "expected").outcomes(RUNNING, FEW, 3)
    money = costs(RUNNING, drawn, situation, operation_of(RUNNING), old, RULES.platform_fees, FEW, EXPECTED)
    assert money.at_start == AtStart() and money.payout_delay.ndim == 1
    assert np.median(money.samples) == pytest.approx(1_000, rel=0.1)
