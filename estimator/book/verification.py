"""Whether a book is whole: hashes, references, numbers, and one current revision of each alternative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from sqlalchemy import Engine, func, inspect, select, text
from sqlalchemy.orm import Session

from estimator.book.models import (
    ActualRow,
    AlternativeRow,
    ApprovalRow,
    ApprovedLineRow,
    CounterRow,
    DocumentRow,
    DraftRow,
    NameRow,
    QuoteRow,
    RevisionRow,
)
from estimator.book.opening import reading
from estimator.book.records import Record, digest
from estimator.book.rows import reference_of
from estimator.book.states import LIVE
from estimator.values.errors import Fault, QuotecastError

TRIGGERS: Mapping[str, int] = MappingProxyType({"begin": 14, "links": 20, "roles": 20, "actuals": 22})
"""Triggers that hold what may never change, by migration: a backup is verified as the book that it was."""
FETCHED = 100
"""Rows held in memory at once while hashes are computed."""


def verify(engine: Engine) -> tuple[Fault, ...]:
    """Everything wrong with a book; nothing where it is whole."""
    found: list[Fault] = []
    try:
        with reading(engine) as session:
            for check in (_database, _hashes, _actuals, _numbers, _current, _approved):
                found.extend(check(session))
    except QuotecastError as error:  # so damaged that it cannot be read to its end
        found.extend(error.faults)
    return tuple(found)


def _fault(place: str, code: str, **values: object) -> Fault:
    return Fault(code=code, place=place, values=values)


def _database(session: Session) -> Iterator[Fault]:
    """What the database itself can tell; PostgreSQL keeps its references by itself."""
    if session.get_bind().dialect.name != "sqlite":
        return
    for (said,) in session.execute(text("PRAGMA integrity_check")):
        if said != "ok":
            yield _fault("book", "book_damaged", found=said)
    for broken in session.execute(text("PRAGMA foreign_key_check")):
        yield _fault(f"{broken[0]}:{broken[1]}", "book_dangling", found=broken[2])
    counted = session.scalar(text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"))
    wanted = TRIGGERS.get(session.scalar(text("SELECT version_num FROM alembic_version")) or "", 0)
    if counted != wanted:
        yield _fault("book", "book_unguarded", found=counted, wanted=wanted)


def _hashes(session: Session) -> Iterator[Fault]:
    """Every record and document against its hash; what was erased has nothing to compare."""
    records = select(RevisionRow).where(RevisionRow.record.is_not(None)).order_by(RevisionRow.id)
    for row in session.scalars(records.execution_options(yield_per=FETCHED)):
        if digest(row.record or "") != row.sha256:
            yield _fault(reference_of(row), "book_altered", found="record")
    documents = (
        select(DocumentRow.name, DocumentRow.content, DocumentRow.sha256, RevisionRow)
        .join(RevisionRow, DocumentRow.revision_id == RevisionRow.id)
        .where(DocumentRow.content.is_not(None))
    )
    for name, content, sha256, row in session.execute(documents.execution_options(yield_per=1)):
        if digest(content or b"") != sha256:
            yield _fault(reference_of(row), "book_altered", found=name)


def _actuals(session: Session) -> Iterator[Fault]:
    """The figures of every month against their hash; a backup from before there were any has none."""
    if not inspect(session.connection()).has_table(ActualRow.__tablename__):
        return
    wanted = select(ActualRow, QuoteRow.number).join(QuoteRow, ActualRow.quote_id == QuoteRow.id)
    for row, number in session.execute(wanted.execution_options(yield_per=FETCHED)):
        if digest(row.cells) != row.sha256:
            yield _fault(number, "book_altered", found=f"{row.month} {row.store}".strip())


def _numbers(session: Session) -> Iterator[Fault]:
    """No number twice, none above the last that was reserved, no revision above the quote's last."""
    twice = select(QuoteRow.number).group_by(QuoteRow.number).having(func.count() > 1)
    for number in session.scalars(twice):
        yield _fault(number, "book_number_twice", found=number)
    last = {row.year: row.last for row in session.scalars(select(CounterRow))}
    for number, year, serial in session.execute(select(QuoteRow.number, QuoteRow.year, QuoteRow.serial)):
        if number != f"Q-{year}-{serial:04d}" or serial > last.get(year, 0):
            yield _fault(number, "book_number_free", found=last.get(year, 0))
    over = select(RevisionRow).join(QuoteRow).where(RevisionRow.number > QuoteRow.last_revision)
    for row in session.scalars(over):
        yield _fault(reference_of(row), "book_number_free", found=row.quote.last_revision)


def _current(session: Session) -> Iterator[Fault]:
    """One current revision of each alternative, none live beside it, and the list shows what is."""
    current = func.count().filter(RevisionRow.is_current)
    counts = (
        select(QuoteRow.number, AlternativeRow.name, current)
        .select_from(AlternativeRow)
        .join(QuoteRow, AlternativeRow.quote_id == QuoteRow.id)
        .outerjoin(RevisionRow, RevisionRow.alternative_id == AlternativeRow.id)
        .group_by(QuoteRow.number, AlternativeRow.id, AlternativeRow.name)
    )
    for number, name, count in session.execute(counts):
        if count != 1:
            yield _fault(number, "book_current", found=count or 0, name=name)
    stale = select(RevisionRow).where(RevisionRow.state.in_(list(map(str, LIVE))), ~RevisionRow.is_current)
    for row in session.scalars(stale):
        yield _fault(reference_of(row), "book_listed", found=row.state)
    shown = (
        select(QuoteRow)
        .outerjoin(
            RevisionRow,
            (RevisionRow.quote_id == QuoteRow.id)
            & (RevisionRow.number == QuoteRow.speaking)
            & RevisionRow.is_current
            & (RevisionRow.state == QuoteRow.state)
            & (RevisionRow.total_cents == QuoteRow.total_cents),
        )
        .where(RevisionRow.id.is_(None))
    )
    for quote in session.scalars(shown):
        yield _fault(quote.number, "book_listed", found=quote.state)


def _approved(session: Session) -> Iterator[Fault]:
    """Whether every departure from the price list that was sent had been approved by enough people."""
    records = select(RevisionRow).where(RevisionRow.record.is_not(None)).order_by(RevisionRow.id)
    for row in session.scalars(records.execution_options(yield_per=FETCHED)):
        record = Record.read(row.record or "{}")
        for line in record.to_approve():
            people = (
                select(func.count(NameRow.key.distinct()))
                .join(ApprovalRow, ApprovalRow.approver_id == NameRow.id)
                .join(ApprovedLineRow, ApprovedLineRow.approval_id == ApprovalRow.id)
                .join(DraftRow, ApprovalRow.draft_id == DraftRow.id)
                .where(DraftRow.alternative_id == row.alternative_id)
                .where(ApprovedLineRow.sha256 == line.sha256, ApprovalRow.at <= row.sent)
            )
            if (session.scalar(people) or 0) < record.approvers_needed():
                yield _fault(reference_of(row), "book_unapproved", found=line.id)
