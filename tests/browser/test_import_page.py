"""Exports in the browser: understood and shown, then entered; a strange table is told what it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from exported import FOLDER
from ledgers import signed
from pages import open_quote, settle, sign_as
from playwright.sync_api import Page, expect
from servers import Server

from estimator.book.book import open_book
from estimator.book.opening import FILE, book_url

pytestmark = [pytest.mark.browser, pytest.mark.journey]
SAID = {
    "en-US": ("Quotes", "Enter these months", "To know before they are used", "$31,676.02", "leave aside"),
    "zh-CN": ("报价记录", "录入这些月份", "采用前请留意", "$31,676.02", "不采用"),
}
BUYER = ("Quillfeather", "quillfeather", "Marmalade", "Fernhollow", "555010")
STRANGE = "Tag\tKosten\tUmsatz\n2026-09-01\t5\t50\n2026-09-30\t7\t60\n"


def opened(visit: Callable[..., Page], client: str, quotes: str, locale: str) -> Page:
    """The page of quotes with one opened and the box of figures open."""
    page = visit(locale, brief="seed_beauty")
    page.locator(".st-key-nav button", has_text=quotes).click()
    open_quote(page, client)
    sign_as(page, "Lin")
    page.locator(".st-key-pop_figures button").first.click()
    settle(page)
    return page


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_exports_are_shown_and_then_entered_and_no_buyer_is_kept(
    visit: Callable[..., Page], server: Server, locale: str
) -> None:
    quotes, enter, know, spend, _ = SAID[locale]
    number = signed(server, f"Import {locale} (fictional)")
    page = opened(visit, f"Import {locale} (fictional)", quotes, locale)
    box = page.locator('[data-testid="stPopoverBody"]')
    upload = page.locator(".st-key-quotes_figures_file input[type=file]")
    cut = (FOLDER / "orders_en.csv").read_bytes()[:3000]
    upload.set_input_files([{"name": "cut.csv", "mimeType": "text/csv", "buffer": cut}])
    expect(page.locator(".qc-fault")).to_contain_text("cut.csv:7")
    expect(page.locator(".st-key-quotes_figures_enter")).to_have_count(0)
    page.locator(".st-key-quotes_figures_file button[aria-label='Remove cut.csv']").click()
    settle(page)
    names = ["gmv_max_daily_en.csv", "orders_en.csv", "orders_zh.xlsx"]
    upload.set_input_files([str(FOLDER / name) for name in names])
    expect(page.locator(".qc-read")).to_have_count(3)
    settle(page)
    expect(box).to_contain_text(know)
    expect(box).to_contain_text(spend)
    assert not figures_kept(server, number)
    page.locator(".st-key-quotes_figures_enter button", has_text=enter).click()
    settle(page)
    kept = figures_kept(server, number)
    assert kept["2026-10"]["ad_spend"] == "31676.02" and kept["2026-10"]["orders"] == "56"
    home = server.outside.parent
    stored = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.name == FILE for path in stored)
    for path in stored:
        content = path.read_bytes()
        assert not [name for name in BUYER if name.encode() in content], path


def figures_kept(server: Server, number: str) -> dict[str, dict[str, str]]:
    """The figures in the book of the server, by month."""
    book = open_book(book_url(server.outside.parent / "home" / FILE), lambda: dt.datetime.now(dt.UTC))
    try:
        return {one.month: dict(one.cells) for one in book.actuals(number)}
    finally:
        book.close()


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_columns_of_a_strange_table_are_said_once_and_remembered(
    visit: Callable[..., Page], server: Server, locale: str, tmp_path: Path
) -> None:
    quotes, enter, *_ = SAID[locale]
    client = f"Strange {locale} (fictional)"
    number = signed(server, client)
    page = opened(visit, client, quotes, locale)
    text = STRANGE.replace("Tag", f"Tag {locale}")  # what one language taught, the other would know
    area = page.locator(".st-key-quotes_figures_text textarea")
    area.fill(text)
    area.press("Control+Enter")
    expect(page.locator(".qc-fault")).to_be_visible()
    selects = page.locator('[class*="st-key-quotes_figures_column_"] input')
    expect(selects).to_have_count(3)
    # a list of choices closes where its place scrolls
    page.locator('[data-testid="stPopoverBody"]').evaluate("box => { box.scrollTop = box.scrollHeight }")
    settle(page)
    fields = ("day" if locale == "en-US" else "日", "Ad spend" if locale == "en-US" else "广告消耗", "GMV")
    for index, field in enumerate(fields):
        selects.nth(index).click()
        page.locator('[role="option"]').get_by_text(field, exact=True).click()
        settle(page)
    page.locator('[class*="st-key-quotes_figures_remember_"] button').click()
    expect(page.locator(".qc-read")).to_be_visible()
    page.locator(".st-key-quotes_figures_enter button", has_text=enter).click()
    settle(page)
    assert figures_kept(server, number)["2026-09"] == {"ad_spend": "12", "gmv": "110"}
    (kept,) = [
        path for path in (server.outside.parent / "home" / "mappings").iterdir() if path.suffix == ".toml"
    ]
    assert f"Tag {locale}" in kept.read_text("utf-8")
    settle(page)
    page.screenshot(path=str(tmp_path / f"strange_{locale}.png"), full_page=True)
