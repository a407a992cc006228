"""The review of a running contract on the page of quotes, and its PDF."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from estimator.book.book import Book
from estimator.book.records import Forecast, Revision
from estimator.evidence.review import months_entered, review_of, reviewable
from estimator.presentation.paper import Block, Figures, Lead, Pairs, Paragraph, Picture, Points, Table
from estimator.presentation.review import review_sections
from estimator.presentation.review_chart import gmv_chart, gmv_said
from estimator.presentation.review_view import ReviewWords, named, review_words
from estimator.presentation.words import Words
from estimator.schemas.review import Review
from estimator.screens import current, markup, panels
from estimator.screens.asked import once
from estimator.values.errors import QuotecastError
from estimator.values.text import Language

HEIGHT = 240
"""Of the chart, in px."""


def review(book: Book, revision: Revision, words: Words) -> None:
    """Draw the review of a quote that has figures; nothing of any other."""
    every = book.forecasts(revision.number, every=True)
    forecast = next((one for one in every if one.revision.revision == revision.revision), None)
    if forecast is None or not reviewable(forecast):
        return
    said, months = review_words(words), months_entered(forecast)
    markup.put(markup.heading(said.title), words)
    month: str = st.selectbox(
        said.month,
        months,
        len(months) - 1,
        format_func=words.month,
        key=f"quotes_review_month_{revision.reference}_{len(months)}",
        width=200,
    )
    try:
        made = _made(forecast, month)
    except QuotecastError as error:
        markup.put(markup.refused(said.title, error.lines(words.language)), words)
        return
    with st.container(key="quotes_review"):
        for section in review_sections(made, words, gmv_said(made, words)):
            markup.put(panels.title(section.title), words)
            for block in section.blocks:
                _draw(block, made, words)
        _pdf(made, words, said)


def _made(forecast: Forecast, month: str) -> Review:
    """The review, worked out again only where figures, rules or the day are others."""
    rules = current.rules()
    made: Review = once(
        "review",
        (forecast, month, rules.sha, rules.on),
        lambda: review_of(forecast, rules, rules.on, month=month),
    )
    return made


def _draw(block: Block, made: Review, words: Words) -> None:
    """A block of the paper as the page shows it."""
    match block:
        case Lead() | Paragraph():
            markup.put(panels.said((block.text,)), words)
        case Points():
            markup.put(markup.bullets(block.items), words)
        case Pairs():
            markup.put(panels.said(tuple(f"{label}: {said}" for label, said in block.rows)), words)
        case Figures():
            heads = tuple(one.label for one in block.figures)
            values = tuple(one.value for one in block.figures)
            markup.put(markup.grid((heads, values, tuple(one.line for one in block.figures))), words)
        case Picture():
            drawing = gmv_chart(made, words, current.theme(), HEIGHT)
            if drawing is not None:
                spec = {**drawing.spec, "datasets": {"rows": drawing.rows}}
                st.vega_lite_chart(spec, theme=None, alt=block.said, key="quotes_review_chart")
                markup.put(panels.said((block.said,)), words)
        case Table():
            if block.title:
                markup.put(markup.section(block.title, ""), words)
            markup.put(markup.ruled(block), words)
            markup.put(panels.said((block.note,)) if block.note else "", words)
        case _:
            return


def _pdf(made: Review, words: Words, said: ReviewWords) -> None:
    """The PDF in the language and on the paper that are chosen; set when it is asked for."""
    with st.container(horizontal=True, gap="small", key="quotes_review_pdf"):
        language = panels.language(said.language, "quotes_review_language", words)
        usual = current.rules().letterhead.paper
        size = (
            st.segmented_control(
                said.paper,
                tuple(said.sizes),
                default=usual,
                format_func=lambda one: said.sizes[one],
                key="quotes_review_paper",
                required=True,
            )
            or usual
        )
    with st.container(horizontal=True, gap="small", key="quotes_review_files"):
        _file(made, language, size, words, said)


def _file(
    made: Review, language: Language, size: Literal["a4", "letter"], words: Words, said: ReviewWords
) -> None:
    """The button that sets the pages, and the file once they are set."""
    wanted = (made, language, size)
    if st.button(said.make, key="quotes_review_make"):
        st.session_state["quotes_review_wanted"] = wanted
    if st.session_state.get("quotes_review_wanted") != wanted:
        return
    # typesetting is loaded by whoever asks for it first
    from estimator.documents.reviewed import reviewed

    rules = current.rules()
    chosen = Words(language, vocabulary=words.vocabulary, remarks=words.remarks)
    try:
        with st.spinner(said.working):
            content: bytes = once("review_pdf", wanted, lambda: reviewed(made, chosen, rules.logo, size).pdf)
    except QuotecastError as error:
        markup.put(markup.refused(said.title, error.lines(words.language)), words)
        return
    name = f"{named(made)}-{language}.pdf"
    st.download_button(said.take, content, name, "application/pdf", key="take_review", on_click="ignore")
