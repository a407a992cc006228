"""Which cases of many the suite tries at each change; ``make journeys`` tries them all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def every(cases: Iterable[Any], step: int) -> list[Any]:
    """Of cases that are much alike one in so many."""
    return [case if index % step == 0 else _later(case) for index, case in enumerate(cases)]


def first(cases: Iterable[Any], number: int) -> list[Any]:
    """Of cases that take long the first ones."""
    return [case if index < number else _later(case) for index, case in enumerate(cases)]


def _later(case: Any) -> Any:
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.journey)
