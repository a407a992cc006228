"""What a table of prices may hold: each slip has a place and says what to write, in both languages."""

from __future__ import annotations

import shutil
from dataclasses import replace
from decimal import Decimal

import pytest
from cards import DEFAULT, EDITION, FACTS, TABLES, VOCABULARY, small, with_one_edition
from hypothesis import given, settings
from hypothesis import strategies as st
from opened import FOLDER

from estimator.contract import editions
from estimator.contract.conditions import answers, parse
from estimator.contract.examples import example_faults
from estimator.contract.guards import raised
from estimator.contract.rate_card import Examples, RateCard
from estimator.rules.check import check
from estimator.values import tables
from estimator.values.errors import QuotecastError

END = "label_en,label_zh,rationale,source"


def faults_of(base: str, choice: str = "each", **files: str) -> list[tuple[str, str]]:
    with pytest.raises(QuotecastError) as error:
        small({"base": base, **files}, choice)
    for fault in error.value.faults:
        assert ";" in fault.text("en") and ("；" in fault.text("zh")), fault
    return [(fault.code, fault.place) for fault in error.value.faults]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("sku_count", "10%", "percent_sign"),
        ("ad_budget", "<20,000", "thousands"),
        ("ad_budget", "20,000", "thousands"),
        ("ad_budget", "20，000", "thousands"),
        ("sku_count", "5-Jan", "date_in_cell"),
        ("sku_count", "Jan-05", "date_in_cell"),
        ("sku_count", "2026/11/1", "date_in_cell"),
        ("sku_count", "1月5日", "date_in_cell"),
        ("sku_count", "45000", "date_in_cell"),
        ("platform_count", "45662", "date_in_cell"),
        ("sku_count", ">==6", "not_a_range"),
        ("sku_count", "1-5", "date_in_cell"),
        ("sku_count", "5..1", "empty_range"),
        ("sku_count", "5..<5", "empty_range"),
        ("sku_count", "1.5", "not_whole"),
        ("sku_count", "a few", "not_a_range"),
        ("sku_count", "", "empty_cell"),
        ("category", "beatuy", "not_a_condition"),
        ("category", "beauty|", "not_a_condition"),
        ("category", "*|food", "not_a_condition"),
        ("asks_guarantee", "true", "not_a_condition"),
    ],
)
def test_a_condition_that_means_something_else_is_refused_at_its_cell(column, cell, code):
    text = f'id,{column},adds base_fee,{END}\na,"{cell}",100,A,甲,why,test\n'
    assert faults_of(text) == [(code, f"base.csv:2:{column}")]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("10%", "percent_sign"),
        ("6,500", "thousands"),
        ("5-Jan", "date_in_cell"),
        ("$6500", "not_an_amount"),
        ("", "not_an_amount"),
        ("-5", "below_least"),
        ("1e3", "not_an_amount"),
        ("nan", "not_an_amount"),
    ],
)
def test_a_price_that_is_no_plain_number_is_refused_at_its_cell(cell, code):
    text = f'id,adds base_fee,{END}\na,"{cell}",A,甲,why,test\n'
    assert faults_of(text) == [(code, "base.csv:2:adds base_fee")]


def test_the_fix_stands_in_the_words():
    text = f'id,scales base_fee,{END}\na,"10 %",A,甲,why,test\nb,"6,500.50",A,甲,why,test\n'
    with pytest.raises(QuotecastError) as error:
        small({"base": text})
    assert [str(fault) for fault in error.value.faults] == [
        'base.csv:2:scales base_fee: "10 %" has a percent sign; write 0.1',
        'base.csv:3:scales base_fee: "6,500.50" has a thousands separator; write 6500.50',
    ]


@pytest.mark.parametrize(
    ("header", "code", "place"),
    [
        ("id,colour,sets base_fee", "unknown_fact", "base.csv:1:colour"),
        ("id,categori,sets base_fee", "unknown_fact", "base.csv:1:categori"),
        ("id,category,doubles base_fee", "unknown_verb", "base.csv:1:doubles base_fee"),
        ("id,adds base_fee,sets base_fee", "one_verb", "base.csv:1"),
        ("id,category,stage", "one_verb", "base.csv:1"),
        ("id,category,sets base_fee,category", "duplicate_column", "base.csv:1:category"),
    ],
)
def test_a_first_line_that_is_not_understood_is_refused(header, code, place):
    text = f"{header},{END}\n" + ",".join(["x"] * (len(header.split(",")) + 4)) + "\n"
    assert (code, place) in faults_of(text)


