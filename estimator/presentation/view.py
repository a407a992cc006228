"""View models: a quote as the strings and numbers of a page, in one language.

A screen only places what stands here. ``**`` marks what is set in bold. Expected amounts are rounded to
what their error allows; agreed amounts stand exactly as the terms have them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal

from estimator.brief import Brief
from estimator.economics import Blocks
from estimator.errors import Fault
from estimator.goals import Goal, Probability
from estimator.kpis import Kpi, Quantity
from estimator.presentation import answers
from estimator.presentation.charts import Odds, Rule
from estimator.presentation.words import MINUS, NONE, Words, about, mark
from estimator.questions import Unanswered
from estimator.quote import GoalOdds, Quote
from estimator.terms import Fixed, ShareOf
from estimator.text import Text

Party = Literal["agency", "passed", "platform"]

MOST_PRICE_LINES = {1: 9, 2: 7, 3: 5}
"""Lines of the price shown at once beside so many goals."""
LONG = 11
"""Characters that fit into a large figure."""
MOST_ASKS = 3


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One of the four large figures; a ``reference`` is set lighter, an ``empty`` one is dashed."""

    id: str
    label: str
    value: str
    beside: str = ""
    lines: tuple[str, ...] = ()
    reference: bool = False
    empty: bool = False


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A block of the spend: its label, and its bars as shares of the whole, largest unit 1."""

    party: Party
    label: str
    shares: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class PriceLine:
    """A step of the price: what it adds and the rule behind it; the bar in shares of the widest sum."""

    label: str
    amount: str
    rule: str
    rule_id: str
    look: Literal["list", "cut", "sum", "none"]
    left: float
    width: float
    change: float = 0.0


@dataclass(frozen=True, kw_only=True)
class GoalLine:
    """A goal in one row: its words, its probability and its safe level."""

    label: str
    probability: str
    safe: str


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A question still open, and what its answers would move."""

    fact: str
    question: str
    effect: str


@dataclass(frozen=True, kw_only=True)
class Guard:
    """A guard raised: its sign, its word, its text and its rule."""

    severity: str
    sign: str
    word: str
    text: str
    rule_id: str
    rule: str


@dataclass(frozen=True, kw_only=True)
class Live:
    """The whole live page of one quote."""

    figures: tuple[Figure, ...]
    spend_title: str
    segments: tuple[Segment, ...]
    odds_title: str
    odds: Odds | None
    odds_said: str
    caption: str
    assumed: str
    price_title: str
    price_lines: tuple[PriceLine, ...]
    price_more: tuple[PriceLine, ...]
    goals_title: str
    goals: tuple[GoalLine, ...]
    asks_title: str
    asks_moves: str
    asks: tuple[Ask, ...]
    guards: tuple[Guard, ...]
    foot: str


@dataclass(frozen=True, kw_only=True)
class Example:
    """A brief to open: the name of its file, a title and one line of facts."""

    id: str
    title: str
    line: str


@dataclass(frozen=True, kw_only=True)
class Chrome:
    """The words of the page that no quote changes."""

    brand: str
    page: str
    new_brief: str
    example: str
    fresh: str
    open: str
    more_facts: str
    known: str
    unknown: str
    pick: str
    amount_hint: str
    level_hint: str
    intro_title: str
    intro: str
    examples: str
    first_goal: str
    second_goal: str
    third_goal: str
    no_goal: str
    more: str
    scenario: str
    language: str
    refused: str
    figure: str
    stores: str


