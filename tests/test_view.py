"""What the page says about a quote made by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from opened import RULES
from quotes import BRIEF, PAYOFF, odds, quote

from estimator.brief.brief import Store
from estimator.brief.goals import Probability, Promise
from estimator.brief.meaning import reported
from estimator.contract.pricing import Step
from estimator.presentation import charts, frame, live, models, palette, phrases, price
from estimator.presentation.words import Words
from estimator.quoting.questions import Unanswered
from estimator.values.errors import Fault
from estimator.values.text import Text

EXPECTED = Text(en="Expected", zh="基准情景")
EN, ZH = Words("en", vocabulary=RULES.vocabulary), Words("zh", vocabulary=RULES.vocabulary)
KPIS = RULES.kpis


def figures(words: Words, **changes: object) -> dict[str, models.Figure]:
    shown = live.live(quote(**changes), words)
    return {figure.id: figure for figure in shown.figures}


def test_the_four_figures_lead() -> None:
    shown = figures(EN)
    assert (shown["price"].value, shown["price"].beside) == ("$7,850", "+ 5%")
    assert shown["price"].lines[0] == "5% of settled GMV above $60,000 a month"
    assert (shown["chance"].value, shown["chance"].beside) == ("52%", "")
    assert shown["safe"].value == "ROAS ≥ 1.8"
    assert shown["break_even"].value == "2.4" and shown["break_even"].reference


def test_the_four_figures_lead_in_chinese() -> None:
    shown = figures(ZH)
    assert shown["chance"].label == "第 1–3 个月 ROI ≥ 2.5 的达成概率"
    assert shown["chance"].lines[0] == "GMV ÷ 广告消耗，平台总口径"
    assert shown["safe"].label == "稳妥可签值（八成把握）" and shown["safe"].value == "ROI ≥ 1.8"


def test_a_heading_too_long_for_its_place_leaves_its_months_to_the_line_below() -> None:
    growth = odds("gmv_growth_vs_baseline", "0.3")
    goal = growth.goal.model_copy(update={"reading": "every", "months": (4, 6)})
    english, chinese = (figures(words, goals=(replace(growth, goal=goal),))["chance"] for words in (EN, ZH))
    assert english.label == "Probability of GMV growth ≥ 30%"
    assert english.lines[0] == "in every month 4–6: on the baseline"
    assert chinese.label == "GMV 增长 ≥ 30% 的达成概率"
    assert chinese.lines[0] == "第 4–6 个月每月，对比合作前"


def test_a_safe_level_is_rounded_to_the_side_that_stays_safe() -> None:
    at_least, at_most = odds().goal, odds("return_rate", "0.12").goal.model_copy(update={"at_least": False})
    assert phrases.safe_level(1.899, at_least, "USD", EN) == "1.8"
    assert phrases.safe_level(0.1104, at_most, "USD", EN) == "12%"
    assert phrases.safe_level(0.0401, at_most, "USD", EN) == "4.1%"


@pytest.mark.parametrize(
    ("value", "error", "said", "computed"),
    [(0.0, 1e-4, "<1%", "±1"), (1.0, 1e-4, ">99%", "±1"), (0.5, 0.021, "50%", "±3")],
)
def test_a_probability_is_never_certain_and_its_computing_stands_apart(
    value: float, error: float, said: str, computed: str
) -> None:
    chance = Probability(value=value, error=error)
    assert (phrases.probability(chance, EN), phrases.computing_error(chance)) == (said, computed)


def test_an_unknown_that_moves_the_price_makes_it_a_range_beside_what_will_be_paid() -> None:
    shown = figures(EN, monthly_price_range=(7850.0, 9420.0))["price"]
    assert (shown.value, shown.beside) == ("$7,850", "– 9,420")
    assert shown.lines[1:] == (
        "first invoice **$7,850** · 6 months **$58,000**",
        "usual month **$9,250** (8 in 10: 7,850–12,400)",
    )


def test_a_kpi_nobody_reports_has_no_number_and_says_why() -> None:
    blind = odds("roas_ad_attributed", probability=None, promise=None, measurable=False, curve=(), density=())
    made = quote(goals=(blind,))
    shown = live.live(made, EN)
    chance = shown.figures[1]
    assert chance.empty
    assert chance.lines == ("**not reported by TikTok Shop**", "choose another definition")
    assert live.picture(made, EN)[0] is None


def test_an_open_definition_is_said_before_any_number_is_written() -> None:
    shown = figures(EN, goals=(odds(open_definition=True, between=(0.21, 0.52)),))
    assert shown["chance"].value == "21–52%"
    assert shown["chance"].lines[0] == "52% if counted by: platform total"
    assert "definition is open" in shown["chance"].lines[1]
    assert shown["safe"].value == "—" and "before a definition" in shown["safe"].lines[0]


def test_where_no_level_is_safe_none_is_shown() -> None:
    shown = figures(EN, goals=(odds(promise=Promise(confidence=0.8, level=None)),))
    assert shown["safe"].empty and shown["safe"].value == "—"


def test_every_line_of_the_price_names_its_rule_and_the_lines_add_up() -> None:
    lines = live.live(quote(), EN).price_lines
    assert [line.rule_id for line in lines[:4]] == ["base.whole", "cat.beauty", "stage.cold", "term.6"]
    assert [line.amount for line in lines[:4]] == ["$6,500", "+$650", "+$1,073", "−$412"]
    assert (lines[5].look, lines[5].amount) == ("sum", "$7,850")
    assert sum(line.change for line in lines[:5]) == 7_850
    assert lines[6].amount == "5%"
    assert all(0 <= line.left <= 1 and line.left + line.width <= 1 + 1e-9 for line in lines)


def test_a_long_price_keeps_its_sum_in_view_and_opens_whole() -> None:
    made = quote()
    steps = made.priced.steps * 4
    shown = live.live(replace(made, priced=replace(made.priced, steps=steps)), EN)
    assert len(shown.price_lines) == price.MOST_PRICE_LINES[1]
    assert "sum" in {line.look for line in shown.price_lines}
    assert len(shown.price_more) == len(steps) + 1
    together = shown.price_lines[-2]
    assert together.label == "15 more lines"
    before_sum = shown.price_lines[: [line.look for line in shown.price_lines].index("sum")]
    assert sum(line.change for line in before_sum) == pytest.approx(float(sum(moved(steps))))


def moved(steps: tuple[Step, ...]) -> list[Decimal]:
    return [step.after - (step.before or 0) for step in steps if step.charge == "base_fee"]


def test_a_line_that_moved_nothing_waits_among_the_rest() -> None:
    made = quote()
    idle = replace(made.priced.steps[1], before=Decimal(6500), after=Decimal(6500))
    steps = (made.priced.steps[0], idle, *made.priced.steps[2:])
    shown = live.live(replace(made, priced=replace(made.priced, steps=steps)), EN)
    assert "cat.beauty" not in {line.rule_id for line in shown.price_lines}
    assert "cat.beauty" in {line.rule_id for line in shown.price_more}


def test_the_blocks_are_true_to_scale() -> None:
    segments = live.live(quote(), EN).segments
    assert [segment.party for segment in segments] == ["agency", "passed", "platform"]
    assert sum(share for segment in segments for share in segment.shares) == pytest.approx(1)


def test_a_kpi_that_one_of_two_platforms_reports_is_counted_there_and_names_both() -> None:
    """ACoS on TikTok Shop and an own site: "no platform here reports it" was said, and the site does."""
    brief = BRIEF.model_copy(update={"stores": (*BRIEF.stores, Store(platform="own_site"))})
    told = odds("acos")
    on_site = replace(told, goal=told.goal.model_copy(update={"kpi": reported(told.goal.kpi, brief)}))
    shown = live.live(quote(brief=brief, goals=(on_site, odds())), EN)
    assert shown.goals[0].label.startswith("ACoS on Own site")
    assert shown.figures[1].lines[0].startswith("not reported by TikTok Shop")


def test_a_guard_is_shown_with_its_rule_and_approver() -> None:
    first = next(guard for guard in live.live(quote(), EN).guards if guard.severity == "approval")
    assert (first.sign, first.word, first.rule_id) == ("◆", "Needs approval", "guard.safe")


def test_of_several_goals_a_guard_names_those_it_is_about() -> None:
    far = odds("gmv", "90000", 0.03)
    raised = replace(quote().guards[1], reads=frozenset({"requested_above_safe"}))
    shown = live.live(quote(goals=(odds(value=0.95), far), guards=(raised,)), EN).guards
    assert shown[0].text.endswith("(GMV)")
    alone = live.live(quote(goals=(far,), guards=(raised,)), EN).guards
    assert "GMV" not in alone[0].text


def test_the_prospect_reads_a_guard_in_words_of_its_own_or_not_at_all() -> None:
    ours = quote().guards[1]
    kind = Text(
        en="At this goal fewer than 8 in 10 shops get there.", zh="按此目标，十家店中不到八家能达到。"
    )
    theirs = replace(ours, id="guard.kind", client=kind)
    for language, words in (("en", EN), ("zh", ZH)):
        shown = live.live(quote(guards=(ours, theirs)), replace(words, to_you=True)).guards
        assert [guard.text for guard in shown] == [kind.en if language == "en" else kind.zh]
        assert not shown[0].rule and not shown[0].approver and not shown[0].why


def test_goals_are_listed_each_with_its_error() -> None:
    shown = live.live(quote(goals=(odds(), odds("gmv", "90000"))), EN)
    assert [goal.probability for goal in shown.goals] == ["52%", "52%"]
    assert shown.goals[1].label.startswith("GMV ≥ $90,000")


def test_questions_say_what_they_move() -> None:
    asks = live.live(quote(), EN).asks
    assert asks[1].question == "Was the account ever suspended?"
    assert asks[1].effect == "$7,850–9,420 · 46–58%"


def test_the_picture_says_in_words_what_it_shows() -> None:
    assert live.picture(quote(), EN)[1] == (
        "52% of outcomes reach the requested 2.5; 80% reach 1.8, the safe level; "
        "the seller breaks even at 2.4."
    )


def test_nothing_internal_reaches_the_words_of_the_page() -> None:
    """The agency's own money is not on this page, so it must not be in its view either."""
    shown = repr(live.live(quote(), Words("en", to_you=True, vocabulary=RULES.vocabulary)))
    assert not re.search(r"margin|guard\.|\.csv|base\.whole|cat\.beauty", shown.replace("margin_known", ""))


