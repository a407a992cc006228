"""The words around a document on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from estimator.book.records import Kind, Line
from estimator.presentation.words import Words
from estimator.quoting.quote import Quote


@dataclass(frozen=True, kw_only=True)
class DocumentWords:
    """Labels of the box in which a document is made: ``fields`` of the client, ``forms`` of files."""

    button: str
    title: str
    lead: str
    fields: Mapping[str, str]
    language: str
    make: str
    unread: str
    working: str
    forms: Mapping[str, str]


def document_words(words: Words) -> DocumentWords:
    """The words of the box in one language."""
    return DocumentWords(
        button=words.say("Document"),
        title=words.say("Quote as a document"),
        lead=words.say(
            "A draft for the client: PDF, web page, workbook and pictures of one and the same quote."
        ),
        fields={
            "name_zh": words.say("Client’s legal name, Chinese"),
            "name_en": words.say("Client’s legal name, English"),
            "contact": words.say("Contact"),
            "email": words.say("E-mail"),
            "tax_id": words.say("Tax id"),
            "address": words.say("Address"),
        },
        language=words.say("Language of the document"),
        make=words.say("Make the document"),
        unread=words.say("Mend what cannot be read first."),
        working=words.say("Working out options, what-ifs and invoices …"),
        forms={
            "pdf": "PDF",
            "html": words.say("Web page"),
            "xlsx": words.say("Workbook"),
            "png": words.say("Pictures"),
        },
    )


@dataclass(frozen=True, kw_only=True)
class WorkbookWords:
    """The words of the workbook's sheet of months, and of what travels inside a PDF."""

    name: str
    sheet: str
    title: str
    lead: str
    month: str
    term: str
    invoice: str
    data: str
    workbook: str


def workbook_words(words: Words) -> WorkbookWords:
    """The words of the workbook in one language."""
    return WorkbookWords(
        name=words.say("Quote"),
        sheet=words.say("Months"),
        title=words.say("The middling course, month by month"),
        lead=words.say("Change a count, and the charges follow."),
        month=words.say("Month"),
        term=words.say("Term"),
        invoice=words.say("Invoice"),
        data=words.say("The figures of this document as data"),
        workbook=words.say("The workbook, with its formulas"),
    )


@dataclass(frozen=True, kw_only=True)
class SendWords:
    """Labels of the row in which a document is sent."""

    title: str
    sender: str
    as_what: str
    revision: str
    fresh: str
    approval: str
    reason: str
    no_reason: str
    why: str
    ask: str
    asked: str
    goes_on: str
    send: str
    working: str
    sent: str


def send_words(words: Words) -> SendWords:
    """The words of the row in one language; ``revision`` and ``sent`` have a place for a number."""
    number = "{number}"
    return SendWords(
        title=words.say("Send"),
        sender=words.say("Your name"),
        as_what=words.say("Send as"),
        revision=words.say("Revision of {number}", number=number),
        fresh=words.say("A new quote"),
        approval=words.say("Before this is sent, somebody must approve:"),
        reason=words.say("You approve it because"),
        why=words.say("Why it should be approved"),
        ask=words.say("Ask for approval"),
        asked=words.say("Asked. Somebody who may approve finds it under Quotes; so do you, to send it."),
        goes_on=words.say("Draft “{name}”", name="{name}"),
        no_reason=words.say("Write why you approve it; the audit keeps your name and the reason."),
        send=words.say("Send under a number"),
        working=words.say("Setting the documents of both languages …"),
        sent=words.say(
            "Sent as {number}. Its documents and figures are kept as they are; find it under Quotes.",
            number=number,
        ),
    )


def departing(lines: Sequence[Line], quote: Quote, words: Words) -> tuple[str, ...]:
    """What departs from the price list or what a guard asks about, each in a line."""
    said, raised = [], {guard.id: guard for guard in quote.guards}
    charges = (*quote.priced.terms.charges, *quote.terms.charges)
    names = {charge.id: words.within(words.of(charge.label)) for charge in charges}
    names["term"] = words.within(words.say("Term"))
    for line in lines:
        if line.id in raised:
            said.append(words.of(raised[line.id].text))
        elif line.kind == Kind.PRICE:
            said.append(words.say("A price other than the list’s: {line}", line=names[line.id]))
        elif line.kind == Kind.PAYMENT:
            said.append(words.say("Terms of payment other than the list’s: {line}", line=line.id))
        elif line.id in names:
            said.append(words.say("Other than on the list: {line}", line=names[line.id]))
    return tuple(said)
