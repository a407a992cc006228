"""The book in words: the list of quotes, and one quote with everything that was done to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from estimator.book.links import Link
from estimator.book.notices import Happened, Notice
from estimator.book.records import Event, Line, Page, Record, Revision
from estimator.book.roles import Person, Role
from estimator.book.states import State
from estimator.presentation.paper import Table
from estimator.presentation.words import NONE, Words, letters, mark
from estimator.values.errors import Fault

UTC = ZoneInfo("UTC")
ROLES: Mapping[Role, str] = MappingProxyType(
    {Role.SALES: mark("sales"), Role.APPROVER: mark("approver"), Role.ADMIN: mark("admin")}
)
STATES: Mapping[State, str] = MappingProxyType(
    {
        State.DRAFT: mark("draft"),
        State.APPROVAL: mark("waiting for approval"),
        State.SENT: mark("sent"),
        State.AGREED: mark("agreed"),
        State.SIGNED: mark("signed"),
        State.DECLINED: mark("declined"),
        State.EXPIRED: mark("expired"),
        State.WITHDRAWN: mark("withdrawn"),
        State.SUPERSEDED: mark("superseded"),
    }
)
DONE: Mapping[str, str] = MappingProxyType(
    {
        "draft_begun": mark("began a draft"),
        "draft_copied": mark("copied a draft"),
        "draft_edited": mark("edited what waited for approval"),
        "draft_discarded": mark("discarded a draft"),
        "revision_begun": mark("began a new revision"),
        "amendment_begun": mark("began an amendment"),
        "renewal_begun": mark("began a renewal"),
        "approval_asked": mark("asked for approval"),
        "asked_anew": mark("took back what waited for approval"),
        "approved": mark("approved"),
        "approved_own": mark("approved, being who asked for it"),
        "approval_refused": mark("did not approve"),
        "sent": mark("sent it"),
        "superseded": mark("let a newer revision take its place"),
        "not_chosen": mark("let another alternative take its place"),
        "amended": mark("let an amendment take its place"),
        "agreed": mark("noted that the client agreed"),
        "signed": mark("added the signed file"),
        "declined": mark("noted that the client declined"),
        "withdrawn": mark("withdrew it"),
        "expired": mark("noted that it expired"),
        "won": mark("noted that it was won"),
        "lost": mark("noted that it was lost"),
        "follow_up": mark("set the day to follow up"),
        "actuals_added": mark("entered figures of its months"),
        "name_removed": mark("took out a name"),
        "role_given": mark("gave a role"),
        "role_taken": mark("took a role away"),
        "link_made": mark("made a link for the client"),
        "link_revoked": mark("closed a link"),
        "link_opened": mark("opened the link for the first time"),
        "client_agreed": mark("agreed by the link"),
        "client_declined": mark("declined by the link"),
        "question_asked": mark("asked by the link"),
        "question_answered": mark("answered a question"),
    }
)
"""What every line of the audit says."""


HAPPENED: Mapping[Happened, str] = MappingProxyType(
    {
        "approval_asked": mark(
            "Quotecast: {who} asks for approval of {subject}. Approve it or give it back under Quotes."
        ),
        "approved": mark("Quotecast: {who} approved {subject}. It can be sent unless a second person must."),
        "approval_refused": mark("Quotecast: {who} gave {subject} back. The reason stands under Quotes."),
        "client_agreed": mark("Quotecast: the client agreed to {subject}. Have it signed."),
        "client_declined": mark("Quotecast: the client declined {subject}. The reason stands under Quotes."),
        "question_asked": mark("Quotecast: the client asks about {subject}. Answer under Quotes."),
    }
)
"""What every notice says."""


def list_rows(page: Page, words: Words) -> list[list[str]]:
    """The list as a table: its heads, then a row for each quote."""
    titles = [
        mark("Quote"),
        mark("Stage"),
        mark("Client"),
        mark("Owner"),
        mark("Expected fees"),
        mark("Follow up"),
    ]
    rows = [[words.say(title) for title in titles]]
    for row in page.rows:
        rows.append(
            [
                f"{row.number}-r{row.revision}",
                words.say(STATES[row.state]),
                row.client,
                row.owner,
                words.money(Decimal(row.total_cents) / 100, row.currency, digits=2),
                words.date(row.follow_up.isoformat()) if row.follow_up else NONE,
            ]
        )
    return rows


def list_text(page: Page, words: Words) -> str:
    """The rows of a page under one another, and whether more follow."""
    if not page.rows:
        return words.say("No quote is like that.")
    lines = _aligned(list_rows(page, words))
    if page.more:
        lines.append(words.say("More follow: add --offset."))
    return "\n".join(lines)


def revision_lines(revision: Revision, words: Words, zone: ZoneInfo = UTC) -> list[str]:
    """A revision in a few lines: for whom, how much, until when, who agreed; times in the reader's zone."""
    head = words.say(
        "{reference} ({alternative}): {state}, for {client}",
        reference=revision.reference,
        alternative=revision.alternative,
        state=words.say(STATES[revision.state]),
        client=revision.client,
    )
    lines = [head]
    if not revision.current:
        lines.append(words.say("A newer revision is the current one."))
    record = revision.record
    if record is not None:
        amount = _money(record.total_cents, record.currency, words)
        lines += [
            words.say("Expected fees of the term: {amount}", amount=amount),
            valid_until(record, words),
            words.say("Price edition: {edition}", edition=record.edition),
        ]
    if revision.agreed is not None:
        agreed = revision.agreed
        lines.append(
            words.say(
                "Agreed by {who}, {time}: {how}",
                who=agreed.who,
                time=time_said(agreed.when, zone, words),
                how=agreed.how,
            )
        )
    return lines


