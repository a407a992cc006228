"""View model of the compare page: offers side by side as strings, shares of a width, and points of a line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from estimator.brief.goals import Probability
from estimator.comparing.comparison import Comparison
from estimator.comparing.crossover import Crossover
from estimator.comparing.flip import Flip
from estimator.comparing.row import Compared
from estimator.comparing.tipping import nearest_assumptions
from estimator.contract.charges import Bound, ShareOf
from estimator.contract.terms import Terms
from estimator.market.summary import Spread
from estimator.presentation.compared import (
    flip_words,
    goal_line,
    offer_name,
    risk_words,
)
from estimator.presentation.phrases import (
    level_asked,
    months,
    on_result,
    probability,
    rates_of,
)
from estimator.presentation.reasons import assumption_line
from estimator.presentation.words import NONE, Words, about, mark
from estimator.rules.rules import Rules
from estimator.values.units import WEEKS

LETTERS = "ABCDEF"
Side = Literal["right", "left", "above", "below"]
SIDES: Mapping[Side, tuple[float, float]] = MappingProxyType(
    {"right": (0.035, 0.0), "left": (-0.035, 0.0), "above": (0.0, 0.1), "below": (0.0, -0.1)}
)
"""Where a letter may stand, as steps on the width and the height of the picture."""
NEAR = (0.045, 0.1)
"""Closer than this on both, letters and dots overlap."""
BARS: tuple[tuple[str, str], ...] = (
    ("agency", mark("agency")),
    ("team", mark("own team")),
    ("passed", mark("passed through")),
    ("platform", mark("platform take")),
)
MOST_TURNS = 3
LITTLE = 0.5
"""Weeks below which a start is at once."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One offer. ``bar`` holds (party, share of the dearest offer's spend).

    ``curve`` is the density as (x, height), both 0 to 1; ``low``, ``middle``, ``high`` are the tenth, the
    middle and the nine tenths of profit on the same width. ``box`` is what opens: a title and lines each.
    """

    id: str
    letter: str
    name: str
    terms: str
    bar: tuple[tuple[str, float], ...]
    spend: str
    curve: tuple[tuple[float, float], ...]
    low: float
    middle: float
    high: float
    profit: str
    loss: str
    goal: str
    cash: str
    start: str
    risk: str
    box: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Dot:
    """An offer between its profit in a poor outcome and its middle profit, both 0 to 1 of the picture.

    ``side`` is where its letter stands beside the dot.
    """

    letter: str
    x: float
    y: float
    side: Side


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
    dominated: str
    foot: str
    said: str


@dataclass(frozen=True, kw_only=True)
class LineupWords:
    """The words of the page's controls, and the names of what can be chosen."""

    by: str
    views: Mapping[str, str]
    add: str
    add_scenarios: str
    offers: str
    names: Mapping[str, str]
    scenarios: str
    scenario_names: Mapping[str, str]
    one: str
    settlement: str
    settlements: Mapping[str, str]
    other_agency: str
    fields: Mapping[str, str]
    hints: Mapping[str, str]
    reach: str
    reaches: Mapping[str, str]
    counts: str
    counted: Mapping[str, str]
    few: str
    draws: str
    alone: str


def lineup_words(names: Sequence[str], rules: Rules, words: Words) -> LineupWords:
    """The words of the page's controls, for the offers ``names``."""
    ways, scenarios = rules.ways, rules.scenarios
    return LineupWords(
        by=words.say("What is compared"),
        views={"offers": words.say("Offers"), "scenarios": words.say("Scenarios")},
        add=words.say("Choose offers"),
        add_scenarios=words.say("Choose scenarios"),
        offers=words.say("Two to six offers"),
        names={name: _named(name, rules, words) for name in names},
        scenarios=words.say("Two to six scenarios"),
        scenario_names={name: words.of(scenario.label) for name, scenario in scenarios.items()},
        one=words.say("Offer"),
        settlement=words.say("Our offers settle by"),
        settlements={"": words.say("as in the brief")}
        | {name: words.of(label) for name, label in ways.settlements.items()},
        other_agency=words.say("Another agency’s quote, a month"),
        fields={
            "base": words.say("Base fee"),
            "commission": words.say("Commission"),
            "minimum": words.say("Minimum"),
            "cap": words.say("Cap"),
            "setup": words.say("Set-up, once"),
            "refund": words.say("Back if missed"),
        },
        hints={
            "base": words.say("none"),
            "commission": words.say("5%; 8% > 40k"),
            "minimum": words.say("none"),
            "cap": words.say("none"),
            "setup": words.say("none"),
            "refund": words.say("30% of base"),
        },
        reach=words.say("A tier reaches"),
        reaches={"slice": words.say("the slice above"), "whole": words.say("the whole amount")},
        counts=words.say("Commission on"),
        counted={"gmv": words.say("GMV"), "settled_gmv": words.say("settled GMV")},
        few=words.say("Choose two to six."),
        draws=words.say("Download draws"),
        alone=words.say("One assumption alone?"),
    )


