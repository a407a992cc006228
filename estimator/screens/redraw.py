"""What a change redraws: the form where it looks otherwise, the answer, and the buttons that undo it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

import streamlit as st

from estimator.brief.brief import HistoryMonth
from estimator.screens import current
from estimator.screens.fields import GOALS
from estimator.screens.form_state import collect, held, stores_held
from estimator.screens.reading import Answers, read
from estimator.values.errors import Fault

FORM, ANSWER, ESTIMATE, STEPS = "form", "answer", "estimate", "steps"
"""The fragments that a change redraws; the buttons that undo it are the last."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """All that the form shows besides the answers themselves, and whether there is an answer to it."""

    faults: Mapping[str, Fault]
    unknown: tuple[str, ...]
    known: int
    stores: tuple[tuple[str, int], ...]
    shares: bool
    families: tuple[str | None, ...]
    past: tuple[HistoryMonth, ...]
    renewed: Mapping[str, int]
    answered: bool


def look(answers: Answers) -> Look:
    return Look(
        faults=answers.faults,
        unknown=answers.unknown,
        known=answers.known,
        stores=stores_held(current.rules().vocabulary),
        shares=any(store.ad_share is not None for store in answers.brief.stores),
        families=tuple(held().get(f"goal{index}") for index in range(GOALS)),
        past=answers.brief.history,
        renewed=dict(st.session_state.get("renewed", {})),
        answered=answers.answered,
    )


def keep_look(answers: Answers) -> None:
    """Remember how the form looks as it was drawn."""
    st.session_state["drawn"] = look(answers)


def changed() -> None:
    """An answer given: where the form looks as before, only the answer to it is drawn.

    Before the prospect the brief also stands above, as chips, so the whole page is.
    Fields that are gone call as well, with nothing new: they ask for no run of their own.
    """
    if collect():
        redraw()


def redraw() -> None:
    """Draw what follows from answers that were taken over."""
    state = st.session_state
    now, before = look(read(current.rules())), state.get("drawn")
    alone = state["page"] == "estimate"
    if state["mode"] == "presenter" and not alone:
        st.rerun()
    drawn = alone or now.answered
    if drawn and now == before:
        st.rerun((STEPS, ESTIMATE if alone else ANSWER))
    elif alone:
        st.rerun((STEPS, FORM, ESTIMATE))
    elif before and now.answered and before.answered:
        st.rerun((STEPS, FORM, ANSWER))
    else:
        st.rerun()


def keep_whole() -> None:
    """Remember which page is drawn, for whom and in which language."""
    st.session_state["whole"] = _whole()


def catch_up() -> None:
    """Draw the whole page where another one was chosen while a part of the last one was being drawn."""
    if st.session_state.get("whole", _whole()) != _whole():
        st.rerun()


def _whole() -> tuple[str, ...]:
    return tuple(str(st.session_state[name]) for name in ("page", "mode", "language"))


def redraw_answer() -> NoReturn:
    """Draw the answer anew after something beside the form was changed on it."""
    st.rerun((STEPS, ANSWER))
