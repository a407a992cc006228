"""Quote: everything needed to rebuild the answer.

The terms, what may happen under them, the probability of each goal, the money of all three parties,
and what is still unknown. The price is set once, from the card's own pricing scenario: looking at
another scenario moves the odds and the money, never the price.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np

from estimator.brief.brief import Brief, GoalWords
from estimator.brief.goals import READINGS, Goal, Probability, Promise
from estimator.brief.kpis import Kpi, Quantity
from estimator.brief.meaning import OPEN_DEFINITION, asked_goals, operation_of
from estimator.contract.facts import INTERNAL_FACTS, Difficulty
from estimator.contract.guards import Raised, raised
from estimator.contract.price_list import Swing, range_over
from estimator.contract.pricing import Priced, price
from estimator.contract.terms import Terms
from estimator.contract.trade import Trade, traded
from estimator.earnings.agency import AgencyMoney
from estimator.earnings.deal import Deal
from estimator.earnings.ledgers import SellerMoney
from estimator.earnings.payoff import Payoff, payoff
from estimator.market.market import Market, Override
from estimator.market.outcomes import Outcomes
from estimator.market.points import Points
from estimator.market.situation import DEFAULT_CATEGORY
from estimator.market.summary import Spread, share_of
from estimator.negotiation import (
    Clause,
    ClauseValue,
    EqualTrade,
    Means,
    NoTrade,
    base_of,
    clause_value,
    equal_trade,
)
from estimator.promise.forecast import chances, forecast, forecast_before_fees, measurable, reads_money
from estimator.promise.probability import probability, promise
from estimator.questions import Unanswered, unanswered
from estimator.rules.rules import Rules
from estimator.values.money import round_half_up
from estimator.world import World, world

ENGINE = "quotecast 0.1.0"
CONFIDENCE = 0.8
USUAL_MONTHS = 6
"""Months of money shown where the length of the contract is unknown."""
CURVE = 61
UNUSUAL = 3.0
"""How far a price may lie from the category's before the assumptions are stretched."""

FEW = Points(number=512, scrambles=4)
"""Points of curves that are only drawn."""
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
    """What a ROAS goal would mean under one definition and one reading of its months.

    ``price`` is the list price a month with the difficulty that meaning has; it is None, like the
    probability, where nobody reports the KPI so.
    """

    goal: Goal
    measurable: bool
    probability: Probability | None
    price: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A quote with its odds. Amounts are in ``currency``; money spreads are over ``months`` months.

    ``world`` is what it was made in: the rules of its day, the scenario, and judgements put in place of the
    market's. ``priced`` is the list, ``terms`` what would be signed: the list with ``trade``. Outcomes are
    simulated over ``horizon`` months. ``joint`` is the probability of all goals that have one, at once; None
    where fewer than two have.
    """

    brief: Brief
    world: World
    engine: str
    seed: int
    points: int
    months: int
    horizon: int
    priced: Priced
    terms: Terms
    trade: Trade
    difficulty: Difficulty | None
    monthly_price: float
    monthly_price_range: tuple[float, float]
    goals: tuple[GoalOdds, ...]
    joint: Probability | None
    fees: Spread
    monthly_fees: Spread
    seller: SellerMoney
    agency: AgencyMoney | None
    payoff: Payoff | None
    open_prices: tuple[Swing, ...]
    unanswered: tuple[Unanswered, ...]
    assumed: tuple[tuple[str, str], ...]
    guards: tuple[Raised, ...]

    @property
    def rules(self) -> Rules:
        """The rules of its day."""
        return self.world.rules

    @property
    def currency(self) -> str:
        """The currency of every amount."""
        return self.rules.edition.heading.currency

    @property
    def scenario(self) -> str:
        """The id of the scenario it is seen under."""
        return self.world.scenario.id

    @property
    def overrides(self) -> tuple[Override, ...]:
        """The judgements put in place of the market's."""
        return self.world.overrides


