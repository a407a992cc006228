"""Answers: price and probabilities of many prospects at once, without what only one person's page shows.

Both are those of a quote, but for the chance of a goal that counts fees: it is within its own stated
error, which is larger here. Three things make the rest cheap: prospects of one shape are simulated as one
array (``market.many``), each charge is priced once for all that its rows tell apart (``PriceList``), and no
payoffs, guards, questions or agency's margins are worked; for the money few points serve.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from estimator.brief.brief import Brief, Operation
from estimator.brief.checks import check_words
from estimator.brief.goals import Goal, Probability
from estimator.brief.meaning import asked_goals, operation_of
from estimator.contract.facts import Difficulty, facts
from estimator.contract.terms import fee_named
from estimator.earnings.costs import costs
from estimator.earnings.ledgers import with_money
from estimator.earnings.settlement import fees
from estimator.market.many import at_once, likeness, shape_of, simulate_alike
from estimator.market.outcomes import Outcomes
from estimator.market.points import SWUNG, Points
from estimator.market.scenarios import Scenario
from estimator.market.situation import Situation, situation_of
from estimator.market.summary import Spread, share_of
from estimator.promise.answer import GoalAnswer
from estimator.promise.forecast import NET_OF, forecast, reads_money
from estimator.promise.probability import WeighedDraws
from estimator.quoting.listing import clause_goal, difficulty_of, horizon_of, listed_months_of, prices_at_ends
from estimator.quoting.quote import CONFIDENCE, chance_on
from estimator.quoting.world import World
from estimator.rules.rules import Rules
from estimator.values.errors import Fault, QuotecastError

MONEY = frozenset(
    ["ad_spend", "gmv", "gmv_ads", "gmv_creators", "orders", "shipped_gmv", "returned_gmv", "settled_gmv"]
)
"""Quantities from which the seller's profit is worked."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a batch says of one prospect. Amounts are in ``currency``; profit and fees over ``months``."""

    currency: str
    months: int
    monthly_price: float
    monthly_price_range: tuple[float, float]
    difficulty: Difficulty | None
    goals: tuple[GoalAnswer, ...]
    profit: Spread
    loss: Probability
    fees_mean: float


Answered = Answer | tuple[Fault, ...]


