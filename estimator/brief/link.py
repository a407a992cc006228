"""The address of a quote: a brief's facts as one value of a link, without a name or a word of anyone.

The value is a digit for the version, then compact JSON, deflated, in the letters an address may hold. Whoever
opens the link gets the same facts and so the same figures; what was said, noted or is internal stays here.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from pydantic import BaseModel, ConfigDict

from estimator.brief import brief as briefs
from estimator.brief.brief import Brief
from estimator.brief.vocabulary import Vocabulary
from estimator.values.errors import fail

VERSION = "1"
SHARED = ("compare", "confidence", "overrides", "shown", "trade")
"""What a link carries of a session's extras."""
MOST_CHARS = 64_000
MOST_BYTES = 64_000


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a link opens."""

    brief: Brief
    scenario: str = ""
    presenter: bool = False
    extras: Mapping[str, Any] = field(default_factory=dict)


class _Comparison(BaseModel):
    """The shape of a line-up in a link; what it names is looked up where it is drawn."""

    model_config = ConfigDict(strict=True)

    offers: list[str] | None = None
    scenarios: list[str] | None = None
    settlement: str = ""
    one: str = ""
    typed: dict[str, str | None] | None = None
    good: dict[str, str | None] | None = None


def pack(link: Link) -> str:
    """The link's value; the same facts give the same value.

    >>> unpack(pack(Link(brief=Brief(name="Lumen", category="beauty")))).brief
    Brief(..., category='beauty', ...)
    """
    content: dict[str, Any] = {"b": _facts(link.brief)}
    if link.scenario:
        content["s"] = link.scenario
    if link.presenter:
        content["p"] = True
    if extras := {name: link.extras[name] for name in SHARED if name in link.extras}:
        content["x"] = extras
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    packed = zlib.compress(text.encode("utf-8"), 9)
    return VERSION + base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def unpack(value: str, vocabulary: Vocabulary | None = None) -> Link:
    """What the value opens, in words of ``vocabulary`` where it is given.

    Raises ``QuotecastError`` for one that is damaged, cut, huge or not ours.
    """
    if not value.startswith(VERSION) or len(value) > MOST_CHARS:
        raise fail("bad_link", "")
    try:
        content = json.loads(_inflated(value[1:]).decode("utf-8"), parse_constant=_no_number)
        match content:
            case {"b": dict(facts), **others} if others.keys() <= {"s", "p", "x"}:
                scenario, presenter, extras = others.get("s", ""), others.get("p", False), others.get("x", {})
            case _:
                raise ValueError
        if not isinstance(scenario, str) or not isinstance(extras, dict):
            raise ValueError
        _Comparison.model_validate(extras.get("compare", {}))
        brief = briefs.parse(_without_words(facts), vocabulary=vocabulary)
    except (ValueError, RecursionError, zlib.error):
        raise fail("bad_link", "") from None
    shared = {name: extras[name] for name in SHARED if name in extras}
    return Link(brief=brief, scenario=scenario, presenter=presenter is True, extras=shared)


def _facts(brief: Brief) -> dict[str, Any]:
    facts = _without_words(brief.model_dump(mode="json", exclude_none=True, exclude_defaults=True))
    if "add_ons" in facts:
        facts["add_ons"] = sorted(facts["add_ons"])
    return facts


def _without_words(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts without what people wrote: neither sent nor taken from a link."""
    kept = {name: value for name, value in facts.items() if name not in ("name", "note")}
    goals = kept.get("goals")
    if isinstance(goals, list):
        kept["goals"] = [_unspoken(goal) for goal in goals]
    return kept


def _unspoken(goal: Any) -> Any:
    return {k: v for k, v in goal.items() if k != "words"} if isinstance(goal, dict) else goal


def _inflated(text: str) -> bytes:
    packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    reader = zlib.decompressobj()
    plain = reader.decompress(packed, MOST_BYTES)
    if not reader.eof or reader.unused_data:
        raise ValueError
    return plain


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
