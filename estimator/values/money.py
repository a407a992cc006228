"""Exact amounts, and the only place that rounds.

Cards, terms and settlements hold ``Decimal``; draws hold ``float64``. Both run through the same fee
function, so the few operations that differ between them live here.
"""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, PlainSerializer
from pydantic_core import PydanticCustomError

from estimator.values.errors import quoted

Array = NDArray[Any]
"""Draws as float64, or exact amounts as objects of ``Decimal``."""

MOST = Decimal(10) ** 12
CENT = Decimal("0.01")
EXACT = Context(prec=60)

MOST_DECIMALS = 60
"""As many as ``EXACT`` keeps."""

_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def exact(value: object) -> Decimal:
    """The number written, as a ``Decimal``; no float, no exponent, no separator.

    >>> exact("1234.50"), exact(7)
    (Decimal('1234.50'), Decimal('7'))

    Raises a pydantic error of type ``not_an_amount``, ``not_finite``, ``too_large`` or ``too_fine``.
    """
    text = quoted(value)
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise PydanticCustomError("not_an_amount", "not an amount", {"found": text})
    if isinstance(value, str) and not _PLAIN.fullmatch(value):
        endless = value.strip().lower().lstrip("+-") in {"nan", "inf", "infinity"}
        code = "not_finite" if endless else "not_an_amount"
        raise PydanticCustomError(code, "not an amount", {"found": text})
    number = Decimal(value)
    if not number.is_finite():
        raise PydanticCustomError("not_finite", "not finite", {"found": text})
    if number.copy_abs() > MOST:  # abs() would round, and overflow where the exponent is beyond the context
        raise PydanticCustomError("too_large", "too large", {"found": f"{number:.3g}", "most": f"{MOST:f}"})
    if int(number.as_tuple().exponent) < -MOST_DECIMALS:
        raise PydanticCustomError("too_fine", "too fine", {"found": text, "most": MOST_DECIMALS})
    return number


def _at_least_zero(value: Decimal) -> Decimal:
    if value < 0:
        raise PydanticCustomError("below_least", "negative", {"found": quoted(value), "least": "0"})
    return value


def _share(value: object) -> Decimal:
    if isinstance(value, str) and value.strip().endswith("%"):
        raise PydanticCustomError("percent_for_share", "percent", {"found": quoted(value)})
    number = exact(value)
    if number < 0:
        raise PydanticCustomError("below_least", "negative", {"found": quoted(value), "least": "0"})
    if number > 1:
        raise PydanticCustomError("percent_for_share", "above one", {"found": quoted(value)})
    return number


_serial = PlainSerializer(lambda value: plain(value), return_type=str, when_used="json")

Number = Annotated[Decimal, BeforeValidator(exact), _serial]
"""An exact number of either sign."""
Amount = Annotated[Decimal, BeforeValidator(lambda value: _at_least_zero(exact(value))), _serial]
"""An exact amount, never negative."""
Share = Annotated[Decimal, BeforeValidator(_share), _serial]
"""A share from 0 to 1; percent exists only on the page."""


def plain(number: Decimal) -> str:
    """A decimal as a plain string without exponent or trailing zeros.

    >>> plain(Decimal("6500.00")), plain(Decimal("1E+3")), plain(Decimal("0.050"))
    ('6500', '1000', '0.05')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def cents(amount: Decimal) -> str:
    """An amount with its two cents, as invoices print it.

    >>> cents(Decimal("12345.67")), cents(Decimal("0.005"))
    ('12345.67', '0.01')
    """
    return f"{round_half_up(amount, CENT):f}"


def round_half_up(amount: Decimal, step: Decimal) -> Decimal:
    """``amount`` to the nearest multiple of ``step``, halves away from zero.

    >>> round_half_up(Decimal("7845"), Decimal(50)), round_half_up(Decimal("-0.125"), CENT)
    (Decimal('7850'), Decimal('-0.13'))
    """
    with localcontext(EXACT):
        return (amount / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step


def settled(amounts: Array) -> Array:
    """Amounts as they are invoiced: exact ones to the cent, draws untouched."""
    if amounts.dtype != object:
        return amounts
    return exact_array(
        [round_half_up(amount, CENT) + Decimal(0) for amount in amounts.ravel()], amounts.shape
    )


def like(value: Decimal | int, other: Array) -> Any:
    """``value`` as a number that may be combined with ``other``: a float, or the exact decimal."""
    return Decimal(value) if other.dtype == object else float(value)


def zeros(shape: tuple[int, ...], other: Array) -> Array:
    """An array of zeros of the kind of ``other``; the draws of a month lie side by side in memory."""
    if other.dtype == object:
        return exact_array([Decimal(0)] * int(np.prod(shape)), shape)
    return np.zeros(shape, order="F")


def exact_array(values: list[Decimal], shape: tuple[int, ...]) -> Array:
    """Decimals as an object array of ``shape``."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out.reshape(shape)


def ceiling(amounts: Array) -> Array:
    """Whole packs begun; a draw that is whole but for float noise is whole."""
    if amounts.dtype != object:
        return np.ceil(amounts - 1e-9 * np.maximum(1.0, np.abs(amounts)))
    packs = [amount.to_integral_value(ROUND_CEILING) for amount in amounts.ravel()]
    return exact_array(packs, amounts.shape)
