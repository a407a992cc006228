"""The command ``quotecast import``: every export in both languages, to a quote or a brief, no buyer kept."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from books import NOON, SIGNED, Clock, new_book, record, render
from exported import FILES, FOLDER, ZONE, content
from ledgers import frozen, goal

from estimator.book import mappings as kept_mappings
from estimator.brief import brief as briefs
from estimator.cli import main
from estimator.evidence.exports.answer import import_json
from estimator.evidence.exports.headers import catalogue, mappable
from estimator.evidence.exports.record import Asked, Reason, RemarkCode
from estimator.evidence.exports.understanding import understand
from estimator.presentation.field_names import FIELDS
from estimator.presentation.import_text import REASONS, REMARKS
from estimator.presentation.words import Words

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])
BUYER = ("Quillfeather", "quillfeather", "Marmalade", "Fernhollow", "555010", "97999")
"""What the buyer of the invented orders is called, where he lives and how he is reached."""

Said = Callable[..., str]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Said:
    """Run the command; what it printed, or its faults."""

    def run(*arguments: object, status: int = 0) -> str:
        assert main(["import", *map(str, arguments)]) == status
        said = capsys.readouterr()
        return said.err if status else said.out

    return run


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A book with a signed quote."""
    book = new_book(tmp_path, Clock())
    what = record(forecast={"frozen": frozen(goal()).model_dump(mode="json")})
    draft = book.save_draft(None, "call", {}, user="Lin")
    revision = book.send(draft.id, what, render, user="Lin", version=draft.version)
    book.agree(revision.reference, user="Lin", who="Client", how="by mail", when=NOON)
    book.sign(revision.reference, SIGNED, user="Lin")
    book.close()
    return tmp_path


@LANGUAGES
@pytest.mark.parametrize("name", FILES)
def test_every_export_is_shown_as_it_was_understood(say: Said, name: str, lang: str) -> None:
    words = Words(lang)  # type: ignore[arg-type]
    told = say(FOLDER / name, "--lang", lang)
    assert words.say("What was understood") in told and words.say("Month by month") in told and name in told
    understood = understand([(name, content(name))], Asked(shop_zone=ZONE), {})
    assert all(file.aside[0] in told for file in understood.files if file.aside)
    assert words.month(understood.months[0].month) in told
    assert not [buyer for buyer in BUYER if buyer in told]


def test_every_remark_reason_and_field_has_its_words() -> None:
    assert set(REMARKS) == set(get_args(RemarkCode)) and set(REASONS) == set(get_args(Reason))
    assert {*mappable(), *catalogue().others} <= set(FIELDS)


def test_what_was_understood_is_data_too(say: Said) -> None:
    answer = json.loads(say(FOLDER / "gmv_max_daily_en.csv", "--json", "--timezone", "Asia/Shanghai"))
    assert answer["files"][0]["used"]["Cost"] == "ad_spend" and answer["timezone"] == "Asia/Shanghai"
    assert answer["months"][1]["figures"]["ad_spend"] == "31676.02" and answer["months"][1]["whole"]
    assert {one["code"] for one in answer["remarks"]} == {"zone_differs", "note"}


@LANGUAGES
def test_months_are_entered_for_a_quote_and_no_buyer_is_kept(say: Said, kept: Path, lang: str) -> None:
    files = [FOLDER / name for name in ("orders_en.csv", "orders_zh.xlsx", "gmv_max_daily_en.csv")]
    told = say(*files, "--for", "Q-2026-0001", "--by", "Lin", "--book", kept, "--lang", lang)
    entered = Words(lang).say(  # type: ignore[arg-type]
        "{count} whole months were entered for {number}.", count=2, number="Q-2026-0001"
    )
    assert entered in told
    assert main(["book", "show", "Q-2026-0001", "--json", "--book", str(kept)]) == 0
    for path in kept.rglob("*"):
        stored = path.read_bytes() if path.is_file() else b""
        assert not [buyer for buyer in BUYER if buyer.encode() in stored], path
    data = import_json(understand([(path.name, path.read_bytes()) for path in files], Asked(), {}))
    assert not [buyer for buyer in BUYER if buyer in data.model_dump_json()]


