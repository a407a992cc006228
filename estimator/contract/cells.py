"""Cells: one row of an edition's table, read cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from estimator.contract.conditions import Condition, Fact, number, parse
from estimator.values.errors import Fault, QuotecastError
from estimator.values.tables import Row

T = TypeVar("T")


class Cells:
    """The cells of one row, read one by one; their faults are collected."""

    def __init__(self, row: Row, faults: list[Fault]) -> None:
        self.row, self.faults = row, faults

    def text(self, column: str) -> str:
        """The cell's text; a column the table does not have is blank."""
        return self.row.cells.get(column, "")

    def needed(self, column: str) -> str:
        if not (text := self.text(column)):
            self.fault(column, "missing", choices=column)
        return text

    def choice(self, column: str, choices: Iterable[str], *, text: str | None = None) -> Any:
        choices = tuple(choices)
        text = self.needed(column) if text is None else text
        if text and text not in choices:
            self.fault(column, "unknown_reference", found=text, choices=", ".join(choices))
        return text

    def number(self, column: str, otherwise: Decimal = Decimal(0)) -> Decimal:
        """The number in the cell, never negative."""
        value = self.read(column, number, otherwise)
        if value < 0:
            self.fault(column, "below_least", found=self.text(column), least="0")
            return otherwise
        return value

    def whole(self, column: str, otherwise: int) -> int:
        value = self.number(column, Decimal(otherwise))
        if value != value.to_integral_value():
            self.fault(column, "not_whole", found=self.text(column))
            return otherwise
        return int(value)

    def blank(self, columns: Iterable[str], kind: str) -> None:
        """Fault every one of ``columns`` that holds something."""
        for column in columns:
            if self.text(column):
                self.fault(column, "cell_not_used", found=self.text(column), kind=kind)

    def conditions(self, facts: Mapping[str, Fact]) -> dict[str, Condition]:
        everything = Condition(text="*", everything=True)
        by_column = {
            name: self.read(name, partial(_condition, fact), everything)
            for name, fact in facts.items()
            if name in self.row.cells
        }
        return {name: cell for name, cell in by_column.items() if not cell.everything}

    def fault(self, column: str, code: str, **values: Any) -> None:
        self.faults.append(Fault(code=code, place=self.row.place(column), values=values))

    def read(self, column: str, reading: Callable[[str, str], T], otherwise: T) -> T:
        try:
            return reading(self.text(column), self.row.place(column))
        except QuotecastError as error:
            self.faults += error.faults
            return otherwise

    def flag(self, column: str) -> bool | None:
        """Yes or no; None where the cell is blank."""
        text = self.text(column)
        if text and text not in ("yes", "no"):
            self.fault(column, "not_a_choice", found=text, choices="yes, no")
        return {"yes": True, "no": False}.get(text)

    def optional(self, column: str, choices: Iterable[str]) -> Any:
        """One of ``choices``; None where the cell is blank."""
        return self.choice(column, choices) if self.text(column) else None


def _condition(fact: Fact, cell: str, place: str) -> Condition:
    return parse(cell, fact, place)
