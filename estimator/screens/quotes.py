"""The page of quotes: what was sent, as it was sent, and what became of it. Never before the prospect."""

from __future__ import annotations

import datetime as dt
from functools import partial

import streamlit as st

from estimator.book.book import Book
from estimator.book.records import RenderedDocument, Revision
from estimator.book.states import State
from estimator.brief.brief import Brief
from estimator.documents.requoting import quoted_again
from estimator.presentation import book_view
from estimator.presentation.book_view import BookWords, QuoteView
from estimator.presentation.cause_words import cause_table
from estimator.presentation.words import Words
from estimator.screens import client_link, current, drafts, ledger, markup, panels, review, steps
from estimator.screens.asked import once
from estimator.screens.send import sender
from estimator.values.errors import QuotecastError

ALL = "all"
MOST_AHEAD = 365
"""Days that a follow-up lies ahead at most."""


@st.fragment(key="quotes")
def show(brief: Brief, words: Words) -> None:
    """Draw the drafts, the list, and the quote that is opened; ``brief`` is what the form holds."""
    named, book = book_view.book_words(words), current.book()
    if current.stranger():
        st.rerun()  # somebody whose role was taken in the meantime is told so by the whole page
    with st.container(key="quotes_page"):
        user = sender(named.user, "quotes", words)
        drafts.show(brief, user, words)
        markup.put(markup.heading(named.title), words)
        with st.container(horizontal=True, key="quotes_tools", vertical_alignment="bottom"):
            search = st.text_input(named.search, key="quotes_search", max_chars=80)
            states = (ALL, *(str(state) for state in State if state not in (State.DRAFT, State.APPROVAL)))
            state = st.selectbox(
                named.state,
                states,
                format_func=lambda name: named.every if name == ALL else named.states[name],
                key="quotes_state",
            )
        page = book.list(search=search, state=None if state == ALL else State(state))
        if not page.rows:
            none = named.none if search or state != ALL else named.empty
            markup.put(panels.said((none,)), words)
            ledger.scores(book, words)
            return
        markup.put(markup.grid(book_view.rows(page, words)), words)
        if page.more:
            markup.put(markup.caption(named.more), words)
        clients = {row.number: f"{row.number} · {row.client}" for row in page.rows}
        number = st.selectbox(
            named.open,
            tuple(clients),
            index=None,
            format_func=lambda name: clients[name],
            key="quotes_open",
            placeholder=named.pick,
        )
        if number is not None:
            _opened(book, number, user, words, named)
        ledger.scores(book, words)


def _opened(book: Book, number: str, user: str, words: Words, named: BookWords) -> None:
    revision = book.read(number)
    every = [one.reference for one in book.revisions(number)]
    if len(every) > 1:
        chosen = st.segmented_control(
            number, every, default=revision.reference, key=f"quotes_revision_{number}", required=True
        )
        revision = book.read(chosen)
    view = book_view.quote_view(revision, book.audit(number), current.zone(), words)
    markup.put(panels.said(view.lines), words)
    markup.put(markup.heading(named.documents), words)
    with st.container(horizontal=True, gap="small", key="quotes_documents"):
        for name in view.documents:
            content = book.document(revision.reference, name)
            st.download_button(name, content, name, key=f"kept_{name}", on_click="ignore")
    _steps(book, revision, view, user, words, named)
    _next(book, revision, view, user, words, named)
    _client(book, revision, view, user, words, named)
    ledger.figures(book, revision, user, words)
    review.review(book, revision, words)
    markup.put(markup.heading(named.history), words)
    markup.put(markup.grid((("", "", "", "", ""), *view.history)), words)


