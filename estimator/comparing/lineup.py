"""The line-up: which offers stand side by side on the page, as a session or a link holds it.

What cannot be, as in a spoiled link, is left out; what was typed and cannot be read is told by field, and the
other agency's quote then stands as far as it could be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from estimator.brief.brief import Brief, Operation
from estimator.brief.meaning import operation_of
from estimator.brief.vocabulary import Vocabulary
from estimator.comparing.candidate import Candidate
from estimator.comparing.comparison import LEAST, MOST
from estimator.comparing.offers import (
    OURS,
    SETTLEMENTS,
    USUAL,
    AgencyQuote,
    agreed,
    candidate,
    known,
    typed,
)
from estimator.quoting.quote import Quote
from estimator.rules.rules import Rules
from estimator.values.errors import Fault, QuotecastError
from estimator.values.typed import is_none, is_unknown, typed_amount, typed_count, typed_part, typed_tiers
from estimator.values.typed.counts import MOST as MOST_COUNT

WORK = {"videos": "own_videos", "creators": "creators_contacted", "live_hours": "live_hours"}
"""The facts of a brief by whose bounds the other agency's work a month is held."""
AGENCY, AGREED = "agency", "agreed"
SCENARIOS = ("cautious", "expected", "hopeful")
"""What one offer is compared under where nobody chose."""
TYPED = ("base", "commission", "minimum", "cap", "setup", "refund", "videos", "creators", "live_hours")
"""Fields of another agency's quote that are typed."""
CHOICES = ("reach", "counts", "work")
"""Its fields that are chosen."""


@dataclass(frozen=True, kw_only=True)
class Lineup:
    """Offers under one scenario, or where ``one`` names an offer, that offer under ``scenarios``.

    ``left_out`` are offers chosen beyond the most. ``settlement`` is asked of our own offers, empty for the
    brief's. ``quoted`` is the other agency's quote as far as it could be read, ``faults`` what could not be,
    by field, with the text that stands in for it.
    """

    offers: tuple[str, ...]
    left_out: tuple[str, ...]
    settlement: str
    one: str
    scenarios: tuple[str, ...]
    quoted: AgencyQuote
    faults: Mapping[str, tuple[Fault, str | None]] = field(default_factory=dict)

    @property
    def unpriced(self) -> bool:
        """Whether the other agency's quote was chosen and charges nothing yet: it then stands aside."""
        return AGENCY in (*self.offers, self.one) and not self.quoted.charges

    def candidates(self, brief: Brief, rules: Rules, quote: Quote | None) -> tuple[Candidate, ...]:
        """The offers themselves; ``quote`` is the live page's, for what was agreed there."""
        names = (self.one,) if self.one else self.offers
        candidates = (self._candidate(name, brief, rules, quote) for name in names)
        return tuple(candidate for candidate in candidates if candidate is not None)

    def _candidate(self, name: str, brief: Brief, rules: Rules, quote: Quote | None) -> Candidate | None:
        if name == AGENCY:
            return typed(self.quoted, brief, rules) if self.quoted.charges else None
        if name == AGREED:
            return None if quote is None else agreed(quote)
        settled = f"{name}:{self.settlement}" if self.settlement and name in OURS else name
        return candidate(settled, brief, rules)


def with_agency(lineup: Lineup) -> tuple[str, ...]:
    """The offers with the other agency's quote among them; where six stand, the last makes room.

    >>> from estimator.rules.rules import open_rules
    >>> with_agency(parse({}, "USD", open_rules()))[-2:]
    ('in_house', 'agency')
    """
    if AGENCY in lineup.offers:
        return lineup.offers
    return (*lineup.offers[: MOST - 1], AGENCY)


def choices(rules: Rules, quote: Quote | None) -> tuple[str, ...]:
    """Every offer that may be chosen; what was agreed only where something was."""
    return (*known(rules), AGENCY, *(() if quote is None or quote.trade.empty else (AGREED,)))


