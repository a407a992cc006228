"""How much work is done where the brief is silent: by the money behind it, and what a sample costs."""

from __future__ import annotations

import numpy as np

from estimator.market.market import Market
from estimator.market.situation import Situation
from estimator.values.units import Value


def activity(situation: Situation, market: Market) -> Value:
    """Work over that of a full scale, at most 1.

    >>> from estimator.brief.brief import Brief
    >>> from estimator.market.situation import situation_of
    >>> from estimator.rules.rules import open_rules
    >>> market = open_rules().market
    >>> float(activity(situation_of(Brief(ad_budget="3750"), market), market))
    0.25
    """
    # docs/model.md (M5): up to a full scale, work grows with the money behind it
    full = market.row("activity_scale_full").median
    scale: Value = np.minimum(1.0, (situation.ad_budget + situation.current_gmv) / full)
    return scale


def thrift(situation: Situation, market: Market) -> Value:
    """Creators contacted over the usual number, at most 1: fewer are sent what is dear to send."""
    power = market.find("outreach_price_elasticity", category=situation.category)
    if power is None:
        return 1.0
    # docs/model.md (M93)
    factor: Value = np.minimum(1.0, situation.dearness**power.median)
    return factor


def usual_outreach(situation: Situation, market: Market, model: str) -> float:
    """Creators contacted a month where the brief is silent, before the platforms' yields."""
    usual = market.row(f"creators_contacted.{model}").median
    return float(usual * activity(situation, market) * thrift(situation, market))
