"""The live page as people use it: typed in on a call, in both languages, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from estimator.screens import css

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]

EXAMPLES = sorted(
    p.stem for p in (Path(__file__).parent.parent.parent / "examples" / "briefs").glob("*.toml")
)
DRAWN = '[data-testid="stVegaLiteChart"] :is(canvas, svg)'
CUT = """
() => {
  const cut = [];
  const main = document.querySelector('[data-testid="stMain"]');
  const side = document.querySelector('[data-testid="stSidebarContent"]');
  for (const box of [main, side])
    if (box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1)
      cut.push(`${box.dataset.testid} scrolls: ${box.scrollWidth}x${box.scrollHeight}`);
  const text = '.qc *, [data-testid="stWidgetLabel"] p, button *, [data-testid="stSelectbox"] input';
  for (const element of document.querySelectorAll(text)) {
    if (element.closest('details') || !element.offsetParent && !element.closest('.qc-foot')) continue;
    const style = getComputedStyle(element);
    const clips = style.overflowX !== 'visible' || element.tagName === 'INPUT';
    if (clips && element.scrollWidth > element.clientWidth + 1)
      cut.push(`cut: ${element.value || element.textContent}`);
    const box = element.getBoundingClientRect();
    if (element.children.length === 0 && box.width && (box.right > 1281 || box.left < -1))
      cut.push(`outside: ${element.textContent}`);
    const side = element.closest('[data-testid="stSidebar"]');
    if (side && box.width && box.right > side.getBoundingClientRect().right)
      cut.push(`over the edge: ${element.textContent}`);
  }
  const foot = document.querySelector('.qc-foot');
  const top = foot ? foot.getBoundingClientRect().top : 720;
  for (const element of document.querySelectorAll('.st-key-left .qc, .st-key-right .qc'))
    if (element.getBoundingClientRect().bottom > top + 1)
      cut.push(`under the foot: ${element.textContent.slice(0, 60)}`);
  return cut;
}
"""


def settle(page: Page) -> None:
    """Wait until the page has drawn what it was last told."""
    page.wait_for_timeout(150)
    expect(page.get_by_test_id("stApp")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=30_000
    )
    page.wait_for_timeout(100)


def choose(page: Page, key: str, option: str) -> None:
    box = page.locator(f".st-key-f_{key}").get_by_role("combobox")
    box.click()
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def write(page: Page, key: str, text: str) -> None:
    page.locator(f".st-key-f_{key} input").fill(text)
    page.locator(f".st-key-f_{key} input").press("Enter")
    settle(page)


def press(page: Page, key: str, label: str) -> None:
    page.locator(f".st-key-f_{key} button", has_text=label).first.click()
    settle(page)


def open_example(page: Page, name: str) -> None:
    page.locator(f".st-key-open_{name} button").click()
    page.wait_for_selector(".qc-spend")
    settle(page)


def switch(page: Page, language: str) -> None:
    page.locator(".st-key-header_tools button", has_text=language).click()
    settle(page)


def value(page: Page, figure: str) -> str:
    return page.locator(f"#qc-{figure} .qc-value").inner_text().strip()


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
    expect(visit("zh-CN").locator("h1")).to_have_text("四个答案，即可报价。")
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
    assert page.locator(".st-key-f_ad_budget input").input_value() == "4o,000"
    assert value(page, "chance") == before
    border = page.locator('.st-key-f_ad_budget [data-testid="stTextInputRootElement"]')
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
    assert page.locator(".st-key-f_category input").input_value() == "美妆个护"
    assert page.locator(".st-key-f_ad_budget input").input_value() == "20k"
    switch(page, "EN")
    assert {name: value(page, name) for name in figures} == figures
    assert page.locator(".st-key-f_settlement input").input_value() == "Hybrid"
    assert page.locator(".st-key-f_tiktok_shop_status input").input_value() == "New"


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
    assert chinese.locator(".st-key-f_ad_budget input").input_value() == "60000"
    assert english.locator(".st-key-f_stage input").input_value() == "Cold start"


def test_a_scenario_moves_the_odds_and_never_the_price(visit: Visit) -> None:
    page = visit()
    open_example(page, "seed_beauty")
    price, chance = value(page, "price"), value(page, "chance")
    page.locator(".st-key-scenario").get_by_role("combobox").click()
    page.get_by_role("option", name="Hopeful", exact=True).click()
    settle(page)
    assert value(page, "price") == price and value(page, "chance") != chance
    expect(page.locator(".qc-foot")).to_contain_text("Hopeful")


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


def test_every_hook_of_the_style_is_on_the_page(visit: Visit) -> None:
    page = visit()
    open_example(page, "home_five_platforms")
    page.locator(".st-key-more_facts button").first.click()
    settle(page)
    sheet = re.sub(r"/\*.*?\*/", "", css.sheet(), flags=re.DOTALL)
    hooks = set(re.findall(r'\[(?:data-testid|data-selected|role)="[^"]+"\]', sheet))
    hooks |= set(re.findall(r"\.(?:st-key|react-aria)-\w+", sheet))
    passing = ("stElementToolbar", "stInputInstructions", "stSkeleton")
    hidden = {f'[data-testid="{name}"]' for name in passing}
    missing = [hook for hook in sorted(hooks - hidden) if page.locator(hook).count() == 0]
    assert missing == []


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
