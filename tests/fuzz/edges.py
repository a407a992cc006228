"""The edges: all that reads what others wrote, each with its examples and how it is read and answered."""

from __future__ import annotations

import base64
import json
import random
import shutil
import tempfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from books import Clock, new_book
from doors import link, sent
from exported import FILES, FOLDER, read
from opened import FOLDER as RULES_FOLDER

from estimator.batch import file as batch
from estimator.batch.answers import answers
from estimator.brief.brief import Brief
from estimator.brief.link import VERSION, Link, pack, unpack
from estimator.comparing import lineup
from estimator.contract import offers
from estimator.contract.card_faults import card_faults
from estimator.contract.terms import Terms
from estimator.door.forms import Keys
from estimator.earnings import actuals
from estimator.earnings.settlement import fees
from estimator.market.points import Points
from estimator.presentation.import_text import understood_text
from estimator.presentation.quote_text import as_text
from estimator.presentation.statement_text import read_aloud
from estimator.presentation.words import Words
from estimator.quoting import whatif
from estimator.quoting.make import make
from estimator.quoting.shown import Shown
from estimator.rules.cards import read_card
from estimator.rules.reading import read_markets, read_scenarios
from estimator.rules.rules import open_rules
from estimator.schemas.quote import as_json
from estimator.schemas.statement import statement
from estimator.values.errors import QuotecastError, fail

RULES = open_rules()
FEW = Points(number=16, scrambles=4)
"""Enough for a quote that nobody reads."""
PLATFORMS = RULES.vocabulary.ids("platforms")
WORDS = tuple(
    Words(language, vocabulary=RULES.vocabulary, remarks=RULES.remarks) for language in ("en", "zh")
)
EDITION = max((RULES_FOLDER / "rate_cards").iterdir())
MARKET = max((RULES_FOLDER / "markets").iterdir())
SENT = tempfile.TemporaryDirectory(prefix="quotecast-fuzz-")
PLACE = Path(SENT.name)


@dataclass(frozen=True, kw_only=True)
class Edge:
    """``examples`` are what is spoiled, ``answer`` reads a case and gives the Chinese that came of it.

    With ``deep`` it makes a quote too. ``schema`` describes data that may be made up besides; ``as_case``
    puts such data into the form in which it comes.
    """

    examples: Sequence[bytes]
    answer: Callable[[bytes, bool], str]
    schema: dict[str, Any] | None = None
    as_case: Callable[[Any], bytes] = lambda made: json.dumps(made, ensure_ascii=False).encode()


def _files(*globs: str) -> list[bytes]:
    return [path.read_bytes() for glob in globs for path in sorted(Path().glob(glob))]


def _put(content: bytes, name: str) -> Path:
    path = PLACE / name
    path.write_bytes(content)
    return path


def _quoted(brief: Brief, deep: bool) -> str:
    """A quote of a brief in words, at few points; it must be JSON too."""
    if not deep:
        return ""
    made = make(brief, RULES, points=FEW)
    json.dumps(as_json(made, RULES.vocabulary.question).model_dump(mode="json"), allow_nan=False)
    return [as_text(made, words) for words in WORDS][-1]


def _brief(content: bytes, deep: bool) -> str:
    return _quoted(RULES.reader.read(_put(content, "brief.toml")), deep)


def _link(content: bytes, deep: bool) -> str:
    value = VERSION + base64.urlsafe_b64encode(zlib.compress(content)).decode().rstrip("=")
    opened = unpack(value, RULES.vocabulary)
    whatif.parse(opened.extras, RULES.market)
    chosen = lineup.parse(opened.extras.get("compare", {}), opened.brief.currency, RULES)
    if faults := [fault for fault, _ in chosen.faults.values()]:
        raise QuotecastError(faults)
    if shown := Shown.read(opened.extras.get("shown")):
        return WORDS[1].money(shown.price, "USD")
    return _quoted(opened.brief, deep)


def _terms(content: bytes, deep: bool) -> str:
    name = "terms.json" if content.lstrip().startswith(b"{") else "terms.toml"
    agreed = offers.read(_put(content, name), RULES.kpis, (), RULES.vocabulary)
    if not deep:
        return ""
    counted = actuals.read([Path("examples/actuals.csv")], agreed, PLATFORMS, exchange=RULES.exchange)
    return read_aloud(statement(agreed, fees(agreed, counted), counted), "zh")


