"""Sending a quote: the frozen record, its documents in both languages, and the book that keeps them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from estimator.book.book import Book
from estimator.book.records import Draft, Kind, Line, Record, RenderedDocument, Revision
from estimator.brief.brief import Brief
from estimator.contract.charges import AnyCharge
from estimator.contract.parties import Party
from estimator.contract.terms import Terms
from estimator.contract.trade import Trade
from estimator.documents.requoting import moved_since
from estimator.documents.written import MEDIA, Form, check_names, written
from estimator.evidence.remade import PROPOSAL, asked_then, proposal_sent
from estimator.market.market import Override
from estimator.market.points import QUOTED, Points
from estimator.presentation.revision_words import changed_since
from estimator.presentation.words import LANGUAGES, Words
from estimator.quoting.quote import ENGINE, Quote
from estimator.quoting.shown import Shown
from estimator.rules.rules import Rules
from estimator.schemas.frozen import frozen
from estimator.schemas.proposal import Proposal
from estimator.schemas.quote import as_json
from estimator.values.errors import Fault, QuotecastError, fail

SENT: tuple[Form, ...] = ("pdf", "html", "xlsx", "json")
PAYMENT = frozenset({"payment", "statement", "deposit", "early_exit", "notice"})
"""Kinds of clause that are terms of payment."""
QUOTE = "quote"
"""The part of a record's outputs that holds the whole answer."""


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A quote that can be sent: the draft it is kept under, its record, and what must still be approved."""

    draft: Draft
    proposal: Proposal
    record: Record
    pending: tuple[Line, ...]


def prepare(book: Book, quote: Quote, proposal: Proposal, *, user: str, draft: Draft | None = None) -> Ready:
    """The proposal of a quote as a new draft of the book, or as the next version of the ``draft`` it goes on.

    Raises ``QuotecastError`` for what no client should get: prices not in force, a goal whose KPI is not
    defined, what a guard refuses, a client without a name.
    """
    _check(quote, proposal.client)
    content = draft_content(quote.brief, _world(quote), proposal.client, Shown.of(quote).kept())
    if draft is None:
        draft = book.save_draft(None, proposal.client.name("en"), content, user=user)
    else:
        draft = book.save_draft(draft.id, draft.name, content, user=user, version=draft.version)
    before = None if draft.begun_from is None else book.read(draft.begun_from)
    earlier = None if before is None else proposal_sent(before)
    if before is not None and before.record is not None and earlier is not None:
        changed = changed_since(earlier, proposal, quote.rules.vocabulary)
        moved = moved_since(before.record, earlier, quote)
        proposal = proposal.model_copy(update={"changed": changed, "moved": moved})
    record = record_of(quote, proposal)
    return Ready(draft=draft, proposal=proposal, record=record, pending=book.pending(draft.id, record))


def asked(
    book: Book, draft: Draft, rules_of: Callable[[dt.date], Rules], points: Points = QUOTED
) -> tuple[Quote, Ready]:
    """What waits for approval, exactly as it was put up, with the quote that its pictures are drawn from.

    ``rules_of`` gives the rules of a day. Raises ``QuotecastError`` where those are no longer the same: what
    was approved could then not be made again.
    """
    record = book.asked(draft.id, draft.asked_sha256 or "")
    rules = rules_of(dt.date.fromisoformat(record.world["on"]))
    if (rules.sha, ENGINE) != (record.rules_sha, record.engine):
        raise fail("rules_changed", draft.name)
    quote = asked_then(record).under(rules, points)
    proposal = Proposal.model_validate_json(json.dumps(record.outputs[PROPOSAL]))
    pending = book.pending(draft.id, record)
    return quote, Ready(draft=draft, proposal=proposal, record=record, pending=pending)


def departures(quote: Quote, proposal: Proposal) -> tuple[Line, ...]:
    """What somebody must approve before a proposal may be sent; nothing at list price without a guard."""
    return record_of(quote, proposal).to_approve()


def ask(book: Book, ready: Ready, *, user: str, reason: str) -> Ready:
    """Put what is ready before those who approve, and say why they should."""
    at, version = ready.draft.id, ready.draft.version
    return replace(
        ready, draft=book.ask_approval(at, ready.record, user=user, version=version, reason=reason)
    )


def approve(book: Book, ready: Ready, *, user: str, reason: str) -> Ready:
    """Ask for approval and give it, for one local user who may; the audit says that it was his own."""
    ready = ask(book, ready, user=user, reason="")
    pending = book.approve(ready.draft.id, ready.record.sha256, approver=user, reason=reason)
    return replace(ready, pending=pending)


def send(book: Book, quote: Quote, ready: Ready, *, user: str) -> Revision:
    """Send what is ready under its own number, with the documents of both languages."""

    def render(number: str, revision: int) -> tuple[RenderedDocument, ...]:
        numbered = ready.proposal.model_copy(update={"number": number, "revision": revision})
        return tuple(_documents(quote, numbered))

    return book.send(ready.draft.id, ready.record, render, user=user, version=ready.draft.version)


def _documents(quote: Quote, proposal: Proposal) -> Iterator[RenderedDocument]:
    for language in LANGUAGES:
        words = Words(language, vocabulary=quote.rules.vocabulary, remarks=quote.rules.remarks)
        made = written(quote, proposal, words)
        for form in SENT:
            for name, content in made.files(form).items():
                yield RenderedDocument(name=name, media_type=MEDIA[form], content=content)


def _check(quote: Quote, client: Party) -> None:
    """Refuse what should reach no client."""
    faults = []
    if not client.name("en"):
        faults.append(Fault(code="no_client", place="client"))
    if quote.rules.state != "sealed":
        values = {"found": quote.rules.edition.id}
        faults.append(Fault(code="not_in_force", place="edition", values=values))
    faults += [
        Fault(code="goal_undefined", place=f"goals[{index}].kpi", values={"found": odds.goal.kpi.label})
        for index, odds in enumerate(quote.goals)
        if odds.open_definition
    ]
    faults += [
        Fault(code="guard_refuses", place=guard.id, values={"found": guard.text})
        for guard in quote.guards
        if guard.severity == "refusal"
    ]
    if faults:
        raise QuotecastError(faults)
    check_names(client, "client")


def record_of(quote: Quote, proposal: Proposal) -> Record:
    """Everything that a revision was made of and what it answered, as the book keeps it."""
    return Record(
        client=proposal.client.name(proposal.sender.prevailing),
        brief=quote.brief.model_dump(mode="json"),
        rules_sha=quote.rules.sha,
        edition=quote.rules.edition.id,
        engine=quote.engine,
        world=_world(quote),
        outputs={
            QUOTE: as_json(quote, quote.rules.vocabulary.question).model_dump(mode="json"),
            PROPOSAL: proposal.model_dump(mode="json"),
        },
        forecast=_forecast(quote, proposal),
        lines=tuple(_lines(quote)),
        total_cents=round(quote.fees.mean * 100),
        listed_cents=round(quote.list_fees * 100),
        currency=quote.currency,
        valid_until=proposal.valid_until,
        zone=proposal.zone,
    )


def draft_content(
    brief: Brief, world: Mapping[str, Any], client: Party, shown: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What a draft keeps: all that the quote is made again from, whom it is for, and what it showed."""
    return {
        "brief": brief.model_dump(mode="json", exclude_none=True),
        "world": dict(world),
        "client": client.model_dump(mode="json", exclude_defaults=True),
        "shown": shown,
    }


