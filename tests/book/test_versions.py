"""Drafts in the book: no update is lost, every draft is listed, and what was typed can be had back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from books import Clock, begun, record, sent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from estimator.book.book import Book
from estimator.book.states import State
from estimator.book.versions import MOST_VERSIONS
from estimator.values.errors import QuotecastError


def test_of_two_who_write_one_draft_the_second_is_told_who_wrote(book: Book) -> None:
    draft = begun(book)
    book.save_draft(draft.id, "first talk", {"a": 1}, user="Wu", version=1)
    with pytest.raises(QuotecastError) as caught:
        book.save_draft(draft.id, "first talk", {"a": 2}, user="Lin", version=1)
    (line,) = caught.value.lines("en")
    assert line.startswith("first talk: Wu changed this draft at 2026-12-01 04:00 UTC")
    assert book.draft(draft.id).content == {"a": 1}


def test_no_update_of_two_threads_is_lost(make_book: Callable[..., Book]) -> None:
    """Each adds to a counter ten times and reads it again whenever told that the other was first."""
    book = make_book()
    draft = book.save_draft(None, "counter", {"count": 0}, user="Lin")
    told = []

    def add(user: str) -> None:
        for _ in range(10):
            while True:
                read = book.draft(draft.id)
                try:
                    content = {"count": read.content["count"] + 1}
                    book.save_draft(draft.id, "counter", content, user=user, version=read.version)
                except QuotecastError as error:
                    told.append(error.faults[0].code)
                else:
                    break

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(add, ["Lin", "Wu"]))
    assert book.draft(draft.id).content == {"count": 20} and set(told) <= {"draft_changed"}


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 3), min_size=1, max_size=2 * MOST_VERSIONS))
def test_undoing_everything_leads_back_as_far_as_versions_are_kept(book: Book, values: list[int]) -> None:
    draft = book.save_draft(None, "n", {"v": 9}, user="Lin")
    seen = [9]
    for value in values:
        draft = book.save_draft(draft.id, "n", {"v": value}, user="Lin", version=draft.version)
        if value != seen[-1]:
            seen.append(value)
    for expected in reversed(seen[:-1][-MOST_VERSIONS:]):
        draft = book.undo_draft(draft.id, user="Lin", version=draft.version)
        assert draft.content == {"v": expected}
    with pytest.raises(QuotecastError, match="no earlier version"):
        book.undo_draft(draft.id, user="Lin", version=draft.version)


def test_what_did_not_change_is_no_new_version(book: Book) -> None:
    draft = begun(book, a=1)
    assert book.save_draft(draft.id, draft.name, draft.content, user="Wu", version=1) == draft


def test_drafts_of_everybody_are_listed_by_name_the_last_changed_first(book: Book, clock: Clock) -> None:
    first = book.save_draft(None, "云朵", {}, user="Lin")
    clock.pass_days(1)
    book.save_draft(None, "Second", {}, user="Wu")
    clock.pass_days(1)
    book.save_draft(first.id, "云朵 二", {}, user="Wu", version=1)
    clock.pass_days(1)
    gone = book.save_draft(None, "gone", {}, user="Wu")
    book.discard_draft(gone.id, user="Wu", version=1)
    listed = [(draft.name, draft.owner, draft.changed_by) for draft in book.drafts()]
    assert listed == [("云朵 二", "Lin", "Wu"), ("Second", "Wu", "Wu")]
    assert book.draft(gone.id).state == State.WITHDRAWN


def test_a_revision_begins_from_what_was_typed(book: Book) -> None:
    first = sent(book, begun(book, budget="二万"))
    draft = book.revise(first.number, user="Wu")
    assert (draft.content, draft.number, draft.alternative, draft.owner) == (
        {"answers": {"budget": "二万"}},
        first.number,
        "A",
        "Wu",
    )


@pytest.mark.parametrize("content", [{"a": "x" * 1_000_001}, {"a": {1, 2}}, {"a": float("inf")}])
def test_a_draft_that_cannot_be_kept_is_refused(book: Book, content: dict[str, object]) -> None:
    with pytest.raises(QuotecastError):
        book.save_draft(None, "n", content, user="Lin")


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\x00b"])
def test_a_name_is_plain_text(book: Book, name: str) -> None:
    for arguments in ((name, "Lin"), ("n", name)):
        with pytest.raises(QuotecastError):
            book.save_draft(None, arguments[0], {}, user=arguments[1])


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "'; DROP TABLE quote; --", "=1+1", "%_\\", "𝒜龘"]
)
def test_a_name_is_kept_as_it_was_typed(book: Book, name: str) -> None:
    revision = sent(book, book.save_draft(None, name, {}, user=name), record(client=name), user=name)
    row = book.list(search=name, owner=name, client=name).rows[0]
    assert (row.client, row.owner, revision.sent_by, row.number) == (name, name, name, revision.number)


def test_there_is_no_draft_of_a_wrong_id(book: Book) -> None:
    for act in (
        lambda: book.draft(99),
        lambda: book.copy_draft(99, "n", user="Lin"),
        lambda: book.save_draft(99, "n", {}, user="Lin", version=1),
    ):
        with pytest.raises(QuotecastError, match="no draft 99"):
            act()
