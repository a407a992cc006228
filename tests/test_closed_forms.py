"""The simulation against formulas one can write down, with everything else held still.

A tolerance is stated where it is used: points are finite, and tables are interpolated.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opened import RULES
from scipy.special import ndtri
from scipy.stats import norm

from estimator.brief.brief import Brief, Operation, Store
from estimator.brief.goals import Goal
from estimator.market.creators import Severity, together
from estimator.market.laws import gamma_count
from estimator.market.market import Market
from estimator.market.outcomes import Outcomes
from estimator.market.points import Points
from estimator.market.rows import Switches
from estimator.market.simulation import simulate
from estimator.promise.probability import share_met

POINTS = Points()
WHOLE = Operation(model="whole_shop")
GROWTH = Brief(
    stores=[Store(platform="tiktok_shop", status="established")],
    category="beauty",
    stage="growth",
    ad_budget=25_000,
    price=40,
)
LOADS = ("loading_market_cvr", "corr_account_cpc_cvr", "cvr_aov_elasticity", "sd_account_logit_cvr")
EVEN = (np.arange(2**17) + 0.5) / 2**17


def still(**values: float) -> Market:
    """The market with every row fixed at its middle, and the named ones at the value given."""
    rows = []
    for row in RULES.market.assumptions:
        value = values.get(row.quantity, row.median)
        rows.append(row.model_copy(update={"low": value, "high": value, "kind": "fixed"}))
    return Market(id="still", as_of="2026-11-23", assumptions=tuple(rows))


def alone(market: Market, *switches: str, brief: Brief = GROWTH, months: int = 1) -> Outcomes:
    return simulate(brief, market, WHOLE, POINTS, months=months, switches=Switches.only(*switches))


def total(out: Outcomes, quantity: str) -> np.ndarray:
    return out.quantities[quantity].sum(axis=(1, 2))


@pytest.mark.parametrize("sd", [0.2, 0.45, 0.8])
def test_one_lognormal_unknown_gives_the_normal_tail(sd: float) -> None:
    """Only the account's CPC varies, and the stated price by its 5 %: log ROAS is exactly normal."""
    market = still(sd_account_log_cpc=sd, **dict.fromkeys(LOADS, 0.0))
    out = alone(market, "saturation")
    kpi = RULES.kpis["roas_ad_attributed"]
    middle = float(np.median(kpi.value(out, slice(0, 1))))
    whole = math.hypot(sd, 0.05)
    for factor in (0.5, 0.9, 1.0, 1.3, 2.0):
        goal = Goal(kpi=kpi, level=str(round(middle * factor, 9)), months=(1, 1))
        odds = share_met(goal, out, POINTS.scrambles)
        assert abs(odds.value - norm.sf(math.log(factor) / whole)) <= odds.error + 0.001


def test_the_anchor_holds_at_the_reference_spend() -> None:
    """At the reference spend, the reference price and no season, ROAS is the reference ROAS."""
    quiet = dict.fromkeys((*LOADS, "sd_account_log_cpc", "service_cvr_effect.whole_shop"), 0.0)
    market = still(**quiet, stage_roas_effect=0.0)
    aov = math.exp(
        math.log(market.row("aov_ref", platform="tiktok_shop").low)
        + market.row("aov_category_effect", category="beauty").low
    )
    out = alone(market, "saturation", brief=GROWTH.model_copy(update={"price": round(aov, 6)}))
    found = float(np.median(total(out, "attributed_gmv") / total(out, "ad_spend")))
    effect = market.row("roas_category_effect", category="beauty").low
    expected = market.row("roas_ad_ref", platform="tiktok_shop").low * math.exp(effect)
    assert found == pytest.approx(expected, rel=1e-3)


def test_elasticity_of_clicks_at_the_reference_spend_is_the_assumption() -> None:
    market = still(elasticity_at_ref=0.6)
    clicks = [
        total(alone(market, "saturation", brief=GROWTH.model_copy(update={"ad_budget": spend})), "clicks")
        for spend in (24_750, 25_250)
    ]
    slope = np.log(clicks[1] / clicks[0]) / math.log(25_250 / 24_750)
    assert slope == pytest.approx(0.6, abs=1e-3)


