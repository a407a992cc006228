"""The only reader of ``pricing_rules/``."""

from __future__ import annotations

import datetime as dt
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from estimator import assumptions, checklists, editions
from estimator import platform_fees as platform_tables
from estimator.checklists import Document, Trap
from estimator.edges import MOST_BYTES, parse_toml, read_text, validated
from estimator.errors import Fault, QuotecastError, fail
from estimator.examples import example_faults
from estimator.facts import INTERNAL_FACTS
from estimator.fees import example_faults as offer_faults
from estimator.kpis import QUANTITIES, Kpi
from estimator.market import (
    REQUIRED,
    REQUIRED_COSTS,
    REQUIRED_TEAM,
    SCALABLE,
    Market,
    MarketHeading,
    Questions,
    Scenario,
    unanswered,
    unasked,
)
from estimator.platform_fees import PlatformFees
from estimator.rate_card import Guard, RateCard
from estimator.terms import Offer, parse_offer
from estimator.trade import TradeRules
from estimator.ways import Ways

Found = TypeVar("Found")
Thing = TypeVar("Thing")

KPIS = (
    "roas_ad_attributed",
    "roas_platform_total",
    "roas_settled",
    "roas_blended",
    "roas_all_fees",
    "gmv_growth_vs_baseline",
    "gmv_growth_in_term",
    "gmv",
    "settled_gmv",
    "orders",
    "cvr_ad_click",
    "cvr_shop",
    "acos",
    "cac_blended",
    "cac_paid",
    "cac_full",
    "repeat_share",
    "repeat_cohort",
    "return_rate",
    "return_rate_booked",
    "videos",
    "creator_videos",
    "creators_posting",
    "live_hours",
    "shop_rating",
    "gmv_on_fees",
)
"""KPI records that the code names: what plain "ROAS" may mean, what the form offers, what refunds read."""


def root() -> Path:
    """The folder of rules: ``QUOTECAST_RULES`` if set, else the one beside or inside the package."""
    if named := os.environ.get("QUOTECAST_RULES"):
        return Path(named)
    package = Path(__file__).parent
    inside = package / "_pricing_rules"
    return inside if inside.is_dir() else package.parent / "pricing_rules"


@lru_cache(maxsize=4)
def fingerprint(rules: Path | None = None) -> str:
    """The hash of every file of rules, by name and content.

    >>> len(fingerprint())
    64
    """
    rules = rules or root()
    whole = sha256()
    for path in sorted(path for path in rules.rglob("*") if path.suffix in (".csv", ".toml")):
        content = path.read_bytes()
        whole.update(f"{path.relative_to(rules).as_posix()} {len(content)}\n".encode() + content)
    return whole.hexdigest()


@lru_cache(maxsize=4)
def kpis(rules: Path | None = None) -> dict[str, Kpi]:
    """Every KPI record by id."""
    rules = rules or root()
    return _read(_kpis, rules / "kpis.toml", rules)


def _kpis(path: Path) -> dict[str, Kpi]:
    content = parse_toml(read_text(path, MOST_BYTES), path.name)
    found = _each(content, lambda name: _kpi(name, content[name], f"{path.name}:{name}"))
    _raise(
        Fault(code="missing", place=f"{path.name}:{name}", values={"choices": f"[{name}]"})
        for name in KPIS
        if name not in content
    )
    return {kpi.id: kpi for kpi in found}


def _kpi(name: str, record: object, place: str) -> Kpi:
    kpi = validated(Kpi, {"id": name, **record} if isinstance(record, Mapping) else record, place)
    if kpi.id != name:
        raise fail("unknown_reference", f"{place}:id", found=kpi.id, choices=name)
    _raise(
        Fault(
            code="unknown_reference",
            place=f"{place}:{side}.of[{index}]",
            values={"found": word, "choices": ", ".join(QUANTITIES)},
        )
        for side, quantity in (("over", kpi.over), ("under", kpi.under))
        for index, word in enumerate(quantity.of if quantity else ())
        if word not in QUANTITIES
    )
    return kpi


