"""What every command shares: its language and day, the values typed after an option, printing JSON."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from estimator.presentation.words import Words
    from estimator.rules.rules import Rules
    from estimator.schemas.record import Record


def command(commands: Any, name: str, run: Any, text: str, *, prices: bool = True) -> Any:
    """A new command, which ``run`` carries out; one that ``prices`` may ask for a day or an edition."""
    sub = commands.add_parser(name, help=text, description=text)
    if prices:
        sub.add_argument("--on", type=day, metavar="DAY", help="prices of that day; default: today")
        sub.add_argument("--edition", metavar="ID", help="an edition by its id, sealed or not")
    sub.add_argument("--lang", choices=("zh", "en"), default="en", help="language of the answer")
    sub.set_defaults(run=run)
    return sub


def day(text: str) -> dt.date:
    """A day as typed after an option."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a day; write it as 2026-12-01") from None


def share(text: str) -> float:
    """A share as typed after an option; any fault is an ``ArgumentTypeError`` that says what to write."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to below 1; write a number such as 0.8")
    return value


def opened_rules(options: argparse.Namespace) -> Rules:
    """The rules of the day or the edition that was asked for."""
    from estimator.rules.rules import open_rules

    return open_rules(on=options.on, edition=options.edition)


def chosen_words(options: argparse.Namespace, rules: Rules) -> Words:
    """The words of the language that was asked for."""
    from estimator.presentation.words import Words

    return Words(options.lang, vocabulary=rules.vocabulary, remarks=rules.remarks)


def print_json(answer: Record) -> None:
    """Print a record as JSON."""
    content = answer.model_dump(mode="json")
    print(json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False))
