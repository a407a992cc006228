"""ValueOfInformation more: laws of information, then what a pilot costs by hand."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opened import RULES

from estimator.brief import brief
from estimator.market.account import own_roas
from estimator.market.history import weight_of_test
from estimator.market.points import Points
from estimator.market.rows import Rows
from estimator.market.simulation import learned_by
from estimator.presentation.pilot_words import pilot_text, pilot_view
from estimator.presentation.words import Words
from estimator.quoting import make, quote
from estimator.quoting.pilot import RESULTS, ValueOfInformation, pilot, records, value_of_information
from estimator.quoting.quote import Quote
from estimator.schemas.pilot import pilot_json
from estimator.values.errors import QuotecastError
from estimator.values.text import Language

EXAMPLES = Path(__file__).parent.parent / "examples" / "briefs"
BRIEFS = ("seed_beauty", "apparel_with_history", "auto_tools_mature", "home_five_platforms")
FEW = Points(number=256, scrambles=4)
WEIGHTS = st.floats(0.0, 0.97)


@cache
def made(name: str) -> Quote:
    return make.make(brief.read(EXAMPLES / f"{name}.toml"), RULES, points=FEW, ask=False)


@cache
def known(name: str, share: float) -> ValueOfInformation:
    return value_of_information(made(name), share, points=FEW)


@pytest.mark.parametrize("name", BRIEFS)
def test_knowing_nothing_changes_nothing(name: str) -> None:
    found, asked = known(name, 0.0), made(name).goals[0]
    assert asked.probability is not None and asked.promise is not None
    assert found.now.safe == asked.promise.level
    assert found.now.chance.value == pytest.approx(asked.probability.value, abs=1e-12)
    assert found.now.chance.error == pytest.approx(asked.probability.error, abs=1e-12)
    for news in found.news:
        assert news.safe == asked.promise.level
        assert news.chance.value == pytest.approx(asked.probability.value, abs=1e-12)
        assert news.price == found.now.price
    assert found.worth == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("name", BRIEFS)
def test_the_fee_before_is_the_quotes_own(name: str) -> None:
    assert known(name, 0.5).now.price == Decimal(repr(made(name).monthly_price))


@settings(max_examples=20, deadline=None)
@given(name=st.sampled_from(BRIEFS), share=WEIGHTS)
def test_the_three_pieces_of_news_are_the_quote_again(name: str, share: float) -> None:
    """Total probability, exactly: thirds are a third each up to the draws' own unevenness (1 in 100)."""
    found = value_of_information(made(name), share, points=FEW)
    chances = [news.chance.value for news in found.news]
    assert np.mean(chances) == pytest.approx(found.now.chance.value, abs=0.01)
    assert sum(share for _, share in found.bands) == pytest.approx(1.0)
    profits = [news.profit for news in found.news]
    assert np.mean(profits) == pytest.approx(found.now.profit, abs=0.02 * (np.ptp(profits) + 1.0))


@settings(max_examples=20, deadline=None)
@given(name=st.sampled_from(BRIEFS), share=WEIGHTS, more=WEIGHTS)
def test_knowing_is_never_worth_less_than_nothing_and_more_never_less(
    name: str, share: float, more: float
) -> None:
    """Exact at zero; between two weights up to what cutting results leaves, 1 in 100 of the larger."""
    less, most = sorted((share, more))
    low, high = (value_of_information(made(name), w, points=FEW).worth for w in (less, most))
    assert low >= -1e-6
    assert high >= low - 0.01 * max(high, 1.0)


@pytest.mark.parametrize("name", BRIEFS)
def test_better_news_is_better(name: str) -> None:
    poor, middling, good = known(name, 0.6).news
    assert poor.chance.value < middling.chance.value < good.chance.value
    assert poor.profit < middling.profit < good.profit
    assert poor.safe is not None and middling.safe is not None and good.safe is not None
    assert poor.safe < middling.safe < good.safe


