"""What prospects say on a call, answered in at most three clicks and one typed value, in both languages.

With ``QUOTECAST_PICTURES`` set to a folder, each answer is kept there as a picture.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pages import CUT, DRAWN, choose, field, open_example, settle, switch, turn_to, value, write
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.journey]
Visit = Callable[..., Page]
LOCALES = {"en": "en-US", "zh": "zh-CN"}
PICTURES = os.environ.get("QUOTECAST_PICTURES")
INTERNAL = re.compile(
    r"our margin|我方毛利|chance of our loss|role_hours|role_rate|ad_rebate|internal\.|guard\.|guards\.csv|"
    r"\.csv:\d|base\.whole_shop|category\.beauty|difficulty\.hard|trades\.toml|own role plan",
    re.IGNORECASE,
)


short = pytest.mark.short


def both(played: str = "") -> pytest.MarkDecorator:
    """A call in both languages, of which continuous integration plays one, or none."""
    return pytest.mark.parametrize(
        "language", [pytest.param(name, marks=[short] if name == played else []) for name in LOCALES]
    )


def keep(page: Page, name: str, language: str) -> None:
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"call_{name}_{language}.png"))


def slide(page: Page, share: float) -> None:
    """Put the base at a share of the list's: one press on the track, then arrows for the rest of the way."""
    thumb = page.locator(".st-key-trade").get_by_role("slider")
    most = int(thumb.get_attribute("aria-valuemax") or thumb.get_attribute("max") or 0)
    track = page.locator('.st-key-trade [data-testid="stSlider"]').bounding_box()
    assert track is not None
    page.mouse.click(track["x"] + track["width"] * share, track["y"] + track["height"] * 0.62)
    settle(page)
    wanted = round(most * share / 50) * 50
    for _ in range(20):
        now = int(float(thumb.get_attribute("aria-valuenow") or thumb.input_value()))
        if now == wanted:
            break
        thumb.focus()
        page.keyboard.press("ArrowLeft" if now > wanted else "ArrowRight")
        settle(page)


def since(page: Page) -> Locator:
    """The sentence of before and after, which follows the figures."""
    return page.locator(".qc-since span").first


@both("en")
def test_the_base_is_too_high(visit: Visit, language: str) -> None:
    page = visit(LOCALES[language])
    open_example(page, "seed_beauty")
    assert value(page, "price").startswith("$8,200")
    slide(page, 6200 / 8200)
    said = page.locator(".qc-trade")
    expect(said).to_contain_text("$6,200")
    expect(said).to_contain_text(re.compile(r"commission \d|提点 \d"))
    assert page.evaluate(CUT) == []
    keep(page, "base_too_high", language)
    page.locator(".st-key-apply button").click()
    settle(page)
    assert value(page, "price").startswith("$6,200")
    expect(page.locator(".qc-since span").first).to_contain_text("24.4%")
    page.locator(".st-key-list_again button").click()
    settle(page)
    assert value(page, "price").startswith("$8,200")


@both()
def test_what_if_my_returns_double(visit: Visit, language: str) -> None:
    page = visit(LOCALES[language])
    open_example(page, "seed_beauty")
    before = value(page, "price")
    page.locator(".st-key-more_facts button").first.click()
    write(page, "return_rate", "16%")
    page.keyboard.press("Escape")
    settle(page)
    expect(since(page)).to_contain_text("return rate" if language == "en" else "退货率")
    expect(since(page)).to_contain_text("16%")
    assert value(page, "price") == before
    keep(page, "returns_double", language)


@both()
def test_we_only_count_settled_orders(visit: Visit, language: str) -> None:
    page = visit(LOCALES[language])
    open_example(page, "seed_beauty")
    before = value(page, "chance")
    choose(page, "definition0", "Settled orders" if language == "en" else "已结算口径")
    assert value(page, "chance") != before
    expect(since(page)).to_contain_text("settled orders" if language == "en" else "已结算口径")
    keep(page, "settled_orders", language)
    page.locator(".st-key-pop_meanings button").first.click()
    expect(page.locator(".qc-meanings td.qc-here")).to_have_count(1)
    assert page.locator(".qc-meanings td").count() == 24
    expect(page.locator(".qc-contract")).to_be_visible()
    keep(page, "meanings", language)


