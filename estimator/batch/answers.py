"""Answered: price and odds of many prospects at once, without what only one person's page shows.

The price is what ``quote.make`` gives, and the rest what it would say at the same points. Three things make
it cheap: prospects of one shape are simulated as one array (``alike``), each charge is priced once for all
that its rows tell apart (``pricing.PriceList``), and no payoffs, guards, questions or agency's margins are
worked. Few points serve: probabilities are smoothed (``regressed``), one that they leave too open is read off
more of them, and a difficulty that lies near the edge of a band off those of a quote.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from estimator.brief.brief import Brief, Operation, check_words
from estimator.brief.goals import Goal, Probability
from estimator.brief.meaning import asked_goals, operation_of
from estimator.contract.facts import EDGES, Difficulty, facts
from estimator.earnings.ledgers import costs, with_money
from estimator.earnings.settlement import fees
from estimator.market.many import at_once, likeness, shape_of, simulate_alike
from estimator.market.outcomes import Outcomes
from estimator.market.points import Points
from estimator.market.scenarios import Scenario
from estimator.market.simulation import simulate
from estimator.market.situation import Situation, situation
from estimator.market.summary import Spread, share_of
from estimator.promise.forecast import forecast, forecast_before_fees, months_read, reads_money
from estimator.promise.probability import promise
from estimator.promise.regression import chance
from estimator.quoting.listing import difficulty_of, horizon_of, listed_months_of
from estimator.quoting.quote import CONFIDENCE
from estimator.rules.rules import Rules
from estimator.values.errors import Fault, QuotecastError
from estimator.values.money import plain

POINTS = Points(number=128, scrambles=8)
"""Of each prospect; smoothing makes up for how few they are."""
MORE = Points(number=512, scrambles=8)
"""Of a prospect with a goal whose probability these leave more open than ``OPEN``. Half as many first would
do for eight in ten, and save nothing: what a simulation costs hangs little on so few points."""
OPEN = 0.0071
"""The error, at 95 %, above which a probability is read off more points: its standard error is then above
.3 percentage points, by Student's t over eight scrambles."""
QUOTED = 0.005
"""What the probabilities of a quote may be off by: nine in ten of 1,459 were stated within it."""
REACH = 1.25
"""How many times what both may be off by a probability lies from a band's edge before its band is sure. Of
980 prospects one lay farther from its quote, so one in some 100,000 should lie across an edge unseen.
"""
MONEY = frozenset(
    ["ad_spend", "gmv", "gmv_ads", "gmv_creators", "orders", "shipped_gmv", "returned_gmv", "settled_gmv"]
)
"""Quantities from which the seller's profit is worked."""


