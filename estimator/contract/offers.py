"""Offer: terms with a way of operating and the examples that test them, and how its file is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from estimator.brief.brief import Operation
from estimator.brief.kpis import Kpi
from estimator.brief.vocabulary import Vocabulary
from estimator.contract.rule_place import RulePlace
from estimator.contract.terms import Terms
from estimator.values.errors import fail
from estimator.values.money import Number, Share, plain
from estimator.values.text import Text
from estimator.values.validation import MOST_BYTES, Frozen, parse_json, parse_toml, read_text, validated


class Example(Frozen):
    """A history worked by hand, which is the offer's test: quantities by month, and what they come to.

    ``lines`` gives what single charges come to over all months; ``pending`` the charges that wait.
    """

    why: str
    actuals: dict[str, Annotated[tuple[Number | Literal[""], ...], Field(strict=False)]]
    stores: Annotated[int, Field(ge=1)] = 1
    total: Number
    credits: Number = Decimal(0)
    lines: dict[str, Number] = Field(default_factory=dict)
    pending: Annotated[tuple[str, ...], Field(strict=False)] = ()


class AdsShare(Frozen):
    """The share of GMV that buys ads out of the fee, where the terms cover ads: between what and what."""

    low: Annotated[Share, Field(gt=0)]
    high: Annotated[Share, Field(gt=0)]
    grade: Literal["platform document", "own data", "published", "expert", "guess"]
    source: str = Field(min_length=1)
    note: Text

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.low > self.high:
            span = f"{plain(self.low)} .. {plain(self.high)}"
            raise PydanticCustomError("range_falls", "range", {"found": span, "at": ("low",)})
        return self


class Offer(Frozen):
    """Terms together with a way of operating.

    ``ads_share`` says what ads are bought for where the terms cover them. ``offered`` is the span of dates
    in which it could be taken; None is open. An assumption of ours where a public text is silent is named
    in ``assumptions``.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text
    note: Text | None = None
    assumptions: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    source: str = Field(min_length=1)
    as_of: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    offered: Annotated[tuple[str, str], Field(strict=False)] | None = None
    operation: Operation
    terms: Terms
    ads_share: AdsShare | None = None
    examples: Annotated[tuple[Example, ...], Field(strict=False)] = ()


def parse_offer(
    content: Mapping[str, Any],
    kpis: Mapping[str, Kpi],
    place: str,
    text: str = "",
    vocabulary: Vocabulary | None = None,
) -> Offer:
    """An offer as its file holds it; goals name KPIs by id. Raises ``QuotecastError``.

    The platforms it counts are checked against ``vocabulary`` where it is given.
    """
    return validated(Offer, _with_rules(_with_kpis(content, kpis, place), place, text), place, vocabulary)


def read(
    path: Path,
    kpis: Mapping[str, Kpi],
    offers: tuple[str, ...] = (),
    vocabulary: Vocabulary | None = None,
) -> Terms:
    """The terms in a file: an offer, bare terms (both TOML), or a quote as JSON with its ``contract``.

    Raises ``QuotecastError`` with every fault and its place.
    """
    if not path.is_file() and offers:
        raise fail("not_found", str(path), choices=", ".join((*offers, "FILE.toml")))
    text = read_text(path, MOST_BYTES)
    content = parse_json(text, path.name) if path.suffix == ".json" else parse_toml(text, path.name)
    if "contract" in content:
        agreed = validated(Terms, content["contract"], f"{path.name}:contract", vocabulary)
        if content.get("contract_sha256", agreed.fingerprint) != agreed.fingerprint:
            raise fail("contract_edited", f"{path.name}:contract")
        return agreed
    if "terms" in content:
        return parse_offer(content, kpis, path.name, text, vocabulary).terms
    ruled = _with_rules({"terms": _with_kpis(content, kpis, path.name)}, path.name, text)
    return validated(Terms, ruled["terms"], path.name, vocabulary)


def _with_kpis(content: Any, kpis: Mapping[str, Kpi], place: str) -> Any:
    """The content with every goal's KPI id and ``at_least``/``at_most`` made a whole goal."""
    if isinstance(content, list):
        return [_with_kpis(item, kpis, place) for item in content]
    if not isinstance(content, Mapping):
        return content
    if isinstance(content.get("kpi"), str):
        if content["kpi"] not in kpis:
            raise fail("unknown_reference", place, found=content["kpi"], choices=", ".join(kpis))
        sides = [side for side in ("at_least", "at_most") if side in content]
        if len(sides) != 1:
            raise fail("goal_levels", place)
        goal = {key: value for key, value in content.items() if key not in sides}
        return {
            **goal,
            "kpi": kpis[content["kpi"]],
            "level": content[sides[0]],
            "at_least": sides[0] == "at_least",
        }
    return {key: _with_kpis(value, kpis, place) for key, value in content.items()}


def _with_rules(content: dict[str, Any], place: str, text: str) -> dict[str, Any]:
    """The content with ``file:line#id`` as the rule of every charge that names none."""
    terms = content.get("terms")
    if not isinstance(terms, dict) or not isinstance(terms.get("charges"), list):
        return content
    lines = {
        match[1]: number
        for number, line in enumerate(text.splitlines(), start=1)
        if (match := re.match(r'\s*id\s*=\s*"([^"]*)"', line))
    }

    def rule_of(name: str) -> str:
        return str(RulePlace(file=place, line=lines.get(name, 0), id=name))

    charges = [
        {"rule": rule_of(str(charge.get("id"))), **charge} if isinstance(charge, dict) else charge
        for charge in terms["charges"]
    ]
    return {**content, "terms": {**terms, "charges": charges}}
