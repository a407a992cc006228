"""The facts and words of a folder of rules, read whole, and what is wrong with their tables.

Which facts a brief holds and by which words code decides is known to the code; what they are called, who is
asked, and all other words stand in the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from estimator.brief.brief import CLOSED, USUAL_PLATFORM, Brief, Store
from estimator.brief.checks import LEVELS
from estimator.brief.vocabulary import ALL, FactWords, Vocabulary, Word
from estimator.contract.facts import DERIVED, DIFFICULTY
from estimator.market.situation import DEFAULT_CATEGORY
from estimator.rules.reading import placed, raise_any, read_placed
from estimator.values import tables
from estimator.values.errors import Fault, QuotecastError

FOLDER = "words"
FACTS, CHOICES = "facts.csv", "choices.csv"
FIXED: Mapping[str, tuple[str, ...]] = MappingProxyType({**CLOSED, "difficulty": DIFFICULTY})
"""Lists by whose words code decides: a new one there needs code as well."""
NAMED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"platform": (USUAL_PLATFORM, "own_site"), "category": (DEFAULT_CATEGORY,)}
)
"""Words of lists that grow which the code names: what is taken where nothing is said, and what may stop."""
NO_FACTS = ("ranges", "name", "note", "currency", "goals", "history", "platform", "ad_share")
"""Fields of a brief and of its stores that answer no question of the vocabulary."""
KNOWN = tuple(
    dict.fromkeys(
        name for name in (*DERIVED, *Brief.model_fields, *Store.model_fields, *LEVELS) if name not in NO_FACTS
    )
)
"""The facts that the code knows."""
USUAL_CURRENCY = "USD"
"""In which the amounts tried are written."""


def read_vocabulary(folder: Path) -> Vocabulary:
    """The facts and words of all days; raises ``QuotecastError`` with every fault of both tables."""
    place = folder / FOLDER
    facts = read_placed(lambda path: tables.records(path, FactWords), place / FACTS, folder)
    words = read_placed(lambda path: tables.records(path, Word), place / CHOICES, folder)
    vocabulary = Vocabulary(facts=facts, words=words)
    raise_any(placed(FOLDER, _faults(vocabulary)))
    return vocabulary


def _faults(vocabulary: Vocabulary) -> Iterator[Fault]:
    yield from _twice((fact.id, fact.place) for fact in vocabulary.facts)
    for name in vocabulary.lists:
        yield from _twice((word.id, word.place) for word in vocabulary.words if word.choices == name)
    for name, expected in (*FIXED.items(), *NAMED.items()):
        for missing in (word for word in expected if word not in vocabulary.lists.get(name, {})):
            values = {"found": missing, "list": name}
            yield Fault(code="no_word", place=f"{CHOICES}:choices", values=values)
    for missing in (name for name in KNOWN if name not in vocabulary.by_id):
        yield Fault(code="no_fact", place=f"{FACTS}:id", values={"found": missing})
    for fact in vocabulary.facts:
        yield from _fact_faults(fact, vocabulary)
    for word in vocabulary.words:
        yield from _word_faults(word, vocabulary)


def _fact_faults(fact: FactWords, vocabulary: Vocabulary) -> Iterator[Fault]:
    """A fact that the code does not know, a list that is none, and answers that are no answers."""
    if fact.id not in KNOWN:
        yield _refused(f"{fact.place}:id", fact.id, KNOWN)
    if (fact.kind in ("choice", "choices")) != (fact.choices in vocabulary.lists):
        yield _refused(f"{fact.place}:choices", fact.choices, vocabulary.lists)
    for column, answers in (("open", fact.open), ("tried", fact.tried if fact.choices else ())):
        for answer in answers:
            if answer not in vocabulary.choices(fact.id):
                yield _refused(f"{fact.place}:{column}", answer, vocabulary.ids(fact.id))
    for text in fact.tried:
        try:
            fact.typed(text, USUAL_CURRENCY)
        except QuotecastError as error:
            yield from _at(f"{fact.place}:tried", error.faults)


def _word_faults(word: Word, vocabulary: Vocabulary) -> Iterator[Fault]:
    """A word of a list that no fact has, or that code would have to know, and attributes out of place."""
    lists = {fact.choices for fact in vocabulary.facts if fact.choices}
    if word.choices not in lists:
        yield _refused(f"{word.place}:choices", word.choices, sorted(lists))
    if word.choices in FIXED and word.id not in FIXED[word.choices]:
        yield _refused(f"{word.place}:id", word.id, FIXED[word.choices])
    platform = vocabulary.choices("platforms").get(word.id) is word
    for column, cell in (("funnel", word.funnel or ""), ("store_kinds", "|".join(word.store_kinds))):
        if platform and not cell:
            yield Fault(code="missing", place=f"{word.place}:{column}", values={"choices": column})
        elif cell and not platform:
            values = {"found": cell, "kind": word.choices}
            yield Fault(code="cell_not_used", place=f"{word.place}:{column}", values=values)
    kinds = (*vocabulary.ids("kind"), ALL)
    for kind in word.store_kinds if platform else ():
        if kind not in kinds:
            yield _refused(f"{word.place}:store_kinds", kind, kinds)


def _at(place: str, faults: Iterable[Fault]) -> Iterator[Fault]:
    """The faults of one cell, at its place."""
    return (Fault(code=fault.code, place=place, values=fault.values) for fault in faults)


def _refused(place: str, text: str, choices: Iterable[str]) -> Fault:
    return Fault(code="not_a_choice", place=place, values={"found": text, "choices": ", ".join(choices)})


def _twice(rows: Iterable[tuple[str, str]]) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for name, place in rows:
        if name in seen:
            values = {"found": name, "other": seen[name]}
            yield Fault(code="stands_already", place=f"{place}:id", values=values)
        seen.setdefault(name, place)
