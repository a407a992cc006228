"""The compare page: offers, or scenarios of one offer, side by side.

What is chosen and what comes of it are a fragment each, so a typed fee redraws the table alone. The table is
drawn first, what would turn the choice follows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from estimator.brief.brief import Brief
from estimator.comparing import comparison, crossover, flips, lineup
from estimator.comparing.comparison import Comparison
from estimator.comparing.lineup import CHOICES, TYPED, Lineup
from estimator.comparing.offers import TODAY
from estimator.comparing.worth import worth_of_comparison
from estimator.presentation import compare, compare_answer, lineup_words, models, phrases, tables
from estimator.presentation.lineup_words import LineupWords
from estimator.presentation.words import Words
from estimator.presentation.worth_words import worth_view
from estimator.quoting.quote import Quote
from estimator.schemas.worth import worth_answer
from estimator.screens import (
    answer,
    current,
    fields,
    form_state,
    markup,
    panels,
    reading,
    session,
    sheet,
    side,
)
from estimator.screens.asked import Asked
from estimator.screens.told import above
from estimator.values.errors import QuotecastError

A_ROW = 3
"""Fields of the other agency's quote to a row, as the style sheet sets them."""
TOOLS, TABLE = "compare_tools", "compare_table"
"""The fragments of the page: what is chosen, and what comes of it."""


@dataclass
class _Latest:
    """The comparison drawn last. The buttons of its files are drawn once and read it when they are pressed:
    drawn anew with every figure they took as long as all the rest. Without one the style sheet hides them.
    """

    comparison: Comparison | None = None

    def file(self, write: Callable[[Comparison], bytes]) -> bytes:
        assert self.comparison is not None
        return write(self.comparison)


def show(words: Words, chrome: models.Chrome) -> None:
    """Draw the page of the brief in the form."""
    latest = _Latest()
    with st.container(key="compare"):
        with st.container(key="compare_head", horizontal=True, vertical_alignment="center"):
            verdict = st.container(key="verdict")
            _tools(words)
        with st.container(key="foot", horizontal=True, vertical_alignment="center"):
            foot = st.container(key="compare_foot", horizontal=True, vertical_alignment="center")
            _files(latest, words, chrome)
        _table(verdict, foot, latest, words, chrome)


def _files(latest: _Latest, words: Words, chrome: models.Chrome) -> None:
    st.download_button(
        chrome.table,
        lambda: latest.file(lambda file: tables.as_csv(tables.comparison_table(file, words))),
        "quotecast-comparison.csv",
        "text/csv",
        key="table",
        on_click="ignore",
    )
    st.download_button(
        lineup_words.lineup_words((), current.rules(), words).draws,
        lambda: latest.file(lambda file: tables.as_parquet(tables.draws_table(file))),
        "quotecast-draws.parquet",
        "application/vnd.apache.parquet",
        key="draws",
        on_click="ignore",
    )
    markup.put(markup.copy(chrome.copy, chrome.copied), words)


def _held() -> dict[str, Any]:
    held: dict[str, Any] = st.session_state["extras"].setdefault("compare", {})
    return held


def _chosen() -> tuple[Brief, Lineup, Quote | None]:
    """The brief in the form, what is set side by side, and the quote where something was agreed."""
    brief = reading.read(current.rules()).brief
    quote = answer.quoted(brief)
    return brief, lineup.parse(_held(), brief.currency, current.rules(), quote), quote


@st.fragment(key=TABLE)
def _table(verdict: Any, foot: Any, latest: _Latest, words: Words, chrome: models.Chrome) -> None:
    """What comes of the choice, its verdict in its place above, what it rests on below."""
    brief, chosen, quote = _chosen()
    named = lineup_words.lineup_words((), current.rules(), words)
    above(reading.read(current.rules()), words)
    with session.kept(brief):
        try:
            comparison = _compared(brief, chosen, quote)
        except QuotecastError as error:
            markup.put(
                markup.refused(chrome.refused, () if words.to_you else error.lines(words.language)), words
            )
            return
        if comparison is None:
            markup.put(markup.refused(named.few, ()), words)
            return
        latest.comparison = comparison
        _drawn(comparison, verdict, foot, named, words)


