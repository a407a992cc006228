"""The compare page: six offers on one screen, another agency's quote typed in, scenarios of one offer."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pandas as pd
import pytest
from pages import CUT, settle, switch, turn_to
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def compared(visit: Visit, locale: str = "en-US", example: str = "seed_beauty") -> Page:
    return visit(locale, brief=example, at="compare")


def rows(page: Page) -> Locator:
    return page.locator(".qc-offer")


def opened(page: Page) -> None:
    page.locator(".st-key-compare_add button").first.click()
    page.wait_for_selector(".st-key-compare_base input")


def turned(page: Page, *names: str) -> None:
    """Take offers on, or off, in the open box."""
    for name in names:
        page.locator(".st-key-compare_offers button", has_text=name).click()
        settle(page)


def typed(page: Page, name: str, text: str) -> None:
    box = page.locator(f".st-key-compare_{name} input")
    box.fill(text)
    box.press("Enter")
    settle(page)


@pytest.mark.parametrize(
    "example",
    [
        "auto_tools_mature",
        pytest.param("home_five_platforms", marks=pytest.mark.journey),
        pytest.param("almost_nothing", marks=pytest.mark.journey),
    ],
)
def test_six_offers_fit_the_screen_in_both_languages(visit: Visit, example: str) -> None:
    page = compared(visit, example=example)
    expect(rows(page)).to_have_count(6)
    cut = page.evaluate(CUT)
    switch(page, "中文")
    expect(page.locator(".qc-turns p").first).to_be_visible(timeout=30_000)
    settle(page)
    assert cut + page.evaluate(CUT) == []


@pytest.mark.journey
def test_an_offer_opens_to_its_ranges_its_assumptions_and_their_sources(visit: Visit) -> None:
    page = compared(visit, "zh-CN")
    rows(page).nth(4).click()
    box = page.locator("#qc-offer-in_house")
    expect(box).to_be_visible()
    expect(box).to_contain_text("自有团队")
    expect(box).to_contain_text("招聘费用（月薪倍数）")
    expect(box).to_contain_text("推测")


@pytest.mark.journey
def test_another_agencys_quote_is_typed_in_and_a_bad_one_keeps_its_text(visit: Visit) -> None:
    page = compared(visit)
    opened(page)
    turned(page, "US agency", "Another agency")
    typed(page, "base", "5,000")
    typed(page, "commission", "5%; 8% > 40k")
    page.locator(".st-key-compare_reach button", has_text="the whole amount").click()
    settle(page)
    expect(rows(page).nth(5)).to_contain_text("$5,000 + 5–8%")
    typed(page, "cap", "lots")
    expect(page.get_by_role("alert")).to_contain_text('"lots" is not an amount')
    expect(page.locator(".st-key-compare_cap input")).to_have_value("lots")
    expect(rows(page).nth(5)).to_contain_text("$5,000 + 5–8%")


@pytest.mark.journey
def test_a_typed_rival_stands_in_the_table_at_once_with_its_own_scope(visit: Visit) -> None:
    page = compared(visit)
    opened(page)
    typed(page, "base", "2k")
    expect(rows(page).nth(5)).to_contain_text("work not told: set as ours")
    typed(page, "videos", "5")
    expect(rows(page).nth(5)).to_contain_text("$2,000")
    expect(rows(page).nth(5)).not_to_contain_text("work not told")


@pytest.mark.journey
def test_before_the_prospect_no_word_of_the_trade_opens_the_page(visit: Visit) -> None:
    page = compared(visit)
    page.locator(".st-key-header_tools button", has_text="Presenter").click()
    settle(page)
    expect(rows(page).first).to_contain_text("As today")
    expect(page.locator(".st-key-page_compare")).not_to_contain_text("ominated")
    assert not re.search(r"(?<![\d.])(0|100)%", page.locator(".qc-beats").inner_text())


@pytest.mark.journey
def test_a_seventh_offer_and_a_share_above_the_whole_are_told_where_they_are_typed(visit: Visit) -> None:
    page = compared(visit)
    opened(page)
    turned(page, "Another agency")
    expect(page.get_by_role("alert")).to_contain_text("Six at most: take one off to see Another agency.")
    turned(page, "KPI consulting")
    expect(page.get_by_role("alert")).to_contain_text("joins the table once a fee is typed")
    typed(page, "base", "4k")
    typed(page, "commission", "150%")
    expect(page.get_by_role("alert")).to_contain_text('"150%" is more than the whole')
    expect(rows(page).nth(5)).to_contain_text("$4,000")
    typed(page, "base", "lots")
    expect(page.get_by_role("alert").first).to_contain_text("Until then: the last valid value, 4k.")
    expect(rows(page).nth(5)).to_contain_text("$4,000")


@pytest.mark.journey
def test_single_assumptions_that_turn_the_choice_are_opened(visit: Visit) -> None:
    page = compared(visit, "zh-CN", example="auto_tools_mature")
    page.locator(".st-key-compare_alone button").click()
    box = page.locator('[data-testid="stPopoverBody"] .qc-turns')
    expect(box).to_contain_text("都不足以改选")


def test_the_lists_speak_the_language_just_chosen(visit: Visit) -> None:
    page = compared(visit)
    chosen = page.locator('[class*="st-key-compare_scenario"] input')
    expect(chosen).to_have_value("Expected")
    switch(page, "中文")
    expect(chosen).to_have_value("基准情景")
    opened(page)
    expect(page.locator('[class*="st-key-compare_settlement"] input')).to_have_value("同需求")


@pytest.mark.journey
def test_scenarios_of_one_offer_stand_side_by_side(visit: Visit) -> None:
    page = compared(visit)
    page.locator(".st-key-compare_by button", has_text="Scenarios").click()
    settle(page)
    expect(rows(page)).to_have_count(3)
    names = rows(page).locator(".qc-who b").all_inner_texts()
    assert len(set(names)) == 3 and all("Whole-shop operation" in name for name in names)


@pytest.mark.journey
def test_fewer_than_two_offers_say_so(visit: Visit) -> None:
    page = compared(visit)
    opened(page)
    for name in ("Part operation", "KPI consulting", "In-house team", "US agency", "Whole-shop"):
        page.locator(".st-key-compare_offers button", has_text=name).first.click()
        settle(page)
    expect(page.get_by_role("alert")).to_contain_text("Choose two to six.")
    expect(page.locator(".st-key-table button")).to_be_hidden()


@pytest.mark.journey
def test_what_was_chosen_and_typed_is_kept_when_its_box_closes(visit: Visit) -> None:
    page = compared(visit)
    opened(page)
    page.locator(".st-key-compare_offers button", has_text="KPI consulting").click()
    settle(page)
    page.locator(".st-key-compare_offers button", has_text="Another agency").click()
    settle(page)
    typed(page, "base", "5k")
    page.keyboard.press("Escape")
    turn_to(page, "live")
    turn_to(page, "compare")
    expect(rows(page)).to_have_count(6)
    expect(rows(page).nth(5)).to_contain_text("$5,000")
    opened(page)
    expect(page.locator(".st-key-compare_base input")).to_have_value("5k")


@pytest.mark.journey
def test_a_link_opens_the_same_comparison(visit: Visit) -> None:
    page = compared(visit)
    opened(page)
    page.locator(".st-key-compare_offers button", has_text="KPI consulting").click()
    settle(page)
    expect(rows(page)).to_have_count(5)
    query = page.url.partition("?")[2]
    link = "&".join(part for part in query.split("&") if not part.startswith("t="))
    other = visit("en-US", path=f"?{link}")
    expect(rows(other)).to_have_count(5, timeout=30_000)
    texts = [re.sub(r"\s+", " ", one) for one in rows(page).all_inner_texts()]
    assert [re.sub(r"\s+", " ", one) for one in rows(other).all_inner_texts()] == texts


@pytest.mark.journey
def test_tables_and_draws_are_downloaded(visit: Visit) -> None:
    page = compared(visit)
    with page.expect_download() as waiting:
        page.locator(".st-key-table button").click()
    table = pd.read_csv(io.BytesIO(waiting.value.path().read_bytes()))
    assert list(table["id"])[:2] == ["as_today", "whole_shop"] and len(table) == 6
    with page.expect_download() as waiting:
        page.locator(".st-key-draws button").click()
    draws = pd.read_parquet(waiting.value.path())
    assert len(draws) == 6 * 16_384 and draws["profit"].notna().all()


@pytest.mark.journey
def test_a_downloaded_table_holds_what_was_typed_last(visit: Visit) -> None:
    page = compared(visit)
    opened(page)
    turned(page, "US agency", "Another agency")
    found = []
    for base in ("4,000", "9,000"):
        page.keyboard.press("Escape")
        expect(page.locator(".st-key-compare_base input")).to_be_hidden()
        opened(page)
        typed(page, "base", base)
        with page.expect_download() as waiting:
            page.locator(".st-key-table button").click()
        table = pd.read_csv(io.BytesIO(waiting.value.path().read_bytes()))
        found.append(float(table.loc[table["id"] == "agency", "agency_fee_mean"].iloc[0]))
    assert found[1] - found[0] == pytest.approx(5_000 * 6, rel=1e-3)