def make(
    brief: Brief,
    rules: Rules,
    *,
    scenario: str = "expected",
    points: Points = Points(),  # noqa: B008 - frozen
    confidence: float = CONFIDENCE,
    trade: Trade = Trade(),  # noqa: B008 - frozen
    overrides: tuple[Override, ...] = (),
    ask: bool = True,
) -> Quote:
    """The quote for ``brief`` under the edition and market of ``rules``, seen under ``scenario``.

    ``trade`` is what was agreed instead of the list. ``overrides`` are what-ifs on the market: they move
    the odds and the money, never the price. Without ``ask`` the open questions are left to ``asked``.
    Raises ``QuotecastError`` for a KPI, scenario, assumption or currency that is not known here.

    >>> from pathlib import Path
    >>> from estimator.brief import brief
    >>> from estimator.rules.rules import open_rules
    >>> quote = make(brief.read(Path("examples/briefs/seed_beauty.toml")), open_rules())
    >>> quote.goals[0].goal.kpi.id, 0 < quote.goals[0].probability.value < 1
    ('roas_platform_total', True)
    """
    seen = world(rules.in_currency(brief.currency), scenario, overrides)
    rules = seen.rules
    goals = asked_goals(brief, rules.kpis)
    listed_months, horizon = listed_months_of(brief), horizon_of(brief)
    priced = listed(brief, rules, points)
    difficulty = priced.difficulty
    terms = terming(priced.terms, rules, clause_goal(goals))(trade)
    months = terms.months or listed_months
    horizon = max(horizon, months)
    dealt = _dealt(brief, seen, terms, points, months=months, horizon=horizon)
    odds = tuple(
        _odds(goal, words, brief, dealt.counted, rules.kpis, confidence)
        for goal, words in zip(goals, brief.goals)
    )
    open_prices = rules.price_list.swings(brief, difficulty)
    monthly = terms.fixed("month")
    cheapest, dearest = range_over(priced, open_prices) if trade.base is None else (monthly, monthly)
    made = Quote(
        brief=brief,
        world=seen,
        engine=ENGINE,
        seed=points.seed,
        points=points.draws,
        months=months,
        horizon=horizon,
        priced=priced,
        terms=terms,
        trade=trade,
        difficulty=difficulty,
        monthly_price=float(monthly),
        monthly_price_range=(float(cheapest), float(dearest)),
        goals=odds,
        joint=_joint(odds, dealt.counted),
        fees=Spread.of(dealt.fee),
        monthly_fees=Spread.of(dealt.fee / months),
        seller=dealt.seller,
        agency=dealt.agency,
        payoff=payoff_of(dealt, odds, rules.kpis),
        open_prices=open_prices,
        unanswered=(),
        assumed=dealt.scene.assumed,
        guards=(),
    )
    made = replace(made, guards=raised(rules.guards, guard_facts(made)))
    return asked(made) if ask else made


def listed(brief: Brief, rules: Rules, points: Points = Points()) -> Priced:  # noqa: B008 - frozen
    """The list price of a brief, its difficulty read under the edition's own scenario."""
    goals, drawn = asked_goals(brief, rules.kpis), priced_on(brief, rules, points, horizon_of(brief))
    return price(brief, rules.edition, difficulty_of(brief, goals, drawn))


def listed_months_of(brief: Brief) -> int:
    """The months of money that a brief is about: its contract's, or the usual ones."""
    return brief.contract_months or USUAL_MONTHS


def horizon_of(brief: Brief) -> int:
    """The months that are simulated for a brief: those of its money and of its goals."""
    return max([listed_months_of(brief), *(words.months[1] for words in brief.goals)])


def asked(quote: Quote) -> Quote:
    """The quote with its open questions, by what their answers would move."""
    rules = quote.rules
    found = unanswered(quote.brief, rules.market, rules.kpis, quote.open_prices)
    return replace(quote, unanswered=found)


def clause_goal(goals: tuple[Goal, ...]) -> Goal | None:
    """The goal that bonuses and clauses hang on: the first, unless it counts the fee itself."""
    return goals[0] if goals and not reads_money(goals[0]) else None


def terming(listed: Terms, rules: Rules, goal: Goal | None) -> Callable[[Trade], Terms]:
    """From a trade to the terms it makes of the list."""
    row = next(row for row in rules.edition.charges if row.id == rules.trade.commission)
    commission = row.text, Quantity(of=(str(row.of),))
    return lambda trade: traded(listed, trade, rules.trade, commission, goal, rules.kpis)


def dealt(quote: Quote, points: Points = Points()) -> Deal:  # noqa: B008 - frozen
    """The deal behind a quote: the same draws, so that what is read off it agrees with the quote."""
    return _dealt(quote.brief, quote.world, quote.terms, points, months=quote.months, horizon=quote.horizon)


