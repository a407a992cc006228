"""A quote that became a contract: its account as the months known so far have shown it.

Months of a brief's history are held against what the seller's own people would have sold. The months of a
contract were worked by whoever it names, in their ramp and their season, so each is restated: as far as it
lies off the contract's own middle, so far does it lie off the middle that history is held against.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from estimator.brief.brief import Brief, HistoryMonth
from estimator.brief.goals import Goal, Probability
from estimator.brief.meaning import operation_of
from estimator.market.market import Market
from estimator.market.outcomes import Outcomes
from estimator.market.points import Origin
from estimator.market.rows import Switches
from estimator.market.simulation import learned_by, simulate
from estimator.market.situation import recent_spend
from estimator.promise.running import chance_running
from estimator.quoting.quote import Quote
from estimator.quoting.shortfall import spend_factors, with_spend
from estimator.values.crossing import crossing
from estimator.values.money import CENT, round_half_up

CALM = Switches(order_noise=False, interruptions=False, platform_stop=False, in_house_failure=False)
"""The middle of a month: nothing that may happen happens."""
FARTHEST = math.log(50)
"""How far an account may lie off its middle, on the log scale: a ROAS fifty times it is a typing error."""
CLOSE = 1e-6
"""How near a restated month is searched for, on the log scale: a cent of a hundred thousand and less."""


@dataclass(frozen=True, kw_only=True)
class AdMonth:
    """A month of a contract as its ads showed it; None for what was not counted."""

    month: str
    ad_spend: Decimal | None
    attributed_gmv: Decimal | None
    ad_orders: Decimal | None

    @property
    def teaches(self) -> bool:
        """Whether it says how far the account lies off its kind."""
        return bool(self.ad_spend and self.attributed_gmv and self.ad_orders)


def as_shown(quote: Quote, months: Sequence[AdMonth]) -> Brief:
    """The brief as sent, with the months of its contract among its history; docs/model.md (M75).

    It is the brief itself where no month says how its ads did. ``months`` are all that are known, from the
    first. The contract begins when its first month did.
    """
    if not any(month.teaches for month in months):
        return quote.brief
    brief, market = _stated(quote.brief, months), quote.world.market
    factors = spend_factors(quote, [_float(month.ad_spend) for month in months])
    middle = simulate(
        brief,
        market,
        operation_of(brief),
        Origin(),
        months=len(months),
        scenario=with_spend(quote.world.scenario, factors),
        switches=CALM,
    )
    history = []
    for index, month in enumerate(months):
        expected, spend = (
            float(middle.quantities[name][0, :, index].sum()) for name in ("attributed_gmv", "ad_spend")
        )
        if not month.teaches or expected <= 0 or spend <= 0:
            continue
        off = math.log(float(month.attributed_gmv or 0) / float(month.ad_spend or 1) * spend / expected)
        history.append(_restated(month, off, brief, market))
    return brief.model_copy(update={"history": (*quote.brief.history, *history)})


def _stated(brief: Brief, months: Sequence[AdMonth]) -> Brief:
    """The brief without history, what is else read off it stated: order value, usual spend, the start."""
    told = [month for month in months if month.teaches]
    whole = brief.model_copy(update={"history": (*brief.history, *(_as_history(one) for one in told))})
    spend = recent_spend(whole)
    attributed, orders = (
        sum((getattr(one, name) or Decimal(0) for one in told), Decimal(0))
        for name in ("attributed_gmv", "ad_orders")
    )
    return brief.model_copy(
        update={
            "history": (),
            "start": months[0].month,
            "price": brief.price or round_half_up(attributed / orders, CENT),
            "recent_ad_spend": round_half_up(Decimal(repr(spend)), CENT) or None,
        }
    )


def _as_history(month: AdMonth, attributed: Decimal | None = None) -> HistoryMonth:
    return HistoryMonth(
        month=month.month,
        ad_spend=month.ad_spend or Decimal(0),
        attributed_gmv=attributed or month.attributed_gmv or Decimal(0),
        orders=max(int(month.ad_orders or 0), 1),
    )


def _restated(month: AdMonth, off: float, brief: Brief, market: Market) -> HistoryMonth:
    """The month with what lies as far off history's own middle as it lay ``off`` the contract's."""
    about = math.log(float(month.attributed_gmv or 1))

    def shift(place: float) -> float:
        alone = _as_history(month, Decimal(repr(math.exp(place))))
        return learned_by(brief.model_copy(update={"history": (alone,)}), market).shift

    # a month at the middle teaches nothing, wherever that middle lies
    middle = crossing(shift, about - FARTHEST, about + FARTHEST, wide=CLOSE).nearest
    return _as_history(month, round_half_up(Decimal(repr(math.exp(middle + off))), CENT))


def chance_now(
    quote: Quote, goal: Goal, known: Outcomes, counts: Sequence[bool], months: Sequence[AdMonth]
) -> Probability | None:
    """The probability of a goal of a running quote; ``known`` are its contract months, ``counts`` as in
    ``chance_running``, ``months`` the same months as their ads showed them.

    None where no month of its window can count any more.
    """
    told = partial(chance_running, goal, known, counts, as_shown(quote, months), quote.world.market)
    factors = spend_factors(quote, [_float(month.ad_spend) for month in months])
    return told(operation_of(quote.brief), with_spend(quote.world.scenario, factors))


def _float(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
