"""Rules: everything that prices, markets and records say on one day, as one frozen value.

It is opened once, by a screen or the command, and handed in from there: a quote keeps the rules it was made
under, so nothing that is read off it later can be of another edition or another day.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from estimator.brief.kpis import Kpi
from estimator.brief.typed import Reader
from estimator.brief.vocabulary import Vocabulary
from estimator.contract.offers import Offer
from estimator.contract.parties import Letterhead
from estimator.contract.price_list import PriceList
from estimator.contract.rate_card import Guard, RateCard
from estimator.contract.trade import TradeRules
from estimator.earnings.platform_fees import PlatformFees
from estimator.market.market import Market
from estimator.market.scenarios import Scenario
from estimator.rules import letterhead as letterheads
from estimator.rules import reading
from estimator.rules.checklists import Document, Trap
from estimator.rules.editions import Edition, State, check_scenarios, in_force, judged, named
from estimator.rules.scope import Scope
from estimator.rules.ways import Ways
from estimator.rules.words import read_vocabulary
from estimator.values.errors import fail
from estimator.values.exchange import ExchangeRate, ExchangeRates

USUAL_CURRENCY = "USD"
MOST_OPEN = 8
"""Rules kept open at once: those of a few days and folders."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Rules:
    """The rules of one day. ``edition`` and ``market`` are those of ``currency``; see ``in_currency``.

    ``sha`` is the hash of every file but our own costs, and of the editions chosen; it stands on every
    answer. ``vocabulary`` holds the facts and words of the day. ``folder`` and ``named`` say how to open
    the same rules again; ``folder`` is None for rules that stand in no folder. Two rules are equal where
    day, currency and content are.
    """

    folder: Path | None
    named: str | None
    on: dt.date
    currency: str
    sha: str
    own_sha: str
    vocabulary: Vocabulary
    editions: Mapping[str, Edition]
    markets: Mapping[str, Market]
    kpis: Mapping[str, Kpi]
    offers: Mapping[str, Offer]
    scenarios: Mapping[str, Scenario]
    platform_fees: PlatformFees
    costs: Market | None
    own_team: Market
    ways: Ways
    trade: TradeRules
    internal_guards: tuple[Guard, ...]
    traps: tuple[Trap, ...]
    documents: tuple[Document, ...]
    remarks: Mapping[str, str]
    exchange: ExchangeRates
    letterhead: Letterhead
    logo: tuple[str, bytes] | None
    scope: Scope
    converted: tuple[ExchangeRate, ...] = ()

    @cached_property
    def _key(self) -> tuple[str, str, dt.date, str]:
        return self.sha, self.own_sha, self.on, self.currency

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rules) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def edition(self) -> RateCard:
        """The prices."""
        return self.editions[self.currency].card

    @property
    def state(self) -> State:
        """What the edition is: ``sealed``, or why no quote should rest on it."""
        return self.editions[self.currency].state

    @property
    def ended(self) -> bool:
        """Whether the edition is no longer in force on the day."""
        return self.editions[self.currency].ended(self.on)

    @property
    def market(self) -> Market:
        """What may happen."""
        return self.markets[self.currency]

    @property
    def reader(self) -> Reader:
        """How what is typed in a brief is read on the day."""
        return Reader(vocabulary=self.vocabulary, kpis=self.kpis, exchange=self.exchange, on=self.on)

    @property
    def heading(self) -> Mapping[str, str]:
        """What every answer says of the rules it was made under."""
        return MappingProxyType(
            {
                "edition": self.edition.id,
                "edition_state": self.state,
                "rules": self.sha,
                "market": self.market.id,
            }
        )

    @property
    def guards(self) -> tuple[Guard, ...]:
        """The edition's guards, and those on our own margin where the deployment has them."""
        return (*self.edition.guards, *self.internal_guards)

    @property
    def pricing_scenario(self) -> Scenario:
        """The edition's own scenario, under which difficulty is read."""
        return self.scenarios[self.edition.heading.scenario]

    @cached_property
    def price_list(self) -> PriceList:
        """The edition's prices, worked once for all that its rows tell apart."""
        return PriceList(self.edition)

    def in_currency(self, currency: str) -> Rules:
        """These rules with the edition and the market of a currency.

        What there is in the currency of the platforms alone is converted at the stated rate, which
        ``converted`` then names: the market where it has none of its own, the platforms' fees, what people
        cost. A price list is never converted. Raises ``QuotecastError`` where there is no edition or rate.
        """
        if currency == self.currency:
            return self
        if currency not in self.editions:
            raise fail("currency_not_priced", "currency", found=currency, expected=self.currency)
        rate = self.exchange.between(self.currency, currency)
        markets = dict(self.markets)
        if currency not in markets:
            markets[currency] = self.market.converted(rate)
        return replace(
            self,
            currency=currency,
            converted=(rate,),
            markets=MappingProxyType(markets),
            platform_fees=self.platform_fees.converted(rate),
            own_team=self.own_team.converted(rate),
            costs=None if self.costs is None else self.costs.converted(rate),
        )

    def scenario(self, name: str) -> Scenario:
        """The scenario of that id; raises ``QuotecastError`` for one that is not there."""
        if name not in self.scenarios:
            raise fail("unknown_reference", "scenario", found=name, choices=", ".join(self.scenarios))
        return self.scenarios[name]

    def with_edition(self, card: RateCard) -> Rules:
        """What another list of prices would do: these rules with ``card`` as the edition of its currency.

        >>> rules = open_rules()
        >>> draft = replace(rules.edition, heading=rules.edition.heading.model_copy(update={"sealed": None}))
        >>> rules.with_edition(draft).state, rules.with_edition(draft) == rules
        ('unsealed', False)
        """
        editions = {**self.editions, card.heading.currency: judged(card)}
        return replace(
            self,
            folder=None,
            currency=card.heading.currency,
            sha=_digest(self.sha, editions),
            editions=MappingProxyType(editions),
        )


