"""price(brief, card, difficulty): the terms an edition gives a brief, and every step that led there.

The list price of a charge is what one row sets, plus what rows add, times what rows scale, rounded, then
held within its bounds. A charge that comes to nothing is not in the terms; the trace says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, localcontext
from typing import Any, Literal

from estimator.brief.brief import Brief
from estimator.brief.goals import Goal
from estimator.contract.charges import Covered, Fixed
from estimator.contract.clauses import MONEY, Clause
from estimator.contract.conditions import Facts, Value
from estimator.contract.facts import Difficulty, facts
from estimator.contract.rate_card import (
    TERM_DISCOUNT,
    VERBS,
    ChargeRow,
    ClauseRow,
    Entry,
    RateCard,
    RateStep,
    Rule,
    Verb,
)
from estimator.contract.signing import Listed, present, signed_charge, stated_baseline
from estimator.contract.terms import Terms
from estimator.values.errors import fail
from estimator.values.money import round_half_up
from estimator.values.text import Text
from estimator.values.validation import validated

NO_ROUNDING = Context(prec=1000, traps=[Inexact])
"""Sums and products are exact, so the order of rows cannot matter even in the last digit."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One row at work on one charge: from ``before`` (None: nothing yet) to ``after``.

    The number is an amount for a fixed charge, a price for a unit, a rate for a share. ``times`` is the
    count a ``for_each`` row was multiplied by; ``because`` holds the facts its conditions read.
    """

    charge: str
    verb: Verb | Literal["rounds", "steps"]
    value: Decimal
    before: Decimal | None
    after: Decimal
    rule: str
    label: Text
    rationale: str
    source: str
    times: Decimal | None = None
    because: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, kw_only=True)
class NotApplied:
    """A row that did not apply, with the column that failed, its cell, and the fact as it is."""

    charge: str
    verb: Verb | Literal["steps"]
    value: Decimal
    rule: str
    label: Text
    column: str
    cell: str
    fact: Value


@dataclass(frozen=True, kw_only=True)
class Priced:
    """Terms with their trace. ``steps`` are in the order they ran; ``facts`` are what they read.

    ``monthly`` is what the fixed charges come to in a month, ``once`` what is charged once; shares and
    unit prices depend on what will be counted and are in neither.
    """

    terms: Terms
    steps: tuple[Step, ...]
    not_applied: tuple[NotApplied, ...]
    facts: Facts
    difficulty: Difficulty | None
    edition: str

    @property
    def monthly(self) -> Decimal:
        return self.terms.fixed("month")

    @property
    def once(self) -> Decimal:
        return self.terms.fixed("once")

    @property
    def first_year(self) -> Decimal:
        """The fixed charges of the term, of its first twelve months if it is longer or open."""
        return first_year_of(self.terms)


def price(brief: Brief, card: RateCard, difficulty: Difficulty | None, goal: Goal | None = None) -> Priced:
    """The terms ``card`` gives ``brief``, with the trace of every amount.

    >>> from estimator.rules.rules import open_rules
    >>> priced = price(Brief(service_model="whole_shop", stage="cold"), open_rules().edition, None)
    >>> priced.monthly
    Decimal('7150')
    >>> [step.rule for step in priced.steps if step.charge == "base_fee" and step.before != step.after]
    ['base_fee.csv:2#base.whole_shop', 'stage.csv:2#stage.cold']

    Raises ``QuotecastError`` if amounts are in another currency, where the card gives no price,
    and for a word that is younger than the card.
    """
    if brief.currency != card.heading.currency:
        raise fail("currency_not_priced", "currency", found=brief.currency, expected=card.heading.currency)
    known = facts(brief, difficulty, card.facts)
    card.refuse_younger(known)
    return priced_at(known, card, difficulty, goal)


def priced_at(
    known: Facts, card: RateCard, difficulty: Difficulty | None, goal: Goal | None = None
) -> Priced:
    """The price at facts that stand outside a brief: one of them answered, or an example's."""
    steps: list[Step] = []
    passed: list[NotApplied] = []
    charges: list[Listed] = []
    covers: set[Covered] = set()
    applying: dict[str, list[Rule]] = {}
    for table in card.tables:
        for rule in sorted(table.rules, key=lambda rule: rule.id):
            if (column := rule.failing(known)) is None:
                applying.setdefault(rule.charge, []).append(rule)
            else:
                passed.append(_passed(rule, column, known))
    for row in sorted(card.charges, key=lambda row: (row.position, row.id)):
        charge = listed_charge(row, applying.get(row.id, []), known, card, steps, passed, goal)
        if charge is not None:
            charges.append(charge)
            covers |= row.covers
    printed = clauses_at(known, card, charges)
    return Priced(
        terms=terms_at(charges, known, card, covers=covers, tax=tax_of(printed), clauses=printed),
        steps=tuple(steps),
        not_applied=tuple(passed),
        facts=known,
        difficulty=difficulty,
        edition=card.id,
    )


