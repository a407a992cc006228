"""Parties: who sends a quote and who receives it, as they stand on paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from estimator.values.exchange import Currency
from estimator.values.text import Language, Text
from estimator.values.validation import MOST_BYTES, Frozen, parse_toml, read_text, validated

MOST_LETTERS = 200
"""The longest name or line of an address on paper."""

Line = Annotated[str, Field(max_length=MOST_LETTERS)]
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class Party(Frozen):
    """A company on paper: its legal name in both languages, and where it is found. Empty is not stated."""

    name_en: Line = ""
    name_zh: Line = ""
    address: Line = ""
    tax_id: Line = ""
    contact: Line = ""
    role: Line = ""
    email: Line = ""
    phone: Line = ""
    wechat: Line = ""

    @field_validator("*", mode="before")
    @classmethod
    def _one_line(cls, value: object) -> object:
        """Text without edges and without characters that nobody sees."""
        if isinstance(value, str) and (unseen := _CONTROL.search(value)):
            code = f"U+{ord(unseen[0]):04X}"
            raise PydanticCustomError("unseen_character", "text", {"found": code})
        return value.strip() if isinstance(value, str) else value

    def name(self, language: Language) -> str:
        """The legal name in a language, or in the other where that alone is stated.

        >>> Party(name_en="Lihe Beauty Ltd").name("zh")
        'Lihe Beauty Ltd'
        """
        both = (self.name_zh, self.name_en) if language == "zh" else (self.name_en, self.name_zh)
        return both[0] or both[1]

    @property
    def texts(self) -> dict[str, str]:
        """Every line that is stated, by its field."""
        return {name: value for name in Party.model_fields if (value := getattr(self, name))}


class Bank(Frozen):
    """Where an invoice is paid to."""

    holder: Line
    bank: Line
    account: Line
    routing: Line = ""
    swift: Line = ""


class Entity(Party):
    """One of our companies: the currencies that it bills in, and where it is paid. ``id`` names it."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    bills: Annotated[tuple[Currency, ...], Field(strict=False, min_length=1)]
    bank: Bank | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not (self.name_en and self.name_zh):
            missing = "name_zh" if self.name_en else "name_en"
            raise PydanticCustomError("missing", "entity", {"choices": missing, "at": (missing,)})
        return self


class Letterhead(Frozen):
    """What the deployment prints on every document.

    ``sample`` marks one that nobody has filled in: documents then say so. ``prevailing`` is the language
    that counts where the two differ; a quote is valid for ``valid_days`` days, to the end of the last in
    ``zone``. ``logo`` is a file beside the rules.
    """

    sample: bool = False
    prevailing: Language
    zone: str = Field(pattern=r"^[A-Za-z_]+(/[A-Za-z_+\-0-9]+)*$")
    valid_days: Annotated[int, Field(ge=1, le=365)]
    paper: Literal["a4", "letter"] = "a4"
    colour: str = Field(default="#2F3B4A", pattern=r"^#[0-9A-Fa-f]{6}$")
    logo: Line = ""
    foot: Text
    entities: Annotated[tuple[Entity, ...], Field(strict=False, min_length=1)]

    def billing(self, currency: str) -> Entity | None:
        """The first of our companies that bills in a currency; None where none does."""
        return next((entity for entity in self.entities if currency in entity.bills), None)


def read_client(path: Path) -> Party:
    """The client in a TOML file; raises ``QuotecastError`` with every fault and its place."""
    return validated(Party, parse_toml(read_text(path, MOST_BYTES), path.name), path.name)
