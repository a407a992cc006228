"""The client's link of a quote that was sent: made on request, and shown once."""

from __future__ import annotations

import os
from urllib.parse import urljoin

import streamlit as st

from estimator.book.book import Book
from estimator.presentation import book_view
from estimator.presentation.words import Words
from estimator.screens import exposure, markup, panels

LINK_DAYS = 30
"""How long a client's link stays open; the quote itself may end sooner."""


def offer(book: Book, reference: str, user: str, words: Words) -> None:
    """The button that makes the link, and the link once it is made; nobody without a name makes one."""
    named = book_view.book_words(words)
    if st.button(named.link, key=f"client_link_{reference}", disabled=not user):
        token, _ = book.links.make(reference, days=LINK_DAYS, user=user)
        st.session_state["client_link"] = (reference, f"/q/{token}")
    made = st.session_state.get("client_link")
    if made is not None and made[0] == reference:
        markup.put(panels.said((named.once,)), words)
        # where people come through a proxy, the client does too
        shown = urljoin(st.context.url or "", "/")
        here = next(exposure.public_origins(os.environ), shown).rstrip("/")
        st.code(f"{here}{made[1]}", language=None)
