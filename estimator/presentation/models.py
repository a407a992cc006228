"""View models: what a page shows, as strings and numbers; a screen only places them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Party = Literal["agency", "passed", "platform"]
Audience = Literal["internal", "presenter"]
"""Whose eyes are on the page: our own, or the prospect's too."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One of the four large figures; a ``reference`` is set lighter, an ``empty`` one is dashed."""

    id: str
    label: str
    value: str
    beside: str = ""
    lines: tuple[str, ...] = ()
    reference: bool = False
    empty: bool = False


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A block of the spend: its label, and its bars as shares of the whole, largest unit 1."""

    party: Party
    label: str
    shares: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class PriceLine:
    """A step of the price: what it adds and the rule behind it; the bar in shares of the widest sum."""

    label: str
    amount: str
    rule: str
    rule_id: str
    look: Literal["list", "cut", "sum", "none"]
    left: float
    width: float
    change: float = 0.0


@dataclass(frozen=True, kw_only=True)
class GoalLine:
    """A goal in one row: its words, its probability and its safe level."""

    label: str
    probability: str
    safe: str


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A question still open, and what its answers would move."""

    fact: str
    question: str
    effect: str


@dataclass(frozen=True, kw_only=True)
class Guard:
    """A guard raised: its sign, its word, its text, its rule, and who may approve."""

    severity: str
    sign: str
    word: str
    text: str
    rule_id: str = ""
    rule: str = ""
    approver: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Live:
    """The whole live page of one quote."""

    figures: tuple[Figure, ...]
    spend_title: str
    segments: tuple[Segment, ...]
    odds_title: str
    caption: str
    shared: str
    assumed: str
    price_title: str
    price_lines: tuple[PriceLine, ...]
    price_more: tuple[PriceLine, ...]
    rules: tuple[RuleBox, ...]
    goals_title: str
    goals: tuple[GoalLine, ...]
    asks_title: str
    asks_moves: str
    asks: tuple[Ask, ...]
    guards: tuple[Guard, ...]
    foot: str


@dataclass(frozen=True, kw_only=True)
class Example:
    """A brief to open: the name of its file, a title and one line of facts."""

    id: str
    title: str
    line: str


@dataclass(frozen=True, kw_only=True)
class Chrome:
    """The words of the page that no quote changes."""

    brand: str
    form: str
    page: str
    pages: Mapping[str, str]
    new_brief: str
    example: str
    fresh: str
    open: str
    more_facts: str
    known: str
    unknown: str
    pick: str
    amount_hint: str
    level_hint: str
    intro_title: str
    intro: str
    examples: str
    first_goal: str
    second_goal: str
    third_goal: str
    no_goal: str
    more: str
    details: str
    scenario: str
    language: str
    mode: str
    modes: Mapping[Audience, str]
    change: str
    main_facts: str
    goals_tab: str
    stores_tab: str
    refused: str
    figure: str
    stores: str
    why: str
    table: str
    copy: str
    copied: str


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """What stands before a visitor who has to sign in, or who did and is a stranger."""

    title: str
    lead: str
    button: str
    out: str
    who: str
    stranger: str


@dataclass(frozen=True, kw_only=True)
class DriverRow:
    """An assumption behind a number: its range, what it moves, where it comes from.

    ``share`` is its swing as a share of the largest; ``field`` the assumption a new range is put to, empty
    where there is none to type.
    """

    id: str
    label: str
    range: str
    swing: str
    share: float
    source: str
    field: str = ""
    typed: str = ""


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """What opens at a number: a title, a line, the rows, and what to know besides.

    ``known`` says what of the number is not known, before the rows.
    """

    title: str
    lead: str
    rows: tuple[DriverRow, ...]
    notes: tuple[str, ...] = ()
    known: str = ""


@dataclass(frozen=True, kw_only=True)
class RuleBox:
    """A row of the price opened: what it is, the cells that matched, and the rows that did not."""

    id: str
    title: str
    place: str
    why: str
    matched: tuple[str, ...]
    passed: tuple[tuple[str, str], ...]
    matched_title: str
    passed_title: str


@dataclass(frozen=True, kw_only=True)
class MeaningRow:
    """What the goal's words mean under one definition: a probability and a price for each reading."""

    label: str
    cells: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, kw_only=True)
class Meanings:
    """The goal's words under every definition and reading, and what the contract should say."""

    title: str
    lead: str
    heads: tuple[str, ...]
    rows: tuple[MeaningRow, ...]
    contract_title: str
    contract: str


@dataclass(frozen=True, kw_only=True)
class ContractBox:
    """The contract on one page: amounts with whether they lead, what leaving costs, and the clauses."""

    title: str
    rows: tuple[tuple[str, str, bool], ...]
    exits_title: str
    exits: tuple[tuple[str, str], ...]
    clauses_title: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ClauseRow:
    """A clause with what it is worth, in words."""

    id: str
    title: str
    value: str
    said: str
    button: str
    on: bool


@dataclass(frozen=True, kw_only=True)
class Safe:
    """What opens at the safe level: a sentence to read aloud, the ladder of confidence, the clauses."""

    title: str
    aloud: str
    ladder: tuple[tuple[str, str], ...]
    ladder_title: str
    clauses_title: str
    clauses: tuple[ClauseRow, ...]


@dataclass(frozen=True, kw_only=True)
class Takes:
    """What it would take for a goal to be as likely as wanted."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TradeSaid:
    """The trade under the slider: its sentences, and whether it can be applied."""

    lines: tuple[str, ...]
    can_apply: bool


@dataclass(frozen=True, kw_only=True)
class Controls:
    """The words of the answer's own controls."""

    meanings: str
    contract: str
    pilot: str
    confidence: str
    trade: str
    means: Mapping[str, str]
    risk_price: str
    apply: str
    list_again: str
    market_again: str
    pin: str
    disclaimer: str
