"""Any steps in any order: numbers rise, one revision is current, states follow the table."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from books import DISCOUNT, LATE, SIGNED, Clock, fast_folder, new_book, record, render
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from estimator.book.records import Event, Revision
from estimator.book.states import TRANSITIONS, State
from estimator.book.verification import verify
from estimator.values.errors import QuotecastError

USERS = st.sampled_from(["Lin", "Wu", "Han"])
CHANCE = st.integers(0, 10**6)
LINES = st.sampled_from([(), (), (DISCOUNT,), (LATE,), (DISCOUNT, LATE)])


class Selling(RuleBasedStateMachine):
    """Three people sell; whatever the book refuses must have left no trace."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = fast_folder()
        self.clock = Clock()
        self.book = new_book(self.folder, self.clock)
        self.drafts: list[int] = []
        self.numbers: list[str] = []
        self.seen: dict[str, Revision] = {}
        self.audits: dict[str, tuple[Event, ...]] = {}

    def teardown(self) -> None:
        self.book.close()
        shutil.rmtree(self.folder)

    def attempt(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except QuotecastError:
            return None

    def what(self, lines: tuple[Any, ...]) -> Any:
        return record(*lines, until=self.clock.now + dt.timedelta(days=3))

    @rule(user=USERS)
    def begin(self, user: str) -> None:
        self.drafts.append(self.book.save_draft(None, "talk", {}, user=user).id)

    @precondition(lambda self: self.drafts)
    @rule(user=USERS, chance=CHANCE)
    def edit(self, user: str, chance: int) -> None:
        draft = self.book.draft(self.drafts[chance % len(self.drafts)])
        stale = chance % 3 == 0
        act = lambda: self.book.save_draft(  # noqa: E731
            draft.id, "talk", {"n": chance}, user=user, version=draft.version - stale
        )
        assert not (self.attempt(act) and stale)

    @precondition(lambda self: self.drafts)
    @rule(user=USERS, chance=CHANCE)
    def undo_copy_or_discard(self, user: str, chance: int) -> None:
        draft = self.book.draft(self.drafts[chance % len(self.drafts)])
        if chance % 3 == 0:
            self.attempt(lambda: self.book.undo_draft(draft.id, user=user, version=draft.version))
        elif chance % 3 == 1:
            self.drafts.append(self.book.copy_draft(draft.id, "copy", user=user).id)
        else:
            self.attempt(lambda: self.book.discard_draft(draft.id, user=user, version=draft.version))

    @precondition(lambda self: self.drafts)
    @rule(user=USERS, approver=USERS, lines=LINES, chance=CHANCE)
    def ask_and_approve(self, user: str, approver: str, lines: tuple[Any, ...], chance: int) -> None:
        draft = self.book.draft(self.drafts[chance % len(self.drafts)])
        what = self.what(lines)
        self.attempt(lambda: self.book.ask_approval(draft.id, what, user=user, version=draft.version))
        self.attempt(lambda: self.book.approve(draft.id, what.sha256, approver=approver, reason="ok"))

    @precondition(lambda self: self.drafts)
    @rule(user=USERS, lines=LINES, chance=CHANCE)
    def send(self, user: str, lines: tuple[Any, ...], chance: int) -> None:
        draft, what = self.book.draft(self.drafts[chance % len(self.drafts)]), self.what(lines)
        act = lambda: self.book.send(draft.id, what, render, user=user, version=draft.version)  # noqa: E731
        revision = self.attempt(act)
        if revision and revision.number not in self.numbers:
            assert revision.number > max(self.numbers, default="")
            self.numbers.append(revision.number)

    @precondition(lambda self: self.seen)
    @rule(user=USERS, chance=CHANCE, step=st.sampled_from(["agree", "sign", "decline", "withdraw", "expire"]))
    def step(self, user: str, chance: int, step: str) -> None:
        reference = sorted(self.seen)[chance % len(self.seen)]
        more: dict[str, Any] = {"who": "Zhou", "how": "mail"} if step == "agree" else {}
        files = (SIGNED,) if step == "sign" else ()
        self.attempt(lambda: getattr(self.book, step)(reference, *files, user=user, **more))

    @precondition(lambda self: self.seen)
    @rule(user=USERS, chance=CHANCE, begin=st.sampled_from(["revise", "alternative", "amend", "renew"]))
    def begin_again(self, user: str, chance: int, begin: str) -> None:
        reference = sorted(self.seen)[chance % len(self.seen)]
        act: Callable[[], Any] = {
            "revise": lambda: self.book.revise(reference, user=user),
            "alternative": lambda: self.book.revise(reference, user=user, alternative="BCD"[chance % 3]),
            "amend": lambda: self.book.amend(reference, user=user),
            "renew": lambda: self.book.renew(reference, user=user),
        }[begin]
        draft = self.attempt(act)
        if draft:
            self.drafts.append(draft.id)

    @rule(days=st.sampled_from([0.1, 1, 4]))
    def wait(self, days: float) -> None:
        self.clock.pass_days(days)

    @invariant()
    def the_book_is_whole(self) -> None:
        assert verify(self.book.engine) == ()

    @invariant()
    def nothing_that_was_sent_or_said_has_changed(self) -> None:
        for number in self.numbers:
            audit = self.book.audit(number)
            before = self.audits.get(number, ())
            assert [event for event in audit if event in before] == list(before)
            self.audits[number] = audit
            for now in self.book.revisions(number):
                earlier = self.seen.get(now.reference)
                if earlier is None:
                    assert now.state in (State.SENT, State.SUPERSEDED)
                else:
                    assert (now.record, now.sha256, now.sent) == (
                        earlier.record,
                        earlier.sha256,
                        earlier.sent,
                    )
                    assert now.state == earlier.state or now.state in TRANSITIONS[earlier.state]
                self.seen[now.reference] = now


@pytest.mark.parametrize(
    "examples", [6, pytest.param(150, marks=pytest.mark.journey)], ids=["short", "in full"]
)
def test_whatever_is_done_the_book_stays_whole(examples: int) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Selling,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
