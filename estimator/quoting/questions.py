"""Questions: the facts nobody has answered yet, by what their answers would move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from estimator.brief.brief import Brief
from estimator.brief.kpis import Kpi
from estimator.brief.meaning import asked_goals, operation_of
from estimator.brief.vocabulary import Vocabulary
from estimator.contract.price_list import Swing
from estimator.market.market import Market
from estimator.market.points import RANKED
from estimator.market.simulation import simulate
from estimator.promise.forecast import forecast, reads_money

LEAST_SWING = 0.01
"""Odds that move less than a point are not worth a question."""


@dataclass(frozen=True, kw_only=True)
class Unanswered:
    """A fact still unknown that would move price or odds, with the swing of each.

    ``price`` is the lowest and highest monthly price over its possible answers, ``odds`` the lowest
    and highest probability of the first goal; None where the fact does not move it.
    """

    fact: str
    price: tuple[float, float] | None
    odds: tuple[float, float] | None


def unanswered(
    brief: Brief,
    market: Market,
    kpis: Mapping[str, Kpi],
    vocabulary: Vocabulary,
    open_prices: tuple[Swing, ...],
) -> tuple[Unanswered, ...]:
    """The open questions by swing, an unknown margin first: it decides whether a sale earns anything.

    ``open_prices`` are the price's own swings.
    """
    prices = {swing.fact: (float(swing.low), float(swing.high)) for swing in open_prices}
    odds = dict(_odds_swings(brief, market, kpis, vocabulary))
    facts = [
        Unanswered(fact=fact, price=prices.get(fact), odds=odds.get(fact))
        for fact in {**prices, **odds}
        if prices.get(fact) or odds.get(fact)
    ]
    usual = max((high for _, high in prices.values()), default=1.0)

    def weight(item: Unanswered) -> tuple[float, str]:
        by_price = (item.price[1] - item.price[0]) / usual if item.price else 0.0
        by_odds = item.odds[1] - item.odds[0] if item.odds else 0.0
        return -(by_price + 2 * by_odds), item.fact

    ranked = sorted(facts, key=weight)
    if brief.landed_cost is None or brief.price is None:
        margin = "landed_cost" if brief.landed_cost is None else "price"
        own = next((item for item in ranked if item.fact == margin), None)
        ranked = [item for item in ranked if item.fact != margin]
        ranked.insert(0, own or Unanswered(fact=margin, price=None, odds=None))
    return tuple(ranked)


def _odds_swings(
    brief: Brief, market: Market, kpis: Mapping[str, Kpi], vocabulary: Vocabulary
) -> Iterator[tuple[str, tuple[float, float]]]:
    """The lowest and highest probability of the first goal over the answers to each open fact."""
    goal = next(iter(asked_goals(brief, kpis)), None)
    if goal is None or reads_money(goal):
        return

    def chance(changed: Brief) -> float | None:
        drawn = simulate(changed, market, operation_of(changed), RANKED, months=goal.months[1])
        return float(goal.met(drawn).mean()) if forecast(goal, changed, drawn) else None

    for fact in vocabulary.of_brief:
        if not fact.tried or getattr(brief, fact.id) is not None:
            continue
        answers = [fact.typed(text, brief.currency) for text in fact.tried]
        chances = [chance(brief.model_copy(update={fact.id: answer})) for answer in answers]
        known = [value for value in chances if value is not None]
        if known and max(known) - min(known) >= LEAST_SWING:
            yield fact.id, (min(known), max(known))