def audit_lines(events: Sequence[Event], words: Words, zone: ZoneInfo = UTC) -> list[list[str]]:
    """The audit of a quote as rows: when, who, what, of which revision, and the note."""
    return [_said(event, zone, words) for event in events]


def revision_text(revision: Revision, events: Sequence[Event], words: Words) -> str:
    """A revision, its documents, and the audit of its quote."""
    rows = [
        [document.name, words.number(document.size), document.sha256[:12]] for document in revision.documents
    ]
    lines = [*revision_lines(revision, words), "", words.say("Documents, bytes and hash:"), *_aligned(rows)]
    lines += ["", words.say("What was done:"), *_aligned(audit_lines(events, words))]
    return "\n".join(lines)


def table_text(table: Table) -> str:
    """A table of a paper as lines: title, heads, rows, and its note last."""
    return "\n".join([table.title, *_aligned([table.heads, *table.rows], table.align), table.note])


def exported(count: int, folder: Path, words: Words) -> str:
    """How much was written, and where."""
    return words.say("{count} revisions were written to {folder}.", count=count, folder=folder)


def backed_up(file: Path, words: Words) -> str:
    """Where the backup is."""
    return words.say("{file} is a backup of the book.", file=file)


def restored(file: Path, words: Words) -> str:
    """Where the book is now."""
    return words.say("The book was restored to {file}.", file=file)


def link_made(path: str, link: Link, words: Words) -> str:
    """The path of a client's link on the first line, and until when it opens."""
    told = words.say(
        "The client can open it until {time}. It is shown only now: keep it, or make another.",
        time=time_said(link.expires, UTC, words),
    )
    return f"{path}\n{told}"


def links_revoked(count: int, words: Words) -> str:
    """How many links were closed."""
    return words.say("Links closed: {count}", count=count)


def notice_said(notice: Notice, words: Words) -> str:
    """What happened, for a chat: who did it, to what, and what comes next; no client is named.

    >>> notice_said(Notice(what="approval_asked", who="Lin", draft=12), Words("en"))
    'Quotecast: Lin asks for approval of draft 12. Approve it or give it back under Quotes.'
    """
    subject = notice.reference or words.say("draft {number}", number=notice.draft)
    return words.say(HAPPENED[notice.what], who=notice.who, subject=subject)


def notice_tried(words: Words) -> str:
    """What a test of the chat says."""
    return words.say("Quotecast: a test message. Notices will arrive here.")


def notice_arrived(words: Words) -> str:
    """That the test went well."""
    return words.say("The chat took the message.")


def people_text(people: Sequence[Person], words: Words) -> str:
    """Everybody with a role, who gave it and when."""
    if not people:
        return words.say("Nobody has a role: the book belongs to whoever is alone at it.")
    rows = [
        [one.name, words.say(ROLES[one.role]), time_said(one.at, UTC, words), one.given_by] for one in people
    ]
    return "\n".join(_aligned(rows))


def verified(faults: Sequence[Fault], words: Words) -> str:
    """Every fault on a line of its own, or that there is none."""
    return "\n".join(fault.line(words.language) for fault in faults) or words.say("The book is whole.")


def _said(event: Event, zone: ZoneInfo, words: Words) -> list[str]:
    return [
        time_said(event.at, zone, words),
        event.who,
        words.say(DONE[event.what]),
        event.reference or "",
        event.note,
    ]


def _money(cents: int, currency: str, words: Words) -> str:
    return words.money(Decimal(cents) / 100, currency, digits=2)


def time_said(at: dt.datetime, zone: ZoneInfo, words: Words) -> str:
    """An instant as the reader's clock has it; in UTC, which is nobody's clock, it says so."""
    local = at.astimezone(zone)
    if zone is UTC:
        return f"{local:%Y-%m-%d %H:%M} UTC"
    return f"{words.date(local.date().isoformat())} {local:%H:%M}"


def _aligned(rows: Sequence[Sequence[str]], align: str = "") -> list[str]:
    """Rows as lines, each column as wide as its widest cell; a Chinese character is two wide.

    ``align`` has an r for each column that stands on the right.
    """
    widths = [max(map(letters, column)) for column in zip(*rows)]
    sides = align.ljust(len(widths), "l")
    return ["  ".join(map(_padded, row, widths, sides)).rstrip() for row in rows]


def _padded(cell: str, width: int, side: str) -> str:
    room = " " * (width - letters(cell))
    return room + cell if side == "r" else cell + room


def pending_text(lines: Sequence[Line], words: Words) -> str:
    """What must still be approved before a quote can be sent."""
    head = words.say("Somebody must approve before this is sent:")
    return "\n".join([head, *(f"  {line.id}: {line.text}" for line in lines)])


def sent_text(revision: Revision, words: Words) -> str:
    """What was sent, to whom, and how long it is valid."""
    record = revision.record
    said = words.say("Sent {reference} to {client}.", reference=revision.reference, client=revision.client)
    if record is None:
        return said
    return f"{said}\n{valid_until(record, words)}"


def valid_until(record: Record, words: Words) -> str:
    """Until when it can be agreed to, in the zone it was promised in."""
    time = time_said(record.valid_until, ZoneInfo(record.zone), words)
    return words.say("Valid until {time} ({zone})", time=time, zone=words.zone(record.zone))