@cache
def _agreed() -> Terms:
    return RULES.offers["full_service_tiers"].terms


def _actuals(content: bytes, deep: bool) -> str:
    counted = actuals.read([_put(content, "actuals.csv")], _agreed(), PLATFORMS, exchange=RULES.exchange)
    return read_aloud(statement(_agreed(), fees(_agreed(), counted), counted), "zh")


def _prospects(content: bytes, deep: bool) -> str:
    source = batch.source(_put(content, "prospects.csv"), RULES.vocabulary)
    faults, briefs = [], []
    for part in batch.parts(source, 500):
        for row in batch.read(part, RULES):
            faults += row.faults if isinstance(row, batch.Rejected) else ()
            briefs += [] if isinstance(row, batch.Rejected) else [row.brief]
    answered = answers(briefs[:20], RULES, points=FEW) if deep else ()
    faults += [fault for one in answered if isinstance(one, tuple) for fault in one]
    if faults:
        raise QuotecastError(faults)
    return ""


def _card(content: bytes, deep: bool) -> str:
    """An edition in which one file is another: the name stands in the first line."""
    name, _, text = content.partition(b"\n")
    folder = PLACE / EDITION.name
    shutil.copytree(EDITION, folder, dirs_exist_ok=True)
    table = name.decode()
    kept = (folder / table).read_bytes()
    try:
        (folder / table).write_bytes(text)
        card = read_card(folder, RULES.vocabulary, sealed=False)
        if deep and (faults := list(card_faults(card))):
            raise QuotecastError(faults)
    finally:
        (folder / table).write_bytes(kept)
    return ""


def _market(content: bytes, deep: bool) -> str:
    """A market, or the usual scenario, in which one file is another."""
    name, _, text = content.partition(b"\n")
    folder = PLACE / "rules"
    shutil.copytree(MARKET, folder / "markets" / MARKET.name, dirs_exist_ok=True)
    shutil.copytree(RULES_FOLDER / "scenarios", folder / "scenarios", dirs_exist_ok=True)
    of_market = name != b"expected.toml"
    path = (folder / "markets" / MARKET.name if of_market else folder / "scenarios") / name.decode()
    kept = path.read_bytes()
    try:
        path.write_bytes(text)
        if of_market:
            read_markets(folder, RULES.vocabulary)
        else:
            read_scenarios(folder, RULES.vocabulary)
    finally:
        path.write_bytes(kept)
    return ""


def _typed(content: bytes, deep: bool) -> str:
    """What is typed into a field: its name, a tab, the text."""
    name, _, text = content.decode(errors="replace").partition("\t")
    if name in RULES.kpis:
        RULES.reader.level(name, text, "USD")
    elif name in RULES.vocabulary.by_id:
        RULES.reader.fact(RULES.vocabulary.by_id[name], text, "USD")
    else:
        faults = lineup.parse({"typed": {name: text}}, "USD", RULES).faults
        if faults:
            raise QuotecastError([fault for fault, _ in faults.values()])
    return ""


@cache
def _door() -> tuple[Any, Keys, Clock, str]:
    clock = Clock()
    (PLACE / "book").mkdir()
    book = new_book(PLACE / "book", clock)
    token = link(book, sent(book).reference).removeprefix("/q/")
    return book, Keys(b"k" * 32), clock, token


def _token(content: bytes, deep: bool) -> str:
    """A link's token and a form's, as the door gets them."""
    book, keys, clock, _ = _door()
    token, _, form = content.decode(errors="replace").partition("\t")
    book.links.open(token, keys.visitor(form))
    keys.read_form(token, form, clock())
    return ""


def _export(content: bytes, deep: bool) -> str:
    understood = read([("export 20261001-20261031", content)], currency="USD")
    if not understood.months:
        raise fail("export_without_rows", "export")
    return [understood_text(understood, words) for words in WORDS][-1]


def _named(folder: Path, *names: str) -> list[bytes]:
    names = names or tuple(path.name for path in sorted(folder.iterdir()) if path.suffix in (".csv", ".toml"))
    return [f"{name}\n".encode() + (folder / name).read_bytes() for name in names]


