"""The live page as people use it: typed in on a call, in both languages, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pages import CUT, choose, field, open_example, press, settle, switch, turn_to, value, write
from playwright.sync_api import Page, expect

from estimator.presentation.models import Audience
from estimator.screens import css

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]

EXAMPLES = sorted(
    p.stem for p in (Path(__file__).parent.parent.parent / "examples" / "briefs").glob("*.toml")
)
DRAWN = '[data-testid="stVegaLiteChart"] :is(canvas, svg)'
SEED = {
    "en-US": (
        "Beauty",
        "Platform total",
        "Whole shop",
        "Hybrid",
        "Cold start",
        "6 months",
        "New",
        "Cross-border",
    ),
    "zh-CN": ("美妆个护", "平台总口径", "整店", "基础费+提点", "冷启动期", "6 个月", "新店", "跨境店"),
}


def type_the_seed(page: Page, locale: str) -> None:
    """The seed example in the order of a call; every field but the goal's months, which fit already."""
    category, counted, model, settlement, stage, term, status, kind = SEED[locale]
    press(page, "platforms", "TikTok Shop")
    choose(page, "category", category)
    write(page, "ad_budget", "2万" if locale == "zh-CN" else "20k")
    write(page, "level0", "2.5")
    choose(page, "definition0", counted)
    press(page, "service_model", model)
    choose(page, "settlement", settlement)
    choose(page, "stage", stage)
    choose(page, "contract_months", term)
    choose(page, "tiktok_shop_status", status)
    write(page, "price", "32")
    page.locator(".st-key-more_facts button").first.click()
    write(page, "sku_count", "8")
    write(page, "start", "2027-01")
    page.keyboard.press("Escape")
    page.locator(".st-key-more_goals button").first.click()
    choose(page, "tiktok_shop_kind", kind)
    page.keyboard.press("Escape")
    settle(page)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_seed_example_typed_in_is_the_seed_example_opened(
    visit: Visit, locale: str, tmp_path: Path
) -> None:
    typed, opened = visit(locale), visit(locale)
    type_the_seed(typed, locale)
    open_example(opened, "seed_beauty")
    for figure in ("price", "chance", "safe", "break_even"):
        assert value(typed, figure) == value(opened, figure)
    assert re.search(r"\d+%\s+±\d", value(typed, "chance"))
    assert ("ROI ≥" if locale == "zh-CN" else "ROAS ≥") in value(typed, "safe")
    typed.screenshot(path=str(tmp_path / f"typed_{locale}.png"))


def test_the_first_visit_speaks_the_browsers_language(visit: Visit) -> None:
    expect(visit("zh-CN").locator("h1")).to_contain_text("即可报价")
    expect(visit("de-DE").locator("h1")).to_have_text("Four answers make a quote.")


def test_a_bad_amount_keeps_its_text_names_the_last_value_and_spares_the_rest(
    visit: Visit, tmp_path: Path
) -> None:
    page = visit()
    open_example(page, "seed_beauty")
    before = value(page, "chance")
    write(page, "ad_budget", "4o,000")
    fault = page.locator(".qc-fault")
    expect(fault).to_contain_text('"4o,000" has the letter o in it; write 40000, 40k or 4万')
    expect(fault).to_contain_text("the last valid value, 20000")
    assert field(page, "ad_budget").locator("input").input_value() == "4o,000"
    assert value(page, "chance") == before
    border = field(page, "ad_budget").locator('[data-testid="stTextInputRootElement"]')
    expect(border).to_have_css("border-top-color", "rgb(163, 20, 60)")
    assert page.evaluate(CUT) == []
    page.screenshot(path=str(tmp_path / "fault.png"))

    write(page, "price", "36")
    expect(fault).to_have_count(1)
    switch(page, "中文")
    expect(page.locator(".qc-fault")).to_contain_text("“4o,000”里混入了字母 o；请写 40000、40k 或 4万")
    assert page.evaluate(CUT) == []

    write(page, "ad_budget", "40,000 USD")
    expect(page.locator(".qc-fault")).to_have_count(0)
    assert value(page, "chance") != before


