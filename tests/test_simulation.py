"""Laws of the simulation: what must hold whatever the brief, and what each fact and scenario moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markets import simulate_market
from opened import CATEGORIES, PLATFORMS, RULES

from estimator.brief.brief import Brief, HistoryMonth, Operation, Store
from estimator.brief.goals import Goal
from estimator.brief.kpis import QUANTITIES
from estimator.market.history import NOTHING, Parts, learned
from estimator.market.market import Override
from estimator.market.outcomes import Outcomes
from estimator.market.own_figures import AS_TODAY, learned_by
from estimator.market.points import Origin, Points
from estimator.market.rows import Switches
from estimator.market.scenarios import EXPECTED
from estimator.market.simulation import simulate
from estimator.market.situation import assumed
from estimator.promise.probability import share_met
from estimator.values.errors import QuotecastError

MARKET = RULES.market
POINTS = Points(number=256, scrambles=4)
WHOLE = Operation(model="whole_shop")
SEED = Brief(
    stores=[Store(platform="tiktok_shop", status="new")], category="beauty", ad_budget=20_000, price=32
)
MATURE = Brief(
    stores=[Store(platform="tiktok_shop", status="established")],
    category="consumer_goods",
    stage="mature",
    ad_budget=70_000,
    price=45,
    current_gmv=200_000,
    start="2027-09",
)
MONEY = {"agency_fee", "platform_take", "creator_commission", "sample_cost", "fees"}
Array = Any


def run(brief: Brief = SEED, *, months: int = 6, operation: Operation = WHOLE, **rest: Any) -> Outcomes:
    return simulate(brief, MARKET, operation, rest.pop("points", POINTS), months=months, **rest)


def changed(brief: Brief, **facts: Any) -> Brief:
    return Brief.model_validate({**brief.model_dump(), **facts})


def total(out: Outcomes, quantity: str) -> Array:
    return out.quantities[quantity].sum(axis=(1, 2))


platforms = st.lists(st.sampled_from(PLATFORMS), min_size=0, max_size=3)
any_brief = st.builds(
    lambda stores, **facts: Brief(stores=stores, **facts),
    stores=st.lists(
        st.builds(
            Store,
            platform=st.sampled_from(PLATFORMS),
            status=st.sampled_from([None, "new", "established", "once_suspended"]),
        ),
        max_size=3,
    ),
    category=st.sampled_from([None, *CATEGORIES]),
    stage=st.sampled_from([None, "cold", "growth", "mature"]),
    ad_budget=st.sampled_from([None, 0, 50, 5_000, 400_000]),
    price=st.sampled_from([None, 5, 60]),
    current_gmv=st.sampled_from([None, 0, 30_000]),
    start=st.sampled_from([None, "2026-11"]),
    return_rate=st.sampled_from([None, "0", "0.2", "1"]),
    live_hours=st.sampled_from([None, 0, 80]),
    own_videos=st.sampled_from([None, 0, 100]),
    creators_active=st.sampled_from([None, 0, 50]),
    creators_contacted=st.sampled_from([None, 0, 3_000]),
)
any_operation = st.builds(
    Operation,
    model=st.sampled_from(["whole_shop", "part_operation", "kpi_consulting", "in_house", "platform_plan"]),
    us_team=st.booleans(),
    team_in_place=st.booleans(),
)


@settings(max_examples=40)
@given(any_brief, any_operation, st.integers(1, 4))
def test_any_brief_gives_finite_counts_that_add_up(brief: Brief, operation: Operation, months: int) -> None:
    out = run(brief, months=months, operation=operation, points=Points(number=32, scrambles=2))
    q = out.quantities
    assert set(q) == set(QUANTITIES) - MONEY - {"hours", "ad_rebate", "promoted_net_gmv"} - (
        {"baseline_gmv"} if not brief.current_gmv else set()
    )
    assert out.shape == (64, max(len(brief.stores), 1), months)
    for name, values in q.items():
        assert np.isfinite(values).all(), name
        if name != "settled_gmv":
            assert (values >= -1e-9).all(), name
    channels = sum(q[f"gmv_{name}"] for name in ("ads", "creators", "live", "organic", "repeat"))
    assert np.allclose(q["gmv"], channels)
    assert np.allclose(q["gmv"], q["cancelled_gmv"] + q["shipped_gmv"])
    assert np.allclose(q["shipped_gmv"], q["settled_gmv"] + q["returned_gmv"])
    assert np.allclose(q["shipped_gmv"], q["cohort_settled_gmv"] + q["cohort_returned_gmv"])
    assert (q["cohort_settled_gmv"] <= q["gmv"] + 1e-6).all()
    assert (q["gmv_ads"] <= q["attributed_gmv"] + 1e-6).all()
    assert (q["repeat_orders"] <= q["orders"] + 1e-9).all()
    assert (q["new_customers_ads"] <= q["new_customers"] + 1e-9).all()
    assert (q["days_down"] <= 30.4 + 1e-9).all()
    rating = q["shop_rating_orders"] / np.maximum(q["orders"], 1e-300)
    assert ((rating <= 5 + 1e-9) & ((rating >= 1 - 1e-9) | (q["orders"] < 1e-9))).all()


@pytest.mark.parametrize("brief", [SEED, MATURE])
def test_the_definitions_of_roas_keep_their_order_on_one_platform(brief: Brief) -> None:
    q = run(brief).quantities
    blended = q["gmv"]
    for smaller in ("attributed_gmv", "promoted_gmv", "cohort_settled_gmv"):
        assert (q[smaller] <= blended * (1 + 1e-12)).all()


def test_the_same_brief_gives_the_same_read_only_arrays() -> None:
    first, again = run(), run()
    assert first is again
    assert first is run(changed(SEED, name="another name", landed_cost=8))
    store = SEED.stores[0].model_copy(update={"fulfilment": "from_china"})
    fresh = run(changed(SEED, stores=[store]))
    assert fresh is not first
    for name, values in first.quantities.items():
        assert (values == fresh.quantities[name]).all()
        with pytest.raises(ValueError, match="read-only"):
            values[0, 0, 0] = 1.0


@dataclass(frozen=True)
class Moved:
    """The same points with the common market factor at one value for all draws."""

    base: Points
    market: float

    @property
    def draws(self) -> int:
        return self.base.draws

    @property
    def scrambles(self) -> int:
        return self.base.scrambles

    def normal(self, name: str, *, store: int | None = None, month: int | None = None) -> Array:
        if name == "market":
            return np.full(self.draws, self.market)
        return self.base.normal(name, store=store, month=month)

    def uniform(self, name: str, *, store: int | None = None, month: int | None = None) -> Array:
        return self.base.uniform(name, store=store, month=month)


@pytest.mark.parametrize("brief", [SEED, MATURE, changed(SEED, ad_budget=161, category="toys", price=None)])
def test_a_better_market_never_lowers_roas_or_gmv(brief: Brief) -> None:
    nodes = [run(brief, months=3, points=Moved(POINTS, g)) for g in (-3.0, -1.5, 0.0, 1.5, 3.0)]
    for name in ("attributed_gmv", "promoted_gmv", "cohort_settled_gmv", "gmv"):
        values = np.stack([total(out, name) for out in nodes])
        falls = (np.diff(values, axis=0) < -1e-9 * values[:-1]).any(axis=0)
        assert falls.mean() <= 0.001, name


@settings(max_examples=12)
@given(st.floats(1.05, 3.0), st.sampled_from(["roas_ad_ref", "organic_ratio", "elasticity_at_ref"]))
def test_a_wider_assumption_widens_the_interval_of_that_quantity(width: float, quantity: str) -> None:
    row = MARKET.row(quantity, platform="tiktok_shop", category="beauty")
    z = POINTS.normal("market")
    low, high = np.quantile(row.at(z), (0.05, 0.95))
    middle = row.median
    if row.kind == "lognormal":
        ends = (middle * (row.low / middle) ** width, middle * (row.high / middle) ** width)
    else:
        ends = (row.low / width, 1 - (1 - row.high) / width)
    by = Override(
        assumption=quantity, how="replace", low=ends[0], high=ends[1], by="prospect", why="a wider guess"
    )
    wider = MARKET.overridden(by)
    wide_low, wide_high = np.quantile(
        wider.row(quantity, platform="tiktok_shop", category="beauty").at(z), (0.05, 0.95)
    )
    assert wide_low < low and wide_high > high
    if quantity == "roas_ad_ref":
        spread = [
            np.log(total(simulate(MATURE, m, WHOLE, POINTS, months=2), "attributed_gmv")).std()
            for m in (MARKET, wider)
        ]
        assert spread[1] > spread[0]


def test_a_goals_probability_falls_as_its_level_rises() -> None:
    out = run(MATURE)
    kpi = RULES.kpis["roas_blended"]
    odds = [
        share_met(Goal(kpi=kpi, level=level, months=(1, 3)), out, POINTS.scrambles).value
        for level in ("0.5", "1.5", "2.5", "3.5", "6", "12")
    ]
    assert odds == sorted(odds, reverse=True) and odds[0] > odds[-1]


def test_offers_on_common_points_differ_only_by_what_they_assume() -> None:
    whole, part = (
        np.log(total(run(operation=Operation(model=model)), "attributed_gmv"))
        for model in ("whole_shop", "part_operation")
    )
    assert (whole - part).std() < 0.1 * whole.std()
    assert np.mean(whole - part) > 0


def test_a_small_change_in_gives_a_small_change_out() -> None:
    one, other = (total(run(changed(SEED, ad_budget=budget)), "gmv") for budget in (20_000, 20_100))
    moved = np.abs(other / one - 1)
    assert np.quantile(moved, 0.99) < 0.03


def test_one_more_store_leaves_the_first_stores_draws_alone() -> None:
    one = changed(MATURE, current_gmv=None, stores=[{"platform": "own_site"}], price=50)
    two = changed(
        one, stores=[{"platform": "own_site", "ad_share": "1"}, {"platform": "own_site", "ad_share": "0"}]
    )
    first, both = run(one), run(two)
    for name in ("clicks", "ad_orders", "attributed_gmv"):
        assert np.allclose(first.quantities[name][:, 0], both.quantities[name][:, 0])


def test_several_stores_on_one_platform_share_its_work() -> None:
    one = changed(MATURE, current_gmv=None, ad_budget=40_000)
    store = {"platform": "tiktok_shop", "status": "established"}
    two = changed(one, stores=[store, store])
    quiet = Switches.only("creators", "live")
    single, pair = (run(brief, switches=quiet) for brief in (one, two))
    for name in ("creators_posting", "live_hours", "videos", "ad_spend", "creator_videos"):
        assert total(single, name) == pytest.approx(total(pair, name)), name
    apart = pair.quantities["attributed_gmv"]
    assert 0.1 < np.corrcoef(np.log(apart[:, 0, 0]), np.log(apart[:, 1, 0]))[0, 1] < 0.9


def test_websites_of_one_account_claim_some_orders_twice() -> None:
    alone = run(Brief(stores=[Store(platform="own_site")], stage="growth"))
    assert (alone.quantities["gmv_ads"] == alone.quantities["attributed_gmv"]).all()
    stores = [Store(platform=p, ad_share=s) for p, s in (("own_site", "0.25"), ("pinterest", "0.75"))]
    both = run(Brief(stores=stores, stage="growth")).quantities
    claimed = both["attributed_gmv"].sum(axis=(0, 2)) / both["gmv_ads"].sum(axis=(0, 2))
    assert claimed == pytest.approx([1 + 0.15 * 0.75, 1 + 0.15 * 0.25])


def test_unknown_facts_are_answered_by_the_market_and_named() -> None:
    nothing = Brief()
    assert dict(assumed(nothing, MARKET)) == {
        "stores": "tiktok_shop",
        "category": "consumer_goods",
        "stage": "cold",
        "ad_budget": "12000",
        "start": "01",
        "price": "",
    }
    out = run(nothing)
    assert out.platforms == ("tiktok_shop",) and out.months[0] == "month 1"
    full = changed(MATURE, start="2027-11", recent_ad_spend=70_000)
    assert assumed(full, MARKET) == ()
    assert run(full).months == ("2027-11", "2027-12", "2028-01", "2028-02", "2028-03", "2028-04")


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        ({"stores": [{"platform": "own_site", "status": "new"}], "current_gmv": 5_000}, "cold"),
        ({"current_gmv": 5_000}, "growth"),
        ({"current_gmv": 0}, "cold"),
        ({"stores": [{"platform": "own_site"}]}, "cold"),
        ({"stores": [{"platform": "own_site", "status": "established"}]}, "growth"),
        ({"stores": [{"platform": "own_site", "status": "once_suspended"}]}, "growth"),
    ],
)
def test_the_stage_is_deduced_from_what_is_known(facts: dict[str, Any], stage: str) -> None:
    assert dict(assumed(Brief.model_validate(facts), MARKET))["stage"] == stage


def test_another_currency_or_length_is_refused() -> None:
    for code, brief, months in (
        ("currency_not_priced", Brief(currency="CNY"), 3),
        ("below_least", SEED, 0),
        ("above_most", SEED, 37),
    ):
        with pytest.raises(QuotecastError) as error:
            run(brief, months=months)
        assert error.value.faults[0].code == code


def test_stated_facts_replace_the_defaults() -> None:
    plain = run(MATURE)
    stated = run(
        changed(
            MATURE, own_videos=30, live_hours=200, creators_active=0, creators_contacted=0, return_rate="0.25"
        )
    )
    up = 1 - stated.quantities["days_down"] / 30.4
    assert stated.quantities["live_hours"] == pytest.approx(200 * up)
    assert stated.quantities["videos"] == pytest.approx(30 * up)
    assert (stated.quantities["gmv_creators"] == 0).all()
    assert (plain.quantities["gmv_creators"] > 0).any()
    rate = total(stated, "cohort_returned_gmv") / total(stated, "shipped_gmv")
    assert np.quantile(rate, (0.05, 0.5, 0.95)) == pytest.approx([0.2125, 0.25, 0.2875], abs=0.005)


def test_own_recent_spend_becomes_the_reference_of_saturation() -> None:
    large, known = (
        simulate_market(brief, WHOLE, POINTS, months=6)
        for brief in (MATURE, changed(MATURE, recent_ad_spend=10_000))
    )
    assert (total(known, "clicks") < total(large, "clicks")).all()


def test_sales_before_the_work_enter_as_stocks_and_as_a_baseline() -> None:
    without, stated = (
        simulate_market(brief, WHOLE, POINTS, months=6)
        for brief in (changed(MATURE, current_gmv=None), MATURE)
    )
    assert "baseline_gmv" not in without.quantities
    assert (stated.quantities["baseline_gmv"] == 200_000).all()
    for name in ("gmv_organic", "gmv_repeat"):
        assert (stated.quantities[name][:, 0, 0] >= without.quantities[name][:, 0, 0]).all()
    assert (without.quantities["returned_gmv"][:, :, 0] == 0).all()


def test_a_cold_start_begins_after_its_launch() -> None:
    q = run(SEED).quantities
    assert (q["ad_spend"][:, 0, 0] < 20_000).all()
    assert np.median(q["ad_spend"][:, 0, 1]) == 20_000
    second = np.abs(q["first_month_gmv"][:, 0, 0] - q["gmv"][:, 0, 1]) < 1e-9
    assert second.mean() > 0.95
    assert (q["first_month_gmv"] == q["first_month_gmv"][:, :, :1]).all()
    grown = run(MATURE).quantities
    assert (grown["first_month_gmv"][:, 0, 3] == grown["gmv"][:, 0, 0]).all()


def test_a_new_shop_stays_under_its_order_limit() -> None:
    big = changed(SEED, ad_budget=400_000, price=10)
    limited, free = run(big), run(big, switches=Switches(order_limit=False))
    held = (limited.quantities["orders"] - limited.quantities["repeat_orders"])[:, 0]
    most = MARKET.row("new_shop_order_limit", platform="tiktok_shop", stage="cold").at(
        POINTS.normal("new_shop_order_limit")
    )
    assert (held[:, 1] <= most * 30.4 * 2 * (1 + 1e-9)).all()
    assert np.median(total(limited, "gmv")) < np.median(total(free, "gmv"))
    assert np.median(held[:, 2]) > np.median(held[:, 0])


def test_in_house_waits_for_its_hire_and_may_lose_it() -> None:
    house = Operation(model="in_house")
    ready = Operation(model="in_house", team_in_place=True)
    waiting, present = (total(run(operation=op), "ad_spend") for op in (house, ready))
    assert (waiting < present).mean() > 0.95
    steady = run(operation=ready, switches=Switches(in_house_failure=False))
    failing = total(steady, "videos") > total(run(operation=ready), "videos") * (1 + 1e-9)
    assert 0.04 < failing.mean() < 0.14


def test_a_us_team_helps_by_its_stated_effects() -> None:
    local, remote = (
        total(run(operation=Operation(model="whole_shop", us_team=us)), "attributed_gmv")
        for us in (True, False)
    )
    assert np.median(local / remote) == pytest.approx(np.exp(0.08), rel=0.02)


@pytest.mark.parametrize(
    ("switch", "quantity"),
    [
        ("creators", "gmv_creators"),
        ("live", "gmv_live"),
        ("organic", "gmv_organic"),
        ("repeat", "gmv_repeat"),
    ],
)
def test_each_channel_can_be_turned_off(switch: str, quantity: str) -> None:
    off = Switches(**{switch: False})
    assert (run(MATURE, switches=off).quantities[quantity] == 0).all()
    assert run(MATURE).quantities[quantity].sum() > 0


def test_scenarios_of_the_money_alone_share_their_outcomes() -> None:
    found = RULES.scenarios
    assert run(MATURE, scenario=found["referral_8"]) is run(MATURE, scenario=found["expected"])
    assert run(MATURE, scenario=found["duty_rise"]) is run(MATURE, scenario=EXPECTED)


def test_dear_clicks_in_the_fourth_quarter_touch_only_it() -> None:
    dear = run(MATURE, scenario=RULES.scenarios["cpm_q4"]).quantities["clicks"]
    plain = run(MATURE).quantities["clicks"]
    with np.errstate(invalid="ignore"):
        ratio = np.nanmedian(plain[:, 0] / dear[:, 0], axis=0)
    assert ratio == pytest.approx([1, 1.6, 1.6, 1.6, 1, 1])


def test_a_platform_stop_ends_the_shop_and_halves_the_site_it_feeds() -> None:
    stores = [{"platform": "tiktok_shop", "ad_share": "0.5"}, {"platform": "own_site", "ad_share": "0.5"}]
    brief = changed(MATURE, stores=stores)
    stop = run(brief, scenario=RULES.scenarios["platform_stop"]).quantities
    plain = run(brief).quantities
    for name in ("gmv", "ad_spend", "orders"):
        assert (stop[name][:, 0, 2:] == 0).all()
        assert (stop[name][:, :, :2] == plain[name][:, :, :2]).all()
    assert stop["ad_spend"][:, 1, 2:] == pytest.approx(plain["ad_spend"][:, 1, 2:] / 2)
    assert stop["days_down"][:, 0, 2:] == pytest.approx(30.4)


def test_cautious_is_below_expected_is_below_hopeful() -> None:
    found = RULES.scenarios
    low, middle, high = (
        np.median(total(run(MATURE, scenario=found[name]), "cohort_settled_gmv"))
        for name in ("cautious", "expected", "hopeful")
    )
    assert low < middle < high


def test_scales_do_not_ask_who_came_first() -> None:
    one, other = (RULES.scenarios[name].scales for name in ("cautious", "platform_stop"))
    both, turned = (EXPECTED.model_copy(update={"scales": scales}) for scales in (one + other, other + one))
    assert run(scenario=both) is run(scenario=turned)


KIND = Parts(of_ads=1.0, ads=0.6, beside=0.0, together=0.0)


def own_history(factor: float, months: int) -> Brief:
    """A history whose ROAS is ``factor`` times what the default expects of the seller's own people."""
    brief = changed(MATURE, stage="growth", ad_budget=25_000, current_gmv=None, recent_ad_spend=25_000)
    calm = Switches.only("learning", "saturation", "season")
    entries = []
    for month in range(1, months + 1):
        label = f"2026-{month:02d}"
        past = changed(brief, start=label)
        out = simulate(past, MARKET, AS_TODAY, Origin(), months=1, switches=calm)
        sold = round(factor * float(total(out, "attributed_gmv")[0]), 2)
        entries.append(
            {"month": label, "ad_spend": 25_000, "attributed_gmv": f"{sold:.2f}", "orders": int(sold / 45)}
        )
    return changed(brief, history=[HistoryMonth.model_validate(entry) for entry in entries])


