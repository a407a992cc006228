"""A paid pilot as JSON, as a table for a page, and as lines that can be read to a seller."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from estimator.presentation.heading import state_lines
from estimator.presentation.phrases import (
    chance_words,
    goal_words,
    months,
    probability,
    safe_level,
    sign_of,
)
from estimator.presentation.words import NONE, Words, about, mark
from estimator.quoting.pilot import Pilot, Result, ValueOfInformation
from estimator.quoting.quote import Quote

LITTLE = 0.3
"""Below this share of what is open a test adds little."""
_NEWS = (mark("Poor news"), mark("Middling news"), mark("Good news"))


@dataclass(frozen=True, kw_only=True)
class NewsRow:
    """One row of the table: today, or after one third of the results."""

    label: str
    chance: str
    safe: str
    price: str
    profit: str


@dataclass(frozen=True, kw_only=True)
class PilotView:
    """What a page shows of a pilot: its lead, rows for today and each piece of news, the other sentences."""

    title: str
    lead: str
    heads: tuple[str, ...]
    rows: tuple[NewsRow, ...]
    lines: tuple[str, ...]


def pilot_view(quote: Quote, pilot: Pilot, history: ValueOfInformation, words: Words) -> PilotView:
    """The pilot for a page; ``history`` is what months of past figures would do instead."""
    labels = [words.say("Today"), *map(words.say, _NEWS)]
    lead, left = _test_lines(quote, pilot, words)
    return PilotView(
        title=words.say("What a paid test would tell"),
        lead=lead,
        heads=(
            words.say("Probability"),
            words.say("Safe level"),
            words.say("Fixed fees a month"),
            words.to(mark("Your profit, on average"), mark("Seller’s profit, on average")),
        ),
        rows=tuple(
            _row(label, news, pilot.value, quote.currency, words)
            for label, news in zip(labels, (pilot.value.now, *pilot.value.news))
        ),
        lines=(_taught(pilot.value, words), left, *_worth_lines(quote, pilot, history, words)),
    )


def pilot_text(quote: Quote, pilot: Pilot, history: ValueOfInformation, words: Words) -> str:
    """The pilot in sentences."""
    lines = [*state_lines(quote.rules, words)]
    lines += [*_test_lines(quote, pilot, words), _taught(pilot.value, words)]
    lines += [*_news_lines(pilot.value, quote.currency, words), *_worth_lines(quote, pilot, history, words)]
    return "\n".join(lines)


def _row(label: str, news: Result, value: ValueOfInformation, currency: str, words: Words) -> NewsRow:
    return NewsRow(
        label=label,
        chance=probability(news.chance, words),
        safe=_level(news.safe, value, currency, words),
        price=NONE if news.price is None else words.money(news.price, currency),
        profit=words.money(about(news.profit), currency, signed=True),
    )


def _test_lines(quote: Quote, pilot: Pilot, words: Words) -> tuple[str, str]:
    """What the test is, and what it leaves the seller."""

    def amount(value: float, *, signed: bool = False) -> str:
        return words.money(about(value), quote.currency, signed=signed)

    test = words.say(
        "A test of {weeks} weeks: {spend} of ads, about {orders} orders, a fee of {fee} by the day.",
        weeks=words.plain(Decimal(repr(pilot.weeks))),
        spend=amount(pilot.spend),
        orders=words.number(about(pilot.orders)),
        fee=words.money(pilot.fee, quote.currency, digits=2),
    )
    left = words.to(
        mark(
            "The test itself leaves you {middle} after goods, platform, ads and fee, middle outcome "
            "(8 in 10: {low} to {high})."
        ),
        mark(
            "The test itself leaves the seller {middle} after goods, platform, ads and fee, middle outcome "
            "(8 in 10: {low} to {high})."
        ),
        middle=amount(pilot.result.p50, signed=True),
        low=amount(pilot.result.p10, signed=True),
        high=amount(pilot.result.p90, signed=True),
    )
    return test, left


def _news_lines(value: ValueOfInformation, currency: str, words: Words) -> Iterator[str]:
    """Probability, safe level and fee, today and after each piece of news."""
    yield words.say(
        "Probability of {goal}: {now} today; then {poor}, {middling} or {good}, all three equally likely.",
        goal=goal_words(value.goal, words, currency),
        now=probability(value.now.chance, words),
        **_named(probability(news.chance, words) for news in value.news),
    )
    if value.now.safe is not None and value.safe is not None:
        yield words.say(
            "Safe to sign: {now} today; then {poor}, {middling} or {good}, {mean} on average.",
            now=_level(value.now.safe, value, currency, words),
            mean=_level(value.safe, value, currency, words),
            **_named(_level(news.safe, value, currency, words) for news in value.news),
        )
    if value.now.price is not None and value.price is not None:
        yield words.say(
            "Fixed fees a month: {now} today; then {poor}, {middling} or {good}, {mean} on average, "
            "because the difficulty of the KPI is read anew.",
            now=words.money(value.now.price, currency),
            mean=words.money(about(float(value.price)), currency),
            **_named(
                NONE if news.price is None else words.money(news.price, currency) for news in value.news
            ),
        )


def _worth_lines(quote: Quote, pilot: Pilot, history: ValueOfInformation, words: Words) -> Iterator[str]:
    """What knowing first is worth, what is left of that after the test's cost, and what history would do."""
    value, currency = pilot.value, quote.currency

    yield words.say(
        "After {stop} of results going on would lose money on average; knowing that first is worth {worth} "
        "over {term}.",
        stop=chance_words(value.stop, words),
        worth=words.money(about(value.worth), currency),
        term=months(value.months, words),
    )
    yield _verdict(pilot, words, words.money(about(abs(pilot.net)), currency))
    if history.weight < LITTLE:
        yield words.say("Three more months of past figures would add little.")
    elif history.safe is not None:
        yield words.say(
            "Three months of the account’s own figures at this budget, if there are any, settle {share} "
            "without a test: {mean} safe to sign on average.",
            share=words.percent(history.weight),
            mean=_level(history.safe, history, currency, words),
        )
    else:
        yield words.say(
            "Three months of the account’s own figures at this budget, if there are any, settle {share} "
            "without a test.",
            share=words.percent(history.weight),
        )


def _taught(value: ValueOfInformation, words: Words) -> str:
    share = words.percent(value.weight)
    if not value.held:
        return words.say("It would settle {share} of what is still open about this account.", share=share)
    held = words.percent(value.held)
    if value.weight < LITTLE:
        return words.say(
            "Past months already settle {held} of what was open about this account; the test adds little: "
            "{share} of the rest.",
            held=held,
            share=share,
        )
    return words.say(
        "Past months settle {held} of what was open about this account; the test {share} of the rest.",
        held=held,
        share=share,
    )


def _verdict(pilot: Pilot, words: Words, net: str) -> str:
    if pilot.value.worth < 1:
        return words.say(
            "No result would change the choice, so the test is worth its cost only for a firmer KPI."
        )
    if pilot.net >= 0:
        return words.say("All in all the test is worth {net} more than it costs.", net=net)
    return words.say(
        "All in all the test costs {net} more than the choice gains; what remains is a firmer KPI.", net=net
    )


def _level(level: float | None, value: ValueOfInformation, currency: str, words: Words) -> str:
    if level is None:
        return NONE
    return f"{sign_of(value.goal)} {safe_level(level, value.goal, currency, words)}"


def _named(three: Iterator[str]) -> dict[str, str]:
    return dict(zip(("poor", "middling", "good"), three))
