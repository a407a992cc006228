"""Drafts in the book: saved under a version, listed, copied, undone, and begun from what was sent."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from estimator.book.models import AlternativeRow, DraftRow, DraftVersionRow, EventRow, RevisionRow
from estimator.book.records import MOST_OF_A_DRAFT, Draft, canonical, clean_text, digest
from estimator.book.rows import (
    current_row,
    current_rows,
    name_id,
    reference_of,
    revision_row,
    write_event,
)
from estimator.book.states import State, check_transition
from estimator.values.errors import fail

MOST_VERSIONS = 20
"""Earlier versions of a draft that are kept."""
OPEN = (State.DRAFT, State.APPROVAL)
FIRST = "A"
"""The alternative of a quote that has only one."""


def draft_row(session: Session, draft_id: int, version: int | None = None) -> DraftRow:
    """An open draft, held against other writers; another version than the expected one is refused."""
    wanted = select(DraftRow).where(DraftRow.id == draft_id).with_for_update(of=DraftRow)
    draft = session.scalar(wanted)
    if draft is None:
        raise fail("no_such_draft", "draft", found=draft_id)
    if version is not None and draft.version != version:
        who, when = draft.changed_by.name, f"{draft.changed:%Y-%m-%d %H:%M} UTC"
        raise fail("draft_changed", draft.name, who=who, when=when, found=version, version=draft.version)
    if State(draft.state) not in OPEN:
        raise fail("draft_closed", draft.name, who=draft.changed_by.name, state=draft.state)
    return draft


def as_draft(draft: DraftRow) -> Draft:
    """The draft as it is handed out."""
    return Draft(
        id=draft.id,
        name=draft.name,
        owner=draft.owner.name,
        content=json.loads(draft.content),
        version=draft.version,
        state=State(draft.state),
        changed=draft.changed,
        changed_by=draft.changed_by.name,
        number=draft.quote.number if draft.quote else None,
        alternative=draft.alternative,
        asked_sha256=digest(draft.asked_record) if draft.asked_record else None,
        begun_from=_begun_from(draft),
    )


def _begun_from(draft: DraftRow) -> str | None:
    if draft.renews is not None:
        return f"{draft.renews.number}-r{draft.renews.speaking}"
    former = draft.base if draft.base is not None else draft.origin
    return None if draft.quote is None or former is None else f"{draft.quote.number}-r{former}"


def create(
    session: Session,
    name: str,
    content: str,
    user: str,
    now: dt.datetime,
    what: str = "draft_begun",
    **begun_from: Any,
) -> DraftRow:
    """A new draft at version 1."""
    who = name_id(session, user, "user")
    draft = DraftRow(
        name=clean_text(name, "name"),
        owner_id=who,
        content=content,
        version=1,
        state=str(State.DRAFT),
        changed=now,
        changed_by_id=who,
        **{"alternative": FIRST, **begun_from},
    )
    session.add(draft)
    session.flush()
    event = EventRow(at=now, who_id=who, what=what, quote_id=draft.quote_id, draft_id=draft.id)
    event.to_state = draft.state
    write_event(session, event)
    return draft


def save(
    session: Session, draft: DraftRow, name: str, content: Mapping[str, Any], user: str, now: dt.datetime
) -> None:
    """Keep a draft's next version; a change of what was asked about takes the question back."""
    text, name = canonical(content, "draft", MOST_OF_A_DRAFT), clean_text(name, "name")
    if (text, name) == (draft.content, draft.name):
        return
    session.add(
        DraftVersionRow(
            draft_id=draft.id,
            version=draft.version,
            name=draft.name,
            content=draft.content,
            by_id=draft.changed_by_id,
        )
    )
    session.execute(
        delete(DraftVersionRow)
        .where(DraftVersionRow.draft_id == draft.id)
        .where(DraftVersionRow.version <= draft.version - MOST_VERSIONS)
    )
    _change(session, draft, text, name, name_id(session, user, "user"), now)


def undo(session: Session, draft: DraftRow, user: str, now: dt.datetime) -> None:
    """Go back to the version before; each undo goes one further."""
    earlier = session.scalar(
        select(DraftVersionRow)
        .where(DraftVersionRow.draft_id == draft.id)
        .order_by(DraftVersionRow.version.desc())
        .limit(1)
    )
    if earlier is None:
        raise fail("nothing_to_undo", draft.name)
    session.delete(earlier)
    _change(session, draft, earlier.content, earlier.name, name_id(session, user, "user"), now)


