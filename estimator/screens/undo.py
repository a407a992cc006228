"""Undo and redo: every change of the form, of what was agreed and of what is assumed, as one history.

A change is noted where a run begins, before anything is drawn. What drawing adds to it, such as an answer
that another one rules out, belongs to the same step.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import streamlit as st

from estimator.presentation import step_words
from estimator.presentation.words import Words
from estimator.screens import current, form_state, session
from estimator.screens.history import History, Moment
from estimator.screens.redraw import STEPS, catch_up

CHANGED = ("answers", "base", "opened", "client")
MOVED = ("trade", "overrides", "confidence")
"""Of the session's extras, what somebody moves or agrees to."""
BESIDE = ("edited", "draft", "follows", "extras")
EMPTY: tuple[Any, ...] = ("", "unknown", [], None)


def note() -> None:
    """Take over what has changed as one step."""
    catch_up()
    form_state.collect()
    moment = _moment()
    known = _history()
    st.session_state["history"] = History(now=moment) if known is None else known.then(moment)


@contextmanager
def noted() -> Iterator[None]:
    """Note what has changed before something is drawn; what drawing makes of it belongs to the same step."""
    note()
    try:
        yield
    finally:
        if (known := _history()) is not None:
            st.session_state["history"] = known.amended(_moment())


@st.fragment(key=STEPS)
def buttons(words: Words) -> None:
    """The two buttons, with what each would take back or bring back."""
    note()
    known = _history()
    assert known is not None
    named = step_words.steps(words)
    back, forth = _said(known.before, known.now, words), _said(known.undone, known.now, words, undone=True)
    with st.container(key="undo", horizontal=True, gap=None):
        _button(named.undo, back, "undo", words, "ctrl+z")
        _button(named.redo, forth, "redo", words, "ctrl+shift+z")


def _button(label: str, what: str, name: str, words: Words, keys: str) -> None:
    told = step_words.labelled(label, what, words)
    st.button(
        told,
        key=f"{name}_step",
        icon=f":material/{name}:",
        help=told,
        shortcut=keys,
        disabled=not what,
        on_click=_go,
        args=(name == "undo",),
        wrap=False,
    )


def _said(others: tuple[Moment, ...], now: Moment, words: Words, *, undone: bool = False) -> str:
    """The step between now and the nearest of ``others``, in words; empty where there is none."""
    if not others:
        return ""
    before, after = (now, others[-1]) if undone else (others[-1], now)
    states = (json.loads(before.state), json.loads(after.state))
    edited: list[str] = json.loads(after.beside)["edited"]
    return step_words.step_said(*states, edited, current.rules(), words)


def _go(back: bool) -> None:
    """Go a step back or forth, after what waits in a field was taken over, and draw the page anew."""
    note()
    known = _history()
    assert known is not None
    gone = known.back() if back else known.forth()
    if gone != known:
        _put(gone.now, known.now)
        st.session_state["history"] = gone
    st.rerun()


def _put(moment: Moment, now: Moment) -> None:
    """Put a moment into the session. What was looked at meanwhile stays, unless it is another brief's."""
    state, beside = json.loads(moment.state), json.loads(moment.beside)
    left = json.loads(now.state)
    same = (state["base"], state["opened"], not state["answers"]) == (
        left["base"],
        left["opened"],
        not left["answers"],
    )
    looks = st.session_state["extras"] if same else beside["extras"]
    extras = {name: value for name, value in looks.items() if name not in MOVED} | state["moved"]
    session.resume({**beside, **{name: state[name] for name in CHANGED}, "extras": extras})


def _history() -> History | None:
    known: History | None = st.session_state.get("history")
    return known


def _moment() -> Moment:
    """What the session holds now; answers that say nothing are left out, whether their fields were drawn."""
    held: Mapping[str, Any] = session.content()
    answers = {field: value for field, value in held.get("answers", {}).items() if value not in EMPTY}
    extras = held.get("extras", {})
    state = {
        "answers": {field: value for field, value in answers.items() if not form_state.usual(field, value)},
        "base": held["base"],
        "opened": held.get("opened"),
        "client": {name: text for name, text in held.get("client", {}).items() if text},
        "moved": {name: extras[name] for name in MOVED if name in extras},
    }
    beside = {name: held[name] for name in BESIDE if name in held} | {"edited": held.get("edited", [])}
    return Moment(state=_text(state), beside=_text(beside))


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
