"""The session's rules: opened once for every run of the page, and the same for all that the run draws."""

from __future__ import annotations

import streamlit as st

from estimator.rules.rules import Rules, open_rules


def open_for_run() -> Rules:
    """The rules of today, kept in the session for what this run draws. Raises ``QuotecastError``."""
    st.session_state["rules"] = opened = open_rules()
    return opened


def rules() -> Rules:
    """The rules that the page was last drawn with."""
    held: Rules = st.session_state["rules"]
    return held