def chrome(words: Words, known: int, asked: int) -> Chrome:
    """The page's own words; ``known`` of ``asked`` facts have an answer."""
    return Chrome(
        brand="Quotecast",
        page=words.say("Live quote"),
        new_brief=words.say("New brief"),
        example=words.say("example brief"),
        fresh=words.say("Clear"),
        open=words.say("Open"),
        more_facts=words.say("More facts"),
        known=words.say("{known} of {asked} known", known=known, asked=asked),
        unknown=words.say(answers.UNKNOWN),
        pick=words.say("Choose"),
        amount_hint=words.say("40k or 40,000"),
        level_hint="2.5",
        intro_title=words.say("Four answers make a quote."),
        intro=words.say(
            "Platform, category, ad budget and one goal. Everything else may stay unknown: the price is then "
            "a range, and the page says which question narrows it most."
        ),
        examples=words.say("Or start from an example"),
        first_goal=words.say("The goal in full"),
        second_goal=words.say("A second goal"),
        third_goal=words.say("A third goal"),
        no_goal=words.say("No goal"),
        more=words.say("more"),
        scenario=words.say(answers.LABELS["scenario"]),
        language=words.say("Language"),
        refused=words.say("No price for these answers"),
        figure=words.say("Probability of each level, and how the outcomes spread"),
        stores=words.say("Goals, stores"),
    )


def months(count: int, words: Words) -> str:
    """A number of months: 6 months, 1 month."""
    return words.say("1 month") if count == 1 else words.say("{count} months", count=count)


def live(quote: Quote, scenario: Text, words: Words) -> Live:
    """The page of ``quote``, made under the scenario of that label."""
    first = quote.goals[0] if quote.goals else None
    moving, every = _price_lines(quote, words)
    most = MOST_PRICE_LINES.get(max(1, len(quote.goals)), min(MOST_PRICE_LINES.values()))
    figure, said = (None, "") if first is None else _odds(first, quote, words)
    return Live(
        figures=(_price(quote, words), _chance(quote, words), _safe(quote, words), _break_even(quote, words)),
        spend_title=words.say(
            "Expected monthly spend **{amount}**", amount=_about(quote.seller.blocks.total, quote, words)
        ),
        segments=_segments(quote.seller.blocks, quote.currency, words),
        odds_title=words.say("How likely is each outcome"),
        odds=figure,
        odds_said=said,
        caption="" if first is None else _caption(first.goal, quote, words),
        assumed=_assumed(quote, words),
        price_title=words.say("Why this price"),
        price_lines=_fitting(moving, most, quote, words),
        price_more=every,
        goals_title=words.say("All goals"),
        goals=tuple(_goal_line(odds, words, quote.currency) for odds in quote.goals),
        asks_title=words.say("Ask next"),
        asks_moves=words.say("price · probability"),
        asks=tuple(ask for item in quote.unanswered if (ask := _ask(item, quote, words)).effect)[:MOST_ASKS],
        guards=_guards(quote, words),
        foot=words.say(
            "Price edition **{edition}** · market {market} · {points} points, seed {seed} · {scenario}: "
            "a scenario under stated assumptions, no promise",
            edition=quote.edition,
            market=quote.market,
            points=words.number(quote.points),
            seed=quote.seed,
            scenario=words.of(scenario),
        ),
    )


def empty(words: Words) -> tuple[Figure, ...]:
    """The four figures before there is anything to say, each with what it waits for."""
    return (
        _waiting("price", words.say("Price per month"), words.say("needs platform, category and budget")),
        _waiting("chance", words.say("Probability of the KPI"), words.say("needs one goal")),
        _waiting("safe", words.say("Safe level"), words.say("follows from the probability")),
        _waiting(
            "break_even",
            words.say("Seller’s break-even ROAS"),
            words.say("unknown margin: the category’s range is taken"),
        ),
    )


def _waiting(name: str, label: str, line: str) -> Figure:
    return Figure(id=name, label=label, value=NONE, lines=(line,), empty=True)


