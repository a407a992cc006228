"""What was understood of exports as data."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from estimator.evidence.exports.record import Understood
from estimator.schemas.record import Exact, Record
from estimator.values.money import plain
from estimator.values.text import Text


class LeftOutAnswer(Record):
    """Rows that do not count, and why."""

    reason: str
    count: int
    line: int


class FileAnswer(Record):
    """One file as it was understood; ``used`` is the field of each head."""

    file: str
    export: str
    language: Literal["en", "zh"]
    head_line: int
    rows: int
    first: str | None
    last: str | None
    currency: str | None
    zone: str | None
    used: Mapping[str, str]
    aside: tuple[str, ...]
    left_out: tuple[LeftOutAnswer, ...]


class MonthAnswer(Record):
    """A month, its figures by field, and whether the files tell the whole of it."""

    month: str
    whole: bool
    first: str
    last: str
    figures: Mapping[str, Exact]


class RemarkAnswer(Record):
    """Something to know, by its code."""

    code: str
    place: str
    values: Mapping[str, Any]


class ImportAnswer(Record):
    """What files come to."""

    files: tuple[FileAnswer, ...]
    months: tuple[MonthAnswer, ...]
    remarks: tuple[RemarkAnswer, ...]
    currency: str | None
    timezone: str | None
    shop_zone: str


def import_json(understood: Understood) -> ImportAnswer:
    """The record as data."""
    return ImportAnswer(
        files=tuple(
            FileAnswer(
                file=one.file,
                export=one.export,
                language=one.language,
                head_line=one.head_line,
                rows=one.rows,
                first=_text(one.first),
                last=_text(one.last),
                currency=one.currency,
                zone=one.zone,
                used=dict(one.used),
                aside=one.aside,
                left_out=tuple(LeftOutAnswer.model_validate(left) for left in one.left_out),
            )
            for one in understood.files
        ),
        months=tuple(
            MonthAnswer(
                month=one.month,
                whole=one.whole,
                first=one.first.isoformat(),
                last=one.last.isoformat(),
                figures=one.figures,
            )
            for one in understood.months
        ),
        remarks=tuple(
            RemarkAnswer(code=one.code, place=one.place, values={k: _text(v) for k, v in one.values.items()})
            for one in understood.remarks
        ),
        currency=understood.currency,
        timezone=understood.timezone,
        shop_zone=understood.shop_zone,
    )


def _text(value: object) -> Any:
    """A value as JSON has it."""
    match value:
        case Decimal():
            return plain(value)
        case Text():
            return {"en": value.en, "zh": value.zh}
        case None | int() | str():
            return value
        case _:
            return str(value)
