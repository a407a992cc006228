"""A budget first, on the page: what is typed, what fits it, and a button that takes a service and its ads."""

from __future__ import annotations

from functools import partial

import streamlit as st

from estimator.presentation import phrases
from estimator.presentation.fit_words import fit_said, fit_table, fit_words
from estimator.presentation.words import Words
from estimator.quoting.fitting import Fit, fits
from estimator.quoting.quote import Quote
from estimator.screens import form_state, markup, panels
from estimator.screens.asked import Asked, once
from estimator.screens.fields import MOST_TYPED
from estimator.values.errors import QuotecastError
from estimator.values.typed import typed_amount


def box(made: Quote, asked: Asked, words: Words) -> None:
    """What opens at the price, for whoever begins with what there is to spend."""
    named = fit_words(made.currency, words)
    with panels.popover(named.button, "pop_budget", kind="tertiary") as opened:
        if not opened:
            return
        markup.put(panels.title(named.title, named.lead), words)
        text = st.text_input(named.field, key="budget_all_in", placeholder=named.hint, max_chars=MOST_TYPED)
        if not text:
            return
        try:
            budget = typed_amount(text, made.currency, exchange=made.rules.exchange)
        except QuotecastError as error:
            markup.put(markup.fault(phrases.fault(error.faults[0], None, words)), words)
            return
        found = once(f"fits {budget}", asked, lambda: fits(made.brief, made.rules, budget))
        markup.put(panels.said((fit_said(found, budget, made.currency, words),)), words)
        markup.put(markup.ruled(fit_table(found, made.currency, words)), words)
        with st.container(horizontal=True, gap="small"):
            for row, fit in zip(fit_table(found, made.currency, words).rows, found):
                if fit.ads is not None:
                    label = f"{named.take}: {row[0]}"
                    st.button(label, key=f"budget_{fit.model}", on_click=partial(_take, fit))


def _take(fit: Fit) -> None:
    """The service and the ads that fit, put into the form."""
    form_state.put("service_model", fit.model)
    form_state.put("ad_budget", f"{fit.ads:f}")
