"""The command ``quotecast``: quote, promise, trade, compare, pilot, estimate, batch, settle, check."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from estimator.batch import run as batch
from estimator.brief import brief
from estimator.brief.brief import ServiceModel
from estimator.comparing import comparison, crossover, flips, tipping
from estimator.comparing import offers as candidates
from estimator.earnings import actuals
from estimator.earnings.settlement import fees
from estimator.presentation import (
    compare_words,
    estimate_words,
    pilot_words,
    quote_text,
    statement_text,
    tables,
    trade_text,
)
from estimator.presentation import progress as batches
from estimator.presentation.words import Words
from estimator.quoting import estimate, make, quote, reach, tipping, trades
from estimator.quoting import pilot as knowing
from estimator.quoting.negotiation import MEANS, base_of
from estimator.rules.check import check
from estimator.rules.reading import read_kpis, read_offers
from estimator.rules.rules import Rules, open_rules, root
from estimator.schemas import comparison, estimate, pilot, quote, trade
from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.typed import typed_amount
from estimator.values.validation import exists

LEAST_CONFIDENCE, MOST_CONFIDENCE = 0.01, 0.99
"""Beyond them a level rests on fewer than one draw in a hundred, and is said as "100 of 100"."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 is success, 1 a fault in the input, 2 a wrong call."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options) or 0
        sys.stdout.flush()
    except QuotecastError as error:
        faults = error.faults
    except BrokenPipeError:
        sys.stdout = None  # the reader has seen enough; leave nothing to flush
        return 0
    except OSError as error:
        if not error.filename:
            sys.stdout = None
        code = "not_readable" if error.filename else "not_written"
        faults = (Fault(code=code, place=str(error.filename or "")),)
    else:
        return status
    for fault in faults:
        print(fault.line(options.lang), file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="quotecast", description="A quote with its odds.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Any, text: str, *, prices: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        if prices:
            sub.add_argument("--on", type=_day, metavar="DAY", help="prices of that day; default: today")
            sub.add_argument("--edition", metavar="ID", help="an edition by its id, sealed or not")
        sub.add_argument("--lang", choices=("zh", "en"), default="en", help="language of the answer")
        sub.set_defaults(run=run)
        return sub

    sub = command("quote", _quote, "price a brief and say how likely its goals are")
    sub.add_argument("brief", type=Path, metavar="BRIEF.toml")
    sub.add_argument("--scenario", default="expected", help="id of a scenario or stress case")
    sub.add_argument("--json", action="store_true", help="print the quote as JSON")

    for name, run, text in (
        ("promise", _promise, "say which level of each goal is safe to sign"),
        ("trade", _trade, "say what keeps the agency's income at another base fee"),
    ):
        sub = command(name, run, text)
        sub.add_argument("brief", type=Path, metavar="BRIEF.toml")
        sub.add_argument("--scenario", default="expected", help="id of a scenario or stress case")
        sub.add_argument("--json", action="store_true", help="print the answer as JSON")
        if name == "promise":
            sub.add_argument(
                "--confidence",
                type=_confidence,
                default=quote.CONFIDENCE,
                help="0.8 is eight outcomes of ten",
            )
        else:
            sub.add_argument("--base", required=True, metavar="AMOUNT", help="base fee a month: 3000 or 3k")
            sub.add_argument("--risk-price", type=_share, default=0.0, help="0.2 charges a fifth of the risk")

    sub = command("compare", _compare, "set two to six ways to buy the service side by side")
    sub.add_argument("brief", type=Path, metavar="BRIEF.toml")
    sub.add_argument(
        "--offer",
        action="append",
        metavar="ID_OR_FILE",
        help="whole_shop, whole_shop:performance, in_house, a public offer or a file; once for each",
    )
    sub.add_argument("--scenario", action="append", help="id of a scenario; several multiply the offers")
    sub.add_argument("--export", type=Path, metavar="FILE", help="the table as .csv or .parquet")
    sub.add_argument("--draws", type=Path, metavar="FILE", help="every draw as .csv or .parquet")
    sub.add_argument("--json", action="store_true", help="print the comparison as JSON")
    sub = command(
        "pilot", _pilot, "price a paid test, and say what it would do to the safe level and the fee"
    )
    sub.add_argument("brief", type=Path, metavar="BRIEF.toml")
    sub.add_argument("--scenario", default="expected", help="id of a scenario or stress case")
    sub.add_argument("--weeks", type=float, default=2.0, help="weeks of test spend at the brief's ad budget")
    sub.add_argument("--json", action="store_true", help="print the answer as JSON")

    sub = command("estimate", _estimate, "say what a seller alone may expect, and what to ask before signing")
    sub.add_argument("brief", type=Path, metavar="BRIEF.toml")
    sub.add_argument("--scenario", default="expected", help="id of a scenario or stress case")
    sub.add_argument(
        "--way", choices=get_args(ServiceModel), help="who operates; default: the brief's service"
    )
    sub.add_argument("--json", action="store_true", help="print the answer as JSON")

    sub = command("batch", _batch, "price a CSV of prospects, with their odds, into one Parquet file")
    sub.add_argument("prospects", type=Path, metavar="PROSPECTS.csv")
    sub.add_argument("--out", type=Path, required=True, metavar="RESULT.parquet")
    sub.add_argument("--jobs", type=_jobs, metavar="N", help="local processes; default: one for each CPU")
    sub.add_argument(
        "--scheduler", metavar="ADDRESS", help="of a Dask cluster to use instead, tcp://host:8786"
    )
    sub.add_argument("--scenario", default="expected", help="id of a scenario or stress case")

    sub = command("settle", _settle, "turn a month-by-month file of actuals into the invoice", prices=False)
    sub.add_argument("terms", metavar="OFFER_OR_TERMS", help="id of an offer, or a file of terms")
    sub.add_argument("actuals", type=Path, metavar="ACTUALS.csv")
    sub.add_argument("--json", action="store_true", help="print the statement as JSON")

    sub = command(
        "check", _check, "validate every rule, price, offer and market; status 1 on any fault", prices=False
    )
    sub.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="default: pricing_rules")
    return parser


