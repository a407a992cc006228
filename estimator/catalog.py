"""The only reader of ``pricing_rules/``."""

from __future__ import annotations

import datetime as dt
import itertools
import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from estimator import assumptions, editions, tables
from estimator.edges import MOST_BYTES, parse_toml, read_text, validated
from estimator.errors import Fault, QuotecastError, fail
from estimator.examples import example_faults
from estimator.facts import INTERNAL_FACTS
from estimator.fees import example_faults as offer_faults
from estimator.kpis import Kpi
from estimator.market import SCALABLE, Market, Scenario
from estimator.platform_fees import PlatformFee, PlatformFees
from estimator.rate_card import Guard, RateCard
from estimator.terms import Offer, parse_offer
from estimator.text import Text


def root() -> Path:
    """The folder of rules: ``QUOTECAST_RULES`` if set, else the one beside or inside the package."""
    if named := os.environ.get("QUOTECAST_RULES"):
        return Path(named)
    package = Path(__file__).parent
    inside = package / "_pricing_rules"
    return inside if inside.is_dir() else package.parent / "pricing_rules"


@lru_cache(maxsize=4)
def kpis(rules: Path | None = None) -> dict[str, Kpi]:
    """Every KPI record by id."""
    path = (rules or root()) / "kpis.toml"
    content = parse_toml(read_text(path, MOST_BYTES), path.name)
    return {
        name: validated(Kpi, {"id": name, **record}, f"{path.name}:{name}")
        for name, record in content.items()
    }


@lru_cache(maxsize=4)
def offers(rules: Path | None = None) -> dict[str, Offer]:
    """Every offer by id."""
    folder = (rules or root()) / "offers"
    found = {}
    for path in sorted(folder.glob("*.toml")):
        text = read_text(path, MOST_BYTES)
        offer = parse_offer(parse_toml(text, path.name), kpis(rules), path.name, text)
        if offer.id != path.stem:
            raise fail("unknown_reference", f"{path.name}:id", found=offer.id, choices=path.stem)
        found[offer.id] = offer
    return found


@lru_cache(maxsize=4)
def markets(rules: Path | None = None) -> dict[str, Market]:
    """Every market by id, the newest last; each folder's ``market.toml`` names its tables."""
    folder = (rules or root()) / "markets"
    found = {}
    for path in sorted(folder.glob("*/market.toml")):
        content = parse_toml(read_text(path, MOST_BYTES), path.name)
        rows = [row for table in content["tables"] for row in assumptions.read(path.parent / table)]
        label = validated(Text, content["label"], f"{path.name}:label")
        found[content["id"]] = Market(
            id=content["id"],
            as_of=content["as_of"],
            assumptions=tuple(rows),
            currency=content["currency"],
            label=label,
        )
    return found


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

    A scale of a quantity that no market holds and nobody reads is an error.
    """
    folder = (rules or root()) / "scenarios"
    quantities = {row.quantity for market in markets(rules).values() for row in market.assumptions}
    found = {}
    for path in folder.glob("*.toml"):
        content = parse_toml(read_text(path, MOST_BYTES), path.name)
        scenario = validated(Scenario, content, path.name)
        for scale in scenario.scales:
            if scale.quantity not in quantities and scale.quantity not in SCALABLE:
                choices = ", ".join(SCALABLE)
                raise fail("unknown_reference", path.name, found=scale.quantity, choices=choices)
        found[path.stem] = scenario
    first = ("expected", "cautious", "hopeful")
    order = sorted(found, key=lambda name: (first.index(name) if name in first else len(first), name))
    return {name: found[name] for name in order}


@lru_cache(maxsize=4)
def platform_fees(rules: Path | None = None) -> PlatformFees:
    """The dated fees of every platform.

    >>> import datetime as dt
    >>> [f"{row.rate:.0%}" for row in platform_fees().disputed("tiktok_shop", dt.date(2027, 1, 15))]
    ['8%', '6%']
    """
    path = (rules or root()) / "platform_fees" / "fees.csv"
    rows = []
    for row in tables.read(path, path.name).rows:
        cells: dict[str, object] = {
            **{name: text for name, text in row.cells.items() if name not in {"from", "until", "counts"}},
            "begins": _day(row, "from"),
            "until": _day(row, "until") if row["until"] else None,
            "as_of": _day(row, "as_of"),
            "cap": row["cap"] or None,
            "counts": row["counts"] == "yes",
        }
        rows.append(validated(PlatformFee, cells, row.place()))
    return PlatformFees(rows=tuple(rows))


def _day(row: tables.Row, column: str) -> dt.date:
    try:
        return dt.date.fromisoformat(row[column])
    except ValueError:
        raise fail("not_a_date", row.place(column), found=row[column]) from None


@lru_cache(maxsize=4)
def costs(rules: Path | None = None) -> Market | None:
    """The agency's own costs; None in a deployment without ``pricing_rules/internal/``."""
    path = (rules or root()) / "internal" / "costs.csv"
    if not path.is_file():
        return None
    return Market(id="costs", as_of="", assumptions=assumptions.read(path))


