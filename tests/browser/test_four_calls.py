"""Four calls from the empty form to the client's link, each click and each typed value counted.

A choice from a list is two clicks. A price is to be there after six actions, each question answered after
three clicks and one typed value. All names and figures are fictional. With ``QUOTECAST_PICTURES`` set to a
folder, each answer is kept there as a picture.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pages import field, settle, value
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.journey]
Visit = Callable[..., Page]
LOCALES = {"en": "en-US", "zh": "zh-CN"}
PICTURES = os.environ.get("QUOTECAST_PICTURES")
CLIENT = "Lihe Example Trading Ltd (fictional)"
in_both = pytest.mark.parametrize("language", LOCALES)


class Call:
    """A page on which every click and every typed value is counted."""

    def __init__(self, page: Page, language: str, name: str) -> None:
        self.page, self.language, self.name = page, language, name
        self.clicks = self.typed = 0

    def say(self, en: str, zh: str) -> str:
        return en if self.language == "en" else zh

    def click(self, what: str | Locator) -> None:
        (self.page.locator(what).first if isinstance(what, str) else what).click()
        self.clicks += 1
        settle(self.page)

    def write(self, what: str | Locator, text: str) -> None:
        box = self.page.locator(what).first if isinstance(what, str) else what
        box.fill(text)
        box.press("Enter")
        self.typed += 1
        settle(self.page)

    def fill(self, key: str, text: str) -> None:
        self.write(field(self.page, key).locator("input"), text)

    def choose(self, key: str, option: str) -> None:
        self.click(field(self.page, key).get_by_role("combobox"))
        self.click(self.page.get_by_role("option", name=option, exact=True))

    def press(self, key: str, label: str) -> None:
        self.click(field(self.page, key).locator("button", has_text=label).first)

    def lower_the_base(self) -> None:
        """Move the slider of the trade by ten steps, which counts as a click."""
        self.page.locator(".st-key-trade").get_by_role("slider").press("PageDown")
        self.clicks += 1
        settle(self.page)

    def close(self) -> None:
        """Leave a box by the keyboard; what is answered is answered, so it does not count."""
        self.page.keyboard.press("Escape")
        settle(self.page)

    def keep(self, answer: str) -> None:
        if PICTURES:
            name = re.sub(r"\W+", "_", f"{self.name} {answer} {self.language}")
            self.page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))

    @contextmanager
    def asked(self, question: str, clicks: int = 3, typed: int = 1) -> Iterator[None]:
        """A question that takes so many clicks and typed values at most, its answer kept as a picture."""
        before = self.clicks, self.typed
        yield
        took = self.clicks - before[0], self.typed - before[1]
        print(f"{self.name}, {self.language}: {question}: {took[0]} clicks, {took[1]} typed")
        self.keep(question)
        assert took[0] <= clicks and took[1] <= typed, (question, took)

    @contextmanager
    def priced(self) -> Iterator[None]:
        """What is done until a price stands on the page: six actions at most."""
        yield
        expect(self.page.locator(".qc-spend")).to_be_visible()
        assert value(self.page, "price").startswith("$")
        print(f"{self.name}, {self.language}: a price: {self.clicks} clicks, {self.typed} typed")
        assert self.clicks + self.typed <= 6

    def sent(self, visitors: Any, reason: str = "the client knows the odds") -> str:
        """Send the document, and what the client reads by its link on a phone."""
        self.click(".st-key-pop_document button")
        self.write('[class*="st-key-client_name_en"] input', CLIENT)
        self.click(".st-key-document_make button")
        expect(self.page.locator(".st-key-document_buttons button")).to_have_count(4)
        settle(self.page)
        self.write('[class*="st-key-sender_send"] input', "Lin")
        if self.page.locator(".st-key-send_reason input").count():
            self.write(".st-key-send_reason input", reason)
        self.click(".st-key-send_now button")
        self.click('[class*="st-key-client_link_"] button')
        link = self.page.locator('[data-testid="stCode"]').inner_text().strip()
        print(f"{self.name}, {self.language}: to the client's link: {self.clicks + self.typed} actions")
        self.keep("sent")
        phone = visitors.arrive(LOCALES[self.language], "light", 390, alone=True)
        phone.goto(link)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
        return str(phone.locator("body").inner_text())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_new_brand_asks_what_it_costs_and_what_it_may_expect(
    visit: Visit, visitors: Any, language: str
) -> None:
    call = Call(visit(LOCALES[language]), language, "new brand")
    page = call.page
    with call.priced():
        call.press("platforms", "TikTok Shop")
        call.choose("category", call.say("Beauty", "美妆个护"))
        call.fill("ad_budget", "20k")
    with call.asked("how likely is a ROAS of 2.5"):
        call.choose("goal0", call.say("ROAS ≥", "ROI ≥"))
        call.fill("level0", "2.5")
    with call.asked("as the platform counts it"):
        call.choose("definition0", call.say("Platform total", "平台总口径"))
    assert re.match(r"\d+%", value(page, "chance"))
    with call.asked("what is safe to sign"):
        call.click(".st-key-pop_safe button")
    expect(page.locator(".qc-aloud")).to_contain_text("80")
    call.close()
    with call.asked("why is it so likely"):
        call.click(".st-key-pop_why_chance button")
    expect(page.locator('[class*="st-key-range_roas_ad_ref"] input')).to_be_visible()
    call.close()
    with call.asked("why this price"):
        call.click(".qc-price > .qc-rows button.qc-row")
    expect(page.locator(".qc-rule:popover-open")).to_be_visible()
    call.close()
    call.press("service_model", call.say("Whole shop", "整店"))
    price = value(page, "price").split()[0]
    assert price in call.sent(visitors)


@in_both
def test_a_running_shop_asks_whether_it_is_worth_it(visit: Visit, visitors: Any, language: str) -> None:
    call = Call(visit(LOCALES[language]), language, "running shop")
    page = call.page
    with call.priced():
        call.press("platforms", "TikTok Shop")
        call.choose("category", call.say("Home", "家居"))
        call.fill("ad_budget", "30k")
    with call.asked("it sells 300k a month already", clicks=1):
        call.click(".st-key-more_facts button")
        call.fill("current_gmv", "300k")
    call.close()
    call.choose("stage", call.say("Mature", "成熟期"))
    call.fill("price", "49")
    call.fill("landed_cost", "16")
    with call.asked("is it worth it"):
        call.click(".st-key-pop_worth button")
    expect(page.locator(".qc-opened.qc-worth")).to_be_visible(timeout=30_000)
    call.close()
    call.choose("settlement", call.say("Performance", "纯提点"))
    listed = value(page, "price")
    with call.asked("the base is too high"):
        call.lower_the_base()
        call.click(".st-key-apply button")
    assert value(page, "price") != listed
    with call.asked("take it back", clicks=1):
        call.click(".st-key-undo_step button")
    assert value(page, "price") == listed
    call.press("service_model", call.say("Whole shop", "整店"))
    assert listed.split()[0] in call.sent(visitors)


@in_both
def test_two_thousand_to_try_ask_what_fits_and_what_is_signed(
    visit: Visit, visitors: Any, language: str
) -> None:
    call = Call(visit(LOCALES[language]), language, "small budget")
    page = call.page
    with call.priced():
        call.press("platforms", "TikTok Shop")
        call.choose("category", call.say("Pets", "宠物"))
        call.fill("ad_budget", "3000")
    with call.asked("we have 6,000 a month in all"):
        call.click(".st-key-pop_budget button")
        call.write('[class*="st-key-budget_all_in"] input', "6000")
        expect(page.locator('[class*="st-key-budget_"] button').first).to_be_visible(timeout=30_000)
        call.click('[class*="st-key-budget_"] button')
    call.close()
    with call.asked("what do we pay, and when do we get out"):
        call.click(".st-key-pop_contract button")
    expect(page.get_by_test_id("stPopoverBody")).to_contain_text("$")
    call.close()
    with call.asked("GMV of 20,000 in three months: how likely"):
        call.choose("goal0", "GMV ≥")
        call.fill("level0", "20000")
    with call.asked("is that a month or in all"):
        call.click(".st-key-pop_meanings button")
    expect(page.locator(".qc-meanings td.qc-here")).to_have_count(1)
    call.close()
    assert value(page, "price").split()[0] in call.sent(visitors)


@in_both
def test_two_platforms_and_a_rival_are_compared(visit: Visit, visitors: Any, language: str) -> None:
    call = Call(visit(LOCALES[language]), language, "with a rival")
    page = call.page
    with call.priced():
        call.press("platforms", "TikTok Shop")
        call.press("platforms", call.say("Own site", "独立站"))
        call.choose("category", call.say("Electronics", "3C 数码"))
        call.fill("ad_budget", "5万")
    with call.asked("how likely is an ACoS of 35 %"):
        call.choose("goal0", "ACoS ≤")
        call.fill("level0", "35%")
    assert re.match(r"\d+%", value(page, "chance"))
    with call.asked("another agency asks 5,000 a month"):
        call.click(page.locator(".st-key-nav button").nth(1))
        expect(page.locator(".qc-offer").first).to_be_visible(timeout=30_000)
        call.click(".st-key-compare_add button")
        call.click(
            page.locator(".st-key-compare_offers button", has_text=call.say("Another agency", "另一家服务商"))
        )
        call.write(".st-key-compare_base input", "5000")
    call.close()
    expect(page.locator(".qc-offer", has_text="$5,000")).to_be_visible(timeout=30_000)
    with call.asked("can't we do it ourselves"):
        call.click(page.locator(".qc-offer", has_text=call.say("In-house", "自建团队")).first)
    expect(page.locator("#qc-offer-in_house")).to_be_visible()
    call.close()
    call.click(page.locator(".st-key-nav button").first)
    page.wait_for_selector(".qc-spend")
    call.press("service_model", call.say("Part", "部分"))
    price = value(page, "price").split()[0]
    assert price in call.sent(visitors)
