"""Notices: that something happened in the book which somebody should act on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Happened = Literal[
    "approval_asked", "approved", "approval_refused", "client_agreed", "client_declined", "question_asked"
]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What happened, by whom, to which draft or quote.

    No client is named: a notice leaves for a chat that the book knows nothing about. ``who`` is one of ours,
    empty for a client.
    """

    what: Happened
    who: str = ""
    draft: int | None = None
    reference: str | None = None


Tell = Callable[[Notice], None]
"""Takes a notice once it is kept; it returns at once and never raises."""


def keep_quiet(_: Notice) -> None:
    """Tells nobody."""
