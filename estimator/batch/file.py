"""Prospects: a CSV with a brief in every row, read part by part however long the file is.

The first row names the columns; no column is required, their order is free, and an empty cell or
``unknown`` is an unknown fact. Amounts, shares, counts and months are written as on a call: 40k, 4万,
8%, 1.2k, 2027-01.

======================  =====================================================================
column                  holds
======================  =====================================================================
``id``                  the prospect's id, as text; its line number where there is none
``name``, ``note``      whatever helps people; nothing reads it
``platforms``           the stores by platform, ``tiktok_shop|own_site``; named twice: two stores
``store_kinds``         the kind of each store in that order, or one for all
``store_status``        ``new``, ``established`` or ``once_suspended``, likewise
``goals``               ``roas>=2.5@1-3|gmv>=300k@1-6``: KPI, level, contract months; a reading other
                        than the total stands behind: ``orders>=500@4-6:every``
``asks_guarantee``      ``yes`` or ``no``
``add_ons``             ``training|coaching|supply_chain``
all other facts asked   the field of ``Brief`` of that name
======================  =====================================================================

A row that cannot be read is a fault with its line and column, and never takes another row with it: a
quotation mark that is not closed costs its own line alone.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from estimator.batch.lines import MOST_LINE, Record, encoding_of, lines_of, records_of
from estimator.brief.brief import Brief, parse
from estimator.brief.goals import MOST_MONTHS, READINGS
from estimator.brief.meaning import OPEN_DEFINITION, REFUND_ONLY
from estimator.brief.typed import Reader
from estimator.brief.vocabulary import Vocabulary
from estimator.rules.rules import Rules
from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.tables import header_faults
from estimator.values.typed import is_unknown, typed_words
from estimator.values.validation import exists

CURRENCY = "USD"
MOST_GOALS = 4
"""Goals of one prospect; each has its own columns in the result."""


MOST_ID = 200


_GOAL = re.compile(
    r"(?P<kpi>[a-z_0-9]+)\s*(?P<sign>>=|<=|≥|≤)\s*(?P<level>[^@]+?)\s*"
    r"@\s*(?P<first>\d{1,3})\s*(?:[-–]\s*(?P<last>\d{1,3}))?\s*(?::\s*(?P<reading>[a-z]+))?"
)


def _goals(text: str, reader: Reader) -> list[dict[str, Any]]:
    """The goals of a cell, ``roas>=2.5@1-3|gmv>=300k@1-6``."""
    parts = re.split(r"[|｜]", text)
    if len(parts) > MOST_GOALS:
        raise fail("too_many", "", found=len(parts), most=MOST_GOALS)
    goals = (_goal(part.strip(), reader) for part in parts)
    return [goal for goal in goals if None not in goal.values()]


def _goal(text: str, reader: Reader) -> dict[str, Any]:
    kpis = reader.kpis
    match = _GOAL.fullmatch(unicodedata.normalize("NFKC", text).lower())
    if not match:
        raise fail("not_a_goal", "", found=text)
    askable = [OPEN_DEFINITION, *(name for name in kpis if name != REFUND_ONLY)]
    if match["kpi"] not in askable:
        raise fail("unknown_reference", "", found=match["kpi"], choices=", ".join(askable))
    reading = match["reading"] or "total"
    if reading not in READINGS:
        raise fail("not_a_choice", "", found=reading, choices=", ".join(READINGS))
    first = int(match["first"])
    last = int(match["last"] or first)
    if not 1 <= first <= last <= MOST_MONTHS:
        raise fail("goal_months", "", found=f"{first}-{last}", most=MOST_MONTHS)
    side = "at_least" if match["sign"] in (">=", "≥") else "at_most"
    return {
        "kpi": match["kpi"],
        side: reader.level(match["kpi"], match["level"], CURRENCY),
        "months": [first, last],
        "reading": reading,
        "words": text[:500],
    }


GOALS = "goals"
OF_STORES: Mapping[str, str] = MappingProxyType(
    {"platform": "platforms", "kind": "store_kinds", "status": "store_status"}
)
"""The columns that hold a fact of each store."""
FOR_PEOPLE = ("id", "name", "note")
NO_COLUMNS = ("currency", "history")
"""Fields of a brief that a row cannot hold."""


def columns(vocabulary: Vocabulary) -> tuple[str, ...]:
    """The names of all columns."""
    return *FOR_PEOPLE, *OF_STORES.values(), *(fact.id for fact in vocabulary.of_brief), GOALS


def _readers(reader: Reader) -> Mapping[str, Callable[[str], Any]]:
    """How a cell of each column is read."""
    return {
        **dict.fromkeys(FOR_PEOPLE, str),
        **dict.fromkeys(OF_STORES.values(), typed_words),
        **{fact.id: partial(reader.fact, fact, currency=CURRENCY) for fact in reader.vocabulary.of_brief},
        GOALS: partial(_goals, reader=reader),
    }


@dataclass(frozen=True, kw_only=True)
class Prospect:
    """A row of the file: its id as text, its line, and the brief it holds."""

    id: str
    line: int
    brief: Brief


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """A row that is left out, with every fault found in it."""

    id: str
    line: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some rows of a file as they stand in it: text that can be sent anywhere.

    ``line`` is the line on which ``text`` begins, ``rows`` the number of rows in it, ``until`` the line
    after its last.
    """

    file: str
    header: tuple[str, ...]
    line: int
    text: str
    rows: int
    until: int


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file of prospects that can be read: its encoding, its columns, and how many lines it has."""

    path: Path
    encoding: str
    header: tuple[str, ...]
    body: int
    lines: int


def source(path: Path, vocabulary: Vocabulary) -> Source:
    """The file of prospects at ``path``, looked through once without being kept.

    Raises ``QuotecastError`` for a file that is no text, whose first row is not names of columns, or that
    has no other row.
    """
    exists(path)
    encoding, lines = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        records = records_of(lines_of(file), 1, None)
        first = next(records, None)
        if first is None:
            raise fail("no_columns", path.name)
        header = tuple(cell.strip().lower() for cell in first.cells or ())
        if not first.cells:
            raise QuotecastError(_unread(first, path.name))
        if faults := tuple(_unusable(header, columns(vocabulary), path.name, first.line)):
            raise QuotecastError(faults)
        if next(records, None) is None:
            raise fail("no_rows", path.name)
    return Source(path=path, encoding=encoding, header=header, body=first.until, lines=lines)


def parts(source: Source, rows: int) -> Iterator[Part]:
    """The file in parts of ``rows`` rows, in its order; only the part at hand is held."""
    with source.path.open(encoding=source.encoding, newline="") as file:
        lines = lines_of(file)
        for _ in range(source.body - 1):
            next(lines)
        kept: list[Record] = []
        for record in records_of(lines, source.body, len(source.header)):
            kept.append(record)
            if len(kept) == rows:
                yield _part(source, kept)
                kept = []
        if kept:
            yield _part(source, kept)


def read(part: Part, rules: Rules) -> tuple[Prospect | Rejected, ...]:
    """Every row of a part, as a prospect or with what is wrong with it, in order.

    >>> text = "a,20k\\nb,many\\n"
    >>> one = Part(file="p.csv", header=("id", "ad_budget"), line=2, text=text, rows=2, until=4)
    >>> from estimator.rules.rules import open_rules
    >>> good, bad = read(one, open_rules())
    >>> good.brief.ad_budget, str(bad.faults[0])
    (Decimal('20000'), 'p.csv:3:ad_budget: "many" is not an amount; write 40000, ...')
    """
    records = records_of(lines_of(io.StringIO(part.text, newline="")), part.line, len(part.header))
    readers = _readers(rules.reader)
    return tuple(_row(record, part.header, part.file, readers, rules.vocabulary) for record in records)


def placed(faults: Iterable[Fault], line: int, file: str) -> tuple[Fault, ...]:
    """Faults of a brief as faults of its row: ``stores[0].kind`` is the column ``store_kinds``."""
    return tuple(
        replace(fault, place=":".join(filter(None, (f"{file}:{line}", _column(fault.place)))))
        for fault in faults
    )


def column(fault: Fault) -> str:
    """The column that a fault of a row is about; empty for the whole row."""
    return fault.place.rpartition(":")[2] if fault.place.count(":") > 1 else ""


def _column(place: str) -> str:
    """The column for a place in a brief."""
    field, _, rest = place.partition(".")
    name = field.partition("[")[0]
    if name == "stores":
        return OF_STORES.get(rest, "platforms")
    return name if name in (*OF_STORES.values(), *Brief.model_fields) and name not in NO_COLUMNS else ""


def _part(source: Source, kept: list[Record]) -> Part:
    """The rows as they stand; empty lines between them keep their place."""
    text, line = "", kept[0].line
    for record in kept:
        text += "\n" * (record.line - line)
        text += record.text if record.text.endswith(("\n", "\r")) else f"{record.text}\n"
        line = record.until
    return Part(
        file=source.path.name,
        header=source.header,
        line=kept[0].line,
        text=text,
        rows=len(kept),
        until=kept[-1].until,
    )


def _unusable(header: tuple[str, ...], titles: tuple[str, ...], file: str, line: int) -> Iterator[Fault]:
    """What is wrong with the names of the columns."""
    faults = tuple(header_faults(list(header), f"{file}:{line}"))
    yield from faults
    if faults:
        return
    for name in header:
        if name not in titles:
            values = {"found": name, "choices": list(titles)}
            yield Fault(code="unknown_field", place=f"{file}:{line}:{name}", values=values)


def _row(
    record: Record,
    header: tuple[str, ...],
    file: str,
    readers: Mapping[str, Callable[[str], Any]],
    vocabulary: Vocabulary,
) -> Prospect | Rejected:
    place = f"{file}:{record.line}"
    if record.cells is None:
        return _rejected("", record.line, [_unread(record, file)])
    if len(record.cells) != len(header):
        values = {"found": len(record.cells), "expected": len(header)}
        return _rejected("", record.line, [Fault(code="row_width", place=place, values=values)])
    cells = dict(zip(header, record.cells))
    name = cells.pop("id", "") or str(record.line)
    known: dict[str, Any] = {}
    faults: list[Fault] = []
    if len(name) > MOST_ID:
        values = {"found": len(name), "most": MOST_ID}
        faults.append(Fault(code="text_too_long", place=f"{place}:id", values=values))
        name = name[:MOST_ID]
    for title, text in cells.items():
        if is_unknown(text):
            continue
        try:
            known[title] = readers[title](text)
        except QuotecastError as error:
            faults += [replace(fault, place=f"{place}:{title}") for fault in error.faults]
    try:
        stores = _stores(known)
    except QuotecastError as error:
        faults += [replace(fault, place=f"{place}:{fault.place}") for fault in error.faults]
        stores = []
    try:
        brief = parse({**known, "stores": stores}, vocabulary=vocabulary)
    except QuotecastError as error:
        places = {fault.place for fault in faults}
        faults += [fault for fault in placed(error.faults, record.line, file) if fault.place not in places]
    if faults:
        return _rejected(name, record.line, faults)
    return Prospect(id=name, line=record.line, brief=brief)


def _unread(record: Record, file: str) -> Fault:
    """The fault of a row that is none."""
    return Fault(code=record.fault, place=f"{file}:{record.line}", values={"most": MOST_LINE})


def _stores(known: dict[str, Any]) -> list[dict[str, str]]:
    """The stores that the three columns describe, taken out of ``known``."""
    platforms = known.pop("platforms", [])
    stores: list[dict[str, str]] = [{"platform": platform} for platform in platforms]
    for field, title in (("kind", "store_kinds"), ("status", "store_status")):
        given = known.pop(title, [])
        if len(given) not in (0, 1, len(stores)) or (given and not stores):
            raise fail("store_words", title, found=len(given), expected=len(stores))
        for store, word in zip(stores, given * len(stores) if len(given) == 1 else given):
            if not is_unknown(word):
                store[field] = word
    return stores


def _rejected(name: str, line: int, faults: Iterable[Fault]) -> Rejected:
    return Rejected(id=name or str(line), line=line, faults=tuple(faults))
