"""The figures of a quote's months: entered line by line, never changed, read with who entered them when."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from estimator.book.lists import revision
from estimator.book.models import ActualRow, EventRow, NameRow, RevisionRow
from estimator.book.records import Entered, Figures, Forecast, canonical, clean_text, digest
from estimator.book.rows import name_id, quote_row, write_event
from estimator.values.errors import Fault, QuotecastError, fail

MOST_LINES = 2_000
MOST_OF_A_LINE = 20_000
"""Lines entered at once, and characters of each."""
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


def enter(
    session: Session, number: str, rows: Sequence[Figures], user: str, now: dt.datetime, ends: dt.date | None
) -> tuple[Entered, ...]:
    """Keep lines of figures and say so in the audit. Raises ``QuotecastError`` for a month of no calendar."""
    quote, who = quote_row(session, number, lock=True), name_id(session, user, "user")
    if not 0 < len(rows) <= MOST_LINES:
        raise fail("no_figures", number, found=len(rows), most=MOST_LINES)
    undated = [row for row in rows if not _MONTH.fullmatch(row.month)]
    if undated:
        raise QuotecastError(
            Fault(code="figures_undated", place=row.source, values={"found": row.month}) for row in undated
        )
    months = sorted({row.month for row in rows})
    said = ", ".join([f"{months[0]}..{months[-1]}", *([f"ended {ends.isoformat()}"] if ends else [])])
    event = EventRow(at=now, who_id=who, what="actuals_added", quote_id=quote.id)
    write_event(session, event, said)
    session.flush()
    for row in rows:
        cells = canonical(dict(row.cells), row.source, MOST_OF_A_LINE)
        session.add(
            ActualRow(
                quote_id=quote.id,
                event_id=event.id,
                month=row.month,
                store=row.store,
                cells=cells,
                sha256=digest(cells),
                source=clean_text(row.source, "source"),
                ends=ends,
            )
        )
    session.flush()
    return entered(session, quote.id)


def of_quote(session: Session, number: str) -> tuple[Entered, ...]:
    """Every line of a quote's figures, the earliest entered first; what was corrected is among them."""
    return entered(session, quote_row(session, number).id)


def entered(session: Session, quote: int) -> tuple[Entered, ...]:
    """The lines of a quote by its key in the tables."""
    wanted = (
        select(ActualRow, EventRow.at, NameRow.name)
        .join(EventRow, ActualRow.event_id == EventRow.id)
        .join(NameRow, EventRow.who_id == NameRow.id)
        .where(ActualRow.quote_id == quote)
        .order_by(ActualRow.id)
    )
    return tuple(
        Entered(
            month=row.month,
            store=row.store,
            cells=json.loads(row.cells),
            source=row.source,
            entry=row.event_id,
            who=who,
            at=at,
            ends=row.ends,
        )
        for row, at, who in session.execute(wanted)
    )


def forecasts(session: Session, number: str | None, *, every: bool) -> tuple[Forecast, ...]:
    """The revisions that a client agreed to or that figures were entered for, by number and revision.

    With a ``number`` those of one quote alone; with ``every`` also what was only sent and has no figures.
    """
    wanted = select(RevisionRow)
    if not every:
        figured = exists().where(ActualRow.quote_id == RevisionRow.quote_id)
        wanted = wanted.where(RevisionRow.agreed_at.is_not(None) | figured)
    if number is not None:
        wanted = wanted.where(RevisionRow.quote_id == quote_row(session, number).id)
    rows = session.scalars(wanted.order_by(RevisionRow.quote_id, RevisionRow.number)).all()
    figures = {quote: entered(session, quote) for quote in dict.fromkeys(row.quote_id for row in rows)}
    amended = select(EventRow.revision_id, EventRow.at).where(EventRow.what == "amended")
    replaced = {row[0]: row[1] for row in session.execute(amended)}
    return tuple(
        Forecast(
            revision=revision(session, row), figures=figures[row.quote_id], replaced=replaced.get(row.id)
        )
        for row in rows
    )