def test_own_history_moves_the_level_and_narrows_the_account() -> None:
    usual, strong = own_history(1.0, 9), own_history(1.6, 9)
    blank = changed(usual, history=[])
    logs = {
        name: np.log(total(run(brief, months=3), "attributed_gmv"))
        for name, brief in (("blank", blank), ("usual", usual), ("strong", strong))
    }
    weight = learned_by(usual, MARKET).weight
    assert 0.9 < weight < 1
    assert logs["usual"].std() < 0.75 * logs["blank"].std()
    assert np.median(logs["usual"]) == pytest.approx(np.median(logs["blank"]), abs=0.06)
    told = learned_by(strong, MARKET)
    assert np.median(logs["strong"] - logs["usual"]) == pytest.approx(told.shift, abs=0.03)
    assert 0.85 * np.log(1.6) < told.shift < np.log(1.6)


def test_calm_months_weigh_the_more_the_more_they_are_and_few_orders_less() -> None:
    def weight(months: int, orders: float = 200.0) -> float:
        return learned(KIND, [0.1] * months, [0] * months, [1.49 / orders] * months).weight

    weights = [weight(months) for months in range(13)]
    assert weights[0] == 0 and weights == sorted(weights) and weights[-1] < 1
    assert 0.5 < weights[1] < 0.8  # accounts differ more than a month of one does
    assert weight(6, 5.0) < weights[6]