def test_a_cost_above_the_price_is_put_to_its_field(visit: Visit) -> None:
    page = visit()
    open_example(page, "seed_beauty")
    write(page, "landed_cost", "9.5")
    write(page, "landed_cost", "64")
    expect(page.locator(".qc-fault")).to_contain_text("landed cost 64 is not below the price 32")
    expect(page.locator(".qc-fault")).to_contain_text("the last valid value, 9.5")
    expect(page.locator(".qc-spend")).to_be_visible()


def test_a_switch_of_language_loses_nothing(visit: Visit) -> None:
    page = visit()
    type_the_seed(page, "en-US")
    figures = {name: value(page, name) for name in ("price", "chance", "break_even")}
    switch(page, "中文")
    assert {name: value(page, name) for name in figures} == figures
    assert field(page, "category").locator("input").input_value() == "美妆个护"
    assert field(page, "ad_budget").locator("input").input_value() == "20k"
    switch(page, "EN")
    assert {name: value(page, name) for name in figures} == figures
    assert field(page, "settlement").locator("input").input_value() == "Hybrid"
    assert field(page, "tiktok_shop_status").locator("input").input_value() == "New"


def test_two_sessions_never_meet(visit: Visit) -> None:
    english, chinese = visit("en-US"), visit("zh-CN")
    open_example(english, "seed_beauty")
    open_example(chinese, "home_five_platforms")
    mine, theirs = value(english, "price"), value(chinese, "price")
    assert mine != theirs
    write(english, "ad_budget", "25k")
    mine = value(english, "price")
    choose(chinese, "stage", "成熟期")
    assert value(english, "price") == mine and "Price per month" in english.locator("#qc-price").inner_text()
    assert "每月报价" in chinese.locator("#qc-price").inner_text()
    assert field(chinese, "ad_budget").locator("input").input_value() == "60000"
    assert field(english, "stage").locator("input").input_value() == "Cold start"


def test_a_scenario_moves_the_odds_and_never_the_price(visit: Visit) -> None:
    page = visit()
    open_example(page, "seed_beauty")
    price, chance = value(page, "price"), value(page, "chance")
    field(page, "scenario").get_by_role("combobox").click()
    page.get_by_role("option", name="Hopeful", exact=True).click()
    settle(page)
    assert value(page, "price") == price and value(page, "chance") != chance
    expect(page.locator(".qc-since")).to_contain_text("Hopeful")


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_nothing_scrolls_and_nothing_is_cut(visit: Visit, locale: str, tmp_path: Path) -> None:
    page = visit(locale)
    cut = {"empty": page.evaluate(CUT)}
    for name in EXAMPLES:
        open_example(page, name)
        page.wait_for_selector(DRAWN)
        cut[name] = page.evaluate(CUT)
        page.screenshot(path=str(tmp_path / f"{name}_{locale}.png"))
        page.locator(".st-key-clear button").click()
        page.wait_for_selector(".qc-intro")
        settle(page)
    found = [f"{name}: {fault}" for name, faults in cut.items() for fault in faults]
    assert not found, "\n".join(found)


def clear(page: Page) -> None:
    page.locator(".st-key-clear button").click()
    page.wait_for_selector(".qc-intro")
    settle(page)


def known(page: Page) -> str:
    return page.locator(".qc-known span").inner_text()


def test_clear_leaves_nothing_of_the_last_prospect(visit: Visit) -> None:
    page = visit()
    untouched = known(page)
    open_example(page, "seed_beauty")
    field(page, "scenario").get_by_role("combobox").click()
    page.get_by_role("option", name="Hopeful", exact=True).click()
    settle(page)
    write(page, "level0", "abc")
    write(page, "price", "33")
    clear(page)
    assert known(page) == untouched
    for name in ("ad_budget", "level0", "price", "landed_cost"):
        assert field(page, name).locator("input").input_value() == ""
    assert field(page, "platforms").locator('button[data-selected="true"]').count() == 0
    write(page, "ad_budget", "30k")
    expect(page.locator(".qc-fault")).to_have_count(0)
    press(page, "platforms", "TikTok Shop")
    write(page, "level0", "2.5")
    expect(page.locator(".qc-since")).not_to_contain_text("Hopeful")
    assert field(page, "price").locator("input").input_value() == ""


