"""The brief on the left: widgets to ``Brief`` and back.

Every answer is an id, and every amount the text as typed, kept in the session by field. A widget starts from
the answer kept and hands back what people change; it is never told a new value. Whatever changes answers from
outside (a cleared brief, an example, another language) draws new widgets under new keys. The popovers' fields
are always drawn: a browser that goes from one to the next in haste would find the next one empty. What cannot
be read keeps its text, is marked, and counts as unknown, which the answer says. A change that leaves the form
as it looks redraws the answer alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from estimator.brief.kpis import Kpi
from estimator.presentation import frame, models
from estimator.presentation.labels import LABELS
from estimator.presentation.rate_line import rate_line
from estimator.presentation.words import Words
from estimator.screens import css, current, markup, undo
from estimator.screens.fields import HIDDEN, MORE
from estimator.screens.form_fields import Cell, Fields
from estimator.screens.form_state import collect, key
from estimator.screens.reading import read
from estimator.screens.redraw import keep_look
from estimator.screens.stores import store_fields, store_rows

Layout = models.Audience | Literal["alone"]
"""How the form is laid out: backstage, before the prospect, or for a seller alone."""

FACTS_A_ROW = 6
"""Facts beside one another in the box of further ones."""


def draw(words: Words, kpis: Mapping[str, Kpi], layout: Layout = "internal") -> None:
    """Draw the whole form, in the order in which a call goes.

    A browser that comes back to a new session still holds what was changed last: its widgets tell only once
    they are drawn, and the page is then run again with their answers.
    """
    with undo.noted():
        _draw(words, kpis, layout)
    if collect():
        st.rerun()


def _draw(words: Words, kpis: Mapping[str, Kpi], layout: Layout) -> None:
    reading = read(current.rules())
    st.html(css.marks(map(key, reading.unknown), map(key, reading.faults)))
    form = Fields(words, reading, to_you=words.to_you)
    chrome = frame.chrome(words, reading.known, reading.asked)
    titles = (chrome.first_goal, chrome.second_goal, chrome.third_goal)
    if layout == "alone":
        _alone(form, kpis)
    elif layout == "presenter":
        main, more, goals, stores = st.tabs(
            (chrome.main_facts, chrome.more_facts, chrome.goals_tab, chrome.stores_tab)
        )
        with main:
            _main(form, kpis, wide=True)
        with more:
            _more(form)
            form.past()
        with goals:
            _goals(form, kpis, chrome)
        with stores:
            store_rows(form)
    else:
        _main(form, kpis)
        with st.container(key="more", horizontal=True):
            with st.popover(chrome.more_facts, key="more_facts", width="stretch"):
                _more(form)
            with st.popover(chrome.stores, key="more_goals", width="stretch"):
                _goals(form, kpis, chrome)
                store_rows(form)
        form.past()
    if layout != "alone":
        form.complain(*HIDDEN, *store_fields(form), goals=titles)
        st.html(markup.known(chrome.known, reading.known, reading.asked))
    for rate in reading.rates:
        markup.put(markup.note(rate_line(rate, words)), words)
    keep_look(reading)


def _alone(form: Fields, kpis: Mapping[str, Kpi]) -> None:
    """What a seller alone knows: the product and the budget first; the goal and the rest may wait."""
    cells: tuple[Cell, ...] = (
        ("category", lambda: form.choice("category")),
        ("ad_budget", lambda: form.text("ad_budget")),
        ("price", lambda: form.text("price")),
        ("landed_cost", lambda: form.text("landed_cost")),
        ("goal0", lambda: form.family(0, kpis)),
        ("level0", lambda: form.level(0)),
        ("start", lambda: form.text("start")),
        ("contract_months", form.term),
        ("stage", lambda: form.choice("stage")),
        ("return_rate", lambda: form.text("return_rate")),
        ("size_class", lambda: form.choice("size_class")),
        ("fulfilment_cost", lambda: form.text("fulfilment_cost")),
    )
    with st.container(key="fields_alone", horizontal=True):
        form.rows(cells, 2)
    form.pills("platforms")
    form.segments("service_model")
    form.past()


def _main(form: Fields, kpis: Mapping[str, Kpi], wide: bool = False) -> None:
    """What a call asks first, two fields a row, or four where there is room."""
    form.pills("platforms")
    cells: tuple[Cell, ...] = (
        ("category", lambda: form.choice("category")),
        ("ad_budget", lambda: form.text("ad_budget")),
        ("goal0", lambda: form.family(0, kpis)),
        ("level0", lambda: form.level(0)),
        ("definition0", lambda: form.definition(0, form.chosen(0))),
        ("last0", lambda: form.month("last0", LABELS["months"], 3)),
        ("settlement", lambda: form.choice("settlement")),
        ("stage", lambda: form.choice("stage")),
        ("contract_months", form.term),
        ("status", form.status),
        ("price", lambda: form.text("price")),
        ("landed_cost", lambda: form.text("landed_cost")),
    )
    a_row, before_model = (4, 8) if wide else (2, 6)
    with st.container(key="fields_wide" if wide else "fields", horizontal=True):
        form.rows(cells[:before_model], a_row)
        form.segments("service_model")
        form.rows(cells[before_model:], a_row)


def _more(form: Fields) -> None:
    facts = form.words.vocabulary.by_id
    fields = [field for field in MORE if not (form.to_you and facts[field].asked == "us")]
    for start in range(0, len(fields), FACTS_A_ROW):
        for field, column in zip(fields[start : start + FACTS_A_ROW], st.columns(FACTS_A_ROW, gap="small")):
            with column:
                if form.options(field):
                    form.choice(field)
                else:
                    form.text(field)
    form.pills("add_ons")


def _goals(form: Fields, kpis: Mapping[str, Kpi], chrome: models.Chrome) -> None:
    st.html(markup.heading(chrome.first_goal))
    left, right, _, _ = st.columns(4, gap="small")
    with left:
        form.month("first0", LABELS["from_month"], 1)
    with right:
        form.reading(0)
    for index, title in ((1, chrome.second_goal), (2, chrome.third_goal)):
        st.html(markup.heading(title))
        columns = st.columns((1.3, 0.8, 1.25, 0.7, 0.7, 1.6), gap="small")
        with columns[0]:
            family = form.family(index, kpis, none=chrome.no_goal)
        if family is None:
            continue
        with columns[1]:
            form.level(index)
        with columns[2]:
            form.definition(index, family)
        with columns[3]:
            form.month(f"first{index}", LABELS["from_month"], 1)
        with columns[4]:
            form.month(f"last{index}", LABELS["to_month"], 3)
        with columns[5]:
            form.reading(index)
