"""View model of the compare page: offers side by side as strings, shares of a width, and points of a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from estimator.brief.goals import Probability
from estimator.comparing.candidate import Bar
from estimator.comparing.comparison import Comparison
from estimator.comparing.row import Compared
from estimator.market.summary import Spread
from estimator.presentation.assumptions import assumption_line
from estimator.presentation.compare_answer import ahead_line, answer_line, cells_of, row_line
from estimator.presentation.compare_picture import (
    LETTERS,
    Dot,
    Row,
    dots_of,
    padded,
    position,
    reach_of,
    ticks_of,
)
from estimator.presentation.compare_words import goal_line, offer_name, risk_words
from estimator.presentation.fee_words import short_terms
from estimator.presentation.phrases import level_asked, months, probability
from estimator.presentation.words import NONE, Words, about, mark
from estimator.values.units import WEEKS

BARS: tuple[tuple[str, str], ...] = (
    ("agency", mark("agency")),
    ("team", mark("own team")),
    ("passed", mark("passed through")),
    ("platform", mark("platform take")),
)


LITTLE = 0.5
"""Weeks below which a start is at once."""


@dataclass(frozen=True, kw_only=True)
class SideBySide:
    """The whole compare page. ``zero`` and ``ticks`` lie on the width of the densities."""

    answer: str
    beside: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    zero: float
    ticks: tuple[tuple[float, str], ...]
    legend: tuple[tuple[str, str], ...]
    scatter_title: str
    scatter_axis: str
    scatter: tuple[Dot, ...]
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]
    matrix_title: str
    matrix: tuple[tuple[tuple[str, float], ...], ...]
    ahead: str
    foot: str
    said: str


def side_by_side(comparison: Comparison, words: Words) -> SideBySide:
    """The page of a comparison; money is a month's but for the cash low point."""
    profits = [offer.monthly(offer.seller_profit) for offer in comparison.offers]
    low, high = reach_of(profits)
    rows = tuple(
        _row(index, offer, profit, comparison, (low, high), words)
        for index, (offer, profit) in enumerate(zip(comparison.offers, profits))
    )
    across = ticks_of(*padded([profit.p10 for profit in profits]), 4)
    up = ticks_of(*padded([profit.p50 for profit in profits]), 4)
    answer, beside = answer_line(comparison, words)
    return SideBySide(
        answer=answer,
        beside=beside,
        heads=_heads(comparison, words),
        rows=rows,
        zero=position(0.0, low, high),
        ticks=tuple(
            (position(at, low, high), _money(at, comparison, words, exact=True))
            for at in ticks_of(low, high, 6)
            if low < at < high
        ),
        legend=tuple((party, words.say(label)) for party, label in BARS),
        scatter_title=words.say("**Risk and return** · up and right is better"),
        scatter_axis=words.say("profit a month in a poor outcome (the worst tenth begins here)"),
        scatter=tuple(
            dots_of(
                [
                    (position(profit.p10, across[0], across[-1]), position(profit.p50, up[0], up[-1]))
                    for profit in profits
                ]
            )
        ),
        across=tuple(
            (position(at, across[0], across[-1]), _money(at, comparison, words, exact=True)) for at in across
        ),
        up=tuple((position(at, up[0], up[-1]), _money(at, comparison, words, exact=True)) for at in up),
        matrix_title=words.say("How often does the row beat the column?"),
        matrix=tuple(tuple(cells_of(offer, comparison, words)) for offer in comparison.offers),
        ahead=ahead_line(comparison, words),
        foot=words.say(
            "{months} · {points} points, seed {seed} · {scenario} · scenarios under stated assumptions, "
            "no promise",
            months=months(comparison.months, words),
            points=words.number(comparison.points),
            seed=comparison.seed,
            scenario=_scenarios(comparison, words),
        ),
        said=words.say("; ").join(row_line(row, words) for row in rows),
    )


def _heads(comparison: Comparison, words: Words) -> tuple[str, ...]:
    """The heads of the table's columns; the goal's is empty where no offer is asked about one."""
    return (
        words.say("Offer, per month"),
        words.say("All-in spend, average"),
        words.to(
            mark("Your profit: dot = median, bar = 8 in 10"),
            mark("Seller’s profit: dot = median, bar = 8 in 10"),
        ),
        words.say("Chance of loss"),
        _goal_head(comparison, words) if comparison.offers[0].goals else NONE,
        words.say("Cash low"),
        words.say("Starts in"),
        words.say("Risk on"),
    )


def _scenarios(comparison: Comparison, words: Words) -> str:
    names = dict.fromkeys(offer.scenario for offer in comparison.offers)
    return words.both([words.of(comparison.rules.scenarios[name].label) for name in names])


def _money(amount: float, comparison: Comparison, words: Words, *, exact: bool = False) -> str:
    """An amount for a table: thousands as k in English, in full in Chinese; ``exact`` with half thousands."""
    if words.language == "en" and abs(amount) >= 10_000:
        thousands = amount / 1000
        digits = 1 if exact and thousands != round(thousands) else 0
        return words.money(thousands, comparison.currency, digits=digits) + "k"
    return words.money(amount, comparison.currency)


