"""``quotecast check``: everything wrong with a folder of rules, or with the folder of one edition."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from estimator.contract.examples import example_faults
from estimator.contract.rate_card import RateCard
from estimator.earnings.offer_examples import example_faults as offer_faults
from estimator.market.coverage import REQUIRED, REQUIRED_COSTS, REQUIRED_TEAM, unanswered
from estimator.rules import reading
from estimator.rules.cards import read_card
from estimator.rules.editions import FOLDER, check_overlaps
from estimator.rules.reading import headed, placed, raise_any, read_each, read_placed
from estimator.values.errors import Fault, QuotecastError


def check(folder: Path) -> tuple[Fault, ...]:
    """Every fault of the rules in ``folder``: all files are read, all examples worked, the markets and our
    costs asked every question. It goes on after each fault.

    >>> [str(fault) for fault in check(Path("no such folder"))]
    ['no such folder: there is no such folder; write one that holds rules, such as pricing_rules, or ...']
    """
    if not folder.is_dir():
        return (Fault(code="no_folder", place=str(folder)),)
    parts = (_one_edition,) if (folder / "card.toml").is_file() else PARTS
    faults: dict[str, Fault] = {}
    for part in parts:
        try:
            part(folder)
        except QuotecastError as error:
            faults |= {str(fault): fault for fault in error.faults}
    return tuple(faults.values())


def _one_edition(folder: Path) -> None:
    folder = folder.resolve()
    read_placed(_worked, folder / "card.toml", folder.parent)


def _every_edition(folder: Path) -> None:
    paths = headed(folder, FOLDER, "card.toml")
    headings = [card.heading for card in read_each(paths, lambda path: read_placed(_worked, path, folder))]
    scenarios = {path.stem for path in (folder / "scenarios").glob("*.toml")} | {"expected"}
    raise_any(
        Fault(
            code="unknown_reference",
            place=f"{FOLDER}/{heading.id}/card.toml:scenario",
            values={"found": heading.scenario, "choices": ", ".join(sorted(scenarios))},
        )
        for heading in headings
        if heading.scenario not in scenarios
    )
    check_overlaps(headings)


def _worked(path: Path) -> RateCard:
    card = read_card(path.parent)
    raise_any(example_faults(card))
    return card


def _worked_offers(folder: Path) -> None:
    offers = reading.read_offers(folder, reading.read_kpis(folder))
    raise_any(fault for offer in offers.values() for fault in offer_faults(offer, f"offers/{offer.id}.toml"))


def _asked_markets(folder: Path) -> None:
    for market in reading.read_markets(folder):
        raise_any(placed(f"markets/{market.id}", unanswered(market, REQUIRED)))


def _asked_costs(folder: Path) -> None:
    if own := reading.read_costs(folder):
        raise_any(placed("internal", unanswered(own, REQUIRED_COSTS)))


def _asked_team(folder: Path) -> None:
    raise_any(unanswered(reading.read_own_team(folder), REQUIRED_TEAM))


PARTS: tuple[Callable[[Path], object], ...] = (
    _every_edition,
    reading.read_kpis,
    _worked_offers,
    _asked_markets,
    reading.read_scenarios,
    reading.read_platform_fees,
    _asked_costs,
    reading.read_internal_guards,
    reading.read_trade_rules,
    _asked_team,
    reading.read_ways,
    reading.read_traps,
    reading.read_documents,
    reading.read_remarks,
)
"""What is checked, in the order faults are shown."""
