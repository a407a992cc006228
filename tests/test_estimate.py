"""A seller's own estimate: laws, a case by hand, and nothing internal in it."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from cards import with_one_edition
from opened import CATEGORIES, DAY, RULES, Closed

from estimator.brief import brief
from estimator.brief.brief import Brief
from estimator.cli import main
from estimator.market.points import Held, Points
from estimator.market.summary import Spread
from estimator.presentation.estimate import estimate_view
from estimator.presentation.estimate_words import driver_rows, estimate_text, flip_lines, papers
from estimator.presentation.words import Words
from estimator.quoting import make
from estimator.quoting.estimate import Estimate, estimate, estimate_drivers
from estimator.quoting.tipping import FACTS, WITHIN, TippingPoint, TippingPoints, flips
from estimator.rules.checklists import needed
from estimator.rules.rules import open_rules
from estimator.schemas.estimate import estimate_json
from estimator.values.errors import QuotecastError

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples" / "briefs"
FEW = Points(number=256, scrambles=4)
LITTLE = Brief(category="beauty", price="32", landed_cost="8", ad_budget="20000")
ZH, EN = Words("zh", vocabulary=RULES.vocabulary), Words("en", vocabulary=RULES.vocabulary)
NAMES = ("seed_beauty", "apparel_with_history", "home_five_platforms", "almost_nothing", "little")


def told(name: str) -> Brief:
    return LITTLE if name == "little" else brief.read(EXAMPLES / f"{name}.toml")


@cache
def made(name: str) -> Estimate:
    return estimate(told(name), RULES, points=FEW)


@pytest.mark.parametrize("name", NAMES)
def test_each_month_adds_up_in_the_mean(name: str) -> None:
    """Sales less goods, delivery and the three blocks are the profit; the months are the term."""
    found = made(name)
    for month in found.by_month:
        costs = (month.goods, month.delivery, month.agency_fee, month.passed_through, month.platform_take)
        assert month.settled_gmv.mean - sum(each.mean for each in costs) == pytest.approx(month.profit.mean)
    assert sum(month.profit.mean for month in found.by_month) == pytest.approx(found.seller.profit.mean)
    blocks = found.blocks
    assert blocks.passed_through * found.months == pytest.approx(
        sum(month.passed_through.mean for month in found.by_month)
    )


@pytest.mark.parametrize("name", NAMES)
def test_cash_and_what_is_owed_are_the_profit(name: str) -> None:
    found = made(name)
    assert found.by_month[-1].cash.mean + found.owed.mean == pytest.approx(found.seller.profit.mean, abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_the_break_even_is_where_the_middle_outcome_stops_losing(name: str) -> None:
    """More than half lose where the middle outcome lies below the break-even, and the other way round."""
    even, loss = made(name).break_even, made(name).seller.loss_probability
    assert even.roas is not None and even.roas_now is not None and even.units is not None
    assert (even.roas_now < even.roas) == (loss.value > 0.5)
    assert (even.units_now < even.units) == (loss.value > 0.5)


def test_an_estimate_agrees_with_the_quote_of_the_same_facts() -> None:
    """Same points, same terms, same money: the quote's own figures to the last digit."""
    told_all = told("seed_beauty")
    found, quoted = made("seed_beauty"), make.make(told_all, RULES, points=FEW, ask=False)
    assert found.terms == quoted.terms
    assert found.seller == quoted.seller
    assert found.fees == quoted.fees
    assert [goal.probability for goal in found.goals] == [odds.probability for odds in quoted.goals]
    assert [goal.promise for goal in found.goals] == [odds.promise for odds in quoted.goals]


def test_who_operates_is_a_choice() -> None:
    ways = {way: estimate(LITTLE, RULES, way=way, points=FEW) for way in ("whole_shop", "kpi_consulting")}
    assert estimate(LITTLE, RULES, points=FEW) == ways["whole_shop"]
    assert ("service_model", "whole_shop") in ways["whole_shop"].taken
    assert ways["kpi_consulting"].monthly_price < ways["whole_shop"].monthly_price
    assert ways["kpi_consulting"].by_month != ways["whole_shop"].by_month


