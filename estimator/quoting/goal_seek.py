"""What it would take: the budget or the months under which a goal is as likely as wanted.

Answers are looked for on fixed points along one fixed direction, where the probability is an even function
of what is sought; put back in, an answer gives the probability asked for. Where there is none, the reason
says which way it failed. The safe level of a goal is ``goals.promise``; what keeps the agency's income is
``negotiation.equal_trade``.
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
from estimator.market.situation import situation
from estimator.promise.forecast import chances, margins_of, rising, usual_points
from estimator.promise.preintegration import gradients
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

    ``found`` is the budget a month, or the last month of the goal; None where there is none, for the
    ``reason``: ``always`` likelier, ``never`` as likely, or ``nothing_to_move``. ``chance`` is the
    probability at what was found, else at ``nearest``, which comes nearest. ``tried`` are the ends of what
    was looked among.
    """

    found: Decimal | None
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
    >>> answer.found > 20000, round(answer.chance.value, 4), answer.evaluations <= 20
    (True, 0.8, True)
    """
    brief = brief.model_copy(update={"ad_budget": brief.ad_budget or None})
    points = points or usual_points(brief)
    start = situation(brief, market).ad_budget
    direction = _direction(brief, goal, market, operation, scenario)
    seen: dict[float, tuple[Decimal, Probability]] = {}

    def beyond(logs: float) -> float:
        budget = round_half_up(Decimal(repr(start * math.exp(logs))), CENT)
        if logs not in seen:
            found = chances(
                brief.model_copy(update={"ad_budget": budget}),
                (goal,),
                market,
                operation,
                points=points,
                direction=direction,
                scenario=scenario,
            )
            seen[logs] = budget, found.goals[0]
        return seen[logs][1].value - wanted

    def needed(logs: float, reason: Reason | None) -> Needed:
        budget, chance = seen[logs]
        budgets = [tried for tried, _ in seen.values()]
        return Needed(
            found=None if reason else budget,
            reason=reason,
            nearest=budget,
            chance=chance,
            tried=(min(budgets), max(budgets)),
            evaluations=len(seen),
        )

    def passed() -> Needed | None:
        """What lies between the nearest budget beyond the probability wanted and the one before it."""
        outer = min((logs for logs in seen if here * beyond(logs) <= 0), key=abs, default=None)
        if outer is None:
            return None
        short = (logs for logs in seen if here * beyond(logs) > 0)
        inner = min(short, key=lambda logs: abs(logs - outer))
        return needed(_bracketed(beyond, inner, outer, seen), None)

    here = beyond(0.0)
    if abs(here) <= CLOSE:
        return needed(0.0, None)
    step = math.log(FACTOR)
    for doubled in range(1, DOUBLINGS + 1):
        for side in (step, -step):
            beyond(doubled * side)
            if found := passed():
                return found
    values = [chance.value for _, chance in seen.values()]
    if max(values) - min(values) <= CLOSE:
        sure, lost = min(values) >= 1 - CLOSE, max(values) <= CLOSE
        return needed(0.0, "always" if sure else "never" if lost else "nothing_to_move")
    closest = min(seen, key=lambda logs: abs(beyond(logs)))
    if abs(closest) < DOUBLINGS * step:
        toward = math.copysign(1.0, here)
        _least(lambda logs: toward * beyond(logs), closest - step, closest + step)
        if found := passed():
            return found
        closest = min(seen, key=lambda logs: abs(beyond(logs)))
    return needed(closest, "always" if here > 0 else "never")


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
    >>> months_needed(brief, goal, open_rules().market, Operation(model="whole_shop")).found > 6
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
        if last not in seen:
            found = chances(brief, (asked[last],), market, operation, points=points, scenario=scenario)
            (seen[last],) = found.goals
        enough = seen[last].value >= wanted
        return Needed(
            found=Decimal(last) if enough else None,
            reason=None if enough else "never",
            nearest=Decimal(last),
            chance=seen[last],
            tried=(Decimal(first), Decimal(longest)),
            evaluations=1 + len(seen),
        )

    for last, share in shares.items():
        if share >= wanted - NEAR and (found := needed(last)).found:
            return found
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
    """Where ``beyond`` passes zero between two places, by the Illinois rule (Dowell and Jarratt 1971)."""
    low, high = inner, outer
    at_low, at_high = beyond(low), beyond(high)
    best = low if abs(at_low) < abs(at_high) else high
    while len(seen) < MOST_EVALUATIONS and abs(high - low) > NARROW:
        middle = low - at_low * (high - low) / (at_high - at_low)
        at = beyond(middle)
        if abs(at) < abs(beyond(best)):
            best = middle
        if abs(at) <= CLOSE:
            break
        if at * at_high < 0:
            low, at_low = high, at_high
        else:
            at_low /= 2
        high, at_high = middle, at
    if abs(beyond(best)) > JUMP:
        return max((low, high), key=beyond)
    return best
