"""Sent quotes with goals by hand, and the figures of their months, for tests of the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from books import SIGNED, record, render
from opened import PLATFORMS, RULES
from servers import Server

from estimator.book.book import open_book
from estimator.book.opening import FILE, book_url
from estimator.book.records import Entered, Forecast, Revision
from estimator.book.states import State
from estimator.brief.goals import Goal
from estimator.brief.kpis import Quantity
from estimator.contract.charges import Fixed
from estimator.contract.terms import Duty, Terms
from estimator.evidence.ledger import Ledger, open_ledger
from estimator.schemas.frozen import LEVELS, FrozenForecast, FrozenGoal
from estimator.schemas.parts import Chance
from estimator.values.text import Text

LATER = dt.datetime(2028, 1, 15, 20, tzinfo=dt.UTC)
"""Long after every month of the tests, so that whatever is entered then is final."""
ON = LATER.date()
TERMS = Terms(
    currency="USD", months=6, charges=[Fixed(id="base", label=Text(en="Base", zh="基础"), amount=1000)]
)
SPENT = Duty(of=Quantity(of=("ad_spend",)), at_least=Decimal(8000))


def goal(level: float | str = 2, **changes: Any) -> Goal:
    """A blended ROAS of months 1 to 3, if nothing else is said."""
    kpi = RULES.kpis[changes.pop("kpi", "roas_blended")]
    return Goal(**{"kpi": kpi, "level": Decimal(str(level)), "months": (1, 3), **changes})


def frozen(*goals: Goal, chance: float = 0.6, **changes: Any) -> FrozenForecast:
    """A forecast of these goals, alike for each: levels from half to twice what is asked for."""
    held = tuple(
        FrozenGoal(
            goal=one,
            chance=Chance(probability=chance, error=0.002),
            levels=tuple(float(one.level) * (0.5 + 1.5 * (i + 0.5) / LEVELS) for i in range(LEVELS)),
            error=0.01,
            naive=float(one.level) * 1.1,
        )
        for one in goals
    )
    usual: dict[str, Any] = {
        "goals": held,
        "terms": TERMS,
        "duties": (),
        "platforms": ("tiktok_shop",),
        "category": "beauty",
        "service": "whole_shop",
        "edition": "2026-12",
        "market": "default",
        "scenario": "expected",
        "engine": "0.1.0",
        "start": None,
        "months": (),
    }
    return FrozenForecast(**{**usual, **changes})


def entered(months: str, at: dt.datetime = LATER, entry: int = 1, **changes: Any) -> tuple[Entered, ...]:
    """Figures from lines such as ``2027-01 gmv=20000 ad_spend=10000``."""
    lines = [line.split() for line in months.strip().splitlines()]
    usual = {"store": "", "entry": entry, "who": "Lin", "at": at, "ends": None}
    return tuple(
        Entered(
            month=month,
            cells=dict(cell.split("=") for cell in cells),
            source=f"a{entry}.csv:{number}",
            **{**usual, **changes},
        )
        for number, (month, *cells) in enumerate(lines, 2)
    )


def quoted(
    kept: FrozenForecast | None,
    figures: Sequence[Entered] = (),
    *,
    state: State = State.SIGNED,
    number: str = "Q-2026-0001",
    by: str = "Lin",
    replaced: dt.datetime | None = None,
) -> Forecast:
    """A revision with a frozen forecast and the figures of its quote."""
    forecast = {} if kept is None else {"frozen": kept.model_dump(mode="json")}
    revision = Revision(
        number=number,
        revision=1,
        alternative="A",
        current=True,
        state=state,
        client="Client",
        record=record(forecast=forecast),
        sha256="0" * 64,
        sent=LATER,
        sent_by=by,
        agreed=None,
        documents=(),
    )
    return Forecast(revision=revision, figures=tuple(figures), replaced=replaced)


def ledger(*forecasts: Forecast, on: dt.date = ON) -> Ledger:
    """The ledger of these revisions on a day."""
    return open_ledger(forecasts, on, PLATFORMS)


def signed(server: Server, client: str) -> str:
    """A signed quote in the book of the server."""
    now = dt.datetime.now(dt.UTC)
    book = open_book(book_url(server.outside.parent / "home" / FILE), lambda: now)
    kept = frozen(goal(), goal("2.5", months=(4, 5)))
    what = record(
        client=client, forecast={"frozen": kept.model_dump(mode="json")}, until=now + dt.timedelta(days=9)
    )
    draft = book.save_draft(None, client, {}, user="Lin")
    revision = book.send(draft.id, what, render, user="Lin", version=draft.version)
    book.agree(revision.reference, user="Lin", who="Client", how="by mail")
    book.sign(revision.reference, SIGNED, user="Lin")
    book.close()
    return revision.number
