"""Lines of a shop's orders as orders: what was sold, and what of it was cancelled or came back.

An order has a line for each article, and amounts of the whole order repeat on every one of them. So money is
added from the lines, and what is told of the whole order is read once. Everything is booked to the month in
which the order was placed, since the export does not say when goods came back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from estimator.evidence.exports.cells import is_missing
from estimator.evidence.exports.headers import Export
from estimator.evidence.exports.reading import Entry
from estimator.evidence.exports.record import Reason
from estimator.values.money import CENT, round_half_up

ZERO = Decimal(0)


def orders_of(lines: Sequence[Entry], export: Export) -> tuple[list[Entry], list[tuple[Reason, Entry]], int]:
    """The orders as entries, the lines that are no sale with the reason, and how many orders are still open.

    Figures of an order: ``gmv`` before cancellations and returns, ``orders``, ``cancelled_gmv``,
    ``cohort_returned_gmv`` and ``cohort_settled_gmv``, which is what remains.
    """
    by_order: dict[str, list[Entry]] = {}
    for line in lines:
        by_order.setdefault(line.texts["order"], []).append(line)
    orders, left, still_open = [], [], 0
    for own in by_order.values():
        # the order's day and state are told by its earliest line, whatever order the lines come in
        own = sorted(own, key=lambda line: (line.first, line.key))
        if _unpaid(own, export.states):
            left += [("unpaid", line) for line in own]
            continue
        figures = _figures(own, export.states)
        if figures is not None and figures["gmv"] == 0:
            left += [("free", line) for line in own]
            continue
        still_open += (
            figures is not None
            and not _is(own, "closed", export.states)
            and (figures["cancelled_gmv"] == 0 == figures["cohort_returned_gmv"])
        )
        orders.append(replace(own[0], values=figures or _UNKNOWN, key=own[0].key[:1], step="day"))
    return orders, left, still_open


_UNKNOWN: Mapping[str, Decimal | None] = {
    "gmv": None,
    "orders": Decimal(1),
    "cancelled_gmv": None,
    "cohort_returned_gmv": None,
    "cohort_settled_gmv": None,
}
"""An order whose amount is blank."""


def newer(one: Entry, other: Entry, states: Mapping[str, tuple[str, ...]]) -> Entry:
    """Of two versions of an order's line the one that went further: paid, closed, returned or cancelled."""

    def rank(line: Entry) -> tuple[bool, bool, Decimal, bool, tuple[tuple[str, str], ...], str]:
        back = max(line.values.get(name) or ZERO for name in ("refund_amount", "returned_quantity"))
        figures = repr(sorted((name, str(value)) for name, value in line.values.items()))
        return (
            _is([line], "cancelled", states) or _is([line], "returned", states),
            not _is([line], "unpaid", states),
            back,
            _is([line], "closed", states),
            tuple(sorted(line.texts.items())),
            figures,
        )

    return max(one, other, key=rank)


def _is(lines: Iterable[Entry], state: str, states: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether the state or the kind of any line says so."""
    words = states.get(state, ())
    said = (line.texts.get(name, "").strip().casefold() for line in lines for name in ("status", "kind"))
    return any(text in words for text in said)


def _unpaid(lines: Sequence[Entry], states: Mapping[str, tuple[str, ...]]) -> bool:
    """An order that nobody paid: waiting for payment, or cancelled before it."""
    if _is(lines, "unpaid", states):
        return True
    told = [line.texts["paid"] for line in lines if "paid" in line.texts]
    return bool(told) and all(map(is_missing, told)) and _is(lines, "cancelled", states)


def _figures(
    lines: Sequence[Entry], states: Mapping[str, tuple[str, ...]]
) -> dict[str, Decimal | None] | None:
    """What an order comes to; None where an amount of it is blank."""
    by_line = "line_amount" in lines[0].values
    amounts = [line.values.get("line_amount" if by_line else "order_amount") for line in lines]
    if any(amount is None for amount in amounts):
        return None
    known = [amount or ZERO for amount in amounts]
    gmv = sum(known, ZERO) if by_line else max(known)
    cancelled = returned = ZERO
    if _is(lines, "cancelled", states):
        cancelled = gmv
    elif _is(lines, "returned", states):
        returned = min(_returned(lines, known, states, by_line=by_line), gmv)
    return {
        "gmv": gmv,
        "orders": Decimal(1),
        "cancelled_gmv": cancelled,
        "cohort_returned_gmv": returned,
        "cohort_settled_gmv": gmv - cancelled - returned,
    }


def _returned(
    lines: Sequence[Entry],
    amounts: Sequence[Decimal],
    states: Mapping[str, tuple[str, ...]],
    *,
    by_line: bool,
) -> Decimal:
    """What came back of an order: by the pieces returned, else what was refunded, else the lines that say so.

    The refund is of the whole order and holds tax and shipping, so it is the second choice.
    """
    pieces = [line.values.get("returned_quantity") or ZERO for line in lines]
    bought = [line.values.get("quantity") or ZERO for line in lines]
    if by_line and any(pieces) and all(bought):
        shares = zip(amounts, pieces, bought)
        return round_half_up(sum((a * min(p / b, Decimal(1)) for a, p, b in shares), ZERO), CENT)
    refunded = max((line.values.get("refund_amount") or ZERO for line in lines), default=ZERO)
    if refunded:
        return refunded
    said = [own for line, own in zip(lines, amounts) if _is([line], "returned", states)]
    return sum(said, ZERO)
