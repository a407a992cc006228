"""From a file of actuals to the invoice: what a bookkeeper hands in, good and bad."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from opened import PLATFORMS, RULES

from estimator.contract import offers
from estimator.earnings import actuals
from estimator.earnings.settlement import fees
from estimator.presentation.statement_text import read_aloud
from estimator.schemas.statement import Statement, statement
from estimator.values.errors import QuotecastError


def settled(tmp_path: Path, offer: str, text: str | bytes) -> Statement:
    path = tmp_path / "actuals.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    agreed = RULES.offers[offer].terms
    counted = actuals.read([path], agreed, PLATFORMS)
    return statement(agreed, fees(agreed, counted), counted)


def settle(tmp_path: Path, offer: str, text: str | bytes) -> dict:
    return settled(tmp_path, offer, text).model_dump(mode="json")


def faults(tmp_path: Path, text: str | bytes, offer: str = "us_agency") -> list[str]:
    with pytest.raises(QuotecastError) as caught:
        settle(tmp_path, offer, text)
    for fault in caught.value.faults:
        assert fault.line("zh") != fault.line("en")
    return [str(fault) for fault in caught.value.faults]


def test_an_invoice_names_the_rule_of_every_line(tmp_path: Path) -> None:
    paper = settle(tmp_path, "us_agency", "month,gmv\n2027-01,123456.70\n2027-02,0\n")
    assert paper["total"] == "25345.67"
    assert [month["total"] for month in paper["months"]] == ["18845.67", "6500.00"]
    lines = paper["months"][0]["lines"]
    assert [(line["charge"], line["amount"]) for line in lines] == [
        ("base", "6500.00"),
        ("commission", "12345.67"),
    ]
    assert all(line["rule"].startswith("us_agency.toml:") for line in lines)
    assert paper["credits"] == paper["pending"] == []


def test_a_quarterly_line_stands_in_the_quarters_last_month(tmp_path: Path) -> None:
    rows = "".join(f"2027-{month:02d},300000\n" for month in (11, 12)) + "2028-01,300000\n"
    paper = settle(tmp_path, "full_service_tiers", "month,gmv\n" + rows)
    charged = [[line["charge"] for line in month["lines"]] for month in paper["months"]]
    assert charged == [["base", "commission"], ["base", "commission"], ["base", "commission", "excess"]]
    assert paper["months"][2]["lines"][2]["amount"] == "22800.00"
    assert paper["total"] == "93300.00"


def test_a_credit_is_never_netted(tmp_path: Path) -> None:
    paper = settle(
        tmp_path, "platform_plan", "month,gmv,videos,creator_videos\n1,5000,30,0\n2,5000,30,0\n3,9999,30,0\n"
    )
    assert paper["total"] == "9999.80"
    assert [(credit["amount"], credit["paid_as"]) for credit in paper["credits"]] == [
        ("3000.00", "ad_credit")
    ]


def test_what_is_unknown_waits_and_says_what_is_missing(tmp_path: Path) -> None:
    paper = settle(tmp_path, "us_agency", "month,gmv,orders\n2027-01,,5\n2027-02,100,\n")
    assert [(p["charge"], p["missing"]) for p in paper["pending"]] == [("commission", ["gmv 2027-01"])]
    assert [month["total"] for month in paper["months"]] == ["6500.00", "6510.00"]


def test_stores_are_added_and_counted(tmp_path: Path) -> None:
    rows = "month,store,videos,creator_videos\n1,east,100,20\n1,west,51,41\n"
    paper = settle(tmp_path, "agency_formula", rows)
    amounts = {line["charge"]: line["amount"] for line in paper["months"][0]["lines"]}
    assert amounts == {
        "operation": "2000.00",
        "direction": "2000.00",
        "editing_team": "2200.00",
        "editing_piece": "1510.00",
        "outreach_team": "1500.00",
        "outreach_piece": "915.00",
    }


def test_a_store_without_its_month_leaves_the_month_unknown(tmp_path: Path) -> None:
    paper = settle(tmp_path, "us_agency", "month,store,gmv\n1,a,10\n1,b,20\n2,a,30\n")
    assert [p["missing"] for p in paper["pending"]] == [["gmv 2 b"]]


@pytest.mark.parametrize("rows", ["1,A,5\n1,a,6\n", "1,A,5\n1,,6\n"])
def test_one_store_is_written_one_way(tmp_path: Path, rows: str) -> None:
    assert "may be one store" in faults(tmp_path, "month,store,gmv\n" + rows)[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-8"])
def test_files_from_excel_are_read(tmp_path: Path, encoding: str) -> None:
    text = 'month,store,gmv\r\n2027-01,"深圳一店",100.5\r\n\r\n'
    assert settle(tmp_path, "us_agency", text.encode(encoding))["total"] == "6510.05"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("month,gmv\n2027-01,12x\n", 'actuals.csv:2:gmv: "12x" is not an amount'),
        ("month,gmv\n2027-01,NaN\n", 'actuals.csv:2:gmv: "NaN" is not a finite number'),
        ("month,gmv\n2027-01,1e30\n", 'actuals.csv:2:gmv: "1e30" is not an amount'),
        (f"month,gmv\n2027-01,{10**30}\n", "actuals.csv:2:gmv: 1.00e+30 is beyond what any shop does"),
        ('month,gmv\n2027-01,"1,000"\n', 'actuals.csv:2:gmv: "1,000" is not an amount'),
        ("month,ad_spend\n2027-01,-5\n", "actuals.csv:2:ad_spend: -5 is too low"),
        ("month,videos\n2027-01,2.5\n", 'actuals.csv:2:videos: "2.5" is not a whole number'),
        ("month,gvm\n2027-01,5\n", 'actuals.csv:1:gvm: "gvm" is not a field here; write one of gmv'),
        ("gmv\n5\n", 'actuals.csv:1: the column "month" is missing'),
        ("month,gmv\n2027-01,5\n2027-01,6\n", "actuals.csv:3: 2027-01 stands already on line 2"),
        ("month,gmv\n2027-01,5\n2027-03,6\n", "actuals.csv:3:month: 2027-03 follows 2027-01"),
        ("month,gmv\n2027-13,5\n", 'actuals.csv:2:month: "2027-13" is not a month'),
        ("month,gmv\n2027-01,5\n2,6\n", 'actuals.csv:3:month: "2" mixes calendar months'),
        ("month,gmv\n2,5\n", "actuals.csv:2:month: 2 follows 0"),
        ("month,gmv\n2027-01\n", "actuals.csv:2: 1 cells where the first line has 2"),
        ("month,gmv,gmv\n2027-01,1,2\n", 'actuals.csv:1:gmv: the column "gmv" stands twice'),
        ("month,gmv\n", "actuals.csv: there are no rows"),
        ("", "actuals.csv"),
        (b"\xff\xfe\x00m", "actuals.csv"),
    ],
)
def test_bad_input_names_place_and_remedy(tmp_path: Path, text: str | bytes, expected: str) -> None:
    assert faults(tmp_path, text)[0].startswith(expected)


def test_every_fault_of_a_file_is_named_at_once(tmp_path: Path) -> None:
    assert len(faults(tmp_path, "month,gmv,orders\n1,x,y\n2,5,-1\n")) == 3


def test_a_file_of_fifty_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "actuals.csv"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(QuotecastError, match=r"the file has 50\.0 MB; write one of at most 5 MB"):
        actuals.read([path], RULES.offers["us_agency"].terms, PLATFORMS)


def test_months_after_the_term_are_refused(tmp_path: Path) -> None:
    rows = "".join(f"{month},10\n" for month in range(1, 5))
    assert (
        "falls after 3, the last month of the contract"
        in faults(tmp_path, "month,gmv\n" + rows, "platform_plan")[0]
    )


def test_terms_of_ones_own_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "deal.toml"
    path.write_text(
        """
