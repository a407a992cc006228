"""The platform's plan: what it spends on ads, which its share of GMV buys."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from estimator.brief.brief import Brief, Operation
from estimator.brief.kpis import Quantity
from estimator.market.market import Market
from estimator.market.outreach import activity, usual_outreach
from estimator.market.points import Origin
from estimator.market.scenarios import Scenario
from estimator.market.simulation import simulate
from estimator.market.situation import situation_of, spending


@lru_cache(maxsize=64)
def on_plan(
    brief: Brief, operation: Operation, market: Market, scenario: Scenario, months: int, ads_share: float
) -> Brief:
    """The brief with the ads that a share of GMV buys, and work at the scale of the seller's own budget.

    Solved on the middle draw: ads bring sales, and their share buys the ads. More ads bring less than
    their share of it back, so repeating it settles.
    """
    situation = situation_of(brief, market)
    work: dict[str, object] = {}
    if brief.own_videos is None:
        usual = market.row(f"own_videos.{operation.model}").median
        work["own_videos"] = round(float(usual * activity(situation, market)))
    if brief.creators_contacted is None:
        yields = sum(
            market.row("creator_yield", platform=shop.platform, category=situation.category).median
            / shop.siblings
            for shop in situation.shops
        )
        work["creators_contacted"] = round(usual_outreach(situation, market, operation.model) * yields)
    budget = situation.ad_budget * ads_share
    planned = brief
    for _ in range(24):
        planned = spending(brief, Decimal(round(budget))).model_copy(update=work)
        middle = simulate(planned, market, operation, Origin(), months=months, scenario=scenario)
        spent, sold = (float(middle.count(Quantity(of=(name,))).sum()) for name in ("ad_spend", "gmv"))
        if budget <= 0 or spent <= 0:
            break
        before, budget = budget, ads_share * sold / (spent / round(budget))
        if abs(budget - before) < 0.5:
            break
    return planned
