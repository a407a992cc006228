"""The answer of a comparison in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from estimator.comparing.comparison import Comparison
from estimator.comparing.crossover import Crossover
from estimator.comparing.flip import Flip
from estimator.comparing.row import Compared
from estimator.presentation.compare_picture import LETTERS, Row
from estimator.presentation.compare_words import flip_words, offer_name
from estimator.presentation.phrases import chance_words, probability
from estimator.presentation.words import Words, about

MOST_TURNS = 3


def row_line(row: Row, words: Words) -> str:
    return words.say(
        "{offer}: profit {profit}, loss in {loss}", offer=row.name, profit=row.profit, loss=row.loss
    )


def answer_line(comparison: Comparison, words: Words) -> tuple[str, str]:
    """The sentence that answers, and how sure it is."""
    names = {offer.id: offer_name(offer, comparison, words) for offer in comparison.offers}
    best, safest = names[comparison.best], names[comparison.safest]
    if comparison.of_scenarios:
        worst = min(comparison.offers, key=lambda offer: offer.seller_profit.p50)
        return (
            words.say("{best} leaves the most, {worst} the least.", best=best, worst=names[worst.id]),
            words.say("Scenarios are what may come, not a choice."),
        )
    rivals = [name for name in names if name != comparison.best]
    rival = (
        comparison.safest
        if comparison.safest != comparison.best
        else max(rivals, key=lambda name: comparison.offer(name).seller_profit.p50)
    )
    chance = probability(comparison.beats[comparison.best][rival], words)
    beside = words.say(
        "{one} beats {other} in **{chance}** of the same outcomes.",
        one=best,
        other=names[rival],
        chance=chance,
    )
    if comparison.best_available is None:
        beside = words.say("None of these can be recommended: their rows say why.")
    if comparison.best == comparison.safest:
        return words.say("{offer} is best in the middle and in a poor outcome alike.", offer=best), beside
    return (
        words.say("{best} earns most in the middle, {safest} is the safest.", best=best, safest=safest),
        beside,
    )


def cells_of(offer: Compared, comparison: Comparison, words: Words) -> Iterator[tuple[str, float]]:
    """How often an offer beats each: as printed, and how deep the cell is shaded (0 where it loses)."""
    for other in comparison.offers:
        if other.id == offer.id:
            yield "·", 0.0
        else:
            share = comparison.beats[offer.id][other.id].value
            yield chance_words(share, words), max(0.0, 2 * share - 1)


def turn_lines(
    comparison: Comparison, flips: Sequence[Flip], crossing: Crossover | None, words: Words
) -> Iterator[tuple[str, tuple[str, ...]]]:
    names = {offer.id: offer_name(offer, comparison, words) for offer in comparison.offers}
    for flip in flips:
        title = words.say("{other} over {better}", other=names[flip.other], better=names[flip.better])
        none = words.say("nothing looked at turns it")
        yield title, (none if flip.value is None else flip_words(flip, comparison, words),)
    if crossing is not None:
        title = words.say("{plan} or {other}, all in", plan=names[crossing.plan], other=names[crossing.other])
        yield title, (_crossing(crossing, comparison, words),)


def _crossing(crossing: Crossover, comparison: Comparison, words: Words) -> str:
    """Where the all-in costs meet, if they do, and what the agency must sell to be worth it."""

    def said(amount: float) -> str:
        return words.money(about(amount), comparison.currency)

    met = (
        words.say("equal at GMV {gmv} a month", gmv=said(crossing.gmv))
        if crossing.reached and crossing.gmv is not None
        else words.say("no GMV within reach makes them equal")
    )
    if crossing.needed is None:
        return words.say("{met}; no GMV makes up for the fee", met=met)
    return words.say(
        "{met}; to leave as much, {needed} a month must be sold, assumed {sells}",
        met=met,
        needed=said(crossing.needed),
        sells=said(crossing.sells[1]),
    )


def ahead_line(comparison: Comparison, words: Words) -> str:
    if comparison.of_scenarios:
        return ""
    letters = {offer.id: letter for offer, letter in zip(comparison.offers, LETTERS)}
    leads = {
        name: [letters[other] for other, by in comparison.dominated.items() if name in by] for name in letters
    }
    parts = [
        words.say("{offer} than {others}", offer=letters[name], others=" ".join(behind))
        for name, behind in leads.items()
        if behind and not comparison.dominated[name]
    ]
    if not parts:
        return words.say("Each offer leaves more than any other in the middle or in a poor outcome.")
    return words.say(
        "**Leaves more**, in the middle and in a poor outcome: {parts}.", parts=words.both(parts)
    )
