"""Quote: everything needed to rebuild the answer.

The terms, what may happen under them, the probability of each goal, the money of all three parties,
and what is still unknown. The price is set once, from the card's own pricing scenario: looking at
another scenario moves the odds and the money, never the price.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from estimator.brief.brief import Brief
from estimator.brief.goals import Goal, Probability
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
from estimator.market.outcomes import Outcomes
from estimator.market.points import QUOTED, Points
from estimator.market.summary import Spread
from estimator.promise.answer import GoalAnswer
from estimator.promise.forecast import forecast, reads_money
from estimator.promise.known import Known
from estimator.promise.probability import WeighedDraws, share_met
from estimator.quoting.questions import Unanswered
from estimator.quoting.world import World
from estimator.rules.rules import Rules
from estimator.values.memory import kept
from estimator.values.text import Text

ENGINE = "quotecast 0.1.0"
CONFIDENCE = 0.8
DEFINITIONS = (
    "roas_ad_attributed",
    "roas_platform_total",
    "roas_platform_net",
    "roas_settled",
    "roas_blended",
    "roas_all_fees",
)


@dataclass(frozen=True, kw_only=True)
class QuotedGoal(GoalAnswer):
    """One goal with its answer under the quote's scenario, and what a picture of it shows.

    ``curve`` is (level, probability of at least, or at most, that level), level rising; ``density`` is
    (level, height) of the KPI's distribution, its area 1. Both are empty, and ``probability`` None, for
    a KPI that has no forecast or that no platform of the brief reports as defined (``measurable``).
    ``known`` is what is not known of the market beside its probability, where that was worked out.
    ``open_definition`` marks a goal put as plain "ROAS": its KPI is then the platform's usual definition,
    and ``between`` the lowest and highest probability over the definitions that can be measured here.
    """

    words: str | None
    open_definition: bool
    measurable: bool
    median: float | None
    curve: tuple[tuple[float, float], ...]
    density: tuple[tuple[float, float], ...]
    known: Known | None = None


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A quote with its odds. Amounts are in ``currency``; money spreads are over ``months`` months.

    ``world`` is what it was made in: the rules of its day, the scenario, and judgements put in place of the
    market's. ``priced`` is the list, ``terms`` what would be signed: the list with ``trade``. Outcomes are
    simulated on the points ``drawn`` over ``horizon`` months. ``outlook`` is pictured where the first goal
    has no curve: blended ROAS of the term; None where it has, or nothing is spent on ads. ``list_fees`` is
    the mean fee of the same months at list price. ``joint`` is the probability of all goals that have one,
    at once; None where fewer than two have. ``usual_month`` is our fee a month without what is charged once,
    ``first_invoice`` what is paid before the work begins, by label.
    """

    brief: Brief
    world: World
    engine: str
    drawn: Points
    months: int
    horizon: int
    priced: Priced
    terms: Terms
    trade: Trade
    difficulty: Difficulty | None
    monthly_price: float
    monthly_price_range: tuple[float, float]
    goals: tuple[QuotedGoal, ...]
    joint: Probability | None
    fees: Spread
    list_fees: float
    usual_month: Spread
    first_invoice: tuple[tuple[Text, Decimal], ...]
    seller: SellerMoney
    agency: AgencyMoney | None
    payoff: Payoff | None
    outlook: QuotedGoal | None
    open_prices: tuple[Swing, ...]
    assumed: tuple[tuple[str, str], ...]
    unanswered: tuple[Unanswered, ...] = ()
    guards: tuple[Raised, ...] = ()

    @property
    def pictured(self) -> QuotedGoal | None:
        """What the picture is of: the first goal, or the outlook where that has no number."""
        return self.goals[0] if self.goals and self.goals[0].curve else self.outlook

    @property
    def known(self) -> Known | None:
        """What is not known beside the first goal's probability."""
        return self.goals[0].known if self.goals else None

    @property
    def rules(self) -> Rules:
        """The rules of its day."""
        return self.world.rules

    @property
    def seed(self) -> int:
        """What its points were drawn from."""
        return self.drawn.seed

    @property
    def points(self) -> int:
        """The number of its draws."""
        return self.drawn.draws

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


def deal_of(quote: Quote, points: Points = QUOTED) -> Deal:
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


_kept_deal = kept(World.deal)


def chance_on(goal: Goal, brief: Brief, drawn: Outcomes, world: World) -> Probability:
    """The probability of a goal that has one; a share of ``drawn`` where it counts fees or costs."""
    return share_met(goal, drawn, drawn.scrambles) if reads_money(goal) else world.chance(goal, brief)


def between_definitions(
    goal: Goal, brief: Brief, drawn: Outcomes, world: World
) -> tuple[float, float] | None:
    """The lowest and highest probability of a goal put as plain ROAS, over the definitions it may mean."""
    meant = [goal.model_copy(update={"kpi": world.kpis[name]}) for name in DEFINITIONS]
    chances = [chance_on(one, brief, drawn, world).value for one in meant if forecast(one, brief, drawn)]
    return (min(chances), max(chances)) if chances else None


def chance(quote: Quote, goal: Goal) -> Probability:
    """The probability of a goal in a quote's world, as the quote gives it for its own goals.

    >>> from pathlib import Path
    >>> from estimator.brief import brief
    >>> from estimator.quoting.make import make
    >>> from estimator.rules.rules import open_rules
    >>> quote = make(brief.read(Path("examples/briefs/seed_beauty.toml")), open_rules(), ask=False)
    >>> chance(quote, quote.goals[0].goal) == quote.goals[0].probability
    True
    """
    return chance_on(goal, quote.brief, deal_of(quote).counted, quote.world)


def weighed(quote: Quote, index: int = 0) -> WeighedDraws | None:
    """The draws of goal ``index``, weighed to its probability; None where it has none."""
    odds = quote.goals[index]
    if odds.probability is None:
        return None
    return WeighedDraws.of(odds.goal, deal_of(quote).counted, odds.probability.value)
