"""Drafts of the book on the page: what is worked on, what waits for approval, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from estimator.book.records import Draft, Line
from estimator.book.states import State
from estimator.presentation.book_text import STATES, time_said
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
    go_on: str
    undo: str
    copy: str
    copied: str
    discard: str
    waiting: str
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
        go_on=words.say("Go on with it"),
        undo=words.say("Back to the version before"),
        copy=words.say("Copy"),
        copied=words.say("{name}, copy", **place),
        discard=words.say("Discard"),
        waiting=words.say("Waits for approval"),
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


def asked_lines(quote: Quote, lines: Sequence[Line], words: Words) -> tuple[str, ...]:
    """What whoever approves decides about: what departs, how far below the list, and what it leaves us."""
    said = list(departing(lines, quote, words))
    below = 1 - quote.fees.mean / quote.list_fees if quote.list_fees else 0.0
    fees, listed = (
        words.money(round(Decimal(mean)), quote.currency) for mean in (quote.fees.mean, quote.list_fees)
    )
    change = {"fees": fees, "listed": listed, "share": words.percent(abs(below), 1)}
    if below >= 0.0005:
        message = mark("Expected fees of the term {fees}, {share} below {listed} at list price.")
    else:
        message = mark("Expected fees of the term {fees}; at list price {listed}.")
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
