"""Quote: everything needed to rebuild the answer.

The terms, what may happen under them, the probability of each goal, the money of all three parties,
and what is still unknown. The price is set once, from the card's own pricing scenario: looking at
another scenario moves the odds and the money, never the price.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from estimator import catalog
from estimator.brief import Brief, GoalWords
from estimator.economics import (
    AgencyMoney,
    Ledgers,
    SellerMoney,
    Spread,
    agency_money,
    ledgers,
    seller_money,
    with_money,
)
from estimator.errors import fail
from estimator.facts import INTERNAL_FACTS, Difficulty
from estimator.fees import Fees, fees
from estimator.goals import Goal, Probability, Promise, Reading, probability, promise
from estimator.guards import Raised, raised
from estimator.kpis import Kpi
from estimator.market import Scenario
from estimator.outcomes import Outcomes
from estimator.pricing import Priced, price, range_over, swings
from estimator.questions import Unanswered, unanswered
from estimator.sampling import Points
from estimator.simulation import simulate
from estimator.situation import DEFAULT_CATEGORY, Situation, situation
from estimator.terms import Terms
from estimator.wording import OPEN_DEFINITION, forecast, goal_of, measurable, operation_of, reads_money

ENGINE = "quotecast 0.1.0"
CONFIDENCE = 0.8
USUAL_MONTHS = 6
"""Months of money shown where the length of the contract is unknown."""
CURVE = 61
UNUSUAL = 3.0
"""How far a price may lie from the category's before the assumptions are stretched."""

DEFINITIONS = ("roas_ad_attributed", "roas_platform_total", "roas_settled", "roas_blended", "roas_all_fees")


@dataclass(frozen=True, kw_only=True)
class GoalOdds:
    """One goal with its odds under the quote's scenario.

    ``curve`` is (level, probability of at least, or at most, that level), level rising; ``density`` is
    (level, height) of the KPI's distribution, its area 1. Both are empty, and ``probability`` None, for
    a KPI that has no forecast or that no platform of the brief reports as defined (``measurable``).
    ``open_definition`` marks a goal put as plain "ROAS": its KPI is then the platform's usual definition,
    and ``between`` the lowest and highest probability over the definitions that can be measured here.
    """

    goal: Goal
    words: str | None
    open_definition: bool
    measurable: bool
    probability: Probability | None
    promise: Promise | None
    median: float | None
    curve: tuple[tuple[float, float], ...]
    density: tuple[tuple[float, float], ...]
    between: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a ROAS goal would mean under one definition and one reading of its months."""

    kpi: Kpi
    reading: Reading
    measurable: bool
    probability: Probability | None


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A quote with its odds. Amounts are in ``currency``; money spreads are over ``months`` months."""

    brief: Brief
    edition: str
    card_sha256: str
    market: str
    scenario: str
    engine: str
    seed: int
    points: int
    currency: str
    months: int
    priced: Priced
    difficulty: Difficulty | None
    monthly_price: float
    monthly_price_range: tuple[float, float]
    goals: tuple[GoalOdds, ...]
    fees: Spread
    monthly_fees: Spread
    seller: SellerMoney
    agency: AgencyMoney | None
    unanswered: tuple[Unanswered, ...]
    assumed: tuple[tuple[str, str], ...]
    guards: tuple[Raised, ...]
    ended: bool | None

    @property
    def terms(self) -> Terms:
        return self.priced.terms


