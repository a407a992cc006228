"""The tables of the book, alike in SQLite and PostgreSQL.

Money is whole cents and every instant is UTC. A person's or client's name stands in ``name`` alone and other
tables point to it, so a name can be taken out of the audit without changing a line of it. What may never
change (events, approvals, what was sent) is held by triggers, which stand in the migrations.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

NO_DAY = dt.date.max
"""Stands for "no follow-up": last in every order, in both databases."""
ORDERS = (("changed",), ("year", "serial"), ("client_key",), ("total_cents",), ("follow_up",))
"""The orders of the list: of all quotes, of those in one state, of those of one owner."""
MOST_OF_A_PART = 40
"""Characters of a name that a search looks up in the index."""


class Instant(TypeDecorator[dt.datetime]):
    """An aware datetime, kept in UTC; SQLite has no zones, so it is given back the one it was kept in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} names no zone")
        return value and value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Base(DeclarativeBase):
    """Names every constraint, so that a migration can name it too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - the declarative base reads it under this name
        dt.datetime: Instant,
        dt.date: Date,
        str: Text,
        bytes: LargeBinary,
    }


Bytewise = String().with_variant(String(collation="C"), "postgresql")
"""A text ordered by its characters' codes, so that a range of it is a prefix."""


class CounterRow(Base):
    """The last number reserved in a year; a number once given out is never given again."""

    __tablename__ = "counter"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class NameRow(Base):
    """A person or a client; ``key`` is the name as it is sorted and found."""

    __tablename__ = "name"
    __table_args__ = (Index(None, "key", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str] = mapped_column(Bytewise)


class NamePartRow(Base):
    """Every end of a name's key: finding a part of a name is then a range of this index."""

    __tablename__ = "name_part"
    part: Mapped[str] = mapped_column(Bytewise, primary_key=True)
    name_id: Mapped[int] = mapped_column(ForeignKey("name.id"), primary_key=True, index=True)


class QuoteRow(Base):
    """A quote; its state, value and times are those of the revision that speaks for it.

    ``client_key`` repeats the key of the client's name: an order over two tables has no index.
    """

    __tablename__ = "quote"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        *(Index(None, *order) for order in ORDERS if order != ("year", "serial")),
        *(Index(None, "state", *order) for order in ORDERS),
        *(Index(None, "owner_id", *order) for order in ORDERS),
        Index(None, "owner_id", "state", "changed"),
        Index(None, "client_id", "changed"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Bytewise, unique=True)
    year: Mapped[int]
    serial: Mapped[int]
    client_id: Mapped[int] = mapped_column(ForeignKey("name.id"))
    client_key: Mapped[str] = mapped_column(Bytewise)
    owner_id: Mapped[int] = mapped_column(ForeignKey("name.id"))
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("quote.id"))
    created: Mapped[dt.datetime]
    follow_up: Mapped[dt.date]
    last_revision: Mapped[int]
    speaking: Mapped[int]
    state: Mapped[str]
    total_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    valid_until: Mapped[dt.datetime]
    changed: Mapped[dt.datetime]
    client: Mapped[NameRow] = relationship(foreign_keys=client_id)
    owner: Mapped[NameRow] = relationship(foreign_keys=owner_id)


class AlternativeRow(Base):
    """One of the offers of a quote that live side by side; ``origin`` is the signed revision it amends."""

    __tablename__ = "alternative"
    __table_args__ = (UniqueConstraint("quote_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id"))
    name: Mapped[str]
    origin: Mapped[int | None]


class RevisionRow(Base):
    """What was sent. Only its state, whether it is current and who agreed may change."""

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("quote_id", "number"),
        Index(
            "uq_revision_current",
            "alternative_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
        Index(None, "state", "valid_until"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id"))
    alternative_id: Mapped[int] = mapped_column(ForeignKey("alternative.id"))
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"))
    number: Mapped[int]
    is_current: Mapped[bool]
    state: Mapped[str]
    record: Mapped[str | None]
    sha256: Mapped[str]
    rules_sha: Mapped[str]
    edition: Mapped[str]
    engine: Mapped[str]
    total_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    valid_until: Mapped[dt.datetime]
    zone: Mapped[str]
    sent: Mapped[dt.datetime]
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("name.id"))
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("name.id"))
    agreed_at: Mapped[dt.datetime | None]
    agreed_how: Mapped[str | None]
    quote: Mapped[QuoteRow] = relationship()
    alternative: Mapped[AlternativeRow] = relationship(foreign_keys=alternative_id)


