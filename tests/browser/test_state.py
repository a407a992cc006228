"""State: what was typed outlives a reload, a cut and a restart, and is never shown to anybody else."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from pages import LISTEN, field, open_example, settle, write
from playwright.sync_api import Browser, Page, expect
from servers import Server, free_port, start

pytestmark = [pytest.mark.browser, pytest.mark.journey]
Visit = Callable[..., Page]
FIGURES = ("price", "chance", "break_even")


def typed(page: Page, name: str) -> str:
    return field(page, name).locator("input").input_value()


def press(page: Page, key: str, position: int) -> None:
    page.locator(f".st-key-{key} button").nth(position).click()
    settle(page)


def figures(page: Page) -> dict[str, str]:
    page.wait_for_selector(".qc-spend")
    return {name: page.locator(f"#qc-{name} .qc-value").inner_text() for name in FIGURES}


def facts(page: Page) -> str:
    return parse_qs(urlparse(page.url).query).get("b", [""])[0]


def link(page: Page) -> str:
    address = urlparse(page.url)
    return f"{address.scheme}://{address.netloc}/?b={facts(page)}"


def type_a_call(page: Page) -> dict[str, str]:
    """An example changed by hand, with an amount that cannot be read."""
    open_example(page, "seed_beauty")
    write(page, "ad_budget", "25k")
    write(page, "landed_cost", "a lot")
    return figures(page)


def is_the_call(page: Page, shown: dict[str, str]) -> None:
    expect(page.locator(".qc-name b")).to_have_text("Beauty, new shop")
    expect(field(page, "ad_budget").locator("input")).to_have_value("25k")
    expect(field(page, "landed_cost").locator("input")).to_have_value("a lot")
    expect(page.locator(".qc-fault")).to_have_count(2)  # at the field, and above the answer
    assert figures(page) == shown


@pytest.mark.short
def test_a_reload_keeps_all_that_was_typed(visit: Visit) -> None:
    page = visit()
    shown = type_a_call(page)
    page.reload()
    is_the_call(page, shown)
    write(page, "landed_cost", "8")
    expect(page.locator(".qc-fault")).to_have_count(0)
    page.reload()
    expect(field(page, "landed_cost").locator("input")).to_have_value("8")


def test_a_reload_keeps_language_and_mode(visit: Visit) -> None:
    page = visit()
    open_example(page, "seed_beauty")
    press(page, "language", 0)
    press(page, "mode", 1)
    page.reload()
    expect(page.locator(".qc-chips")).to_contain_text("广告每月 2 万美元")
    expect(page.locator(".st-key-mode button").nth(1)).to_have_attribute("data-selected", "true")


def test_what_was_cleared_stays_cleared(visit: Visit) -> None:
    page = visit()
    type_a_call(page)
    press(page, "clear", 0)
    page.wait_for_selector(".qc-intro")
    page.reload()
    page.wait_for_selector(".qc-intro")
    assert typed(page, "ad_budget") == "" and facts(page) == ""


def test_a_link_opens_the_same_figures_without_a_name(visit: Visit, server: Server) -> None:
    page = visit()
    open_example(page, "home_five_platforms")
    write(page, "ad_budget", "55k")
    shown = figures(page)
    assert "Home" not in link(page)
    other = visit(path=link(page).removeprefix(server.url))
    assert figures(other) == shown
    expect(other.locator(".qc-name b")).to_have_text("New brief")
    assert facts(other) == facts(page)


def test_a_tabs_own_address_opens_no_draft_elsewhere(visit: Visit, server: Server) -> None:
    page = visit()
    type_a_call(page)
    other = visit(path=page.url.removeprefix(server.url))
    expect(other.locator(".qc-name b")).to_have_text("New brief")
    assert typed(other, "landed_cost") == ""


def test_a_link_of_the_presenter_opens_there(visit: Visit, server: Server) -> None:
    page = visit()
    open_example(page, "seed_beauty")
    press(page, "mode", 1)
    other = visit(path=link(page).removeprefix(server.url))
    expect(other.locator(".qc-chips")).to_contain_text("ROAS ≥ 2.5")
    expect(other.locator('[data-testid="stSidebar"]:visible')).to_have_count(0)


@pytest.mark.parametrize(("locale", "said"), [("en-US", "the link is incomplete"), ("zh-CN", "链接不完整")])
def test_a_damaged_link_says_so_and_leaves_an_empty_form(visit: Visit, locale: str, said: str) -> None:
    page = visit(locale, path="/?b=1eNo9T9FugzAM")
    expect(page.locator(".qc-fault").first).to_contain_text(said)
    expect(page.locator(".qc-intro")).to_be_visible()
    write(page, "ad_budget", "20k")
    expect(page.locator(".qc-fault")).to_have_count(0)


def test_the_last_draft_is_offered_on_an_empty_page(visit: Visit, server: Server) -> None:
    page = visit()
    shown = type_a_call(page)
    page.goto(server.url)
    page.wait_for_selector(".qc-intro")
    page.get_by_role("button", name="Continue: TikTok Shop · Beauty · $25k").click()
    settle(page)
    is_the_call(page, shown)


def test_a_cut_connection_loses_nothing(visit: Visit) -> None:
    page = visit(alone=True)
    shown = type_a_call(page)
    page.context.set_offline(True)
    page.wait_for_timeout(1_000)
    page.context.set_offline(False)
    settle(page)
    is_the_call(page, shown)
    write(page, "ad_budget", "26k")
    assert typed(page, "ad_budget") == "26k" and typed(page, "landed_cost") == "a lot"


@pytest.fixture
def restartable(tmp_path: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """A server of its own, and the means to kill it and start it again at the same place."""
    port, home = free_port(), tmp_path / "home"
    running = [start(port, home, tmp_path)]

    def restart() -> None:
        os.kill(running[-1].pid, signal.SIGKILL)
        running[-1].wait(10)
        running.append(start(port, home, tmp_path))

    try:
        yield f"http://localhost:{port}", restart
    finally:
        process: subprocess.Popen[bytes] = running[-1]
        process.terminate()
        process.wait(10)


@pytest.mark.parametrize("reload", [False, True])
def test_a_killed_server_loses_nothing(
    restartable: tuple[str, Callable[[], None]], browser: Browser, reload: bool
) -> None:
    url, restart = restartable
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-US")
    context.add_init_script(LISTEN)
    try:
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(url)
        page.wait_for_selector(".qc-figure")
        shown = type_a_call(page)
        restart()
        if reload:
            page.reload()
        else:
            page.wait_for_selector('[data-testid="stApp"][data-test-connection-state="CONNECTED"]')
            settle(page)
        is_the_call(page, shown)
        write(page, "ad_budget", "26k")
        page.reload()
        expect(field(page, "ad_budget").locator("input")).to_have_value("26k")
        expect(field(page, "landed_cost").locator("input")).to_have_value("a lot")
    finally:
        context.close()


def test_sessions_never_meet(visit: Visit) -> None:
    mine, theirs = visit("en-US"), visit("zh-CN")
    open_example(mine, "seed_beauty")
    open_example(theirs, "home_five_platforms")
    press(theirs, "mode", 1)
    write(mine, "ad_budget", "25k")
    shown, others = figures(mine), figures(theirs)
    for page in (mine, theirs):
        page.reload()
    assert (figures(mine), figures(theirs)) == (shown, others) and shown != others
    expect(mine.locator(".st-key-nav")).to_contain_text("Live quote")
    expect(theirs.locator(".qc-chips")).to_contain_text("5 个平台")
    assert mine.locator(".qc-chips").count() == 0


def test_mode_and_language_stand_at_the_same_pixels_in_every_state(visit: Visit) -> None:
    page = visit()
    seen = set()

    def look() -> None:
        boxes = [page.locator(f".st-key-{key}").bounding_box() for key in ("mode", "language")]
        seen.add(str([box and {side: round(size, 1) for side, size in box.items()} for box in boxes]))

    for language in (1, 0):
        press(page, "language", language)
        for mode in (0, 1):
            press(page, "mode", mode)
            look()
    open_example(page, "seed_beauty")
    for language in (1, 0):
        press(page, "language", language)
        for mode in (0, 1):
            press(page, "mode", mode)
            look()
    assert len(seen) == 1, seen


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_presenter_sees_nothing_internal(visit: Visit, locale: str) -> None:
    page = visit(locale)
    open_example(page, "home_five_platforms")
    expect(page.locator(".qc-guard").first).to_be_visible()
    press(page, "mode", 1)
    expect(page.locator(".qc-chips span")).to_have_count(6)
    sent = page.content()
    assert [word for word in ("qc-approval", "qc-warning", "base.whole_shop", "guard.") if word in sent] == []
    row = page.locator(".qc-chips").bounding_box()
    assert row and row["height"] < 40
    page.locator(".st-key-change button").first.click()
    body = page.get_by_test_id("stPopoverBody")
    expect(body).to_be_visible()
    for tab in range(4):
        body.get_by_role("tab").nth(tab).click()
        settle(page)
        assert body.evaluate("e => e.scrollHeight <= e.clientHeight + 1"), tab
        assert not [word for word in ("seller", "卖家") if word in body.inner_text().lower()]


def test_a_change_before_the_prospect_is_kept_in_both_modes(visit: Visit) -> None:
    page = visit()
    open_example(page, "seed_beauty")
    press(page, "mode", 1)
    page.locator(".st-key-change button").first.click()
    write(page, "ad_budget", "30k")
    expect(page.locator(".qc-chips")).to_contain_text("Ads $30k a month")
    page.keyboard.press("Escape")
    press(page, "mode", 0)
    assert typed(page, "ad_budget") == "30k" and typed(page, "level0") == "2.5"


@pytest.mark.parametrize("mode", [0, 1])
def test_a_question_leads_to_its_field(visit: Visit, mode: int) -> None:
    page = visit()
    open_example(page, "seed_beauty")
    press(page, "mode", mode)
    asked = page.locator("button[data-focus]")
    fields = asked.evaluate_all("all => all.map(e => e.dataset.focus)")
    assert "landed_cost" in fields and len(fields) > 1
    for name in fields:
        page.locator(f'button[data-focus="{name}"]').press("Enter")
        expect(field(page, name).locator(":focus")).to_have_count(1)
        page.keyboard.press("Escape")
        settle(page)


def test_the_link_is_copied_without_the_tab(visit: Visit, server: Server) -> None:
    page = visit(alone=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_example(page, "seed_beauty")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', "
        '\'<button id="copy" data-copy-link data-done="Copied">Copy link</button>\')'
    )
    page.evaluate("document.querySelector('#copy').click()")
    expect(page.locator("#copy")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{server.url}/?b={facts(page)}"
    expect(page.locator("#copy")).to_have_text("Copy link")
    page.locator(".st-key-nav button").nth(1).click()
    page.wait_for_selector(".qc-turns p", timeout=30_000)
    settle(page)
    page.evaluate("document.querySelector('#copy').click()")
    expect(page.locator("#copy")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{server.url}/?p=compare&b={facts(page)}"
