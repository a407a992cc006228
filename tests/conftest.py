"""What all tests share: whether a browser is there, what to say where it is not, and which run together."""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import settings

settings.register_profile("quotecast", deadline=None)
settings.load_profile("quotecast")

CHROMIUM = shutil.which("chromium")
REQUIRED = os.environ.get("QUOTECAST_BROWSER") == "required"


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests come first, for they take longest, and share a server; any other file stays together."""
    items.sort(key=lambda item: not item.get_closest_marker("browser"))
    for item in items:
        name = _browsing(item) or item.location[0]
        item.add_marker(pytest.mark.xdist_group(name))
    if CHROMIUM:
        return
    browser = [item for item in items if item.get_closest_marker("browser")]
    if browser and REQUIRED:
        raise pytest.UsageError(
            "QUOTECAST_BROWSER=required, but there is no chromium; apt-get install chromium"
        )
    config.hook.pytest_deselected(items=browser)
    items[:] = [item for item in items if item not in browser]
    config.stash[SKIPPED] = len(browser)


def _browsing(item: pytest.Item) -> str:
    return next((name for name in ("journey", "browser") if item.get_closest_marker(name)), "")


SKIPPED = pytest.StashKey[int]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if skipped := config.stash.get(SKIPPED, 0):
        terminalreporter.write_line(
            f"{skipped} browser tests skipped: no chromium (apt-get install chromium)"
        )
