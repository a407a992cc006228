"""Outside data into strict types: every validation error becomes a fault with place and remedy."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from estimator.errors import Fault, QuotecastError, codes, fail

MOST_BYTES = 1_000_000
"""The largest file of settings read; tables and actuals have their own limit."""

Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], content: Mapping[str, Any], place: str) -> Model:
    """``content`` as a ``model``; raises ``QuotecastError`` with one fault for each thing wrong."""
    try:
        return model.model_validate(dict(content))
    except ValidationError as error:
        details = [{**detail, "loc": _untagged(detail["loc"], content)} for detail in error.errors()]
        raise QuotecastError(_fault(model, detail, place) for detail in details) from None  # type: ignore[arg-type]


def _untagged(location: tuple[int | str, ...], content: Any) -> tuple[int | str, ...]:
    """The location without the names of union members that pydantic puts between the real steps."""
    kept: list[int | str] = []
    here = content
    for index, part in enumerate(location):
        if isinstance(here, Mapping) and part not in here and index < len(location) - 1:
            continue
        kept.append(part)
        if isinstance(here, Mapping):
            here = here.get(part)
        elif isinstance(here, list | tuple) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            here = None
    return tuple(kept)


def read_text(path: Path, most: int) -> str:
    """The text of a file of at most ``most`` bytes, in UTF-8 with or without BOM."""
    if not path.is_file():
        raise fail("no_file", str(path))
    size = path.stat().st_size
    if size > most:
        raise fail("too_big", path.name, found=f"{size / 1e6:.1f}", most=f"{most / 1e6:g}")
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise fail("not_text", path.name) from None


def parse_toml(text: str, place: str) -> dict[str, Any]:
    """A TOML text with exact decimals; raises ``QuotecastError`` naming the line."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise fail("not_toml", place, found=str(error)) from None


def parse_json(text: str, place: str) -> dict[str, Any]:
    """A JSON object with exact decimals; raises ``QuotecastError`` naming the line."""
    try:
        content = json.loads(text, parse_float=Decimal)
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        raise fail("not_json", place, found=str(error)) from None
    if not isinstance(content, dict):
        raise fail("not_json", place, found="no object")
    return content


def spot(location: tuple[int | str, ...]) -> str:
    """Where in nested data: ``stores[0].platform``.

    >>> spot(("stores", 0, "platform"))
    'stores[0].platform'
    """
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _fault(model: type[BaseModel], detail: ErrorDetails, place: str) -> Fault:
    location = spot(detail["loc"])
    where = f"{place}:{location}" if place and location else place or location
    code, values = _words(model, detail)
    return Fault(code=code, place=where, values=values)


def _words(model: type[BaseModel], detail: ErrorDetails) -> tuple[str, dict[str, Any]]:
    found, context = _short(detail["input"]), detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            return "unknown_field", {"found": detail["loc"][-1], "choices": _siblings(model, detail)}
        case "missing":
            return "missing", {"choices": f"{detail['loc'][-1]} = ..."}
        case "literal_error":
            return "not_a_choice", {"found": found, "choices": context["expected"].replace("'", "")}
        case "greater_than_equal":
            return "below_least", {"found": found, "least": context["ge"]}
        case "greater_than":
            return "below_least", {"found": found, "least": f"> {context['gt']}"}
        case "less_than_equal":
            return "above_most", {"found": found, "most": context["le"]}
        case "int_type" | "int_parsing" | "int_from_float":
            return "not_whole", {"found": found}
        case "string_pattern_mismatch" if "-" in context.get("pattern", ""):
            return "unknown_month", {"found": found}
        case kind if kind in codes():
            return kind, dict(context)
        case kind:
            return "wrong_type", {
                "found": found,
                "expected": kind.removesuffix("_type"),
                "example": _example(kind),
            }


def _siblings(model: type[BaseModel], detail: ErrorDetails) -> str:
    """The fields that could have been meant: the nearest by spelling, else all."""
    names = _fields_at(model, detail["loc"][:-1])
    near = get_close_matches(str(detail["loc"][-1]), names, n=3)
    return ", ".join(near or names)


def _fields_at(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    here: type[BaseModel] = model
    for part in location:
        if isinstance(part, int) or part not in here.model_fields:
            continue
        pending: list[Any] = [here.model_fields[part].annotation]
        while pending:
            kind = pending.pop()
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                here = kind
                break
            pending.extend(get_args(kind))
    return list(here.model_fields)


def _example(kind: str) -> str:
    return {
        "bool_type": "true",
        "string_type": '"text"',
        "tuple_type": "[1, 3]",
        "model_type": "[table]",
        "frozen_set_type": '["training"]',
    }.get(kind, "another value")


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
