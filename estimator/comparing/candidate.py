"""Candidate: one way to buy the service, or to go without, as a seller may choose it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from estimator.brief.brief import Brief, Count, Operation, Settlement
from estimator.contract.charges import Covered
from estimator.contract.terms import Terms
from estimator.market.own_figures import as_today
from estimator.values.text import Text
from estimator.values.validation import Frozen

Bar = Literal["ended", "platform", "team", "scope"]
"""Why an offer is shown and never recommended.

``ended``: it can no longer be taken. ``platform``: it is of a platform that the brief is not on. ``team``:
the seller has nobody and starts before anybody is hired. ``scope``: nobody said what it does, so it is
simulated as if it did all that ours does.
"""


class Scope(Frozen):
    """The work a month that an offer itself names; None is not told, and then as the brief has it.

    >>> Scope(videos=0).told
    True
    """

    videos: Count | None = None
    creators: Count | None = None
    live_hours: Count | None = None

    @property
    def facts(self) -> Mapping[str, object]:
        """What is told, by the brief's own facts."""
        facts = {
            "own_videos": self.videos,
            "creators_contacted": self.creators,
            "live_hours": self.live_hours,
        }
        return {name: value for name, value in facts.items() if value is not None}

    @property
    def told(self) -> bool:
        """Whether anything is told."""
        return bool(self.facts)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One offer as a seller may choose it.

    ``terms`` is None where there is no agency; ``renewal`` holds after the term, None is the terms anew.
    ``settlement`` is one that was asked for besides the brief's. ``bar`` says why it is never recommended,
    None where it may be. ``ads_share`` is the share of GMV that buys ads where the terms cover them.
    ``scope`` is the work it names itself. ``as_today`` is to go on as the shop runs now, or not to begin;
    without ``staffed`` its people are paid either way and not counted. ``assumptions`` are this offer's
    own; those of its way of operating come besides.
    """

    id: str
    label: Text
    note: Text | None
    operation: Operation
    terms: Terms | None
    renewal: Terms | None = None
    settlement: Settlement | None = None
    ours: bool = False
    as_of: str | None = None
    bar: Bar | None = None
    ads_share: tuple[float, float] | None = None
    scope: Scope = Scope()  # noqa: RUF009 - frozen
    as_today: bool = False
    staffed: bool = True
    assumptions: tuple[Text, ...] = ()

    @property
    def covers(self) -> frozenset[Covered]:
        """The costs that its charges include."""
        return frozenset() if self.terms is None else self.terms.covers

    @property
    def ended(self) -> bool:
        """Whether it can no longer be taken."""
        return self.bar == "ended"

    def seen(self, brief: Brief) -> Brief:
        """The brief as this offer would work it: with its own scope, or as the shop runs today."""
        if self.as_today:
            return as_today(brief)
        return brief.model_copy(update=dict(self.scope.facts))
