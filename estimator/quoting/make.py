"""Making a quote: terms, what may happen under them, the probability of each goal, the money of all.

The price is set once, from the edition's own pricing scenario: another scenario moves the odds and the
money, never the price."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

import numpy as np

from estimator.brief.brief import Brief, GoalWords, check_words
from estimator.brief.goals import Goal, Probability
from estimator.brief.kpis import Kpi, Quantity
from estimator.brief.meaning import OPEN_DEFINITION, asked_goals
from estimator.contract.guards import raised
from estimator.contract.price_list import range_over
from estimator.contract.terms import Terms
from estimator.contract.trade import Trade, traded
from estimator.earnings.deal import Deal
from estimator.earnings.payoff import Payoff, payoff
from estimator.market.market import Override
from estimator.market.outcomes import Outcomes
from estimator.market.points import Points
from estimator.market.summary import Spread, share_of
from estimator.promise.forecast import forecast, measurable, reads_money
from estimator.promise.probability import probability, promise
from estimator.quoting.curves import curve_of, density_of
from estimator.quoting.guard_facts import guard_facts
from estimator.quoting.listing import horizon_of, listed, listed_months_of
from estimator.quoting.questions import unanswered
from estimator.quoting.quote import CONFIDENCE, DEFINITIONS, ENGINE, GoalOdds, Quote, deal_under
from estimator.quoting.world import world
from estimator.rules.rules import Rules


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
    Raises ``QuotecastError`` for a word, KPI, scenario, assumption or currency that is not known here.

    >>> from pathlib import Path
    >>> from estimator.brief import brief
    >>> from estimator.rules.rules import open_rules
    >>> quote = make(brief.read(Path("examples/briefs/seed_beauty.toml")), open_rules())
    >>> quote.goals[0].goal.kpi.id, 0 < quote.goals[0].probability.value < 1
    ('roas_platform_total', True)
    """
    seen = world(rules.in_currency(brief.currency), scenario, overrides)
    rules = seen.rules
    check_words(brief, rules.vocabulary)
    goals = asked_goals(brief, rules.kpis)
    listed_months, horizon = listed_months_of(brief), horizon_of(brief)
    priced = listed(brief, rules, points)
    difficulty = priced.difficulty
    terms = terming(priced.terms, rules, clause_goal(goals))(trade)
    months = terms.months or listed_months
    horizon = max(horizon, months)
    dealt = deal_under(brief, seen, terms, points, months=months, horizon=horizon)
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


def asked(quote: Quote) -> Quote:
    """The quote with its open questions, by what their answers would move."""
    rules = quote.rules
    found = unanswered(quote.brief, rules.market, rules.kpis, rules.vocabulary, quote.open_prices)
    return replace(quote, unanswered=found)


def clause_goal(goals: tuple[Goal, ...]) -> Goal | None:
    """The goal that bonuses and clauses hang on: the first, unless it counts the fee itself."""
    return goals[0] if goals and not reads_money(goals[0]) else None


def terming(listed: Terms, rules: Rules, goal: Goal | None) -> Callable[[Trade], Terms]:
    """From a trade to the terms it makes of the list."""
    row = next(row for row in rules.edition.charges if row.id == rules.trade.commission)
    commission = row.text, Quantity(of=(str(row.of),))
    return lambda trade: traded(listed, trade, rules.trade, commission, goal, rules.kpis)


def payoff_of(dealt: Deal, odds: tuple[GoalOdds, ...], kpis: Mapping[str, Kpi]) -> Payoff | None:
    """The payoff over the levels that the first goal's picture shows."""
    first = odds[0] if odds and odds[0].curve else None
    term = Goal(kpi=kpis["roas_blended"], level=Decimal(1), months=(1, dealt.months))
    span = (first.curve[0][0], first.curve[-1][0]) if first else None
    return payoff(dealt, first.goal if first else None, term, span)


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
        curve=curve_of(values, goal) if finite.size else (),
        density=density_of(finite) if finite.size else (),
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
