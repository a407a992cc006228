"""A history replayed on the page of quotes: a file, what its columns are, and what the replay came to."""

from __future__ import annotations

import streamlit as st

from estimator.earnings.actuals import MOST_BYTES
from estimator.evidence.backtest import HORIZONS, Backtest, Horizon, backtest
from estimator.evidence.series import Columns, Series, guessed, series_of
from estimator.market.history import usual_level
from estimator.market.situation import DEFAULT_CATEGORY
from estimator.presentation import labels
from estimator.presentation.backtest_view import ReplayWords, replay_view, replay_words
from estimator.presentation.words import Words
from estimator.screens import current, markup, panels
from estimator.screens.asked import once
from estimator.values.errors import QuotecastError
from estimator.values.tables import Table, parse

USUAL_PLATFORM = "own_site"
"""Whose reports tell what ads sold."""


def box(words: Words) -> None:
    """Draw the box, folded at first; nothing of a file is kept beyond the session."""
    named = replay_words(words)
    with st.expander(named.open, key="replay"):
        markup.put(panels.said((named.lead,)), words)
        file = st.file_uploader(named.file, type="csv", key="replay_file")
        if file is None:
            return
        try:
            table = parse(file.getvalue(), file.name, most=MOST_BYTES)
            _replayed(table, named, words)
        except QuotecastError as error:
            markup.put(markup.refused(named.open, error.lines(words.language)), words)


def _replayed(table: Table, named: ReplayWords, words: Words) -> None:
    """Ask what the columns are, and show the replay once it is asked for."""
    columns, horizon, platform, category = _asked(table, named, words)
    if not columns.spend or not st.button(named.replay, key="replay_go", type="primary"):
        return
    asked = (table, columns, horizon, platform, category)
    with st.spinner(named.working):
        series, made = once("replay", asked, lambda: _made(table, columns, horizon, platform, category))
    shown = replay_view(made, series, words)
    markup.put(panels.said(shown.lines), words)
    markup.put(panels.title(shown.table.title), words)
    markup.put(markup.grid((shown.table.heads, *shown.table.rows)), words)
    markup.put(panels.said(shown.notes), words)


def _asked(table: Table, named: ReplayWords, words: Words) -> tuple[Columns, Horizon, str, str]:
    names, guess = table.columns, guessed(table.columns)
    with st.container(horizontal=True, gap="small", key="replay_columns", vertical_alignment="bottom"):
        day = st.selectbox(named.day, names, names.index(guess.day), key="replay_day", filter_mode=None)
        sales = st.selectbox(
            named.sales, names, names.index(guess.sales), key="replay_sales", filter_mode=None
        )
        orders = st.selectbox(
            named.orders,
            (None, *names),
            0 if guess.orders is None else 1 + names.index(guess.orders),
            format_func=lambda name: name or named.no_orders,
            key="replay_orders",
            filter_mode=None,
        )
    spend = st.multiselect(named.spend, names, list(guess.spend), key="replay_spend")
    with st.container(horizontal=True, gap="small", key="replay_market", vertical_alignment="bottom"):
        horizon = st.selectbox(
            named.horizon,
            tuple(HORIZONS),
            1,
            format_func=lambda one: named.horizons[one],
            key="replay_horizon",
            filter_mode=None,
        )
        platform = _answer(named.platform, "platforms", USUAL_PLATFORM, words)
        category = _answer(named.category, "category", DEFAULT_CATEGORY, words)
    return Columns(day=day, spend=tuple(spend), sales=sales, orders=orders), horizon, platform, category


def _answer(label: str, fact: str, usual: str, words: Words) -> str:
    """An answer to a fact, the usual one at first."""
    options = words.vocabulary.ids(fact)
    chosen: str = st.selectbox(
        label,
        options,
        options.index(usual),
        format_func=lambda one: labels.answer(words, fact, one),
        key=f"replay_{fact}",
        filter_mode=None,
    )
    return chosen


def _made(
    table: Table, columns: Columns, horizon: Horizon, platform: str, category: str
) -> tuple[Series, Backtest]:
    series = series_of(table, columns)
    level = usual_level(current.rules().market, platform, category)
    return series, backtest(series, horizon, level)
