"""Nothing lost on the page: steps back and forth, terms on other facts, several stores, a narrow window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pages import choose, field, open_example, settle, value, write
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.journey]
Visit = Callable[..., Page]
LOCALES = ("en-US", "zh-CN")


def go(page: Page, name: str) -> None:
    """Press undo or redo."""
    page.locator(f".st-key-{name}_step button").first.click()
    settle(page)


def tells(page: Page, text: str) -> None:
    """The button of undo says so, once it is drawn anew."""
    expect(page.locator(".st-key-undo_step button").first).to_contain_text(text)


def slide(page: Page, key: str = "PageDown") -> None:
    """Drag the base down, by a step of ten or to 0 by Home, and agree to what keeps the income."""
    page.locator(".st-key-trade").get_by_role("slider").press(key)
    settle(page)
    page.locator(".st-key-apply button").click()
    settle(page)


def stands(page: Page) -> tuple[str, ...]:
    """The figures, and what the form shows of the fields that a call changes here."""
    names = ("ad_budget", "stage", "price")
    fields = tuple(field(page, name).locator("input").input_value() for name in names)
    return (*(value(page, name) for name in ("price", "chance", "break_even")), *fields)


@pytest.mark.parametrize("locale", LOCALES)
def test_five_kinds_of_steps_are_undone_one_by_one_and_done_again(visit: Visit, locale: str) -> None:
    page = visit(locale)
    open_example(page, "seed_beauty")
    seen = [stands(page)]
    write(page, "ad_budget", "30k")
    seen.append(stands(page))
    tells(page, "20,000 → 30,000")
    choose(page, "stage", {"en-US": "Growth", "zh-CN": "成长期"}[locale])
    seen.append(stands(page))
    slide(page)
    seen.append(stands(page))
    page.locator(".st-key-more_goals button").first.click()
    page.locator(".st-key-store_add_tiktok_shop button").first.click()
    settle(page)
    page.keyboard.press("Escape")
    settle(page)
    seen.append(stands(page))
    page.locator(".st-key-clear button").click()
    page.wait_for_selector(".qc-intro")
    settle(page)
    go(page, "undo")
    page.wait_for_selector(".qc-spend")
    settle(page)
    for before in reversed(seen[:-1]):
        assert stands(page) == seen[seen.index(before) + 1]
        go(page, "undo")
        assert stands(page) == before
    for after in seen[1:]:
        go(page, "redo")
        assert stands(page) == after
    go(page, "redo")
    page.wait_for_selector(".qc-intro")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_base_traded_to_nothing_goes_back_to_the_list_by_the_slider_or_the_button(
    visit: Visit, locale: str
) -> None:
    page = visit(locale)
    open_example(page, "seed_beauty")
    choose(page, "settlement", {"en-US": "Performance", "zh-CN": "纯提点"}[locale])
    listed = value(page, "price")
    slide(page, "Home")
    assert value(page, "price") != listed
    expect(page.locator(".st-key-trade").get_by_role("slider")).to_be_visible()
    page.locator(".st-key-list_again button").click()
    settle(page)
    assert value(page, "price") == listed


@pytest.mark.parametrize("locale", [pytest.param("en-US", marks=pytest.mark.short), "zh-CN"])
def test_keys_undo_outside_a_text_field_alone(visit: Visit, locale: str) -> None:
    page = visit(locale)
    open_example(page, "seed_beauty")
    write(page, "ad_budget", "30k")
    typed = field(page, "ad_budget").locator("input")
    typed.press_sequentially("9")
    typed.press("Control+z")
    settle(page)
    tells(page, "30,000")
    page.mouse.click(640, 660)
    settle(page)
    page.keyboard.press("Control+z")
    settle(page)
    expect(field(page, "ad_budget").locator("input")).to_have_value("20000")
    page.keyboard.press("Control+Shift+Z")
    settle(page)
    expect(field(page, "ad_budget").locator("input")).to_have_value("30k")


@pytest.mark.parametrize("locale", LOCALES)
def test_terms_on_other_facts_are_told_renewed_and_opened(visit: Visit, locale: str) -> None:
    page = visit(locale)
    open_example(page, "seed_beauty")
    slide(page)
    expect(page.locator(".qc-outdated")).to_have_count(0)
    choose(page, "contract_months", {"en-US": "12 months", "zh-CN": "12 个月"}[locale])
    said = page.locator(".qc-outdated")
    expect(said).to_contain_text({"en-US": "6 months → 12 months", "zh-CN": "6 个月 → 12 个月"}[locale])
    page.locator(".st-key-agreed_renew button").click()
    settle(page)
    expect(page.locator(".qc-outdated")).to_have_count(0)
    page.locator('button.qc-row[popovertarget="qc-rule-trade.agreed"]').first.click()
    box = page.locator(".qc-rule:popover-open")
    expect(box).to_contain_text({"en-US": "On these facts", "zh-CN": "依据的信息"}[locale])


def test_nothing_is_agreed_before_the_prospect(visit: Visit) -> None:
    page = visit(mode="presenter", brief="seed_beauty")
    page.locator(".st-key-trade").get_by_role("slider").press("PageDown")
    settle(page)
    expect(page.locator(".qc-trade")).to_contain_text("commission")
    for name in ("apply", "apply_idle", "list_again", "pop_discount", "agreed_renew"):
        expect(page.locator(f".st-key-{name}")).to_have_count(0)
    page.locator(".st-key-pop_safe button").first.click()
    expect(page.locator(".qc-clause").first).to_be_visible()
    expect(page.locator('[class*="st-key-clause_"]')).to_have_count(0)
    page.keyboard.press("Escape")
    page.locator('[class*="st-key-means_"] input').click()
    expect(page.get_by_role("option")).to_have_count(2)  # a longer term would tell what our work costs


def test_a_new_tab_opens_for_the_audience_of_the_last_one(visit: Visit) -> None:
    page = visit(alone=True)
    open_example(page, "seed_beauty")
    page.locator(".st-key-mode button").nth(1).click()
    settle(page)
    other = page.context.new_page()
    other.goto(page.url.split("?")[0])
    other.wait_for_selector(".qc-figure")
    expect(other.locator(".st-key-mode button").nth(1)).to_have_attribute("data-selected", "true")


@pytest.mark.parametrize("width", [390, 768])
@pytest.mark.parametrize("locale", LOCALES)
def test_in_a_narrow_window_nothing_lies_over_the_tabs(visit: Visit, locale: str, width: int) -> None:
    page = visit(locale, width=width)
    open_example(page, "seed_beauty")
    for tab in page.locator(".st-key-nav button").all():
        box = tab.bounding_box()
        assert box is not None
        middle = [box["x"] + min(box["width"], width - box["x"]) / 2, box["y"] + box["height"] / 2]
        hit = page.evaluate(
            "([x, y]) => !!document.elementFromPoint(x, y)?.closest('.st-key-nav button')", middle
        )
        assert hit, tab.inner_text()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