def equal(
    quote: Quote,
    base: Decimal,
    means: Means,
    risk_price: float = 0.0,
    points: Points = Points(),  # noqa: B008
) -> EqualTrade | NoTrade:
    """What keeps the income of the list when the base fee is ``base`` a month; agreed clauses stay in."""
    goal = clause_goal(tuple(odds.goal for odds in quote.goals if odds.probability))
    terms_of = terming(quote.priced.terms, quote.rules, goal)
    held = quote.trade.model_copy(update={"base": None, "commission": None, "bonus": None, "months": None})
    listed = replace(quote, terms=terms_of(held), trade=held, months=listed_months_of(quote.brief))

    def lengthened(months: int) -> Deal:
        return dealt(replace(listed, horizon=max(months, listed.horizon)), points)

    return equal_trade(
        dealt(listed, points),
        base,
        means,
        terms_of=terms_of,
        goal=goal,
        rules=quote.rules.trade,
        risk_price=risk_price,
        held=held,
        lengthened=lengthened,
    )


@dataclass(frozen=True, kw_only=True)
class ClauseOffer:
    """A clause with its value, the ``amount`` that describes it, and the trade that puts it in at its price.

    ``amount`` is the bonus, the share paid back, or the share of the goal that is protected. ``base`` is
    what the base fee a month changes by; ``trade`` is the quote's own without the clause where it is in.
    """

    value: ClauseValue
    amount: Decimal
    base: Decimal
    trade: Trade
    held: bool


def clause_offers(quote: Quote, risk_price: float) -> tuple[ClauseOffer, ...]:
    """The clauses that the first goal can carry, each priced at its fair value and the charge for its risk.

    A bonus is sized to what a tenth of the base is worth; one that is agreed stays as it is.
    """
    rules = quote.rules.trade
    goal = clause_goal(tuple(odds.goal for odds in quote.goals if odds.probability))
    base = base_of(quote.terms, rules)
    if goal is None or base is None:
        return ()
    terms_of = terming(quote.priced.terms, quote.rules, goal)
    bare = quote.trade.model_copy(update={"refund": None, "protection": False, "bonus": None})
    plain = dealt(replace(quote, terms=terms_of(bare), trade=bare))
    found: list[tuple[Clause, Decimal, dict[str, Any]]] = []
    lower = _stepped(base * Decimal("0.9"), quote.rules)
    bonus = quote.trade.bonus
    if not bonus:
        sized = equal_trade(
            plain, lower, "bonus", terms_of=terms_of, goal=goal, rules=rules, risk_price=risk_price, held=bare
        )
        bonus = sized.trade.bonus if isinstance(sized, EqualTrade) else None
    if bonus:
        found.append(("bonus", bonus, {"bonus": bonus}))
    found.append(("refund", rules.refund.back, {"refund": rules.refund.back}))
    found.append(("protection", rules.protection.tolerance, {"protection": True}))
    offers = []
    for clause, amount, added in found:
        value = clause_value(
            plain, clause, bare.model_copy(update=added), terms_of=terms_of, risk_price=risk_price
        )
        if value is None:
            continue
        held = bool(getattr(quote.trade, clause))
        change = lower - base if value.to_agency else _stepped(Decimal(repr(value.monthly)), quote.rules)
        without: dict[str, Any] = {clause: False if clause == "protection" else None}
        put_in = {**added, "base": base + change}
        trade = quote.trade.model_copy(update={**(without if held else put_in)})
        offers.append(ClauseOffer(value=value, amount=amount, base=change, trade=trade, held=held))
    return tuple(offers)


def _stepped(amount: Decimal, rules: Rules) -> Decimal:
    """An amount on the step that base fees are rounded to."""
    rounding = rules.edition.heading.rounding.get(rules.trade.base)
    return round_half_up(amount, rounding.step if rounding else Decimal(1))


def _dealt(brief: Brief, world: World, terms: Terms, points: Points, *, months: int, horizon: int) -> Deal:
    """The deal of a brief, kept for every brief that differs in nothing that money reads."""
    bare = brief.model_copy(update=dict.fromkeys(("name", "note")) | {"goals": ()})
    return _kept_deal(world, bare, terms, points, months=months, horizon=horizon)


_kept_deal = lru_cache(maxsize=6)(World.deal)


def priced_on(brief: Brief, rules: Rules, points: Points, horizon: int) -> Outcomes:
    """What difficulty is read on: the edition's own scenario, the market as it stands, never a what-if."""
    return World(rules=rules, scenario=rules.pricing_scenario).outcomes(brief, points, horizon)


