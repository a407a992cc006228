"""Numerals: one number as it is said, in digits, in Chinese or in English words, with its multiples.

A dot before three digits may be a decimal point or set off thousands, so 3.000 is asked back. A comma before
three digits sets off thousands, before one or two it is a decimal comma: neither can be the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile
from math import prod

from estimator.values.errors import QuotecastError, fail
from estimator.values.money import plain
from estimator.values.typed.lexicon import either, normal, shown, words

_DIGITS = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+"
_NUMBER = rf"(?:{_DIGITS})(?:\.[0-9]+)?|\.[0-9]+"
_DECIMAL_COMMA = re.compile(r"(?<=[0-9]),(?=[0-9]{1,2}(?![0-9]))")
_UNCLEAR_DOT = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_STRAY = re.compile(r"(?<=[0-9.,])[a-z]|[a-z](?=[0-9.,])")
_MISTYPED = {"o": "0", "l": "1", "i": "1", "s": "5"}

_CHINESE: dict[str, int] = words("digits")
_ZEROS: list[str] = words("zeros")
_SPELLED: dict[str, int] = words("spelled")
_MULTIPLES: dict[str, int] = words("multiples")
_LETTERS = "".join(_CHINESE)
_DIGIT = f"[{_LETTERS}{''.join(_ZEROS)}]"
_POINT = re.compile(rf"({_DIGIT})(?:{either(words('points'))})({_DIGIT}+)")
_TOKEN = re.compile(
    rf"\s*(?:(?P<number>{_NUMBER})|(?P<chinese>[{_LETTERS}])|(?P<zero>{either(_ZEROS)})"
    rf"|(?P<multiple>{either(_MULTIPLES)})|(?P<spelled>{either(_SPELLED)})|(?P<joint>-|and(?![a-z])))"
)
_WITHIN = frozenset(word for word, size in _MULTIPLES.items() if size <= (100 if word.isascii() else 1_000))
"""Multiples that stand within a larger one: what they make is added up before that multiplies it."""
_HUNDRED = 100
_ENDLESS = Decimal("Infinity")
_MOST_CHARS = 60


@dataclass(frozen=True, kw_only=True)
class Numeral:
    """A number, and the multiples that it is said in, which the lower end of a range may share with it."""

    value: Decimal
    multiples: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    value: Decimal


def numeral(text: str, *, thousands: bool = True) -> Numeral | None:
    """The number that a text in its normal form says; None where it says none.

    Without ``thousands`` a dot sets off none, so that it is a decimal point: no percentage is 5,000 %.

    >>> [str(numeral(text).value) for text in ("40,000", "1.5w", "2 million", "two thousand", "2,5")]
    ['40000', '15000.0', '2000000', '2000', '2.5']

    Raises ``QuotecastError`` of ``unclear_dot``.
    """
    if len(text) > _MOST_CHARS:
        return None
    if text.count(",") == 1 and "." not in text:
        text = _DECIMAL_COMMA.sub(".", text)
    negative, text = text[:1] == "-", text.lstrip("+") if text[:1] == "+" else text.removeprefix("-").lstrip()
    tokens = list(_tokens(_POINT.sub(_in_digits, text)))
    if not tokens or any(token.kind == "wrong" for token in tokens):
        return None
    value = Decimal(0) if [token.kind for token in tokens] == ["zero"] else _added(tokens)
    if value is None:
        return None
    first = next((token for token in tokens if token.kind == "number"), None)
    if thousands and first is not None and _UNCLEAR_DOT.fullmatch(first.text):
        whole = first.text.replace(".", "")
        raise fail("unclear_dot", "", found=shown(text), whole=whole, part=plain(first.value))
    return Numeral(value=-value if negative else value, multiples=_multiples(tokens))


def neighbours(text: str) -> tuple[str, str] | None:
    """Two numbers in a row that share what follows, as Chinese says a range: the text of each.

    Only digits next to each other that rise and are followed by a multiple are meant so.
    """
    if len(text) < 3 or not (text[0] in _CHINESE and text[1] in _CHINESE and text[2] in _MULTIPLES):
        return None
    return (text[0] + text[2:], text[1:]) if _CHINESE[text[0]] < _CHINESE[text[1]] else None


def not_read(text: str, code: str) -> QuotecastError:
    """The fault of a text that is no number; it names a letter whose replacement leaves one, as in 4o,000."""
    written = normal(text)
    for stray in _STRAY.finditer(written):
        digit = _MISTYPED.get(stray[0], "")
        mended = written[: stray.start()] + digit + written[stray.end() :]
        if re.fullmatch(rf"\$?(?:{_NUMBER})k?", mended):
            letter = shown(text)[stray.start()] if written == shown(text).lower() else stray[0]
            return fail("letter_in_amount", "", found=shown(text), letter=letter)
    return fail(code, "", found=shown(text))


def _in_digits(match: re.Match[str]) -> str:
    """A decimal said in Chinese, in digits."""
    return (
        "".join(str(_CHINESE.get(letter, 0)) for letter in match[1])
        + "."
        + "".join(str(_CHINESE.get(letter, 0)) for letter in match[2])
    )


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            yield _Token("wrong", text[at:], Decimal(0))
            return
        kind, said = match.lastgroup, match[match.lastgroup]
        known = {"chinese": _CHINESE, "multiple": _MULTIPLES, "spelled": _SPELLED}.get(kind, {})
        value = Decimal(said.replace(",", "")) if kind == "number" else Decimal(known.get(said, 0))
        yield _Token(kind, said, value)
        at = match.end()


def _added(tokens: list[_Token]) -> Decimal | None:
    """What the tokens come to; None where they are no number, as two numbers side by side.

    ``section`` is what stands below the next large multiple, ``inner`` the last multiple within it.
    """
    total, section, inner, large = Decimal(0), Decimal(0), _ENDLESS, _ENDLESS
    current: Decimal | None = None
    for token, before in zip(tokens, (None, *tokens)):
        kind, size = None if before is None else before.kind, token.value
        if token.kind == "joint":
            if kind not in ("spelled", "multiple") or token is tokens[-1]:
                return None
        elif token.kind == "zero":
            if kind != "multiple":
                return None
        elif token.kind != "multiple":
            joined = kind in ("spelled", "joint") and current is not None and current >= 20 and size < 10
            if current is not None and not joined:
                return None
            current = size + (current or 0)
        elif token.text in _WITHIN and (current is not None or (size == 10 and kind in (None, "zero"))):
            if size >= inner:
                return None
            section += (1 if current is None else current) * size
            current, inner = None, size
        else:
            part = section + (current or 0)
            if not part or size >= large or (current is None and size <= inner):
                return None
            total += part * size
            section, current, inner, large = Decimal(0), None, _ENDLESS, size
    if current is None:
        return total + section
    rest = _rest(tokens, current)
    return None if rest is None else total + section + rest


def _rest(tokens: list[_Token], current: Decimal) -> Decimal | None:
    """What the last number adds: after a multiple one digit counts tenths of it, as 1万5 is 15,000."""
    token, before = tokens[-1], tokens[-2] if len(tokens) > 1 else None
    if before is None or before.kind != "multiple" or token.kind == "spelled":
        return current
    if before.text.isascii() or (len(tokens) > 2 and "." in tokens[-3].text):
        return None
    if len(token.text) == 1:
        return current * before.value / 10
    whole = token.text.isdigit() and len(token.text) == len(str(int(before.value))) - 1
    return current if whole else None


def _multiples(tokens: list[_Token]) -> tuple[int, ...]:
    """The multiples, from hundreds up, that the lower end of a range may share: the largest first."""
    trailing = list(takewhile(lambda token: token.kind == "multiple", reversed(tokens)))
    first = list(takewhile(lambda token: token.kind == "multiple", tokens[1:]))
    runs = (trailing, trailing[:1], first)
    products = {prod(int(token.value) for token in run) for run in runs}
    return tuple(sorted((product for product in products if product >= _HUNDRED), reverse=True))
