"""Scores of forecasts: a forecaster that says what is true passes, one that does not is found out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ledgers import ON, entered, frozen, goal, ledger, quoted

from estimator.evidence.ledger_answers import ledger_json, public_histories
from estimator.evidence.reliability import (
    LEAST_OF_A_PERSON,
    LEAST_QUOTES,
    Outcome,
    calibration,
    scores_by,
)
from estimator.evidence.scores import SHARES

MET = "2027-01 gmv=50000 ad_spend=10000"
MISSED = "2027-01 gmv=10 ad_spend=10000"
ONE = goal(months=(1, 1))


def simulated(seed: int, quotes: int, sharpness: float = 1.0, shift: float = 0.0) -> list[Outcome]:
    """Two goals a quote that share most of their luck: logs about a middle that the forecaster knows.

    The truth is as wide as 1; the forecaster says ``1 / sharpness``, and ``shift`` too much.
    """
    from scipy.special import ndtr, ndtri

    numbers = np.random.default_rng(seed)
    made = []
    for quote in range(quotes):
        common = numbers.normal()
        for _ in range(2):
            middle, level = numbers.normal(), numbers.normal()
            came = middle + 0.9 * common + np.sqrt(1 - 0.81) * numbers.normal()
            said = middle + shift
            made.append(
                Outcome(
                    quote=f"Q-2026-{quote:04d}",
                    stated=float(ndtr((said - level) * sharpness)),
                    met=bool(came >= level),
                    levels=np.exp(said + ndtri(SHARES) / sharpness),
                    value=float(np.exp(came)),
                    naive=float(np.exp(0.0)),
                    bar=float(np.exp(level)),
                )
            )
    return made


def test_who_says_what_is_true_is_calibrated_within_the_intervals() -> None:
    """Nine of ten intervals hold the truth; of 30 that is at least 22 in all but one of a thousand runs."""
    held = {"met": 0, "surprise": 0, "covered": 0, "sound": 0}
    for seed in range(30):
        made = calibration(simulated(seed, 60))
        assert made is not None and made.means is not None and made.quotes == 60
        held["met"] += made.met.low <= made.stated <= made.met.high
        held["surprise"] += made.means.surprise.low <= 0 <= made.means.surprise.high
        held["covered"] += made.coverage[0.8].low <= 0.8 <= made.coverage[0.8].high
        held["sound"] += made.verdict == "sound"
    assert min(held["met"], held["surprise"], held["covered"]) >= 22 and held["sound"] >= 18, held


@pytest.mark.parametrize(
    ("how", "verdict"),
    [
        ({"sharpness": 2.5}, "overconfident"),
        ({"sharpness": 0.4}, "underconfident"),
        ({"shift": 1.0}, "hopeful"),
        ({"shift": -1.0}, "fearful"),
    ],
)
def test_who_does_not_is_found_out(how: dict[str, float], verdict: str) -> None:
    said = [made.verdict for seed in range(12) if (made := calibration(simulated(seed, 60, **how)))]
    assert said.count(verdict) >= 10, said  # type: ignore[arg-type]


def test_the_naive_point_is_beaten_by_a_sound_forecast_and_the_base_rate_by_one_that_knows() -> None:
    made = calibration(simulated(1, 200))
    assert made is not None and made.means is not None and made.means.ratio is not None
    means = made.means
    assert means.crps is not None and means.naive is not None
    assert means.ratio.value == pytest.approx(means.crps.value / means.naive.value)
    assert means.ratio.high < 0.71 and means.brier.high < means.base.low
    assert means.brier.value - means.expected.value == pytest.approx(means.surprise.value)


def test_scores_worked_by_hand() -> None:
    """Twenty quotes at 75 %, of which 15 were met: Brier 3/16, as of the base rate and as was expected."""
    made = calibration(Outcome(quote=str(n), stated=0.75, met=n < 15) for n in range(LEAST_QUOTES))
    assert made is not None and made.means is not None
    assert made.means.brier.value == made.means.base.value == made.means.expected.value == 3 / 16
    (only,) = made.bins
    assert (only.low, only.high, only.count, only.stated, only.met.value) == (0.6, 0.8, 20, 0.75, 0.75)
    assert made.coverage == {} and made.measured == 0 and made.means.ratio is None


def test_goals_of_one_quote_are_as_uncertain_as_one() -> None:
    one = [Outcome(quote="a", stated=0.5, met=True)]
    alike = calibration(one * 5)
    assert alike is not None and alike.met == calibration(one).met and alike.means is None  # type: ignore[union-attr]


def test_the_order_changes_no_score() -> None:
    every = simulated(3, 20)
    assert calibration(every) == calibration(reversed(every)) and calibration([]) is None


def test_nothing_sold_has_a_finite_score() -> None:
    every = [
        replace(one, value=0.0, met=False) if index == 0 else one
        for index, one in enumerate(simulated(4, LEAST_QUOTES))
    ]
    made = calibration(every)
    assert made is not None and made.means is not None and made.means.crps is not None
    assert np.isfinite(made.means.crps.high)


def book(count: int, by: str = "Lin", first: int = 1) -> list:
    return [
        quoted(frozen(ONE), entered(MISSED if n % 2 else MET), number=f"Q-2026-{n:04d}", by=by)
        for n in range(first, first + count)
    ]


def test_a_person_has_scores_of_his_own_from_a_stated_number_on() -> None:
    goals = ledger(*book(LEAST_OF_A_PERSON), *book(LEAST_OF_A_PERSON - 1, "Wu", 100)).goals
    lin, wu = scores_by(goals, "person")
    assert (lin.name, lin.resolved, wu.name, wu.resolved) == ("Lin", 20, "Wu", 19)
    assert lin.calibration is not None and wu.calibration is None


def test_kinds_count_what_is_void_and_open_and_score_neither() -> None:
    mixed = frozen(ONE, platforms=("tiktok_shop", "own_site"), category=None)
    forecasts = [
        quoted(mixed, entered(MET), number="Q-2026-0001"),
        quoted(frozen(ONE), entered("2027-01 gmv=5"), number="Q-2026-0002"),
        quoted(frozen(ONE), (), number="Q-2026-0003"),
        quoted(frozen(ONE), entered(MISSED), number="Q-2026-0004"),
    ]
    goals = ledger(*forecasts).goals
    (every,) = scores_by(goals, None)
    assert (every.goals, every.met, every.missed, every.void, every.open) == (4, 1, 1, 1, 1)
    assert every.matured == 0.75 and every.calibration is not None and every.calibration.quotes == 2
    assert [(kind.name, kind.goals) for kind in scores_by(goals, "platform")] == [
        ("own_site", 1),
        ("tiktok_shop", 4),
    ]
    assert [kind.name for kind in scores_by(goals, "category")] == ["", "beauty"]


def test_the_answer_gives_public_scores_until_a_goal_has_resolved() -> None:
    for figures, given in (((), True), (entered(MET), False)):
        made = ledger(quoted(frozen(ONE), figures))
        (every,) = scores_by(made.goals, None)
        answer = ledger_json(made, every, (), ON, None, sent=False).model_dump(mode="json")
        assert ("public" in answer) == given and answer["goals"][0]["came"] == ("open" if given else "met")
    week, month, quarter = public_histories()[0].horizons
    assert (week.crps_over_naive.value, month.covered_80.value, quarter.crps_over_naive.high) == (
        0.79,
        0.86,
        1.14,
    )
