"""Approvals: bound to the content, by somebody else, and not to be got round."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from books import DISCOUNT, LATE, NOON, Clock, begun, record, sent
from hypothesis import given
from hypothesis import strategies as st

from estimator.book.book import Book
from estimator.book.opening import writing
from estimator.book.records import WHOLE, Draft, Kind, Line, Record
from estimator.book.sending import Reserved, keep
from estimator.book.states import State
from estimator.values.errors import QuotecastError

EDITS: list[dict[str, Any]] = [
    {"client": "Another Ltd"},
    {"brief": {"ad_budget": 20_001}},
    {"rules_sha": "1" * 64},
    {"edition": "2027-01"},
    {"engine": "0.1.1"},
    {"world": {"scenario": "weak"}},
    {"outputs": {"fee": "8100.00"}},
    {"forecast": {"gmv": 0.62}},
    {"total_cents": 817_999},
    {"listed_cents": 820_001},
    {"currency": "EUR"},
    {"valid_until": NOON + dt.timedelta(days=15)},
    {"zone": "Asia/Tokyo"},
    {"lines": (replace(DISCOUNT, text="79.00"),)},
    {"lines": (replace(DISCOUNT, listed="99.00"),)},
    {"lines": (DISCOUNT, replace(DISCOUNT, id="other"))},
]


def approve(book: Book, draft: Draft, what: Record, *approvers: str, **limits: Any) -> tuple[Line, ...]:
    """Ask, and let each approve; what is still to be approved."""
    version = book.draft(draft.id).version
    book.ask_approval(draft.id, what, user=draft.owner, version=version)
    left: tuple[Line, ...] = book.pending(draft.id, what)
    for approver in approvers:
        left = book.approve(draft.id, what.sha256, approver=approver, reason="a good client", **limits)
    return left


def refused(book: Book, draft: Draft, what: Record) -> str:
    """The fault of sending; nothing was sent, and no number was spent on it."""
    before = [row.number for row in book.list().rows]
    with pytest.raises(QuotecastError) as caught:
        sent(book, book.draft(draft.id), what)
    assert [row.number for row in book.list().rows] == before
    return caught.value.faults[0].code


@given(st.sampled_from(list(Kind)), st.text(max_size=3), st.none() | st.text(max_size=3))
def test_only_what_departs_from_the_list_is_approved(kind: Kind, text: str, listed: str | None) -> None:
    line = Line(id="x", kind=kind, text=text, listed=listed)
    asked = [one.id for one in record(line).to_approve()]
    assert asked == ([] if text == listed else ["x", WHOLE])


def test_at_list_price_nobody_is_asked(book: Book) -> None:
    assert sent(book, what=record(replace(DISCOUNT, listed="80.00"), total_cents=820_000)).state == State.SENT


def test_a_discount_is_sent_once_somebody_else_approved_it(book: Book) -> None:
    draft, what = begun(book), record(DISCOUNT)
    assert refused(book, draft, what) == "not_approved"
    assert [line.id for line in approve(book, draft, what)] == ["base_fee", WHOLE]
    assert refused(book, draft, what) == "not_approved"
    assert book.asked(draft.id, what.sha256) == what
    assert approve(book, draft, what, "Wu") == ()
    assert sent(book, book.draft(draft.id), what).state == State.SENT


def test_a_total_below_the_list_is_a_discount_whatever_the_lines_say(book: Book) -> None:
    draft, what = begun(book), record(total_cents=819_999)
    assert [line.id for line in what.to_approve()] == [WHOLE] and refused(book, draft, what) == "not_approved"


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_of_anything_asks_again(book: Book, edit: dict[str, Any]) -> None:
    draft, what = begun(book), record(DISCOUNT)
    approve(book, draft, what, "Wu")
    edited = replace(what, **edit)
    assert edited.sha256 != what.sha256 and refused(book, draft, edited) == "not_approved"
    with pytest.raises(QuotecastError, match="content was changed"):
        book.approve(draft.id, edited.sha256, approver="Wu", reason="unseen")


def test_a_line_that_stayed_is_not_asked_again(book: Book) -> None:
    draft = begun(book)
    other = Line(id="trial", kind=Kind.OTHER, text="30 days", listed=None)
    approve(book, draft, record(DISCOUNT), "Wu")
    assert [line.id for line in book.pending(draft.id, record(DISCOUNT, other))] == ["trial", WHOLE]
    approve(book, draft, record(DISCOUNT, other), "Wu")
    first = sent(book, book.draft(draft.id), record(DISCOUNT, other))
    again = book.revise(first.number, user="Lin")
    assert book.pending(again.id, record(DISCOUNT, other)) == ()
    assert [line.id for line in book.pending(again.id, record(DISCOUNT, engine="0.2.0"))] == [WHOLE]


def test_a_saved_edit_takes_the_question_back(book: Book) -> None:
    draft, what = begun(book), record(DISCOUNT)
    book.ask_approval(draft.id, what, user="Lin", version=1)
    saved = book.save_draft(draft.id, draft.name, {"new": 1}, user="Lin", version=1)
    assert saved.state == State.DRAFT and saved.asked_sha256 is None
    with pytest.raises(QuotecastError, match="nobody asked"):
        book.approve(draft.id, what.sha256, approver="Wu", reason="late")


def test_lines_of_two_approved_contents_are_not_mixed(book: Book) -> None:
    """A discount for a long term and a short term without one do not make a discount for a short term."""
    draft = begun(book)
    long, short = (Line(id="term", kind=Kind.OTHER, text=months, listed="12") for months in ("24", "3"))
    approve(book, draft, record(DISCOUNT, long), "Wu")
    approve(book, draft, record(short), "Wu")
    for mixed in (record(DISCOUNT, short), record(DISCOUNT)):
        assert [line.id for line in book.pending(draft.id, mixed)] == [WHOLE]
        assert refused(book, draft, mixed) == "not_approved"


def test_a_copy_an_alternative_an_amendment_and_an_import_ask_again(book: Book) -> None:
    draft, what = begun(book), record(DISCOUNT)
    approve(book, draft, what, "Wu")
    copy = book.copy_draft(draft.id, "copy", user="Lin")
    imported = book.save_draft(None, draft.name, draft.content, user="Lin")
    first = sent(book, draft, what)
    alternative = book.revise(first.reference, user="Lin", alternative="B")
    book.agree(first.reference, user="Lin", who="Zhou", how="mail")
    for other in (copy, imported, alternative):
        assert refused(book, other, what) == "not_approved"


class Sneaky(Record):
    """Says of itself that nothing is to be approved."""

    def to_approve(self) -> tuple[Line, ...]:
        return ()

    def approvers_needed(self) -> int:
        return 0


def test_a_library_call_does_not_get_round_approval(book: Book) -> None:
    """Neither a record that lies about itself, nor the last step alone, nor a change while rendering."""
    draft, what = begun(book), record(DISCOUNT)
    sneaky = Sneaky(**{name: getattr(what, name) for name in Record.__dataclass_fields__})
    assert refused(book, draft, sneaky) == "not_approved"
    number = Reserved(number="Q-2026-0099", year=2026, serial=99, revision=1)
    for one in (what, sneaky):
        with pytest.raises(QuotecastError, match="not approved"), writing(book.engine) as session:
            keep(session, draft.id, 1, number, one, (), "Lin", NOON)
    brief = {"ad_budget": 20_000}
    fair = record(brief=brief)

    def changes(_: str, revision: int) -> list[Any]:
        brief["ad_budget"] = revision
        return []

    kept = book.send(draft.id, fair, changes, user="Lin", version=1).record
    assert kept and kept.brief == {"ad_budget": 20_000}


def test_nobody_approves_what_he_asked_owns_or_wrote_last(book: Book) -> None:
    draft, what = begun(book, "Lin"), record(DISCOUNT)
    book.save_draft(draft.id, draft.name, {"by": "Wu"}, user="Wu", version=1)
    book.ask_approval(draft.id, what, user="Han", version=2)
    book.save_draft(draft.id, "renamed", {"by": "Wu"}, user="Han", version=2)
    for own in ("Lin", "Wu", "Han", " Lin ", "LIN", "Ｗｕ"):
        with pytest.raises(QuotecastError, match="cannot approve it"):
            book.approve(draft.id, what.sha256, approver=own, reason="mine")
    assert book.approve(draft.id, what.sha256, approver="Guo", reason="yes") == ()


def test_a_single_user_may_approve_for_himself_and_the_audit_says_so(make_book: Callable[..., Book]) -> None:
    book = make_book(approve_own=True)
    draft, what = begun(book), record(DISCOUNT)
    assert approve(book, draft, what, "Lin") == ()
    number = sent(book, draft, what).number
    (event,) = (event for event in book.audit(number) if event.what.startswith("approved"))
    assert (event.what, event.who, event.note) == ("approved_own", "Lin", "a good client")


@pytest.mark.parametrize("own", [False, True])
def test_price_and_payment_at_once_need_two_people(make_book: Callable[..., Book], own: bool) -> None:
    book = make_book(approve_own=own)
    draft, what = begun(book), record(DISCOUNT, LATE)
    assert len(approve(book, draft, what, "Wu", "WU")) == 3
    assert refused(book, draft, what) == "not_approved"
    assert book.approve(draft.id, what.sha256, approver="Lin" if own else "Guo", reason="too") == ()
    assert sent(book, draft, what).state == State.SENT


def test_payment_terms_added_to_an_approved_price_need_a_second_person(book: Book) -> None:
    draft = begun(book)
    approve(book, draft, record(DISCOUNT), "Wu")
    first = sent(book, draft, record(DISCOUNT))
    again = book.revise(first.number, user="Lin")
    left = approve(book, again, record(DISCOUNT, LATE), "Wu")
    assert [line.id for line in left] == ["base_fee", "payment_days", WHOLE]
    assert approve(book, again, record(DISCOUNT, LATE), "Guo") == ()


def test_an_approval_holds_up_to_its_limit_and_its_hour(book: Book, clock: Clock) -> None:
    draft, what = begun(book), record(DISCOUNT)
    with pytest.raises(QuotecastError, match="limit 1999"):
        approve(book, draft, what, "Wu", limit_cents=1_999)
    assert approve(book, draft, what, "Wu", limit_cents=2_000, until=NOON + dt.timedelta(days=1)) == ()
    clock.pass_days(1.1)
    assert refused(book, draft, what) == "not_approved"
    with pytest.raises(QuotecastError, match="past"):
        approve(book, draft, what, "Wu", until=NOON)


def test_what_is_given_back_comes_with_a_reason(book: Book) -> None:
    draft, what = begun(book), record(DISCOUNT)
    book.ask_approval(draft.id, what, user="Lin", version=1)
    back = book.refuse_approval(draft.id, approver="Wu", reason="ask for a longer term")
    assert back.state == State.DRAFT and refused(book, draft, what) == "not_approved"
    with pytest.raises(QuotecastError, match="this is a draft"):
        book.refuse_approval(draft.id, approver="Wu", reason="again")


def test_approval_during_rendering_is_of_the_content_that_is_kept(book: Book) -> None:
    """Whoever edits the draft while documents are made stops the sending."""
    draft = begun(book)

    def edits(number: str, revision: int) -> list[Any]:
        book.save_draft(draft.id, draft.name, {"edited": 1}, user="Wu", version=1)
        return []

    with pytest.raises(QuotecastError, match="Wu changed this draft"):
        book.send(draft.id, record(), edits, user="Lin", version=1)
    assert book.list().rows == ()


def test_a_draft_says_who_asked_why_and_why_it_was_given_back(make_book: Callable[..., Book]) -> None:
    book = make_book()
    draft, what = begun(book), record(DISCOUNT)
    begun(book, user="Somebody else")
    book.ask_approval(draft.id, what, user="Lin", version=draft.version, reason="three stores")
    book.refuse_approval(draft.id, approver="Wu", reason="two are enough")
    told = [(event.who, event.what, event.note) for event in book.draft_audit(draft.id)]
    assert told == [
        ("Lin", "draft_begun", ""),
        ("Lin", "approval_asked", "three stores"),
        ("Wu", "approval_refused", "two are enough"),
    ]
