"""The words around a review on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from estimator.presentation.words import Words
from estimator.schemas.review import Review


@dataclass(frozen=True, kw_only=True)
class ReviewWords:
    """Labels of a review on the page of quotes."""

    title: str
    month: str
    language: str
    paper: str
    sizes: Mapping[Literal["a4", "letter"], str]
    make: str
    take: str
    working: str


def review_words(words: Words) -> ReviewWords:
    """The words of the review in one language."""
    return ReviewWords(
        title=words.say("Review"),
        month=words.say("Up to"),
        language=words.say("Language of the document"),
        paper=words.say("Paper size"),
        sizes={"a4": "A4", "letter": words.say("US Letter")},
        make=words.say("Make the PDF"),
        take="PDF",
        working=words.say("Setting the pages …"),
    )


def named(review: Review) -> str:
    """The name of a review's file, without its ending."""
    return f"{review.number}-r{review.revision}-{review.month or 'sent'}"
