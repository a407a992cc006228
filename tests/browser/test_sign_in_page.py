"""Signing in with a provider: who is let in, who may approve what, and what a stranger never receives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from pages import LISTEN, linked, settle
from playwright.sync_api import Browser, BrowserContext, Page, expect
from servers import ROOT, free_port, start

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
        page.on("websocket", lambda channel: channel.on("framereceived", lambda data: heard.append(said(data))))
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
    received = "".join(place.received[page])
    assert received and not [word for word in ("Our margin", "毛利", "ROAS", "8,200", "Q-20") if word in received]


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where pictures go: a folder that was named, else one of the test's own."""
    return Path(os.environ.get("QUOTECAST_SHOTS") or tmp_path)


def test_the_way_back_is_closed_to_all_but_who_began_it(place: Deployment) -> None:
    """What Streamlit does with what a stranger sends there; recorded, for it is not ours."""
    page = place.arrive("zhao@example.com")
    page.wait_for_selector(".st-key-sign_in")
    for path in ("?code=x&state=foreign", "?error=denied", "?code=x", ""):
        answer = page.request.get(f"{place.url}/oauth2callback{path}", max_redirects=0)
        print(path, answer.status, answer.headers.get("location"))
    for path in ("/auth/login?provider=x&redirect_uri=https://evil.example", "/auth/logout?next=https://evil.example"):
        answer = page.request.get(place.url + path, max_redirects=0)
        print(path, answer.status, answer.headers.get("location"))
    place.provider.forge = True
    try:
        page.locator(".st-key-sign_in button").click()
        page.wait_for_timeout(3000)
        print(page.url, page.locator("body").inner_text())
    finally:
        place.provider.forge = False
    print(place.provider.refused)
    assert 0