def parse(held: Mapping[str, Any], currency: str, rules: Rules, quote: Quote | None = None) -> Lineup:
    """The line-up that ``held`` describes, the usual one where it says nothing.

    What was agreed on ``quote`` then stands in the place of the same service at the list price.

    >>> texts = {"base": "5k", "commission": "lots"}
    >>> from estimator.rules.rules import open_rules
    >>> lineup = parse({"offers": ["in_house", "agency"], "typed": texts}, "USD", open_rules())
    >>> lineup.offers, str(lineup.quoted.base), list(lineup.faults)
    (('in_house', 'agency'), '5000', ['commission'])
    """
    every = (*known(rules), AGENCY, AGREED)
    offers = () if held.get("offers") in ([], ()) else _chosen(held.get("offers"), every) or _usual(quote)
    scenarios = _chosen(held.get("scenarios"), tuple(rules.scenarios))
    settlement, one = str(held.get("settlement", "")), str(held.get("one", ""))
    texts, good = (entry if isinstance(entry := held.get(key), Mapping) else {} for key in ("typed", "good"))
    quoted, faults = _quoted(texts, good, currency, rules.vocabulary)
    return Lineup(
        offers=offers[:MOST],
        left_out=offers[MOST:],
        settlement=settlement if settlement in SETTLEMENTS else "",
        one=one if one in every else "",
        scenarios=(scenarios if len(scenarios) >= LEAST else SCENARIOS)[:MOST],
        quoted=quoted,
        faults=faults,
    )


def _usual(quote: Quote | None) -> tuple[str, ...]:
    if quote is None or quote.trade.empty:
        return USUAL
    listed = operation_of(quote.brief).model
    return tuple(AGREED if name == listed else name for name in USUAL)


def _chosen(names: Any, every: tuple[str, ...]) -> tuple[str, ...]:
    listed = names if isinstance(names, (list, tuple)) else ()
    return tuple(dict.fromkeys(name for name in listed if name in every))


def _quoted(
    texts: Mapping[str, Any], good: Mapping[str, Any], currency: str, vocabulary: Vocabulary
) -> tuple[AgencyQuote, dict[str, tuple[Fault, str | None]]]:
    """The quote that the texts make, and the faults of those that make none, for which the last good ones
    stand in."""
    amount = partial(typed_amount, currency=currency)
    readers: dict[str, Callable[[str], Any]] = {
        "base": amount,
        "commission": partial(typed_tiers, currency=currency),
        "minimum": amount,
        "cap": amount,
        "setup": amount,
        "refund": partial(typed_part, of_base=True),
        **{name: partial(typed_count, most=_most(vocabulary, fact)) for name, fact in WORK.items()},
    }
    content: dict[str, Any] = {
        "reach": "whole" if texts.get("reach") == "whole" else "slice",
        "counts": "settled_gmv" if texts.get("counts") == "settled_gmv" else "gmv",
        "operation": Operation(model=next((model for model in OURS if model == texts.get("work")), OURS[0])),
    }
    faults: dict[str, tuple[Fault, str | None]] = {}
    for name, read in readers.items():
        text, before = (str(typed.get(name) or "").strip() for typed in (texts, good))
        value, fault = _read(read, text)
        if fault is not None:
            value, _ = _read(read, before)
            faults[name] = fault, None if value is None else before
        if value is not None:
            content |= {"above": value[0], "rate": value[1]} if name == "commission" else {name: value}
    return _kept(content, faults)


def _most(vocabulary: Vocabulary, fact: str) -> int:
    most = vocabulary.by_id[fact].most
    return MOST_COUNT if most is None else int(most)


def _read(read: Callable[[str], Any], text: str) -> tuple[Any, Fault | None]:
    """What a text says, nothing where there is none, or its fault."""
    try:
        return (None if is_unknown(text) or is_none(text) else read(text)), None
    except QuotecastError as error:
        return None, error.faults[0]


def _kept(
    content: dict[str, Any], faults: dict[str, tuple[Fault, str | None]]
) -> tuple[AgencyQuote, dict[str, tuple[Fault, str | None]]]:
    """The quote, without what contradicts the rest of it."""
    low, high = content.get("minimum"), content.get("cap")
    if low is not None and high is not None and low > high:
        faults["cap"] = Fault(code="cap_below_minimum", place="", values={"found": high, "least": low}), None
        del content["cap"]
    if content.get("refund") == 0:
        del content["refund"]
    rates, edges = content.get("rate", ()), content.get("above", ())
    falls = content["reach"] == "whole" and list(rates) != sorted(rates)
    if falls or list(edges) != sorted(set(edges)):
        faults["commission"] = Fault(code="tiers_out_of_order", place="", values={}), None
        del content["rate"], content["above"]
    return AgencyQuote(**content), faults
