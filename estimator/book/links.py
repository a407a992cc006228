"""Clients' links: who may open which revision, until when, and what was done there.

Of a token only its hash is kept. Whoever holds one reaches a single revision: what is handed out here has no
record, so neither our costs nor another quote can be got at with it.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, defer, joinedload

from estimator.book import lists, roles, steps
from estimator.book.models import EventRow, LinkRow, NameRow, QuestionRow, QuoteRow, RevisionRow, VisitRow
from estimator.book.notices import Notice, Tell
from estimator.book.opening import reading, writing
from estimator.book.records import Document, checked_instant, clean_text, digest
from estimator.book.roles import Act
from estimator.book.rows import move, name_id, name_of, reference_of, revision_row, summarise, write_event
from estimator.book.states import State, check_transition
from estimator.values.errors import fail

MOST_OF_A_ROLE = 60
MOST_OF_A_REASON = 500
MOST_OF_A_SECTION = 120
MOST_OF_A_QUESTION = 1_000
"""Characters that a client may write of each."""
MOST_QUESTIONS = 100
"""Questions by one link."""
MOST_DAYS = 365
"""Days that a link stays open."""
SAME_VISIT = dt.timedelta(minutes=30)
"""Opening a link again from the same address within this time is no new visit."""

Done = Literal["opened", "agreed", "declined", "asked"]


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link as whoever made it sees it; ``first_opened`` is ``None`` as long as nobody has opened it."""

    id: int
    reference: str
    created: dt.datetime
    created_by: str
    expires: dt.datetime
    revoked: dt.datetime | None
    revoked_by: str | None
    first_opened: dt.datetime | None
    openings: int


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a client asked, and what was answered."""

    id: int
    section: str
    text: str
    who: str
    at: dt.datetime
    answer: str | None
    answered_by: str | None
    answered: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a client sees of a revision: where it stands and its files' names, and nothing it was made of."""

    number: str
    revision: int
    client: str
    sha256: str
    state: State
    current: bool
    valid_until: dt.datetime
    open: bool
    zone: str
    sent_by: str
    agreed_by: str | None
    agreed_at: dt.datetime | None
    documents: tuple[Document, ...]
    questions: tuple[Question, ...]