def _rules(options: argparse.Namespace) -> Rules:
    return open_rules(on=options.on, edition=options.edition)


def _words(options: argparse.Namespace, rules: Rules) -> Words:
    return Words(options.lang, remarks=rules.remarks)


def _print_json(content: dict[str, Any]) -> None:
    print(json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False))


def _quote(options: argparse.Namespace) -> None:
    rules = _rules(options)
    made = make.make(brief.read(options.brief), rules, scenario=options.scenario)
    if options.json:
        _print_json(quote.as_json(made))
    else:
        print(quote_text.as_text(made, _words(options, rules)))


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a day; write it as 2026-12-01") from None


def _share(text: str) -> float:
    """A share as typed after an option; any fault is an ``ArgumentTypeError`` that says what to write."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to below 1; write a number such as 0.8")
    return value


def _confidence(text: str) -> float:
    value = _share(text)
    if not LEAST_CONFIDENCE <= value <= MOST_CONFIDENCE:
        raise argparse.ArgumentTypeError(
            f"{text} is not from {LEAST_CONFIDENCE} to {MOST_CONFIDENCE}; write a number such as 0.8"
        )
    return value


def _jobs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 512:
        raise argparse.ArgumentTypeError(f"{text} is not a number of processes; write 1 to 512")
    return int(text)


def _batch(options: argparse.Namespace) -> int:
    rules = _rules(options)
    words = _words(options, rules)
    progress = batches.Progress(sys.stderr, words)
    left_out = options.out.parent / f"{options.out.stem}.rejected.csv"
    if left_out.exists() and options.prospects.exists() and left_out.samefile(options.prospects):
        raise fail("would_overwrite", "--out", found=str(left_out))
    try:
        worked = batch.run(
            options.prospects,
            options.out,
            rules,
            jobs=options.jobs,
            scheduler=options.scheduler,
            scenario=options.scenario,
            told=progress,
            rejected=lambda rows: batches.write_rejected(rows, left_out, words),
        )
    except KeyboardInterrupt:
        progress.broken_off(batch.parts_of(options.out))
        return 130
    progress.end(worked)
    return 0 if worked.done else 1


def _promise(options: argparse.Namespace) -> None:
    rules = _rules(options)
    made = make.make(brief.read(options.brief), rules, scenario=options.scenario, ask=False)
    counted = quote.dealt(made).counted
    reached = [reach.reaching(made, options.confidence, index) for index in range(len(made.goals))]
    if options.json:
        _print_json(trade.promise_json(made, counted, options.confidence, reached))
    else:
        print(trade_text.promise_text(made, counted, options.confidence, reached, _words(options, rules)))


def _trade(options: argparse.Namespace) -> None:
    rules = _rules(options)
    made = make.make(brief.read(options.brief), rules, scenario=options.scenario, ask=False)
    try:
        base = typed_amount(options.base, made.currency)
    except QuotecastError as error:
        raise QuotecastError([replace(fault, place="--base") for fault in error.faults]) from None
    listed = base_of(made.priced.terms, rules.trade)
    found = [trades.equal(made, base, means, options.risk_price) for means in MEANS]
    if options.json:
        _print_json(trade.trade_json(made, listed, found))
    else:
        print(trade_text.trade_text(made, found, rules.trade.commission, _words(options, rules)))


def _compare(options: argparse.Namespace) -> None:
    for path in (options.export, options.draws):
        if path is not None:
            tables.checked(path)
    rules, asked = _rules(options), brief.read(options.brief)
    offers = [
        candidates.read(Path(name), asked, rules)
        if Path(name).suffix in candidates.FILES
        else candidates.candidate(name, asked, rules)
        for name in options.offer or candidates.USUAL
    ]
    found = comparison.compare(asked, offers, rules, options.scenario or ["expected"])
    turned, crossings = flips.all_flips(found), crossover.crossovers(found)
    turned += tuple(flip for alone in tipping.nearest_assumptions(found) for flip in alone.flips)
    words = _words(options, rules)
    if options.export is not None:
        tables.write(tables.comparison_table(found, words), options.export)
    if options.draws is not None:
        tables.write(tables.draws_table(found), options.draws)
    if options.json:
        _print_json(comparison.as_json(found, turned, crossings))
    else:
        print(compare_words.as_text(found, turned, crossings, words))


def _pilot(options: argparse.Namespace) -> None:
    rules = _rules(options)
    made = make.make(brief.read(options.brief), rules, scenario=options.scenario, ask=False)
    found, history = knowing.pilot(made, options.weeks), knowing.records(made)
    if options.json:
        _print_json(pilot.pilot_json(made, found, history))
    else:
        print(pilot_words.pilot_text(made, found, history, _words(options, rules)))


def _estimate(options: argparse.Namespace) -> None:
    rules = _rules(options)
    found = estimate.estimate(brief.read(options.brief), rules, way=options.way, scenario=options.scenario)
    both = (tipping.flips(found, "profit"), tipping.flips(found, "goal"))
    turned = tuple(one for one in both if one is not None)
    drivers = estimate.estimate_drivers(found)
    if options.json:
        _print_json(estimate.estimate_json(found, turned, drivers))
    else:
        print(estimate_words.estimate_text(found, turned, drivers, _words(options, rules)))


def _settle(options: argparse.Namespace) -> None:
    folder = root()
    kpis = read_kpis(folder)
    offers = read_offers(folder, kpis)
    exists(options.actuals)
    if options.terms in offers:
        agreed = offers[options.terms].terms
    else:
        if Path(options.terms).is_dir():
            exists(Path(options.terms))
        agreed = offers.read(Path(options.terms), kpis, offers=tuple(offers))
    counted = actuals.read(options.actuals, agreed)
    result = statement_text.statement(agreed, fees(agreed, counted), counted)
    if options.json:
        _print_json(result)
    else:
        print(statement_text.read_aloud(result, options.lang))


def _check(options: argparse.Namespace) -> int:
    faults = check(options.folder or root())
    for fault in faults:
        print(fault.line(options.lang))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
