"""The self-estimate page: a short brief on the left, and what it would cost, bring and risk.

Nothing internal is read or sent. The figures come first; what takes a second, the flip points, follows.
"""

from __future__ import annotations

import streamlit as st

from estimator.comparing.worth import worth_of_estimate
from estimator.presentation import estimate as estimates
from estimator.presentation import estimate_words, models, tables
from estimator.presentation.estimate import EstimateView, EstimateWords
from estimator.presentation.words import Words
from estimator.presentation.worth_words import WorthView, worth_view
from estimator.quoting import estimate, tipping
from estimator.quoting.drivers import Target
from estimator.quoting.estimate import Estimate
from estimator.schemas.worth import worth_answer
from estimator.screens import current, form_state, markup, panels, reading, session, sheet, undo
from estimator.screens.redraw import ESTIMATE
from estimator.screens.told import above
from estimator.values.errors import QuotecastError

FIGURES: tuple[Target, ...] = ("profit", "loss", "break_even", "cash")
"""What moves each of the large figures, in their order."""


@st.fragment(key=ESTIMATE)
def show(words: Words, chrome: models.Chrome) -> None:
    """Draw the estimate of the brief in the form."""
    form_state.collect()
    answers = reading.read(current.rules())
    brief = answers.brief
    named = estimates.estimate_words(words)
    with undo.noted(), session.kept(brief), st.container(key="estimate"):
        if brief.category is None and brief.price is None and brief.ad_budget is None:
            markup.put(markup.welcome(named.start_title, named.start), words)
            return
        try:
            answer = estimate.estimate(brief, current.rules(), scenario=form_state.scenario())
        except QuotecastError as error:
            markup.put(markup.refused(chrome.refused, error.lines(words.language)), words)
            return
        above(answers, words)
        _drawn(answer, named, chrome, words)


def _drawn(estimate: Estimate, named: EstimateWords, chrome: models.Chrome, words: Words) -> None:
    shown = estimates.estimate_view(estimate, words)
    advised = st.empty()
    with advised.container():
        markup.put(markup.verdict(shown.verdict), words)
    with st.container(key="hero"):
        markup.put(markup.figures(shown.figures), words)
        for figure, target in zip(shown.figures, FIGURES):
            with (
                st.container(key=f"open_{figure.id}", horizontal=True),
                panels.popover(chrome.why, f"estimate_why_{target}", kind="tertiary") as opened,
            ):
                if opened:
                    _why(estimate, target, named, words)
    markup.put(markup.spend(named.spend, shown.segments), words)
    markup.put(sheet.months(shown), words)
    with st.container(key="sentences", horizontal=True, gap="medium"):
        markup.put(sheet.sentences(named.means, shown.lines), words)
        later = st.empty()
    seen = worth_view(worth_answer(worth_of_estimate(estimate)), words)
    with advised.container():
        markup.put(markup.verdict(shown.verdict, seen.advice), words)
    _foot(estimate, shown, seen, named, chrome, words)
    with later.container():
        turned = [flips for question in ("profit", "goal") if (flips := tipping.flips(estimate, question))]
        lines = tuple(line for flips in turned for line in estimate_words.flip_lines(estimate, flips, words))
        markup.put(sheet.sentences(named.flips, lines), words)
        if shown.taken:
            markup.put(sheet.sentences(named.taken, shown.taken), words)


def _why(answer: Estimate, target: Target, named: EstimateWords, words: Words) -> None:
    markup.put(panels.title(named.why_titles[target], named.why_lead), words)
    rows = estimate_words.driver_rows(answer, estimate.estimate_drivers(answer, target), target, words)
    with st.container(key="estimate_drivers"):
        for row in rows:
            markup.put(panels.driver(row), words)


def _foot(
    estimate: Estimate,
    shown: EstimateView,
    seen: WorthView,
    named: EstimateWords,
    chrome: models.Chrome,
    words: Words,
) -> None:
    with st.container(key="foot", horizontal=True, vertical_alignment="center"):
        markup.put(markup.foot("", shown.foot), words)
        for key, label, html in (
            ("worth", seen.title, sheet.worth(seen)),
            ("asks", named.asks, sheet.asks(shown)),
            ("papers", named.papers, sheet.papers(shown)),
        ):
            with st.popover(label, key=f"estimate_{key}"):
                markup.put(html, words)
        st.download_button(
            chrome.table,
            lambda: tables.as_csv(tables.months_table(estimate, words)),
            "quotecast-estimate.csv",
            "text/csv",
            key="estimate_table",
            on_click="ignore",
        )
        markup.put(markup.copy(chrome.copy, chrome.copied), words)
