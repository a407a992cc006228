"""View models: what a page shows, as strings and numbers; a screen only places them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from estimator.presentation.charts import Odds

Party = Literal["agency", "passed", "platform"]


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
    """A guard raised: its sign, its word, its text and its rule."""

    severity: str
    sign: str
    word: str
    text: str
    rule_id: str
    rule: str


@dataclass(frozen=True, kw_only=True)
class Live:
    """The whole live page of one quote."""

    figures: tuple[Figure, ...]
    spend_title: str
    segments: tuple[Segment, ...]
    odds_title: str
    odds: Odds | None
    odds_said: str
    caption: str
    assumed: str
    price_title: str
    price_lines: tuple[PriceLine, ...]
    price_more: tuple[PriceLine, ...]
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
    page: str
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
    scenario: str
    language: str
    refused: str
    figure: str
    stores: str