@dataclass(frozen=True, kw_only=True)
class GoalAnswer:
    """A goal's probability and safe level; both None where the KPI cannot be forecast here."""

    goal: Goal
    probability: Probability | None
    safe_level: float | None

    @property
    def words(self) -> str:
        """The goal as a file of prospects writes it: ``roas_platform_total>=2.5@1-3``."""
        goal = self.goal
        first, last = goal.months
        span = f"{first}" if first == last else f"{first}-{last}"
        reading = "" if goal.reading == "total" else f":{goal.reading}"
        return f"{goal.kpi.id}{'>=' if goal.at_least else '<='}{plain(goal.level)}@{span}{reading}"


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
    points: Points = POINTS,
    smooth: bool = True,
) -> tuple[Answered, ...]:
    """The answer to each brief, or the faults for which there is none, in the order of ``briefs``.

    Without ``smooth`` probabilities are plain shares of draws, as ``quote.make`` gives them.
    Raises ``QuotecastError`` for a scenario that is not known here.

    >>> from estimator.brief.brief import Store
    >>> brief = Brief(stores=[Store(platform="tiktok_shop")], category="beauty", ad_budget="20000")
    >>> from estimator.rules.rules import open_rules
    >>> answers([brief, brief.model_copy(update={"currency": "EUR"})], open_rules())[1][0].code
    'currency_not_priced'
    """
    seen = rules.scenario(scenario)
    found: dict[int, Answered] = {}
    groups: dict[Hashable, list[_Asked]] = {}
    for index, brief in enumerate(briefs):
        try:
            asked = _asked(index, brief, rules.in_currency(brief.currency), seen)
        except QuotecastError as error:
            found[index] = error.faults
        else:
            groups.setdefault(asked.shape, []).append(asked)
    for group in groups.values():
        group.sort(key=lambda asked: likeness(asked.scene))
        size = at_once(group[0].scene, points)
        for start in range(0, len(group), size):
            block = group[start : start + size]
            shared = block[0].rules
            drawn = _drawn(block, seen, points, _wanted(block) | MONEY | _charged(shared))
            listed = drawn
            if seen is not shared.pricing_scenario:
                listed = _drawn(block, shared.pricing_scenario, points, _wanted(block))
            for asked, own, base in zip(block, drawn, listed):
                try:
                    found[asked.index] = _answer(asked, own, base, seen, points, smooth)
                except QuotecastError as error:
                    found[asked.index] = error.faults
    return tuple(found[index] for index in range(len(briefs)))


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A brief made ready: its place among the others, and what prospects simulated with it share."""

    index: int
    brief: Brief
    rules: Rules
    goals: tuple[Goal, ...]
    operation: Operation
    scene: Situation
    shape: Hashable


def _asked(index: int, brief: Brief, rules: Rules, seen: Scenario) -> _Asked:
    check_words(brief, rules.vocabulary)
    market = rules.market
    goals, operation = asked_goals(brief, rules.kpis), operation_of(brief)
    scene = situation(brief, market, horizon_of(brief))
    scenarios = seen, rules.pricing_scenario
    shapes = tuple(shape_of(scene, operation, market, scenario) for scenario in scenarios)
    return _Asked(
        index=index,
        brief=brief,
        rules=rules,
        goals=goals,
        operation=operation,
        scene=scene,
        shape=index if brief.history else (rules.currency, shapes),
    )


def _drawn(
    block: Sequence[_Asked], scenario: Scenario, points: Points, wanted: frozenset[str]
) -> tuple[Outcomes, ...]:
    """What may happen to each prospect of a block; one with a history is simulated by itself."""
    first = block[0]
    market = first.rules.market
    if first.brief.history:
        months = len(first.scene.labels)
        return (simulate(first.brief, market, first.operation, points, months=months, scenario=scenario),)
    briefs, scenes = [asked.brief for asked in block], [asked.scene for asked in block]
    return simulate_alike(briefs, scenes, first.operation, market, points, scenario, wanted)


def _alone(asked: _Asked, scenario: Scenario, points: Points) -> Outcomes:
    """What may happen to one prospect, as far as its goals read: of other months no draw depends."""
    months = months_read(asked.goals)
    scene = situation(asked.brief, asked.rules.market, months)
    return _drawn([replace(asked, scene=scene)], scenario, points, _wanted([asked]))[0]


def _wanted(block: Sequence[_Asked]) -> frozenset[str]:
    """What the goals are read from."""
    return frozenset().union(*(goal.kpi.counts for asked in block for goal in asked.goals))


def _charged(rules: Rules) -> frozenset[str]:
    """What the charges of the edition are read from."""
    return frozenset(str(row.of) for row in rules.edition.charges if row.of)


def _answer(
    asked: _Asked,
    drawn: Outcomes,
    listed: Outcomes,
    scenario: Scenario,
    points: Points,
    smooth: bool,
) -> Answer:
    brief, rules = asked.brief, asked.rules
    pricing = rules.pricing_scenario
    months = listed_months_of(brief)
    of_sales = _of_sales(asked, drawn, scenario, points, smooth)
    priced = of_sales if listed is drawn else _of_sales(asked, listed, pricing, points, smooth)
    difficulty = _difficulty(asked, priced, pricing, smooth)
    prices = rules.price_list
    known = facts(brief, difficulty, rules.edition.facts)
    terms = prices.terms(known)
    charged = fees(terms, drawn)
    alone = costs(
        brief, drawn, asked.scene, asked.operation, rules.market, rules.platform_fees, points, scenario
    )
    money = alone.under(terms.covers, charged.by_month, alone.fee_due)  # no cash is read here
    counted = with_money(drawn, money) if any(map(reads_money, asked.goals)) else drawn
    profit = money.profit_of(months)
    low, high = prices.monthly_range(known, has_goals=bool(brief.goals))
    return Answer(
        currency=rules.currency,
        months=months,
        monthly_price=float(terms.fixed("month")),
        monthly_price_range=(float(low), float(high)),
        difficulty=difficulty,
        goals=tuple(
            _goal_answer(goal, of_sales[goal], counted)
            if goal in of_sales
            else _goal_answer(
                goal,
                _chance(goal, counted, points, smooth) if forecast(goal, brief, counted) else None,
                counted,
            )
            for goal in asked.goals
        ),
        profit=Spread.of(profit),
        loss=share_of(profit < 0, points.scrambles),
        fees_mean=float(charged.by_month[:, :months].sum() / points.draws),
    )


def _of_sales(
    asked: _Asked, drawn: Outcomes, scenario: Scenario, points: Points, smooth: bool
) -> dict[Goal, Probability]:
    """The probability of each goal that can be forecast before fees."""
    goals = forecast_before_fees(asked.goals, asked.brief, drawn)
    found = {goal: _chance(goal, drawn, points, smooth) for goal in goals}
    if not smooth or all(chance.error <= OPEN for chance in found.values()):
        return found
    more = _alone(asked, scenario, MORE)
    return {goal: _chance(goal, more, MORE, smooth) for goal in goals}


def _difficulty(
    asked: _Asked, chances: dict[Goal, Probability], pricing: Scenario, smooth: bool
) -> Difficulty | None:
    """That of the hardest goal, as a quote reads it where the band is not sure."""
    if not chances:
        return None
    hardest = min(chances.values(), key=lambda chance: chance.value)
    reach = REACH * math.hypot(QUOTED, max(chance.error for chance in chances.values()))
    if not smooth or all(abs(hardest.value - edge) > reach for _, edge in EDGES if edge):
        return Difficulty.of(hardest)
    return difficulty_of(asked.brief, asked.goals, _alone(asked, pricing, Points()))


def _chance(goal: Goal, counted: Outcomes, points: Points, smooth: bool) -> Probability:
    return chance(goal, counted, points) if smooth else share_of(goal.met(counted), points.scrambles)


def _goal_answer(goal: Goal, found: Probability | None, counted: Outcomes) -> GoalAnswer:
    level = None if found is None else promise(goal, counted, CONFIDENCE).level
    return GoalAnswer(goal=goal, probability=found, safe_level=level)
