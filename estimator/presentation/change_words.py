"""The sentence of before and after: what moved since a state was pinned, and because of what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from estimator.brief.brief import GoalWords, Store
from estimator.market.scenarios import Scenario
from estimator.presentation import labels
from estimator.presentation.assumptions import assumption_name
from estimator.presentation.phrases import chance_words, months
from estimator.presentation.words import MINUS, Words, mark
from estimator.quoting.asked import Cause
from estimator.quoting.changes import Changes
from estimator.quoting.quote import Quote
from estimator.quoting.shown import Shown

MOST_RULES = 2


def since(changes: Changes, at: dt.datetime, today: dt.date, now: Quote, words: Words) -> str:
    """One sentence of what moved since ``at``, and by the cause that moved it most.

    ``at`` is in the reader's time zone, its day is said unless it is ``today``. The rules behind a price
    stand in it only where the prospect does not read along.
    """
    time = f"{at:%H:%M}"
    if at.date() != today:
        time = f"{words.date(at.date().isoformat())} {time}"
    start = words.say("**Since {time}**", time=time)
    if not changes.causes:
        return words.say("{start} nothing has changed.", start=start)
    parts = list(_moves(changes, now, words))
    cause = _cause(changes.causes[0], now.rules.scenarios, words)
    moved = words.both(parts) if parts else words.say("nothing moved")
    text = words.say("{start} {moved}: because {cause}", start=start, moved=moved, cause=cause)
    if words.to_you or not changes.rules:
        return text
    return f"{text} `{' '.join(changes.rules[:MOST_RULES])}`"


def causes(changes: Changes, now: Quote, words: Words) -> tuple[str, ...]:
    """Every cause in words, the one that moved most first."""
    return tuple(_cause(cause, now.rules.scenarios, words) for cause in changes.causes)


def received(before: Shown, now: Shown, currency: str, words: Words) -> str:
    """What a link or a draft showed when it was made, and what the same question gives today."""

    def figures(shown: Shown) -> str:
        price = words.say("{amount} a month", amount=words.money(shown.price, currency))
        return price if shown.chance is None else words.both([price, chance_words(shown.chance, words)])

    return words.say(
        "**Made on {day}** under price list {edition}: {before}. Today, under {now_edition}: {now}.",
        day=words.date(before.day),
        edition=before.edition,
        before=figures(before),
        now_edition=now.edition,
        now=figures(now),
    )


def _moves(changes: Changes, now: Quote, words: Words) -> Iterator[str]:
    old, new = changes.price
    if round(old) != round(new):
        if old:
            yield words.say("price **{change}**", change=_percent(new / old - 1, words))
        else:
            yield words.say("price **{amount}**", amount=words.money(new, now.currency))
    elif abs(changes.fees[1] - changes.fees[0]) >= 0.005 * max(changes.fees[0], 1.0):
        shift = _percent(changes.fees[1] / changes.fees[0] - 1, words) if changes.fees[0] else ""
        yield words.say("expected fee **{change}**", change=shift)
    if not words.to_you and changes.margin is not None:
        change = (changes.margin[1] - changes.margin[0]) * 100
        if abs(change) >= 0.05:
            yield words.say("our margin **{change} points**", change=_signed(change, words))
    if changes.chance is not None:
        before, after = (words.number(chance.value * 100) for chance in changes.chance)
        if before != after:
            yield words.say("probability **{before} → {after}%**", before=before, after=after)
        else:
            yield words.say("probability unchanged")
    earned, earns = changes.profit
    if round(earned, -2) != round(earns, -2):
        yield words.to(
            mark("your profit **{change}** a month"),
            mark("seller’s profit **{change}** a month"),
            change=words.money(round((earns - earned) / 50) * 50, now.currency, signed=True),
        )


def _percent(change: float, words: Words) -> str:
    return f"{_signed(change * 100, words)}%"


def _signed(value: float, words: Words) -> str:
    return f"{MINUS if value < 0 else '+'}{words.number(abs(value), 1)}"


def _cause(cause: Cause, scenarios: Mapping[str, Scenario], words: Words) -> str:
    if cause.kind == "trade":
        if cause.after.base is not None:
            return words.say("the base was traded")
        discounts = cause.before.discount, cause.after.discount
        if discounts[0] != discounts[1]:
            share = discounts[1].share if discounts[1] is not None else Decimal(0)
            return words.say("the discount is now {share}", share=words.rate(share))
        return words.say("a clause changed")
    if cause.kind == "scenario":
        return words.say("the scenario is now {scenario}", scenario=words.of(scenarios[cause.after].label))
    if cause.kind == "assumption":
        name = assumption_name(cause.name, words)
        return words.say("a new range stands for: {name}", name=words.within(name))
    if cause.kind == "goals":
        return _goal_cause(cause.before, cause.after, words)
    if cause.name == "stores" and (said := _store_cause(cause.before, cause.after, words)):
        return said
    label = words.within(labels.label(words, "platforms" if cause.name == "stores" else cause.name))
    before, after = (_value(cause.name, value, words) for value in (cause.before, cause.after))
    if not before and not after:
        return words.say("{fact} changed", fact=label)
    return words.say("{fact} went from {before} to {after}", fact=label, before=before, after=after)


def _store_cause(before: tuple[Store, ...], after: tuple[Store, ...], words: Words) -> str:
    """What is told otherwise of the same stores, such as a suspension; empty for other stores."""
    if [store.platform for store in before] != [store.platform for store in after]:
        return ""
    told = []
    for old, new in zip(before, after):
        for fact in type(new).model_fields:
            was, now = getattr(old, fact), getattr(new, fact)
            if was != now:
                label = words.within(labels.label(words, fact))
                values = {"before": _value(fact, was, words), "after": _value(fact, now, words)}
                told.append(words.say("{fact} went from {before} to {after}", fact=label, **values))
    return words.both(list(dict.fromkeys(told)))


def _goal_cause(before: tuple[GoalWords, ...], after: tuple[GoalWords, ...], words: Words) -> str:
    """The goals: a new level, another definition, or other goals."""
    if len(before) == len(after) == 1:
        old, new = before[0], after[0]
        if old.kpi != new.kpi:
            family = labels.family_of(new.kpi)
            names = dict(family.kpis) if family else {}
            named = words.say(names[new.kpi]) if new.kpi in names else words.say(labels.UNKNOWN)
            return words.say("the KPI is now counted by: {definition}", definition=words.within(named))
        levels = [goal.at_least if goal.at_least is not None else goal.at_most for goal in (old, new)]
        if levels[0] != levels[1]:
            return words.say(
                "the level went from {before} to {after}",
                before=words.plain(levels[0] or Decimal(0)),
                after=words.plain(levels[1] or Decimal(0)),
            )
        if old.months != new.months:
            return words.say("the goal’s months changed")
    return words.say("the goals changed")


def _value(fact: str, value: Any, words: Words) -> str:
    """A fact's value in a few words; empty where it has none to say."""
    if value is None:
        return words.within(words.say(labels.UNKNOWN))
    if isinstance(value, bool):
        return words.within(words.say(mark("Yes") if value else mark("No")))
    if fact in ("return_rate", "ad_share"):
        return words.rate(value)
    if fact == "contract_months":
        return months(value, words)
    if isinstance(value, Decimal | int):
        return words.plain(Decimal(value))
    return labels.answer(words, fact, value) if isinstance(value, str) else ""
