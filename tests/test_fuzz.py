"""Every edge with spoiled inputs: what was once found, and a few new ones of each. ``make fuzz`` for many."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fuzz.edges import case_of, edges
from fuzz.judging import judged

FOUND = sorted((Path(__file__).parent / "fuzz" / "found").iterdir())
FEW = 12
"""Cases an edge here."""


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_was_found_is_answered_or_refused_at_its_place(path: Path) -> None:
    name = path.name.partition("-")[0]
    assert judged(edges()[name], path.read_bytes(), deep=True) == ""


@pytest.mark.parametrize("name", list(edges()))
def test_a_spoiled_input_is_answered_or_refused_at_its_place(name: str) -> None:
    for index in range(FEW):
        case = case_of(edges()[name], name, 0, index)
        assert judged(edges()[name], case, deep=index == 0) == "", case[:500]


def test_what_is_wrong_is_found_to_be() -> None:
    """What the judge let pass would pass for ever."""

    def broken(content: bytes, deep: bool) -> str:
        match content:
            case b"traceback":
                raise ValueError("x")
            case b"warning":
                return str(np.float64(1) / np.float64(0))
        return "每月 nan 美元"

    edge = replace(edges()["typed"], answer=broken)
    found = {case: judged(edge, case, deep=False) for case in (b"traceback", b"warning", b"figure")}
    assert "ValueError" in found[b"traceback"]
    assert "RuntimeWarning" in found[b"warning"]
    assert found[b"figure"] == "says nan"