def test_months_long_ago_weigh_less_than_the_last_ones() -> None:
    months = [0.0] * 9
    early, late = [0.6, 0.6, 0.6, *months[3:]], [*months[:6], 0.6, 0.6, 0.6]
    shifts = [learned(KIND, told, [0] * 9, [1.49 / 500.0] * 9).shift for told in (early, late)]
    assert shifts[0] < 0.15 and shifts[1] > 0.35
    since = [learned(KIND, late, [0] * 8 + [gap], [1.49 / 500.0] * 9) for gap in (0, 6, 24)]
    assert [one.scale for one in since] == sorted(one.scale for one in since)


def test_the_order_in_which_months_are_typed_changes_nothing() -> None:
    brief = own_history(1.3, 6)
    turned = changed(brief, history=tuple(reversed(brief.history)))
    assert learned_by(brief, MARKET) == learned_by(turned, MARKET)


def test_without_a_month_that_sold_there_is_the_prior_exactly() -> None:
    brief = own_history(1.3, 3)
    empty = changed(brief, history=[entry.model_copy(update={"orders": 0}) for entry in brief.history])
    assert learned_by(empty, MARKET) == NOTHING == learned_by(changed(brief, history=[]), MARKET)


def test_forty_stores_and_three_years_run() -> None:
    brief = Brief(stores=[Store(platform=PLATFORMS[i % 5]) for i in range(40)])
    out = run(brief, months=36, points=Points(number=2, scrambles=2))
    assert out.shape == (4, 40, 36)
    assert np.isfinite(out.quantities["gmv"]).all()
