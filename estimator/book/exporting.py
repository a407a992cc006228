"""What is in the book as files and as JSON, so that it can be read without the book."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from estimator.book.links import Link, Question
from estimator.book.records import Entered, Event, Page, Revision
from estimator.values.errors import fail

if TYPE_CHECKING:
    from estimator.book.book import Book

PAGE = 500
"""Quotes read at once where all are exported."""


def page_json(page: Page) -> dict[str, Any]:
    """A page of the list."""
    return _plain(asdict(page))


def revision_json(
    revision: Revision,
    events: Sequence[Event],
    links: Sequence[Link] = (),
    questions: Sequence[Question] = (),
    actuals: Sequence[Entered] = (),
) -> dict[str, Any]:
    """A revision with its record, and of its quote the audit, links, questions and figures of its months."""
    shown = {**asdict(revision), "reference": revision.reference}
    if revision.record is not None:
        shown["record"] = json.loads(revision.record.text())
    told: dict[str, Sequence[Any]] = {
        "audit": events,
        "links": links,
        "questions": questions,
        "actuals": actuals,
    }
    return _plain({**shown, **{name: [asdict(one) for one in each] for name, each in told.items()}})


def export(book: Book, folder: Path, numbers: Sequence[str]) -> tuple[str, ...]:
    """Write a folder for each revision: its record, its documents and its quote's audit; all without numbers.

    Nothing is written over: a folder that is there already is refused.
    """
    written = []
    for number in numbers or _all_numbers(book):
        events = book.audit(number)
        for revision in book.revisions(number):
            place = folder / revision.reference
            if place.exists():
                raise fail("file_exists", str(place), found=place.name)
            place.mkdir(mode=0o700, parents=True)
            links = book.links.of(revision.reference)
            questions = book.links.questions(revision.reference)
            content = revision_json(revision, events, links, questions, book.actuals(number))
            text = json.dumps(content, ensure_ascii=False, indent=2)
            (place / "revision.json").write_text(f"{text}\n", "utf-8")
            kept = [document for document in revision.documents if not document.erased]
            (place / "documents").mkdir(mode=0o700)
            for document in kept:
                file = book.document(revision.reference, document.name)
                (place / "documents" / document.name).write_bytes(file)
            written.append(revision.reference)
    return tuple(written)


def _all_numbers(book: Book) -> list[str]:
    numbers: list[str] = []
    while True:
        page = book.list(sort="number", offset=len(numbers), limit=PAGE)
        numbers += [row.number for row in page.rows]
        if not page.more:
            return numbers[::-1]


def _plain(content: Any) -> Any:
    """The content with instants and days as text."""
    return json.loads(json.dumps(content, default=lambda value: value.isoformat()))
