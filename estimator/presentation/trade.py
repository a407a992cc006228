"""What is said of a trade, of a clause, and of the level that is safe to sign."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from estimator.brief.goals import Goal
from estimator.contract.charges import ShareOf
from estimator.contract.terms import Terms
from estimator.market.summary import Spread
from estimator.presentation import labels
from estimator.presentation.models import ClauseRow, Safe, Takes, TradeSaid
from estimator.presentation.phrases import (
    HARDLY,
    goal_words,
    in_hundred,
    level_words,
    months,
    probability,
    promises,
    rates_of,
    safe_level,
    sign_of,
    window_words,
)
from estimator.presentation.words import NONE, Words, about, mark
from estimator.quoting.drivers import Target
from estimator.quoting.goal_seek import Needed
from estimator.quoting.listing import listed_months_of
from estimator.quoting.negotiation import EqualTrade, Means, NoTrade, Reason
from estimator.quoting.quote import Quote, weighed
from estimator.quoting.reach import Reaching
from estimator.quoting.trades import ClauseOffer
from estimator.schemas.trade import LADDER

MEANS: Mapping[Means, str] = MappingProxyType(
    {
        "commission": mark("for commission"),
        "bonus": mark("for a bonus"),
        "term": mark("for a longer term"),
    }
)
NO_TRADE: Mapping[Reason, str] = MappingProxyType(
    {
        "no_goal": mark("A bonus needs a goal that can be counted."),
        "never_reached": mark("No outcome reaches the goal, so no bonus is worth the base."),
        "goal_after_term": mark("The goal ends after the contract, so a bonus would never fall due."),
        "no_room": mark("Nothing keeps the income at this base: raise the base."),
        "no_base": mark("These terms have no base fee to trade."),
        "not_lower": mark("The base is not below the list’s: write a lower one."),
        "no_cost": mark("A longer term takes more work, and what our work costs is not known here."),
    }
)


def risk_words(percent: int, words: Words) -> str:
    """A price of risk in the list: what each dollar of shortfall costs."""
    return words.say("risk price {percent}%", percent=percent) if percent else words.say("expected income")


def why_title(quote: Quote, target: Target, words: Words) -> str:
    """The head of what opens at a number."""
    if target == "break_even":
        return words.say("What the break-even rests on")
    if target == "safe":
        return words.say("What the safe level rests on")
    first = quote.goals[0] if quote.goals else None
    if first is None or first.probability is None:
        return words.say("What the answer rests on")
    return words.say("What the {chance} rests on", chance=probability(first.probability, words))


def trade_words(
    quote: Quote, trade: EqualTrade | NoTrade | None, words: Words, commission: str | None = None
) -> TradeSaid:
    """The sentences under the slider; ``commission`` is the new rate where one was solved."""
    if trade is None:
        return TradeSaid(
            lines=(words.say("Drag left: what keeps the agency’s expected income follows at once."),),
            can_apply=False,
        )
    if isinstance(trade, NoTrade):
        return TradeSaid(lines=(_no_trade(quote, trade, words),), can_apply=False)
    base = words.money(trade.trade.base or Decimal(0), quote.currency)
    if trade.means == "commission":
        added = words.rate(trade.trade.commission or Decimal(0)).removesuffix("%")
        first = words.say(
            "Base **{base}**, commission **{rate}** (+{added} points).",
            base=base,
            rate=commission,
            added=added,
        )
    elif trade.means == "bonus":
        first = words.say(
            "Base **{base}** and **{bonus}** once, when {goal}.",
            base=base,
            bonus=words.money(trade.trade.bonus or Decimal(0), quote.currency),
            goal=goal_words(quote.goals[0].goal, words, quote.currency),
        )
    else:
        first = words.say(
            "Base **{base}** over **{months}** instead of {before}.",
            base=base,
            months=months(trade.trade.months or 0, words),
            before=months(listed_months_of(quote.brief), words),
        )
    low, middle, high = _shifts(trade.cost_before, trade.cost_after, quote.currency, words)
    second = words.to(
        mark("Your cost a month changes by **{low}** poor, {middle} middling, **{high}** good."),
        mark("Seller’s cost a month changes by **{low}** poor, {middle} middling, **{high}** good."),
        low=low,
        middle=middle,
        high=high,
    )
    lines = (first, second, *(() if words.to_you else _margins_said(trade, quote.currency, words)))
    return TradeSaid(lines=lines, can_apply=True)


def _margins_said(trade: EqualTrade, currency: str, words: Words) -> tuple[str, ...]:
    """What a longer term leaves us after its work: nothing to say of a trade over the same months."""
    if trade.margins is None or trade.means != "term":
        return ()
    before, after = (words.money(about(margin), currency) for margin in trade.margins)
    share = trade.margins[1] / trade.deal.fee.mean()
    return (
        words.say(
            "Our margin of the whole term: {before} → **{after}**, {share} of fees, the added months’ work "
            "counted.",
            before=before,
            after=after,
            share=words.percent(float(share)),
        ),
    )


def _no_trade(quote: Quote, trade: NoTrade, words: Words) -> str:
    """Why there is no such trade, with the bound that it would go beyond."""
    if trade.reason != "no_room" or trade.most is None:
        return words.say(NO_TRADE[trade.reason])
    if trade.means == "bonus":
        return words.say(
            "A bonus would have to be over {most}, {times} times what is given up: none is offered. "
            "Raise the base.",
            most=words.money(about(trade.most), quote.currency),
            times=words.plain(quote.rules.trade.bonus.most),
        )
    if trade.means == "commission":
        most = words.rate(Decimal(str(trade.most)))
        return words.say("No commission up to {most} keeps the income at this base: raise it.", most=most)
    most = months(round(trade.most), words)
    return words.say("No term up to {most} keeps the income at this base: raise it.", most=most)


def _shifts(before: Spread, after: Spread, currency: str, words: Words) -> tuple[str, str, str]:
    """What moves in the low, middle and high tenth of the seller's cost, signed."""
    pairs = ((before.p10, after.p10), (before.p50, after.p50), (before.p90, after.p90))
    low, middle, high = (words.money(about(new - old), currency, signed=True) for old, new in pairs)
    return low, middle, high


