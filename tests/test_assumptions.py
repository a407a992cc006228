"""Assumptions, the market that holds them, what overrides them, and the scenarios over them."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from opened import RULES
from scipy.stats import beta as beta_law

from estimator.brief.brief import Operation
from estimator.earnings.own_team import read_of
from estimator.market.assumptions import Z5, Assumption, read, share
from estimator.market.market import Market, Override
from estimator.market.scenarios import Scale, Scenario
from estimator.presentation.assumptions import assumption_line
from estimator.presentation.words import LANGUAGES, Words
from estimator.values.errors import QuotecastError
from estimator.values.text import Language, Text

MARKET = RULES.market
WORDS = Text(en="a case", zh="一例")


def judged(kind: str, quantity: str, low: float, high: float, **where: str) -> Assumption:
    row = {"grade": "guess", "source": "a test", "as_of": "2026-11-23", **where}
    return Assumption.model_validate({**row, "quantity": quantity, "low": low, "high": high, "kind": kind})


def between(quantity: str, low: float, high: float, *, unit: str) -> Assumption:
    return judged("lognormal" if low > 0 else "normal", quantity, low, high, unit=unit)


def fixed(quantity: str, value: float, **where: str) -> Assumption:
    return judged("fixed", quantity, float(value), float(value), **where)


def market(*rows: Assumption, overrides: tuple[Override, ...] = ()) -> Market:
    return Market(id="m", as_of="2026-11-23", assumptions=rows, overrides=overrides)


def faults(error: pytest.ExceptionInfo[QuotecastError]) -> set[str]:
    return {fault.code for fault in error.value.faults}


def test_every_row_returns_its_range_at_the_ends() -> None:
    for row in MARKET.assumptions:
        assert row.at(-Z5) == pytest.approx(row.low, rel=1e-4, abs=1e-9), row
        assert row.at(Z5) == pytest.approx(row.high, rel=1e-4, abs=1e-9), row


def test_every_row_rises_with_its_normal() -> None:
    z = np.linspace(-6, 6, 200)
    for row in MARKET.assumptions:
        if not row.certain:
            assert (np.diff(row.at(z)) > 0).all(), row


def test_the_middle_of_each_kind() -> None:
    assert between("x", 1.0, 4.0, unit="u").median == pytest.approx(2.0)
    assert between("x", -1.0, 2.0, unit="u").median == pytest.approx(0.5)
    assert share("x", 0.2, 0.8).median == pytest.approx(0.5)
    assert fixed("x", 3, unit="u").at(2.0) == 3.0


def test_a_beta_row_is_the_beta_law_with_these_quantiles() -> None:
    row = between("x", 0.05, 0.12, unit="share").model_copy(update={"kind": "beta"})
    draws = row.at(np.random.default_rng(1).standard_normal(20_000))
    a, b, _, _ = beta_law.fit(draws, floc=0, fscale=1)
    assert beta_law.ppf([0.05, 0.95], a, b) == pytest.approx([0.05, 0.12], rel=0.03)


@settings(max_examples=30)
@example(low=0.001, width=0.3125)
@given(st.floats(0.001, 0.6), st.floats(0.001, 0.35))
def test_any_range_of_a_share_has_a_beta_law(low: float, width: float) -> None:
    row = share("x", low, low + width).model_copy(update={"kind": "beta"})
    assert row.at(-Z5) == pytest.approx(row.low, abs=1e-4)
    assert row.at(Z5) == pytest.approx(row.high, abs=1e-4)


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        ({"low": 3.0}, "range_falls", "low"),
        ({"low": -1.0}, "range_not_positive", "low"),
        ({"kind": "fixed"}, "range_not_fixed", "kind"),
        ({"kind": "beta"}, "range_not_share", "high"),
        ({"kind": "logitnormal", "low": 0.0, "high": 0.5}, "range_not_share", "low"),
        ({"kind": "uniform"}, "not_a_choice", "kind"),
        ({"grade": "hunch"}, "not_a_choice", "grade"),
        ({"as_of": "2026-13-01"}, "not_a_date", "as_of"),
        ({"unit": ""}, "text_too_short", "unit"),
        ({"unit": "0.5"}, "not_a_unit", "unit"),
        ({"unit": "2026-11-23"}, "not_a_unit", "unit"),
        ({"unit": "Nov-23"}, "not_a_unit", "unit"),
        ({"unit": "% of GMV"}, "not_a_unit", "unit"),
        ({"low": float("nan")}, "not_finite", "low"),
        ({"high": "40%"}, "not_an_amount", "high"),
        ({"platform": ""}, "text_too_short", "platform"),
    ],
)
def test_an_impossible_row_is_refused(
    tmp_path: Path, change: dict[str, object], code: str, column: str
) -> None:
    row = between("x", 1.0, 2.0, unit="u").model_dump(exclude={"place"}) | change
    table = tmp_path / "rows.csv"
    table.write_text(",".join(row) + "\n" + ",".join(map(str, row.values())) + "\n", "utf-8")
    with pytest.raises(QuotecastError) as error:
        read(table)
    assert faults(error) == {code}
    assert [fault.place for fault in error.value.faults] == [f"rows.csv:2:{column}"]


def test_the_most_specific_row_wins_platform_before_category_before_stage() -> None:
    rows = [
        fixed("x", 1, unit="u"),
        fixed("x", 2, unit="u", stage="cold"),
        fixed("x", 3, unit="u", category="beauty"),
        fixed("x", 4, unit="u", platform="own_site"),
    ]
    for order in permutations(rows):
        asked = {"platform": "own_site", "category": "beauty", "stage": "cold"}
        assert market(*order).row("x", **asked).low == 4
        assert market(*order).row("x", category="beauty", stage="cold").low == 3
        assert market(*order).row("x", stage="cold").low == 2
        assert market(*order).row("x", stage="growth").low == 1


def test_two_rows_for_the_same_place_are_an_error() -> None:
    with pytest.raises(QuotecastError) as error:
        market(fixed("x", 1, unit="u"), fixed("x", 2, unit="u"))
    assert faults(error) == {"stands_already"}


def test_a_question_the_market_cannot_answer_is_an_error_and_not_zero() -> None:
    assert market().find("x") is None
    with pytest.raises(QuotecastError) as error:
        market().row("x")
    assert faults(error) == {"no_assumption"}


def override(by: str, low: float, high: float, how: str = "replace", **where: str) -> Override:
    return Override.model_validate(
        {"assumption": "x", "how": how, "low": low, "high": high, "by": by, "why": "told", **where}
    )


def test_overrides_climb_the_ladder_in_any_order() -> None:
    steps = (
        override("category_platform", 2.0, 3.0),
        override("prospect", 5.0, 6.0),
        override("history", 0.5, 0.5, "scale"),
    )
    for order in permutations(steps):
        row = market(between("x", 1.0, 9.0, unit="u"), overrides=order).row("x")
        assert (row.low, row.high) == (2.5, 3.0)


def test_two_overrides_on_one_rung_are_an_error() -> None:
    both = (override("prospect", 1.0, 2.0), override("prospect", 2.0, 3.0, platform="own_site"))
    with pytest.raises(QuotecastError) as error:
        market(fixed("x", 1, unit="u"), overrides=both)
    assert faults(error) == {"same_rung"}
    apart = (
        override("prospect", 1.0, 2.0, platform="tiktok_shop"),
        override("prospect", 2.0, 3.0, platform="own_site"),
    )
    assert market(fixed("x", 1, unit="u"), overrides=apart).row("x", platform="own_site").high == 3.0


def test_an_override_of_nothing_is_an_error() -> None:
    with pytest.raises(QuotecastError) as error:
        market(overrides=(override("prospect", 1.0, 2.0),))
    assert faults(error) == {"unknown_reference"}


def scenario(name: str, *scales: Scale) -> Scenario:
    return Scenario(id=name, label=WORDS, why=WORDS, source="a test", scales=scales)


def test_a_scale_touches_only_its_months_and_platform() -> None:
    dear = scenario("dear", Scale(quantity="cpc", factor=1.6, calendar_months=(10, 11, 12)))
    assert dear.factor("cpc", month=1, calendar_month=11) == 1.6
    assert dear.factor("cpc", month=1, calendar_month=9) == 1.0
    stopped = scenario("s", Scale(quantity="activity", factor=0.0, platform="tiktok_shop", months=(3, None)))
    assert stopped.factor("activity", platform="tiktok_shop", month=3) == 0.0
    assert stopped.factor("activity", platform="tiktok_shop", month=2) == 1.0
    assert stopped.factor("activity", platform="own_site", month=3) == 1.0


def test_a_value_of_the_whole_term_cannot_be_scaled_in_some_months() -> None:
    with pytest.raises(ValueError, match="scale"):
        Scale(quantity="return_rate", factor=1.1, months=(1, 2))


scales = st.builds(
    Scale,
    quantity=st.sampled_from(["cpc", "cvr", "activity"]),
    factor=st.floats(0.1, 3.0),
    platform=st.sampled_from([None, "tiktok_shop", "own_site"]),
    calendar_months=st.sampled_from([None, (1,), (11, 12)]),
)


@settings(max_examples=50)
@given(st.lists(scales, min_size=1, max_size=3), st.lists(scales, min_size=1, max_size=3))
def test_scales_multiply_in_any_order(one: list[Scale], other: list[Scale]) -> None:
    both, turned = scenario("a", *one, *other), scenario("b", *other, *one)
    where = {"platform": "own_site", "month": 1, "calendar_month": 11}
    assert both.factor("cpc", **where) == turned.factor("cpc", **where)
    product = scenario("a", *one).factor("cpc", **where) * scenario("b", *other).factor("cpc", **where)
    assert both.factor("cpc", **where) == pytest.approx(product)


def test_the_shipped_scenarios_read_as_described() -> None:
    found = RULES.scenarios
    assert list(found)[:3] == ["expected", "cautious", "hopeful"]
    assert found["expected"].scales == ()
    assert found["cpm_q4"].factor("cpc", month=1, calendar_month=12) == 1.6
    assert found["referral_8"].factor("referral_fee", platform="tiktok_shop") * 0.06 == pytest.approx(0.08)
    assert found["duty_rise"].factor("landed_cost") == pytest.approx(1.325 / 1.2, abs=1e-3)
    assert all(scenario.id == name and scenario.label.zh for name, scenario in found.items())


def test_every_row_of_the_market_has_source_and_date() -> None:
    assert all(row.source and row.as_of and row.unit for row in MARKET.assumptions)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_behind_an_own_team_is_called_by_a_name(language: Language) -> None:
    words = Words(language, vocabulary=RULES.vocabulary)
    for model in ("part_operation", "kpi_consulting", "in_house"):
        for row in read_of(Operation(model=model, us_team=True), RULES.own_team):  # type: ignore[arg-type]
            assert row.quantity not in assumption_line(row, words)
