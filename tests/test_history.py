"""History: any number of steps back gives the first state to the byte, and forth the last."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opened import RULES

from estimator.presentation.step_words import field_said, labelled, step_said, steps
from estimator.presentation.words import LANGUAGES, Words
from estimator.screens.history import MOST_STEPS, History, Moment
from estimator.values.text import Language

STATES = st.text(max_size=6).map(lambda text: Moment(state=json.dumps(text), beside=text))
FIRST = Moment(state="first", beside="as it was")


@given(st.lists(STATES, max_size=40))
def test_all_steps_back_give_the_first_state_to_the_byte_and_all_forth_the_last(
    moments: list[Moment],
) -> None:
    history = History(now=FIRST)
    for moment in moments:
        history = history.then(moment)
    last, taken = history, len(history.before)
    for _ in range(taken):
        history = history.back()
    assert history.now == FIRST and history.back() == history
    for _ in range(taken):
        history = history.forth()
    assert history == last and history.forth() == last


@given(st.lists(st.one_of(STATES, st.just("back"), st.just("forth")), max_size=60))
def test_a_step_back_and_forth_is_no_step_whatever_was_done_before(moves: list[Any]) -> None:
    history = History(now=FIRST)
    for move in moves:
        match move:
            case "back":
                history = history.back()
            case "forth":
                history = history.forth()
            case moment:
                history = history.then(moment)
    if history.before:
        assert history.back().forth() == history
    if history.undone:
        assert history.forth().back() == history
    states = [moment.state for moment in (*history.before, history.now)]
    assert all(one != other for one, other in pairwise(states))


def test_what_follows_by_itself_is_no_step_and_a_new_step_ends_what_was_undone() -> None:
    history = History(now=FIRST).then(Moment(state="first", beside="another look"))
    assert not history.before and history.now.beside == "another look"
    gone = history.then(Moment(state="b")).then(Moment(state="c")).back()
    assert gone.undone and not gone.then(Moment(state="d")).undone
    assert gone.amended(Moment(state="b", beside="drawn")).undone == gone.undone


def test_the_oldest_steps_are_let_go() -> None:
    history = History(now=FIRST)
    for index in range(MOST_STEPS + 5):
        history = history.then(Moment(state=str(index)))
    assert len(history.before) == MOST_STEPS and history.before[0].state == "4"


EMPTY: dict[str, Any] = {"answers": {}, "base": None, "opened": None, "client": {}, "moved": {}}


def said(language: Language, before: dict[str, Any], after: dict[str, Any], **more: Any) -> str:
    words = Words(language, vocabulary=RULES.vocabulary, to_you=more.get("to_you", False))
    return step_said(EMPTY | before, EMPTY | after, more.get("edited", []), RULES, words)


@pytest.mark.parametrize(
    ("before", "after", "en", "zh"),
    [
        (
            {"answers": {"ad_budget": "20000"}},
            {"answers": {"ad_budget": "30k"}},
            "Ads a month 20,000 → 30,000",
            "月广告预算 20,000 → 30,000",
        ),
        ({}, {"base": {}, "opened": "seed_beauty"}, "open an example", "打开示例"),
        ({"answers": {"ad_budget": "1"}}, {}, "clear the form", "清空表单"),
        (
            {},
            {"moved": {"trade": '{"base":"0","commission":"0.082"}'}},
            "the terms, the price list → base $0; commission +8.2 points",
            "约定条件 价目原价 → 基础服务费 $0；提点 +8.2 个百分点",
        ),
        ({}, {"client": {"name_en": "Example"}}, "the client’s names", "客户名称"),
        (
            {"answers": {"level1": "3"}},
            {"answers": {"level1": "4"}},
            "A second goal · Level 3 → 4",
            "第二个目标 · 目标值 3 → 4",
        ),
        (
            {"answers": {}},
            {"answers": {"tiktok_shop_2_kind": "us_local"}},
            "TikTok Shop 2 · Store type unknown → US-local",
            "TikTok Shop 2 · 店铺类型 未知 → 美国本土店",
        ),
    ],
)
def test_a_step_is_told_in_words(before: dict[str, Any], after: dict[str, Any], en: str, zh: str) -> None:
    assert (said("en", before, after), said("zh", before, after)) == (en, zh)


def test_a_goal_that_takes_its_level_along_is_told_by_what_was_edited() -> None:
    before = {"answers": {"level0": "2.5"}}
    after = {"answers": {"goal0": "gmv"}}
    assert said("en", before, after, edited=["level0", "goal0"]).startswith("Goal ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_before_the_prospect_nothing_that_is_only_ours_is_named(language: Language) -> None:
    ours = next(fact for fact in RULES.vocabulary.facts if fact.asked == "us")
    change = ({"answers": {}}, {"answers": {ours.id: "yes"}})
    words = Words(language, vocabulary=RULES.vocabulary)
    assert field_said(ours.id, words) in said(language, *change)
    assert field_said(ours.id, words) not in said(language, *change, to_you=True)
    assert labelled(steps(words).undo, "", words) == steps(words).undo
