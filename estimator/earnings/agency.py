"""The agency's side: what its roles cost, and its margin on a fee."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from estimator.brief.brief import Operation
from estimator.brief.goals import Probability
from estimator.brief.kpis import Quantity
from estimator.market.market import Market
from estimator.market.outcomes import Outcomes
from estimator.market.points import Draws
from estimator.market.summary import Spread, share_of
from estimator.values.money import Array


@dataclass(frozen=True, kw_only=True)
class AgencyMoney:
    """The agency's side over the term, absent without ``pricing_rules/internal/``."""

    margin: Spread
    margin_share: float
    loss_probability: Probability


@dataclass(frozen=True, kw_only=True)
class AgencyCost:
    """Our own cost of a term by draw, in the quote's currency.

    ``work`` is hours, content and start; ``rebate`` what we keep of the ads' rebate; ``late`` the share of
    fees that late payment costs.
    """

    work: Array
    rebate: Array
    late: Array

    def of(self, draws: Array) -> AgencyCost:
        """The cost of some draws, each as a row."""
        return AgencyCost(
            work=self.work[draws, None], rebate=self.rebate[draws, None], late=self.late[draws, None]
        )

    def margin(self, fee: Array, credits: Array) -> Array:
        """The margin on ``fee``; credits are no cash to the seller but cost us their face value."""
        # docs/model.md (M53): fees below zero are nothing to wait for
        return fee + self.rebate - self.work - credits - self.late * np.maximum(fee, 0.0)


def agency_cost(
    outcomes: Outcomes, operation: Operation, costs: Market, points: Draws, months: int, us_staff: int
) -> AgencyCost:
    """What the work of the first ``months`` months costs us: role hours, content, start, rebates kept."""

    def rate(name: str) -> Array:
        return costs.row(name).at(points.normal(f"agency_{name.split('.')[0]}")) + np.zeros(points.draws)

    def count(name: str) -> Array:
        return outcomes.count(Quantity(of=(name,)))[:, :months].sum(axis=1)

    model = operation.model
    # docs/model.md (M53): a second store on a platform takes no further hours
    monthly = (
        rate(f"role_hours.lead.{model}") * rate("role_rate.lead")
        + rate(f"role_hours.ads.{model}") * rate("role_rate.ads")
        + rate("extra_platform_hours") * rate("role_rate.ads") * (len(set(outcomes.platforms)) - 1)
        + rate("us_staff_cost") * us_staff
    )
    work = monthly * months + rate("onboarding_hours") * rate("role_rate.lead")
    rebate = np.zeros(points.draws)
    if model != "kpi_consulting":
        work = work + (
            rate("video_cost") * count("videos")
            + rate("outreach_cost") * count("creator_videos")
            + rate("live_cost") * count("live_hours")
        )
        rebate = rate("ad_rebate") * rate("ad_rebate_kept") * count("ad_spend")
    return AgencyCost(work=work, rebate=rebate, late=rate("late_payment_cost"))


def agency_money(cost: AgencyCost, fee: Array, credits: Array, scrambles: int) -> AgencyMoney:
    """The agency's margin on fees and credits of the term, by draw."""
    margin = cost.margin(fee, credits)
    return AgencyMoney(
        margin=Spread.of(margin),
        margin_share=float(margin.mean() / fee.mean()) if fee.mean() > 0 else 0.0,
        loss_probability=share_of(margin < 0, scrambles),
    )