def example(name: str, brief: Brief, kpis: dict[str, Kpi], words: Words) -> Example:
    """A brief of ``examples/briefs`` as a card."""
    platforms = brief.platforms
    parts = [
        words.say("{number} platforms", number=len(platforms))
        if len(platforms) > 1
        else answers.answer(words, "platform", platforms[0])
    ]
    if brief.ad_budget is not None:
        parts.append(short_money(float(brief.ad_budget), brief.currency, words))
    if brief.goals:
        spoken = brief.goals[0]
        level = spoken.at_least if spoken.at_least is not None else spoken.at_most
        kpi = kpis["roas_platform_total" if spoken.kpi == "roas" else spoken.kpi]
        assert level is not None
        sign = "≥" if spoken.at_least is not None else "≤"
        figure = _level(level, kpi, brief.currency, words)
        parts.append(f"{answers.kpi_name(words, kpi)} {sign} {figure}")
    title = words.say(answers.EXAMPLES[name]) if name in answers.EXAMPLES else brief.name or name
    return Example(id=name, title=title, line=" · ".join(parts))


def short_money(amount: float, currency: str, words: Words) -> str:
    """An amount short enough for a chip: $40k, or 4 万美元.

    >>> short_money(40000, "USD", Words("en")), short_money(161, "USD", Words("en"))
    ('$40k', '$161')
    >>> short_money(40000, "USD", Words("zh")), short_money(125000, "USD", Words("zh"))
    ('4 万美元', '12.5 万美元')
    """
    if words.language == "zh" and amount >= 10_000 and currency == "USD":
        return f"{words.plain(Decimal(str(round(amount / 10_000, 1))))} 万美元"
    if words.language == "en" and amount >= 10_000 and amount % 100 == 0:
        return f"{words.symbol(currency)}{words.plain(Decimal(str(amount / 1000)))}k"
    return words.money(amount, currency)


def fault(found: Fault, kept: str | None, words: Words) -> str:
    """What is wrong with an answer, what to write, and which value is still in use."""
    text = found.text(words.language)
    end = "。" if words.language == "zh" else "."
    if kept is None:
        return f"{text}{end}"
    return text + end + words.say(" Until then: the last valid value, {value}.", value=kept)


def probability(chance: Probability, words: Words) -> tuple[str, str]:
    """A probability to one point, and its error, never less than a point.

    >>> probability(Probability(value=0.521, error=0.003), Words("en"))
    ('52%', '±1')
    >>> probability(Probability(value=0.0, error=0.0001), Words("en"))
    ('<1%', '±1')
    """
    error = max(1, math.ceil(chance.error * 100 - 1e-9))
    if chance.value < 0.005:
        shown = "<1%"
    elif chance.value > 0.995:
        shown = ">99%"
    else:
        shown = words.percent(chance.value)
    return shown, f"±{error}"


# ── the four figures ──────────────────────────────────────────────────────────────────────────────


def _price(quote: Quote, words: Words) -> Figure:
    low, high = quote.monthly_price_range
    share = _main_share(quote)
    beside = "" if share is None else f"+ {_rates(share, words)}"
    price = quote.monthly_price
    if round(low) < round(price):
        beside = f"({words.span(words.number(low), words.number(high))})"
    elif round(price) < round(high):
        beside = f"– {words.number(high)}"
    value = words.money(price, quote.currency)
    fees = quote.monthly_fees
    if round(low) != round(high) and (unknown := _unknown_behind_price(quote, words)):
        second = words.say("**Range: {fact} is unknown**", fact=words.within(unknown))
    elif fees.p90 - fees.p10 < 1:
        second = words.say("the same in every outcome")
    else:
        second = words.say(
            "expected in all **{mean}** (8 in 10: {low}–{high})",
            mean=_about(fees.mean, quote, words),
            low=words.number(about(fees.p10)),
            high=words.number(about(fees.p90)),
        )
    return Figure(
        id="price",
        label=words.say("Price per month"),
        value=value,
        beside=beside,
        lines=(_commission(quote, words), second),
    )


def _unknown_behind_price(quote: Quote, words: Words) -> str | None:
    """The open fact that moves the price most."""
    moving = [item for item in quote.unanswered if item.price is not None]
    if not moving:
        return None
    widest = max(moving, key=lambda item: item.price[1] - item.price[0] if item.price else 0.0)
    return answers.label(words, widest.fact)


