"""The worked examples of an edition, which are its tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from estimator.contract.charges import Bound, Fixed, PerUnit, Refund, ShareOf
from estimator.contract.conditions import Fact, Facts, Value, answers
from estimator.contract.pricing import Priced, priced_at
from estimator.contract.rate_card import Example, RateCard
from estimator.values.errors import Fault, QuotecastError
from estimator.values.money import plain

Number = str | dict[str, str | list[str]]
UNROUNDED = frozenset({"sets", "adds", "scales"})


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
            priced = priced_at(known(example, card, place), card, None)
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
    charges = [charge for charge in priced.terms.charges if not isinstance(charge, Bound | Refund)]
    numbers = {charge.id: number_of(charge) for charge in charges}
    pairs: list[tuple[str, Number, Number]] = [
        (f"{place}.{name}", numbers.get(name, "none"), expected.get(name, "none"))
        for name in sorted(expected.keys() | numbers.keys())
    ]
    for charge in charges:
        typed_nature: Number = dict(card.examples.charges.get(charge.id, {}))
        pairs.append((f"examples.toml:charges.{charge.id}", _nature(charge), typed_nature))
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


def number_of(charge: Fixed | PerUnit | ShareOf) -> Number:
    """What the rules made of a charge, as an example writes it."""
    if isinstance(charge, Fixed):
        return plain(charge.amount)
    if isinstance(charge, PerUnit):
        price = plain(charge.price)
        return price if charge.planned is None else {"price": price, "planned": plain(charge.planned)}
    rates = [plain(rate) for rate in charge.tiers.rate]
    if len(rates) == 1 and not charge.baseline:
        return rates[0]
    edges = [plain(edge) for edge in charge.tiers.above]
    return {"baseline": plain(charge.baseline), "above": edges, "rate": rates}


def _nature(charge: Fixed | PerUnit | ShareOf) -> Number:
    """What a charge is, whatever it costs."""
    nature: dict[str, str | list[str]] = {
        "kind": charge.kind,
        "settles": charge.settles,
        "due_days": str(charge.due_days),
    }
    if not isinstance(charge, Fixed):
        nature["of"] = " ".join(charge.of.of)
    if isinstance(charge, PerUnit):
        nature |= {"pack": str(charge.pack), "included": plain(charge.included)}
        nature |= {"parts": "exact"} if charge.exact else {}
    return nature


def _shown(number: str | Mapping[str, str | list[str]]) -> str:
    if isinstance(number, str):
        return number or "-"
    parts = (f"{k} {v if isinstance(v, str) else ' '.join(v)}" for k, v in number.items())
    return ", ".join(parts)
