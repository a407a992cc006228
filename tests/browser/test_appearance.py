"""The live page as it looks: nothing scrolls or is cut; fonts, colours, boxes, what the picture says."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from opened import PLATFORMS
from pages import CUT, DRAWN, choose, follow, open_example, settle, switch, turn_to
from playwright.sync_api import Page, expect

from estimator.brief.brief import Brief, GoalWords, Store
from estimator.presentation.models import Audience
from estimator.screens import css

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]

EXAMPLES = sorted(
    p.stem for p in (Path(__file__).parent.parent.parent / "examples" / "briefs").glob("*.toml")
)

FULLEST = ["home_five_platforms"]
"""Five platforms and two goals: what fills the page most."""


@pytest.mark.journey
@pytest.mark.parametrize(
    "names",
    [
        pytest.param(FULLEST, id="fullest"),
        pytest.param([name for name in EXAMPLES if name not in FULLEST], id="others"),
    ],
)
def test_nothing_scrolls_and_nothing_is_cut(visit: Visit, tmp_path: Path, names: list[str]) -> None:
    """Examples and the empty page, each in both languages."""
    page = visit()
    cut: list[str] = []
    languages = itertools.cycle(("EN", "中文", "中文", "EN"))

    def look(name: str, drawn: str) -> None:
        for language in (next(languages), next(languages)):
            switch(page, language)
            page.wait_for_selector(drawn)
            if faults := page.evaluate(CUT):
                page.screenshot(path=str(tmp_path / f"{name}_{language}.png"))
                cut.extend(f"{name}, {language}: {fault}" for fault in faults)

    look("empty", ".qc-intro")
    for name in names:
        open_example(page, name)
        look(name, DRAWN)
        page.locator(".st-key-clear button").click()
        page.wait_for_selector(".qc-intro")
        settle(page)
    assert not cut, "\n".join(cut)


@pytest.mark.journey
def test_few_answers_do_not_scroll_either(visit: Visit) -> None:
    level = GoalWords(kpi="roas", at_least=Decimal("2.5"), months=(1, 3))
    count = GoalWords(kpi="creators_posting", at_least=Decimal(30), months=(1, 3))
    few = Brief(category="beauty", ad_budget=Decimal(20_000), goals=(level,), stores=stores("tiktok_shop"))
    more = few.model_copy(update={"stores": stores(*PLATFORMS), "goals": (count,)})
    page = visit()
    for brief, shown in ((few, DRAWN), (more, ".qc-spend")):
        follow(page, brief)
        page.wait_for_selector(shown)
        assert page.evaluate(CUT) == []
        switch(page, "中文")
        assert page.evaluate(CUT) == []


def stores(*platforms: str) -> tuple[Store, ...]:
    return tuple(Store.model_validate({"platform": platform}) for platform in platforms)


def test_a_box_of_more_closes_on_escape_and_on_a_click_elsewhere(visit: Visit) -> None:
    page = visit(brief="home_five_platforms")
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
    page = visit(brief="seed_beauty")
    chart = page.get_by_test_id("stVegaLiteChart")
    expect(chart).to_be_visible()
    page.wait_for_selector(DRAWN)
    said = page.locator(":is([aria-label], [aria-description])").evaluate_all(
        "all => all.map(e => e.getAttribute('aria-label') || e.getAttribute('aria-description'))"
    )
    assert [text for text in said if "of outcomes reach the requested 2.5" in text]


def test_the_fonts_shipped_are_the_fonts_used(visit: Visit) -> None:
    page = visit("zh-CN")
    page.evaluate("document.fonts.ready.then(() => null)")
    loaded = page.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family.replaceAll('\"', ''))"
    )
    assert "Noto Sans SC" in loaded


ELSEWHERE: dict[Audience, set[str]] = {
    "internal": {".st-key-chips_row", ".st-key-fields_wide"},
    "presenter": set(),
}
"""What the sheet of all windows holds for the other audience."""


@pytest.mark.journey
@pytest.mark.parametrize(("audience", "opened"), [("internal", "more_facts"), ("presenter", "change")])
def test_every_hook_of_the_style_is_on_the_page(visit: Visit, audience: Audience, opened: str) -> None:
    page = visit(brief="home_five_platforms")
    missing = _without(page, _hooks(css.sheet(audience)) - ELSEWHERE[audience])
    if audience == "internal":
        missing = _without(page, _agreed_on_other_facts(page, missing))
    page.locator(".st-key-nav button").last.click()
    expect(page.locator(".st-key-quotes_page")).to_be_visible()
    settle(page)
    missing = _without(page, missing)
    turn_to(page, "live")
    page.locator(".st-key-mode button").nth(int(audience == "presenter")).click()
    settle(page)
    page.locator(f".st-key-{opened} button").first.click()
    settle(page)
    passing = ("stElementToolbar", "stInputInstructions", "stSkeleton")
    hidden = {f'[data-testid="{name}"]' for name in passing}
    missing = _without(page, missing - hidden)
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
    page.keyboard.press("Escape")
    page.locator(".st-key-more_past button").first.click()
    settle(page)
    missing = _without(page, missing)
    assert missing == set()


def _agreed_on_other_facts(page: Page, missing: set[str]) -> set[str]:
    """What is left to find once the stores were open, and something is agreed whose facts have changed."""
    page.locator(".st-key-more_goals button").first.click()
    settle(page)
    missing = _without(page, missing)
    page.keyboard.press("Escape")
    page.locator(".st-key-trade").get_by_role("slider").press("PageDown")
    settle(page)
    page.locator(".st-key-apply button").click()
    settle(page)
    choose(page, "contract_months", "12 months")
    return missing


def _hooks(sheet: str) -> set[str]:
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    hooks = set(re.findall(r'\[(?:data-testid|data-selected|role)="[^"]+"\]', sheet))
    hooks |= set(re.findall(r'\[class\*="[^"]+"\]', sheet))
    return hooks | set(re.findall(r"\.(?:st-key|react-aria)-\w+", sheet))


def _without(page: Page, hooks: set[str]) -> set[str]:
    return {hook for hook in hooks if page.locator(hook).count() == 0}


def test_the_dark_page_is_dark(visit: Visit, tmp_path: Path) -> None:
    page = visit(scheme="dark", brief="seed_beauty")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(18, 23, 30)")
    expect(page.locator("#qc-price .qc-value")).to_have_css("color", "rgb(237, 240, 243)")
    page.wait_for_selector(DRAWN)
    page.screenshot(path=str(tmp_path / "dark.png"))
