"""The states of a quote, and the one table of steps between them.

A draft becomes a revision when it is sent; each revision has a state of its own. What is declined, expired,
withdrawn or superseded stays so: it is quoted again as a new revision. What is signed is amended or renewed.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from estimator.values.errors import fail


class State(StrEnum):
    """Where a draft or a revision stands."""

    DRAFT = "draft"
    APPROVAL = "approval"
    SENT = "sent"
    AGREED = "agreed"
    SIGNED = "signed"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


TRANSITIONS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.DRAFT: frozenset({State.APPROVAL, State.SENT, State.WITHDRAWN}),
        State.APPROVAL: frozenset({State.DRAFT, State.SENT, State.WITHDRAWN}),
        State.SENT: frozenset(
            {State.AGREED, State.DECLINED, State.EXPIRED, State.WITHDRAWN, State.SUPERSEDED}
        ),
        State.AGREED: frozenset({State.SIGNED, State.DECLINED, State.WITHDRAWN, State.SUPERSEDED}),
        State.SIGNED: frozenset({State.SUPERSEDED}),
        State.DECLINED: frozenset(),
        State.EXPIRED: frozenset(),
        State.WITHDRAWN: frozenset(),
        State.SUPERSEDED: frozenset(),
    }
)
"""From each state, the states it may become. A draft is sent without approval only where it departs from the
price list in nothing; a signed quote is superseded only by an amendment that is signed as well."""

LIVE = frozenset({State.SENT, State.AGREED})
"""States in which a newer revision takes the place of a revision."""

STANDING: Mapping[State, int] = MappingProxyType(
    {
        State.SIGNED: 3,
        State.AGREED: 2,
        State.SENT: 1,
    }
)
"""In a list, the current revision that is furthest along speaks for its quote; of several the newest."""

_REFUSALS: Mapping[State, str] = MappingProxyType(
    {
        State.DRAFT: "from_draft",
        State.APPROVAL: "from_approval",
        State.SENT: "from_sent",
        State.AGREED: "from_agreed",
        State.SIGNED: "from_signed",
        State.DECLINED: "from_declined",
        State.EXPIRED: "from_expired",
        State.WITHDRAWN: "from_withdrawn",
        State.SUPERSEDED: "from_superseded",
    }
)
"""The fault of each state, which says what can be done instead."""


def check_transition(state: State, wanted: State, place: str) -> None:
    """Refuse every step that the table does not have.

    >>> check_transition(State.SENT, State.AGREED, "Q-2026-0042-r3")
    >>> check_transition(State.DECLINED, State.AGREED, "Q-2026-0042-r3")
    Traceback (most recent call last):
    estimator.values.errors.QuotecastError: Q-2026-0042-r3: this is declined and cannot become "agreed"; ...
    """
    if wanted not in TRANSITIONS[state]:
        raise fail(_REFUSALS[state], place, wanted=str(wanted))
