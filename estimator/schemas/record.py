"""What every record of an answer is: typed, frozen, and written by one rule."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import ConfigDict, Field, PlainSerializer, WithJsonSchema

from estimator.values.money import plain
from estimator.values.text import Text
from estimator.values.validation import Frozen

Kind = TypeVar("Kind")

Absent = Annotated[Kind | None, Field(exclude_if=lambda value: value is None)]
"""A field whose key is left out where it has no value; every other field writes null."""


class Record(Frozen):
    """A part of an answer; it may be read off any object with the same attributes.

    Fields whose JSON name says little or is a word of Python have an alias; both names build it.
    """

    model_config = ConfigDict(
        from_attributes=True,
        allow_inf_nan=False,
        serialize_by_alias=True,
        validate_by_alias=True,
        validate_by_name=True,
    )


Exact = Annotated[
    Decimal,
    PlainSerializer(plain, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "description": "An exact decimal."}),
]
"""An exact amount, price or share, written without trailing zeros."""


class StatedRate(Record):
    """A rate of exchange at which amounts were converted: one ``base`` is ``rate`` of ``currency``."""

    base: str
    currency: str
    rate: Exact
    as_of: str
    source: str
    bearer: Text
