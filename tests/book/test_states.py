"""The table of states, over all pairs; and each step of a quote against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import product

import pytest
from books import NOON, SIGNED, Clock, agreed, begun, record, sent, signed

from estimator.book.book import Book
from estimator.book.records import Revision
from estimator.book.states import LIVE, TRANSITIONS, State, check_transition
from estimator.values.errors import QuotecastError

PAIRS = list(product(State, State))
STEPS: dict[State, Callable[[Book, str], object]] = {
    State.AGREED: lambda book, at: book.agree(at, user="Lin", who="Zhou", how="mail"),
    State.SIGNED: lambda book, at: book.sign(at, SIGNED, user="Lin"),
    State.DECLINED: lambda book, at: book.decline(at, user="Lin"),
    State.WITHDRAWN: lambda book, at: book.withdraw(at, user="Lin"),
}


@pytest.mark.parametrize(("state", "wanted"), [pair for pair in PAIRS if pair[1] not in TRANSITIONS[pair[0]]])
def test_a_step_that_is_not_in_the_table_is_refused_by_name(state: State, wanted: State) -> None:
    with pytest.raises(QuotecastError) as caught:
        check_transition(state, wanted, "Q-2026-0042-r3")
    (line,) = caught.value.lines("en")
    assert f'"{wanted}"' in line and line.startswith("Q-2026-0042-r3: this")
    assert ";" in line and "；" in caught.value.lines("zh")[0]  # what can be done instead


def test_a_step_that_is_in_the_table_is_allowed() -> None:
    for state, wanted in PAIRS:
        if wanted in TRANSITIONS[state]:
            check_transition(state, wanted, "draft")


def test_no_state_leads_back_into_what_was_sent() -> None:
    """A revision never becomes a draft again, and what ended never lives again."""
    ends = set(State) - {State.DRAFT, State.APPROVAL, State.SIGNED} - LIVE
    assert all(not TRANSITIONS[state] for state in ends)
    assert not {State.DRAFT, State.APPROVAL} & frozenset().union(*(TRANSITIONS[state] for state in LIVE))


def stand(book: Book, state: State, clock: Clock) -> Revision:
    """A revision in a state."""
    if state in (State.AGREED, State.SIGNED):
        return agreed(book) if state == State.AGREED else signed(book)
    revision = sent(book)
    if state == State.SUPERSEDED:
        sent(book, book.revise(revision.reference, user="Lin"))
    elif state == State.EXPIRED:
        clock.pass_days(15)
        book.expire(revision.reference, user="Lin")
        clock.now = NOON
    elif state != State.SENT:
        STEPS[state](book, revision.reference)
    return revision


@pytest.mark.parametrize("state", [state for state in State if state not in (State.DRAFT, State.APPROVAL)])
def test_the_book_takes_the_steps_of_the_table_and_no_other(book: Book, clock: Clock, state: State) -> None:
    revision = stand(book, state, clock)
    for wanted, take in STEPS.items():
        if wanted not in TRANSITIONS[state]:
            before = book.audit(revision.number)
            with pytest.raises(QuotecastError):
                take(book, revision.reference)
            assert book.audit(revision.number) == before
    assert book.read(revision.number, revision.revision).state == state


def test_an_expired_quote_is_not_agreed_to_and_is_quoted_again(book: Book, clock: Clock) -> None:
    revision = sent(book)
    clock.now = revision.record.valid_until if revision.record else NOON
    with pytest.raises(QuotecastError, match="valid until"):
        book.expire(revision.reference, user="Lin")
    clock.now += dt.timedelta(microseconds=1)
    with pytest.raises(QuotecastError, match="valid until 2026-12-15 04:00 UTC and cannot be agreed"):
        book.agree(revision.reference, user="Lin", who="Zhou", how="mail")
    assert book.expire_overdue(user="Lin") == (revision.reference,)
    again = sent(
        book, book.revise(revision.number, user="Lin"), record(until=clock.now + dt.timedelta(days=7))
    )
    assert (again.revision, again.state) == (2, State.SENT)
    assert book.read(revision.number, 1).state == State.EXPIRED


def test_in_its_last_instant_a_quote_can_be_agreed_to(book: Book, clock: Clock) -> None:
    revision = sent(book)
    clock.pass_days(14)
    done = book.agree(revision.reference, user="Lin", who="周敏", how="by telephone", when=NOON)
    assert done.agreed and (done.agreed.who, done.agreed.when) == ("周敏", NOON)


@pytest.mark.parametrize("days", [-1, 1])
def test_an_agreement_lies_between_sending_and_now(book: Book, days: int) -> None:
    when = NOON + dt.timedelta(days=days)
    with pytest.raises(QuotecastError, match="not between"):
        book.agree(sent(book).reference, user="Lin", who="Zhou", how="mail", when=when)


def test_a_signed_quote_is_amended_and_stays_in_force_until_that_is_signed(book: Book) -> None:
    first = signed(book)
    with pytest.raises(QuotecastError, match="amend it or renew it"):
        book.revise(first.reference, user="Lin")
    amendment = sent(book, book.amend(first.reference, user="Lin"))
    other = book.amend(first.reference, user="Wu")
    assert book.read(first.number, 1).state == State.SIGNED
    book.agree(amendment.reference, user="Lin", who="Zhou", how="mail")
    assert book.read(first.number, 1).state == State.SIGNED
    book.sign(amendment.reference, SIGNED, user="Lin")
    assert book.read(first.number, 1).state == State.SUPERSEDED
    assert book.read(first.number).reference == amendment.reference
    with pytest.raises(QuotecastError):
        sent(book, other)


def test_only_what_is_signed_is_amended_or_renewed(book: Book) -> None:
    revision = sent(book)
    for begin in (book.amend, book.renew):
        with pytest.raises(QuotecastError, match="not signed"):
            begin(revision.reference, user="Lin")


def test_a_renewal_is_a_quote_of_its_own(book: Book) -> None:
    first = signed(book)
    renewal = sent(book, book.renew(first.reference, user="Lin"))
    assert renewal.number != first.number and book.read(first.number).state == State.SIGNED


def test_choosing_an_alternative_supersedes_the_others(book: Book) -> None:
    first = sent(book)
    second = sent(book, book.revise(first.reference, user="Lin", alternative="B"))
    assert [row.current for row in book.revisions(first.number)] == [True, True]
    with pytest.raises(QuotecastError, match="-r1, Q-2026-0001-r2"):
        book.decline(first.number, user="Lin")
    book.agree(second.reference, user="Lin", who="Zhou", how="mail")
    states = [row.state for row in book.revisions(first.number)]
    assert states == [State.SUPERSEDED, State.AGREED]
    again = sent(book, book.revise(first.reference, user="Lin"))
    assert again.alternative == "A" and again.revision == 3


def test_a_name_of_an_alternative_is_taken_once(book: Book) -> None:
    first = sent(book)
    drafts = [book.revise(first.reference, user=user, alternative="B") for user in ("Lin", "Wu")]
    sent(book, drafts[0])
    with pytest.raises(QuotecastError, match='"B" is taken'):
        sent(book, drafts[1])
    with pytest.raises(QuotecastError, match='"B" is taken'):
        book.revise(first.reference, user="Lin", alternative="B")


def test_won_and_lost_have_a_reason_and_follow_up_a_day(book: Book) -> None:
    number = sent(book).number
    book.close_quote(number, won=False, reason="chose another agency", user="Lin")
    book.close_quote(number, won=True, reason="came back", user="Lin")
    book.follow_up(number, dt.date(2026, 12, 9), user="Lin")
    whats = [(event.what, event.note) for event in book.audit(number)[-3:]]
    assert whats == [("lost", "chose another agency"), ("won", "came back"), ("follow_up", "2026-12-09")]
    assert book.list().rows[0].follow_up == dt.date(2026, 12, 9)


def test_a_draft_that_was_sent_is_closed(book: Book) -> None:
    draft = begun(book)
    sent(book, draft)
    with pytest.raises(QuotecastError, match="copy it"):
        sent(book, draft)
    assert book.drafts() == ()
