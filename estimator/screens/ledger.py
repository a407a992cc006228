"""The ledger on the page of quotes: a month's figures go in, what goals came to and the scores come out."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from estimator.book.book import Book
from estimator.book.records import Revision
from estimator.evidence.entering import enter_files, enter_tables, holds_actuals, ledger_of
from estimator.evidence.exports.handing_on import actuals_of
from estimator.evidence.ledger import Ledger, open_ledger
from estimator.evidence.reliability import By, Group, scores_by
from estimator.presentation.ledger_view import goals_view, ledger_words, scores_view
from estimator.presentation.paper import Table
from estimator.presentation.words import Words
from estimator.screens import current, imports, markup, panels, replay, steps
from estimator.screens.asked import once


def figures(book: Book, revision: Revision, user: str, words: Words) -> None:
    """Enter the figures of a quote's months, and see what its goals came to."""
    named, rules = ledger_words(words), current.rules()
    known = rules.vocabulary.ids("platforms"), rules.exchange
    markup.put(markup.heading(named.figures), words)
    table = goals_view(ledger_of(book, revision.number, _today(), *known), words)
    if table is not None:
        _table(table, words)
    with panels.popover(named.enter, "pop_figures") as opened:
        if not opened:
            return
        markup.put(panels.title(named.enter, named.about), words)
        files = imports.brought("quotes_figures", words)
        ends = st.date_input(named.ends, None, key="quotes_figures_ends")
        if all(holds_actuals(content) for _, content in files):
            if st.button(named.enter, key="quotes_figures_enter", disabled=not (user and files)):
                steps.take(
                    lambda: enter_files(book, revision.reference, files, *known, user=user, ends=ends), words
                )
            return
        currency = None if revision.record is None else revision.record.currency
        made = imports.understood(files, "quotes_figures", words, user=user, currency=currency)
        if made is not None and st.button(named.enter_months, key="quotes_figures_enter", disabled=not user):
            steps.take(
                lambda: enter_tables(
                    book, revision.reference, [actuals_of(made)], *known, user=user, ends=ends
                ),
                words,
            )


def scores(book: Book, words: Words) -> None:
    """How honest the forecasts of every quote were, or the public scores while nothing has resolved."""
    named = ledger_words(words)
    markup.put(markup.heading(named.scored), words)
    ledger = _whole(book)
    by: By | None = None
    sent = False
    if any(goal.resolved for goal in ledger.goals):
        with st.container(horizontal=True, key="quotes_scores", vertical_alignment="bottom"):
            by = st.segmented_control(
                named.by, tuple(named.kinds), format_func=lambda one: named.kinds[one], key="quotes_scores_by"
            )
            sent = st.checkbox(named.sent, key="quotes_scores_sent")
    everything, groups = once("ledger_scores", (ledger, by, sent), lambda: _scored(ledger, by, sent=sent))
    shown = scores_view(ledger, everything, groups, by, words)
    for index, table in enumerate(shown.tables):
        _table(table, words, titled=index > 0)
    if shown.lines:
        markup.put(panels.said(shown.lines), words)
    replay.box(words)


def _scored(ledger: Ledger, by: By | None, *, sent: bool) -> tuple[Group, tuple[Group, ...]]:
    (everything,) = scores_by(ledger.goals, None, sent=sent)
    return everything, scores_by(ledger.goals, by, sent=sent) if by is not None else ()


def _whole(book: Book) -> Ledger:
    """The ledger of every quote, resolved anew only where the book holds something else than before."""
    rules, forecasts = current.rules(), book.forecasts()
    platforms = rules.vocabulary.ids("platforms")
    made: Ledger = once(
        "ledger",
        (forecasts, rules.sha, _today()),
        lambda: open_ledger(forecasts, _today(), platforms, rules.exchange),
    )
    return made


def _today() -> dt.date:
    """The day of the rules, which are those of today."""
    return current.rules().on


def _table(table: Table, words: Words, *, titled: bool = True) -> None:
    if titled:
        markup.put(panels.title(table.title), words)
    markup.put(markup.grid((table.heads, *table.rows)), words)
    markup.put(markup.caption(table.note), words)