class Links:
    """The links of a book. Clock and user are handed in; ``visitor`` is a keyed hash of an address."""

    def __init__(
        self, engine: Engine, clock: Callable[[], dt.datetime], tell: Tell, *, signed_in: bool
    ) -> None:
        self._engine, self._clock, self._tell, self._signed_in = engine, clock, tell, signed_in

    def _now(self) -> dt.datetime:
        return checked_instant(self._clock(), "clock")

    # ── for whoever sends a quote ─────────────────────────────────────────────────────────────────

    def make(self, reference: str, *, days: int, user: str) -> tuple[str, Link]:
        """A new link to a revision and its token, which is told this once and kept nowhere."""
        if not 1 <= days <= MOST_DAYS:
            code = "below_least" if days < 1 else "above_most"
            raise fail(code, "days", found=days, least=1, most=MOST_DAYS)
        token, now = secrets.token_urlsafe(32), self._now()
        with writing(self._engine) as session:
            roles.check(session, user, Act.SELL, signed_in=self._signed_in)
            row, who = revision_row(session, reference), name_id(session, user, "user")
            link = LinkRow(revision_id=row.id, token_sha256=digest(token), created=now, created_by_id=who)
            link.expires = now + dt.timedelta(days=days)
            session.add(link)
            event = EventRow(at=now, who_id=who, what="link_made", quote_id=row.quote_id, revision_id=row.id)
            write_event(session, event, f"{link.expires:%Y-%m-%d %H:%M} UTC")
            session.flush()
            return token, _link(session, link)

    def revoke(self, reference: str, *, user: str) -> int:
        """Close every open link of a revision, and say how many that were."""
        now = self._now()
        with writing(self._engine) as session:
            roles.check(session, user, Act.SELL, signed_in=self._signed_in)
            row, who = revision_row(session, reference), name_id(session, user, "user")
            wanted = select(LinkRow).where(LinkRow.revision_id == row.id, LinkRow.revoked.is_(None))
            closed = list(session.scalars(wanted.where(LinkRow.expires > now)))
            for link in closed:
                link.revoked, link.revoked_by_id = now, who
                event = EventRow(at=now, who_id=who, what="link_revoked")
                event.quote_id, event.revision_id = row.quote_id, row.id
                write_event(session, event)
            return len(closed)

    def of(self, reference: str) -> tuple[Link, ...]:
        """Every link of a revision, the oldest first."""
        with reading(self._engine) as session:
            row = revision_row(session, reference)
            wanted = select(LinkRow).where(LinkRow.revision_id == row.id).order_by(LinkRow.id)
            return tuple(_link(session, link) for link in session.scalars(wanted))

    def questions(self, reference: str) -> tuple[Question, ...]:
        """What was asked about a revision, the oldest first."""
        with reading(self._engine) as session:
            return _questions(session, revision_row(session, reference).id)

    def answer(self, question: int, text: str, *, user: str) -> None:
        """Answer a client's question; he reads it by his link. Answered again, the later answer is shown."""
        with writing(self._engine) as session:
            roles.check(session, user, Act.SELL, signed_in=self._signed_in)
            row = session.get(QuestionRow, question)
            if row is None:
                raise fail("no_such_question", "question", found=question)
            row.answer = clean_text(text, "answer", MOST_OF_A_QUESTION)
            row.answered_by_id, row.answered = name_id(session, user, "user"), self._now()
            revision = session.get_one(LinkRow, row.link_id).revision
            event = EventRow(at=row.answered, who_id=row.answered_by_id, what="question_answered")
            event.quote_id, event.revision_id = revision.quote_id, revision.id
            write_event(session, event, row.answer)

    # ── for whoever has a link: every method takes its token, and a closed link is as good as none ─────

    def open(self, token: str, visitor: str | None = None) -> Offer | None:
        """What a link shows, ``None`` where it is closed or unknown; a ``visitor`` is written down."""
        now = self._now()
        with reading(self._engine) as session:
            link = _live(session, token, now)
            if link is None:
                return None
            offer = _offer(session, link.revision, now)
            known = visitor is None or _was_here(session, link, visitor, now)
        if visitor is not None and not known:
            with writing(self._engine) as session:
                _note_opening(session, token, visitor, now)
        return offer

    def document(self, token: str, name: str) -> bytes | None:
        """The bytes of one of the offer's files."""
        with reading(self._engine) as session:
            link = _live(session, token, self._now())
            if link is None or name not in [document.name for document in _documents(session, link.revision)]:
                return None
            return lists.content(session, link.revision, name)

    def agree(self, token: str, *, who: str, role: str, statement: str, visitor: str) -> bool:
        """The client agrees, in the words that he read; ``False`` where there is no such link."""
        now = self._now()
        with writing(self._engine) as session:
            link = _live(session, token, now, lock=True)
            if link is None:
                return False
            sent = link.revision
            reference, kept = reference_of(sent), clean_text(role, "role", MOST_OF_A_ROLE)
            how = f"{kept}; {reference}; sha256 {sent.sha256}"
            said = f"{kept}: {statement}"
            steps.agree(session, reference, who, now, who=who, how=how, what="client_agreed", note=said)
            _note(session, link, "agreed", visitor, now)
            notice = Notice(what="client_agreed", reference=reference_of(link.revision))
        self._tell(notice)
        return True

    def decline(self, token: str, *, who: str, reason: str, visitor: str) -> bool:
        """The client says no, with or without a reason. What was agreed to is not undone by a link."""
        now = self._now()
        with writing(self._engine) as session:
            link = _live(session, token, now, lock=True)
            if link is None:
                return False
            sent = link.revision
            if sent.state == State.AGREED:
                check_transition(State.AGREED, State.AGREED, reference_of(sent))
            if sent.valid_until < now:
                found = f"{sent.valid_until:%Y-%m-%d %H:%M} UTC"
                raise fail("quote_expired", reference_of(sent), found=found)
            event = EventRow(at=now, who_id=name_id(session, who, "who"), what="client_declined")
            note = clean_text(reason, "reason", MOST_OF_A_REASON) if reason.strip() else ""
            move(session, sent, State.DECLINED, event, note)
            summarise(session, sent.quote, now)
            _note(session, link, "declined", visitor, now)
            notice = Notice(what="client_declined", reference=reference_of(link.revision))
        self._tell(notice)
        return True

    def ask(self, token: str, *, who: str, section: str, text: str, form: str, visitor: str) -> bool:
        """Keep a question about a section; of two that come from one ``form`` the first counts."""
        now = self._now()
        with writing(self._engine) as session:
            link = _live(session, token, now, lock=True)
            if link is None:
                return False
            if session.scalar(select(QuestionRow.id).where(QuestionRow.form == form)) is not None:
                return True
            asked = select(func.count()).select_from(QuestionRow).where(QuestionRow.link_id == link.id)
            if (session.scalar(asked) or 0) >= MOST_QUESTIONS:
                raise fail("too_many_questions", reference_of(link.revision), most=MOST_QUESTIONS)
            row = QuestionRow(link_id=link.id, who_id=name_id(session, who, "who"), at=now, form=form)
            row.section = clean_text(section, "section", MOST_OF_A_SECTION) if section.strip() else ""
            row.text = clean_text(text, "question", MOST_OF_A_QUESTION)
            session.add(row)
            event = EventRow(at=now, who_id=row.who_id, what="question_asked")
            event.quote_id, event.revision_id = link.revision.quote_id, link.revision_id
            write_event(session, event, ": ".join(filter(None, (row.section, row.text))))
            _note(session, link, "asked", visitor, now)
            notice = Notice(what="question_asked", reference=reference_of(link.revision))
        self._tell(notice)
        return True


