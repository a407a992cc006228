"""Past months on the page: pasted, understood, felt, and taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pages import open_example, settle, value
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
PASTED = "Aug\t20,000\t60,000\nSep\t20,000\t66,000\nOct\t2.2万\t71,000"


@pytest.mark.journey
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_three_months_are_pasted_understood_felt_and_taken_back(visit: Visit, locale: str) -> None:
    page = visit(locale)
    open_example(page, "seed_beauty")
    before = value(page, "chance")
    page.locator(".st-key-more_past button").first.click()
    box = page.locator('[class*="st-key-f_history"] textarea')
    box.fill(PASTED)
    box.press("Control+Enter")
    body = page.locator('[data-testid="stPopoverBody"]:has(.st-key-past_steps)')
    expect(body.locator(".qc-grid tbody tr")).to_have_count(3)
    expect(body.locator(".qc-grid tbody tr").last).to_contain_text("$22,000")
    settle(page)
    assert value(page, "chance") != before
    page.locator(".st-key-past_effect label").first.click()
    expect(body.locator(".qc-said")).to_have_count(5)
    expect(body.locator('[data-testid="stVegaLiteChart"]')).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".st-key-undo_step button").first.click()
    settle(page)
    assert value(page, "chance") == before
    page.locator(".st-key-more_past button").first.click()
    expect(page.locator('[class*="st-key-f_history"] textarea:placeholder-shown')).to_have_count(1)