def _change(session: Session, draft: DraftRow, text: str, name: str, who: int, now: dt.datetime) -> None:
    if text != draft.content and draft.state == State.APPROVAL:
        step(session, draft, State.DRAFT, "draft_edited", who, now)
    draft.content, draft.name = text, name
    draft.version += 1
    draft.changed, draft.changed_by_id = now, who


def step(
    session: Session, draft: DraftRow, wanted: State, what: str, who: int, now: dt.datetime, note: str = ""
) -> EventRow:
    """Take a draft to another state and write that down; what was asked about ends with the question."""
    check_transition(State(draft.state), wanted, draft.name)
    event = EventRow(at=now, who_id=who, what=what, draft_id=draft.id, quote_id=draft.quote_id)
    event.from_state, event.to_state = draft.state, str(wanted)
    write_event(session, event, note)
    draft.state = str(wanted)
    if wanted != State.APPROVAL:
        draft.asked_record = draft.asked_by_id = None
    return event


def all_open(session: Session) -> tuple[Draft, ...]:
    """Every draft that is neither sent nor withdrawn, the last changed first."""
    states = [str(state) for state in OPEN]
    wanted = select(DraftRow).where(DraftRow.state.in_(states))
    return tuple(map(as_draft, session.scalars(wanted.order_by(DraftRow.changed.desc(), DraftRow.id.desc()))))


def copy(session: Session, draft_id: int, name: str, user: str, now: dt.datetime) -> DraftRow:
    """A new draft of the same content: a quote of its own, and nothing of it approved."""
    source = session.get(DraftRow, draft_id)
    if source is None:
        raise fail("no_such_draft", "draft", found=draft_id)
    return create(session, name, source.content, user, now, "draft_copied")


def begin_from(
    session: Session, reference: str, user: str, now: dt.datetime, *, alternative: str | None = None
) -> DraftRow:
    """A draft of the next revision of what was sent, or of another ``alternative`` beside it."""
    sent = revision_row(session, reference, lock=True)
    origin = sent.alternative.origin
    for row in current_rows(session, sent.quote):
        if row.state == State.SIGNED and row.alternative.origin == origin:
            check_transition(State.SIGNED, State.DRAFT, reference_of(row))
    if alternative is None:
        place: dict[str, Any] = {
            "alternative": sent.alternative.name,
            "alternative_id": sent.alternative_id,
            "base": current_row(session, sent.alternative_id).number,
        }
    else:
        place = {"alternative": clean_text(alternative, "alternative")}
        if place["alternative"] in _taken(session, sent):
            raise fail("name_taken", sent.quote.number, found=place["alternative"])
    return _begin(session, sent, user, now, "revision_begun", quote_id=sent.quote_id, origin=origin, **place)


def amend(session: Session, reference: str, user: str, now: dt.datetime) -> DraftRow:
    """A draft that amends a signed revision; that one stays in force until the amendment is signed too."""
    sent = _signed(session, reference)
    taken = set(session.scalars(select(AlternativeRow.name).where(AlternativeRow.quote_id == sent.quote_id)))
    names = (f"{reference_of(sent)} +{count}" for count in range(1, len(taken) + 2))
    name = next(name for name in names if name not in taken)
    place = {"quote_id": sent.quote_id, "alternative": name, "origin": sent.number}
    return _begin(session, sent, user, now, "amendment_begun", **place)


def renew(session: Session, reference: str, user: str, now: dt.datetime) -> DraftRow:
    """A draft of a new quote that follows a signed one."""
    sent = _signed(session, reference)
    return _begin(session, sent, user, now, "renewal_begun", renews_id=sent.quote_id)


def _taken(session: Session, sent: RevisionRow) -> set[str]:
    wanted = select(AlternativeRow.name).where(AlternativeRow.quote_id == sent.quote_id)
    return set(session.scalars(wanted))


def _signed(session: Session, reference: str) -> RevisionRow:
    sent = revision_row(session, reference, lock=True)
    if sent.state != State.SIGNED:
        raise fail("not_signed", reference_of(sent), state=sent.state)
    return sent


def _begin(
    session: Session, sent: RevisionRow, user: str, now: dt.datetime, what: str, **place: Any
) -> DraftRow:
    source = session.get_one(DraftRow, sent.draft_id)
    return create(session, source.name, source.content, user, now, what, **place)
