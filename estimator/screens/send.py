"""Sending on the page: who sends it, what must be approved, one button, and what it was sent under."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from estimator.book.book import Book
from estimator.book.records import Draft, Line
from estimator.documents import sending
from estimator.presentation import document_words
from estimator.presentation.document_words import SendWords
from estimator.presentation.frame import sign_in
from estimator.presentation.words import Words
from estimator.quoting.quote import Quote
from estimator.schemas.proposal import Proposal
from estimator.screens import client_link, current, exposure, markup, panels
from estimator.screens.asked import once
from estimator.screens.drafts import DRAFT, FOLLOWS, held, hold
from estimator.values.errors import QuotecastError

SENT = "sent"
"""What was sent or put up last, and the number it was sent under; empty while it waits for approval."""


def row(made: Quote, proposal: Proposal, words: Words) -> None:
    """Send what was made, or ask for its approval: never before the prospect."""
    named = document_words.send_words(words)
    markup.put(markup.heading(named.title), words)
    kept: tuple[Proposal, str] | None = st.session_state.get(SENT)
    if kept is None or kept[0] != proposal:
        _ready(made, proposal, words, named)
        return
    told = named.sent.format(number=kept[1]) if kept[1] else named.asked
    markup.put(panels.said((told,)), words)
    if kept[1]:
        client_link.offer(current.book(), kept[1], str(st.session_state.get("user", "")), words)


def _ready(made: Quote, proposal: Proposal, words: Words, named: SendWords) -> None:
    """What must be approved, why, and the button."""
    book, user = current.book(), sender(named.sender, "send", words)
    fresh = _as_new(named)
    departing = _departures(made, proposal)
    alone = book.alone()
    reason = ""
    if departing:
        asked = (named.approval, *document_words.departing(departing, made, words))
        markup.put(panels.said(asked), words)
        label = named.reason if alone else named.why
        reason = st.text_input(label, key="send_reason", max_chars=300).strip()
    label = named.send if alone or not departing else named.ask
    if st.button(label, key="send_now", type="primary", width="stretch", disabled=not user):
        if departing and not reason:
            markup.put(markup.fault(named.no_reason), words)
        else:
            _send(made, proposal, words, user, reason, fresh=fresh)


def _as_new(named: SendWords) -> bool:
    """Whether it is sent as a quote of its own; else it goes on with the draft or the quote before."""
    draft, before = held(current.book()), st.session_state.get(FOLLOWS, "")
    if not draft and not before:
        return True
    going_on = named.revision.format(number=before)
    if draft:
        going_on = named.goes_on.format(name=draft["name"])
        if draft["from"]:
            going_on = f"{going_on} · {named.revision.format(number=draft['from'])}"
    choices = {"on": going_on, "new": named.fresh}
    st.segmented_control(
        named.as_what,
        tuple(choices),
        default="on",
        format_func=lambda name: choices[name],
        key="send_as",
        required=True,
    )
    return bool(st.session_state["send_as"] == "new")


def _departures(made: Quote, proposal: Proposal) -> tuple[Line, ...]:
    """What must be approved, worked out once for each proposal."""
    kept: tuple[Line, ...] = once("departures", proposal, lambda: sending.departures(made, proposal))
    return kept


def sender(label: str, place: str, words: Words) -> str:
    """Who is at the page, as the audit will say: who signed in, else the name typed at any ``place``."""
    state = st.session_state
    if exposure.sign_in():
        state["user"] = user = exposure.user()
        markup.put(markup.note(sign_in(words).who.format(who=user)), words)
        return user
    key = f"sender_{place}"
    # only typing changes the name: a field that is drawn anew, or gone, must not
    state.setdefault(key, state.get("user", ""))
    st.text_input(label, key=key, max_chars=80, on_change=_typed, args=(key,))
    return str(state.get("user", ""))


def _typed(key: str) -> None:
    st.session_state["user"] = st.session_state[key].strip()


def _send(made: Quote, proposal: Proposal, words: Words, user: str, reason: str, *, fresh: bool) -> None:
    state, book, named = st.session_state, current.book(), document_words.send_words(words)
    try:
        with st.spinner(named.working):
            draft = None if fresh else _goes_on(book, user)
            ready = sending.prepare(book, made, proposal, user=user, draft=draft)
            hold(ready.draft)
            if ready.pending and not book.alone():
                hold(sending.ask(book, ready, user=user, reason=reason).draft)
                state[SENT] = (proposal, "")
            else:
                if ready.pending:
                    ready = sending.approve(book, ready, user=user, reason=reason)
                revision = sending.send(book, made, ready, user=user)
                state.pop(DRAFT, None)
                state[SENT], state[FOLLOWS] = (proposal, revision.reference), revision.number
    except QuotecastError as error:
        markup.put(markup.refused(named.title, error.lines(words.language)), words)
        return
    st.rerun()


def _goes_on(book: Book, user: str) -> Draft:
    """The draft that the session goes on with, as it was read; or the next revision of what it sent."""
    draft = held(book)
    if draft:
        return replace(book.draft(draft["id"]), version=draft["version"])
    return book.revise(st.session_state[FOLLOWS], user=user)
