"""Messages about contracts: each names the charge, says what is missing, and asks what reads two ways."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from histories import goal
from opened import PLATFORMS
from test_clauses import quoted
from test_contract_cases import share, signed
from test_months import settle

from estimator.cli import main
from estimator.contract.terms import Terms
from estimator.earnings import actuals
from estimator.earnings.settlement import fees
from estimator.presentation.quote_text import as_text
from estimator.presentation.statement_text import read_aloud
from estimator.presentation.words import Words
from estimator.schemas.statement import statement
from estimator.values.errors import QuotecastError
from estimator.values.typed import typed_amount

SEED = Path("examples/briefs/seed_beauty.toml")
CASH = {"paid_as": "cash"}
STEP = {"goal": goal("gmv", 5, (1, 9)).model_dump(), "back": "0.5"}


@pytest.mark.parametrize(
    ("charges", "place"),
    [
        ([{"kind": "fixed", "amount": 5}, share("0.1", "leads")], "terms:charges[1]"),
        ([share("0.1", settles="term")], "terms:charges[0]"),
        ([share("0.1"), {"kind": "bound", "over": ["c7"], "at_least": 5}], "terms:charges[1]"),
        ([{"kind": "fixed", "amount": 5, "months": [1, 12]}], "terms:charges[0]"),
        ([{"kind": "fixed", "amount": 5}, {"kind": "fixed", "id": "c0", "amount": 6}], "terms:charges[1].id"),
        (
            [share("0.1"), {"kind": "refund", "over": ["c0"], "steps": [STEP], "paid_as": "cash"}],
            "terms:charges[1]",
        ),
    ],
)
def test_a_fault_of_terms_names_the_charge(charges: list[dict[str, Any]], place: str) -> None:
    months = {} if charges[0].get("settles") == "term" else {"months": 6}
    with pytest.raises(QuotecastError) as caught:
        signed(*charges, **months)
    assert next(fault.place for fault in caught.value.faults).startswith(place)


def test_a_store_without_its_platforms_name_is_what_is_missing(tmp_path: Path) -> None:
    """GMV is given; what is not is which of the shops is the one on TikTok."""
    charge = share("0.1")
    charge["of"] = {"of": ["gmv"], "platforms": ["tiktok_shop"]}
    path = tmp_path / "a.csv"
    path.write_text("month,store,gmv\n1,my shop,5\n")
    terms = signed(charge)
    counted = actuals.read([path], terms, PLATFORMS)
    paper = statement(terms, fees(terms, counted), counted)
    assert paper.pending[0].missing == ("store: tiktok_shop",)
    assert "a store named after its platform, tiktok_shop" in read_aloud(paper, "en")
    assert "以平台命名的店铺（tiktok_shop）" in read_aloud(paper, "zh")


def test_months_that_are_missing_are_said_in_the_readers_language(tmp_path: Path) -> None:
    paper = settle(tmp_path, signed(share("0.1", settles="quarter")), "month,gmv\n1,5\n")
    assert "missing: GMV of month 2" in read_aloud(paper, "en")
    zh = read_aloud(paper, "zh")
    assert "第 2 个月" in zh and "month" not in zh


def test_a_line_says_the_period_it_settles_by(tmp_path: Path) -> None:
    paper = settle(tmp_path, signed(share("0.1", settles="quarter")), "month,gmv\n1,5\n2,5\n3,5\n")
    assert "settled by the quarter" in read_aloud(paper, "en") and "按季度结算" in read_aloud(paper, "zh")


@pytest.mark.parametrize("text", ["3.000", "20.000", "1.000 USD", "$1.500", "1.500k"])
def test_a_dot_before_three_digits_is_asked_back(text: str) -> None:
    with pytest.raises(QuotecastError) as caught:
        typed_amount(text, "USD")
    (fault,) = caught.value.faults
    assert fault.code == "unclear_dot" and fault.line("zh") != fault.line("en")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3.5", "3.5"), ("3.00", "3"), ("0.125", "0.125"), ("3000", "3000"), ("1,000.500", "1000.5")],
)
def test_what_reads_one_way_is_taken(text: str, expected: str) -> None:
    assert typed_amount(text, "USD") == Decimal(expected)


def test_a_trade_at_an_unclear_base_is_asked_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trade", str(SEED), "--base", "3.000"]) == 1
    assert '"3.000" may be 3000 or 3' in capsys.readouterr().err


def test_a_quote_file_that_was_edited_does_not_settle(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its hash stands beside it: a base of 8,199 where 8,200 was quoted is told."""
    assert main(["quote", str(SEED), "--on", "2026-12-01", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    path, rows = tmp_path / "quote.json", tmp_path / "rows.csv"
    rows.write_text("month,settled_gmv,ad_spend,videos,creator_videos,live_hours\n1,0,0,0,0,0\n")
    path.write_text(json.dumps(content))
    assert main(["settle", str(path), str(rows)]) == 0
    content["contract"]["charges"][0]["amount"] = "8199"
    path.write_text(json.dumps(content))
    capsys.readouterr()
    assert main(["settle", str(path), str(rows)]) == 1
    assert "the contract is not as it was quoted" in capsys.readouterr().err


def test_a_fingerprint_is_of_what_is_signed() -> None:
    one, same = signed(share("0.1")), signed(share("0.10"))
    assert one.fingerprint == Terms.model_validate_json(one.model_dump_json(), strict=False).fingerprint
    assert one.fingerprint != signed(share("0.11")).fingerprint and one == same


def test_charges_of_every_kind_are_said_in_both_languages() -> None:
    """What a pack is of, amounts by tier, a share by the quarter, refunds in proportion."""
    made = quoted()
    steps = [{"above": 30_000, "amount": 3_500}]
    proportion = {"goal": goal("gmv", 5, (1, 3)).model_dump(), "back": "0.5"}
    terms = signed(
        {"kind": "per_unit", "of": {"of": ["videos"]}, "price": 200, "pack": 10},
        {"kind": "per_unit", "of": {"of": ["hours"]}, "price": 800, "pack": 8},
        {"kind": "fixed", "amount": 2_500, "of": {"of": ["ad_spend"]}, "steps": steps},
        share("0.1", settles="quarter"),
        share("0.06", "fees.c3", settles="quarter"),
        {"kind": "refund", "over": ["c3"], "proportion": proportion, **CASH},
        months=6,
    )
    english = (
        "$200 for each 10 of own videos begun",
        "$800 for 8 of hours of work, a part in proportion",
        "$2,500 a month, $3,500 above 30,000 of ad spend",
        "10% of GMV, settled by the quarter",
        "6% of charge",
        "50%",
    )
    chinese = ("自制视频", "不足按一份计", "工时", "不足按比例计", "按季度结算")
    rules = made.rules
    for language, said in (("en", english), ("zh", chinese)):
        words = Words(language, vocabulary=rules.vocabulary, remarks=rules.remarks)  # type: ignore[arg-type]
        text = as_text(replace(made, terms=terms), words)
        assert not [part for part in said if part not in text]
