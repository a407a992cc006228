"""One server and one chromium for all browser tests, both watched for requests to the outside."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
GUARDED = Path(__file__).parent / "guarded"


@dataclass(frozen=True)
class Server:
    """The page's server: where it listens, and the file of addresses it asked for outside."""

    url: str
    outside: Path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("server")
    outside = folder / "outside.txt"
    paths = os.pathsep.join([str(GUARDED), str(ROOT)])
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": paths, "QUOTECAST_OUTSIDE": str(outside)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    url = f"http://localhost:{port}"
    try:
        _wait(f"{url}/_stcore/health", process, folder / "server.log")
        yield Server(url, outside)
    finally:
        process.terminate()
        process.wait(10)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(120):
        try:
            with urlopen(url, timeout=1):
                return
        except OSError:
            assert process.poll() is None, log.read_text("utf-8")
            time.sleep(0.25)
    raise AssertionError(f"no answer from the server: {log.read_text('utf-8')}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def requested() -> set[str]:
    """The hosts that any page of the session asked for."""
    return set()


@pytest.fixture
def visit(server: Server, browser: Browser, requested: set[str]) -> Iterator[Callable[..., Page]]:
    """Opens the page as a new visitor: ``visit("zh-CN")``, 1280 x 720 as on a shared screen."""
    contexts = []

    def open_page(locale: str = "en-US", scheme: str = "light", width: int = 1280) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 720},
            locale=locale,
            color_scheme="dark" if scheme == "dark" else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("request", lambda request: requested.add(urlparse(request.url).hostname or "localhost"))
        page.on("websocket", lambda channel: requested.add(urlparse(channel.url).hostname or "localhost"))
        page.goto(server.url)
        page.wait_for_selector(".qc-hero")
        return page

    yield open_page
    for context in contexts:
        context.close()
