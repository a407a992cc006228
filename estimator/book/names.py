"""Taking a person's name out of the book: by a mark, with a line in the audit that says so.

A name stands in one row, so the audit keeps its lines and who did what stays apart from who did what else.
What was sent is kept with its bytes, as papers of a contract must be, unless the caller says otherwise; then
the bytes go and their hashes stay.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from estimator.book.models import (
    ActualRow,
    ApprovalRow,
    DocumentRow,
    DraftRow,
    DraftVersionRow,
    EventRow,
    NamePartRow,
    NameRow,
    NoteRow,
    OutcomeRow,
    QuestionRow,
    QuoteRow,
    RevisionRow,
    RoleRow,
)
from estimator.book.records import clean_text
from estimator.book.rows import name_id, write_event
from estimator.values.errors import fail

MARK = "[name removed {id}]"
"""What stands in a name's place; the number keeps two removed people apart."""


@dataclass(frozen=True, kw_only=True)
class Removed:
    """The mark that stands for a name now; the records that still hold it, and those that were emptied."""

    mark: str
    kept_records: tuple[str, ...]
    emptied_records: tuple[str, ...]


def remove(
    session: Session, name: str, user: str, reason: str, now: dt.datetime, *, documents: bool
) -> Removed:
    """Replace a name everywhere but in what was sent; ``documents`` empties that too."""
    kept = clean_text(name, "name")
    person = session.scalar(select(NameRow).where(NameRow.name == kept))
    if person is None:
        raise fail("no_such_name", "name", found=name)
    mark = MARK.format(id=person.id)
    for column in (
        NoteRow.note,
        ApprovalRow.reason,
        OutcomeRow.reason,
        RevisionRow.agreed_how,
        QuestionRow.text,
        QuestionRow.answer,
        DraftRow.name,
        DraftVersionRow.name,
        ActualRow.source,
    ):
        _replace(session, column, kept, mark)
    for column in (DraftRow.content, DraftVersionRow.content, DraftRow.asked_record):
        _replace(session, column, json.dumps(kept, ensure_ascii=False)[1:-1], mark)
    person.name = person.key = mark
    session.execute(update(QuoteRow).where(QuoteRow.client_id == person.id).values(client_key=mark))
    session.execute(delete(RoleRow).where(RoleRow.name_id == person.id))
    session.execute(delete(NamePartRow).where(NamePartRow.name_id == person.id))
    session.flush()
    holding = _holding(session, kept, person.id)
    references = tuple(f"{quote.number}-r{row.number}" for row, quote in holding)
    if documents and holding:
        ids = [row.id for row, _ in holding]
        session.execute(update(RevisionRow).where(RevisionRow.id.in_(ids)).values(record=None))
        session.execute(update(DocumentRow).where(DocumentRow.revision_id.in_(ids)).values(content=None))
    who = person.id if clean_text(user, "user") == kept else name_id(session, user, "user")
    write_event(
        session, EventRow(at=now, who_id=who, what="name_removed"), f"{mark}: {reason.replace(kept, mark)}"
    )
    for quote in {quote.id for _, quote in holding}:
        write_event(session, EventRow(at=now, who_id=who, what="name_removed", quote_id=quote), mark)
    return Removed(
        mark=mark,
        kept_records=() if documents else references,
        emptied_records=references if documents else (),
    )


def _replace(session: Session, column: InstrumentedAttribute[Any], name: str, mark: str) -> None:
    """Replace a name within texts that people wrote."""
    holds = column.contains(name, autoescape=True)
    session.execute(update(column.class_).where(holds).values({column: func.replace(column, name, mark)}))


def _holding(session: Session, name: str, person: int) -> list[tuple[RevisionRow, QuoteRow]]:
    """The sent revisions whose record holds the name, or whose client or agreeing person it was."""
    written = json.dumps(name, ensure_ascii=False)[1:-1]
    wanted = (
        select(RevisionRow, QuoteRow)
        .join(QuoteRow, RevisionRow.quote_id == QuoteRow.id)
        .where(
            RevisionRow.record.contains(written, autoescape=True)
            | (QuoteRow.client_id == person)
            | (RevisionRow.agreed_by_id == person)
        )
        .where(RevisionRow.record.is_not(None))
        .order_by(RevisionRow.id)
    )
    return [(row, quote) for row, quote in session.execute(wanted)]
