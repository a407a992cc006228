"""A review as a PDF for both sides, with its data inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from estimator.documents.pdf import Attached, Size, data, pages, pdf
from estimator.documents.pictures import svg
from estimator.documents.written import check_names
from estimator.presentation.document_words import workbook_words
from estimator.presentation.paper import Paper
from estimator.presentation.review import review_paper
from estimator.presentation.review_chart import CHART, gmv_chart, gmv_said
from estimator.presentation.words import Words
from estimator.schemas.review import Review

CHART_HEIGHT = 210


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """The documents of one review in one language; the same review gives the same bytes."""

    review: Review
    words: Words
    paper: Paper
    pictures: Mapping[str, bytes]
    logo: tuple[str, bytes] | None
    size: Size

    @cached_property
    def json(self) -> bytes:
        """The review as data."""
        return data(self.review)

    @cached_property
    def pdf(self) -> bytes:
        """The PDF, with the data inside."""
        attached = Attached(
            name="review.json",
            content=self.json,
            media="application/json",
            relation="source",
            said=workbook_words(self.words).data,
        )
        return pdf(self.paper, self.review.day, self.size, self.pictures, (attached,), self.logo)

    @cached_property
    def png(self) -> tuple[bytes, ...]:
        """The pages as pictures."""
        return pages(self.paper, self.review.day, self.size, self.pictures, self.logo)


def reviewed(review: Review, words: Words, logo: tuple[str, bytes] | None, size: Size) -> Reviewed:
    """The documents of a review.

    Raises ``QuotecastError`` where a name holds a character that no document can print.
    """
    check_names(review.client, "client")
    check_names(review.sender.entity, "letterhead.toml:entities")
    said = gmv_said(review, words)
    drawing = gmv_chart(review, words, "light", CHART_HEIGHT) if said else None
    return Reviewed(
        review=review,
        words=words,
        paper=review_paper(review, words, said if drawing is not None else ""),
        pictures={} if drawing is None else {CHART: svg(drawing)},
        logo=logo,
        size=size,
    )