def payoff_of(dealt: Deal, odds: tuple[GoalOdds, ...], kpis: Mapping[str, Kpi]) -> Payoff | None:
    """The payoff over the levels that the first goal's picture shows."""
    first = odds[0] if odds and odds[0].curve else None
    term = Goal(kpi=kpis["roas_blended"], level=Decimal(1), months=(1, dealt.months))
    span = (first.curve[0][0], first.curve[-1][0]) if first else None
    return payoff(dealt, first.goal if first else None, term, span)


def difficulty_of(brief: Brief, goals: tuple[Goal, ...], drawn: Outcomes) -> Difficulty | None:
    """The hardest goal's probability, before fees: they need this."""
    chances = [
        probability(goal, drawn, drawn.scrambles) for goal in forecast_before_fees(goals, brief, drawn)
    ]
    return Difficulty.of(min(chances, key=lambda chance: chance.value)) if chances else None


def _odds(
    goal: Goal,
    words: GoalWords,
    brief: Brief,
    drawn: Outcomes,
    kpis: Mapping[str, Kpi],
    confidence: float,
) -> GoalOdds:
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
        between=_between(goal, brief, drawn, kpis) if words.kpi == OPEN_DEFINITION else None,
    )


def _joint(odds: tuple[GoalOdds, ...], drawn: Outcomes) -> Probability | None:
    """All goals that have a probability, met in one draw; None where fewer than two have."""
    known = [found.goal for found in odds if found.probability is not None]
    if len(known) < 2:
        return None
    return share_of(np.all([goal.met(drawn) for goal in known], axis=0), drawn.scrambles)


def _between(
    goal: Goal, brief: Brief, drawn: Outcomes, kpis: Mapping[str, Kpi]
) -> tuple[float, float] | None:
    """The lowest and highest probability of the goal over the definitions its words may mean."""
    meant = [goal.model_copy(update={"kpi": kpis[name]}) for name in DEFINITIONS]
    chances = [float(g.met(drawn).mean()) for g in meant if forecast(g, brief, drawn)]
    return (min(chances), max(chances)) if chances else None


def _curve(values: np.ndarray, goal: Goal) -> tuple[tuple[float, float], ...]:
    """The probability of reaching each level, over the span that the picture shows."""
    low, high = _span(values[np.isfinite(values)], float(goal.level))
    levels = np.linspace(low, high, CURVE)
    return tuple(zip(levels.tolist(), _chances(values, levels, goal).tolist()))


def _chances(values: np.ndarray, levels: np.ndarray, goal: Goal) -> np.ndarray:
    """The share of ``values`` that reaches each level."""
    below = np.searchsorted(np.sort(values), levels, side="left" if goal.at_least else "right") / values.size
    return 1 - below if goal.at_least else below


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


@dataclass(frozen=True, kw_only=True)
class Nearer:
    """The quote's goals with errors some four times smaller than those of its own draws, and all at once.

    ``goals`` are in the quote's order, None for a goal without a forecast; ``joint`` is the probability of
    all that have one, None where none has. ``smooth`` says which were smoothed: a goal that counts fees,
    or that does not rise along any direction, keeps the share of the quote's draws.
    """

    goals: tuple[Probability | None, ...]
    joint: Probability | None
    smooth: tuple[bool, ...]
    joint_smooth: bool


def nearer(quote: Quote, points: Points | None = None) -> Nearer:
    """The probabilities of a quote's goals, smoothed, and of all of them together.

    The quote's own probabilities belong to the draws of its money; these are nearer to the market's.

    >>> from pathlib import Path
    >>> from estimator.brief import brief
    >>> from estimator.rules.rules import open_rules
    >>> quote = make(brief.read(Path("examples/briefs/seed_beauty.toml")), open_rules())
    >>> found = nearer(quote)
    >>> found.goals[0].error < quote.goals[0].probability.error
    True
    >>> abs(found.joint.value - found.goals[0].value) < 0.001  # of one goal, "all of these" is that goal
    True
    """
    known = [index for index, odds in enumerate(quote.goals) if odds.probability is not None]
    market = [index for index in known if not reads_money(quote.goals[index].goal)]
    values = [odds.probability for odds in quote.goals]
    smooth = [False] * len(values)
    found = None
    if market:
        found = chances(
            quote.brief,
            tuple(quote.goals[index].goal for index in market),
            quote.world.market,
            operation_of(quote.brief),
            points=points,
            scenario=quote.world.scenario,
        )
        for index, value, was_smooth in zip(market, found.goals, found.smooth):
            values[index], smooth[index] = value, was_smooth
    joint: Probability | None = found.joint if found and market == known else None
    if joint is None and known:
        counted = dealt(quote).counted
        met = np.all([quote.goals[index].goal.met(counted) for index in known], axis=0)
        joint = share_of(met, counted.scrambles)
    return Nearer(
        goals=tuple(values),
        joint=joint,
        smooth=tuple(smooth),
        joint_smooth=found is not None and market == known and found.joint_smooth,
    )


