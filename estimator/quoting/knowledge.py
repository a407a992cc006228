"""How much of a quote's odds is not known of the market, and how much an account's own figures would tell."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from estimator.brief.brief import Brief
from estimator.brief.goals import Goal
from estimator.contract.terms import Terms
from estimator.market.own_figures import learned_by, reads_today, usable
from estimator.market.points import RANKED
from estimator.market.situation import READ
from estimator.promise.known import Known
from estimator.quoting.drivers import LUCK, shares_explained
from estimator.quoting.quote import Quote, chance_on, deal_under
from estimator.quoting.world import World

DRAWN = frozenset({"price", "return_rate"})
"""Facts that every draw reads at another point of the range in which they were told."""
MOST = 0.9
"""The share of the spread that assumptions explain at most."""


def with_known(quote: Quote) -> Quote:
    """The quote with what is not known of each goal that has a probability and one meaning.

    >>> from pathlib import Path
    >>> from estimator.brief import brief
    >>> from estimator.quoting.make import make
    >>> from estimator.rules.rules import open_rules
    >>> seed = brief.read(Path("examples/briefs/seed_beauty.toml"))
    >>> quote = with_known(make(seed, open_rules(), ask=False))
    >>> low, high = quote.known.between(quote.goals[0].probability.value)
    >>> low < 0.15 and 0.4 < high < 0.6
    True
    """
    brief = quote.brief.model_copy(update={"name": None, "note": None, "goals": ()})
    asked = (brief, quote.terms, quote.world)
    return replace(
        quote,
        goals=tuple(
            odds
            if odds.probability is None or odds.open_definition
            else replace(odds, known=_known(*asked, odds.goal, quote.months, quote.horizon))
            for odds in quote.goals
        ),
    )


@lru_cache(maxsize=64)
def _known(brief: Brief, terms: Terms, world: World, goal: Goal, months: int, horizon: int) -> Known:
    shares = shares_explained(brief, terms, world, goal, months, horizon)
    luck = sum(share for name, share in shares.items() if name in LUCK)
    own = learned_by(brief, world.market)
    return Known(
        of_market=min(sum(shares.values()) - luck, MOST),
        of_luck=luck,
        own_months=len(usable(brief)),
        of_today=reads_today(brief),
        shift=own.shift,
        left=own.scale,
        told=_told(brief, terms, world, goal, months, horizon),
    )


def _told(
    brief: Brief, terms: Terms, world: World, goal: Goal, months: int, horizon: int
) -> tuple[float, float] | None:
    """The lowest and highest probability at the ends of each range; None where no outcome reads one.

    What is drawn from its range is in the probability itself.
    """
    ends = [end for fact, low, high in brief.ends() if fact in READ - DRAWN for end in (low, high)]
    counted = (deal_under(end, world, terms, RANKED, months=months, horizon=horizon).counted for end in ends)
    chances = [chance_on(goal, end, drawn, world).value for end, drawn in zip(ends, counted)]
    return (min(chances), max(chances)) if chances else None
