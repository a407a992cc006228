"""Every cell of the default edition is held by something: change it, and a check fails.

What can move a price must be caught by the load checks or by a worked example, with the seal off. What
cannot, words and sources, is caught by the seal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from cards import DEFAULT, EDITION, FACTS, TABLES, VOCABULARY, assemble, with_cell
from sampled import every

from estimator.brief.kpis import QUANTITIES
from estimator.contract import editions
from estimator.contract.card_faults import card_faults
from estimator.contract.examples import example_faults, known
from estimator.contract.rate_card import VERBS, Examples, RateCard
from estimator.rules.cards import read_card
from estimator.values.errors import QuotecastError

NUMBER = re.compile(r"\d+(?:\.\d+)?")
COMMON = set(editions.COMMON)
SAME = {
    ("floor", "settlement", "performance|fixed"),
    ("floor", "settlement", "performance|hybrid"),
    ("floor", "settlement", "performance|unknown"),
    ("steps", "current_gmv", ">=5000|unknown"),
}
"""Changes that move no price: list prices lie above the floor anyway; an unknown baseline has no steps."""
NOT_PRICES = {"clauses", "guards"}
CHARGE_CELLS = {
    "kind": ("fixed", "per_unit", "share"),
    "settles": ("once", "month", "quarter", "term"),
    "of": tuple(QUANTITIES)[:3],
    "pack": ("1", "2"),
    "included": ("0", "1"),
    "parts": ("begun", "exact"),
    "planned": ("", "project_hours|81"),
    "baseline": ("", "ad_budget", "current_gmv"),
    "due_days": ("", "8"),
    "covers": ("", "ads"),
}


def edges_moved(cell: str) -> Iterator[str]:
    """The cell with each of its numbers moved by one, up and down."""
    for match in NUMBER.finditer(cell):
        for step in (-1, 1):
            moved = Decimal(match[0]) + step
            if moved >= 0:
                yield f"{cell[: match.start()]}{moved}{cell[match.end() :]}"


def other_conditions(name: str, cell: str) -> Iterator[str]:
    fact = FACTS[name]
    if cell == "*":
        yield from (*fact.words[:2], "unknown") if fact.words else (">=1", "unknown")
        return
    yield "*"
    parts = cell.split("|")
    yield from ("|".join(parts[:i] + parts[i + 1 :]) for i in (0, len(parts) - 1) if len(parts) > 1)
    if "unknown" not in parts:
        yield f"{cell}|unknown"
    yield from [f"{cell}|{word}" for word in fact.words if word not in parts][:2]
    if fact.numeric:
        yield from edges_moved(cell)


def other_cells(table: str, column: str, cell: str) -> Iterator[str]:
    """Texts that would mean another price, for a cell of a table of prices."""
    if column in FACTS:
        yield from other_conditions(column, cell)
    elif table == "charges":
        yield from (text for text in CHARGE_CELLS.get(column, ()) if text != cell)
    elif column == "charge":
        yield from (charge.id for charge in DEFAULT.charges if charge.kind == "share" and charge.id != cell)
    elif column == "for_each":
        yield from (
            text for text in ("", "us_staff", "project_hours", "sku_count", "extra_stores") if text != cell
        )
    elif column in ("above", "rate") or " " in column:
        value = Decimal(cell)
        yield from (str(value + Decimal("0.01")), str(value / 2 if value else 2))


PRICES = [
    (name, index, column)
    for name, table in TABLES.items()
    if name not in NOT_PRICES
    for index in range(len(table.rows))
    for column in table.columns
    if column not in COMMON and column != "position"
]
WORDS = [
    (name, index, column)
    for name, table in TABLES.items()
    for index in range(len(table.rows))
    for column in table.columns
    if column in COMMON or name in NOT_PRICES or column == "position"
]


KNOWN = [(example, known(example, DEFAULT, "")) for example in DEFAULT.examples.example]


def nearest(card: RateCard, name: str, line: int) -> Examples:
    """The examples, those first that the changed row touches only before or only after the change."""
    rows = [
        e for c in (DEFAULT, card) for t, es in c.named_entries() if t == name for e in es if e.line == line
    ]
    touched = [(example, [row.failing(facts) is None for row in rows]) for example, facts in KNOWN]
    touched.sort(key=lambda pair: (len(set(pair[1])) == 1, not pair[1][0]))
    return DEFAULT.examples.model_copy(update={"example": tuple(example for example, _ in touched)})


@pytest.mark.parametrize(("name", "index", "column"), every(PRICES, 16))
def test_a_changed_price_cell_is_noticed_without_the_seal(name, index, column):
    row = TABLES[name].rows[index]
    for text in other_cells(name, column, row[column]):
        if (name, column, text) in SAME:
            continue
        try:
            card = assemble(with_cell(name, index, column, text))
        except QuotecastError:
            continue
        card = replace(card, examples=nearest(card, name, row.line))
        assert next(example_faults(card), None), f"{row[column]!r} -> {text!r} passed unseen"


def test_a_changed_word_is_noticed_by_the_seal():
    """In the first row and the last of each column; the seal reads a table's rows all alike."""
    ends = {
        (name, index, column) for name, index, column in WORDS if index in (0, len(TABLES[name].rows) - 1)
    }
    for name, index, column in sorted(ends):
        cell = TABLES[name].rows[index][column]
        text = f"{cell}1" if cell else "1"
        try:
            card = assemble(with_cell(name, index, column, text))
        except QuotecastError:
            continue
        assert card.sha256 != DEFAULT.sha256, f"{name}:{index}:{column}"


def test_a_table_with_another_verb_is_noticed():
    for table in DEFAULT.tables:
        verb = table.rules[0].verb
        for other in VERBS:
            if other == verb or {verb, other} == {"sets", "adds"}:
                continue
            rules = tuple(replace(rule, verb=other) for rule in table.rules)
            tables = tuple(replace(t, rules=rules) if t is table else t for t in DEFAULT.tables)
            first = nearest(replace(DEFAULT, tables=tables), table.name, table.rules[0].line)
            card = replace(DEFAULT, tables=tables, examples=first)
            assert card_faults(card) or next(example_faults(card), None), f"{table.name}: {verb} -> {other}"


def test_the_default_edition_is_sealed_and_its_examples_hold():
    assert read_card(EDITION, VOCABULARY).heading.sealed == DEFAULT.sha256
    assert list(example_faults(DEFAULT)) == []


def test_a_changed_sealed_edition_is_refused():
    changed = with_cell("base_fee", 0, "source", "another source")
    with pytest.raises(QuotecastError) as error:
        editions.assemble(DEFAULT.heading, {**TABLES, **changed}, DEFAULT.examples, VOCABULARY)
    assert error.value.faults[0].code == "broken_seal"
    assert "copy it to a new folder" in error.value.faults[0].text("en")
