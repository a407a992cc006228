"""Shares and multiples as they are said: 8%, 8个点, 三成, 百分之八; 2.5x, 1:3, 2.5 倍.

One text reads one way only. A share of a whole is 100 % at most, so a bare 3 is 3 %; where more is possible,
as with growth, a bare number below 5 is refused, since 1.5 may be 1.5 % or 150 %. From 0 to 1 both are.
"""

from __future__ import annotations

import re
from decimal import Decimal

from estimator.values.errors import fail
from estimator.values.money import MOST, plain
from estimator.values.typed.amounts import bounded
from estimator.values.typed.lexicon import either, normal, shown, without, words
from estimator.values.typed.numerals import not_read, numeral
from estimator.values.typed.ranges import PERCENT, Figure, Range, Spoken, level_of, one_of, spoken

_LEAST_BARE_PERCENT = 5
_MARK = "%"
_TENTHS = re.compile(rf"(?P<whole>.+?)\s*(?:{either(words('tenths', 'after'))})(?P<half>.?)")
_RATIO = re.compile(rf"1\s*(?:{either(words('ratio'))})\s*(?P<rest>.+)")


def share_range(text: str, *, whole: bool) -> Range:
    """A share from its percentage, or the range in which it lies; of a ``whole``, 100 % at most.

    >>> [str(share_range(text, whole=True).low) for text in ("8%", "3", "三成五", "8个点", "half", "8-10%")]
    ['0.08', '0.03', '0.35', '0.08', '0.5', '0.08']

    Raises ``QuotecastError`` of ``not_a_share``, ``unclear_share``, ``above_whole``, ``letter_in_amount``,
    ``range_falls``, ``below_least`` or ``too_large``.
    """
    said = _spoken_share(text)
    meant = said.range(lambda figure: _share(figure, text, whole=whole))
    return meant.within(Decimal(1)) if whole else meant


def typed_share(text: str) -> Decimal:
    """One share from its percentage, however large; without the sign only from 5 on, and 0.

    >>> [str(typed_share(text)) for text in ("8%", "8", "0.08%", "＋30 ％")]
    ['0.08', '0.08', '0.0008', '0.3']

    Raises ``QuotecastError`` as ``share_range``, and ``one_figure`` for a range.
    """
    return one_of(_spoken_share(text), text, lambda figure: _share(figure, text, whole=False), PERCENT)


def typed_part(text: str, *, of_base: bool = False) -> Decimal:
    """One share of a whole from its percentage, 100 % at most; where it is of the base fee that may be said.

    >>> str(typed_part("8%")), str(typed_part("30% of the base", of_base=True))
    ('0.08', '0.3')

    Raises ``QuotecastError`` as ``share_range``, and ``one_figure`` for a range.
    """
    body = without("of_base", normal(text))[0] if of_base else text
    return one_of(_spoken_share(body), text, lambda figure: _share(figure, text, whole=True), PERCENT)


def share_level(text: str, better: str, *, whole: bool) -> Decimal:
    """The share that a goal asks for; of a ``whole``, 100 % at most.

    Raises as ``typed_share``, and ``wrong_side``.
    """
    return level_of(
        _spoken_share(text), text, better, lambda figure: _share(figure, text, whole=whole), PERCENT
    )


def multiple_range(text: str, most: Decimal = MOST) -> Range:
    """A plain number, such as a ROAS or a rating, or the range in which it lies.

    >>> [str(multiple_range(text).low) for text in ("2.5x", "1:3", "2.5 倍", "2-3", "2,500")]
    ['2.5', '3', '2.5', '2', '2500']

    Raises ``QuotecastError`` of ``not_a_multiple``, ``letter_in_amount``, ``unclear_dot``, ``range_falls``,
    ``below_least`` or ``too_large``.
    """
    said = _spoken_multiple(text)
    return said.range(lambda figure: bounded(figure.value, text, most)).within(most)


def typed_multiple(text: str, most: Decimal = MOST) -> Decimal:
    """One plain number, such as a ROAS: 2.5, 2.5x, 2.5 倍, 1:2.5 or, with a decimal comma, 2,5.

    >>> [str(typed_multiple(text)) for text in ("2.5x", "1:2.5", "2,5", "2,500")]
    ['2.5', '2.5', '2.5', '2500']

    Raises ``QuotecastError`` as ``multiple_range``, and ``one_figure`` for a range.
    """
    return one_of(_spoken_multiple(text), text, lambda figure: bounded(figure.value, text, most))


def multiple_level(text: str, better: str, most: Decimal = MOST) -> Decimal:
    """The multiple that a goal asks for. Raises as ``typed_multiple``, and ``wrong_side``.

    >>> str(multiple_level("≥2.5", "higher")), str(multiple_level("2.5以上", "higher"))
    ('2.5', '2.5')
    """
    return level_of(_spoken_multiple(text), text, better, lambda figure: bounded(figure.value, text, most))


def _spoken_share(text: str) -> Spoken:
    said = spoken(text, _percentage)
    if said is None:
        raise not_read(text, "not_a_share")
    return said


def _percentage(text: str) -> Figure | None:
    """A share in percent, marked where it says so."""
    if text in words("half"):
        return Figure(value=Decimal(50), mark=_MARK)
    if match := _TENTHS.fullmatch(text):
        tens, ones = numeral(match["whole"]), numeral(match["half"]) if match["half"] else None
        if tens is None or (match["half"] and ones is None):
            return None
        return Figure(value=10 * tens.value + (ones.value if ones else 0), mark=_MARK)
    body, marked = without("percent", text)
    number = numeral(body, thousands=False)
    if number is None or number.multiples:
        return None
    return Figure(value=number.value, mark=_MARK if marked else "")


def _share(figure: Figure, text: str, *, whole: bool) -> Decimal:
    number = bounded(figure.value, text)
    unclear = number <= 1 if whole else number < _LEAST_BARE_PERCENT
    if not figure.mark and number and unclear:
        raise fail("unclear_share", "", found=plain(number), whole=plain(number * 100))
    if whole and number > 100:
        raise fail("above_whole", "", found=shown(text))
    return number / 100


def _spoken_multiple(text: str) -> Spoken:
    said = spoken(text, _times)
    if said is None:
        raise not_read(text, "not_a_multiple")
    return said


def _times(text: str) -> Figure | None:
    match = _RATIO.fullmatch(text)
    number = numeral(match["rest"] if match else without("times", text)[0])
    return None if number is None else Figure(value=number.value, multiples=number.multiples)
