"""Reading the book: the list page by page, one quote, a document, the audit.

A page costs the same however many quotes there are: each order and filter has its index, and a search looks
a name's part up in the index where few names have it, and walks along the order where many do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from estimator.book.models import (
    MOST_OF_A_PART,
    NO_DAY,
    DocumentRow,
    DraftRow,
    EventRow,
    NamePartRow,
    NameRow,
    NoteRow,
    QuoteRow,
    RevisionRow,
)
from estimator.book.records import Agreement, Document, Event, Page, Record, Revision, Row
from estimator.book.rows import key_of, name_of, quote_row, reference_of
from estimator.book.states import State
from estimator.values.errors import fail

Sort = Literal["changed", "number", "client", "value", "follow_up"]
MOST_OF_A_PAGE = 500
FEW_NAMES = 200
"""A search that finds no more names goes by them; of more names, walking along the order soon meets some."""
BEYOND = "\U0010ffff"
"""After every character, so that a prefix is the range from it to it and this."""


def page(
    session: Session,
    *,
    search: str,
    state: State | None,
    owner: str | None,
    client: str | None,
    sort: Sort,
    offset: int,
    limit: int,
) -> Page:
    """A page of the list."""
    if sort not in get_args(Sort):
        raise fail("not_a_choice", "sort", found=sort, choices=get_args(Sort))
    wanted = select(QuoteRow.id)
    if state is not None:
        wanted = wanted.where(QuoteRow.state == str(state))
    if owner is not None:
        wanted = wanted.where(QuoteRow.owner_id == _id_of(owner))
    if client is not None:
        wanted = wanted.where(QuoteRow.client_id == _id_of(client))
    if search.strip():
        wanted = wanted.where(_found(session, key_of(" ".join(search.split()))))
    limit = min(max(limit, 1), MOST_OF_A_PAGE)
    wanted = wanted.order_by(*_order(sort)).offset(max(offset, 0)).limit(limit + 1)
    ids = session.scalars(wanted).all()
    return Page(rows=_rows(session, ids[:limit]), more=len(ids) > limit)


def _rows(session: Session, ids: Sequence[int]) -> tuple[Row, ...]:
    """The rows of these quotes, in this order; what a page passes over is not read."""
    owners, clients = aliased(NameRow), aliased(NameRow)
    wanted = (
        select(QuoteRow, clients.name, owners.name)
        .join(clients, QuoteRow.client_id == clients.id)
        .join(owners, QuoteRow.owner_id == owners.id)
        .where(QuoteRow.id.in_(ids))
    )
    found = {quote.id: _row(quote, client, owner) for quote, client, owner in session.execute(wanted)}
    return tuple(found[one] for one in ids)


def _order(sort: Sort) -> tuple[Any, ...]:
    orders: dict[Sort, tuple[Any, ...]] = {
        "changed": (QuoteRow.changed.desc(), QuoteRow.id.desc()),
        "number": (QuoteRow.year.desc(), QuoteRow.serial.desc()),
        "client": (QuoteRow.client_key, QuoteRow.id),
        "value": (QuoteRow.total_cents.desc(), QuoteRow.id.desc()),
        "follow_up": (QuoteRow.follow_up, QuoteRow.id),
    }
    return orders[sort]


def _id_of(name: str) -> Any:
    return select(NameRow.id).where(NameRow.name == name).scalar_subquery()


def _found(session: Session, key: str) -> ColumnElement[bool]:
    """Whether a number begins with, or a client's name holds, what is searched."""
    if key.startswith("q-"):
        return _begins(QuoteRow.number, key.upper())
    part = key[:MOST_OF_A_PART]
    named = select(NamePartRow.name_id).where(_begins(NamePartRow.part, part))
    few = session.scalar(select(func.count()).select_from(named.limit(FEW_NAMES + 1).subquery())) or 0
    holds = QuoteRow.client_key.contains(key, autoescape=True)
    return holds & QuoteRow.client_id.in_(named) if few <= FEW_NAMES else holds


def _begins(column: InstrumentedAttribute[str], start: str) -> ColumnElement[bool]:
    return (column >= start) & (column <= start + BEYOND)


