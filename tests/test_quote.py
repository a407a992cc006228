"""The quote end to end: what comes out for the example briefs, and what must not move it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from opened import RULES

from estimator.brief import brief
from estimator.brief.brief import Brief, GoalWords, Store
from estimator.brief.goals import Goal
from estimator.cli import main
from estimator.market.points import Points
from estimator.presentation.quote_text import as_text
from estimator.presentation.words import Words
from estimator.promise.forecast import before_fees
from estimator.quoting import make, meanings
from estimator.quoting.quote import Quote
from estimator.schemas.quote import as_json
from estimator.values.errors import QuotecastError

BRIEFS = sorted(Path("examples/briefs").glob("*.toml"))
FEW = Points(number=256, scrambles=4)


def made(name: str, **options: object) -> Quote:
    return make.make(brief.read(Path(f"examples/briefs/{name}.toml")), RULES, points=FEW, **options)  # type: ignore[arg-type]


def answer_of(quote: Quote) -> dict:
    return as_json(quote, RULES.vocabulary.question).model_dump(mode="json")


@pytest.mark.parametrize("path", BRIEFS, ids=lambda path: path.stem)
def test_every_example_brief_is_priced_with_its_odds(path: Path) -> None:
    asked = brief.read(path)
    content = answer_of(make.make(asked, RULES, points=FEW))
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    needed = {
        "edition",
        "card_sha256",
        "market",
        "engine",
        "seed",
        "points",
        "currency",
        "terms",
        "goals",
        "fees",
        "seller_profit",
        "unanswered",
        "guards",
    }
    assert needed <= content.keys()
    assert ("agency_margin" in content) == (RULES.costs is not None)
    for term in content["terms"]:
        assert {"charge", "kind", "amount", "per", "rule", "label"} <= term.keys()
        assert isinstance(term["amount"], str) and set(term["label"]) == {"en", "zh"}
    assert len(content["goals"]) == len(asked.goals)
    for goal in content["goals"]:
        assert 0 <= goal["probability"] <= 1 and goal["error"] > 0
    for name in ("fees", "seller_profit"):
        spread = content[name]
        assert spread["p10"] <= spread["p50"] <= spread["p90"]


def test_all_goals_at_once_are_no_likelier_than_the_hardest_and_no_rarer_than_if_they_never_met() -> None:
    found = made("home_five_platforms")
    chances = [odds.probability.value for odds in found.goals if odds.probability]
    assert len(chances) > 1 and found.joint is not None
    assert sum(chances) - len(chances) + 1 <= found.joint.value <= min(chances)
    content = answer_of(found)
    # written to a tenth of a point
    assert content["all_goals"]["probability"] == pytest.approx(found.joint.value, abs=5e-4)
    assert "all of these at once" in as_text(found, Words("en", vocabulary=RULES.vocabulary))
    assert "以上目标同时达成" in as_text(found, Words("zh", vocabulary=RULES.vocabulary))
    assert made("seed_beauty").joint is None


BOTH = """
from estimator.cli import main
seed = "examples/briefs/seed_beauty.toml"
main(["quote", seed, "--json"])
print("---")
main(["compare", seed, "--offer", "platform_plan", "--offer", "in_house", "--json"])
"""


@pytest.mark.journey
def test_the_same_input_gives_the_same_bytes_in_two_processes() -> None:
    """Each with its own order of hashes: the platform's plan covers several costs, a set."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", BOTH],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
        )
        for seed in ("1", "4242")
    ]
    first, other = (process.communicate()[0] for process in running)
    assert [process.returncode for process in running] == [0, 0]
    quoted, compared = first.split(b"---")
    assert json.loads(quoted)["goals"][0]["kpi"] == "roas_platform_total"
    covers = json.loads(compared)["offers"][0]["contract"]["covers"]
    assert covers == ["ads", "creators", "platform_take"]
    assert first == other


