"""The commands that write a quote as a document, and that send it under a number."""

from __future__ import annotations

import argparse
import getpass
import re
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from estimator.cli.book import opened
from estimator.cli.options import chosen_words, command, opened_rules
from estimator.values.errors import fail

if TYPE_CHECKING:
    from estimator.contract.parties import Party
    from estimator.quoting.quote import Quote
    from estimator.rules.rules import Rules

FORMS = (".pdf", ".html", ".xlsx", ".png", ".json")
NUMBER = re.compile(r"Q-\d{4}-\d{4,}(-r\d+)?")


def add_document(commands: Any) -> None:
    """The commands ``document`` and ``send``."""
    text = "write a quote as a document for the client; the ending of FILE says which"
    sub = command(commands, "document", _document, text)
    sub.add_argument("brief", metavar="BRIEF.toml|NUMBER", help="a brief, or a quote that was sent")
    sub.add_argument("--out", type=Path, required=True, metavar="FILE", help=" ".join(FORMS))
    sub.add_argument("--paper", choices=("a4", "letter"), help="default: as the letterhead says")
    _add_client(sub)
    text = "send a quote: give it a number and keep it, with its documents, in the book"
    sub = command(commands, "send", _send, text)
    sub.add_argument("brief", metavar="BRIEF.toml")
    sub.add_argument("--follows", metavar="NUMBER", help="the quote that this is the next revision of")
    sub.add_argument(
        "--approve", metavar="REASON", help="approve it yourself, as the only user; goes on record"
    )
    sub.add_argument("--by", metavar="NAME", help="who sends it; default: the name of your login")
    sub.add_argument("--out", type=Path, metavar="DIR", help="also write the documents there")
    _add_client(sub)


def _add_client(sub: Any) -> None:
    sub.add_argument("--client", type=Path, metavar="CLIENT.toml", help="whom it is for")
    sub.add_argument("--entity", metavar="ID", help="which of our companies bills; default: by currency")
    sub.add_argument("--valid-days", type=_days, metavar="DAYS", help="default: as the letterhead says")
    sub.add_argument("--scenario", default="expected", help="id of a scenario or stress case")
    sub.add_argument("--book", metavar="DIR_OR_URL", help="folder or database address of the book")


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 365:
        raise argparse.ArgumentTypeError(f"{text} is not a number of days; write 1 to 365")
    return int(text)


def _document(options: argparse.Namespace) -> None:
    from estimator.documents.written import FORMS as KINDS
    from estimator.documents.written import written
    from estimator.schemas.proposed import Sending, propose

    form = options.out.suffix.lower().removeprefix(".")
    if form not in KINDS:
        raise fail("not_a_choice", "--out", found=options.out.suffix, choices=", ".join(FORMS))
    if NUMBER.fullmatch(options.brief):
        _written(options.out, [_as_sent(options, form)])
        return
    rules = opened_rules(options)
    client = _client(options)
    quote = _quote(options, rules)
    sending = Sending(client=client, entity=options.entity, valid_days=options.valid_days)
    made = written(quote, propose(quote, sending), chosen_words(options, rules), options.paper)
    _written(options.out, list(made.files(form).values()))


def _as_sent(options: argparse.Namespace, form: str) -> bytes:
    """The bytes that the client got: nothing is worked out anew."""
    with closing(opened(options)) as book:
        revision = book.read(options.brief)
        names = [document.name for document in revision.documents if not document.signed]
        wanted = [name for name in names if name.endswith(f"-{options.lang}.{form}")]
        if not wanted:
            raise fail("not_a_choice", "--out", found=f".{form}", choices=", ".join(names))
        return book.document(revision.reference, wanted[0])


def _written(out: Path, contents: list[bytes]) -> None:
    """Write one file, or numbered ones where there are several, and print where."""
    for number, content in enumerate(contents, start=1):
        path = out if len(contents) == 1 else out.with_name(f"{out.stem}-{number}{out.suffix}")
        path.write_bytes(content)
        print(path)


def _client(options: argparse.Namespace) -> Party:
    from estimator.contract.parties import Party, read_client
    from estimator.documents.written import check_names

    if options.client is None:
        return Party()
    client = read_client(options.client)
    check_names(client, options.client.name)
    return client


def _quote(options: argparse.Namespace, rules: Rules) -> Quote:
    from estimator.quoting.knowledge import with_known
    from estimator.quoting.make import make

    brief = rules.reader.read(Path(options.brief))
    return with_known(make(brief, rules, scenario=options.scenario, ask=False))


def _send(options: argparse.Namespace) -> None:
    from estimator.documents import sending
    from estimator.presentation.book_text import pending_text, sent_text
    from estimator.schemas.proposed import Sending, propose

    rules = opened_rules(options)
    words, user = chosen_words(options, rules), options.by or getpass.getuser()
    wanted = Sending(client=_client(options), entity=options.entity, valid_days=options.valid_days)
    quote = _quote(options, rules)
    proposal = propose(quote, wanted)
    with closing(opened(options, begin=True, approve_own=True)) as book:
        draft = None if options.follows is None else book.revise(options.follows, user=user)
        ready = sending.prepare(book, quote, proposal, user=user, draft=draft)
        if ready.pending and options.approve:
            ready = sending.approve(book, ready, user=user, reason=options.approve)
        if ready.pending:
            print(pending_text(ready.pending, words))
            book.discard_draft(ready.draft.id, user=user, version=ready.draft.version)
            needed = ready.record.approvers_needed()
            found = ", ".join(line.id for line in ready.pending)
            raise fail("not_approved", "--approve", found=found, needed=needed)
        revision = sending.send(book, quote, ready, user=user)
        print(sent_text(revision, words))
        for document in revision.documents if options.out is not None else ():
            options.out.mkdir(parents=True, exist_ok=True)
            path = options.out / document.name
            path.write_bytes(book.document(revision.reference, document.name))
            print(path)
