"""The book: every quote that was sent, as it was sent, and the drafts on the way there.

What was sent is a record; nothing of it is ever computed again. Each method is one transaction, but ``send``,
which lets the caller render between two. Clock and user are handed in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from estimator.book import approvals, figures, lists, names, roles, sending, steps, versions
from estimator.book.links import Links
from estimator.book.models import DraftRow
from estimator.book.notices import Notice, Tell, keep_quiet
from estimator.book.opening import connect, reading, writing
from estimator.book.records import (
    MOST_OF_A_DRAFT,
    Draft,
    Entered,
    Event,
    Figures,
    Forecast,
    Line,
    Page,
    Record,
    RenderedDocument,
    Revision,
    canonical,
)
from estimator.book.roles import Act, Person, Role
from estimator.book.rows import name_id, quote_row, revision_row
from estimator.book.states import State
from estimator.values.errors import QuotecastError, fail

Clock = Callable[[], dt.datetime]
Render = Callable[[str, int], Sequence[RenderedDocument]]
"""The client's documents under a number and a revision."""


def open_book(
    url: str, clock: Clock, *, approve_own: bool = False, signed_in: bool = False, tell: Tell = keep_quiet
) -> Book:
    """The book at an address, made there if there is none; ``clock`` tells the time in any zone.

    ``approve_own`` lets a single user approve his own quotes, which the audit says; where anybody has a role
    it does not. Where users have ``signed_in``, who has no role may write nothing. ``tell`` takes notices.

    >>> from datetime import UTC, datetime
    >>> book = open_book("sqlite://", lambda: datetime(2026, 12, 1, tzinfo=UTC))
    >>> draft = book.save_draft(None, "Seed, first talk", {"ad_budget": 20000}, user="Lin")
    >>> draft.version, str(draft.state)
    (1, 'draft')
    """
    return Book(connect(url), clock, approve_own=approve_own, signed_in=signed_in, tell=tell)