@lru_cache(maxsize=4)
def offers(rules: Path | None = None) -> dict[str, Offer]:
    """Every offer by id."""
    rules = rules or root()
    known = kpis(rules)
    paths = _some((rules / "offers").glob("*.toml"), "offers", "NAME.toml")
    read = _each(paths, lambda path: _read(partial(_offer, known), path, rules))
    return {offer.id: offer for offer in read}


def _offer(known: Mapping[str, Kpi], path: Path) -> Offer:
    text = read_text(path, MOST_BYTES)
    offer = parse_offer(parse_toml(text, path.name), known, path.name, text)
    _named_as(path.stem, offer.id, path.name)
    for field, day in (("as_of", offer.as_of), *(("offered", day) for day in offer.offered or ())):
        try:
            dt.date.fromisoformat(day)
        except ValueError:
            raise fail("not_a_date", f"{path.name}:{field}", found=day) from None
    if not offer.examples:
        raise fail("missing", f"{path.name}:examples", choices="[[examples]]")
    return offer


@lru_cache(maxsize=4)
def markets(rules: Path | None = None) -> dict[str, Market]:
    """Every market by id; each folder's ``market.toml`` names its tables."""
    rules = rules or root()
    paths = _headed(rules, "markets", "market.toml")
    return {market.id: market for market in _each(paths, lambda path: _read(_market, path, rules))}


def _market(path: Path) -> Market:
    heading = validated(MarketHeading, parse_toml(read_text(path, MOST_BYTES), path.name), path.name)
    _named_as(path.parent.name, heading.id, path.name)
    tables = sorted(table.name for table in path.parent.glob("*.csv"))
    for index, name in enumerate(heading.tables):
        place = f"{path.name}:tables[{index}]"
        if name not in tables:
            raise fail("unknown_reference", place, found=name, choices=", ".join(tables))
        if name in heading.tables[:index]:
            raise fail("named_twice", place, found=name)
    read = _each(heading.tables, lambda name: _asked_rows(path.parent / name, REQUIRED))
    return Market(
        id=heading.id,
        as_of=heading.as_of,
        assumptions=tuple(itertools.chain.from_iterable(read)),
        currency=heading.currency,
        label=heading.label,
    )


def _asked_rows(path: Path, questions: Questions) -> tuple[assumptions.Assumption, ...]:
    """The rows of a table, each of which answers one of ``questions``."""
    rows = assumptions.read(path)
    _raise(unasked(rows, questions))
    return rows


def market(name: str | None = None, rules: Path | None = None) -> Market:
    """The market of that id, the newest without one.

    >>> market().currency
    'USD'
    """
    found = markets(rules)
    if name is None:
        return max(found.values(), key=lambda market: market.as_of)
    if name not in found:
        raise fail("unknown_reference", "market", found=name, choices=", ".join(found))
    return found[name]


@lru_cache(maxsize=4)
def scenarios(rules: Path | None = None) -> dict[str, Scenario]:
    """Every scenario by id, in the order they are shown: expected, cautious, hopeful, then the stresses.

    There is always one called ``expected``. A scale of a quantity that nobody reads is an error.
    """
    rules = rules or root()
    expected = rules / "scenarios" / "expected.toml"
    paths = dict.fromkeys((expected, *sorted(expected.parent.glob("*.toml"))))
    found = {scenario.id: scenario for scenario in _each(paths, lambda path: _read(_scenario, path, rules))}
    first = ("expected", "cautious", "hopeful")
    order = sorted(found, key=lambda name: (first.index(name) if name in first else len(first), name))
    return {name: found[name] for name in order}


