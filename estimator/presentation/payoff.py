"""Who gets what at each level: a payoff as the lower panel of the signature figure, and in words."""

from __future__ import annotations

from estimator.earnings.payoff import Payoff
from estimator.earnings.read_off import ReadOff
from estimator.presentation.chart_data import Curve, Money
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
    pictured = quote.pictured
    if drawn is None or pictured is None:
        return None
    if drawn.read_off is None and drawn.kpi != pictured.goal.kpi:
        return None
    own = drawn.read_off is None
    return Money(
        seller=_curve(drawn, words)[0],
        agency=_curve(drawn, words)[1],
        seller_label=words.to(mark("Your profit"), mark("Seller’s profit")),
        agency_label=words.say("Agency fee")
        if words.to_you or drawn.margin is None
        else words.say("Our margin"),
        traded_seller=() if traded is None else _curve(traded, words)[0],
        traded_agency=() if traded is None else _curve(traded, words)[1],
        marks=tuple((point.level, words.say(_MARKS[point.kind])) for point in drawn.marks if own),
        break_even=drawn.break_even if own else None,
        currency=words.symbol(quote.currency),
        whole=not own,
    )


def _agency(drawn: Payoff | ReadOff, words: Words) -> tuple[float, ...]:
    """Our margin backstage; before the prospect the fee, as without our cost."""
    return drawn.fee if words.to_you or drawn.margin is None else drawn.margin


def _curve(drawn: Payoff, words: Words) -> tuple[Curve, Curve]:
    """The seller's line and the agency's over the levels of the picture.

    Of a payoff those within reach and one beyond, as far ones only served the break-even.
    """
    lines = drawn.read_off or drawn
    inside = sum(level <= drawn.reach for level in drawn.levels) + 1 if drawn.read_off is None else None
    seller, agency = (
        tuple(zip(lines.levels, line))[:inside] for line in (lines.seller, _agency(lines, words))
    )
    return seller, agency


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
    """How the lower panel is worked out, where it is not by selling more or less."""
    if quote.payoff is None or quote.payoff.read_off is None:
        return ""
    return words.say("Money: the middle of the outcomes around each level.")