def test_another_offers_terms_take_the_place_of_the_list() -> None:
    terms = RULES.offers["us_agency"].terms
    found = estimate(LITTLE, RULES, terms=terms, points=FEW)
    assert found.terms == terms and found.monthly_price == 6500.0


def test_a_dearer_product_to_buy_never_earns_more() -> None:
    dear = estimate(LITTLE.model_copy(update={"landed_cost": LITTLE.landed_cost * 2}), RULES, points=FEW)
    assert dear.seller.profit.p50 < made("little").seller.profit.p50
    assert dear.break_even.roas > made("little").break_even.roas


def test_without_ads_there_is_no_roas_and_nothing_breaks_down() -> None:
    found = estimate(LITTLE.model_copy(update={"ad_budget": LITTLE.ad_budget * 0}), RULES, points=FEW)
    assert found.break_even.roas is None
    for words in (ZH, EN):
        assert estimate_view(found, words).lines


def test_an_unknown_landed_cost_is_said() -> None:
    found = estimate(LITTLE.model_copy(update={"landed_cost": None}), RULES, points=FEW)
    assert not found.seller.margin_known
    assert any("到岸成本未知" in line for line in estimate_view(found, ZH).lines)


def test_another_currency_or_scenario_is_refused() -> None:
    with pytest.raises(QuotecastError):
        estimate(LITTLE.model_copy(update={"currency": "EUR"}), RULES)
    with pytest.raises(QuotecastError):
        estimate(LITTLE, RULES, scenario="no such")


# ── flips ─────────────────────────────────────────────────────────────────────────────────────────


UNTOLD = told("auto_tools_mature").model_copy(update={"current_gmv": None, "recent_ad_spend": None})
"""A shop of whose sales nothing is told, so that assumptions decide."""


@cache
def turning() -> TippingPoints:
    found = flips(estimate(UNTOLD, RULES, points=FEW))
    assert found is not None
    return found


def test_a_flip_crosses_one_half_and_just_inside_does_not() -> None:
    """Held at the flip the chance is on the other side; a little nearer the middle it is not."""
    found, flipped = estimate(UNTOLD, RULES, points=FEW), turning()
    assert len(flipped.points) == 2
    few = Points(number=128, scrambles=8)

    def chance(points: Points | Held) -> float:
        dealt = found.world.deal(
            found.brief, found.terms, points, months=found.months, horizon=found.horizon, own_cost=False
        )
        return float((dealt.money.profit[:, : found.months].sum(axis=1) >= 0).mean())

    assert flipped.chance == chance(Points())
    held = [flip for flip in flipped.points if flip.row is not None]
    assert held
    for flip in held:
        assert (chance(Held(points=few, name=flip.name, z=flip.z)) >= 0.5) != (flipped.chance >= 0.5)
        assert flip.at == pytest.approx(float(flip.row.at(flip.z)))


def test_flips_are_the_nearest_first_and_within_their_range() -> None:
    far = [abs(flip.z) for flip in turning().points]
    assert far == sorted(far)
    for flip in turning().points:
        if flip.row is None:
            most = WITHIN[flip.name]
            assert flip.name in FACTS and 1 / most - 0.01 <= flip.at / flip.middle <= most + 0.01
        else:
            assert abs(flip.z) <= 1.645


def test_a_price_that_is_another_products_is_no_remedy() -> None:
    """From 32 dollars only a price of 56 makes a profit likely, of a product that sells at 56."""
    found = flips(made("little"))
    assert found is not None and found.points == ()
    another = estimate(LITTLE.model_copy(update={"price": Decimal(60)}), RULES, points=FEW)
    assert another.seller.loss_probability.value < 0.5 < made("little").seller.loss_probability.value