def _row(
    index: int,
    offer: Compared,
    profit: Spread,
    comparison: Comparison,
    reach: tuple[float, float],
    words: Words,
) -> Row:
    most = max(other.all_in_cost.mean for other in comparison.offers) or 1.0
    parts = (offer.agency_fee, offer.own_team, offer.passed_through, offer.platform_take)
    loss = probability(offer.loss_probability, words)
    top = max((height for _, height in offer.density), default=1.0) or 1.0
    goal = offer.goals[0] if offer.goals else None
    return Row(
        id=offer.id,
        letter=LETTERS[index],
        name=offer_name(offer, comparison, words),
        terms=_terms(offer, comparison, words),
        bar=tuple(
            (party, max(part.mean, 0.0) / most)
            for (party, _), part in zip(BARS, parts)
            if part.mean >= 0.005 * most
        ),
        spend=words.money(about(offer.monthly(offer.all_in_cost).mean), comparison.currency),
        curve=tuple((position(at / offer.months, *reach), height / top) for at, height in offer.density),
        low=position(profit.p10, *reach),
        middle=position(profit.p50, *reach),
        high=position(profit.p90, *reach),
        profit=_money(about(profit.p50), comparison, words),
        loss=NONE if offer.idle else loss,
        goal=NONE if goal is None or offer.idle else _chance(goal.probability, words),
        cash=_money(about(offer.cash_low.p50), comparison, words),
        start=NONE if offer.idle else _start(offer.start_weeks, words),
        risk=NONE if offer.idle else _bearer(offer, words),
        box=tuple(_box(offer, comparison, words)),
    )


def _chance(known: Probability | None, words: Words) -> str:
    return NONE if known is None else probability(known, words)


def _goal_head(comparison: Comparison, words: Words) -> str:
    """The first goal without its months, which its offer's box tells."""
    return level_asked(comparison.offers[0].goals[0].goal, words, comparison.currency)


def _terms(offer: Compared, comparison: Comparison, words: Words) -> str:
    parts = []
    if offer.ours:
        parts.append(words.say("ours"))
    elif offer.bar is not None:
        parts.append(words.say(BARRED[offer.bar]))
    if offer.terms is not None:
        parts.append(short_terms(offer.terms, comparison.currency, words))
    elif offer.note is not None:
        parts.append(words.of(offer.note))
    return " · ".join(parts)


def _start(weeks: float, words: Words) -> str:
    if weeks < LITTLE:
        return words.say("at once")
    if weeks >= 8:
        return words.say("{count} months", count=words.number(weeks / WEEKS, 1))
    return words.say("{count} weeks", count=words.number(weeks))


def _bearer(offer: Compared, words: Words) -> str:
    """Who bears a fall in sales, in a word or two."""
    risk = offer.risk
    if risk.seller >= 0.85:
        return words.to(mark("you"), mark("seller"))
    if risk.seller >= 0.6:
        return words.to(mark("mostly you"), mark("mostly seller"))
    other = max(("agency", "platform", "creators"), key=lambda name: getattr(risk, name))
    if getattr(risk, other) >= 0.6:
        return words.say(MOSTLY[other])
    return words.say("shared")


BARRED: Mapping[Bar, str] = {
    "ended": mark("ended offer"),
    "platform": mark("needs a platform not chosen"),
    "team": mark("no team by the start"),
    "scope": mark("work not told: set as ours"),
}
MOSTLY: Mapping[str, str] = {
    "agency": mark("mostly agency"),
    "platform": mark("mostly platform"),
    "creators": mark("mostly creators"),
}


def _box(offer: Compared, comparison: Comparison, words: Words) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What opens at an offer: its money with ranges, its goals, who bears what, and what is assumed."""

    def line(label: str, spread: Spread, middle: float) -> str:
        amount, low, high = (
            words.money(about(value), comparison.currency) for value in (middle, spread.p10, spread.p90)
        )
        return words.say(
            "{label}: **{amount}** ({low} to {high})", label=label, amount=amount, low=low, high=high
        )

    blocks = (
        (words.say("Agency fee"), offer.agency_fee),
        (words.say("Own team"), offer.own_team),
        (words.say("Passed through"), offer.passed_through),
        (words.say("Platform take"), offer.platform_take),
        (words.say("GMV"), offer.gmv),
    )
    sums = [(label, offer.monthly(spread)) for label, spread in blocks if spread.mean or spread.p90]
    profit = offer.monthly(offer.seller_profit)
    middle = words.to(mark("Your profit, middle outcome"), mark("Seller’s profit, middle outcome"))
    yield (
        words.say("A month, on average (8 in 10 outcomes)"),
        (
            *(line(label, spread, spread.mean) for label, spread in sums),
            *(() if offer.idle else (line(middle, profit, profit.p50),)),
        ),
    )
    goals = [goal_line(chance, comparison.currency, words) for chance in offer.goals]
    yield words.say("Goals, start and risk"), (*goals, risk_words(offer, words))
    assumed = [words.of(text) for text in offer.assumptions]
    if offer.ads_from_fee is not None:
        amount = words.money(about(offer.ads_from_fee), comparison.currency)
        assumed.append(words.say("Its fee is assumed to buy ads for {amount}.", amount=amount))
    yield words.say("What is assumed of it"), tuple(assumed)
    yield (
        words.say("Figures behind it (90% range, grade)"),
        tuple(assumption_line(row, words) for row in offer.rows),
    )
