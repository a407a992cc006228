"""Prices over what is unknown: the swing of each open fact, and a price list for many briefs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from estimator.brief.brief import Brief
from estimator.brief.goals import Goal
from estimator.contract.charges import Fixed, PerUnit
from estimator.contract.conditions import Condition, Facts, Value
from estimator.contract.facts import Difficulty, facts
from estimator.contract.pricing import (
    Priced,
    clause_values,
    clauses_at,
    first_year_of,
    listed_charge,
    price,
    tax_of,
    terms_at,
)
from estimator.contract.rate_card import ChargeRow, RateCard
from estimator.contract.signing import Listed
from estimator.contract.terms import Terms


@dataclass(frozen=True, kw_only=True)
class Swing:
    """What an unknown fact can do to the price, all other facts as they are.

    ``low`` and ``high`` are the lowest and highest monthly price over the possible answers,
    ``low_answer`` and ``high_answer`` the answers that give them; ``first_year`` the same for the fixed
    charges of the first twelve months. ``moves`` names the charges that differ between answers.
    """

    fact: str
    low: Decimal
    high: Decimal
    low_answer: Value
    high_answer: Value
    first_year: tuple[Decimal, Decimal]
    moves: tuple[str, ...]


def swings(brief: Brief, card: RateCard, difficulty: Difficulty | None) -> tuple[Swing, ...]:
    """What each unknown fact can do to the price, the largest first.

    Only facts that a row of ``card`` reads, and that can change something here, are asked. KPI difficulty
    is asked only while there is no goal: afterwards it is forecast, not answered.

    >>> from estimator.rules.rules import open_rules
    >>> every = swings(Brief(service_model="whole_shop"), open_rules().edition, None)
    >>> swing = next(swing for swing in every if swing.fact == "settlement")
    >>> str(swing.low), swing.low_answer, str(swing.high), swing.high_answer
    ('2600', 'performance', '7500', 'fixed')
    """
    now = price(brief, card, difficulty)
    asked = [
        name
        for name in card.reads
        if now.facts[name] is None and not (name == "kpi_difficulty" and brief.goals)
    ]
    every = (_swing(name, now, card) for name in asked)
    return tuple(
        sorted(
            (swing for swing in every if swing is not None),
            key=lambda s: (s.low - s.high, s.first_year[0] - s.first_year[1], s.fact),
        )
    )


def range_over(now: Priced, swings: tuple[Swing, ...]) -> tuple[Decimal, Decimal]:
    """The lowest and highest monthly price over the swings of ``now``."""
    lows, highs = [swing.low for swing in swings], [swing.high for swing in swings]
    return min([now.monthly, *lows]), max([now.monthly, *highs])


def _swing(name: str, now: Priced, card: RateCard) -> Swing | None:
    touched = [row for row in card.charges if name in _reads(row, card)]
    rules = {row.id: [rule for rule in card.rules if rule.charge == row.id] for row in touched}
    signed = {charge.id: charge for charge in now.terms.charges}
    moves: set[str] = set()
    answered: list[tuple[Value, Decimal, Decimal]] = []
    for answer in card.answers(name):
        known = {**now.facts, name: answer}
        charges: dict[str, Any] = dict(signed)
        for row in touched:
            applying = [rule for rule in rules[row.id] if rule.failing(known) is None]
            charges[row.id] = listed_charge(row, applying, known, card, [], [])
        moves |= {row.id for row in touched if _differ(charges[row.id], signed.get(row.id))}
        terms = terms_at([charge for charge in charges.values() if charge is not None], known, card)
        answered.append((answer, terms.fixed("month"), first_year_of(terms)))
    if not moves:
        return None
    low = min(answered, key=lambda prices: prices[1:])
    high = max(answered, key=lambda prices: prices[1:])
    years = [first_year for _, _, first_year in answered]
    return Swing(
        fact=name,
        low=low[1],
        high=high[1],
        low_answer=low[0],
        high_answer=high[0],
        first_year=(min(years), max(years)),
        moves=tuple(sorted(moves)),
    )


def _reads(row: ChargeRow, card: RateCard) -> set[str | None]:
    """The facts that the content of a charge depends on."""
    rules = [rule for rule in card.rules if rule.charge == row.id]
    steps = [step for step in card.steps if step.charge == row.id]
    names = {name for entry in (*rules, *steps) for name in entry.conditions}
    length = {"contract_months"} if row.settles == "term" else set()
    length |= {row.details.planned[0]} if row.details.planned else set()
    return {*names, *(rule.for_each for rule in rules), row.baseline, *length}


def _differ(one: Listed | None, other: Any) -> bool:
    """Whether the charges are not the same, whichever rule gave them."""
    if one is None or other is None:
        return one is not other
    return bool(one != other.model_copy(update={"rule": one.rule}))


class PriceList:
    """An edition's prices for many briefs: each charge is worked once for all that its rows tell apart.

    ``terms`` and ``monthly_range`` are what ``price`` and ``range_over`` give, without the trace;
    ``swings`` are those of the card.

    >>> from estimator.rules.rules import open_rules
    >>> from estimator.contract.pricing import priced_at
    >>> card = open_rules().edition
    >>> known = facts(Brief(service_model="whole_shop", stage="cold"), None, card.facts)
    >>> PriceList(card).terms(known) == priced_at(known, card, None).terms
    True
    """

    def __init__(self, card: RateCard) -> None:
        self._card = card
        self._rows = [_Worked(row, card) for row in sorted(card.charges, key=lambda r: (r.position, r.id))]
        self._monthly = [worked for worked in self._rows if worked.monthly]
        cells: dict[str, dict[str, Condition]] = {name: {} for name in card.reads}
        for entry in card.pricing:
            for name, cell in entry.conditions.items():
                cells[name][cell.text] = cell
        self._cells = {name: tuple(by_text.values()) for name, by_text in cells.items()}
        self._words: dict[tuple[str, Value], tuple[bool, ...]] = {}
        self._answers = {
            name: [(answer, self._told(name, answer)) for answer in card.answers(name)] for name in card.reads
        }
        self._moved_by = {
            name: [worked for worked in self._monthly if name in worked.reads] for name in card.reads
        }
        self._terms: dict[Any, Terms] = {}
        self._swings: dict[Any, tuple[Swing, ...]] = {}
        self._ranges: dict[Any, tuple[Decimal, Decimal]] = {}

    def terms(self, known: Facts, goal: Goal | None = None) -> Terms:
        """The list terms at these facts, and of a first goal. Raises ``QuotecastError`` without a price."""
        self._card.refuse_younger(known)
        told = self._all_told(known)
        listed = [(worked, worked.charge(known, told, goal)) for worked in self._rows]
        charges = [charge for _, charge in listed if charge is not None]
        stated = clause_values(known, self._card, charges)
        key = (tuple(charges), known["contract_months"], tuple((row.id, values) for row, values in stated))
        if key not in self._terms:
            covers = {cost for worked, charge in listed if charge is not None for cost in worked.row.covers}
            printed = clauses_at(known, self._card, charges)
            tax = tax_of(printed)
            made = terms_at(charges, known, self._card, covers=covers, tax=tax, clauses=printed)
            _room(self._terms)[key] = made
        return self._terms[key]

    def swings(self, brief: Brief, difficulty: Difficulty | None) -> tuple[Swing, ...]:
        """As ``swings`` of the card, kept for every brief that prices cannot tell from this one."""
        known = facts(brief, difficulty, self._card.facts)
        key = (bool(brief.goals), *(known[name] for name in self._card.reads))
        if key not in self._swings:
            _room(self._swings)[key] = swings(brief, self._card, difficulty)
        return self._swings[key]

    def monthly_range(self, known: Facts, *, has_goals: bool) -> tuple[Decimal, Decimal]:
        """The lowest and highest monthly price over all unknown facts, one answered at a time."""
        told = self._all_told(known)
        asked = [name for name, moved in self._moved_by.items() if moved and known[name] is None]
        if has_goals and "kpi_difficulty" in asked:
            asked.remove("kpi_difficulty")
        key = (*asked, *(worked.key(known, told) for worked in self._monthly))
        if key not in self._ranges:
            now = sum((worked.amount(known, told) for worked in self._monthly), Decimal(0))
            prices = [now]
            for name in asked:
                moved = self._moved_by[name]
                before = sum((worked.amount(known, told) for worked in moved), Decimal(0))
                for answer, answer_told in self._answers[name]:
                    answered, all_told = {**known, name: answer}, {**told, name: answer_told}
                    after = sum((worked.amount(answered, all_told) for worked in moved), Decimal(0))
                    prices.append(now - before + after)
            _room(self._ranges)[key] = (min(prices), max(prices))
        return self._ranges[key]

    def _all_told(self, known: Facts) -> dict[str, tuple[bool, ...]]:
        return {name: self._told(name, known[name]) for name in self._cells}

    def _told(self, name: str, value: Value) -> tuple[bool, ...]:
        """Which cells of the edition hold for a fact's value: values that agree cost the same."""
        if isinstance(value, Decimal):
            return tuple(cell.holds(value) for cell in self._cells[name])
        key = (name, value)
        if key not in self._words:
            self._words[key] = tuple(cell.holds(value) for cell in self._cells[name])
        return self._words[key]


