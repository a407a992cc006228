"""Where a function changes sign: on two sides of it, near it, and nothing asked for twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from estimator.values.crossing import crossing

PLACES = st.floats(-50, 50).map(lambda x: round(x, 3))


@given(at=PLACES, below=st.floats(0.1, 60), above=st.floats(0.1, 60), falls=st.booleans())
def test_the_bracket_holds_the_crossing_and_keeps_its_sides(
    at: float, below: float, above: float, falls: bool
) -> None:
    start, end = (at + above, at - below) if falls else (at - below, at + above)
    asked: list[float] = []

    def line(x: float) -> float:
        asked.append(x)
        return (x - at) ** 3 + (x - at)

    came = crossing(line, start, end, wide=1e-6)
    assert abs(came.after - came.before) <= 2e-6 and abs(came.nearest - at) <= 1e-6
    assert abs(came.before - start) <= abs(came.after - start) + 1e-12
    assert (came.before - at) * (start - at) >= 0 >= (came.after - at) * (start - at)
    assert len(asked) == len(set(asked)) <= 60


@given(at=st.floats(-0.9, 0.9))
def test_a_step_is_closed_in_from_both_sides(at: float) -> None:
    """A share of draws is a step function: the far end lies beyond the step, by at most ``wide``."""
    came = crossing(lambda x: 1.0 if x >= at else -1.0, -1.0, 1.0, wide=0.01)
    assert came.before < at <= came.after <= at + 0.01


def test_the_search_ends_after_the_steps_it_may_take() -> None:
    asked: list[float] = []

    def line(x: float) -> float:
        asked.append(x)
        return x**3 - 0.1

    crossing(line, -1.0, 1.0, most=4)
    assert len(asked) <= 2 + 4
