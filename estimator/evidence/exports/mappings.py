"""What the columns of a table of one's own are, remembered by its heads: a small file, written whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from estimator.evidence.exports.headers import fingerprint, mappable
from estimator.values.errors import fail
from estimator.values.validation import Frozen, parse_toml, validated

Mapped = Mapping[str, str]
"""The field of each head; a head with an empty text is left aside."""


class _Table(Frozen):
    fingerprint: str | None = None
    columns: Mapping[str, str] = Field(max_length=500)


class _File(Frozen):
    table: tuple[_Table, ...] = Field(default=(), strict=False, max_length=500)


def read_mappings(text: str, place: str) -> dict[str, dict[str, str]]:
    """The mappings in a TOML text, by the fingerprint of the heads.

    >>> kept = read_mappings('[[table]]\\ncolumns = { "Tag" = "day", "Kosten" = "ad_spend" }', "m.toml")
    >>> list(kept.values())
    [{'Tag': 'day', 'Kosten': 'ad_spend'}]

    Raises ``QuotecastError`` for what is no TOML, or a field that is none.
    """
    content: dict[str, Any] = parse_toml(text, place)
    read = validated(_File, content, place)
    mappings = {}
    for index, table in enumerate(read.table):
        columns = dict(table.columns)
        for head, field in columns.items():
            if field and field not in mappable():
                at = f"{place}:table[{index}].columns.{head}"
                raise fail("unknown_field", at, found=field, choices=mappable())
        mappings[fingerprint(list(columns))] = columns
    return mappings


def mappings_text(mappings: Mapping[str, Mapped]) -> str:
    """Mappings as the TOML text that ``read_mappings`` reads."""
    choices = ", ".join(mappable())
    lines = [f'# "" leaves a column aside; a column is one of: {choices}']
    for columns in mappings.values():
        lines += ["", "[[table]]", "[table.columns]"]
        lines += [f"{_quoted(head)} = {_quoted(field)}" for head, field in columns.items()]
    return "\n".join(lines) + "\n"


def begun(heads: Sequence[str]) -> dict[str, str]:
    """A mapping in which nothing is said yet."""
    return {head: "" for head in heads if head}


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    plain = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in escaped)
    return f'"{plain}"'
