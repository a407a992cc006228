"""Assumptions: a judgement as a distribution, asked for as "between what and what?".

A row keeps its 5 % and 95 % points and not a mean and a sigma, because people judge ranges. Every
value is a function of one standard normal, so the same points serve every assumption and a moved
range moves the draws smoothly.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from estimator.edges import MOST_BYTES, read_text, validated
from estimator.errors import Fault, QuotecastError, fail

Floats = NDArray[np.float64]
Kind = Literal["normal", "lognormal", "logitnormal", "beta", "fixed"]
Grade = Literal["platform document", "own data", "published", "expert", "guess"]

Z5 = 1.6448536269514722
"""The standard normal's 95 % point: half the width of a 90 % range."""

COLUMNS = (
    "platform",
    "category",
    "stage",
    "quantity",
    "low",
    "high",
    "unit",
    "kind",
    "grade",
    "source",
    "as_of",
    "note",
)


class Assumption(BaseModel):
    """One judgement: a quantity lies between ``low`` and ``high`` with 90 % probability.

    ``platform``, ``category`` and ``stage`` say where it holds; ``all`` holds everywhere. ``grade``
    says what it rests on.

    >>> between("cpc_ref", 0.33, 0.75, unit="USD/click").median
    0.497...
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    platform: str = Field(default="all", min_length=1)
    category: str = Field(default="all", min_length=1)
    stage: str = Field(default="all", min_length=1)
    quantity: str = Field(pattern=r"^[a-z][a-z0-9_.]*$")
    low: float = Field(allow_inf_nan=False)
    high: float = Field(allow_inf_nan=False)
    unit: str = Field(min_length=1)
    kind: Kind
    grade: Grade
    source: str = Field(min_length=1)
    as_of: str
    note: str = ""

    @field_validator("as_of")
    @classmethod
    def _a_date(cls, value: str) -> str:
        try:
            return dt.date.fromisoformat(value).isoformat()
        except ValueError:
            raise PydanticCustomError("not_a_date", "date", {"found": value}) from None

    @model_validator(mode="after")
    def _possible(self) -> Assumption:
        found = f"{self.low:g} .. {self.high:g}"
        if self.low > self.high:
            raise PydanticCustomError("range_falls", "range", {"found": found})
        if self.kind == "fixed" and self.low != self.high:
            raise PydanticCustomError("range_not_fixed", "range", {"found": found})
        if self.kind == "lognormal" and self.low <= 0:
            raise PydanticCustomError("range_not_positive", "range", {"found": found})
        if self.kind in ("logitnormal", "beta") and not 0 < self.low <= self.high < 1:
            raise PydanticCustomError("range_not_share", "range", {"found": found, "kind": self.kind})
        return self

    @property
    def certain(self) -> bool:
        """Whether there is only one value."""
        return self.low == self.high

    @property
    def median(self) -> float:
        """The value at the middle of the judgement."""
        return float(self.at(0.0))

    def at(self, z: float | Floats) -> Any:
        """The value at standard normal ``z``: ``low`` at -1.645, ``high`` at +1.645, rising in between.

        A float for a float, an array of the same shape for an array; a certain row gives its one
        value as a float whatever ``z`` is. Reading of the ranges: shared facts "default market", 1.1.
        """
        if self.certain:
            return self.low
        match self.kind:
            case "lognormal":
                return np.exp(_straight(math.log(self.low), math.log(self.high), z))
            case "logitnormal":
                return 1.0 / (1.0 + np.exp(-_straight(_logit(self.low), _logit(self.high), z)))
            case "beta":
                nodes, values = _beta_table(self.low, self.high)
                return np.interp(z, nodes, values)
            case _:
                return _straight(self.low, self.high, z)


def between(quantity: str, low: float, high: float, *, unit: str, **where: Any) -> Assumption:
    """A quantity between ``low`` and ``high``: lognormal above zero, normal where it may be negative.

    ``where`` gives the other columns; without them it is a guess of our own that holds everywhere.

    >>> between("efficiency_drift", -0.3, 0.1, unit="log/year").kind
    'normal'
    """
    return _judged("lognormal" if low > 0 else "normal", quantity, low, high, unit, where)


def fixed(quantity: str, value: float, *, unit: str, **where: Any) -> Assumption:
    """A quantity taken as known.

    >>> fixed("ar1_month", 0.5, unit="correlation").at(1.0)
    0.5
    """
    return _judged("fixed", quantity, value, value, unit, where)


def share(quantity: str, low: float, high: float, *, unit: str = "share", **where: Any) -> Assumption:
    """A share between ``low`` and ``high``, which cannot leave 0 to 1.

    >>> round(share("return_rate", 0.1, 0.5, unit="share of GMV").median, 3)
    0.25
    """
    return _judged("logitnormal", quantity, low, high, unit, where)


def _judged(
    kind: Kind, quantity: str, low: float, high: float, unit: str, where: dict[str, Any]
) -> Assumption:
    row = {"grade": "guess", "source": "own judgement", "as_of": "2026-11-23", **where}
    return validated(
        Assumption,
        {**row, "quantity": quantity, "low": float(low), "high": float(high), "unit": unit, "kind": kind},
        quantity,
    )


def read(path: Path) -> tuple[Assumption, ...]:
    """The rows of a table of assumptions.

    Raises ``QuotecastError`` with every fault as ``file:line:column``.
    """
    rows = list(csv.reader(io.StringIO(read_text(path, MOST_BYTES), newline="")))
    if not rows:
        raise fail("no_rows", path.name)
    for column in COLUMNS:
        if column not in rows[0]:
            raise fail("missing_column", f"{path.name}:1", found=column)
    found: list[Assumption] = []
    faults: list[Fault] = []
    for line, cells in enumerate(rows[1:], start=2):
        place = f"{path.name}:{line}"
        try:
            if len(cells) != len(rows[0]):
                raise fail("row_width", place, found=len(cells), expected=len(rows[0]))
            found.append(validated(Assumption, _typed(dict(zip(rows[0], cells)), place), place))
        except QuotecastError as error:
            faults.extend(error.faults)
    if faults:
        raise QuotecastError(faults)
    return tuple(found)


def _typed(row: dict[str, str], place: str) -> dict[str, str | float]:
    return {**row, **dict(_numbers(row, place))}


def _numbers(row: dict[str, str], place: str) -> Iterator[tuple[str, float]]:
    for column in ("low", "high"):
        try:
            yield column, float(row[column])
        except ValueError:
            raise fail("not_an_amount", f"{place}:{column}", found=row[column]) from None


def _straight(low: float, high: float, z: float | Floats) -> Any:
    return (low + high) / 2 + z * ((high - low) / (2 * Z5))


def _logit(p: float) -> float:
    return math.log(p / (1 - p))


@lru_cache(maxsize=256)
def _beta_table(low: float, high: float) -> tuple[Floats, Floats]:
    """The beta law with these 5 % and 95 % points, as its quantiles on a grid of z.

    Solved once in the logs of the two parameters, from the logit-normal of the same range; between the
    nodes (0.02 apart) the error is below 1e-5 of the value.
    """
    from scipy.optimize import root
    from scipy.special import betainc, betaincinv, expit, ndtr

    middle = float(expit(_straight(_logit(low), _logit(high), 0.0)))
    spread = (high - low) / (2 * Z5)
    size = max(middle * (1 - middle) / spread**2 - 1, 0.1)
    start = np.log([middle * size, (1 - middle) * size])

    def miss(logs: Floats) -> Floats:
        a, b = np.exp(logs)
        return np.array([betainc(a, b, low) - 0.05, betainc(a, b, high) - 0.95])

    found = root(miss, start, tol=1e-12)
    if not found.success and np.abs(miss(found.x)).max() > 1e-6:
        raise ArithmeticError(f"no beta law has 90 % of its mass between {low} and {high}")
    nodes = np.linspace(-6.5, 6.5, 651)
    a, b = (float(value) for value in np.exp(found.x))
    values = betaincinv(a, b, ndtr(nodes))
    for array in (nodes, values):
        array.flags.writeable = False
    return nodes, values
