"""Phrases that several parts of a page share: goals, levels, probabilities, rates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from estimator.brief.brief import Brief
from estimator.brief.goals import Goal, Probability
from estimator.brief.kpis import Kpi, Quantity
from estimator.contract.charges import Fixed, Refund, ShareOf
from estimator.contract.terms import Terms
from estimator.presentation import labels
from estimator.presentation.words import Words, about, mark
from estimator.quoting.quote import Quote
from estimator.values.errors import Fault

HARDLY = 0.005
"""A probability below which, and this near to 1, no figure is shown."""


def months(count: int, words: Words) -> str:
    """A number of months: 6 months, 1 month."""
    return words.say("1 month") if count == 1 else words.say("{count} months", count=count)


MILLION = 1_000_000
"""From here an amount is written short where there is little room."""


def short_money(amount: float, currency: str, words: Words) -> str:
    """An amount short enough for a chip: $40k, $1.25M, or 4 万美元.

    >>> short_money(40000, "USD", Words("en")), short_money(161, "USD", Words("en"))
    ('$40k', '$161')
    >>> short_money(40000, "USD", Words("zh")), short_money(125000, "USD", Words("zh"))
    ('4 万美元', '12.5 万美元')
    """
    if words.language == "en" and amount >= MILLION:
        return f"{words.symbol(currency)}{words.plain(Decimal(str(round(amount / MILLION, 2))))}M"
    if words.language == "zh" and amount >= 10_000 and currency == "USD":
        return f"{words.plain(Decimal(str(round(amount / 10_000, 1))))} 万美元"
    if words.language == "en" and amount >= 10_000 and amount % 100 == 0:
        return f"{words.symbol(currency)}{words.plain(Decimal(str(amount / 1000)))}k"
    return words.money(amount, currency)


def leaves_work(brief: Brief) -> bool:
    """Whether the service leaves work to people of the seller's own, whose pay its profit is before.

    >>> leaves_work(Brief(service_model="kpi_consulting")), leaves_work(Brief())
    (True, False)
    """
    return brief.service_model in ("part_operation", "kpi_consulting")


def labelled(label: str, said: str, words: Words) -> str:
    """What is said of a field, after its label.

    >>> labelled("Cap", "must be a number", Words("en")), labelled("封顶", "应为数字", Words("zh"))
    ('**Cap**: must be a number', '**封顶**：应为数字')
    """
    return f"**{label}**{'：' if words.language == 'zh' else ': '}{said}"


def fault(fault: Fault, kept: str | None, words: Words) -> str:
    """What is wrong with an answer, what to write, and which value is still in use."""
    text = fault.text(words.language)
    end = "。" if words.language == "zh" else "."
    if kept is None:
        return f"{text}{end}"
    return text + end + words.say(" Until then: the last valid value, {value}.", value=kept)


def chance_words(share: float, words: Words, digits: int = 0) -> str:
    """How often something happens, as a percentage that is never 0 or 100.

    >>> chance_words(0.99999, Words("en")), chance_words(0.234, Words("en"), 1)
    ('>99%', '23.4%')
    """
    rare = _rare(share)
    return rare[0] if rare else words.percent(share, digits)


def probability(chance: Probability, words: Words) -> str:
    """A probability to one point; its error of computing is told at *why* alone.

    >>> probability(Probability(value=0.521, error=0.003), Words("en"))
    '52%'
    >>> probability(Probability(value=0.0, error=0.0001), Words("en"))
    '<1%'
    """
    return chance_words(chance.value, words)


def between_words(between: tuple[float, float], words: Words) -> str:
    """The ends of a probability, neither ever 0 nor 100.

    >>> between_words((0.002, 0.517), Words("en"))
    '1–52%'
    """
    low, high = (min(max(round(end * 100), 1), 99) for end in between)
    return f"{words.span(words.number(low), words.number(high))}%"


def open_words(between: tuple[float, float], chance: Probability, kpi: Kpi, words: Words) -> str:
    """A goal's probability where its words may mean several KPIs: the range, and what the usual one gives."""
    return words.say(
        "{range}, depending on the definition ({chance} as {definition}); no safe level before one is agreed",
        range=between_words(between, words),
        chance=probability(chance, words),
        definition=words.within(labels.kpi_label(words, kpi)),
    )


def in_hundred(chance: Probability, words: Words) -> str:
    """How many outcomes of a hundred, as one says it.

    >>> in_hundred(Probability(value=0.234, error=0.004), Words("en"))
    '23'
    >>> in_hundred(Probability(value=0.002, error=0.001), Words("en"))
    '0 to 1'
    """
    rare = _rare(chance.value)
    if rare is None:
        return words.number(chance.value * 100)
    return words.say("{low} to {high}", low=words.number(rare[1]), high=words.number(rare[2]))


def computing_error(chance: Probability) -> str:
    """The error of computing a probability, in points, never less than one: ±1."""
    return f"±{max(1, math.ceil(chance.error * 100 - 1e-9))}"


