"""What everyone would earn: seller's profit and cash, agency's margin, platform's take.

Three blocks of the seller's spend are never mixed: the agency's fee, what is passed through (ads,
creators, samples), and what the platform keeps. Goods and delivery are the seller's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

import numpy as np

from estimator.brief.brief import Brief
from estimator.brief.goals import Probability
from estimator.brief.kpis import Quantity
from estimator.contract.charges import Bound, Covered, Fixed, PerUnit, Refund, ShareOf
from estimator.contract.terms import Terms
from estimator.earnings.lines import Fees
from estimator.market.outcomes import Outcomes
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

    ``profit`` is its spread over the draws, ``cash`` the spread of cash in hand at its end, from what was
    told to be there at the start.
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
    at_start: StartMoney
    cash_suffices: Probability | None
    payback_month: int | None
    margin_known: bool


@dataclass(frozen=True, kw_only=True)
class StartMoney:
    """What is there when the contract starts: cash as told, and stock at cost and payouts due, expected."""

    cash: float | None
    stock: float
    payouts: float


@dataclass(frozen=True, kw_only=True)
class AtStart:
    """What a seller has when the contract starts: cash, and a draw each of stock at cost and payouts due.

    None is unknown: no cash is then counted on, and of the others there are none.
    """

    cash: float | None = None
    stock: Array | None = None
    payouts: Array | None = None

    @property
    def middle(self) -> StartMoney:
        """Its means over the draws."""
        stock, payouts = (0.0 if of is None else float(of.mean()) for of in (self.stock, self.payouts))
        return StartMoney(cash=self.cash, stock=stock, payouts=payouts)


NOTHING_YET = AtStart()
"""The start of somebody who does not sell yet, or whose market tells nothing of one who does."""


@dataclass(frozen=True, kw_only=True)
class Ledgers:
    """Money by draw and month, in the quote's currency; what everything above is read from.

    ``fee_due`` is the agency's fee by the month it is paid in, as ``fee_due`` gives it; ``payout_delay`` is
    in days, one a draw, or one a draw and month of sale. ``at_start`` is what the seller has already.
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
    at_start: AtStart = NOTHING_YET

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

        Stock is bought ``stock_lead`` months before it is sold, once what is in hand is used up; ads are
        topped up, samples sent and parcels paid for in their month; the agency's fee goes out when it falls
        due. A payout comes after refunds, the platform's take and creators' commission, ``payout_delay`` days
        after the sale, so the share d / 30.4 of a month's sales comes in the next; its reserve comes a month
        later still. Payouts that were due at the start come as those of months before it would.
        """
        return self._flow[:, : self.profit.shape[1] + 1]

    def profit_of(self, months: int) -> Array:
        """The seller's profit of the first ``months`` months, one a draw."""
        return self.profit[:, :months].sum(axis=1)

    def cash_path(self, months: int) -> Array:
        """The seller's cash in hand before the start and after each of the first ``months`` months.

        It starts from the cash that he has told, from nothing otherwise.
        """
        return (self.at_start.cash or 0.0) + self.cash[:, : months + 1].cumsum(axis=1)

    def cash_low(self, months: int) -> Array:
        """The lowest that cash falls below what was in hand at the start: the largest need, as a loss."""
        return self.cash[:, : months + 1].cumsum(axis=1).min(axis=1)

    @property
    def owed(self) -> Array:
        """Cash still to come after the last month, one a draw: payouts and reserve, less fees then due."""
        return self._flow[:, self.profit.shape[1] + 1 :].sum(axis=1)

    def owed_after(self, months: int) -> Array:
        """What still comes in after so many months of all that was sold and charged in them, one a draw."""
        spared = (self._bought - self._paid_for)[:, : months + 1].sum(axis=1)
        brought = self._received.sum(axis=1) + spared
        return self.profit_of(months) + brought - self.cash[:, : months + 1].sum(axis=1)

    @cached_property
    def _flow(self) -> Array:
        """Cash movement from before the start until the last payout and the last invoice are settled."""
        draws, months = self.settled_gmv.shape
        delay = self._delay
        latest = int(np.ceil(delay.max()))
        flow = np.zeros((draws, max(months + latest + 2, self.fee_due.shape[1])), order="F")
        # docs/model.md (M52): take and commission are held back before a payout
        takings = self.settled_gmv - self.platform_take - self.creators
        held = self.payout_reserve[:, None]
        for late in range(latest + 1):
            # sales are even within a month, so those of one fall into the two months about its delay
            paid = takings * np.maximum(1.0 - np.abs(delay - late), 0.0)
            flow[:, 1 + late : 1 + late + months] += paid * (1 - held)
            flow[:, 2 + late : 2 + late + months] += paid * held
        flow[:, 1 : months + 1] -= self.ads + self.samples + self.delivery
        received, paid_for = self._received, self._paid_for
        flow[:, 1 : 1 + received.shape[1]] += received[:, : flow.shape[1] - 1]
        flow[:, : months + 1] -= paid_for
        flow[:, : self.fee_due.shape[1]] -= self.fee_due
        return flow

    @cached_property
    def _delay(self) -> Array:
        """Months from sale to payout, draws x months of sale or draws x 1."""
        delay = self.payout_delay / DAYS
        return delay[:, None] if delay.ndim == 1 else delay

    @cached_property
    def _bought(self) -> Array:
        """What stock costs in the months it is bought in, draws x (before the start, months)."""
        draws, months = self.goods.shape
        lead = min(self.stock_lead, months)
        bought = np.zeros((draws, months + 1))
        bought[:, 0] = self.goods[:, :lead].sum(axis=1)
        bought[:, 1 : 1 + months - lead] = self.goods[:, lead:]
        return bought

    @cached_property
    def _paid_for(self) -> Array:
        """What is paid for stock in the same months: what is in hand is sold first."""
        stock = self.at_start.stock
        if stock is None:
            return self._bought
        # docs/model.md (M89)
        beyond = np.maximum(self._bought.cumsum(axis=1) - stock[:, None], 0.0)
        return np.diff(beyond, axis=1, prepend=0.0)

    @cached_property
    def _received(self) -> Array:
        """Payouts due at the start by the contract month they come in, the first one first."""
        due = self.at_start.payouts
        draws = self.settled_gmv.shape[0]
        if due is None:
            return np.zeros((draws, 0))
        return due[:, None] * arrivals(self._delay[:, 0], self.payout_reserve)


