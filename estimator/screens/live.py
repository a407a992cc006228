"""The live page: the brief on the left, and the quote with its odds as the call goes on."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import streamlit as st

from estimator import brief as briefs
from estimator import catalog
from estimator.kpis import Kpi
from estimator.presentation import answers, figures, models, phrases, view
from estimator.presentation.palette import Mode
from estimator.presentation.words import LANGUAGES, NAMES, TAGS, Words
from estimator.screens import answer, css, form, markup, session

EXAMPLES = Path(__file__).parent.parent.parent / "examples" / "briefs"
FIRST = ("seed_beauty", "auto_tools_mature", "home_five_platforms", "almost_nothing")
"""The examples shown first; the others follow by name."""
A_ROW = 4


def page() -> None:
    """Draw the page from the session's answers."""
    state = st.session_state
    kpis = catalog.kpis()
    session.begin(kpis)
    audience: models.Audience = state["mode"]
    words = Words(state["language"], to_you=audience == "presenter")
    form.collect()
    held = form.read(kpis)
    session.keep(held.brief)
    st.html(css.style(_theme(), audience))
    try:
        if audience == "presenter":
            _presenter(held, words, kpis)
        _page(held, words, audience, kpis)
        if audience == "internal":
            with st.sidebar:
                _brief(words, kpis)
    finally:
        session.keep(held.brief)


def _theme() -> Mode:
    return "dark" if st.context.theme.type == "dark" else "light"


def _page(held: form.Answers, words: Words, audience: models.Audience, kpis: dict[str, Kpi]) -> None:
    chrome = view.chrome(words, held.known, held.asked)
    _header(words, chrome, audience)
    if fault := session.complaint():
        _html(markup.fault(phrases.fault(fault, None, words)), words)
    if not held.brief.stores or not held.brief.goals:
        _empty(words, chrome, kpis)
        return
    answer.answer(words, chrome, _theme())


def _html(html: str, words: Words) -> None:
    st.html(markup.spoken(html, TAGS[words.language]))


def _header(words: Words, chrome: models.Chrome, audience: models.Audience) -> None:
    """The frame's upper edge: who sees the page, and its language, at the same place in every state."""
    _html(markup.header(chrome, audience), words)
    with st.container(key="header_tools", horizontal=True, gap=None):
        st.segmented_control(
            chrome.mode,
            tuple(chrome.modes),
            format_func=lambda name: chrome.modes[name],
            key="mode",
            required=True,
            label_visibility="collapsed",
            on_change=form.refresh,
        )
        st.segmented_control(
            chrome.language,
            LANGUAGES,
            format_func=lambda language: NAMES[language],
            key="language",
            required=True,
            label_visibility="collapsed",
            on_change=form.refresh,
        )
    with st.container(key="script"):
        st.html(css.script(session.cookie()), unsafe_allow_javascript=True)


def _presenter(held: form.Answers, words: Words, kpis: dict[str, Kpi]) -> None:
    """The brief as a row of chips; the same form waits behind the button beside them."""
    chrome = view.chrome(words, 0, 0)
    with st.container(key="chips_row"):
        row, button = st.columns((1, 0.12), gap="small", vertical_alignment="center")
        with button, form.popover(chrome.change, "change") as unfolded:
            if unfolded:
                _brief(words, kpis)
        with row:
            opened = st.session_state.get("opened")
            named = _title(words) if opened else held.brief.name or ""
            tag = chrome.example if opened else ""
            _html(markup.chips(named, view.chips(held.brief, words, kpis), tag), words)


def _title(words: Words) -> str:
    """What the brief is called: an example's title, or that it is new."""
    opened: str | None = st.session_state.get("opened")
    chrome = view.chrome(words, 0, 0)
    return words.say(answers.EXAMPLES.get(opened, opened)) if opened else chrome.new_brief


@st.fragment(key=form.FORM)
def _brief(words: Words, kpis: dict[str, Kpi]) -> None:
    """The form under its name; in the sidebar also under the product's."""
    chrome = view.chrome(words, 0, 0)
    audience: models.Audience = st.session_state["mode"]
    if audience == "internal":
        _html(markup.brand(chrome, chrome.example if st.session_state.get("opened") else ""), words)
    with st.container(key="name_row"):
        left, right = st.columns((1, 0.26), gap="small", vertical_alignment="center")
        with left:
            _html(markup.name(_title(words)), words)
        with right:
            st.button(chrome.fresh, key="clear", type="tertiary", on_click=_cleared)
    form.draw(words, kpis, audience)


def _cleared() -> None:
    form.clear()
    st.rerun()


def _empty(words: Words, chrome: models.Chrome, kpis: dict[str, Kpi]) -> None:
    _html(markup.figures(figures.empty(words)), words)
    _html(markup.intro(chrome), words)
    if (last := session.last_draft()) is not None:
        draft, facts = last
        label = view.resume(facts, draft.kept, dt.date.today(), words)
        st.button(label, key="resume", on_click=session.resume, args=(draft.content,))
    _html(markup.examples(chrome), words)
    paths = {path.stem: path for path in sorted(EXAMPLES.glob("*.toml"))}
    names = [name for name in FIRST if name in paths] + [name for name in paths if name not in FIRST]
    for start in range(0, len(names), A_ROW):
        for name, column in zip(names[start : start + A_ROW], st.columns(A_ROW, gap="small")):
            brief = briefs.read(paths[name])
            with column, st.container(border=True):
                _html(markup.card(view.example(name, brief, kpis, words)), words)
                st.button(chrome.open, key=f"open_{name}", on_click=form.fill, args=(brief, kpis, name))
