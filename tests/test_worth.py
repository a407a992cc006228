"""Is it worth it: laws first, then the same figure under the same name everywhere, then sentences."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opened import RULES

from estimator.brief import brief as briefs
from estimator.brief.brief import Brief, Store
from estimator.comparing import lineup
from estimator.comparing.candidate import Candidate
from estimator.comparing.comparison import Comparison, compare
from estimator.comparing.offers import TODAY, AgencyQuote, candidate, in_house, today, typed
from estimator.comparing.standing import standing
from estimator.comparing.worth import (
    SIGN,
    TEST,
    Act,
    Worth,
    advise,
    worth,
    worth_of_comparison,
    worth_of_estimate,
    worth_of_quote,
)
from estimator.comparing.worth_turns import border, with_base, worth_turns
from estimator.earnings.own_team import work_of
from estimator.market.own_figures import as_today
from estimator.market.points import Points
from estimator.market.situation import situation_of
from estimator.presentation.compare_answer import ahead_line, answer_line
from estimator.presentation.words import Words
from estimator.presentation.worth_words import said, with_sentence, worth_view
from estimator.quoting.estimate import estimate
from estimator.quoting.make import make
from estimator.quoting.world import world
from estimator.schemas.worth import worth_answer
from estimator.values.money import Array

FEW = Points(number=128, scrambles=4)
EXAMPLES = Path("examples/briefs")
RICH = Brief(
    category="beauty",
    price=Decimal(90),
    landed_cost=Decimal(9),
    ad_budget=Decimal(20_000),
    own_videos=300,
    creators_contacted=800,
    stage="cold",
)
RUNS = Brief(
    category="home",
    stage="mature",
    current_gmv=Decimal(300_000),
    recent_ad_spend=Decimal(30_000),
    ad_budget=Decimal(30_000),
    price=Decimal(49),
    landed_cost=Decimal(16),
)
SEED = briefs.read(EXAMPLES / "seed_beauty.toml")
BRIEFS = {"rich": RICH, "runs": RUNS, "seed": SEED}
RANK: dict[Act, int] = {"none": 0, "today": 0, "ourselves": 0, "test": 1, "sign": 2}
WORLD = world(RULES, "expected")


@lru_cache
def seen(name: str) -> Worth:
    return worth_of_estimate(estimate(BRIEFS[name], RULES, points=FEW), FEW)


def priced(brief: Brief, base: Decimal) -> Worth:
    """The worth of an agency that charges one fee a month."""
    offer = typed(AgencyQuote(base=base, videos=90), brief, RULES)
    return worth(brief, offer, WORLD, FEW, 6)


# Laws


@given(
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 0.5),
    st.floats(-1e5, 1e5),
    st.floats(-1e5, 1e5),
)
def test_better_chances_never_lower_a_recommendation(
    gains: float, one: float, two: float, more: float, left: float, own: float
) -> None:
    profits = {"today": left, "ourselves": own}
    before = advise(gains, {"today": one, "ourselves": two}, profits)
    better = (min(each + more, 1.0) for each in (gains, one, two))
    gains, one, two = better
    assert RANK[advise(gains, {"today": one, "ourselves": two}, profits)] >= RANK[before]


@settings(max_examples=4, deadline=None)
@given(st.sampled_from(("rich", "runs")), st.integers(0, 20_000), st.integers(0, 20_000))
def test_a_cheaper_agency_never_lowers_its_recommendation(name: str, one: int, two: int) -> None:
    cheap, dear = (priced(BRIEFS[name], Decimal(base)) for base in sorted((one, two)))
    assert RANK[cheap.act] >= RANK[dear.act]
    for less, more in zip(cheap.added, dear.added):
        assert less.over == more.over and less.positive.value >= more.positive.value


@pytest.mark.parametrize("name", BRIEFS)
def test_with_nothing_to_add_the_chance_of_adding_is_under_a_half(name: str) -> None:
    """An agency that does what is done today, for a fee."""
    brief = BRIEFS[name]
    own = today(brief, RULES)
    terms = typed(AgencyQuote(base=Decimal(100)), brief, RULES).terms
    same = replace(own, id="same", terms=terms)
    found = worth(brief, same, WORLD, FEW, 6)
    over = next(one for one in found.added if one.over == "today")
    assert over.positive.value < 0.5 and over.amount.p50 == pytest.approx(-600)
    assert found.act not in ("sign", "test")


def test_the_order_of_offers_changes_nothing() -> None:
    names = (TODAY, "whole_shop", "in_house", "us_agency")
    offers = [candidate(name, SEED, RULES) for name in names]
    there, back = (compare(SEED, order, RULES, points=FEW) for order in (offers, offers[::-1]))
    assert (there.best, there.safest, there.best_available) == (back.best, back.safest, back.best_available)
    one, two = worth_of_comparison(there), worth_of_comparison(back)
    assert one is not None and two is not None and worth_answer(one) == worth_answer(two)


def people(ads: int, sold: int, count: int) -> Array:
    """How many times the people of the reference size it takes."""
    brief = Brief(
        category="beauty",
        ad_budget=Decimal(ads),
        current_gmv=Decimal(sold),
        stores=tuple(Store(platform="tiktok_shop") for _ in range(count)),
    )
    return work_of(situation_of(brief, RULES.market), RULES.own_team, FEW)


def test_an_own_team_is_the_three_of_before_at_20_000_and_one_person_at_1_000() -> None:
    """Growth is .5 in the middle: five times the ads take 5^.5 = 2.24 times the people."""
    assert np.allclose(people(20_000, 0, 1), 1.0) and np.allclose(people(20_000, 80_000, 1), 1.0)
    assert np.median(people(1_000, 0, 1)) == pytest.approx(1 / 3, rel=1e-5)
    assert np.median(people(100_000, 0, 1)) == pytest.approx(5**0.5, rel=0.01)
    assert np.median(people(20_000, 0, 3)) == pytest.approx(1 + 2 * (0.1 * 0.3) ** 0.5, rel=0.01)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 400_000),
    st.integers(0, 200_000),
    st.integers(0, 900_000),
    st.integers(1, 5),
)
def test_more_ads_sales_or_stores_never_need_fewer_people(
    budget: int, more: int, gmv: int, stores: int
) -> None:
    least = people(budget, gmv, stores)
    for bigger in (people(budget + more, gmv, stores), people(budget, gmv + more, stores)):
        assert (bigger >= least).all()
    assert (people(budget, gmv, stores + 1) > least).all()


# What stands beside each other


def test_who_does_not_sell_loses_nothing_and_who_sells_goes_on_with_the_ads_of_today() -> None:
    idle, running = seen("seed").as_today, seen("runs").as_today
    assert idle.loss is None and idle.profit.p10 == idle.profit.p90 == idle.cash_low.p10 == 0
    assert running.loss is not None and running.gmv.p50 > 0
    more = RUNS.model_copy(update={"ad_budget": Decimal(60_000)})
    assert as_today(more).ad_budget == 30_000
    found = worth_of_estimate(estimate(more, RULES, points=FEW), FEW)
    assert found.as_today.profit == running.profit


def test_own_people_who_are_taken_over_and_paid_on_leave_the_agency_less_to_add() -> None:
    def of(team: str) -> Worth:
        told = RUNS.model_copy(update={"seller_team": team})
        return worth_of_estimate(estimate(told, RULES, points=FEW), FEW)

    ended, alone = of("full"), of("none")
    assert alone.team is None and alone.team_stays is None
    assert ended.team is not None and ended.team_stays is not None
    # means add up where medians do not
    paid_on = {one.over: one.amount.mean - ended.team.mean for one in ended.added}
    assert ended.team_stays.amount.mean == pytest.approx(paid_on[ended.team_stays.over])
    assert ended.team.mean > 0 and ended.team_stays.positive.value <= ended.least.positive.value


@pytest.mark.parametrize("name", BRIEFS)
def test_one_name_is_one_number_on_quote_estimate_comparison_and_worth(name: str) -> None:
    brief = BRIEFS[name].model_copy(update={"service_model": "whole_shop", "contract_months": 6})
    told, made = estimate(brief, RULES, points=FEW), make(brief, RULES, points=FEW, ask=False)
    offers = [candidate(one, brief, RULES) for one in (TODAY, "whole_shop", "in_house")]
    row = compare(brief, offers, RULES, points=FEW).offer("whole_shop")
    for one in (worth_of_quote(made, FEW), worth_of_estimate(told, FEW)):
        assert one.agency.profit.p50 == pytest.approx(row.seller_profit.p50)
        assert one.agency.loss == row.loss_probability
    for seller in (made.seller, told.seller):
        assert seller.profit.p50 == pytest.approx(row.seller_profit.p50)
        assert seller.loss_probability == row.loss_probability
        assert seller.cash_low.p50 == pytest.approx(row.cash_low.p50)
    assert made.fees.p50 == pytest.approx(told.fees.p50) == pytest.approx(row.agency_fee.p50)


def test_profit_before_own_staff_is_named_so_and_differs_by_the_staff_alone() -> None:
    brief = SEED.model_copy(update={"service_model": "kpi_consulting"})
    made, found = (
        make(brief, RULES, points=FEW, ask=False),
        worth_of_quote(make(brief, RULES, points=FEW), FEW),
    )
    stood = standing(found.cases["agency"])
    assert np.median(stood.profit + stood.team) == pytest.approx(made.seller.profit.p50)
    assert found.agency.profit.p50 < made.seller.profit.p50


# What turns it


@pytest.mark.parametrize("name", BRIEFS)
def test_at_what_turns_it_the_recommendation_turns(name: str) -> None:
    found = seen(name)
    turns = {turn.what: turn for turn in worth_turns(found)}
    assert turns
    beside = [standing(found.cases[one.over]).profit for one in found.added]
    signs = border(standing(found.cases["agency"]).profit, beside) > 0
    assert signs == (found.act == "sign")
    if "base" in turns:
        turn = turns["base"]
        for step, then in ((1.01, not signs), (0.99, signs)):
            amount = turn.now + (turn.value - turn.now) * step
            profit = standing(with_base(found.cases["agency"], amount)).profit
            assert (border(profit, beside) > 0) is then
    if "landed_cost" in turns:
        turn = turns["landed_cost"]
        for step, then in ((1.02, not signs), (0.98, signs)):
            cost = Decimal(str(round(turn.now + (turn.value - turn.now) * step, 4)))
            moved = BRIEFS[name].model_copy(update={"landed_cost": cost})
            other = worth_of_estimate(estimate(moved, RULES, points=FEW), FEW)
            assert (other.act == "sign") is then


# Offers


def test_what_cannot_be_had_is_never_recommended() -> None:
    ended = candidate("platform_plan", SEED, RULES)
    assert ended.bar == "ended"
    own_site = Brief(category="beauty", stores=(Store(platform="own_site"),))
    offered = replace(RULES, on=RULES.on.replace(month=6, day=1))
    assert candidate("platform_plan", own_site, offered).bar == "platform"
    assert candidate("platform_plan", SEED, offered).bar is None
    alone = SEED.model_copy(update={"seller_team": "none", "start": "2026-12"})
    assert in_house(alone, RULES).bar == "team"
    assert in_house(alone.model_copy(update={"start": "2027-06"}), RULES).bar is None
    found = worth(alone, candidate("whole_shop", alone, RULES), WORLD, FEW, 6)
    assert [one.over for one in found.added] == ["today"] and found.act != "ourselves"


def rivals(*quotes: AgencyQuote) -> Comparison:
    offers: list[Candidate] = [candidate("whole_shop", RICH, RULES)]
    offers += [typed(quote, RICH, RULES, f"rival{index}") for index, quote in enumerate(quotes)]
    return compare(RICH, offers, RULES, points=FEW)


def test_a_cheaper_rival_does_not_win_by_being_assumed_equal() -> None:
    found = rivals(
        AgencyQuote(base=Decimal(500)), AgencyQuote(base=Decimal(500), videos=0, creators=0, live_hours=0)
    )
    equal, less = found.offer("rival0"), found.offer("rival1")
    assert equal.bar == "scope" and found.best == "whole_shop"
    assert less.bar is None and less.gmv.p50 < equal.gmv.p50


def test_a_typed_rival_stands_in_the_line_up_and_brings_its_scope() -> None:
    held = {"typed": {"base": "5k", "videos": "30", "live_hours": "0", "work": "part_operation"}}
    chosen = lineup.parse(held, "USD", RULES)
    assert lineup.with_agency(chosen)[-1] == lineup.AGENCY and len(lineup.with_agency(chosen)) == 6
    read = lineup.parse(held | {"offers": lineup.with_agency(chosen)}, "USD", RULES)
    (rival,) = (one for one in read.candidates(SEED, RULES, None) if one.id == lineup.AGENCY)
    assert rival.operation.model == "part_operation" and rival.bar is None
    assert (rival.seen(SEED).own_videos, rival.seen(SEED).live_hours) == (30, 0)
    assert rival.seen(SEED).creators_contacted == SEED.creators_contacted


# Sentences


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", BRIEFS)
def test_no_sentence_promises_or_prints_certainty(name: str, language: str) -> None:
    words = Words(language, vocabulary=RULES.vocabulary)  # type: ignore[arg-type]
    view = worth_view(worth_answer(seen(name)), words)
    text = " ".join([view.sentence, *view.added, *(row.loss for row in view.rows)])
    assert not re.search(r"guarantee|保证|包过|dominated", text, re.I)
    assert not re.search(r"(?<![\d.])(0|100)%", text)
    assert re.search(r"\d+%", view.advice)


def test_each_recommendation_is_said_by_its_rule() -> None:
    said_of = {
        name: worth_view(worth_answer(seen(name)), Words("en", vocabulary=RULES.vocabulary))
        for name in BRIEFS
    }
    assert said_of["seed"].advice.startswith("**Do not sign at these terms**")
    first = {"sign": "**Sign at $", "test": "**Test first**", "none": "**Do not", "today": "**Go on as"}
    for name, view in said_of.items():
        assert view.advice.startswith(first[seen(name).act])
    assert (SIGN, TEST) == (2 / 3, 1 / 3)


def test_text_and_data_say_one_sentence() -> None:
    answer = worth_answer(seen("runs"))
    sentence = with_sentence(answer, RULES).sentence
    assert sentence is not None
    assert sentence.en == said(answer, Words("en", vocabulary=RULES.vocabulary))
    assert sentence.zh == said(answer, Words("zh", vocabulary=RULES.vocabulary))


def test_before_the_prospect_the_comparison_says_plainly_what_is_better_and_where() -> None:
    names = (TODAY, "whole_shop", "part_operation", "kpi_consulting", "in_house", "us_agency")
    found = compare(SEED, [candidate(name, SEED, RULES) for name in names], RULES, points=FEW)
    words = Words("en", to_you=True, vocabulary=RULES.vocabulary)
    text = " ".join((*answer_line(found, words), ahead_line(found, words)))
    assert "ominated" not in text and "in the middle and in a poor outcome" in text
