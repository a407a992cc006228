"""Charges in words: what each comes to, as an invoice or a quote says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
        return _share(charge, _names(charge.of.of, terms, counted, words), money_of, words)
    if isinstance(charge, PerUnit):
        return _per_unit(charge, terms, counted, money_of(charge.price), words)
    if isinstance(charge, Refund):
        steps = (*charge.steps, *([charge.proportion] if charge.proportion else []))
        return words.rate(max((step.back for step in steps), default=Decimal(1)))
    amount, _ = amount_of(charge)
    said = words.say("{amount} {per}", amount=money_of(amount), per=words.say(_PERIODS[charge.settles]))
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


def _share(charge: ShareOf, what: str, money_of: Callable[[Decimal], str], words: Words) -> str:
    """A share: of the whole, of what lies above a baseline, or slice by slice."""
    edges = [charge.baseline + above for above in charge.tiers.above]
    rates = [words.rate(rate) for rate in charge.tiers.rate]
    sliced = charge.settles == "month" and charge.tiers.reach == "slice"
    if sliced and len(rates) == 1 and charge.baseline:
        above = {"what": what, "amount": money_of(edges[0])}
        return words.say("{rate} of the part of {what} above {amount} a month", rate=rates[0], **above)
    if sliced and len(rates) > 1:
        slices = [words.say("nothing up to {amount}", amount=money_of(edges[0]))] if charge.baseline else []
        for rate, low, high in zip(rates, edges, [*edges[1:], None]):
            if rate == "0%" and high is not None:
                slices.append(words.say("nothing up to {amount}", amount=money_of(high)))
            elif high is None:
                slices.append(words.say("{rate} above {amount}", rate=rate, amount=money_of(low)))
            else:
                span = {"low": money_of(low), "high": money_of(high)}
                slices.append(words.say("{rate} from {low} to {high}", rate=rate, **span))
        return words.say("{what} a month, by slice: {slices}", what=what, slices=words.apart(slices))
    return _by_period(charge, what, edges, rates, money_of, words)


def _by_period(
    charge: ShareOf,
    what: str,
    edges: list[Decimal],
    rates: list[str],
    money_of: Callable[[Decimal], str],
    words: Words,
) -> str:
    """A share of a longer period, or one whose tiers reach the whole amount."""
    when = words.say(_SETTLED[charge.settles]) if charge.settles in _SETTLED else ""
    parts = [] if rates[0] == "0%" and len(rates) > 1 else [rates[0]]
    for edge, rate in zip(edges[1:], rates[1:]):
        parts.append(words.say("{rate} above {amount}", rate=rate, amount=money_of(edge)))
    said = words.say("{rates} of {what}", rates=words.both(parts), what=what)
    if not charge.baseline:
        return said + when
    beyond = words.say("{said}, beyond {amount} a month", said=said, amount=money_of(charge.baseline))
    return beyond + when


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
        return words.say("{amount} {per}", amount=price, per=words.say(unit))
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
