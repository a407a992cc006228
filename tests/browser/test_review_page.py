"""The review in the browser: a signed quote with figures, month by month, and its PDF in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from books import SIGNED, render
from ledgers import entered
from pages import open_quote, settle
from playwright.sync_api import Page, expect
from reviews import CLIENT, FEBRUARY, JANUARY
from servers import Server

from estimator.book.book import open_book
from estimator.book.opening import FILE, book_url
from estimator.book.records import Record
from estimator.brief import brief as briefs
from estimator.documents.sending import record_of
from estimator.quoting.make import make
from estimator.rules.rules import open_rules
from estimator.schemas.proposed import Sending, propose

pytestmark = [pytest.mark.browser, pytest.mark.journey]
SAID = {
    "en-US": ("Quotes", "Review", "What each side brought", "Feb 2027", "Jan 2027"),
    "zh-CN": ("报价记录", "履约复盘", "双方投入对照", "2027年2月", "2027年1月"),
}


@cache
def seed() -> Record:
    """The example as it is sent today, on the points of every quote."""
    quote = make(briefs.read(Path("examples/briefs/seed_beauty.toml")), open_rules(), ask=False)
    return record_of(quote, propose(quote, Sending(client=CLIENT))).plain()


def signed(server: Server, client: str) -> None:
    """A signed quote with two months in the book of the server."""
    now = dt.datetime.now(dt.UTC)
    book = open_book(book_url(server.outside.parent / "home" / FILE), lambda: now)
    what = replace(seed(), client=client, lines=(), listed_cents=seed().total_cents)
    draft = book.save_draft(None, client, {}, user="Lin")
    revision = book.send(draft.id, what, render, user="Lin", version=draft.version)
    book.agree(revision.reference, user="Lin", who="Client", how="by mail")
    book.sign(revision.reference, SIGNED, user="Lin")
    book.add_actuals(revision.number, entered(f"{JANUARY}\n{FEBRUARY}"), user="Lin")
    book.close()


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_running_contract_is_reviewed_for_a_month_and_taken_as_a_pdf(
    visit: Callable[..., Page], server: Server, locale: str, tmp_path: Path
) -> None:
    quotes, title, brought, last, first = SAID[locale]
    client = f"Review {locale} (fictional)"
    signed(server, client)
    page = visit(locale, brief="seed_beauty")
    page.locator(".st-key-nav button", has_text=quotes).click()
    open_quote(page, client)
    review = page.locator(".st-key-quotes_review")
    expect(page.get_by_text(title, exact=True).first).to_be_visible()
    expect(review).to_contain_text(brought)
    expect(review).to_contain_text("$31,400")
    expect(review.locator('[data-testid="stVegaLiteChart"]')).to_be_visible()
    total = review.locator(".qc-sum").first.inner_text().split("\t")
    amounts = [int(cell.replace("−", "-").replace("$", "").replace(",", "").strip()) for cell in total[1:]]
    assert sum(amounts[:-1]) == amounts[-1] == 45_300
    for language in ("EN", "中文"):
        page.locator(".st-key-quotes_review_language button", has_text=language).click()
        settle(page)
        page.locator(".st-key-quotes_review_make button").click()
        settle(page)
        with page.expect_download() as taken:
            page.locator(".st-key-take_review button").click()
        path = tmp_path / taken.value.suggested_filename
        taken.value.save_as(path)
        assert path.read_bytes().startswith(b"%PDF") and path.name.endswith(
            f"{'en' if language == 'EN' else 'zh'}.pdf"
        )
    month = page.locator('[class*="st-key-quotes_review_month"] input')
    month.scroll_into_view_if_needed()  # first: a list that was opened closes while the page scrolls to it
    settle(page)
    month.click()
    page.locator('[role="option"]', has_text=first).click()
    settle(page)
    expect(review).not_to_contain_text("$31,400")
    expect(review).to_contain_text("$13,900")
    assert last not in review.locator(".qc-sum").first.inner_text()
    page.screenshot(path=str(tmp_path / f"review_{locale}.png"), full_page=True)
