"""What everyone would earn: seller's profit and cash, agency's margin, platform's take.

Three blocks of the seller's spend are never mixed: the agency's fee, what is passed through (ads,
creators, samples), and what the platform keeps. Goods and delivery are the seller's own.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

import numpy as np

from estimator.brief.brief import Brief, Operation
from estimator.brief.goals import Probability
from estimator.brief.kpis import Quantity
from estimator.contract.charges import Bound, Covered, Fixed, PerUnit, Refund, ShareOf
from estimator.contract.terms import Terms
from estimator.earnings.lines import Fees
from estimator.earnings.platform_fees import NOTHING_SOLD, PlatformFees
from estimator.market.market import Market
from estimator.market.outcomes import Outcomes
from estimator.market.points import Draws
from estimator.market.rows import drawn_at
from estimator.market.scenarios import Scenario
from estimator.market.situation import Situation, range_sd
from estimator.market.summary import Spread, share_of
from estimator.values.money import Array, like, zeros
from estimator.values.units import DAYS

PAID_FOR: tuple[Covered, ...] = ("ads", "creators", "samples", "platform_take")
"""What the seller pays besides the agency's fee, unless the terms cover it."""
BLOCKS = ("agency_fee", *PAID_FOR)
"""All that the seller spends: the names of ``Blocks``."""


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """Expected monthly spend of the seller in the three blocks that are never mixed.

    ``agency_fee`` is ours; ``ads``, ``creators`` (commission) and ``samples`` (samples and small flat
    fees) are passed through; ``platform_take`` stays with the platforms. Zero where the terms cover it.
    """

    agency_fee: float
    ads: float
    creators: float
    samples: float
    platform_take: float

    @property
    def passed_through(self) -> float:
        return self.ads + self.creators + self.samples

    @property
    def total(self) -> float:
        return self.agency_fee + self.passed_through + self.platform_take


@dataclass(frozen=True, kw_only=True)
class MonthMoney:
    """One contract month, expected: settled sales, the three blocks, goods and delivery.

    ``profit`` is its spread over the draws, ``cash`` the spread of cash in hand at its end, with
    nothing in hand before the start.
    """

    month: str
    settled_gmv: float
    blocks: Blocks
    goods_and_delivery: float
    profit: Spread
    cash: Spread


@dataclass(frozen=True, kw_only=True)
class SellerMoney:
    """The seller's side over the term.

    ``margin_known`` is false where the landed cost is the category's guess. ``payback_month`` is the first
    month in which the median of cumulative cash is not negative.
    """

    blocks: Blocks
    profit: Spread
    by_month: tuple[MonthMoney, ...]
    loss_probability: Probability
    cash_low: Spread
    payback_month: int | None
    margin_known: bool


