"""The command that holds forecasts against what came: backtest."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from estimator.cli.options import chosen_words, command, opened_rules, print_json

HORIZONS = ("week", "month", "quarter")
USUAL_PLATFORM = "own_site"


def add_evidence(commands: Any) -> None:
    """The command ``backtest``."""
    text = "replay a history: what would have been forecast at each step, and what came"
    sub = command(commands, "backtest", _backtest, text)
    sub.add_argument("file", type=Path, metavar="FILE.csv", help="days, weeks or months of spend and sales")
    sub.add_argument("--horizon", choices=HORIZONS, default="month", help="default: month")
    sub.add_argument("--date", default="date", metavar="COLUMN", help="default: date")
    spend = "columns that are summed, with commas; google_* names several; default: ad_spend"
    sub.add_argument("--spend", default="ad_spend", metavar="COLUMNS", help=spend)
    sub.add_argument("--sales", default="gmv", metavar="COLUMN", help="default: gmv")
    sub.add_argument("--orders", default="orders", metavar="COLUMN", help="default: orders; - where unknown")
    sub.add_argument("--rows", type=_rows, metavar="1-80", help="rows to take, from 1; default: all")
    sub.add_argument("--platform", default=USUAL_PLATFORM, help="of the market's prior; default: own_site")
    sub.add_argument("--category", help="of the market's prior")
    sub.add_argument("--json", action="store_true", help="print the answer as JSON")


def _rows(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    if not (first.isdecimal() and last.isdecimal() and 1 <= int(first) <= int(last)):
        raise argparse.ArgumentTypeError(f"{text} is no range of rows; write 1-80")
    return int(first), int(last)


def _backtest(options: argparse.Namespace) -> None:
    from estimator.evidence.answers import backtest_json
    from estimator.evidence.backtest import backtest
    from estimator.evidence.series import Columns, series_of
    from estimator.market.history import usual_level
    from estimator.market.situation import DEFAULT_CATEGORY
    from estimator.presentation.backtest_text import backtest_text
    from estimator.values.tables import read

    rules = opened_rules(options)
    columns = Columns(
        day=options.date,
        spend=tuple(part.strip() for part in options.spend.split(",")),
        sales=options.sales,
        orders=None if options.orders == "-" else options.orders,
    )
    series = series_of(read(options.file), columns)
    if options.rows is not None:
        series = series.part(*options.rows)
    level = usual_level(rules.market, options.platform, options.category or DEFAULT_CATEGORY)
    made = backtest(series, options.horizon, level)
    if options.json:
        print_json(backtest_json(made))
    else:
        print(backtest_text(made, series, chosen_words(options, rules)))
