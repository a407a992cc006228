"""Drafts of the book on the page: kept by a name, gone on with, undone, approved and sent."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from estimator.book.book import Book
from estimator.book.records import Draft, Event
from estimator.book.roles import Act
from estimator.book.states import State
from estimator.brief import brief as briefs
from estimator.brief.brief import Brief
from estimator.contract.parties import Party
from estimator.documents import sending
from estimator.presentation import draft_view
from estimator.presentation.draft_view import DraftWords
from estimator.presentation.words import Words
from estimator.rules.rules import open_rules
from estimator.screens import current, form_state, markup, panels, steps
from estimator.screens.asked import Asked, extras, once
from estimator.values.errors import QuotecastError

DRAFT = "draft"
"""The draft of the book that the session goes on with: its id, version, name, and what it began from."""
FOLLOWS = "follows"
"""The quote that the session sent last."""


def show(brief: Brief, user: str, words: Words) -> None:
    """The list, and the draft that is opened in it."""
    named, book = draft_view.draft_words(words), current.book()
    markup.put(markup.heading(named.title), words)
    if brief.stores:
        _keep(book, brief, user, words, named)
    _list(book, user, words, named)


def _list(book: Book, user: str, words: Words, named: DraftWords) -> None:
    drafts = book.drafts()
    if not drafts:
        markup.put(panels.said((named.none,)), words)
        return
    markup.put(markup.grid(draft_view.draft_rows(drafts, current.zone(), words)), words)
    names = draft_view.draft_names(drafts)
    chosen = st.selectbox(
        named.open,
        tuple(names),
        index=None,
        format_func=lambda one: names[one],
        key="drafts_open",
        placeholder=named.pick,
    )
    draft = next((draft for draft in drafts if draft.id == chosen), None)
    if draft is not None:
        _opened(book, draft, user, words, named)


def hold(draft: Draft) -> None:
    """Go on with a draft: what is sent or kept next is its next version."""
    kept = {"id": draft.id, "version": draft.version, "name": draft.name, "from": draft.begun_from}
    st.session_state[DRAFT] = kept


def held(book: Book) -> dict[str, Any] | None:
    """The draft that the session goes on with; once it was sent, its quote is what follows it."""
    kept: dict[str, Any] | None = st.session_state.get(DRAFT)
    if kept is None:
        return None
    try:
        draft = book.draft(kept["id"])
    except QuotecastError:
        draft = None
    if draft is not None and draft.state in (State.DRAFT, State.APPROVAL):
        return kept
    del st.session_state[DRAFT]
    if draft is not None and draft.state == State.SENT and draft.number:
        st.session_state[FOLLOWS] = draft.number
    return None


def open_in_form(draft: Draft) -> None:
    """Put a draft into the form, under today's rules; what it showed when it was kept is told first."""
    rules, content = current.rules(), draft.content
    form_state.fill(briefs.parse(dict(content["brief"]), vocabulary=rules.vocabulary), rules.kpis)
    world, state = content["world"], st.session_state
    if world["scenario"] in rules.scenarios:
        form_state.held()["scenario"] = world["scenario"]
    state["extras"] = {
        "trade": json.dumps(world["trade"]),
        "overrides": [json.dumps(override) for override in world["overrides"]],
    }
    client = content.get("client", {})
    state["client"] = {name: text for name, text in client.items() if isinstance(text, str)}
    state["received"] = content.get("shown")
    state["page"] = "live"
    hold(draft)


def _keep(book: Book, brief: Brief, user: str, words: Words, named: DraftWords) -> None:
    """Keep what the form holds: over the draft that the session goes on with, or as a new one."""
    kept = held(book)
    with st.container(horizontal=True, gap="small", key="drafts_keep", vertical_alignment="bottom"):
        usual = kept["name"] if kept else brief.name or ""
        name = st.text_input(named.name, usual, key="drafts_name", max_chars=120).strip()
        ready = bool(user and name)
        if kept:
            over = named.over.format(name=kept["name"])
            if st.button(over, key="drafts_over", disabled=not ready):
                steps.take(lambda: _saved(book, brief, user, name, kept), words)
        label = named.as_new if kept else named.keep
        if st.button(label, key="drafts_new", disabled=not ready):
            steps.take(lambda: _saved(book, brief, user, name, None), words)


