"""A step in the book, taken from the page: drawn anew where it was kept, told why where it was refused."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from estimator.presentation import phrases
from estimator.presentation.words import Words
from estimator.screens import markup
from estimator.values.errors import QuotecastError


def take(step: Callable[[], object], words: Words) -> None:
    """Take a step, and draw the page anew; what is refused says why."""
    try:
        step()
    except QuotecastError as error:
        for fault in error.faults:
            markup.put(markup.fault(phrases.fault(fault, None, words)), words)
        return
    st.rerun()
