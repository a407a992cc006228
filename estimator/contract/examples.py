"""The worked examples of an edition, which are its tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from estimator.brief.goals import Goal
from estimator.brief.kpis import Kpi, Quantity
from estimator.contract.charges import AnyCharge, Bound, Fixed, PerUnit, Refund, ShareOf
from estimator.contract.conditions import Fact, Facts, Value, answers
from estimator.contract.pricing import Priced, priced_at
from estimator.contract.rate_card import Example, RateCard
from estimator.values.errors import Fault, QuotecastError
from estimator.values.money import plain
from estimator.values.text import Text

Number = str | dict[str, str | list[str]]
UNROUNDED = frozenset({"sets", "adds", "scales"})

_ANY = Text(en="any", zh="任一")
SOME_GOAL = Goal(
    kpi=Kpi(
        id="gmv",
        label=_ANY,
        definition=_ANY,
        over=Quantity(of=("gmv",)),
        unit="USD",
        better="higher",
        attribution=_ANY,
        source=_ANY,
        measurable_on=(),
    ),
    level=Decimal(1),
    months=(1, 1),
)
"""Stands for the first goal of a brief in an example: what hangs on it costs the same whatever it is."""


def agrees(card: RateCard) -> bool:
    """Whether an edition agrees with its worked examples; told at once of one that was worked before."""
    return _agrees(
        _Worked(content=(card.sha256, card.examples.model_dump_json(), repr(card.facts)), card=card)
    )


@dataclass(frozen=True, kw_only=True)
class _Worked:
    """An edition that equals another of the same rows and examples, wherever they were read."""

    content: tuple[str, ...]
    card: RateCard = field(compare=False)


@lru_cache(maxsize=16)
def _agrees(worked: _Worked) -> bool:
    return next(example_faults(worked.card), None) is None


def example_faults(card: RateCard) -> Iterator[Fault]:
    """What the worked examples of an edition find, one example after the other.

    A price that differs from the one typed from the price list; and a row that no example tries: every
    row must move a price in one example, and every row with conditions must in another fail by exactly
    one cell, so that a changed cell cannot pass unseen.
    """
    tried: list[Priced] = []
    for index, example in enumerate(card.examples.example):
        place = f"examples.toml:example[{index}]"
        try:
            priced = priced_at(known(example, card, place), card, None, SOME_GOAL if example.goal else None)
        except QuotecastError as error:
            yield from error.faults
            continue
        tried.append(priced)
        yield from _differences(example, priced, card, place)
    yield from _untried(card, tried)


def known(example: Example, card: RateCard, place: str) -> Facts:
    """The example's facts as rules read them; raises ``QuotecastError`` for what is no answer."""
    faults = []
    facts: dict[str, Value] = dict.fromkeys(card.facts)
    for name, answer in example.facts.items():
        if name not in card.facts:
            values = {"found": name, "choices": ", ".join(card.facts)}
            faults.append(Fault(code="unknown_fact", place=f"{place}.facts", values=values))
            continue
        facts[name] = value = _value(answer)
        if not _is_answer(value, card.facts[name]):
            choices = ", ".join(card.facts[name].words) or card.facts[name].kind
            values = {"found": str(answer), "fact": name, "choices": choices}
            faults.append(Fault(code="not_a_condition", place=f"{place}.facts.{name}", values=values))
    if faults:
        raise QuotecastError(faults)
    return facts


def _value(answer: str | int | Decimal | bool | list[str]) -> Value:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, list):
        return frozenset(answer)
    return Decimal(answer) if isinstance(answer, int | Decimal) else answer


def _is_answer(value: Value, fact: Fact) -> bool:
    if isinstance(value, Decimal):
        return fact.numeric and value >= fact.least and (fact.most is None or value <= fact.most)
    if isinstance(value, frozenset):
        return fact.kind == "choices" and value <= set(fact.choices)
    return value in answers(fact, ()) and not fact.numeric


