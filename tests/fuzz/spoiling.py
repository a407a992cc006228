"""Spoiled inputs: examples with something wrong in them, and data made from a schema."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from typing import Any

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?")
QUOTED = re.compile(r'"[^"\n]*"')
KEY = re.compile(r"(?m)^\s*(\w+)(?= *=)")
EXTREMES = (
    *(
        "0",
        "-1",
        "1",
        "0.01",
        "0.5",
        "1e-320",
        "1e-30",
        "1e12",
        "1e13",
        "1e308",
        "1e999",
        "-0.0",
        "nan",
        "inf",
    ),
    *("999999999999", "1000000000", "1000000000000", "0.000000000000000000000000000001", "٤٠", "４０", "1,5"),
    *("9" * 50, "9" * 6000, "0x" + "f" * 60, "true", '"x"', "[]", "{}", "[1, 36]", "2026-13-01", "null"),
)
TEXTS = (
    *(
        "",
        " ",
        "unknown",
        "不知道",
        "0",
        "-1",
        "1e12",
        "100%",
        "101%",
        "1:0",
        "36",
        "2万-3万",
        "=1+1",
        "<b>",
        "n/a",
    ),
    *(
        "\u202e",
        "\ufeff",
        "e\u0301",
        "\U0001f600",
        "\ud7ff",
        "ﷺ" * 50,
        "x" * 30_000,
        "a|b|a",
        "|",
        '"',
        "\\u0000",
    ),
    *("tiktok_shop", "own_site", "performance", "roas", "return_rate", "USD", "CNY", "2027-01", "every", "*"),
)
MARKS = (",", '"', "\n", "\t", "\0", "'", ";", "[", "]", "{", "=", "|", "\r", "#", "。", "\u2028", "\x85")
HUGE = 2_000
"""How often a line is repeated at most."""


def spoiled(example: bytes, dice: random.Random) -> bytes:
    """An example with one to four things wrong in it."""
    try:
        text = example.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _bytes(example, dice)
    for _ in range(dice.choice((1, 1, 2, 4))):
        text = dice.choice(WAYS)(text, dice)[:200_000]
    content = text.encode("utf-8", "surrogatepass")
    return _bytes(content, dice) if dice.random() < 0.03 else content


def _bytes(content: bytes, dice: random.Random) -> bytes:
    """Content with bytes changed, its end cut off, or in another encoding."""
    spoilt = bytearray(content)
    for _ in range(dice.randint(0, 4)):
        spoilt[dice.randrange(len(spoilt) or 1) : dice.randrange(len(spoilt) or 1)] = bytes(
            [dice.randrange(256)]
        )
    return bytes(spoilt[: dice.randint(0, len(spoilt))] if dice.random() < 0.5 else spoilt)


def _swap(found: re.Pattern[str], others: Callable[[random.Random, list[str]], str]) -> Callable[..., str]:
    def swap(text: str, dice: random.Random) -> str:
        places = list(found.finditer(text))
        if not places:
            return text
        place = dice.choice(places)
        return text[: place.start()] + others(dice, [one[0] for one in places]) + text[place.end() :]

    return swap


def _lines(change: Callable[[list[str], int, random.Random], None]) -> Callable[..., str]:
    def changed(text: str, dice: random.Random) -> str:
        lines = text.splitlines(keepends=True)
        if lines:
            change(lines, dice.randrange(len(lines)), dice)
        return "".join(lines)

    return changed


def _drop(lines: list[str], at: int, dice: random.Random) -> None:
    del lines[at : at + dice.choice((1, 1, 3))]


def _double(lines: list[str], at: int, dice: random.Random) -> None:
    lines[at:at] = lines[at : at + 1] * dice.choice((1, 1, 1, 50, HUGE))


def _move(lines: list[str], at: int, dice: random.Random) -> None:
    lines.insert(dice.randrange(len(lines)), lines.pop(at))


def _cell(text: str, dice: random.Random) -> str:
    """Another text in place of a cell between commas."""
    cells = re.split(r"([,\n|])", text)
    cells[dice.randrange(0, len(cells), 2)] = dice.choice(TEXTS + EXTREMES)
    return "".join(cells)


def _mark(text: str, dice: random.Random) -> str:
    at = dice.randint(0, len(text))
    return text[:at] + dice.choice(MARKS) + text[at:]


WAYS = (
    _swap(NUMBER, lambda dice, _: dice.choice(EXTREMES)),
    _swap(NUMBER, lambda dice, _: dice.choice(EXTREMES)),
    _swap(QUOTED, lambda dice, _: '"' + dice.choice(TEXTS).replace('"', "") + '"'),
    _swap(QUOTED, lambda dice, found: dice.choice(found)),
    _swap(QUOTED, lambda dice, _: dice.choice(EXTREMES)),
    _swap(KEY, lambda dice, found: dice.choice(found)),
    _cell,
    _mark,
    _lines(_drop),
    _lines(_double),
    _lines(_move),
    lambda text, dice: text[: dice.randint(0, len(text))],
)


def made(schema: Mapping[str, Any], dice: random.Random, whole: Mapping[str, Any] | None = None) -> Any:
    """Data as a JSON schema describes it, some of it at the ends of what it allows, and rarely beside it."""
    whole = whole or schema
    if dice.random() < 0.02:
        return dice.choice((None, True, -1, 10**13, "", "x", [], {}, [[]], "1e-320"))
    if "$ref" in schema:
        return made(whole["$defs"][schema["$ref"].rpartition("/")[2]], dice, whole)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return made(dice.choice(schema[several]), dice, whole)
    if "const" in schema or "enum" in schema:
        return schema.get("const") if "const" in schema else dice.choice(schema["enum"])
    match schema.get("type"):
        case "object":
            return _object(schema, dice, whole)
        case "array":
            items = schema.get("prefixItems")
            if items:
                return [made(item, dice, whole) for item in items]
            return [made(schema.get("items", {}), dice, whole) for _ in range(dice.choice((0, 1, 1, 2, 5)))]
        case "integer":
            ends = schema.get("minimum", 0), schema.get("maximum", 10)
            return dice.choice((*ends, 0, 1, 3, 36))
        case "boolean":
            return dice.random() < 0.5
        case "number":
            return dice.choice(("0", "0.5", "1", "20000", "1000000000000"))
        case "null":
            return None
    return dice.choice(("0", "0.1", "1", "2.5", "20000", "1000000000", "2027-01", "USD", *TEXTS))


def _object(schema: Mapping[str, Any], dice: random.Random, whole: Mapping[str, Any]) -> dict[str, Any]:
    needed = schema.get("required", ())
    return {
        name: made(inner, dice, whole)
        for name, inner in schema.get("properties", {}).items()
        if name in needed or dice.random() < 0.3
    }