def _row(quote: QuoteRow, client: str, owner: str) -> Row:
    return Row(
        number=quote.number,
        revision=quote.speaking,
        client=client,
        owner=owner,
        state=State(quote.state),
        total_cents=quote.total_cents,
        currency=quote.currency,
        valid_until=quote.valid_until,
        follow_up=None if quote.follow_up == NO_DAY else quote.follow_up,
        changed=quote.changed,
    )


def revision(session: Session, row: RevisionRow) -> Revision:
    """A revision as it was sent, with where it stands."""
    agreed = None
    if row.agreed_by_id is not None and row.agreed_at is not None:
        who = name_of(session, row.agreed_by_id) or ""
        agreed = Agreement(who=who, when=row.agreed_at, how=row.agreed_how or "")
    return Revision(
        number=row.quote.number,
        revision=row.number,
        alternative=row.alternative.name,
        current=row.is_current,
        state=State(row.state),
        client=row.quote.client.name,
        record=Record.read(row.record) if row.record else None,
        sha256=row.sha256,
        sent=row.sent,
        sent_by=name_of(session, row.sent_by_id) or "",
        agreed=agreed,
        documents=documents(session, row),
    )


def documents(session: Session, row: RevisionRow) -> tuple[Document, ...]:
    """The files of a revision, without their bytes."""
    wanted = select(DocumentRow, DocumentRow.content.is_(None)).where(DocumentRow.revision_id == row.id)
    return tuple(_document(*found) for found in session.execute(wanted.order_by(DocumentRow.id)))


def _document(row: DocumentRow, erased: bool) -> Document:
    return Document(
        name=row.name,
        media_type=row.media_type,
        sha256=row.sha256,
        size=row.size,
        signed=row.signed,
        erased=erased,
    )


def revisions(session: Session, number: str) -> tuple[Revision, ...]:
    """Every revision of a quote, the oldest first."""
    quote = quote_row(session, number)
    wanted = select(RevisionRow).where(RevisionRow.quote_id == quote.id).order_by(RevisionRow.number)
    return tuple(revision(session, row) for row in session.scalars(wanted))


def content(session: Session, row: RevisionRow, name: str) -> bytes:
    """The bytes of a document as the client got it."""
    wanted = select(DocumentRow.content).where(DocumentRow.revision_id == row.id, DocumentRow.name == name)
    found = session.scalar(wanted)
    if found is None:
        raise fail("no_such_document", reference_of(row), found=name)
    return found


def audit(session: Session, number: str) -> tuple[Event, ...]:
    """Everything that was done to a quote and to the drafts it came from, the oldest first."""
    quote = quote_row(session, number)
    drafts = select(DraftRow.id).where(DraftRow.quote_id == quote.id)
    return _events(session, (EventRow.quote_id == quote.id) | EventRow.draft_id.in_(drafts), number)


def draft_audit(session: Session, draft: int) -> tuple[Event, ...]:
    """Everything that was done to one draft, the oldest first."""
    return _events(session, EventRow.draft_id == draft)


def _events(session: Session, of: ColumnElement[bool], number: str = "") -> tuple[Event, ...]:
    wanted = (
        select(EventRow, NameRow.name, RevisionRow.number, NoteRow.note)
        .join(NameRow, EventRow.who_id == NameRow.id)
        .outerjoin(RevisionRow, EventRow.revision_id == RevisionRow.id)
        .outerjoin(NoteRow, NoteRow.event_id == EventRow.id)
        .where(of)
        .order_by(EventRow.id)
    )
    return tuple(_event(number, *found) for found in session.execute(wanted))


def _event(number: str, event: EventRow, who: str, revision: int | None, note: str | None) -> Event:
    return Event(
        id=event.id,
        at=event.at,
        who=who,
        what=event.what,
        reference=f"{number}-r{revision}" if revision else None,
        draft=event.draft_id,
        from_state=State(event.from_state) if event.from_state else None,
        to_state=State(event.to_state) if event.to_state else None,
        note=note or "",
    )
