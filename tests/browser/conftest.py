"""One server and one chromium for all browser tests, both watched for requests to the outside."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from urllib.parse import urlparse

import pytest
from pages import LISTEN
from playwright.sync_api import Browser, Page, expect, sync_playwright
from servers import Server, free_port, start

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


@pytest.fixture
def visit(server: Server, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the page as a new visitor: ``visit("zh-CN")``, 1280 x 720 as on a shared screen.

    Whatever a test does there, neither its pages nor the server ask anything of another machine.
    """
    contexts = []
    requested: set[str] = set()

    def open_page(
        locale: str = "en-US",
        scheme: str = "light",
        width: int = 1280,
        path: str = "",
        mode: str = "internal",
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 720},
            locale=locale,
            color_scheme="dark" if scheme == "dark" else "light",
        )
        contexts.append(context)
        context.add_init_script(LISTEN)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: requested.add(urlparse(request.url).hostname or "localhost"))
        page.on("websocket", lambda channel: requested.add(urlparse(channel.url).hostname or "localhost"))
        page.goto(server.url + path)
        page.wait_for_selector(".qc-figure" if "p=" not in path else ".st-key-nav")
        if mode == "presenter":
            page.locator('.st-key-header_tools [class*="st-key-mode"] button').nth(1).click()
            page.wait_for_selector('[data-testid="stSidebar"]', state="detached")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert requested == {"localhost"}
    assert not server.outside.exists() or server.outside.read_text("utf-8") == ""
