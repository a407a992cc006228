"""Who gets what at each level: a payoff as the lower panel of the signature figure, and in words."""

from __future__ import annotations

from estimator.earnings.payoff import Payoff
from estimator.presentation.chart_data import Curve, Money
from estimator.presentation.figures import break_even_name
from estimator.presentation.words import Words, mark
from estimator.quoting.quote import Quote

_MARKS = {
    "starts": mark("commission starts"),
    "floor": mark("floor ends"),
    "cap": mark("cap"),
}
CENTS = 100


def money_panel(quote: Quote, words: Words, traded: Payoff | None = None) -> Money | None:
    """The panel of a quote; ``traded`` is the payoff after a trade, drawn thin and dotted."""
    drawn = quote.payoff
    if drawn is None:
        return None
    first = quote.goals[0].goal if quote.goals else None
    return Money(
        seller=_curve(drawn, drawn.seller),
        agency=_curve(drawn, _agency(drawn, words)),
        seller_label=words.to(mark("Your profit"), mark("Seller’s profit")),
        agency_label=words.say("Agency fee")
        if words.to_you or drawn.margin is None
        else words.say("Our margin"),
        traded_seller=() if traded is None else _curve(traded, traded.seller),
        traded_agency=() if traded is None else _curve(traded, _agency(traded, words)),
        marks=tuple((point.level, words.say(_MARKS[point.kind])) for point in drawn.marks),
        break_even=drawn.break_even,
        currency=words.symbol(quote.currency),
        own_axis=first is None or drawn.kpi != first.kpi or drawn.window != first.months,
    )


def _agency(drawn: Payoff, words: Words) -> tuple[float, ...]:
    """Our margin backstage; before the prospect the fee, as without our cost."""
    return drawn.fee if words.to_you or drawn.margin is None else drawn.margin


def _curve(drawn: Payoff, line: tuple[float, ...]) -> Curve:
    """The line within a picture's reach and one level beyond; far ones only served the break-even."""
    inside = sum(level <= drawn.reach for level in drawn.levels)
    return tuple(zip(drawn.levels, line))[: inside + 1]


def shared(drawn: Payoff, words: Words) -> str:
    """Who gets what of one more dollar of GMV."""
    if drawn.share is None:
        return ""
    seller, agency = (round(part * CENTS) for part in drawn.share)
    message = words.to(
        mark("Each extra dollar of GMV: you **{kept}¢**, agency fee **{paid}¢**."),
        mark("Each extra dollar of GMV: seller **{kept}¢**, agency fee **{paid}¢**."),
        kept=words.number(seller),
        paid=words.number(agency),
    )
    caps = [mark_.level for mark_ in drawn.marks if mark_.kind == "cap"]
    if not caps:
        return message
    return message + words.say(" The cap holds from {level}.", level=words.number(caps[0], 1))


def axis_words(quote: Quote, words: Words) -> str:
    """What the lower panel's levels are, where they are not the curve's."""
    drawn = quote.payoff
    if drawn is None:
        return ""
    first = quote.goals[0].goal if quote.goals else None
    if first is not None and first.kpi == drawn.kpi and first.months == drawn.window:
        return ""
    return words.say("Below: {kpi} of the whole term.", kpi=break_even_name(drawn.kpi, words))
