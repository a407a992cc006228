"""The document in the browser: a client's name is typed, one button, and four files are taken away."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pages import choose, press, settle
from pages import write as fill_in
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
SAID = {
    "en-US": ("Send under a number", "Quotes", "Agree", "agreed"),
    "zh-CN": ("编号发出", "报价记录", "确认同意", "已同意"),
}
TYPED = {
    "en-US": ("Beauty", "ROAS ≥", "Platform total", "Whole shop"),
    "zh-CN": ("美妆个护", "ROI ≥", "平台总口径", "整店"),
}
"""What the prospect says, as the form has it: category, goal, how it is counted, service."""
MAKE = {"en-US": "Make the document", "zh-CN": "生成文件"}


@pytest.mark.journey
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_document_is_made_and_taken_away(visit: Visit, locale: str, tmp_path: Path) -> None:
    page = visit(locale, brief="seed_beauty")
    page.locator(".st-key-pop_document button").first.click()
    name = page.locator('[class*="st-key-client_name_zh"] input')
    name.fill("王喆\U0001f600")
    name.press("Enter")
    expect(page.locator(".qc-fault")).to_contain_text("\U0001f600")
    name.fill("喆镕龘示例贸易有限公司")
    name.press("Enter")
    expect(page.locator(".qc-fault")).to_have_count(0)
    settle(page)
    page.get_by_role("button", name=MAKE[locale]).click()
    files = page.locator(".st-key-document_buttons button")
    expect(files).to_have_count(4)
    settle(page)
    page.screenshot(path=str(tmp_path / f"document_{locale}.png"))
    taken = {}
    for button in files.all():
        with page.expect_download() as waiting:
            button.click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        taken[path.suffix] = path.read_bytes()
    assert set(taken) == {".pdf", ".html", ".xlsx", ".zip"}
    assert taken[".pdf"].startswith(b"%PDF-1.7")
    assert "喆镕龘示例贸易有限公司" in taken[".html"].decode()
    assert len(zipfile.ZipFile(tmp_path / f"draft-{locale[:2]}-pages.zip").namelist()) > 3


@pytest.mark.journey
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_quote_is_sent_found_again_and_agreed_to_by_its_link(
    visit: Visit, visitors: Any, locale: str, tmp_path: Path
) -> None:
    send, quotes, agree, state = SAID[locale]
    page = visit(locale)
    category, goal, counted, service = TYPED[locale]
    press(page, "platforms", "TikTok Shop")
    choose(page, "category", category)
    fill_in(page, "ad_budget", "20k")
    choose(page, "goal0", goal)
    fill_in(page, "level0", "2.5")
    choose(page, "definition0", counted)
    press(page, "service_model", service)
    page.locator(".st-key-pop_document button").first.click()
    write(page, "client_name_zh", "王喆\U0001f600")
    expect(page.locator(".qc-fault")).to_contain_text("\U0001f600")
    write(page, "client_name_zh", "")
    write(page, "client_name_en", "Lihe Example Trading Ltd (fictional)")
    page.get_by_role("button", name=MAKE[locale]).click()
    expect(page.locator(".st-key-document_buttons button")).to_have_count(4)
    settle(page)  # the row below the files is drawn after them
    write(page, "sender", "Lin")
    page.get_by_role("button", name=send).click()
    expect(page.locator(".qc-fault")).to_be_visible()
    write(page, "send_reason", "the client knows the odds")
    page.get_by_role("button", name=send).click()
    expect(page.locator(".qc-said").last).to_contain_text("Q-")
    settle(page)
    page.screenshot(path=str(tmp_path / f"sent_{locale}.png"))
    page.keyboard.press("Escape")
    page.locator(".st-key-nav button", has_text=quotes).click()
    expect(page.locator(".qc-grid").first).to_contain_text("Lihe Example Trading Ltd (fictional)")
    page.locator(".st-key-quotes_open input").click()
    page.locator('[role="option"]').first.click()
    expect(page.locator(".st-key-quotes_documents button")).to_have_count(4)
    settle(page)
    page.locator('[class*="st-key-client_link_"] button').click()
    link = page.locator('[data-testid="stCode"]').inner_text().strip()
    phone = visitors.arrive(locale, "light", 390, alone=True)
    phone.goto(link)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.locator('form input[name="name"]').first.fill("Wang")
    phone.locator('input[name="role"]').fill("CEO")
    phone.locator('input[name="tick"]').check()
    phone.get_by_role("button", name=agree, exact=True).click()
    expect(phone.get_by_role("status")).to_contain_text("Wang")
    phone.screenshot(path=str(tmp_path / f"phone_{locale}.png"), full_page=True)
    write(page, "quotes_search", "lihe")
    expect(page.locator(".qc-grid").first).to_contain_text(state)
    page.screenshot(path=str(tmp_path / f"quotes_{locale}.png"), full_page=True)
    page.locator('.st-key-header_tools [class*="st-key-mode"] button').nth(1).click()
    expect(page.locator(".st-key-nav button", has_text=quotes)).to_have_count(0)
    settle(page)
    assert "Lihe" not in page.content()


def write(page: Page, key: str, text: str) -> None:
    field = page.locator(f'[class*="st-key-{key}"] input').first
    field.fill(text)
    field.press("Enter")
    settle(page)
