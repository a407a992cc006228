"""The command that reviews a running contract for both its sides: ``review``."""

from __future__ import annotations

import argparse
import datetime as dt
from contextlib import closing
from pathlib import Path
from typing import Any

from estimator.cli.book import on_book, opened
from estimator.cli.options import chosen_words, day, print_json
from estimator.values.errors import fail


def add_review(commands: Any) -> None:
    """The command ``review``."""
    text = "review a running contract: what was forecast, what came, and who brought what"
    sub = on_book(commands, "review", _review, text)
    sub.add_argument("number", metavar="NUMBER", help="Q-2026-0042, or Q-2026-0042-r3 for a revision")
    sub.add_argument("--month", metavar="MONTH", help="up to that month, 2027-02; default: the last entered")
    sub.add_argument("--on", type=day, metavar="DAY", help="what was final on that day; default: today")
    sub.add_argument("--paper", choices=("a4", "letter"), help="default: as the letterhead says")
    form = sub.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the review as JSON")
    form.add_argument("--pdf", type=Path, metavar="FILE", help="write the review as a PDF")


def _review(options: argparse.Namespace) -> None:
    from estimator.evidence.review import review_of
    from estimator.rules.rules import open_rules

    rules = open_rules()
    on = options.on or dt.datetime.now(dt.UTC).date()
    with closing(opened(options)) as book:
        revision = book.read(options.number)
        every = book.forecasts(revision.number, every=True)
    forecast = next((one for one in every if one.revision.revision == revision.revision), None)
    if forecast is None:
        raise fail("record_erased", revision.reference)
    review = review_of(forecast, rules, on, month=options.month)
    if options.json:
        print_json(review)
        return
    words = chosen_words(options, rules)
    if options.pdf is not None:
        from estimator.documents.reviewed import reviewed

        made = reviewed(review, words, rules.logo, options.paper or rules.letterhead.paper)
        options.pdf.write_bytes(made.pdf)
        print(options.pdf)
        return
    from estimator.presentation.review_text import review_text

    print(review_text(review, words))
