"""Signing in with a provider: who is let in, who may approve what, and what a stranger never receives."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from pages import CUT, DRAWN, LISTEN, linked, settle
from playwright.sync_api import Browser, BrowserContext, Page, expect
from servers import ROOT, free_port, start

from estimator.book.book import Book, open_book
from estimator.book.opening import url_at
from estimator.values.errors import QuotecastError

pytestmark = [pytest.mark.browser, pytest.mark.sign_in]
ANN, LIN, WU = "ann@example.com", "lin@example.com", "wu@example.com"
CLIENT = "Lihe Example Trading Ltd (fictional)"


@dataclass
class Deployment:
    """A server that listens on every interface and signs in with a provider; and its people's browsers."""

    url: str
    home: Path
    provider: Any
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    received: dict[Page, list[str]] = field(default_factory=dict)

    def arrive(self, who: str, locale: str = "en-US", path: str = "", **claims: Any) -> Page:
        """Somebody's own browser, before signing in."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 720}, locale=locale)
        self.contexts.append(context)
        context.add_init_script(LISTEN)
        value = quote(json.dumps({"sub": who, "email": who, "email_verified": True, **claims}))
        context.add_cookies([{"name": "claims", "value": value, "url": self.provider.url}])
        page = context.new_page()
        page.set_default_timeout(40_000)
        heard = self.received[page] = []
        page.on("websocket", lambda line: line.on("framereceived", lambda data: heard.append(said(data))))
        page.goto(self.url + path)
        return page

    def sign_in(self, who: str, locale: str = "en-US", path: str = "", **claims: Any) -> Page:
        """Somebody's own browser, signed in."""
        page = self.arrive(who, locale, **claims)
        page.locator(".st-key-sign_in button").click()
        page.wait_for_selector(".st-key-sign_out")
        if path:
            page.goto(self.url + path)
        return page

    def book(self) -> Book:
        """The book of the server, as the library opens it."""
        return open_book(url_at(str(self.home)), lambda: dt.datetime.now(dt.UTC), signed_in=True)

    def command(self, *arguments: str) -> str:
        run = [sys.executable, "-m", "estimator.cli", *arguments]
        env = {**os.environ, "QUOTECAST_HOME": str(self.home)}
        return subprocess.run(run, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout


def said(data: str | bytes) -> str:
    return data if isinstance(data, str) else data.decode("utf-8", "replace")


def deploy(browser: Browser, folder: Path) -> Iterator[Deployment]:
    from identity import provider, secrets_file

    port = free_port()
    url = f"http://localhost:{port}"
    back = f"{url}/oauth2callback"
    with provider(back) as made:
        file = folder / "secrets.toml"
        file.write_text(secrets_file(made.url, back), "utf-8")
        options = ("--server.address", "0.0.0.0", "--secrets.files", str(file))
        process = start(port, folder / "home", folder, *options)
        one = Deployment(url, folder / "home", made, browser)
        try:
            yield one
        finally:
            for context in one.contexts:
                context.close()
            process.terminate()
            process.wait(10)


@pytest.fixture
def empty(browser: Browser, tmp_path: Path) -> Iterator[Deployment]:
    """Where nobody has a role yet."""
    yield from deploy(browser, tmp_path)


@pytest.fixture(scope="module")
def place(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Where Ann is admin, Lin sells and Wu approves."""
    for one in deploy(browser, tmp_path_factory.mktemp("place")):
        for name, role in ((ANN, "admin"), (LIN, "sales"), (WU, "approver")):
            one.command("book", "role", name, role, "--by", ANN)
        yield one


def test_where_nobody_has_a_role_the_command_is_told_that_gives_the_first(empty: Deployment) -> None:
    page = empty.sign_in("Ann@Example.com")
    told = page.locator(".qc-refused").inner_text()
    arguments = told.partition("quotecast ")[2].split()
    assert arguments == ["book", "role", ANN, "admin", "--by", ANN]
    empty.command(*arguments)
    page.reload()
    expect(page.locator(".st-key-nav")).to_be_visible()


def test_a_stranger_receives_nothing_but_what_to_ask_for(place: Deployment, shots: Path) -> None:
    for locale, asked in (("en-US", "ask an admin"), ("zh-CN", "请联系管理员")):
        page = place.sign_in("zhao@example.com", locale, path=linked("seed_beauty"))
        expect(page.locator(".qc-refused")).to_contain_text(asked)
        expect(page.locator(".qc-refused")).to_contain_text("sales")
        page.screenshot(path=str(shots / f"stranger_{locale}.png"))
        nothing_was_received(place, page)
        page.locator(".st-key-sign_out button").first.click()
        page.wait_for_selector(".st-key-sign_in")


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": "false"}, {"email": ""}])
def test_an_address_that_nobody_verified_is_no_ones(place: Deployment, claims: dict[str, Any]) -> None:
    page = place.sign_in(LIN, **claims)
    expect(page.locator(".qc-refused")).to_contain_text("no verified e-mail")
    nothing_was_received(place, page)


def nothing_was_received(place: Deployment, page: Page) -> None:
    """No field to type in, and no message that holds a figure, a rule or a client."""
    expect(page.locator("input, textarea, .qc-figure, .st-key-nav")).to_have_count(0)
    received, ours = "".join(place.received[page]), ("Our margin", "毛利", "ROAS", "8,200", "Q-20")
    assert received and not [word for word in ours if word in received]


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where pictures go: a folder that was named, else one of the test's own."""
    return Path(os.environ.get("QUOTECAST_SHOTS") or tmp_path)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_what_one_asks_another_approves_and_exactly_that_is_sent(
    place: Deployment, shots: Path, locale: str
) -> None:
    client = f"{CLIENT} {locale}"
    lin, wu = place.sign_in(LIN, locale), place.sign_in(WU, locale)
    ask_for_approval(lin, place.url, client)
    lin.screenshot(path=str(shots / f"asked_{locale}.png"))
    assert lin.locator('[class*="st-key-sender"]').count() == 0
    lin.keyboard.press("Escape")
    open_draft(lin, client)
    expect(lin.locator(".st-key-drafts_approve, .st-key-drafts_send")).to_have_count(0)
    expect(lin.locator(".st-key-quotes_page")).to_contain_text(OWN[locale])
    lin.screenshot(path=str(shots / f"asked_own_{locale}.png"))
    asked = refused_by_the_book(place, client)
    open_draft(wu, client)
    for told in (MARGIN[locale], "they begin with three stores", "5%"):
        expect(wu.locator(".st-key-quotes_page")).to_contain_text(told)
    wu.screenshot(path=str(shots / f"waits_{locale}.png"))
    write(wu, "drafts_reason", "a first step with a brand we want")
    wu.locator(".st-key-drafts_approve button").click()
    expect(wu.locator(".st-key-drafts_send")).to_be_visible()
    settle(wu)
    wu.screenshot(path=str(shots / f"approved_{locale}.png"))
    lin.reload()
    lin.wait_for_selector(".st-key-quotes_page")
    open_draft(lin, client)
    lin.locator(".st-key-drafts_send button").click()
    expect(lin.locator(".qc-grid").last).to_contain_text("Q-")
    settle(lin)
    lin.locator(".st-key-quotes_open input").click()
    lin.locator('[role="option"]', has_text=client).click()
    expect(lin.locator(".st-key-quotes_documents button")).to_have_count(4)
    settle(lin)
    lin.screenshot(path=str(shots / f"sent_{locale}.png"), full_page=True)
    sent = place.book().read(lin.locator(".st-key-quotes_open input").input_value().partition(" ")[0])
    assert sent.record is not None and sent.record.sha256 == asked
    history = lin.locator(".qc-grid").last
    history.scroll_into_view_if_needed()
    lin.screenshot(path=str(shots / f"audit_{locale}.png"))
    for told in (LIN, WU, "a first step with a brand we want", "they begin with three stores"):
        expect(history).to_contain_text(told)


def refused_by_the_book(place: Deployment, name: str) -> str:
    """The hash of what waits under a name; whoever sells may not approve it, past the page either."""
    book = place.book()
    (draft,) = [draft for draft in book.drafts() if draft.name == name]
    asked = draft.asked_sha256 or ""
    with pytest.raises(QuotecastError) as refused:
        book.approve(draft.id, asked, approver=LIN, reason="mine")
    assert refused.value.faults[0].code == "not_your_role"
    return asked


OWN = {"en-US": "You asked for it", "zh-CN": "须由他人审批"}
MARGIN = {"en-US": "Our margin", "zh-CN": "毛利"}


def ask_for_approval(page: Page, url: str, client: str) -> None:
    """A discount on the seed brief, for a client, put before those who approve."""
    page.goto(url + linked("seed_beauty"))
    page.wait_for_selector(".qc-spend")
    settle(page)
    page.locator(".st-key-pop_discount button").first.click()
    page.locator(".st-key-discount_give button").click()
    settle(page)
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-discount_give")).to_have_count(0)
    settle(page)
    page.locator(".st-key-pop_document button").first.click()
    write(page, "client_name_en", client)
    page.locator(".st-key-document_make button").click()
    page.wait_for_selector(".st-key-send_now")
    settle(page)
    page.locator(".st-key-send_now button").click()
    expect(page.locator(".qc-fault")).to_be_visible()
    write(page, "send_reason", "they begin with three stores")
    page.locator(".st-key-send_now button").click()
    expect(page.locator(".st-key-send_now")).to_have_count(0)
    settle(page)


def open_draft(page: Page, name: str) -> None:
    """A draft of the list on the page of quotes."""
    turn_to_quotes(page)
    page.locator(".st-key-drafts_open input").click()
    page.locator('[role="option"]', has_text=name).click()
    page.wait_for_selector(".st-key-drafts_steps")
    settle(page)


def write(page: Page, key: str, text: str) -> None:
    written = page.locator(f'[class*="st-key-{key}"] input').first
    written.fill(text)
    written.press("Enter")
    settle(page)


def test_the_later_of_two_who_edit_a_draft_is_told_who_changed_it(place: Deployment) -> None:
    lin, wu = place.sign_in(LIN, path=linked("seed_beauty")), place.sign_in(WU, "zh-CN")
    lin.wait_for_selector(".qc-spend")
    turn_to_quotes(lin)
    write(lin, "drafts_name", "Shared talk")
    lin.locator(".st-key-drafts_new button").click()
    expect(lin.locator(".qc-grid").first).to_contain_text("Shared talk")
    open_draft(wu, "Shared talk")
    wu.locator(".st-key-drafts_go_on button").click()
    wu.wait_for_selector(".qc-spend")
    settle(wu)
    turn_to_quotes(wu)
    write(wu, "drafts_name", "Shared talk, by Wu")
    wu.locator(".st-key-drafts_over button").click()
    expect(wu.locator(".qc-grid").first).to_contain_text("Shared talk, by Wu")
    write(lin, "drafts_name", "Shared talk, by Lin")
    lin.locator(".st-key-drafts_over button").click()
    expect(lin.locator(".qc-fault")).to_contain_text(f"{WU} changed this draft")


def test_whoever_asks_decides_nothing_about_it_whatever_his_role(place: Deployment) -> None:
    wu = place.sign_in(WU)
    ask_for_approval(wu, place.url, "Wu's own client")
    wu.keyboard.press("Escape")
    open_draft(wu, "Wu's own client")
    expect(wu.locator(".st-key-quotes_page")).to_contain_text("You asked for it")
    expect(wu.locator(".st-key-drafts_approve, .st-key-drafts_send")).to_have_count(0)


def test_whose_role_is_taken_sees_no_more(place: Deployment) -> None:
    place.command("book", "role", "Mo@example.com", "sales", "--by", ANN)
    page = place.sign_in("mo@example.com")
    turn_to_quotes(page)
    place.command("book", "role", "mo@example.com", "none", "--by", ANN)
    write(page, "quotes_search", "lihe")
    expect(page.locator(".qc-refused")).to_contain_text("mo@example.com has no role")
    expect(page.locator(".st-key-quotes_page")).to_have_count(0)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_signing_out_ends_it_and_its_button_disturbs_nothing(
    place: Deployment, shots: Path, locale: str
) -> None:
    page = place.sign_in(LIN, locale, path=linked("auto_tools_mature"))
    page.wait_for_selector(DRAWN)
    settle(page)
    assert page.evaluate(CUT) == []
    boxes = [page.locator(f".st-key-{name}").first.bounding_box() for name in ("nav", "header_tools")]
    assert boxes[0] and boxes[1] and boxes[0]["x"] + boxes[0]["width"] < boxes[1]["x"]
    page.screenshot(path=str(shots / f"signed_in_{locale}.png"))
    page.locator(".st-key-sign_out button").first.click()
    page.wait_for_selector(".st-key-sign_in")
    page.goto(place.url + linked("auto_tools_mature"))
    page.wait_for_selector(".st-key-sign_in")
    page.screenshot(path=str(shots / f"signed_out_{locale}.png"))
    expect(page.locator(".qc-figure, .st-key-nav")).to_have_count(0)
    assert not [cookie for cookie in page.context.cookies() if "_streamlit_user" in str(cookie.get("name"))]


def test_the_way_back_is_closed_to_all_but_who_began_it(place: Deployment) -> None:
    """Streamlit's own: a state of somebody else, an error, a place elsewhere all lead to the first page."""
    page = place.arrive("zhao@example.com")
    page.wait_for_selector(".st-key-sign_in")
    foreign = ("?code=x&state=foreign", "?error=denied", "?code=x", "")
    elsewhere = ("login?provider=x&redirect_uri=https://other.example", "logout?next=https://other.example")
    for path in (*(f"oauth2callback{query}" for query in foreign), *(f"auth/{query}" for query in elsewhere)):
        answer = page.request.get(f"{place.url}/{path}", max_redirects=0)
        assert (answer.status, answer.headers["location"]) == (302, "/"), path
    asked = {"client_id": "quotecast", "redirect_uri": "https://other.example/oauth2callback"}
    assert page.request.get(f"{place.provider.url}/authorize", params=asked, max_redirects=0).status == 400


def test_a_token_signed_by_another_key_signs_nobody_in(place: Deployment) -> None:
    page = place.arrive(LIN)
    place.provider.forge, before = True, len(place.provider.signed_in)
    try:
        with page.expect_navigation(url=f"{place.url}/"):
            page.locator(".st-key-sign_in button").click()
        page.wait_for_selector(".st-key-sign_in")
    finally:
        place.provider.forge = False
    assert len(place.provider.signed_in) == before + 1
    assert not [cookie for cookie in page.context.cookies() if cookie.get("name") == "_streamlit_user"]


def test_a_link_that_was_opened_before_signing_in_opens_after_it(place: Deployment) -> None:
    page = place.arrive(LIN, path=linked("seed_beauty"))
    page.wait_for_selector(".st-key-sign_in")
    settle(page)
    page.locator(".st-key-sign_in button").click()
    page.wait_for_selector(".qc-spend")
    assert "b=" in page.url


def turn_to_quotes(page: Page) -> None:
    page.locator(".st-key-nav button").last.click()
    page.wait_for_selector(".st-key-quotes_page")
    settle(page)
