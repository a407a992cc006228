"""RateCard: one dated edition of prices, its tables and its checks.

Prices are rows. Each row says when it applies and does one of four things to one charge: it ``sets``,
``adds``, ``scales``, or bounds it (``at_most``, ``at_least``). The verbs run in that order whatever the
order of files and rows, and two rows that would set the same charge for one brief are a fault. So a
price never depends on where a row happens to stand.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from estimator.contract.charges import Covered, Period
from estimator.contract.conditions import Condition, Fact, Facts, Value, answers, common, shown
from estimator.contract.facts import FACTS
from estimator.values.errors import Fault
from estimator.values.money import Amount, plain
from estimator.values.text import Text

Verb = Literal["sets", "adds", "scales", "at_least", "at_most"]
ChargeKind = Literal["fixed", "per_unit", "share"]
Severity = Literal["note", "warning", "approval", "refusal"]

VERBS: tuple[Verb, ...] = get_args(Verb)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
MOST_COMBINATIONS = 200_000
"""The widest grid a ``one`` table may span; a wider table should be two."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What every row of an edition has: its place, its conditions, and why it is there."""

    id: str
    file: str
    line: int
    conditions: Mapping[str, Condition]
    rationale: str
    source: str
    text: Text

    @property
    def rule(self) -> str:
        """``file:line#id``, as a quote names it."""
        return f"{self.file}:{self.line}#{self.id}"

    def place(self, column: str = "") -> str:
        return f"{self.file}:{self.line}:{column}" if column else f"{self.file}:{self.line}"

    def failing(self, facts: Facts) -> str | None:
        """The first column whose cell does not hold; None where the row applies."""
        for name, cell in self.conditions.items():
            if not cell.holds(facts.get(name)):
                return name
        return None

    def overlap(self, other: Entry, vocabulary: Mapping[str, Fact]) -> dict[str, Value] | None:
        """A combination of answers to which both rows apply, or None where there is none."""
        example: dict[str, Value] = {}
        for name in self.conditions.keys() & other.conditions.keys():
            both = common(vocabulary[name], self.conditions[name], other.conditions[name])
            if not both:
                return None
            example[name] = both[-1]
        return example


@dataclass(frozen=True, kw_only=True)
class Rule(Entry):
    """A row that moves a price. ``value`` counts once for each unit of the fact ``for_each``, if any."""

    verb: Verb
    charge: str
    value: Decimal
    for_each: str | None = None


@dataclass(frozen=True, kw_only=True)
class RateStep(Entry):
    """A further rate of a share: ``rate`` of what lies above ``above``.

    ``above`` is an amount a month, or a multiple of the monthly baseline where the charge has one.
    """

    charge: str
    above: Decimal
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class ChargeRow(Entry):
    """What a charge is: how it settles, what it counts, and what it spares the client.

    ``baseline`` names the fact that holds the stated monthly baseline.
    """

    kind: ChargeKind
    position: int
    settles: Period
    of: str | None
    pack: int
    included: Decimal
    baseline: str | None
    due_days: int | None
    covers: frozenset[Covered]


@dataclass(frozen=True, kw_only=True)
class ClauseRow(Entry):
    """A commercial term that prints on the quote."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class Guard(Entry):
    """What to say, or who must approve, when a finished quote looks like this."""

    severity: Severity
    approver: Text | None


@dataclass(frozen=True, kw_only=True)
class RuleTable:
    """Rules of one file. ``one``: exactly one row applies to every brief; ``each``: any number."""

    name: str
    choice: Literal["one", "each"]
    rules: tuple[Rule, ...]


class Example(BaseModel):
    """Facts and the charges they must come to, worked out by hand from the price list.

    ``charges`` differ from the edition's ``usual`` ones; ``"none"`` means the charge is absent. ``exact``
    gives amounts before rounding, so that a change smaller than the rounding step is seen too.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    why: str = Field(min_length=1)
    facts: dict[str, str | int | Decimal | bool | list[str]] = {}
    charges: dict[str, str | dict[str, str | list[str]]] = {}
    exact: dict[str, str] = {}
    covers: Annotated[tuple[Covered, ...], Field(strict=False)] = ()


class Examples(BaseModel):
    """``examples.toml``: what each charge is, what is charged when nothing is known, and the examples."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    charges: dict[str, dict[str, str]] = {}
    usual: dict[str, str | dict[str, str | list[str]]] = {}
    example: Annotated[tuple[Example, ...], Field(strict=False)] = ()


class Rounding(BaseModel):
    """The step a charge is rounded to, half up, with the words of its line in the trace."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    step: Annotated[Amount, Field(gt=0)]
    label: Text
    rationale: str = Field(min_length=1)
    source: str = Field(min_length=1)


