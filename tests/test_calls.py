"""What is asked on a call: drivers, before and after, meanings, and the two commands that answer the same."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from opened import DAY, RULES
from sampled import first

from estimator.brief.brief import parse as parse_brief
from estimator.brief.brief import read
from estimator.brief.goals import Goal, Probability
from estimator.cli import main
from estimator.contract.trade import Trade
from estimator.market.points import Points
from estimator.market.register import SHARED
from estimator.presentation import change_words, live
from estimator.presentation.figures import price_figure, safe_figure
from estimator.presentation.trade import aloud, takes
from estimator.presentation.words import Words
from estimator.quoting import make, meanings, pictures, trades
from estimator.quoting.changes import changes
from estimator.quoting.drivers import LUCK, drivers, explained, scores_of
from estimator.quoting.quote import Quote
from estimator.quoting.reach import reaching
from estimator.quoting.whatif import parse, typed_override
from estimator.values.errors import QuotecastError

EXAMPLES = Path(__file__).parent.parent / "examples" / "briefs"
POINTS = Points(number=256, scrambles=4)
SEED = EXAMPLES / "seed_beauty.toml"


@lru_cache
def made(name: str = "seed_beauty", scenario: str = "expected") -> Quote:
    return make.make(read(EXAMPLES / f"{name}.toml"), RULES, scenario=scenario, points=POINTS, ask=False)


def test_drivers_stand_by_swing_and_name_their_rows() -> None:
    found = drivers(made(), "chance")
    swings = [driver.swing for driver in found]
    assert swings == sorted(swings, reverse=True) and found[0].name in LUCK
    assert all(driver.row is not None or driver.name in LUCK for driver in found)
    cost = {driver.name: driver for driver in drivers(made(), "break_even")}["landed_cost_share"]
    assert cost.high > cost.low  # dearer goods need a higher ROAS


def test_what_assumptions_explain_alone_adds_up_to_no_more_than_the_spread() -> None:
    """Ranks make a share the same for any outcome that rises with this one; noise of months is the rest."""
    found = drivers(made(), "profit")
    shares = [driver.spread for driver in found if driver.spread is not None]
    assert len(shares) == len(found) and 0.3 < sum(shares) < 1.05
    assert max(found, key=lambda driver: driver.spread or 0).name in LUCK
    assert all(driver.spread is None for driver in drivers(made(), "break_even"))


def test_the_share_explained_is_that_of_a_straight_sum() -> None:
    weights = np.array([0.6, -0.5, 0.4, 0.3])
    normals = np.stack([Points(number=512, scrambles=8).normal(name) for name in SHARED[:5]])
    outcome = weights @ normals[:4]
    for weight, x in zip(weights, normals):
        # 4,096 draws leave an error of about 1/64 of a correlation
        assert explained(scores_of(outcome), [x]) == pytest.approx(weight**2 / (weights @ weights), abs=0.02)
        assert explained(scores_of(np.exp(3 * outcome)), [x]) == explained(scores_of(outcome), [x])
    assert explained(scores_of(outcome), normals[:4]) == pytest.approx(1.0, abs=0.02)
    assert explained(scores_of(outcome), [normals[4]]) < 0.01
    assert explained(scores_of(np.zeros(8)), [np.arange(8.0)]) == 0.0


def test_what_a_stated_fact_replaces_drives_nothing() -> None:
    assert "landed_cost_share" not in {d.name for d in drivers(made("auto_tools_mature"), "break_even")}


def test_a_typed_range_moves_the_odds_and_never_the_price() -> None:
    market, brief = RULES.market, read(SEED)
    row = market.row("roas_ad_ref", platform="tiktok_shop", category="beauty", stage="cold")
    doubled = typed_override(row, row.low * 2, row.high * 2)
    before, after = made(), make.make(brief, RULES, overrides=(doubled,), points=POINTS, ask=False)
    assert after.monthly_price == before.monthly_price
    assert after.goals[0].probability.value > before.goals[0].probability.value + 0.2  # type: ignore[union-attr]
    share = market.row("return_rate", category="beauty")
    with pytest.raises(QuotecastError):
        typed_override(share, 0.5, 1.5)


def test_before_and_after_names_the_cause_and_its_rule() -> None:
    before = made()
    longer = before.brief.model_copy(update={"contract_months": 12})
    moved = changes(before, make.make(longer, RULES, points=POINTS, ask=False))
    assert [cause.name for cause in moved.causes] == ["contract_months"]
    assert moved.rules == ("term.year",)
    assert moved.price[1] < moved.price[0]


def test_of_two_causes_the_larger_comes_first() -> None:
    before = made()
    changed = before.brief.model_copy(update={"sku_count": 12, "service_model": "kpi_consulting"})
    moved = changes(before, make.make(changed, RULES, points=POINTS, ask=False))
    assert [cause.name for cause in moved.causes] == ["service_model", "sku_count"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (Words("en", vocabulary=RULES.vocabulary), "account status went from New to Once suspended"),
        (Words("zh", vocabulary=RULES.vocabulary), "账号状态"),
    ],
)
def test_a_change_of_a_store_says_what_changed_of_it_and_when_by_the_readers_clock(
    words: Words, said: str
) -> None:
    """ "Platforms, US changed" was said of an account that was once suspended, at the server's time."""
    before = made()
    store = before.brief.stores[0].model_copy(update={"status": "once_suspended"})
    longer = before.brief.model_copy(update={"stores": (store,), "contract_months": 12})
    moved = changes(before, make.make(longer, RULES, points=POINTS, ask=False))
    listed = change_words.causes(moved, before, words)
    assert len(listed) == 2 and any(said in line for line in listed)
    at = dt.datetime(2026, 11, 30, 23, 50, tzinfo=ZoneInfo("Asia/Shanghai"))
    same, later = (
        change_words.since(moved, at, at.date() + dt.timedelta(days), before, words) for days in (0, 1)
    )
    assert "23:50" in same and "2026" not in same and "2026" in later


