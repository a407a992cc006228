"""What goes into the book and what comes out: plain frozen values, never a row of a table."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any, Self
from zoneinfo import ZoneInfo

from estimator.book.states import State
from estimator.values.errors import fail

MOST_OF_A_NAME = 200
MOST_OF_A_NOTE = 2_000
MOST_OF_A_DRAFT = 1_000_000
MOST_OF_A_RECORD = 20_000_000
MOST_OF_A_DOCUMENT = 50_000_000
"""Characters or bytes that are kept of each."""
WHOLE = "content"
"""The line that stands for everything of a record together."""


def digest(content: bytes | str) -> str:
    """The sha256 of a text or of bytes, in hexadecimal."""
    return sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def canonical(content: object, place: str, most: int) -> str:
    """JSON whose bytes depend on nothing but the content.

    >>> canonical({"b": 1, "a": "价"}, "draft", 100)
    '{"a":"价","b":1}'
    """
    try:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise fail("unfit_for_json", place, found=str(error)) from None
    if size > most:
        raise fail("too_many_bytes", place, found=size, most=most)
    return text


def clean_text(text: str, place: str, most: int = MOST_OF_A_NAME) -> str:
    """A name or a note as it is kept: one spelling, no control characters, neither empty nor too long.

    >>> clean_text("  上海\\u3000有限公司 ", "client")
    '上海 有限公司'
    """
    kept = " ".join(unicodedata.normalize("NFC", text).split())
    if not kept or len(kept) > most or any(unicodedata.category(char) in ("Cc", "Cs") for char in kept):
        raise fail("not_a_name", place, found=text, most=most)
    return kept


def checked_instant(at: dt.datetime, place: str) -> dt.datetime:
    """The instant in UTC; one that names no zone is refused."""
    if at.tzinfo is None:
        raise fail("no_zone", place, found=at.isoformat())
    return at.astimezone(dt.UTC)


class Kind(StrEnum):
    """What a line is about; price and payment terms are never given at once by one person."""

    PRICE = "price"
    PAYMENT = "payment"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of an offer that can be approved by itself.

    ``text`` is what is sent, ``listed`` what the price list gives; where they are equal, nothing is to be
    approved. ``listed`` is ``None`` where the list has no such line.
    """

    id: str
    kind: Kind
    text: str
    listed: str | None

    @property
    def departs(self) -> bool:
        """Whether somebody must approve the line."""
        return self.text != self.listed

    @property
    def sha256(self) -> str:
        """The hash an approval of this line is bound to."""
        return digest(json.dumps([self.id, self.kind, self.text, self.listed]))


@dataclass(frozen=True, kw_only=True)
class Record:
    """Everything a revision was made of and what it answered, frozen when it is sent.

    The parts are JSON that the book never looks into. ``valid_until`` is an instant; ``zone`` is the name of
    the zone it was promised in. Totals are in cents: what is asked, and what the price list would ask.
    """

    client: str
    brief: Mapping[str, Any]
    rules_sha: str
    edition: str
    engine: str
    world: Mapping[str, Any]
    outputs: Mapping[str, Any]
    forecast: Mapping[str, Any]
    lines: tuple[Line, ...] = ()
    total_cents: int
    listed_cents: int
    currency: str
    valid_until: dt.datetime
    zone: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "client", clean_text(self.client, "client"))
        object.__setattr__(self, "valid_until", checked_instant(self.valid_until, "valid_until"))
        try:
            ZoneInfo(self.zone)
        except (KeyError, OSError, ValueError):
            raise fail("unknown_zone", "zone", found=self.zone) from None
        ids = [line.id for line in self.lines]
        if WHOLE in ids or len(set(ids)) < len(ids):
            raise fail("line_twice", "lines", found=next(i for i in ids if i == WHOLE or ids.count(i) > 1))

    def text(self) -> str:
        """The record as canonical JSON; equal records have equal bytes."""
        parts = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "lines"}
        lines = [
            {"id": line.id, "kind": line.kind, "text": line.text, "listed": line.listed}
            for line in self.lines
        ]
        content = {**parts, "valid_until": self.valid_until.isoformat(), "lines": lines}
        return canonical(content, "record", MOST_OF_A_RECORD)

    def plain(self) -> Record:
        """This record as its text has it: nothing that holds the original can change it any more."""
        return Record.read(self.text())

    @classmethod
    def read(cls, text: str) -> Self:
        """The record of a text that ``text()`` wrote."""
        content = json.loads(text)
        content["valid_until"] = dt.datetime.fromisoformat(content["valid_until"])
        content["lines"] = tuple(Line(**{**line, "kind": Kind(line["kind"])}) for line in content["lines"])
        return cls(**content)

    @property
    def sha256(self) -> str:
        """The hash an approval of this record is bound to."""
        return digest(self.text())

    @property
    def discount_cents(self) -> int:
        """What is asked below the price list."""
        return self.listed_cents - self.total_cents

    def to_approve(self) -> tuple[Line, ...]:
        """The lines somebody must approve, and the content as a whole with them; none at list price.

        The whole counts as one line, so an edit anywhere asks again, and a line that stayed does not.
        """
        departing = tuple(line for line in self.lines if line.departs)
        if not departing and self.discount_cents <= 0:
            return ()
        return (*departing, Line(id=WHOLE, kind=Kind.OTHER, text=self.sha256, listed=None))

    def approvers_needed(self) -> int:
        """How many people must approve: two where price and payment terms depart at once."""
        kinds = {line.kind for line in self.to_approve()}
        if self.discount_cents > 0:
            kinds.add(Kind.PRICE)
        return 2 if {Kind.PRICE, Kind.PAYMENT} <= kinds else min(1, len(kinds))


