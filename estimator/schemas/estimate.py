"""A seller's estimate as data."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from estimator.brief.brief import GoalWords
from estimator.promise.answer import GoalAnswer
from estimator.quoting.drivers import Driver
from estimator.quoting.estimate import Estimate, EstimateMonth
from estimator.quoting.tipping import Flips
from estimator.rules.checklists import needed
from estimator.schemas.digits import digits, goal_named, money, probability_digits, safe_digits, spread

AMOUNTS = tuple(field.name for field in fields(EstimateMonth) if field.name != "month")
"""The amounts of a month, in their order."""


def estimate_json(found: Estimate, flips: tuple[Flips, ...], drivers: tuple[Driver, ...]) -> dict[str, Any]:
    """The estimate as data; money is in ``currency``, shares and probabilities are 0 to 1."""
    return {
        **found.world.rules.heading,
        "scenario": found.world.scenario.id,
        "engine": found.engine,
        "seed": found.seed,
        "points": found.points,
        "currency": found.currency,
        "months": found.months,
        "service_model": found.brief.service_model,
        "monthly_price": money(found.monthly_price),
        "assumed": [{"fact": fact, "value": value} for fact, value in found.assumed],
        **_money(found),
        "goals": [_goal_json(*pair) for pair in zip(found.goals, found.brief.goals)],
        "flips": [_flips_json(one) for one in flips],
        "drivers": [
            {
                "assumption": driver.name,
                "low": round(driver.low, 3),
                "high": round(driver.high, 3),
                "share_of_spread": None if driver.spread is None else round(driver.spread, 3),
            }
            for driver in drivers
        ],
        "ask": _traps(found),
        "documents": _documents(found),
    }


def _money(estimate: Estimate) -> dict[str, Any]:
    """What the seller earns, pays and lays out, over the term and month by month."""
    seller = estimate.seller
    return {
        "profit": {**spread(seller.profit), "loss_probability": probability_digits(seller.loss_probability)},
        "margin_known": seller.margin_known,
        "fees": spread(estimate.fees),
        "monthly_spend": {
            "agency_fee": money(estimate.blocks.agency_fee),
            "passed_through": {
                "ads": money(estimate.blocks.ads),
                "creators": money(estimate.blocks.creators),
                "samples": money(estimate.blocks.samples),
            },
            "platform_take": money(estimate.blocks.platform_take),
        },
        "break_even": _break_even(estimate),
        "cash": {
            "low": spread(seller.cash_low),
            "payback_month": seller.payback_month,
            "paid_back": probability_digits(estimate.paid_back),
            "owed_after": spread(estimate.owed),
        },
        "by_month": [
            {"month": month.month, **{name: spread(getattr(month, name)) for name in AMOUNTS}}
            for month in estimate.by_month
        ],
    }


def _break_even(estimate: Estimate) -> dict[str, Any]:
    """The ROAS and the orders a month at which the seller neither gains nor loses; None where unknown."""
    even = estimate.break_even
    return {
        "kpi": even.kpi.id,
        "level": None if even.roas is None else digits(even.roas, 3),
        "median": None if even.roas_now is None else digits(even.roas_now, 3),
        "reached": None if even.chance is None else probability_digits(even.chance),
        "orders_a_month": None if even.units is None else digits(even.units, 3),
        "orders_a_month_median": digits(even.units_now, 3),
    }


def _traps(estimate: Estimate) -> list[dict[str, Any]]:
    """What to ask any seller of such a service, and why."""
    return [
        {
            "id": trap.id,
            "question": trap.question.model_dump(),
            "why": trap.why.model_dump(),
            "source": trap.source,
        }
        for trap in estimate.world.rules.traps
    ]


def _documents(estimate: Estimate) -> list[dict[str, Any]]:
    """The papers that the category needs before it may sell, with who issues them."""
    return [
        {
            "id": document.id,
            "label": document.label.model_dump(),
            "issuer": document.issuer.model_dump(),
            "why": document.why.model_dump(),
            "source": document.source,
            "as_of": document.as_of,
            "grade": document.grade,
        }
        for document in needed(estimate.world.rules.documents, estimate.category)
    ]


def _goal_json(one: GoalAnswer, said: GoalWords) -> dict[str, Any]:
    level = one.promise.level if one.promise else None
    return {
        **goal_named(one.goal),
        "words": said.words,
        **(probability_digits(one.probability) if one.probability else {"probability": None, "error": None}),
        "safe_level": None if level is None else safe_digits(level, one.goal.at_least),
    }


def _flips_json(flips: Flips) -> dict[str, Any]:
    return {
        "of": flips.question,
        "chance": round(flips.chance, 3),
        "flips": [
            {
                "assumption": flip.name,
                "middle": digits(flip.middle, 3),
                "at": digits(flip.at, 3),
                "unit": "USD" if flip.row is None else flip.row.unit,
                "z": round(flip.z, 2),
            }
            for flip in flips.found
        ],
    }
