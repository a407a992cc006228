"""Facts that rules may read, and the cells that ask about them: ``a|b``, ``>=3``, ``10..<25``, ``*``.

``*`` matches everything, unknown included. Nothing else matches unknown except the word itself, so a
price never rests on an answer nobody gave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from estimator.values.errors import fail
from estimator.values.money import plain

Kind = Literal["choice", "choices", "yes_no", "count", "amount", "share"]
Value = str | Decimal | frozenset[str] | None
"""A choice, ``"yes"`` or ``"no"``; a number; several choices at once; or unknown."""
Facts = Mapping[str, Value]

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_SPAN = re.compile(rf"({_NUMBER})\.\.(<?)({_NUMBER})")
_SIDE = re.compile(rf"(>=|<=|>|<)({_NUMBER})")
_THOUSANDS = re.compile(r"\d{1,3}([,，'’   ]\d{3})+(\.\d+)?")
_DATE = re.compile(
    r"\d{1,2}[-/ ][A-Za-z]{3,9}([-/ ]\d{2,4})?|[A-Za-z]{3,9}[-/ ]\d{1,4}"
    r"|\d{1,4}[-/]\d{1,2}([-/]\d{1,4})?|(\d{2,4}年)?\d{1,2}月(\d{1,2}日)?"
)
_SERIALS = (Decimal(36526), Decimal(73050))
"""What a spreadsheet shows for a date of 2000 to 2099 when the column is formatted as a number."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something a rule may ask about.

    ``least`` and ``most`` bound a number. ``usual`` are sample answers for a number that multiplies a
    price. ``open`` names the choices worth pricing while the fact is unknown; empty means all.
    """

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    least: Decimal = Decimal(0)
    most: Decimal | None = None
    usual: tuple[Decimal, ...] = ()
    open: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Every word a cell may hold for this fact; none for numbers."""
        return ("yes", "no") if self.kind == "yes_no" else self.choices

    @property
    def numeric(self) -> bool:
        return self.kind in ("count", "amount", "share")


