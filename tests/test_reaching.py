"""What it would take for a goal to be as likely as wanted: put back in, it is; and it is said as it is."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest

from estimator import quote
from estimator.brief import read
from estimator.cli import main
from estimator.goals import Probability
from estimator.market import Override
from estimator.needed import CLOSE, Needed
from estimator.presentation.deals import takes
from estimator.presentation.words import Words
from estimator.quote import Quote
from estimator.reaching import Reaching, reaching

EXAMPLES = Path(__file__).parent.parent / "examples" / "briefs"
TOOLS = EXAMPLES / "auto_tools_mature.toml"


@lru_cache
def made(scenario: str = "expected", overrides: tuple[Override, ...] = ()) -> Quote:
    return quote.make(read(TOOLS), scenario=scenario, overrides=overrides, ask=False)


STEEPER = Override(
    assumption="elasticity_at_ref", how="scale", low=0.7, high=0.7, by="prospect", why="told on the call"
)


@pytest.mark.parametrize("scenario", ["expected", "cautious"])
@pytest.mark.parametrize("typed", [False, True])
def test_a_budget_put_back_gives_the_probability_under_the_same_scenario_and_what_if(
    scenario: str, typed: bool
) -> None:
    overrides = (STEEPER,) if typed else ()
    found = reaching(made(scenario, overrides), 0.6)
    assert found is not None and found.budget.found is not None
    brief = made().brief.model_copy(update={"ad_budget": found.budget.found})
    again = quote.make(brief, scenario=scenario, overrides=overrides, ask=False)
    (first, *_) = quote.nearer(again).goals
    assert first is not None
    # the direction is found anew at the budget put in, so both errors count, and how near the search came
    assert first.value == pytest.approx(0.6, abs=first.error + found.budget.chance.error + CLOSE)
    assert found.likely == (found.budget.found > found.now)  # of a ROAS goal more ads make less likely


def test_a_goal_that_counts_our_fee_or_has_no_probability_is_left_out() -> None:
    brief = made().brief
    fee = brief.goals[0].model_copy(update={"kpi": "roas_all_fees"})
    assert reaching(quote.make(brief.model_copy(update={"goals": (fee,)}), ask=False)) is None
    blind = replace(made().goals[0], probability=None)
    assert reaching(replace(made(), goals=(blind,))) is None


ADS, ENDS = (4_400, 1_120_000), (1, 24)


def needed(
    found: int | None, reason: str | None, nearest: int, chance: float, tried: tuple[int, int] = ADS
) -> Needed:
    return Needed(
        found=None if found is None else Decimal(found),
        reason=reason,  # type: ignore[arg-type]
        nearest=Decimal(nearest),
        chance=Probability(value=chance, error=0.001),
        tried=(Decimal(tried[0]), Decimal(tried[1])),
        evaluations=3,
    )


MONTHS = needed(9, None, 9, 0.81, ENDS)


@pytest.mark.parametrize(
    ("budget", "months", "said"),
    [
        (
            needed(48_561, None, 48_561, 0.8),
            MONTHS,
            {
                "en": (
                    "With ads cut to **$48,600** a month, which sell less, it is reached in 80 ±1 of 100.",
                    "Counted in months 1–9 it is reached in 81 ±1 of 100.",
                ),
                "zh": (
                    "月广告费减到 **$48,600**（销售额也随之减少），100 种情形中有 80 ±1 种能达到。",
                    "改为第 1–9 个月统计，100 种情形中有 81 ±1 种能达到。",
                ),
            },
        ),
        (
            needed(90_000, None, 90_000, 0.8),
            needed(None, "never", 1, 0.7, ENDS),
            {
                "en": (
                    "With ads of **$90,000** a month it is reached in 80 ±1 of 100.",
                    "No last month up to 24 gets there; in month 1 it comes nearest, 70 ±1 of 100.",
                ),
                "zh": (
                    "月广告费为 **$90,000** 时，100 种情形中有 80 ±1 种能达到。",
                    "最后一个月延到第 24 个月也达不到；第 1 个月最接近，100 种情形中有 70 ±1 种能达到。",
                ),
            },
        ),
        (
            needed(None, "never", 4_375, 0.003),
            MONTHS,
            {
                "en": (
                    "No ads from $4,400 to $1,120,000 a month get there; **$4,400** comes nearest, "
                    "0 to 1 of 100.",
                    "Counted in months 1–9 it is reached in 81 ±1 of 100.",
                ),
                "zh": (
                    "月广告费从 $4,400 到 $1,120,000 都达不到；**$4,400** 最接近，"
                    "100 种情形中有 0 至 1 种能达到。",
                    "改为第 1–9 个月统计，100 种情形中有 81 ±1 种能达到。",
                ),
            },
        ),
    ],
)
def test_what_it_takes_is_said_in_both_languages(
    budget: Needed, months: Needed, said: dict[str, tuple[str, ...]]
) -> None:
    found = Reaching(
        goal=made().goals[0].goal, wanted=0.8, likely=False, now=70_000.0, budget=budget, months=months
    )
    for language, lines in said.items():
        assert takes(found, "USD", Words(language)).lines == lines
    assert (
        takes(found, "USD", Words("en")).title == "What it takes to be 80% sure of ROAS ≥ 2.5, all else equal"
    )


def test_where_a_goal_is_likely_enough_no_other_months_are_offered() -> None:
    found = Reaching(
        goal=made().goals[0].goal,
        wanted=0.5,
        likely=True,
        now=70_000.0,
        budget=needed(None, "always", 1_120_000, 0.6),
        months=MONTHS,
    )
    (line,) = takes(found, "USD", Words("en")).lines
    assert line == (
        "All ads from $4,400 to $1,120,000 a month make it surer; **$1,120,000** comes nearest, 60 ±1 of 100."
    )


def test_without_ads_the_budgets_looked_at_are_those_of_a_brief_that_says_nothing_of_them() -> None:
    none, unknown = (
        reaching(quote.make(made().brief.model_copy(update={"ad_budget": ads}), ask=False), 0.6)
        for ads in (Decimal(0), None)
    )
    assert none is not None and unknown is not None
    assert none.now == 0 and none.budget.tried == unknown.budget.tried
    one, other = none.budget.chance, unknown.budget.chance  # on other points: fewer ads have more of them
    assert one.value == pytest.approx(other.value, abs=one.error + other.error)


def test_months_after_the_usual_ones_are_looked_at_up_to_the_goal_s_own() -> None:
    late = made().brief.goals[0].model_copy(update={"months": (25, 30)})
    found = reaching(quote.make(made().brief.model_copy(update={"goals": (late,)}), ask=False), 0.6)
    assert found is not None and found.months.tried == (25, 30)
    assert 25 <= found.months.nearest <= 30


def test_the_command_says_what_every_goal_would_take(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["promise", str(TOOLS), "--confidence", "0.6", "--json"]) == 0
    told = [goal["takes"] for goal in json.loads(capsys.readouterr().out)["goals"]]
    assert len(told) == len(made().goals)
    found = reaching(made(), 0.6)
    assert found is not None and found.budget.found is not None
    assert told[0]["ad_budget"]["found"] == float(found.budget.found) and told[0]["probability"] == 0.6
    assert told[0]["ad_budget"]["now"] == 70_000 and told[0]["last_month"]["now"] == 3
    assert told[1]["last_month"]["found"] is None and told[1]["last_month"]["reason"] == "never"
    assert main(["promise", str(TOOLS), "--lang", "zh"]) == 0
    assert "月广告费减到" in capsys.readouterr().out
