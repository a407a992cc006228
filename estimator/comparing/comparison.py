"""Comparison: ways to buy the service side by side, on common draws over one span of months.

Who operates changes what may happen, terms change who pays, and both are read at the same points: what
differs between two offers is what they assume, not luck. The span is the brief's alone, so an offer's
numbers are its own whatever stands beside it.

Maintainer's notes. Outcomes are kept with the few quantities that fees and goals count: six ways of
operating of a brief with five shops would not fit in memory whole. Money of an own team is not in the
ledgers, which are what a quote shows; it is taken off profit and cash here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType

from estimator.brief.brief import Brief
from estimator.brief.checks import check_words
from estimator.brief.goals import Probability
from estimator.comparing.candidate import Candidate
from estimator.comparing.row import Compared, row_of
from estimator.comparing.standing import Case, Standing, case_of, standing
from estimator.contract.conversion import converted
from estimator.market.market import Override
from estimator.market.points import QUOTED, Points
from estimator.market.summary import share_of
from estimator.quoting.listing import listed_months_of
from estimator.quoting.world import world
from estimator.rules.rules import Rules
from estimator.values.errors import fail
from estimator.values.exchange import ExchangeRate

LEAST, MOST = 2, 6
"""How many offers stand side by side."""


Pairs = Mapping[str, Mapping[str, Probability]]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Offers side by side over ``months`` months, in the order they were asked for.

    ``beats[a][b]`` is the share of draws in which the seller's profit under ``a`` is above that under
    ``b``, ``ties[a][b]`` the share in which it is the same. ``dominated`` names, for an offer, those with
    both a higher median and a higher P10 of profit. ``best`` has the highest median, ``safest`` the highest
    P10, both among those that may be recommended, or among all where none may. ``best_available`` is
    ``best`` where it may be recommended, else None.
    """

    brief: Brief
    rules: Rules
    months: int
    seed: int | None
    points: int
    offers: tuple[Compared, ...]
    beats: Pairs
    ties: Pairs
    dominated: Mapping[str, tuple[str, ...]]
    best: str
    best_available: str | None
    safest: str
    standings: Mapping[str, Standing] = field(repr=False)

    @property
    def currency(self) -> str:
        """The currency of every amount."""
        return self.rules.market.currency

    @property
    def of_scenarios(self) -> bool:
        """Whether the rows are one offer under several scenarios, among which nobody chooses."""
        return len({stood.case.candidate.id for stood in self.standings.values()}) == 1

    def offer(self, name: str) -> Compared:
        """The row of that id; raises ``KeyError`` if there is none."""
        return {offer.id: offer for offer in self.offers}[name]


def compare(
    brief: Brief,
    candidates: Sequence[Candidate],
    rules: Rules,
    scenarios: Sequence[str] = ("expected",),
    points: Points = QUOTED,
    overrides: tuple[Override, ...] = (),
) -> Comparison:
    """The offers on the same draws, each under every scenario named.

    With several scenarios a row's id is ``offer@scenario``. ``overrides`` are what-ifs on the market, or on
    what the seller's own people cost.
    Raises ``QuotecastError`` for fewer than two or more than six rows, an offer or scenario named twice,
    or a scenario or currency that is not known.

    >>> from estimator.comparing.offers import candidate
    >>> from estimator.rules.rules import open_rules
    >>> brief = Brief(category="beauty", ad_budget="20000", price="32", stage="cold")
    >>> rules, points = open_rules(), Points(number=128, scrambles=2)
    >>> offers = [candidate(name, brief, rules) for name in ("kpi_consulting", "in_house")]
    >>> comparison = compare(brief, offers, rules, points=points)
    >>> comparison.months, comparison.offer("in_house").agency_fee.mean
    (6, 0.0)
    >>> comparison.best, comparison.beats["in_house"]["kpi_consulting"].value > 0.5
    ('in_house', True)
    """
    _may_stand(candidates, scenarios)
    candidates, rules = _in_currency(candidates, rules.in_currency(brief.currency))
    check_words(brief, rules.vocabulary, rules.kpis)
    of_team = tuple(one for one in overrides if one.assumption in rules.own_team.by_quantity)
    of_market = tuple(one for one in overrides if one not in of_team)
    team = rules.own_team.overridden(*of_team)
    worlds = {name: world(rules, name, of_market) for name in scenarios}
    asks = {
        candidate.id if len(scenarios) == 1 else f"{candidate.id}@{name}": case_of(
            brief, candidate, seen, points, team=team
        )
        for candidate in candidates
        for name, seen in worlds.items()
    }
    rows = tuple(replace(row_of(one), id=name) for name, one in asks.items())
    standings = {name: standing(one) for name, one in asks.items()}
    beats, ties = _pairs(standings)
    dominated = _dominated(rows)
    free = [row for row in rows if row.bar is None]
    return Comparison(
        brief=brief,
        rules=rules,
        months=listed_months_of(brief),
        seed=points.seed,
        points=points.draws,
        offers=rows,
        beats=beats,
        ties=ties,
        dominated=dominated,
        best=_best(free or rows),
        best_available=_best(free) if free else None,
        safest=_safest(free or rows),
        standings=MappingProxyType(standings),
    )