def test_where_nothing_flips_it_is_said() -> None:
    found = estimate(LITTLE.model_copy(update={"price": LITTLE.landed_cost + 1}), RULES, points=FEW)
    none = flips(found)
    assert none is not None and none.points == ()
    assert "90%" in flip_lines(found, none, EN)[0] and "90%" in flip_lines(found, none, ZH)[0]


def test_a_flip_is_said_in_its_own_unit() -> None:
    row = RULES.market.row("return_rate", platform="tiktok_shop", category="beauty")
    flip = TippingPoint(name="return_rate", row=row, middle=0.12, at=0.2, z=1.2)
    one = TippingPoints(question="profit", chance=0.55, points=(flip,))
    found = made("little")
    assert flip_lines(found, one, EN) == (
        "The chance of a profit falls under 50% with return rate at 20% instead of 12%.",
    )
    assert flip_lines(found, one, ZH) == ("如果退货率从 12% 变为 20%，“盈利”的概率会跌破 50%。",)
    lower = replace(one, chance=0.4, points=(replace(flip, at=0.08, z=-0.4),))
    assert "passes 50% with return rate at 8% instead of 12%" in flip_lines(found, lower, EN)[0]


@pytest.mark.journey
def test_every_figure_opens_to_its_assumptions() -> None:
    """The number lies between what its drivers make of it, up to the error of 1,024 draws."""
    found = made("little")
    numbers = {
        "loss": found.seller.loss_probability.value,
        "profit": found.seller.profit.p50,
        "cash": found.seller.cash_low.p50,
        "break_even": found.break_even.roas,
    }
    for target, number in numbers.items():
        drivers = estimate_drivers(found, target)  # type: ignore[arg-type]
        first = next(driver for driver in drivers if driver.row is not None)
        between = sorted((first.low, first.high))
        assert number is not None
        assert between[0] - 0.1 * abs(number) <= number <= between[1] + 0.1 * abs(number), target
        assert driver_rows(found, drivers, target, ZH)[0].swing  # type: ignore[arg-type]


def test_a_brief_without_a_goal_has_no_flips_of_one() -> None:
    assert flips(made("little"), "goal") is None
    assert estimate_drivers(made("little"), "chance") == ()


# ── words and data ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_the_page_has_every_part(name: str, words: Words) -> None:
    found = made(name)
    view = estimate_view(found, words)
    assert len(view.months) == found.months and len(view.rows) == 8
    for row in view.rows:
        assert len(row.means) == len(row.ranges) == found.months
    assert sum(sum(segment.shares) for segment in view.segments) == pytest.approx(1.0)
    assert len(view.figures) == 4 and len(view.asks) == 10 and len(view.papers) >= 6
    assert (
        re.search(r"[\u4e00-\u9fff]", view.verdict)
        if words is ZH
        else re.match(
            "Before own staff, a profit" if found.brief.service_model == "part_operation" else "A profit",
            view.verdict,
        )
    )


def test_a_row_by_hand() -> None:
    """Costs carry a minus, sums their sign, and the last cell of cash is its last month."""
    found = made("little")
    each = Spread(mean=1234.0, p10=1000.0, p50=1200.0, p90=1500.0)
    poor = Spread(mean=-1234.0, p10=-2000.0, p50=-1200.0, p90=10.0)
    first = replace(found.by_month[0], goods=each, profit=poor, cash=poor)
    rows = {row.id: row for row in estimate_view(replace(found, by_month=(first,)), EN).rows}
    assert rows["goods"].means == ("−$1,250",) and rows["goods"].ranges == ("−$1,500 to −$1,000",)
    assert rows["profit"].means == ("−$1,250",) and rows["cash"].total == "−$1,250"
    assert (rows["goods"].look, rows["profit"].look, rows["platform_take"].look) == (
        "plain",
        "sum",
        "platform",
    )


@pytest.mark.parametrize(
    ("owed", "said"),
    [
        (5000.0, "what still comes in then exceeds what still falls due by $5,000."),
        (-5000.0, "what still falls due then exceeds what still comes in by $5,000."),
        (0.4, "what still comes in then pays what still falls due."),
    ],
)
def test_what_comes_after_the_term_is_said_as_what_it_is(owed: float, said: str) -> None:
    found = replace(made("little"), owed=Spread(mean=owed, p10=owed, p50=owed, p90=owed))
    assert said in estimate_text(found, (), (), EN)


