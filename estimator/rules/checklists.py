"""What to ask before signing, which documents to have, and the tables' own remarks in Chinese: lists kept
as data, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from estimator.brief.vocabulary import ALL, CategoryOrAll, Vocabulary
from estimator.market.assumptions import Day, Grade
from estimator.values import tables
from estimator.values.errors import Fault, QuotecastError
from estimator.values.text import Text


def _categories(cell: object) -> object:
    """The categories of a cell, ``toys|home`` or ``*``."""
    return tuple(word.strip() for word in cell.split("|")) if isinstance(cell, str) else cell


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9_.]*$")
    why_en: str = Field(min_length=1)
    why_zh: str = Field(min_length=1)
    source: str = Field(min_length=1)
    as_of: Day
    grade: Grade
    place: str = ""

    @property
    def why(self) -> Text:
        return Text(en=self.why_en, zh=self.why_zh)


class Trap(_Row):
    """A question for an agency, and what happens to those who do not ask it."""

    question_en: str = Field(min_length=1)
    question_zh: str = Field(min_length=1)

    @property
    def question(self) -> Text:
        return Text(en=self.question_en, zh=self.question_zh)


class Document(_Row):
    """A document that goods of some categories need; ``category`` names them, or is ``*`` for all."""

    category: Annotated[tuple[CategoryOrAll, ...], BeforeValidator(_categories)]
    label_en: str = Field(min_length=1)
    label_zh: str = Field(min_length=1)
    issuer_en: str = Field(min_length=1)
    issuer_zh: str = Field(min_length=1)

    @property
    def label(self) -> Text:
        return Text(en=self.label_en, zh=self.label_zh)

    @property
    def issuer(self) -> Text:
        return Text(en=self.issuer_en, zh=self.issuer_zh)

    @property
    def general(self) -> bool:
        """Whether goods of every category need it."""
        return ALL in self.category


class Remark(Text):
    """A reason or a source that a table gives in English, and its Chinese."""

    place: str = ""

    @property
    def id(self) -> str:
        return self.en


class _Identified(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def place(self) -> str: ...


def read_traps(path: Path) -> tuple[Trap, ...]:
    """The questions of a table; raises ``QuotecastError`` with every fault as ``file:line:column``."""
    rows = tables.records(path, Trap)
    _raise(_twice(rows))
    return rows


def read_documents(vocabulary: Vocabulary, current: Vocabulary, path: Path) -> tuple[Document, ...]:
    """The documents of a table, of which every current category has its own; raises as ``read_traps``."""
    rows = tables.records(path, Document, vocabulary)
    _raise((*_twice(rows), *_missing(rows, current.ids("category"), path.name)))
    return rows


def read_remarks(path: Path) -> tuple[Remark, ...]:
    """The remarks of a table, each once; raises as ``read_traps`` does."""
    rows = tables.records(path, Remark)
    _raise(_twice(rows, "en"))
    return rows


def needed(documents: tuple[Document, ...], category: str) -> tuple[Document, ...]:
    """The documents that goods of a category need, its own first.

    >>> from estimator.rules.rules import open_rules
    >>> [document.id for document in needed(open_rules().documents, "toys")][:2]
    ['doc.cpc', 'doc.toy_safety']
    """
    wanted = [document for document in documents if document.general or category in document.category]
    return tuple(sorted(wanted, key=lambda document: document.general))


def _twice(rows: tuple[_Identified, ...], column: str = "id") -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for row in rows:
        if row.id in seen:
            values = {"found": row.id, "other": seen[row.id]}
            yield Fault(code="stands_already", place=f"{row.place}:{column}", values=values)
        seen.setdefault(row.id, row.place)


def _missing(rows: tuple[Document, ...], categories: Iterable[str], file: str) -> Iterator[Fault]:
    own = {category for row in rows if not row.general for category in row.category}
    for category in categories:
        if category not in own:
            yield Fault(code="no_documents", place=f"{file}:category", values={"found": category})


def _raise(faults: Iterator[Fault] | tuple[Fault, ...]) -> None:
    if every := tuple(faults):
        raise QuotecastError(every)
