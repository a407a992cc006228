"""Lines of a CSV file, however large: records with their place, read as a stream."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from estimator.values.errors import fail

MOST_LINE = 20_000
"""Characters of one line; the rest of a longer one is passed over and the line rejected."""
MOST_LINES = 40
"""Lines that one row may span within quotation marks."""


UNCLOSED = "unexpected end of data"
"""What Python's reader says of a quotation mark that is not closed."""


ENCODINGS = ("utf-8-sig", "gb18030")
CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Record:
    """A row as text: its cells, or the code of why it is none."""

    line: int
    until: int
    text: str
    cells: tuple[str, ...] | None
    fault: str = ""


class _Lines:
    """Lines that can be put back, each with its end."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self._back = lines, deque[str]()

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        return self._back.popleft() if self._back else next(self._lines)

    def put_back(self, lines: list[str]) -> None:
        self._back.extendleft(reversed(lines))


def lines_of(file: TextIO) -> _Lines:
    return _Lines(_cut(file))


def _cut(file: TextIO) -> Iterator[str]:
    """The lines of a file, none longer than ``MOST_LINE`` and one: what is longer is cut there."""
    while line := file.readline(MOST_LINE + 1):
        rest = line
        while rest and not rest.endswith(("\n", "\r")) and len(rest) > MOST_LINE:
            rest = file.readline(MOST_LINE + 1)
            if rest.endswith(("\n", "\r")) or not rest:
                line += "\n"
        yield line


def records_of(lines: _Lines, line: int, width: int | None) -> Iterator[Record]:
    """Each row that holds any text. A row over several lines that comes to nothing costs its first alone."""
    for first in lines:
        record = _record(first, lines, line, width)
        line = line + 1 if record is None else record.until
        if record is not None:
            yield record


def _record(first: str, lines: _Lines, line: int, width: int | None) -> Record | None:
    held = [first]
    if len(first) > MOST_LINE:
        return Record(line=line, until=line + 1, text=first, cells=None, fault="line_too_long")
    broken = False
    while True:
        try:
            cells = [cell.strip() for cell in next(csv.reader(held, strict=True), [])]
        except csv.Error as error:
            broken = True
            more = next(lines, None) if str(error) == UNCLOSED and len(held) < MOST_LINES else None
            if more is not None:
                held.append(more)
                continue
            cells = []
        break
    if cells and (len(held) == 1 or width in (None, len(cells))):
        if not any(cells):
            return None if len(held) == 1 else _blank(held, line)
        return Record(line=line, until=line + len(held), text="".join(held), cells=tuple(cells))
    lines.put_back(held[1:])
    if not broken and len(held) == 1:
        return None
    return Record(line=line, until=line + 1, text=first, cells=None, fault="not_csv")


def _blank(held: list[str], line: int) -> Record:
    return Record(line=line, until=line + len(held), text="".join(held), cells=("",))


def encoding_of(path: Path) -> tuple[str, int]:
    """The encoding and the number of lines, from one pass in chunks."""
    lines, broken = 1, True
    for encoding in ENCODINGS:
        lines = 1
        try:
            with path.open(encoding=encoding, newline="") as file:
                while chunk := file.read(CHUNK):
                    before, nul, _ = chunk.partition("\0")
                    lines += before.count("\n")
                    if nul:
                        raise fail("nul_bytes", f"{path.name}:{lines}")
            broken = False
            break
        except UnicodeDecodeError:
            continue
    if broken:
        raise fail("not_text", path.name)
    return encoding, lines