def test_text_and_json_say_the_same() -> None:
    found = made("seed_beauty")
    drivers = estimate_drivers(found)
    assert len(driver_rows(found, drivers, "loss", ZH)) == 6
    data = estimate_json(found, (), drivers).model_dump(mode="json")
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["profit"]["p50"] == pytest.approx(found.seller.profit.p50, rel=1e-3)
    for words in (ZH, EN):
        text = estimate_text(found, (), drivers, words)
        assert "ROAS ≥ 2.5" in text or "ROI ≥ 2.5" in text
        for trap in RULES.traps:
            assert words.of(trap.question) in text


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_has_its_documents(category: str) -> None:
    found = needed(RULES.documents, category)
    own = [document for document in found if not document.general]
    assert own and len(found) - len(own) >= 5
    assert found[: len(own)] == tuple(own)
    page = papers(replace(made("little"), brief=LITTLE.model_copy(update={"category": category})), ZH)
    assert [paper.id for paper in page] == [document.id for document in found]


def test_the_laws_of_each_category_are_named() -> None:
    """The rules of the domain facts, by what they reach."""
    asked = {
        "beauty": "mocra",
        "toys": "cpc",
        "electronics": "fcc",
        "food": "food_facility",
        "health_supplements": "supplement_label",
        "home": "cpsc_gcc",
        "consumer_goods": "cpsc_gcc",
        "fashion": "textile",
        "pets": "pet_food",
    }
    for category, word in asked.items():
        assert f"doc.{word}" in [document.id for document in needed(RULES.documents, category)]


def test_no_question_or_document_promises() -> None:
    texts = [text for trap in RULES.traps for text in (trap.question.zh, trap.why.zh)]
    texts += [text for row in RULES.documents for text in (row.label.zh, row.issuer.zh, row.why.zh)]
    assert not [text for text in texts if re.search(r"保证|承诺|赔率|全托管|半托管", text)]


@pytest.mark.parametrize("command", ["estimate", "pilot"])
def test_the_command_answers_in_both_languages(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(EXAMPLES / "seed_beauty.toml")
    for arguments, sign in ((["--lang", "zh"], "概率"), ([], "8 in 10"), (["--json"], '"currency": "USD"')):
        assert main([command, path, *arguments]) == 0
        assert sign in capsys.readouterr().out


def test_a_pilot_without_a_goal_says_what_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bare.toml"
    path.write_text('category = "beauty"\nad_budget = 20000\n', "utf-8")
    assert main(["pilot", str(path)]) == 1
    assert "goals: a test is judged by a goal" in capsys.readouterr().err
    assert main(["pilot", str(path), "--lang", "zh"]) == 1
    assert "测试要以目标来衡量" in capsys.readouterr().err


# ── nothing internal ──────────────────────────────────────────────────────────────────────────────


def test_a_deployment_without_the_internal_folder_answers_with_the_same_bytes(tmp_path: Path) -> None:
    rules = with_one_edition(tmp_path / "rules")
    shop, few, answers = told("tiny_shop"), Points(number=256, scrambles=2), []
    for _ in range(2):
        found = estimate(shop, open_rules(rules, on=DAY), points=few)
        answers.append(estimate_json(found, (), ()).model_dump_json())
        shutil.rmtree(rules / "internal", ignore_errors=True)
    assert answers[0] == answers[1]


def test_nothing_internal_is_read() -> None:
    closed = replace(RULES, costs=Closed(), internal_guards=Closed(), own_sha="closed")
    fresh = LITTLE.model_copy(update={"category": "pets"})  # nothing kept of an earlier call
    found = estimate(fresh, closed, points=Points(number=64, scrambles=2))
    estimate_view(found, ZH)
    estimate_json(found, (), ())
    assert estimate_drivers(found)
    assert flips(found) is not None
