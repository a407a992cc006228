"""The schemas of the answers: what is published is what is written, and nothing stays without a type."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from opened import PLATFORMS, RULES
from pydantic import BaseModel, ValidationError

from estimator.brief import brief
from estimator.comparing.comparison import compare
from estimator.comparing.crossover import crossovers
from estimator.comparing.flips import all_flips
from estimator.comparing.offers import USUAL, candidate
from estimator.earnings import actuals
from estimator.earnings.settlement import fees
from estimator.market.points import Points
from estimator.quoting import make
from estimator.quoting.estimate import estimate, estimate_drivers
from estimator.quoting.negotiation import MEANS, base_of
from estimator.quoting.pilot import pilot, records
from estimator.quoting.reach import reaching
from estimator.quoting.tipping import flips
from estimator.quoting.trades import equal
from estimator.schemas import comparison
from estimator.schemas.estimate import estimate_json
from estimator.schemas.pilot import pilot_json
from estimator.schemas.quote import as_json
from estimator.schemas.record import Record
from estimator.schemas.statement import statement
from estimator.schemas.trade import promise_json, trade_json

FEW = Points(number=256, scrambles=4)
TYPED = {"type", "$ref", "anyOf", "oneOf", "enum", "const"}
ANSWERS = (
    "quote",
    "promise",
    "trade",
    "pilot",
    "estimate",
    "compare",
    "settle",
    "settle_share",
    "settle_wager",
)


@lru_cache
def quoted(name: str = "home_five_platforms") -> make.Quote:
    return make.make(brief.read(Path(f"examples/briefs/{name}.toml")), RULES, points=FEW)


def settled(offer: str) -> Record:
    terms = RULES.offers[offer].terms
    counted = actuals.read([Path("examples/actuals.csv")], terms, PLATFORMS)
    return statement(terms, fees(terms, counted), counted)


@lru_cache
def answer(name: str) -> Record:
    """One answer of each command, on few draws."""
    quote = quoted()
    match name:
        case "quote":
            return as_json(quote, RULES.vocabulary.question)
        case "promise":
            some = quoted("seed_beauty")
            return promise_json(some, 0.8, [reaching(some, 0.8, index) for index in range(len(some.goals))])
        case "trade":
            trades = [equal(quote, Decimal(3000), means, points=FEW) for means in MEANS]
            return trade_json(quote, base_of(quote.priced.terms, RULES.trade), trades)
        case "pilot":
            return pilot_json(quote, pilot(quote, points=FEW), records(quote, points=FEW))
        case "estimate":
            told = estimate(quote.brief, RULES, points=FEW)
            both = (flips(told, "profit"),)
            return estimate_json(told, tuple(filter(None, both)), estimate_drivers(told))
        case "compare":
            offers = [candidate(offer, quote.brief, RULES) for offer in USUAL]
            compared = compare(quote.brief, offers, RULES, points=FEW)
            return comparison.as_json(compared, all_flips(compared), crossovers(compared))
        case "settle":
            return settled("full_service_tiers")
        case "settle_share":
            return settled("us_agency")
        case _:
            return settled("wager")


def objects(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every record that a schema describes, with its name."""
    yield schema["title"], schema
    yield from schema.get("$defs", {}).items()


def untyped(schema: Any, place: str) -> Iterator[str]:
    """The places of a schema that admit anything whatever."""
    if not TYPED & schema.keys():
        yield place
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield from untyped(schema[name], f"{place}.{name}")
    if schema.get("additionalProperties") is True:
        yield f"{place}.additionalProperties"
    if schema.get("type") == "array" and not {"items", "prefixItems"} & schema.keys():
        yield f"{place}.items"
    for name in ("anyOf", "oneOf", "prefixItems"):
        for member in schema.get(name, ()):
            yield from untyped(member, f"{place}.{name}")
    for name, field in schema.get("properties", {}).items():
        yield from untyped(field, f"{place}.{name}")


each_answer = pytest.mark.parametrize(
    "name",
    # an estimate takes as long as all others
    [pytest.param(name, marks=[pytest.mark.journey] if name == "estimate" else []) for name in ANSWERS],
)


@each_answer
def test_an_answer_reads_its_own_json(name: str) -> None:
    written = answer(name)
    text = json.dumps(written.model_dump(mode="json"), allow_nan=False)
    assert type(written).model_validate_json(text) == written
    assert json.dumps(type(written).model_validate_json(text).model_dump(mode="json")) == text


@each_answer
def test_every_field_of_an_answer_has_a_type_and_every_record_a_meaning(name: str) -> None:
    schema = type(answer(name)).model_json_schema()
    for title, record in objects(schema):
        assert record.get("description"), title
        assert not list(untyped(record, title))


def test_a_field_of_any_type_would_be_noticed() -> None:
    class Loose(BaseModel):
        free: Any
        rows: list[dict[str, Any]]
        told: tuple[int, ...] | None

    assert list(untyped(Loose.model_json_schema(), "Loose")) == [
        "Loose.free",
        "Loose.rows.items.additionalProperties",
    ]


@each_answer
def test_an_answer_refuses_what_its_schema_does_not_name(name: str) -> None:
    written = answer(name)
    data = written.model_dump(mode="json")
    for changed in ({**data, "margin": 1.0}, {**data, "currency": 5}, {**data, "months": "six"}):
        with pytest.raises(ValidationError):
            type(written).model_validate_json(json.dumps(changed))
    for key in data.keys() - {"agency_margin"}:
        with pytest.raises(ValidationError):
            type(written).model_validate_json(json.dumps({k: v for k, v in data.items() if k != key}))


def test_a_settlement_loads_no_other_schema() -> None:
    code = (
        "import sys; from estimator.cli import main;"
        "main(['settle', 'wager', 'examples/actuals.csv', '--json']);"
        "print(*sorted(n for n in sys.modules if n.startswith('estimator.schemas.')), file=sys.stderr)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr
    assert loaded.split() == ["estimator.schemas.record", "estimator.schemas.statement"]