def test_order_noise_has_the_variance_of_a_gamma_count_of_gamma_values() -> None:
    """Relative variance of attributed GMV is (1 + cv^2) / orders; the mean does not move."""
    market = still(
        cv_order_value=0.7,
        cvr_aov_elasticity=0.0,
        **dict.fromkeys(("sd_account_log_cpc", "sd_account_logit_cvr"), 0.0),
    )
    for budget, tolerance in ((25_000, 0.05), (400, 0.05)):
        brief = GROWTH.model_copy(update={"ad_budget": budget})
        calm, noisy = (total(alone(market, *on, brief=brief), "ad_orders") for on in ((), ("order_noise",)))
        expected = float(calm.mean())
        gmv = total(alone(market, "order_noise", brief=brief), "attributed_gmv")
        price = np.exp(math.log(40) + 0.05 * POINTS.normal("order_value"))
        values = gmv / price
        assert noisy.mean() == pytest.approx(expected, rel=0.01)
        assert noisy.var() == pytest.approx(expected, rel=tolerance)
        assert values.mean() == pytest.approx(expected, rel=0.01)
        assert values.var() == pytest.approx(expected * (1 + 0.7**2), rel=tolerance)


@pytest.mark.parametrize("mean", [0.05, 0.3, 0.49, 0.5, 1.0, 3.0, 40.0, 5_000.0])
def test_a_gamma_count_has_its_mean_as_mean_and_variance(mean: float) -> None:
    found = gamma_count(np.full(EVEN.size, mean), ndtri(EVEN))
    loose = 0.02 if 0.5 <= mean < 1 else 0.003
    assert found.mean() == pytest.approx(mean, rel=loose)
    assert found.var() == pytest.approx(mean, rel=3 * loose)
    assert (np.diff(found) >= 0).all()


@settings(max_examples=40)
@given(st.floats(0, 1_000), st.floats(1e-6, 100), st.floats(-5, 5))
def test_more_expected_orders_never_give_fewer(mean: float, more: float, z: float) -> None:
    """Up to 1 % where the exact quantile hands over to the approximation, at 0.5 orders."""
    few, many = gamma_count(np.array([mean, mean + more]), np.array([z, z]))
    crosses = mean < 0.5 <= mean + more
    assert many >= few * (1 - 1e-9) - (0.01 if crosses else 0.0)


SEVERITY = Severity(log_sd=1.5, tail=1.4, cap=600.0)


@pytest.mark.parametrize(
    "tail, moments", [(1.4, (3.4757, 236.69)), (1.2, (3.981, 416.4)), (1.7, (3.189, 133.7))]
)
def test_moments_of_a_creator_are_those_of_the_reference(tail: float, moments: tuple[float, float]) -> None:
    severity = Severity(log_sd=1.5, tail=tail, cap=600.0)
    assert severity.moment(1) == pytest.approx(moments[0], rel=2e-4)
    assert severity.moment(2) == pytest.approx(moments[1], rel=2e-3)


def test_a_creators_law_has_no_jump_below_the_cap() -> None:
    _, edge, beyond = SEVERITY.edge()
    around = SEVERITY.below(edge * np.array([1 - 2e-6, 1 - 1e-6, 1 + 1e-6, 1 + 2e-6]))
    density = np.diff(around)[[0, 2]]
    assert density[0] == pytest.approx(density[1], rel=1e-3)
    assert (edge, beyond) == (pytest.approx(12.579, abs=1e-3), pytest.approx(0.0457, abs=1e-4))


@pytest.mark.parametrize("rate", [0.05, 0.3, 1.0, 2.2, 10.0, 37.0, 100.0, 500.0, 3_000.0])
def test_creators_together_have_the_compound_poissons_mean_and_variance(rate: float) -> None:
    found = together(SEVERITY, np.full(EVEN.size, rate), ndtri(EVEN))
    assert found.mean() == pytest.approx(rate * SEVERITY.moment(1), rel=0.005)
    assert found.var() == pytest.approx(rate * SEVERITY.moment(2), rel=0.02)


def test_creators_together_agree_with_drawing_each_of_them() -> None:
    rng = np.random.default_rng(11)
    grid = np.append(0.0, np.exp(np.linspace(-9, np.log(600.0), 6_000)))
    chance = SEVERITY.below(grid)
    chance[-1] = SEVERITY.below(np.array([600.0 * (1 - 1e-12)]))[0]
    for rate in (0.3, 3.0, 30.0):
        counts = rng.poisson(rate, 60_000)
        each = np.interp(rng.random(counts.sum()), chance, grid)
        sums = np.bincount(np.repeat(np.arange(counts.size), counts), weights=each, minlength=counts.size)
        for level in (0.1, 0.5, 0.9, 0.99):
            table = float(together(SEVERITY, np.array([rate]), ndtri(np.array([level])))[0])
            assert abs((sums <= table).mean() - level) < 0.006 or table == 0.0


