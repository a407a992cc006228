"""Outside data into strict types: every validation error becomes a fault with place and remedy.

Pydantic names the type that refused; ``_CODES`` says in which of our words. Its locations hold the names
of union members between the real steps, so ``_walk`` follows them through the model: it knows which parts
are real, and what was expected there.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Self, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from estimator.values.errors import Fault, QuotecastError, codes, cut, escaped, fail, literal, quoted

MOST_BYTES = 1_000_000
"""The largest file of settings read; tables and actuals have their own limit."""
MOST_DEPTH = 20
"""How deep tables and lists may stand within each other; our own files need eight."""

MOST_BITS = 10_000
"""The longest whole number read; Python prints none of more than 4300 digits, which hexadecimal can hold."""

Model = TypeVar("Model", bound=BaseModel)


class Frozen(BaseModel):
    """A record that is strict about types, knows no other fields, and never changes."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values; what was worked out from the old ones is worked out anew."""
        copied = super().model_copy(update=update, deep=deep)
        # pydantic copies cached properties too, which would then speak of the old values
        for name in copied.__dict__.keys() - type(copied).model_fields.keys():
            del copied.__dict__[name]
        return copied


_CODES = {
    "extra_forbidden": "unknown_field",
    "missing": "missing",
    "literal_error": "not_a_choice",
    "union_tag_invalid": "not_a_choice",
    "union_tag_not_found": "missing_kind",
    "greater_than_equal": "below_least",
    "greater_than": "not_above",
    "less_than_equal": "above_most",
    "int_type": "not_whole",
    "float_type": "not_an_amount",
    "finite_number": "not_finite",
    "date_type": "not_a_date",
    "string_type": "not_quoted",
    "string_too_short": "text_too_short",
    "string_too_long": "text_too_long",
    "bool_type": "not_true_or_false",
    "tuple_type": "not_a_list",
    "frozen_set_type": "not_a_list",
    "too_short": "too_few",
    "too_long": "too_many",
    "model_type": "not_a_table",
    "model_attributes_type": "not_a_table",
    "dict_type": "not_a_table",
}
"""The fault for each type of pydantic's errors; those raised in our own validators bear our codes."""
_NAMES = {
    "ge": "least",
    "gt": "least",
    "min_length": "least",
    "le": "most",
    "max_length": "most",
    "line": "entry",
}
"""What our words call the values pydantic gives; inside a file of settings a line is an entry."""
_LISTS = ("not_a_list", "too_few", "too_many")
_KINDS = ("not_quoted", "not_true_or_false", "not_a_list", "not_a_pair", "not_a_table", "not_tables")
_AT = {"union_tag_invalid": ("kind",), "goal_months": ("months",)}
"""The fields that errors of a whole entry are about."""
_PATTERNS = {
    "^[A-Z]{3}$": "not_a_currency",
    r"^20[0-9]{2}-(0[1-9]|1[0-2])$": "not_calendar_month",
    r"^\d{4}-\d{2}-\d{2}$": "not_a_date",
}
"""The fault for a text that does not match; every other pattern is that of an id."""


def validated(model: type[Model], content: object, place: str, context: object = None) -> Model:
    """``content``, whatever it is, as a ``model``; raises ``QuotecastError`` with one fault a place.

    ``context`` is what the model's own validators may read besides, such as the words of the day.
    """
    try:
        return model.model_validate(
            dict(content) if isinstance(content, Mapping) else content, context=context
        )
    except ValidationError as error:
        details = [detail for detail in error.errors() if not _follows(detail)]
    faults: dict[str, Fault] = {}
    for detail in details:
        fault = _fault(model, detail, place)
        faults.setdefault(fault.place, fault)
    raise QuotecastError(faults.values())


def exists(path: Path) -> None:
    """Raises ``QuotecastError`` where there is no file, or a folder."""
    if path.is_dir():
        raise fail("is_folder", str(path))
    if not path.is_file():
        raise fail("no_file", str(path))


def read_text(path: Path, most: int) -> str:
    """The text of a file of at most ``most`` bytes, in UTF-8 with or without BOM."""
    exists(path)
    size = path.stat().st_size
    if size > most:
        raise fail("too_big", path.name, found=f"{size / 1e6:.1f}", most=f"{most / 1e6:g}")
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise fail("not_utf8", path.name) from None
    if "\0" in text:
        raise fail("not_utf8", path.name)
    return text