def _saved(book: Book, brief: Brief, user: str, name: str, over: dict[str, Any] | None) -> None:
    asked = Asked.of(brief)
    world = sending.world_of(asked.rules.on, asked.scenario, asked.trade, asked.overrides)
    client = Party(**st.session_state.get("client", {}))
    content = sending.draft_content(brief, world, client, extras().get("shown"))
    at, version = (over["id"], over["version"]) if over else (None, 0)
    hold(book.save_draft(at, name, content, user=user, version=version))


def _opened(book: Book, draft: Draft, user: str, words: Words, named: DraftWords) -> None:
    waiting = draft_view.is_waiting(draft)
    with st.container(horizontal=True, gap="small", key="drafts_steps"):
        if st.button(named.go_on, key="drafts_go_on", type="secondary" if waiting else "primary"):
            open_in_form(draft)
            st.rerun()
        if st.button(named.undo, key="drafts_undo", disabled=not user or draft.version < 2):
            steps.take(lambda: book.undo_draft(draft.id, user=user, version=draft.version), words)
        if st.button(named.copy, key="drafts_copy", disabled=not user):
            name = named.copied.format(name=draft.name)
            steps.take(lambda: book.copy_draft(draft.id, name, user=user), words)
        if st.button(named.discard, key="drafts_discard", disabled=not user):
            steps.take(lambda: book.discard_draft(draft.id, user=user, version=draft.version), words)
    events = book.draft_audit(draft.id)
    if waiting:
        _waiting(book, draft, draft_view.who_asked(events), user, words, named)
    markup.put(markup.heading(named.history), words)
    markup.put(markup.grid((("", "", "", "", ""), *draft_view.history(events, current.zone(), words))), words)


def _waiting(
    book: Book, draft: Draft, asked: Event | None, user: str, words: Words, named: DraftWords
) -> None:
    """What somebody decides about, as it was put up; once nobody is left to ask, it is sent as it is."""
    try:
        quote, ready = once(
            "waiting", draft, lambda: sending.asked(book, draft, lambda day: open_rules(on=day))
        )
        pending = book.pending(draft.id, ready.record)
    except QuotecastError as error:
        markup.put(markup.refused(named.waiting, error.lines(words.language)), words)
        return
    markup.put(markup.heading(named.waiting if pending else named.approved), words)
    lines = draft_view.asked_lines(quote, ready.record.to_approve(), words)
    if asked is not None:
        lines = (draft_view.asked_said(asked, current.zone(), words), *lines)
    markup.put(panels.said(lines), words)
    if not pending:
        if st.button(named.send, key="drafts_send", type="primary", disabled=not user):
            with st.spinner(named.working):
                steps.take(lambda: sending.send(book, quote, ready, user=user), words)
        return
    own = asked is not None and asked.who == user and not book.alone()
    if own or not user or not book.may(user, Act.APPROVE):
        markup.put(panels.said((named.own if own else named.others,)), words)
        return
    with st.container(horizontal=True, gap="small", key="drafts_approval", vertical_alignment="bottom"):
        reason = st.text_input(named.reason, key="drafts_reason", max_chars=300).strip()
        sha = ready.record.sha256
        if st.button(named.approve, key="drafts_approve", type="primary", disabled=not reason):
            steps.take(lambda: book.approve(draft.id, sha, approver=user, reason=reason), words)
        if st.button(named.give_back, key="drafts_give_back", disabled=not reason):
            steps.take(lambda: book.refuse_approval(draft.id, approver=user, reason=reason), words)
