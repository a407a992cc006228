"""Money of the three parties: a month worked by hand, then laws."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from opened import RULES

from estimator.brief.brief import Brief, Operation, Store
from estimator.contract.terms import Terms
from estimator.earnings.agency import agency_cost, agency_money
from estimator.earnings.costs import costs
from estimator.earnings.ledgers import Ledgers, fee_due, seller_money, with_money
from estimator.earnings.lines import Fees
from estimator.earnings.settlement import fees
from estimator.market.outcomes import Outcomes
from estimator.market.points import Points
from estimator.market.scenarios import EXPECTED
from estimator.market.simulation import simulate
from estimator.market.situation import situation_of

POINTS = Points(number=256, scrambles=4)
WHOLE = Operation(model="whole_shop")
BEAUTY = Brief(
    stores=[Store(platform="tiktok_shop", status="new")],
    category="beauty",
    ad_budget="20000",
    price="32",
    landed_cost="8",
    start="2027-01",
)


def money(
    brief: Brief = BEAUTY, offer: str = "us_agency", scenario: str = "expected", months: int = 3
) -> tuple[Terms, Fees, Outcomes, Ledgers]:
    market = RULES.market
    seen = RULES.scenarios[scenario]
    drawn = simulate(brief, market, WHOLE, POINTS, months=months, scenario=seen)
    terms = RULES.offers[offer].terms
    charged = fees(terms, drawn)
    situation = situation_of(brief, market, months)
    alone = costs(brief, drawn, situation, WHOLE, market, RULES.platform_fees, POINTS, seen)
    found = alone.under(terms.covers, charged.by_month, fee_due(terms, charged))
    return terms, charged, drawn, found


def month_by_hand(platform: str) -> Outcomes:
    """100 orders of 10,000 in all, 500 cancelled, 1,000 of returns booked."""
    counts = {
        "gmv": 10_000.0,
        "shipped_gmv": 9_500.0,
        "returned_gmv": 1_000.0,
        "orders": 100.0,
    }
    return Outcomes(
        months=("2027-01",),
        platforms=(platform,),
        quantities={name: np.full((1, 1, 1), value) for name, value in counts.items()},
    )


def test_the_platforms_take_by_hand() -> None:
    """TikTok: 6 % of 8,500 and a fifth of 6 % of 1,000. Own site: 2.9 % of 9,500 and 95 times 0.30."""
    take = RULES.platform_fees.take
    day = (dt.date(2027, 1, 15),)
    assert take(month_by_hand("tiktok_shop"), "beauty", day, lambda _: 1.0)[0, 0] == pytest.approx(510 + 12)
    assert take(month_by_hand("own_site"), "beauty", day, lambda _: 1.0)[0, 0] == pytest.approx(275.5 + 28.5)


def test_the_disputed_fee_keeps_both_values_and_says_so() -> None:
    fees = {row.id: row for row in RULES.platform_fees.rows}
    rows = fees["tts.referral.2026_8"], fees["tts.referral.2026_6"]
    assert [(row.rate, row.counts) for row in rows] == [(Decimal("0.08"), False), (Decimal("0.06"), True)]
    assert all(row.in_force(dt.date(2026, 12, 1)) for row in rows)
    assert all("disputed" in row.note for row in rows)
    assert RULES.scenarios["referral_8"].factor("referral_fee", platform="tiktok_shop") == pytest.approx(
        0.08 / 0.06
    )


def test_the_stress_cases_cost_the_seller() -> None:
    usual = money()[3].profit.sum()
    for name in ("referral_8", "duty_rise", "cautious"):
        assert money(scenario=name)[3].profit.sum() < usual
    assert money(scenario="hopeful")[3].profit.sum() > usual
    stopped = money(scenario="platform_stop")[3]
    assert (stopped.platform_take[:, 2] <= 0).all() and (stopped.ads[:, 2] == 0).all()


def test_profit_is_what_is_left_of_sales_after_every_block() -> None:
    _, charged, drawn, found = money()
    blocks = seller_money(BEAUTY, found, drawn, 3).blocks
    spent = blocks.total + (found.goods + found.delivery).sum(axis=1).mean() / 3
    sales = found.settled_gmv.sum(axis=1).mean() / 3
    assert sales - spent == pytest.approx(found.profit.sum(axis=1).mean() / 3)
    assert blocks.agency_fee == pytest.approx(charged.total.mean() / 3)


def test_what_the_terms_cover_the_seller_does_not_pay_besides() -> None:
    _, _, drawn, found = money(offer="platform_plan")
    blocks = seller_money(BEAUTY, found, drawn, 3).blocks
    assert (blocks.ads, blocks.creators, blocks.platform_take) == (0, 0, 0)
    assert blocks.samples > 0


def test_cash_comes_later_than_profit_but_is_the_same_money() -> None:
    """After the last payout and fee cash adds up to profit: three quiet months are appended."""
    found = money()[3]
    quiet = {
        name: np.pad(getattr(found, name), ((0, 0), (0, 3)))
        for name in (
            "agency_fee",
            "ads",
            "creators",
            "samples",
            "platform_take",
            "settled_gmv",
            "goods",
            "delivery",
            "fee_due",
        )
    }
    longer = replace(found, **quiet)
    assert longer.cash.sum(axis=1) == pytest.approx(found.profit.sum(axis=1))
    assert (found.cash.cumsum(axis=1).min(axis=1) < found.profit.cumsum(axis=1).min(axis=1)).mean() > 0.9


def test_revenue_on_all_fees_counts_every_cost() -> None:
    _, _, drawn, found = money()
    counted = with_money(drawn, found)
    kpis = RULES.kpis
    window = slice(0, 3)
    assert (kpis["roas_all_fees"].value(counted, window) < kpis["roas_blended"].value(counted, window)).all()


def test_a_credit_costs_the_agency_its_face_value() -> None:
    _, charged, drawn, _ = money(offer="platform_plan")
    costs = RULES.costs
    if costs is None:
        pytest.skip("this deployment has no internal folder")
    cost = agency_cost(drawn, Operation(model="whole_shop"), costs, POINTS, 3, 0)
    fee, credits = charged.total, charged.credit_total
    with_credit = agency_money(cost, fee, credits, POINTS.scrambles)
    without = agency_money(cost, fee, 0 * credits, POINTS.scrambles)
    assert without.margin.mean - with_credit.margin.mean == pytest.approx(credits.mean())


def test_expected_scales_nothing() -> None:
    assert RULES.scenarios["expected"].scales == EXPECTED.scales == ()