def test_the_same_quote_is_the_same_page() -> None:
    assert live.live(quote(), ZH) == live.live(quote(), ZH)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_picture_draws_in_both_modes(mode: palette.Mode) -> None:
    figure = live.picture(quote(), ZH)[0]
    assert figure is not None
    drawn = charts.odds(figure, mode)
    assert drawn.spec["layer"] and drawn.spec["width"] == "container"
    assert "盈亏平衡 2.4" in set(drawn.rows["text"])
    kinds = {layer["transform"][0]["filter"].split("'")[1] for layer in drawn.spec["layer"]}
    assert set(drawn.rows["kind"]) <= kinds
    coloured = drawn.spec["layer"][0]["encoding"]["color"]["scale"]["domain"]
    assert set(drawn.rows["look"]) <= set(coloured)


@pytest.mark.parametrize(("words", "said"), [(EN, "in months 4–6"), (ZH, "第 4–6 个月")])
def test_a_ramped_goal_is_a_step_of_the_picture(words: Words, said: str) -> None:
    first = odds()
    later = first.goal.model_copy(update={"level": first.goal.level * 2, "months": (4, 6)})
    ramped = replace(first, goal=later, probability=Probability(value=0.1, error=0.01))
    figure, spoken = live.picture(quote(goals=(first, ramped)), words)
    assert figure is not None and first.probability is not None
    rows = charts.odds(figure, "light").rows
    stairs = rows[rows["look"] == "step"]
    assert stairs["y"].tolist() == [first.probability.value, first.probability.value, 0.1]
    assert stairs["x"].iloc[1] == stairs["x"].iloc[2] > stairs["x"].iloc[0]
    assert rows["text"].str.contains(said).any() and said in spoken
    # another KPI is no step of this one
    other = replace(ramped, goal=later.model_copy(update={"kpi": KPIS["gmv"]}))
    assert live.picture(quote(goals=(first, other)), words)[0].steps == ()


@pytest.mark.parametrize("even", [None, 0.01, 99.0])
def test_the_picture_holds_where_the_break_even_is_far_away(even: float | None) -> None:
    figure = live.picture(quote(payoff=replace(PAYOFF, break_even=even)), EN)[0]
    assert figure is not None and len(charts.odds(figure, "light").rows)


def test_a_fault_names_what_to_write_and_what_is_still_in_use() -> None:
    found = Fault(code="letter_in_amount", place="", values={"found": "4o,000", "letter": "o"})
    said = phrases.fault(found, "40k", EN)
    assert said.endswith("write 40000, 40k or 4万. Until then: the last valid value, 40k.")
    assert phrases.fault(found, "40k", ZH).endswith("。改正前沿用 40k。")


def test_a_card_shows_an_example_in_one_line() -> None:

    brief = BRIEF.model_copy(update={"ad_budget": Decimal(20000)})
    assert frame.example("seed_beauty", brief, RULES.kpis, EN).line == "TikTok Shop · $20k · ROAS ≥ 2.5"


def test_a_question_without_words_still_stands() -> None:
    shown = live.live(quote(unanswered=(Unanswered(fact="moon", price=None, odds=(0.1, 0.2)),)), EN)
    assert shown.asks[0].question == "moon"
