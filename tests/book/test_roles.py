"""Roles: checked in the book at every step, not on the page; and none to be had by oneself."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import pytest
from books import DISCOUNT, FIGURES, NOON, SIGNED, begun, record, sent

from estimator.book.book import Book
from estimator.book.links import Links
from estimator.book.records import Revision
from estimator.book.roles import MAY, Act, Role
from estimator.values.errors import QuotecastError

PEOPLE: dict[str, Role | None] = {
    "ann@example.com": Role.ADMIN,
    "wu@example.com": Role.APPROVER,
    "lin@example.com": Role.SALES,
    "nobody@example.com": None,
}


def code_of(step: Callable[[], Any]) -> str:
    with pytest.raises(QuotecastError) as refused:
        step()
    return refused.value.faults[0].code


@pytest.fixture
def staffed(make_book: Callable[..., Book]) -> Book:
    """A book of people who sign in, with one of each role."""
    book = make_book(signed_in=True)
    for name, role in PEOPLE.items():
        if role is not None:
            book.give_role(name, role, user="ann@example.com")
    return book


def steps(book: Book, user: str) -> dict[str, tuple[Act, Callable[[], Any]]]:
    """Every step that is written in a user's name, over a sent quote, a draft of it and one that waits."""
    seller = "lin@example.com"
    revision: Revision = sent(book, user=seller)
    reference, number = revision.reference, revision.number
    draft, waiting = begun(book, user=seller), begun(book, user=seller)
    what = record(DISCOUNT)
    book.ask_approval(waiting.id, what, user=seller, version=waiting.version)
    signed = sent(book, user=seller)
    book.agree(signed.reference, user=seller, who="Client", how="by mail")
    book.sign(signed.reference, SIGNED, user=seller)
    sell, approve, administer = Act.SELL, Act.APPROVE, Act.ADMINISTER
    at = draft.id
    return {
        "save_draft": (sell, lambda: book.save_draft(None, "x", {}, user=user)),
        "undo_draft": (sell, lambda: book.undo_draft(at, user=user, version=draft.version)),
        "copy_draft": (sell, lambda: book.copy_draft(at, "copy", user=user)),
        "discard_draft": (sell, lambda: book.discard_draft(at, user=user, version=draft.version)),
        "revise": (sell, lambda: book.revise(reference, user=user)),
        "amend": (sell, lambda: book.amend(signed.reference, user=user)),
        "renew": (sell, lambda: book.renew(signed.reference, user=user)),
        "ask_approval": (sell, lambda: book.ask_approval(at, what, user=user, version=draft.version)),
        "approve": (
            approve,
            lambda: book.approve(waiting.id, what.sha256, approver=user, reason="a good client"),
        ),
        "refuse_approval": (approve, lambda: book.refuse_approval(waiting.id, approver=user, reason="no")),
        "send": (
            sell,
            lambda: book.send(at, record(), lambda *_: (), user=user, version=draft.version),
        ),
        "agree": (sell, lambda: book.agree(reference, user=user, who="Client", how="by mail")),
        "sign": (sell, lambda: book.sign(reference, SIGNED, user=user)),
        "decline": (sell, lambda: book.decline(reference, user=user)),
        "withdraw": (sell, lambda: book.withdraw(reference, user=user)),
        "expire": (sell, lambda: book.expire(reference, user=user)),
        "expire_overdue": (sell, lambda: book.expire_overdue(user=user)),
        "close_quote": (sell, lambda: book.close_quote(number, won=True, reason="price", user=user)),
        "follow_up": (sell, lambda: book.follow_up(number, NOON.date(), user=user)),
        "add_actuals": (sell, lambda: book.add_actuals(number, [FIGURES], user=user)),
        "remove_name": (administer, lambda: book.remove_name("Client", user=user, reason="asked")),
        "give_role": (administer, lambda: book.give_role("new@example.com", Role.SALES, user=user)),
        "make": (sell, lambda: book.links.make(reference, days=3, user=user)),
        "revoke": (sell, lambda: book.links.revoke(reference, user=user)),
        "answer": (sell, lambda: book.links.answer(1, "yes", user=user)),
    }