def make(
    brief: Brief,
    *,
    scenario: str = "expected",
    points: Points = Points(),  # noqa: B008 - frozen
    confidence: float = CONFIDENCE,
    on: dt.date | None = None,
) -> Quote:
    """The quote for ``brief`` under the newest edition and market, seen under ``scenario``.

    ``on`` is the day it is given, for the guard on editions that have ended; None leaves that open.
    Raises ``QuotecastError`` for a KPI, scenario or currency that is not known here.

    >>> from pathlib import Path
    >>> from estimator import brief
    >>> quote = make(brief.read(Path("examples/briefs/seed_beauty.toml")))
    >>> quote.goals[0].goal.kpi.id, 0 < quote.goals[0].probability.value < 1
    ('roas_platform_total', True)
    """
    card, market, scenarios = catalog.rate_card(), catalog.market(), catalog.scenarios()
    if brief.currency != card.heading.currency:
        raise fail("currency_not_priced", "currency", found=brief.currency, expected=card.heading.currency)
    for name in (scenario, card.heading.scenario):
        if name not in scenarios:
            raise fail("unknown_reference", "scenario", found=name, choices=", ".join(scenarios))
    seen = scenarios[scenario]
    operation = operation_of(brief)
    asked = [goal_of(words, brief, index) for index, words in enumerate(brief.goals)]
    months = brief.contract_months or USUAL_MONTHS
    horizon = max([months, *(goal.months[1] for goal in asked)])

    def outcomes(under: Scenario) -> Outcomes:
        return simulate(brief, market, operation, points, months=horizon, scenario=under)

    priced_on = outcomes(scenarios[card.heading.scenario])
    difficulty = _difficulty(brief, asked, priced_on)
    priced = price(brief, card, difficulty)
    drawn = outcomes(seen)
    charged = fees(priced.terms, drawn)
    scene = situation(brief, market, horizon)
    money = _money(brief, priced.terms, charged, drawn, scene, points, seen)
    counted = with_money(drawn, money)
    odds = tuple(_odds(goal, words, brief, counted, confidence) for goal, words in zip(asked, brief.goals))
    first = asked[0] if asked and odds[0].probability else None
    seller = seller_money(brief, money, counted, months, first)
    costs = catalog.costs()
    agency = None
    if costs is not None:
        staff = brief.us_staff or 0
        agency = agency_money(priced.terms, charged, drawn, operation, costs, points, months, staff)
    open_prices = swings(brief, card, difficulty)
    cheapest, dearest = range_over(priced, open_prices)
    fee_total = charged.by_month[:, :months].sum(axis=1)
    made = Quote(
        brief=brief,
        edition=card.id,
        card_sha256=card.sha256,
        market=market.id,
        scenario=seen.id,
        engine=ENGINE,
        seed=points.seed,
        points=points.draws,
        currency=card.heading.currency,
        months=months,
        priced=priced,
        difficulty=difficulty,
        monthly_price=float(priced.monthly),
        monthly_price_range=(float(cheapest), float(dearest)),
        goals=odds,
        fees=Spread.of(fee_total),
        monthly_fees=Spread.of(fee_total / months),
        seller=seller,
        agency=agency,
        unanswered=unanswered(brief, market, open_prices),
        assumed=scene.assumed,
        guards=(),
        ended=None if on is None else catalog.ended(card, on),
    )
    return replace(made, guards=raised(catalog.guards(), guard_facts(made)))


def _money(
    brief: Brief,
    terms: Terms,
    charged: Fees,
    drawn: Outcomes,
    scene: Situation,
    points: Points,
    scenario: Scenario,
) -> Ledgers:
    """The money of every draw, under the market and the platforms' fees of the catalog."""
    return ledgers(
        brief,
        terms,
        charged,
        drawn,
        scene,
        operation_of(brief),
        catalog.market(),
        catalog.platform_fees(),
        points,
        scenario,
    )


def _difficulty(brief: Brief, goals: list[Goal], drawn: Outcomes) -> Difficulty | None:
    """The hardest goal's probability; goals that need the fee itself are left out, for the fee needs this."""
    chances = [
        probability(goal, drawn, drawn.scrambles)
        for goal in goals
        if not reads_money(goal) and forecast(goal, brief, drawn)
    ]
    return Difficulty.of(min(chances, key=lambda chance: chance.value)) if chances else None


def _odds(goal: Goal, words: GoalWords, brief: Brief, drawn: Outcomes, confidence: float) -> GoalOdds:
    known = forecast(goal, brief, drawn)
    values = goal.decisive(drawn) if known else np.empty(0)
    finite = values[np.isfinite(values)]
    return GoalOdds(
        goal=goal,
        words=words.words,
        open_definition=words.kpi == OPEN_DEFINITION,
        measurable=measurable(goal.kpi, brief),
        probability=probability(goal, drawn, drawn.scrambles) if known else None,
        promise=promise(goal, drawn, confidence) if known else None,
        median=float(np.median(finite)) if finite.size else None,
        curve=_curve(values, goal) if finite.size else (),
        density=_density(finite) if finite.size else (),
        between=_between(goal, brief, drawn) if words.kpi == OPEN_DEFINITION else None,
    )


def _between(goal: Goal, brief: Brief, drawn: Outcomes) -> tuple[float, float] | None:
    """The lowest and highest probability of the goal over the definitions its words may mean."""
    kpis = catalog.kpis()
    meant = [goal.model_copy(update={"kpi": kpis[name]}) for name in DEFINITIONS]
    chances = [float(g.met(drawn).mean()) for g in meant if forecast(g, brief, drawn)]
    return (min(chances), max(chances)) if chances else None


def _curve(values: np.ndarray, goal: Goal) -> tuple[tuple[float, float], ...]:
    """The probability of reaching each level, over the span that the picture shows."""
    low, high = _span(values[np.isfinite(values)], float(goal.level))
    levels = np.linspace(low, high, CURVE)
    ordered = np.sort(values)
    below = np.searchsorted(ordered, levels, side="left" if goal.at_least else "right") / values.size
    chance = 1 - below if goal.at_least else below
    return tuple(zip(levels.tolist(), chance.tolist()))


