"""Which export a sheet is, and which field each of its columns is: by whole names, never by position."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Literal

from pydantic import Field

from estimator.earnings.actuals import COLUMNS
from estimator.evidence.exports.sheets import Sheet
from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.exchange import currencies
from estimator.values.text import Text
from estimator.values.validation import Frozen, validated

TABLE = "table"
"""The export that is none: a table somebody keeps."""
TIMES = ("day", "week", "month")
MOST_PREAMBLE = 12
"""Lines with text above the heads; titles, filters and dates of a report."""
_WIDE = 0.6
"""Of the widest line: a title above the heads has a cell or two."""
_MARK = "{currency}"
_SPACES = re.compile(r"\s+")
_BRACKETS = re.compile(r" ?([()]) ?")

Names = Mapping[Literal["en", "zh"], tuple[str, ...]]


class Export(Frozen):
    """One kind of export: its columns by field, and how its rows count; see ``headers.toml``."""

    id: str
    label: Text
    note: Text | None = None
    source: str = ""
    rows: Literal["day", "order", "video"]
    dates: Literal["dmy", "mdy"] | None = None
    shop: bool = False
    private: bool = False
    blank_is_zero: bool = False
    levels: tuple[str, ...] = Field(default=(), strict=False)
    needs: tuple[str, ...] = Field(strict=False)
    columns: Mapping[str, Names]
    parts: Mapping[str, Names] = {}
    states: Mapping[str, tuple[str, ...]] = {}


class Catalogue(Frozen):
    """All exports known, and what they have in common."""

    missing: frozenset[str] = Field(strict=False)
    totals: frozenset[str] = Field(strict=False)
    totals_begin: tuple[str, ...] = Field(strict=False)
    added: frozenset[str] = Field(strict=False)
    others: tuple[str, ...] = Field(strict=False)
    signs: Mapping[str, str]
    shared_signs: frozenset[str] = Field(strict=False)
    day_marks: Mapping[str, str]
    exports: Mapping[str, Export]


@cache
def catalogue() -> Catalogue:
    """The exports known, as ``headers.toml`` beside this file lists them."""
    text = files("estimator.evidence.exports").joinpath("headers.toml").read_text("utf-8")
    content = tomllib.loads(text)
    exports = {
        name: validated(Export, {"id": name, **_tuples(entry)}, f"headers.toml:{name}")
        for name, entry in content.pop("exports").items()
    }
    known = {*COLUMNS, *content["others"]}
    wrong = [field for export in exports.values() for field in export.columns if field not in known]
    if wrong:
        raise fail("unknown_field", "headers.toml", found=wrong[0], choices=sorted(known))
    return validated(Catalogue, {**content, "exports": exports}, "headers.toml")


def _tuples(value: Any) -> Any:
    """Lists as tuples, at any depth."""
    if isinstance(value, dict):
        return {name: _tuples(item) for name, item in value.items()}
    return tuple(value) if isinstance(value, list) else value


def normal(name: str) -> str:
    """A head as it is compared: trimmed, spaces collapsed, full-width signs as ASCII, case folded.

    >>> normal("\\ufeff Website  URL (Ad level） ") == normal("website url（ad level)")
    True
    """
    plain = _SPACES.sub(" ", unicodedata.normalize("NFKC", name).replace("\ufeff", ""))
    return _BRACKETS.sub(r"\1", plain).strip().casefold()


def fingerprint(heads: Sequence[str]) -> str:
    """What a table is recognised by when it comes again: its heads, in any order.

    >>> fingerprint(["Day", "Cost"]) == fingerprint(["cost ", "DAY"])
    True
    """
    names = sorted({normal(head) for head in heads if head})
    return sha256("\n".join(names).encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column that is used: its position, its head, and the field or the level that it is."""

    index: int
    head: str
    field: str


