"""The rules that a run of the page draws with, and the book of the deployment."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import streamlit as st

from estimator.rules.rules import Rules, open_rules
from estimator.screens import exposure

if TYPE_CHECKING:
    from estimator.book.book import Book


def open_for_run() -> Rules:
    """The rules of today, kept in the session for what this run draws. Raises ``QuotecastError``."""
    st.session_state["rules"] = opened = open_rules()
    return opened


def rules() -> Rules:
    """The rules that the page was last drawn with."""
    held: Rules = st.session_state["rules"]
    return held


@st.cache_resource
def _opened(address: str, *, alone: bool) -> Book:
    # the database is half a second of imports, which no first page waits for
    from estimator.book.book import open_book
    from estimator.book.opening import url_at

    return open_book(url_at(address), lambda: dt.datetime.now(dt.UTC), approve_own=alone)


def book() -> Book:
    """The book of the deployment, shared by its sessions; begun where there is none.

    Whoever is alone at it approves for himself; where people sign in, nobody does.
    """
    from estimator.book.opening import usual_address

    return _opened(usual_address(), alone=not exposure.sign_in())
