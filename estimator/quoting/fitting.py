"""A budget first: what each service would leave for ads where all that is paid a month may not exceed it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

from scipy.optimize import brentq

from estimator.brief.brief import Brief, ServiceModel
from estimator.brief.goals import Probability
from estimator.market.points import RANKED
from estimator.quoting.make import make
from estimator.quoting.quote import Quote
from estimator.rules.rules import Rules

STEP = 50
"""Ads are rounded down to so many of the currency: nobody plans a budget to the dollar."""
CLOSE = 10.0


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What one service comes to within a budget a month; money a month in the brief's currency.

    ``ads`` is what is left for ads, None where nothing is; ``least`` is what a month takes without any ads.
    ``fee`` is our fee in a usual month, ``first_invoice`` what is paid before the work begins, which no
    monthly budget holds. ``profit`` is the middle one a month.
    """

    model: ServiceModel
    ads: Decimal | None
    least: float
    fee: float
    first_invoice: float
    chance: Probability | None
    loss: Probability
    profit: float


def fits(brief: Brief, rules: Rules, budget: Decimal) -> tuple[Fit, ...]:
    """Every service within ``budget`` a month, the one that leaves most for ads first.

    Counted are our fee in a usual month, ads and samples; creators' commission and the platform's take come
    out of sales.

    >>> from estimator.rules.rules import open_rules
    >>> brief = Brief(category="beauty", price="32", landed_cost="8")
    >>> [fit.model for fit in fits(brief, open_rules(), Decimal(3000)) if fit.ads]
    ['kpi_consulting']
    """
    found = [_fit(brief, rules, model, budget) for model in get_args(ServiceModel)]
    return tuple(sorted(found, key=lambda fit: (-(fit.ads or 0), fit.least)))


def _fit(brief: Brief, rules: Rules, model: ServiceModel, budget: Decimal) -> Fit:
    def quoted(ads: float) -> Quote:
        told = {"service_model": model, "ad_budget": Decimal(round(ads))}
        return make(brief.model_copy(update=told), rules, points=RANKED, ask=False)

    def over(ads: float) -> float:
        return _a_month(quoted(ads)) - float(budget)

    bare = quoted(0.0)
    least = _a_month(bare)
    if least > budget:
        return _answer(model, None, least, bare)
    spent = brentq(over, 0.0, float(budget), xtol=CLOSE) if over(float(budget)) > 0 else float(budget)
    ads = Decimal(int(spent // STEP) * STEP)
    return _answer(model, ads, least, quoted(float(ads))) if ads else _answer(model, None, least, bare)


def _a_month(quote: Quote) -> float:
    """What the client pays a month out of his own pocket: our fee, ads and samples."""
    blocks = quote.seller.blocks
    return quote.usual_month.p50 + float(quote.brief.ad_budget or 0) + blocks.samples


def _answer(model: ServiceModel, ads: Decimal | None, least: float, quote: Quote) -> Fit:
    return Fit(
        model=model,
        ads=ads,
        least=least,
        fee=quote.usual_month.p50,
        first_invoice=float(sum(amount for _, amount in quote.first_invoice)),
        chance=quote.goals[0].probability if quote.goals else None,
        loss=quote.seller.loss_probability,
        profit=quote.seller.profit.p50 / quote.months,
    )