def _commissions(quote: Quote) -> Iterator[ShareOf]:
    """Shares that this brief would pay: one on ad spend counts only once the budget reaches its edge."""
    for charge in quote.terms.charges:
        if not isinstance(charge, ShareOf) or max(charge.tiers.rate) == 0:
            continue
        budget = quote.brief.ad_budget or Decimal(0)
        if charge.of.of != ("ad_spend",) or budget > _edge(charge):
            yield charge


def _main_share(quote: Quote) -> ShareOf | None:
    """The share that leads: one of sales before one of ad spend."""
    return min(_commissions(quote), key=lambda charge: charge.of.of == ("ad_spend",), default=None)


def _edge(charge: ShareOf) -> Decimal:
    """The amount a month above which a share is charged."""
    first = next(above for above, rate in zip(charge.tiers.above, charge.tiers.rate) if rate > 0)
    return charge.baseline + first


def _rates(charge: ShareOf, words: Words) -> str:
    charged = [rate for rate in charge.tiers.rate if rate > 0]
    return (
        words.span(words.rate(min(charged)).removesuffix("%"), words.rate(max(charged)).removesuffix("%"))
        + "%"
    )


_BASES: Mapping[tuple[str, ...], str] = {
    ("gmv",): mark("GMV"),
    ("settled_gmv",): mark("settled GMV"),
    ("cohort_settled_gmv",): mark("settled GMV"),
    ("ad_spend",): mark("ad spend"),
    ("attributed_gmv",): mark("GMV from ads"),
}


def _basis(quantity: Quantity, words: Words) -> str | None:
    message = _BASES.get(quantity.of)
    return None if message is None else words.say(message)


def _commission(quote: Quote, words: Words) -> str:
    """What comes besides the fixed price, in one line."""
    charge = _main_share(quote)
    if charge is None:
        return words.say("no commission, nothing by result")
    basis, edge = _basis(charge.of, words), _edge(charge)
    if basis is None:
        return words.of(charge.label)
    rate = _rates(charge, words)
    if not edge:
        return words.say("{rate} of {basis}", rate=rate, basis=basis)
    above = words.money(edge, quote.currency)
    return words.say("{rate} of {basis} above {amount} a month", rate=rate, basis=basis, amount=above)


def _chance(quote: Quote, words: Words) -> Figure:
    if not quote.goals:
        return _waiting("chance", words.say("Probability of the KPI"), words.say("needs one goal"))
    odds = quote.goals[0]
    label = words.say("Probability of {goal}", goal=goal_words(odds.goal, words, quote.currency))
    counted = _counted(odds, words)
    if odds.probability is None:
        return Figure(
            id="chance",
            label=label,
            value=NONE,
            lines=(_why_no_number(odds, quote, words), counted),
            empty=True,
        )
    value, beside = probability(odds.probability, words)
    if odds.open_definition:
        second = words.say("**the definition is open: agree it first**")
    elif quote.seller.profit_at_goal is not None:
        kept = quote.seller.profit_at_goal
        message = (
            mark("at {level} the seller keeps **{amount}** a month")
            if kept >= 0
            else mark("at {level} the seller loses **{amount}** a month")
        )
        level = _level(odds.goal.level, odds.goal.kpi, quote.currency, words)
        second = words.say(message, level=level, amount=words.money(about(abs(kept)), quote.currency))
    else:
        second = words.of(odds.goal.kpi.definition)
    return Figure(id="chance", label=label, value=value, beside=beside, lines=(counted, second))


def _counted(odds: GoalOdds, words: Words) -> str:
    """How the KPI is counted: by name where its family has several ways, else by its definition."""
    family = answers.family_of(odds.goal.kpi.id)
    if family is None or len(family.kpis) == 1:
        return words.of(odds.goal.kpi.definition)
    kind = words.say(dict(family.kpis)[odds.goal.kpi.id])
    if family.id == "roas":
        return words.say("ROAS counted by: {definition}", definition=words.within(kind))
    return words.say("counted by: {definition}", definition=words.within(kind))