def test_every_row_needs_both_labels_and_its_reason():
    text = f"id,adds base_fee,{END}\na,100,A,,why,test\nb,100,,乙,,\n"
    assert faults_of(text) == [
        ("missing", "base.csv:2:label_zh"),
        ("missing", "base.csv:3:label_en"),
        ("missing", "base.csv:3:rationale"),
        ("missing", "base.csv:3:source"),
    ]


def test_a_missing_column_and_a_row_of_the_wrong_width_are_refused():
    assert faults_of("id,adds base_fee,label_en,label_zh,source\na,1,A,甲,s\n") == [
        ("missing_column", "base.csv:1")
    ]
    with pytest.raises(QuotecastError) as error:
        small({"base": f"id,adds base_fee,{END}\na,1,A,甲\n"})
    assert error.value.faults[0].code == "row_width"


def test_a_gap_is_named_with_an_example_and_unknown_counts_as_an_answer():
    text = f"id,stage,sets base_fee,{END}\na,cold,1,A,甲,why,test\nb,growth|mature,2,B,乙,why,test\n"
    with pytest.raises(QuotecastError) as error:
        small({"base": text}, "one")
    assert "stage = unknown" in str(error.value.faults[0])
    text = f"id,sku_count,sets base_fee,{END}\na,<10|unknown,1,A,甲,why,test\nb,>10,2,B,乙,why,test\n"
    with pytest.raises(QuotecastError) as error:
        small({"base": text}, "one")
    assert "sku_count = 10" in str(error.value.faults[0])


def test_an_overlap_names_both_rows_and_an_example():
    text = f"id,stage,sets base_fee,{END}\na,*,1,A,甲,why,test\nb,cold,2,B,乙,why,test\n"
    for choice in ("one", "each"):
        with pytest.raises(QuotecastError) as error:
            small({"base": text}, choice)
        assert "base.csv:2: a and base.csv:3#b both apply" in str(error.value)


def test_two_tables_may_not_set_the_same_charge_for_one_brief():
    one = f"id,stage,sets base_fee,{END}\na,cold,1,A,甲,why,test\n"
    other = f"id,category,sets base_fee,{END}\nb,beauty,2,B,乙,why,test\n"
    codes = faults_of(one, other=other)
    assert codes == [("equal_claim", "base.csv:2")]


def test_the_same_row_twice_is_a_slip():
    text = f"id,stage,adds base_fee,{END}\na,cold,1,A,甲,why,test\nb,cold,1,B,乙,why,test\n"
    assert faults_of(text) == [("equal_claim", "base.csv:2")]


def test_ids_are_unique_over_the_edition():
    text = f"id,adds base_fee,{END}\nbase_fee,1,A,甲,why,test\n"
    assert ("repeated_id", "charges.csv:2:id") in faults_of(text)
    assert faults_of(f"id,adds base_fee,{END}\nA B,1,A,甲,why,test\n") == [("bad_id", "base.csv:2:id")]


def test_a_verb_needs_a_charge_that_is_defined():
    assert ("unknown_reference", "base.csv:2:sets retainer") in faults_of(
        f"id,sets retainer,{END}\na,1,A,甲,why,test\n"
    )


def test_a_bound_off_the_rounding_step_and_a_floor_above_a_cap_are_refused():
    base = f"id,sets base_fee,{END}\na,100,A,甲,why,test\n"
    low = f"id,at_least base_fee,{END}\nlow,75,A,甲,why,test\n"
    with pytest.raises(QuotecastError) as error:
        small({"base": base, "low": low}, step=50)
    assert error.value.faults[0].code == "bound_off_step"
    high = f"id,at_most base_fee,{END}\nhigh,50,A,甲,why,test\n"
    assert faults_of(base, low=low, high=high) == [("bound_crossing", "low.csv:2:at_least base_fee")]


def test_a_row_for_each_of_an_unknown_number_is_refused():
    text = f"id,us_staff,for_each,adds base_fee,{END}\na,*,us_staff,1,A,甲,why,test\n"
    assert faults_of(text) == [("each_of_unknown", "base.csv:2:for_each")]