@both()
def test_can_you_guarantee_it(visit: Visit, language: str) -> None:
    page = visit(LOCALES[language])
    open_example(page, "supplements_guarantee")
    page.locator(".st-key-pop_safe button").first.click()
    aloud = page.locator(".qc-aloud")
    expect(aloud).to_contain_text("80")
    expect(aloud).to_contain_text(value(page, "chance").split()[0].split("%")[0])
    assert not re.search(r"guarantee|保证|承诺", aloud.inner_text(), re.IGNORECASE)
    expect(page.locator(".qc-clause").first).to_be_visible()
    expect(page.locator(".qc-said").first).to_contain_text("$")  # what 80 of 100 would take
    expect(page.locator(".qc-said")).to_have_count(2)
    keep(page, "guarantee", language)
    page.locator(".st-key-clause_refund button").click()
    settle(page)
    assert value(page, "price") != "$8,450 – 12,450"


@both()
def test_why_this_price_and_not_less(visit: Visit, language: str) -> None:
    page = visit(LOCALES[language])
    open_example(page, "seed_beauty")
    page.locator(".qc-price > .qc-rows button.qc-row").nth(3).click()
    box = page.locator(".qc-rule:popover-open")
    expect(box).to_contain_text("difficulty.csv:")
    expect(box).to_contain_text("difficulty.hard")
    expect(box.locator(".qc-passed-rows li").first).to_be_visible()
    keep(page, "why_this_price", language)


@both()
def test_why_not_the_platforms_plan(visit: Visit, language: str) -> None:
    """The plan has ended and is chosen: the table answers, and the panel says what it would take."""
    page = visit(LOCALES[language])
    open_example(page, "auto_tools_mature")
    turn_to(page, "compare")
    expect(page.locator(".qc-turns p").first).to_be_visible(timeout=30_000)
    page.locator(".st-key-compare_add button").first.click()
    chosen = {"en": ("US agency", "own growth plan"), "zh": ("美国代运营", "平台官方")}[language]
    for name in chosen:
        page.locator(".st-key-compare_offers button", has_text=name).click()
        settle(page)
    page.keyboard.press("Escape")
    expect(page.locator(".qc-turns p")).to_have_count(3, timeout=30_000)
    plan = page.locator(
        ".qc-offer", has_text={"en": "Platform's own growth plan", "zh": "平台官方"}[language]
    )
    expect(plan).to_be_visible()
    expect(page.locator(".qc-turns")).to_contain_text({"en": "must be sold", "zh": "月 GMV 须达"}[language])
    settle(page)
    assert page.evaluate(CUT) == []
    keep(page, "why_not_the_platforms_plan", language)


@both()
def test_cant_i_do_it_myself(visit: Visit, language: str) -> None:
    """Two clicks: the comparison, and what the own team's row stands on."""
    page = visit(LOCALES[language])
    open_example(page, "auto_tools_mature")
    turn_to(page, "compare")
    expect(page.locator(".qc-turns p").first).to_be_visible(timeout=30_000)
    page.locator(".qc-offer").nth(4).click()
    box = page.locator("#qc-offer-in_house")
    expect(box).to_be_visible()
    expect(box).to_contain_text({"en": "Own team", "zh": "自有团队"}[language])
    expect(box).to_contain_text({"en": "Pay of a lead a month", "zh": "负责人月薪"}[language])
    keep(page, "cant_i_do_it_myself", language)


@pytest.mark.parametrize("language", LOCALES)
def test_a_seller_alone_estimates_in_four_answers(visit: Visit, language: str) -> None:
    page = visit(LOCALES[language])
    turn_to(page, "estimate")
    choose(page, "category", {"en": "Beauty", "zh": "美妆个护"}[language])
    for name, text in (("price", "32"), ("landed_cost", "8"), ("ad_budget", "20k")):
        write(page, name, text)
    expect(page.locator(".qc-means").nth(1)).to_contain_text("50%")
    settle(page)
    assert page.evaluate(CUT) == []
    keep(page, "self_estimate", language)


@both()
def test_a_paid_test_is_priced(visit: Visit, language: str) -> None:
    page = visit(LOCALES[language])
    open_example(page, "seed_beauty")
    page.locator(".st-key-pop_pilot button").first.click()
    expect(page.get_by_test_id("stPopoverBody").locator(".qc-said").first).to_be_visible(timeout=10_000)
    settle(page)
    keep(page, "paid_test", language)