@dataclass(frozen=True, kw_only=True)
class Heading:
    """What a sheet is: the export, the language of its heads, the line they stand on, and its columns.

    ``parts`` are columns that name what a row is a part of, such as a campaign; ``level`` is the finest of
    them. ``currency`` is one that a head names. ``aside`` are the heads that are not used.
    """

    sheet: Sheet
    export: Export
    language: Literal["en", "zh"]
    position: int
    columns: tuple[Column, ...]
    parts: tuple[Column, ...]
    level: int
    currency: str | None
    aside: tuple[str, ...]

    @property
    def heads(self) -> tuple[str, ...]:
        return self.sheet.lines[self.position][1]

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(column.field for column in self.columns)

    @property
    def dated(self) -> bool:
        """Whether each row has its own time; else the whole file counts one period."""
        return bool(self.fields & {*TIMES, "starts"})

    def place(self, line: int, column: Column | None = None) -> str:
        """Where a cell stands: ``file:line:head``."""
        return f"{self.sheet.file}:{line}" + (f":{column.head}" if column else "")


def recognise(
    sheets: Sequence[Sheet], kind: str | None, mappings: Mapping[str, Mapping[str, str]]
) -> Heading:
    """What the first sheet that is known is; ``kind`` names the export, or None where the heads tell.

    ``mappings`` say by the fingerprint of heads which field each head is. Raises ``QuotecastError`` of
    ``not_recognised`` with the heads found, or of ``not_this_export`` with the fields that lack.
    """
    for sheet in sheets:
        if found := _mapped(sheet, mappings) if kind in (None, TABLE) else None:
            return found
    exports = [catalogue().exports[kind]] if kind else list(catalogue().exports.values())
    known = [export for export in exports if export.id != TABLE]
    for sheet in sheets:
        candidates = [found for export in known for found in _candidates(sheet, export)]
        if not candidates and TABLE in {export.id for export in exports}:
            candidates = [
                found
                for found in _candidates(sheet, catalogue().exports[TABLE])
                if found.dated and found.fields & set(COLUMNS)
            ]
        if candidates:
            best = max(candidates, key=lambda one: (len(one.columns) + len(one.parts), -one.position))
            _check_twice(best)
            return best
    raise _unknown(sheets[0], kind)


def _unknown(sheet: Sheet, kind: str | None) -> QuotecastError:
    position = header_position(sheet)
    line, heads = sheet.lines[position]
    found = ", ".join(head for head in heads if head)
    if kind is not None and kind != TABLE:
        export = catalogue().exports[kind]
        have = {column.field for column in _columns(heads, export)[0]}
        lack = [_names(export, field) for field in export.needs if field not in have]
        return fail("not_this_export", f"{sheet.file}:{line}", found=found, choices=lack)
    return fail("not_recognised", f"{sheet.file}:{line}", found=found)


def _names(export: Export, field: str) -> str:
    names = export.columns[field]
    return " / ".join((*names["en"][:1], *names["zh"][:1]))


def header_position(sheet: Sheet) -> int:
    """Where the heads of a table that is not known stand: the first line about as wide as any.

    Heads come before rows, so a row, which may hold a name, is not taken for them where a head is blank.
    """
    widths = [sum(map(bool, cells)) for _, cells in sheet.lines[:MOST_PREAMBLE]]
    return next(index for index, width in enumerate(widths) if width >= _WIDE * max(widths))


def _mapped(sheet: Sheet, mappings: Mapping[str, Mapping[str, str]]) -> Heading | None:
    """A table whose heads were said to be fields before."""
    for position, (line, cells) in enumerate(sheet.lines[:MOST_PREAMBLE]):
        if (mapping := mappings.get(fingerprint(cells))) is None:
            continue
        wanted = {normal(head): field for head, field in mapping.items() if field}
        columns = tuple(
            Column(index=index, head=head, field=wanted[normal(head)])
            for index, head in enumerate(cells)
            if normal(head) in wanted
        )
        place = f"{sheet.file}:{line}"
        if unknown := [column for column in columns if column.field not in mappable()]:
            raise fail(
                "unknown_field", f"{place}:{unknown[0].head}", found=unknown[0].field, choices=mappable()
            )
        fields = [column.field for column in columns]
        if sum(field in TIMES for field in fields) != 1 or not set(fields) & set(COLUMNS):
            raise fail("mapping_lacks", place, choices=TIMES)
        found = Heading(
            sheet=sheet,
            export=catalogue().exports[TABLE],
            language="en",
            position=position,
            columns=columns,
            parts=(),
            level=0,
            currency=None,
            aside=tuple(head for head in cells if head and normal(head) not in wanted),
        )
        _check_twice(found)
        return found
    return None