def test_the_accounts_own_is_a_standard_normal() -> None:
    """Means and spreads of quasi-random points: within 3 in 100."""
    for name in ("seed_beauty", "home_five_platforms"):
        deal = quote.deal_of(made(name), FEW)
        rows = Rows(
            market=RULES.market,
            scenario=RULES.scenarios["expected"],
            points=FEW,
            situation=deal.situation,
        )
        own = own_roas(rows)
        assert own.mean() == pytest.approx(0.0, abs=0.02) and own.std() == pytest.approx(1.0, abs=0.03)
        roas = np.log(
            deal.outcomes.quantities["attributed_gmv"].sum(axis=(1, 2))
            / deal.outcomes.quantities["ad_spend"].sum(axis=(1, 2))
        )
        finite = np.isfinite(roas)
        assert np.corrcoef(own[finite], roas[finite])[0, 1] > 0.6


@given(orders=st.floats(1.0, 1e5), weeks=st.floats(0.2, 25.0), longer=st.floats(0.1, 20.0))
def test_a_longer_test_at_the_same_budget_weighs_no_less(orders: float, weeks: float, longer: float) -> None:
    more = weight_of_test(orders * (weeks + longer) / weeks, weeks + longer, 0.7, between=0.3)
    assert more >= weight_of_test(orders, weeks, 0.7, between=0.3) - 1e-12


def test_where_much_is_known_little_is_added() -> None:
    held = learned_by(made("apparel_with_history").brief, RULES.market).weight
    tried = pilot(made("apparel_with_history"), points=FEW).value
    assert held > 0.9 and tried.held == held and tried.weight < 0.5
    fresh = pilot(made("seed_beauty"), points=FEW).value
    spread = [abs(k.news[2].chance.value - k.news[0].chance.value) for k in (tried, fresh)]
    assert spread[0] < 0.6 * spread[1]


def test_what_a_pilot_costs_by_hand() -> None:
    """Two weeks of 20,000 a month are 20,000 / 4.345 x 2 = 9,206.00; 14 of 30 days of the list's month."""
    asked = made("seed_beauty")
    found = pilot(asked, points=FEW)
    assert found.spend == pytest.approx(9206.0, abs=0.5)
    assert found.fee == (Decimal(repr(asked.monthly_price)) * 14 / 30).quantize(Decimal("0.01"))
    assert found.net == found.value.worth + found.result.mean


def test_three_months_of_records_teach_more_than_one() -> None:
    one, three = (records(made("seed_beauty"), months, points=FEW) for months in (1, 3))
    assert three.weight > one.weight and three.worth >= one.worth


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_pilot_is_said_in_rows_and_sentences(language: Language) -> None:
    quoted, words = made("seed_beauty"), Words(language, vocabulary=RULES.vocabulary)
    found, history = pilot(quoted, points=FEW), records(quoted, points=FEW)
    view = pilot_view(quoted, found, history, words)
    said = pilot_text(quoted, found, history, words).split("\n")
    assert len(view.rows) == 4 and len(view.heads) == 4
    assert view.lead == said[0] and set(view.lines) < set(said)
    data = pilot_json(quoted, found, history).model_dump(mode="json")
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert "margin" not in json.dumps(data)
    assert data["after_pilot"]["good"]["safe_level"] > data["after_pilot"]["poor"]["safe_level"]


def test_a_brief_without_a_goal_or_a_budget_is_told_what_to_write() -> None:
    for changes, place in (({"goals": ()}, "goals"), ({"ad_budget": None}, "ad_budget")):
        bare = made("seed_beauty").brief.model_copy(update=changes)
        with pytest.raises(QuotecastError) as error:
            pilot(make.make(bare, RULES, points=FEW, ask=False), points=FEW)
        assert error.value.faults[0].place == place
    for weeks in (0.0, 27.0):
        with pytest.raises(QuotecastError):
            pilot(made("seed_beauty"), weeks, points=FEW)


def test_results_divide_into_news() -> None:
    assert RESULTS % 3 == 0