def test_nothing_changed_is_no_cause() -> None:
    assert changes(made(), made()).causes == ()


def test_the_same_words_are_read_in_two_dozen_ways_with_a_price_each() -> None:
    found = meanings.meanings(made(), points=POINTS)
    assert len(found) == 24
    bands = {meaning.price for meaning in found if meaning.price is not None}
    assert len(bands) > 1, "difficulty differs between meanings, so the price must"
    by_reading = {m.goal.reading: m.probability for m in found if m.goal.kpi.id == "roas_settled"}
    assert by_reading["every"].value <= by_reading["total"].value <= by_reading["any"].value  # type: ignore[union-attr]
    blind = [m for m in found if m.goal.kpi.id == "roas_ad_attributed"]
    assert all(m.probability is None and m.price is None for m in blind)


def test_the_band_lies_around_the_curve() -> None:
    found = pictures.band(made())
    assert found is not None
    cautious, hopeful = found
    assert all(low[1] <= high[1] + 0.02 for low, high in zip(cautious, hopeful))
    assert sum(high[1] - low[1] for low, high in zip(cautious, hopeful)) > 1


def test_a_trade_moves_the_price_and_no_probability() -> None:
    before = made()
    after = make.make(
        before.brief, RULES, trade=Trade(base="5000", commission="0.05"), points=POINTS, ask=False
    )
    assert after.monthly_price == 5000 and after.monthly_price_range == (5000, 5000)
    assert after.goals[0].probability == before.goals[0].probability
    assert after.difficulty == before.difficulty


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:  # type: ignore[type-arg]
    assert main([*arguments, "--json"]) == 0
    found: dict = json.loads(capsys.readouterr().out)  # type: ignore[type-arg]
    return found


