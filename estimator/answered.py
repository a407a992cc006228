"""Answered: price and odds of many prospects at once, without what only one person's page shows.

What is said of a prospect is what ``quote.make`` says at the same points. Three things make it cheap:
prospects of one shape are simulated as one array (``alike``), each charge is priced once for all that its
rows tell apart (``pricing.PriceList``), and no payoffs, guards, questions or agency's margins are worked.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from estimator import catalog
from estimator.alike import at_once, shape_of, simulate_alike
from estimator.brief import Brief, Operation
from estimator.deal import deposit_of
from estimator.economics import Spread, ledgers, with_money
from estimator.errors import Fault, QuotecastError, fail
from estimator.facts import Band, Difficulty, facts
from estimator.fees import fees
from estimator.goals import Goal, Probability, promise, share_of
from estimator.market import Scenario
from estimator.money import plain
from estimator.outcomes import Outcomes
from estimator.quote import CONFIDENCE, asked_goals, horizon_of, listed_months_of, price_list
from estimator.regressed import chance
from estimator.sampling import Points
from estimator.simulation import simulate
from estimator.situation import Situation, situation
from estimator.wording import forecast, operation_of, reads_money

POINTS = Points(number=128, scrambles=8)
"""Of each prospect; smoothing makes up for how few they are."""
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
    difficulty: Band | None
    goals: tuple[GoalAnswer, ...]
    profit: Spread
    loss: Probability
    fees_mean: float


Answered = Answer | tuple[Fault, ...]


def answers(
    briefs: Sequence[Brief],
    *,
    scenario: str = "expected",
    points: Points = POINTS,
    smooth: bool = True,
) -> tuple[Answered, ...]:
    """The answer to each brief, or the faults for which there is none, in the order of ``briefs``.

    Without ``smooth`` probabilities are plain shares of draws, as ``quote.make`` gives them.
    Raises ``QuotecastError`` for a scenario that is not known here.

    >>> from estimator.brief import Store
    >>> brief = Brief(stores=[Store(platform="tiktok_shop")], category="beauty", ad_budget="20000")
    >>> answers([brief, brief.model_copy(update={"currency": "EUR"})])[1][0].code
    'currency_not_priced'
    """
    scenarios = catalog.scenarios()
    if scenario not in scenarios:
        raise fail("unknown_reference", "scenario", found=scenario, choices=", ".join(scenarios))
    found: dict[int, Answered] = {}
    groups: dict[Hashable, list[_Asked]] = {}
    for index, brief in enumerate(briefs):
        try:
            asked = _asked(index, brief, scenarios[scenario])
        except QuotecastError as error:
            found[index] = error.faults
        else:
            groups.setdefault(asked.shape, []).append(asked)
    for group in groups.values():
        size = at_once(group[0].scene, points)
        for start in range(0, len(group), size):
            block = group[start : start + size]
            for asked, drawn in zip(block, _drawn(block, scenarios[scenario], points)):
                try:
                    found[asked.index] = _answer(asked, drawn, scenarios[scenario], points, smooth)
                except QuotecastError as error:
                    found[asked.index] = error.faults
    return tuple(found[index] for index in range(len(briefs)))


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A brief made ready: its place among the others, and what prospects simulated with it share."""

    index: int
    brief: Brief
    goals: tuple[Goal, ...]
    operation: Operation
    scene: Situation
    shape: Hashable


def _asked(index: int, brief: Brief, scenario: Scenario) -> _Asked:
    card, market = catalog.rate_card(), catalog.market()
    if brief.currency != card.heading.currency:
        raise fail("currency_not_priced", "currency", found=brief.currency, expected=card.heading.currency)
    goals, operation = asked_goals(brief), operation_of(brief)
    scene = situation(brief, market, horizon_of(brief))
    shape = index if brief.history else shape_of(scene, operation, market, scenario)
    return _Asked(index=index, brief=brief, goals=goals, operation=operation, scene=scene, shape=shape)


def _drawn(block: Sequence[_Asked], scenario: Scenario, points: Points) -> tuple[Outcomes, ...]:
    """What may happen to each prospect of a block; one with a history is simulated by itself."""
    market, first = catalog.market(), block[0]
    if first.brief.history:
        months = len(first.scene.labels)
        return (simulate(first.brief, market, first.operation, points, months=months, scenario=scenario),)
    briefs, scenes = [asked.brief for asked in block], [asked.scene for asked in block]
    wanted = _wanted() | {
        name
        for asked in block
        for goal in asked.goals
        for quantity in (goal.kpi.over, goal.kpi.under)
        if quantity is not None
        for name in quantity.of
    }
    return simulate_alike(briefs, scenes, first.operation, market, points, scenario, wanted)


def _wanted() -> frozenset[str]:
    """What money is read from: the seller's, and the charges of the edition."""
    return MONEY | {str(row.of) for row in catalog.rate_card().charges if row.of}


def _answer(asked: _Asked, drawn: Outcomes, scenario: Scenario, points: Points, smooth: bool) -> Answer:
    brief, card, market = asked.brief, catalog.rate_card(), catalog.market()
    months = listed_months_of(brief)
    of_sales = {
        goal: _chance(goal, drawn, points, smooth)
        for goal in asked.goals
        if not reads_money(goal) and forecast(goal, brief, drawn)
    }
    hardest = min(of_sales.values(), key=lambda found: found.value, default=None)
    difficulty = None if hardest is None else Difficulty.of(hardest)
    prices = price_list()
    known = facts(brief, difficulty)
    terms = prices.terms(known)
    charged = fees(terms, drawn)
    money = ledgers(
        brief,
        terms,
        charged,
        drawn,
        asked.scene,
        asked.operation,
        market,
        catalog.platform_fees(),
        points,
        scenario,
        deposit_of(terms),
    )
    counted = with_money(drawn, money)
    profit = money.profit_of(months)
    low, high = prices.monthly_range(known, has_goals=bool(brief.goals))
    return Answer(
        currency=card.heading.currency,
        months=months,
        monthly_price=float(terms.fixed("month")),
        monthly_price_range=(float(low), float(high)),
        difficulty=None if difficulty is None else difficulty.band,
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
        fees_mean=float(charged.over(months).mean()),
    )


def _chance(goal: Goal, counted: Outcomes, points: Points, smooth: bool) -> Probability:
    return chance(goal, counted, points) if smooth else share_of(goal.met(counted), points.scrambles)


def _goal_answer(goal: Goal, found: Probability | None, counted: Outcomes) -> GoalAnswer:
    level = None if found is None else promise(goal, counted, CONFIDENCE).level
    return GoalAnswer(goal=goal, probability=found, safe_level=level)
