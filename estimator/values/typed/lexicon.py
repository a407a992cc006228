"""The words in which numbers are said: read once from ``words.toml``, looked for at the ends of a text."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from estimator.values.errors import fail

_WORDS: Mapping[str, Any] = tomllib.loads(
    files("estimator.values.typed").joinpath("words.toml").read_text("utf-8")
)
MOST_SAID = 200
"""Characters in which a figure is said."""
SHOWN = 40
"""Characters of a text that are quoted back."""


def normal(text: str) -> str:
    """A text as it is looked at: full-width forms made plain, in lower case, single spaces.

    >>> normal("  ４０，０００  USD ")
    '40,000 usd'

    Raises ``QuotecastError`` of ``text_too_long``: nobody says a figure at such length, and patterns of words
    would look through it for minutes.
    """
    if len(text.strip()) > MOST_SAID:
        raise fail("text_too_long", "", found=len(text), most=MOST_SAID)
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").replace("’", "'")
    return re.sub(r"\s+", " ", plain).strip().lower()


def shown(text: str) -> str:
    """A text as a fault quotes it."""
    return text.strip()[:SHOWN]


def words(group: str, name: str = "words") -> Any:
    """A list of words, or a whole table of them where there is no such list in it."""
    table = _WORDS[group]
    return table[name] if isinstance(table, dict) and name in table else table


def is_unknown(text: str) -> bool:
    """Whether a text says that nobody knows; an empty one does.

    >>> [is_unknown(text) for text in ("n/a", "Don’t know", "?", "", "0")]
    [True, True, True, True, False]
    """
    return len(text.strip()) <= MOST_SAID and normal(text).rstrip(".!") in ("", *words("unknown"))


def is_none(text: str) -> bool:
    """Whether a text says that there is none of it, where nothing to pay can be meant."""
    return len(text.strip()) <= MOST_SAID and normal(text) in words("none")


def either(alternatives: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first; a word of letters ends where its letters do."""
    ordered = sorted(alternatives, key=len, reverse=True)
    return "|".join(re.escape(word) + (_END if "a" <= word[-1:] <= "z" else "") for word in ordered)


_END = r"(?![a-z])"


@cache
def _ends(group: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = _WORDS[group]
    before, after = (either(table.get(side, ())) or r"(?!)" for side in ("before", "after"))
    return re.compile(rf"(?:{before})\s*(?=\S)"), re.compile(rf"(?<=\S)\s*(?:{after})$")


def without(group: str, text: str) -> tuple[str, bool]:
    """A text without the words of a group at its beginning or end, and whether there were any.

    >>> without("about", "about 20k"), without("month", "20k/mo"), without("about", "20k")
    (('20k', True), ('20k', True), ('20k', False))
    """
    before, after = _ends(group)
    if found := before.match(text):
        return text[found.end() :], True
    if found := after.search(text):
        return text[: found.start()], True
    return text, False
