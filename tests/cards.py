"""Editions of prices in memory: the default one with a change, and small ones made for a test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from estimator import catalog, editions, tables
from estimator.errors import Fault, QuotecastError
from estimator.rate_card import Examples, Heading, RateCard, Rounding, faults
from estimator.tables import Table
from estimator.text import Text

FOLDER = catalog.root() / "rate_cards" / "2026-11-01"
DEFAULT = editions.read(FOLDER, sealed=False)
TABLES = {name: tables.read(FOLDER / f"{name}.csv") for name in (*DEFAULT.heading.tables, *editions.ALWAYS)}

CHARGES = """id,position,kind,settles,label_en,label_zh,rationale,source
base_fee,1,fixed,month,Base fee,基础服务费,why,test
"""
CLAUSES = """id,kind,label_en,label_zh,rationale,source
clause.tax,tax,Without tax,不含税,why,test
"""
GUARDS = """id,severity,approver_en,approver_zh,label_en,label_zh,rationale,source
note.a,note,,,Note,提示,why,test
"""


def assemble(changed: Mapping[str, Table]) -> RateCard:
    """The default edition with some of its tables exchanged; only those are read again."""
    found: list[Fault] = []
    rows = {name: editions.rows(table, name, found) for name, table in changed.items()}
    card = replace(
        DEFAULT,
        tables=tuple(replace(t, rules=rows[t.name]) if t.name in rows else t for t in DEFAULT.tables),
        **{name: rows[name] for name in editions.ALWAYS if name in rows},
    )
    if found or (found := list(faults(card))):
        raise QuotecastError(found)
    return card


def with_cell(name: str, row: int, column: str, text: str) -> dict[str, Table]:
    """One table of the default edition with one cell changed."""
    table = TABLES[name]
    rows = list(table.rows)
    rows[row] = replace(rows[row], cells={**rows[row].cells, column: text})
    return {name: replace(table, rows=tuple(rows))}


def small(files: Mapping[str, str], choice: str = "each", step: int | None = None) -> RateCard:
    """An edition of a few tables, each the text of its file; ``base_fee`` is its one charge."""
    words = Text(en="Rounded", zh="取整")
    rounded = Rounding(step=step or 1, label=words, rationale="why", source="test")
    heading = Heading(
        id="test",
        label=Text(en="Test", zh="测试"),
        valid_from=dt.date(2027, 1, 1),
        currency="USD",
        scenario="expected",
        rounding={} if step is None else {"base_fee": rounded},
        tables={name: choice for name in files if name not in editions.ALWAYS},
    )
    texts = {"charges": CHARGES, "clauses": CLAUSES, "guards": GUARDS, **files}
    parsed = {name: tables.parse(text.encode(), f"{name}.csv") for name, text in texts.items()}
    return editions.assemble(heading, parsed, Examples())