def test_the_price_does_not_move_with_the_scenario() -> None:
    usual, cautious = made("seed_beauty"), made("seed_beauty", scenario="cautious")
    assert usual.terms == cautious.terms and usual.monthly_price == cautious.monthly_price
    assert cautious.goals[0].probability.value < usual.goals[0].probability.value  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("kpi", "before", "side", "level"),
    [
        ("roas_all_fees", "roas_blended", "at_least", "2.5"),
        ("roas_all_fees", "roas_blended", "at_least", "1.2"),
        ("cac_full", "cac_blended", "at_most", "20"),
    ],
)
def test_a_goal_that_counts_fees_is_no_cheaper_than_without_them(
    kpi: str, before: str, side: str, level: str
) -> None:
    asked = brief.read(Path("examples/briefs/seed_beauty.toml"))

    def with_goal(name: str) -> Quote:
        words = GoalWords.model_validate({"kpi": name, side: level, "months": [1, 3]})
        return make.make(asked.model_copy(update={"goals": (words,)}), RULES, points=FEW, ask=False)

    stricter, plain = with_goal(kpi), with_goal(before)
    assert stricter.difficulty is not None and plain.difficulty is not None
    assert stricter.monthly_price >= plain.monthly_price
    (odds,) = stricter.goals
    assert odds.probability is not None and odds.probability.value <= stricter.difficulty.probability


def test_a_goal_of_costs_alone_sets_no_difficulty() -> None:
    """More fees at least, or sales over fees at most, are not made harder by counting fees."""
    kpis, window = RULES.kpis, (1, 3)
    for kpi, at_least in (("roas_all_fees", False), ("cac_full", True)):
        assert before_fees(Goal(kpi=kpis[kpi], level=Decimal(2), at_least=at_least, months=window)) is None
    sales = Goal(kpi=kpis["gmv"], level=Decimal(2), months=window)
    assert before_fees(sales) == sales


def test_ad_attributed_roas_on_tiktok_shop_gets_no_number_and_a_guard() -> None:
    asked = Brief(
        stores=[Store(platform="tiktok_shop")],
        category="beauty",
        ad_budget=20000,
        goals=[GoalWords(kpi="roas_ad_attributed", at_least=2, months=(1, 3))],
    )
    answer = make.make(asked, RULES, points=FEW)
    assert not answer.goals[0].measurable and answer.goals[0].probability is None
    assert any("No platform here reports" in guard.text.en for guard in answer.guards)


def test_shop_rating_is_recorded_without_odds() -> None:
    asked = Brief(
        stores=[Store(platform="tiktok_shop")],
        category="beauty",
        ad_budget=20000,
        goals=[GoalWords(kpi="shop_rating", at_least="4.5", months=(1, 3))],
    )
    answer = make.make(asked, RULES, points=FEW)
    assert answer.goals[0].probability is None
    assert as_json(answer, RULES.vocabulary.question).goals[0].promise is None


def test_growth_on_an_unknown_baseline_has_no_number() -> None:
    asked = Brief(
        stores=[Store(platform="tiktok_shop")],
        category="beauty",
        ad_budget=20000,
        goals=[GoalWords(kpi="gmv_growth_vs_baseline", at_least="0.3", months=(1, 3))],
    )
    assert make.make(asked, RULES, points=FEW).goals[0].probability is None


def test_asking_for_a_guarantee_raises_a_guard() -> None:
    guards = made("supplements_guarantee").guards
    assert guards and guards[0].severity in {"refusal", "approval"}


def test_an_unknown_margin_is_asked_first() -> None:
    assert made("seed_beauty").unanswered[0].fact == "landed_cost"


def test_what_is_known_is_not_asked() -> None:
    answer = made("auto_tools_mature")
    known = {name for name in Brief.model_fields if getattr(answer.brief, name) not in (None, ())}
    assert not known & {item.fact for item in answer.unanswered}


