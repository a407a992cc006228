"""Which edition of prices is in force on a day.

Editions are told apart by day and currency. Only a sealed one that agrees with its own examples prices
anything by itself; any other must be asked for by its id, and every answer then says what it is.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from estimator.brief.vocabulary import Vocabulary
from estimator.contract.examples import agrees
from estimator.contract.rate_card import Heading, RateCard
from estimator.rules import cards
from estimator.rules.reading import headed, raise_any, read_each, read_placed
from estimator.values.errors import Fault, fail

FOLDER = "rate_cards"
State = Literal["sealed", "unsealed", "changed", "failing"]


@dataclass(frozen=True, kw_only=True)
class Edition:
    """An edition with what is known of it: ``state``, and the last day it is in force, None where open.

    ``unsealed`` bears no seal yet, ``changed`` was changed after it was sealed, ``failing`` disagrees with
    its own examples.
    """

    card: RateCard
    state: State
    last_day: dt.date | None = None

    def ended(self, day: dt.date) -> bool:
        """Whether the edition is no longer in force on a day."""
        return self.last_day is not None and day > self.last_day


def judged(card: RateCard, last_day: dt.date | None = None) -> Edition:
    """A card with its state: its examples are worked, its seal is compared."""
    seal = card.heading.sealed
    state: State = "sealed" if seal == card.sha256 else "changed" if seal else "unsealed"
    if state != "changed" and not agrees(card):
        state = "failing"
    return Edition(card=card, state=state, last_day=last_day)


def in_force(folder: Path, day: dt.date, vocabulary: Vocabulary) -> Mapping[str, Edition]:
    """The sealed edition of each currency that began last, by currency.

    Raises ``QuotecastError`` where none has begun, where two are in force at once, and where the one in
    force was changed after it was sealed or disagrees with its own examples.
    """
    headings = read_headings(folder)
    sealed = [heading for heading in headings if heading.sealed]
    if not sealed:
        raise fail("nothing_sealed", FOLDER, choices=", ".join(heading.id for heading in headings))
    check_overlaps(sealed)
    begun = {heading.currency: heading for heading in sealed if heading.valid_from <= day}
    if not begun:
        raise fail("no_edition", "on", found=day.isoformat(), first=sealed[0].valid_from.isoformat())
    return {
        currency: _proven(folder, heading, vocabulary, last_day(heading, sealed))
        for currency, heading in begun.items()
    }


def named(folder: Path, name: str, vocabulary: Vocabulary) -> Edition:
    """The edition of that id, whatever its state; raises ``QuotecastError`` where it cannot be read."""
    headings = read_headings(folder)
    if name not in {heading.id for heading in headings}:
        choices = ", ".join(heading.id for heading in headings)
        raise fail("unknown_reference", "edition", found=name, choices=choices)
    heading = next(heading for heading in headings if heading.id == name)
    sealed = [other for other in headings if other.sealed]
    return judged(read_card(folder, name, vocabulary, sealed=False), last_day(heading, sealed))


def unsealed(folder: Path) -> tuple[Fault, ...]:
    """What to know of every edition that bears no seal: sound or not, it prices nothing by itself."""
    return tuple(
        Fault(code="not_sealed", place=f"{FOLDER}/{heading.id}", values={"found": heading.id})
        for heading in read_headings(folder)
        if not heading.sealed
    )


def read_headings(folder: Path) -> list[Heading]:
    """The heading of every edition, the oldest first."""
    paths = headed(folder, FOLDER, "card.toml")
    return sorted(
        read_each(paths, lambda path: read_placed(cards.read_heading, path, folder)),
        key=lambda heading: heading.valid_from,
    )


def read_card(folder: Path, name: str, vocabulary: Vocabulary, *, sealed: bool = True) -> RateCard:
    """The whole edition of that id; with ``sealed=False`` a broken seal is no fault."""
    path = folder / FOLDER / name / "card.toml"
    return read_placed(lambda path: cards.read_card(path.parent, vocabulary, sealed=sealed), path, folder)


def _proven(folder: Path, heading: Heading, vocabulary: Vocabulary, last: dt.date | None) -> Edition:
    edition = judged(read_card(folder, heading.id, vocabulary), last)
    if edition.state == "failing":
        raise fail("edition_fails", f"{FOLDER}/{heading.id}/examples.toml", found=heading.id)
    return edition


def check_overlaps(headings: Iterable[Heading]) -> None:
    """Raises ``QuotecastError`` for two editions of one currency in force on one day."""
    ordered = sorted(headings, key=lambda heading: heading.valid_from)
    for one, other in itertools.combinations(ordered, 2):
        last = last_day(one, ordered)
        if one.currency == other.currency and (last is None or last >= other.valid_from):
            place = f"{FOLDER}/{other.id}/card.toml"
            raise fail("editions_overlap", place, found=one.id, other=other.id)


def check_scenarios(headings: Iterable[Heading], scenarios: Iterable[str]) -> None:
    """Raises ``QuotecastError`` for every edition under a scenario that is not among the known ids."""
    known = tuple(scenarios)
    raise_any(
        Fault(
            code="unknown_reference",
            place=f"{FOLDER}/{heading.id}/card.toml:scenario",
            values={"found": heading.scenario, "choices": ", ".join(known)},
        )
        for heading in headings
        if heading.scenario not in known
    )


def last_day(heading: Heading, among: Iterable[Heading]) -> dt.date | None:
    """The last day an edition is in force: its own, or the eve of the one that supersedes it.

    Only a later edition of the same currency can supersede one.
    """
    heirs = [
        other.valid_from
        for other in among
        if (other.supersedes, other.currency) == (heading.id, heading.currency)
        and other.valid_from > heading.valid_from
    ]
    days = [day - dt.timedelta(days=1) for day in heirs]
    if heading.valid_until is not None:
        days.append(heading.valid_until)
    return min(days, default=None)
