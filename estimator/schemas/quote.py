"""A quote as data."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from estimator.brief.goals import Probability
from estimator.contract.charges import AnyCharge, Bound, Fixed, PerUnit, Refund, ShareOf
from estimator.contract.conditions import Value
from estimator.contract.terms import Terms
from estimator.earnings.ledgers import Blocks
from estimator.quoting.quote import Quote, QuotedGoal
from estimator.schemas.digits import digits, goal_named, money, probability_digits, safe_digits, spread
from estimator.values.money import plain
from estimator.values.text import Text


def as_json(quote: Quote, question: Callable[[str], Text]) -> dict[str, Any]:
    """The quote as data; ``question`` words what would answer an open fact.

    Amounts of terms are decimal strings; shares and probabilities are 0 to 1.
    """
    content: dict[str, Any] = {
        **quote.rules.heading,
        "card_sha256": quote.rules.edition.sha256,
        "scenario": quote.scenario,
        "engine": quote.engine,
        "seed": quote.seed,
        "points": quote.points,
        "currency": quote.currency,
        "months": quote.months,
        **_price(quote),
        "difficulty": _difficulty(quote),
        "goals": [_goal(odds) for odds in quote.goals],
        "all_goals": None if quote.joint is None else probability_digits(quote.joint),
        "fees": spread(quote.fees),
        **_seller(quote),
        "unanswered": [
            {
                "fact": unanswered.fact,
                "question": question(unanswered.fact).model_dump(),
                "price": None if unanswered.price is None else list(map(money, unanswered.price)),
                "probability": None
                if unanswered.odds is None
                else [round(share, 3) for share in unanswered.odds],
            }
            for unanswered in quote.unanswered
        ],
        "assumed": [{"fact": fact, "value": value} for fact, value in quote.assumed],
        "guards": _guards(quote),
        "contract": quote.terms.model_dump(mode="json"),
    }
    if quote.agency is not None:
        loss = probability_digits(quote.agency.loss_probability)
        content["agency_margin"] = {
            **spread(quote.agency.margin),
            "loss_probability": loss["probability"],
            "loss_probability_error": loss["error"],
        }
    return content


def _price(quote: Quote) -> dict[str, Any]:
    """The charges, what they come to a month, and the rules that led there or did not apply."""
    return {
        "terms": [_term(charge, quote.terms) for charge in quote.terms.charges],
        "monthly_price": {
            "amount": money(quote.monthly_price),
            "low": money(quote.monthly_price_range[0]),
            "high": money(quote.monthly_price_range[1]),
        },
        "trace": [
            {
                "charge": step.charge,
                "verb": step.verb,
                "before": None if step.before is None else plain(step.before),
                "after": plain(step.after),
                "rule": step.rule,
                "label": step.label.model_dump(),
            }
            for step in quote.priced.steps
        ],
        "not_applied": [
            {
                "charge": row.charge,
                "rule": row.rule,
                "column": row.column,
                "cell": row.cell,
                "found": _fact(row.found),
            }
            for row in quote.priced.not_applied
        ],
    }


def _difficulty(quote: Quote) -> dict[str, Any] | None:
    """The band of the goal's difficulty and the probability behind it; None where no goal was rated."""
    rated = quote.difficulty
    if rated is None:
        return None
    return {
        "band": rated.band,
        **probability_digits(Probability(value=rated.probability, error=rated.error)),
        "at_edge": rated.at_edge,
    }


def _seller(quote: Quote) -> dict[str, Any]:
    """The seller's profit, cash and spend, over the term and month by month."""
    seller = quote.seller
    return {
        "seller_profit": {
            **spread(seller.profit),
            "loss_probability": probability_digits(seller.loss_probability),
            "break_even": None
            if quote.payoff is None or quote.payoff.break_even is None
            else digits(quote.payoff.break_even, 3),
            "margin_known": seller.margin_known,
        },
        "cash_low": spread(seller.cash_low),
        "monthly_spend": _blocks(seller.blocks),
        "by_month": [
            {
                "month": month.month,
                "settled_gmv": money(month.settled_gmv),
                **_blocks(month.blocks),
                "goods_and_delivery": money(month.goods_and_delivery),
                "profit": spread(month.profit),
                "cash": spread(month.cash),
            }
            for month in seller.by_month
        ],
    }