def world_of(on: dt.date, scenario: str, trade: Trade, overrides: Iterable[Override]) -> dict[str, Any]:
    """What a question was asked under, as a draft and a record keep it."""
    return {
        "on": on.isoformat(),
        "scenario": scenario,
        "trade": trade.model_dump(mode="json"),
        "overrides": [override.model_dump(mode="json") for override in overrides],
    }


def _world(quote: Quote) -> dict[str, Any]:
    asked = world_of(quote.rules.on, quote.scenario, quote.trade, quote.overrides)
    return asked | {"market": quote.rules.market.id, "seed": quote.seed, "points": quote.points}


def _forecast(quote: Quote, proposal: Proposal) -> dict[str, Any]:
    """The forecast as the client read it, and ``frozen``, which it is scored by."""
    content = proposal.model_dump(mode="json")
    read = {name: content[name] for name in ("goals", "all_goals", "fees", "seller", "cash_low", "by_month")}
    return {**read, "frozen": frozen(quote).model_dump(mode="json")}


def _lines(quote: Quote) -> Iterator[Line]:
    """Every charge and clause beside the list's, and every guard that asks for an approval."""
    signed, listed = _by_id(quote.terms), _by_id(quote.priced.terms)
    for name in dict.fromkeys((*signed, *listed)):
        kind, text = signed.get(name, (listed.get(name, (Kind.PRICE, ""))[0], ""))
        yield Line(id=name, kind=kind, text=text, listed=listed[name][1] if name in listed else None)
    for guard in quote.guards:
        if guard.severity == "approval":
            yield Line(id=guard.id, kind=Kind.OTHER, text=guard.text.en, listed=None)


def _by_id(terms: Terms) -> Mapping[str, tuple[Kind, str]]:
    """The lines of terms as text, without the rules behind them: a traded price is another price."""
    bare = terms.signed
    charges: tuple[AnyCharge, ...] = bare.charges
    lines = {charge.id: (Kind.PRICE, charge.model_dump_json(exclude_defaults=True)) for charge in charges}
    for clause in bare.clauses:
        kind = Kind.PAYMENT if clause.kind in PAYMENT else Kind.OTHER
        lines[clause.id] = (kind, clause.model_dump_json(exclude_defaults=True))
    lines["term"] = (Kind.OTHER, str(terms.months))
    return lines
