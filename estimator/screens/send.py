"""Sending on the page: who sends it, what must be approved, one button, and what it was sent under."""

from __future__ import annotations

import streamlit as st

from estimator.documents import sending
from estimator.presentation import document_words
from estimator.presentation.document_words import SendWords
from estimator.presentation.words import Words
from estimator.quoting.quote import Quote
from estimator.schemas.proposal import Proposal
from estimator.screens import current, markup, panels
from estimator.values.errors import QuotecastError

FOLLOWS = "follows"
"""The quote that the session goes on with; empty for a new one."""


def row(made: Quote, proposal: Proposal, words: Words) -> None:
    """Send what was made: never before the prospect."""
    named = document_words.send_words(words)
    state = st.session_state
    markup.put(markup.heading(named.title), words)
    st.text_input(named.sender, key="sender", max_chars=80)
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
    departing = sending.departures(made, proposal)
    if departing:
        markup.put(panels.said((named.approval, *document_words.departing(departing, words))), words)
        st.text_input(named.reason, key="send_reason", max_chars=300)
    if st.button(
        named.send, key="send_now", type="primary", width="stretch", disabled=not state["sender"].strip()
    ):
        _send(made, proposal, words, named, follows=before if state.get("send_as", "new") != "new" else "")
    if sent := state.get("sent"):
        markup.put(panels.said((named.sent.format(number=sent),)), words)


def _send(made: Quote, proposal: Proposal, words: Words, named: SendWords, *, follows: str) -> None:
    state, book = st.session_state, current.book()
    user, reason = state["sender"].strip(), (state.get("send_reason") or "").strip()
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