def _why_no_number(odds: GoalOdds, quote: Quote, words: Words) -> str:
    if not odds.goal.kpi.forecast:
        return words.say("recorded and printed, without a probability")
    platforms = words.both([answers.answer(words, "platform", p) for p in quote.brief.platforms])
    return words.say("**no report of {platforms} shows it: choose another definition**", platforms=platforms)


def _safe(quote: Quote, words: Words) -> Figure:
    label = words.say("Safe level")
    odds = quote.goals[0] if quote.goals else None
    if odds is None or odds.probability is None:
        return _waiting("safe", label, words.say("follows from the probability"))
    goal, promise = odds.goal, odds.promise
    name, sign = answers.kpi_name(words, goal.kpi), _sign(goal)
    if promise is None or promise.level is None:
        return Figure(
            id="safe",
            label=label,
            value=NONE,
            lines=(words.say("no level is reached that often"),),
            empty=True,
        )
    confidence = words.number(promise.confidence * 10)
    safe = safe_level(promise.level, goal, quote.currency, words)
    gap = float(goal.level) - promise.level
    asked = _level(goal.level, goal.kpi, quote.currency, words)
    if odds.open_definition:
        second = words.say("**no number before a definition**")
    elif (gap > 0) == goal.at_least and abs(gap) > _step(goal.kpi, promise.level) / 2:
        second = words.say("requested **{level}** is beyond it", level=asked)
    else:
        second = words.say("requested **{level}** is within it", level=asked)
    return Figure(
        id="safe",
        label=label,
        value=f"{name} {sign} {safe}" if len(name) + len(safe) < LONG - 2 else f"{sign} {safe}",
        beside="" if len(name) + len(safe) < LONG - 2 else name,
        lines=(words.say("reached in {number} of 10 outcomes", number=confidence), second),
    )


def _break_even(quote: Quote, words: Words) -> Figure:
    seller = quote.seller
    roas = bool(quote.goals) and _is_roas(quote.goals[0])
    label = words.say("Seller’s break-even ROAS") if roas else words.say("Seller’s break-even, blended ROAS")
    chance, error = probability(seller.loss_probability, words)
    first = (
        words.say("all fees and goods counted in")
        if seller.margin_known
        else words.say("goods cost: the category’s guess")
    )
    value = NONE if seller.break_even is None else words.number(seller.break_even, 1)
    return Figure(
        id="break_even",
        label=label,
        value=value,
        lines=(
            first if seller.break_even is not None else words.say("no level brings the seller to zero"),
            words.say("chance of a loss **{chance}** {error}", chance=chance, error=error),
        ),
        reference=True,
    )


# ── the spend ─────────────────────────────────────────────────────────────────────────────────────


def _segments(blocks: Blocks, currency: str, words: Words) -> tuple[Segment, ...]:
    total = blocks.total or 1.0

    def shown(amount: float) -> str:
        return words.money(about(amount), currency)

    parts = [
        (words.say("ads"), blocks.ads),
        (words.say("creators"), blocks.creators),
        (words.say("samples"), blocks.samples),
    ]
    inner = words.both([f"{name} {words.number(about(amount))}" for name, amount in parts if amount > 0])
    passed = words.say("passed through **{amount}**", amount=shown(blocks.passed_through))
    if inner:
        passed += words.say(" ({parts})", parts=inner)
    return (
        Segment(
            party="agency",
            label=words.say("agency fee **{amount}**", amount=shown(blocks.agency_fee)),
            shares=(blocks.agency_fee / total,),
        ),
        Segment(
            party="passed", label=passed, shares=tuple(amount / total for _, amount in parts if amount > 0)
        ),
        Segment(
            party="platform",
            label=words.say("platform take **{amount}**", amount=shown(blocks.platform_take)),
            shares=(blocks.platform_take / total,),
        ),
    )


