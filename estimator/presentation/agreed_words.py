"""What was agreed in words: its terms, when and on which facts, and what it gives away once they changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from estimator.contract.trade import Trade
from estimator.presentation import labels
from estimator.presentation.fact_words import agreed, fact_rows, fact_said
from estimator.presentation.models import RuleBox
from estimator.presentation.phrases import labelled, months
from estimator.presentation.price import AGREED
from estimator.presentation.trade import NO_TRADE
from estimator.presentation.words import Words, mark
from estimator.quoting.negotiation import NoTrade
from estimator.quoting.outdated import Outdated
from estimator.quoting.quote import Quote


def trade_terms(trade: Trade, currency: str, words: Words) -> Iterator[str]:
    """Everything that was agreed instead of the list, a few words each; nothing where the list stands."""
    if trade.discount is not None:
        share, until = words.rate(trade.discount.share), words.date(trade.discount.until.isoformat())
        yield words.say("{share} off until {day}", share=share, day=until)
    if trade.base is not None:
        yield words.say("base {amount}", amount=agreed(trade.base, currency, words))
    if trade.commission:
        added = words.rate(trade.commission).removesuffix("%")
        yield words.say("commission +{added} points", added=added)
    if trade.bonus:
        yield words.say("bonus {amount}", amount=agreed(trade.bonus, currency, words))
    if trade.months:
        yield words.say("over {months}", months=months(trade.months, words))
    if trade.refund:
        yield words.say("{share} of the base back", share=words.rate(trade.refund))
    if trade.protection:
        yield words.say("ad credit for the shortfall")


def terms_said(trade: Trade, currency: str, words: Words) -> str:
    """The terms in one line; the list where nothing else was agreed."""
    return words.apart(list(trade_terms(trade, currency, words))) or words.say("the price list")


def agreed_box(quote: Quote, words: Words) -> RuleBox:
    """What opens at the line of what was agreed: its terms, when, and the facts it was agreed on."""
    trade, agreement = quote.trade, quote.trade.agreed
    told = terms_said(trade, quote.currency, words)
    if agreement is None:
        return _box(told, words.say("When and on which facts was not kept."), (), words)
    why = words.say(
        "On {day} at {time}, under price list {edition}: {fees} a month expected, {listed} at list.",
        day=words.date(agreement.at.date().isoformat()),
        time=f"{agreement.at:%H:%M}",
        edition=agreement.edition,
        fees=words.money(agreement.fees, quote.currency),
        listed=words.money(agreement.list_fees, quote.currency),
    )
    facts = fact_rows(agreement.facts, quote.currency, words)
    return _box(told, why, tuple(labelled(label, said, words) for label, said in facts), words)


def _box(told: str, why: str, facts: tuple[str, ...], words: Words) -> RuleBox:
    return RuleBox(
        id=AGREED,
        title=words.say("Agreed: {terms}", terms=told),
        place="",
        why=why,
        matched=facts,
        passed=(),
        matched_title=words.say("On these facts"),
        passed_title="",
    )


@dataclass(frozen=True, kw_only=True)
class OutdatedWords:
    """What was agreed on other facts: what changed, what it gives away now, what renewing makes of it, and
    the three ways on. ``renew`` is empty where it cannot be renewed, or would be what it is.
    """

    lines: tuple[str, ...]
    renew: str
    keep: str
    drop: str


def outdated_words(quote: Quote, changed: Outdated, renewed: Trade | NoTrade, words: Words) -> OutdatedWords:
    """The words of the box in which somebody decides about it."""
    said = words.both(list(_changes(quote, changed, words)))
    first = words.say(
        "**Agreed {time} on other facts**: {changes}.", time=f"{changed.agreement.at:%H:%M}", changes=said
    )
    lines = [first, _gives(changed, quote.currency, words)]
    if isinstance(renewed, NoTrade):
        lines.append(words.say("It cannot be renewed: {why}", why=words.say(NO_TRADE[renewed.reason])))
    elif renewed != quote.trade.bare:
        terms = terms_said(renewed, quote.currency, words)
        lines.append(words.say("Renewed it is {terms}.", terms=terms))
    same = renewed == quote.trade.bare
    return OutdatedWords(
        lines=tuple(lines),
        renew="" if same or isinstance(renewed, NoTrade) else words.say("Renew"),
        keep=words.say("Keep as agreed"),
        drop=words.say("Back to list"),
    )


def _gives(changed: Outdated, currency: str, words: Words) -> str:
    """What it gives away a month now, and gave away on the facts of its day."""
    now, before = (round(amount, -1) for amount in (changed.now, changed.before))
    message = (
        mark("It gives away **{now}** a month of the list now; it gave {before}.")
        if now > 0 and before > 0
        else mark("It gives away **{now}** a month of the list now; it gave nothing away.")
        if now > 0
        else mark("It brings **{now}** a month more than the list now.")
        if now < 0
        else mark("It brings as much as the list now.")
    )
    return words.say(message, now=words.money(abs(now), currency), before=words.money(abs(before), currency))


def _changes(quote: Quote, changed: Outdated, words: Words) -> Iterator[str]:
    """Each fact that changed, with both answers."""
    sides = [brief.model_dump(mode="json") for brief in (changed.agreement.facts, quote.brief)]
    for fact in changed.facts:
        label = words.say(labels.LABELS["goal"]) if fact == "goals" else labels.label(words, fact)
        if fact == "stores":
            label = labels.label(words, "platforms")
        old, new = (_fact(side[fact], fact, quote.currency, words) for side in sides)
        if old == new:
            yield words.say("{fact} changed", fact=label)
        else:
            yield words.say("{label}: {before} → {now}", label=label, before=old, now=new)
    if changed.other_list:
        yield words.say(
            "{label}: {before} → {now}",
            label=words.say("Price list"),
            before=changed.agreement.edition,
            now=quote.rules.edition.id,
        )


def _fact(value: object, fact: str, currency: str, words: Words) -> str:
    """A fact's answer; goals and past months change without a list of all they are."""
    return "" if fact in ("goals", "history") else fact_said(value, fact, currency, words)
