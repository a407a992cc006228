"""The command that writes a quote as a document: PDF, web page, workbook, pictures or data."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from estimator.cli.options import chosen_words, command, opened_rules
from estimator.values.errors import fail

FORMS = (".pdf", ".html", ".xlsx", ".png", ".json")


def add_document(commands: Any) -> None:
    """The command ``document``."""
    text = "write a quote as a document for the client; the ending of FILE says which"
    sub = command(commands, "document", _document, text)
    sub.add_argument("brief", type=Path, metavar="BRIEF.toml")
    sub.add_argument("--out", type=Path, required=True, metavar="FILE", help=" ".join(FORMS))
    sub.add_argument("--client", type=Path, metavar="CLIENT.toml", help="whom it is for")
    sub.add_argument("--entity", metavar="ID", help="which of our companies bills; default: by currency")
    sub.add_argument("--paper", choices=("a4", "letter"), help="default: as the letterhead says")
    sub.add_argument("--valid-days", type=_days, metavar="DAYS", help="default: as the letterhead says")
    sub.add_argument("--scenario", default="expected", help="id of a scenario or stress case")


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 365:
        raise argparse.ArgumentTypeError(f"{text} is not a number of days; write 1 to 365")
    return int(text)


def _document(options: argparse.Namespace) -> None:
    from estimator.brief.brief import read
    from estimator.contract.parties import Party, read_client
    from estimator.documents.written import FORMS as KINDS
    from estimator.documents.written import check_names, written
    from estimator.quoting.make import make
    from estimator.schemas.proposed import Sending, propose

    form = options.out.suffix.lower().removeprefix(".")
    if form not in KINDS:
        raise fail("not_a_choice", "--out", found=options.out.suffix, choices=", ".join(FORMS))
    rules = opened_rules(options)
    client = Party() if options.client is None else read_client(options.client)
    if options.client is not None:
        check_names(client, options.client.name)
    quote = make(read(options.brief, rules.vocabulary), rules, scenario=options.scenario, ask=False)
    sending = Sending(client=client, entity=options.entity, valid_days=options.valid_days)
    made = written(quote, propose(quote, sending), chosen_words(options, rules), options.paper)
    contents = list(made.files(form).values())
    for number, content in enumerate(contents, start=1):
        path = options.out
        if len(contents) > 1:
            path = path.with_name(f"{path.stem}-{number}{path.suffix}")
        path.write_bytes(content)
        print(path)