class Heading(BaseModel):
    """``card.toml``: the edition's name, dates and tables. ``rounding`` is by charge.

    ``scenario`` names the one under which KPI difficulty is read; ``sealed`` holds the content's hash.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    id: str = Field(min_length=1)
    label: Text
    supersedes: str | None = None
    valid_from: dt.date
    valid_until: dt.date | None = None
    currency: str = Field(pattern="^[A-Z]{3}$")
    scenario: str = Field(min_length=1)
    rounding: dict[str, Rounding] = {}
    tables: dict[str, Literal["one", "each"]] = Field(min_length=1)
    sealed: str | None = None


@dataclass(frozen=True, kw_only=True)
class RateCard:
    """One dated edition of prices. ``sha256`` is of its parsed content without ``examples.toml``."""

    heading: Heading
    tables: tuple[RuleTable, ...]
    charges: tuple[ChargeRow, ...]
    steps: tuple[RateStep, ...]
    clauses: tuple[ClauseRow, ...]
    guards: tuple[Guard, ...]
    examples: Examples = field(default_factory=Examples)

    @property
    def id(self) -> str:
        return self.heading.id

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(rule for table in self.tables for rule in table.rules)

    @cached_property
    def pricing(self) -> tuple[Entry, ...]:
        """Every row whose conditions can move a price."""
        return (*self.rules, *self.steps)

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The facts a price of this edition depends on, in the vocabulary's order."""
        named = {name for entry in self.pricing for name in entry.conditions}
        named |= {rule.for_each for rule in self.rules if rule.for_each}
        named |= {charge.baseline for charge in self.charges if charge.baseline}
        return tuple(name for name in FACTS if name in named)

    def answers(self, name: str) -> tuple[Value, ...]:
        """Known answers to a fact that stand for all: one for each way the rows can match it."""
        fact = FACTS[name]
        cells = [entry.conditions[name] for entry in self.pricing if name in entry.conditions]
        found = list(answers(fact, cells)[1:])
        if any(rule.for_each == name for rule in self.rules):
            found += [value for value in fact.usual if value not in found]
        if fact.kind == "choices":
            found.pop()
        return tuple(value for value in found if not fact.open or value in fact.open)

    @cached_property
    def sha256(self) -> str:
        """The hash of the parsed content: sorted rows and plain decimals, whatever the files look like."""
        content = {
            "heading": self.heading.model_dump(mode="json", exclude={"sealed"}),
            "rows": sorted(
                json.dumps(_canonical(table, entry), sort_keys=True, ensure_ascii=False)
                for table, entries in self.named_entries()
                for entry in entries
            ),
        }
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def named_entries(self) -> Iterator[tuple[str, tuple[Entry, ...]]]:
        """The rows of each table, by the table's name."""
        for table in self.tables:
            yield table.name, table.rules
        yield "charges", self.charges
        yield "steps", self.steps
        yield "clauses", self.clauses
        yield "guards", self.guards


def _canonical(table: str, entry: Entry) -> dict[str, Any]:
    content: dict[str, Any] = {"table": table, "type": type(entry).__name__}
    for name, value in vars(entry).items():
        if name in ("file", "line"):
            continue
        if name == "conditions":
            value = {fact: cell.text for fact, cell in value.items() if not cell.everything}
        elif isinstance(value, Decimal):
            value = plain(value)
        elif isinstance(value, Text):
            value = [value.en, value.zh]
        elif isinstance(value, frozenset):
            value = sorted(value)
        content[name] = value
    return content


def faults(card: RateCard) -> tuple[Fault, ...]:
    """What is wrong between the rows of an edition: gaps, equal claims, ids, charges that do not fit."""
    return (
        *_repeated_ids(card),
        *_charge_faults(card),
        *(fault for table in card.tables for fault in _gaps(table)),
        *_equal_claims(card),
        *_crossing_bounds(card),
    )


def _repeated_ids(card: RateCard) -> Iterator[Fault]:
    first: dict[str, Entry] = {}
    for _, entries in card.named_entries():
        for entry in entries:
            earlier = first.setdefault(entry.id, entry)
            if earlier is not entry:
                values = {"found": entry.id, "other": earlier.place()}
                yield Fault(code="repeated_id", place=entry.place("id"), values=values)


