"""What a quote was asked: brief, scenario, overrides and trade; and what two were asked differently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from estimator.brief.brief import Brief
from estimator.contract.trade import Trade
from estimator.market.market import Override
from estimator.market.points import QUOTED, Points
from estimator.quoting.make import make
from estimator.quoting.quote import Quote
from estimator.rules.rules import Rules

SILENT = ("name", "note", "ranges")
LAST = ("contract_months", "goals")
"""The term and the goals come after the other facts, which stand in the order of the form."""
CauseKind = Literal[
    "calculation", "price_list", "market", "today", "fact", "goals", "scenario", "assumption", "trade"
]


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One thing that differs: of what was asked, or of the rules, by the ids of both.

    ``name`` is the fact or the assumption, else the kind. An assumption's sides are its overrides, none or
    more, ``ranges`` that in which the fact is told afterwards. Of the rules, ``today`` is price list and
    market at once, where the earlier ones are gone, and ``calculation`` everything else: the engine, the
    platforms' fees, corrected rows.
    """

    kind: CauseKind
    name: str
    before: Any
    after: Any
    ranges: Any = ()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """All that is asked of the rules of a day."""

    brief: Brief
    scenario: str
    trade: Trade
    overrides: tuple[Override, ...]

    @classmethod
    def of(cls, quote: Quote) -> Self:
        """What a quote was asked."""
        return cls(brief=quote.brief, scenario=quote.scenario, trade=quote.trade, overrides=quote.overrides)

    def under(self, rules: Rules, points: Points = QUOTED) -> Quote:
        """The quote that it gets under ``rules``, without its open questions; raises as ``make`` does."""
        return make(
            self.brief,
            rules,
            scenario=self.scenario,
            points=points,
            trade=self.trade,
            overrides=self.overrides,
            ask=False,
        )

    def with_cause(self, cause: Cause) -> Asked:
        """This with one thing as it is afterwards; the same for a cause that is of the rules.

        >>> asked = Asked(brief=Brief(), scenario="expected", trade=Trade(), overrides=())
        >>> asked.with_cause(Cause(kind="fact", name="stage", before=None, after="cold")).brief.stage
        'cold'
        """
        if cause.kind in ("fact", "goals"):
            kept = (one for one in self.brief.ranges if one.fact != cause.name)
            now = {cause.name: cause.after, "ranges": (*kept, *cause.ranges)}
            return replace(self, brief=self.brief.model_copy(update=now))
        if cause.kind == "assumption":
            others = tuple(one for one in self.overrides if one.assumption != cause.name)
            return replace(self, overrides=(*others, *cause.after))
        if cause.kind in ("scenario", "trade"):
            return replace(self, **{cause.kind: cause.after})
        return self


def causes_between(before: Asked, after: Asked) -> Iterator[Cause]:
    """What was asked differently: facts in the order of the form, term, goals, scenario, overrides, trade.

    >>> one, other = (Asked(brief=Brief(stage=s), scenario="expected", trade=Trade(), overrides=())
    ...               for s in ("cold", "growth"))
    >>> [(cause.name, cause.before, cause.after) for cause in causes_between(one, other)]
    [('stage', 'cold', 'growth')]
    """
    facts = [name for name in Brief.model_fields if name not in (*SILENT, *LAST)]
    for name in (*facts, *LAST):
        old, new = getattr(before.brief, name), getattr(after.brief, name)
        if old != new or before.brief.range_of(name) != after.brief.range_of(name):
            kind: CauseKind = "goals" if name == "goals" else "fact"
            told = tuple(one for one in after.brief.ranges if one.fact == name)
            yield Cause(kind=kind, name=name, before=old, after=new, ranges=told)
    if before.scenario != after.scenario:
        yield Cause(kind="scenario", name="scenario", before=before.scenario, after=after.scenario)
    for name in dict.fromkeys(one.assumption for one in (*before.overrides, *after.overrides)):
        sides = [tuple(one for one in asked.overrides if one.assumption == name) for asked in (before, after)]
        if sides[0] != sides[1]:
            yield Cause(kind="assumption", name=name, before=sides[0], after=sides[1])
    if before.trade.bare != after.trade.bare:
        yield Cause(kind="trade", name="trade", before=before.trade, after=after.trade)