def test_a_share_is_not_written_in_percent_and_steps_rise_above_one():
    charges = (
        f"id,position,kind,settles,of,baseline,{END}\ncut,1,share,month,gmv,current_gmv,C,提点,why,test\n"
    )
    rate = f"id,sets cut,{END}\na,5,A,甲,why,test\n"
    steps = f"id,charge,above,rate,{END}\ns,cut,1,0.08,A,甲,why,test\nt,cut,1.2,8,A,甲,why,test\n"
    assert faults_of(rate, charges=charges, steps=steps) == [
        ("percent_for_share", "base.csv:2:sets cut"),
        ("below_least", "steps.csv:2:above"),
        ("percent_for_share", "steps.csv:3:rate"),
    ]
    steps = steps.replace(",8,", ",0.1,")
    assert faults_of(rate, charges=charges, steps=steps) == [
        ("percent_for_share", "base.csv:2:sets cut"),
        ("below_least", "steps.csv:2:above"),
    ]


def test_a_cell_that_means_nothing_for_the_kind_is_refused():
    charges = f"id,position,kind,settles,of,pack,{END}\nbase_fee,1,fixed,month,,3,C,提点,why,test\n"
    base = f"id,sets base_fee,{END}\na,5,A,甲,why,test\n"
    assert faults_of(base, charges=charges) == [("cell_not_used", "charges.csv:2:pack")]
    counting = charges.replace(",,3,", ",gmv,,")
    assert faults_of(base, charges=counting) == [("steps_of_what", "charges.csv:2:of")]


def test_every_fault_of_every_file_is_reported_at_once():
    base = f"id,category,sets base_fee,{END}\na,beatuy,6%,A,甲,why,test\nb,food,1,,乙,why,test\n"
    clauses = f"id,kind,stage,{END}\nc,tax,warm,A,甲,why,test\n"
    assert [place for _, place in faults_of(base, clauses=clauses)] == [
        "clauses.csv:2:stage",
        "base.csv:2:category",
        "base.csv:2:sets base_fee",
        "base.csv:3:label_en",
    ]


@given(st.sampled_from(sorted(FACTS)), st.data())
@settings(max_examples=60)
def test_only_a_star_or_the_word_matches_unknown(name, data):
    fact = FACTS[name]
    cell = (
        data.draw(st.sampled_from(fact.words)) if fact.words else data.draw(st.sampled_from((">=0", "1..5")))
    )
    assert not parse(cell, fact, "").holds(None)
    assert parse(f"{cell}|unknown", fact, "").holds(None)
    assert parse("*", fact, "").holds(None)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=5, unique=True), st.integers(0, 200))
def test_the_answers_that_stand_for_all_miss_no_way_of_matching(edges, value):
    fact = FACTS["sku_count"]
    cells = [
        parse(text, fact, "") for edge in edges for text in (f">={edge}", f"<{edge}", f"{edge}..{edge + 3}")
    ]
    ways = {tuple(cell.holds(answer) for cell in cells) for answer in answers(fact, cells)}
    assert tuple(cell.holds(Decimal(value)) for cell in cells) in ways


def rebuilt(encode, order) -> RateCard:
    """The default edition with every table written anew: its rows reordered, its bytes encoded."""
    texts = {}
    for name, table in TABLES.items():
        rows = order([[row[column] for column in table.columns] for row in table.rows])
        quoted = [",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows]
        content = encode("\n".join([",".join(table.columns), *quoted]) + "\n")
        texts[name] = tables.parse(content, f"{name}.csv")
    heading = DEFAULT.heading.model_copy(update={"tables": dict(reversed(DEFAULT.heading.tables.items()))})
    return editions.assemble(heading, texts, DEFAULT.examples, VOCABULARY)


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.encode("gb18030"),
    ],
    ids=["bom", "crlf", "gb18030"],
)
def test_the_hash_is_of_what_is_said_not_of_the_file(encode):
    assert rebuilt(encode, lambda rows: rows[::-1]).sha256 == DEFAULT.sha256


@given(st.randoms(use_true_random=False))
@settings(max_examples=5, deadline=None)
def test_the_hash_does_not_know_the_order_of_rows(random):
    assert rebuilt(str.encode, lambda rows: random.sample(rows, len(rows))).sha256 == DEFAULT.sha256