def lineup_notes(left_out: Sequence[str], unpriced: bool, rules: Rules, words: Words) -> Iterator[str]:
    """What was chosen and does not stand in the table, and why."""
    if left_out:
        names = words.both([_named(name, rules, words) for name in left_out])
        yield words.say("Six at most: take one off to see {names}.", names=names)
    elif unpriced:
        yield words.say("{name} joins the table once a fee is typed.", name=_named("agency", rules, words))


def _named(name: str, rules: Rules, words: Words) -> str:
    """What an offer that may be chosen is called."""
    ways = rules.ways
    if name in rules.offers:
        return words.of(rules.offers[name].label)
    if name in ways.models:
        return words.of(ways.models[name].label)
    return words.of(ways.words.agency if name == "agency" else ways.words.agreed)


@dataclass(frozen=True, kw_only=True)
class Turns:
    """What would turn the choice: a title, then a title and its sentences each."""

    title: str
    lines: tuple[tuple[str, tuple[str, ...]], ...]


def turns(found: Comparison, flips: Sequence[Flip], crossing: Crossover | None, words: Words) -> Turns:
    """What would turn the order of the best offer and those that come next, and what the plan costs."""
    lines = tuple(_turns(found, flips, crossing, words))
    return Turns(title=words.say("The choice flips if …") if lines else "", lines=lines)


def assumption_turns(found: Comparison, count: int, words: Words) -> Turns:
    """Which single assumptions would turn the order of the best offer and the ``count`` that come next."""
    names = {offer.id: offer_name(offer, found, words) for offer in found.offers}
    lines = [
        (
            words.say("{other} over {better}", other=names[alone.other], better=names[alone.better]),
            tuple(flip_words(flip, found, words) for flip in alone.flips)
            or (words.say("no single assumption does, moved within its middle 80%"),),
        )
        for alone in nearest_assumptions(found, count)
    ]
    return Turns(title=words.say("One assumption changed, all else as it is"), lines=tuple(lines))