def root() -> Path:
    """The folder of rules: ``QUOTECAST_RULES`` if set, else the one beside or inside the package."""
    if folder := os.environ.get("QUOTECAST_RULES"):
        return Path(folder)
    package = Path(__file__).parent.parent
    inside = package / "_pricing_rules"
    return inside if inside.is_dir() else package.parent / "pricing_rules"


def open_rules(
    folder: Path | str | None = None, *, on: dt.date | None = None, edition: str | None = None
) -> Rules:
    """The rules in a folder as they are on a day, today by default.

    ``edition`` asks for one by its id, sealed or not, whenever it begins; without it the sealed edition in
    force that day is taken, for each currency. Raises ``QuotecastError`` with every fault of every file, and
    for a day before the first edition.

    >>> rules = open_rules(on=dt.date(2026, 12, 1))
    >>> rules.edition.id, rules.state, rules.market.currency
    ('2026-12-01', 'sealed', 'USD')
    """
    place = root() if folder is None else Path(folder)
    if not place.is_dir():
        raise fail("no_folder", str(place))
    shas = (reading.fingerprint(place, internal=False), reading.fingerprint(place, internal=True))
    return _opened(place, on or dt.date.today(), edition, *shas)


@lru_cache(maxsize=MOST_OPEN)
def _opened(folder: Path, on: dt.date, name: str | None, sha: str, own_sha: str) -> Rules:
    words = read_vocabulary(folder)
    current = words.on(on)
    editions = dict(in_force(folder, on, words)) if name is None else {}
    if name is not None:
        asked = named(folder, name, words)
        editions[asked.card.heading.currency] = asked
    kpis = reading.read_kpis(folder, words, current)
    letterhead = letterheads.read_letterhead(folder)
    markets = _of_day(reading.read_markets(folder, words), on)
    scenarios = reading.read_scenarios(folder, words)
    check_scenarios((edition.card.heading for edition in editions.values()), scenarios)
    currency = USUAL_CURRENCY if USUAL_CURRENCY in editions else min(editions)
    opened = Rules(
        folder=folder,
        named=name,
        on=on,
        currency=USUAL_CURRENCY,
        sha=_digest(sha, editions),
        own_sha=own_sha,
        vocabulary=current,
        editions=MappingProxyType(editions),
        markets=MappingProxyType(markets),
        kpis=kpis,
        offers=reading.read_offers(folder, kpis, words),
        scenarios=scenarios,
        platform_fees=reading.read_platform_fees(folder, words, current),
        costs=reading.read_costs(folder),
        own_team=reading.read_own_team(folder),
        ways=reading.read_ways(folder),
        trade=reading.read_trade_rules(folder),
        internal_guards=reading.read_internal_guards(folder, words),
        traps=reading.read_traps(folder),
        documents=reading.read_documents(folder, words, current),
        remarks=reading.read_remarks(folder),
        exchange=reading.read_exchange(folder),
        letterhead=letterhead,
        logo=letterheads.read_logo(folder, letterhead),
        scope=letterheads.read_scope(folder),
    )
    # what the platforms and people cost is in the usual currency, so another one begins from it
    return opened.in_currency(currency)


def _of_day(markets: tuple[Market, ...], on: dt.date) -> dict[str, Market]:
    """The newest market of each currency on a day; of one that has none yet, the first."""
    chosen: dict[str, Market] = {}
    for market in markets:
        if market.currency not in chosen or market.as_of <= on.isoformat():
            chosen[market.currency] = market
    return chosen


def _digest(sha: str, editions: Mapping[str, Edition]) -> str:
    chosen = (f"{name} {edition.card.sha256} {edition.state}" for name, edition in sorted(editions.items()))
    return sha256("\n".join((sha, *chosen)).encode()).hexdigest()