def _differences(example: Example, priced: Priced, card: RateCard, place: str) -> Iterator[Fault]:
    listed = {**card.examples.usual, **example.charges}
    expected = {name: number for name, number in listed.items() if number != "none"}
    charges = priced.terms.charges
    numbers = {charge.id: number_of(charge) for charge in charges}
    pairs: list[tuple[str, Number, Number]] = [
        (f"{place}.{name}", numbers.get(name, "none"), expected.get(name, "none"))
        for name in sorted(expected.keys() | numbers.keys())
    ]
    for charge in charges:
        typed_nature: Number = dict(card.examples.charges.get(charge.id, {}))
        pairs.append((f"examples.toml:charges.{charge.id}", nature_of(charge), typed_nature))
    for name, before in example.exact.items():
        exact = [step.after for step in priced.steps if step.charge == name and step.verb in UNROUNDED]
        pairs.append((f"{place}.exact.{name}", plain(exact[-1]) if exact else "none", before))
    pairs.append((f"{place}.covers", " ".join(sorted(priced.terms.covers)), " ".join(sorted(example.covers))))
    for where, came, typed in pairs:
        if came != typed:
            values = {"found": _shown(came), "expected": _shown(typed)}
            yield Fault(code="example", place=where, values=values)


def _untried(card: RateCard, tried: list[Priced]) -> Iterator[Fault]:
    moved = {step.rule for priced in tried for step in priced.steps}
    for entry in card.pricing:
        missed = [
            [name for name, cell in entry.conditions.items() if not cell.holds(priced.facts[name])]
            for priced in tried
        ]
        if entry.rule not in moved:
            yield Fault(code="untried", place=entry.place(), values={"found": entry.id})
        if entry.conditions and not any(len(columns) == 1 for columns in missed):
            yield Fault(code="untried_near", place=entry.place(), values={"found": entry.id})


def number_of(charge: AnyCharge) -> Number:
    """What the rules made of a charge, as an example writes it."""
    if isinstance(charge, Bound):
        return plain(charge.at_least if charge.at_least is not None else charge.at_most or Decimal(0))
    if isinstance(charge, Refund):
        steps = (*charge.steps, *([charge.proportion] if charge.proportion else []))
        return plain(steps[0].back)
    if isinstance(charge, Fixed):
        if not charge.steps:
            return plain(charge.amount)
        edges = [plain(step.above) for step in charge.steps]
        return {
            "above": ["0", *edges],
            "amount": [plain(charge.amount), *(plain(s.amount) for s in charge.steps)],
        }
    if isinstance(charge, PerUnit):
        price = plain(charge.price)
        return price if charge.planned is None else {"price": price, "planned": plain(charge.planned)}
    rates = [plain(rate) for rate in charge.tiers.rate]
    if len(rates) == 1 and not charge.baseline:
        return rates[0]
    edges = [plain(edge) for edge in charge.tiers.above]
    return {"baseline": plain(charge.baseline), "above": edges, "rate": rates}


def nature_of(charge: AnyCharge) -> Number:
    """What a charge is, whatever it costs."""
    nature: dict[str, str | list[str]] = {
        "kind": charge.kind,
        "settles": charge.settles,
        "due_days": str(charge.due_days),
    }
    if isinstance(charge, Bound | Refund):
        nature["over"] = " ".join(charge.over)
    elif charge.of is not None:
        nature["of"] = " ".join(charge.of.of)
    if isinstance(charge, Bound):
        nature["side"] = "at_most" if charge.at_least is None else "at_least"
    if isinstance(charge, Refund):
        nature |= {"paid_as": charge.paid_as, "pays": "in proportion" if charge.proportion else "by steps"}
    if isinstance(charge, Fixed | PerUnit | ShareOf) and charge.due_if:
        nature["due"] = "each month" if charge.each_month else "on the goal"
    if charge.months is not None and not isinstance(charge, Refund):
        nature["months"] = f"{charge.months[0]}..{charge.months[1]}"
    if isinstance(charge, Fixed) and charge.in_advance is not None:
        nature["in_advance"] = "yes" if charge.in_advance else "no"
    if isinstance(charge, Fixed | ShareOf) and charge.lag:
        nature["lag"] = str(charge.lag)
    if isinstance(charge, PerUnit):
        nature |= {"pack": str(charge.pack), "included": plain(charge.included)}
        nature |= {"parts": "exact"} if charge.exact else {}
        nature |= {"rolls_over": plain(charge.rolls_over)} if charge.rolls_over else {}
        nature |= {"pools": charge.pools} if charge.pools else {}
    if isinstance(charge, ShareOf):
        nature |= {"reach": "whole"} if charge.tiers.reach == "whole" else {}
        nature |= {"running": "yes"} if charge.running else {}
        nature |= {"or_of": " ".join(charge.or_of.of)} if charge.or_of else {}
    return nature


def _shown(number: str | Mapping[str, str | list[str]]) -> str:
    if isinstance(number, str):
        return number or "-"
    parts = (f"{k} {v if isinstance(v, str) else ' '.join(v)}" for k, v in number.items())
    return ", ".join(parts)
