"""What moved a quote since its last revision, by cause, as a client may read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, JsonValue

from estimator.brief.goals import Goal
from estimator.brief.meaning import OPEN_DEFINITION, goal_of
from estimator.quoting.asked import Cause, CauseKind
from estimator.quoting.attribution import Step
from estimator.quoting.quote import Quote
from estimator.schemas.digits import money
from estimator.schemas.parts import Chance
from estimator.schemas.record import Exact, Record
from estimator.values.text import Text

Said = Annotated[Goal | Text | JsonValue, Field(union_mode="left_to_right")]
"""A side of a cause: a goal, a name in both languages, an answer of the brief as its JSON, or an id."""
LEAST, MOST = Decimal("0.001"), Decimal("0.999")
"""Between them a probability is told: never as 0 or 1."""


class Figures(Record):
    """Four figures of a quote, or what they moved: amounts in its currency, of its ``months`` of a term.

    ``fees`` is the mean of the term, ``profit`` the seller's mean a month, both in whole units; ``chance``
    of the first goal to three places, None where there is none (of a move: on one side).
    """

    monthly_price: Exact
    fees: Exact
    chance: Exact | None
    profit: Exact

    @classmethod
    def cut(cls, *, price: Decimal, cents: int, chance: float | None, profit: float, months: int) -> Self:
        """Figures as a record keeps them: the mean fee in cents, the mean profit of all the months.

        >>> Figures.cut(price=Decimal(8200), cents=7508461, chance=0.23312, profit=-79050.0, months=6).profit
        Decimal('-13175')
        """
        whole = Decimal(1)
        return cls(
            monthly_price=price,
            fees=(Decimal(cents) / 100).quantize(whole),
            chance=None if chance is None else min(max(Decimal(repr(round(chance, 3))), LEAST), MOST),
            profit=Decimal(repr(profit / months)).quantize(whole),
        )

    @classmethod
    def of(cls, quote: Quote) -> Self:
        """The figures of a quote, cut as its record would keep them."""
        known = quote.goals[0].probability if quote.goals else None
        return cls.cut(
            price=quote.terms.fixed("month"),
            cents=round(quote.fees.mean * 100),
            chance=None if known is None else Chance.of(known).probability,
            profit=money(quote.seller.profit.mean),
            months=quote.months,
        )

    def since(self, before: Figures) -> Figures:
        """What each figure moved since ``before``."""
        pair = self.chance, before.chance
        return Figures(
            monthly_price=self.monthly_price - before.monthly_price,
            fees=self.fees - before.fees,
            chance=None if pair[0] is None or pair[1] is None else pair[0] - pair[1],
            profit=self.profit - before.profit,
        )


class ToldCause(Record):
    """A cause by its kind, the ``name`` of its fact or assumption, and both sides, None where there is none.

    A fact that only we judge has an empty name and no sides. An assumption's sides are its ranges.
    """

    kind: CauseKind
    name: str
    before: Said = None
    after: Said = None


class MovedBy(Record):
    """Causes that act in one step, the figures after them, and what they ``moved``."""

    causes: tuple[ToldCause, ...]
    figures: Figures
    moved: Figures


class Attribution(Record):
    """From the figures of a revision that was sent to those ``now``; what the steps moved is the difference.

    A cause that moves nothing has its step all the same, but for the calculation.
    """

    reference: str
    day: dt.date
    currency: str
    before: Figures
    steps: tuple[MovedBy, ...]
    now: Figures


def attribution_of(before: Figures, steps: Iterable[Step], *, reference: str, day: dt.date) -> Attribution:
    """The record of the steps since the revision ``reference``, sent on ``day`` with ``before``."""
    told: list[MovedBy] = []
    last, currency = before, ""
    for step in steps:
        figures, currency = Figures.of(step.quote), step.quote.currency
        moved = figures.since(last)
        if any(moved.model_dump().values()) or [cause.kind for cause in step.causes] != ["calculation"]:
            causes = tuple(_told(cause, step.quote) for cause in step.causes)
            told.append(MovedBy(causes=causes, figures=figures, moved=moved))
        last = figures
    return Attribution(
        reference=reference, day=day, currency=currency, before=before, steps=tuple(told), now=last
    )


def _told(cause: Cause, quote: Quote) -> ToldCause:
    """A cause without what is ours: the reason of a judgement, a fact that the client is not asked."""
    fact = quote.rules.vocabulary.by_id.get(cause.name)
    if cause.kind == "fact" and fact is not None and fact.asked == "us":
        return ToldCause(kind="fact", name="")
    before, after = (_side(cause, side, quote) for side in (cause.before, cause.after))
    return ToldCause(kind=cause.kind, name=cause.name, before=before, after=after)


def _side(cause: Cause, side: Any, quote: Quote) -> Any:
    """A side of a cause as JSON can hold it."""
    if cause.kind == "fact":
        said = quote.brief.model_copy(update={cause.name: side})
        return said.model_dump(mode="json", include={cause.name})[cause.name]
    if cause.kind == "goals":
        words = [words for words in side[:1] if words.kpi in (OPEN_DEFINITION, *quote.rules.kpis)]
        return goal_of(words[0], quote.brief, quote.rules.kpis) if words else None
    if cause.kind == "scenario":
        known = quote.rules.scenarios.get(side)
        return side if known is None else known.label
    if cause.kind == "assumption":
        return [[one.low, one.high] for one in side]
    if cause.kind == "trade":
        return side.model_dump(mode="json", exclude_defaults=True)
    return list(side) if cause.kind == "today" else side
