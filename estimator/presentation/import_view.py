"""What was understood of exports on the page: a line a file with its columns folded, months, remarks."""

from __future__ import annotations

from dataclasses import dataclass

from estimator.evidence.exports.headers import TABLE, mappable
from estimator.evidence.exports.record import ReadFile, Understood
from estimator.presentation.field_names import FIELDS
from estimator.presentation.import_text import (
    column_lines,
    field_name,
    files_table,
    months_table,
    remark_lines,
)
from estimator.presentation.paper import Table
from estimator.presentation.words import Words

ZONES = ("America/Los_Angeles", "Asia/Shanghai", "America/New_York", "UTC")
"""Time zones that an account in the US or of a Chinese seller is in."""


@dataclass(frozen=True, kw_only=True)
class ImportWords:
    """Labels of bringing exports to the page. ``fields`` are what a column may be, nothing first."""

    files: str
    paste: str
    zone: str
    whole: str
    not_said: str
    zones: dict[str, str]
    correct: str
    fields: dict[str, str]
    remember: str
    months: str
    remarks: str


def import_words(words: Words) -> ImportWords:
    """The words of bringing exports in one language."""
    aside = words.say("leave aside")
    return ImportWords(
        files=words.say("Exports of platforms, or a table of months (CSV, .xlsx)"),
        paste=words.say("Or paste a table, with its heads"),
        zone=words.say("Time zone of the reports"),
        whole=words.say("The first and last month are whole"),
        not_said=words.say("not said"),
        zones={zone: words.zone(zone) if "/" in zone else zone for zone in ZONES},
        correct=words.say("Say yourself what the columns are"),
        fields={"": aside, **{field: field_name(field, words) for field in FIELDS if field in mappable()}},
        remember=words.say("Remember, and read it so"),
        months=words.say("Month by month"),
        remarks=words.say("To know before they are used"),
    )


def columns_asked(file: str, words: Words) -> str:
    """The question what the columns of a table are."""
    return words.say("What are the columns of {file}?", file=file)


@dataclass(frozen=True, kw_only=True)
class FileView:
    """One file: what it is in a line, and its columns and rows below."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ImportView:
    """What was understood. ``months`` has a row for each figure and a column for each month.

    ``own`` are the tables whose columns may be said otherwise, with the field of each head.
    """

    files: tuple[FileView, ...]
    months: Table
    remarks: tuple[str, ...]
    own: tuple[tuple[str, dict[str, str]], ...]


def import_view(understood: Understood, words: Words) -> ImportView:
    """The record as the page shows it."""
    titles = [
        words.say(
            "**{file}**: {export}, heads in {language}; {rows} rows, {days}; "
            "currency {currency}, time zone {zone}",
            file=row[0],
            export=row[1],
            language=row[2],
            rows=row[3],
            days=row[4],
            currency=row[5],
            zone=row[6],
        )
        for row in files_table(understood, words).rows
    ]
    files = tuple(
        FileView(title=title, lines=tuple(column_lines(file, words).splitlines()))
        for title, file in zip(titles, understood.files)
    )
    by_month = months_table(understood, words)
    turned = tuple(zip(*(by_month.heads, *by_month.rows)))
    return ImportView(
        files=files,
        months=Table(heads=turned[0], rows=turned[1:], align="l" + "r" * len(by_month.rows)),
        remarks=remark_lines(understood, words),
        own=tuple((file.file, _said(file)) for file in understood.files if file.export == TABLE),
    )


def _said(file: ReadFile) -> dict[str, str]:
    return {**dict(file.used), **dict.fromkeys(file.aside, "")}
