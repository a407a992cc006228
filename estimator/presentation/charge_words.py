"""Charges in words: what each comes to, as an invoice or a quote says it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from estimator.contract.charges import AnyCharge, Fixed, PerUnit, Refund, ShareOf
from estimator.contract.terms import Terms
from estimator.presentation.words import Words, mark
from estimator.schemas.quote import amount_of
from estimator.values.text import Text

_PERIODS = {
    "once": mark("once"),
    "month": mark("a month"),
    "quarter": mark("a quarter"),
    "term": mark("for the term"),
}


_SETTLED: Mapping[str, str] = {
    "quarter": mark(", settled by the quarter"),
    "term": mark(", settled over the term"),
}


def charge_words(charge: AnyCharge, terms: Terms, counted: Mapping[str, Text], words: Words) -> str:
    """What a charge comes to, in words: 5 % of settled GMV, 8 % above $240,000 a month.

    ``counted`` names quantities; what is left out names itself.
    """

    def money_of(amount: Decimal) -> str:
        return words.money(amount, terms.currency, digits=_cents(amount))

    if isinstance(charge, ShareOf):
        when = words.say(_SETTLED[charge.settles]) if charge.settles in _SETTLED else ""
        tiers = list(zip(charge.tiers.above, charge.tiers.rate))
        parts = [] if tiers[0][1] == 0 and len(tiers) > 1 else [words.rate(tiers[0][1])]
        for edge, rate in tiers[1:]:
            above = money_of(charge.baseline + edge)
            parts.append(words.say("{rate} above {amount}", rate=words.rate(rate), amount=above))
        what = _names(charge.of.of, terms, counted, words)
        said = words.say("{rates} of {what}", rates=words.both(parts), what=what)
        if not charge.baseline:
            return said + when
        beyond = words.say("{said}, beyond {amount} a month", said=said, amount=money_of(charge.baseline))
        return beyond + when
    if isinstance(charge, PerUnit):
        return _per_unit(charge, terms, counted, money_of(charge.price), words)
    if isinstance(charge, Refund):
        steps = (*charge.steps, *([charge.proportion] if charge.proportion else []))
        return words.rate(max((step.back for step in steps), default=Decimal(1)))
    amount, _ = amount_of(charge)
    said = f"{money_of(amount)} {words.say(_PERIODS[charge.settles])}"
    if not isinstance(charge, Fixed) or charge.of is None:
        return said
    what = _names(charge.of.of, terms, counted, words)
    return words.both(
        [
            said,
            *(
                words.say(
                    "{amount} above {edge} of {what}",
                    amount=money_of(step.amount),
                    edge=words.plain(step.above),
                    what=what,
                )
                for step in charge.steps
            ),
        ]
    )


_UNITS = {
    "live_hours": mark("an hour"),
    "hours": mark("an hour"),
    "videos": mark("a video"),
    "creator_videos": mark("a video"),
}


def _per_unit(charge: PerUnit, terms: Terms, counted: Mapping[str, Text], price: str, words: Words) -> str:
    """A price for a unit, or for a pack of them and whether a part of one counts whole."""
    unit = _UNITS.get(charge.of.of[0]) if len(charge.of.of) == 1 else None
    if charge.pack == 1 and unit is not None:
        return f"{price} {words.say(unit)}"
    what = _names(charge.of.of, terms, counted, words)
    if charge.exact:
        return words.say(
            "{price} for {pack} of {what}, a part in proportion", price=price, pack=charge.pack, what=what
        )
    return words.say("{price} for each {pack} of {what} begun", price=price, pack=charge.pack, what=what)


def _names(names: tuple[str, ...], terms: Terms, counted: Mapping[str, Text], words: Words) -> str:
    """What is counted, by its own name: a KPI's, another charge's, the client's own, or hours of work."""
    labels = {f"fees.{charge.id}": charge.label for charge in terms.charges}
    labels |= {count.id: count.label for count in terms.own_counts}
    labels |= counted

    def name_of(name: str) -> str:
        if name == "hours":
            return words.say("hours of work")
        return words.within(words.of(labels[name])) if name in labels else name

    return " + ".join(map(name_of, names))


def _cents(amount: Decimal) -> int:
    return 0 if amount == amount.to_integral_value() else 2
