"""The page under its content policy: it works in every place, and the browser reports no violation."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pages import DRAWN, follow, settle
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.journey]
Visit = Callable[..., Page]
MAKE = {"en-US": "Make the document", "zh-CN": "生成文件"}
LISTENING = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
FOREIGN = """
() => new Promise((done) => {
  document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
  document.body.append(Object.assign(document.createElement("script"), { text: "window.ran = true" }));
})
"""


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_page_works_under_its_policy(visit: Visit, locale: str, tmp_path: Path) -> None:
    page = visit(locale, alone=True)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(LISTENING)

    for at in ("compare", "estimate", "live"):
        follow(page, "seed_beauty", at)
        page.screenshot(path=str(tmp_path / f"{at}_{locale}.png"))
        assert page.evaluate("window.violations") == []
    expect(page.locator(DRAWN)).to_be_visible()
    # the page's own script ran, and its own typeface came
    assert page.evaluate("document.documentElement.lang") == locale.removesuffix("-US")
    assert page.evaluate("[...document.fonts].some((face) => face.status === 'loaded')")

    page.locator(".st-key-pop_document button").first.click()
    name = page.locator('[class*="st-key-client_name_en"] input')
    name.fill("Lihe Example Trading Ltd (fictional)")
    name.press("Enter")
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
        taken[path.suffix] = path
    assert taken[".pdf"].read_bytes().startswith(b"%PDF-1.7")
    assert all(name.endswith(".png") for name in zipfile.ZipFile(taken[".zip"]).namelist())

    assert page.evaluate("window.violations") == [] and complaints == []
    assert page.evaluate(FOREIGN) == "script-src-elem" and page.evaluate("window.ran") is None
