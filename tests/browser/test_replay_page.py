"""A history replayed on the page: its columns guessed, its verdict told, a bad cell named."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from pages import settle
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.journey]
Visit = Callable[..., Page]


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_history_is_replayed_and_a_bad_cell_is_named(visit: Visit, locale: str, tmp_path: Path) -> None:
    first = dt.date(2025, 1, 6)
    rows = [
        f"{first + dt.timedelta(weeks=at)},{1000 + at % 7},{2000 * math.exp(0.2 * math.sin(at)):.0f},60"
        for at in range(40)
    ]
    table, broken = tmp_path / "weeks.csv", tmp_path / "broken.csv"
    table.write_text("\n".join(["week,meta_spend,revenue,orders", *rows]))
    broken.write_text("\n".join(["week,meta_spend,revenue,orders", *rows[:20], "2025-05-26,1000,lots,60"]))
    page = visit(locale)
    page.locator(".st-key-nav button").nth(3).click()
    page.wait_for_selector(".st-key-quotes_page")
    settle(page)
    page.locator(".st-key-replay summary").click()
    page.set_input_files(".st-key-replay input[type=file]", str(table))
    page.locator(".st-key-replay_go button").click()
    expect(page.locator(".st-key-replay .qc-grid tbody tr")).to_have_count(3)
    page.set_input_files(".st-key-replay input[type=file]", str(broken))
    settle(page)
    page.locator(".st-key-replay_go button").click()
    expect(page.locator(".st-key-replay")).to_contain_text("broken.csv:22:revenue")
