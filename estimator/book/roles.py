"""Who may do what. Roles are given to the people who sign in, and checked at every step that is written.

A book in which nobody has a role belongs to whoever is alone at it. Where people sign in, it belongs to
nobody until an admin is appointed, which whoever runs the machine does by command.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, aliased

from estimator.book.models import EventRow, NameRow, RoleRow
from estimator.book.records import clean_text
from estimator.book.rows import name_id, write_event
from estimator.values.errors import fail


class Role(StrEnum):
    """What somebody is in the deployment."""

    SALES = "sales"
    APPROVER = "approver"
    ADMIN = "admin"


class Act(StrEnum):
    """What a step is about: quotes and their links, approving, or people and names."""

    SELL = "sell"
    APPROVE = "approve"
    ADMINISTER = "administer"


MAY: Mapping[Role, frozenset[Act]] = MappingProxyType(
    {
        Role.SALES: frozenset({Act.SELL}),
        Role.APPROVER: frozenset({Act.SELL, Act.APPROVE}),
        Role.ADMIN: frozenset({Act.SELL, Act.APPROVE, Act.ADMINISTER}),
    }
)
"""What each role may do."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with a role, who gave it and when."""

    name: str
    role: Role
    given_by: str
    at: dt.datetime


def check(session: Session, user: str, act: Act, *, signed_in: bool) -> None:
    """Refuse a step that a user's role does not allow; one without a role may do nothing."""
    if not _any(session):
        if signed_in:
            raise fail("no_roles", "user", found=user)
        return
    role = role_of(session, user)
    if role is None:
        raise fail("no_role", "user", found=user)
    if act not in MAY[role]:
        able = ", ".join(other for other in Role if act in MAY[other])
        raise fail("not_your_role", "user", found=user, role=str(role), able=able)


def role_of(session: Session, user: str) -> Role | None:
    """The role of a user; None where he has none."""
    wanted = select(RoleRow.role).join(NameRow, RoleRow.name_id == NameRow.id)
    found = session.scalar(wanted.where(NameRow.name == clean_text(user, "user")))
    return None if found is None else Role(found)


def people(session: Session) -> tuple[Person, ...]:
    """Everybody with a role, by name."""
    givers = aliased(NameRow)
    wanted = (
        select(NameRow.name, RoleRow.role, givers.name, RoleRow.at)
        .join(NameRow, RoleRow.name_id == NameRow.id)
        .join(givers, RoleRow.by_id == givers.id)
    )
    return tuple(
        Person(name=name, role=Role(role), given_by=giver, at=at)
        for name, role, giver, at in session.execute(wanted.order_by(NameRow.key))
    )


def give(session: Session, name: str, role: Role | None, user: str, now: dt.datetime) -> None:
    """Give somebody a role, or take his away; the first one is an admin's, and the last admin stays."""
    name, user = _as_signed_in(name), _as_signed_in(user)
    if _any(session):
        check(session, user, Act.ADMINISTER, signed_in=True)
    elif role != Role.ADMIN:
        raise fail("first_admin", "role", found=str(role))
    whose, who = name_id(session, name, "name"), name_id(session, user, "user")
    held = session.get(RoleRow, whose)
    admins = select(func.count()).select_from(RoleRow).where(RoleRow.role == str(Role.ADMIN))
    if held is not None and held.role == Role.ADMIN != role and session.scalar(admins) == 1:
        raise fail("last_admin", "role", found=name)
    session.execute(delete(RoleRow).where(RoleRow.name_id == whose))
    if role is not None:
        session.add(RoleRow(name_id=whose, role=str(role), by_id=who, at=now))
    what = "role_taken" if role is None else "role_given"
    note = clean_text(name, "name") if role is None else f"{clean_text(name, 'name')}: {role}"
    write_event(session, EventRow(at=now, who_id=who, what=what), note)


def _as_signed_in(name: str) -> str:
    """An address is kept in small letters, as whoever signs in with it is named."""
    return name.lower() if "@" in name else name


def _any(session: Session) -> bool:
    return session.scalar(select(RoleRow.name_id).limit(1)) is not None
