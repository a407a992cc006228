"""From tables to a ``RateCard``, with every fault of every table at once, wherever the tables stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import partial
from typing import Any, Generic, TypeVar

from estimator.brief.vocabulary import Vocabulary
from estimator.contract.card_faults import card_faults
from estimator.contract.cells import Cells
from estimator.contract.charge_rows import NEEDED, OPTIONAL, charge_row
from estimator.contract.clauses import clause_fault
from estimator.contract.conditions import Fact, number
from estimator.contract.facts import price_facts, quote_facts
from estimator.contract.rate_card import (
    LAST_RANK,
    SEVERITIES,
    TERM_DISCOUNT,
    VERBS,
    ClauseRow,
    Entry,
    Examples,
    Guard,
    Heading,
    RateCard,
    RateStep,
    Rule,
    RuleTable,
)
from estimator.values.errors import Fault, QuotecastError
from estimator.values.tables import Table
from estimator.values.text import Text

E = TypeVar("E", bound=Entry)
T = TypeVar("T")

ALWAYS = ("charges", "steps", "clauses", "guards")
"""Tables that every edition has besides those its heading names."""
COMMON = ("id", "label_en", "label_zh", "rationale", "source")


def assemble(
    heading: Heading,
    tables: Mapping[str, Table],
    examples: Examples,
    vocabulary: Vocabulary,
    faults: Iterable[Fault] = (),
    *,
    sealed: bool = True,
) -> RateCard:
    """The edition made of tables already in memory, by name, with the words of its first day.

    ``faults`` were found before. Raises ``QuotecastError`` with every fault of every row.
    """
    every_fault = list(faults)
    words = vocabulary.on(heading.valid_from)
    read_rows = {name: rows(table, name, words, every_fault) for name, table in tables.items()}
    card = RateCard(
        heading=heading,
        facts=price_facts(words),
        tables=tuple(
            RuleTable(name=name, choice=choice, rules=read_rows.get(name, ()))
            for name, choice in heading.tables.items()
        ),
        charges=read_rows.get("charges", ()),
        steps=read_rows.get("steps", ()),
        clauses=read_rows.get("clauses", ()),
        guards=read_rows.get("guards", ()),
        examples=examples,
    )
    if not every_fault:
        every_fault += (_of_words(fault, card) for fault in card_faults(card))
    if not every_fault and sealed and heading.sealed not in (None, card.sha256):
        every_fault.append(_unsealed(heading, card.sha256))
    if every_fault:
        raise QuotecastError(every_fault)
    return card


def _of_words(fault: Fault, card: RateCard) -> Fault:
    """A gap in an edition that is as it was sealed is none of its own: a word was given too early a day."""
    if fault.code != "gap" or card.heading.sealed != card.sha256:
        return fault
    values = {**fault.values, "first": card.heading.valid_from.isoformat()}
    return Fault(code="backdated_word", place=fault.place, values=values)


def _unsealed(heading: Heading, sha256: str) -> Fault:
    """A seal that is none yet is told the hash to write; one that was broken is not."""
    if len(heading.sealed or "") < len(sha256):
        values = {"found": heading.sealed, "expected": sha256}
        return Fault(code="not_a_seal", place="card.toml:sealed", values=values)
    return Fault(code="broken_seal", place="card.toml:sealed", values={"found": heading.id})


def rows(table: Table, name: str, vocabulary: Vocabulary, faults: list[Fault]) -> tuple[Any, ...]:
    """The rows of the table of that name; what is wrong with them is added to ``faults``."""
    facts = price_facts(vocabulary)
    form: _Form[Any]
    match name:
        case "charges":
            form = _Form(needed=NEEDED, optional=OPTIONAL, facts={}, make=partial(charge_row, facts))
        case "steps":
            form = _Form(needed=("charge", "above", "rate"), facts=facts, make=_step)
        case "clauses":
            form = _Form(
                needed=("kind",), optional=("of", "values"), facts=facts, make=partial(_clause, facts)
            )
        case "guards":
            form = _guard_form(quote_facts(vocabulary))
        case _:
            form = _Form(optional=("for_each",), facts=facts, make=partial(_rule, facts), verb=True)
    return _entries(table, form, faults)


def guard_rows(table: Table, facts: Mapping[str, Fact]) -> tuple[Guard, ...]:
    """The guards of a table that stands outside an edition. Raises ``QuotecastError``."""
    faults: list[Fault] = []
    guards = _entries(table, _guard_form(facts), faults)
    if faults:
        raise QuotecastError(faults)
    return guards


@dataclass(frozen=True, kw_only=True)
class _Form(Generic[E]):
    """What a table of one sort of row looks like: its own columns, what its rows may ask, and its rows."""

    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    facts: Mapping[str, Fact]
    make: Callable[[Cells, Mapping[str, Any]], E]
    verb: bool = False

    def faults(self, table: Table) -> Iterator[Fault]:
        """What is wrong with the first line."""
        yield from table.lacks(*COMMON, *self.needed)
        verbs = []
        for column in table.columns:
            place = f"{table.file}:1:{column}"
            if column in (*COMMON, *self.needed, *self.optional) or column in self.facts:
                continue
            if not self.verb or " " not in column:
                near = get_close_matches(column, self.facts, n=3) or list(self.facts)
                values = {"found": column, "choices": ", ".join(near)}
                yield Fault(code="unknown_fact", place=place, values=values)
                continue
            verbs.append(column)
            if column.split()[0] not in VERBS or len(column.split()) != 2:
                values = {"found": column, "choices": ", ".join(VERBS)}
                yield Fault(code="unknown_verb", place=place, values=values)
        if self.verb and len(verbs) != 1:
            values = {"found": str(len(verbs)), "choices": ", ".join(VERBS)}
            yield Fault(code="one_verb", place=f"{table.file}:1", values=values)


def _entries(table: Table, form: _Form[E], faults: list[Fault]) -> tuple[E, ...]:
    """The rows of a table; faults of all its cells are added to ``faults``."""
    header = tuple(form.faults(table))
    faults += header
    return () if header else tuple(_entry(Cells(row, faults), form) for row in table.rows)


def _entry(cells: Cells, form: _Form[E]) -> E:
    name = cells.needed("id")
    if name and not re.fullmatch(r"[a-z][a-z0-9_.]*", name):
        cells.fault("id", "bad_id", found=name)
    text = Text(en=cells.needed("label_en") or "-", zh=cells.needed("label_zh") or "-")
    common = {
        "id": name,
        "file": cells.row.file,
        "line": cells.row.line,
        "conditions": cells.conditions(form.facts),
        "text": text,
        "rationale": cells.needed("rationale"),
        "source": cells.needed("source"),
    }
    return form.make(cells, common)


def _rule(facts: Mapping[str, Fact], cells: Cells, common: Mapping[str, Any]) -> Rule:
    column = next(column for column in cells.row.cells if " " in column)
    verb, charge = column.split()
    each = cells.text("for_each") or None
    if each:
        fact = facts.get(each)
        cell = common["conditions"].get(each)
        if fact is None or fact.kind != "count":
            counts = ", ".join(name for name, fact in facts.items() if fact.kind == "count")
            cells.fault("for_each", "unknown_reference", found=each, choices=counts)
        elif cell is None or cell.unknown or cell.holds(Decimal(0)):
            cells.fault("for_each", "each_of_unknown", found=each)
        if verb not in ("sets", "adds"):
            cells.fault("for_each", "cell_not_used", found=each, kind=verb)
    value = cells.number(column)
    return Rule(**common, verb=verb, charge=charge, value=value, for_each=each)  # type: ignore[arg-type]


def _step(cells: Cells, common: Mapping[str, Any]) -> RateStep:
    rate = cells.number("rate")
    return RateStep(**common, charge=cells.needed("charge"), above=cells.number("above"), rate=rate)


def _clause(facts: Mapping[str, Fact], cells: Cells, common: Mapping[str, Any]) -> ClauseRow:
    kind = cells.needed("kind")
    values: list[tuple[str, Decimal | str]] = []
    for part in filter(None, cells.text("values").split(";")):
        name, sign, text = part.partition("=")
        named = [TERM_DISCOUNT, *(each for each, fact in facts.items() if fact.kind in ("amount", "count"))]
        if not sign or not name:
            cells.fault("values", "clause_value", found=part)
        elif text in named:
            values.append((name, text))
        else:
            try:
                values.append((name, number(text, cells.row.place("values"))))
            except QuotecastError:
                cells.fault("values", "clause_value", found=part, choices=", ".join(named))
    of = cells.text("of") or None
    if fault := clause_fault(kind, common["text"], [name for name, _ in values], of):
        code, found, choices = fault
        cells.fault("of" if code == "clause_of" else "values", code, found=found, choices=choices)
    return ClauseRow(**common, kind=kind, of=of, values=tuple(values))


def _guard(cells: Cells, common: Mapping[str, Any]) -> Guard:
    severity = cells.choice("severity", SEVERITIES)
    columns = ("approver_en", "approver_zh")
    approver = None
    if severity in ("approval", "refusal"):
        en, zh = (cells.needed(column) for column in columns)
        approver = Text(en=en or "-", zh=zh or "-")
    elif severity in SEVERITIES:
        cells.blank(columns, severity)
    client = None
    if cells.text("client_en") or cells.text("client_zh"):
        client = Text(en=cells.needed("client_en") or "-", zh=cells.needed("client_zh") or "-")
    rank = cells.whole("rank", LAST_RANK) if cells.text("rank") else LAST_RANK
    return Guard(**common, severity=severity, approver=approver, rank=rank, client=client)


def _guard_form(facts: Mapping[str, Fact]) -> _Form[Guard]:
    needed, optional = ("severity", "approver_en", "approver_zh"), ("rank", "client_en", "client_zh")
    return _Form(needed=needed, optional=optional, facts=facts, make=_guard)
