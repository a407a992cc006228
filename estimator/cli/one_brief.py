"""The commands that answer one brief under one scenario: quote, promise, trade, pilot, estimate."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from estimator.cli.options import chosen_words, command, opened_rules, print_json, share
from estimator.values.errors import QuotecastError

if TYPE_CHECKING:
    from estimator.quoting.quote import Quote
    from estimator.rules.rules import Rules

LEAST_CONFIDENCE, MOST_CONFIDENCE = 0.01, 0.99
"""Beyond them a level rests on fewer than one draw in a hundred, and is said as "100 of 100"."""
USUAL_CONFIDENCE = 0.8
SERVICES = ("whole_shop", "part_operation", "kpi_consulting")


def add_one_brief(commands: Any) -> None:
    """The commands that answer one brief under one scenario."""
    subs = {
        name: command(commands, name, run, text)
        for name, run, text in (
            ("quote", _quote, "price a brief and say how likely its goals are"),
            ("promise", _promise, "say which level of each goal is safe to sign"),
            ("trade", _trade, "say what keeps the agency's income at another base fee"),
            ("pilot", _pilot, "price a paid test, and say what it would do to the safe level and the fee"),
            ("estimate", _estimate, "say what a seller alone may expect, and what to ask before signing"),
            ("fit", _fit, "say what a budget a month, all in, leaves for ads under each service"),
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
        "--risk-price", type=share, default=0.0, help="0.2 charges a fifth of the risk"
    )
    subs["pilot"].add_argument(
        "--weeks", type=float, default=2.0, help="weeks of test spend at the brief's ad budget"
    )
    subs["estimate"].add_argument(
        "--way", choices=SERVICES, help="who operates; default: the brief's service"
    )

    subs["fit"].add_argument("--budget", required=True, metavar="AMOUNT", help="a month, all in: 2000 or 2k")


def _confidence(text: str) -> float:
    value = share(text)
    if not LEAST_CONFIDENCE <= value <= MOST_CONFIDENCE:
        raise argparse.ArgumentTypeError(
            f"{text} is not from {LEAST_CONFIDENCE} to {MOST_CONFIDENCE}; write a number such as 0.8"
        )
    return value


def _made(options: argparse.Namespace, rules: Rules, *, ask: bool = False) -> Quote:
    from estimator.quoting.knowledge import with_known
    from estimator.quoting.make import make

    return with_known(make(rules.reader.read(options.brief), rules, scenario=options.scenario, ask=ask))


def _quote(options: argparse.Namespace) -> None:
    from estimator.comparing.worth import worth_of_quote
    from estimator.presentation.quote_text import as_text
    from estimator.schemas.quote import as_json
    from estimator.schemas.worth import worth_answer

    rules = opened_rules(options)
    made = _made(options, rules, ask=True)
    if options.json:
        print_json(as_json(made, rules.vocabulary.question))
    else:
        print(as_text(made, chosen_words(options, rules), worth_answer(worth_of_quote(made))))


def _promise(options: argparse.Namespace) -> None:
    from estimator.presentation.trade_text import promise_text
    from estimator.quoting.reach import reaching
    from estimator.schemas.trade import promise_json

    rules = opened_rules(options)
    made = _made(options, rules)
    reached = [reaching(made, options.confidence, index) for index in range(len(made.goals))]
    if options.json:
        print_json(promise_json(made, options.confidence, reached))
    else:
        print(promise_text(made, options.confidence, reached, chosen_words(options, rules)))


def _trade(options: argparse.Namespace) -> None:
    from estimator.presentation.trade_text import trade_text
    from estimator.quoting.negotiation import MEANS, base_of
    from estimator.quoting.trades import equal
    from estimator.schemas.trade import trade_json
    from estimator.values.typed import typed_amount

    rules = opened_rules(options)
    made = _made(options, rules)
    try:
        base = typed_amount(options.base, made.currency)
    except QuotecastError as error:
        raise QuotecastError([replace(fault, place="--base") for fault in error.faults]) from None
    listed = base_of(made.priced.terms, rules.trade)
    trades = [equal(made, base, means, options.risk_price) for means in MEANS]
    if options.json:
        print_json(trade_json(made, listed, trades))
    else:
        print(trade_text(made, trades, rules.trade.commission, chosen_words(options, rules)))


def _pilot(options: argparse.Namespace) -> None:
    from estimator.presentation.pilot_words import pilot_text
    from estimator.quoting.pilot import pilot, records
    from estimator.schemas.pilot import pilot_json

    rules = opened_rules(options)
    made = _made(options, rules)
    paid_test, history = pilot(made, options.weeks), records(made)
    if options.json:
        print_json(pilot_json(made, paid_test, history))
    else:
        print(pilot_text(made, paid_test, history, chosen_words(options, rules)))


def _fit(options: argparse.Namespace) -> None:
    from estimator.presentation.fit_words import fit_text
    from estimator.quoting.fitting import fits
    from estimator.schemas.fitting import fit_answer
    from estimator.values.typed import typed_amount

    rules = opened_rules(options)
    brief = rules.reader.read(options.brief)
    budget = typed_amount(options.budget, brief.currency, exchange=rules.exchange)
    found = fits(brief, rules, budget)
    if options.json:
        print_json(fit_answer(found, budget, brief.currency))
    else:
        print(fit_text(found, budget, brief.currency, chosen_words(options, rules)))


def _estimate(options: argparse.Namespace) -> None:
    from estimator.comparing.worth import worth_of_estimate
    from estimator.presentation.estimate_words import estimate_text
    from estimator.presentation.worth_words import with_sentence
    from estimator.quoting.estimate import estimate, estimate_drivers
    from estimator.quoting.tipping import flips
    from estimator.schemas.estimate import estimate_json
    from estimator.schemas.worth import worth_answer

    rules = opened_rules(options)
    answer = estimate(rules.reader.read(options.brief), rules, way=options.way, scenario=options.scenario)
    both = (flips(answer, "profit"), flips(answer, "goal"))
    turned = tuple(one for one in both if one is not None)
    drivers = estimate_drivers(answer)
    worth = worth_answer(worth_of_estimate(answer))
    if options.json:
        print_json(estimate_json(answer, turned, drivers, with_sentence(worth, rules)))
    else:
        print(estimate_text(answer, turned, drivers, chosen_words(options, rules), worth))
