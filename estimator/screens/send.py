"""Sending on the page: who sends it, what must be approved, one button, and what it was sent under."""

from __future__ import annotations

import streamlit as st

from estimator.book.records import Line
from estimator.documents import sending
from estimator.presentation import document_words
from estimator.presentation.words import Words
from estimator.quoting.quote import Quote
from estimator.schemas.proposal import Proposal
from estimator.screens import current, exposure, markup, panels
from estimator.screens.asked import once
from estimator.values.errors import QuotecastError

FOLLOWS = "follows"
"""The quote that the session goes on with; empty for a new one."""


def row(made: Quote, proposal: Proposal, words: Words) -> None:
    """Send what was made: never before the prospect."""
    named = document_words.send_words(words)
    state = st.session_state
    markup.put(markup.heading(named.title), words)
    user = sender(named.sender)
    before = state.get(FOLLOWS, "")
    if before:
        choices = {"revision": named.revision.format(number=before), "new": named.fresh}
        st.segmented_control(
            named.as_what,
            tuple(choices),
            default="revision",
            format_func=lambda name: choices[name],
            key="send_as",
            required=True,
        )
    departing = _departures(made, proposal)
    if departing:
        asked = (named.approval, *document_words.departing(departing, made.guards, words))
        markup.put(panels.said(asked), words)
        st.text_input(named.reason, key="send_reason", max_chars=300)
    if st.button(named.send, key="send_now", type="primary", width="stretch", disabled=not user):
        _send(made, proposal, words, user, follows=before if state.get("send_as", "new") != "new" else "")
    if sent := state.get("sent"):
        markup.put(panels.said((named.sent.format(number=sent),)), words)


def _departures(made: Quote, proposal: Proposal) -> tuple[Line, ...]:
    """What must be approved, worked out once for each proposal."""
    kept: tuple[Line, ...] = once("departures", proposal, lambda: sending.departures(made, proposal))
    return kept


def sender(label: str) -> str:
    """Who is at the page, as the audit will say: who signed in, else the name typed, kept while not drawn."""
    if exposure.sign_in():
        st.session_state["user"] = str(st.user.get("email", ""))
        return str(st.session_state["user"])
    st.session_state.setdefault("sender", st.session_state.get("user", ""))
    st.session_state["user"] = st.text_input(label, key="sender", max_chars=80).strip()
    return str(st.session_state["user"])


def _send(made: Quote, proposal: Proposal, words: Words, user: str, *, follows: str) -> None:
    state, book, named = st.session_state, current.book(), document_words.send_words(words)
    reason = (state.get("send_reason") or "").strip()
    try:
        with st.spinner(named.working):
            ready = sending.prepare(book, made, proposal, user=user, follows=follows or None)
            if ready.pending and reason:
                ready = sending.approve(book, ready, user=user, reason=reason)
            if ready.pending:
                book.discard_draft(ready.draft.id, user=user, version=ready.draft.version)
                markup.put(markup.fault(named.no_reason), words)
                return
            revision = sending.send(book, made, ready, user=user)
    except QuotecastError as error:
        markup.put(markup.refused(named.title, error.lines(words.language)), words)
        return
    state["sent"], state[FOLLOWS] = revision.reference, revision.number
