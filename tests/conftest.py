"""What all tests share: whether a browser is there, what to say if not, and what runs in one process."""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

settings.register_profile("quotecast", deadline=None, max_examples=60)
settings.load_profile("quotecast")

# a provider of the tests' own signs its tokens with a package that only its target installs
collect_ignore = ["identity.py"]
CHROMIUM = shutil.which("chromium")
REQUIRED = os.environ.get("QUOTECAST_BROWSER") == "required"


class Together(LoadFileScheduling):
    """A file goes to one process, and all browser tests to one: they share a server, and what it has read."""

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together | None:
    return Together(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests come first, for they take longest; signing in runs only where it is asked for by name."""
    items.sort(key=lambda item: not item.get_closest_marker("browser"))
    if "sign_in" not in config.option.markexpr:
        items[:] = [item for item in items if not item.get_closest_marker("sign_in")]
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


SKIPPED = pytest.StashKey[int]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if skipped := config.stash.get(SKIPPED, 0):
        terminalreporter.write_line(
            f"{skipped} browser tests skipped: no chromium (apt-get install chromium)"
        )
