"""What a prospect's own figures teach: his past months, or what his shop sells today, against the model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from math import exp, log

from estimator.brief.brief import Brief, HistoryMonth, Operation
from estimator.market.history import NOTHING, Learned, learned, parts_of, slope_of, usual_level
from estimator.market.market import Market
from estimator.market.points import Draws, Origin
from estimator.market.rows import Rows, Switches
from estimator.market.scenarios import EXPECTED
from estimator.market.selling import run
from estimator.market.situation import Situation, recent_spend, runs, sales_facts, situation_of, spend_today

AS_TODAY = Operation(model="in_house", team_in_place=True)
"""How a shop with a past is run now: by the seller's own people."""
ELSEWHERE_SD = {"other_channel": 0.4, "other_country": 0.45}
"""Log-sd by which an account's level here may differ from the one it has elsewhere: own judgement. Accounts
of a category differ by .55, so a strong account elsewhere is still likely to be one here."""
SOLD_BY = ("gmv_ads", "gmv_creators", "gmv_live")
"""What sells by itself; organic and repeat sales follow it."""


def learned_by(brief: Brief, market: Market) -> Learned:
    """What a brief's own figures teach of its account; nothing without any.

    They are the months of its history, or today's GMV with today's ads where there are none. They are held
    against the model's middle with the same ads in the same calendar month, run as the seller runs it now: by
    his own people, past the start. Whatever they do is in the figures, so only what another team does
    differently counts on top. Months that sold nothing teach nothing, nor does a shop that is only starting.

    >>> from estimator.rules.rules import open_rules
    >>> market = open_rules().market
    >>> running = Brief(category="beauty", ad_budget="20000", current_gmv="90000", recent_ad_spend="20000")
    >>> learned_by(Brief(category="beauty"), market).weight, learned_by(running, market).weight > 0.3
    (0.0, True)
    """
    if not brief.history and not brief.current_gmv:
        return NOTHING
    return _learned_by(sales_facts(brief), market)


def usable(brief: Brief) -> list[HistoryMonth]:
    """The months of a history that teach something, the earliest first."""
    months = [
        month
        for month in brief.history
        if month.sold and month.orders != 0 and (month.ad_spend or month.gmv is not None)
    ]
    return sorted(months, key=lambda month: month.month)


def running(brief: Brief) -> bool:
    """Whether there is a shop that sells, by today's sales or by its past months.

    >>> running(Brief(current_gmv="90000")), running(Brief(ad_budget="20000"))
    (True, False)
    """
    return runs(brief) or bool(usable(brief))


def as_today(brief: Brief) -> Brief:
    """The brief of a shop that goes on with today's ads, or of one that does not begin and sells nothing.

    >>> as_today(Brief(current_gmv="90000", ad_budget="30000", recent_ad_spend="20000")).ad_budget
    Decimal('20000')
    >>> as_today(Brief(ad_budget="30000")).ad_budget
    Decimal('0')
    """
    if running(brief):
        spent = recent_spend(brief)
        return brief if spent is None else brief.model_copy(update={"ad_budget": Decimal(round(spent))})
    nothing: dict[str, object] = dict.fromkeys(
        ("own_videos", "creators_active", "creators_contacted", "live_hours", "samples_sent"), 0
    )
    nothing |= {
        "ad_budget": Decimal(0),
        "sample_cost": None,
        "recent_ad_spend": None,
        "current_gmv": None,
        "history": (),
    }
    return brief.model_copy(update=nothing)


def reads_today(brief: Brief) -> bool:
    """Whether what the shop sells today counts as a figure: it runs, and no month of its past is told."""
    return runs(brief) and not usable(brief)


@dataclass(frozen=True, kw_only=True)
class _Figure:
    """One figure: what was spent and sold, and in which month; ``orders`` and ``month`` may be unknown."""

    month: str | None
    spend: float
    sold: float
    orders: float | None


@lru_cache(maxsize=64)
def _learned_by(brief: Brief, market: Market) -> Learned:
    if months := usable(brief):
        figures = [
            _Figure(month=m.month, spend=float(m.ad_spend), sold=float(m.sold), orders=m.orders)
            for m in months
        ]
        return _taught(figures, _Usual(brief, market, whole=months[0].gmv is not None))
    if not reads_today(brief):
        return NOTHING
    spend = spend_today(brief, situation_of(brief, market))
    month = None if brief.start is None else _before(brief.start)
    figure = _Figure(month=month, spend=spend, sold=float(brief.current_gmv or 0), orders=None)
    return _taught([figure], _Usual(brief, market, whole=True))


def _taught(figures: list[_Figure], usual: _Usual) -> Learned:
    """What figures teach, against what is usual."""
    both = [(figure, usual.of(figure)) for figure in figures]
    # without ads, creators and live there is nothing to hold a figure against
    both = [(figure, one) for figure, one in both if one.sold > 0]
    if not both:
        return NOTHING
    figures, expected = [figure for figure, _ in both], [one for _, one in both]
    missed = [log(figure.sold / one.sold) for figure, one in zip(figures, expected)]
    noise = [usual.noise(figure, one) for figure, one in zip(figures, expected)]
    if len(figures) > 1 and all(figure.spend for figure in figures):
        spend = [log(figure.spend) for figure in figures]
        slope, reference = slope_of(missed, spend, noise), log(spend_today(usual.brief, usual.situation))
        # docs/model.md (M81): what another spend went along with, so that all are at today's
        missed = [value - slope * (own - reference) for value, own in zip(missed, spend)]
    numbers = [0 if figure.month is None else _number(figure.month) for figure in figures]
    start = usual.brief.start
    ends = [*numbers[1:], numbers[-1] + 1 if start is None else _number(start)]
    gaps = [max(after - number - 1, 0) for number, after in zip(numbers, ends)]
    situation, last = usual.situation, expected[-1]
    most = max(situation.shops, key=lambda shop: shop.ad_share)
    level = usual_level(usual.market, most.platform, situation.category, situation.stage)
    where = (usual.market, level, most.platform, situation.category, situation.stage)
    parts = parts_of(*where, last.of_ads, last.of_live) if usual.whole else parts_of(*where, 1.0, 0.0)
    elsewhere = ELSEWHERE_SD.get(usual.brief.history_from or "", 0.0) if usable(usual.brief) else 0.0
    return learned(parts, missed, gaps, noise, elsewhere)


@dataclass(frozen=True, kw_only=True)
class _Expected:
    """What a month usually sells: the whole, and the shares that ads and live sell by themselves.

    ``order`` is what an order is worth, ``luck`` the log-sd that a month's luck with creators and live gives
    the whole.
    """

    sold: float
    of_ads: float
    of_live: float
    order: float
    luck: float


class _Usual:
    """What accounts like this one usually sell in a month, run as the seller runs it now.

    ``whole``: all that a shop sells, or else what its ads are said to.
    """

    def __init__(self, brief: Brief, market: Market, *, whole: bool) -> None:
        self.brief, self.market, self.whole = brief, market, whole
        known = situation_of(brief, market)
        stage = "growth" if known.stage == "cold" else known.stage
        # what was sold until now was sold at the price until now
        price = known.price if known.price is None else known.price / exp(known.price_change)
        self.situation: Situation = replace(known, stage=stage, price=price, price_change=0.0)
        row = market.row("cv_order_value", category=known.category, stage=stage)
        self.relative = 1 + row.median**2

    def noise(self, figure: _Figure, expected: _Expected) -> float:
        """The variance that a figure has of its own: few orders, and a month's luck."""
        orders = figure.orders if figure.orders is not None else figure.sold / expected.order
        return self.relative / max(orders, 1.0) + expected.luck**2

    def of(self, figure: _Figure) -> _Expected:
        """What is usually sold with the figure's ads in its month."""
        situation = replace(
            self.situation,
            ad_budget=figure.spend,
            start=self.situation.start if figure.month is None else int(figure.month[5:]),
        )
        # docs/model.md (M9): shocks, noise and all but these off: the default is a middle. Each month's own
        # spend is its reference: that it was high or low is read by the slope of the months themselves
        parts = ("learning",) if figure.month is None else ("learning", "season")
        if not self.whole:
            counted = self._month(situation, Switches.only(*parts), Origin())
            return _Expected(
                sold=counted["attributed_gmv"], of_ads=1.0, of_live=0.0, order=_order(counted), luck=0.0
            )
        switches = Switches.only(*parts, "creators", "live", "organic", "repeat")
        size = self._steady(situation, switches)
        settled = replace(situation, current_gmv=size)
        counted = self._month(settled, switches, Origin())
        ads, creators, live = (counted[name] for name in SOLD_BY)
        alone = max(ads + creators + live, 1e-9)
        lucky = [
            log(self._month(settled, switches, Origin(name=name, z=1.0))["gmv"] / counted["gmv"])
            for name, sold in (("creators", creators), ("live", live))
            if sold
        ]
        return _Expected(
            sold=counted["gmv"],
            of_ads=ads / alone,
            of_live=live / alone,
            order=_order(counted),
            luck=sum(one**2 for one in lucky) ** 0.5,
        )

    def _steady(self, situation: Situation, switches: Switches) -> float:
        """What a shop sells that has sold so much before: organic and repeat sales follow earlier ones."""
        first = self._month(replace(situation, current_gmv=0.0), switches, Origin())["gmv"]
        again = self._month(replace(situation, current_gmv=first), switches, Origin())["gmv"]
        return first / (1 - min((again - first) / first, 0.9)) if first else 0.0

    def _month(self, situation: Situation, switches: Switches, points: Draws) -> dict[str, float]:
        rows = Rows(market=self.market, scenario=EXPECTED, points=points, situation=situation)
        wanted = frozenset({"attributed_gmv", "gmv", "orders", *SOLD_BY})
        counted = run(AS_TODAY, rows, switches, 1, NOTHING, (1,), wanted)
        return {name: float(array.sum()) for name, array in counted.items()}


def _order(counted: dict[str, float]) -> float:
    """What an order is worth."""
    return counted["gmv"] / max(counted["orders"], 1e-9)


def _number(month: str) -> int:
    """A month written 2026-11, counted from year 0."""
    return int(month[:4]) * 12 + int(month[5:7])


def _before(month: str) -> str:
    """The month before one written 2026-11."""
    number = _number(month) - 2
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
