"""Laws of the price, then its trace, its open questions, and the default edition's numbers."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from cards import DEFAULT, FACTS, small
from hypothesis import given, settings
from hypothesis import strategies as st

from estimator.brief import brief as briefs
from estimator.brief.brief import Brief, GoalWords, HistoryFrom, HistoryMonth, Store
from estimator.brief.goals import Probability
from estimator.contract.charges import ShareOf
from estimator.contract.conditions import Facts
from estimator.contract.facts import Difficulty, facts
from estimator.contract.price_list import PriceList, range_over, swings
from estimator.contract.pricing import price, priced_at
from estimator.contract.rate_card import RateCard
from estimator.contract.terms import Terms
from estimator.values.errors import QuotecastError

END = "label_en,label_zh,rationale,source"
EXAMPLES = sorted((Path(__file__).parent.parent / "examples" / "briefs").glob("*.toml"))
HARD = Difficulty.of(Probability(value=0.3, error=0.01))


def signed(terms: Terms) -> dict[str, object]:
    """The terms without the places of the rules behind them."""
    content = terms.model_dump(mode="json")
    for line in (*content["charges"], *content["clauses"]):
        line["rule"] = ""
    content["clauses"].sort(key=lambda clause: clause["id"])
    content["covers"] = sorted(content["covers"])
    return content


@st.composite
def known(draw: st.DrawFn) -> Facts:
    """Facts as a prospect might give them: each known or not."""
    found = {}
    for name in DEFAULT.reads:
        found[name] = draw(st.sampled_from((None, *DEFAULT.answers(name))))
    return {**dict.fromkeys(FACTS), **found}


def shuffled(card: RateCard, random) -> RateCard:
    """The same edition with rows and tables in another order and every id renamed."""

    def mixed(entries):
        renamed = [replace(entry, id=f"x{random.random()}", line=0) for entry in entries]
        random.shuffle(renamed)
        return tuple(renamed)

    mixed_tables = [replace(table, rules=mixed(table.rules)) for table in card.tables]
    random.shuffle(mixed_tables)
    return replace(card, tables=tuple(mixed_tables), steps=mixed(card.steps))


@given(known(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_order_of_rows_and_files_and_names_of_ids_never_move_a_price(given_facts, random):
    one = priced_at(given_facts, DEFAULT, None)
    assert signed(priced_at(given_facts, shuffled(DEFAULT, random), None).terms) == signed(one.terms)


@given(known())
@settings(max_examples=60, deadline=None)
def test_an_answer_that_no_price_reads_never_moves_it(given_facts):
    free = sorted(set(FACTS) - set(DEFAULT.reads))
    other = dict.fromkeys(free, "anything")
    assert (
        signed(priced_at({**given_facts, **other}, DEFAULT, None).terms)["charges"]
        == (signed(priced_at(given_facts, DEFAULT, None).terms)["charges"])
    )


@given(known())
@settings(max_examples=80, deadline=None)
def test_the_price_while_unknown_lies_within_that_of_the_answers(given_facts):
    if given_facts["settlement"] in ("project", "hourly"):
        return
    now = priced_at(given_facts, DEFAULT, None).monthly
    for name in DEFAULT.reads:
        if given_facts[name] is None:
            prices = [
                priced_at({**given_facts, name: answer}, DEFAULT, None).monthly
                for answer in DEFAULT.answers(name)
            ]
            assert min(prices) <= now <= max(prices), name


@given(
    st.decimals(0, 20000, places=2),
    st.lists(st.decimals(0, 3000, places=2), max_size=3),
    st.lists(st.decimals("0.1", 3, places=3), max_size=4),
    st.integers(0, 200),
    st.integers(200, 400),
)
@settings(max_examples=60, deadline=None)
def test_the_four_verbs_come_to_the_sum_times_the_product_within_the_bounds(first, more, factors, low, high):
    rows = [f"s,{first},A,甲,why,test"]
    tables = {"sets": (rows, "sets")}
    tables |= {f"adds{i}": ([f"a{i},{n},A,甲,why,test"], "adds") for i, n in enumerate(more)}
    tables |= {f"scales{i}": ([f"f{i},{n},A,甲,why,test"], "scales") for i, n in enumerate(factors)}
    tables |= {"low": ([f"l,{low * 50},A,甲,why,test"], "at_least")}
    tables |= {"high": ([f"h,{high * 50},A,甲,why,test"], "at_most")}
    files = {n: "\n".join([f"id,{verb} base_fee,{END}", *rows]) for n, (rows, verb) in tables.items()}
    card = small(files, step=50)
    exact = first + sum(more)
    for factor in factors:
        exact *= factor
    rounded = (exact / 50 + Decimal("0.5")).to_integral_value("ROUND_FLOOR") * 50
    expected = min(max(rounded, Decimal(low * 50)), Decimal(high * 50))
    if expected:
        assert priced_at(dict.fromkeys(FACTS), card, None).monthly == expected


def test_a_discount_touches_only_the_charge_it_names():
    long = {"us_staff": Decimal(2), "data_tooling": "custom_dashboard", "ads_paid": "included"}
    base = dict.fromkeys(FACTS) | long
    short_terms = priced_at({**base, "contract_months": Decimal(3)}, DEFAULT, None).terms
    long_terms = priced_at({**base, "contract_months": Decimal(12)}, DEFAULT, None).terms
    moved = {
        charge.id
        for charge in short_terms.charges
        if charge.model_copy(update={"rule": ""})
        != long_terms.charge(charge.id).model_copy(update={"rule": ""})
    }
    assert moved == {"base_fee"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_swing_is_the_price_at_every_answer(path):
    brief = briefs.read(path)
    now = price(brief, DEFAULT, HARD)

    def lines(terms: Terms) -> dict[str, object]:
        return {charge.id: charge.model_copy(update={"rule": ""}) for charge in terms.charges}

    for swing in swings(brief, DEFAULT, HARD):
        answers = DEFAULT.answers(swing.fact)
        priced = [priced_at({**now.facts, swing.fact: answer}, DEFAULT, HARD) for answer in answers]
        by_price = sorted(zip(priced, answers), key=lambda pair: (pair[0].monthly, pair[0].first_year))
        years = [other.first_year for other in priced]
        assert (swing.low, swing.high) == (by_price[0][0].monthly, by_price[-1][0].monthly)
        assert swing.low_answer == by_price[0][1]
        assert swing.first_year == (min(years), max(years))
        before = lines(now.terms)
        moved = {
            name
            for after in map(lines, (other.terms for other in priced))
            for name in before.keys() | after.keys()
            if before.get(name) != after.get(name)
        }
        assert set(swing.moves) == moved


def test_the_seed_brief_is_priced_line_by_line():
    brief = Brief(
        stores=[Store(platform="tiktok_shop", status="new")],
        category="beauty",
        service_model="whole_shop",
        settlement="hybrid",
        contract_months=6,
        sku_count=8,
    )
    priced = price(brief, DEFAULT, HARD)
    assert priced.monthly == Decimal(7450) and priced.once == Decimal(3250)
    base = [step for step in priced.steps if step.charge == "base_fee" and step.before != step.after]
    assert [(step.verb, step.rule.partition("#")[2]) for step in base] == [
        ("sets", "base.whole_shop"),
        ("scales", "category.beauty"),
        ("scales", "difficulty.hard"),
        ("scales", "term.half_year"),
        ("rounds", "rounding.base_fee"),
    ]
    assert base[-1].before == Decimal("7471.75")
    assert priced.difficulty == HARD
    assert all(one.after == other.before for one, other in itertools.pairwise(base))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_amount_is_explained_and_every_row_applies_or_says_why_not(path):
    priced = price(briefs.read(path), DEFAULT, HARD)
    for charge in priced.terms.charges:
        last = [s for s in priced.steps if s.charge == charge.id and s.verb != "steps"][-1]
        number = getattr(charge, "amount", getattr(charge, "price", None))
        assert last.after == (charge.tiers.rate[0] if isinstance(charge, ShareOf) else number)
        assert charge.rule in {step.rule for step in priced.steps}
    for passed in priced.not_applied:
        assert passed.column in FACTS
    ran = {step.rule for step in priced.steps} | {passed.rule for passed in priced.not_applied}
    silent = {rule.rule for rule in DEFAULT.rules if rule.verb not in ("at_least", "at_most")}
    assert silent <= ran


def test_a_row_that_did_not_apply_names_its_cell_and_the_fact():
    brief = Brief(stores=[Store(platform="tiktok_shop", status="new")], contract_months=3)
    passed = {row.rule.partition("#")[2]: row for row in price(brief, DEFAULT, None).not_applied}
    half_year = passed["term.half_year"]
    assert (half_year.column, half_year.cell, half_year.fact) == ("contract_months", "6..11", Decimal(3))


def test_the_difficulty_band_notes_an_edge_within_twice_the_error():
    for value, band, at_edge in (
        (0.8, "likely", True),
        (0.791, "even", True),
        (0.78, "even", False),
        (0.5, "even", True),
        (0.35, "hard", False),
        (0.2, "hard", True),
        (0.1, "remote", False),
        (0.0, "remote", False),
    ):
        found = Difficulty.of(Probability(value=value, error=0.005))
        assert (found.band, found.at_edge) == (band, at_edge), value


def test_the_worst_store_gives_the_account_status():
    def status(*statuses):
        stores = [Store(platform="tiktok_shop", status=status) for status in statuses]
        return facts(Brief(stores=stores), None, FACTS)["account_status"]

    assert status("established", "once_suspended", None) == "once_suspended"
    assert status("established", "new") == "new"
    assert status("established", None) is None
    assert status() is None


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_only_unknown_facts_that_move_something_are_asked_the_largest_swing_first(path):
    brief = briefs.read(path)
    found = swings(brief, DEFAULT, HARD)
    unknown = {name for name, value in facts(brief, HARD, FACTS).items() if value is None}
    assert {swing.fact for swing in found} <= unknown & set(DEFAULT.reads)
    widths = [swing.high - swing.low for swing in found]
    assert widths == sorted(widths, reverse=True)
    for swing in found:
        assert swing.moves and swing.low <= swing.high
        assert swing.low_answer in DEFAULT.answers(swing.fact)
    now = price(brief, DEFAULT, HARD)
    low, high = range_over(now, found)
    assert low <= now.monthly <= high


def test_a_price_list_tells_an_open_fact_from_one_that_no_row_names():
    """Both hold no cell, and only the open one is asked: here a contract of three months, and none said."""
    card, listed = DEFAULT, PriceList(DEFAULT)
    open_brief = Brief(service_model="whole_shop", settlement="fixed", team_level="china", us_staff=0)
    for brief in (open_brief, open_brief.model_copy(update={"contract_months": 3})):
        found = listed.monthly_range(facts(brief, None, FACTS), has_goals=False)
        assert found == range_over(price(brief, card, None), swings(brief, card, None))
    assert range_over(price(open_brief, card, None), swings(open_brief, card, None)) != found


def test_a_fact_no_rule_reads_is_never_asked():
    text = f"id,stage,sets base_fee,{END}\na,cold,5,A,甲,why,test\nb,growth|mature|unknown,4,B,乙,why,test\n"
    card = small({"base": text}, "one")
    assert [swing.fact for swing in swings(Brief(), card, None)] == ["stage"]
    assert swings(Brief(stage="cold"), card, None) == ()
    assert (swings(Brief(), card, None)[0].low, swings(Brief(), card, None)[0].high) == (4, 5)


def test_difficulty_is_asked_only_while_there_is_no_goal():
    assert "kpi_difficulty" in {swing.fact for swing in swings(Brief(), DEFAULT, None)}
    goal = GoalWords(kpi="shop_rating", at_least="4.5", months=(1, 3))
    assert "kpi_difficulty" not in {s.fact for s in swings(Brief(goals=[goal]), DEFAULT, None)}


def test_a_brief_without_a_price_names_the_missing_facts():
    card = small({"base": f"id,stage,sets base_fee,{END}\na,cold,5,A,甲,why,test\n"})
    with pytest.raises(QuotecastError) as error:
        price(Brief(), card, None)
    assert error.value.faults[0].code == "no_price"
    assert "stage" in str(error.value) and "stage" in error.value.faults[0].text("zh")


def test_amounts_in_another_currency_are_not_priced():
    with pytest.raises(QuotecastError) as error:
        price(Brief(currency="CNY"), DEFAULT, None)
    assert error.value.faults[0].code == "currency_not_priced"


def test_compliance_lines_follow_the_category_and_access_is_always_official():
    def kinds(category):
        terms = price(Brief(category=category), DEFAULT, None).terms
        return {clause.id for clause in terms.clauses}

    assert {"compliance.coppa", "compliance.cpsc"} <= kinds("toys")
    assert "compliance.mocra" in kinds("beauty") and "compliance.mocra" not in kinds("pets")
    assert "compliance.fda_supplements" in kinds("health_supplements")
    assert "compliance.fcc" in kinds("electronics")
    for category in (None, "home"):
        assert {"clause.access", "clause.rebate", "clause.early_exit", "compliance.ftc"} <= kinds(category)
    assert price(Brief(), DEFAULT, None).terms.tax is not None


@pytest.mark.parametrize(
    ("elsewhere", "baseline"),
    [(None, Decimal(40_000)), ("here", Decimal(40_000)), ("other_channel", Decimal(0))],
)
def test_a_commission_counts_from_what_an_own_history_says_is_sold_today(
    elsewhere: HistoryFrom | None, baseline: Decimal
) -> None:
    months = [
        HistoryMonth(month=f"2026-{month:02d}", ad_spend=Decimal(9_000), gmv=Decimal(sold))
        for month, sold in ((6, 90_000), (7, 30_000), (8, 40_000), (9, 50_000))
    ]
    brief = Brief(settlement="performance", history=tuple(months), history_from=elsewhere)
    shares = [line for line in price(brief, DEFAULT, None).terms.charges if isinstance(line, ShareOf)]
    assert {line.baseline for line in shares if line.id == "commission"} == {baseline}
    told = brief.model_copy(update={"current_gmv": Decimal(70_000)})
    stated = [line for line in price(told, DEFAULT, None).terms.charges if isinstance(line, ShareOf)]
    assert {line.baseline for line in stated if line.id == "commission"} == {Decimal(70_000)}
