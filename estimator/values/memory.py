"""What was worked out, kept for whoever asks next, all of it within one budget of bytes.

Outcomes and what is made of them are large, and the next slider and the next session ask for them again.
The budget holds for all of them together, and what was asked for longest ago goes first. A record grows
after it is kept, as its properties are worked out, so that all are weighed anew from time to time; an array
that several of them hold weighs once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

import numpy as np
from pydantic import BaseModel

from estimator.values.errors import fail

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

MEGABYTE = 1_000_000
BUDGET = 1_000 * MEGABYTE
"""Bytes, where a deployment says nothing else."""
MOST_ANSWERS = 4_096
"""However little they weigh: many hold no array, and would never reach the budget."""
LEAST_MEGABYTES = 50
"""Less would hold no outcome of five stores, and every slider would wait."""
HOLDING = (np.ndarray, Mapping, tuple, list)
"""What may hold arrays, besides our own records."""
OURS = __name__.partition(".")[0]


class _Question:
    """What was asked, with its hash, which takes long for a market."""

    __slots__ = ("asked", "hashed")

    def __init__(self, *asked: Hashable) -> None:
        self.asked, self.hashed = asked, hash(asked)

    def __hash__(self) -> int:
        return self.hashed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Question) and self.asked == other.asked


class Memory:
    """Answers of pure functions, at most ``budget`` bytes of them but for what came since the last weighing.

    >>> memory = Memory(budget=1_000)
    >>> zeros = memory.kept(np.zeros)
    >>> zeros(50) is zeros(50), zeros(100) is zeros(100), memory.bytes
    (True, True, 800)
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget = budget
        self.bytes = 0
        self._kept: OrderedDict[_Question, Any] = OrderedDict()
        self._new = 0
        self._lock = Lock()

    def kept(self, function: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
        """The function, its answers kept; its arguments must be hashable and its answers left as they are."""

        @wraps(function)
        def ask(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
            question = _Question(function, args, tuple(sorted(kwargs.items())))
            with self._lock:
                if question in self._kept:
                    self._kept.move_to_end(question)
                    found: Answer = self._kept[question]
                    return found
            answer = function(*args, **kwargs)
            self._keep(question, answer)
            return answer

        return ask

    def _keep(self, question: _Question, answer: object) -> None:
        weight = weight_of((answer,), set())
        if weight > self.budget:
            return
        with self._lock:
            self._kept[question] = answer
            self._new += weight
            if len(self._kept) > MOST_ANSWERS:
                self._kept.popitem(last=False)
            # a weighing looks at all that is kept, so it waits for an eighth of the budget
            if self._new > self.budget // 8:
                self._weigh()

    def _weigh(self) -> None:
        seen: set[int] = set()
        total = self.bytes = 0
        for question in reversed(list(self._kept)):
            total += weight_of((*question.asked[1:], self._kept[question]), seen)
            # all older ones go too: they may hold the same arrays, which would then weigh nothing
            if total > self.budget:
                del self._kept[question]
            else:
                self.bytes = total
        self._new = 0

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self.bytes = self._new = 0


def weight_of(held: Iterable[object], seen: set[int]) -> int:
    """Bytes of the arrays in records of ours, however deep; those in ``seen`` weigh nothing, and join it."""
    total, left = 0, list(held)
    while left:
        one = left.pop()
        # by the type itself: asking an object for its class may ask what it stands in for
        ours = type(one).__module__.startswith(OURS) and not issubclass(type(one), BaseModel)
        if id(one) in seen or not (ours or issubclass(type(one), HOLDING)):
            continue
        if isinstance(one, np.ndarray):
            while isinstance(one.base, np.ndarray):
                one = one.base
            total += 0 if id(one) in seen else one.nbytes
        elif isinstance(one, Mapping):
            left += list(one.values())
        elif isinstance(one, tuple | list):
            left += one
        else:
            left += list(getattr(one, "__dict__", {}).values())
        seen.add(id(one))
    return total


def budget_of(text: str | None, place: str) -> int:
    """A budget in bytes, said in megabytes; the usual one where nothing is said.

    Raises ``QuotecastError`` at ``place`` for what is no whole number of them, or too few.

    >>> budget_of("250", "QUOTECAST_MEMORY"), budget_of(None, "QUOTECAST_MEMORY")
    (250000000, 1000000000)
    """
    if not text:
        return BUDGET
    if not text.isdecimal() or int(text) < LEAST_MEGABYTES:
        raise fail("not_a_budget", place, found=text, least=LEAST_MEGABYTES)
    return int(text) * MEGABYTE


MEMORY = Memory()
"""That of a process, shared by all its sessions."""
kept = MEMORY.kept
