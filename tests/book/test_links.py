"""Clients' links in both databases: what one opens, what is done by it, and how it ends."""

from __future__ import annotations

import pytest
from books import Clock, sent

from estimator.book.book import Book
from estimator.book.states import State
from estimator.values.errors import QuotecastError


def test_a_link_opens_its_revision_until_it_is_closed(book: Book, clock: Clock) -> None:
    reference = sent(book).reference
    token, made = book.links.make(reference, days=7, user="Lin")
    offer = book.links.open(token, "visitor")
    assert offer and offer.open and (offer.number, offer.revision) == ("Q-2026-0001", 1)
    assert book.links.document(token, "quote.pdf") == reference.encode()
    assert book.links.document(token, "other.pdf") is None
    for form in ("a", "a", "b"):
        assert book.links.ask(token, who="周敏", section="", text="?", form=form, visitor="visitor")
    assert len(book.links.questions(reference)) == 2
    assert book.links.agree(token, who="周敏", role="CFO", statement="I agree", visitor="visitor")
    with pytest.raises(QuotecastError):
        book.links.decline(token, who="周敏", reason="", visitor="visitor")
    assert book.read("Q-2026-0001").state == State.AGREED
    (kept,) = book.links.of(reference)
    assert (kept.openings, kept.first_opened, kept.id) == (1, clock.now, made.id)
    assert book.links.revoke(reference, user="Wu") == 1
    assert book.links.open(token) is None and book.links.document(token, "quote.pdf") is None
    assert not book.links.ask(token, who="周敏", section="", text="?", form="c", visitor="visitor")


def test_a_link_closes_by_itself_on_its_day(book: Book, clock: Clock) -> None:
    token, _ = book.links.make(sent(book).reference, days=7, user="Lin")
    clock.pass_days(7)
    assert book.links.open(token, "visitor") is None
    assert not book.links.agree(token, who="周敏", role="CFO", statement="I agree", visitor="visitor")
    assert not book.links.decline(token, who="周敏", reason="", visitor="visitor")
