"""What it would take: the budget or the months under which a goal is as likely as wanted.

Answers are looked for on fixed points along one fixed direction, where the probability is an even function
of what is sought; put back in, an answer gives the probability asked for. Where there is none, the reason
says which way it failed. The safe level of a goal is ``WeighedDraws.promise``; what keeps the agency's income
is ``negotiation.equal_trade``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from estimator.brief.brief import Brief, Operation
from estimator.brief.goals import Goal, Probability
from estimator.market.directions import Direction
from estimator.market.market import Market
from estimator.market.points import Points
from estimator.market.scenarios import EXPECTED, Scenario
from estimator.market.simulation import simulate
from estimator.market.situation import situation_of, spending
from estimator.promise.forecast import chances, margins_of, rising, usual_points
from estimator.promise.preintegration import gradients
from estimator.values.crossing import crossing
from estimator.values.money import CENT, round_half_up

Reason = Literal["always", "never", "nothing_to_move"]

FACTOR = 2.0
DOUBLINGS = 4
"""How often the budget is doubled and halved before the search is given up."""
CLOSE = 5e-5
"""How near the probability must come to the one wanted."""
NARROW = 1e-4
"""How narrow, as a share of the budget, the answer need be."""
MOST_EVALUATIONS = 20
TURNING = 5
"""Looks at where a probability turns between two doublings."""
JUMP = 1e-3
"""How far from the one wanted a probability lies where it jumps over it."""
LONGEST = 24
NEAR = 0.03
"""How far below the one wanted the share of few plain draws may lie for a month to be looked at."""


@dataclass(frozen=True, kw_only=True)
class Needed:
    """What is needed for a goal to be as likely as wanted.

    ``value`` is the budget a month, or the last month of the goal; None where there is none, for the
    ``reason``: ``always`` likelier, ``never`` as likely, or ``nothing_to_move``. ``chance`` is the
    probability at it, else at ``nearest``, which comes nearest. ``tried`` are the ends of what
    was looked among.
    """

    value: Decimal | None
    reason: Reason | None
    nearest: Decimal
    chance: Probability
    tried: tuple[Decimal, Decimal]
    evaluations: int


def budget_needed(
    brief: Brief,
    goal: Goal,
    market: Market,
    operation: Operation,
    *,
    wanted: float = 0.8,
    points: Points | None = None,
    scenario: Scenario = EXPECTED,
) -> Needed:
    """An ad budget a month at which ``goal`` is met with probability ``wanted``.

    The first that is passed on the way from the brief's budget, or what is assumed where it has none, to a
    sixteenth and sixteen times of it. Where the probability jumps, the side that is likely enough. At most
    twenty evaluations. Raises ``QuotecastError`` as ``simulate`` does.

    >>> from estimator.rules.rules import open_rules
    >>> brief = Brief(category="beauty", ad_budget="20000", price="32")
    >>> goal = Goal(kpi=open_rules().kpis["gmv"], level=Decimal(200000), months=(1, 6))
    >>> answer = budget_needed(brief, goal, open_rules().market, Operation(model="whole_shop"))
    >>> answer.value > 20000, round(answer.chance.value, 4), answer.evaluations <= 20
    (True, 0.8, True)
    """
    search = _Search(brief, goal, market, operation, wanted, points, scenario)
    here = search.beyond(0.0)
    if abs(here) <= CLOSE:
        return search.needed(0.0, None)
    step = math.log(FACTOR)
    # docs/model.md (M46): outward on both sides: the nearest passage, not the only one
    for doubled in range(1, DOUBLINGS + 1):
        for side in (step, -step):
            search.beyond(doubled * side)
            if passed := search.passed():
                return passed
    values = [chance.value for _, chance in search.seen.values()]
    if max(values) - min(values) <= CLOSE:
        sure, lost = min(values) >= 1 - CLOSE, max(values) <= CLOSE
        return search.needed(0.0, "always" if sure else "never" if lost else "nothing_to_move")
    closest = search.closest()
    if abs(closest) < DOUBLINGS * step:
        toward = math.copysign(1.0, here)
        _least(lambda logs: toward * search.beyond(logs), closest - step, closest + step)
        if passed := search.passed():
            return passed
        closest = search.closest()
    return search.needed(closest, "always" if here > 0 else "never")


class _Search:
    """A search among budgets, each known by the log of its factor on the one that the search starts from.

    ``seen`` holds what was looked at: the budget a month, and the probability of the goal under it.
    """

    def __init__(
        self,
        brief: Brief,
        goal: Goal,
        market: Market,
        operation: Operation,
        wanted: float,
        points: Points | None,
        scenario: Scenario,
    ) -> None:
        self.brief = brief.model_copy(update={"ad_budget": brief.ad_budget or None})
        self.goal, self.market, self.operation, self.scenario = goal, market, operation, scenario
        self.wanted = wanted
        self.points = points or usual_points(self.brief)
        self.start = situation_of(self.brief, market).ad_budget
        self.direction = _direction(self.brief, goal, market, operation, scenario)
        self.seen: dict[float, tuple[Decimal, Probability]] = {}

    def beyond(self, logs: float) -> float:
        """How far the probability lies above the one wanted; below zero under it."""
        if logs not in self.seen:
            budget = round_half_up(Decimal(repr(self.start * math.exp(logs))), CENT)
            forecast = chances(
                spending(self.brief, budget),
                (self.goal,),
                self.market,
                self.operation,
                points=self.points,
                direction=self.direction,
                scenario=self.scenario,
            )
            self.seen[logs] = budget, forecast.goals[0]
        return self.seen[logs][1].value - self.wanted

    def needed(self, logs: float, reason: Reason | None) -> Needed:
        """The budget as an answer, or with a ``reason`` as the one that comes nearest."""
        budget, chance = self.seen[logs]
        budgets = [tried for tried, _ in self.seen.values()]
        return Needed(
            value=None if reason else budget,
            reason=reason,
            nearest=budget,
            chance=chance,
            tried=(min(budgets), max(budgets)),
            evaluations=len(self.seen),
        )

    def passed(self) -> Needed | None:
        """What lies between the nearest budget beyond the probability wanted and the one before it."""
        here = self.beyond(0.0)
        outer = min((logs for logs in self.seen if here * self.beyond(logs) <= 0), key=abs, default=None)
        if outer is None:
            return None
        short = (logs for logs in self.seen if here * self.beyond(logs) > 0)
        inner = min(short, key=lambda logs: abs(logs - outer))
        return self.needed(_bracketed(self.beyond, inner, outer, self.seen), None)

    def closest(self) -> float:
        """The budget seen whose probability comes nearest to the one wanted."""
        return min(self.seen, key=lambda logs: abs(self.beyond(logs)))


def months_needed(
    brief: Brief,
    goal: Goal,
    market: Market,
    operation: Operation,
    *,
    wanted: float = 0.8,
    points: Points | None = None,
    scenario: Scenario = EXPECTED,
) -> Needed:
    """The first last month, up to 24 or its own, with which ``goal`` is met with probability ``wanted``.

    The goal's first month stays, unless it is about its last month alone. Plain draws of all months at once
    pick the months that are looked at; of those the first that is likely enough is the answer.

    >>> from estimator.rules.rules import open_rules
    >>> brief = Brief(category="beauty", ad_budget="20000", price="32")
    >>> goal = Goal(kpi=open_rules().kpis["gmv"], level=Decimal(200000), months=(1, 6))
    >>> months_needed(brief, goal, open_rules().market, Operation(model="whole_shop")).value > 6
    True
    """
    first = 1 if goal.reading == "last" else goal.months[0]
    points, longest = points or usual_points(brief), max(LONGEST, goal.months[1])
    counted = frozenset(goal.kpi.counts)
    drawn = simulate(brief, market, operation, points, months=longest, scenario=scenario, wanted=counted)
    asked = {last: goal.model_copy(update={"months": (first, last)}) for last in range(first, longest + 1)}
    shares = {last: float(moved.met(drawn).mean()) for last, moved in asked.items()}
    seen: dict[int, Probability] = {}

    def needed(last: int) -> Needed:
        """The month as an answer, or as one under which the goal is not likely enough."""
        if last not in seen:
            forecast = chances(brief, (asked[last],), market, operation, points=points, scenario=scenario)
            (seen[last],) = forecast.goals
        enough = seen[last].value >= wanted
        return Needed(
            value=Decimal(last) if enough else None,
            reason=None if enough else "never",
            nearest=Decimal(last),
            chance=seen[last],
            tried=(Decimal(first), Decimal(longest)),
            evaluations=1 + len(seen),
        )

    # docs/model.md (M47): plain draws pick, since smoothing every month would be slow
    for last, share in shares.items():
        if share >= wanted - NEAR and (answer := needed(last)).value:
            return answer
    likeliest = shares | {last: chance.value for last, chance in seen.items()}
    return needed(max(shares, key=lambda last: (likeliest[last], -abs(last - goal.months[1]))))


def _direction(
    brief: Brief, goal: Goal, market: Market, operation: Operation, scenario: Scenario
) -> Direction | None:
    """The goal's direction at the brief as it stands; None where it is not to be smoothed."""
    if not rising(goal):
        return None
    (direction,) = gradients(margins_of(brief, (goal,), market, operation, scenario=scenario))
    return direction if direction.weights else None


def _least(of: Callable[[float], float], low: float, high: float) -> None:
    """Look at a few places between two for the least."""
    from scipy.optimize import minimize_scalar

    minimize_scalar(
        lambda logs: of(float(logs)),
        bounds=(low, high),
        method="bounded",
        options={"maxiter": TURNING, "xatol": NARROW},
    )


def _bracketed(
    beyond: Callable[[float], float], inner: float, outer: float, seen: Mapping[float, object]
) -> float:
    """Where ``beyond`` passes zero between two places; where it jumps over it, the side that is above."""
    left = MOST_EVALUATIONS - len(seen)
    passed = crossing(beyond, inner, outer, wide=NARROW, close=CLOSE, most=left)
    if abs(beyond(passed.nearest)) > JUMP:
        return max((passed.before, passed.after), key=beyond)
    return passed.nearest
