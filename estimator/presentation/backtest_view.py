"""A history replayed on the page: what the file's columns are, and what the replay came to."""

from __future__ import annotations

from dataclasses import dataclass

from estimator.evidence.backtest import Backtest, Horizon
from estimator.evidence.series import Series
from estimator.presentation.backtest_text import FORECASTERS, HORIZONS, backtest_lines, scored, within
from estimator.presentation.paper import Table
from estimator.presentation.words import Words


@dataclass(frozen=True, kw_only=True)
class ReplayWords:
    """Labels of the box that replays a history."""

    open: str
    lead: str
    file: str
    day: str
    spend: str
    sales: str
    orders: str
    no_orders: str
    platform: str
    category: str
    horizon: str
    horizons: dict[Horizon, str]
    replay: str
    working: str


def replay_words(words: Words) -> ReplayWords:
    """The words of the box in one language."""
    return ReplayWords(
        open=words.say("Replay a history"),
        lead=words.say(
            "What would have been forecast at each step from the steps before, held against what came. Days, "
            "weeks or months of spend and sales as a CSV; nothing of it is kept."
        ),
        file=words.say("A table of days, weeks or months"),
        day=words.say("Day"),
        spend=words.say("Ad spend, summed"),
        sales=words.say("Sales"),
        orders=words.say("Orders"),
        no_orders=words.say("not known"),
        platform=words.say("Market of"),
        category=words.say("Main category"),
        horizon=words.say("Forecast of"),
        horizons={horizon: words.say(message) for horizon, message in HORIZONS.items()},
        replay=words.say("Replay"),
        working=words.say("Replaying…"),
    )


@dataclass(frozen=True, kw_only=True)
class ReplayView:
    """What a replay came to: its verdict, a row for each forecaster, and what the scores mean."""

    lines: tuple[str, ...]
    table: Table
    notes: tuple[str, ...]


def replay_view(made: Backtest, series: Series, words: Words) -> ReplayView:
    """A replay for the page."""
    lines, notes = backtest_lines(made, series, words)
    widths = tuple(made.scores["account"].coverage)
    heads = (
        "",
        *(words.say("{width} interval", width=words.percent(width)) for width in widths),
        words.say("Brier"),
        words.say("CRPS"),
    )
    rows = tuple(
        (
            words.say(label),
            *(within(made.scores[name].coverage[width], words) for width in widths),
            scored(made.scores[name].brier, 3, words),
            scored(made.scores[name].crps, 3, words),
        )
        for name, label in FORECASTERS.items()
    )
    table = Table(
        heads=heads, rows=rows, align="l" + "r" * (len(heads) - 1), title=words.say("Outcomes inside")
    )
    return ReplayView(lines=lines, table=table, notes=notes)
