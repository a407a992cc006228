"""A batch on the terminal: its progress, its last line, and the table of rows that were left out."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from estimator.batch.run import RejectedRow, Worked
from estimator.presentation.tables import harmless
from estimator.presentation.words import Words, mark

WIDTH = 30
EVERY = 5.0
"""Seconds between two lines where the output is no terminal."""
COLUMNS = ("line", "id", "column", "code", "fault")
HEADS = (
    mark("Line of the file"),
    mark("Id"),
    mark("Column"),
    mark("Code of the fault"),
    mark("What to mend"),
)


class Progress:
    """A bar that moves on a terminal; a line every few seconds elsewhere."""

    def __init__(self, out: TextIO, words: Words) -> None:
        self._out, self._words = out, words
        self._live, self._last = out.isatty(), 0.0

    def __call__(self, worked: Worked) -> None:
        if self._live:
            full = int(WIDTH * worked.share)
            bar = "█" * full + "·" * (WIDTH - full)
            self._out.write(f"\r{bar} {self._line(worked)}\x1b[K")
        elif worked.seconds - self._last >= EVERY:
            self._last = worked.seconds
            self._out.write(f"{self._line(worked)}\n")
        self._out.flush()

    def end(self, worked: Worked) -> None:
        """The last line: what was done, what was left out, how long it took."""
        self._out.write(f"{chr(13) if self._live else ''}{summary(worked, self._words)}")
        self._out.write("\x1b[K\n" if self._live else "\n")
        self._out.flush()

    def broken_off(self, folder: Path) -> None:
        """What stays where a run was interrupted."""
        text = self._words.say(
            "Interrupted. What is done is kept in {folder}; the same command goes on from there.",
            folder=folder,
        )
        self._out.write(f"\n{text}\n")

    def _line(self, worked: Worked) -> str:
        words = self._words
        return words.say(
            "{share}: {rows} prospects, {speed} a second",
            share=words.percent(worked.share),
            rows=words.number(worked.rows),
            speed=words.number(worked.speed),
        )


def summary(worked: Worked, words: Words) -> str:
    """What came of a batch, in one line.

    >>> summary(Worked(done=990, rejected=10, kept=0, share=1.0, seconds=4.0), Words("en"))
    '990 done, 10 rejected, 4.0 seconds, 250 prospects a second'
    """
    text = words.say(
        "{done} done, {rejected} rejected, {seconds} seconds, {speed} prospects a second",
        done=words.number(worked.done),
        rejected=words.number(worked.rejected),
        seconds=words.number(worked.seconds, 1),
        speed=words.number(worked.speed),
    )
    if worked.kept:
        text += words.say("; {kept} kept from an earlier run", kept=words.number(worked.kept))
    if worked.encoding == "gb18030":
        text += words.say("; the file is not UTF-8 and was read as GB18030: check a name or two")
    return text


def write_rejected(rows: Iterator[RejectedRow], path: Path, words: Words) -> None:
    """Every fault of every row left out as CSV, put in place whole; no cell can become a formula."""
    half = path.with_name(f"{path.name}.half")
    with half.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS if words.language == "en" else map(words.say, HEADS))
        for row in rows:
            fault = row.zh if words.language == "zh" else row.en
            table.writerow([row.line, *map(harmless, (row.id, row.column, row.code, fault))])
    half.replace(path)
