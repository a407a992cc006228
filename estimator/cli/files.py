"""The commands that price nothing: settle, a statement of actuals; check, of the rules."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from estimator.cli.options import command, day, print_json


def add_files(commands: Any) -> None:
    """The commands that price nothing: a statement of actuals, and the check of the rules."""
    text = "turn a month-by-month file of actuals into the invoice"
    sub = command(commands, "settle", _settle, text, prices=False)
    sub.add_argument("terms", metavar="OFFER_OR_TERMS", help="id of an offer, or a file of terms")
    sub.add_argument(
        "actuals", type=Path, nargs="+", metavar="ACTUALS.csv", help="one or several, in any order"
    )
    sub.add_argument("--ends", type=day, metavar="DAY", help="the day on which the contract ended")
    sub.add_argument("--json", action="store_true", help="print the statement as JSON")
    text = "validate every rule, price, offer and market; status 1 on any fault"
    sub = command(commands, "check", _check, text, prices=False)
    sub.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="default: pricing_rules")


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
        print_json(result)
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