def test_an_edit_in_a_popover_changes_nothing_else(visit: Visit) -> None:
    page = visit()
    open_example(page, "auto_tools_mature")
    write(page, "ad_budget", "60000")
    before, price = known(page), value(page, "price")
    page.locator(".st-key-more_facts button").first.click()
    assert field(page, "sku_count").locator("input").input_value() == "40"
    assert field(page, "current_gmv").locator("input").input_value() == "200000"
    write(page, "own_videos", "0")
    assert field(page, "sku_count").locator("input").input_value() == "40"
    page.keyboard.press("Escape")
    settle(page)
    count = [int(re.findall(r"\d+", text)[0]) for text in (before, known(page))]
    assert count[1] == count[0] + 1
    page.locator(".st-key-more_facts button").first.click()
    write(page, "own_videos", "")
    assert (known(page), value(page, "price")) == (before, price)


def test_another_goal_takes_no_level_of_the_last(visit: Visit) -> None:
    page = visit()
    open_example(page, "home_five_platforms")
    choose(page, "goal0", "ROAS ≥")
    expect(field(page, "level0").locator("input")).to_have_value("")
    expect(page.locator(".qc-fault")).to_have_count(0)
    write(page, "level0", "250%")
    expect(page.locator(".qc-fault")).to_contain_text("write a multiple such as 2.5")
    expect(page.locator(".qc-fault")).not_to_contain_text("last valid value")
    expect(page.locator("#qc-price")).not_to_contain_text("0.3")


def test_a_price_below_cost_is_put_to_the_price_typed_last(visit: Visit) -> None:
    page = visit()
    open_example(page, "auto_tools_mature")
    before = known(page)
    write(page, "price", "10")
    expect(page.locator(".qc-fault")).to_have_count(1)
    expect(page.locator(".qc-fault")).to_contain_text("the price 10 is not above the landed cost 14")
    expect(page.locator(".qc-fault")).to_contain_text("the last valid value, 45")
    write(page, "landed_cost", "12")
    expect(page.locator(".qc-fault")).to_have_count(2)
    assert known(page) == before
    write(page, "landed_cost", "8")
    expect(page.locator(".qc-fault")).to_have_count(0)


def test_a_fault_out_of_sight_names_its_field(visit: Visit) -> None:
    page = visit()
    open_example(page, "seed_beauty")
    page.locator(".st-key-more_facts button").first.click()
    write(page, "sku_count", "x" * 80)
    page.keyboard.press("Escape")
    settle(page)
    expect(page.locator(".qc-fault")).to_contain_text("Number of SKUs: ")
    expect(page.locator(".qc-fault")).to_contain_text("write a whole number such as 12")


def test_a_goal_that_starts_after_its_end_is_a_fault(visit: Visit) -> None:
    page = visit()
    open_example(page, "home_five_platforms")
    choose(page, "last0", "3 months")
    expect(page.locator(".qc-fault")).to_contain_text("month 4 is after month 3")
    expect(page.locator(".qc-fault")).to_contain_text("the last valid value, 4–6")
    expect(page.locator(".qc-spend")).to_be_visible()


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_few_answers_do_not_scroll_either(visit: Visit, locale: str) -> None:
    page = visit(locale)
    press(page, "platforms", "TikTok Shop")
    choose(page, "category", SEED[locale][0])
    write(page, "ad_budget", "20000")
    write(page, "level0", "2.5")
    page.wait_for_selector(DRAWN)
    assert page.evaluate(CUT) == []
    for name in ("Instagram", "Pinterest", "YouTube", "独立站" if locale == "zh-CN" else "Own site"):
        press(page, "platforms", name)
    choose(page, "goal0", "活跃达人 ≥" if locale == "zh-CN" else "Creators posting ≥")
    write(page, "level0", "30")
    page.wait_for_timeout(500)
    assert page.evaluate(CUT) == []


