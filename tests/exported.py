"""The invented exports of the tests, and how a test reads them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from estimator.evidence.exports.record import Asked, Understood
from estimator.evidence.exports.understanding import understand

FOLDER = Path(__file__).parent / "exports"
FILES = sorted(path.name for path in FOLDER.iterdir() if path.suffix in (".csv", ".xlsx"))
ZONE = "America/Los_Angeles"


def content(name: str) -> bytes:
    """The bytes of an export."""
    return (FOLDER / name).read_bytes()


def of(*names: str, **asked: Any) -> Understood:
    """What exports of the folder come to."""
    return read([(name, content(name)) for name in names], **asked)


def read(
    files: Sequence[tuple[str, bytes]], mappings: Mapping[str, Mapping[str, str]] | None = None, **asked: Any
) -> Understood:
    """What files come to."""
    return understand(files, Asked(**{"shop_zone": ZONE, **asked}), mappings or {})


def table(text: str, name: str = "a.csv", **asked: Any) -> Understood:
    """What a text comes to."""
    return read([(name, text.encode())], **asked)


def figures(understood: Understood, *, whole: bool | None = None) -> dict[str, dict[str, Decimal]]:
    """The figures by month, of all months or of those that are whole or not."""
    months = [one for one in understood.months if whole is None or one.whole == whole]
    return {one.month: dict(one.figures) for one in months}


def codes(understood: Understood) -> set[str]:
    """The codes of its remarks."""
    return {remark.code for remark in understood.remarks}


def rows_of(name: str, encoding: str = "utf-8-sig") -> list[list[str]]:
    """The lines of a CSV as cells."""
    return list(csv.reader(io.StringIO(content(name).decode(encoding), newline="")))


def written(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows as a CSV."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