def test_the_four_readings_and_six_definitions_stand_side_by_side() -> None:
    answer = made("apparel_with_history")
    found = meanings.meanings(answer, points=FEW)
    assert len(found) == 24
    chances = {(m.goal.kpi.id, m.goal.reading): m.probability.value for m in found if m.probability}
    for kpi in ("roas_settled", "roas_blended"):
        assert chances[kpi, "every"] <= chances[kpi, "total"] <= chances[kpi, "any"]
        assert chances["roas_settled", "total"] <= chances["roas_blended", "total"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_quote_reads_in_both_languages(language: str) -> None:
    text = as_text(made("home_five_platforms"), Words(language, vocabulary=RULES.vocabulary))  # type: ignore[arg-type]
    assert "{" not in text and "None" not in text
    assert ("稳妥可签值" in text) == (language == "zh")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"goals": [{"kpi": "raos", "at_least": 2, "months": [1, 3]}]}, "unknown_reference"),
        ({"currency": "CNY"}, "currency_not_priced"),
    ],
)
def test_what_cannot_be_quoted_says_why(content: dict, code: str) -> None:
    with pytest.raises(QuotecastError) as caught:
        make.make(brief.parse(content), RULES, points=FEW)
    assert caught.value.faults[0].code == code


def test_the_command_prints_faults_with_their_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('catgory = "beauty"\nad_budget = -5\n')
    assert main(["quote", str(path)]) == 1
    printed = capsys.readouterr().err.splitlines()
    assert printed[0].startswith("bad.toml:ad_budget: -5 is too low")
    assert printed[1].startswith('bad.toml:catgory: "catgory" is not a field here; write one of category')
    assert main(["quote", str(path), "--lang", "zh"]) == 1
    assert "请写" in capsys.readouterr().err


def test_the_command_settles_an_offer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "actuals.csv"
    path.write_text("month,gmv\n2027-01,123456.70\n")
    assert main(["settle", "us_agency", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"] == "18845.67"
    assert main(["settle", "no_such_offer", str(path)]) == 1
    assert "wager" in capsys.readouterr().err


def test_a_quote_can_be_signed_and_settled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "quote.json"
    path.write_text(json.dumps(answer_of(made("seed_beauty")), ensure_ascii=False), "utf-8")
    rows = tmp_path / "actuals.csv"
    rows.write_text(
        "month,gmv,settled_gmv,ad_spend,videos,creator_videos,live_hours,orders\n1,9,9,9,9,9,9,9\n"
    )
    assert main(["settle", str(path), str(rows), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["months"][0]["lines"]


def test_the_shipped_rules_pass_their_own_check() -> None:
    assert main(["check"]) == 0


def test_listing_the_same_shop_twice_does_not_raise_its_odds_by_a_second_audience() -> None:
    """Saturation is a platform's. What is left is that two accounts spread their luck: a few points."""
    one = brief.read(Path("examples/briefs/seed_beauty.toml"))
    two = one.model_copy(update={"stores": one.stores * 2})
    chances = [make.make(asked, RULES, points=FEW).goals[0].probability for asked in (one, two)]
    assert chances[0] and chances[1]
    assert chances[1].value < chances[0].value + 0.06


def test_an_expected_gmv_stands_for_a_budget_that_nobody_named() -> None:
    small, large = (
        make.make(
            Brief(stores=[Store(platform="tiktok_shop")], category="beauty", expected_gmv=gmv),
            RULES,
            points=FEW,
        )
        for gmv in (20_000, 80_000)
    )
    assert large.seller.blocks.ads == pytest.approx(4 * small.seller.blocks.ads)


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ({"price": "900"}, "guard.price_unusual"),
        ({"contract_months": 2}, "guard.goal_after_contract"),
    ],
)
def test_what_stretches_the_answer_raises_its_guard(change: dict, guard: str) -> None:
    content = {
        "stores": [{"platform": "tiktok_shop"}],
        "category": "beauty",
        "ad_budget": 20000,
        "price": "32",
        "contract_months": 6,
        "goals": [{"kpi": "roas_platform_total", "at_least": "2.5", "months": [1, 3]}],
    }

    def raised(asked: dict) -> set[str]:
        return {item.id for item in make.make(brief.parse(asked), RULES, points=FEW).guards}

    assert guard not in raised(content) and guard in raised({**content, **change})
