"""Quote: everything needed to rebuild the answer.

The terms, what may happen under them, the probability of each goal, the money of all three parties,
and what is still unknown. The price is set once, from the card's own pricing scenario: looking at
another scenario moves the odds and the money, never the price.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from estimator.brief.brief import Brief
from estimator.brief.goals import Goal, Probability, Promise
from estimator.brief.meaning import operation_of
from estimator.contract.facts import Difficulty
from estimator.contract.guards import Raised
from estimator.contract.price_list import Swing
from estimator.contract.pricing import Priced
from estimator.contract.terms import Terms
from estimator.contract.trade import Trade
from estimator.earnings.agency import AgencyMoney
from estimator.earnings.deal import Deal
from estimator.earnings.ledgers import SellerMoney
from estimator.earnings.payoff import Payoff
from estimator.market.market import Override
from estimator.market.points import Points
from estimator.market.summary import Spread, share_of
from estimator.promise.forecast import chances, reads_money
from estimator.quoting.questions import Unanswered
from estimator.quoting.world import World
from estimator.rules.rules import Rules

ENGINE = "quotecast 0.1.0"
CONFIDENCE = 0.8


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


def dealt(quote: Quote, points: Points = Points()) -> Deal:  # noqa: B008 - frozen
    """The deal behind a quote: the same draws, so that what is read off it agrees with the quote."""
    return deal_under(
        quote.brief, quote.world, quote.terms, points, months=quote.months, horizon=quote.horizon
    )


def deal_under(
    brief: Brief, world: World, terms: Terms, points: Points, *, months: int, horizon: int
) -> Deal:
    """The deal of a brief, kept for every brief that differs in nothing that money reads."""
    bare = brief.model_copy(update=dict.fromkeys(("name", "note")) | {"goals": ()})
    return _kept_deal(world, bare, terms, points, months=months, horizon=horizon)


_kept_deal = lru_cache(maxsize=6)(World.deal)


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
    >>> from estimator.quoting.make import make
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
