"""Smoothing against formulas: what is integrated out must not change the answer, and errors must hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import multivariate_normal, norm

from estimator.market.directions import Along, Direction
from estimator.market.points import Draws, Points
from estimator.market.summary import share_of
from estimator.promise.crossings import Model, crossings
from estimator.promise.preintegration import gradients, smoothed

POINTS = Points(number=256, scrambles=8)
NAMES = ("market", "order_value", "launch_delay", "return_rate")
TIGHT = 2e-5
"""Twice what finding a place may cost: nothing random is left in a linear model of one goal."""


def linear(*goals: tuple[tuple[float, ...], float]) -> Model:
    """Goals that are met where a weighted sum of normals reaches a level."""

    def margins(draws: Draws) -> np.ndarray:
        z = np.stack([draws.normal(name) for name in NAMES])
        return np.stack([np.array(weights) @ z - level for weights, level in goals])

    return margins


weights = st.tuples(*[st.floats(-2, 2)] * 4).filter(lambda w: sum(x * x for x in w) > 0.1)


@settings(max_examples=25, deadline=None)
@given(weights, st.floats(-6, 6))
def test_a_linear_goal_has_the_probability_of_the_formula(w: tuple[float, ...], level: float) -> None:
    """Of the direction's squared length a fiftieth may be dropped, so a little is left to the points."""
    found = smoothed(linear((w, level)), POINTS).goals[0]
    exact = norm.sf(level / math.dist(w, (0, 0, 0, 0)))
    assert found.value == pytest.approx(exact, abs=max(2.5 * found.error, TIGHT))
    assert found.error < 0.002


def test_two_goals_at_once_are_a_corner_of_the_bivariate_normal() -> None:
    one, other = (1.0, 0.5, 0.0, 0.0), (0.8, 0.0, 0.7, 0.0)
    found = smoothed(linear((one, 0.4), (other, -0.3)), POINTS)
    cov = np.array([[np.dot(a, b) for b in (one, other)] for a in (one, other)])
    exact = multivariate_normal(mean=[0, 0], cov=cov).cdf([-0.4, 0.3])
    assert found.joint_smooth
    assert found.joint.value == pytest.approx(exact, abs=2 * found.joint.error)
    assert found.joint.error < 0.002


def test_goals_that_pull_apart_leave_what_lies_between() -> None:
    found = smoothed(linear(((1, 0, 0, 0), -1.0), ((-0.9, 0.1, 0, 0), -1.0)), POINTS)
    z = Points(number=2**16, scrambles=2)
    a, b = z.normal("market"), z.normal("order_value")
    plain = share_of((a >= -1) & (-0.9 * a + 0.1 * b >= -1), 2)
    assert found.joint.value == pytest.approx(plain.value, abs=found.joint.error + 5e-4)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize(("tilt", "along"), [(0.1, True), (0.6, False)])
def test_a_goal_close_to_the_hardest_is_read_along_its_direction(
    sign: float, tilt: float, along: bool
) -> None:
    """It is as likely then as everything along that direction says, to the last digit."""
    model = linear(((1, 0, 0, 0), 1.5), ((sign, tilt, 0, 0), 0.5))
    found = smoothed(model, POINTS)
    lead = smoothed(model, POINTS, direction=Direction({("market", None, None): 1.0}))
    assert found.smooth == (True, True) and found.joint_smooth
    assert (found.goals[1] == lead.goals[1]) is along
    exact = norm.sf(0.5 / math.hypot(sign, tilt))
    assert found.goals[1].value == pytest.approx(exact, abs=max(2.5 * found.goals[1].error, TIGHT))


def test_a_goal_that_falls_back_along_the_hardest_one_s_direction_is_not_read_there() -> None:
    def margins(draws: Draws) -> np.ndarray:
        z = draws.normal("market")
        return np.stack([z - 2.0, z + 0.3 * draws.normal("order_value") - 2.2 * np.maximum(z - 1.5, 0)])

    found = smoothed(margins, POINTS)
    assert found.smooth == (True, False) and not found.joint_smooth
    assert found.goals[1] == share_of(margins(POINTS)[1] >= 0, POINTS.scrambles)


