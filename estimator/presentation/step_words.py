"""A step of a session in words: what a change was, for the buttons that take it back or bring it back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from estimator.contract.trade import Trade
from estimator.presentation import labels
from estimator.presentation.agreed_words import terms_said
from estimator.presentation.words import Words, mark
from estimator.rules.rules import Rules
from estimator.values.errors import QuotecastError
from estimator.values.typed import typed_currency

MOST_SAID = 18
"""Letters of a typed answer that are said."""
_OF_GOALS = re.compile(r"(goal|level|definition|first|last|reading)([012])")
_GOALS = (mark("Goal"), mark("A second goal"), mark("A third goal"))
_OF_STORES = {"stores": mark("Stores"), "ad_share": mark("Share of ads")}
_PARTS = {"first": "from_month", "last": "to_month"}


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The labels of the two buttons."""

    undo: str
    redo: str


def steps(words: Words) -> Steps:
    """The labels of the two buttons."""
    return Steps(undo=words.say("Undo"), redo=words.say("Redo"))


def labelled(label: str, what: str, words: Words) -> str:
    """A button's label with what it would do; the label alone where there is nothing."""
    return words.say("{label}: {what}", label=label, what=what) if what else label


def step_said(
    before: Mapping[str, Any], after: Mapping[str, Any], edited: list[str], rules: Rules, words: Words
) -> str:
    """What changed between two states of a session; ``edited`` are the fields in the order of their edits."""
    if (before["base"], before["opened"]) != (after["base"], after["opened"]) and after["base"] is not None:
        return (
            words.say("open an example") if after["opened"] in labels.EXAMPLES else words.say("open a brief")
        )
    if before["answers"] and not after["answers"]:
        return words.say("clear the form")
    moved = _moved(before["moved"], after["moved"], after, words)
    if moved:
        return moved
    if before["client"] != after["client"]:
        return words.say("the client’s names")
    return _fields(before["answers"], after["answers"], edited, rules, words)


def _moved(
    before: Mapping[str, Any], after: Mapping[str, Any], state: Mapping[str, Any], words: Words
) -> str:
    """What was agreed, assumed or how sure somebody wants to be."""
    if before.get("trade") != after.get("trade"):
        currency = (state["base"] or {}).get("currency", "USD")
        old, new = (_terms(side.get("trade"), currency, words) for side in (before, after))
        return words.say("the terms, {before} → {now}", before=old, now=new)
    if before.get("overrides") != after.get("overrides"):
        return words.say("a range of the market")
    if before.get("confidence") != after.get("confidence"):
        return words.say("how sure a safe level is")
    return ""


def _terms(text: str | None, currency: str, words: Words) -> str:
    return terms_said(Trade.model_validate_json(text or "{}"), currency, words)


def _fields(
    before: Mapping[str, Any], after: Mapping[str, Any], edited: list[str], rules: Rules, words: Words
) -> str:
    """The field that was changed last, with both answers."""
    changed = [field for field in {**before, **after} if before.get(field) != after.get(field)]
    if not changed:
        return words.say("a change")
    field = next((name for name in reversed(edited) if name in changed), changed[0])
    row = words.vocabulary.by_id.get(field)
    if words.to_you and row is not None and row.asked == "us":
        return words.say("a change")
    old, new = (_answer(field, side.get(field), rules, words) for side in (before, after))
    return words.say("{field} {before} → {now}", field=field_said(field, words), before=old, now=new)


def field_said(field: str, words: Words) -> str:
    """What a field of the form is called."""
    if found := _OF_GOALS.fullmatch(field):
        part, goal = found[1], int(found[2])
        name = labels.label(words, _PARTS.get(part, part))
        return name if goal == 0 else words.say("{goal} · {part}", goal=words.say(_GOALS[goal]), part=name)
    for platform in words.vocabulary.ids("platforms"):
        if field.startswith(f"{platform}_"):
            store = labels.answer(words, "platforms", platform)
            rest = field.removeprefix(f"{platform}_")
            number = re.match(r"(\d+)_", rest)
            fact = rest[number.end() :] if number else rest
            if number:
                store = words.say("{store} {number}", store=store, number=number[1])
            part = words.say(_OF_STORES[fact]) if fact in _OF_STORES else labels.label(words, fact)
            return words.say("{goal} · {part}", goal=store, part=part)
    return labels.label(words, field)


def _answer(field: str, value: Any, rules: Rules, words: Words) -> str:
    """An answer in a few words."""
    if field.endswith("_stores"):
        return words.number(value or 1)
    if value is None:
        return words.within(words.say(labels.UNKNOWN))
    if isinstance(value, list):
        return words.both([labels.answer(words, field, one) for one in value])
    if field == "scenario":
        return words.of(rules.scenarios[value].label) if value in rules.scenarios else str(value)
    if field == "history":
        return words.say("{number} lines", number=len(str(value).splitlines()))
    if found := _OF_GOALS.fullmatch(field):
        return _of_goal(found[1], str(value), words)
    said = _amount(field, str(value), words) or labels.answer(words, _fact(field, words), str(value))
    return said if len(said) <= MOST_SAID else f"{said[: MOST_SAID - 1]}…"


def _amount(field: str, typed: str, words: Words) -> str:
    """A typed amount as a figure; empty for what is none, or names a currency of its own."""
    row = words.vocabulary.by_id.get(field)
    if row is None or row.kind != "amount" or typed_currency(typed) is not None:
        return ""
    try:
        amount: Decimal = row.typed(typed, "USD")
    except QuotecastError:
        return ""
    return words.number(amount) if amount == amount.to_integral_value() else words.plain(amount)


def _fact(field: str, words: Words) -> str:
    """The fact that a field answers: a store's without its platform and number."""
    ends: Iterable[str] = words.vocabulary.of_stores
    return next((fact for fact in ends if field.endswith(f"_{fact}")), field)


def _of_goal(part: str, value: str, words: Words) -> str:
    if part == "reading":
        return labels.answer(words, "reading", value)
    named = {family.id: family.name for family in labels.FAMILIES}
    for family in labels.FAMILIES:
        named |= dict(family.kpis) if part == "definition" else {}
    return words.say(named[value]) if value in named and part in ("goal", "definition") else value