def parse_toml(text: str, place: str) -> dict[str, Any]:
    """A TOML text with exact decimals; raises ``QuotecastError`` naming the line."""
    try:
        content = tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        line, column = _position(str(error), text)
        code = "written_twice" if _TWICE.search(str(error)) else "not_toml"
        raise fail(code, f"{place}:{line}", column=column) from None
    except RecursionError:
        raise fail("too_deep", place, most=MOST_DEPTH) from None
    except ValueError:  # a whole number of more digits than Python reads
        raise fail("too_long_number", place) from None
    return _bounded(content, place)


def parse_json(text: str, place: str) -> dict[str, Any]:
    """A JSON object with exact decimals; raises ``QuotecastError`` naming the line."""
    try:
        content = json.loads(text, parse_float=_decimal)
    except json.JSONDecodeError as error:
        raise fail("not_json", f"{place}:{error.lineno}") from None
    except RecursionError:
        raise fail("too_deep", place, most=MOST_DEPTH) from None
    except ValueError:
        raise fail("too_long_number", place) from None
    if not isinstance(content, dict):
        raise fail("not_json", place)
    return _bounded(content, place)


_TWICE = re.compile("overwrite|twice|duplicate|redefine|immutable|mutate", re.IGNORECASE)


def _decimal(text: str) -> Decimal:
    """The number written; an exponent beyond what a ``Decimal`` holds becomes one that is still refused."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(re.sub(r"[0-9_]+$", "999999", text))


def _position(message: str, text: str) -> tuple[int, int]:
    """Line and column, both from 1, that tomllib's message names; else the end of the text."""
    if match := re.search(r"at line ([0-9]+), column ([0-9]+)", message):
        return int(match[1]), int(match[2])
    before, _, last = text.rpartition("\n")
    return before.count("\n") + 1 + ("\n" in text), len(last) + 1


def _bounded(content: dict[str, Any], place: str) -> dict[str, Any]:
    """``content`` with nothing so deep or long that reading or printing it would fail further on."""
    level: list[Any] = [content]
    for _ in range(MOST_DEPTH):
        values = [value for item in level for value in (item.values() if isinstance(item, dict) else item)]
        if any(isinstance(value, int) and value.bit_length() > MOST_BITS for value in values):
            raise fail("too_long_number", place)
        level = [value for value in values if isinstance(value, dict | list)]
        if not level:
            return content
    raise fail("too_deep", place, most=MOST_DEPTH)


def spot(location: tuple[int | str, ...]) -> str:
    """Where in nested data: ``stores[0].platform``.

    >>> spot(("stores", 0, "platform"))
    'stores[0].platform'
    """
    text = ""
    for part in location:
        name = cut(escaped(str(part)))
        text += f"[{name}]" if isinstance(part, int) else f".{name}" if text else name
    return text


@dataclass(frozen=True, kw_only=True)
class _Here:
    """A place in a model: the real steps to it, the kind expected there, and the kind it stands in."""

    steps: tuple[int | str, ...]
    kind: Any
    within: Any

    @property
    def name(self) -> str:
        """The last field on the way; an entry goes by the name of its list."""
        return next((quoted(step) for step in reversed(self.steps) if isinstance(step, str)), "")

    @property
    def table(self) -> str:
        """The name of the tables here as TOML heads them: ``charges.due_if``."""
        return ".".join(quoted(step) for step in self.steps if isinstance(step, str))

    @property
    def is_entry(self) -> bool:
        return bool(self.steps) and isinstance(self.steps[-1], int)


def _walk(model: type[BaseModel], location: tuple[int | str, ...]) -> _Here:
    """Where a pydantic location leads, without the names of union members in it."""
    steps: list[int | str] = []
    kind: Any = model
    within: Any = None
    for part in location:
        members = _members(kind)
        if len(members) > 1:
            kind = next((member for member in members if part in _tags(member)), None)
        elif part != "[key]":
            steps.append(part)
            within, kind = members[0], _inner(members[0], part)
    return _Here(steps=tuple(steps), kind=kind, within=within)