def _scenario(path: Path) -> Scenario:
    scenario = validated(Scenario, parse_toml(read_text(path, MOST_BYTES), path.name), path.name)
    _named_as(path.stem, scenario.id, path.name)
    known = (*SCALABLE, *REQUIRED)
    for index, scale in enumerate(scenario.scales):
        if scale.quantity not in known:
            place = f"{path.name}:scales[{index}].quantity"
            raise fail("unknown_reference", place, found=scale.quantity, choices=", ".join(known))
    return scenario


@lru_cache(maxsize=4)
def platform_fees(rules: Path | None = None) -> PlatformFees:
    """The dated fees of every platform.

    >>> import datetime as dt
    >>> [f"{row.rate:.0%}" for row in platform_fees().disputed("tiktok_shop", dt.date(2027, 1, 15))]
    ['8%', '6%']
    """
    rules = rules or root()
    return _read(platform_tables.read, rules / "platform_fees" / "fees.csv", rules)


@lru_cache(maxsize=4)
def costs(rules: Path | None = None) -> Market | None:
    """The agency's own costs; None in a deployment without ``pricing_rules/internal/``."""
    rules = rules or root()
    path = rules / "internal" / "costs.csv"
    return _read(_costs, path, rules) if path.exists() else None


def _costs(path: Path) -> Market:
    return Market(id="costs", as_of="", assumptions=_asked_rows(path, REQUIRED_COSTS))


@lru_cache(maxsize=4)
def own_team(rules: Path | None = None) -> Market:
    """What a seller's own people cost, as assumptions.

    >>> own_team().row("loading").low, own_team().row("loading").high
    (1.25, 1.4)
    """
    rules = rules or root()
    return _read(_own_team, rules / "own_team.csv", rules)


def _own_team(path: Path) -> Market:
    return Market(id="own_team", as_of="", assumptions=_asked_rows(path, REQUIRED_TEAM))


@lru_cache(maxsize=4)
def ways(rules: Path | None = None) -> Ways:
    """The ways to buy the service, in words.

    >>> ways().models["in_house"].label.zh
    '自建团队'
    """
    rules = rules or root()
    return _read(_ways, rules / "ways.toml", rules)


def _ways(path: Path) -> Ways:
    return validated(Ways, parse_toml(read_text(path, MOST_BYTES), path.name), path.name)


@lru_cache(maxsize=4)
def rate_cards(rules: Path | None = None) -> dict[str, RateCard]:
    """Every edition of prices by id, the oldest first; two in force on one day are a fault."""
    rules = rules or root()
    return _in_order(_each(_editions(rules), lambda path: _read(_card, path, rules)))


def _in_order(cards: Iterable[RateCard]) -> dict[str, RateCard]:
    """The editions by id, the oldest first; raises ``QuotecastError`` for two in force on one day."""
    found = sorted(cards, key=lambda card: card.heading.valid_from)
    for one, other in itertools.combinations(found, 2):
        last = _last_day(one, found)
        if last is None or last >= other.heading.valid_from:
            place = f"rate_cards/{other.id}/card.toml"
            raise fail("editions_overlap", place, found=one.id, other=other.id)
    return {card.id: card for card in found}


def _card(path: Path) -> RateCard:
    return editions.read(path.parent)


def rate_card(name: str | None = None, rules: Path | None = None) -> RateCard:
    """The edition of that id; without one the newest that has begun, or the first where none has.

    >>> rate_card("2026-11-01").heading.currency
    'USD'
    """
    found = rate_cards(rules)
    if name is not None and name not in found:
        raise fail("unknown_reference", "edition", found=name, choices=", ".join(found))
    if name is not None:
        return found[name]
    first, *later = found.values()
    begun = [card for card in later if card.heading.valid_from <= dt.date.today()]
    return begun[-1] if begun else first


def edition(day: dt.date, rules: Path | None = None) -> RateCard:
    """The edition in force on a day. Raises ``QuotecastError`` where none is."""
    found = list(rate_cards(rules).values())
    for card in found:
        if card.heading.valid_from <= day and not ended(card, day, rules):
            return card
    choices = ", ".join(card.id for card in found)
    raise fail("unknown_reference", "edition", found=day.isoformat(), choices=choices)