@dataclass(frozen=True, kw_only=True)
class Span:
    """An interval of numbers; ``None`` is open."""

    low: Decimal | None
    high: Decimal | None
    with_low: bool
    with_high: bool

    def __contains__(self, number: Decimal) -> bool:
        above = self.low is None or number > self.low or (self.with_low and number == self.low)
        below = self.high is None or number < self.high or (self.with_high and number == self.high)
        return above and below


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One cell as a test of one fact. ``text`` is its canonical form."""

    text: str
    everything: bool = False
    unknown: bool = False
    words: frozenset[str] = frozenset()
    spans: tuple[Span, ...] = ()

    def holds(self, value: Value) -> bool:
        """Whether the cell matches the fact's value; a set of choices matches any of its words.

        >>> fact = Fact(name="skus", kind="count")
        >>> cell = parse("10..<25", fact, "a.csv:2:skus")
        >>> cell.holds(Decimal(10)), cell.holds(Decimal(25)), cell.holds(None)
        (True, False, False)
        """
        if self.everything:
            return True
        if value is None:
            return self.unknown
        if isinstance(value, frozenset):
            return bool(self.words & value)
        if isinstance(value, Decimal):
            return any(value in span for span in self.spans)
        return value in self.words


def parse(cell: str, fact: Fact, place: str) -> Condition:
    """The condition written in a cell; raises ``QuotecastError`` with what to write instead."""
    if cell == "*":
        return Condition(text="*", everything=True)
    if not cell:
        raise fail("empty_cell", place, found=fact.name)
    spans: list[tuple[str, Span]] = []
    words: set[str] = set()
    for part in (part.strip() for part in cell.split("|")):
        if part == "unknown" or part in fact.words:
            words.add(part)
        elif fact.numeric:
            spans.append(_span(part, fact, place))
        else:
            raise fail("not_a_condition", place, found=part, fact=fact.name, choices=", ".join(fact.words))
    text = "|".join([*sorted(words), *sorted({text for text, _ in spans})])
    return Condition(
        text=text,
        unknown="unknown" in words,
        words=frozenset(words - {"unknown"}),
        spans=tuple(span for _, span in spans),
    )


def number(text: str, place: str) -> Decimal:
    """A number in a cell; percent signs, separators and spreadsheet dates are faults with their fix."""
    refuse_spreadsheet_slips(text, place)
    if not re.fullmatch(rf"-?{_NUMBER}", text):
        raise fail("not_an_amount", place, found=text)
    return Decimal(text)


def refuse_spreadsheet_slips(text: str, place: str) -> None:
    """Raise where a spreadsheet or a habit has changed what a number means."""
    if text.endswith(("%", "％")):
        share = text[:-1].strip()
        fix = plain(Decimal(share) / 100) if re.fullmatch(_NUMBER, share) else "0.08"
        raise fail("percent_sign", place, found=text, fix=fix)
    if _THOUSANDS.fullmatch(text):
        raise fail("thousands", place, found=text, fix=re.sub(r"[^\d.]", "", text))
    if _DATE.fullmatch(text):
        raise fail("date_in_cell", place, found=text)


def answers(fact: Fact, conditions: Iterable[Condition]) -> tuple[Value, ...]:
    """Answers that stand for all answers: unknown first, then one for each way the cells can match.

    >>> fact = Fact(name="skus", kind="count")
    >>> cells = [parse(text, fact, "") for text in ("<=10", "11..35", ">=36")]
    >>> [str(answer) for answer in answers(fact, cells)]
    ['None', '0', '11', '36']
    """
    conditions = tuple(conditions)
    if fact.kind == "choices":
        some: tuple[Value, ...] = tuple(frozenset({word}) for word in fact.choices)
        return (None, frozenset(), *some, frozenset(fact.choices))
    if not fact.numeric:
        return (None, *fact.words)
    kept: dict[tuple[bool, ...], Value] = {}
    for candidate in sorted(_candidates(fact, conditions)):
        kept.setdefault(tuple(condition.holds(candidate) for condition in conditions), candidate)
    return (None, *kept.values())


def common(fact: Fact, one: Condition, other: Condition) -> tuple[Value, ...]:
    """The answers, of those that stand for all, which both cells match."""
    return tuple(value for value in answers(fact, (one, other)) if one.holds(value) and other.holds(value))


def shown(value: Value) -> str:
    """A value as a cell would write it.

    >>> shown(None), shown(Decimal("20000.0")), shown(frozenset({"b", "a"}))
    ('unknown', '20000', 'a|b')
    """
    if value is None:
        return "unknown"
    if isinstance(value, Decimal):
        return plain(value)
    return "|".join(sorted(value)) or "none" if isinstance(value, frozenset) else value


def _candidates(fact: Fact, conditions: tuple[Condition, ...]) -> set[Decimal]:
    edges = sorted(
        {e for condition in conditions for s in condition.spans for e in (s.low, s.high) if e is not None}
    )
    if fact.kind == "count":
        cuts = {edge + step for edge in edges for step in (-1, 0, 1)}
    else:
        ends = [fact.least, *edges]
        cuts = {*edges, *((low + high) / 2 for low, high in zip(ends, edges)), ends[-1] * 2 + 1}
    cuts |= {fact.least}
    if fact.most is not None:
        cuts |= {fact.most}
    return {n for n in cuts if n >= fact.least and (fact.most is None or n <= fact.most)}


def _span(part: str, fact: Fact, place: str) -> tuple[str, Span]:
    """One range with its canonical text."""
    refuse_spreadsheet_slips(part.lstrip("<>="), place)
    if side := _SIDE.fullmatch(part):
        sign, edge = side[1], Decimal(side[2])
        span = (
            Span(low=edge, high=None, with_low=sign == ">=", with_high=False)
            if sign.startswith(">")
            else Span(low=None, high=edge, with_low=False, with_high=sign == "<=")
        )
        text = sign + plain(edge)
    elif both := _SPAN.fullmatch(part):
        low, high = Decimal(both[1]), Decimal(both[3])
        span = Span(low=low, high=high, with_low=True, with_high=not both[2])
        text = f"{plain(low)}..{both[2]}{plain(high)}"
    elif re.fullmatch(_NUMBER, part):
        edge = Decimal(part)
        if _SERIALS[0] <= edge <= _SERIALS[1]:
            raise fail("date_in_cell", place, found=part)
        span = Span(low=edge, high=edge, with_low=True, with_high=True)
        text = plain(edge)
    else:
        raise fail("not_a_range", place, found=part)
    edges = [edge for edge in (span.low, span.high) if edge is not None]
    if fact.kind == "count" and any(edge != edge.to_integral_value() for edge in edges):
        raise fail("not_whole", place, found=part)
    if fact.kind == "share" and max(edges) > 1:
        raise fail("percent_for_share", place, found=part)
    if len(edges) == 2 and edges[0] not in span:
        raise fail("empty_range", place, found=part)
    return text, span