@settings(max_examples=40)
@given(st.floats(0, 6_000), st.floats(1e-3, 100), st.floats(-5, 5), st.floats(0, 3))
def test_more_creators_or_more_luck_never_sell_less(rate: float, more: float, z: float, luck: float) -> None:
    base, creators, lucky = together(
        SEVERITY, np.array([rate, rate + more, rate]), np.array([z, z, z + luck])
    )
    assert creators >= base - 1e-9 and lucky >= base - 1e-9


@pytest.mark.parametrize(
    ("status", "hazard"), [("established", 0.005), ("new", 0.01), ("once_suspended", 0.03)]
)
def test_interruptions_come_as_often_as_their_hazard(status: str, hazard: float) -> None:
    store = Store.model_validate({"platform": "tiktok_shop", "status": status})
    brief = GROWTH.model_copy(update={"stores": (store,)})
    out = alone(RULES.market, "interruptions", brief=brief, months=6)
    share = float((total(out, "days_down") > 0).mean())
    assert share == pytest.approx(1 - math.exp(-6 * hazard), abs=0.004)


def test_monthly_shocks_have_their_spread_and_their_memory() -> None:
    out = alone(still(sd_account_log_cpc=0.0), "shocks", months=6)
    cpc = np.log(out.quantities["ad_spend"][:, 0] / out.quantities["clicks"][:, 0])
    cvr = np.log(out.quantities["ad_orders"][:, 0] / out.quantities["clicks"][:, 0])
    assert cpc.std(axis=0) == pytest.approx(np.full(6, 0.24), abs=0.006)
    lags = [np.corrcoef(cpc[:, month], cpc[:, month + 1])[0, 1] for month in range(5)]
    assert lags == pytest.approx([0.5] * 5, abs=0.02)
    flat = still(sd_account_log_cpc=0.0, sd_account_logit_cvr=0.0, cvr_aov_elasticity=0.0)
    out = alone(flat, "shocks", months=6)
    cpc = np.log(out.quantities["ad_spend"][:, 0] / out.quantities["clicks"][:, 0])
    cvr = np.log(out.quantities["ad_orders"][:, 0] / out.quantities["clicks"][:, 0])
    assert np.corrcoef(cpc[:, 2], cvr[:, 2])[0, 1] == pytest.approx(0.8, abs=0.01)


def test_repeat_orders_follow_the_stock_of_customers() -> None:
    """With the same new customers every month, the stock is a geometric sum."""
    market = still(repeat_persistence=0.75)
    out = alone(market, "repeat", months=6)
    new = out.quantities["new_customers"][:, 0]
    rate = market.row("repeat_rate", category="beauty").low
    factor = market.row("repeat_factor", platform="tiktok_shop").low
    for month in range(6):
        stock = new[:, 0] * (1 - 0.75**month) / 0.25
        expected = rate * factor * 0.25 * stock
        assert out.quantities["repeat_orders"][:, 0, month] == pytest.approx(expected, rel=1e-9, abs=1e-9)
    cohort = out.quantities["cohort_repeat_orders"][:, 0, 0] / new[:, 0]
    assert cohort == pytest.approx(rate * factor * (1 - 0.75**12), rel=1e-9)


def test_learning_costs_a_fifth_where_orders_never_come() -> None:
    market = still()
    brief = GROWTH.model_copy(update={"ad_budget": 100})
    calm, learning = (total(alone(market, *on, brief=brief), "ad_orders") for on in ((), ("learning",)))
    assert calm / learning == pytest.approx(1.2, rel=2e-3)


def test_unlearned_never_costs_less_than_learned_and_both_start_alike() -> None:
    """What keeps every ROAS rising with the market factor."""
    market = RULES.market
    months = [
        tuple(market.row(f"learning_{path}_m{month}", stage="cold").low for path in ("learned", "unlearned"))
        for month in range(1, 5)
    ]
    assert months[0][0] == months[0][1]
    assert all(learned <= unlearned for learned, unlearned in months)
    assert market.row("learning_learned").low <= market.row("learning_unlearned").low
