"""One server and one chromium for all browser tests of a process, both watched for requests to the outside.

A page that was looked at is emptied and lent again: a new window takes twice as long as a new address.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from urllib.parse import urlparse

import pytest
from pages import LISTEN, READY, linked, settle
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from servers import Server, free_port, start

from estimator.brief.brief import Brief

PATIENCE = 40_000
"""Milliseconds: a server that was just begun loads its libraries first, and shares the machine with tests."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    port, folder = free_port(), tmp_path_factory.mktemp("server")
    process = start(port, folder / "home", folder)
    try:
        yield Server(f"http://localhost:{port}", folder / "outside.txt")
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


HEIGHT = 720
"""Of every window, until a test makes it another."""


class Visitors:
    """Browser contexts of one page each, lent to a test and, emptied, to the next."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.requested: set[str] = set()
        self.idle: dict[tuple[str, str, int], list[Page]] = defaultdict(list)
        self.lent: list[tuple[tuple[str, str, int], Page]] = []
        self.alone: list[BrowserContext] = []

    def arrive(self, locale: str, scheme: str, width: int, *, alone: bool) -> Page:
        kind = (locale, scheme, width)
        page = self.idle[kind].pop() if self.idle[kind] and not alone else self._new(*kind)
        if alone:
            self.alone.append(page.context)
        else:
            self.lent.append((kind, page))
        return page

    def _new(self, locale: str, scheme: str, width: int) -> Page:
        context = self.browser.new_context(
            viewport={"width": width, "height": HEIGHT},
            locale=locale,
            color_scheme="dark" if scheme == "dark" else "light",
        )
        context.add_init_script(LISTEN)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: self._asked(request.url))
        page.on("websocket", lambda channel: self._asked(channel.url))
        return page

    def _asked(self, url: str) -> None:
        if url != "about:blank":
            self.requested.add(urlparse(url).hostname or "localhost")

    def leave(self) -> None:
        """Nothing of a visit is left on the pages that the next test is lent."""
        for context in self.alone:
            context.close()
        for kind, page in self.lent:
            page.mouse.move(0, 0)
            page.evaluate("localStorage.clear(); sessionStorage.clear()")
            page.goto("about:blank")
            page.context.clear_cookies()
            page.set_viewport_size({"width": kind[2], "height": HEIGHT})
            page.emulate_media(media="null")
            self.idle[kind].append(page)
        self.alone, self.lent = [], []


@pytest.fixture(scope="session")
def visitors(browser: Browser) -> Visitors:
    return Visitors(browser)


@pytest.fixture
def visit(server: Server, visitors: Visitors) -> Iterator[Callable[..., Page]]:
    """Opens the page as a new visitor: ``visit("zh-CN")``, 1280 x 720 as on a shared screen.

    ``brief`` is a brief, or the name of an example, whose link is followed, on the page that is named by
    ``at``. ``alone`` is for a test that changes its browser or listens to it: nobody is lent that page after.
    Whatever a test does there, neither its pages nor the server ask anything of another machine.
    """
    visitors.requested.clear()

    def open_page(
        locale: str = "en-US",
        scheme: str = "light",
        width: int = 1280,
        path: str = "",
        mode: str = "internal",
        *,
        brief: Brief | str | None = None,
        at: str = "live",
        alone: bool = False,
    ) -> Page:
        page = visitors.arrive(locale, scheme, width, alone=alone)
        if brief is not None:
            path = linked(brief, at, presenter=mode == "presenter")
        page.goto(server.url + path)
        if brief is not None:
            page.wait_for_selector(READY[at])
            settle(page)
            return page
        page.wait_for_selector(".qc-figure" if "p=" not in path else ".st-key-nav")
        if mode == "presenter":
            page.locator('.st-key-header_tools [class*="st-key-mode"] button').nth(1).click()
            page.wait_for_selector('[data-testid="stSidebar"]', state="detached")
        return page

    yield open_page
    visitors.leave()
    assert visitors.requested == {"localhost"}
    assert not server.outside.exists() or server.outside.read_text("utf-8") == ""