def meanings(quote: Quote, index: int = 0, points: Points = Points()) -> tuple[Meaning, ...]:  # noqa: B008
    """What goal ``index`` would mean under every ROAS definition and every reading of its months.

    The price of each is the list's, with KPI difficulty read anew under the edition's own scenario.
    """
    goals = [odds.goal for odds in quote.goals]
    goal, counted = goals[index], dealt(quote, points).counted
    rules, drawn = quote.rules, priced_on(quote.brief, quote.rules, points, quote.horizon)
    found = []
    for name in DEFINITIONS:
        kpi = rules.kpis[name]
        for reading in READINGS:
            meant = goal.model_copy(update={"kpi": kpi, "reading": reading})
            known = forecast(meant, quote.brief, counted)
            asked = [*goals[:index], meant, *goals[index + 1 :]]
            band = difficulty_of(quote.brief, tuple(asked), drawn) if known else None
            found.append(
                Meaning(
                    goal=meant,
                    measurable=measurable(kpi, quote.brief),
                    probability=probability(meant, counted, counted.scrambles) if known else None,
                    price=price(quote.brief, rules.edition, band).monthly if known else None,
                )
            )
    return tuple(found)


Curve = tuple[tuple[float, float], ...]


def band(quote: Quote, points: Points = FEW) -> tuple[Curve, Curve] | None:
    """The first goal's curve under the cautious and the hopeful scenario, at the levels of its own curve.

    None where there is no curve, the goal counts the fee, or the deployment has no such scenarios.
    """
    scenarios = quote.rules.scenarios
    first = quote.goals[0] if quote.goals else None
    names = ("cautious", "hopeful")
    if first is None or not first.curve or reads_money(first.goal) or not set(names) <= scenarios.keys():
        return None
    worlds = [replace(quote.world, scenario=scenarios[name]) for name in names]
    months = first.goal.months[1]
    curves = [
        _reached(first.goal, world.outcomes(quote.brief, points, months), first.curve) for world in worlds
    ]
    return curves[0], curves[1]


def rival(quote: Quote) -> Curve:
    """The curve of the definition that gives least, for a goal put as plain ROAS; empty for others."""
    first = quote.goals[0] if quote.goals else None
    if first is None or not first.open_definition or not first.curve:
        return ()
    counted, kpis = dealt(quote).counted, quote.rules.kpis
    meant = [first.goal.model_copy(update={"kpi": kpis[name]}) for name in DEFINITIONS]
    known = [goal for goal in meant if forecast(goal, quote.brief, counted)]
    return _reached(min(known, key=lambda goal: float(goal.met(counted).mean())), counted, first.curve)


def _reached(goal: Goal, drawn: Outcomes, curve: Curve) -> Curve:
    """The probability of reaching each level of ``curve`` on other outcomes."""
    levels = np.array([level for level, _ in curve])
    return tuple(zip(levels.tolist(), _chances(goal.decisive(drawn), levels, goal).tolist()))


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
        "price_usual": None if brief.price is None else _yes(price_is_usual(brief, quote.rules.market)),
        "goal_in_contract": None
        if brief.contract_months is None or not quote.goals
        else _yes(all(o.goal.months[1] <= brief.contract_months for o in quote.goals)),
        "priced_after_edition_ended": _yes(quote.rules.ended),
        "ad_budget": brief.ad_budget,
        "base_fee": Decimal(f"{quote.monthly_price:.2f}"),
    }
    if quote.agency is not None:
        facts["agency_loss_probability"] = Decimal(f"{quote.agency.loss_probability.value:.6f}")
        facts["agency_margin_share"] = Decimal(f"{quote.agency.margin_share:.6f}")
    return facts


def price_is_usual(brief: Brief, market: Market) -> bool:
    """Whether the selling price lies within a third to three times what the category sells for."""
    if brief.price is None:
        return True
    category = brief.category or DEFAULT_CATEGORY
    usual = [
        market.row("aov_ref", platform=platform).median
        * math.exp(market.row("aov_category_effect", category=category).median)
        for platform in brief.platforms or ("tiktok_shop",)
    ]
    return min(usual) / UNUSUAL <= float(brief.price) <= max(usual) * UNUSUAL


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"