def _steps(
    book: Book, revision: Revision, view: QuoteView, user: str, words: Words, named: BookWords
) -> None:
    """What may be done with a quote now; each step goes on record with the name of whoever did it."""
    reference = revision.reference
    with st.container(horizontal=True, gap="small", key="quotes_steps", vertical_alignment="bottom"):
        if view.may_agree:
            who = st.text_input(named.who, key="quotes_who", max_chars=80).strip()
            how = st.text_input(named.how, key="quotes_how", max_chars=200).strip()
            ready = bool(user and who and how)
            if st.button(named.agreed, key="quotes_agree", disabled=not ready):
                steps.take(lambda: book.agree(reference, user=user, who=who, how=how), words)
        if view.may_withdraw:
            reason = st.text_input(named.reason, key="quotes_reason", max_chars=300).strip()
            if st.button(named.declined, key="quotes_decline", disabled=not user):
                steps.take(lambda: book.decline(reference, user=user, reason=reason), words)
            if st.button(named.withdraw, key="quotes_withdraw", disabled=not user):
                steps.take(lambda: book.withdraw(reference, user=user, reason=reason), words)
    if view.may_sign:
        paper = st.file_uploader(named.signed, type=("pdf", "png", "jpg"), key="quotes_signed")
        if paper is not None and st.button(named.sign, key="quotes_sign", disabled=not user):
            file = RenderedDocument(name=paper.name, media_type=paper.type, content=paper.getvalue())
            steps.take(lambda: book.sign(reference, file, user=user), words)


def _next(book: Book, revision: Revision, view: QuoteView, user: str, words: Words, named: BookWords) -> None:
    """What a quote goes on as: a draft that opens in the form; and what came of it."""
    reference, off = revision.reference, not user
    markup.put(markup.heading(named.next), words)
    with st.container(horizontal=True, gap="small", key="quotes_next", vertical_alignment="bottom"):
        if view.may_revise:
            if st.button(named.again, key="quotes_again", disabled=off):
                steps.take(lambda: drafts.open_in_form(book.revise(reference, user=user)), words)
            name = st.text_input(named.alternative_name, key="quotes_alternative_name", max_chars=60).strip()
            if st.button(named.alternative, key="quotes_alternative", disabled=off or not name):
                begin = partial(book.revise, reference, user=user, alternative=name)
                steps.take(lambda: drafts.open_in_form(begin()), words)
        if revision.record is not None:
            with panels.popover(named.priced_today, "pop_today") as opened:
                if opened:
                    _priced_today(revision, words, named)
        if view.is_signed:
            if st.button(named.amend, key="quotes_amend", disabled=off):
                steps.take(lambda: drafts.open_in_form(book.amend(reference, user=user)), words)
            if st.button(named.renew, key="quotes_renew", disabled=off):
                steps.take(lambda: drafts.open_in_form(book.renew(reference, user=user)), words)
    with st.container(horizontal=True, gap="small", key="quotes_outcome", vertical_alignment="bottom"):
        today = current.rules().on
        day = st.date_input(
            named.follow_up, None, today, today + dt.timedelta(days=MOST_AHEAD), key="quotes_follow_up"
        )
        if st.button(named.keep_day, key="quotes_keep_day", disabled=off):
            steps.take(lambda: book.follow_up(revision.number, day, user=user), words)
        why = st.text_input(named.why, key="quotes_why", max_chars=300).strip()
        for won, label in ((True, named.won), (False, named.lost)):
            if st.button(label, key=f"quotes_won_{won}", disabled=off or not why):
                close = partial(book.close_quote, revision.number, won=won, reason=why, user=user)
                steps.take(close, words)


def _priced_today(revision: Revision, words: Words, named: BookWords) -> None:
    """What the same question would be answered today, and what moved each figure."""
    rules = current.rules()
    try:
        moved = once("today", (revision.reference, rules), lambda: quoted_again(revision, rules))
    except QuotecastError as error:
        markup.put(markup.refused(named.priced_today, error.lines(words.language)), words)
        return
    table = cause_table(moved, words)
    markup.put(panels.title(named.priced_today, table.note), words)
    markup.put(markup.grid((table.heads, *table.rows)), words)


def _client(
    book: Book, revision: Revision, view: QuoteView, user: str, words: Words, named: BookWords
) -> None:
    """The client's link, told once, and what the client asked by it."""
    if view.may_agree:
        client_link.offer(book, revision.reference, user, words)
    for question in book.links.questions(revision.reference):
        markup.put(panels.said(book_view.question_lines(question, words)), words)
        if question.answer is None:
            text = st.text_input(named.answer, key=f"quotes_answer_{question.id}", max_chars=1000).strip()
            if st.button(named.reply, key=f"quotes_reply_{question.id}", disabled=not (user and text)):
                steps.take(partial(book.links.answer, question.id, text, user=user), words)
