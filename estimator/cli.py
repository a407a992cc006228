"""The command ``quotecast``: quote, promise, trade, compare, pilot, estimate, batch, settle, check.

Each command imports what it needs when it runs: settling a month must not wait for charts to load.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from estimator.values.errors import Fault, QuotecastError, fail

if TYPE_CHECKING:
    from estimator.presentation.words import Words
    from estimator.quoting.quote import Quote
    from estimator.rules.rules import Rules
    from estimator.schemas.record import Record

LEAST_CONFIDENCE, MOST_CONFIDENCE = 0.01, 0.99
"""Beyond them a level rests on fewer than one draw in a hundred, and is said as "100 of 100"."""
USUAL_CONFIDENCE = 0.8
SERVICES = ("whole_shop", "part_operation", "kpi_consulting")


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


# ── what may be typed ─────────────────────────────────────────────────────────────────────────────


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="quotecast", description="A quote with its odds.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (_on_one_brief, _on_a_comparison, _on_a_batch, _on_files):
        add(commands)
    return parser


def _command(commands: Any, name: str, run: Any, text: str, *, prices: bool = True) -> Any:
    sub = commands.add_parser(name, help=text, description=text)
    if prices:
        sub.add_argument("--on", type=_day, metavar="DAY", help="prices of that day; default: today")
        sub.add_argument("--edition", metavar="ID", help="an edition by its id, sealed or not")
    sub.add_argument("--lang", choices=("zh", "en"), default="en", help="language of the answer")
    sub.set_defaults(run=run)
    return sub


def _on_one_brief(commands: Any) -> None:
    """The commands that answer one brief under one scenario."""
    subs = {
        name: _command(commands, name, run, text)
        for name, run, text in (
            ("quote", _quote, "price a brief and say how likely its goals are"),
            ("promise", _promise, "say which level of each goal is safe to sign"),
            ("trade", _trade, "say what keeps the agency's income at another base fee"),
            ("pilot", _pilot, "price a paid test, and say what it would do to the safe level and the fee"),
            ("estimate", _estimate, "say what a seller alone may expect, and what to ask before signing"),
        )
    }
    for sub in subs.values():
        sub.add_argument("brief", type=Path, metavar="BRIEF.toml")
        sub.add_argument("--scenario", default="expected", help="id of a scenario or stress case")
        sub.add_argument("--json", action="store_true", help="print the answer as JSON")
    subs["promise"].add_argument(
        "--confidence", type=_confidence, default=USUAL_CONFIDENCE, help="0.8 is eight outcomes of ten"
    )
    subs["trade"].add_argument("--base", required=True, metavar="AMOUNT", help="base fee a month: 3000 or 3k")
    subs["trade"].add_argument(
        "--risk-price", type=_share, default=0.0, help="0.2 charges a fifth of the risk"
    )
    subs["pilot"].add_argument(
        "--weeks", type=float, default=2.0, help="weeks of test spend at the brief's ad budget"
    )
    subs["estimate"].add_argument(
        "--way", choices=SERVICES, help="who operates; default: the brief's service"
    )


def _on_a_comparison(commands: Any) -> None:
    sub = _command(commands, "compare", _compare, "set two to six ways to buy the service side by side")
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


def _on_a_batch(commands: Any) -> None:
    text = "price a CSV of prospects, with their odds, into one Parquet file"
    sub = _command(commands, "batch", _batch, text)
    sub.add_argument("prospects", type=Path, metavar="PROSPECTS.csv")
    sub.add_argument("--out", type=Path, required=True, metavar="RESULT.parquet")
    sub.add_argument("--jobs", type=_jobs, metavar="N", help="local processes; default: one for each CPU")
    sub.add_argument(
        "--scheduler", metavar="ADDRESS", help="of a Dask cluster to use instead, tcp://host:8786"
    )
    sub.add_argument("--scenario", default="expected", help="id of a scenario or stress case")


def _on_files(commands: Any) -> None:
    """The commands that price nothing: a statement of actuals, and the check of the rules."""
    text = "turn a month-by-month file of actuals into the invoice"
    sub = _command(commands, "settle", _settle, text, prices=False)
    sub.add_argument("terms", metavar="OFFER_OR_TERMS", help="id of an offer, or a file of terms")
    sub.add_argument(
        "actuals", type=Path, nargs="+", metavar="ACTUALS.csv", help="one or several, in any order"
    )
    sub.add_argument("--ends", type=_day, metavar="DAY", help="the day on which the contract ended")
    sub.add_argument("--json", action="store_true", help="print the statement as JSON")
    text = "validate every rule, price, offer and market; status 1 on any fault"
    sub = _command(commands, "check", _check, text, prices=False)
    sub.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="default: pricing_rules")


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


# ── what is answered ──────────────────────────────────────────────────────────────────────────────


def _rules(options: argparse.Namespace) -> Rules:
    from estimator.rules.rules import open_rules

    return open_rules(on=options.on, edition=options.edition)


def _words(options: argparse.Namespace, rules: Rules) -> Words:
    from estimator.presentation.words import Words

    return Words(options.lang, vocabulary=rules.vocabulary, remarks=rules.remarks)


def _made(options: argparse.Namespace, rules: Rules, *, ask: bool = False) -> Quote:
    from estimator.brief.brief import read
    from estimator.quoting.make import make

    return make(read(options.brief, rules.vocabulary), rules, scenario=options.scenario, ask=ask)


def _print_json(answer: Record) -> None:
    content = answer.model_dump(mode="json")
    print(json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False))


def _quote(options: argparse.Namespace) -> None:
    from estimator.presentation.quote_text import as_text
    from estimator.schemas.quote import as_json

    rules = _rules(options)
    made = _made(options, rules, ask=True)
    if options.json:
        _print_json(as_json(made, rules.vocabulary.question))
    else:
        print(as_text(made, _words(options, rules)))


def _promise(options: argparse.Namespace) -> None:
    from estimator.presentation.trade_text import promise_text
    from estimator.quoting.reach import reaching
    from estimator.schemas.trade import promise_json

    rules = _rules(options)
    made = _made(options, rules)
    reached = [reaching(made, options.confidence, index) for index in range(len(made.goals))]
    if options.json:
        _print_json(promise_json(made, options.confidence, reached))
    else:
        print(promise_text(made, options.confidence, reached, _words(options, rules)))


def _trade(options: argparse.Namespace) -> None:
    from estimator.presentation.trade_text import trade_text
    from estimator.quoting.negotiation import MEANS, base_of
    from estimator.quoting.trades import equal
    from estimator.schemas.trade import trade_json
    from estimator.values.typed import typed_amount

    rules = _rules(options)
    made = _made(options, rules)
    try:
        base = typed_amount(options.base, made.currency)
    except QuotecastError as error:
        raise QuotecastError([replace(fault, place="--base") for fault in error.faults]) from None
    listed = base_of(made.priced.terms, rules.trade)
    trades = [equal(made, base, means, options.risk_price) for means in MEANS]
    if options.json:
        _print_json(trade_json(made, listed, trades))
    else:
        print(trade_text(made, trades, rules.trade.commission, _words(options, rules)))


def _pilot(options: argparse.Namespace) -> None:
    from estimator.presentation.pilot_words import pilot_text
    from estimator.quoting.pilot import pilot, records
    from estimator.schemas.pilot import pilot_json

    rules = _rules(options)
    made = _made(options, rules)
    paid_test, history = pilot(made, options.weeks), records(made)
    if options.json:
        _print_json(pilot_json(made, paid_test, history))
    else:
        print(pilot_text(made, paid_test, history, _words(options, rules)))


def _estimate(options: argparse.Namespace) -> None:
    from estimator.brief.brief import read
    from estimator.presentation.estimate_words import estimate_text
    from estimator.quoting.estimate import estimate, estimate_drivers
    from estimator.quoting.tipping import flips
    from estimator.schemas.estimate import estimate_json

    rules = _rules(options)
    answer = estimate(
        read(options.brief, rules.vocabulary), rules, way=options.way, scenario=options.scenario
    )
    both = (flips(answer, "profit"), flips(answer, "goal"))
    turned = tuple(one for one in both if one is not None)
    drivers = estimate_drivers(answer)
    if options.json:
        _print_json(estimate_json(answer, turned, drivers))
    else:
        print(estimate_text(answer, turned, drivers, _words(options, rules)))


def _compare(options: argparse.Namespace) -> None:
    from estimator.brief.brief import read
    from estimator.comparing import offers
    from estimator.comparing.comparison import compare
    from estimator.comparing.crossover import crossovers
    from estimator.comparing.flips import all_flips
    from estimator.comparing.tipping import nearest_assumptions
    from estimator.presentation import tables
    from estimator.presentation.compare_words import as_text
    from estimator.schemas.comparison import as_json

    for path in (options.export, options.draws):
        if path is not None:
            tables.checked(path)
    rules = _rules(options)
    asked = read(options.brief, rules.vocabulary)
    candidates = [
        offers.read(Path(name), asked, rules)
        if Path(name).suffix in offers.FILES
        else offers.candidate(name, asked, rules)
        for name in options.offer or offers.USUAL
    ]
    comparison = compare(asked, candidates, rules, options.scenario or ["expected"])
    turned, crossings = all_flips(comparison), crossovers(comparison)
    turned += tuple(flip for alone in nearest_assumptions(comparison) for flip in alone.flips)
    words = _words(options, rules)
    if options.export is not None:
        tables.write(tables.comparison_table(comparison, words), options.export)
    if options.draws is not None:
        tables.write(tables.draws_table(comparison), options.draws)
    if options.json:
        _print_json(as_json(comparison, turned, crossings))
    else:
        print(as_text(comparison, turned, crossings, words))


def _batch(options: argparse.Namespace) -> int:
    from estimator.batch.run import parts_of, run
    from estimator.presentation import progress

    rules = _rules(options)
    words = _words(options, rules)
    told = progress.Progress(sys.stderr, words)
    left_out = options.out.parent / f"{options.out.stem}.rejected.csv"
    if left_out.exists() and options.prospects.exists() and left_out.samefile(options.prospects):
        raise fail("would_overwrite", "--out", found=str(left_out))
    try:
        worked = run(
            options.prospects,
            options.out,
            rules,
            jobs=options.jobs,
            scheduler=options.scheduler,
            scenario=options.scenario,
            told=told,
            rejected=lambda rows: progress.write_rejected(rows, left_out, words),
        )
    except KeyboardInterrupt:
        told.broken_off(parts_of(options.out))
        return 130
    told.end(worked)
    return 0 if worked.done else 1


def _settle(options: argparse.Namespace) -> None:
    from estimator.contract.offers import read as read_terms
    from estimator.earnings import actuals
    from estimator.earnings.settlement import fees
    from estimator.presentation.statement_text import read_aloud
    from estimator.rules.reading import read_exchange, read_kpis, read_offers
    from estimator.rules.rules import root
    from estimator.rules.words import read_vocabulary
    from estimator.schemas.statement import statement
    from estimator.values.validation import exists

    words = read_vocabulary(folder := root())
    kpis = read_kpis(folder, words)
    offers = read_offers(folder, kpis, words)
    for path in options.actuals:
        exists(path)
    if options.terms in offers:
        agreed = offers[options.terms].terms
    else:
        if Path(options.terms).is_dir():
            exists(Path(options.terms))
        agreed = read_terms(Path(options.terms), kpis, tuple(offers), words)
    platforms, rates = words.ids("platforms"), read_exchange(folder)
    counted = actuals.read(options.actuals, agreed, platforms, ends=options.ends, exchange=rates)
    result = statement(agreed, fees(agreed, counted), counted)
    if options.json:
        _print_json(result)
    else:
        print(read_aloud(result, options.lang))


def _check(options: argparse.Namespace) -> int:
    from estimator.rules.check import check
    from estimator.rules.editions import unsealed
    from estimator.rules.rules import root

    folder = options.folder or root()
    faults = check(folder)
    notes = () if faults or (folder / "card.toml").is_file() else unsealed(folder)
    for fault in (*faults, *notes):
        print(fault.line(options.lang))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