MOST_KEPT = 2_000
"""Combinations that a price list keeps; then it begins anew."""


def _room(kept: dict[Any, Any]) -> dict[Any, Any]:
    if len(kept) >= MOST_KEPT:
        kept.clear()
    return kept


class _Worked:
    """One charge of a card, kept for every combination of what its rows tell apart."""

    def __init__(self, row: ChargeRow, card: RateCard) -> None:
        self.row, self._card = row, card
        self._rules = [
            rule
            for table in card.tables
            for rule in sorted(table.rules, key=lambda rule: rule.id)
            if rule.charge == row.id
        ]
        self.monthly = (row.kind == "fixed" or row.details.planned is not None) and row.settles == "month"
        self.reads = sorted(name for name in _reads(row, card) if name)
        self._counts = {rule.for_each for rule in self._rules} | {row.baseline}
        self._counts |= {row.details.planned[0]} if row.details.planned else set()
        self._counts |= {"contract_months"} if row.settles == "term" else set()
        self._kept: dict[Any, Listed | None] = {}

    def key(self, known: Facts, told: Mapping[str, tuple[bool, ...]]) -> tuple[Any, ...]:
        """What tells two briefs apart for this charge."""
        return tuple(
            (known[name], told.get(name)) if name in self._counts else told[name] for name in self.reads
        )

    def charge(
        self, known: Facts, told: Mapping[str, tuple[bool, ...]], goal: Goal | None = None
    ) -> Listed | None:
        key = self.key(known, told), goal if self.row.details.on_goal else None
        if key not in self._kept:
            applying = [rule for rule in self._rules if rule.failing(known) is None]
            _room(self._kept)[key] = listed_charge(self.row, applying, known, self._card, [], [], key[1])
        return self._kept[key]

    def amount(self, known: Facts, told: Mapping[str, tuple[bool, ...]]) -> Decimal:
        """What the charge comes to in a month, where it is fixed or planned."""
        charge = self.charge(known, told)
        if isinstance(charge, PerUnit):
            return charge.a_month
        return charge.amount if isinstance(charge, Fixed) else Decimal(0)
