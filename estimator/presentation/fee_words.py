"""What is charged, in one breath or spelled out."""

from __future__ import annotations

from collections.abc import Mapping

from estimator.brief.kpis import Kpi
from estimator.contract.charges import AnyCharge, Bound, Fixed, ShareOf
from estimator.contract.terms import Terms
from estimator.presentation.charge_words import charge_words
from estimator.presentation.phrases import on_result, rates_of
from estimator.presentation.words import Words
from estimator.values.text import Text


def short_terms(terms: Terms, currency: str, words: Words) -> str:
    """What is signed in one breath: $7,850 + 5%; once, then a share: $6,000 once + 20%."""
    monthly, once = terms.fixed("month"), terms.fixed("once")
    parts = [words.money(monthly, currency)] if monthly else []
    parts += [
        rates_of(c, words) for c in terms.charges if isinstance(c, ShareOf) and c.of.of != ("ad_spend",)
    ]
    if once:
        at = len(parts) if monthly else 0
        parts.insert(at, words.say("{amount} once", amount=words.money(once, currency)))
    said = [" + ".join(parts) or words.say("by the piece")]
    for bound in (charge for charge in terms.charges if isinstance(charge, Bound)):
        if bound.at_least is not None:
            said.append(words.say("at least {amount}", amount=words.money(bound.at_least, currency)))
        if bound.at_most is not None:
            said.append(words.say("at most {amount}", amount=words.money(bound.at_most, currency)))
    said += [line.replace("**", "") for line in on_result(terms, currency, words)]
    return words.both(said)


def fee_lines(
    terms: Terms, counted: Mapping[str, Text], words: Words, *, main: bool = False
) -> tuple[str, ...]:
    """Every charge by its name with what it comes to: Base fee: $8,200 a month.

    The ``main`` ones are what is charged whatever is made: no price by the piece, nothing on ad spend.
    """
    charges = [charge for charge in terms.charges if not main or _is_main(charge)]
    return tuple(
        words.say(
            "{title}: {text}",
            title=words.of(charge.label),
            text=charge_words(charge, terms, counted, words),
        )
        for charge in charges
    )


def _is_main(charge: AnyCharge) -> bool:
    on_ads = isinstance(charge, ShareOf) and charge.of.of == ("ad_spend",)
    return isinstance(charge, Fixed | ShareOf | Bound) and not on_ads


def counted_names(terms: Terms, kpis: Mapping[str, Kpi]) -> dict[str, Text]:
    """The names of what the terms count, as the KPIs of the same quantities are called."""
    return {name: kpis[name].label for name in sorted(terms.counts) if name in kpis}
