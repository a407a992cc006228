"""Strict reading of a hand-kept CSV table; every cell knows its file, line and column.

People keep these tables in spreadsheets, so what a spreadsheet does harmlessly (BOM, CRLF, GB18030 on
Chinese Windows, empty trailing rows) is read, and what would silently change a meaning is refused.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.validation import validated

Record = TypeVar("Record", bound=BaseModel)

MOST_TABLE_BYTES = 5_000_000
"""The largest hand-kept table read; actuals and platform exports pass their own limit."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a table: stripped text by column name."""

    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def place(self, column: str = "") -> str:
        """``file:line:column``, or ``file:line`` for the whole row."""
        return f"{self.file}:{self.line}:{column}" if column else f"{self.file}:{self.line}"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as its file holds it.

    >>> table = parse(b"id,rate\\nbase,0.05\\n", "fees.csv")
    >>> table.columns, table.rows[0]["rate"], table.rows[0].place("rate")
    (('id', 'rate'), '0.05', 'fees.csv:2:rate')
    """

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def lacks(self, *columns: str) -> tuple[Fault, ...]:
        """One fault for each of ``columns`` that the table does not have."""
        return tuple(
            Fault(code="missing_column", place=f"{self.file}:1", values={"found": column})
            for column in columns
            if column not in self.columns
        )


def read(path: Path, place: str | None = None, *, most: int = MOST_TABLE_BYTES) -> Table:
    """The table in a file of at most ``most`` bytes; the size is checked before anything is read.

    ``place`` names the file in faults; its own name by default. Raises ``QuotecastError`` with every
    fault found: encoding, size, repeated columns, rows of the wrong width, no rows.
    """
    if not path.is_file():
        raise fail("no_file", place or str(path))
    if (size := path.stat().st_size) > most:
        raise fail("too_big", place or path.name, found=f"{size / 1e6:.1f}", most=f"{most / 1e6:g}")
    return parse(path.read_bytes(), place or path.name, most=most)


def records(path: Path, model: type[Record], context: object = None) -> tuple[Record, ...]:
    """Every row of a table as a ``model``, whose fields are the columns; its ``place`` is ``file:line``.

    ``context`` is what the model's own validators may read besides. Raises ``QuotecastError`` with every
    fault of every cell, and a column too many or too few once.
    """
    table = read(path, path.name)
    columns = [name for name in model.model_fields if name != "place"]
    missing = table.lacks(*columns)
    unknown = [column for column in table.columns if column not in columns]
    choices = [fault.values["found"] for fault in missing] or columns
    faults = [
        Fault(
            code="unknown_field",
            place=f"{table.file}:1:{column}",
            values={"found": column, "choices": choices},
        )
        for column in unknown
    ]
    if len(missing) > len(unknown):  # else each is a column under another name
        faults += missing
    rows: list[Record] = []
    for row in table.rows if not faults else ():
        try:
            rows.append(validated(model, {**row.cells, "place": row.place()}, row.place(), context))
        except QuotecastError as error:
            faults += error.faults
    if faults:
        raise QuotecastError(faults)
    return tuple(rows)


def parse(content: bytes, place: str, *, most: int = MOST_TABLE_BYTES) -> Table:
    """The table in the bytes of a file called ``place``; faults as in ``read``."""
    if len(content) > most:
        raise fail("too_big", place, found=f"{len(content) / 1e6:.1f}", most=f"{most / 1e6:g}")
    lines = list(_lines(_text(content, place), place))
    if not lines:
        raise fail("no_columns", place)
    (first, header), body = lines[0], lines[1:]
    faults = list(header_faults(header, f"{place}:{first}"))
    faults += [
        Fault(
            code="row_width", place=f"{place}:{line}", values={"found": len(cells), "expected": len(header)}
        )
        for line, cells in body
        if len(cells) != len(header)
    ]
    if not body:
        faults.append(Fault(code="no_rows", place=place))
    if faults:
        raise QuotecastError(faults)
    rows = tuple(Row(file=place, line=line, cells=dict(zip(header, cells))) for line, cells in body)
    return Table(file=place, columns=tuple(header), rows=rows)


def _text(content: bytes, place: str) -> str:
    if b"\0" in content:
        line = content[: content.index(b"\0")].count(b"\n") + 1
        raise fail("nul_bytes", f"{place}:{line}")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise fail("not_text", place)


def _lines(text: str, place: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on; records without any text are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield line, stripped
            line = reader.line_num + 1
    except csv.Error:
        raise fail("not_csv", f"{place}:{line}") from None


def header_faults(header: list[str], place: str) -> Iterator[Fault]:
    if len(header) == 1 and (separator := next((s for s in ";\t" if s in header[0]), None)):
        shown = "Tab" if separator == "\t" else separator
        yield Fault(code="not_commas", place=place, values={"found": shown})
        return
    for index, name in enumerate(header):
        if not name:
            yield Fault(code="unnamed_column", place=place, values={"found": index + 1})
        elif name in header[:index]:
            yield Fault(code="duplicate_column", place=f"{place}:{name}", values={"found": name})