class DocumentRow(Base):
    """A file as the client got it, or as it came back signed."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("revision_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    name: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    size: Mapped[int]
    sha256: Mapped[str]
    signed: Mapped[bool]


class DraftRow(Base):
    """What somebody works on, and where it is to be sent.

    ``base`` is the current revision of its alternative that the draft began from, ``origin`` the signed one
    that it amends, ``renews_id`` the quote that it renews.
    """

    __tablename__ = "draft"
    __table_args__ = (Index(None, "state", "changed"), Index(None, "quote_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("name.id"))
    content: Mapped[str]
    version: Mapped[int]
    state: Mapped[str]
    changed: Mapped[dt.datetime]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("name.id"))
    quote_id: Mapped[int | None] = mapped_column(ForeignKey("quote.id"))
    alternative_id: Mapped[int | None] = mapped_column(ForeignKey("alternative.id"), index=True)
    alternative: Mapped[str]
    base: Mapped[int | None]
    origin: Mapped[int | None]
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("quote.id"))
    asked_record: Mapped[str | None]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("name.id"))
    quote: Mapped[QuoteRow | None] = relationship(foreign_keys=quote_id)
    renews: Mapped[QuoteRow | None] = relationship(foreign_keys=renews_id)
    owner: Mapped[NameRow] = relationship(foreign_keys=owner_id)
    changed_by: Mapped[NameRow] = relationship(foreign_keys=changed_by_id)


class DraftVersionRow(Base):
    """An earlier version of a draft, for undoing, and who wrote it."""

    __tablename__ = "draft_version"
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    content: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("name.id"))


class EventRow(Base):
    """A line of the audit; no line is ever changed or taken out."""

    __tablename__ = "event"
    __table_args__ = (
        Index(None, "quote_id"),
        Index(None, "draft_id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    who_id: Mapped[int] = mapped_column(ForeignKey("name.id"))
    what: Mapped[str]
    quote_id: Mapped[int | None] = mapped_column(ForeignKey("quote.id"))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"))
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id"))
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]


class NoteRow(Base):
    """What somebody wrote beside an event; apart from it, because people write names."""

    __tablename__ = "note"
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    note: Mapped[str]


class ApprovalRow(Base):
    """Somebody's approval of one content; ``own`` where it is the asker's own."""

    __tablename__ = "approval"
    __table_args__ = (Index(None, "draft_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"))
    sha256: Mapped[str]
    approver_id: Mapped[int] = mapped_column(ForeignKey("name.id"))
    own: Mapped[bool]
    reason: Mapped[str]
    limit_cents: Mapped[int | None] = mapped_column(BigInteger)
    until: Mapped[dt.datetime | None]
    at: Mapped[dt.datetime]


class ApprovedLineRow(Base):
    """A line that an approval covers, by its hash."""

    __tablename__ = "approved_line"
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[str]


class RoleRow(Base):
    """What somebody who signs in may do, and who said so."""

    __tablename__ = "role"
    name_id: Mapped[int] = mapped_column(ForeignKey("name.id"), primary_key=True, autoincrement=False)
    role: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("name.id"))
    at: Mapped[dt.datetime]


class OutcomeRow(Base):
    """Whether a quote was won or lost, and why."""

    __tablename__ = "outcome"
    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id"), primary_key=True, autoincrement=False)
    won: Mapped[bool]
    reason: Mapped[str]
    who_id: Mapped[int] = mapped_column(ForeignKey("name.id"))
    at: Mapped[dt.datetime]


class ActualRow(Base):
    """What was counted of a quote in one month of one store, by the line of a table.

    Who entered it and when is its ``event``'s. A correction is a later row, and both stay.
    """

    __tablename__ = "actual"
    id: Mapped[int] = mapped_column(primary_key=True)
    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    month: Mapped[str]
    store: Mapped[str]
    cells: Mapped[str]
    sha256: Mapped[str]
    source: Mapped[str]
    ends: Mapped[dt.date | None]
    event: Mapped[EventRow] = relationship()


class LinkRow(Base):
    """A client's link to one revision; of its token only the hash is kept."""

    __tablename__ = "link"
    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    created: Mapped[dt.datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("name.id"))
    expires: Mapped[dt.datetime]
    revoked: Mapped[dt.datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("name.id"))
    revision: Mapped[RevisionRow] = relationship()


class VisitRow(Base):
    """What was done by a link; ``visitor`` is a keyed hash of an address, which tells one from two."""

    __tablename__ = "visit"
    __table_args__ = (Index(None, "link_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"))
    at: Mapped[dt.datetime]
    visitor: Mapped[str]
    what: Mapped[str]


class QuestionRow(Base):
    """What a client asked about a section of his quote; ``form`` tells a form that was sent twice."""

    __tablename__ = "question"
    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"), index=True)
    section: Mapped[str]
    text: Mapped[str]
    who_id: Mapped[int] = mapped_column(ForeignKey("name.id"))
    at: Mapped[dt.datetime]
    form: Mapped[str] = mapped_column(unique=True)
    answer: Mapped[str | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("name.id"))
    answered: Mapped[dt.datetime | None]
