"""RateCard: one dated edition of prices, its tables and its checks.

Prices are rows. Each row says when it applies and does one of four things to one charge: it ``sets``,
``adds``, ``scales``, or bounds it (``at_most``, ``at_least``). The verbs run in that order whatever the
order of files and rows, and two rows that would set the same charge for one brief are a fault. So a
price never depends on where a row happens to stand.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from estimator.contract.charges import Covered, PaidAs, Period
from estimator.contract.conditions import Condition, Fact, Facts, Value, answers, common
from estimator.contract.rule_place import RulePlace
from estimator.values.errors import Fault, QuotecastError
from estimator.values.exchange import Currency
from estimator.values.money import Amount, plain
from estimator.values.text import Text

Verb = Literal["sets", "adds", "scales", "at_least", "at_most"]
ChargeKind = Literal["fixed", "per_unit", "share", "bound", "refund"]
Severity = Literal["note", "warning", "approval", "refusal"]

VERBS: tuple[Verb, ...] = get_args(Verb)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
TERM_DISCOUNT = "term_discount"
"""What the base fee of a month is lower by for the length of the term: named as a number of a clause."""
LATER = frozenset({"of", "values", "details", "rank", "client"})
"""Fields that came after the first sealed editions; the row of a charge always had its ``of``."""
LAST_RANK = 99
"""Where a guard stands among those of its severity if its row does not say."""


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
        return str(RulePlace(file=self.file, line=self.line, id=self.id))

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

    ``above`` is an amount a month, or a multiple of the monthly baseline where the charge has one (of its
    least baseline where that is higher).
    """

    charge: str
    above: Decimal
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a charge may say besides; every field as the charge of the terms has it, None as it is usual.

    ``parts`` is once begun where it says nothing, as every edition had it before it could say. ``planned``
    names the fact that holds the units planned a month, and how many are where it is unknown.
    ``least_baseline`` is what the steps of a share count multiples of where the baseline is lower or unknown.
    A bound holds the charges ``over`` on its ``side``. What is ``on_goal`` is due on the first goal of the
    brief, a refund on missing it, and is left out where a brief has none.
    """

    parts: Literal["begun", "exact"] | None = None
    planned: tuple[str, Decimal] | None = None
    reach: Literal["slice", "whole"] | None = None
    least_baseline: Decimal | None = None
    running: bool | None = None
    lag: int | None = None
    or_of: str | None = None
    rolls_over: Decimal | None = None
    pools: Literal["quarter", "term"] | None = None
    in_advance: bool | None = None
    months: tuple[int, int] | None = None
    over: tuple[str, ...] = ()
    side: Literal["at_least", "at_most"] | None = None
    on_goal: bool | None = None
    each_month: bool | None = None
    paid_as: PaidAs | None = None
    in_proportion: bool | None = None


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
    details: Details = Details()


@dataclass(frozen=True, kw_only=True)
class ClauseRow(Entry):
    """A commercial term that prints on the quote, with the numbers of the rule that it states.

    A number is written, or named: a fact of the brief, or ``TERM_DISCOUNT``. ``of`` names a charge.
    """

    kind: str
    of: str | None = None
    values: tuple[tuple[str, Decimal | str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Guard(Entry):
    """What to say, or who must approve, when a finished quote looks like this.

    Of one severity the lowest ``rank`` is said first. ``client`` are the words for the prospect; without
    them it is for us alone.
    """

    severity: Severity
    approver: Text | None
    rank: int = LAST_RANK
    client: Text | None = None


@dataclass(frozen=True, kw_only=True)
class RuleTable:
    """Rules of one file. ``one``: exactly one row applies to every brief; ``each``: any number."""

    name: str
    choice: Literal["one", "each"]
    rules: tuple[Rule, ...]


class Example(BaseModel):
    """Facts and the charges they must come to, worked out by hand from the price list.

    ``charges`` differ from the edition's ``usual`` ones; ``"none"`` means the charge is absent. ``exact``
    gives amounts before rounding, so that a change smaller than the rounding step is seen too. ``goal`` says
    that the brief has a first goal, on which a bonus or a refund may hang.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    why: str = Field(min_length=1)
    facts: dict[str, str | int | Decimal | bool | list[str]] = {}
    charges: dict[str, str | dict[str, str | list[str]]] = {}
    exact: dict[str, str] = {}
    covers: Annotated[tuple[Covered, ...], Field(strict=False)] = ()
    goal: bool = False


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
    currency: Currency
    scenario: str = Field(min_length=1)
    rounding: dict[str, Rounding] = {}
    tables: dict[str, Literal["one", "each"]] = Field(min_length=1)
    sealed: str | None = None


@dataclass(frozen=True, kw_only=True)
class RateCard:
    """One dated edition of prices. ``sha256`` is of its parsed content without ``examples.toml``.

    ``facts`` are what its prices may read, with the words of its first day: a younger word is none of its.
    """

    heading: Heading
    facts: Mapping[str, Fact]
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
        return tuple(name for name in self.facts if name in named)

    def answers(self, name: str) -> tuple[Value, ...]:
        """Known answers to a fact that stand for all: one for each way the rows can match it."""
        fact = self.facts[name]
        cells = [entry.conditions[name] for entry in self.pricing if name in entry.conditions]
        choices = list(answers(fact, cells)[1:])
        if any(rule.for_each == name for rule in self.rules):
            choices += [value for value in fact.usual if value not in choices]
        if fact.kind == "choices":
            choices.pop()
        return tuple(value for value in choices if not fact.open or value in fact.open)

    def unpriced(self, name: str) -> tuple[str, ...]:
        """The words of a fact that no price asks for."""
        asked = {
            word for entry in self.pricing if (cell := entry.conditions.get(name)) for word in cell.words
        }
        return tuple(word for word in self.facts[name].choices if word not in asked)

    def refuse_younger(self, known: Facts) -> None:
        """Raises ``QuotecastError`` for words that are younger than the edition, and so not priced by it."""
        younger = [
            (name, word)
            for name, value in known.items()
            if isinstance(value, str | frozenset) and self.facts[name].choices
            for word in sorted({value} if isinstance(value, str) else value)
            if word not in self.facts[name].choices
        ]
        if younger:
            raise QuotecastError(
                Fault(code="younger_word", place=name, values={"found": word, "edition": self.id})
                for name, word in younger
            )

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
    # a column that older editions do not have is no part of their seal while it says nothing
    usual = {each.name: each.default for each in fields(entry)}
    for name, value in vars(entry).items():
        if name in ("file", "line") or (name in LATER and value == usual[name]):
            continue
        if name == "conditions":
            value = {fact: cell.text for fact, cell in value.items() if not cell.everything}
        elif isinstance(value, Decimal):
            value = plain(value)
        elif isinstance(value, Text):
            value = [value.en, value.zh]
        elif isinstance(value, frozenset):
            value = sorted(value)
        elif name == "details":
            value = {each.name: _plainly(getattr(value, each.name)) for each in fields(value)}
            value = {key: said for key, said in value.items() if said not in (None, [])}
        elif name == "values":
            value = [[key, part if isinstance(part, str) else plain(part)] for key, part in value]
        content[name] = value
    return content


def _plainly(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plainly(part) for part in value]
    return plain(value) if isinstance(value, Decimal) else value
