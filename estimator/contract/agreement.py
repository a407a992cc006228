"""An agreement: the facts that something was agreed on, and what it came to there."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from estimator.brief.brief import Brief, Months
from estimator.values.money import Amount
from estimator.values.validation import Frozen


def facts_of(brief: Brief) -> Brief:
    """The facts of a brief, without names, notes and words that anyone said.

    >>> facts_of(Brief(name="Lumen (fictional)", category="beauty")).name is None
    True
    """
    goals = tuple(goal.model_copy(update={"words": None}) for goal in brief.goals)
    return brief.model_copy(update={"name": None, "note": None, "goals": goals})


class Agreement(Frozen):
    """When and on which facts something was agreed, and what it came to under the price list of that day.

    ``price`` and ``list_price`` are fixed a month, ``fees`` and ``list_fees`` expected a month over the
    ``months`` of the term, in the brief's currency.
    """

    at: Annotated[dt.datetime, Field(strict=False)]
    facts: Brief
    edition: str
    months: Months
    price: Amount
    list_price: Amount
    fees: Amount
    list_fees: Amount
