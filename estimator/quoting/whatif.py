"""What a session or a link holds besides the brief: confidence, what was agreed, ranges typed on the call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from estimator.contract.trade import Trade
from estimator.market.assumptions import Assumption
from estimator.market.market import Market, Override
from estimator.quoting.quote import CONFIDENCE
from estimator.values.errors import QuotecastError

CONFIDENCES = tuple(range(50, 100, 5))
"""The confidences that may be chosen, in percent."""


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """Everything but the brief and the scenario that a quote on the page depends on."""

    confidence: float = CONFIDENCE
    trade: Trade = field(default_factory=Trade)
    overrides: tuple[Override, ...] = ()


def parse(held: Mapping[str, Any], market: Market) -> WhatIf | None:
    """What ``held`` says, its trade and overrides as JSON; None where it cannot be, as in a spoiled link.

    >>> from estimator.rules.rules import open_rules
    >>> market = open_rules().market
    >>> parse({"trade": '{"base": "5850"}'}, market).trade.base
    Decimal('5850')
    >>> parse({"overrides": ['{"assumption": "moon"}']}, market) is None
    True
    """
    try:
        confidence = float(held.get("confidence", CONFIDENCE))
        what_if = WhatIf(
            confidence=confidence,
            trade=Trade.model_validate_json(held.get("trade", "{}")),
            overrides=tuple(map(Override.model_validate_json, held.get("overrides", ()))),
        )
        rows = market.overridden(*what_if.overrides).by_quantity
        for override in what_if.overrides:
            for row in rows[override.assumption]:
                override.on(row)
        chosen = round(confidence * 100) in CONFIDENCES
    except (ValueError, TypeError, ArithmeticError, QuotecastError):
        return None
    return what_if if chosen else None


def typed_override(row: Assumption, low: float, high: float) -> Override:
    """A range said on a call, in place of ``row``; raises ``QuotecastError`` where it cannot be."""
    override = Override(
        assumption=row.quantity, how="replace", low=low, high=high, by="prospect", why="typed on the call"
    )
    override.on(row)
    return override
