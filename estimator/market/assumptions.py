"""Assumptions: a judgement as a distribution, asked for as "between what and what?".

A row keeps its 5 % and 95 % points and not a mean and a sigma, because people judge ranges. Every
value is a function of one standard normal, so the same points serve every assumption and a moved
range moves the draws smoothly.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from estimator.values import tables
from estimator.values.money import exact
from estimator.values.validation import validated

Floats = NDArray[np.float64]
Kind = Literal["normal", "lognormal", "logitnormal", "beta", "fixed"]
Grade = Literal["platform document", "own data", "published", "expert", "guess"]

Z5 = 1.6448536269514722
"""The standard normal's 95 % point: half the width of a 90 % range."""


def _day(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise PydanticCustomError("not_a_date", "date", {"found": text}) from None


def _unit(text: str) -> str:
    """A cell that slipped in from another column, or a percentage, is not what one of something is."""
    if re.match(r"[^A-Za-z]|[A-Z][a-z]{2}-\d", text) or "%" in text or text.lower().startswith("percent"):
        raise PydanticCustomError("not_a_unit", "unit", {"found": text})
    return text


Day = Annotated[str, AfterValidator(_day)]
"""A real date, written 2026-11-23."""
Bound = Annotated[
    float,
    BeforeValidator(lambda value: float(exact(value)) if isinstance(value, str) else value),
    Field(allow_inf_nan=False),
]


class Assumption(BaseModel):
    """One judgement: a quantity lies between ``low`` and ``high`` with 90 % probability.

    ``platform``, ``category`` and ``stage`` say where it holds; ``all`` holds everywhere. ``grade``
    says what it rests on; ``place`` is where the row stands, ``assumptions.csv:7``.

    >>> row = share("return_rate", 0.1, 0.5)
    >>> round(float(row.at(-Z5)), 3), round(float(row.at(Z5)), 3)
    (0.1, 0.5)
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    platform: str = Field(default="all", min_length=1)
    category: str = Field(default="all", min_length=1)
    stage: str = Field(default="all", min_length=1)
    quantity: str = Field(pattern=r"^[a-z][a-z0-9_.]*$")
    low: Bound
    high: Bound
    unit: Annotated[str, Field(min_length=1), AfterValidator(_unit)]
    kind: Kind
    grade: Grade
    source: str = Field(min_length=1)
    as_of: Day
    note: str = ""
    place: str = ""

    @model_validator(mode="after")
    def _possible(self) -> Assumption:
        span = f"{self.low:g} .. {self.high:g}"
        if self.low > self.high:
            raise PydanticCustomError("range_falls", "range", {"found": span, "at": ("low",)})
        if self.kind == "fixed" and self.low != self.high:
            raise PydanticCustomError("range_not_fixed", "range", {"found": span, "at": ("kind",)})
        if self.kind == "lognormal" and self.low <= 0:
            raise PydanticCustomError("range_not_positive", "range", {"found": span, "at": ("low",)})
        if self.kind in ("logitnormal", "beta") and not 0 < self.low <= self.high < 1:
            at = ("high",) if self.low > 0 else ("low",)
            raise PydanticCustomError(
                "range_not_share", "range", {"found": span, "kind": self.kind, "at": at}
            )
        return self

    @property
    def is_money(self) -> bool:
        """Whether its value is an amount of money, by its unit: USD for an order, a month, an hour."""
        return self.unit.startswith("USD") and self.unit != "USD/USD"

    def times(self, factor: float) -> Assumption:
        """The same judgement with its range multiplied."""
        return self.model_copy(update={"low": self.low * factor, "high": self.high * factor})

    def narrowed(self, share: float) -> Assumption:
        """The same judgement with so much of its width about its middle.

        >>> row = share("return_rate", 0.1, 0.5)
        >>> row.narrowed(0.0).certain, round(row.narrowed(1.0).low, 6)
        (True, 0.1)
        """
        low, high = (float(self.at(z * share)) for z in (-Z5, Z5))
        return self.model_copy(update={"low": low, "high": high})

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


def share(quantity: str, low: float, high: float, *, unit: str = "share", **where: Any) -> Assumption:
    """A share between ``low`` and ``high``, which cannot leave 0 to 1.

    ``where`` gives the other columns; without them it is a guess of our own that holds everywhere.

    >>> round(share("return_rate", 0.1, 0.5, unit="share of GMV").median, 3)
    0.25
    """
    row = {"grade": "guess", "source": "own judgement", "as_of": "2026-11-23", **where}
    return validated(
        Assumption,
        {**row, "quantity": quantity, "low": low, "high": high, "unit": unit, "kind": "logitnormal"},
        quantity,
    )


def read(path: Path) -> tuple[Assumption, ...]:
    """The rows of a table of assumptions.

    Raises ``QuotecastError`` with every fault as ``file:line:column``.
    """
    return tables.records(path, Assumption)


def _straight(low: float, high: float, z: float | Floats) -> Any:
    # docs/model.md (M1): low and high are the 5 % and 95 % points, not the ends
    return (low + high) / 2 + z * ((high - low) / (2 * Z5))


def _logit(p: float) -> float:
    return math.log(p / (1 - p))


@lru_cache(maxsize=256)
def _beta_table(low: float, high: float) -> tuple[Floats, Floats]:
    """The beta law with these 5 % and 95 % points, as its quantiles on a grid of z.

    Solved once in the logs of the two parameters, from the logit-normal of the same range, and from flatter
    and steeper ones where that leads nowhere; between the nodes (0.02 apart) the error is below 1e-5 of the
    value.
    """
    from scipy.optimize import root
    from scipy.special import betainc, betaincinv, expit, ndtr

    middle = float(expit(_straight(_logit(low), _logit(high), 0.0)))
    spread = (high - low) / (2 * Z5)
    size = max(middle * (1 - middle) / spread**2 - 1, 0.1)

    def miss(logs: Floats) -> Floats:
        a, b = np.exp(logs)
        return np.array([betainc(a, b, low) - 0.05, betainc(a, b, high) - 0.95])

    for factor in (1.0, 0.25, 4.0, 0.05, 20.0):
        solved = root(miss, np.log([middle * size * factor, (1 - middle) * size * factor]), tol=1e-12)
        if solved.success or np.abs(miss(solved.x)).max() <= 1e-6:
            break
    else:
        raise ArithmeticError(f"no beta law has 90 % of its mass between {low} and {high}")
    nodes = np.linspace(-6.5, 6.5, 651)
    a, b = (float(value) for value in np.exp(solved.x))
    values = betaincinv(a, b, ndtr(nodes))
    for array in (nodes, values):
        array.flags.writeable = False
    return nodes, values
