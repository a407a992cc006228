"""A proposal written: the files of one language, each made when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from estimator.contract.parties import Party
from estimator.documents.faces import lacking
from estimator.documents.page import NARROW, page
from estimator.documents.pdf import Attached, Size, data, pages, pdf
from estimator.documents.pictures import PHONE, svg
from estimator.documents.workbook import workbook
from estimator.presentation import charts, live
from estimator.presentation.document_words import workbook_words
from estimator.presentation.paper import Paper
from estimator.presentation.proposal import numbered, proposal_paper
from estimator.presentation.proposal_money import CHART
from estimator.presentation.words import Words
from estimator.quoting.quote import Quote
from estimator.schemas.proposal import Proposal
from estimator.values.errors import Fault, QuotecastError

Form = Literal["pdf", "html", "xlsx", "png", "json"]
FORMS: tuple[Form, ...] = get_args(Form)
MEDIA: Mapping[Form, str] = {
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
    "json": "application/json",
}
CHART_HEIGHT = 300


@dataclass(frozen=True, kw_only=True)
class Written:
    """The documents of one proposal in one language; the same proposal gives the same bytes."""

    proposal: Proposal
    words: Words
    paper: Paper
    pictures: Mapping[str, bytes]
    logo: tuple[str, bytes] | None
    size: Size

    @cached_property
    def json(self) -> bytes:
        """The proposal as data."""
        return data(self.proposal)

    @cached_property
    def xlsx(self) -> bytes:
        """The workbook."""
        return workbook(self.proposal, self.words)

    @cached_property
    def html(self) -> bytes:
        """The web page."""
        return page(self.paper, self.pictures, self.logo)

    @cached_property
    def pdf(self) -> bytes:
        """The PDF, with the workbook and the data inside."""
        named = workbook_words(self.words)
        attached = (
            Attached(
                name="quote.json",
                content=self.json,
                media=MEDIA["json"],
                relation="source",
                said=named.data,
            ),
            Attached(
                name="quote.xlsx",
                content=self.xlsx,
                media=MEDIA["xlsx"],
                relation="supplement",
                said=named.workbook,
            ),
        )
        return pdf(self.paper, self.proposal.day, self.size, self.pictures, attached, self.logo)

    @cached_property
    def png(self) -> tuple[bytes, ...]:
        """The pages as pictures."""
        return pages(self.paper, self.proposal.day, self.size, self.pictures, self.logo)

    def files(self, form: Form) -> dict[str, bytes]:
        """The files of a form by name; pages as pictures are one file each."""
        stem = f"{numbered(self.proposal) or 'draft'}-{self.words.language}"
        if form == "png":
            return {f"{stem}-{number}.png": content for number, content in enumerate(self.png, start=1)}
        content: bytes = getattr(self, form)
        return {f"{stem}.{form}": content}


def written(quote: Quote, proposal: Proposal, words: Words, size: Size | None = None) -> Written:
    """The documents of a proposal, with the picture of the quote that it was made of.

    Raises ``QuotecastError`` where a name holds a character that no document can print.
    """
    check_names(proposal.client, "client")
    check_names(proposal.sender.entity, "letterhead.toml:entities")
    to_you = Words(words.language, to_you=True, vocabulary=words.vocabulary, remarks=words.remarks)
    figure, said = live.picture(quote, to_you)
    if quote.goals and quote.goals[0].open_definition:
        figure = None  # no figure before it is said what is counted
    pictures = {}
    if figure is not None:
        drawing = charts.odds(figure, "light", CHART_HEIGHT)
        pictures = {CHART: svg(drawing), f"{CHART}{NARROW}": svg(drawing, PHONE)}
    return Written(
        proposal=proposal,
        words=to_you,
        paper=proposal_paper(proposal, to_you, said if pictures else ""),
        pictures=pictures,
        logo=quote.rules.logo,
        size=size or quote.rules.letterhead.paper,
    )


def check_names(party: Party, place: str) -> None:
    """Raises ``QuotecastError`` for every line of a party that holds a character the faces lack."""
    faults = [
        Fault(code="no_glyph", place=f"{place}:{name}", values={"found": "".join(letters)})
        for name, text in party.texts.items()
        if (letters := lacking(text))
    ]
    if faults:
        raise QuotecastError(faults)
