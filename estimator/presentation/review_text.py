"""A review as lines of text, for the command."""

from __future__ import annotations

from collections.abc import Iterator

from estimator.presentation.book_text import table_text
from estimator.presentation.paper import Block, Figures, Lead, Pairs, Paper, Paragraph, Picture, Points, Table
from estimator.presentation.review import review_paper
from estimator.presentation.review_chart import gmv_said
from estimator.presentation.words import Words
from estimator.schemas.review import Review


def review_text(review: Review, words: Words) -> str:
    """The review section by section, as its paper has it."""
    return "\n".join(_lines(review_paper(review, words, gmv_said(review, words)), words))


def _lines(paper: Paper, words: Words) -> Iterator[str]:
    yield paper.name
    for label, said in paper.head:
        yield words.say("{title}: {text}", title=label, text=said)
    for section in paper.sections:
        yield ""
        yield section.title
        for block in section.blocks:
            yield from _block(block, words)


def _block(block: Block, words: Words) -> Iterator[str]:
    match block:
        case Lead() | Paragraph():
            yield block.text
        case Picture():
            yield block.said
        case Points():
            yield from (f"- {item}" for item in block.items)
        case Pairs():
            yield from (words.say("{title}: {text}", title=label, text=said) for label, said in block.rows)
        case Figures():
            for one in block.figures:
                text = words.apart([part for part in (one.value, one.line) if part])
                yield words.say("{title}: {text}", title=one.label, text=text)
        case Table():
            yield table_text(block).strip("\n")
        case _:
            return