def _members(kind: Any) -> tuple[Any, ...]:
    """What a union admits besides None; any other kind alone."""
    if get_origin(kind) is Annotated:
        return _members(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return tuple(member for part in get_args(kind) if part is not type(None) for member in _members(part))
    return (kind,)


def _fields(kind: Any) -> Mapping[str, FieldInfo]:
    return kind.model_fields if isinstance(kind, type) and issubclass(kind, BaseModel) else {}


def _tags(member: Any) -> tuple[str, ...]:
    """The values of ``kind`` by which a union knows this model."""
    field = _fields(member).get("kind")
    return get_args(field.annotation) if field else ()


def _inner(kind: Any, part: int | str) -> Any:
    """The kind expected one step further in."""
    if _fields(kind):
        field = _fields(kind).get(str(part))
        return field.annotation if field else None
    arguments = get_args(kind)
    if not arguments or get_origin(kind) is dict:
        return arguments[1] if arguments else None
    return arguments[part] if _is_pair(kind) and part in (0, 1) else arguments[0]


def _is_pair(kind: Any) -> bool:
    return get_origin(kind) is tuple and len(get_args(kind)) == 2 and get_args(kind)[1] is not ...


def _follows(detail: ErrorDetails) -> bool:
    """Whether pydantic misses only members that are faulty themselves and have faults of their own."""
    given = detail["input"]
    return (
        detail["type"] == "too_short"
        and isinstance(given, list | tuple)
        and len(given) >= detail["ctx"]["min_length"]
    )


def _fault(model: type[BaseModel], detail: ErrorDetails, place: str) -> Fault:
    here, given = _walk(model, detail["loc"]), detail["input"]
    if detail["type"] == "union_tag_invalid":
        given = given["kind"]
    context, code = dict(detail.get("ctx", {})), _code(detail, here)
    steps = here.steps[:-1] if code == "not_a_pair" and here.is_entry else here.steps
    location = spot((*steps, *context.pop("at", _AT.get(detail["type"], ()) if steps else ())))
    values: dict[str, Any] = {
        "found": literal(given) if code in _KINDS else quoted(given),
        "choices": _choices(code, here),
        "table": here.table,
    }
    ours = detail["type"] in codes()
    values |= {_NAMES.get(name, name): value for name, value in context.items() if ours or name in _NAMES}
    if code in ("text_too_long", "too_many"):
        values["found"] = len(given)
    if code == "unknown_field":
        values["found"] = here.name
    return Fault(code=code, place=":".join(filter(None, (place, location))), values=values)


def _code(detail: ErrorDetails, here: _Here) -> str:
    """The fault in our words: by the type of pydantic's, and by what was expected there."""
    code, context = _CODES.get(detail["type"], detail["type"]), detail.get("ctx", {})
    kind = _members(here.kind)[0]
    if code == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], "bad_id")
    if (code == "missing" and here.is_entry) or (code in _LISTS and _is_pair(kind)):
        return "not_a_pair"
    if (code == "not_a_list" and _holds_tables(kind)) or (code == "not_a_table" and here.is_entry):
        return "not_tables"
    if code == "not_a_choice" and type(None) in get_args(here.kind):
        return "not_an_answer"
    if code == "duplicate_row":
        return "repeated_entry"
    if code == "goal_months" and context["most"] == "...":
        return "not_a_span"
    return code if code in codes() else "not_usable"


def _holds_tables(kind: Any) -> bool:
    return any(_fields(member) for argument in get_args(kind)[:1] for member in _members(argument))


def _choices(code: str, here: _Here) -> list[str]:
    """What could be written there."""
    members = _members(here.kind)
    match code:
        case "unknown_field":
            return list(_fields(here.within))
        case "missing":
            return [f"[[{here.table}]]" if _holds_tables(members[0]) else f"{here.name} = ..."]
        case "not_a_table":
            return list(_fields(members[0])) or ["name = ..."]
        case "not_a_list":
            words = get_args(_members(get_args(members[0])[0])[0])[:1] if get_args(members[0]) else ()
            return [f'["{words[0] if words else "..."}"]']
        case _ if len(members) > 1:
            return [tag for member in members for tag in _tags(member)]
        case _:
            return [str(choice) for choice in get_args(members[0])]
