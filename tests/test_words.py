"""Words: both languages whole, none forbidden, every answer worded, every glyph in the fonts shipped."""

from __future__ import annotations

import ast
import datetime as dt
import re
import tomllib
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from babel.messages.pofile import read_po
from cards import EARLIER
from opened import FOLDER, RULES

from estimator.book.states import State
from estimator.brief import goals
from estimator.door.words import all_words
from estimator.presentation import labels
from estimator.presentation.words import MINUS, Words, parts_of
from estimator.rules.rules import open_rules
from estimator.values import tables
from estimator.values.errors import Fault

PRESENTATION = Path(labels.__file__).parent
ZH_FORBIDDEN = re.compile(r"保证|承诺|赔率|包过|保\s*ROI|全托管|半托管|底薪|(?<!达人)(?<!平台)佣金")
EN_FORBIDDEN = re.compile(r"\b(odds|guarantee[ds]?|retainer|success rate|uplift)\b", re.IGNORECASE)
ASKED_FOR = re.compile(r"(asks? for|wants) a guarantee|guarantee asked for", re.IGNORECASE)
CITATION = re.compile(r"[\w.&+/=-]+( ([A-Z0-9]|knowledge_id=)[\w.&+/=-]*)*")
"""A name, a page or a paragraph: what is written alike in both languages."""
LATER = open_rules(on=dt.date(2026, 12, 1))
EDITIONS = [*(edition.card for edition in (*RULES.editions.values(), *LATER.editions.values())), EARLIER]
LATIN = set("−≥≤×÷±–—·…“”‘’€£¥←→")
"""Signs outside GB2312 that Source Sans has."""


def messages() -> set[str]:
    """Every message of the interface: the first argument of ``say`` and ``mark``."""
    found = set()
    for path in PRESENTATION.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if name in {"say", "mark"} and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return found


def chinese() -> dict[str, str]:
    with (PRESENTATION / "zh.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def errors() -> dict[str, dict[str, str]]:
    return tomllib.loads((PRESENTATION.parent / "values" / "errors.toml").read_text("utf-8"))


def test_every_message_has_its_chinese_and_no_other_is_left() -> None:
    translated = {message for message, text in chinese().items() if text}
    assert translated == messages()


def test_both_languages_fill_the_same_places() -> None:
    assert not {m: t for m, t in chinese().items() if fields(m) != fields(t)}
    assert not {code: w for code, w in errors().items() if fields(w["zh"]) - fields(w["en"])}


def test_no_word_is_forbidden() -> None:
    faults = {code: words["zh"] for code, words in errors().items()}
    assert not {key: text for key, text in {**chinese(), **faults}.items() if ZH_FORBIDDEN.search(text)}
    english = messages() | {words["en"] for words in errors().values()}
    spoken = {ASKED_FOR.sub("", message) for message in english}
    assert not [message for message in spoken if EN_FORBIDDEN.search(message)]


def test_every_error_has_both_languages() -> None:
    for code, words in errors().items():
        assert words["en"] and re.search(r"[\u4e00-\u9fff]", words["zh"]), code
        values = dict.fromkeys(fields(words["en"]), "1")
        assert Fault(code=code, place="", values=values).text("zh")


def test_every_chinese_character_is_in_the_fonts_shipped() -> None:
    texts = [*chinese().values(), *(words["zh"] for words in errors().values())]
    odd = {char for text in texts for char in text if char not in LATIN and not _in_gb2312(char)}
    assert not odd


def reasons() -> set[str]:
    """The reason of every row of every edition, of its roundings and of our own guards."""
    cards = EDITIONS
    entries = [entry for card in cards for _, rows in card.named_entries() for entry in rows]
    rounded = {rounding.rationale for card in cards for rounding in card.heading.rounding.values()}
    return rounded | {entry.rationale for entry in (*entries, *RULES.internal_guards)}


def sources() -> set[str]:
    """The source of every row of every table."""
    read = [tables.read(path) for path in FOLDER.rglob("*.csv")]
    found = {row["source"] for table in read if "source" in table.columns for row in table.rows}
    rounded = [card.heading.rounding.values() for card in EDITIONS]
    return found | {rounding.source for each in rounded for rounding in each}


def test_every_reason_has_its_chinese() -> None:
    assert not reasons() - RULES.remarks.keys()


def test_every_source_is_a_citation_or_has_its_chinese() -> None:
    parts = {part for source in sources() for part in parts_of(source)}
    assert not {part for part in parts - RULES.remarks.keys() if not CITATION.fullmatch(part)}


def test_no_chinese_of_a_remark_is_left_over_forbidden_or_without_a_glyph() -> None:
    parts = {part for source in sources() for part in parts_of(source)}
    remarks = RULES.remarks
    assert not remarks.keys() - parts - reasons()
    assert not [text for text in remarks.values() if ZH_FORBIDDEN.search(text)]
    assert not {
        char for text in remarks.values() for char in text if char not in LATIN and not _in_gb2312(char)
    }


def _in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def test_every_word_of_the_clients_page_has_both_languages_is_used_and_not_forbidden() -> None:
    room = PRESENTATION.parent / "door"
    used = "".join(path.read_text("utf-8") for path in room.iterdir() if path.suffix in (".py", ".html"))
    for key, words in all_words().items():
        assert set(words) == {"en", "zh"} and fields(words["en"]) == fields(words["zh"]), key
        named = {f'"{key}"', f'"{key.removesuffix("_title")}"'}
        assert key in set(State) or any(name in used for name in named), key
        assert not ZH_FORBIDDEN.search(words["zh"]) and not EN_FORBIDDEN.search(words["en"]), key


def test_every_reading_of_a_goal_is_listed_in_its_order() -> None:
    assert tuple(labels.READINGS) == get_args(goals.Reading)


def test_no_word_of_the_vocabulary_is_forbidden_or_without_a_glyph() -> None:
    words = RULES.vocabulary
    texts = [row.label for row in (*words.facts, *words.words)] + [fact.question for fact in words.facts]
    assert not [text.zh for text in texts if ZH_FORBIDDEN.search(text.zh)]
    assert not [text.en for text in texts if EN_FORBIDDEN.search(ASKED_FOR.sub("", text.en))]
    assert not {c for text in texts for c in text.zh if c not in LATIN and not _in_gb2312(c)}


def test_every_kpi_a_goal_may_name_is_offered() -> None:
    offered = {kpi for family in labels.FAMILIES for kpi, _ in family.kpis}
    duties = {"ad_spend", "days_down", "content_videos", "gmv_on_fees"}
    assert offered | duties == set(RULES.kpis)


def test_every_example_has_a_title_in_both_languages() -> None:
    shipped = {path.stem for path in (PRESENTATION.parent.parent / "examples" / "briefs").glob("*.toml")}
    assert set(labels.EXAMPLES) == shipped


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_minus_is_a_true_minus_and_zero_has_none(language: str) -> None:
    words = Words("zh" if language == "zh" else "en", vocabulary=RULES.vocabulary)
    assert words.money(-413, "USD") == f"{MINUS}$413"
    assert words.money(-0.2, "USD") == "$0" == words.money(0.2, "USD", signed=True)
    assert words.money(650, "USD", signed=True) == "+$650"
    assert words.number(-1234.5, 1) == f"{MINUS}1,234.5"
