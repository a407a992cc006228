"""A KPI as a contract has to read it: whose month, which report, when it is read, and once with numbers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from estimator.brief.kpis import Kpi, Returns
from estimator.presentation.words import Words, mark

_RETURNS: dict[Returns, str] = {
    "before": mark("before returns"),
    "booked": mark("less the returns booked in the month"),
    "cohort": mark("less the returns of what the month sold, whenever they are booked"),
    "none": mark("returns do not count"),
}


def kpi_lines(kpi: Kpi, words: Words) -> Iterator[str]:
    """The record of a KPI in sentences, in the order in which a dispute asks for them."""
    yield from (words.of(text) for text in (kpi.definition, kpi.attribution, kpi.source))
    if kpi.zone is not None and kpi.ripe_days is not None and kpi.returns is not None:
        yield words.say(
            "Calendar months, {zone} time; read {days} days after they end; {returns}; compared unrounded",
            zone=words.zone(kpi.zone),
            days=kpi.ripe_days,
            returns=words.say(_RETURNS[kpi.returns]),
        )
    if kpi.worked is not None and kpi.digits is not None:
        result, over = _result(kpi.worked.result, kpi.digits, kpi.unit == "share"), f"{kpi.worked.over:,f}"
        if kpi.worked.under is None:
            yield words.say("For example: {over} counts as {result}", over=over, result=result)
        else:
            less = f" − {-kpi.offset:f}" if kpi.offset else ""
            divided = f"{over} ÷ {kpi.worked.under:,f}{less}"
            yield words.say("For example: {divided} = {result}", divided=divided, result=result)
    if kpi.changed is not None:
        yield words.of(kpi.changed.note)


def _result(result: Decimal, digits: int, share: bool) -> str:
    """A result with the digits that are compared; a share in percent."""
    return f"{result * 100:.{max(0, digits - 2)}f}%" if share else f"{result:.{digits}f}"
