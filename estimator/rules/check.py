"""``quotecast check``: everything wrong with a folder of rules, or with the folder of one edition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path

from estimator.brief.vocabulary import Vocabulary
from estimator.contract.examples import agrees, example_faults
from estimator.contract.rate_card import RateCard
from estimator.earnings.offer_examples import example_faults as offer_faults
from estimator.market.coverage import REQUIRED_COSTS, REQUIRED_TEAM, required, unanswered
from estimator.rules import letterhead as letterheads
from estimator.rules import reading
from estimator.rules.cards import read_card
from estimator.rules.editions import FOLDER, check_overlaps, check_scenarios
from estimator.rules.reading import headed, placed, raise_any, read_each, read_placed
from estimator.rules.rules import root
from estimator.rules.words import read_vocabulary
from estimator.values.errors import Fault, QuotecastError


def check(folder: Path) -> tuple[Fault, ...]:
    """Every fault of the rules in ``folder``: all files are read, all examples worked, the markets and our
    costs asked every question. It goes on after each fault.

    >>> [str(fault) for fault in check(Path("no such folder"))]
    ['no such folder: there is no such folder; write one that holds rules, such as pricing_rules, or ...']
    """
    if not folder.is_dir():
        return (Fault(code="no_folder", place=str(folder)),)
    alone = (folder / "card.toml").is_file()
    faults: dict[str, Fault] = {}
    try:
        words = read_vocabulary(_words_of(folder) if alone else folder)
    except QuotecastError as error:
        return error.faults
    for part in (_one_edition,) if alone else PARTS:
        try:
            part(folder, words)
        except QuotecastError as error:
            faults |= {str(fault): fault for fault in error.faults}
    return tuple(faults.values())


def _words_of(edition: Path) -> Path:
    """The rules whose words an edition uses: those it stands in, else the usual ones."""
    around = edition.resolve().parent.parent
    return around if (around / "words").is_dir() else root()


def _one_edition(folder: Path, words: Vocabulary) -> None:
    folder = folder.resolve()
    read_placed(partial(_worked, words), folder / "card.toml", folder.parent)


def _every_edition(folder: Path, words: Vocabulary) -> None:
    paths = headed(folder, FOLDER, "card.toml")
    read = partial(_worked, words)
    headings = [card.heading for card in read_each(paths, lambda path: read_placed(read, path, folder))]
    scenarios = {path.stem for path in (folder / "scenarios").glob("*.toml")} | {"expected"}
    check_scenarios(headings, sorted(scenarios))
    check_overlaps(headings)


def _worked(words: Vocabulary, path: Path) -> RateCard:
    card = read_card(path.parent, words)
    if not agrees(card):
        raise_any(example_faults(card))
    code = "backdated_word" if card.heading.sealed else "unpriced_word"
    values = {"fact": "add_ons", "first": card.heading.valid_from.isoformat()}
    raise_any(
        Fault(code=code, place="charges.csv:id", values={"found": word, **values})
        for word in card.unpriced("add_ons")
    )
    return card


def _worked_offers(folder: Path, words: Vocabulary) -> None:
    offers = reading.read_offers(folder, reading.read_kpis(folder, words), words)
    raise_any(fault for offer in offers.values() for fault in offer_faults(offer, f"offers/{offer.id}.toml"))


def _asked_markets(folder: Path, words: Vocabulary) -> None:
    """The newest market of a currency is asked about every word, an older one about those of its time."""
    markets = reading.read_markets(folder, words)
    for index, market in enumerate(markets):
        heirs = [later.as_of for later in markets[index + 1 :] if later.currency == market.currency]
        of_its_time = words.on(dt.date.fromisoformat(heirs[0])) if heirs else words
        raise_any(placed(f"markets/{market.id}", unanswered(market, required(of_its_time))))


def _asked_costs(folder: Path, words: Vocabulary) -> None:
    if own := reading.read_costs(folder):
        raise_any(placed("internal", unanswered(own, REQUIRED_COSTS)))


def _asked_team(folder: Path, words: Vocabulary) -> None:
    raise_any(unanswered(reading.read_own_team(folder), REQUIRED_TEAM))


def _wordless(read: Callable[[Path], object]) -> Callable[[Path, Vocabulary], object]:
    """A part that reads no word of the vocabulary."""
    return lambda folder, _: read(folder)


PARTS: tuple[Callable[[Path, Vocabulary], object], ...] = (
    _every_edition,
    reading.read_kpis,
    _worked_offers,
    _asked_markets,
    reading.read_scenarios,
    reading.read_platform_fees,
    _asked_costs,
    reading.read_internal_guards,
    _wordless(reading.read_trade_rules),
    _asked_team,
    _wordless(reading.read_ways),
    _wordless(reading.read_traps),
    reading.read_documents,
    _wordless(reading.read_remarks),
    _wordless(reading.read_exchange),
    _wordless(letterheads.read_letterhead),
    _wordless(letterheads.read_scope),
)
"""What is checked, in the order faults are shown."""
