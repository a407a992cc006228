"""A comparison as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from estimator.comparing.comparison import Comparison, Pairs
from estimator.comparing.crossover import Crossover
from estimator.comparing.flip import Flip
from estimator.comparing.row import Compared
from estimator.promise.answer import GoalAnswer
from estimator.quoting.quote import ENGINE
from estimator.schemas.digits import digits, goal_named, money, probability_digits, spread

MONEY = (
    "all_in_cost",
    "agency_fee",
    "credits",
    "passed_through",
    "platform_take",
    "own_team",
    "seller_profit",
    "cash_low",
    "gmv",
)
"""The money of an offer in the order it is told; ``cash_low`` is a level, all others are flows."""
LEVELS = frozenset({"cash_low"})


def as_json(found: Comparison, flips: Sequence[Flip], crossovers: Sequence[Crossover]) -> dict[str, Any]:
    """The comparison as data. Money is of the whole span; ``per_month`` holds the same flows a month."""
    return {
        **found.rules.heading,
        "engine": ENGINE,
        "seed": found.seed,
        "points": found.points,
        "currency": found.currency,
        "months": found.months,
        "offers": [_offer(offer, found) for offer in found.offers],
        "beats": _matrix(found.beats),
        "ties": _matrix(found.ties),
        "error": _errors(found.beats),
        "dominated": {name: list(by) for name, by in found.dominated.items()},
        "best": found.best,
        "best_available": found.best_available,
        "safest": found.safest,
        "flips": [_flip(flip) for flip in flips],
        "crossover": [_crossover(crossing) for crossing in crossovers],
    }


def _offer(offer: Compared, found: Comparison) -> dict[str, Any]:
    flows = {name: getattr(offer, name) for name in MONEY}
    return {
        "id": offer.id,
        "label": offer.label.model_dump(),
        "note": None if offer.note is None else offer.note.model_dump(),
        "scenario": offer.scenario,
        "ours": offer.ours,
        "operation": offer.operation.model_dump(),
        "as_of": offer.as_of,
        "ended": offer.ended,
        **{name: spread(amounts) for name, amounts in flows.items()},
        "per_month": {
            name: spread(offer.monthly(amounts)) for name, amounts in flows.items() if name not in LEVELS
        },
        "items_per_month": {
            "ads": money(offer.blocks.ads),
            "creators": money(offer.blocks.creators),
            "samples": money(offer.blocks.samples),
            "pay": money(offer.people.pay),
            "tools": money(offer.people.tools),
            "recruiting": money(offer.people.recruiting),
            "hosts": money(offer.people.hosts),
        },
        "roas": None if offer.roas is None else digits(offer.roas, 3),
        "ads_from_fee": None if offer.ads_from_fee is None else money(offer.ads_from_fee),
        "start_weeks": digits(offer.start_weeks, 2),
        "loss_probability": probability_digits(offer.loss_probability),
        "goals": [_goal(chance) for chance in offer.goals],
        "risk": {
            name: round(getattr(offer.risk, name), 3) for name in ("seller", "agency", "platform", "creators")
        },
        "dominated_by": list(found.dominated[offer.id]),
        "density": [[digits(at, 4), digits(height, 4)] for at, height in offer.density],
        "assumptions": [text.model_dump() for text in offer.assumptions],
        "assumed": [
            {
                "quantity": row.quantity,
                "low": row.low,
                "high": row.high,
                "unit": row.unit,
                "grade": row.grade,
                "source": row.source,
                "as_of": row.as_of,
                "place": row.place,
            }
            for row in offer.rows
        ],
        "contract": None if offer.terms is None else offer.terms.model_dump(mode="json"),
    }


def _goal(chance: GoalAnswer) -> dict[str, Any]:
    known = chance.probability
    return {
        **goal_named(chance.goal),
        **({"probability": None, "error": None} if known is None else probability_digits(known)),
        "reason": chance.reason,
    }


def _matrix(pairs: Pairs) -> dict[str, dict[str, float]]:
    """Shares of draws as they are counted: beats both ways and ties add up to 1."""
    return {name: {other: chance.value for other, chance in row.items()} for name, row in pairs.items()}


def _errors(pairs: Pairs) -> dict[str, dict[str, float]]:
    return {
        name: {other: probability_digits(chance)["error"] for other, chance in row.items()}
        for name, row in pairs.items()
    }


def _flip(flip: Flip) -> dict[str, Any]:
    pair: Mapping[str, Any] = {"better": flip.better, "other": flip.other}
    return {
        **pair,
        "kind": flip.kind,
        "value": None if flip.value is None else digits(flip.value, 4),
        "assumed": None if flip.assumed is None else digits(flip.assumed, 4),
        "reason": flip.reason,
        "of": flip.of,
        "gmv": None if flip.gmv is None else [money(amount) for amount in flip.gmv],
        "roas": None
        if flip.roas is None
        else [None if ratio is None else digits(ratio, 3) for ratio in flip.roas],
        "assumption": None if flip.row is None else flip.row.quantity,
    }


def _crossover(crossing: Crossover) -> dict[str, Any]:
    def pair(amounts: tuple[float, float]) -> dict[str, float]:
        return {name: money(amount) for name, amount in zip(("plan", "other"), amounts)}

    return {
        "plan": crossing.plan,
        "other": crossing.other,
        "gmv": None if crossing.gmv is None else money(crossing.gmv),
        "chance": round(crossing.chance, 4),
        "reached": crossing.reached,
        "cheaper_below": crossing.cheaper_below,
        "all_in_cost": pair(crossing.costs),
        "sells": pair(crossing.sells),
        "seller_profit": pair(crossing.profits),
        "needed_gmv": None if crossing.needed is None else money(crossing.needed),
        "more_gmv": None if crossing.more is None else money(crossing.more),
    }