def _live(session: Session, token: str, now: dt.datetime, *, lock: bool = False) -> LinkRow | None:
    """The open link of a token. Every token costs one look-up by its hash, whether there is a link or not."""
    wanted = (
        select(LinkRow)
        .where(LinkRow.token_sha256 == digest(token.encode("utf-8", "replace")))
        .where(LinkRow.revoked.is_(None), LinkRow.expires > now)
        .options(joinedload(LinkRow.revision).options(defer(RevisionRow.record, raiseload=True)))
    )
    if lock:
        wanted = wanted.with_for_update(of=LinkRow)
    return session.scalar(wanted)


def _was_here(session: Session, link: LinkRow, visitor: str, now: dt.datetime) -> bool:
    wanted = select(VisitRow.id).where(VisitRow.link_id == link.id, VisitRow.at > now - SAME_VISIT)
    return session.scalar(wanted.where(VisitRow.visitor == visitor, VisitRow.what == "opened")) is not None


def _note_opening(session: Session, token: str, visitor: str, now: dt.datetime) -> None:
    """Write an opening down, and into the audit the first of its link."""
    link = _live(session, token, now, lock=True)
    if link is None or _was_here(session, link, visitor, now):
        return
    if session.scalar(select(VisitRow.id).where(VisitRow.link_id == link.id).limit(1)) is None:
        quote = link.revision.quote
        event = EventRow(at=now, who_id=quote.client_id, what="link_opened", quote_id=quote.id)
        event.revision_id = link.revision_id
        write_event(session, event)
    _note(session, link, "opened", visitor, now)


def _note(session: Session, link: LinkRow, what: Done, visitor: str, now: dt.datetime) -> None:
    session.add(VisitRow(link_id=link.id, at=now, visitor=visitor, what=what))


def _link(session: Session, row: LinkRow) -> Link:
    opened = select(func.min(VisitRow.at), func.count()).where(
        VisitRow.link_id == row.id, VisitRow.what == "opened"
    )
    first, openings = session.execute(opened).one()
    return Link(
        id=row.id,
        reference=reference_of(row.revision),
        created=row.created,
        created_by=name_of(session, row.created_by_id) or "",
        expires=row.expires,
        revoked=row.revoked,
        revoked_by=name_of(session, row.revoked_by_id),
        first_opened=first,
        openings=openings,
    )


def _offer(session: Session, row: RevisionRow, now: dt.datetime) -> Offer:
    quote: QuoteRow = row.quote
    return Offer(
        number=quote.number,
        revision=row.number,
        client=quote.client.name,
        sha256=row.sha256,
        state=State(row.state),
        current=row.is_current,
        valid_until=row.valid_until,
        open=row.state == State.SENT and now <= row.valid_until,
        zone=row.zone,
        sent_by=name_of(session, row.sent_by_id) or "",
        agreed_by=name_of(session, row.agreed_by_id),
        agreed_at=row.agreed_at,
        documents=_documents(session, row),
        questions=_questions(session, row.id),
    )


def _documents(session: Session, row: RevisionRow) -> tuple[Document, ...]:
    """The files that were sent and are still there; the paper that came back signed is not among them."""
    return tuple(one for one in lists.documents(session, row) if not (one.signed or one.erased))


def _questions(session: Session, revision: int) -> tuple[Question, ...]:
    wanted = (
        select(QuestionRow, NameRow.name)
        .join(LinkRow, QuestionRow.link_id == LinkRow.id)
        .join(NameRow, QuestionRow.who_id == NameRow.id)
        .where(LinkRow.revision_id == revision)
        .order_by(QuestionRow.id)
    )
    return tuple(
        Question(
            id=row.id,
            section=row.section,
            text=row.text,
            who=who,
            at=row.at,
            answer=row.answer,
            answered_by=name_of(session, row.answered_by_id),
            answered=row.answered,
        )
        for row, who in session.execute(wanted)
    )
