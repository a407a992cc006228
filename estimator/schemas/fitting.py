"""What fits a budget, as data."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from estimator.brief.brief import ServiceModel
from estimator.quoting.fitting import Fit
from estimator.schemas.digits import Money
from estimator.schemas.parts import Chance
from estimator.schemas.record import Exact, Record


class FittingService(Record):
    """One service within a budget: money a month; ``ads`` is null where nothing is left for ads."""

    service_model: ServiceModel
    ads: Exact | None
    least_without_ads: Money
    usual_month: Money
    first_invoice: Money
    goal: Chance | None
    loss: Chance
    seller_profit_median: Money


class FitAnswer(Record):
    """Every service within ``budget`` a month, all in, the one with most ads first."""

    currency: str
    budget: Exact
    services: tuple[FittingService, ...]


def fit_answer(fits: Sequence[Fit], budget: Decimal, currency: str) -> FitAnswer:
    """What fits a budget as data."""
    return FitAnswer(
        currency=currency,
        budget=budget,
        services=tuple(
            FittingService(
                service_model=fit.model,
                ads=fit.ads,
                least_without_ads=fit.least,
                usual_month=fit.fee,
                first_invoice=fit.first_invoice,
                goal=None if fit.chance is None else Chance.of(fit.chance),
                loss=Chance.of(fit.loss),
                seller_profit_median=fit.profit,
            )
            for fit in fits
        ),
    )