def test_figures_in_the_book_are_those_that_were_shown(
    say: Said, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = json.loads(say(FOLDER / "gmv_max_daily_en.csv", "--json"))["months"]
    say(FOLDER / "gmv_max_daily_en.csv", "--for", "Q-2026-0001", "--by", "Lin", "--book", kept)
    assert main(["book", "show", "Q-2026-0001", "--json", "--book", str(kept)]) == 0
    lines = json.loads(capsys.readouterr().out)["actuals"]
    assert [(line["month"], line["cells"]["ad_spend"]) for line in lines] == [
        (month["month"], month["figures"]["ad_spend"]) for month in shown
    ]


@LANGUAGES
def test_a_cut_or_wrong_file_changes_nothing_and_says_where(
    say: Said, kept: Path, tmp_path: Path, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cut, wrong = tmp_path / "cut.csv", tmp_path / "wrong.csv"
    cut.write_bytes(content("orders_en.csv")[:3000])
    lines = content("gmv_max_daily_en.csv").decode("utf-8-sig").splitlines()
    lines[5] = lines[5].replace('"', "").replace("2026-09", "2026-19")
    wrong.write_text("\n".join(lines), "utf-8")
    for path, place in ((cut, "cut.csv:7:Recipient"), (wrong, "wrong.csv:6")):
        good = FOLDER / "orders_en.csv"
        asked = (path, good, "--for", "Q-2026-0001", "--by", "Lin", "--book", kept, "--lang", lang)
        fault = say(*asked, status=1)
        assert place in fault and not [buyer for buyer in BUYER if buyer in fault]
    capsys.readouterr()
    assert main(["book", "show", "Q-2026-0001", "--json", "--book", str(kept)]) == 0
    assert json.loads(capsys.readouterr().out)["actuals"] == []


def test_a_wrong_cell_of_an_order_is_not_quoted(say: Said, tmp_path: Path) -> None:
    """A column that slipped would put a name where an amount belongs."""
    path = tmp_path / "slipped.csv"
    text = content("orders_en.csv").decode("utf-8-sig").replace("24.99,", "Zelda Quillfeather,")
    path.write_text(text, "utf-8")
    fault = say(path, status=1)
    assert "slipped.csv:3:SKU Subtotal After Discount" in fault
    assert not [buyer for buyer in BUYER if buyer in fault]


def test_months_are_written_as_history_of_a_brief(say: Said, tmp_path: Path) -> None:
    out = tmp_path / "history.toml"
    say(FOLDER / "meta_ads_en.csv", FOLDER / "google_ads_en.csv", "--history", out)
    (month,) = tomllib.loads(out.read_text("utf-8"))["history"]
    assert month.keys() == {"month", "ad_spend", "attributed_gmv", "orders"}
    (read,) = briefs.read(out).history
    assert read.orders == month["orders"] and read.gmv is None
    say(FOLDER / "orders_en.csv", FOLDER / "gmv_max_daily_en.csv", "--history", out)
    assert [one.gmv is not None and one.attributed_gmv is None for one in briefs.read(out).history] == [
        True
    ] * 2
    assert "lacks gmv" in say(FOLDER / "gmv_max_daily_en.csv", "--history", out, status=1)


def test_a_mapping_is_begun_filled_in_and_remembered(say: Said, tmp_path: Path) -> None:
    table, mapping = tmp_path / "tabelle.csv", tmp_path / "mapping.toml"
    table.write_text("Tag;Kosten;Umsatz\n01.10.2026;1.234,50;50\n31.10.2026;7;60\n", "utf-8")
    assert "tabelle.csv:1" in say(table, "--mapping", mapping, status=1)
    begun = mapping.read_text("utf-8")
    for head, field in (("Tag", "day"), ("Kosten", "ad_spend"), ("Umsatz", "gmv")):
        assert f'"{head}" = ""' in begun
        begun = begun.replace(f'"{head}" = ""', f'"{head}" = "{field}"')
    mapping.write_text(begun, "utf-8")
    answer = json.loads(say(table, "--mapping", mapping, "--json"))
    assert answer["months"][0]["figures"] == {"ad_spend": "1241.5", "gmv": "110"}


def test_a_mapping_that_is_filled_in_wrongly_is_told_and_not_overwritten(say: Said, tmp_path: Path) -> None:
    table, mapping = tmp_path / "t.csv", tmp_path / "mapping.toml"
    table.write_text("Tag,Kosten\n2026-10-01,5\n", "utf-8")
    mapping.write_text('[[table]]\ncolumns = { "Tag" = "day", "Kosten" = "cost" }\n', "utf-8")
    before = mapping.read_text("utf-8")
    assert "mapping.toml:table[0].columns.Kosten" in say(table, "--mapping", mapping, status=1)
    assert mapping.read_text("utf-8") == before


def test_who_enters_must_be_said_and_a_kind_must_be_known(say: Said, kept: Path) -> None:
    file = FOLDER / "gmv_max_daily_en.csv"
    assert "--by" in say(file, "--for", "Q-2026-0001", "--book", kept, status=1)
    assert "gmv_max" in say(file, "--as", "gmv_maxx", status=1)
    assert "gmv_max_daily_en.csv:3" in say(file, "--as", "shop_orders", status=1)


def test_what_a_person_said_of_columns_is_kept_by_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOTECAST_HOME", str(tmp_path))
    assert kept_mappings.load("Lin") == ""
    assert kept_mappings.save("Lin", "[[table]]") and kept_mappings.save("Wei", "x = 1")
    assert (kept_mappings.load("Lin"), kept_mappings.load("Wei")) == ("[[table]]", "x = 1")