def side_by_side(found: Comparison, words: Words) -> SideBySide:
    """The page of a comparison; money is a month's but for the cash low point."""
    profits = [offer.monthly(offer.seller_profit) for offer in found.offers]
    low, high = _reach(profits)
    rows = tuple(
        _row(index, offer, profit, found, (low, high), words)
        for index, (offer, profit) in enumerate(zip(found.offers, profits))
    )
    first = found.brief.goals[0] if found.offers[0].goals else None
    across = _ticks(*_padded([profit.p10 for profit in profits]), 4)
    up = _ticks(*_padded([profit.p50 for profit in profits]), 4)
    answer, beside = _answer(found, words)
    return SideBySide(
        answer=answer,
        beside=beside,
        heads=(
            words.say("Offer, per month"),
            words.say("All-in spend"),
            words.to(
                mark("Your profit: dot = median, bar = 8 in 10"),
                mark("Seller’s profit: dot = median, bar = 8 in 10"),
            ),
            words.say("Chance of loss"),
            _goal_head(found, words) if first else NONE,
            words.say("Cash low"),
            words.say("Starts in"),
            words.say("Risk on"),
        ),
        rows=rows,
        zero=_at(0.0, low, high),
        ticks=tuple(
            (_at(at, low, high), _money(at, found, words, exact=True))
            for at in _ticks(low, high, 6)
            if low < at < high
        ),
        legend=tuple((party, words.say(label)) for party, label in BARS),
        scatter_title=words.say("**Risk and return** · up and right is better"),
        scatter_axis=words.say("profit a month in a poor outcome (the worst tenth begins here)"),
        scatter=tuple(
            _dots(
                [
                    (_at(profit.p10, across[0], across[-1]), _at(profit.p50, up[0], up[-1]))
                    for profit in profits
                ]
            )
        ),
        across=tuple((_at(at, across[0], across[-1]), _money(at, found, words, exact=True)) for at in across),
        up=tuple((_at(at, up[0], up[-1]), _money(at, found, words, exact=True)) for at in up),
        matrix_title=words.say("How often does the row beat the column?"),
        matrix=tuple(tuple(_cells(offer, found, words)) for offer in found.offers),
        dominated=_dominated(found, words),
        foot=words.say(
            "{months} · {points} points, seed {seed} · {scenario} · scenarios under stated assumptions, "
            "no promise",
            months=months(found.months, words),
            points=words.number(found.points),
            seed=found.seed,
            scenario=_scenarios(found, words),
        ),
        said=words.say("; ").join(_said(row, words) for row in rows),
    )


def _dots(places: list[tuple[float, float]]) -> Iterator[Dot]:
    """The offers' dots, each letter on the first side on which it covers no dot and no other letter."""
    taken = list(places)
    for letter, (x, y) in zip(LETTERS, places):
        spots: dict[Side, tuple[float, float]] = {side: (x + dx, y + dy) for side, (dx, dy) in SIDES.items()}
        side: Side = next((name for name, spot in spots.items() if not _crowded(spot, taken)), "right")
        taken.append(spots[side])
        yield Dot(letter=letter, x=x, y=y, side=side)


def _crowded(spot: tuple[float, float], taken: list[tuple[float, float]]) -> bool:
    return any(abs(spot[0] - x) < NEAR[0] * 0.7 and abs(spot[1] - y) < NEAR[1] * 0.7 for x, y in taken)


def _said(row: Row, words: Words) -> str:
    return words.say(
        "{offer}: profit {profit}, loss in {loss}", offer=row.name, profit=row.profit, loss=row.loss
    )


def _scenarios(found: Comparison, words: Words) -> str:
    names = dict.fromkeys(offer.scenario for offer in found.offers)
    return words.both([words.of(found.rules.scenarios[name].label) for name in names])


def _reach(profits: Sequence[Spread]) -> tuple[float, float]:
    """The width of the densities: from the lowest P10 to the highest P90, with air, and zero within."""
    edges = [edge for profit in profits for edge in (profit.p10, profit.p90)]
    low, high = min([0.0, *edges]), max([0.0, *edges])
    air = 0.12 * (high - low) or 1.0
    return low - air, high + air


def _at(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low)


