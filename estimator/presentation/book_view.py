"""The book on the page: the list of quotes, one quote, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from estimator.book.links import Question
from estimator.book.records import Event, Page, Revision
from estimator.book.states import State
from estimator.presentation.book_text import STATES, audit_lines, list_rows, revision_lines
from estimator.presentation.words import Words


@dataclass(frozen=True, kw_only=True)
class BookWords:
    """Labels of the page of quotes."""

    title: str
    search: str
    state: str
    every: str
    states: Mapping[str, str]
    none: str
    empty: str
    more: str
    open: str
    pick: str
    documents: str
    history: str
    again: str
    who: str
    how: str
    agreed: str
    declined: str
    reason: str
    withdraw: str
    signed: str
    sign: str
    user: str
    link: str
    once: str
    answer: str
    reply: str
    next: str
    priced_today: str
    alternative: str
    alternative_name: str
    amend: str
    renew: str
    follow_up: str
    keep_day: str
    why: str
    won: str
    lost: str


def book_words(words: Words) -> BookWords:
    """The words of the page in one language."""
    return BookWords(
        title=words.say("Quotes that were sent"),
        search=words.say("Client or number"),
        state=words.say("Stage"),
        every=words.say("All"),
        states={str(state): words.say(label) for state, label in STATES.items()},
        none=words.say("No quote is like that."),
        empty=words.say("No quote was sent yet."),
        more=words.say("Only the first 50 are shown: search for a client or a number."),
        open=words.say("Open a quote"),
        pick=words.say("Choose"),
        documents=words.say("Documents as they were sent"),
        history=words.say("What was done"),
        again=words.say("Quote again"),
        who=words.say("Who agreed, at the client"),
        how=words.say("How: by mail, on the call"),
        agreed=words.say("The client agreed"),
        declined=words.say("The client declined"),
        reason=words.say("Reason"),
        withdraw=words.say("Withdraw"),
        signed=words.say("The signed paper"),
        sign=words.say("Keep as signed"),
        user=words.say("Your name"),
        link=words.say("Make the client’s link"),
        once=words.say("Copy it now: it is shown once and kept nowhere."),
        answer=words.say("Answer"),
        reply=words.say("Answer the client"),
        next=words.say("What comes next"),
        priced_today=words.say("What it would be today"),
        alternative=words.say("Another alternative beside it"),
        alternative_name=words.say("Name of the alternative, as in B"),
        amend=words.say("Amend it"),
        renew=words.say("Renew it"),
        follow_up=words.say("Ask the client again on"),
        keep_day=words.say("Keep the day"),
        why=words.say("Won or lost, because"),
        won=words.say("Won"),
        lost=words.say("Lost"),
    )


@dataclass(frozen=True, kw_only=True)
class QuoteView:
    """One quote: its lines, its audit, the names of its documents in a language, what may be done now."""

    lines: tuple[str, ...]
    history: tuple[tuple[str, ...], ...]
    documents: tuple[str, ...]
    may_agree: bool
    may_sign: bool
    may_withdraw: bool
    may_revise: bool
    is_signed: bool


def quote_view(revision: Revision, events: Sequence[Event], zone: ZoneInfo, words: Words) -> QuoteView:
    """A quote as the page shows it; documents are those of the page's language, and what came back signed."""
    wanted = f"-{words.language}."
    return QuoteView(
        lines=tuple(revision_lines(revision, words, zone)),
        history=tuple(tuple(row) for row in audit_lines(events, words, zone)),
        documents=tuple(
            document.name
            for document in revision.documents
            if not document.erased and (wanted in document.name or document.signed)
        ),
        may_agree=revision.state == State.SENT,
        may_sign=revision.state == State.AGREED,
        may_withdraw=revision.state in (State.SENT, State.AGREED),
        may_revise=revision.record is not None and revision.state != State.SIGNED,
        is_signed=revision.record is not None and revision.state == State.SIGNED,
    )


def rows(page: Page, words: Words) -> tuple[tuple[str, ...], ...]:
    """The list as a table: its heads, then a row for each quote."""
    return tuple(tuple(row) for row in list_rows(page, words))


def question_lines(question: Question, words: Words) -> tuple[str, ...]:
    """What a client asked by the link, and our answer where there is one."""
    asked = words.say(
        "{who} asks about {section}: {text}", who=question.who, section=question.section, text=question.text
    )
    if question.answer is None:
        return (asked,)
    answer = words.say("{who} answered: {text}", who=question.answered_by, text=question.answer)
    return asked, answer
