"""The client's link on a phone: opened, read, agreed to, and the state seen, in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doors import link, sent
from playwright.sync_api import Page, expect
from servers import Server

from estimator.book.book import Book, open_book
from estimator.book.opening import book_url

pytestmark = pytest.mark.browser
PHONE = 390
WORDS = {
    "en-US": ("You can agree to this quote until", "Agree", "agreed to this quote", "Ask a question"),
    "zh-CN": ("本报价可在", "确认同意", "同意本报价", "提问"),
}


@pytest.fixture
def book(server: Server) -> Iterator[Book]:
    """The book of the server that the browser visits."""
    home = server.outside.parent / "home"
    book = open_book(book_url(home / "book.sqlite"), lambda: dt.datetime.now(dt.UTC))
    yield book
    book.close()


@pytest.fixture
def phone(visitors: Any, request: pytest.FixtureRequest) -> Iterator[Page]:
    yield visitors.arrive(request.param, "light", PHONE, alone=True)
    visitors.leave()


@pytest.mark.parametrize("phone", [pytest.param("en-US", marks=pytest.mark.journey), "zh-CN"], indirect=True)
def test_a_link_is_opened_read_and_agreed_to_on_a_phone(
    server: Server, book: Book, phone: Page, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    locale = request.node.callspec.params["phone"]
    opened, agree, agreed, ask = WORDS[locale]
    quote = sent(book, until=dt.datetime.now(dt.UTC) + dt.timedelta(days=14))
    phone.goto(server.url + link(book, quote.reference))
    expect(phone.get_by_role("status")).to_contain_text(opened)
    expect(phone.get_by_role("heading", level=1)).to_have_text(f"{quote.reference} · {locale[:2]}")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE
    phone.get_by_role("button", name=agree, exact=True).click()  # the browser asks for what is missing
    assert book.read(quote.number).agreed is None
    phone.locator('form input[name="name"]').first.fill("周敏")
    phone.locator('input[name="role"]').fill("采购总监")
    phone.locator('input[name="tick"]').check()
    phone.screenshot(path=str(tmp_path / f"door_open_{locale}.png"), full_page=True)
    phone.get_by_role("button", name=agree, exact=True).click()
    expect(phone.get_by_role("status")).to_contain_text(agreed)
    kept = book.read(quote.number).agreed
    assert kept and kept.who == "周敏" and "采购总监" in kept.how
    phone.locator("summary", has_text=ask).click()
    phone.locator('select[name="section"]').select_option(index=1)
    phone.locator('textarea[name="text"]').fill("<b>?</b>")
    phone.locator('details form input[name="name"]').fill("周敏")
    phone.locator("details form button").click()
    expect(phone.locator("#door-questions")).to_contain_text("<b>?</b>")
    phone.screenshot(path=str(tmp_path / f"door_agreed_{locale}.png"), full_page=True)
    assert phone.evaluate("document.scripts.length") == 0
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE
