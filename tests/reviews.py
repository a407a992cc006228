"""A sent quote with its real forecast, and the figures of its months, for tests of the review."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from ledgers import LATER, entered
from opened import RULES

from estimator.book.records import Entered, Forecast, Record, Revision
from estimator.book.states import State
from estimator.brief import brief as briefs
from estimator.contract.parties import Party
from estimator.documents.sending import record_of
from estimator.evidence.review import review_of
from estimator.market.points import Points
from estimator.quoting.make import make
from estimator.quoting.quote import Quote
from estimator.schemas.proposed import Sending, propose
from estimator.schemas.review import Review

FEW = Points(number=256, scrambles=4)
CLIENT = Party(name_en="Lihe Example Trading Ltd (fictional)", name_zh="喆镕龘示例贸易有限公司（虚构）")
ON = dt.date(2027, 3, 1)
JANUARY = (
    "2027-01 gmv=13900 settled_gmv=12100 promoted_gmv=13100 attributed_gmv=11800 ad_orders=360 ad_spend=9200 "
    "videos=52 creator_videos=11 live_hours=17 days_down=0"
)
FEBRUARY = (
    "2027-02 gmv=31400 settled_gmv=28900 promoted_gmv=29800 attributed_gmv=22900 ad_orders=710 "
    "ad_spend=14600 videos=61 creator_videos=48 live_hours=30 days_down=5"
)


@lru_cache
def seed() -> Quote:
    """The example of a new beauty shop, on few points."""
    brief = briefs.read(Path("examples/briefs/seed_beauty.toml"))
    return make(brief, RULES, points=FEW, ask=False)


@lru_cache
def seed_record() -> Record:
    """Its record, as sending keeps it."""
    return record_of(seed(), propose(seed(), Sending(client=CLIENT))).plain()


def running(
    figures: Sequence[Entered] | str = "", *, record: Record | None = None, revision: int = 1
) -> Forecast:
    """The seed's quote, signed, with figures."""
    rows = entered(figures) if isinstance(figures, str) else tuple(figures)
    kept = record or seed_record()
    signed = Revision(
        number="Q-2026-0001",
        revision=revision,
        alternative="A",
        current=True,
        state=State.SIGNED,
        client=kept.client,
        record=kept,
        sha256=kept.sha256,
        sent=LATER,
        sent_by="Lin",
        agreed=None,
        documents=(),
    )
    return Forecast(revision=signed, figures=rows, replaced=None)


def reviewed(figures: Sequence[Entered] | str = "", **changes: object) -> Review:
    """The review of the seed's quote on a fixed day."""
    asked: Mapping[str, object] = {"month": None, **changes}
    month = asked["month"]
    assert month is None or isinstance(month, str)
    return review_of(running(figures), RULES, ON, month=month, points=FEW)