def _about(amount: float, quote: Quote, words: Words) -> str:
    return words.money(about(amount), quote.currency)


# ── the picture ───────────────────────────────────────────────────────────────────────────────────


def _odds(odds: GoalOdds, quote: Quote, words: Words) -> tuple[Odds | None, str]:
    """The figure of the first goal, and the sentence that says the same."""
    if odds.probability is None or not odds.curve:
        return None, ""
    goal = odds.goal
    shown, _ = probability(odds.probability, words)
    asked = _level(goal.level, goal.kpi, quote.currency, words)
    rules = [
        Rule(
            level=float(goal.level),
            label=words.say("{chance} reach {level}:\nas requested", chance=shown, level=asked),
            dash="thick",
            probability=odds.probability.value,
        )
    ]
    said = [words.say("{chance} of outcomes reach the requested {level}", chance=shown, level=asked)]
    promise = odds.promise
    if promise is not None and promise.level is not None:
        confidence = words.percent(promise.confidence)
        safe = safe_level(promise.level, goal, quote.currency, words)
        rules.append(
            Rule(
                level=promise.level,
                label=words.say("{chance} reach {level}:\nsafe level", chance=confidence, level=safe),
                dash="thin",
                probability=promise.confidence,
            )
        )
        said.append(words.say("{chance} reach {level}, the safe level", chance=confidence, level=safe))
    even = quote.seller.break_even if _is_roas(odds) else None
    if even is not None:
        figure = words.number(even, 1)
        rules.append(Rule(level=even, label=words.say("break-even {level}", level=figure), dash="dotted"))
        said.append(words.say("the seller breaks even at {level}", level=figure))
    loss = quote.seller.loss_probability.value
    return (
        Odds(
            curve=odds.curve,
            density=odds.density,
            rules=tuple(rules),
            split=even,
            lose=words.say("{chance} lose", chance=words.percent(loss)),
            gain=words.say("{chance} gain", chance=words.percent(1 - loss)),
            unit=goal.kpi.unit,
        ),
        words.say("{said}.", said=words.say("; ").join(said)),
    )


def _caption(goal: Goal, quote: Quote, words: Words) -> str:
    axis = words.say(
        "{kpi}, {window}", kpi=answers.kpi_name(words, goal.kpi), window=_window(goal, words, long=True)
    )
    if quote.brief.ad_budget is None:
        return words.say("Across: {axis}. Below: how outcomes spread.", axis=axis)
    return words.say(
        "Across: {axis}; {amount} of ads a month. Below: how outcomes spread.",
        axis=axis,
        amount=short_money(float(quote.brief.ad_budget), quote.currency, words),
    )


def _assumed(quote: Quote, words: Words) -> str:
    """Facts that the market's own figures stand in for."""
    if not quote.assumed:
        return ""
    named = [words.within(answers.label(words, fact)) for fact, _ in quote.assumed]
    return words.say("Taken from the market until known: {facts}.", facts=words.both(named))


# ── the reasons ───────────────────────────────────────────────────────────────────────────────────