def test_every_step_that_is_written_is_in_the_table() -> None:
    """A step added later must say which role it takes."""
    written = {
        name
        for of in (Book, Links)
        for name, method in inspect.getmembers(of, inspect.isfunction)
        if not name.startswith("_") and {"user", "approver"} & set(inspect.signature(method).parameters)
    } - {"may", "check"}
    # what is listed here is tried by every role below
    assert written == set(STEPS)


STEPS = [
    "save_draft",
    "undo_draft",
    "copy_draft",
    "discard_draft",
    "revise",
    "amend",
    "renew",
    "ask_approval",
    "approve",
    "refuse_approval",
    "send",
    "agree",
    "sign",
    "decline",
    "withdraw",
    "expire",
    "expire_overdue",
    "close_quote",
    "follow_up",
    "add_actuals",
    "remove_name",
    "give_role",
    "make",
    "revoke",
    "answer",
]


@pytest.mark.parametrize(("name", "user"), [*product(STEPS, PEOPLE)])
def test_a_step_is_taken_by_whose_role_allows_it_and_by_nobody_else(
    staffed: Book, name: str, user: str
) -> None:
    act, step = steps(staffed, user)[name]
    role = PEOPLE[user]
    if role is None:
        assert code_of(step) == "no_role"
    elif act not in MAY[role]:
        assert code_of(step) == "not_your_role"
    else:
        try:
            step()
        except QuotecastError as error:  # whatever else is wrong with it, it is not the role
            assert not {"no_role", "not_your_role"} & {fault.code for fault in error.faults}


def test_where_people_sign_in_nobody_may_do_anything_before_there_is_an_admin(
    make_book: Callable[..., Book],
) -> None:
    book = make_book(signed_in=True)
    assert code_of(lambda: book.save_draft(None, "x", {}, user="lin@example.com")) == "no_roles"
    give = partial(book.give_role, "lin@example.com", user="lin@example.com")
    for role in (Role.SALES, Role.APPROVER, None):
        assert code_of(partial(give, role)) == "first_admin"
    book.give_role("ann@example.com", Role.ADMIN, user="ann@example.com")
    assert code_of(lambda: book.give_role("lin@example.com", Role.ADMIN, user="lin@example.com")) == "no_role"


def test_the_last_admin_stays(staffed: Book) -> None:
    ann = "ann@example.com"
    for role in (None, Role.SALES):
        assert code_of(partial(staffed.give_role, ann, role, user=ann)) == "last_admin"
    staffed.give_role("wu@example.com", Role.ADMIN, user=ann)
    staffed.give_role(ann, None, user="wu@example.com")
    assert code_of(lambda: staffed.revise("Q-2026-0001", user=ann)) == "no_role"
    assert {one.name: one.role for one in staffed.people()} == {
        "lin@example.com": Role.SALES,
        "wu@example.com": Role.ADMIN,
    }


def test_with_roles_nobody_approves_for_himself_whatever_the_book_was_opened_with(
    make_book: Callable[..., Book],
) -> None:
    book = make_book(approve_own=True)
    assert book.alone()
    book.give_role("ann", Role.ADMIN, user="ann")
    assert not book.alone()
    draft, what = begun(book, user="ann"), record(DISCOUNT)
    book.ask_approval(draft.id, what, user="ann", version=draft.version)
    assert code_of(lambda: book.approve(draft.id, what.sha256, approver="ann", reason="me")) == "own_approval"


def test_a_name_that_is_taken_out_takes_its_role_along(staffed: Book) -> None:
    staffed.remove_name("lin@example.com", user="ann@example.com", reason="left")
    assert [one.name for one in staffed.people()] == ["ann@example.com", "wu@example.com"]
    assert code_of(lambda: staffed.save_draft(None, "x", {}, user="lin@example.com")) == "no_role"


def test_an_address_is_one_whether_it_was_written_in_capitals(make_book: Callable[..., Book]) -> None:
    book = make_book(signed_in=True)
    book.give_role("Ann@Example.com", Role.ADMIN, user="Ann@Example.com")
    book.give_role("LIN@example.com", Role.SALES, user="ANN@example.com")
    book.save_draft(None, "x", {}, user="lin@example.com")
    assert [one.name for one in book.people()] == ["ann@example.com", "lin@example.com"]
