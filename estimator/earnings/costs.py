"""What selling costs a seller whoever operates: goods, delivery, creators, samples, the platforms' take.

Also what he has when the contract starts, where he sells already.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from estimator.brief.brief import Brief, Operation
from estimator.brief.kpis import Quantity
from estimator.earnings.ledgers import AtStart, Ledgers
from estimator.earnings.platform_fees import NOTHING_SOLD, PlatformFees
from estimator.market.assumptions import Assumption
from estimator.market.laws import expit, logit
from estimator.market.market import Market
from estimator.market.outcomes import Outcomes
from estimator.market.outreach import usual_outreach
from estimator.market.own_costs import with_own_costs
from estimator.market.points import Draws
from estimator.market.rows import drawn_at
from estimator.market.scenarios import Scenario
from estimator.market.situation import Situation, range_sd
from estimator.values.money import Array
from estimator.values.units import DAYS

COST_FACTS = frozenset(
    {
        "landed_cost",
        "size_class",
        "fulfilment_cost",
        "creator_commission",
        "sample_cost",
        "samples_sent",
        "payout_days",
        "cash_in_hand",
        "stock_in_hand",
        "payouts_due",
    }
)
"""The facts of a brief that move a seller's money and no outcome."""


def costs(
    brief: Brief,
    outcomes: Outcomes,
    situation: Situation,
    operation: Operation,
    market: Market,
    platform_fees: PlatformFees,
    points: Draws,
    scenario: Scenario,
) -> Ledgers:
    """The money of every draw and month without any agency: no fee, and nothing covered."""
    seller = _Seller(
        brief=brief,
        outcomes=outcomes,
        situation=situation,
        operation=operation,
        market=with_own_costs(brief, situation, market),
        points=points,
        scenario=scenario,
    )
    shipped, returned, settled, gmv = map(seller.count, ("shipped_gmv", "returned_gmv", "settled_gmv", "gmv"))
    none, sold = np.zeros_like(gmv), np.maximum(gmv, NOTHING_SOLD)
    goods = seller.landed[:, None] * (shipped - seller.rate("returned_goods_recovered")[:, None] * returned)
    on_ads = Quantity(of=("gmv_ads",), platforms=("tiktok_shop",))
    shown_by_creators = market.row("affiliate_share_of_ad_gmv", platform="tiktok_shop").median
    lower_rate = market.row("shop_ads_commission_factor").median
    # docs/model.md (M50): creators earn on ads too; without it the totals disagree
    paid_on = seller.count("gmv_creators") + lower_rate * shown_by_creators * outcomes.count(on_ads)
    commission = seller.rate("creator_commission")[:, None] * (paid_on * np.clip(settled / sold, 0.0, 1.0))
    take = platform_fees.take(
        outcomes,
        situation.category,
        _days(brief, market, outcomes.months),
        lambda platform: scenario.factor("referral_fee", platform=platform),
    )
    delay, reserve = seller.payout_delay(), seller.rate("payout_reserve")
    return Ledgers(
        agency_fee=none,
        ads=seller.count("ad_spend"),
        creators=commission,
        samples=np.broadcast_to(seller.samples(), none.shape),
        platform_take=take,
        settled_gmv=settled,
        goods=goods,
        delivery=seller.delivery(),
        payout_delay=delay,
        payout_reserve=reserve,
        stock_lead=round(market.row("stock_lead").median),
        fee_due=np.zeros((none.shape[0], none.shape[1] + 2), order="F"),
        at_start=seller.at_start(settled - take - commission, delay, reserve),
    )


