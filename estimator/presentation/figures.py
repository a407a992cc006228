"""The four large figures: price, probability, safe level, break-even."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from estimator.brief.goals import Goal
from estimator.brief.kpis import Kpi
from estimator.contract.charges import ShareOf
from estimator.presentation import labels, phrases
from estimator.presentation.models import Figure
from estimator.presentation.phrases import (
    MILLION,
    about_money,
    basis_of,
    between_words,
    commissions,
    edge_of,
    goal_words,
    leaves_work,
    level_asked,
    level_words,
    on_result,
    probability,
    rates_of,
    safe_level,
    short_money,
    sign_of,
    step_of,
    window_words,
)
from estimator.presentation.words import NONE, Words, about, letters, mark
from estimator.quoting.quote import Quote, QuotedGoal


def empty(words: Words) -> tuple[Figure, ...]:
    """The four figures before there is anything to say, each with what it waits for."""
    return (
        _waiting("price", words.say("Price per month"), words.say("needs a platform, and ads or a goal")),
        _waiting("chance", words.say("Probability of the KPI"), words.say("needs one goal")),
        _waiting("safe", words.say("Safe level"), words.say("follows from the probability")),
        _waiting(
            "break_even",
            words.to(mark("Your break-even {kpi}"), mark("Seller’s break-even {kpi}"), kpi=words.say("ROAS")),
            words.say("unknown margin: the category’s range is taken"),
        ),
    )


def _waiting(name: str, label: str, line: str) -> Figure:
    return Figure(id=name, label=label, value=NONE, lines=(line,), empty=True)


MOST_BREAK_EVEN = 20
"""Beyond this a break-even ROAS only says that there is none to be had."""
THOUSANDS = 10_000
LONG = 11
"""Characters that fit into a large figure."""
LINE = 46
"""Letters that fit below a large figure."""
HEADING = 40
"""Letters that fit over a large figure; a Chinese character takes two."""


def price_figure(quote: Quote, words: Words) -> Figure:
    """What will be paid: the fixed price, the shares beside it, the first invoice, a month, the term."""
    once, price = float(quote.terms.fixed("once")), quote.monthly_price
    by_project = price == 0 < once
    low, high = quote.monthly_price_range
    shares = _charged(quote)
    beside = f"+ {rates_of(shares[0], words)}" if shares else ""
    if by_project:
        price = once
    elif round(low) < round(price):
        beside = f"({words.span(words.number(low), words.number(high))})"
    elif round(price) < round(high):
        beside = f"– {words.number(high)}"
    return Figure(
        id="price",
        label=words.say("Price, once") if by_project else words.say("Price per month"),
        value=words.money(price, quote.currency),
        beside=beside,
        lines=(
            " · ".join((_shares(quote, words), *on_result(quote.terms, quote.currency, words))),
            words.say(
                "first invoice **{first}** · {term} **{total}**",
                first=words.money(sum(float(amount) for _, amount in quote.first_invoice), quote.currency),
                term=phrases.months(quote.months, words),
                total=about_money(quote.fees.p50, quote, words),
            ),
            _usual_month(quote, words),
        ),
    )


def _usual_month(quote: Quote, words: Words) -> str:
    """Our fee in a usual month, and how far it may lie off."""
    month = quote.usual_month
    if month.p90 - month.p10 < 1:
        return words.say("the same in every outcome")
    return words.say(
        "usual month **{middle}** (8 in 10: {low}–{high})",
        middle=about_money(month.p50, quote, words),
        low=words.number(about(month.p10)),
        high=words.number(about(month.p90)),
    )


def _charged(quote: Quote) -> list[ShareOf]:
    """The shares that this brief would pay, one of sales before one of ad spend."""
    return sorted(commissions(quote), key=lambda charge: charge.of.of == ("ad_spend",))


def _shares(quote: Quote, words: Words) -> str:
    """What comes besides the fixed price; of several shares each with its edge as long as they fit."""
    charged = _charged(quote)
    if not charged:
        return words.say("no commission")
    full = " + ".join(_share(charge, quote, words, edges=True) for charge in charged)
    if letters(full) <= LINE:
        return full
    return " + ".join(_share(charge, quote, words, edges=len(charged) == 1) for charge in charged)


def _share(charge: ShareOf, quote: Quote, words: Words, *, edges: bool) -> str:
    basis, edge = basis_of(charge.of, words), edge_of(charge)
    if basis is None:
        return words.of(charge.label)
    rate = rates_of(charge, words)
    step = _next_edge(charge)
    if not edge and step and edges:
        first = words.rate(next(rate for rate in charge.tiers.rate if rate > 0))
        above = short_money(float(step), quote.currency, words)
        return words.say("{rate} of {basis}, more above {amount}", rate=first, basis=basis, amount=above)
    if not edge or not edges:
        return words.say("{rate} of {basis}", rate=rate, basis=basis)
    above = words.money(edge, quote.currency)
    return words.say("{rate} of {basis} above {amount} a month", rate=rate, basis=basis, amount=above)


def _next_edge(charge: ShareOf) -> Decimal | None:
    """The amount a month from which a share has a second rate; None where it has one alone."""
    rated = [above for above, rate in zip(charge.tiers.above, charge.tiers.rate) if rate > 0]
    return charge.baseline + rated[1] if len(rated) > 1 else None


def chance_figure(quote: Quote, words: Words) -> Figure:
    if not quote.goals:
        return _waiting("chance", words.say("Probability of the KPI"), words.say("needs one goal"))
    odds = quote.goals[0]
    label = words.say("Probability of {goal}", goal=goal_words(odds.goal, words, quote.currency))
    counted = _counted(odds, quote, words)
    if letters(label) > HEADING:
        whole = odds.goal.model_copy(update={"kpi": quote.rules.kpis[odds.goal.kpi.id]})
        label = words.say("Probability of {goal}", goal=level_asked(whole, words, quote.currency))
        months = window_words(odds.goal, words)
        named = counted if odds.goal.kpi.platforms else _kind(odds, words)
        said = words.say("{window}: {definition}", window=months, definition=named)
        counted = said if letters(said) <= HEADING or named != counted else counted
    if odds.probability is None:
        return Figure(
            id="chance",
            label=label,
            value=NONE,
            lines=_why_no_number(odds, quote, counted, words),
            empty=True,
        )
    value, beside = probability(odds.probability, words), ""
    if quote.known is not None:
        beside = between_words(quote.known.between(odds.probability.value), words)
    if odds.open_definition:
        second = words.say("**the definition is open: agree it first**")
        if odds.between is not None:
            counted = words.say(
                "{chance} if counted by: {definition}",
                chance=f"{value} {beside}".rstrip(),
                definition=_kind(odds, words),
            )
            low, high = (words.number(share * 100) for share in odds.between)
            value, beside = f"{words.span(low, high)}%", ""
    elif quote.payoff is not None and quote.payoff.at_goal is not None:
        kept = quote.payoff.at_goal
        you, seller = (
            (
                mark("at {level} you keep **{amount}** a month"),
                mark("at {level} the seller keeps **{amount}** a month"),
            )
            if kept >= 0
            else (
                mark("at {level} you lose **{amount}** a month"),
                mark("at {level} the seller loses **{amount}** a month"),
            )
        )
        level = _short_level(odds.goal, quote, words)
        second = words.to(you, seller, level=level, amount=words.money(about(abs(kept)), quote.currency))
    else:
        second = words.of(odds.goal.kpi.definition)
    return Figure(id="chance", label=label, value=value, beside=beside, lines=(counted, second))


def _short_level(goal: Goal, quote: Quote, words: Words) -> str:
    """A level in a few letters: an amount of thousands as $200k."""
    if goal.kpi.unit == "USD" and goal.level >= THOUSANDS:
        return short_money(float(goal.level), quote.currency, words)
    return level_words(goal.level, goal.kpi, quote.currency, words)


def _kind(odds: QuotedGoal, words: Words) -> str:
    """The definition's short name within its family."""
    family = labels.family_of(odds.goal.kpi.id)
    named = dict(family.kpis).get(odds.goal.kpi.id) if family else None
    return labels.kpi_label(words, odds.goal.kpi) if named is None else words.within(words.say(named))