@settings(max_examples=15, deadline=None)
@given(weights, weights, st.floats(-2, 2), st.floats(-2, 2))
def test_all_goals_together_are_never_likelier_than_one(
    one: tuple[float, ...], other: tuple[float, ...], a: float, b: float
) -> None:
    """Directions differ and so do the errors they leave, so each counts."""
    found = smoothed(linear((one, a), (other, b)), POINTS)
    slack = 2 * found.joint.error + 2 * max(goal.error for goal in found.goals)
    values = [goal.value for goal in found.goals]
    assert max(sum(values) - 1, 0) - slack <= found.joint.value <= min(values) + slack


@pytest.mark.parametrize("bend", [np.sinh, np.arctan, np.expm1, np.sign])
def test_only_the_sign_of_a_margin_counts(bend: Model) -> None:
    """Also where the margin jumps: a place is then found by halving, to what counts as settled."""
    model = linear(((1.0, 0.4, 0.2, 0.0), 0.7))
    straight = smoothed(model, POINTS).goals[0].value
    bent = smoothed(lambda draws: bend(model(draws)), POINTS).goals[0].value
    assert bent == pytest.approx(straight, abs=5e-4)


def test_what_nothing_moves_and_what_falls_again_are_left_to_plain_points() -> None:
    plain = Points(number=1024, scrambles=8)

    def humped(draws: Draws) -> np.ndarray:
        z = draws.normal("market")
        return np.stack([np.sin(2 * z + 0.5 * draws.normal("order_value")) - 0.3, np.abs(z) - 1.0])

    found = smoothed(humped, POINTS, plain=plain)
    assert found.smooth == (False, False) and not found.joint_smooth
    hits = humped(plain) >= 0
    assert found.goals == tuple(share_of(row, 8) for row in hits)
    assert found.joint == share_of(hits.all(axis=0), 8)


def test_a_goal_that_is_known_to_fall_is_left_to_plain_points() -> None:
    model = linear(((1, 0, 0, 0), 0.0), ((0, 1, 0, 0), 0.0))
    found = smoothed(model, POINTS, rising=(True, False))
    assert found.smooth == (True, False)


def test_points_moved_along_a_direction_keep_what_lies_across_it() -> None:
    direction = Direction({("market", None, None): 0.6, ("order_value", None, None): 0.8})
    moved = Along(POINTS, direction, 1.5)
    assert direction.across(moved) == pytest.approx(np.full(POINTS.draws, 1.5))
    across = [0.8 * p.normal("market") - 0.6 * p.normal("order_value") for p in (POINTS, moved)]
    assert across[0] == pytest.approx(across[1])
    few = Along(POINTS, direction, np.array([0.0, 1.0]), np.array([7, 3]))
    assert few.normal("return_rate").tolist() == POINTS.normal("return_rate")[[7, 3]].tolist()


def test_a_direction_that_does_not_move_a_goal_gives_its_share_of_draws() -> None:
    """The fall check passes, since nothing falls; each draw then counts whole."""
    model = linear(((0.0, 1.0, 0, 0), 0.5))
    found = crossings(model, POINTS, Direction({("market", None, None): 1.0}))
    assert found.chances(0).mean() == pytest.approx((model(POINTS)[0] >= 0).mean(), abs=1e-9)


def test_the_gradient_is_what_moves_a_goal_most() -> None:
    (direction,) = gradients(linear(((3.0, 4.0, 0.0, 0.0), 1.0)))
    assert direction.weights == pytest.approx({("market", None, None): 0.6, ("order_value", None, None): 0.8})


@pytest.mark.parametrize("level", [0.8, 3.0])
def test_the_stated_error_covers_the_truth_and_is_not_much_wider_than_it_must_be(level: float) -> None:
    """200 scrambles of a model whose rest is bent: z + (w2^2 + w3^2 - 2) / 3, a common and a rare goal.

    95 % within three standard deviations of 200 trials; the mean half-width at most 1.3 times that of the
    true spread.
    """

    def margins(draws: Draws) -> np.ndarray:
        z, w, v = (draws.normal(name) for name in NAMES[:3])
        return (z + (w * w + v * v - 2) / 3 - level)[None]

    exact = quad(lambda r2: norm.sf(level - (r2 - 2) / 3) * math.exp(-r2 / 2) / 2, 0, 80)[0]
    trials = [smoothed(margins, Points(seed=seed, number=64, scrambles=8)).goals[0] for seed in range(200)]
    values = np.array([trial.value for trial in trials])
    errors = np.array([trial.error for trial in trials])
    covered = (np.abs(values - exact) <= errors).mean()
    assert covered >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / 200)
    assert errors.mean() <= 1.3 * 1.96 * values.std(ddof=1)