@dataclass(frozen=True, kw_only=True)
class _Seller:
    """One seller's costs at the points: ``market`` is the one in which he pays his own."""

    brief: Brief
    outcomes: Outcomes
    situation: Situation
    operation: Operation
    market: Market
    points: Draws
    scenario: Scenario

    def row(self, name: str, platform: str = "all") -> Assumption:
        where = {"category": self.situation.category, "stage": self.situation.stage}
        return self.market.row(name, platform=platform, **where)

    def has(self, name: str) -> bool:
        where = {"category": self.situation.category, "stage": self.situation.stage}
        return self.market.find(name, **where) is not None

    def rate(self, name: str, platform: str = "all", dimension: str = "") -> Array:
        """A row at the points, one a draw; ``dimension`` where it is not the row's own."""
        row = self.row(name, platform)
        if row.certain:
            return np.full(self.points.draws, row.low)
        return drawn_at(row, self.points, dimension or name, None)

    def count(self, name: str, platform: str | None = None) -> Array:
        return self.outcomes.count(Quantity(of=(name,), platforms=None if platform is None else (platform,)))

    @property
    def landed(self) -> Array:
        """Landed cost as a share of the price, one a draw."""
        brief = self.brief
        if brief.landed_cost is not None and brief.price is not None:
            share = np.full(self.points.draws, float(brief.landed_cost / brief.price))
            # docs/model.md (M1): each of the two that was told as a range is drawn from it
            for fact, name, sign in (("landed_cost", "landed_cost", 1), ("price", "order_value", -1)):
                if sd := range_sd(brief, fact):
                    share = share * np.exp(sign * sd * self.points.normal(name))
        else:
            share = self.rate("landed_cost_share")
        return share * self.scenario.factor("landed_cost")

    @property
    def unit(self) -> Array:
        """What a unit sells for, one a draw: as stated, else what an order is worth."""
        if self.situation.price is not None:
            return np.full(self.points.draws, self.situation.price)
        gmv, orders = (self.count(name).sum(axis=1) for name in ("gmv", "orders"))
        return gmv / np.maximum(orders, NOTHING_SOLD)

    def delivery(self) -> Array:
        """Delivery of what was shipped, draws x months."""
        platforms = tuple(dict.fromkeys(self.outcomes.platforms))
        if len({id(self.row("fulfilment_cost", platform)) for platform in platforms}) == 1:
            return self._delivered("fulfilment_cost", platforms[0], None)
        # docs/model.md (M84)
        return sum(
            (self._delivered("fulfilment_cost", platform, platform) for platform in platforms),
            np.zeros_like(self.count("gmv")),
        )

    def _delivered(self, name: str, platform: str, counted: str | None) -> Array:
        orders, shipped, gmv = (self.count(of, counted) for of in ("orders", "shipped_gmv", "gmv"))
        return self.rate(name, platform)[:, None] * (orders * (shipped / np.maximum(gmv, NOTHING_SOLD)))

    def samples(self) -> Array:
        """What samples cost a month, draws x 1."""
        brief = self.brief
        if brief.sample_cost is not None:
            return np.full((self.points.draws, 1), float(brief.sample_cost))
        if brief.samples_sent is not None:
            sent = np.full(self.points.draws, float(brief.samples_sent))
        elif self.has("samples_each"):
            accepted = self.rate("creator_acceptance")
            if self.operation.us_team:
                accepted = expit(logit(accepted) + self.rate("us_team_acceptance_effect"))
            sent = self._contacted() * accepted * self.row("samples_each").median
        else:
            reference = self.row("creators_contacted.whole_shop").median
            return self.rate("sample_cost")[:, None] * (self._contacted() / reference)
        # docs/model.md (M85): a sample costs what a unit does, and its parcel
        return (sent * (self.landed * self.unit + self.mean_delivery()))[:, None]

    def mean_delivery(self) -> Array:
        """What a parcel costs, one a draw: on the platform with the most ads where they differ."""
        most = max(self.situation.shops, key=lambda shop: shop.ad_share)
        return self.rate("fulfilment_cost", most.platform)

    def _contacted(self) -> float:
        """Creators contacted a month."""
        if self.brief.creators_contacted is not None:
            return float(self.brief.creators_contacted)
        return usual_outreach(self.situation, self.market, self.operation.model)

    def payout_delay(self) -> Array:
        """Days from sale to payout: one a draw, or one a draw and month while new shops wait longer."""
        later = self.rate("payout_delay")
        if not self.has("payout_delay.new") or self.brief.payout_days is not None:
            return later
        first = self.rate("payout_delay.new", dimension="payout_delay")
        if np.array_equal(first, later):
            return later
        # docs/model.md (M86): until it is no longer new
        months = np.arange(self.outcomes.shape[2])
        new = months < self.row("probation_months", "tiktok_shop").median
        return np.where(new[None, :], first[:, None], later[:, None])

    def at_start(self, takings: Array, delay: Array, reserve: Array) -> AtStart:
        """What the seller has already: as he says, else what a shop that sells so much today has."""
        brief, running = self.brief, self.situation.current_gmv if self.has("stock_in_hand") else 0.0
        stock, payouts = (
            None if said is None else np.full(self.points.draws, float(said))
            for said in (brief.stock_in_hand, brief.payouts_due)
        )
        if stock is None and running:
            # docs/model.md (M89): as far ahead of today's sales as stock is bought
            stock = self.row("stock_in_hand").median * running * self.landed
        if payouts is None and running:
            gmv = np.maximum(self.count("gmv").sum(axis=1), NOTHING_SOLD)
            kept = np.clip(takings.sum(axis=1) / gmv, 0.0, 1.0)
            first = delay if delay.ndim == 1 else delay[:, 0]
            payouts = running * kept * (first / DAYS + reserve)
        cash = None if brief.cash_in_hand is None else float(brief.cash_in_hand)
        return AtStart(cash=cash, stock=stock, payouts=payouts)


def _days(brief: Brief, market: Market, months: tuple[str, ...]) -> tuple[dt.date, ...]:
    """The middle of every contract month, for dated fees; the market's own date if the start is open."""
    if brief.start is None:
        return (dt.date.fromisoformat(market.as_of),) * len(months)
    return tuple(dt.date.fromisoformat(f"{month}-15") for month in months)