@pytest.mark.parametrize("confidence", first(["0.8", "0.5", "0.95"], 1))
def test_the_safe_level_read_back_as_a_goal_has_the_stated_probability(
    capsys: pytest.CaptureFixture[str], confidence: str
) -> None:
    """It is one of the draws' own values, weighed to the probability at the level asked for; at its own level
    the smoothed probability lies within the draws' error, of which .4 points is the largest seen.
    """
    told = answer(capsys, "promise", str(SEED), "--confidence", confidence, "--on", DAY.isoformat())
    safe = told["goals"][0]["safe_level"]
    assert safe["probability"] == pytest.approx(float(confidence), abs=4e-3)
    brief = read(SEED)
    goal = brief.goals[0].model_copy(update={"at_least": Decimal(repr(safe["level"]))})
    again = make.make(brief.model_copy(update={"goals": (goal,)}), RULES, ask=False)
    # what promise says of the level is what a quote of that level says, to the digits that are printed
    assert again.goals[0].probability.value == pytest.approx(safe["probability"], abs=5e-5)  # type: ignore[union-attr]


def test_the_command_trades_as_the_library_does(capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "trade", str(SEED), "--base", "3k", "--on", DAY.isoformat())
    by_means = {trade["for"]: trade for trade in told["trades"]}
    assert set(by_means) == {"commission", "bonus", "term"}
    found = trades.equal(make.make(read(SEED), RULES, ask=False), Decimal(3000), "commission")
    assert by_means["commission"]["exact"] == found.exact  # type: ignore[union-attr]
    term = by_means["term"]["income_change"]
    assert term["mean"] > -term["error"]
    assert by_means["bonus"]["possible"] is False and by_means["bonus"]["most"] == 62_400


def test_the_commands_speak_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    for lang, said in (("en", "We sign"), ("zh", "建议按")):
        assert main(["promise", str(EXAMPLES / "auto_tools_mature.toml"), "--lang", lang]) == 0
        assert said in capsys.readouterr().out
        assert main(["trade", str(SEED), "--base", "4万" if lang == "zh" else "40k", "--lang", lang]) == 0
        assert "**" not in capsys.readouterr().out


@pytest.mark.parametrize("confidence", ["0", "0.001", "0.995", "1", "-1", "eight"])
def test_a_confidence_that_so_many_draws_cannot_tell_is_refused(
    confidence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["promise", str(SEED), "--confidence", confidence])
    assert ended.value.code == 2 and "write a number such as 0.8" in capsys.readouterr().err


def test_a_level_that_shows_as_zero_is_not_offered_for_signing() -> None:
    made = make.make(read(SEED), RULES, ask=False)
    goal = made.goals[0].goal
    assert "We sign 1.1" in aloud(made, goal, 1.1, 0.8, Words("en", vocabulary=RULES.vocabulary))
    assert "no level is reached in 99 of 100" in aloud(
        made, goal, 0.03, 0.99, Words("en", vocabulary=RULES.vocabulary)
    )
    growth = Goal(kpi=RULES.kpis["gmv_growth_in_term"], level=Decimal("0.1"), months=(1, 6))
    assert "We sign 0" in aloud(made, growth, 0.0, 0.8, Words("en", vocabulary=RULES.vocabulary))


@pytest.mark.parametrize(
    ("chance", "said"),
    [(0.001, ("in 0 to 1 of 100", "有 0 至 1 种")), (0.23, ("in 23 of 100", "有 23 种"))],
)
def test_a_hardly_reached_goal_can_be_read_aloud(chance: float, said: tuple[str, str]) -> None:
    made = make.make(read(SEED), RULES, ask=False)
    odds = replace(made.goals[0], probability=Probability(value=chance, error=0.004))
    for language, words in zip(("en", "zh"), said):
        assert words in aloud(
            replace(made, goals=(odds,)), odds.goal, 1.1, 0.8, Words(language, vocabulary=RULES.vocabulary)
        )


