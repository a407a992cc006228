"""The commands that hold forecasts against what came: backtest, ledger."""

from __future__ import annotations

import argparse
import datetime as dt
from contextlib import closing
from pathlib import Path
from typing import Any

from estimator.cli.book import on_book, opened
from estimator.cli.options import chosen_words, command, day, opened_rules, print_json

BYS = ("platform", "category", "service", "edition", "person")
HORIZONS = ("week", "month", "quarter")
USUAL_PLATFORM = "own_site"


def add_evidence(commands: Any) -> None:
    """The commands ``backtest`` and ``ledger``."""
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
    text = "say what the goals of sent quotes came to, and how honest their forecasts were"
    sub = on_book(commands, "ledger", _ledger, text)
    sub.add_argument("--by", choices=BYS, help="scores by platform, category, service, edition or person")
    sub.add_argument("--sent", action="store_true", help="score also what was only sent")
    sub.add_argument("--on", type=day, metavar="DAY", help="what was final on that day; default: today")
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


def _ledger(options: argparse.Namespace) -> None:
    from estimator.evidence.ledger import open_ledger
    from estimator.evidence.ledger_answers import ledger_json
    from estimator.evidence.reliability import scores_by
    from estimator.presentation.ledger_text import ledger_text
    from estimator.rules.rules import open_rules

    rules = open_rules()
    on = options.on or dt.datetime.now(dt.UTC).date()
    with closing(opened(options)) as book:
        forecasts = book.forecasts()
    ledger = open_ledger(forecasts, on, rules.vocabulary.ids("platforms"), rules.exchange)
    (everything,) = scores_by(ledger.goals, None, sent=options.sent)
    groups = scores_by(ledger.goals, options.by, sent=options.sent) if options.by else ()
    if options.json:
        print_json(ledger_json(ledger, everything, groups, on, options.by, sent=options.sent))
    else:
        print(ledger_text(ledger, everything, groups, options.by, chosen_words(options, rules)))