def mappable() -> tuple[str, ...]:
    """What a column of a table of one's own may be said to be."""
    return (*TIMES, "currency", *COLUMNS)


def _candidates(sheet: Sheet, export: Export) -> Iterator[Heading]:
    """The lines of a sheet that may be the heads of an export."""
    for position, (_, cells) in enumerate(sheet.lines[:MOST_PREAMBLE]):
        columns, language, currency = _columns(cells, export)
        fields = {column.field for column in columns}
        if not columns or not set(export.needs) <= (fields | ({"day"} if fields & set(TIMES) else set())):
            continue
        parts = tuple(_parts(cells, export))
        used = {column.index for column in (*columns, *parts)}
        levels = [export.levels.index(part.field) + 1 for part in parts if part.field in export.levels]
        yield Heading(
            sheet=sheet,
            export=export,
            language=language,
            position=position,
            columns=columns,
            parts=parts,
            level=max(levels, default=0),
            currency=currency,
            aside=tuple(cell for index, cell in enumerate(cells) if cell and index not in used),
        )


def _columns(
    cells: Sequence[str], export: Export
) -> tuple[tuple[Column, ...], Literal["en", "zh"], str | None]:
    """The columns of an export among heads: of each field the name that stands first in its list."""
    heads = [normal(cell) for cell in cells]
    columns: list[Column] = []
    spoken = {"en": 0, "zh": 0}
    currency = None
    for field, names in _fields(export).items():
        for language, alias in [("en", one) for one in names["en"]] + [("zh", one) for one in names["zh"]]:
            found = _find(heads, alias)
            if found is None:
                continue
            index, named = found
            columns.append(Column(index=index, head=cells[index], field=field))
            spoken[language] += not (alias in names["en"] and alias in names["zh"])
            currency = named or currency
            break
    return tuple(columns), "zh" if spoken["zh"] > spoken["en"] else "en", currency


def _fields(export: Export) -> Mapping[str, Names]:
    """The columns of an export; a table of one's own may also use the fields' own names."""
    if export.id != TABLE:
        return export.columns
    own: dict[str, Names] = {name: {"en": (name,), "zh": ()} for name in COLUMNS}
    listed: dict[str, Names] = {
        name: {"en": (*names["en"], name), "zh": names["zh"]} for name, names in export.columns.items()
    }
    return {**own, **listed}


def _find(heads: Sequence[str], alias: str) -> tuple[int, str | None] | None:
    """The position of a name among heads, and the currency that the head names."""
    wanted = normal(alias)
    if _MARK not in wanted:
        return (heads.index(wanted), None) if wanted in heads else None
    pattern = re.compile(re.escape(wanted).replace(re.escape(_MARK), "([a-z]{3})"))
    for index, head in enumerate(heads):
        match = pattern.fullmatch(head)
        if match and match[1].upper() in currencies():
            return index, match[1].upper()
    return None


def _parts(cells: Sequence[str], export: Export) -> Iterator[Column]:
    heads = [normal(cell) for cell in cells]
    for level, names in export.parts.items():
        for alias in (*names["en"], *names["zh"]):
            if normal(alias) in heads:
                index = heads.index(normal(alias))
                yield Column(index=index, head=cells[index], field=level)


def _check_twice(heading: Heading) -> None:
    """Raise where a head that is used stands twice: nothing tells which is meant."""
    heads = [normal(head) for head in heading.heads]
    faults = [
        Fault(
            code="duplicate_column",
            place=heading.place(heading.sheet.lines[heading.position][0], column),
            values={"found": column.head},
        )
        for column in heading.columns
        if heads.count(normal(column.head)) > 1
    ]
    if faults:
        raise QuotecastError(faults)