def commission_rate(terms: Terms, charge: str, words: Words) -> str | None:
    """The rate of the commission as it would be signed."""
    share = next((c for c in terms.charges if c.id == charge and isinstance(c, ShareOf)), None)
    return None if share is None else rates_of(share, words)


def safe_words(
    quote: Quote,
    confidence: float,
    clauses: tuple[ClauseOffer, ...],
    words: Words,
) -> Safe | None:
    """What opens at the safe level; None where the first goal has no probability."""
    draws = weighed(quote) if quote.goals else None
    if draws is None:
        return None
    first = quote.goals[0]
    ladder = []
    for share in LADDER:
        level = draws.safe_level(share)
        shown = NONE if level is None else safe_level(level, first.goal, quote.currency, words)
        ladder.append((words.percent(share), f"{sign_of(first.goal)} {shown}"))
    return Safe(
        title=words.say("What can be signed"),
        aloud=aloud(quote, first.goal, draws.safe_level(confidence), confidence, words),
        ladder=tuple(ladder),
        ladder_title=words.say("Reached with a confidence of"),
        clauses_title=words.say(
            "What a clause on {level} costs",
            level=level_words(first.goal.level, first.goal.kpi, quote.currency, words),
        ),
        clauses=tuple(_clause(quote, offer, words) for offer in clauses),
    )


def aloud(quote: Quote, goal: Goal, level: float | None, confidence: float, words: Words) -> str:
    """The sentence to read aloud on a call."""
    odds = quote.goals[0]
    assert odds.probability is not None
    kpi = labels.kpi_name(words, goal.kpi)
    asked = level_words(goal.level, goal.kpi, quote.currency, words)
    of_ten = words.number(round(confidence * 100))
    chance = in_hundred(odds.probability, words)
    if level is None or not promises(level, goal):
        return words.say(
            "Of 100 outcomes under these assumptions {chance} reach {kpi} {asked}; no level is reached in "
            "{confidence} of 100, so none should be signed yet.",
            chance=chance,
            kpi=kpi,
            asked=asked,
            confidence=of_ten,
        )
    message = (
        _within_words(odds.probability.value >= confidence)
        if not goal.at_least
        else mark(
            "In {confidence} of 100 outcomes under these assumptions {kpi} comes to {level} or more; "
            "{asked} is reached in {chance} of 100. We sign {level} and aim for {asked}."
        )
        if level < float(goal.level)
        else mark(
            "In {confidence} of 100 outcomes under these assumptions {kpi} holds {level}; "
            "{asked} is reached in {chance} of 100, so it can be signed."
        )
        if odds.probability.value >= confidence
        else mark(
            "In {confidence} of 100 outcomes under these assumptions {kpi} holds {level}; "
            "{asked} is reached in {chance} of 100, so it should not be signed."
        )
    )
    return words.say(
        message,
        confidence=of_ten,
        kpi=kpi,
        level=safe_level(level, goal, quote.currency, words),
        asked=asked,
        chance=chance,
    )


def _within_words(signable: bool) -> str:
    """The sentence of a goal that asks for no more than a level."""
    if signable:
        return mark(
            "In {confidence} of 100 outcomes under these assumptions {kpi} stays within {level}; "
            "{chance} of 100 stay within {asked}, so it can be signed."
        )
    return mark(
        "In {confidence} of 100 outcomes under these assumptions {kpi} stays within {level}; "
        "{chance} of 100 stay within {asked}, so it should not be signed."
    )


