"""A quote on paper: as JSON for machines and as lines to read aloud.

Figures are rounded here to the digits their error allows, before they are written or hashed, so that
the same quote is the same bytes everywhere.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from estimator.economics import Spread
from estimator.goals import Probability
from estimator.money import plain
from estimator.pricing import FACTS
from estimator.quote import GoalOdds, Quote
from estimator.terms import Bound, Fixed, PerUnit, Refund, ShareOf
from estimator.text import Language

AnyCharge = Fixed | PerUnit | ShareOf | Bound | Refund


def as_json(quote: Quote) -> dict[str, Any]:
    """The quote as data. Amounts of terms are decimal strings; shares and probabilities are 0 to 1."""
    content: dict[str, Any] = {
        "edition": quote.edition,
        "card_sha256": quote.card_sha256,
        "market": quote.market,
        "scenario": quote.scenario,
        "engine": quote.engine,
        "seed": quote.seed,
        "points": quote.points,
        "currency": quote.currency,
        "months": quote.months,
        "terms": [_term(charge, quote) for charge in quote.terms.charges],
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
        "goals": [_goal(odds) for odds in quote.goals],
        "fees": _spread(quote.fees),
        "seller_profit": {
            **_spread(quote.seller.profit),
            "loss_probability": _probability(quote.seller.loss_probability),
            "break_even": None if quote.seller.break_even is None else digits(quote.seller.break_even, 3),
            "margin_known": quote.seller.margin_known,
        },
        "cash_low": _spread(quote.seller.cash_low),
        "monthly_spend": {
            "agency_fee": money(quote.seller.blocks.agency_fee),
            "passed_through": {
                "ads": money(quote.seller.blocks.ads),
                "creators": money(quote.seller.blocks.creators),
                "samples": money(quote.seller.blocks.samples),
            },
            "platform_take": money(quote.seller.blocks.platform_take),
        },
        "unanswered": [
            {
                "fact": unanswered.fact,
                "question": FACTS[unanswered.fact].question.model_dump()
                if unanswered.fact in FACTS
                else None,
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
            **_spread(quote.agency.margin),
            "loss_probability": _probability(quote.agency.loss_probability)["probability"],
            "loss_probability_error": _probability(quote.agency.loss_probability)["error"],
        }
    return content


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


def _probability(probability: Probability) -> dict[str, float]:
    """Probability and error to two digits of the error.

    >>> _probability(Probability(value=0.234567, error=0.00312))
    {'probability': 0.2346, 'error': 0.0032}
    """
    places = min(max(1 - math.floor(math.log10(probability.error)), 2), 6)
    return {
        "probability": round(probability.value, places),
        "error": math.ceil(round(probability.error * 10**places, 6)) / 10**places,
    }


def _spread(spread: Spread) -> dict[str, float]:
    return {
        "mean": money(spread.mean),
        "p10": money(spread.p10),
        "p50": money(spread.p50),
        "p90": money(spread.p90),
    }


def _goal(odds: GoalOdds) -> dict[str, Any]:
    goal = odds.goal
    shown: dict[str, Any] = {
        "kpi": goal.kpi.id,
        "label": goal.kpi.label.model_dump(),
        "at_least" if goal.at_least else "at_most": float(goal.level),
        "months": list(goal.months),
        "reading": goal.reading,
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
        **_probability(odds.probability),
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


def _term(charge: AnyCharge, quote: Quote) -> dict[str, Any]:
    amount, per = _amount(charge)
    return {
        "charge": charge.id,
        "kind": charge.kind,
        "amount": plain(amount),
        "per": per,
        "rule": charge.rule,
        "label": charge.label.model_dump(),
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


def as_text(quote: Quote, language: Language) -> str:
    """The quote as lines of text."""
    zh = language == "zh"
    lines = [
        ("报价版本 " if zh else "Edition ") + f"{quote.edition} · {quote.card_sha256[:12]}",
        ("条款" if zh else "Terms"),
    ]
    for charge in quote.terms.charges:
        amount, per = _amount(charge)
        shown = (
            f"{float(amount) * 100:g} %" if charge.kind in {"share", "refund"} else f"{quote.currency} {amount:,f}"
        )
        lines.append(f"  {charge.label.of(language)}: {shown} / {per}  [{charge.rule}]")
    lines.append("目标" if zh else "Goals")
    for odds in quote.goals:
        lines.append("  " + _goal_line(odds, zh))
    lines.append(
        ("合作期内费用" if zh else "Fees over the term")
        + f" ({quote.months} "
        + ("个月" if zh else "months")
        + f"): {_range(quote.fees, quote.currency)}"
    )
    lines.append(("卖家利润" if zh else "Seller's profit") + f": {_range(quote.seller.profit, quote.currency)}")
    if quote.agency is not None:
        lines.append(("我方毛利" if zh else "Our margin") + f": {_range(quote.agency.margin, quote.currency)}")
    for guard in quote.guards:
        lines.append(f"{_SEVERITY[guard.severity][zh]}: {guard.text.of(language)} [{guard.rule}]")
    if quote.unanswered:
        ask = ", ".join(
            FACTS[item.fact].question.of(language) if item.fact in FACTS else item.fact
            for item in quote.unanswered[:5]
        )
        lines.append(("接下来问：" if zh else "Ask next: ") + ask)
    lines.append(
        f"以上为假设前提下的情景测算（{quote.scenario}，{quote.points:,} 点，种子 {quote.seed}）"
        if zh
        else f"A scenario under stated assumptions ({quote.scenario}, {quote.points:,} points, seed {quote.seed})"
    )
    return "\n".join(lines)


_SEVERITY = {
    "note": ("Note", "提示"),
    "warning": ("Warning", "提醒"),
    "approval": ("Needs approval", "须审批"),
    "refusal": ("Refusal", "不予报价"),
}


def _range(spread: Spread, currency: str) -> str:
    def shown(amount: float) -> str:
        text = f"{abs(money(amount)):,.0f}"
        return f"\u2212{text}" if amount < 0 else text

    return f"{currency} {shown(spread.p50)} ({shown(spread.p10)} – {shown(spread.p90)})"


def _goal_line(odds: GoalOdds, zh: bool) -> str:
    goal = odds.goal
    sign = "≥" if goal.at_least else "≤"
    first, last = goal.months
    window = f"第 {first}–{last} 个月" if zh else f"months {first}–{last}"
    head = f"{goal.kpi.label.of('zh' if zh else 'en')} {sign} {plain(goal.level)}, {window}, {goal.reading}"
    if odds.probability is None:
        why = "不测算概率" if zh else "no probability"
        return f"{head}: {why}"
    shown = _probability(odds.probability)
    chance = f"{shown['probability'] * 100:.1f} % ± {max(shown['error'] * 100, 0.1):.1f}"
    line = f"{head}: {'达成概率' if zh else 'probability'} {chance}"
    if odds.promise and odds.promise.level is not None:
        safe = safe_digits(odds.promise.level, goal.at_least)
        line += f"; {'稳妥可签值' if zh else 'safe level'} {sign} {safe:g} ({odds.promise.confidence:.0%})"
    return line
