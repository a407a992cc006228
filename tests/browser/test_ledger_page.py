"""The ledger in the browser: months are pasted, goals resolve, and scores replace the public ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from ledgers import signed
from pages import open_quote, settle, sign_as
from playwright.sync_api import Page, expect
from servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.journey]
SAID = {
    "en-US": ("Quotes", "No goal of a sent quote has resolved", "met", "Were met"),
    "zh-CN": ("报价记录", "已发出的报价还没有目标到期", "达成", "实际达成率"),
}
MONTHS = "month\tgmv\tad_spend\n2026-08\t20000\t10000\n2026-09\t10000\t10000\n2026-10\t33000\t10000\n"


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_pasted_months_resolve_a_goal_and_what_is_wrong_is_told(
    visit: Callable[..., Page], server: Server, locale: str, tmp_path: Path
) -> None:
    quotes, none, met, observed = SAID[locale]
    client = f"Ledger {locale} (fictional)"
    signed(server, client)
    page = visit(locale, brief="seed_beauty")
    page.locator(".st-key-nav button", has_text=quotes).click()
    first = page.get_by_text(none)
    if locale == "en-US":  # the second test finds the goal of the first
        expect(first).to_be_visible()
        expect(page.locator(".st-key-quotes_page")).to_contain_text("0.79 [0.71–0.87]")
    open_quote(page, client)
    sign_as(page, "Lin")
    page.locator(".st-key-pop_figures button").first.click()
    area = page.locator(".st-key-quotes_figures_text textarea")
    button = page.locator(".st-key-quotes_figures_enter button")
    for text in (MONTHS.replace("33000", "x"), MONTHS):
        area.fill(text)
        area.press("Control+Enter")
        settle(page)
        button.click()
        settle(page)
        if text != MONTHS:
            expect(page.locator(".qc-fault")).to_be_visible()
    page.keyboard.press("Escape")
    told = page.locator(".qc-grid", has_text="2.1")
    expect(told.first).to_contain_text(met)
    expect(page.locator(".qc-grid", has_text=observed).first).to_be_visible()
    expect(page.locator(".st-key-quotes_scores")).to_be_visible()
    settle(page)
    page.screenshot(path=str(tmp_path / f"ledger_{locale}.png"), full_page=True)
