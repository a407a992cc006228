"""Chips: the brief in one line, and the button that takes up a draft."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from opened import RULES

from estimator.brief import brief as briefs
from estimator.brief.brief import Brief
from estimator.presentation import frame
from estimator.presentation.words import Words

EN, ZH = Words("en", vocabulary=RULES.vocabulary), Words("zh", vocabulary=RULES.vocabulary)
EXAMPLES = sorted(Path("examples/briefs").glob("*.toml"))
SEED = briefs.read(Path("examples/briefs/seed_beauty.toml"))


def test_the_chips_follow_the_form() -> None:
    shown = frame.chips(SEED, EN, RULES.kpis)
    assert shown[:4] == ("TikTok Shop", "Beauty", "Ads $20k a month", "ROAS ≥ 2.5 within 3 months")
    assert shown[4:] == ("Whole shop", "Term 6 months")
    assert frame.chips(SEED, ZH, RULES.kpis)[2:4] == ("广告每月 2 万美元", "3 个月内 ROI ≥ 2.5")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_brief_has_more_than_six_chips_nor_a_name_in_them(path: Path) -> None:
    brief = briefs.read(path)
    shown = frame.chips(brief, EN, RULES.kpis)
    assert 0 < len(shown) <= 6 and brief.name not in shown


def test_nothing_known_is_no_chip() -> None:
    assert frame.chips(Brief(), EN, RULES.kpis) == ()


def test_a_draft_of_today_is_told_by_its_hour() -> None:
    kept = dt.datetime(2026, 11, 25, 14, 2)
    assert frame.resume(SEED, kept, kept.date(), EN) == "Continue: TikTok Shop · Beauty · $20k, 14:02"
    assert frame.resume(SEED, kept, kept.date(), EN, "Lumen (fictional)").startswith(
        "Continue: Lumen (fictional) · "
    )
    assert frame.resume(SEED, kept, dt.date(2026, 11, 27), ZH).endswith("，2026-11-25 14:02")
