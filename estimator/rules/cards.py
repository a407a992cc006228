"""The folder of an edition, read into a ``RateCard`` with every fault of every file at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from estimator.brief.vocabulary import Vocabulary
from estimator.contract.conditions import Fact
from estimator.contract.editions import ALWAYS, assemble, guard_rows
from estimator.contract.rate_card import Examples, Guard, Heading, RateCard
from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.tables import Table
from estimator.values.tables import read as read_table
from estimator.values.validation import MOST_BYTES, parse_toml, read_text, validated


def read_card(folder: Path, vocabulary: Vocabulary, *, sealed: bool = True) -> RateCard:
    """The edition in a folder, which may name what is a word on its first day.

    Raises ``QuotecastError`` with every fault of every file; with ``sealed=False`` a broken seal is not
    one, so that an edition can be edited and tested.
    """
    faults: list[Fault] = []
    heading = read_heading(folder / "card.toml")
    tables: dict[str, Table] = {}
    for name in (*heading.tables, *ALWAYS):
        try:
            tables[name] = read_table(folder / f"{name}.csv", f"{name}.csv")
        except QuotecastError as error:
            faults += error.faults
    faults += [
        Fault(code="unlisted_table", place=path.name, values={"found": path.stem})
        for path in sorted(folder.glob("*.csv"))
        if path.stem not in (*heading.tables, *ALWAYS)
    ]
    examples = _examples(folder / "examples.toml", faults)
    return assemble(heading, tables, examples, vocabulary, faults, sealed=sealed)


def read_heading(path: Path) -> Heading:
    """The heading of an edition; raises ``QuotecastError`` where its id is not its folder's name."""
    heading = validated(Heading, parse_toml(read_text(path, MOST_BYTES), path.name), path.name)
    if heading.id != path.parent.name:
        raise fail("unknown_reference", f"{path.name}:id", found=heading.id, choices=path.parent.name)
    return heading


def read_guards(path: Path, facts: Mapping[str, Fact]) -> tuple[Guard, ...]:
    """The guards of a table that stands outside an edition. Raises ``QuotecastError``."""
    return guard_rows(read_table(path, path.name), facts)


def _examples(path: Path, faults: list[Fault]) -> Examples:
    try:
        return validated(Examples, parse_toml(read_text(path, MOST_BYTES), path.name), path.name)
    except QuotecastError as error:
        faults += error.faults
        return Examples()
