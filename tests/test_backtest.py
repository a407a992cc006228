"""A history replayed: read without guessing, scored against what came, each score with its interval."""

from __future__ import annotations

import datetime as dt
import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opened import RULES

from estimator.cli import main
from estimator.evidence.backtest import backtest
from estimator.evidence.scores import SHARES, crps, inside, resampled, share
from estimator.evidence.series import Columns, Series, series_of
from estimator.market.forecaster import Level
from estimator.market.history import luck_between, usual_level
from estimator.values.errors import QuotecastError
from estimator.values.tables import parse

LEVEL = Level(log=0.7, sd=0.6)
COLUMNS = Columns()
MONDAY = dt.date(2025, 1, 6)


def table(rows: list[str], head: str = "date,ad_spend,gmv,orders") -> bytes:
    return "\n".join([head, *rows, ""]).encode()


def weeks(count: int, seed: int = 3, noise: float = 0.2) -> list[str]:
    """Invented weeks: a level that wanders, with noise."""
    numbers, swing, rows = np.random.default_rng(seed), 0.0, []
    for week in range(count):
        swing = 0.9 * swing + 0.1 * numbers.standard_normal()
        spend = 5_000 * float(np.exp(0.1 * numbers.standard_normal()))
        sold = spend * float(np.exp(0.7 + swing + noise * numbers.standard_normal()))
        day = MONDAY + dt.timedelta(weeks=week)
        rows.append(f"{day},{spend:.2f},{sold:.2f},{max(1, int(sold / 40))}")
    return rows


def series(rows: list[str]) -> Series:
    return series_of(parse(table(rows), "weeks.csv"), COLUMNS)


def test_a_replay_is_the_same_whatever_the_order_of_the_rows() -> None:
    rows = weeks(40)
    turned = rows[:]
    random.Random(1).shuffle(turned)
    assert backtest(series(rows), "week", LEVEL) == backtest(series(turned), "week", LEVEL)


def test_nothing_of_the_future_is_in_a_forecast() -> None:
    """Later weeks are made wild: what was forecast of the earlier ones stays as it was."""
    rows = weeks(40)
    wild = [*rows[:30], *(row.replace(row.split(",")[2], "900000.00") for row in rows[30:])]
    before, after = (backtest(series(part).part(1, 30), "week", LEVEL) for part in (rows, wild))
    assert before == after


def test_the_forecast_beats_the_prior_where_an_account_lies_far_from_it() -> None:
    made = backtest(series(weeks(60)), "month", Level(log=-1.0, sd=0.3))
    assert made.scores["account"].crps.high < made.scores["prior"].crps.low
    assert made.count == 60 - 13 - 4 + 1 and made.step == "week"


def test_intervals_that_hold_too_seldom_are_flagged() -> None:
    """Weeks that leap every 13th: far outside what the forecaster takes for possible."""
    rows = []
    for number, row in enumerate(weeks(56, noise=0.01)):
        day, spend, sold, orders = row.split(",")
        factor = 6.0 if number % 3 == 0 else 1.0
        rows.append(f"{day},{spend},{float(sold) * factor if number > 13 else sold},{orders}")
    calm, leaping = backtest(series(weeks(56)), "week", LEVEL), backtest(series(rows), "week", LEVEL)
    assert calm.flaw in (None, "too_wide")
    assert leaping.scores["account"].coverage[0.8].value < calm.scores["account"].coverage[0.8].value


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (["2025-01-06,1,2,3", "2025-01-06,1,2,3"], "repeated_day"),
        (["2025-01-06,1,2,3", "2025-01-13,1,2,3", "2025-01-27,1,2,3", "2025-02-03,1,2,3"], "series_gap"),
        (["2025-01-06,1,2,3", "2025-01-16,1,2,3"], "series_step"),
        (["2025-01-06,1,2,3", "2025-01-13,0,2,3"], "nothing_sold"),
        (["6 Jan,1,2,3", "2025-01-13,1,2,3"], "not_a_day"),
        (["2025-01-06,1k,2,3", "2025-01-13,1,2,3"], "not_an_amount"),
        (["2025-01-06,-1,2,3", "2025-01-13,1,2,3"], "not_an_amount"),
        (["2025-01-06,nan,2,3", "2025-01-13,1,2,3"], "not_an_amount"),
    ],
)
def test_what_cannot_be_used_says_where(rows: list[str], code: str) -> None:
    with pytest.raises(QuotecastError) as refused:
        series(rows)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_a_column_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(QuotecastError, match=r"gmv.*revenue"):
        series_of(parse(table(weeks(20), "date,ad_spend,revenue,orders"), "x.csv"), COLUMNS)


