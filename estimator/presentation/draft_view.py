"""Drafts of the book on the page: what is worked on, what waits for approval, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from estimator.book.records import Draft, Event, Line
from estimator.book.states import State
from estimator.presentation.book_text import STATES, audit_lines, time_said
from estimator.presentation.discount_words import discount_given
from estimator.presentation.document_words import departing
from estimator.presentation.phrases import chance_words
from estimator.presentation.words import NONE, Words, mark
from estimator.quoting.quote import Quote


@dataclass(frozen=True, kw_only=True)
class DraftWords:
    """Labels of the part of the page that lists drafts."""

    title: str
    none: str
    keep: str
    name: str
    as_new: str
    over: str
    open: str
    pick: str
    go_on: str
    undo: str
    copy: str
    copied: str
    discard: str
    waiting: str
    approved: str
    others: str
    own: str
    history: str
    reason: str
    approve: str
    give_back: str
    send: str
    working: str
    sent: str


def draft_words(words: Words) -> DraftWords:
    """The words in one language; ``over``, ``copied`` and ``sent`` have a place for a name or number."""
    place = {"name": "{name}", "number": "{number}"}
    return DraftWords(
        title=words.say("Drafts"),
        none=words.say("There is no draft."),
        keep=words.say("Keep the live quote as a draft"),
        name=words.say("Name of the draft"),
        as_new=words.say("Keep as a new draft"),
        over=words.say("Keep over “{name}”", **place),
        open=words.say("Open a draft"),
        pick=words.say("Choose"),
        go_on=words.say("Go on with it"),
        undo=words.say("Back to the version before"),
        copy=words.say("Copy"),
        copied=words.say("{name}, copy", **place),
        discard=words.say("Discard"),
        waiting=words.say("Waits for approval"),
        approved=words.say("Approved: it is sent exactly as it was put up"),
        others=words.say("Somebody who may approve decides. Once approved, it is sent from here."),
        own=words.say("You asked for it, so somebody else decides. Once approved, it is sent from here."),
        history=words.say("What was done"),
        reason=words.say("Reason"),
        approve=words.say("Approve"),
        give_back=words.say("Give back"),
        send=words.say("Send under a number"),
        working=words.say("Setting the documents of both languages …"),
        sent=words.say(
            "Sent as {number}. Its documents and figures are kept as they are; find it under Quotes.", **place
        ),
    )


def draft_rows(drafts: Sequence[Draft], zone: ZoneInfo, words: Words) -> tuple[tuple[str, ...], ...]:
    """The drafts as a table: its heads, then a row for each."""
    titles = (mark("Draft"), mark("Stage"), mark("Owner"), mark("Goes on from"), mark("Last change"))
    rows = [tuple(words.say(title) for title in titles)]
    for draft in drafts:
        changed = words.say(
            "{time} by {who}", time=time_said(draft.changed, zone, words), who=draft.changed_by
        )
        state = words.say(STATES[draft.state])
        rows.append((draft.name, state, draft.owner, draft.begun_from or draft.number or NONE, changed))
    return tuple(rows)


def draft_names(drafts: Sequence[Draft]) -> Mapping[int, str]:
    """The drafts by id, each with its name and owner."""
    return {draft.id: f"{draft.name} · {draft.owner}" for draft in drafts}


def who_asked(events: Sequence[Event]) -> Event | None:
    """The last time that somebody was asked to approve a draft."""
    return next((event for event in reversed(events) if event.what == "approval_asked"), None)


def asked_said(asked: Event, zone: ZoneInfo, words: Words) -> str:
    """Who asks, since when, and why."""
    when = time_said(asked.at, zone, words)
    if not asked.note:
        return words.say("{who} asks since {time}.", who=asked.who, time=when)
    return words.say("{who} asks since {time}: {reason}", who=asked.who, time=when, reason=asked.note)


def history(events: Sequence[Event], zone: ZoneInfo, words: Words) -> tuple[tuple[str, ...], ...]:
    """What was done to a draft, a row each."""
    return tuple(tuple(row) for row in audit_lines(events, words, zone))


def asked_lines(quote: Quote, lines: Sequence[Line], words: Words) -> tuple[str, ...]:
    """What whoever approves decides about: what departs, how far below the list, and what it leaves us."""
    said = list(departing(lines, quote, words))
    if discount := discount_given(quote, words):
        said.append(discount)
    below = 1 - quote.fees.mean / quote.list_fees if quote.list_fees else 0.0
    fees, listed = (
        words.money(round(Decimal(mean)), quote.currency) for mean in (quote.fees.mean, quote.list_fees)
    )
    change = {"fees": fees, "listed": listed, "share": words.percent(abs(below), 1)}
    if below >= 0.0005:
        message = mark("Fees of the term, on average {fees}, {share} below {listed} at list price.")
    else:
        message = mark("Fees of the term, on average {fees}; at list price {listed}.")
    said.append(words.say(message, **change))
    if quote.agency is not None:
        said.append(
            words.say(
                "Our margin {share}; we lose money in {loss}.",
                share=words.percent(quote.agency.margin_share),
                loss=chance_words(quote.agency.loss_probability.value, words),
            )
        )
    return tuple(said)


def is_waiting(draft: Draft) -> bool:
    """Whether somebody was asked to approve it."""
    return draft.state == State.APPROVAL