def test_the_hash_knows_six_from_six_point_nought_only_by_value():
    base = f"id,sets base_fee,{END}\na,%s,A,甲,why,test\n"
    assert small({"base": base % "6.0"}).sha256 == small({"base": base % "6"}).sha256
    assert small({"base": base % "6.1"}).sha256 != small({"base": base % "6"}).sha256


def test_an_example_that_differs_and_a_row_without_example_are_found():
    base = f"id,stage,sets base_fee,{END}\na,cold,5,A,甲,why,test\nb,growth|mature|unknown,4,B,乙,why,test\n"
    nature = {"base_fee": {"kind": "fixed", "settles": "month", "due_days": "None"}}
    example = {"why": "nothing known", "facts": {}, "charges": {"base_fee": "5"}}
    card = replace(
        small({"base": base}, "one"),
        examples=Examples.model_validate({"charges": nature, "example": [example]}),
    )
    assert [(fault.code, fault.place) for fault in example_faults(card)] == [
        ("example", "examples.toml:example[0].base_fee"),
        ("untried", "base.csv:2"),
        ("untried_near", "base.csv:3"),
    ]


def test_check_finds_every_fault_of_a_folder(tmp_path):
    rules = tmp_path / "rules"
    with_one_edition(rules)
    assert check(rules) == ()
    edition = rules / "rate_cards" / DEFAULT.id
    text = (edition / "stage.csv").read_text("utf-8")
    (edition / "stage.csv").write_text(text.replace("1.1,", "10%,"), "utf-8")
    (edition / "extra.csv").write_text("id\nx\n", "utf-8")
    found = [(fault.code, fault.place) for fault in check(rules)]
    assert found == [
        ("unlisted_table", f"rate_cards/{DEFAULT.id}/extra.csv"),
        ("percent_sign", f"rate_cards/{DEFAULT.id}/stage.csv:2:scales base_fee"),
    ]
    assert check(edition)[0].place == f"{DEFAULT.id}/extra.csv"


def test_editions_that_overlap_are_refused_and_one_that_supersedes_ends_the_other(tmp_path):
    for name in ("kpis.toml", "offers", "words"):
        source = FOLDER / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    old = tmp_path / "rate_cards" / DEFAULT.id
    new = tmp_path / "rate_cards" / "2027-02-01"
    shutil.copytree(EDITION, old)
    shutil.copytree(EDITION, new)
    text = (new / "card.toml").read_text("utf-8")
    text = "\n".join(line for line in text.splitlines() if not line.startswith("sealed"))
    text = text.replace(f'id = "{DEFAULT.id}"', 'id = "2027-02-01"', 1)
    text = text.replace("valid_from = 2026-11-30", "valid_from = 2027-02-01")
    (new / "card.toml").write_text(text, "utf-8")
    assert [fault.code for fault in check(tmp_path) if fault.code == "editions_overlap"]
    text = text.replace("valid_from", f'supersedes = "{DEFAULT.id}"\nvalid_from', 1)
    (new / "card.toml").write_text(text, "utf-8")
    assert not [fault.code for fault in check(tmp_path) if fault.code == "editions_overlap"]


def test_a_seal_yet_to_be_written_is_told(tmp_path):
    edition = tmp_path / DEFAULT.id
    shutil.copytree(EDITION, edition)
    card = edition / "card.toml"
    unsealed = card.read_text("utf-8").replace(DEFAULT.sha256, "")
    card.write_text(unsealed, "utf-8")
    (fault,) = check(edition)
    assert fault.code == "not_a_seal" and f'sealed = "{DEFAULT.sha256}"' in fault.line("en")


def test_guards_come_gravest_first_and_unknown_raises_none():
    found = raised(DEFAULT.guards, {"asks_guarantee": "yes", "margin_known": "no", "difficulty": "remote"})
    assert [guard.severity for guard in found] == ["refusal", "warning", "note"]
    assert raised(DEFAULT.guards, {}) == ()
    assert found[0].approver is not None and found[2].approver is None


def test_no_row_promises_a_result_or_calls_our_share_the_creators_word():
    for name, entries in DEFAULT.named_entries():
        for entry in entries:
            if entry.id != "guard.guarantee":
                assert "guarantee" not in entry.text.en.lower() and "保证效果" not in entry.text.zh, entry.id
            if name not in ("clauses", "guards"):
                assert "佣金" not in entry.text.zh, entry.id