def test_a_base_that_cannot_be_read_says_what_to_write(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trade", str(SEED), "--base", "3o00"]) == 1
    assert "has the letter o in it" in capsys.readouterr().err


@pytest.mark.parametrize(
    "held",
    [
        {"trade": "garbage"},
        {"trade": '{"base": "-1"}'},
        {"confidence": 1.0},
        {"confidence": "high"},
        {"overrides": 7},
        {
            "overrides": [
                '{"assumption": "return_rate", "how": "replace", "low": 0.5, "high": 1.5, '
                '"by": "prospect", "why": "typed"}'
            ]
        },
    ],
)
def test_a_spoiled_link_agrees_to_nothing(held: dict) -> None:  # type: ignore[type-arg]
    assert parse(held, RULES.market) is None


def test_what_a_link_holds_is_read_back() -> None:
    row = RULES.market.row("roas_ad_ref", platform="tiktok_shop", category="beauty", stage="cold")
    typed = typed_override(row, 2.0, 3.0)
    trade = Trade(base="5000", commission="0.05")
    held = {"trade": trade.model_dump_json(exclude_defaults=True), "overrides": [typed.model_dump_json()]}
    found = parse(held, RULES.market)
    assert found is not None and (found.trade, found.overrides) == (trade, (typed,))


def test_where_the_price_is_a_range_a_question_says_why() -> None:
    listed = make.with_open_facts(made())
    agreed = make.make(read(SEED), RULES, trade=Trade(base=Decimal(5000)), points=POINTS)
    low, high = listed.monthly_price_range
    assert low < high and [item.fact for item in listed.unanswered[:4]].index("team_level") == 3
    assert any("$" in ask.effect for ask in live.asks(listed, Words("en", vocabulary=RULES.vocabulary)))
    assert not any("$" in ask.effect for ask in live.asks(agreed, Words("en", vocabulary=RULES.vocabulary)))


@pytest.mark.parametrize(
    ("trade", "english", "chinese"),
    [
        (Trade(base=Decimal(3000), bonus=Decimal(133150)), "**$133,150** bonus", "达标奖金 **$133,150**"),
        (Trade(base=Decimal(8000), refund=Decimal("0.3")), "**30%** back if missed", "未达标退 **30%**"),
        (Trade(base=Decimal(8000), protection=True), "**credit** for a shortfall", "差额**补偿**"),
    ],
)
def test_what_was_agreed_for_a_result_stands_under_the_price(
    trade: Trade, english: str, chinese: str
) -> None:
    agreed = make.make(read(SEED), RULES, trade=trade, points=POINTS, ask=False)
    listed = made()
    for words, said in (
        (Words("en", vocabulary=RULES.vocabulary), english),
        (Words("zh", vocabulary=RULES.vocabulary), chinese),
    ):
        assert said in price_figure(agreed, words).lines[0]
        assert said not in price_figure(listed, words).lines[0]


def test_a_bonus_that_was_agreed_stays_what_it_is() -> None:
    likely = read(EXAMPLES / "auto_tools_mature.toml")
    listed = make.make(likely, RULES, points=POINTS, ask=False)
    (offered,) = (offer for offer in trades.clause_offers(listed, 0.0) if offer.value.clause == "bonus")
    agreed = make.make(listed.brief, RULES, trade=offered.trade, points=POINTS, ask=False)
    (held,) = (offer for offer in trades.clause_offers(agreed, 0.0) if offer.value.clause == "bonus")
    assert held.held and not offered.held
    assert held.amount == offered.amount == agreed.trade.bonus


@pytest.mark.parametrize(
    ("words", "within", "up_to"),
    [
        (Words("en", vocabulary=RULES.vocabulary), "stays within", "With ads of up to"),
        (Words("zh", vocabulary=RULES.vocabulary), "不超过 $", "月广告费不超过"),
    ],
)
def test_a_goal_of_at_most_is_said_as_one(words: Words, within: str, up_to: str) -> None:
    """ "CAC of 25: with ads of 54,900" means up to it, and a lower level asks more, not less."""
    shop = {"stores": [{"platform": "own_site"}], "category": "beauty", "ad_budget": 20000}
    goal = {"kpi": "cac_paid", "at_most": 75, "months": [1, 3]}
    told = {**shop, "price": 40, "landed_cost": 9, "goals": [goal]}
    asked = make.make(parse_brief(told), RULES, points=POINTS, ask=False)
    promise = asked.goals[0].promise
    assert promise is not None
    assert within in aloud(asked, asked.goals[0].goal, promise.level, promise.confidence, words)
    reached = reaching(asked, 0.8)
    assert reached is not None
    said = takes(reached, asked.currency, words)
    assert any(line.replace("**", "").startswith(up_to) for line in said.lines)
    assert "above" not in safe_figure(asked, words).lines[1]
