"""Editions of prices in memory: the default one with a change, and small ones made for a test."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from opened import FOLDER, RULES

from estimator.contract import editions
from estimator.contract.card_faults import card_faults
from estimator.contract.examples import UNROUNDED, known, nature_of, number_of
from estimator.contract.pricing import priced_at
from estimator.contract.rate_card import Examples, Heading, RateCard, Rounding
from estimator.rules.cards import read_card
from estimator.rules.words import read_vocabulary
from estimator.values import tables
from estimator.values.errors import Fault, QuotecastError
from estimator.values.money import plain
from estimator.values.tables import Table
from estimator.values.text import Text

EDITION = FOLDER / "rate_cards" / "2026-11-30"
VOCABULARY = read_vocabulary(FOLDER)
DEFAULT = read_card(EDITION, VOCABULARY, sealed=False)
EARLIER = read_card(EDITION.with_name("2026-11-01"), VOCABULARY, sealed=False)
"""The edition before, for tests in which another follows on a day before the one in force."""
FACTS = DEFAULT.facts
TABLES = {name: tables.read(EDITION / f"{name}.csv") for name in (*DEFAULT.heading.tables, *editions.ALWAYS)}

CHARGES = """id,position,kind,settles,label_en,label_zh,rationale,source
base_fee,1,fixed,month,Base fee,基础服务费,why,test
"""
CLAUSES = """id,kind,label_en,label_zh,rationale,source
clause.tax,tax,Without tax,不含税,why,test
"""
GUARDS = """id,severity,approver_en,approver_zh,label_en,label_zh,rationale,source
note.a,note,,,Note,提示,why,test
"""


def assemble(changed: Mapping[str, Table]) -> RateCard:
    """The default edition with some of its tables exchanged; only those are read again."""
    found: list[Fault] = []
    rows = {name: editions.rows(table, name, VOCABULARY, found) for name, table in changed.items()}
    card = replace(
        DEFAULT,
        tables=tuple(replace(t, rules=rows[t.name]) if t.name in rows else t for t in DEFAULT.tables),
        **{name: rows[name] for name in editions.ALWAYS if name in rows},
    )
    if found or (found := list(card_faults(card))):
        raise QuotecastError(found)
    return card


def with_cell(name: str, row: int, column: str, text: str) -> dict[str, Table]:
    """One table of the default edition with one cell changed."""
    table = TABLES[name]
    rows = list(table.rows)
    rows[row] = replace(rows[row], cells={**rows[row].cells, column: text})
    return {name: replace(table, rows=tuple(rows))}


def small(files: Mapping[str, str], choice: str = "each", step: int | None = None) -> RateCard:
    """An edition of a few tables, each the text of its file; ``base_fee`` is its one charge."""
    words = Text(en="Rounded", zh="取整")
    rounded = Rounding(step=step or 1, label=words, rationale="why", source="test")
    heading = Heading(
        id="test",
        label=Text(en="Test", zh="测试"),
        valid_from=dt.date(2027, 1, 1),
        currency="USD",
        scenario="expected",
        rounding={} if step is None else {"base_fee": rounded},
        tables={name: choice for name in files if name not in editions.ALWAYS},
    )
    texts = {"charges": CHARGES, "clauses": CLAUSES, "guards": GUARDS, **files}
    parsed = {name: tables.parse(text.encode(), f"{name}.csv") for name, text in texts.items()}
    return editions.assemble(heading, parsed, Examples(), VOCABULARY)


def with_one_edition(folder: Path, card: RateCard = DEFAULT) -> Path:
    """A copy of the shipped rules in which one edition is the only one, by default that in force, and so is
    the market of ``DAY``."""
    shutil.copytree(FOLDER, folder)
    for edition in (folder / "rate_cards").iterdir():
        if edition.name != card.id:
            shutil.rmtree(edition)
    for market in (folder / "markets").iterdir():
        if market.name != RULES.market.id:
            shutil.rmtree(market)
    return folder


def add_edition(
    rules: Path,
    day: str,
    *,
    cells: tuple[tuple[str, str, str], ...] = (),
    heading: tuple[tuple[str, str], ...] = (),
    sealed: bool = True,
    supersedes: str | None = None,
    also: Callable[[Path], None] = lambda _: None,
) -> RateCard:
    """An edition that begins on ``day`` in a folder of rules: the one that is there with some texts changed.

    ``cells`` are (file, old, new), ``heading`` (old, new) of ``card.toml``; ``also`` changes its
    files besides. Its examples are worked anew.
    """
    folder = rules / "rate_cards" / day
    base = DEFAULT if (rules / "rate_cards" / DEFAULT.id).is_dir() else EARLIER
    shutil.copytree(EDITION.with_name(base.id), folder)
    also(folder)
    for file, old, new in cells:
        _put(folder / file, old, new)
    card = folder / "card.toml"
    _put(card, base.heading.sealed or "", "")
    _put(card, 'sealed = ""\n', "")
    _put(card, f'id = "{base.id}"', f'id = "{day}"')
    _put(card, f"valid_from = {base.heading.valid_from}", f"valid_from = {day}")
    if base.heading.supersedes:
        _put(card, f'supersedes = "{base.heading.supersedes}"\n', "")
    for old, new in heading:
        _put(card, old, new)
    top = f'supersedes = "{supersedes}"\n' if supersedes else ""
    card.write_text(top + card.read_text("utf-8"), "utf-8")
    words = read_vocabulary(rules)
    made = read_card(folder, words)
    (folder / "examples.toml").write_text(_worked_anew(made), "utf-8")
    if sealed:
        card.write_text(f'sealed = "{made.sha256}"\n' + card.read_text("utf-8"), "utf-8")
    return read_card(folder, words)


def _put(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, f"{path.name} does not hold {old}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def _worked_anew(card: RateCard) -> str:
    """The edition's examples with what its prices come to now, as a file of TOML."""
    lines = []
    made = [priced_at(known(example, card, ""), card, None) for example in card.examples.example]
    natures = {charge.id: nature_of(charge) for priced in made for charge in priced.terms.charges}
    for name, charges in (("charges", natures | card.examples.charges), ("usual", card.examples.usual)):
        lines += [f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in charges.items())]
    for index, example in enumerate(card.examples.example):
        priced = priced_at(known(example, card, str(index)), card, None)
        listed = {charge.id: number_of(charge) for charge in priced.terms.charges}
        listed = {**dict.fromkeys(card.examples.usual, "none"), **listed}
        last = {step.charge: step.after for step in priced.steps if step.verb in UNROUNDED}
        lines += ["[[example]]", f"why = {_toml(example.why)}"]
        lines += [f"facts = {_toml(example.facts)}", f"charges = {_toml(listed)}"]
        lines += [f"exact = {_toml({name: plain(last[name]) for name in example.exact})}"]
        lines += [f"covers = {_toml(list(example.covers))}"]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
