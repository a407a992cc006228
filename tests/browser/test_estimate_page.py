"""The self-estimate page, as a seller alone meets it."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from pages import CUT, field, follow, settle, switch, value, write
from playwright.sync_api import Page, expect

from estimator.brief.brief import Brief

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
INTERNAL = re.compile(
    r"margin of ours|our margin|我方毛利|role_hours|role_rate|ad_rebate|guard\.|guards\.csv", re.I
)


TOLD = Brief(category="beauty", price=Decimal(32), landed_cost=Decimal(8), ad_budget=Decimal(20_000))
"""Four facts, which a journey of a call types in."""


def test_four_facts_make_an_estimate(visit: Visit) -> None:
    page = visit("zh-CN", brief=TOLD, at="estimate")
    assert re.fullmatch(r"−\$[\d,]+", value(page, "profit"))
    assert re.match(r"\d+%", value(page, "loss"))
    expect(page.locator(".qc-verdict")).to_contain_text("6 个月内盈利的概率为")
    expect(page.locator(".qc-months tr")).to_have_count(9)
    expect(page.locator(".qc-means").nth(1)).to_contain_text("50%")
    settle(page)
    assert page.evaluate(CUT) == []
    before = value(page, "profit")
    write(page, "landed_cost", "5")
    assert value(page, "profit") != before
    switch(page, "EN")
    expect(page.locator(".qc-verdict")).to_contain_text("A profit over 6 months in")
    settle(page)
    assert page.evaluate(CUT) == []


@pytest.mark.journey
def test_every_figure_opens_to_its_assumptions(visit: Visit) -> None:
    page = visit("zh-CN", brief=TOLD, at="estimate")
    for name in ("profit", "loss", "break_even", "cash"):
        page.locator(f".st-key-open_{name} button").first.click()
        expect(page.locator(".qc-driver").first).to_be_visible(timeout=20_000)
        assert page.locator(".qc-driver").count() >= 4
        page.keyboard.press("Escape")
        settle(page)


@pytest.mark.journey
def test_questions_and_papers_are_one_click_away(visit: Visit) -> None:
    page = visit("zh-CN", brief=TOLD, at="estimate")
    page.locator(".st-key-estimate_asks button").first.click()
    expect(page.locator("ol.qc-asked li")).to_have_count(10)
    page.keyboard.press("Escape")
    page.locator(".st-key-estimate_papers button").first.click()
    expect(page.locator("ul.qc-asked")).to_contain_text("MoCRA")


def test_what_cannot_be_read_is_told_at_its_field_and_kept(visit: Visit) -> None:
    page = visit("zh-CN", brief=TOLD, at="estimate")
    write(page, "landed_cost", "八块")
    expect(page.get_by_role("alert").first).to_contain_text("“八块”未写明币种")
    expect(page.locator(".qc-months")).to_be_visible()


@pytest.mark.journey
def test_a_reload_keeps_what_was_typed(visit: Visit) -> None:
    """The last fact redraws the estimate alone; it is kept as a draft all the same."""
    page = visit("zh-CN", brief=TOLD, at="estimate")
    write(page, "landed_cost", "5")
    write(page, "landed_cost", "6")
    before = value(page, "profit")
    page.reload()
    page.wait_for_selector(".qc-months")
    settle(page)
    expect(field(page, "landed_cost").locator("input")).to_have_value("6")
    assert value(page, "profit") == before


@pytest.mark.journey
def test_nothing_internal_is_sent(visit: Visit) -> None:
    """Every frame of the page, style sheets taken out; backstage as well, for a seller may sit there."""
    page = visit("zh-CN", path="?p=estimate", alone=True)
    frames: list[str] = []
    page.on("websocket", lambda channel: channel.on("framereceived", lambda data: frames.append(_text(data))))
    follow(page, TOLD, "estimate")
    write(page, "landed_cost", "7")
    expect(page.locator(".qc-means").nth(1)).to_contain_text("50%")
    sent = re.sub(r"<style>.*?</style>", "", "\n".join(frames), flags=re.DOTALL)
    assert "盈利的概率" in sent, "the frames were read"
    assert INTERNAL.findall(sent) == []


def _text(data: object) -> str:
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else str(data)
