"""What a prospect's own figures do to the forecast: laws over shops, then cases that people met."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from opened import CATEGORIES, PLATFORMS, RULES

from estimator.brief.brief import Brief, HistoryMonth, Store, parse
from estimator.brief.meaning import operation_of
from estimator.market.history import FARTHEST, NOTHING, SLOPE, Parts, divided, learned, slope_of, usual_level
from estimator.market.own_figures import learned_by, reads_today
from estimator.market.points import RANKED, Points
from estimator.market.simulation import simulate
from estimator.market.situation import assumed, spending
from estimator.presentation.assumptions import far_below_said
from estimator.presentation.words import Words
from estimator.quoting.listing import pricing_world
from estimator.quoting.own_figures import far_below
from estimator.values.errors import QuotecastError

MARKET = RULES.market
POINTS = Points(number=64, scrambles=4)


def shop(**told: object) -> Brief:
    """A running shop; what is not told is usual."""
    usual = {"category": "beauty", "stage": "growth", "ad_budget": "20000", "price": "32"}
    return Brief.model_validate({**usual, **told})


def months(*sold: int, spend: int = 20_000, **told: object) -> Brief:
    """A shop with so much sold in the months before January 2027."""
    history = tuple(
        HistoryMonth(month=f"2026-{13 - len(sold) + at:02d}", ad_spend=Decimal(spend), gmv=Decimal(gmv))
        for at, gmv in enumerate(sold)
    )
    return shop(start="2027-01", history=history, **told)


def gmv(brief: Brief, length: int = 3) -> np.ndarray:
    """GMV a month over the first months, one a draw."""
    out = simulate(brief, MARKET, operation_of(brief), POINTS, months=length)
    return out.quantities["gmv"].sum(axis=(1, 2)) / length


def width(brief: Brief) -> float:
    low, high = np.quantile(np.log(gmv(brief)), [0.1, 0.9])
    return float(high - low)


@given(
    platform=some.sampled_from(PLATFORMS),
    category=some.sampled_from(CATEGORIES),
    today=some.integers(2_000, 300_000),
    more=some.floats(1.05, 4.0),
    ads=some.integers(0, 60_000),
)
@settings(max_examples=25, deadline=None)
def test_who_sells_more_today_with_the_same_ads_is_never_forecast_to_sell_less(
    platform: str, category: str, today: int, more: float, ads: int
) -> None:
    told = {"stores": (Store(platform=platform),), "category": category, "recent_ad_spend": str(ads)}
    less, better = (shop(**told, current_gmv=str(round(amount))) for amount in (today, today * more))
    below, above = learned_by(less, MARKET), learned_by(better, MARKET)
    # a hundredth: the middle of a mixture over a grid is monotone only as finely as the grid
    assert above.shift >= below.shift - 0.01 and above.shift_beside >= below.shift_beside - 0.01


@given(sold=some.integers(15_000, 200_000))
@settings(max_examples=10, deadline=None)
def test_with_months_with_today_alone_and_with_neither_it_narrows_in_that_order(sold: int) -> None:
    neither = shop(start="2027-01")
    today = shop(start="2027-01", current_gmv=str(sold), recent_ad_spend="20000")
    six = months(*[sold] * 6)
    scales = [learned_by(brief, MARKET).scale for brief in (six, today, neither)]
    assert scales == sorted(scales) and scales[-1] == 1


def test_with_nothing_of_its_own_it_is_the_market_exactly() -> None:
    for brief in (shop(), shop(recent_ad_spend="20000"), shop(history_from="other_country")):
        assert learned_by(brief, MARKET) == NOTHING


def test_a_shop_that_is_only_starting_has_shown_nothing_yet() -> None:
    starting = Brief(category="beauty", ad_budget="20000", current_gmv="300")
    assert not reads_today(starting) and learned_by(starting, MARKET) == NOTHING


@given(
    of_ads=some.floats(0.0, 1.0),
    total=some.floats(-1.5, 1.5),
    left=some.floats(0.0, 1.0),
    tie=some.floats(0.0, 0.9),
)
def test_the_parts_make_up_the_total_and_neither_gets_wider(
    of_ads: float, total: float, left: float, tie: float
) -> None:
    parts = Parts(of_ads=of_ads, ads=0.6, beside=0.5, together=tie * 0.6 * 0.5)
    told = divided(parts, total, left)
    assert 0 <= told.scale <= 1 + 1e-9 and 0 <= told.scale_beside <= 1 + 1e-9
    most = FARTHEST * parts.total
    made = float(np.log(of_ads * np.exp(told.shift) + (1 - of_ads) * np.exp(told.shift_beside)))
    # the search halves what is left 40 times
    assert made == pytest.approx(min(max(total, -most), most), abs=1e-6)


def test_a_total_that_is_all_ads_is_read_as_what_ads_sold() -> None:
    alone = Parts(of_ads=1.0, ads=0.6, beside=0.0, together=0.0)
    told = learned(alone, [0.4] * 6, [0] * 6, [0.004] * 6)
    nearly = learned(
        Parts(of_ads=1 - 1e-9, ads=0.6, beside=0.5, together=0.0), [0.4] * 6, [0] * 6, [0.004] * 6
    )
    assert nearly.shift == pytest.approx(told.shift) and nearly.scale == pytest.approx(told.scale)


def test_ads_that_are_not_told_are_taken_to_be_the_budget_and_said_to_be() -> None:
    guessed, told = shop(current_gmv="60000"), shop(current_gmv="60000", recent_ad_spend="20000")
    assert learned_by(told, MARKET) == learned_by(guessed, MARKET)
    assert ("recent_ad_spend", "20000") in assumed(guessed, MARKET)


def test_another_budget_leaves_what_was_spent_until_today() -> None:
    brief = shop(current_gmv="60000")
    more = spending(brief, Decimal(40_000))
    assert learned_by(more, MARKET).shift == pytest.approx(learned_by(brief, MARKET).shift, abs=1e-9)
    # twice the ads sell more, and less than twice as much
    assert 1 < np.median(gmv(more)) / np.median(gmv(brief)) < 2


@pytest.mark.parametrize("where", ["other_channel", "other_country"])
def test_months_from_elsewhere_tell_less_the_farther_away(where: str) -> None:
    here, there = months(*[90_000] * 4), months(*[90_000] * 4, history_from=where)
    own, far = learned_by(here, MARKET), learned_by(there, MARKET)
    assert 0 < far.shift < own.shift and own.scale < far.scale < 1


def test_a_market_of_one_width_passes_elsewhere_on_as_its_variance_says() -> None:
    parts, tau = Parts(of_ads=1.0, ads=0.6, beside=0.0, together=0.0), 0.45
    far = learned(parts, [0.5] * 60, [0] * 60, [1e-6] * 60, tau)
    # endless calm months there leave the width of the way here: tau^2/(s^2 + tau^2)
    assert far.scale**2 == pytest.approx(tau**2 / (0.6**2 + tau**2), abs=0.03)
    assert far.shift == pytest.approx(0.5 * 0.6**2 / (0.6**2 + tau**2), abs=0.02)


def test_the_slope_of_spend_is_the_usual_one_until_months_say_otherwise() -> None:
    assert slope_of([], [], []) == SLOPE
    spend = [float(np.log(value)) for value in (10_000, 20_000) * 12]
    noise = [0.0] * 24
    steep = [-0.5 * value for value in spend]
    told = slope_of(steep, spend, noise)
    # by hand: 23 changes of ln 2 over a variance of .04, against one of .15^2
    weight = 23 * float(np.log(2)) ** 2 / 0.04
    assert told == pytest.approx((weight * -0.5 + SLOPE / 0.15**2) / (weight + 1 / 0.15**2))


def test_order_of_months_changes_nothing() -> None:
    brief = months(50_000, 70_000, 60_000, 90_000)
    turned = brief.model_copy(update={"history": tuple(reversed(brief.history))})
    assert learned_by(brief, MARKET) == learned_by(turned, MARKET)


def test_a_month_states_one_measure_of_sales_and_all_the_same() -> None:
    one, other = (
        {"month": f"2026-0{at}", "ad_spend": "1", name: "2"}
        for at, name in enumerate(("gmv", "attributed_gmv"), 1)
    )
    with pytest.raises(QuotecastError) as both:
        parse({"history": [{**one, "attributed_gmv": "2"}]})
    with pytest.raises(QuotecastError) as mixed:
        parse({"history": [one, other]})
    assert [error.value.faults[0].code for error in (both, mixed)] == ["history_measure", "history_measures"]


# What people met, each with the least input that shows it.


def test_a_running_shop_is_not_forecast_as_if_it_sold_nothing() -> None:
    home = Brief(
        category="home",
        stage="mature",
        ad_budget="30000",
        current_gmv="300000",
        recent_ad_spend="30000",
        price="49",
        landed_cost="16",
        creators_active=300,
    )
    assert np.median(gmv(home, 6)) > 150_000


def test_today_s_roas_moves_the_forecast_the_right_way() -> None:
    weak, strong = (
        shop(current_gmv="60000", ad_budget=ads, recent_ad_spend=ads) for ads in ("35000", "20000")
    )
    roas = [np.median(gmv(brief)) / float(brief.ad_budget or 1) for brief in (weak, strong)]
    assert roas[0] < roas[1]


def test_sales_that_no_ad_brought_do_not_make_ads_a_wonder() -> None:
    known = shop(current_gmv="60000", recent_ad_spend="0")
    level = usual_level(MARKET, "tiktok_shop", "beauty", "growth")
    assert learned_by(known, MARKET).shift <= level.sd
    assert np.median(gmv(known)) > 30_000


@given(today=some.integers(2_000, 900_000), ads=some.integers(500, 60_000), budget=some.integers(500, 60_000))
@settings(max_examples=12, deadline=None)
def test_a_forecast_under_half_of_today_is_never_without_its_reason(
    today: int, ads: int, budget: int
) -> None:
    world = pricing_world(RULES)
    brief = shop(current_gmv=str(today), recent_ad_spend=str(ads), ad_budget=str(budget))
    drawn = world.outcomes(brief, RANKED, 3).quantities["gmv"].sum(axis=1).mean(axis=1)
    below = far_below(brief, world)
    assert (below is None) == (np.median(drawn) >= today / 2)
    if below is not None:
        assert below.fewer_ads == (budget < 0.8 * ads)
        for language in ("en", "zh"):
            assert far_below_said(below, "USD", Words(language))
