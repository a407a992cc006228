"""The steps of what was sent: agreed, signed, declined, expired, withdrawn; and what came of a quote."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from estimator.book.models import NO_DAY, EventRow, OutcomeRow, RevisionRow
from estimator.book.records import RenderedDocument, checked_instant, clean_text, digest
from estimator.book.rows import (
    check_in_force,
    current_rows,
    move,
    name_id,
    quote_row,
    reference_of,
    revision_row,
    summarise,
    write_event,
)
from estimator.book.sending import add_documents
from estimator.book.states import LIVE, State, check_transition
from estimator.values.errors import fail


def agree(
    session: Session,
    reference: str,
    user: str,
    now: dt.datetime,
    *,
    who: str,
    how: str,
    when: dt.datetime | None = None,
    what: str = "agreed",
    note: str = "",
) -> None:
    """The client agreed; the alternatives he did not choose are superseded."""
    sent = revision_row(session, reference, lock=True)
    check_transition(State(sent.state), State.AGREED, reference_of(sent))
    if sent.valid_until < now:
        raise fail("quote_expired", reference_of(sent), found=f"{sent.valid_until:%Y-%m-%d %H:%M} UTC")
    at = now if when is None else checked_instant(when, "when")
    if not sent.sent <= at <= now:
        raise fail("not_between", "when", found=at.isoformat(), first=sent.sent.isoformat())
    actor = name_id(session, user, "user")
    for other in current_rows(session, sent.quote):
        if other.id == sent.id or other.alternative.origin != sent.alternative.origin:
            continue
        if other.state == State.SIGNED:
            check_transition(State.SIGNED, State.AGREED, reference_of(other))
        if other.state in LIVE:
            move(session, other, State.SUPERSEDED, EventRow(at=now, who_id=actor, what="not_chosen"))
    sent.agreed_by_id, sent.agreed_at = name_id(session, who, "who"), at
    sent.agreed_how = clean_text(how, "how")
    told = note or f"{who}, {at:%Y-%m-%d %H:%M} UTC: {how}"
    move(session, sent, State.AGREED, EventRow(at=now, who_id=actor, what=what), told)
    summarise(session, sent.quote, now)


def sign(session: Session, reference: str, user: str, now: dt.datetime, file: RenderedDocument) -> None:
    """The signed paper came back; an amendment takes the place of what it amends."""
    sent = revision_row(session, reference, lock=True)
    actor = name_id(session, user, "user")
    note = f"{file.name}, sha256 {digest(file.content)}"
    move(session, sent, State.SIGNED, EventRow(at=now, who_id=actor, what="signed"), note)
    add_documents(session, sent, [file], signed=True)
    if sent.alternative.origin is not None:
        amended = check_in_force(session, sent.quote, sent.alternative.origin)
        move(session, amended, State.SUPERSEDED, EventRow(at=now, who_id=actor, what="amended"))
    summarise(session, sent.quote, now)


def end(
    session: Session, reference: str, user: str, now: dt.datetime, wanted: State, reason: str = ""
) -> None:
    """Declined by the client, withdrawn by us, or past its day."""
    sent = revision_row(session, reference, lock=True)
    if wanted == State.EXPIRED and not sent.valid_until < now:
        check_transition(State(sent.state), wanted, reference_of(sent))
        raise fail("still_valid", reference_of(sent), found=f"{sent.valid_until:%Y-%m-%d %H:%M} UTC")
    event = EventRow(at=now, who_id=name_id(session, user, "user"), what=str(wanted))
    move(session, sent, wanted, event, reason)
    summarise(session, sent.quote, now)


def overdue(session: Session, now: dt.datetime) -> list[str]:
    """Every sent revision that is past its day."""
    wanted = select(RevisionRow).where(RevisionRow.state == State.SENT, RevisionRow.valid_until < now)
    return [reference_of(row) for row in session.scalars(wanted.order_by(RevisionRow.id))]


def close(session: Session, number: str, user: str, now: dt.datetime, *, won: bool, reason: str) -> None:
    """Won or lost, and why; said again, the later one counts and the audit has both."""
    quote = quote_row(session, number, lock=True)
    who, kept = name_id(session, user, "user"), clean_text(reason, "reason")
    session.merge(OutcomeRow(quote_id=quote.id, won=won, reason=kept, who_id=who, at=now))
    event = EventRow(at=now, who_id=who, what="won" if won else "lost", quote_id=quote.id)
    write_event(session, event, kept)


def follow_up(session: Session, number: str, user: str, now: dt.datetime, day: dt.date | None) -> None:
    """The day on which somebody should ask the client again."""
    quote = quote_row(session, number, lock=True)
    quote.follow_up = day or NO_DAY
    event = EventRow(at=now, who_id=name_id(session, user, "user"), what="follow_up", quote_id=quote.id)
    write_event(session, event, day.isoformat() if day else "")