def answers(
    briefs: Sequence[Brief],
    rules: Rules,
    *,
    scenario: str = "expected",
    points: Points = SWUNG,
) -> tuple[Answered, ...]:
    """The answer to each brief, or the faults for which there is none, in the order of ``briefs``.

    Probabilities and prices are those of a quote; ``points`` serve the money. Raises
    ``QuotecastError`` for a scenario that is not known here.

    >>> from estimator.brief.brief import Store
    >>> brief = Brief(stores=[Store(platform="tiktok_shop")], category="beauty", ad_budget="20000")
    >>> from estimator.rules.rules import open_rules
    >>> answers([brief, brief.model_copy(update={"currency": "EUR"})], open_rules())[1][0].code
    'currency_not_priced'
    """
    seen = rules.scenario(scenario)
    answered: dict[int, Answered] = {}
    groups: dict[Hashable, list[_Asked]] = {}
    for index, brief in enumerate(briefs):
        try:
            asked = _asked(index, brief, rules.in_currency(brief.currency), seen)
        except QuotecastError as error:
            answered[index] = error.faults
        else:
            groups.setdefault(asked.shape, []).append(asked)
    for group in groups.values():
        group.sort(key=lambda asked: likeness(asked.situation))
        size = at_once(group[0].situation, points)
        for start in range(0, len(group), size):
            block = group[start : start + size]
            try:
                drawn = _drawn(block, seen, points, _wanted(block) | MONEY | _charged(block[0].rules))
            except QuotecastError as error:
                answered |= {asked.index: error.faults for asked in block}
                continue
            for asked, own in zip(block, drawn):
                try:
                    answered[asked.index] = _answer(asked, own, seen, points)
                except QuotecastError as error:
                    answered[asked.index] = error.faults
    return tuple(answered[index] for index in range(len(briefs)))


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A brief made ready: its place among the others, and what prospects simulated with it share."""

    index: int
    brief: Brief
    rules: Rules
    goals: tuple[Goal, ...]
    operation: Operation
    situation: Situation
    shape: Hashable


def _asked(index: int, brief: Brief, rules: Rules, seen: Scenario) -> _Asked:
    check_words(brief, rules.vocabulary, rules.kpis)
    market = rules.market
    goals, operation = asked_goals(brief, rules.kpis), operation_of(brief)
    situation = situation_of(brief, market, horizon_of(brief))
    scenarios = seen, rules.pricing_scenario
    shapes = tuple(shape_of(situation, operation, market, scenario) for scenario in scenarios)
    return _Asked(
        index=index,
        brief=brief,
        rules=rules,
        goals=goals,
        operation=operation,
        situation=situation,
        shape=(rules.currency, shapes),
    )


def _drawn(
    block: Sequence[_Asked], scenario: Scenario, points: Points, wanted: frozenset[str]
) -> tuple[Outcomes, ...]:
    """What may happen to each prospect of a block."""
    first = block[0]
    briefs, situations = [asked.brief for asked in block], [asked.situation for asked in block]
    return simulate_alike(briefs, situations, first.operation, first.rules.market, points, scenario, wanted)


def _wanted(block: Sequence[_Asked]) -> frozenset[str]:
    """What the goals are read from."""
    counted = frozenset().union(*(goal.kpi.counts for asked in block for goal in asked.goals))
    return counted | {NET_OF[name] for name in counted & NET_OF.keys()}


def _charged(rules: Rules) -> frozenset[str]:
    """What the charges of the edition are read from."""
    rows = rules.edition.charges
    counted = {of for row in rows for of in (row.of, row.details.or_of) if of and fee_named(of) is None}
    judged = {"ad_spend", "days_down"} if any(row.details.on_goal for row in rows) else set()
    return frozenset(counted | judged)


def _answer(asked: _Asked, drawn: Outcomes, scenario: Scenario, points: Points) -> Answer:
    brief, rules = asked.brief, asked.rules
    months = listed_months_of(brief)
    difficulty = difficulty_of(brief, asked.goals, rules)
    prices = rules.price_list
    known = facts(brief, difficulty, rules.edition.facts)
    terms = prices.terms(known, clause_goal(asked.goals))
    charged = fees(terms, drawn)
    alone = costs(
        brief, drawn, asked.situation, asked.operation, rules.market, rules.platform_fees, points, scenario
    )
    money = alone.under(terms.covers, charged.by_month, alone.fee_due)  # no cash is read here
    counted = with_money(drawn, money) if any(map(reads_money, asked.goals)) else drawn
    profit = money.profit_of(months)
    over_open = prices.monthly_range(known, has_goals=bool(brief.goals))
    every = (*over_open, *prices_at_ends(brief, rules))
    world = World(rules=rules, scenario=scenario)
    return Answer(
        currency=rules.currency,
        months=months,
        monthly_price=float(terms.fixed("month")),
        monthly_price_range=(float(min(every)), float(max(every))),
        difficulty=difficulty,
        goals=tuple(_goal_answer(goal, brief, counted, world) for goal in asked.goals),
        profit=Spread.of(profit),
        loss=share_of(profit < 0, points.scrambles),
        fees_mean=float(charged.by_month[:, :months].sum() / points.draws),
    )


def _goal_answer(goal: Goal, brief: Brief, counted: Outcomes, world: World) -> GoalAnswer:
    if not forecast(goal, brief, counted):
        return GoalAnswer(goal=goal)
    probability = chance_on(goal, brief, counted, world)
    draws = WeighedDraws.of(goal, counted, probability.value)
    return GoalAnswer(goal=goal, probability=probability, promise=draws.promise(CONFIDENCE))
