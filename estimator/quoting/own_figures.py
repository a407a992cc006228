"""What a prospect's own figures did to a quote: the market before them, what they say, what came of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from estimator.brief.brief import Brief
from estimator.contract.facts import facts
from estimator.market.own_figures import learned_by, reads_today, usable
from estimator.market.points import RANKED
from estimator.market.situation import situation_of, spend_today
from estimator.market.summary import Spread
from estimator.quoting.listing import clause_goal
from estimator.quoting.make import make
from estimator.quoting.quote import Quote, QuotedGoal
from estimator.quoting.world import World

AHEAD = 3
"""Contract months whose sales are held against the past."""
FAR_BELOW = 0.5
"""The share of today's sales below which a forecast is never shown without its reason."""
FEWER_ADS = 0.8
"""The share of today's ads below which the plan itself is a reason to sell less."""


@dataclass(frozen=True, kw_only=True)
class OwnMonth:
    """A month of the past, or today where ``month`` is None: what went into ads, and what was sold."""

    month: str | None
    spend: float
    sold: float


@dataclass(frozen=True, kw_only=True)
class OwnFigures:
    """A prospect's own figures beside the market and the forecast, as sales over ads a month.

    ``whole``: all that was sold, or else what ads are said to have sold. ``before`` is the forecast of the
    first three months without the figures, ``after`` with them; None where there are no ads. ``left`` is the
    share of the width between accounts that stays open. ``goal`` and ``price`` are the first goal and the
    base fee as they would be without the figures, the price under the goal's difficulty then.
    """

    months: tuple[OwnMonth, ...]
    whole: bool
    elsewhere: str | None
    before: Spread | None
    after: Spread | None
    left: float
    goal: QuotedGoal | None
    price: float


@dataclass(frozen=True, kw_only=True)
class FarBelow:
    """A forecast under half of today's sales, both a month; ``fewer_ads`` says that the plan spends less."""

    now: float
    forecast: float
    fewer_ads: bool


def own_figures(quote: Quote) -> OwnFigures | None:
    """What a quote's own figures did to it; None where the brief holds none that tell anything.

    >>> from estimator.rules.rules import open_rules
    >>> told = Brief(category="beauty", ad_budget="20000", current_gmv="90000", recent_ad_spend="20000")
    >>> shown = own_figures(make(told, open_rules(), ask=False))
    >>> shown.months[0].sold, shown.before.p50 < shown.after.p50
    (90000.0, True)
    """
    if not usable(quote.brief) and not reads_today(quote.brief):
        return None
    brief, market = quote.brief, quote.world.market
    situation = situation_of(brief, market)
    history = usable(brief)
    months = tuple(OwnMonth(month=m.month, spend=float(m.ad_spend), sold=float(m.sold)) for m in history)
    if not months:
        today = OwnMonth(month=None, spend=spend_today(brief, situation), sold=float(brief.current_gmv or 0))
        months = (today,)
    whole = not history or history[0].gmv is not None
    without = brief.model_copy(
        update={
            "history": (),
            "history_from": None,
            "current_gmv": None,
            "recent_ad_spend": None,
            "stage": situation.stage,
        }
    )
    bare = make(
        without, quote.rules, scenario=quote.scenario, trade=quote.trade, overrides=quote.overrides, ask=False
    )
    terms = quote.rules.price_list.terms(
        facts(brief, bare.difficulty, quote.rules.edition.facts),
        clause_goal(tuple(odds.goal for odds in quote.goals)),
    )
    return OwnFigures(
        months=months,
        whole=whole,
        elsewhere=brief.history_from if history else None,
        before=_ratio(quote, without, whole),
        after=_ratio(quote, brief, whole),
        left=float(learned_by(brief, market).scale),
        goal=bare.goals[0] if bare.goals else None,
        price=float(terms.fixed("month")),
    )


def _ratio(quote: Quote, brief: Brief, whole: bool) -> Spread | None:
    """Sales over ads of the first months; None where there are no ads."""
    drawn = quote.world.outcomes(brief, RANKED, AHEAD)
    sold, spent = (
        drawn.quantities[name].sum(axis=(1, 2)) for name in ("gmv" if whole else "attributed_gmv", "ad_spend")
    )
    return Spread.of(sold / spent) if np.all(spent > 0) else None


def far_below(brief: Brief, world: World) -> FarBelow | None:
    """That a running shop is forecast to sell under half of what it sells today; None where it is not."""
    today = float(brief.current_gmv or 0)
    if today <= 0:
        return None
    sold = world.outcomes(brief, RANKED, AHEAD).quantities["gmv"].sum(axis=1).mean(axis=1)
    middle = float(np.median(sold))
    if middle >= FAR_BELOW * today:
        return None
    situation = situation_of(brief, world.market)
    spends_less = float(situation.ad_budget) < FEWER_ADS * spend_today(brief, situation)
    return FarBelow(now=today, forecast=middle, fewer_ads=spends_less)