def _links() -> list[bytes]:
    """The inside of links of every example, with all that a link may carry."""
    extras = {
        "confidence": 0.8,
        "compare": {"offers": ["in_house", "agency"], "one": "", "typed": {"base": "5k", "commission": "8%"}},
        "overrides": ['{"assumption":"orders","how":"replace","low":1,"high":2,"by":"prospect","why":"x"}'],
        "shown": {"inputs": "0", "day": "2026-12-01", "edition": "x", "price": 1.0, "chance": 0.5},
        "trade": '{"base":"5850","months":9}',
    }
    every = []
    for path in sorted(Path("examples/briefs").glob("*.toml")):
        value = pack(Link(brief=RULES.reader.read(path), scenario="cautious", extras=extras))[1:]
        every.append(zlib.decompress(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))))
    return every


SAID = [
    "20k",
    "两万",
    "3-5万",
    "约2万",
    "8%",
    "8个点",
    "1:3",
    "2.5x",
    "30小时",
    "2027-01",
    "20.000",
    "不知道",
    "5%以上",
    "一万五",
    "half",
]


def _said() -> list[bytes]:
    fields = (*RULES.vocabulary.by_id, *RULES.kpis, *lineup.TYPED)
    return [f"{field}\t{text}".encode() for field in fields for text in SAID]


def _tokens() -> list[bytes]:
    _, keys, clock, token = _door()
    return [f"{token}\t{keys.new_form(token, clock())}".encode()]


def _as_toml(made: Any) -> bytes:
    """Data in the one JSON that TOML shares: a table a line. What has no place in TOML is left out."""

    def value(one: Any) -> str:
        match one:
            case dict():
                told = ((name, inner) for name, inner in one.items() if inner is not None)
                return "{" + ", ".join(f"{json.dumps(name)} = {value(inner)}" for name, inner in told) + "}"
            case list():
                return "[" + ", ".join(value(inner) for inner in one if inner is not None) + "]"
        return json.dumps(one, ensure_ascii=False)

    if not isinstance(made, dict):
        return value(made).encode("utf-8", "surrogatepass")
    lines = (f"{name} = {value(inner)}" for name, inner in made.items() if inner is not None)
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def _as_link(made: Any) -> bytes:
    return json.dumps({"b": made}).encode()


def _as_contract(made: Any) -> bytes:
    return json.dumps({"contract": made}).encode()


@cache
def edges() -> dict[str, Edge]:
    """Every edge by its name."""
    facts, contract = Brief.model_json_schema(), Terms.model_json_schema()
    terms = _files("pricing_rules/offers/*.toml", "tests/published/*.toml")
    exports = [(FOLDER / name).read_bytes() for name in FILES]
    briefs = _files("examples/briefs/*.toml", "tests/sellers/*.toml")
    return {
        "briefs": Edge(examples=briefs, answer=_brief, schema=facts, as_case=_as_toml),
        "links": Edge(examples=_links(), answer=_link, schema=facts, as_case=_as_link),
        "terms": Edge(examples=terms, answer=_terms, schema=contract, as_case=_as_contract),
        "actuals": Edge(examples=_files("examples/actuals.csv"), answer=_actuals),
        "prospects": Edge(examples=_files("examples/prospects.csv"), answer=_prospects),
        "cards": Edge(examples=_named(EDITION), answer=_card),
        "markets": Edge(
            examples=_named(MARKET) + _named(RULES_FOLDER / "scenarios", "expected.toml"), answer=_market
        ),
        "typed": Edge(examples=_said(), answer=_typed),
        "tokens": Edge(examples=_tokens(), answer=_token),
        "exports": Edge(examples=exports, answer=_export),
    }


def case_of(edge: Edge, name: str, seed: int, index: int) -> bytes:
    """The case of a number, the same each time."""
    from fuzz.spoiling import made, spoiled

    dice = random.Random(f"{seed} {name} {index}")
    if edge.schema is not None and dice.random() < 0.3:
        return edge.as_case(made(edge.schema, dice))
    example = dice.choice(edge.examples)
    if name in ("cards", "markets"):
        head, _, rest = example.partition(b"\n")
        return head + b"\n" + spoiled(rest, dice)
    if name == "typed":
        head, _, rest = example.partition(b"\t")
        return head + b"\t" + spoiled(rest, dice)
    return spoiled(example, dice)