def _guards(quote: Quote) -> list[dict[str, Any]]:
    """What was raised on the way to the price, and who may approve it."""
    return [
        {
            "id": guard.id,
            "severity": guard.severity,
            "rule": guard.rule,
            "text": guard.text.model_dump(),
            "approver": None if guard.approver is None else guard.approver.model_dump(),
        }
        for guard in quote.guards
    ]


def _fact(value: Value) -> str | list[str] | None:
    """A fact as rules read it; None is unknown."""
    if isinstance(value, frozenset):
        return sorted(value)
    return plain(value) if isinstance(value, Decimal) else value


def _blocks(blocks: Blocks) -> dict[str, Any]:
    """The three blocks of the seller's spend, which are never mixed."""
    return {
        "agency_fee": money(blocks.agency_fee),
        "passed_through": {
            "ads": money(blocks.ads),
            "creators": money(blocks.creators),
            "samples": money(blocks.samples),
        },
        "platform_take": money(blocks.platform_take),
    }


def _goal(odds: QuotedGoal) -> dict[str, Any]:
    goal = odds.goal
    shown: dict[str, Any] = {
        **goal_named(goal),
        "words": odds.words,
        "definition_open": odds.open_definition,
        "measurable": odds.measurable,
        "forecast": goal.kpi.forecast,
    }
    if odds.probability is None:
        return {**shown, "probability": None, "error": None, "promise": None}
    promise = odds.promise
    level = None if promise is None or promise.level is None else safe_digits(promise.level, goal.at_least)
    return {
        **shown,
        **probability_digits(odds.probability),
        "median": None if odds.median is None else digits(odds.median, 4),
        "promise": {"confidence": promise.confidence if promise else None, "level": level},
    }


def _term(charge: AnyCharge, terms: Terms) -> dict[str, Any]:
    amount, per = amount_of(charge)
    return {
        "charge": charge.id,
        "kind": charge.kind,
        "amount": plain(amount),
        "per": per,
        "rule": charge.rule,
        "label": charge.label.model_dump(),
        **_extras(charge, terms),
    }


def _extras(charge: AnyCharge, terms: Terms) -> dict[str, Any]:
    """What a share's steps are, counted above its baseline, and the most a refund can come to."""
    if isinstance(charge, Refund):
        share, most = terms.largest_refund(charge)
        return {"largest": {"share": plain(share), "amount": None if most is None else plain(most)}}
    if not isinstance(charge, ShareOf):
        return {}
    steps = [
        {"above": plain(above), "rate": plain(rate)}
        for above, rate in zip(charge.tiers.above, charge.tiers.rate)
    ]
    jumps = [{"above": plain(above), "amount": plain(jump)} for above, jump in charge.tiers.jumps()]
    return {
        "baseline": plain(charge.baseline),
        "tiers": steps,
        "reach": charge.tiers.reach,
        "jumps": jumps,
    }


def amount_of(charge: AnyCharge) -> tuple[Decimal, str]:
    match charge:
        case Fixed():
            return charge.amount, charge.settles
        case PerUnit():
            unit = "+".join(charge.of.of)
            return charge.price, unit if charge.pack == 1 else f"{charge.pack} {unit}"
        case ShareOf():
            return charge.tiers.rate[0], "+".join(charge.of.of)
        case Bound():
            return charge.at_least if charge.at_least is not None else charge.at_most or Decimal(
                0
            ), charge.settles
        case Refund():
            return max(step.back for step in charge.steps), "+".join(charge.over)
