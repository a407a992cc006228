"""The live page as it looks: nothing scrolls or is cut; fonts, colours, boxes, what the picture says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pages import CUT, choose, open_example, press, settle, turn_to, write
from playwright.sync_api import Page, expect

from estimator.presentation.models import Audience
from estimator.screens import css

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]

EXAMPLES = sorted(
    p.stem for p in (Path(__file__).parent.parent.parent / "examples" / "briefs").glob("*.toml")
)
DRAWN = '[data-testid="stVegaLiteChart"] :is(canvas, svg)'


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


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_few_answers_do_not_scroll_either(visit: Visit, locale: str) -> None:
    page = visit(locale)
    press(page, "platforms", "TikTok Shop")
    choose(page, "category", "美妆个护" if locale == "zh-CN" else "Beauty")
    write(page, "ad_budget", "20000")
    write(page, "level0", "2.5")
    page.wait_for_selector(DRAWN)
    assert page.evaluate(CUT) == []
    for name in ("Instagram", "Pinterest", "YouTube", "独立站" if locale == "zh-CN" else "Own site"):
        press(page, "platforms", name)
    choose(page, "goal0", "活跃达人 ≥" if locale == "zh-CN" else "Creators posting ≥")
    write(page, "level0", "30")
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
    page.locator(".st-key-estimate_why_profit button").first.click()
    settle(page)
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