def ended(card: RateCard, day: dt.date, rules: Path | None = None) -> bool:
    """Whether the edition is no longer in force on a day: past its end, or superseded."""
    last = _last_day(card, list(rate_cards(rules).values()))
    return last is not None and day > last


def _last_day(card: RateCard, among: list[RateCard]) -> dt.date | None:
    """The last day an edition is in force: its own, or the eve of the one that supersedes it."""
    heirs = [c.heading.valid_from for c in among if c.heading.supersedes == card.id]
    days = [day - dt.timedelta(days=1) for day in heirs]
    if card.heading.valid_until is not None:
        days.append(card.heading.valid_until)
    return min(days, default=None)


@lru_cache(maxsize=4)
def trade_rules(rules: Path | None = None) -> TradeRules:
    """What may be traded on a call, and the clauses a trade may carry.

    >>> str(trade_rules().risk_price)
    '0.2'
    """
    rules = rules or root()
    return _read(_trade_rules, rules / "trades.toml", rules)


def _trade_rules(path: Path) -> TradeRules:
    return validated(TradeRules, parse_toml(read_text(path, MOST_BYTES), path.name), path.name)


@lru_cache(maxsize=4)
def guards(rules: Path | None = None) -> tuple[Guard, ...]:
    """The guards of the newest edition, and the internal ones where the deployment has them."""
    return (*rate_card(None, rules).guards, *internal_guards(rules))


@lru_cache(maxsize=4)
def internal_guards(rules: Path | None = None) -> tuple[Guard, ...]:
    """The guards on our own margin; none in a deployment without ``pricing_rules/internal/``."""
    rules = rules or root()
    path = rules / "internal" / "guards.csv"
    return _read(_internal_guards, path, rules) if path.exists() else ()


def _internal_guards(path: Path) -> tuple[Guard, ...]:
    return editions.read_guards(path, INTERNAL_FACTS)


@lru_cache(maxsize=4)
def traps(rules: Path | None = None) -> tuple[Trap, ...]:
    """What to ask an agency before signing, in the order it is asked.

    >>> len(traps())
    10
    """
    rules = rules or root()
    return _read(checklists.read_traps, rules / "traps.csv", rules)


@lru_cache(maxsize=4)
def documents(rules: Path | None = None) -> tuple[Document, ...]:
    """The documents that goods need before they are sold."""
    rules = rules or root()
    return _read(checklists.read_documents, rules / "documents.csv", rules)


@lru_cache(maxsize=4)
def remarks(rules: Path | None = None) -> Mapping[str, str]:
    """The Chinese of the reasons and sources that tables give in English, our own tables' included.

    >>> remarks()["List price"]
    '即标准价'
    """
    rules = rules or root()
    paths = [path for path in (rules / "remarks.csv", rules / "internal" / "remarks.csv") if path.exists()]
    found = [remark for path in paths for remark in _read(checklists.read_remarks, path, rules)]
    return MappingProxyType({remark.en: remark.zh for remark in found})


def check(folder: Path | None = None) -> tuple[Fault, ...]:
    """Everything wrong with a folder of rules, or with the folder of one edition.

    Reads everything afresh, works every example, asks the market and our costs every question, and goes
    on after each fault.

    >>> [str(fault) for fault in check(Path("no such folder"))]
    ['no such folder: there is no such folder; write one that holds rules, such as pricing_rules, or ...']
    """
    rules = folder or root()
    if not rules.is_dir():
        return (Fault(code="no_folder", place=str(rules)),)
    loaders: tuple[Any, ...] = (kpis, offers, markets, scenarios, platform_fees, costs)
    loaders += (rate_cards, guards, internal_guards, trade_rules, own_team, ways, traps, documents, remarks)
    for loader in loaders:
        loader.cache_clear()
    parts: list[Callable[[Path], object]] = [_worked_editions, kpis, _worked_offers, _asked_markets]
    parts += [scenarios, platform_fees, _asked_costs, internal_guards, trade_rules, _asked_team, ways]
    parts += [traps, documents, remarks]
    if (rules / "card.toml").is_file():
        rules = rules.resolve()
        parts = [lambda edition: _read(_worked_card, edition / "card.toml", edition.parent)]
    faults: dict[str, Fault] = {}
    for part in parts:
        try:
            part(rules)
        except QuotecastError as error:
            faults |= {str(fault): fault for fault in error.faults}
    return tuple(faults.values())


