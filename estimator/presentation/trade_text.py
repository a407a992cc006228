"""A promise and a trade as JSON for machines and as lines to read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from estimator.presentation.heading import state_lines
from estimator.presentation.trade import aloud, commission_rate, takes, trade_words
from estimator.presentation.words import Words
from estimator.quoting.negotiation import EqualTrade, NoTrade
from estimator.quoting.quote import Quote, weighed
from estimator.schemas.trade import Reached


def promise_text(quote: Quote, confidence: float, reached: Reached, words: Words) -> str:
    """Each goal's sentence to read aloud, and what it would take to reach what was asked as surely."""
    lines = [*state_lines(quote.rules, words)]
    for index, (odds, reach) in enumerate(zip(quote.goals, reached, strict=True)):
        draws = weighed(quote, index)
        if draws is None:
            continue
        level = draws.safe_level(confidence)
        one = replace(quote, goals=(odds,))
        lines.append(aloud(one, odds.goal, level, confidence, words))
        if reach is not None:
            said = takes(reach, quote.currency, words)
            lines += [said.title, *(f"  {line.replace('**', '')}" for line in said.lines)]
    if not any(odds.probability for odds in quote.goals):
        lines.append(words.say("No goal of this brief has a probability."))
    return "\n".join(lines)


def trade_text(quote: Quote, trades: Sequence[EqualTrade | NoTrade], commission: str, words: Words) -> str:
    """Each trade's sentences."""
    lines = [*state_lines(quote.rules, words)]
    for trade in trades:
        rate = commission_rate(trade.deal.terms, commission, words) if isinstance(trade, EqualTrade) else None
        lines += [line.replace("**", "") for line in trade_words(quote, trade, words, rate).lines]
    return "\n".join(dict.fromkeys(lines))