def _drawn(comparison: Comparison, verdict: Any, foot: Any, named: LineupWords, words: Words) -> None:
    """The boxes of what was typed are a block of their own: a browser reads anew only blocks that changed."""
    shown = compare.side_by_side(comparison, words)
    with verdict:
        advised = st.empty()
        with advised.container():
            markup.put(markup.verdict(shown.answer, shown.beside), words)
    markup.put(side.table(shown), words)
    with st.container(key="compare_panels", horizontal=True, gap="medium"):
        markup.put(side.scatter(shown), words)
        markup.put(side.matrix(shown), words)
        later = st.empty()
    with foot:
        markup.put(markup.foot(shown.ahead, shown.foot), words)
    of_best = worth_of_comparison(comparison)
    if of_best is not None:
        seen = worth_view(worth_answer(of_best), words)
        with advised.container():
            markup.put(markup.verdict(shown.answer, seen.advice), words)
        with foot, st.popover(seen.title, key="compare_worth", type="tertiary"):
            markup.put(sheet.worth(seen), words)
    with later.container(key="compare_turns"):
        crossing = crossover.own_crossover(comparison)
        nearest = flips.nearest_flips(comparison, compare_answer.MOST_TURNS - (crossing is not None))
        turned = lineup_words.turns(comparison, nearest, crossing, words)
        markup.put(side.turns(turned), words)
        for typed in (False, True):
            markup.put(side.boxes(row for row in shown.rows if (row.id == lineup.AGENCY) is typed), words)
        if nearest:
            with panels.popover(named.alone, "compare_alone", "tertiary") as opened:
                if opened:
                    markup.put(
                        side.turns(lineup_words.assumption_turns(comparison, len(nearest), words)), words
                    )


def _compared(brief: Brief, chosen: Lineup, quote: Quote | None) -> Comparison | None:
    """The comparison; None where fewer than two can be compared."""
    rules = current.rules()
    offers = chosen.candidates(brief, rules, quote)
    scenarios = chosen.scenarios if chosen.one else (form_state.scenario(),)
    overrides = Asked.of(brief).overrides
    if len(offers) * len(scenarios) < comparison.LEAST:
        return None
    return comparison.compare(brief, offers, rules, scenarios, overrides=overrides)


@st.fragment(key=TOOLS)
def _tools(words: Words) -> None:
    """What is compared, under which scenario, and what may be added."""
    _, chosen, quote = _chosen()
    named = lineup_words.lineup_words(lineup.choices(current.rules(), quote), current.rules(), words)
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
            on_change=_turned,
        )
        if not chosen.one:
            st.selectbox(
                named.scenarios,
                tuple(named.scenario_names),
                list(named.scenario_names).index(form_state.scenario()),
                format_func=lambda name: named.scenario_names[name],
                key=_key("scenario", words),
                label_visibility="collapsed",
                filter_mode=None,
                on_change=partial(_seen, _key("scenario", words)),
            )
        with panels.popover(named.add_scenarios if chosen.one else named.add, "compare_add") as opened:
            if opened:
                _choose(chosen, named, words)


def _turned() -> None:
    chosen, by = _chosen()[1], st.session_state["compare_by"]
    if (by == "scenarios") != bool(chosen.one):
        ours = next((name for name in chosen.offers if name != TODAY), "")
        _held()["one"] = ours if by == "scenarios" else ""
        st.rerun((TOOLS, TABLE))


def _key(name: str, words: Words) -> str:
    """The key of a list to choose from: a new one in another language, or it would keep the old word."""
    return f"compare_{name}_{words.language}"


def _seen(key: str) -> None:
    if form_state.scenario() != st.session_state[key]:
        form_state.put("scenario", st.session_state[key])
        st.rerun(TABLE)


def _took(name: str, key: str) -> None:
    """A choice made. Widgets of a popover that closed call as well, with nothing new: they ask for no run."""
    value, chosen = st.session_state[key], _chosen()[1]
    now = list(chosen.offers + chosen.left_out) if name == "offers" else getattr(chosen, name)
    if value == (list(now) if isinstance(now, tuple) else now):
        return
    _held()[name] = value
    st.rerun(TABLE if _told(_chosen()[1]) == _told(chosen) else (TOOLS, TABLE))