@dataclass(frozen=True, kw_only=True)
class Ledgers:
    """Money by draw and month, in the quote's currency; what everything above is read from.

    ``fee_due`` is the agency's fee by the month it is paid in, as ``fee_due`` gives it.
    """

    agency_fee: Array
    ads: Array
    creators: Array
    samples: Array
    platform_take: Array
    settled_gmv: Array
    goods: Array
    delivery: Array
    payout_delay: Array
    payout_reserve: Array
    stock_lead: int
    fee_due: Array

    def under(self, covers: frozenset[Covered], agency_fee: Array, fee_due: Array) -> Ledgers:
        """The same sales under terms that cover costs and charge ``agency_fee``, paid as ``fee_due``."""
        paid = {
            name: getattr(self, name) * 0.0 if name in covers else getattr(self, name) for name in PAID_FOR
        }
        return replace(self, agency_fee=agency_fee, fee_due=fee_due, **paid)

    @cached_property
    def profit(self) -> Array:
        """The seller's profit, draws x months."""
        return (
            self.settled_gmv
            - self.goods
            - self.delivery
            - self.agency_fee
            - self.ads
            - self.creators
            - self.samples
            - self.platform_take
        )

    @property
    def cash(self) -> Array:
        """The seller's cash movement by month, draws x (months + 1); the first is before the start.

        Stock is bought ``stock_lead`` months before it is sold; ads are topped up, samples sent and parcels
        paid for in their month; the agency's fee goes out when it falls due. A payout comes after refunds,
        the platform's take and creators' commission, ``payout_delay`` days after the sale, so the share
        d / 30.4 of a month's sales comes in the next; its reserve comes a month later still.
        """
        return self._flow[:, : self.profit.shape[1] + 1]

    def profit_of(self, months: int) -> Array:
        """The seller's profit of the first ``months`` months, one a draw."""
        return self.profit[:, :months].sum(axis=1)

    def cash_path(self, months: int) -> Array:
        """The seller's cash in hand before the start and after each of the first ``months`` months."""
        return self.cash[:, : months + 1].cumsum(axis=1)

    @property
    def owed(self) -> Array:
        """Cash still to come after the last month, one a draw: payouts and reserve, less fees then due."""
        return self._flow[:, self.profit.shape[1] + 1 :].sum(axis=1)

    @cached_property
    def _flow(self) -> Array:
        """Cash movement from before the start until the last payout and the last invoice are settled."""
        draws, months = self.settled_gmv.shape
        delay = self.payout_delay / DAYS
        latest = int(np.ceil(delay.max()))
        flow = np.zeros((draws, max(months + latest + 2, self.fee_due.shape[1])), order="F")
        # docs/model.md (M52): take and commission are held back before a payout
        takings = self.settled_gmv - self.platform_take - self.creators
        held = self.payout_reserve[:, None]
        for late in range(latest + 1):
            # sales are even within a month, so those of one fall into the two months about its delay
            paid = takings * np.maximum(1.0 - np.abs(delay - late), 0.0)[:, None]
            flow[:, 1 + late : 1 + late + months] += paid * (1 - held)
            flow[:, 2 + late : 2 + late + months] += paid * held
        flow[:, 1 : months + 1] -= self.ads + self.samples + self.delivery
        lead = min(self.stock_lead, months)
        flow[:, 0] -= self.goods[:, :lead].sum(axis=1)
        flow[:, 1 : 1 + months - lead] -= self.goods[:, lead:]
        flow[:, : self.fee_due.shape[1]] -= self.fee_due
        return flow


def fee_due(terms: Terms, charged: Fees, deposit: Decimal = Decimal(0)) -> Array:
    """The agency's fee by the month it is paid in: draws x (before the start, months, later ones).

    A fixed charge of a month, or one charged once, is invoiced when its month begins; every other when its
    period has ended. It is paid ``due_days`` later, or at once where the terms do not say. ``deposit`` is
    paid before the start and set off against the last invoice, which never comes where the term is open.
    """
    draws, months = charged.by_month.shape
    lines = [(line, _months_to_payment(line.charge)) for line in charged.lines]
    latest = max(later for _, later in lines)
    paid = zeros((draws, months + max(latest, 1) + 1), charged.by_month)
    for line, later in lines:
        paid[:, 1 + later : 1 + later + months] += line.amounts
    ends = terms.months is not None and terms.months <= months
    last = (terms.months or 0) + latest if ends else paid.shape[1] - 1
    paid[:, 0] += like(deposit, paid)
    paid[:, last] -= like(deposit, paid)
    return paid


def _months_to_payment(charge: Fixed | PerUnit | ShareOf | Bound | Refund) -> int:
    """Months from the one a charge's line stands in to the one it is paid in."""
    return (0 if isinstance(charge, Fixed) and charge.begins else 1) + int((charge.due_days or 0) / DAYS)


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

    def rate(name: str) -> Array:
        row = market.row(name, category=situation.category, stage=situation.stage)
        return np.full(points.draws, row.low) if row.certain else drawn_at(row, points, name, None)

    def count(name: str) -> Array:
        return outcomes.count(Quantity(of=(name,)))

    shipped, returned, settled, gmv = map(count, ("shipped_gmv", "returned_gmv", "settled_gmv", "gmv"))
    none, sold = np.zeros_like(gmv), np.maximum(gmv, NOTHING_SOLD)
    if brief.landed_cost is not None and brief.price is not None:
        landed = np.full(none.shape[0], float(brief.landed_cost / brief.price))
        # docs/model.md (M1): each of the two that was told as a range is drawn from it
        for fact, name, sign in (("landed_cost", "landed_cost", 1), ("price", "order_value", -1)):
            if sd := range_sd(brief, fact):
                landed = landed * np.exp(sign * sd * points.normal(name))
    else:
        landed = rate("landed_cost_share")
    landed = landed * scenario.factor("landed_cost")
    recovered = rate("returned_goods_recovered")
    goods = landed[:, None] * (shipped - recovered[:, None] * returned)
    delivery = rate("fulfilment_cost")[:, None] * (count("orders") * (shipped / sold))
    on_ads = Quantity(of=("gmv_ads",), platforms=("tiktok_shop",))
    shown_by_creators = market.row("affiliate_share_of_ad_gmv", platform="tiktok_shop").median
    lower_rate = market.row("shop_ads_commission_factor").median
    # docs/model.md (M50): creators earn on ads too; without it the totals disagree
    paid_on = count("gmv_creators") + lower_rate * shown_by_creators * outcomes.count(on_ads)
    commission = rate("creator_commission")[:, None] * (paid_on * np.clip(settled / sold, 0.0, 1.0))
    samples = rate("sample_cost")[:, None] * _outreach(brief, situation, operation, market)
    take = platform_fees.take(
        outcomes,
        situation.category,
        _days(brief, market, outcomes.months),
        lambda platform: scenario.factor("referral_fee", platform=platform),
    )
    return Ledgers(
        agency_fee=none,
        ads=count("ad_spend"),
        creators=commission,
        samples=np.broadcast_to(samples, none.shape),
        platform_take=take,
        settled_gmv=settled,
        goods=goods,
        delivery=delivery,
        payout_delay=rate("payout_delay"),
        payout_reserve=rate("payout_reserve"),
        stock_lead=round(market.row("stock_lead").median),
        fee_due=np.zeros((none.shape[0], none.shape[1] + 2), order="F"),
    )