def clauses_over(priced: Priced, months: int, card: RateCard) -> tuple[Clause, ...]:
    """The clauses as they print for a term of other length than was priced, such as one that was traded."""
    longer = {**priced.facts, "contract_months": Decimal(months)}
    return priced_at(longer, card, priced.difficulty).terms.clauses


def listed_charge(
    row: ChargeRow,
    applying: list[Rule],
    known: Facts,
    card: RateCard,
    steps: list[Step],
    passed: list[NotApplied],
    goal: Goal | None = None,
) -> Listed | None:
    """The charge that the rules applying to it give; None where there is none."""
    rules = sorted(applying, key=lambda rule: VERBS.index(rule.verb))
    if row.details.on_goal and goal is None:
        return None
    if not rules or rules[0].verb not in ("sets", "adds"):
        return None
    amount = _run(row, rules, known, card, steps)
    reached = _reached(row, known, card, steps, passed)
    return signed_charge(row, rules[0].rule, amount, reached, known, goal)


def clauses_at(known: Facts, card: RateCard, charges: Sequence[Listed]) -> list[Clause]:
    """The clauses that apply, with their numbers; one whose number is a fact that is unknown is left out."""
    printed, currency = [], card.heading.currency
    for row, values in clause_values(known, card, charges):
        numbers = tuple((name, value) for name, value in values if value is not None)
        if len(numbers) == len(values):
            money = currency if any(name in MONEY for name, _ in numbers) else None
            printed.append(
                Clause(
                    id=row.id,
                    kind=row.kind,
                    text=row.text,
                    rule=row.rule,
                    of=row.of,
                    values=numbers,
                    currency=money,
                )
            )
    return printed


def clause_values(
    known: Facts, card: RateCard, charges: Sequence[Listed]
) -> list[tuple[ClauseRow, tuple[tuple[str, Decimal | None], ...]]]:
    """The rows of clauses that apply, each with its numbers as they are here; None is an unknown fact."""

    def value_of(row: ClauseRow, value: Decimal | str) -> Decimal | None:
        if isinstance(value, Decimal):
            return value
        return _term_discount(row, known, card, charges) if value == TERM_DISCOUNT else _count(known, value)

    return [
        (row, tuple((name, value_of(row, value)) for name, value in row.values))
        for row in card.clauses
        if row.failing(known) is None
    ]


def tax_of(clauses: Sequence[Clause]) -> Text | None:
    return next((clause.said for clause in clauses if clause.kind == "tax"), None)


def _term_discount(row: ClauseRow, known: Facts, card: RateCard, charges: Sequence[Listed]) -> Decimal:
    """What a month of a clause's charge would cost more without the length of its term, or nothing."""
    signed = next((c.amount for c in charges if c.id == row.of and isinstance(c, Fixed)), Decimal(0))
    rows = [charge for charge in card.charges if charge.id == row.of]
    if not signed or not rows or known.get("contract_months") is None:
        return Decimal(0)
    short = {**known, "contract_months": None}
    rules = [rule for rule in card.rules if rule.charge == row.of and rule.failing(short) is None]
    listed = listed_charge(rows[0], sorted(rules, key=lambda rule: rule.id), short, card, [], [])
    return max(listed.amount - signed, Decimal(0)) if isinstance(listed, Fixed) else Decimal(0)


