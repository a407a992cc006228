"""The rules that a run of the page draws with, and the book of the deployment."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import streamlit as st

from estimator.presentation.palette import Mode
from estimator.rules.rules import Rules, open_rules
from estimator.screens import exposure
from estimator.values.errors import Fault, QuotecastError

if TYPE_CHECKING:
    from estimator.book.book import Book


def stranger() -> tuple[Fault, ...]:
    """Why somebody who signed in may not see the page: no role here, or an address that nobody verified."""
    if not exposure.sign_in():
        return ()
    from estimator.book.roles import Act

    if not exposure.verified():
        return (Fault(code="no_email", place="user", values={"found": exposure.user()}),)
    try:
        book().check(exposure.user(), Act.SELL)
    except QuotecastError as error:
        return error.faults
    return ()


def zone() -> ZoneInfo:
    """The reader's time zone, as the browser says it."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (KeyError, OSError, ValueError):
        return ZoneInfo("UTC")


def theme() -> Mode:
    """Whether the page is drawn light or dark."""
    return "dark" if st.context.theme.type == "dark" else "light"


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
    from estimator.notices.webhook import tell_from

    return open_book(
        url_at(address),
        lambda: dt.datetime.now(dt.UTC),
        approve_own=alone,
        signed_in=not alone,
        tell=tell_from(os.environ),
    )


def book() -> Book:
    """The book of the deployment, shared by its sessions; begun where there is none.

    Whoever is alone at it approves for himself; where people sign in, nobody does.
    """
    from estimator.book.opening import usual_address

    return _opened(usual_address(), alone=not exposure.sign_in())
