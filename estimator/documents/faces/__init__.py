"""The faces that documents are set in, and the characters they hold."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from importlib.resources import files


@cache
def _spans() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The first and the last code point of every span that the faces cover."""
    lines = files("estimator.documents.faces").joinpath("covered.txt").read_text("utf-8").split()
    ends = [(int(first, 16), int(last, 16)) for first, _, last in (line.partition("-") for line in lines)]
    return tuple(first for first, _ in ends), tuple(last for _, last in ends)


def lacking(text: str) -> tuple[str, ...]:
    """The characters of a text that no document can print, each once.

    >>> lacking("喆镕龘 −1,234.50 · ¥"), lacking("王😀")
    ((), ('😀',))
    """
    first, last = _spans()
    unknown = (letter for letter in dict.fromkeys(text) if not _covered(ord(letter), first, last))
    return tuple(unknown)


def _covered(point: int, first: tuple[int, ...], last: tuple[int, ...]) -> bool:
    at = bisect_right(first, point) - 1
    return at >= 0 and point <= last[at]