currency = "USD"
months = 2
[[charges]]
id = "commission"
kind = "share"
label = { en = "Commission", zh = "提点" }
of = { of = ["gmv"] }
tiers = { above = [0, 100000], rate = ["0.05", "0.08"], reach = "whole" }
"""
    )
    agreed = offers.read(path, RULES.kpis)
    rows = tmp_path / "actuals.csv"
    rows.write_text("month,gmv\n1,100000\n2,100000.01\n")
    counted = actuals.read([rows], agreed, PLATFORMS)
    paper = statement(agreed, fees(agreed, counted), counted)
    assert [month.total for month in paper.months] == [5000, 8000]
    assert paper.months[0].lines[0].rule == "deal.toml:5#commission"


def test_bad_terms_name_the_place(tmp_path: Path) -> None:
    path = tmp_path / "deal.toml"
    path.write_text('currency = "USD"\n[[charges]]\nid = "a"\nkind = "fixed"\namount = -1\n')
    with pytest.raises(QuotecastError) as caught:
        offers.read(path, RULES.kpis)
    places = {fault.place for fault in caught.value.faults}
    assert "deal.toml:charges[0].amount" in places and "deal.toml:charges[0].label" in places
    path.write_text("currency = USD\n")
    with pytest.raises(QuotecastError, match="not TOML"):
        offers.read(path, RULES.kpis)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_statement_reads_in_both_languages(tmp_path: Path, language: str) -> None:
    paper = settled(tmp_path, "wager", "month,settled_gmv,ad_spend\n1,50000,20000\n")
    text = read_aloud(paper, language)
    assert RULES.offers["wager"].terms.charge("base").label.of(language) in text
    data = paper.model_dump(mode="json")
    assert json.loads(json.dumps(data)) == data