def _typed(name: str) -> None:
    """A field of the other agency's quote."""
    texts, value = _held().setdefault("typed", {}), st.session_state[f"compare_{name}"]
    before = _chosen()[1]
    if value == (getattr(before.quoted, name) if name in CHOICES else texts.get(name, "")):
        return
    texts[name] = value
    after = _chosen()[1]
    if name in TYPED and name not in after.faults:
        _held().setdefault("good", {})[name] = value
    if after.quoted.charges and not before.quoted.charges and not after.one:
        # a quote that was just typed is what the prospect looks for
        _held()["offers"] = list(lineup.with_agency(after))
        after = _chosen()[1]
    st.rerun(TABLE if _told(after) == _told(before) else (TOOLS, TABLE))


def _told(chosen: Lineup) -> tuple[object, ...]:
    """What the fields complain of: they are drawn anew only where it changes."""
    return chosen.faults, chosen.left_out, chosen.unpriced


def _choose(chosen: Lineup, named: LineupWords, words: Words) -> None:
    """What opens at the button: offers or scenarios, and the other agency's quote."""
    if chosen.one:
        st.selectbox(
            named.one,
            tuple(named.names),
            list(named.names).index(chosen.one) if chosen.one in named.names else 0,
            format_func=lambda name: named.names[name],
            key=_key("one", words),
            filter_mode=None,
            on_change=partial(_took, "one", _key("one", words)),
        )
        _several("scenarios", named.scenarios, named.scenario_names, chosen.scenarios)
    else:
        _several("offers", named.offers, named.names, chosen.offers + chosen.left_out)
        for said in lineup_words.lineup_notes(chosen.left_out, chosen.unpriced, current.rules(), words):
            markup.put(markup.fault(said), words)
        st.selectbox(
            named.settlement,
            tuple(named.settlements),
            list(named.settlements).index(chosen.settlement),
            format_func=lambda name: named.settlements[name],
            key=_key("settlement", words),
            filter_mode=None,
            on_change=partial(_took, "settlement", _key("settlement", words)),
        )
    markup.put(markup.heading(named.other_agency), words)
    _rival(chosen, named, words)


def _rival(chosen: Lineup, named: LineupWords, words: Words) -> None:
    """The fields of the other agency's quote."""
    texts: dict[str, str] = _held().get("typed") or {}
    with st.container(key="compare_quoted", horizontal=True):
        for start in range(0, len(TYPED), A_ROW):
            row = TYPED[start : start + A_ROW]
            for name in row:
                st.text_input(
                    named.fields[name],
                    value=str(texts.get(name) or ""),
                    key=f"compare_{name}",
                    placeholder=named.hints[name],
                    max_chars=fields.MOST_TYPED,
                    on_change=partial(_typed, name),
                )
            for name in row:
                if name in chosen.faults:
                    said = phrases.labelled(
                        named.fields[name], phrases.fault(*chosen.faults[name], words), words
                    )
                    markup.put(markup.fault(said), words)
        picked: tuple[tuple[str, str, Mapping[str, str], str], ...] = (
            ("reach", named.reach, named.reaches, chosen.quoted.reach),
            ("counts", named.counts, named.counted, chosen.quoted.counts),
            ("work", named.work, named.works, chosen.quoted.work),
        )
        for name, label, options, now in picked:
            st.segmented_control(
                label,
                tuple(options),
                default=now,
                format_func=options.__getitem__,
                key=f"compare_{name}",
                required=True,
                on_change=partial(_typed, name),
            )


def _several(name: str, label: str, names: Mapping[str, str], chosen: tuple[str, ...]) -> None:
    st.pills(
        label,
        tuple(names),
        selection_mode="multi",
        default=[one for one in chosen if one in names],
        format_func=lambda one: names[one],
        key=f"compare_{name}",
        on_change=partial(_took, name, f"compare_{name}"),
        width="stretch",
    )
