"""Send: reserve a number, let the caller render outside any transaction, then keep everything at once.

A crash before the last step costs a number, which is never given out again, and leaves the draft as it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from estimator.book.approvals import pending
from estimator.book.models import (
    NO_DAY,
    AlternativeRow,
    CounterRow,
    DocumentRow,
    DraftRow,
    EventRow,
    QuoteRow,
    RevisionRow,
)
from estimator.book.records import Record, RenderedDocument, digest
from estimator.book.rows import (
    check_in_force,
    current_row,
    current_rows,
    insert_once,
    key_of,
    move,
    name_id,
    name_of,
    quote_row,
    reference_of,
    summarise,
)
from estimator.book.states import LIVE, State, check_transition
from estimator.book.versions import draft_row, step
from estimator.values.errors import fail


@dataclass(frozen=True, kw_only=True)
class Reserved:
    """The number and revision that a draft will be sent under."""

    number: str
    year: int
    serial: int
    revision: int


def reserve(session: Session, draft_id: int, version: int, record: Record, now: dt.datetime) -> Reserved:
    """A number for a new quote, or the next revision of the draft's; never given out again."""
    draft = draft_row(session, draft_id, version)
    _check(session, draft, record, now)
    if draft.quote is not None:
        quote = quote_row(session, draft.quote.number, lock=True)
        quote.last_revision += 1
        return Reserved(
            number=quote.number, year=quote.year, serial=quote.serial, revision=quote.last_revision
        )
    insert_once(session, CounterRow, [{"year": now.year, "last": 0}])
    wanted = select(CounterRow).where(CounterRow.year == now.year).with_for_update()
    counter = session.scalars(wanted).one()
    counter.last += 1
    number = f"Q-{now.year}-{counter.last:04d}"
    return Reserved(number=number, year=now.year, serial=counter.last, revision=1)


def keep(
    session: Session,
    draft_id: int,
    version: int,
    reserved: Reserved,
    record: Record,
    documents: Sequence[RenderedDocument],
    user: str,
    now: dt.datetime,
) -> None:
    """Keep the frozen record, its documents and the audit, in place of the former current revision."""
    draft = draft_row(session, draft_id, version)
    if draft.quote is not None:
        quote = quote_row(session, draft.quote.number, lock=True)
    _check(session, draft, record, now)
    who = name_id(session, user, "user")
    client = name_id(session, record.client, "client")
    if draft.quote is None:
        quote = _new_quote(draft, reserved, record, client, now)
        session.add(quote)
        session.flush()
    quote.client_id, quote.client_key = client, key_of(record.client)
    if draft.alternative_id is None:
        alternative = AlternativeRow(quote_id=quote.id, name=draft.alternative, origin=draft.origin)
        session.add(alternative)
        session.flush()
        draft.quote_id, draft.alternative_id = quote.id, alternative.id
    else:
        _supersede(session, current_row(session, draft.alternative_id), who, now)
    revision = _revision(draft, reserved, record, who, now)
    session.add(revision)
    session.flush()
    add_documents(session, revision, documents, signed=False)
    event = step(session, draft, State.SENT, "sent", who, now)
    event.quote_id, event.revision_id = quote.id, revision.id
    draft.changed, draft.changed_by_id = now, who
    summarise(session, quote, now)


def add_documents(
    session: Session, revision: RevisionRow, documents: Sequence[RenderedDocument], *, signed: bool
) -> None:
    """Keep files with a revision, each with its hash."""
    taken = set(session.scalars(select(DocumentRow.name).where(DocumentRow.revision_id == revision.id)))
    for document in documents:
        if document.name in taken:
            raise fail("name_taken", reference_of(revision), found=document.name)
        taken.add(document.name)
        session.add(
            DocumentRow(
                revision_id=revision.id,
                name=document.name,
                media_type=document.media_type,
                content=document.content,
                size=len(document.content),
                sha256=digest(document.content),
                signed=signed,
            )
        )


def _check(session: Session, draft: DraftRow, record: Record, now: dt.datetime) -> None:
    """Refuse what may not be sent: past its day, not approved, or over somebody's newer revision."""
    if record.valid_until <= now:
        raise fail("past_instant", "valid_until", found=record.valid_until.isoformat())
    if draft.quote is not None:
        _check_place(session, draft, draft.quote)
    lines = pending(session, draft, record, now)
    if lines:
        needed = record.approvers_needed()
        raise fail("not_approved", draft.name, found=", ".join(line.id for line in lines), needed=needed)


def _check_place(session: Session, draft: DraftRow, quote: QuoteRow) -> None:
    """Whether the quote still is what the draft began from."""
    for row in current_rows(session, quote):
        if row.state == State.SIGNED and row.alternative.origin == draft.origin:
            check_transition(State.SIGNED, State.SENT, reference_of(row))
        if draft.alternative_id is None and row.alternative.name == draft.alternative:
            raise fail("name_taken", quote.number, found=draft.alternative)
    if draft.origin is not None:
        check_in_force(session, quote, draft.origin)
    if draft.alternative_id is not None:
        current = current_row(session, draft.alternative_id)
        if current.number != draft.base:
            by = name_of(session, current.sent_by_id)
            raise fail("sent_between", draft.name, found=reference_of(current), who=by)


def _supersede(session: Session, former: RevisionRow, who: int, now: dt.datetime) -> None:
    """Let go of a current revision; a state that ends a quote stays beside its successor."""
    former.is_current = False
    if former.state in LIVE:
        move(session, former, State.SUPERSEDED, EventRow(at=now, who_id=who, what="superseded"))
    session.flush()  # before its successor comes: one current revision at any moment


def _new_quote(
    draft: DraftRow, reserved: Reserved, record: Record, client: int, now: dt.datetime
) -> QuoteRow:
    return QuoteRow(
        number=reserved.number,
        year=reserved.year,
        serial=reserved.serial,
        client_id=client,
        client_key=key_of(record.client),
        owner_id=draft.owner_id,
        renews_id=draft.renews_id,
        created=now,
        follow_up=NO_DAY,
        last_revision=reserved.revision,
        speaking=reserved.revision,
        state=str(State.SENT),
        total_cents=record.total_cents,
        currency=record.currency,
        valid_until=record.valid_until,
        changed=now,
    )


def _revision(draft: DraftRow, reserved: Reserved, record: Record, who: int, now: dt.datetime) -> RevisionRow:
    text = record.text()
    return RevisionRow(
        quote_id=draft.quote_id,
        alternative_id=draft.alternative_id,
        draft_id=draft.id,
        number=reserved.revision,
        is_current=True,
        state=str(State.SENT),
        record=text,
        sha256=digest(text),
        rules_sha=record.rules_sha,
        edition=record.edition,
        engine=record.engine,
        total_cents=record.total_cents,
        currency=record.currency,
        valid_until=record.valid_until,
        zone=record.zone,
        sent=now,
        sent_by_id=who,
    )