def arrivals(delay: Array, reserve: Array) -> Array:
    """How payouts that are due fall on the months to come: shares, draws x months.

    They are of sales that were even before the start; ``delay`` is in months.

    >>> arrivals(np.array([0.5]), np.array([0.0])).round(2).tolist()
    [[1.0, 0.0]]
    >>> arrivals(np.array([1.5]), np.array([0.0])).round(2).tolist()
    [[0.67, 0.33, 0.0]]
    """
    latest = int(np.ceil(delay.max()))
    weights = np.zeros((delay.size, latest + 1))
    for late in range(latest + 1):
        paid = np.maximum(1.0 - np.abs(delay - late), 0.0)
        # docs/model.md (M89): sold so many months before the first, and its reserve a month later
        for before in range(1, late + 1):
            weights[:, late - before] += paid * (1 - reserve)
        for before in range(1, late + 2):
            weights[:, late - before + 1] += paid * reserve
    total = weights.sum(axis=1, keepdims=True)
    at_once = np.zeros_like(weights)
    at_once[:, 0] = 1.0
    return np.where(total > 0, weights / np.where(total > 0, total, 1.0), at_once)


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


def seller_money(brief: Brief, money: Ledgers, outcomes: Outcomes, months: int) -> SellerMoney:
    """The seller's side over the first ``months`` months of ``money``."""
    term = money.profit_of(months)
    cash, low = money.cash_path(months), money.cash_low(months)
    in_hand = money.at_start.cash
    # paid back is what the shop itself earns, whatever cash was brought along
    positive = np.flatnonzero(np.median(cash - (in_hand or 0.0), axis=0)[1:] >= 0)
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
        cash_low=Spread.of(low),
        at_start=money.at_start.middle,
        cash_suffices=None if in_hand is None else share_of(low + in_hand >= 0, outcomes.scrambles),
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
