"""A quote on paper: as JSON for machines and as lines to read aloud.

Figures are rounded here to the digits their error allows, before they are written or hashed, so that
the same quote is the same bytes everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from estimator.market.summary import Spread
from estimator.presentation import labels
from estimator.presentation.assumptions import far_below_said
from estimator.presentation.charge_words import charge_words
from estimator.presentation.heading import state_lines
from estimator.presentation.kpi_words import kpi_lines
from estimator.presentation.phrases import (
    between_words,
    chance_words,
    leaves_work,
    level_words,
    open_words,
    probability,
    safe_level,
    window_words,
)
from estimator.presentation.reasons import own_figures_said
from estimator.presentation.told import ranges_said, start_said
from estimator.presentation.words import Words, mark
from estimator.presentation.worth_words import worth_lines
from estimator.promise.known import Known
from estimator.quoting.own_figures import far_below
from estimator.quoting.quote import Quote, QuotedGoal
from estimator.schemas.digits import money, probability_digits
from estimator.schemas.worth import WorthAnswer


def as_text(quote: Quote, words: Words, worth: WorthAnswer | None = None) -> str:
    """The quote as lines of text, with what it is worth to the seller where that was worked out."""

    def line(title: str, text: str) -> str:
        return words.say("{title}: {text}", title=title, text=text)

    card = quote.rules.edition
    counted = {name: kpi.label for name, kpi in quote.rules.kpis.items()}
    lines = [*state_lines(quote.rules, words), line(words.say("Edition"), f"{card.id} · {card.sha256[:12]}")]
    lines.append(words.say("Terms"))
    lines += [
        "  " + line(words.of(c.label), f"{charge_words(c, quote.terms, counted, words)}  [{c.rule}]")
        for c in quote.terms.charges
    ]
    low, high = (words.money(money(end), quote.currency) for end in quote.monthly_price_range)
    lines.append(line(words.say("Price per month"), words.span(low, high)))
    start = start_said(quote.brief, quote.rules.on, words)
    lines += [line(words.say("Note"), said) for said in (*ranges_said(quote.brief, words), start) if said]
    lines += _goals(quote, words)
    if quote.joint is not None:
        lines.append("  " + line(words.say("all of these at once"), probability(quote.joint, words)))
    first = words.money(sum((amount for _, amount in quote.first_invoice), Decimal(0)), quote.currency)
    lines.append(line(words.say("First invoice, before the work begins"), first))
    lines.append(line(words.say("Usual month"), _range(quote.usual_month, quote.currency, words)))
    lines.append(
        line(
            words.say("Fees over {months} months", months=quote.months),
            _range(quote.fees, quote.currency, words),
        )
    )
    lines.append(line(*_profit_line(quote, words)))
    if quote.agency is not None:
        margin = _range(quote.agency.margin, quote.currency, words)
        lines.append(line(words.say("Our margin over the term"), margin))
    if worth is not None:
        lines += worth_lines(worth, words)
    if (below := far_below(quote.brief, quote.world)) is not None:
        lines.append(line(words.say("Note"), far_below_said(below, quote.currency, words)))
    for guard in quote.guards:
        text = f"{words.of(guard.text)} [{guard.rule}]"
        lines.append(line(words.say(_SEVERITIES[guard.severity]), text))
    lines.append(words.say("Clauses"))
    lines += [f"  {words.of(clause.said)} [{clause.rule}]" for clause in quote.terms.clauses]
    if quote.unanswered:
        asks = [labels.question(words, item.fact) for item in quote.unanswered[:5]]
        lines.append(line(words.say("Ask next"), " ".join(asks)))
    lines.append(
        words.say(
            "A scenario under stated assumptions: {scenario}, {points} points, seed {seed}",
            scenario=words.of(quote.world.scenario.label),
            points=words.number(quote.points),
            seed=quote.seed,
        )
    )
    return "\n".join(lines)


def _goals(quote: Quote, words: Words) -> Iterator[str]:
    """Every goal with its probability and how it is counted."""
    yield words.say("Goals")
    for odds in quote.goals:
        known = odds.known
        title, text = _goal_line(odds, known, quote.currency, words)
        yield "  " + words.say("{title}: {text}", title=title, text=text)
        if odds is quote.goals[0] and known is not None and (own := own_figures_said(known, words)):
            yield f"    {own}"
        yield from (f"    {text}" for text in kpi_lines(odds.goal.kpi, words))


_SEVERITIES = {
    "note": mark("Note"),
    "warning": mark("Warning"),
    "approval": mark("Needs approval"),
    "refusal": mark("Refusal"),
}


def _profit_line(quote: Quote, words: Words) -> tuple[str, str]:
    """The seller's profit, named for what it is before where the service leaves work to own staff."""
    before = mark("Seller’s profit over the term, before own staff")
    label = before if leaves_work(quote.brief) else mark("Seller’s profit over the term")
    return words.say(label), _range(quote.seller.profit, quote.currency, words)


def _range(spread: Spread, currency: str, words: Words) -> str:
    low, middle, high = (
        words.money(money(amount), currency) for amount in (spread.p10, spread.p50, spread.p90)
    )
    return words.say("{middle} (8 in 10: {low} to {high})", middle=middle, low=low, high=high)


def _goal_line(odds: QuotedGoal, known: Known | None, currency: str, words: Words) -> tuple[str, str]:
    goal = odds.goal
    sign = "≥" if goal.at_least else "≤"
    head = words.say(
        "{kpi} {sign} {level}, {window}",
        kpi=labels.kpi_label(words, goal.kpi),
        sign=sign,
        level=level_words(goal.level, goal.kpi, currency, words),
        window=window_words(goal, words),
    )
    if odds.probability is None:
        return head, words.say("no probability is given")
    if odds.between is not None:
        chance = open_words(odds.between, odds.probability, goal.kpi, words)
        return head, words.say("probability {chance}", chance=chance)
    shown = probability_digits(odds.probability)
    chance = words.say(
        "probability {chance}",
        chance=chance_words(shown["probability"], words, 1),
    )
    if known is not None:
        span = between_words(known.between(odds.probability.value), words)
        chance = words.say("{chance}, {span} over what is not known of the market", chance=chance, span=span)
    if odds.promise is None or odds.promise.level is None:
        return head, words.say("{chance}; no level is reached in 8 of 10 outcomes", chance=chance)
    level = safe_level(odds.promise.level, goal, currency, words)
    return head, words.say("{chance}; safe level {sign} {level}", chance=chance, sign=sign, level=level)
