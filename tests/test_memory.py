"""Answers kept within a budget of bytes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opened import RULES

from estimator.brief import brief
from estimator.market.points import Points
from estimator.quoting.make import make
from estimator.values import memory
from estimator.values.memory import MEMORY, Memory, weight_of
from estimator.values.units import Floats


@dataclass(frozen=True)
class Grown:
    """Weighs as much again once it is looked at."""

    array: Floats

    @cached_property
    def twice(self) -> Floats:
        return self.array * 2


Grown.__module__ = f"{memory.OURS}.test"


@given(st.lists(st.integers(1, 60), max_size=60), st.integers(0, 4_000))
def test_what_is_weighed_is_within_the_budget_and_every_answer_is_right(
    asked: list[int], budget: int
) -> None:
    small = Memory(budget=budget)
    ones = small.kept(np.ones)
    for number in asked:
        assert ones(number).sum() == number
        assert small.bytes <= budget


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    worked: list[int] = []

    def zeros(number: int) -> Floats:
        worked.append(number)
        return np.zeros(100 + number)

    ask = Memory(budget=2_000).kept(zeros)
    for number in (1, 2, 1, 3, 1, 2):  # two fit: 3 drives out 2, not 1
        ask(number)
    assert worked == [1, 2, 3, 2]


def test_nothing_stays_for_sharing_an_array_with_what_went() -> None:
    shared = np.zeros(100)
    holds = {"oldest": (shared,), "middle": (shared, np.zeros(100)), "newest": (np.zeros(100),)}
    small = Memory(budget=2_000)
    ask = small.kept(lambda name: (*holds[name], name))
    found = {name: ask(name) for name in holds}
    # the newest and the middle one do not fit together, and the oldest holds what the middle one does
    assert small.bytes == 800 and ask("newest") is found["newest"]
    assert ask("oldest") is not found["oldest"]


def test_answers_that_weigh_nothing_are_not_kept_without_end() -> None:
    ask = Memory().kept(lambda number: [number])
    first = ask(0)
    for number in range(1, memory.MOST_ANSWERS):
        ask(number)
    assert ask(0) is first  # now the newest
    for number in range(-memory.MOST_ANSWERS, 0):
        ask(number)
    assert ask(0) is not first


def test_an_array_that_several_hold_weighs_once_and_a_view_as_what_it_keeps() -> None:
    whole = np.zeros((10, 100))
    assert weight_of([whole, whole[:1], {"a": (whole, [whole.T])}], set()) == whole.nbytes
    assert weight_of([whole[:1]], set()) == whole.nbytes


def test_what_a_record_grows_by_is_weighed_with_the_next() -> None:
    small = Memory(budget=4_000)
    ask = small.kept(lambda number: Grown(np.zeros(number)))
    ask(100)
    assert small.bytes == 800
    assert ask(100).twice.size == 100
    ask(101)
    assert small.bytes == 1_600 + 808


def test_answers_of_two_functions_share_the_budget_and_are_never_mixed() -> None:
    small = Memory()
    zeros, ones = small.kept(np.zeros), small.kept(np.ones)
    assert zeros(3).sum() == 0 and ones(3).sum() == 3 and zeros(3).sum() == 0


def test_an_error_is_not_kept_and_threads_get_the_same() -> None:
    tried: list[int] = []

    def fails_once(number: int) -> Floats:
        tried.append(number)
        if len(tried) == 1:
            raise ValueError
        return np.full(1_000, number)

    ask = Memory(budget=10_000).kept(fails_once)
    with pytest.raises(ValueError):
        ask(1)
    found: list[float] = []
    threads = [Thread(target=lambda: found.append(float(ask(7).sum()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [7_000.0] * 8


def test_quotes_without_end_stay_within_the_budget_and_say_the_same() -> None:
    """Of 20 MB, where each quote brings some 10."""
    asked = brief.read(Path("examples/briefs/seed_beauty.toml"))
    before = MEMORY.budget
    MEMORY.clear()
    try:
        MEMORY.budget = 20_000_000
        points = Points(number=512, scrambles=4)
        said = [
            make(asked.model_copy(update={"ad_budget": 20_000 + number % 8}), RULES, points=points).goals[0]
            for number in range(16)
        ]
        assert 0 < MEMORY.bytes <= MEMORY.budget
        assert [odds.probability for odds in said[:8]] == [odds.probability for odds in said[8:]]
    finally:
        MEMORY.budget = before
        MEMORY.clear()
