"""The commands ``quotecast book actuals`` and ``quotecast ledger``, in both languages and as data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from books import NOON, SIGNED, Clock, new_book, record, render
from ledgers import frozen, goal

from estimator.cli import main
from estimator.presentation.words import Words

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])
BOTH = (
    "month,gmv,ad_spend\n2026-08,20000,10000\n2026-09,10000,10000\n",
    "month,gmv,ad_spend\n2026-10,33000,10000\n",
)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A book with a signed quote of two goals and one that was sent before forecasts were frozen."""
    book = new_book(tmp_path, Clock())
    goals = frozen(goal(), goal("2.5", months=(4, 5)))
    for what in (record(forecast={"frozen": goals.model_dump(mode="json")}), record()):
        draft = book.save_draft(None, "call", {}, user="Lin")
        revision = book.send(draft.id, what, render, user="Lin", version=draft.version)
        book.agree(revision.reference, user="Lin", who="Client", how="by mail", when=NOON)
        book.sign(revision.reference, SIGNED, user="Lin")
    book.close()
    return tmp_path


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    paths = [tmp_path / f"{name}.csv" for name in ("early", "late")]
    for path, text in zip(paths, BOTH):
        path.write_text(text, "utf-8")
    return list(map(str, paths))


Said = Callable[..., str]


@pytest.fixture
def say(kept: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    """Run a command on the book; what it printed, or its faults."""

    def run(*arguments: str, status: int = 0) -> str:
        assert main([*arguments, "--book", str(kept)]) == status
        said = capsys.readouterr()
        return said.err if status else said.out

    return run


@LANGUAGES
def test_figures_are_entered_and_say_what_the_goals_came_to(say: Said, files: list[str], lang: str) -> None:
    words = Words(lang)  # type: ignore[arg-type]
    before = say("ledger", "--lang", lang, "--on", "2027-06-01")
    assert (
        words.say("No goal of a sent quote has resolved yet, so there is nothing of our own to score.")
        in before
    )
    assert "0.79 [0.71–0.87]" in before and "86% [67–95]" in before and "Q-2026-0002-r1" in before
    told = say("book", "actuals", "Q-2026-0001", *reversed(files), "--by", "Lin", "--lang", lang)
    first, second = told.splitlines()[2:4]
    assert words.say("met") in first and "2.1" in first and words.say("open") in second
    assert words.say("months still to be entered: {what}", what="2") in second
    after = say("ledger", "--lang", lang, "--by", "platform", "--on", "2027-06-01")
    assert "TikTok Shop" in after and "1/1" in after and "50% (1/2)" in after
    assert words.say("Forecasts that have been scored") in after and "0.79" not in after


def test_the_ledger_is_data_too(say: Said, files: list[str]) -> None:
    say("book", "actuals", "Q-2026-0001", *files, "--by", "Lin")
    answer = json.loads(say("ledger", "--json", "--by", "person", "--on", "2027-06-01"))
    assert [(one["reference"], one["came"], one.get("reason")) for one in answer["goals"]] == [
        ("Q-2026-0001-r1", "met", None),
        ("Q-2026-0001-r1", "open", "absent"),
    ]
    assert answer["not_scorable"] == ["Q-2026-0002-r1"] and answer["least_of_a_person"] == 20
    assert answer["everything"]["matured"] == 0.5 and answer["kinds"][0]["scores"] is None
    shown = json.loads(say("book", "show", "Q-2026-0001", "--json"))
    assert [line["source"] for line in shown["actuals"]] == ["early.csv:2", "early.csv:3", "late.csv:2"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("month,gmv,clcks\n2026-08,1,2\n", "bad.csv:1:clcks"),
        ("month,gmv\n2026-08,much\n", "bad.csv:2:gmv"),
        ("month,gmv\n2026-08,1\n2026-10,1\n", "bad.csv:3:month"),
        ("month,gmv\n1,1\n", "bad.csv:2"),
        ("gmv\n1\n", "bad.csv:1"),
    ],
)
def test_a_fault_is_told_at_its_place_and_nothing_is_kept(
    say: Said, tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, "utf-8")
    assert said in say("book", "actuals", "Q-2026-0001", str(path), "--by", "Lin", status=1)
    assert said in say("book", "actuals", "Q-2026-0001", str(path), "--by", "Lin", "--lang", "zh", status=1)
    assert json.loads(say("book", "show", "Q-2026-0001", "--json"))["actuals"] == []


def test_a_quote_without_a_forecast_and_a_missing_file_are_refused(say: Said, files: list[str]) -> None:
    assert "Q-2026-0002-r1" in say("book", "actuals", "Q-2026-0002", *files, "--by", "Lin", status=1)
    assert "none.csv" in say("book", "actuals", "Q-2026-0001", "none.csv", "--by", "Lin", status=1)


def test_the_end_of_a_contract_makes_void_what_it_cut_off(say: Said, files: list[str]) -> None:
    told = say("book", "actuals", "Q-2026-0001", *files, "--by", "Lin", "--ends", "2026-10-31")
    first, second = told.splitlines()[2:4]
    assert "met" in first and "void" in second and "2026-10" in second
