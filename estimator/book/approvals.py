"""Approvals: bound to the hash of what is sent, line by line, for one draft and what it becomes.

What departs from the price list is approved together with the whole content, so any edit asks again; a line
whose hash was approved before is not asked about again. A copy and an alternative begin without approvals.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from estimator.book.models import ApprovalRow, ApprovedLineRow, DraftRow, DraftVersionRow, EventRow, NameRow
from estimator.book.records import MOST_OF_A_NOTE, Line, Record, checked_instant, clean_text
from estimator.book.rows import key_of, name_id, write_event
from estimator.book.states import State
from estimator.book.versions import step
from estimator.values.errors import fail


def pending(session: Session, draft: DraftRow, record: Record, now: dt.datetime) -> tuple[Line, ...]:
    """The lines of a record that too few people have approved for this draft and its alternative."""
    record = record.plain()
    to_approve, needed = record.to_approve(), record.approvers_needed()
    if not to_approve:
        return ()
    wanted = (
        select(ApprovedLineRow.sha256, ApprovalRow, NameRow.key)
        .join(ApprovalRow, ApprovedLineRow.approval_id == ApprovalRow.id)
        .join(NameRow, ApprovalRow.approver_id == NameRow.id)
        .join(DraftRow, ApprovalRow.draft_id == DraftRow.id)
        .where(_same_offer(draft))
        .where(ApprovedLineRow.sha256.in_([line.sha256 for line in to_approve]))
    )
    approvers: defaultdict[str, set[str]] = defaultdict(set)
    for sha256, approval, approver in session.execute(wanted):
        lapsed = approval.until is not None and approval.until < now
        if not lapsed and record.discount_cents <= _most(approval):
            approvers[sha256].add(approver)
    return tuple(line for line in to_approve if len(approvers[line.sha256]) < needed)


def ask(session: Session, draft: DraftRow, record: Record, user: str, now: dt.datetime, reason: str) -> None:
    """Put a record before those who approve; what is approved later is this record and no other."""
    who = name_id(session, user, "user")
    if draft.state == State.APPROVAL:
        step(session, draft, State.DRAFT, "asked_anew", who, now)
    note = clean_text(reason, "reason", MOST_OF_A_NOTE) if reason else ""
    step(session, draft, State.APPROVAL, "approval_asked", who, now, note)
    draft.asked_record, draft.asked_by_id = record.text(), who


def approve(
    session: Session,
    draft: DraftRow,
    sha256: str,
    approver: str,
    reason: str,
    now: dt.datetime,
    *,
    limit_cents: int | None,
    until: dt.datetime | None,
    for_himself: bool,
) -> None:
    """Approve what was asked about, if it still has this hash."""
    record = asked(draft, sha256)
    who = name_id(session, approver, "approver")
    own = key_of(clean_text(approver, "approver")) in _writers(session, draft)
    if own and not for_himself:
        raise fail("own_approval", draft.name, found=approver)
    if limit_cents is not None and record.discount_cents > limit_cents:
        raise fail("above_limit", draft.name, found=record.discount_cents, limit=limit_cents)
    if until is not None and checked_instant(until, "until") <= now:
        raise fail("past_instant", "until", found=until.isoformat())
    approval = ApprovalRow(
        draft_id=draft.id,
        sha256=sha256,
        approver_id=who,
        own=own,
        reason=clean_text(reason, "reason"),
        limit_cents=limit_cents,
        until=until,
        at=now,
    )
    session.add(approval)
    session.flush()
    session.add_all(
        ApprovedLineRow(approval_id=approval.id, sha256=line.sha256, line=line.id)
        for line in record.to_approve()
    )
    what = "approved_own" if own else "approved"
    event = EventRow(at=now, who_id=who, what=what, draft_id=draft.id, quote_id=draft.quote_id)
    write_event(session, event, approval.reason)


def refuse(session: Session, draft: DraftRow, approver: str, reason: str, now: dt.datetime) -> None:
    """Give a draft back to whoever asked, with the reason."""
    who = name_id(session, approver, "approver")
    step(session, draft, State.DRAFT, "approval_refused", who, now, clean_text(reason, "reason"))


def asked(draft: DraftRow, sha256: str) -> Record:
    """The record somebody was asked to approve; another hash is refused."""
    if draft.asked_record is None:
        raise fail("not_asked", draft.name)
    record = Record.read(draft.asked_record)
    if record.sha256 != sha256:
        raise fail("content_changed", draft.name, found=sha256[:12], asked=record.sha256[:12])
    return record


def _writers(session: Session, draft: DraftRow) -> set[str]:
    """The keys of everybody who asked for, owns or wrote a draft, as far as its versions are kept."""
    wrote = select(DraftVersionRow.by_id).where(DraftVersionRow.draft_id == draft.id)
    people = [draft.asked_by_id, draft.owner_id, draft.changed_by_id]
    wanted = select(NameRow.key).where(NameRow.id.in_(people) | NameRow.id.in_(wrote))
    return set(session.scalars(wanted))


def _most(approval: ApprovalRow) -> float:
    return float("inf") if approval.limit_cents is None else approval.limit_cents


def _same_offer(draft: DraftRow) -> ColumnElement[bool]:
    mine = DraftRow.id == draft.id
    return mine if draft.alternative_id is None else mine | (DraftRow.alternative_id == draft.alternative_id)
