"""Changes: what differs between two quotes of one call, and what caused it."""

from __future__ import annotations

from dataclasses import dataclass

from estimator.brief.goals import Probability
from estimator.contract.rule_place import RulePlace
from estimator.market.points import RANKED
from estimator.quoting.asked import Asked, Cause, causes_between
from estimator.quoting.quote import Quote

MOST_RANKED = 4
"""Causes that are weighed one by one; of more, their order among what is asked decides."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Pairs of before and after. ``rules`` are rows of the price that apply to one side only.

    ``margin`` and ``loss`` are the agency's own share and chance of a loss, None without our cost;
    ``chance`` is of the first goal, None where a side has none.
    """

    price: tuple[float, float]
    fees: tuple[float, float]
    margin: tuple[float, float] | None
    loss: tuple[float, float] | None
    chance: tuple[Probability, Probability] | None
    profit: tuple[float, float]
    causes: tuple[Cause, ...]
    rules: tuple[str, ...]


def changes(before: Quote, after: Quote) -> Changes:
    """What moved from ``before`` to ``after``; the cause that moved most comes first."""
    agencies = before.agency, after.agency
    chances = tuple(q.goals[0].probability if q.goals else None for q in (before, after))
    causes = tuple(causes_between(Asked.of(before), Asked.of(after)))
    return Changes(
        price=(before.monthly_price, after.monthly_price),
        fees=(before.fees.mean / before.months, after.fees.mean / after.months),
        margin=None if None in agencies else tuple(a.margin_share for a in agencies if a),  # type: ignore[arg-type]
        loss=None if None in agencies else tuple(a.loss_probability.value for a in agencies if a),  # type: ignore[arg-type]
        chance=None if None in chances else chances,  # type: ignore[arg-type]
        profit=(before.seller.profit.mean / before.months, after.seller.profit.mean / after.months),
        causes=_ranked(before, causes) if 1 < len(causes) <= MOST_RANKED else causes,
        rules=_rules(before, after),
    )


def _ranked(before: Quote, causes: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """The causes by what each moves alone: price as a share of itself, and probability twice."""
    usual = max(before.monthly_price, 1.0)
    start = _alone(before, None)

    def weight(cause: Cause) -> float:
        moved = _alone(before, cause)
        by_price = abs(moved.monthly_price - start.monthly_price) / usual
        odds = [q.goals[0].probability if q.goals else None for q in (start, moved)]
        by_odds = abs(odds[1].value - odds[0].value) if odds[0] and odds[1] else 0.0
        return -(by_price + 2 * by_odds)

    return tuple(sorted(causes, key=weight))


def _alone(before: Quote, cause: Cause | None) -> Quote:
    """The earlier quote with one cause, on few points."""
    asked = Asked.of(before)
    return (asked if cause is None else asked.with_cause(cause)).under(before.rules, RANKED)


def _rules(before: Quote, after: Quote) -> tuple[str, ...]:
    """The rows that move the price on one side only, the new ones first."""
    sides = [
        {RulePlace.read(s.rule).id: None for s in q.priced.steps if s.before != s.after}
        for q in (before, after)
    ]
    new = [rule for rule in sides[1] if rule not in sides[0]]
    return tuple(new or [rule for rule in sides[0] if rule not in sides[1]])