def _price_lines(quote: Quote, words: Words) -> tuple[tuple[PriceLine, ...], tuple[PriceLine, ...]]:
    """What moved the price, with what a month comes to; and every line, also those that moved nothing."""
    monthly = {c.id for c in quote.terms.charges if isinstance(c, Fixed) and c.settles == "month"}
    once = {c.id for c in quote.terms.charges if isinstance(c, Fixed) and c.settles == "once"}
    shares = {c.id for c in _commissions(quote)}
    steps = sorted(quote.priced.steps, key=lambda step: step.charge not in monthly)
    reached: dict[str, Decimal] = {}
    moving, every = [], []
    for step in steps:
        before = step.before or Decimal(0)
        change = step.after - before
        amount = _step_amount(quote, step.charge, change, words, step.before is not None)
        line = PriceLine(
            label=words.of(step.label),
            amount=words.say("{amount} once", amount=amount) if step.charge in once else amount,
            rule=step.rule,
            rule_id=step.rule.rpartition("#")[2],
            look="none",
            left=0.0,
            width=0.0,
        )
        if step.charge in monthly:
            below = float(sum((v for charge, v in reached.items() if charge != step.charge), Decimal(0)))
            left, right = sorted((float(before), float(step.after)))
            look: Literal["cut", "list"] = "cut" if change < 0 else "list"
            line = replace(line, look=look, left=below + left, width=right - left, change=float(change))
            reached[step.charge] = step.after
        every.append(line)
        if change and (step.charge in monthly | once | shares):
            moving.append(line)
    total = PriceLine(
        label=words.say("Price per month"),
        amount=words.money(quote.monthly_price, quote.currency),
        rule="",
        rule_id="",
        look="sum",
        left=0.0,
        width=quote.monthly_price,
    )
    widest = max((line.left + line.width for line in (*every, total)), default=0.0) or 1.0

    def scaled(lines: list[PriceLine]) -> tuple[PriceLine, ...]:
        return tuple(replace(line, left=line.left / widest, width=line.width / widest) for line in lines)

    place = sum(line.look != "none" for line in moving)
    return scaled([*moving[:place], total, *moving[place:]]), scaled([*every, total])


def _fitting(lines: tuple[PriceLine, ...], most: int, quote: Quote, words: Words) -> tuple[PriceLine, ...]:
    """As many lines as there is room for; those left out before the sum stand as one, so that it adds up."""
    if len(lines) <= most:
        return lines
    place = next(index for index, line in enumerate(lines) if line.look == "sum")
    if place < most:
        return lines[:most]
    shown, rest, total = lines[: most - 2], lines[most - 2 : place], lines[place]
    change = sum(line.change for line in rest)
    left = min(line.left for line in rest)
    together = PriceLine(
        label=words.say("{number} more lines", number=len(rest)),
        amount=words.money(change, quote.currency, signed=True),
        rule="",
        rule_id="",
        look="cut" if change < 0 else "list",
        left=left,
        width=max(line.left + line.width for line in rest) - left,
        change=change,
    )
    return (*shown, together, total)


def _step_amount(quote: Quote, charge: str, change: Decimal, words: Words, signed: bool) -> str:
    """What a step does to its charge: to a rate, to an amount or to the price of a piece."""
    kinds = {c.id: c for c in quote.terms.charges}
    if isinstance(kinds.get(charge), ShareOf):
        sign = (MINUS if change < 0 else "+") if signed else ""
        return f"{sign}{words.rate(abs(change))}"
    whole = isinstance(kinds.get(charge), Fixed) or change == change.to_integral_value()
    digits = 0 if whole else 2
    return words.money(change, quote.currency, signed=signed, digits=digits)


def _goal_line(odds: GoalOdds, words: Words, currency: str) -> GoalLine:
    goal = odds.goal
    if odds.probability is None:
        message = mark("no probability") if not goal.kpi.forecast else mark("not reported there")
        return GoalLine(label=goal_words(goal, words, currency), probability=words.say(message), safe="")
    value, error = probability(odds.probability, words)
    level = odds.promise.level if odds.promise else None
    safe = (
        words.say("no safe level")
        if level is None
        else words.say(
            "safe {sign} {level}", sign=_sign(goal), level=safe_level(level, goal, currency, words)
        )
    )
    return GoalLine(label=goal_words(goal, words, currency), probability=f"{value} {error}", safe=safe)


