"""Facts told as ranges: what they do to price and probability, and what is said of them."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opened import RULES

from estimator.brief import brief as briefs
from estimator.brief.brief import Brief
from estimator.brief.link import Link, pack, unpack
from estimator.contract.trade import Trade
from estimator.market.situation import range_sd, spending
from estimator.presentation.models import Figure
from estimator.presentation.told import marked, ranges_said, start_said, unread_said
from estimator.presentation.words import Words
from estimator.promise.known import Known
from estimator.quoting.asked import Asked, causes_between
from estimator.quoting.knowledge import with_known
from estimator.quoting.listing import list_price
from estimator.quoting.make import make
from estimator.screens.form_state import _shown
from estimator.values.errors import QuotecastError
from estimator.values.typed import Range

SEED = briefs.read(Path("examples/briefs/seed_beauty.toml"))
EN, ZH = (Words(language, vocabulary=RULES.vocabulary, remarks=RULES.remarks) for language in ("en", "zh"))
GOALS = ("First goal", "Second goal", "Third goal")


def told(**ranges: tuple[float, float]) -> Brief:
    """The seed brief with facts told as ranges."""
    kept = {
        name: Range(low=Decimal(str(low)), high=Decimal(str(high))) for name, (low, high) in ranges.items()
    }
    return briefs.parse({**SEED.model_dump(), **kept})


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_a_range_stands_at_its_middle_and_survives_link_json_and_form(low: int, width: int) -> None:
    brief = briefs.parse({"ad_budget": Range(low=Decimal(low), high=Decimal(low + width))})
    assert brief.ad_budget == low + Decimal(width) / 2
    assert brief.range_of("ad_budget") == (low, low + width)
    assert unpack(pack(Link(brief=brief))).brief == brief == briefs.parse(json.loads(brief.model_dump_json()))
    fact = RULES.vocabulary.by_id["ad_budget"]
    again = RULES.reader.fact(fact, _shown(fact, brief), "USD")
    assert again == (Range(low=Decimal(low), high=Decimal(low + width)) if width else low)


def test_a_brief_without_ranges_is_written_as_ever() -> None:
    assert "ranges" not in SEED.model_dump() and hash(told(ad_budget=(1, 3))) != hash(SEED)


def test_a_range_that_does_not_hold_its_fact_is_refused() -> None:
    with pytest.raises(QuotecastError) as error:
        briefs.parse({"ad_budget": 5, "ranges": [{"fact": "ad_budget", "low": 1, "high": 3}]})
    assert error.value.faults[0].code == "range_astray"


def test_a_fact_set_to_another_figure_leaves_its_range_behind() -> None:
    brief = told(ad_budget=(10_000, 30_000))
    assert spending(brief, Decimal(12_000)).range_of("ad_budget") is None and list(brief.ends())


def test_price_and_probability_are_shown_over_both_ends() -> None:
    brief, chances, between = told(ad_budget=(10_000, 30_000)), [], []
    quotes = [with_known(make(one, RULES, ask=False)) for one in (SEED, brief)]
    for made in quotes:
        chance = made.goals[0].probability
        assert chance is not None and made.known is not None
        chances.append(chance.value)
        between.append(made.known.between(chance.value))
    assert chances[0] == chances[1]  # the middle is counted
    assert between[1][0] < between[0][0] and between[0][1] < between[1][1]
    ends = [float(list_price(end, RULES).monthly) for _, *both in brief.ends() for end in both]
    low, high = quotes[1].monthly_price_range
    assert low <= min(ends) < max(ends) <= high and low <= quotes[1].monthly_price <= high


@given(st.floats(0.05, 0.95), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_what_was_told_as_a_range_only_widens(chance: float, one: float, other: float) -> None:
    exact = Known(of_market=0.2, of_luck=0.5)
    wide = Known(of_market=0.2, of_luck=0.5, told=(min(one, other), max(one, other)))
    low, high = exact.between(chance)
    assert wide.between(chance)[0] <= low and high <= wide.between(chance)[1]


def test_a_price_told_as_a_range_holds_nine_orders_of_ten() -> None:
    brief = told(price=(28, 36))
    z = 1.6448536269514722 * range_sd(brief, "price")
    assert np.exp(z) ** 2 == pytest.approx(36 / 28)


def test_a_landed_cost_told_as_a_range_is_drawn_about_its_middle() -> None:
    """A wider cost of the same middle leaves the median profit within what 16,384 draws tell apart."""
    exact, wide = (
        make(brief, RULES, ask=False)
        for brief in (SEED.model_copy(update={"landed_cost": Decimal(9)}), told(landed_cost=(6, 12)))
    )
    spreads = [quote.seller.profit.p90 - quote.seller.profit.p10 for quote in (exact, wide)]
    assert spreads[1] > spreads[0]
    assert wide.seller.profit.p50 == pytest.approx(exact.seller.profit.p50, abs=0.05 * spreads[0])


def test_a_range_in_place_of_its_middle_is_a_cause_and_can_be_followed() -> None:
    one = Asked(brief=told(ad_budget=(19_000, 21_000)), scenario="expected", trade=Trade(), overrides=())
    other = Asked(brief=told(ad_budget=(10_000, 30_000)), scenario="expected", trade=Trade(), overrides=())
    (cause,) = causes_between(one, other)
    assert cause.name == "ad_budget" and one.with_cause(cause).brief == other.brief


# ── what is said ──────────────────────────────────────────────────────────────────────────────────


def test_a_range_and_the_figure_counted_are_said() -> None:
    brief = told(ad_budget=(20_000, 30_000), return_rate=(0.05, 0.08))
    assert list(ranges_said(brief, EN)) == [
        "Ads a month: $20,000 to $30,000, counted as $25,000.",
        "Return rate: 5% to 8%, counted as 6.5%.",
    ]
    assert "月广告预算：$20,000 至 $30,000，按 $25,000 计算。" in list(ranges_said(brief, ZH))


def test_a_start_in_the_past_is_said() -> None:
    brief = SEED.model_copy(update={"start": "2026-08"})
    assert start_said(brief, dt.date(2026, 9, 1), EN) == "The start, Aug 2026, is in the past."
    assert start_said(brief, dt.date(2026, 8, 31), EN) == ""


def test_every_figure_that_does_without_an_answer_says_so() -> None:
    figures = [Figure(id=name, label="", value="") for name in ("price", "chance", "safe", "break_even")]
    unread = {"landed_cost": "abc", "level0": "high"}
    shown = marked(figures, unread, GOALS, EN)
    assert [figure.lines for figure in shown[:3]] == [("without Level",)] * 3
    assert shown[3].lines == ("without Landed cost, Level",)
    assert unread_said(unread, GOALS, EN) == "Counted without “abc” in Landed cost, “high” in Level."
    assert marked(figures, {}, GOALS, EN) == tuple(figures) and unread_said({}, GOALS, EN) == ""
