"""The forecaster of an account: the prior without figures, the figures with many, and honest in between."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from estimator.evidence.scores import SHARES, inside, share
from estimator.market.forecaster import (
    DEGREES,
    MOST_STEP,
    Figure,
    Level,
    Mixture,
    begin,
    forecast,
    learn,
    rest,
    smoothed,
)

LEVEL = Level(log=0.5, sd=0.7)
LOGS = st.lists(st.floats(-2, 3), min_size=1, max_size=30)


def figures(logs: list[float], noise: float = 0.0) -> list[Figure]:
    return [Figure(log_ratio=value, order_noise=noise) for value in logs]


@pytest.mark.parametrize("weeks", [1 / 7, 1.0, 4.345])
def test_without_figures_there_is_the_prior_exactly(weeks: float) -> None:
    told = begin(LEVEL, weeks)
    ahead = forecast(told, (), 1)
    mean, sd = ahead.moments
    assert mean == pytest.approx(0.5) and sd > 0.7
    assert learn(told, ()) is told


@given(LOGS)
def test_figures_told_at_once_or_one_by_one_are_the_same(logs: list[float]) -> None:
    at_once = learn(begin(LEVEL), figures(logs))
    state = begin(LEVEL)
    for figure in figures(logs):
        state = learn(state, (figure,))
    assert (at_once.weight == state.weight).all() and (at_once.level == state.level).all()


@given(LOGS, st.floats(-1, 1))
def test_a_currency_changes_nothing_but_the_level(logs: list[float], by: float) -> None:
    """A ratio in another unit is the same forecast, moved: nothing is absolute but the prior."""
    one = forecast(learn(begin(LEVEL), figures(logs)), figures(logs), 4)
    moved_logs = [value + by for value in logs]
    level = Level(log=LEVEL.log + by, sd=LEVEL.sd)
    other = forecast(learn(begin(level), figures(moved_logs)), figures(moved_logs), 4)
    # sums of a few hundred floats
    assert other.mean == pytest.approx(one.mean + by, abs=1e-9)
    assert other.sd == pytest.approx(one.sd, rel=1e-9)


def test_ten_times_the_figures_of_a_steady_account_narrow_as_a_mean_does() -> None:
    """White noise about a fixed level: what is open of the level falls with the root of the count."""
    numbers = np.random.default_rng(7)
    logs = list(1.0 + 0.2 * numbers.standard_normal(400))
    sds = [learn(begin(LEVEL), figures(logs[:count])).standing[1] for count in (40, 400)]
    # the grid keeps some swing open, so less than the full root of ten
    assert 1.5 < sds[0] / sds[1] < 10**0.5 * 1.2
    assert learn(begin(LEVEL), figures(logs)).standing[0] == pytest.approx(1.0, abs=0.1)


def test_few_orders_move_the_level_less() -> None:
    clear, vague = (learn(begin(LEVEL), figures([1.5] * 4, noise)).standing[0] for noise in (0.001, 1.0))
    assert 0.5 < vague < clear < 1.5


def test_one_wild_week_moves_the_level_by_no_more_than_its_cap() -> None:
    calm = learn(begin(LEVEL), figures([0.5] * 20))
    wild, far = (learn(calm, figures([value])).standing[0] for value in (5.0, 50.0))
    assert wild - 0.5 < 0.5 and far == pytest.approx(wild, abs=0.35)
    assert MOST_STEP == 3.0


def test_a_new_level_is_followed_within_a_few_weeks() -> None:
    state = learn(begin(LEVEL), figures([0.5] * 26 + [1.1] * 5))
    assert state.standing[0] > 0.9


def test_rest_lets_the_swing_come_back_and_knows_less() -> None:
    told = learn(begin(LEVEL), figures([0.0] * 20 + [0.8] * 3))
    later = rest(told, 26)
    assert later.standing[0] < told.standing[0] and later.standing[1] > told.standing[1]


@given(st.lists(st.tuples(st.floats(0.1, 1), st.floats(-2, 2), st.floats(0.05, 1)), min_size=1, max_size=5))
def test_quantiles_undo_the_distribution(parts: list[tuple[float, float, float]]) -> None:
    weight, mean, sd = (np.array(column) for column in zip(*parts))
    mixture = Mixture(weight=weight / weight.sum(), mean=mean, sd=sd)
    shares = np.array([0.05, 0.5, 0.95])
    # to a thousandth of the width: the narrowest part here is 40 times narrower than the whole
    assert mixture.below(mixture.quantiles(shares)) == pytest.approx(shares, abs=0.02)


def test_a_quantile_by_hand() -> None:
    mixture = Mixture(weight=np.ones(1), mean=np.zeros(1), sd=np.ones(1))
    wanted = stats.t.ppf(0.9, DEGREES) * np.sqrt((DEGREES - 2) / DEGREES)
    assert mixture.quantiles(np.array([0.9]))[0] == pytest.approx(wanted, abs=2e-3)


def test_the_smoothed_mean_by_hand() -> None:
    """1 + .15 (3 - 1) = 1.3, and no errors of its own yet."""
    mean = smoothed(figures([1.0, 3.0]), 1)
    assert mean.mean[0] == pytest.approx(1.3)
    # .04 (1 + .15/1.85) + .01 / (.15 x 1.85)
    assert mean.sd[0] ** 2 == pytest.approx(0.04 * (1 + 0.15 / 1.85) + 0.01 / (0.15 * 1.85))


def account(numbers: np.random.Generator, weeks: int, swing: float, noise: float) -> list[float]:
    """An account of the forecaster's own kind: a level, an AR(1) of .9, and Student's t noise."""
    level = 0.5 + 0.7 * numbers.standard_normal()
    x, logs = 0.0, []
    for _ in range(weeks):
        x = 0.9 * x + swing * numbers.standard_normal()
        logs.append(level + x + noise * float(numbers.standard_t(DEGREES)) * np.sqrt(0.6))
    return logs


def covered(swing: float, noise: float) -> tuple[int, int]:
    """How often the 80 % interval of the next week held, over accounts and weeks."""
    numbers = np.random.default_rng(11)
    hits = count = 0
    for _ in range(12):
        logs = account(numbers, 40, swing, noise)
        state = learn(begin(LEVEL), figures(logs[:15]))
        for at in range(15, 40, 3):
            levels = forecast(state, figures(logs[:at]), 1).quantiles(SHARES)
            hits, count = hits + inside(levels, logs[at], 0.8), count + 1
            state = learn(state, figures(logs[at : at + 3]))
    return hits, count


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param((0.05, 0.1), marks=pytest.mark.journey),
        (0.1, 0.2),
        pytest.param((0.2, 0.3), marks=pytest.mark.journey),
    ],
)
def test_accounts_of_its_own_kind_are_covered_as_stated(kind: tuple[float, float]) -> None:
    hits, count = covered(*kind)
    stated = share(hits, count)
    # half of it is the smoothed mean, which is a little too wide for calm accounts
    assert stated.low - 0.05 < 0.8 < stated.high + 0.1
