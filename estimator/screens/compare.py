"""The compare page: offers, or scenarios of one offer, side by side.

One fragment: its own controls redraw it alone. The table is drawn first, what would turn the choice follows.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from estimator import catalog, comparison, flips, lineup
from estimator.brief import Brief
from estimator.comparison import Comparison
from estimator.errors import QuotecastError
from estimator.lineup import TYPED, Lineup
from estimator.presentation import exports, models, phrases, sidebyside
from estimator.presentation.sidebyside import LineupWords
from estimator.presentation.words import Words
from estimator.quote import Quote
from estimator.screens import answer, form, markup, session, side

ROWS, PANELS = (1, 0.62), (1.15, 1.12, 1.3)


@st.fragment(key="compare")
def show(words: Words, chrome: models.Chrome) -> None:
    """Draw the page of the brief in the form."""
    brief = form.read(catalog.kpis()).brief
    held: dict[str, Any] = st.session_state["extras"].setdefault("compare", {})
    chosen = lineup.parse(held, brief.currency)
    quote = answer.quoted(brief)
    named = sidebyside.lineup_words(lineup.choices(quote), words)
    with st.container(key="compare"):
        left, right = st.columns(ROWS, gap="small", vertical_alignment="center")
        with right:
            _tools(held, chosen, named, words)
        with left:
            verdict = st.empty()
        try:
            found = _found(brief, chosen, quote)
        except QuotecastError as error:
            lines = tuple(fault.line(words.language) for fault in error.faults)
            markup.put(markup.refused(chrome.refused, () if words.to_you else lines), words)
            return
        if found is None:
            markup.put(markup.refused(named.few, ()), words)
            return
        _drawn(found, verdict, named, words)
    session.keep(brief)


def _drawn(found: Comparison, verdict: Any, named: LineupWords, words: Words) -> None:
    shown = sidebyside.side_by_side(found, words)
    with verdict.container():
        markup.put(side.answer(shown), words)
    markup.put(side.table(shown), words)
    scatter, matrix, turning = st.columns(PANELS, gap="medium")
    with scatter:
        markup.put(side.scatter(shown), words)
    with matrix:
        markup.put(side.matrix(shown), words)
    with turning:
        later = st.empty()
    with st.container(key="foot", horizontal=True, vertical_alignment="center"):
        markup.put(side.foot(shown), words)
        st.download_button(
            named.table,
            lambda: exports.as_csv(exports.comparison_table(found, words)),
            "quotecast-comparison.csv",
            "text/csv",
            key="table",
            on_click="ignore",
        )
        st.download_button(
            named.draws,
            lambda: exports.as_parquet(exports.draws_table(found)),
            "quotecast-draws.parquet",
            "application/vnd.apache.parquet",
            key="draws",
            on_click="ignore",
        )
        markup.put(markup.copy(named.copy, named.copied), words)
    with later.container():
        turned = sidebyside.turns(found, flips.all_flips(found), flips.crossovers(found), words)
        markup.put(side.turns(turned), words)


def _found(brief: Brief, chosen: Lineup, quote: Quote | None) -> Comparison | None:
    """The comparison; None where fewer than two can be compared."""
    offers = chosen.candidates(brief, quote)
    scenarios = chosen.scenarios if chosen.one else (form.held().get("scenario", session.USUAL),)
    overrides = answer.Asked.of(brief).overrides
    if len(offers) * len(scenarios) < comparison.LEAST:
        return None
    return comparison.compare(brief, offers, scenarios, overrides=overrides)


def _tools(held: dict[str, Any], chosen: Lineup, named: LineupWords, words: Words) -> None:
    """What is compared, under which scenario, and what may be added."""
    by = "scenarios" if chosen.one else "offers"
    with st.container(key="compare_tools", horizontal=True, gap="small", horizontal_alignment="right"):
        st.segmented_control(
            named.by,
            tuple(named.views),
            default=by,
            format_func=lambda name: named.views[name],
            key="compare_by",
            required=True,
            label_visibility="collapsed",
            on_change=partial(_turned, held, chosen.offers[0]),
        )
        if not chosen.one:
            st.selectbox(
                named.scenarios,
                tuple(named.scenario_names),
                list(named.scenario_names).index(form.held().get("scenario", session.USUAL)),
                format_func=lambda name: named.scenario_names[name],
                key="compare_scenario",
                label_visibility="collapsed",
                filter_mode=None,
                on_change=_seen,
            )
        with form.popover(named.add, "compare_add") as opened:
            if opened:
                _choose(held, chosen, named, words)


def _turned(held: dict[str, Any], first: str) -> None:
    held["one"] = first if st.session_state["compare_by"] == "scenarios" else ""


def _seen() -> None:
    form.put("scenario", st.session_state["compare_scenario"])


def _choose(held: dict[str, Any], chosen: Lineup, named: LineupWords, words: Words) -> None:
    """What opens at the button: offers or scenarios, and the other agency's quote."""

    def took(name: str) -> None:
        held[name] = st.session_state[f"compare_{name}"]

    def typed(name: str) -> None:
        held.setdefault("typed", {})[name] = st.session_state[f"compare_{name}"]

    if chosen.one:
        st.selectbox(
            named.one,
            tuple(named.names),
            list(named.names).index(chosen.one) if chosen.one in named.names else 0,
            format_func=lambda name: named.names[name],
            key="compare_one",
            filter_mode=None,
            on_change=partial(took, "one"),
        )
        _several("scenarios", named.scenarios, named.scenario_names, chosen.scenarios, took)
    else:
        _several("offers", named.offers, named.names, chosen.offers, took)
        st.selectbox(
            named.settlement,
            tuple(named.settlements),
            list(named.settlements).index(chosen.settlement),
            format_func=lambda name: named.settlements[name],
            key="compare_settlement",
            filter_mode=None,
            on_change=partial(took, "settlement"),
        )
    markup.put(markup.heading(named.other_agency), words)
    texts: dict[str, str] = held.get("typed") or {}
    for start in range(0, len(TYPED), 3):
        for name, column in zip(TYPED[start : start + 3], st.columns(3, gap="small")):
            with column:
                st.text_input(
                    named.fields[name],
                    value=str(texts.get(name) or ""),
                    key=f"compare_{name}",
                    placeholder=named.hints[name],
                    max_chars=form.MOST_TYPED,
                    on_change=partial(typed, name),
                )
                if name in chosen.faults:
                    said = phrases.fault(chosen.faults[name], None, words)
                    markup.put(markup.fault(said), words)
    left, right = st.columns(2, gap="small")
    for column, name, label, options in (
        (left, "reach", named.reach, named.reaches),
        (right, "counts", named.counts, named.counted),
    ):
        with column:
            st.segmented_control(
                label,
                tuple(options),
                default=texts.get(name) if texts.get(name) in options else next(iter(options)),
                format_func=lambda option, options=options: options[option],
                key=f"compare_{name}",
                required=True,
                on_change=partial(typed, name),
            )


def _several(name: str, label: str, names: Any, chosen: tuple[str, ...], took: Any) -> None:
    st.pills(
        label,
        tuple(names),
        selection_mode="multi",
        default=[one for one in chosen if one in names],
        format_func=lambda one: names[one],
        key=f"compare_{name}",
        on_change=partial(took, name),
    )