def _rare(share: float) -> tuple[str, int, int] | None:
    """What a probability too near to 0 or 1 for a figure is called, and the points it lies between."""
    if share < HARDLY:
        return "<1%", 0, 1
    return (">99%", 99, 100) if share > 1 - HARDLY else None


def edge_of(charge: ShareOf) -> Decimal:
    """The amount a month above which a share is charged."""
    first = next(above for above, rate in zip(charge.tiers.above, charge.tiers.rate) if rate > 0)
    return charge.baseline + first


def on_result(terms: Terms, currency: str, words: Words) -> Iterator[str]:
    """What falls due, or comes back, by the result of a goal."""
    for charge in terms.charges:
        if isinstance(charge, Fixed) and charge.due_if:
            yield words.say("**{amount}** bonus", amount=words.money(charge.amount, currency))
        elif isinstance(charge, Refund) and charge.steps:
            back = max(step.back for step in charge.steps)
            yield words.say("**{share}** back if missed", share=words.rate(back))
        elif isinstance(charge, Refund):
            yield words.say("**credit** for a shortfall")


def rates_of(charge: ShareOf, words: Words) -> str:
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


def basis_of(quantity: Quantity, words: Words) -> str | None:
    message = _BASES.get(quantity.of)
    return None if message is None else words.say(message)


def about_money(amount: float, quote: Quote, words: Words) -> str:
    return words.money(about(amount), quote.currency)


def goal_words(goal: Goal, words: Words, currency: str) -> str:
    """A goal in words: ROAS ≥ 2.5 in months 1–3."""
    return words.say(
        "{level} {window}", level=level_asked(goal, words, currency), window=window_words(goal, words)
    )


def level_asked(goal: Goal, words: Words, currency: str) -> str:
    """A goal without its months: ROAS ≥ 2.5."""
    level = level_words(goal.level, goal.kpi, currency, words)
    return f"{labels.kpi_asked(words, goal.kpi)} {sign_of(goal)} {level}"


def window_words(goal: Goal, words: Words, *, long: bool = False) -> str:
    first, last = goal.months
    if first == last or goal.reading == "last":
        return words.say("in month {month}", month=last)
    if goal.reading == "every":
        return words.say("in every month {first}–{last}", first=first, last=last)
    if goal.reading == "any":
        return words.say("in any month {first}–{last}", first=first, last=last)
    if goal.reading == "mean":
        return words.say("a month on average, months {first}–{last}", first=first, last=last)
    if goal.kpi.under is None:
        return words.say("in months {first}–{last} together", first=first, last=last)
    message = mark("over months {first}–{last}") if long else mark("in months {first}–{last}")
    return words.say(message, first=first, last=last)


def sign_of(goal: Goal) -> str:
    return "≥" if goal.at_least else "≤"


def level_words(level: Decimal, kpi: Kpi, currency: str, words: Words) -> str:
    """A level somebody asked for, exactly as asked."""
    match kpi.unit:
        case "share":
            return words.rate(level)
        case "USD":
            return words.money(level, currency, digits=max(0, -int(level.normalize().as_tuple().exponent)))
        case _:
            return words.plain(level)


def step_of(kpi: Kpi, level: float) -> float:
    """The step to which a level found by simulation is printed."""
    match kpi.unit:
        case "ratio" | "stars":
            return 0.1
        case "share":
            # a share of the whole has a finer scale near nothing; growth, which may be negative, has none
            return 0.001 if abs(level) < 0.1 and not kpi.offset else 0.01
        case _:
            size = abs(level)
            return 10.0 ** max(0, math.floor(math.log10(size)) - 2) if size >= 1 else 1.0


def safe_level(level: float, goal: Goal, currency: str, words: Words) -> str:
    """A safe level, rounded to the side that stays safe."""
    value, step = _rounded(level, goal)
    match goal.kpi.unit:
        case "ratio" | "stars":
            return words.number(value, 1)
        case "share":
            return words.percent(value, 1 if step < Decimal("0.01") else 0)
        case "USD":
            return words.money(value, currency)
        case _:
            return words.number(value)


def promises(level: float, goal: Goal) -> bool:
    """Whether a safe level promises anything: zero of what is never below zero does not."""
    value, _ = _rounded(level, goal)
    return value != 0 or not goal.at_least or bool(goal.kpi.offset)


def _rounded(level: float, goal: Goal) -> tuple[Decimal, Decimal]:
    """A level found by simulation on the step it is printed to, and that step."""
    step = Decimal(str(step_of(goal.kpi, level)))
    side = ROUND_FLOOR if goal.at_least else ROUND_CEILING
    steps = (Decimal(repr(level)) / step).quantize(Decimal("1e-6")).to_integral_value(side)
    return steps * step, step


def commissions(quote: Quote) -> Iterator[ShareOf]:
    """Shares that this brief would pay: one on ad spend counts only once the budget reaches its edge."""
    for charge in quote.terms.charges:
        if not isinstance(charge, ShareOf) or max(charge.tiers.rate) == 0:
            continue
        budget = quote.brief.ad_budget or Decimal(0)
        if charge.of.of != ("ad_spend",) or budget > edge_of(charge):
            yield charge