class Book:
    """An open book; it may be shared among threads."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        *,
        approve_own: bool,
        signed_in: bool = False,
        tell: Tell = keep_quiet,
    ) -> None:
        self.engine, self._clock, self._approve_own = engine, clock, approve_own
        self._signed_in, self._tell = signed_in, tell

    def _now(self) -> dt.datetime:
        now = self._clock()
        if now.tzinfo is None:
            raise fail("no_zone", "clock", found=now.isoformat())
        return now.astimezone(dt.UTC)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @property
    def links(self) -> Links:
        """The clients' links to what was sent."""
        return Links(self.engine, self._clock, self._tell, signed_in=self._signed_in)

    @contextmanager
    def _acting(self, user: str, act: Act = Act.SELL) -> Iterator[Session]:
        """A session for one step of a user whose role allows it."""
        with writing(self.engine) as session:
            roles.check(session, user, act, signed_in=self._signed_in)
            yield session

    # ── people ────────────────────────────────────────────────────────────────────────────────────

    def alone(self) -> bool:
        """Whether a user may approve what he sends: one local user, as long as nobody has a role."""
        return self._approve_own and not self.people()

    def people(self) -> tuple[Person, ...]:
        """Everybody with a role."""
        with reading(self.engine) as session:
            return roles.people(session)

    def may(self, user: str, act: Act) -> bool:
        """Whether a user's role allows a step."""
        try:
            self.check(user, act)
        except QuotecastError:
            return False
        return True

    def check(self, user: str, act: Act) -> None:
        """Raise what is to be told to a user whose role does not allow a step."""
        with reading(self.engine) as session:
            roles.check(session, user, act, signed_in=self._signed_in)

    def give_role(self, name: str, role: Role | None, *, user: str) -> None:
        """Give somebody a role, or take his away. The first one given is an admin's."""
        with writing(self.engine) as session:
            roles.give(session, name, role, user, self._now())

    # ── drafts ────────────────────────────────────────────────────────────────────────────────────

    def save_draft(
        self, draft: int | None, name: str, content: Mapping[str, Any], *, user: str, version: int = 0
    ) -> Draft:
        """Keep a draft over the ``version`` that was read, or a new one where ``draft`` is ``None``.

        Where somebody else wrote in between, nothing is kept and the fault says who.
        """
        with self._acting(user) as session:
            if draft is None:
                text = canonical(content, "draft", MOST_OF_A_DRAFT)
                row = versions.create(session, name, text, user, self._now())
            else:
                row = versions.draft_row(session, draft, version)
                versions.save(session, row, name, content, user, self._now())
            session.flush()
            return versions.as_draft(row)

    def undo_draft(self, draft: int, *, user: str, version: int) -> Draft:
        """Go back to the version before; each undo goes one further, as far as versions are kept."""
        with self._acting(user) as session:
            row = versions.draft_row(session, draft, version)
            versions.undo(session, row, user, self._now())
            return versions.as_draft(row)

    def copy_draft(self, draft: int, name: str, *, user: str) -> Draft:
        """A new draft of the same content, without its number and without its approvals."""
        with self._acting(user) as session:
            return versions.as_draft(versions.copy(session, draft, name, user, self._now()))

    def discard_draft(self, draft: int, *, user: str, version: int) -> None:
        """Take a draft off the list."""
        with self._acting(user) as session:
            row = versions.draft_row(session, draft, version)
            who = name_id(session, user, "user")
            versions.step(session, row, State.WITHDRAWN, "draft_discarded", who, self._now())
            row.changed, row.changed_by_id = self._now(), who

    def drafts(self) -> tuple[Draft, ...]:
        """Every open draft of everybody, the last changed first."""
        with reading(self.engine) as session:
            return versions.all_open(session)

    def draft(self, draft: int) -> Draft:
        """A draft by its id, also one that was sent or discarded."""
        with reading(self.engine) as session:
            row = session.get(DraftRow, draft)
            if row is None:
                raise fail("no_such_draft", "draft", found=draft)
            return versions.as_draft(row)

    def revise(self, reference: str, *, user: str, alternative: str | None = None) -> Draft:
        """A draft of a quote's next revision, or of one more alternative beside those that live."""
        with self._acting(user) as session:
            now = self._now()
            return versions.as_draft(
                versions.begin_from(session, reference, user, now, alternative=alternative)
            )

    def amend(self, reference: str, *, user: str) -> Draft:
        """A draft that amends a signed revision, which stays in force until this one is signed."""
        with self._acting(user) as session:
            return versions.as_draft(versions.amend(session, reference, user, self._now()))

    def renew(self, reference: str, *, user: str) -> Draft:
        """A draft of a new quote that follows a signed one."""
        with self._acting(user) as session:
            return versions.as_draft(versions.renew(session, reference, user, self._now()))

    # ── approval ──────────────────────────────────────────────────────────────────────────────────

    def pending(self, draft: int, record: Record) -> tuple[Line, ...]:
        """The lines of a record that must still be approved before this draft can be sent with it."""
        with reading(self.engine) as session:
            row = versions.draft_row(session, draft)
            return approvals.pending(session, row, record, self._now())

    def ask_approval(self, draft: int, record: Record, *, user: str, version: int, reason: str = "") -> Draft:
        """Put a record before those who approve, and say why they should."""
        with self._acting(user) as session:
            row = versions.draft_row(session, draft, version)
            approvals.ask(session, row, record, user, self._now(), reason)
            asked = versions.as_draft(row)
        self._tell(Notice(what="approval_asked", who=user, draft=draft, reference=asked.number))
        return asked

    def asked(self, draft: int, sha256: str) -> Record:
        """The record that somebody is asked to approve."""
        with reading(self.engine) as session:
            return approvals.asked(versions.draft_row(session, draft), sha256)

    def approve(
        self,
        draft: int,
        sha256: str,
        *,
        approver: str,
        reason: str,
        limit_cents: int | None = None,
        until: dt.datetime | None = None,
    ) -> tuple[Line, ...]:
        """Approve the content with this hash, and return what a second person must still approve.

        The approval holds for discounts up to ``limit_cents`` and until that instant, if they are given.
        """
        with self._acting(approver, Act.APPROVE) as session:
            row, now = versions.draft_row(session, draft), self._now()
            limits: dict[str, Any] = {"limit_cents": limit_cents, "until": until}
            own = self._approve_own and not roles.people(session)
            approvals.approve(session, row, sha256, approver, reason, now, **limits, for_himself=own)
            left = approvals.pending(session, row, approvals.asked(row, sha256), now)
            notice = Notice(
                what="approved", who=approver, draft=draft, reference=row.quote.number if row.quote else None
            )
        self._tell(notice)
        return left

    def refuse_approval(self, draft: int, *, approver: str, reason: str) -> Draft:
        """Give a draft back to whoever asked."""
        with self._acting(approver, Act.APPROVE) as session:
            row = versions.draft_row(session, draft)
            approvals.refuse(session, row, approver, reason, self._now())
            refused = versions.as_draft(row)
        self._tell(Notice(what="approval_refused", who=approver, draft=draft, reference=refused.number))
        return refused

    # ── what is sent ──────────────────────────────────────────────────────────────────────────────

    def send(self, draft: int, record: Record, render: Render, *, user: str, version: int) -> Revision:
        """Send a draft: reserve its number, let ``render`` make the documents, keep everything at once.

        Nothing is locked while ``render`` works; where it fails, the number is lost and nothing was sent.
        """
        record = record.plain()
        with self._acting(user) as session:
            reserved = sending.reserve(session, draft, version, record, self._now())
        documents = tuple(render(reserved.number, reserved.revision))
        with self._acting(user) as session:
            sending.keep(session, draft, version, reserved, record, documents, user, self._now())
        return self.read(reserved.number, reserved.revision)

    def agree(
        self, reference: str, *, user: str, who: str, how: str, when: dt.datetime | None = None
    ) -> Revision:
        """The client agreed: who, how, and when if it was not now. An expired quote is refused."""
        with self._acting(user) as session:
            steps.agree(session, reference, user, self._now(), who=who, how=how, when=when)
            return lists.revision(session, revision_row(session, reference))

    def sign(self, reference: str, file: RenderedDocument, *, user: str) -> Revision:
        """The signed paper came back; it is kept with its hash."""
        with self._acting(user) as session:
            steps.sign(session, reference, user, self._now(), file)
            return lists.revision(session, revision_row(session, reference))

    def decline(self, reference: str, *, user: str, reason: str = "") -> Revision:
        """The client said no."""
        return self._end(reference, user, State.DECLINED, reason)

    def withdraw(self, reference: str, *, user: str, reason: str = "") -> Revision:
        """We take the offer back."""
        return self._end(reference, user, State.WITHDRAWN, reason)

    def expire(self, reference: str, *, user: str) -> Revision:
        """Mark as expired what is past its day."""
        return self._end(reference, user, State.EXPIRED, "")

    def expire_overdue(self, *, user: str) -> tuple[str, ...]:
        """Mark everything that is past its day, and say what it was."""
        with self._acting(user) as session:
            now = self._now()
            overdue = steps.overdue(session, now)
            for reference in overdue:
                steps.end(session, reference, user, now, State.EXPIRED)
            return tuple(overdue)

    def _end(self, reference: str, user: str, state: State, reason: str) -> Revision:
        with self._acting(user) as session:
            steps.end(session, reference, user, self._now(), state, reason)
            return lists.revision(session, revision_row(session, reference))

    def close_quote(self, number: str, *, won: bool, reason: str, user: str) -> None:
        """Say whether a quote was won or lost, and why."""
        with self._acting(user) as session:
            steps.close(session, number, user, self._now(), won=won, reason=reason)

    def follow_up(self, number: str, day: dt.date | None, *, user: str) -> None:
        """Set or clear the day on which the client is asked again."""
        with self._acting(user) as session:
            steps.follow_up(session, number, user, self._now(), day)

    def add_actuals(
        self, number: str, rows: Sequence[Figures], *, user: str, ends: dt.date | None = None
    ) -> tuple[Entered, ...]:
        """Enter figures of a quote's months, and return all of them; a month entered again is corrected."""
        with self._acting(user) as session:
            return figures.enter(session, number, rows, user, self._now(), ends)

    # ── reading ───────────────────────────────────────────────────────────────────────────────────

    def list(
        self,
        *,
        search: str = "",
        state: State | None = None,
        owner: str | None = None,
        client: str | None = None,
        sort: lists.Sort = "changed",
        offset: int = 0,
        limit: int = 50,
    ) -> Page:
        """A page of the quotes; ``search`` is a part of the client's name or the beginning of a number."""
        with reading(self.engine) as session:
            return lists.page(
                session,
                search=search,
                state=state,
                owner=owner,
                client=client,
                sort=sort,
                offset=offset,
                limit=limit,
            )

    def read(self, number: str, revision: int | None = None) -> Revision:
        """A revision as it was sent; without one that which speaks for the quote.

        ``number`` may name the revision too, as in ``Q-2026-0042-r3``.
        """
        with reading(self.engine) as session:
            if revision is None and "-r" not in number:
                revision = quote_row(session, number).speaking
            reference = number if revision is None else f"{number}-r{revision}"
            return lists.revision(session, revision_row(session, reference))

    def revisions(self, number: str) -> tuple[Revision, ...]:
        """Every revision of a quote, the oldest first."""
        with reading(self.engine) as session:
            return lists.revisions(session, number)

    def actuals(self, number: str) -> tuple[Entered, ...]:
        """Every line of figures that was entered for a quote, the earliest first."""
        with reading(self.engine) as session:
            return figures.of_quote(session, number)

    def forecasts(self, number: str | None = None, *, every: bool = False) -> tuple[Forecast, ...]:
        """What was agreed to or has figures, or ``every`` revision; of one quote where it is named."""
        with reading(self.engine) as session:
            return figures.forecasts(session, number, every=every)

    def document(self, reference: str, name: str) -> bytes:
        """The bytes of a document as the client got it."""
        with reading(self.engine) as session:
            return lists.content(session, revision_row(session, reference), name)

    def audit(self, number: str) -> tuple[Event, ...]:
        """Everything that was done to a quote and to the drafts it came from, the oldest first."""
        with reading(self.engine) as session:
            return lists.audit(session, number)

    def draft_audit(self, draft: int) -> tuple[Event, ...]:
        """Everything that was done to one draft, the oldest first: who asked, and why it was given back."""
        with reading(self.engine) as session:
            return lists.draft_audit(session, draft)

    def remove_name(self, name: str, *, user: str, reason: str, documents: bool = False) -> names.Removed:
        """Replace a person's or client's name by a mark, and say so in the audit."""
        with self._acting(user, Act.ADMINISTER) as session:
            return names.remove(session, name, user, reason, self._now(), documents=documents)
