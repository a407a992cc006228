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
from typing import Literal

from estimator.brief.brief import Brief, HistoryMonth
from estimator.brief.goals import Goal, Probability
from estimator.brief.meaning import operation_of
from estimator.market.market import Market
from estimator.market.outcomes import Outcomes
from estimator.market.own_figures import learned_by
from estimator.market.points import Origin
from estimator.market.rows import Switches
from estimator.market.simulation import simulate
from estimator.market.situation import order_value, recent_spend
from estimator.promise.running import chance_running
from estimator.quoting.quote import Quote
from estimator.quoting.shortfall import spend_factors, with_spend
from estimator.values.crossing import crossing
from estimator.values.money import CENT, round_half_up

Measure = Literal["attributed_gmv", "gmv"]
"""What tells how an account sells: what the platform says that its ads sold, or all of it."""
CALM = Switches(order_noise=False, interruptions=False, platform_stop=False, in_house_failure=False)
"""The middle of a month: nothing that may happen happens."""
FARTHEST = math.log(50)
"""How far an account may lie off its middle, on the log scale: a ROAS fifty times it is a typing error."""
CLOSE = 1e-6
"""How near a restated month is searched for, on the log scale: a cent of a hundred thousand and less."""


@dataclass(frozen=True, kw_only=True)
class ShownMonth:
    """A month of a contract as it came; None for what was not counted."""

    month: str
    ad_spend: Decimal | None
    attributed_gmv: Decimal | None
    ad_orders: Decimal | None
    gmv: Decimal | None
    orders: Decimal | None

    def sold(self, measure: Measure) -> Decimal:
        """What was sold in a measure; nothing where it was not counted."""
        return getattr(self, measure) or Decimal(0)

    def as_history(self, measure: Measure, sold: Decimal | None = None) -> HistoryMonth:
        """It as a month of history, with ``sold`` in place of its own sales where that is given."""
        orders = self.ad_orders if measure == "attributed_gmv" else self.orders
        return HistoryMonth(
            month=self.month,
            ad_spend=self.ad_spend or Decimal(0),
            orders=None if orders is None else int(orders),
            **{measure: self.sold(measure) if sold is None else sold},
        )


def teaching(brief: Brief, months: Sequence[ShownMonth]) -> tuple[Measure, tuple[ShownMonth, ...]]:
    """The measure in which months tell of an account, and those that do: ads were spent, and it sold.

    It is that of the brief's own figures. Without any it is what ads sold where every month says so, else
    all that was sold.
    """
    measure: Measure = "attributed_gmv"
    past = _past(brief)
    if past:
        measure = "gmv" if past[0].gmv is not None else measure
    elif not all(month.attributed_gmv for month in months):
        measure = "gmv"
    return measure, tuple(
        month
        for month in months
        if month.ad_spend
        and month.sold(measure)
        and (month.ad_orders if measure == "attributed_gmv" else month.orders) != 0
    )


def as_shown(quote: Quote, months: Sequence[ShownMonth]) -> Brief:
    """The brief as sent, with the months of its contract among its history; docs/model.md (M75).

    It is the brief itself where no month teaches. ``months`` are all that are known, from the first. The
    contract begins when its first month did.
    """
    measure, told = teaching(quote.brief, months)
    if not told:
        return quote.brief
    market = quote.world.market
    brief = _stated(quote.brief, months, told, measure)
    # months at the middle that history is held against teach nothing, wherever that middle lies
    middles = {month.month: _taught_nothing(month, measure, brief, market) for month in told}
    plain = [month.as_history(measure, middles[month.month]) for month in told]
    factors = spend_factors(quote, [_float(month.ad_spend) for month in months])
    drawn = simulate(
        brief.model_copy(update={"history": tuple(plain)}),
        market,
        operation_of(brief),
        Origin(),
        months=len(months),
        scenario=with_spend(quote.world.scenario, factors),
        switches=CALM,
    )
    history = []
    for index, month in enumerate(months):
        expected, spend = (float(drawn.quantities[name][0, :, index].sum()) for name in (measure, "ad_spend"))
        if month in told and expected > 0 and spend > 0:
            off = float(month.sold(measure) / (month.ad_spend or Decimal(1))) * spend / expected
            restated = Decimal(repr(float(middles[month.month]) * off))
            history.append(month.as_history(measure, round_half_up(restated, CENT)))
    return brief.model_copy(update={"history": (*_past(quote.brief), *history)})


def _past(brief: Brief) -> tuple[HistoryMonth, ...]:
    """The months of the brief's own history; those from elsewhere make room for the contract's."""
    return brief.history if brief.history_from in (None, "here") else ()


def _stated(
    brief: Brief, months: Sequence[ShownMonth], told: Sequence[ShownMonth], measure: Measure
) -> Brief:
    """The brief without history, what is else read off it stated: order value, usual spend, the start."""
    whole = (*_past(brief), *(month.as_history(measure) for month in told))
    spend = recent_spend(brief.model_copy(update={"history": whole}))
    worth = order_value(whole)
    return brief.model_copy(
        update={
            "history": (),
            "history_from": None,
            "start": months[0].month,
            "price": brief.price or (None if worth is None else round_half_up(Decimal(repr(worth)), CENT)),
            "recent_ad_spend": None if not spend else round_half_up(Decimal(repr(spend)), CENT),
        }
    )


def _taught_nothing(month: ShownMonth, measure: Measure, brief: Brief, market: Market) -> Decimal:
    """What the month would have sold for history to say nothing of the account."""
    about = math.log(float(month.sold(measure)))

    def shift(place: float) -> float:
        alone = month.as_history(measure, Decimal(repr(math.exp(place))))
        return learned_by(brief.model_copy(update={"history": (alone,)}), market).shift

    middle = crossing(shift, about - FARTHEST, about + FARTHEST, wide=CLOSE).nearest
    return round_half_up(Decimal(repr(math.exp(middle))), CENT)


def chance_now(
    quote: Quote, goal: Goal, known: Outcomes, counts: Sequence[bool], months: Sequence[ShownMonth]
) -> Probability | None:
    """The probability of a goal of a running quote; ``known`` are its contract months, ``counts`` as in
    ``chance_running``, ``months`` the same months as they came.

    None where no month of its window can count any more.
    """
    told = partial(chance_running, goal, known, counts, as_shown(quote, months), quote.world.market)
    factors = spend_factors(quote, [_float(month.ad_spend) for month in months])
    return told(operation_of(quote.brief), with_spend(quote.world.scenario, factors))


def _float(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
