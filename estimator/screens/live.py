"""The live page: the brief on the left, and the quote with its odds as the call goes on."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import streamlit as st

from estimator import brief as briefs
from estimator import catalog, quote
from estimator.brief import Brief
from estimator.errors import QuotecastError
from estimator.kpis import Kpi
from estimator.presentation import answers, charts, figures, models, view
from estimator.presentation.palette import Mode
from estimator.presentation.words import LANGUAGES, NAMES, TAGS, Words, language_of
from estimator.quote import Quote
from estimator.screens import css, form, markup

EXAMPLES = Path(__file__).parent.parent.parent / "examples" / "briefs"
FIRST = ("seed_beauty", "auto_tools_mature", "home_five_platforms", "almost_nothing")
"""The examples shown first; the others follow by name."""
A_ROW = 4
USUAL = "expected"


def page() -> None:
    """Draw the page from the session's answers."""
    state = st.session_state
    if "language" not in state:
        state["language"] = language_of(st.context.locale)
    words = Words(state["language"])
    mode: Mode = "dark" if st.context.theme.type == "dark" else "light"
    kpis = catalog.kpis()
    with st.sidebar:
        held = _sidebar(words, kpis)
    chrome = view.chrome(words, held.known, held.asked)
    st.html(css.style(mode, map(form.key, held.unknown), map(form.key, held.faults)))
    _html(markup.header(chrome), words)
    with st.container(key="header_tools"):
        st.segmented_control(
            chrome.language,
            LANGUAGES,
            format_func=lambda language: NAMES[language],
            key="language",
            required=True,
            label_visibility="collapsed",
            on_change=form.refresh,
        )
    if not held.brief.stores or not held.brief.goals:
        _empty(words, chrome, kpis)
        return
    try:
        made = _quote(held.brief, form.held().get("scenario", USUAL))
    except QuotecastError as error:
        _html(markup.figures(figures.empty(words)), words)
        lines = tuple(fault.line(words.language) for fault in error.faults)
        _html(markup.refused(chrome.refused, lines), words)
        return
    _live(made, words, chrome, mode)


def _html(html: str, words: Words) -> None:
    st.html(markup.spoken(html, TAGS[words.language]))


def _sidebar(words: Words, kpis: dict[str, Kpi]) -> form.Answers:
    chrome = view.chrome(words, 0, 0)
    opened: str | None = st.session_state.get("opened")
    _html(markup.brand(chrome, chrome.example if opened else ""), words)
    with st.container(key="name_row"):
        left, right = st.columns((1, 0.26), gap="small", vertical_alignment="center")
        with left:
            title = words.say(answers.EXAMPLES.get(opened, opened)) if opened else chrome.new_brief
            _html(markup.name(title), words)
        with right:
            st.button(chrome.fresh, key="clear", type="tertiary", on_click=form.clear)
    return form.draw(words, kpis)


def _quote(brief: Brief, scenario: str) -> Quote:
    """The quote for these answers; the session keeps the last, so a switch of language costs nothing."""
    asked: tuple[Brief, str] = (brief, scenario)
    kept: tuple[tuple[Brief, str], Quote] | None = st.session_state.get("quote")
    if kept is not None and kept[0] == asked:
        return kept[1]
    made = quote.make(brief, scenario=scenario, on=dt.date.today())
    st.session_state["quote"] = (asked, made)
    return made


def _empty(words: Words, chrome: models.Chrome, kpis: dict[str, Kpi]) -> None:
    _html(markup.figures(figures.empty(words)), words)
    _html(markup.intro(chrome), words)
    paths = {path.stem: path for path in sorted(EXAMPLES.glob("*.toml"))}
    names = [name for name in FIRST if name in paths] + [name for name in paths if name not in FIRST]
    for start in range(0, len(names), A_ROW):
        for name, column in zip(names[start : start + A_ROW], st.columns(A_ROW, gap="small")):
            brief = briefs.read(paths[name])
            with column, st.container(border=True):
                _html(markup.card(view.example(name, brief, kpis, words)), words)
                st.button(chrome.open, key=f"open_{name}", on_click=form.fill, args=(brief, kpis, name))


def _live(made: Quote, words: Words, chrome: models.Chrome, mode: Mode) -> None:
    scenarios = catalog.scenarios()
    shown = view.live(made, scenarios[made.scenario].label, words)
    _html(markup.figures(shown.figures), words)
    _html(markup.spend(shown.spend_title, shown.segments), words)
    left, right = st.columns((1.2, 1), gap="medium")
    with left, st.container(key="left"):
        title, choice = st.columns((1, 0.56), gap="small", vertical_alignment="center")
        with title:
            _html(markup.section(shown.odds_title, chrome.scenario), words)
        with choice:
            st.selectbox(
                chrome.scenario,
                tuple(scenarios),
                tuple(scenarios).index(made.scenario),
                format_func=lambda name: words.of(scenarios[name].label),
                key=form.key("scenario"),
                label_visibility="collapsed",
                filter_mode=None,
            )
        if shown.odds is not None:
            st.vega_lite_chart(_odds(shown.odds, mode), theme=None, alt=shown.odds_said, key="odds")
        _html(markup.caption(shown.caption) + markup.caption(shown.assumed), words)
    with right, st.container(key="right"):
        parts = [markup.price(shown.price_title, shown.price_lines, shown.price_more, chrome.more)]
        if len(shown.goals) > 1:
            parts.append(markup.goals(shown.goals_title, shown.goals))
        if shown.asks:
            parts.append(markup.asks(shown.asks_title, shown.asks_moves, shown.asks))
        parts.append(markup.guards(shown.guards, chrome.more))
        _html("".join(parts), words)
    _html(markup.foot(shown.foot), words)


@st.cache_data(max_entries=64, show_spinner=False)
def _odds(figure: charts.Odds, mode: Mode) -> dict[str, Any]:
    return charts.odds(figure, mode)