@lru_cache(maxsize=4)
def rate_cards(rules: Path | None = None) -> dict[str, RateCard]:
    """Every edition of prices by id, the oldest first; two in force on one day are a fault."""
    folder = (rules or root()) / "rate_cards"
    found = [editions.read(path.parent) for path in sorted(folder.glob("*/card.toml"))]
    found.sort(key=lambda card: card.heading.valid_from)
    for one, other in itertools.combinations(found, 2):
        last = _last_day(one, found)
        if last is None or last >= other.heading.valid_from:
            values = {"found": one.id, "other": other.id}
            raise QuotecastError(Fault(code="editions_overlap", place=f"{other.id}/card.toml", values=values))
    return {card.id: card for card in found}


def rate_card(name: str | None = None, rules: Path | None = None) -> RateCard:
    """The edition of that id, the newest without one.

    >>> rate_card("2026-11-01").heading.currency
    'USD'
    """
    found = rate_cards(rules)
    if not found or (name is not None and name not in found):
        raise fail("unknown_reference", "edition", found=name or "rate_cards", choices=", ".join(found))
    return found[name] if name else list(found.values())[-1]


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
def guards(rules: Path | None = None) -> tuple[Guard, ...]:
    """The guards of the newest edition, and the internal ones where the deployment has them."""
    path = (rules or root()) / "internal" / "guards.csv"
    internal = editions.read_guards(path, INTERNAL_FACTS) if path.is_file() else ()
    return (*rate_card(None, rules).guards, *internal)


def check(folder: Path | None = None) -> tuple[Fault, ...]:
    """Everything wrong with a folder of rules, or with the folder of one edition.

    Reads everything afresh, works every example, and goes on after each fault.
    """
    rules = folder or root()
    if (rules / "card.toml").is_file():
        return _edition_faults(rules, rules.name)
    faults = [
        fault
        for path in sorted((rules / "rate_cards").glob("*/card.toml"))
        for fault in _edition_faults(path.parent, f"rate_cards/{path.parent.name}")
    ]
    loaders: list[Any] = [kpis, offers, markets, scenarios, platform_fees, costs]
    if not faults:
        loaders += [rate_cards, guards]
    for loader in loaders:
        loader.cache_clear()
    for loader in loaders:
        try:
            found = loader(rules)
            if loader is offers:
                faults += [f for o in found.values() for f in offer_faults(o, f"offers/{o.id}.toml")]
        except QuotecastError as error:
            faults += error.faults
        except KeyError as error:
            faults.append(
                Fault(code="missing", place=loader.__name__, values={"choices": f"{error.args[0]} = ..."})
            )
    if not faults:
        faults += [
            Fault(
                code="unknown_reference",
                place=f"rate_cards/{card.id}/card.toml:scenario",
                values={"found": card.heading.scenario, "choices": ", ".join(scenarios(rules))},
            )
            for card in rate_cards(rules).values()
            if card.heading.scenario not in scenarios(rules)
        ]
    return tuple({str(fault): fault for fault in faults}.values())


def _edition_faults(folder: Path, place: str) -> tuple[Fault, ...]:
    try:
        faults = tuple(example_faults(editions.read(folder)))
    except QuotecastError as error:
        faults = error.faults
    return tuple(replace(fault, place=f"{place}/{fault.place}") for fault in faults)