def _padded(values: list[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    air = 0.15 * (high - low) or max(abs(high) * 0.1, 100.0)
    return low - air, high + air


def _ticks(low: float, high: float, count: int) -> tuple[float, ...]:
    """Round amounts from below ``low`` to above ``high``, about ``count`` steps apart."""
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * unit for unit in (1, 2, 2.5, 5, 10) if power * unit >= raw)
    first, last = math.floor(low / step), math.ceil(high / step)
    return tuple(step * index for index in range(first, last + 1))


def _money(amount: float, found: Comparison, words: Words, *, exact: bool = False) -> str:
    """An amount for a table: thousands as k in English, in full in Chinese; ``exact`` with half thousands."""
    if words.language == "en" and abs(amount) >= 10_000:
        thousands = amount / 1000
        digits = 1 if exact and thousands != round(thousands) else 0
        return words.money(thousands, found.currency, digits=digits) + "k"
    return words.money(amount, found.currency)


def _row(
    index: int, offer: Compared, profit: Spread, found: Comparison, reach: tuple[float, float], words: Words
) -> Row:
    most = max(other.all_in_cost.mean for other in found.offers) or 1.0
    parts = (offer.agency_fee, offer.own_team, offer.passed_through, offer.platform_take)
    loss, _ = probability(offer.loss_probability, words)
    top = max((height for _, height in offer.density), default=1.0) or 1.0
    goal = offer.goals[0] if offer.goals else None
    return Row(
        id=offer.id,
        letter=LETTERS[index],
        name=offer_name(offer, found, words),
        terms=_terms(offer, found, words),
        bar=tuple(
            (party, max(part.mean, 0.0) / most)
            for (party, _), part in zip(BARS, parts)
            if part.mean >= 0.005 * most
        ),
        spend=words.money(about(offer.monthly(offer.all_in_cost).mean), found.currency),
        curve=tuple((_at(at / offer.months, *reach), height / top) for at, height in offer.density),
        low=_at(profit.p10, *reach),
        middle=_at(profit.p50, *reach),
        high=_at(profit.p90, *reach),
        profit=_money(about(profit.p50), found, words),
        loss=loss,
        goal=NONE if goal is None else _chance(goal.probability, words),
        cash=_money(about(offer.cash_low.p50), found, words),
        start=_start(offer.start_weeks, words),
        risk=_bearer(offer, words),
        box=tuple(_box(offer, found, words)),
    )


def _chance(known: Probability | None, words: Words) -> str:
    return NONE if known is None else probability(known, words)[0]


def _goal_head(found: Comparison, words: Words) -> str:
    """The first goal without its months, which its offer's box tells."""
    return level_asked(found.offers[0].goals[0].goal, words, found.currency)


def _terms(offer: Compared, found: Comparison, words: Words) -> str:
    parts = []
    if offer.ours:
        parts.append(words.say("ours"))
    elif offer.as_of and offer.ended:
        parts.append(words.say("ended offer"))
    if offer.terms is not None:
        parts.append(_short_terms(offer.terms, found.currency, words))
    elif offer.note is not None:
        parts.append(words.of(offer.note))
    return " · ".join(parts)


def _short_terms(terms: Terms, currency: str, words: Words) -> str:
    """What is signed in one breath: $7,850 + 5%; once, then a share: $6,000 once + 20%."""
    monthly, once = terms.fixed("month"), terms.fixed("once")
    parts = [words.money(monthly, currency)] if monthly else []
    parts += [
        rates_of(c, words) for c in terms.charges if isinstance(c, ShareOf) and c.of.of != ("ad_spend",)
    ]
    if once:
        at = len(parts) if monthly else 0
        parts.insert(at, words.say("{amount} once", amount=words.money(once, currency)))
    said = [" + ".join(parts) or words.say("by the piece")]
    for bound in (charge for charge in terms.charges if isinstance(charge, Bound)):
        if bound.at_least is not None:
            said.append(words.say("at least {amount}", amount=words.money(bound.at_least, currency)))
        if bound.at_most is not None:
            said.append(words.say("at most {amount}", amount=words.money(bound.at_most, currency)))
    said += [line.replace("**", "") for line in on_result(terms, currency, words)]
    return words.both(said)


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


MOSTLY: Mapping[str, str] = {
    "agency": mark("mostly agency"),
    "platform": mark("mostly platform"),
    "creators": mark("mostly creators"),
}


def _box(offer: Compared, found: Comparison, words: Words) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What opens at an offer: its money with ranges, its goals, who bears what, and what is assumed."""

    def line(label: str, spread: Spread) -> str:
        amount, low, high = (
            words.money(about(value), found.currency) for value in (spread.mean, spread.p10, spread.p90)
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
        (words.to(mark("Your profit"), mark("Seller’s profit")), offer.seller_profit),
    )
    yield (
        words.say("A month, expected (8 in 10 outcomes)"),
        tuple(line(label, offer.monthly(spread)) for label, spread in blocks if spread.mean or spread.p90),
    )
    goals = [goal_line(chance, found.currency, words) for chance in offer.goals]
    yield words.say("Goals, start and risk"), (*goals, risk_words(offer, words))
    assumed = [words.of(text) for text in offer.assumptions]
    if offer.ads_from_fee is not None:
        amount = words.money(about(offer.ads_from_fee), found.currency)
        assumed.append(words.say("Its fee is assumed to buy ads for {amount}.", amount=amount))
    yield words.say("What is assumed of it"), tuple(assumed)
    yield (
        words.say("Figures behind it (90% range, grade)"),
        tuple(assumption_line(row, words) for row in offer.rows),
    )


def _answer(found: Comparison, words: Words) -> tuple[str, str]:
    """The sentence that answers, and how sure it is."""
    names = {offer.id: offer_name(offer, found, words) for offer in found.offers}
    best, safest = names[found.best], names[found.safest]
    if found.of_scenarios:
        worst = min(found.offers, key=lambda offer: offer.seller_profit.p50)
        return (
            words.say("{best} leaves the most, {worst} the least.", best=best, worst=names[worst.id]),
            words.say("Scenarios are what may come, not a choice."),
        )
    rivals = [name for name in names if name != found.best]
    rival = (
        found.safest
        if found.safest != found.best
        else max(rivals, key=lambda name: found.offer(name).seller_profit.p50)
    )
    chance, _ = probability(found.beats[found.best][rival], words)
    beside = words.say(
        "{one} beats {other} in **{chance}** of the same outcomes.",
        one=best,
        other=names[rival],
        chance=chance,
    )
    if found.best_available not in (None, found.best):
        beside = words.say(
            "{best} can no longer be taken; of the rest {offer} is best in the middle.",
            best=best,
            offer=names[str(found.best_available)],
        )
    if found.best == found.safest:
        return words.say("{offer} is best in the middle and in a poor outcome alike.", offer=best), beside
    return (
        words.say("{best} earns most in the middle, {safest} is the safest.", best=best, safest=safest),
        beside,
    )


def _cells(offer: Compared, found: Comparison, words: Words) -> Iterator[tuple[str, float]]:
    """How often an offer beats each: as printed, and how deep the cell is shaded (0 where it loses)."""
    for other in found.offers:
        if other.id == offer.id:
            yield "·", 0.0
        else:
            share = found.beats[offer.id][other.id].value
            yield words.percent(share), max(0.0, 2 * share - 1)


def _turns(
    found: Comparison, flips: Sequence[Flip], crossing: Crossover | None, words: Words
) -> Iterator[tuple[str, tuple[str, ...]]]:
    names = {offer.id: offer_name(offer, found, words) for offer in found.offers}
    for flip in flips:
        title = words.say("{other} over {better}", other=names[flip.other], better=names[flip.better])
        none = words.say("nothing looked at turns it")
        yield title, (none if flip.value is None else flip_words(flip, found, words),)
    if crossing is not None:
        title = words.say("{plan} or {other}, all in", plan=names[crossing.plan], other=names[crossing.other])
        yield title, (_crossing(crossing, found, words),)


def _crossing(crossing: Crossover, found: Comparison, words: Words) -> str:
    """Where the all-in costs meet, if they do, and what the agency must sell to be worth it."""

    def said(amount: float) -> str:
        return words.money(about(amount), found.currency)

    met = (
        words.say("equal at GMV {gmv} a month", gmv=said(crossing.gmv))
        if crossing.reached and crossing.gmv is not None
        else words.say("no GMV within reach makes them equal")
    )
    if crossing.needed is None:
        return words.say("{met}; no GMV makes up for the fee", met=met)
    return words.say(
        "{met}; to leave as much, {needed} a month must be sold, assumed {sells}",
        met=met,
        needed=said(crossing.needed),
        sells=said(crossing.sells[1]),
    )


def _dominated(found: Comparison, words: Words) -> str:
    if found.of_scenarios:
        return ""
    letters = {offer.id: letter for offer, letter in zip(found.offers, LETTERS)}
    parts = [
        words.say("{offer} by {others}", offer=letters[name], others=" ".join(letters[other] for other in by))
        for name, by in found.dominated.items()
        if by
    ]
    if not parts:
        return words.say("**Dominated:** none; each offer is ahead in the middle or in a poor outcome.")
    return words.say(
        "**Dominated**, behind in the middle and in a poor outcome: {parts}.", parts=words.both(parts)
    )