def terms_at(charges: list[Listed], known: Facts, card: RateCard, **besides: Any) -> Terms:
    if not charges:
        missing = ", ".join(name for name in card.reads if known[name] is None)
        raise fail("no_price", card.id, found=missing)
    months = _count(known, "contract_months")
    content = {
        "currency": card.heading.currency,
        "months": None if months is None else int(months),
        "charges": present(charges, None if months is None else int(months)),
        **besides,
    }
    return validated(Terms, content, card.id)


def _run(row: ChargeRow, rules: list[Rule], known: Facts, card: RateCard, steps: list[Step]) -> Decimal:
    """The number the rules, in the order of their verbs, make of one charge; each adds its step."""
    amount = Decimal(0)
    with localcontext(NO_ROUNDING):
        for rule in rules:
            times = _count(known, rule.for_each) if rule.for_each else None
            value = rule.value if times is None else rule.value * times
            match rule.verb:
                case "sets" | "adds":
                    after = amount + value
                case "scales":
                    after = amount * value
                case _:
                    continue
            steps.append(_step(rule, known, None if rule is rules[0] else amount, after, times))
            amount = after
    amount = _rounded(row, amount, card, steps)
    for rule in rules:
        held = {"at_least": max, "at_most": min}.get(rule.verb, lambda now, _: now)(amount, rule.value)
        if held != amount:
            steps.append(_step(rule, known, amount, held, None))
        amount = held
    return amount


def _rounded(row: ChargeRow, amount: Decimal, card: RateCard, steps: list[Step]) -> Decimal:
    rounding = card.heading.rounding.get(row.id)
    if rounding is None:
        return amount
    after = round_half_up(amount, rounding.step)
    if after != amount:
        steps.append(
            Step(
                charge=row.id,
                verb="rounds",
                value=rounding.step,
                before=amount,
                after=after,
                rule=f"card.toml#rounding.{row.id}",
                label=rounding.label,
                rationale=rounding.rationale,
                source=rounding.source,
            )
        )
    return after


def _step(rule: Rule, known: Facts, before: Decimal | None, after: Decimal, times: Decimal | None) -> Step:
    return Step(
        charge=rule.charge,
        verb=rule.verb,
        value=rule.value,
        before=before,
        after=after,
        rule=rule.rule,
        label=rule.text,
        rationale=rule.rationale,
        source=rule.source,
        times=times,
        because=_because(rule, known),
    )


def _because(entry: Entry, known: Facts) -> tuple[tuple[str, Value], ...]:
    return tuple((name, known[name]) for name in entry.conditions)


def _count(known: Facts, name: str) -> Decimal | None:
    value = known[name]
    return value if isinstance(value, Decimal) else None


def _reached(
    row: ChargeRow, known: Facts, card: RateCard, steps: list[Step], passed: list[NotApplied]
) -> tuple[RateStep, ...]:
    """The further rates of a share, rising; none where they are multiples of an unknown baseline."""
    reached = []
    for step in card.steps:
        if step.charge != row.id:
            continue
        column = step.failing(known)
        multiple = row.baseline if row.details.least_baseline is None else None
        if column is None and multiple and stated_baseline(row, known) is None:
            column = multiple
        if column is None:
            reached.append(step)
        else:
            passed.append(_passed(step, column, known))
    reached.sort(key=lambda step: step.above)
    steps += [
        Step(
            charge=row.id,
            verb="steps",
            value=step.above,
            before=None,
            after=step.rate,
            rule=step.rule,
            label=step.text,
            rationale=step.rationale,
            source=step.source,
            because=_because(step, known),
        )
        for step in reached
    ]
    return tuple(reached)


def _passed(entry: Rule | RateStep, column: str, known: Facts) -> NotApplied:
    cell = entry.conditions.get(column)
    return NotApplied(
        charge=entry.charge,
        verb=entry.verb if isinstance(entry, Rule) else "steps",
        value=entry.value if isinstance(entry, Rule) else entry.rate,
        rule=entry.rule,
        label=entry.text,
        column=column,
        cell=cell.text if cell else ">0",
        fact=known[column],
    )


def first_year_of(terms: Terms) -> Decimal:
    return terms.fixed("once") + terms.fixed("month") * min(terms.months or 12, 12)
