"""What every answer says of itself: the rules it was made under, the scenario, and how it was worked."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from estimator.presentation.rate_line import rate_line
from estimator.presentation.words import Words, mark
from estimator.rules.rules import Rules

_STATES: Mapping[str, str] = MappingProxyType(
    {
        "unsealed": mark("Not for clients: price edition {edition} is a draft, it is not sealed."),
        "changed": mark("Not for clients: price edition {edition} was changed after it was sealed."),
        "failing": mark("Not for clients: price edition {edition} disagrees with its own examples."),
    }
)


def state_lines(rules: Rules, words: Words) -> tuple[str, ...]:
    """What must be said of an edition that is unsealed or fails its examples, and of rates of exchange."""
    message = _STATES.get(rules.state)
    lines = () if message is None else (words.say(message, edition=rules.edition.id),)
    return (*lines, *(rate_line(rate, words) for rate in rules.converted))