@both()
def test_a_number_opens_to_its_assumptions_and_takes_a_new_range(visit: Visit, language: str) -> None:
    page = visit(LOCALES[language])
    open_example(page, "seed_beauty")
    before = value(page, "chance"), value(page, "price")
    page.locator(".st-key-pop_why_chance button").first.click()
    box = page.locator('[class*="st-key-range_roas_ad_ref"] input')
    box.wait_for(timeout=20_000)
    keep(page, "why", language)
    box.fill("3 – 4")
    box.press("Enter")
    settle(page)
    page.keyboard.press("Escape")
    settle(page)
    assert value(page, "chance") != before[0] and value(page, "price") == before[1]


def test_a_range_that_cannot_be_keeps_its_text_and_says_what_to_write(visit: Visit) -> None:
    page = visit(brief="seed_beauty")
    page.locator(".st-key-pop_why_chance button").first.click()
    box = page.locator('[class*="st-key-range_roas_ad_ref"] input')
    box.wait_for(timeout=20_000)
    box.fill("whatever")
    box.press("Enter")
    settle(page)
    expect(page.locator(".qc-fault")).to_contain_text('"whatever" is not a range')
    expect(box).to_have_value("whatever")


def test_a_pin_starts_the_sentence_anew(visit: Visit) -> None:
    page = visit(brief="seed_beauty")
    choose(page, "contract_months", "12 months")
    expect(since(page)).to_contain_text("term.year")
    page.locator(".st-key-pin button").click()
    settle(page)
    expect(since(page)).to_contain_text("nothing has changed")


@short
def test_the_presenters_page_is_sent_nothing_internal(visit: Visit) -> None:
    """Every frame that reaches the browser in presenter mode, style sheets taken out."""
    page = visit(mode="presenter", alone=True)
    frames: list[str] = []
    page.on("websocket", lambda channel: channel.on("framereceived", lambda data: frames.append(_text(data))))
    page.reload()
    page.wait_for_selector(".qc-figure")
    open_example(page, "seed_beauty")
    slide(page, 7700 / 8200)
    for name in ("meanings", "why_chance", "pilot", "safe"):
        page.locator(f".st-key-pop_{name} button").first.click()
        settle(page)
        page.keyboard.press("Escape")
        settle(page)
    switch(page, "中文")
    switch(page, "EN")
    keep(page, "presenter", "en")
    for name in ("compare", "estimate"):
        turn_to(page, name)
        expect(page.locator(".qc-turns p, .qc-means p").first).to_be_visible(timeout=30_000)
        settle(page)
    sent = re.sub(r"<style>.*?</style>", "", "\n".join(frames), flags=re.DOTALL)
    assert "$8,200" in sent, "the frames were read"
    assert INTERNAL.findall(sent) == []
    assert INTERNAL.findall(page.content()) == []


@short
def test_the_search_for_internal_words_would_find_them(visit: Visit) -> None:
    page = visit(brief="seed_beauty")
    found = {word.lower() for word in INTERNAL.findall(page.content())}
    assert {"our margin", "guard.", "base.whole_shop"} <= found


def _text(data: object) -> str:
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else str(data)


@both("zh")
def test_nothing_is_cut_before_the_prospect(visit: Visit, language: str) -> None:
    """With three goals; the page backstage is looked at for every example elsewhere."""
    cut = []
    for name in ("auto_tools_mature",):
        page = visit(LOCALES[language], mode="presenter")
        open_example(page, name)
        page.wait_for_selector(DRAWN)
        cut += [f"{name}: {what}" for what in page.evaluate(CUT)]
        keep(page, f"{name}_presenter", language)
    assert cut == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_chart_has_its_sentence(visit: Visit, scheme: str) -> None:
    page = visit(scheme=scheme)
    open_example(page, "seed_beauty")
    said = page.locator('[aria-label*="reach the requested 2.5"]')
    expect(said.first).to_be_attached(timeout=10_000)
    keep(page, f"seed_{scheme}", "en")


def test_the_field_of_an_open_question_is_one_click_away(visit: Visit) -> None:
    page = visit(brief="seed_beauty")
    page.locator("button.qc-ask").first.click()
    expect(field(page, "landed_cost").locator("input")).to_be_focused(timeout=5_000)
