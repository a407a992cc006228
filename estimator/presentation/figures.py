"""The four large figures: price, probability, safe level, break-even."""

from __future__ import annotations

from estimator.presentation import answers
from estimator.presentation.models import Figure
from estimator.presentation.phrases import (
    about_money,
    basis_of,
    commissions,
    edge_of,
    goal_words,
    is_roas,
    level_words,
    probability,
    rates_of,
    safe_level,
    sign_of,
    step_of,
)
from estimator.presentation.words import NONE, Words, about, mark
from estimator.quote import GoalOdds, Quote
from estimator.terms import ShareOf


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


LONG = 11
"""Characters that fit into a large figure."""


def price_figure(quote: Quote, words: Words) -> Figure:
    low, high = quote.monthly_price_range
    share = _main_share(quote)
    beside = "" if share is None else f"+ {rates_of(share, words)}"
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
            mean=about_money(fees.mean, quote, words),
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


def _main_share(quote: Quote) -> ShareOf | None:
    """The share that leads: one of sales before one of ad spend."""
    return min(commissions(quote), key=lambda charge: charge.of.of == ("ad_spend",), default=None)


def _commission(quote: Quote, words: Words) -> str:
    """What comes besides the fixed price, in one line."""
    charge = _main_share(quote)
    if charge is None:
        return words.say("no commission, nothing by result")
    basis, edge = basis_of(charge.of, words), edge_of(charge)
    if basis is None:
        return words.of(charge.label)
    rate = rates_of(charge, words)
    if not edge:
        return words.say("{rate} of {basis}", rate=rate, basis=basis)
    above = words.money(edge, quote.currency)
    return words.say("{rate} of {basis} above {amount} a month", rate=rate, basis=basis, amount=above)


def chance_figure(quote: Quote, words: Words) -> Figure:
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
        level = level_words(odds.goal.level, odds.goal.kpi, quote.currency, words)
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


def safe_figure(quote: Quote, words: Words) -> Figure:
    label = words.say("Safe level")
    odds = quote.goals[0] if quote.goals else None
    if odds is None or odds.probability is None:
        return _waiting("safe", label, words.say("follows from the probability"))
    goal, promise = odds.goal, odds.promise
    name, sign = answers.kpi_name(words, goal.kpi), sign_of(goal)
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
    asked = level_words(goal.level, goal.kpi, quote.currency, words)
    if odds.open_definition:
        second = words.say("**no number before a definition**")
    elif (gap > 0) == goal.at_least and abs(gap) > step_of(goal.kpi, promise.level) / 2:
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


def break_even_figure(quote: Quote, words: Words) -> Figure:
    seller = quote.seller
    roas = bool(quote.goals) and is_roas(quote.goals[0])
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
