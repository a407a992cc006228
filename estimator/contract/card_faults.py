"""What is wrong between the rows of an edition: gaps, equal claims, ids, charges that do not fit."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from estimator.contract.conditions import Fact, Value, answers, shown
from estimator.contract.rate_card import Entry, RateCard, Rule, RuleTable
from estimator.contract.terms import fee_named
from estimator.values.errors import Fault
from estimator.values.money import plain

Row = TypeVar("Row", bound=Entry)

MOST_COMBINATIONS = 200_000
"""The widest grid a ``one`` table may span; a wider table should be two."""


def card_faults(card: RateCard) -> tuple[Fault, ...]:
    """What is wrong between the rows of an edition: gaps, equal claims, ids, charges that do not fit."""
    return (
        *_repeated_ids(card),
        *_charge_faults(card),
        *_clause_faults(card),
        *(fault for table in card.tables for fault in _gaps(table, card.facts)),
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


def _clause_faults(card: RateCard) -> Iterator[Fault]:
    """Clauses that name no charge of a month, or other days to pay than the charges they speak of."""
    monthly = [c.id for c in card.charges if c.kind == "fixed" and c.settles == "month"]
    for row in card.clauses:
        days = dict(row.values).get("days")
        if row.of is not None and row.of not in monthly:
            values: dict[str, Any] = {"found": row.of, "choices": ", ".join(monthly)}
            yield Fault(code="unknown_reference", place=row.place("of"), values=values)
        if not isinstance(days, Decimal) or row.kind not in ("payment", "statement"):
            continue
        for charge in card.charges:
            in_advance = charge.kind == "fixed" and charge.settles in ("month", "once")
            if in_advance == (row.kind == "payment") and charge.due_days not in (None, days):
                values = {
                    "found": plain(days),
                    "other": charge.place("due_days"),
                    "expected": charge.due_days,
                }
                yield Fault(code="clause_due", place=row.place("values"), values=values)


def _charge_faults(card: RateCard) -> Iterator[Fault]:
    charges = {charge.id: charge for charge in card.charges}
    stepped = {step.charge for step in card.steps}
    for name in card.heading.rounding:
        if name not in charges or charges[name].kind != "fixed":
            values = {"found": name, "choices": ", ".join(c.id for c in card.charges if c.kind == "fixed")}
            yield Fault(code="unknown_reference", place=f"card.toml:rounding.{name}", values=values)
    for charge in card.charges:
        if charge.kind == "fixed" and bool(charge.of) != (charge.id in stepped):
            yield Fault(code="steps_of_what", place=charge.place("of"))
        counted = (fee_named(of) for of in (charge.of, charge.details.or_of) if of)
        for name in (*charge.details.over, *filter(None, counted)):
            if name not in charges or name == charge.id:
                values = {"found": name, "choices": ", ".join(charges)}
                yield Fault(code="unknown_reference", place=charge.place("over"), values=values)
        if not any(rule.charge == charge.id for rule in card.rules):
            yield Fault(code="never_priced", place=charge.place("id"), values={"found": charge.id})
    for rule in card.rules:
        place = rule.place(f"{rule.verb} {rule.charge}")
        if rule.charge not in charges:
            values = {"found": rule.charge, "choices": ", ".join(charges)}
            yield Fault(code="unknown_reference", place=place, values=values)
            continue
        shared = charges[rule.charge].kind in ("share", "refund")
        if shared and rule.verb != "scales" and rule.value > 1:
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
        stepping = [c.id for c in card.charges if c.kind == "share" or (c.kind == "fixed" and c.of)]
        if step.charge not in stepping:
            values = {"found": step.charge, "choices": ", ".join(stepping)}
            yield Fault(code="unknown_reference", place=step.place("charge"), values=values)
        elif charges[step.charge].kind == "share" and step.rate > 1:
            yield Fault(
                code="percent_for_share", place=step.place("rate"), values={"found": plain(step.rate)}
            )
        elif step.above <= (1 if charges[step.charge].baseline else 0):
            values = {"found": plain(step.above), "least": "> 1" if charges[step.charge].baseline else "> 0"}
            yield Fault(code="below_least", place=step.place("above"), values=values)


def _gaps(table: RuleTable, facts: Mapping[str, Fact]) -> Iterator[Fault]:
    """One combination of answers to which no row of a ``one`` table applies."""
    if table.choice == "each" or not table.rules:
        return
    place = table.rules[0].file
    names = [name for name in facts if any(name in rule.conditions for rule in table.rules)]
    grid = [
        answers(facts[name], [rule.conditions[name] for rule in table.rules if name in rule.conditions])
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
    """Rows of which only one may apply, each with the next such row and a combination to which both do."""
    choice = {rule.id: table.choice for table in card.tables for rule in table.rules}
    rules = sorted(card.rules, key=lambda rule: rule.charge)
    for _, claims in itertools.groupby(rules, key=lambda rule: rule.charge):
        yield from _first_claims(tuple(claims), lambda one, other: _rivals(one, other, choice), card.facts)
    yield from _first_claims(
        card.steps, lambda one, other: (one.charge, one.above) == (other.charge, other.above), card.facts
    )


def _rivals(one: Rule, other: Rule, choice: Mapping[str, str]) -> bool:
    """Whether only one of two rows of a charge may apply."""
    return (
        (one.file == other.file and choice[one.id] == "one")
        or (one.verb == other.verb == "sets")
        or (one.verb == other.verb and one.file == other.file and one.conditions == other.conditions)
    )


def _first_claims(
    rows: Sequence[Row], rivals: Callable[[Row, Row], bool], facts: Mapping[str, Fact]
) -> Iterator[Fault]:
    """One fault a row: of a row that stands a thousand times every pair would be a million."""
    for index, one in enumerate(rows):
        for other in rows[index + 1 :]:
            if rivals(one, other) and (example := one.overlap(other, facts)) is not None:
                yield _claim(one, other, example)
                break


def _crossing_bounds(card: RateCard) -> Iterator[Fault]:
    floors, caps = ([r for r in card.rules if r.verb == verb] for verb in ("at_least", "at_most"))
    for low, high in itertools.product(floors, caps):
        if low.charge == high.charge and low.value > high.value and low.overlap(high, card.facts) is not None:
            values = {"found": plain(low.value), "most": f"{plain(high.value)} ({high.rule})"}
            yield Fault(code="bound_crossing", place=low.place(f"at_least {low.charge}"), values=values)


def _claim(one: Entry, other: Entry, example: Mapping[str, Value]) -> Fault:
    shared = ", ".join(f"{name} = {shown(value)}" for name, value in sorted(example.items())) or "*"
    values = {"found": one.id, "other": f"{other.place()}#{other.id}", "example": shared}
    return Fault(code="equal_claim", place=one.place(), values=values)