def _charge_faults(card: RateCard) -> Iterator[Fault]:
    charges = {charge.id: charge for charge in card.charges}
    stepped = {step.charge for step in card.steps}
    for name in card.heading.rounding:
        if name not in charges or charges[name].kind != "fixed":
            values = {"found": name, "choices": ", ".join(c.id for c in card.charges if c.kind == "fixed")}
            yield Fault(code="unknown_reference", place=f"card.toml:rounding.{name}", values=values)
    for charge in card.charges:
        if not any(rule.charge == charge.id for rule in card.rules):
            yield Fault(code="never_priced", place=charge.place("id"), values={"found": charge.id})
    for rule in card.rules:
        place = rule.place(f"{rule.verb} {rule.charge}")
        if rule.charge not in charges:
            values = {"found": rule.charge, "choices": ", ".join(charges)}
            yield Fault(code="unknown_reference", place=place, values=values)
            continue
        if charges[rule.charge].kind == "share" and rule.verb != "scales" and rule.value > 1:
            yield Fault(code="percent_for_share", place=place, values={"found": plain(rule.value)})
        if rule.charge in stepped and rule.verb != "sets":
            yield Fault(
                code="verb_with_steps", place=place, values={"found": rule.verb, "charge": rule.charge}
            )
        rounding = card.heading.rounding.get(rule.charge)
        if rule.verb in ("at_least", "at_most") and rounding and rule.value % rounding.step:
            values = {"found": plain(rule.value), "step": plain(rounding.step)}
            yield Fault(code="bound_off_step", place=place, values=values)
    for step in card.steps:
        if step.charge not in charges or charges[step.charge].kind != "share":
            choices = ", ".join(charge.id for charge in card.charges if charge.kind == "share")
            values = {"found": step.charge, "choices": choices}
            yield Fault(code="unknown_reference", place=step.place("charge"), values=values)
        elif step.above <= (1 if charges[step.charge].baseline else 0):
            values = {"found": plain(step.above), "least": "> 1" if charges[step.charge].baseline else "> 0"}
            yield Fault(code="below_least", place=step.place("above"), values=values)


def _gaps(table: RuleTable) -> Iterator[Fault]:
    """One combination of answers to which no row of a ``one`` table applies."""
    if table.choice == "each" or not table.rules:
        return
    place = table.rules[0].file
    names = [name for name in FACTS if any(name in rule.conditions for rule in table.rules)]
    grid = [
        answers(FACTS[name], [rule.conditions[name] for rule in table.rules if name in rule.conditions])
        for name in names
    ]
    if (size := math.prod(map(len, grid))) > MOST_COMBINATIONS:
        yield Fault(code="too_wide", place=place, values={"found": size, "most": MOST_COMBINATIONS})
        return
    for combination in itertools.product(*grid):
        known = dict(zip(names, combination))
        if all(rule.failing(known) for rule in table.rules):
            example = ", ".join(f"{name} = {shown(value)}" for name, value in known.items())
            yield Fault(code="gap", place=place, values={"found": example})
            return


def _equal_claims(card: RateCard) -> Iterator[Fault]:
    """Pairs of rows of which only one may apply, with a combination to which both do."""
    choice = {rule.id: table.choice for table in card.tables for rule in table.rules}
    rules = sorted(card.rules, key=lambda rule: rule.charge)
    for _, claims in itertools.groupby(rules, key=lambda rule: rule.charge):
        for one, other in itertools.combinations(claims, 2):
            if (
                (one.file == other.file and choice[one.id] == "one")
                or (one.verb == other.verb == "sets")
                or (one.verb == other.verb and one.file == other.file and one.conditions == other.conditions)
            ) and (example := one.overlap(other, FACTS)) is not None:
                yield _claim(one, other, example)
    for step, twin in itertools.combinations(card.steps, 2):
        if step.charge == twin.charge and step.above == twin.above:
            example = step.overlap(twin, FACTS)
            if example is not None:
                yield _claim(step, twin, example)


def _crossing_bounds(card: RateCard) -> Iterator[Fault]:
    floors, caps = ([r for r in card.rules if r.verb == verb] for verb in ("at_least", "at_most"))
    for low, high in itertools.product(floors, caps):
        if low.charge == high.charge and low.value > high.value and low.overlap(high, FACTS) is not None:
            values = {"found": plain(low.value), "most": f"{plain(high.value)} ({high.rule})"}
            yield Fault(code="bound_crossing", place=low.place(f"at_least {low.charge}"), values=values)


def _claim(one: Entry, other: Entry, example: Mapping[str, Value]) -> Fault:
    shared = ", ".join(f"{name} = {shown(value)}" for name, value in sorted(example.items())) or "*"
    values = {"found": one.id, "other": f"{other.place()}#{other.id}", "example": shared}
    return Fault(code="equal_claim", place=one.place(), values=values)
