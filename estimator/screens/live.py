"""The live page: the brief on the left, and the quote with its odds as the call goes on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from estimator.brief import brief as briefs
from estimator.brief.kpis import Kpi
from estimator.presentation import figures, frame, labels, models
from estimator.presentation.palette import Mode
from estimator.presentation.words import Words
from estimator.screens import answer, current, form, form_state, markup, reading, session
from estimator.screens.redraw import FORM

EXAMPLES = Path(__file__).parent.parent.parent / "examples" / "briefs"
FIRST = ("seed_beauty", "auto_tools_mature", "home_five_platforms", "almost_nothing")
"""The examples shown first; the others follow by name."""
A_ROW = 4


def show(
    held: reading.Answers,
    words: Words,
    audience: models.Audience,
    chrome: models.Chrome,
    theme: Mode,
    kpis: Mapping[str, Kpi],
) -> None:
    """Draw the page; its brief stands in the sidebar, or before the prospect in a row of chips."""
    if audience == "presenter":
        _presenter(held, words, kpis)
    if held.answered:
        answer.answer(words, chrome, theme)
    else:
        _empty(words, chrome, kpis)
    if audience == "internal":
        with st.sidebar:
            brief_form(words, kpis)


def _presenter(held: reading.Answers, words: Words, kpis: Mapping[str, Kpi]) -> None:
    """The brief as a row of chips; the same form waits behind the button beside them."""
    chrome = frame.chrome(words, 0, 0)
    with st.container(key="chips_row"):
        row, button = st.columns((1, 0.12), gap="small", vertical_alignment="center")
        with button, st.popover(chrome.change, key="change", width="stretch"):
            brief_form(words, kpis)
        with row:
            opened = st.session_state.get("opened")
            named = _title(words) if opened else held.brief.name or ""
            tag = chrome.example if opened else ""
            markup.put(markup.chips(named, frame.chips(held.brief, words, kpis), tag), words)


def _title(words: Words) -> str:
    """What the brief is called: an example's title, or that it is new."""
    opened: str | None = st.session_state.get("opened")
    chrome = frame.chrome(words, 0, 0)
    return words.say(labels.EXAMPLES.get(opened, opened)) if opened else chrome.new_brief


@st.fragment(key=FORM)
def brief_form(words: Words, kpis: Mapping[str, Kpi]) -> None:
    """The form under its name; in the sidebar also under the product's. A seller alone is asked less."""
    chrome = frame.chrome(words, 0, 0)
    audience: models.Audience = st.session_state["mode"]
    alone = st.session_state["page"] == "estimate"
    if alone or audience == "internal":
        markup.put(markup.brand(chrome, chrome.example if st.session_state.get("opened") else ""), words)
    with st.container(key="name_row", horizontal=True, vertical_alignment="center"):
        markup.put(markup.name(_title(words)), words)
        st.button(chrome.fresh, key="clear", type="tertiary", on_click=_cleared)
    form.draw(words, kpis, "alone" if alone else audience)


def _cleared() -> None:
    form_state.clear()
    st.rerun()


def _empty(words: Words, chrome: models.Chrome, kpis: Mapping[str, Kpi]) -> None:
    markup.put(markup.figures(figures.empty(words)), words)
    markup.put(markup.welcome(chrome.intro_title, chrome.intro), words)
    for index, (draft, facts) in enumerate(session.last_drafts()):
        kept: dict[str, str] = draft.content.get("draft") or {}
        name = "" if words.to_you else kept.get("name", "")  # other clients' names are not for the prospect
        label = frame.resume(facts, draft.kept, current.rules().on, words, name)
        st.button(label, key=f"resume_{index}", on_click=session.resume, args=(draft.content,))
    markup.put(markup.examples(chrome), words)
    paths = {path.stem: path for path in sorted(EXAMPLES.glob("*.toml"))}
    names = [name for name in FIRST if name in paths] + [name for name in paths if name not in FIRST]
    for start in range(0, len(names), A_ROW):
        for name, column in zip(names[start : start + A_ROW], st.columns(A_ROW, gap="small")):
            brief = briefs.read(paths[name])
            with column, st.container(border=True):
                markup.put(markup.card(frame.example(name, brief, kpis, words)), words)
                st.button(chrome.open, key=f"open_{name}", on_click=form_state.fill, args=(brief, kpis, name))
