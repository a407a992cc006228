"""Laws of goals: probability, safe level, readings."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from opened import RULES

from estimator.brief.goals import READINGS, Goal, Reading, readings_of
from estimator.market.outcomes import Outcomes
from estimator.market.summary import share_of
from estimator.promise.probability import WeighedDraws, share_met, weights_of

ratios = arrays(float, (32, 1, 4), elements=st.floats(0.0625, 128, width=32))


def outcomes(gmv: np.ndarray) -> Outcomes:
    return Outcomes(
        months=("1", "2", "3", "4"),
        platforms=("own_site",),
        quantities={"gmv": gmv, "ad_spend": np.ones_like(gmv)},
        scrambles=4,
    )


def roas(level: float, reading: Reading, at_least: bool) -> Goal:
    return Goal(
        kpi=RULES.kpis["roas_blended"],
        level=Decimal(repr(float(level))),
        months=(1, 3),
        reading=reading,
        at_least=at_least,
    )


@given(ratios, st.sampled_from(READINGS), st.booleans(), st.floats(0.1, 50), st.floats(0.1, 50))
def test_a_stricter_level_is_never_likelier(
    gmv: np.ndarray, reading: Reading, at_least: bool, one: float, other: float
) -> None:
    mild, strict = sorted((one, other), reverse=not at_least)
    drawn = outcomes(gmv)
    mild_chance = share_met(roas(mild, reading, at_least), drawn, 4).value
    assert share_met(roas(strict, reading, at_least), drawn, 4).value <= mild_chance


@given(ratios, st.sampled_from(READINGS), st.booleans(), st.sampled_from([0.5, 0.8, 0.9]))
def test_the_safe_level_is_kept_with_its_confidence_and_just_beyond_it_is_not(
    gmv: np.ndarray, reading: Reading, at_least: bool, confidence: float
) -> None:
    """Just beyond is the next draw's own value; ties at the level count as kept."""
    drawn = outcomes(gmv)
    goal = roas(1, reading, at_least)
    level = WeighedDraws.plain(goal, drawn).safe_level(confidence)
    assert level is not None
    values = goal.decisive(drawn)
    kept = values >= level if at_least else values <= level
    beyond = values > level if at_least else values < level
    assert kept.mean() >= confidence > beyond.mean()


@given(ratios, st.floats(0.1, 50), st.sampled_from(["gmv", "roas_blended"]))
def test_a_mean_month_is_a_part_of_the_total_and_of_a_ratio_the_ratio_itself(
    gmv: np.ndarray, level: float, kpi: str
) -> None:
    """ "GMV 60,000" over three months is a third of what "60,000 a month on average" asks."""
    drawn = outcomes(gmv)
    mean = roas(level, "mean", True).model_copy(update={"kpi": RULES.kpis[kpi]})
    months = 3 if kpi == "gmv" else 1
    total = mean.model_copy(update={"reading": "total", "level": mean.level * months})
    assert (mean.met(drawn) == total.met(drawn)).all()
    assert np.allclose(mean.decisive(drawn) * months, total.decisive(drawn))
    away = np.abs(mean.decisive(drawn) - level) > 1e-9 * level
    assert (mean.met(drawn) == (mean.decisive(drawn) >= level))[away].all()
    assert ((mean.margin(drawn) >= 0) == mean.met(drawn))[away].all()
    assert [one for one in readings_of(mean.kpi) if one not in readings_of(RULES.kpis["roas_blended"])] == (
        ["mean"] if kpi == "gmv" else []
    )


@given(ratios, st.sampled_from(READINGS), st.floats(0.1, 50))
def test_a_goal_is_met_exactly_where_its_decisive_value_reaches_the_level(
    gmv: np.ndarray, reading: Reading, level: float
) -> None:
    drawn = outcomes(gmv)
    goal = roas(level, reading, True)
    values = goal.decisive(drawn)
    away = np.abs(values - level) > 1e-9 * level
    assert (goal.met(drawn) == (values >= level))[away].all()


@given(ratios, st.floats(0.1, 50))
def test_the_four_readings_are_ordered(gmv: np.ndarray, level: float) -> None:
    drawn = outcomes(gmv)
    chance = {reading: share_met(roas(level, reading, True), drawn, 4).value for reading in READINGS}
    assert chance["every"] <= chance["last"] <= chance["any"]
    assert chance["every"] <= chance["total"] <= chance["any"]


def test_a_certain_goal_carries_an_error_too() -> None:
    assert share_of(np.ones(1000, dtype=bool), 4).error == pytest.approx(0.001)


def test_no_level_is_reached_where_the_confidence_asks_for_draws_without_sales_to_spend() -> None:
    gmv = np.ones((32, 1, 4))
    idle = outcomes(gmv).having(ad_spend=np.zeros_like(gmv))
    assert WeighedDraws.plain(roas(1, "total", True), idle).safe_level(0.8) is None
    assert share_met(roas(1, "total", True), idle, 4).value == 0


def test_outcomes_less_themselves_have_no_variance() -> None:
    gmv = np.random.default_rng(1).lognormal(size=(64, 1, 4))
    drawn = outcomes(gmv)
    goal = roas(1, "total", True)
    assert np.var(goal.decisive(drawn) - goal.decisive(drawn)) == 0


@given(st.integers(1, 99), st.floats(0.05, 0.95))
def test_draws_weighed_to_a_probability_reach_the_level_with_it(level: int, probability: float) -> None:
    """The curve passes through it, a safe level below the goal is surer, and no weight is negative."""
    values = np.arange(100.0)
    draws = WeighedDraws(values=values, weights=weights_of(values >= level, probability), at_least=True)
    assert draws.reached(np.array([float(level)]))[0] == pytest.approx(probability)
    assert draws.weights.min() > 0 and draws.weights.mean() == pytest.approx(1.0)
    safe = draws.safe_level(0.5)
    assert safe is not None and (safe >= level) == (probability >= 0.5 - 1e-9)
