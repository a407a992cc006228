"""The document in the browser: a client's name is typed, one button, and four files are taken away."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pages import settle
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
MAKE = {"en-US": "Make the document", "zh-CN": "生成文件"}


@pytest.mark.parametrize("locale", [pytest.param("en-US", marks=pytest.mark.journey), "zh-CN"])
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
    files = page.locator(".st-key-document_files button")
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
