"""The words of the client's page, and in which language he reads them."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_location

Language = Literal["zh", "en"]
_LOCALES: Mapping[Language, str] = {"zh": "zh_CN", "en": "en_US"}
_WEIGHED = re.compile(r"\s*(zh|en)\b[\w-]*\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*", re.ASCII | re.IGNORECASE)


@cache
def all_words() -> Mapping[str, Mapping[str, str]]:
    """Every sentence by its id, in both languages."""
    return tomllib.loads(files("estimator.door").joinpath("words.toml").read_text("utf-8"))


def say(language: Language, sentence: str, **values: object) -> str:
    """A sentence with its values.

    >>> say("en", "for_client", client="Grove Tools")
    'for Grove Tools'
    """
    return all_words()[sentence][language].format(**values)


def say_time(language: Language, at: dt.datetime, zone: str) -> str:
    """An instant in the zone it was promised in.

    >>> say_time("en", dt.datetime(2026, 12, 15, 4, tzinfo=dt.UTC), "Asia/Shanghai")
    'December 15, 2026, 12:00 (Shanghai time)'
    """
    locale = _LOCALES[language]
    there = at.astimezone(ZoneInfo(zone))
    return say(
        language,
        "time",
        day=format_date(there, "long", locale=locale),
        time=f"{there:%H:%M}",
        zone=get_timezone_location(zone, locale=locale, return_city=True),
    )


def language_of(wanted: str | None, accepted: str) -> Language:
    """The language asked for in the address, else the one the browser likes better, else English.

    >>> language_of(None, "fr, zh-CN;q=0.8, en;q=0.3"), language_of("en", "zh")
    ('zh', 'en')
    """
    if wanted in ("zh", "en"):
        return "zh" if wanted == "zh" else "en"
    weights = {"zh": 0.0, "en": 0.0}
    for part in accepted.split(",")[:20]:
        if read := _WEIGHED.fullmatch(part):
            name = read[1].lower()
            weights[name] = max(weights[name], float(read[2] or 1))
    return "zh" if weights["zh"] > weights["en"] else "en"