def test_a_box_of_more_closes_on_escape_and_on_a_click_elsewhere(visit: Visit) -> None:
    page = visit()
    open_example(page, "home_five_platforms")
    button, box = page.locator(".qc-guards button.qc-more"), page.locator("#qc-more-guards")
    expect(page.locator(".qc-box:visible")).to_have_count(0)
    button.click()
    expect(box).to_be_visible()
    over, under = box.bounding_box(), button.bounding_box()
    assert over and under and over["y"] >= 0 and over["y"] + over["height"] <= under["y"] + 1
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    button.click()
    page.mouse.click(700, 300)
    expect(box).to_be_hidden()


def test_the_picture_says_what_it_shows(visit: Visit) -> None:
    page = visit()
    open_example(page, "seed_beauty")
    chart = page.get_by_test_id("stVegaLiteChart")
    expect(chart).to_be_visible()
    page.wait_for_selector(DRAWN)
    said = page.locator(":is([aria-label], [aria-description])").evaluate_all(
        "all => all.map(e => e.getAttribute('aria-label') || e.getAttribute('aria-description'))"
    )
    assert [text for text in said if "of outcomes reach the requested 2.5" in text]


def test_the_fonts_shipped_are_the_fonts_used(visit: Visit) -> None:
    page = visit("zh-CN")
    page.wait_for_function("document.fonts.status === 'loaded'")
    loaded = page.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family.replaceAll('\"', ''))"
    )
    assert "Noto Sans SC" in loaded


@pytest.mark.parametrize(("audience", "opened"), [("internal", "more_facts"), ("presenter", "change")])
def test_every_hook_of_the_style_is_on_the_page(visit: Visit, audience: Audience, opened: str) -> None:
    page = visit()
    open_example(page, "home_five_platforms")
    page.locator(".st-key-mode button").nth(int(audience == "presenter")).click()
    settle(page)
    page.locator(f".st-key-{opened} button").first.click()
    settle(page)
    sheet = re.sub(r"/\*.*?\*/", "", css.sheet(audience), flags=re.DOTALL)
    hooks = set(re.findall(r'\[(?:data-testid|data-selected|role)="[^"]+"\]', sheet))
    hooks |= set(re.findall(r'\[class\*="[^"]+"\]', sheet))
    hooks |= set(re.findall(r"\.(?:st-key|react-aria)-\w+", sheet))
    passing = ("stElementToolbar", "stInputInstructions", "stSkeleton")
    hidden = {f'[data-testid="{name}"]' for name in passing}
    missing = _without(page, hooks - hidden)
    page.keyboard.press("Escape")
    turn_to(page, "compare")
    page.locator(".st-key-compare_add button").first.click()
    settle(page)
    missing = _without(page, missing)
    page.keyboard.press("Escape")
    turn_to(page, "estimate")
    missing = _without(page, missing)
    assert missing == set()


def _without(page: Page, hooks: set[str]) -> set[str]:
    return {hook for hook in hooks if page.locator(hook).count() == 0}


def test_the_dark_page_is_dark(visit: Visit, tmp_path: Path) -> None:
    page = visit(scheme="dark")
    open_example(page, "seed_beauty")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(18, 23, 30)")
    expect(page.locator("#qc-price .qc-value")).to_have_css("color", "rgb(237, 240, 243)")
    page.wait_for_selector(DRAWN)
    page.screenshot(path=str(tmp_path / "dark.png"))


def test_nothing_left_this_machine(server: object, visit: Visit, requested: set[str]) -> None:
    """Last on purpose: it reads what all tests before it made the browser and the server ask for."""
    page = visit("zh-CN")
    open_example(page, "almost_nothing")
    assert requested <= {"localhost", "127.0.0.1"}
    outside: Path = server.outside  # type: ignore[attr-defined]
    assert not outside.exists() or outside.read_text("utf-8") == ""
