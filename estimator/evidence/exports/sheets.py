"""The cells of a table as its file holds them, whatever wrote it: CSV of any kind, a workbook, a paste.

Nothing is interpreted here. A file that was cut off, or that would take more memory than a table is worth,
is refused with its place.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook, load_workbook

from estimator.values.errors import fail

MOST_BYTES = 20_000_000
"""The largest export read; a month of a busy shop's orders has about five megabytes."""
MOST_UNPACKED = 200_000_000
MOST_CELLS = 5_000_000
SEPARATORS: Mapping[str, re.Pattern[str]] = {
    ",": re.compile(","),
    ";": re.compile(";"),
    "\t": re.compile(r"\t(?![,;\s]*([,;]|$))"),
}
_QUOTED = re.compile(r'"[^"]*"')
_SAMPLE = 50
"""Lines by which the separator is told."""
_CELL = re.compile(rb'<(?:\w+:)?c [^>]*?r="([A-Z]{1,3})([0-9]{1,7})"')
_ROW = re.compile(rb'<(?:\w+:)?row [^>]*?r="([0-9]{1,9})"')


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Lines of stripped cells, each with its number in the file; lines without any text are left out.

    ``semicolons`` says that the cells stood apart by semicolons, as where a comma is the decimal sign;
    ``ragged`` that a line may end before the last column, as in a workbook or a paste.
    """

    file: str
    lines: tuple[tuple[int, tuple[str, ...]], ...]
    semicolons: bool = False
    ragged: bool = False


def sheets_of(content: bytes, file: str) -> tuple[Sheet, ...]:
    """The sheets of a file that have any text; a text file is one sheet.

    >>> (sheet,) = sheets_of("日期;消耗\\n2026-10-01;5,50\\n".encode("gb18030"), "a.csv")
    >>> sheet.lines[1], sheet.semicolons
    ((2, ('2026-10-01', '5,50')), True)

    Raises ``QuotecastError`` of ``too_big``, ``not_text``, ``cut_file``, ``not_csv``, ``not_a_workbook`` or
    ``empty_export``.
    """
    if len(content) > MOST_BYTES:
        raise fail("too_big", file, found=f"{len(content) / 1e6:.1f}", most=f"{MOST_BYTES / 1e6:g}")
    if content.startswith(b"PK"):
        sheets = _in_workbook(content, file)
    else:
        sheets = [_in_text(_text(content, file), file)]
    found = tuple(sheet for sheet in sheets if sheet.lines)
    if not found:
        raise fail("empty_export", file)
    return found


def _text(content: bytes, file: str) -> str:
    """The text in the first encoding that fits; a character cut in half at the end says that the file is."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates: tuple[str, ...] = ("utf-16",)
    elif b"\0" in content:  # separators and digits have a byte of zero, the second of the two or the first
        low_first = content[1::2].count(0) >= content[::2].count(0)
        candidates = ("utf-16-le" if low_first else "utf-16-be",)
    else:
        candidates = ("utf-8-sig", "gb18030")
    for encoding in candidates:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            if error.end >= len(content) and error.start >= len(content) - 3 and error.start > 0:
                whole = content[: error.start].decode(encoding)
                raise fail("cut_file", f"{file}:{whole.count(chr(10)) + 1}") from None
            continue
        if "\0" not in text:
            return text
    raise fail("not_text", file)


def _in_text(text: str, file: str) -> Sheet:
    separator = _separator(text)
    if separator == "\t" and '"' not in text:
        lines = enumerate(text.splitlines(), 1)
        rows: Iterator[tuple[int, list[str]]] = ((number, line.split("\t")) for number, line in lines)
    else:
        rows = _records(text, separator, file)
    return Sheet(file=file, lines=tuple(_kept(rows)), semicolons=separator == ";", ragged=separator == "\t")


def _separator(text: str) -> str:
    """The sign that stands equally often in the most lines; a comma where none does.

    What is between quotation marks does not count, nor a tab at the end of a cell, with which some exports
    keep spreadsheets from rounding long numbers.
    """
    lines = [_QUOTED.sub("", line) for line in text.splitlines()[:_SAMPLE]]
    scores = {}
    for sign, pattern in SEPARATORS.items():
        counts = Counter(len(pattern.findall(line)) for line in lines)
        scores[sign] = max((count * times for count, times in counts.items()), default=0)
    return max(SEPARATORS, key=scores.__getitem__)


def _records(text: str, separator: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        code = "cut_file" if "end of data" in str(error) else "not_csv"
        raise fail(code, f"{file}:{line}") from None


def _kept(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, tuple[str, ...]]]:
    for line, cells in rows:
        stripped = tuple(cell.strip("\ufeff \t\r\n\u00a0\u3000") for cell in cells)
        if any(stripped):
            yield line, stripped


def _in_workbook(content: bytes, file: str) -> list[Sheet]:
    _check_size(content, file)
    try:
        book = load_workbook(io.BytesIO(content))
        return [_of_workbook(book, index, file) for index in range(len(book.sheet_names))]
    except (CalamineError, ValueError, OSError):
        raise fail("not_a_workbook", file) from None


def _check_size(content: bytes, file: str) -> None:
    """Refuse a workbook that unpacks to more than a table needs, before anything is built from it.

    The reader holds a sheet as a full rectangle, so one cell far out would cost as much as all between.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
            sheets = [name for name in packed.namelist() if name.startswith("xl/worksheets/")]
            extents = [_extent(packed.read(name)) for name in sheets if size <= MOST_UNPACKED]
    except Exception as error:  # zipfile, zlib and lzma have each their own for a damaged part
        raise fail("not_a_workbook", file, found=str(error)) from None
    if size > MOST_UNPACKED:
        raise fail("too_big", file, found=f"{size / 1e6:.1f}", most=f"{MOST_UNPACKED / 1e6:g}")
    if max(extents, default=0) > MOST_CELLS:
        raise fail("too_many_cells", file, found=max(extents), most=MOST_CELLS)


def _extent(sheet: bytes) -> int:
    """Cells of the rectangle up to the last row and column that a sheet names."""
    columns = {match[1] for match in _CELL.finditer(sheet)}
    rows = {int(match[2]) for match in _CELL.finditer(sheet)} | {int(m[1]) for m in _ROW.finditer(sheet)}
    return max(rows, default=0) * max(map(_column, columns), default=0)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _of_workbook(book: CalamineWorkbook, index: int, file: str) -> Sheet:
    rows = book.get_sheet_by_index(index).to_python(skip_empty_area=False)
    named = file if index == 0 else f"{file}[{book.sheet_names[index]}]"
    written = ((number, [_written(cell) for cell in row]) for number, row in enumerate(rows, 1))
    return Sheet(file=named, lines=tuple(_kept(written)), ragged=True)


def _written(cell: object) -> str:
    """A cell of a workbook as a CSV would have it; a number has no more than six decimals."""
    match cell:
        case bool():
            return str(cell).lower()
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else _decimals(cell)
        case dt.datetime():
            return cell.isoformat(" ", "seconds")
        case dt.date() | dt.time():
            return cell.isoformat()
        case _:
            return str(cell)


def _decimals(cell: float) -> str:
    if abs(cell) >= 2**53:
        return f"{cell:.6E}"  # digits beyond these are not in the file any more
    return f"{cell:.6f}".rstrip("0").rstrip(".")
