"""What else is typed: ranges of an assumption, the tiers of a commission, yes and no, words in a row."""

from __future__ import annotations

import re
from decimal import Decimal

from estimator.values.errors import fail
from estimator.values.typed.amounts import typed_amount
from estimator.values.typed.lexicon import either, normal, shown, without, words
from estimator.values.typed.numerals import numeral
from estimator.values.typed.ranges import Figure, spoken
from estimator.values.typed.shares import typed_part

_ABOVE = either(words("above"))
_TIER = re.compile(rf"(?P<rate>[^>]+?)\s*(?:(?:{_ABOVE})\s*(?P<edge>\S.*))?")


def typed_range(text: str) -> tuple[Decimal, Decimal]:
    """A range of an assumption from low to high, or one figure for both ends, of either sign; percent signs
    may stand or not.

    >>> [tuple(map(str, typed_range(text))) for text in ("5% – 12%", "1.2至3", "-7 ~ +26", "16%", "$20k-30k")]
    [('5', '12'), ('1.2', '3'), ('-7', '26'), ('16', '16'), ('20000', '30000')]

    Raises ``QuotecastError`` of ``not_typed_range``, ``unclear_dot`` or ``range_falls``.
    """
    said = spoken(text, _number)
    if said is None:
        raise fail("not_typed_range", "", found=shown(text))
    meant = said.range(lambda figure: figure.value)
    return meant.low, meant.high


def typed_tiers(text: str, currency: str) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...]]:
    """A commission: one rate, or rates each with the amount it begins above; edges, then rates.

    >>> above, rate = typed_tiers("5%; 8% > 40k; 10% 超过 8万", "USD")
    >>> [str(edge) for edge in above], [str(share) for share in rate]
    (['0', '40000', '80000'], ['0.05', '0.08', '0.1'])

    Raises ``QuotecastError`` of ``not_tiers`` and of what ``typed_part`` and ``typed_amount`` raise.
    """
    edges: list[Decimal] = []
    rates: list[Decimal] = []
    for part in re.split(r"[;；、\n]", text.strip()):
        match = _TIER.fullmatch(normal(part))
        if not match or bool(match["edge"]) != bool(rates):
            raise fail("not_tiers", "", found=shown(text))
        rates.append(typed_part(match["rate"]))
        edges.append(typed_amount(match["edge"], currency) if match["edge"] else Decimal(0))
    return tuple(edges), tuple(rates)


def typed_yes(text: str) -> bool:
    """Yes or no, in either language. Raises ``QuotecastError`` of ``not_an_answer``.

    >>> typed_yes("Yes"), typed_yes("不")
    (True, False)
    """
    for answer, name in ((True, "yes"), (False, "no")):
        if normal(text) in words("answers", name):
            return answer
    raise fail("not_an_answer", "", found=text, choices="yes, no")


def typed_words(text: str) -> list[str]:
    """Words in a row.

    >>> typed_words("Training | coaching")
    ['training', 'coaching']
    """
    return [part.strip().lower() for part in re.split(r"[|｜]", text)]


def _number(text: str) -> Figure | None:
    number = numeral(without("percent", text.removeprefix("$"))[0])
    return None if number is None else Figure(value=number.value, multiples=number.multiples)