def takes(reaching: Reaching, currency: str, words: Words) -> Takes:
    """What it would take for a goal to be as likely as wanted: how likely it is, its ads, its months."""
    lines = [_by_budget(reaching, currency, words)]
    if reaching.likely:
        stands = words.say(
            "As it stands {chance} of 100 outcomes get there.", chance=in_hundred(reaching.stands, words)
        )
        lines.insert(0, stands)
    if reaching.months is not None:
        lines.append(_by_months(reaching, reaching.months, words))
    return Takes(
        title=words.say(
            "What it takes to be {share} sure of {goal}, all else equal",
            goal=goal_words(reaching.goal, words, currency),
            share=words.rate(Decimal(repr(reaching.wanted))),
        ),
        lines=tuple(lines),
    )


def _shown_as(wanted: float, needed: Needed, words: Words) -> bool:
    """Whether the probability found shows as the one wanted."""
    return needed.reason is None or words.percent(needed.chance.value) == words.percent(wanted)


def _by_budget(reaching: Reaching, currency: str, words: Words) -> str:
    needed = reaching.budget
    ads, low, high = (
        words.money(about(float(amount)), currency) for amount in (needed.nearest, *needed.tried)
    )
    if needed.reason == "nothing_to_move":
        message = mark("Ads do not move the probability.")
    elif _shown_as(reaching.wanted, needed, words):
        cut = reaching.goal.at_least and about(float(needed.nearest)) < about(reaching.now)
        message = (
            mark("With ads cut to **{ads}** a month, which sell less, {chance} of 100 get there.")
            if cut
            else mark("With ads of **{ads}** a month {chance} of 100 get there.")
            if reaching.goal.at_least
            else mark("With ads of up to **{ads}** a month {chance} of 100 stay within it.")
        )
    elif needed.reason == "always":
        message = mark(
            "With every budget from {low} to {high} a month more get there; **{ads}** comes nearest, "
            "{chance} of 100."
        )
    elif needed.chance.value < HARDLY:
        message = mark("No budget from {low} to {high} a month is enough.")
    else:
        message = mark(
            "No budget from {low} to {high} a month is enough; **{ads}** comes nearest, {chance} of 100."
        )
    return words.say(message, ads=ads, low=low, high=high, chance=in_hundred(needed.chance, words))


def _by_months(reaching: Reaching, needed: Needed, words: Words) -> str:
    last = int(needed.nearest)
    moved = reaching.goal.model_copy(update={"months": (min(reaching.goal.months[0], last), last)})
    if _shown_as(reaching.wanted, needed, words):
        message = (
            mark("Counted {window}, beyond the {contract} of the contract, {chance} of 100 get there.")
            if reaching.contract is not None and last > reaching.contract
            else mark("Counted {window}, {chance} of 100 get there.")
        )
    elif needed.chance.value < HARDLY:
        message = mark("No last month up to {last} is enough.")
    else:
        message = mark("No last month up to {last} is enough; {window} it comes nearest, {chance} of 100.")
    return words.say(
        message,
        window=window_words(moved, words),
        contract=months(reaching.contract or 0, words),
        last=words.number(needed.tried[1]),
        chance=in_hundred(needed.chance, words),
    )


def _clause(quote: Quote, offer: ClauseOffer, words: Words) -> ClauseRow:
    value, amount = offer.value, offer.amount
    pays = probability(value.pays, words)
    currency = quote.currency
    fair = words.money(about(value.monthly), currency)
    typical = words.money(about(value.typical), currency)
    tail = words.money(about(value.tail), currency)
    ahead = words.money(about(max(value.typical - value.monthly * quote.months, 0.0)), currency)
    behind = words.money(about(value.monthly * quote.months), currency)
    if value.clause == "bonus":
        title = words.say("Bonus of {amount} when it is reached", amount=words.money(amount, currency))
        said = words.to(
            mark(
                "Due in {pays} of outcomes. For it the base falls by {fair} a month: you gain "
                "whenever it is missed."
            ),
            mark(
                "Due in {pays} of outcomes. For it the base falls by {fair} a month: the seller "
                "gains whenever it is missed."
            ),
            pays=pays,
            fair=fair,
        )
        shown = words.say("worth −{fair} a month", fair=fair)
    else:
        title = (
            words.say("{share} of the base back if it is missed", share=words.rate(amount))
            if value.clause == "refund"
            else words.say("Ad credit for what falls short of {share} of it", share=words.rate(amount))
        )
        said = words.to(
            mark(
                "Pays in {pays} of outcomes, {typical} when it does, {tail} in the dearest "
                "twentieth. At its price you are {ahead} ahead when it pays and {behind} behind when it "
                "does not."
            ),
            mark(
                "Pays in {pays} of outcomes, {typical} when it does, {tail} in the dearest "
                "twentieth. At its price the seller is {ahead} ahead when it pays and {behind} behind when "
                "it does not."
            ),
            pays=pays,
            typical=typical,
            tail=tail,
            ahead=ahead,
            behind=behind,
        )
        shown = words.say("worth {fair} a month", fair=fair)
    change = words.money(offer.base, currency, signed=True)
    return ClauseRow(
        id=value.clause,
        title=title,
        value=shown,
        said=said,
        button=words.say("Take out") if offer.held else words.say("Put in, base {change}", change=change),
        on=offer.held,
    )