def test_several_columns_of_spend_are_summed_and_one_that_stops_is_told_of() -> None:
    rows = [f"{MONDAY + dt.timedelta(weeks=week)},{100 if week < 20 else 0},50,300,4" for week in range(40)]
    head = "date,google_search,google_shopping,gmv,orders"
    read = series_of(parse(table(rows, head), "x.csv"), Columns(spend=("google_*",)))
    assert read.spend[0] == 150 and read.spend[-1] == 50 and read.stopped == ("google_search",)


@pytest.mark.parametrize(("horizon", "code"), [("week", "too_coarse"), ("quarter", "too_short")])
def test_months_give_no_weeks_and_few_give_no_quarters(horizon: str, code: str) -> None:
    rows = [f"2025-{month:02d}-01,1000,2000,50" for month in range(1, 6)]
    with pytest.raises(QuotecastError) as refused:
        backtest(series(rows), horizon, LEVEL)  # type: ignore[arg-type]
    assert refused.value.faults[0].code == code


def test_the_prior_is_the_markets() -> None:
    level = usual_level(RULES.market, "own_site", "fashion")
    middle = RULES.market.row("roas_ad_ref", platform="own_site").median
    effect = RULES.market.row("roas_category_effect", category="fashion").median
    assert np.exp(level.log) == pytest.approx(middle * np.exp(effect))
    assert level.sd**2 > luck_between(RULES.market, "fashion", "growth")


# ── scores ────────────────────────────────────────────────────────────────────────────────────────


def test_the_crps_of_a_point_is_its_distance_and_of_a_uniform_by_hand() -> None:
    """A uniform on 0 to 1 and an outcome of 0: the integral of (1 - x)^2 is a third."""
    assert crps(np.full(200, 1.5), 1.0) == pytest.approx(0.5)
    # two hundred levels stand for the uniform
    assert crps(SHARES, 0.0) == pytest.approx(1 / 3, abs=1e-4)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=40), st.floats(-5, 5), st.floats(-3, 3))
def test_the_crps_does_not_ask_where_zero_is(levels: list[float], actual: float, by: float) -> None:
    array = np.array(levels)
    assert crps(array + by, actual + by) == pytest.approx(crps(array, actual), abs=1e-9)
    assert crps(array, actual) >= -1e-12


def test_an_interval_of_a_score_narrows_with_outcomes() -> None:
    few, many = share(8, 10), share(800, 1000)
    assert few.low < many.low < 0.8 < many.high < few.high
    assert inside(SHARES, 0.5, 0.5) and not inside(SHARES, 0.95, 0.5)


def test_neighbours_that_hang_together_leave_a_wider_interval() -> None:
    runs = np.repeat(np.random.default_rng(2).standard_normal(20), 5)
    alone, together = (resampled((runs,), lambda part: float(part.mean()), block) for block in (1, 5))
    assert together.high - together.low > 1.5 * (alone.high - alone.low)
    assert alone.value == together.value == pytest.approx(float(runs.mean()))


# ── the command ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=pytest.mark.journey)])
def test_the_command_replays_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str) -> None:
    file = tmp_path / "weeks.csv"
    file.write_bytes(table(weeks(50)))
    assert main(["backtest", str(file), "--horizon", "week", "--lang", lang]) == 0
    said = capsys.readouterr().out
    assert ("naive" if lang == "en" else "简单外推") in said and "80%" in said
    assert main(["backtest", str(file), "--horizon", "week", "--rows", "1-30", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["n"] == 17 and set(answer["coverage"]) == {"50", "80", "90"}
    for judged in (answer, answer["naive"], answer["prior"]):
        assert judged["crps"]["low"] <= judged["crps"]["value"] <= judged["crps"]["high"]
        assert 0 <= judged["brier"]["value"] <= 1
    assert answer["naive"]["brier"]["value"] == 0.25
    assert main(["backtest", str(file), "--sales", "revenue", "--lang", lang]) == 1
    assert "revenue" in capsys.readouterr().err