def _span(finite: np.ndarray, level: float) -> tuple[float, float]:
    low, high = np.quantile(finite, (0.005, 0.985))
    if low == high:
        return float(low) - 1.0, float(high) + 1.0
    margin = 0.05 * (high - low)
    return float(min(low, level - margin)), float(max(high, level + margin))


def _density(finite: np.ndarray) -> tuple[tuple[float, float], ...]:
    """The distribution as a smooth line: a histogram of 48 bins, each smoothed with its neighbours."""
    low, high = np.quantile(finite, (0.002, 0.985))
    if low == high:
        return ()
    counts, edges = np.histogram(finite, bins=48, range=(float(low), float(high)))
    heights = np.convolve(counts, [0.25, 0.5, 0.25], mode="same") / (finite.size * (edges[1] - edges[0]))
    middles = (edges[:-1] + edges[1:]) / 2
    return tuple(zip(middles.tolist(), heights.tolist()))


def meanings(
    quote: Quote,
    goal: Goal,
    *,
    points: Points = Points(),  # noqa: B008 - frozen
) -> tuple[Meaning, ...]:
    """What the same goal would mean under every ROAS definition and every reading of its months."""
    market = catalog.market()
    scenario = catalog.scenarios()[quote.scenario]
    operation = operation_of(quote.brief)
    horizon = max(quote.months, *(odds.goal.months[1] for odds in quote.goals))
    drawn = simulate(quote.brief, market, operation, points, months=horizon, scenario=scenario)
    scene = situation(quote.brief, market, horizon)
    charged = fees(quote.terms, drawn)
    money = _money(quote.brief, quote.terms, charged, drawn, scene, points, scenario)
    counted = with_money(drawn, money)
    found = []
    for name in DEFINITIONS:
        kpi = catalog.kpis()[name]
        for reading in ("total", "last", "every", "any"):
            meant = goal.model_copy(update={"kpi": kpi, "reading": reading})
            known = forecast(meant, quote.brief, counted)
            found.append(
                Meaning(
                    kpi=kpi,
                    reading=reading,
                    measurable=measurable(kpi, quote.brief),
                    probability=probability(meant, counted, counted.scrambles) if known else None,
                )
            )
    return tuple(found)


def guard_facts(quote: Quote) -> Mapping[str, Any]:
    """The finished quote as the facts that guards read."""
    brief, odds = quote.brief, [odds for odds in quote.goals if odds.probability]
    hardest = min((o.probability.value for o in odds if o.probability), default=None)
    above = any(o.probability and o.probability.value < CONFIDENCE for o in odds)
    facts: dict[str, Any] = dict.fromkeys(INTERNAL_FACTS)
    facts |= {
        "service_model": brief.service_model,
        "settlement": brief.settlement,
        "category": brief.category,
        "difficulty": quote.difficulty.band if quote.difficulty else None,
        "hardest_probability": None if hardest is None else Decimal(f"{hardest:.6f}"),
        "asks_guarantee": _yes(bool(brief.asks_guarantee)),
        "account_status": quote.priced.facts["account_status"],
        "requested_above_safe": _yes(above) if odds else None,
        "goal_measurable": _yes(all(o.measurable for o in quote.goals)) if quote.goals else None,
        "kpi_defined": _yes(not any(o.open_definition for o in quote.goals)) if quote.goals else None,
        "goal_forecast": _yes(all(o.goal.kpi.forecast for o in quote.goals)) if quote.goals else None,
        "margin_known": _yes(quote.seller.margin_known),
        "seller_loss_probability": Decimal(f"{quote.seller.loss_probability.value:.6f}"),
        "contract_months": brief.contract_months,
        "price_usual": None if brief.price is None else _yes(price_is_usual(brief)),
        "goal_in_contract": None
        if brief.contract_months is None or not quote.goals
        else _yes(all(o.goal.months[1] <= brief.contract_months for o in quote.goals)),
        "priced_after_edition_ended": None if quote.ended is None else _yes(quote.ended),
        "ad_budget": brief.ad_budget,
        "base_fee": Decimal(f"{quote.monthly_price:.2f}"),
    }
    if quote.agency is not None:
        facts["agency_loss_probability"] = Decimal(f"{quote.agency.loss_probability.value:.6f}")
        facts["agency_margin_share"] = Decimal(f"{quote.agency.margin_share:.6f}")
    return facts


def price_is_usual(brief: Brief) -> bool:
    """Whether the selling price lies within a third to three times what the category sells for."""
    if brief.price is None:
        return True
    market, category = catalog.market(), brief.category or DEFAULT_CATEGORY
    usual = [
        market.row("aov_ref", platform=platform).median
        * math.exp(market.row("aov_category_effect", category=category).median)
        for platform in brief.platforms or ("tiktok_shop",)
    ]
    return min(usual) / UNUSUAL <= float(brief.price) <= max(usual) * UNUSUAL


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"
