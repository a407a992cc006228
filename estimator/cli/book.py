"""The commands on the book of quotes: list, show, again, link, actuals, backup, restore, verify, export."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from estimator.cli.options import chosen_words, command, day, opened_rules, print_json
from estimator.values.errors import fail

if TYPE_CHECKING:
    from estimator.book.book import Book

SORTS = ("changed", "number", "client", "value", "follow_up")


def add_book(commands: Any) -> None:
    """The command ``book`` and what it does."""
    text = "read, back up, verify and export the quotes that were sent"
    book = commands.add_parser("book", help=text, description=text)
    inner = book.add_subparsers(required=True, metavar="ACTION")
    _add_reading(inner)
    _add_keeping(inner)


def _add_reading(inner: Any) -> None:
    sub = on_book(inner, "list", _list, "list the quotes, a page at a time")
    sub.add_argument("--search", default="", help="a part of a client's name, or how a number begins")
    sub.add_argument("--state", help="sent, agreed, signed, declined, expired, withdrawn or superseded")
    sub.add_argument("--owner", help="whose quotes")
    sub.add_argument("--client", help="for whom, by the whole name")
    sub.add_argument("--sort", choices=SORTS, default="changed", help="default: changed last first")
    sub.add_argument("--offset", type=int, default=0, metavar="N", help="rows to pass over")
    sub.add_argument("--limit", type=int, default=50, metavar="N", help="rows of a page, up to 500")
    sub.add_argument("--json", action="store_true", help="print the page as JSON")
    sub = on_book(inner, "show", _show, "show a quote as it was sent, and what was done to it")
    sub.add_argument("reference", metavar="NUMBER", help="Q-2026-0042, or Q-2026-0042-r3 for a revision")
    sub.add_argument("--json", action="store_true", help="print everything as JSON")
    text = "price a quote that was sent again, and say what moved it since, cause by cause"
    sub = on_book(inner, "again", _again, text, prices=True)
    sub.add_argument("reference", metavar="NUMBER", help="Q-2026-0042, or Q-2026-0042-r3 for a revision")
    sub.add_argument("--brief", type=Path, metavar="BRIEF.toml", help="other facts; default: those recorded")
    sub.add_argument("--json", action="store_true", help="print the steps as JSON")
    text = "make a link by which the client reads, agrees, declines and asks; it is shown once"
    sub = on_book(inner, "link", _link, text)
    sub.add_argument("reference", metavar="NUMBER", help="Q-2026-0042, or Q-2026-0042-r3 for a revision")
    sub.add_argument("--by", required=True, metavar="NAME", help="who makes or closes it, for the audit")
    what = sub.add_mutually_exclusive_group(required=True)
    what.add_argument("--days", type=int, metavar="N", help="how long it opens, up to 365 days")
    what.add_argument("--revoke", action="store_true", help="close every link of the revision")
    text = "enter what was counted in a quote's months, and say what its goals came to"
    sub = on_book(inner, "actuals", _actuals, text)
    sub.add_argument("number", metavar="NUMBER", help="Q-2026-0042, or Q-2026-0042-r3 for its terms")
    sub.add_argument("files", type=Path, nargs="+", metavar="FILE.csv", help="as for settle, in any order")
    sub.add_argument("--by", required=True, metavar="NAME", help="who enters it, for the audit")
    sub.add_argument("--ends", type=day, metavar="DAY", help="the day on which the contract ended")
    sub = on_book(inner, "role", _role, "say what somebody who signs in may do: the first one is admin")
    sub.add_argument("name", metavar="NAME", help="the address that somebody signs in with")
    sub.add_argument("role", choices=("sales", "approver", "admin", "none"))
    sub.add_argument("--by", required=True, metavar="NAME", help="an admin, for the audit")
    command(inner, "notice", _notice, "send a test message to the chat of $QUOTECAST_WEBHOOK", prices=False)
    on_book(inner, "people", _people, "list everybody with a role")
    sub = on_book(inner, "export", _export, "write records, documents and audit into a folder")
    sub.add_argument("folder", type=Path, metavar="DIR")
    sub.add_argument("numbers", nargs="*", metavar="NUMBER", help="default: every quote")


def _add_keeping(inner: Any) -> None:
    sub = on_book(inner, "backup", _backup, "copy the book to a file, also while it is in use")
    sub.add_argument("file", type=Path, metavar="FILE")
    sub.add_argument("--force", action="store_true", help="replace the file")
    text = "put the book of a backup into a folder, once it verifies"
    sub = command(inner, "restore", _restore, text, prices=False)
    sub.add_argument("file", type=Path, metavar="FILE")
    sub.add_argument("folder", type=Path, metavar="DIR")
    sub.add_argument("--force", action="store_true", help="replace the book that is in the folder")
    sub = on_book(inner, "verify", _verify, "compare every hash, number and reference; status 1 on any fault")
    sub.add_argument("file", type=Path, nargs="?", metavar="FILE", help="a backup; default: the book itself")


def on_book(inner: Any, name: str, run: Any, text: str, *, prices: bool = False) -> Any:
    """A new command on a book, which ``--book`` names."""
    sub = command(inner, name, run, text, prices=prices)
    address = "folder or database address; default: $QUOTECAST_DATABASE_URL, else the folder of drafts"
    sub.add_argument("--book", metavar="DIR_OR_URL", help=address)
    return sub


def opened(options: argparse.Namespace, *, begin: bool = False, approve_own: bool = False) -> Book:
    """The book that was named; one that is not there is refused, or begun where that is asked for.

    ``approve_own`` is for one local user, who may approve what he sends; the audit says so.
    """
    from estimator.book.book import open_book
    from estimator.book.opening import file_at, url_at, usual_address

    address = options.book or usual_address()
    path = file_at(address)
    if path is not None and not path.is_file() and not begin:
        raise fail("not_readable", str(path))
    return open_book(url_at(address), lambda: dt.datetime.now(dt.UTC), approve_own=approve_own)


def _print(content: dict[str, Any]) -> None:
    print(json.dumps(content, ensure_ascii=False, indent=2))


def _list(options: argparse.Namespace) -> None:
    from estimator.book.exporting import page_json
    from estimator.book.states import State
    from estimator.presentation.book_text import list_text
    from estimator.presentation.words import Words

    if options.state is not None and options.state not in list(State):
        raise fail("not_a_choice", "--state", found=options.state, choices=[str(state) for state in State])
    with closing(opened(options)) as book:
        page = book.list(
            search=options.search,
            state=State(options.state) if options.state else None,
            owner=options.owner,
            client=options.client,
            sort=options.sort,
            offset=options.offset,
            limit=options.limit,
        )
    if options.json:
        _print(page_json(page))
    else:
        print(list_text(page, Words(options.lang)))


def _show(options: argparse.Namespace) -> None:
    from estimator.book.exporting import revision_json
    from estimator.presentation.book_text import revision_text
    from estimator.presentation.words import Words

    with closing(opened(options)) as book:
        revision = book.read(options.reference)
        events = book.audit(revision.number)
        links = book.links.of(revision.reference)
        questions = book.links.questions(revision.reference)
        figures = book.actuals(revision.number)
    if options.json:
        _print(revision_json(revision, events, links, questions, figures))
    else:
        print(revision_text(revision, events, Words(options.lang)))


def _again(options: argparse.Namespace) -> None:
    from estimator.documents.requoting import quoted_again
    from estimator.presentation.book_text import table_text
    from estimator.presentation.cause_words import cause_table

    rules = opened_rules(options)
    brief = None if options.brief is None else rules.reader.read(options.brief)
    with closing(opened(options)) as book:
        revision = book.read(options.reference)
    moved = quoted_again(revision, rules, brief)
    if options.json:
        print_json(moved)
    else:
        print(table_text(cause_table(moved, chosen_words(options, rules))))


def _link(options: argparse.Namespace) -> None:
    from estimator.presentation.book_text import link_made, links_revoked
    from estimator.presentation.words import Words

    words = Words(options.lang)
    with closing(opened(options)) as book:
        if options.revoke:
            print(links_revoked(book.links.revoke(options.reference, user=options.by), words))
            return
        token, link = book.links.make(options.reference, days=options.days, user=options.by)
    print(link_made(f"/q/{token}", link, words))


def _actuals(options: argparse.Namespace) -> None:
    from estimator.evidence.entering import enter, ledger_of
    from estimator.presentation.book_text import table_text
    from estimator.presentation.ledger_text import goals_table
    from estimator.rules.rules import open_rules
    from estimator.values.validation import exists

    for path in options.files:
        exists(path)
    rules = open_rules()
    known = rules.vocabulary.ids("platforms"), rules.exchange
    with closing(opened(options)) as book:
        enter(book, options.number, options.files, *known, user=options.by, ends=options.ends)
        ledger = ledger_of(book, options.number, dt.datetime.now(dt.UTC).date(), *known)
    print(table_text(goals_table(ledger.goals, chosen_words(options, rules))))


def _notice(options: argparse.Namespace) -> None:
    from estimator.notices.webhook import ADDRESS, send
    from estimator.presentation.book_text import notice_arrived, notice_tried
    from estimator.presentation.words import Words

    words = Words(options.lang)
    send(os.environ.get(ADDRESS, ""), notice_tried(words))
    print(notice_arrived(words))


def _role(options: argparse.Namespace) -> None:
    from estimator.book.roles import Role

    role = None if options.role == "none" else Role(options.role)
    with closing(opened(options, begin=True)) as book:
        book.give_role(options.name, role, user=options.by)
    _people(options)


def _people(options: argparse.Namespace) -> None:
    from estimator.presentation.book_text import people_text
    from estimator.presentation.words import Words

    with closing(opened(options)) as book:
        print(people_text(book.people(), Words(options.lang)))


def _export(options: argparse.Namespace) -> None:
    from estimator.book.exporting import export
    from estimator.presentation.book_text import exported
    from estimator.presentation.words import Words

    with closing(opened(options)) as book:
        written = export(book, options.folder, options.numbers)
    print(exported(len(written), options.folder, Words(options.lang)))


def _backup(options: argparse.Namespace) -> None:
    from estimator.book.backup import backup
    from estimator.presentation.book_text import backed_up
    from estimator.presentation.words import Words

    with closing(opened(options)) as book:
        file = backup(book.engine, options.file, force=options.force)
    print(backed_up(file, Words(options.lang)))


def _restore(options: argparse.Namespace) -> None:
    from estimator.book.backup import restore
    from estimator.presentation.book_text import restored
    from estimator.presentation.words import Words

    file = restore(options.file, options.folder, force=options.force)
    print(restored(file, Words(options.lang)))


def _verify(options: argparse.Namespace) -> int:
    from estimator.book.backup import verify_file
    from estimator.book.verification import verify
    from estimator.presentation.book_text import verified
    from estimator.presentation.words import Words

    if options.file is not None:
        faults = verify_file(options.file)
    else:
        with closing(opened(options)) as book:
            faults = verify(book.engine)
    print(verified(faults, Words(options.lang)))
    return 1 if faults else 0
