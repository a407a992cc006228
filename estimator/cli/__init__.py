"""The command ``quotecast``: quote, promise, trade, compare, pilot, estimate, document, send, batch,
settle, check, book, backtest, ledger, review, import.

Each command imports what it needs when it runs: settling a month must not wait for charts to load.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from estimator.cli.batch import add_batch
from estimator.cli.book import add_book
from estimator.cli.comparison import add_comparison
from estimator.cli.document import add_document
from estimator.cli.evidence import add_evidence
from estimator.cli.files import add_files
from estimator.cli.imports import add_import
from estimator.cli.one_brief import add_one_brief
from estimator.cli.parser import ChineseParser, Parser, language_of
from estimator.cli.review import add_review
from estimator.values.errors import Fault, QuotecastError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 is success, 1 a fault in the input, 2 a wrong call."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    language = language_of(given)
    options = _parser(language).parse_args(given)
    options.lang = language
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


def _parser(language: str = "en") -> argparse.ArgumentParser:
    of_language = ChineseParser if language == "zh" else Parser
    parser = of_language(prog="quotecast", description="A quote with its odds.")
    parser.add_argument("--lang", choices=("zh", "en"), default="en", help="language of the answer")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (
        add_one_brief,
        add_comparison,
        add_document,
        add_batch,
        add_files,
        add_book,
        add_evidence,
        add_review,
        add_import,
    ):
        add(commands)
    return parser