def _worked_editions(rules: Path) -> None:
    cards = _each(_editions(rules), lambda path: _read(_worked_card, path, rules))
    known = {path.stem for path in (rules / "scenarios").glob("*.toml")} | {"expected"}
    _raise(
        Fault(
            code="unknown_reference",
            place=f"rate_cards/{card.id}/card.toml:scenario",
            values={"found": card.heading.scenario, "choices": ", ".join(sorted(known))},
        )
        for card in cards
        if card.heading.scenario not in known
    )
    _in_order(cards)


def _worked_card(path: Path) -> RateCard:
    card = _card(path)
    _raise(example_faults(card))
    return card


def _worked_offers(rules: Path) -> None:
    _raise(
        fault for offer in offers(rules).values() for fault in offer_faults(offer, f"offers/{offer.id}.toml")
    )


def _asked_markets(rules: Path) -> None:
    for market in markets(rules).values():
        _raise(_placed(f"markets/{market.id}", unanswered(market, REQUIRED)))


def _asked_costs(rules: Path) -> None:
    if own := costs(rules):
        _raise(_placed("internal", unanswered(own, REQUIRED_COSTS)))


def _asked_team(rules: Path) -> None:
    _raise(unanswered(own_team(rules), REQUIRED_TEAM))


def _read(reading: Callable[[Path], Found], path: Path, rules: Path) -> Found:
    """What ``reading`` makes of a file; its faults name the file from the folder of rules on."""
    try:
        if not path.is_file():
            raise fail("no_file", path.name)
        return reading(path)
    except QuotecastError as error:
        raise QuotecastError(_placed(path.parent.relative_to(rules).as_posix(), error.faults)) from None


def _placed(folder: str, faults: Iterable[Fault]) -> Iterator[Fault]:
    """The faults of files in ``folder``, which is ``.`` for the rules themselves."""
    return (fault if folder == "." else replace(fault, place=f"{folder}/{fault.place}") for fault in faults)


def _each(things: Iterable[Thing], reading: Callable[[Thing], Found]) -> list[Found]:
    """What ``reading`` makes of each; raises ``QuotecastError`` with the faults of all."""
    found: list[Found] = []
    faults: list[Fault] = []
    for thing in things:
        try:
            found.append(reading(thing))
        except QuotecastError as error:
            faults += error.faults
    _raise(faults)
    return found


def _raise(faults: Iterable[Fault]) -> None:
    if faults := tuple(faults):
        raise QuotecastError(faults)


def _some(paths: Iterable[Path], folder: str, choices: str) -> list[Path]:
    """The paths in order; raises ``QuotecastError`` where the folder has none."""
    if not (found := sorted(paths)):
        raise fail("nothing_there", folder, choices=choices)
    return found


def _headed(rules: Path, folder: str, heading: str) -> list[Path]:
    """The file that heads each folder within ``folder``, be it there or not."""
    within = (path for path in (rules / folder).glob("[!._]*") if path.is_dir())
    return _some((path / heading for path in within), folder, f"NAME/{heading}")


def _editions(rules: Path) -> list[Path]:
    return _headed(rules, "rate_cards", "card.toml")


def _named_as(expected: str, found: str, file: str) -> None:
    """Raises ``QuotecastError`` where an id is not the name of its file or folder."""
    if found != expected:
        raise fail("unknown_reference", f"{file}:id", found=found, choices=expected)