def _ask(item: Unanswered, quote: Quote, words: Words) -> Ask:
    effects = []
    if item.price is not None and round(item.price[0]) != round(item.price[1]):
        low, high = item.price
        effects.append(words.span(words.money(low, quote.currency), words.number(high)))
    if item.odds is not None:
        least, most = (words.number(share * 100) for share in item.odds)
        if least != most:
            effects.append(f"{words.span(least, most)}%")
    if item.fact == "landed_cost":
        effects.append(words.say("the seller’s profit"))
    return Ask(fact=item.fact, question=answers.question(words, item.fact), effect=" · ".join(effects))


_SEVERITY = {
    "note": ("●", mark("Note")),
    "warning": ("▲", mark("Warning")),
    "approval": ("◆", mark("Needs approval")),
    "refusal": ("✕", mark("Refused")),
}
_WORST = ("refusal", "approval", "warning", "note")


def _guards(quote: Quote, words: Words) -> tuple[Guard, ...]:
    """What was raised, worst first."""
    ordered = sorted(quote.guards, key=lambda raised: _WORST.index(raised.severity))
    shown = []
    for raised in ordered:
        sign, word = _SEVERITY[raised.severity]
        shown.append(
            Guard(
                severity=raised.severity,
                sign=sign,
                word=words.say(word),
                text=words.of(raised.text),
                rule_id=raised.rule.rpartition("#")[2] or raised.id,
                rule=raised.rule,
            )
        )
    return tuple(shown)


# ── figures of a KPI ──────────────────────────────────────────────────────────────────────────────


def goal_words(goal: Goal, words: Words, currency: str) -> str:
    """A goal in words: ROAS ≥ 2.5 in months 1–3."""
    return words.say(
        "{kpi} {sign} {level} {window}",
        kpi=answers.kpi_name(words, goal.kpi),
        sign=_sign(goal),
        level=_level(goal.level, goal.kpi, currency, words),
        window=_window(goal, words),
    )


def _window(goal: Goal, words: Words, *, long: bool = False) -> str:
    first, last = goal.months
    if first == last or goal.reading == "last":
        return words.say("in month {month}", month=last)
    if goal.reading == "every":
        return words.say("in every month {first}–{last}", first=first, last=last)
    if goal.reading == "any":
        return words.say("in any month {first}–{last}", first=first, last=last)
    message = mark("over months {first}–{last}") if long else mark("in months {first}–{last}")
    return words.say(message, first=first, last=last)


def _sign(goal: Goal) -> str:
    return "≥" if goal.at_least else "≤"


def _is_roas(odds: GoalOdds) -> bool:
    family = answers.family_of(odds.goal.kpi.id)
    return family is not None and family.id == "roas"


def _level(level: Decimal, kpi: Kpi, currency: str, words: Words) -> str:
    """A level somebody asked for, exactly as asked."""
    match kpi.unit:
        case "share":
            return words.rate(level)
        case "USD":
            return words.money(level, currency, digits=max(0, -int(level.normalize().as_tuple().exponent)))
        case _:
            return words.plain(level)


def _step(kpi: Kpi, level: float) -> float:
    """The step to which a level found by simulation is printed."""
    match kpi.unit:
        case "ratio" | "stars":
            return 0.1
        case "share":
            return 0.001 if abs(level) < 0.1 else 0.01
        case _:
            size = abs(level)
            return 10.0 ** max(0, math.floor(math.log10(size)) - 2) if size >= 1 else 1.0


def safe_level(level: float, goal: Goal, currency: str, words: Words) -> str:
    """A safe level, rounded to the side that stays safe."""
    step = Decimal(str(_step(goal.kpi, level)))
    side = ROUND_FLOOR if goal.at_least else ROUND_CEILING
    steps = (Decimal(repr(level)) / step).quantize(Decimal("1e-6")).to_integral_value(side)
    value = steps * step
    match goal.kpi.unit:
        case "ratio" | "stars":
            return words.number(value, 1)
        case "share":
            return words.percent(value, 1 if step < Decimal("0.01") else 0)
        case "USD":
            return words.money(value, currency)
        case _:
            return words.number(value)