def _counted(odds: QuotedGoal, quote: Quote, words: Words) -> str:
    """How the KPI is counted: by name where its family has several ways, else by its definition."""
    if odds.goal.kpi.platforms is not None:
        blind = blind_platforms(odds, quote, words)
        return words.say("not reported by {platforms}", platforms=blind)
    family = labels.family_of(odds.goal.kpi.id)
    if family is None or len(family.kpis) == 1:
        return words.of(odds.goal.kpi.definition)
    kind = words.say(dict(family.kpis)[odds.goal.kpi.id])
    if family.id == "roas":
        return words.say("ROAS counted by: {definition}", definition=words.within(kind))
    return words.say("counted by: {definition}", definition=words.within(kind))


def _why_no_number(odds: QuotedGoal, quote: Quote, counted: str, words: Words) -> tuple[str, str]:
    if not odds.goal.kpi.forecast:
        return words.say("recorded, without a probability"), counted
    if odds.measurable:
        return words.say("**today’s GMV is unknown: ask for it first**"), counted
    return (
        words.say("**not reported by {platforms}**", platforms=blind_platforms(odds, quote, words)),
        words.say("choose another definition"),
    )


def blind_platforms(odds: QuotedGoal, quote: Quote, words: Words) -> str:
    """The platforms of the brief that do not report a goal's KPI as it is defined."""
    blind = [p for p in quote.brief.sold_on if p not in odds.goal.kpi.measurable_on]
    return words.both([labels.answer(words, "platforms", p) for p in blind])


