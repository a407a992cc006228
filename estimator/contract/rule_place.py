"""Rule place: where the rule behind a charge, a clause or a step of the price stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RulePlace:
    """A row by its file, line and id, written ``file:line#id``; ``file#id`` where a whole table is one rule.

    >>> place = RulePlace.read("pricing.csv:12#new_account")
    >>> place.file, place.line, place.id, str(place)
    ('pricing.csv', 12, 'new_account', 'pricing.csv:12#new_account')
    >>> RulePlace.read("trades.toml#base").row
    'trades.toml'
    """

    file: str
    line: int | None
    id: str

    @classmethod
    def read(cls, rule: str) -> RulePlace:
        """The place that a charge, clause or step names; an empty one where it names none."""
        row, _, name = rule.partition("#")
        file, _, line = row.partition(":")
        return cls(file=file, line=int(line) if line.isdecimal() else None, id=name)

    @property
    def row(self) -> str:
        """The row without its id."""
        return self.file if self.line is None else f"{self.file}:{self.line}"

    def __str__(self) -> str:
        return f"{self.row}#{self.id}"
