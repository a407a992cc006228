"""The frame of every page: navigation, who sees the page, its language, and the page that stands in it."""

from __future__ import annotations

import gc
from functools import cache

import streamlit as st

from estimator.presentation import frame, models, phrases
from estimator.presentation.words import LANGUAGES, NAMES, TAGS, Words, language_of
from estimator.screens import (
    compare,
    css,
    current,
    estimate,
    exposure,
    form_state,
    live,
    markup,
    reading,
    session,
    undo,
)
from estimator.screens.current import open_for_run
from estimator.screens.redraw import keep_whole
from estimator.screens.session import PAGES
from estimator.values.errors import QuotecastError


def page() -> None:
    """Draw the page that the session is on, from the session's answers.

    Each page has a place of its own, and the others' are emptied first: what another page left there would
    otherwise stand until the whole run is over.
    """
    state = st.session_state
    try:
        rules = open_for_run()
    except QuotecastError as error:
        st.code("\n".join(error.lines(language_of(st.context.locale))), language=None, wrap_lines=True)
        return
    if _kept_out():
        return
    kpis = rules.kpis
    session.begin(rules)
    form_state.collect()
    held = reading.read(rules)
    audience: models.Audience = state["mode"]
    if audience == "presenter" and state["page"] == "quotes":
        state["page"] = PAGES[0]  # other clients' names are not for the prospect
    keep_whole()
    words = Words(
        state["language"], to_you=audience == "presenter", vocabulary=rules.vocabulary, remarks=rules.remarks
    )
    theme = current.theme()
    sidebar = state["page"] == "estimate" or (state["page"] == "live" and audience == "internal")
    st.html(css.style(theme, audience, sidebar=sidebar))
    chrome = frame.chrome(words, held.known, held.asked)
    with undo.noted(), session.kept(held.brief):
        with st.container(key="frame"):
            _header(words, chrome, named=not sidebar)
        if fault := session.complaint():
            markup.put(markup.fault(phrases.fault(fault, None, words)), words)
        for name in PAGES:
            if name != state["page"]:
                st.empty()
                continue
            with st.container(key=f"page_{name}"):
                if name == "compare":
                    compare.show(words, chrome)
                elif name == "quotes":
                    from estimator.screens import quotes  # the database waits for whoever asks for it

                    quotes.show(held.brief, words)
                elif name == "estimate":
                    estimate.show(words, chrome)
                    with st.sidebar:
                        live.brief_form(words, kpis)
                else:
                    live.show(held, words, audience, chrome, theme, kpis)
    if held.known:
        _keep_what_is_loaded()


def _kept_out() -> bool:
    """Whether this visitor may not see the page; who may not is told why, and nothing else."""
    if wrong := exposure.fault():
        st.code("\n".join(wrong.line(language) for language in LANGUAGES), language=None, wrap_lines=True)
        return True
    if not exposure.sign_in():
        return False
    strange, signed_in = current.stranger(), exposure.is_signed_in()
    if signed_in and not strange:
        return False
    words = Words(language_of(st.context.locale))
    shown = frame.sign_in(words)
    st.html(css.style(current.theme(), "presenter", sidebar=False))
    if signed_in:
        lines = tuple(fault.text(words.language) for fault in strange)
        markup.put(markup.refused(shown.stranger, lines), words)
        exposure.sign_out(shown.out, "secondary")
    else:
        markup.put(markup.welcome(shown.title, shown.lead), words)
        st.button(shown.button, key="sign_in", type="primary", on_click=st.login)
        st.html(css.script(language=TAGS[words.language], leaving=True), unsafe_allow_javascript=True)
    return True


@cache
def _keep_what_is_loaded() -> None:
    """Take modules and catalogs out of what Streamlit's collector walks after every run, once a process.

    They live as long as the server does; walking them took longer than working out an answer.
    """
    gc.collect()
    gc.freeze()


def _header(words: Words, chrome: models.Chrome, *, named: bool) -> None:
    """The frame's upper edge, at the same place in every state."""
    markup.put(markup.header(chrome, named=named), words)
    with st.container(key="nav"):
        st.segmented_control(
            chrome.page,
            tuple(chrome.pages),
            format_func=lambda name: chrome.pages[name],
            key="page",
            required=True,
            label_visibility="collapsed",
        )
    with st.container(key="header_tools", horizontal=True, gap=None):
        undo.buttons(words)
        st.segmented_control(
            chrome.mode,
            tuple(chrome.modes),
            format_func=lambda name: chrome.modes[name],
            key="mode",
            required=True,
            label_visibility="collapsed",
            on_change=form_state.refresh,
        )
        st.segmented_control(
            chrome.language,
            LANGUAGES,
            format_func=lambda language: NAMES[language],
            key="language",
            required=True,
            label_visibility="collapsed",
            on_change=form_state.refresh,
        )
        if exposure.sign_in():
            exposure.sign_out(frame.sign_in(words).out)
    st.html(css.script(session.cookie(), language=TAGS[words.language]), unsafe_allow_javascript=True)