def safe_figure(quote: Quote, words: Words) -> Figure:
    label = words.say("Safe level")
    odds = quote.goals[0] if quote.goals else None
    if odds is None or odds.probability is None:
        return _waiting("safe", label, words.say("follows from the probability"))
    goal, promise = odds.goal, odds.promise
    name, sign = labels.kpi_name(words, goal.kpi), sign_of(goal)
    if odds.open_definition:
        return _waiting("safe", label, words.say("**no number before a definition**"))
    nothing = (
        goal.at_least
        and promise is not None
        and promise.level is not None
        and _is_nothing(goal, promise.level)
    )
    if promise is None or promise.level is None or nothing:
        return _waiting("safe", label, words.say("no level is reached that often"))
    confidence = words.number(promise.confidence * 10)
    large = goal.kpi.unit == "USD" and promise.level >= MILLION
    if large:
        safe = _millions(about(promise.level), quote.currency, words)
    else:
        safe = safe_level(promise.level, goal, quote.currency, words)
    fits = letters(name) + letters(safe) < LONG - 2
    gap = float(goal.level) - promise.level
    asked = level_words(goal.level, goal.kpi, quote.currency, words)
    if (gap > 0) == goal.at_least and abs(gap) > step_of(goal.kpi, promise.level) / 2:
        second = words.to(
            mark("your goal **{level}** asks more"), mark("requested **{level}** asks more"), level=asked
        )
    else:
        second = words.to(
            mark("your goal **{level}** is within it"),
            mark("requested **{level}** is within it"),
            level=asked,
        )
    return Figure(
        id="safe",
        label=label,
        value=f"{name} {sign} {safe}" if fits else f"{sign} {safe}",
        beside="" if fits else name,
        lines=(words.say("reached in {number} of 10 outcomes", number=confidence), second),
    )


def _is_nothing(goal: Goal, level: float) -> bool:
    """Whether a level would be printed as zero."""
    return goal.at_least and goal.kpi.unit == "ratio" and abs(level) < step_of(goal.kpi, level) / 2


def break_even_name(kpi: Kpi, words: Words) -> str:
    """The KPI in which a break-even is told."""
    blended = kpi.id == "roas_blended"
    return words.say("blended ROAS") if blended else labels.kpi_name(words, kpi)


def break_even_level(level: float, kpi: Kpi, currency: str, words: Words) -> str:
    """A break-even as it is printed; beyond what can be had only that."""
    if kpi.unit == "ratio":
        if level > MOST_BREAK_EVEN:
            return f"> {words.number(MOST_BREAK_EVEN)}"
        return words.number(level, 1)
    if kpi.unit == "share":
        return words.percent(level)
    if kpi.unit != "USD":
        return words.number(about(level))
    return _millions(level, currency, words) if level >= MILLION else words.money(about(level), currency)


def _millions(amount: float, currency: str, words: Words) -> str:
    """An amount of a million or more in large letters: $3.72M, or $372万."""
    if words.language == "en":
        return short_money(amount, currency, words)
    return f"{words.money(round(amount / 10_000), currency)}万"


_COUNTED_IN: Mapping[tuple[bool, bool], str] = {
    (True, False): mark("all fees and goods counted in"),
    (True, True): mark("all but own staff counted in"),
    (False, False): mark("goods cost estimated from the category"),
    (False, True): mark("goods estimated, own staff not counted"),
}
"""What a break-even counts, by whether the cost of goods is known and whether work is left to own people."""


def break_even_figure(quote: Quote, words: Words) -> Figure:
    seller, drawn = quote.seller, quote.payoff
    name = words.say("ROAS") if drawn is None else break_even_name(drawn.kpi, words)
    label = words.to(mark("Your break-even {kpi}"), mark("Seller’s break-even {kpi}"), kpi=name)
    chance = probability(seller.loss_probability, words)
    first = words.say(_COUNTED_IN[seller.margin_known, leaves_work(quote.brief)])
    even = None if drawn is None else drawn.break_even
    value = (
        NONE if even is None or drawn is None else break_even_level(even, drawn.kpi, quote.currency, words)
    )
    return Figure(
        id="break_even",
        label=label,
        value=value,
        lines=(
            first
            if even is not None
            else words.to(mark("no level covers your costs"), mark("the seller breaks even at no level")),
            words.say(
                "chance of a loss in {months}: **{chance}**",
                months=phrases.months(quote.months, words),
                chance=chance,
            ),
        ),
        reference=True,
    )