def _may_stand(candidates: Sequence[Candidate], scenarios: Sequence[str]) -> None:
    """Raise ``QuotecastError`` for one named twice, and for too few rows or too many."""
    for what, names in (("offer", [c.id for c in candidates]), ("scenario", list(scenarios))):
        for name in names:
            if names.count(name) > 1:
                raise fail("named_twice", what, found=name)
    count = len(candidates) * len(scenarios)
    if not LEAST <= count <= MOST:
        raise fail("offers_count", "offers", found=count, least=LEAST, most=MOST)


def _in_currency(candidates: Sequence[Candidate], rules: Rules) -> tuple[tuple[Candidate, ...], Rules]:
    """The offers in the currency of the rules, which then name the rates at which some were converted.

    Raises ``QuotecastError`` where one is in another currency and no rate is stated.
    """
    rates: dict[str, ExchangeRate] = {}
    same = []
    for candidate in candidates:
        terms = candidate.terms
        if terms is None or terms.currency == rules.currency:
            same.append(candidate)
            continue
        if terms.currency not in rates:
            place = f"offers.{candidate.id}"
            rates[terms.currency] = rules.exchange.between(rules.currency, terms.currency, place)
        rate, renewal = rates[terms.currency], candidate.renewal
        renewed = None if renewal is None else converted(renewal, rate)
        same.append(replace(candidate, terms=converted(terms, rate), renewal=renewed))
    named = tuple(dict.fromkeys((*rules.converted, *rates.values())))
    return tuple(same), replace(rules, converted=named)


def _pairs(standings: Mapping[str, Standing]) -> tuple[Pairs, Pairs]:
    """How often each beats each, and how often they tie."""
    names = list(standings)
    beats: dict[str, dict[str, Probability]] = {name: {} for name in names}
    ties: dict[str, dict[str, Probability]] = {name: {} for name in names}
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            over, under, same = _against(standings[one].case, standings[other].case)
            beats[one][other], beats[other][one] = over, under
            ties[one][other] = ties[other][one] = same
    return _read_only(beats), _read_only(ties)


def _read_only(pairs: dict[str, dict[str, Probability]]) -> Pairs:
    return MappingProxyType({name: MappingProxyType(row) for name, row in pairs.items()})


@lru_cache(maxsize=128)
def _against(one: Case, other: Case) -> tuple[Probability, Probability, Probability]:
    """How often one offer's profit is above the other's, below it, and the same."""
    here, there = standing(one).profit, standing(other).profit
    scrambles = one.points.scrambles
    return (
        share_of(here > there, scrambles),
        share_of(here < there, scrambles),
        share_of(here == there, scrambles),
    )


def _best(rows: Sequence[Compared]) -> str:
    """The id of the highest median; of equals the one of the higher P10, then by name, not by order."""
    return max(rows, key=lambda row: (row.seller_profit.p50, row.seller_profit.p10, row.id)).id


def _safest(rows: Sequence[Compared]) -> str:
    """The id of the highest P10; of equals the one of the higher median, then by name."""
    return max(rows, key=lambda row: (row.seller_profit.p10, row.seller_profit.p50, row.id)).id


def _dominated(rows: Sequence[Compared]) -> Mapping[str, tuple[str, ...]]:
    """For each offer, those that are better in the middle and in a poor outcome alike."""
    return MappingProxyType(
        {
            row.id: tuple(
                other.id
                for other in rows
                if other.seller_profit.p50 > row.seller_profit.p50
                and other.seller_profit.p10 > row.seller_profit.p10
            )
            for row in rows
        }
    )
