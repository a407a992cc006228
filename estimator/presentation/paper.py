"""A quote on paper: as JSON for machines and as lines to read aloud.

Figures are rounded here to the digits their error allows, before they are written or hashed, so that
the same quote is the same bytes everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from estimator.brief.goals import Goal, Probability
from estimator.brief.kpis import Kpi
from estimator.contract.charges import Bound, Fixed, PerUnit, Refund, ShareOf
from estimator.contract.conditions import Value
from estimator.contract.terms import Terms
from estimator.earnings.ledgers import Blocks
from estimator.market.summary import Spread
from estimator.presentation import answers
from estimator.presentation.heading import heading, state_lines
from estimator.presentation.phrases import probability
from estimator.presentation.words import Words, mark
from estimator.quoting.quote import GoalOdds, Quote
from estimator.values.money import plain

AnyCharge = Fixed | PerUnit | ShareOf | Bound | Refund


def as_json(quote: Quote) -> dict[str, Any]:
    """The quote as data. Amounts of terms are decimal strings; shares and probabilities are 0 to 1."""
    content: dict[str, Any] = {
        **heading(
            quote.rules,
            card_sha256=quote.rules.edition.sha256,
            scenario=quote.scenario,
            engine=quote.engine,
            seed=quote.seed,
            points=quote.points,
        ),
        "currency": quote.currency,
        "months": quote.months,
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
        "difficulty": None
        if quote.difficulty is None
        else {
            "band": quote.difficulty.band,
            **probability_digits(
                Probability(value=quote.difficulty.probability, error=quote.difficulty.error)
            ),
            "at_edge": quote.difficulty.at_edge,
        },
        "goals": [_goal(odds) for odds in quote.goals],
        "all_goals": None if quote.joint is None else probability_digits(quote.joint),
        "fees": spread(quote.fees),
        "seller_profit": {
            **spread(quote.seller.profit),
            "loss_probability": probability_digits(quote.seller.loss_probability),
            "break_even": None
            if quote.payoff is None or quote.payoff.break_even is None
            else digits(quote.payoff.break_even, 3),
            "margin_known": quote.seller.margin_known,
        },
        "cash_low": spread(quote.seller.cash_low),
        "monthly_spend": _blocks(quote.seller.blocks),
        "by_month": [
            {
                "month": month.month,
                "settled_gmv": money(month.settled_gmv),
                **_blocks(month.blocks),
                "goods_and_delivery": money(month.goods_and_delivery),
                "profit": spread(month.profit),
                "cash": spread(month.cash),
            }
            for month in quote.seller.by_month
        ],
        "unanswered": [
            {
                "fact": unanswered.fact,
                "question": {
                    "en": answers.question(Words("en"), unanswered.fact),
                    "zh": answers.question(Words("zh"), unanswered.fact),
                },
                "price": None if unanswered.price is None else list(map(money, unanswered.price)),
                "probability": None
                if unanswered.odds is None
                else [round(share, 3) for share in unanswered.odds],
            }
            for unanswered in quote.unanswered
        ],
        "assumed": [{"fact": fact, "value": value} for fact, value in quote.assumed],
        "guards": [
            {
                "id": guard.id,
                "severity": guard.severity,
                "rule": guard.rule,
                "text": guard.text.model_dump(),
                "approver": None if guard.approver is None else guard.approver.model_dump(),
            }
            for guard in quote.guards
        ],
        "contract": quote.terms.model_dump(mode="json"),
    }
    if quote.agency is not None:
        content["agency_margin"] = {
            **spread(quote.agency.margin),
            "loss_probability": probability_digits(quote.agency.loss_probability)["probability"],
            "loss_probability_error": probability_digits(quote.agency.loss_probability)["error"],
        }
    return content


def _fact(value: Value) -> str | list[str] | None:
    """A fact as rules read it; None is unknown."""
    if isinstance(value, frozenset):
        return sorted(value)
    return plain(value) if isinstance(value, Decimal) else value


def money(amount: float) -> float:
    """An amount to four digits, the most a simulated mean allows, and never below a cent."""
    return digits(amount, 4)


def digits(value: float, count: int) -> float:
    """``value`` to ``count`` significant digits.

    >>> digits(12345.6, 4), digits(0.0, 3)
    (12350.0, 0.0)
    """
    if value == 0 or not math.isfinite(value):
        return 0.0
    places = count - 1 - math.floor(math.log10(abs(value)))
    return round(value, min(places, 2) if abs(value) >= 1 else places) + 0.0


def probability_digits(probability: Probability) -> dict[str, float]:
    """Probability and error to two digits of the error.

    >>> probability_digits(Probability(value=0.234567, error=0.00312))
    {'probability': 0.2346, 'error': 0.0032}
    """
    places = min(max(1 - math.floor(math.log10(probability.error)), 2), 6)
    return {
        "probability": round(probability.value, places),
        "error": math.ceil(round(probability.error * 10**places, 6)) / 10**places,
    }


def spread(spread: Spread) -> dict[str, float]:
    return {
        "mean": money(spread.mean),
        "p10": money(spread.p10),
        "p50": money(spread.p50),
        "p90": money(spread.p90),
    }


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


def goal_named(goal: Goal) -> dict[str, Any]:
    """A goal as every answer names it."""
    return {
        "kpi": goal.kpi.id,
        "label": goal.kpi.label.model_dump(),
        "at_least" if goal.at_least else "at_most": float(goal.level),
        "months": list(goal.months),
        "reading": goal.reading,
    }


def _goal(odds: GoalOdds) -> dict[str, Any]:
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


def safe_digits(level: float, at_least: bool) -> float:
    """A safe level to four digits, rounded to the side that stays safe.

    >>> safe_digits(1.23456, True), safe_digits(1.23456, False)
    (1.234, 1.235)
    """
    if level == 0:
        return 0.0
    scale = 10.0 ** (3 - math.floor(math.log10(abs(level))))
    shifted = level * scale
    whole = math.floor(shifted + 1e-9) if at_least else math.ceil(shifted - 1e-9)
    return whole / scale


def _term(charge: AnyCharge, terms: Terms) -> dict[str, Any]:
    amount, per = _amount(charge)
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


def _amount(charge: AnyCharge) -> tuple[Decimal, str]:
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


def as_text(quote: Quote, words: Words) -> str:
    """The quote as lines of text."""

    def line(title: str, text: str) -> str:
        return words.say("{title}: {text}", title=title, text=text)

    card = quote.rules.edition
    lines = [*state_lines(quote.rules, words), line(words.say("Edition"), f"{card.id} · {card.sha256[:12]}")]
    lines.append(words.say("Terms"))
    lines += [
        "  " + line(words.of(c.label), f"{_said(c, quote, words)}  [{c.rule}]") for c in quote.terms.charges
    ]
    lines.append(words.say("Goals"))
    for odds in quote.goals:
        kpi = odds.goal.kpi
        lines.append("  " + line(*_goal_line(odds, words)))
        lines += [f"    {words.of(text)}" for text in (kpi.definition, kpi.attribution, kpi.source)]
    if quote.joint is not None:
        lines.append(
            "  " + line(words.say("all of these at once"), " ".join(probability(quote.joint, words)))
        )
    lines.append(
        line(
            words.say("Fees over {months} months", months=quote.months),
            _range(quote.fees, quote.currency, words),
        )
    )
    profit = _range(quote.seller.profit, quote.currency, words)
    lines.append(line(words.say("Seller’s profit over the term"), profit))
    if quote.agency is not None:
        margin = _range(quote.agency.margin, quote.currency, words)
        lines.append(line(words.say("Our margin over the term"), margin))
    for guard in quote.guards:
        text = f"{words.of(guard.text)} [{guard.rule}]"
        lines.append(line(words.say(_SEVERITIES[guard.severity]), text))
    lines.append(words.say("Clauses"))
    lines += [f"  {words.of(clause.text)} [{clause.rule}]" for clause in quote.terms.clauses]
    if quote.unanswered:
        asks = [answers.question(words, item.fact) for item in quote.unanswered[:5]]
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


_SEVERITIES = {
    "note": mark("Note"),
    "warning": mark("Warning"),
    "approval": mark("Needs approval"),
    "refusal": mark("Refusal"),
}


_PERIODS = {
    "once": mark("once"),
    "month": mark("a month"),
    "quarter": mark("a quarter"),
    "term": mark("for the term"),
}


def _said(charge: AnyCharge, quote: Quote, words: Words) -> str:
    """What a charge comes to, in words: 5 % of settled GMV, 8 % above $240,000 a month."""

    def money_of(amount: Decimal) -> str:
        return words.money(amount, quote.currency, digits=_cents(amount))

    if isinstance(charge, ShareOf):
        parts = [words.rate(charge.tiers.rate[0])]
        for edge, rate in zip(charge.tiers.above[1:], charge.tiers.rate[1:]):
            above = money_of(charge.baseline + edge)
            parts.append(words.say("{rate} above {amount}", rate=words.rate(rate), amount=above))
        what = _counted(charge.of.of, quote.rules.kpis, words)
        said = words.say("{rates} of {what}", rates=words.both(parts), what=what)
        if not charge.baseline:
            return said
        return words.say("{said}, beyond {amount} a month", said=said, amount=money_of(charge.baseline))
    if isinstance(charge, PerUnit):
        unit = words.say("an hour") if charge.of.of == ("live_hours",) else words.say("a video")
        per = unit if charge.pack == 1 else words.say("for {pack} begun", pack=charge.pack)
        return f"{money_of(charge.price)} {per}"
    if isinstance(charge, Refund):
        return words.rate(max(step.back for step in charge.steps))
    amount, _ = _amount(charge)
    return f"{money_of(amount)} {words.say(_PERIODS[charge.settles])}"


def _counted(names: tuple[str, ...], kpis: Mapping[str, Kpi], words: Words) -> str:
    return " + ".join(words.of(kpis[name].label) if name in kpis else name for name in names)


def _cents(amount: Decimal) -> int:
    return 0 if amount == amount.to_integral_value() else 2


def _range(spread: Spread, currency: str, words: Words) -> str:
    low, middle, high = (
        words.money(money(amount), currency) for amount in (spread.p10, spread.p50, spread.p90)
    )
    return words.say("{middle} (8 in 10: {low} to {high})", middle=middle, low=low, high=high)


def _goal_line(odds: GoalOdds, words: Words) -> tuple[str, str]:
    goal = odds.goal
    sign = "≥" if goal.at_least else "≤"
    head = words.say(
        "{kpi} {sign} {level}, months {first} to {last}",
        kpi=words.of(goal.kpi.label),
        sign=sign,
        level=plain(goal.level),
        first=goal.months[0],
        last=goal.months[1],
    )
    if odds.probability is None:
        return head, words.say("no probability is given")
    shown = probability_digits(odds.probability)
    chance = words.say(
        "probability {chance} ± {error}",
        chance=words.percent(shown["probability"], 1),
        error=words.percent(max(shown["error"], 0.001), 1),
    )
    if odds.promise is None or odds.promise.level is None:
        return head, words.say("{chance}; no level is reached in 8 of 10 outcomes", chance=chance)
    level = f"{sign} {safe_digits(odds.promise.level, goal.at_least):g}"
    return head, words.say("{chance}; safe level {level}", chance=chance, level=level)
