"""The price, line by line: what each step adds and the rule behind it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from estimator.contract.charges import Fixed, ShareOf
from estimator.contract.rule_place import RulePlace
from estimator.presentation.models import PriceLine
from estimator.presentation.phrases import commissions
from estimator.presentation.words import MINUS, Words, letters
from estimator.quoting.quote import Quote
from estimator.values.money import round_half_up

MOST_PRICE_LINES = {1: 7, 2: 4, 3: 3}
WRAPS = 33
"""Letters of a line beyond which it takes two rows."""
"""Lines of the price shown at once beside so many goals."""
AGREED = "trade.agreed"
"""The line of what was agreed or given instead of the list, which is never folded away."""


def price_lines(quote: Quote, words: Words) -> tuple[tuple[PriceLine, ...], tuple[PriceLine, ...]]:
    """What moved the price, with what a month comes to; and every line, also those that moved nothing."""
    listed = quote.priced.terms.charges
    monthly = {c.id for c in listed if isinstance(c, Fixed) and c.settles == "month"}
    once = {c.id for c in listed if isinstance(c, Fixed) and c.settles == "once"}
    shares = {c.id for c in commissions(quote)}
    steps = sorted(quote.priced.steps, key=lambda step: step.charge not in monthly)
    reached: dict[str, Decimal] = {}
    moving, every = [], []
    for step in steps:
        before = step.before or Decimal(0)
        change = step.after - before
        if step.charge in monthly:
            change = _whole(step.after) - _whole(before)
        amount = _step_amount(quote, step.charge, change, words, step.before is not None)
        line = PriceLine(
            label=words.of(step.label),
            amount=words.say("{amount} once", amount=amount) if step.charge in once else amount,
            rule=step.rule,
            rule_id=RulePlace.read(step.rule).id,
            look="none",
            left=0.0,
            width=0.0,
        )
        if step.charge in monthly:
            below = float(sum((v for charge, v in reached.items() if charge != step.charge), Decimal(0)))
            left, right = sorted((float(before), float(step.after)))
            look: Literal["cut", "list"] = "cut" if change < 0 else "list"
            line = replace(line, look=look, left=below + left, width=right - left, change=float(change))
            reached[step.charge] = step.after
        every.append(line)
        if change and (step.charge in monthly | once | shares):
            moving.append(line)
    if quote.terms.fixed("month") != quote.priced.monthly:
        line = _agreed(quote, words)
        moving.append(line)
        every.append(line)
        moving.sort(key=lambda line: line.look == "none")
    total = PriceLine(
        label=words.say("Price per month"),
        amount=words.money(quote.monthly_price, quote.currency),
        rule="",
        rule_id="",
        look="sum",
        left=0.0,
        width=quote.monthly_price,
    )
    widest = max((line.left + line.width for line in (*every, total)), default=0.0) or 1.0

    def scaled(lines: list[PriceLine]) -> tuple[PriceLine, ...]:
        return tuple(replace(line, left=line.left / widest, width=line.width / widest) for line in lines)

    place = sum(line.look != "none" for line in moving)
    return scaled([*moving[:place], total, *moving[place:]]), scaled([*every, total])


def _agreed(quote: Quote, words: Words) -> PriceLine:
    """The step from the list to what was agreed, or to what a discount leaves of it."""
    listed, agreed = float(quote.priced.monthly), quote.monthly_price
    change = round(agreed) - round(listed)
    discount = quote.trade.discount if quote.trade.base is None else None
    label = words.say("Agreed on the call")
    if discount is not None:
        label = words.say("Discount of {share} on the base fee", share=words.rate(discount.share))
    return PriceLine(
        label=label,
        amount=words.money(change, quote.currency, signed=True),
        rule="trades.toml#base" if discount is None else "trades.toml#discount",
        rule_id=AGREED,
        look="cut" if change < 0 else "list",
        left=min(listed, agreed),
        width=abs(agreed - listed),
        change=float(change),
    )


def _whole(amount: Decimal) -> Decimal:
    """The running amount as printed, so that the printed steps add up to the printed price."""
    return round_half_up(amount, Decimal(1))


def fitting(lines: tuple[PriceLine, ...], most: int, quote: Quote, words: Words) -> tuple[PriceLine, ...]:
    """As many lines as there is room for; those left out before the sum stand as one, so that it adds up."""
    place = next((index for index, line in enumerate(lines) if line.look == "sum"), len(lines))
    if place < most:
        rows = itertools.accumulate(1 + (letters(line.label) > WRAPS) for line in lines)
        room = sum(total <= most for total in rows)
        return lines[: min(most, max(room, place + 1))]
    agreed = tuple(line for line in lines[:place] if line.rule_id == AGREED)
    listed = tuple(line for line in lines[:place] if line.rule_id != AGREED)
    kept = most - 2 - len(agreed)
    shown, rest, total = listed[:kept], listed[kept:], lines[place]
    change = sum(line.change for line in rest)
    left = min(line.left for line in rest)
    together = PriceLine(
        label=words.say("{number} more lines", number=len(rest)),
        amount=words.money(change, quote.currency, signed=True),
        rule="",
        rule_id="",
        look="cut" if change < 0 else "list",
        left=left,
        width=max(line.left + line.width for line in rest) - left,
        change=change,
    )
    return (*shown, together, *agreed, total)


def _step_amount(quote: Quote, charge: str, change: Decimal, words: Words, signed: bool) -> str:
    """What a step does to its charge: to a rate, to an amount or to the price of a piece."""
    kinds = {c.id: c for c in quote.priced.terms.charges}
    if isinstance(kinds.get(charge), ShareOf):
        sign = (MINUS if change < 0 else "+") if signed else ""
        return f"{sign}{words.rate(abs(change))}"
    whole = isinstance(kinds.get(charge), Fixed) or change == change.to_integral_value()
    digits = 0 if whole else 2
    return words.money(change, quote.currency, signed=signed, digits=digits)
