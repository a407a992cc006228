"""What was understood of exports: shown to whoever brought them, before anything is done with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from estimator.values.text import Text

Reason = Literal["description", "total", "subtotal", "doubled", "unpaid", "free", "note"]
LATER: tuple[Reason, ...] = ("subtotal", "doubled", "unpaid", "free")
"""Reasons that only show when all rows of an export are read."""
RemarkCode = Literal[
    "note",
    "doubled",
    "newer_state",
    "total_differs",
    "levels_differ",
    "sources_differ",
    "feed_cut",
    "days_missing",
    "blank_cells",
    "incomplete",
    "overlap",
    "zone_unanswered",
    "zone_differs",
    "zone_moved",
    "zone_contradicts",
    "currency_unsaid",
    "currency_other",
    "weeks_divided",
    "read_as_weeks",
    "read_as_months",
    "orders_open",
    "outside_period",
    "sheets_left",
]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is said beside the files: the export, where the heads leave it open; the time zone of the reports.

    ``shop_zone`` is the zone whose months count, ``currency`` that of the quote. ``whole`` says that the
    first and the last month are whole although rows are missing at their ends.
    """

    kind: str | None = None
    timezone: str | None = None
    shop_zone: str = "UTC"
    currency: str | None = None
    whole: bool = False


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something to know about what was read: ``place`` is the file, line or month."""

    code: RemarkCode
    place: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Rows that do not count, why, and the first line of them."""

    reason: Reason
    count: int
    line: int


@dataclass(frozen=True, kw_only=True)
class ReadFile:
    """One file: its export and language, the line of its heads, its rows, and what its columns are.

    ``used`` are heads with the field that each became, ``aside`` those that nothing was taken from.
    ``first`` and ``last`` are the days it counts.
    """

    file: str
    export: str
    label: Text
    language: Literal["en", "zh"]
    head_line: int
    rows: int
    first: dt.date | None
    last: dt.date | None
    currency: str | None
    zone: str | None
    used: tuple[tuple[str, str], ...]
    aside: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, kw_only=True)
class Month:
    """The figures of one month by field, and whether the reports cover the whole of it."""

    month: str
    figures: Mapping[str, Decimal]
    first: dt.date
    last: dt.date
    whole: bool


@dataclass(frozen=True, kw_only=True)
class Understood:
    """Files as they were understood, the months they come to together, and what to know about them.

    ``currency`` is what the reports are in, None where no file says it; ``timezone`` what was answered.
    """

    files: tuple[ReadFile, ...]
    months: tuple[Month, ...]
    remarks: tuple[Remark, ...]
    currency: str | None
    timezone: str | None
    shop_zone: str

    @property
    def whole(self) -> tuple[Month, ...]:
        """The months that may be used: those that the reports cover from end to end."""
        return tuple(month for month in self.months if month.whole)
