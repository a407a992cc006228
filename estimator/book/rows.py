"""What every part of the book does with its rows: names, references, states and the audit."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from estimator.book.models import (
    MOST_OF_A_PART,
    Base,
    EventRow,
    NamePartRow,
    NameRow,
    NoteRow,
    QuoteRow,
    RevisionRow,
)
from estimator.book.records import MOST_OF_A_NOTE, clean_text
from estimator.book.states import STANDING, State, check_transition
from estimator.values.errors import fail

REFERENCE = re.compile(r"(Q-\d{4}-\d{4,})(?:-r(\d{1,9}))?", re.ASCII)


def key_of(name: str) -> str:
    """A name as it is sorted and found: without regard to case or width.

    >>> key_of("ＡＣＭＥ Straße")
    'acme strasse'
    """
    return unicodedata.normalize("NFKC", name).casefold()


def insert_once(session: Session, row: type[Base], values: list[dict[str, Any]]) -> None:
    """Insert rows; those that are there stay as they are, whoever inserted them."""
    table = row.__table__
    assert isinstance(table, Table)
    local = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(table) if local else postgresql.insert(table)
    session.execute(insert.on_conflict_do_nothing(), values)


def name_id(session: Session, name: str, place: str) -> int:
    """The row of a person's or client's name, which is made where it is new."""
    kept = clean_text(name, place)
    wanted = select(NameRow.id).where(NameRow.name == kept)
    found = session.scalar(wanted)
    if found is None:
        key = key_of(kept)
        insert_once(session, NameRow, [{"name": kept, "key": key}])
        found = session.scalars(wanted).one()
        parts = {key[start : start + MOST_OF_A_PART] for start in range(len(key))}
        insert_once(session, NamePartRow, [{"part": part, "name_id": found} for part in sorted(parts)])
    return found


def name_of(session: Session, row: int | None) -> str | None:
    """The name a row holds."""
    return None if row is None else session.scalars(select(NameRow.name).where(NameRow.id == row)).one()


def quote_row(session: Session, number: str, *, lock: bool = False) -> QuoteRow:
    """The quote of a number; ``lock`` holds it against other writers."""
    wanted = select(QuoteRow).where(QuoteRow.number == number)
    if lock:  # read again what another writer may have changed while we waited
        wanted = wanted.with_for_update(of=QuoteRow).execution_options(populate_existing=True)
    found = session.scalar(wanted)
    if found is None:
        raise fail("no_such_quote", "number", found=number)
    return found


def revision_row(session: Session, reference: str, *, lock: bool = False) -> RevisionRow:
    """The revision of ``Q-2026-0042-r3``; of a number alone its only current one, if it has just one."""
    read = REFERENCE.fullmatch(reference)
    if read is None:
        raise fail("no_such_quote", "number", found=reference)
    quote = quote_row(session, read[1], lock=lock)
    wanted = select(RevisionRow).where(RevisionRow.quote_id == quote.id)
    if read[2] is None:
        current = current_rows(session, quote)
        if len(current) != 1:
            choices = [f"{quote.number}-r{row.number}" for row in current]
            raise fail("which_revision", reference, choices=choices)
        return current[0]
    found = session.scalar(wanted.where(RevisionRow.number == int(read[2])))
    if found is None:
        raise fail("no_such_quote", "number", found=reference)
    return found


def reference_of(revision: RevisionRow) -> str:
    """A revision as people write it."""
    return f"{revision.quote.number}-r{revision.number}"


def current_rows(session: Session, quote: QuoteRow) -> list[RevisionRow]:
    """The current revision of each alternative of a quote."""
    wanted = select(RevisionRow).where(RevisionRow.quote_id == quote.id, RevisionRow.is_current)
    return list(session.scalars(wanted.order_by(RevisionRow.number)))


def current_row(session: Session, alternative_id: int) -> RevisionRow:
    """The current revision of an alternative."""
    wanted = select(RevisionRow).where(RevisionRow.alternative_id == alternative_id)
    return session.scalars(wanted.where(RevisionRow.is_current)).one()


def check_in_force(session: Session, quote: QuoteRow, number: int) -> RevisionRow:
    """The signed revision that is amended; one that another amendment replaced is refused."""
    wanted = select(RevisionRow).where(RevisionRow.quote_id == quote.id, RevisionRow.number == number)
    row = session.scalars(wanted).one()
    if row.state != State.SIGNED:
        raise fail("not_signed", reference_of(row), state=row.state)
    return row


def move(session: Session, revision: RevisionRow, wanted: State, event: EventRow, note: str = "") -> None:
    """Take a revision to another state, if the table allows it, and write that down."""
    check_transition(State(revision.state), wanted, reference_of(revision))
    event.quote_id, event.revision_id = revision.quote_id, revision.id
    event.from_state, event.to_state = revision.state, str(wanted)
    revision.state = str(wanted)
    write_event(session, event, note)


def write_event(session: Session, event: EventRow, note: str = "") -> None:
    """Write a line of the audit."""
    session.add(event)
    if note:
        session.flush()
        kept = clean_text(note, "note", MOST_OF_A_NOTE)
        session.add(NoteRow(event_id=event.id, note=kept))


def summarise(session: Session, quote: QuoteRow, now: dt.datetime) -> None:
    """Let the revision that speaks for a quote give it the state and value that the list shows."""
    session.flush()
    speaking = max(current_rows(session, quote), key=_standing)
    quote.speaking, quote.state = speaking.number, speaking.state
    quote.total_cents, quote.currency = speaking.total_cents, speaking.currency
    quote.valid_until, quote.changed = speaking.valid_until, now


def _standing(revision: RevisionRow) -> tuple[int, int]:
    return STANDING.get(State(revision.state), 0), revision.number