def _outreach(brief: Brief, situation: Situation, operation: Operation, market: Market) -> float:
    """Creators contacted a month, as a share of the number for which the sample cost is given."""
    reference = market.row("creators_contacted.whole_shop").median
    if brief.creators_contacted is not None:
        return brief.creators_contacted / reference
    scale = (situation.ad_budget + situation.current_gmv) / market.row("activity_scale_full").median
    return market.row(f"creators_contacted.{operation.model}").median * min(1.0, scale) / reference


def _days(brief: Brief, market: Market, months: tuple[str, ...]) -> tuple[dt.date, ...]:
    """The middle of every contract month, for dated fees; the market's own date if the start is open."""
    if brief.start is None:
        return (dt.date.fromisoformat(market.as_of),) * len(months)
    return tuple(dt.date.fromisoformat(f"{month}-15") for month in months)


def seller_money(brief: Brief, money: Ledgers, outcomes: Outcomes, months: int) -> SellerMoney:
    """The seller's side over the first ``months`` months of ``money``."""
    term = money.profit_of(months)
    cash = money.cash_path(months)
    positive = np.flatnonzero(np.median(cash, axis=0)[1:] >= 0)
    paid = {name: getattr(money, name)[:, :months].mean(axis=0) for name in BLOCKS}
    settled, goods, delivery = (
        amounts[:, :months].mean(axis=0) for amounts in (money.settled_gmv, money.goods, money.delivery)
    )
    return SellerMoney(
        blocks=Blocks(**{name: float(means.mean()) for name, means in paid.items()}),
        profit=Spread.of(term),
        by_month=tuple(
            MonthMoney(
                month=outcomes.months[month],
                settled_gmv=float(settled[month]),
                blocks=Blocks(**{name: float(means[month]) for name, means in paid.items()}),
                goods_and_delivery=float(goods[month] + delivery[month]),
                profit=Spread.of(money.profit[:, month]),
                cash=Spread.of(cash[:, month + 1]),
            )
            for month in range(months)
        ),
        loss_probability=share_of(term < 0, outcomes.scrambles),
        cash_low=Spread.of(cash.min(axis=1)),
        payback_month=int(positive[0]) + 1 if positive.size else None,
        margin_known=brief.landed_cost is not None and brief.price is not None,
    )


def with_money(outcomes: Outcomes, money: Ledgers) -> Outcomes:
    """Outcomes that can also count fees, platform take, creators' commission, samples, and sales net of them.

    The promoted sales of a report that is worked net; coupons are not known, and not deducted.
    """
    net = {}
    if "promoted_gmv" in outcomes.quantities:
        promoted = outcomes.count(Quantity(of=("promoted_gmv",)))
        net = {"promoted_net_gmv": promoted - money.creators - money.platform_take}
    return outcomes.having(
        **net,
        agency_fee=money.agency_fee,
        platform_take=money.platform_take,
        creator_commission=money.creators,
        sample_cost=money.samples,
    )
