"""The command that sets several ways to buy side by side: compare."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from estimator.cli.options import chosen_words, command, opened_rules, print_json


def add_comparison(commands: Any) -> None:
    """The command ``compare``."""
    sub = command(commands, "compare", _compare, "set two to six ways to buy the service side by side")
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


def _compare(options: argparse.Namespace) -> None:
    from estimator.comparing import offers
    from estimator.comparing.comparison import compare
    from estimator.comparing.crossover import crossovers
    from estimator.comparing.flips import all_flips
    from estimator.comparing.tipping import nearest_assumptions
    from estimator.comparing.worth import worth_of_comparison
    from estimator.presentation import tables
    from estimator.presentation.compare_words import as_text
    from estimator.presentation.worth_words import with_sentence
    from estimator.schemas.comparison import as_json
    from estimator.schemas.worth import worth_answer

    for path in (options.export, options.draws):
        if path is not None:
            tables.checked(path)
    rules = opened_rules(options)
    asked = rules.reader.read(options.brief)
    candidates = [
        offers.read(Path(name), asked, rules)
        if Path(name).suffix in offers.FILES
        else offers.candidate(name, asked, rules)
        for name in options.offer or offers.USUAL
    ]
    comparison = compare(asked, candidates, rules, options.scenario or ["expected"])
    turned, crossings = all_flips(comparison), crossovers(comparison)
    turned += tuple(flip for alone in nearest_assumptions(comparison) for flip in alone.flips)
    words = chosen_words(options, rules)
    if options.export is not None:
        tables.write(tables.comparison_table(comparison, words), options.export)
    if options.draws is not None:
        tables.write(tables.draws_table(comparison), options.draws)
    of_best = worth_of_comparison(comparison)
    worth = None if of_best is None else worth_answer(of_best)
    if options.json:
        said = None if worth is None else with_sentence(worth, rules)
        print_json(as_json(comparison, turned, crossings, said))
    else:
        print(as_text(comparison, turned, crossings, words, worth))
