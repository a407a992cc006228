"""Past months on the form: typed or pasted, what was understood of them, what they did, and the way back."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from estimator.brief.brief import Brief
from estimator.presentation.own_view import PastWords, own_view, past_words
from estimator.presentation.words import Words
from estimator.quoting.own_figures import OwnFigures, own_figures
from estimator.quoting.quote import Quote
from estimator.screens import current, markup, panels
from estimator.screens.asked import Asked, once
from estimator.screens.fields import MOST_PAST, PAST
from estimator.screens.form_state import held, key
from estimator.values.errors import QuotecastError


def box(brief: Brief, changed: Callable[[], None], words: Words) -> None:
    """The box behind its button; ``changed`` takes over what was typed."""
    named = past_words(brief.history, brief.currency, words)
    with st.popover(named.open, key="more_past", width="stretch"):
        markup.put(panels.title(named.title, named.lead), words)
        st.text_area(
            named.months,
            value=held().setdefault(PAST, ""),
            key=key(PAST),
            placeholder=named.hint,
            max_chars=MOST_PAST,
            height=104,
            on_change=changed,
        )
        with st.container(horizontal=True, key="past_steps", vertical_alignment="center"):
            shown = st.toggle(named.effect, key="past_effect")
        if shown:
            _effect(brief, named, words)
        elif named.understood is not None:
            _understood(named, words)


def _understood(named: PastWords, words: Words) -> None:
    """The months as they were understood."""
    assert named.understood is not None
    markup.put(markup.heading(named.understood.title), words)
    markup.put(markup.grid((named.understood.heads, *named.understood.rows)), words)


def _effect(brief: Brief, named: PastWords, words: Words) -> None:
    """What the shop's own figures did to the forecast: the market, the figures, and what came of both."""
    asked = Asked.of(brief)
    try:
        made: Quote = once("quote", asked, asked.made)
        own: OwnFigures | None = once("own_figures", asked, lambda: own_figures(made))
    except QuotecastError as error:
        markup.put(panels.said(tuple(error.lines(words.language))), words)
        return
    if own is None:
        markup.put(panels.said((named.nothing,)), words)
        return
    shown = own_view(made, own, current.theme(), words)
    markup.put(panels.title(shown.title, shown.lead), words)
    if shown.spec is not None:
        st.vega_lite_chart(shown.spec, theme=None, key="own_picture")
        markup.put(markup.spoken(shown.said), words)
    markup.put(panels.said(shown.lines), words)
    markup.put(markup.grid((shown.table.heads, *shown.table.rows)), words)