@dataclass(frozen=True, kw_only=True)
class RenderedDocument:
    """A file for the client, or the signed paper that came back."""

    name: str
    media_type: str
    content: bytes = field(repr=False)

    def __post_init__(self) -> None:
        name = clean_text(self.name, "document")
        if name.startswith(".") or any(char in name for char in '/\\:*?"<>|') or name != self.name:
            raise fail("not_a_file_name", "document", found=self.name)
        if len(self.content) > MOST_OF_A_DOCUMENT:
            raise fail("too_many_bytes", name, found=len(self.content), most=MOST_OF_A_DOCUMENT)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody is working on; ``version`` rises with every change and says which one was read."""

    id: int
    name: str
    owner: str
    content: Mapping[str, Any]
    version: int
    state: State
    changed: dt.datetime
    changed_by: str
    number: str | None
    alternative: str
    asked_sha256: str | None
    """Hash of the content somebody was asked to approve."""
    begun_from: str | None
    """The revision that it revises, amends or renews; None for a new quote and for an alternative."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file kept with a revision, without its bytes. ``erased``: the bytes are gone, the hash stays."""

    name: str
    media_type: str
    sha256: str
    size: int
    signed: bool
    erased: bool


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Who agreed, when and how: by telephone, by mail, on the quote's own page."""

    who: str
    when: dt.datetime
    how: str


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A revision as it was sent. ``record`` is ``None`` only where it was erased with a person's name."""

    number: str
    revision: int
    alternative: str
    current: bool
    state: State
    client: str
    record: Record | None
    sha256: str
    sent: dt.datetime
    sent_by: str
    agreed: Agreement | None
    documents: tuple[Document, ...]

    @property
    def reference(self) -> str:
        """As people write it: ``Q-2026-0042-r3``."""
        return f"{self.number}-r{self.revision}"


@dataclass(frozen=True, kw_only=True)
class Figures:
    """A line of figures to enter: a calendar month of a store, cells by column, and where they stand."""

    month: str
    store: str
    cells: Mapping[str, str]
    source: str


@dataclass(frozen=True, kw_only=True)
class Entered(Figures):
    """Figures that were entered: in which ``entry``, by whom and when.

    ``ends`` is the day on which the contract was said to have ended.
    """

    entry: int
    who: str
    at: dt.datetime
    ends: dt.date | None


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """A revision whose forecast can be held against figures; ``replaced`` when an amendment took over."""

    revision: Revision
    figures: tuple[Entered, ...]
    replaced: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class Row:
    """A quote in the list, with the state and value of the revision that speaks for it."""

    number: str
    revision: int
    client: str
    owner: str
    state: State
    total_cents: int
    currency: str
    valid_until: dt.datetime
    follow_up: dt.date | None
    changed: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some rows of the list, and whether more follow."""

    rows: tuple[Row, ...]
    more: bool


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of the audit: who did what, and when in UTC."""

    id: int
    at: dt.datetime
    who: str
    what: str
    reference: str | None
    draft: int | None
    from_state: State | None
    to_state: State | None
    note: str
