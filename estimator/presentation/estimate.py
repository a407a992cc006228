"""A seller's own estimate: rows for a page, JSON for machines, sentences to read to a partner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from estimator.earnings.platform_fees import Kind
from estimator.market.own_costs import TOLD, with_own_costs
from estimator.market.situation import situation_of
from estimator.market.summary import Spread
from estimator.presentation import labels
from estimator.presentation.assumptions import assumption_line, assumption_name, point_words, sourced_line
from estimator.presentation.estimate_words import (
    Ask,
    Paper,
    asks,
    back_short,
    estimate_lines,
    money_words,
    month_words,
    papers,
    span_words,
    taken_lines,
    verdict_line,
)
from estimator.presentation.fee_words import counted_names, fee_lines, short_terms
from estimator.presentation.live import segments
from estimator.presentation.models import Figure, Segment
from estimator.presentation.phrases import leaves_work, months, probability
from estimator.presentation.words import MINUS, NONE, Words, about, mark
from estimator.quoting.drivers import Target
from estimator.quoting.estimate import Estimate

ROWS: Mapping[str, str] = MappingProxyType(
    {
        "settled_gmv": mark("Settled sales"),
        "goods": mark("Goods"),
        "delivery": mark("Delivery"),
        "agency_fee": mark("Service fee of the agency"),
        "passed_through": mark("Passed through: ads, creators, samples"),
        "platform_take": mark("Kept by the platform"),
        "profit": mark("Profit"),
        "cash": mark("Cash in hand at its end"),
    }
)
_COSTS = frozenset({"goods", "delivery", "agency_fee", "passed_through", "platform_take"})
_SUMS = frozenset({"profit", "cash"})
_BLOCKS = {"agency_fee": "agency", "passed_through": "passed", "platform_take": "platform"}


@dataclass(frozen=True, kw_only=True)
class MoneyRow:
    """A row of profit and loss: the mean of each month and, below it, the range of eight in ten.

    ``look`` is ``plain``, ``sum``, or the party whose block it is; ``total`` is the mean of the term,
    ``rests`` says what the row rests on.
    """

    id: str
    label: str
    means: tuple[str, ...]
    ranges: tuple[str, ...]
    total: str
    look: str
    rests: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EstimateView:
    """What the page of a seller's estimate shows; drivers and flips are asked for apart.

    ``taken`` says what was taken because nobody told it.

    ``lines`` leave out the blocks a month, which stand as a bar; ``note`` says what the table's figures are.
    """

    verdict: str
    figures: tuple[Figure, ...]
    months: tuple[str, ...]
    total: str
    rows: tuple[MoneyRow, ...]
    segments: tuple[Segment, ...]
    lines: tuple[str, ...]
    taken: tuple[str, ...]
    note: str
    asks: tuple[Ask, ...]
    papers: tuple[Paper, ...]
    foot: str


@dataclass(frozen=True, kw_only=True)
class EstimateWords:
    """The words of the page that no estimate changes."""

    start_title: str
    start: str
    spend: str
    means: str
    flips: str
    taken: str
    why_titles: Mapping[Target, str]
    why_lead: str
    asks: str
    papers: str


def estimate_words(words: Words) -> EstimateWords:
    """The words of the page."""
    return EstimateWords(
        start_title=words.say("What would selling in the US cost, and when does it pay?"),
        start=words.say(
            "Choose the category, then write the selling price, the landed cost (duty included) and the ads "
            "a month. What you do not know stays empty: the market’s figures are used, and the page says so."
        ),
        spend=words.say("Expected monthly spend"),
        means=words.say("What it means"),
        flips=words.say("What alone would turn it"),
        taken=words.say("What is assumed"),
        why_titles={
            "loss": words.say("What moves the chance of a loss"),
            "profit": words.say("What moves the profit"),
            "break_even": words.say("What moves the break-even"),
            "cash": words.say("What moves the cash needed"),
        },
        why_lead=words.say("Each assumption alone, from its 10% to its 90% point; all else as it is."),
        asks=words.say("Ask before signing"),
        papers=words.say("Documents to prepare"),
    )


def estimate_view(estimate: Estimate, words: Words) -> EstimateView:
    """The estimate for a page."""
    return EstimateView(
        verdict=verdict_line(estimate, words),
        figures=tuple(_figures(estimate, words)),
        months=tuple(month_words(month.month, words) for month in estimate.by_month),
        total=months(estimate.months, words),
        rows=tuple(_row(name, estimate, words) for name in ROWS),
        segments=segments(estimate.blocks, estimate.currency, words),
        lines=tuple(estimate_lines(estimate, words))[1:],
        taken=tuple(
            filter(None, [("" if words.language == "zh" else " ").join(taken_lines(estimate, words))])
        ),
        note=words.say("averages, which add up; 8 in 10 below"),
        asks=asks(estimate.world.rules.traps, words),
        papers=papers(estimate, words),
        foot=words.say(
            "A scenario under stated assumptions, no promise · {points} points, seed {seed}",
            points=words.number(estimate.points),
            seed=estimate.seed,
        ),
    )


def _figures(estimate: Estimate, words: Words) -> Iterator[Figure]:
    chance = probability(estimate.seller.loss_probability, words)
    profit, low, even = estimate.seller.profit, estimate.seller.cash_low, estimate.break_even
    yield Figure(
        id="profit",
        label=words.say(
            mark("Profit before own staff, {term}")
            if leaves_work(estimate.brief)
            else mark("Profit over {term}"),
            term=months(estimate.months, words),
        ),
        value=money_words(profit.p50, estimate, words, signed=True),
        lines=(span_words(profit, estimate, words),),
    )
    yield Figure(id="loss", label=words.say("Chance of a loss"), value=chance)
    yield Figure(
        id="break_even",
        label=words.say(
            "Break-even {kpi}, {term}",
            kpi=labels.kpi_name(words, even.kpi),
            term=months(estimate.months, words),
        ),
        value=NONE if even.roas is None else words.number(even.roas, 1),
        lines=()
        if even.units is None
        else (words.say("{units} orders a month", units=words.number(about(even.units))),),
        empty=even.roas is None,
    )
    yield Figure(
        id="cash",
        label=words.say("Cash needed at the worst moment"),
        value=money_words(-min(low.p50, 0.0), estimate, words),
        lines=(back_short(estimate, words),),
    )


def _row(name: str, estimate: Estimate, words: Words) -> MoneyRow:
    spreads: list[Spread] = [getattr(month, name) for month in estimate.by_month]

    def cost(amount: float) -> str:
        text = money_words(amount, estimate, words, signed=name in _SUMS)
        return f"{MINUS}{text}" if name in _COSTS and about(amount) > 0 else text

    def ends(each: Spread) -> str:
        low, high = (each.p90, each.p10) if name in _COSTS else (each.p10, each.p90)
        return words.say("{low} to {high}", low=cost(low), high=cost(high))

    total = spreads[-1].mean if name == "cash" else sum(each.mean for each in spreads)
    return MoneyRow(
        id=name,
        label=_label(name, estimate, words),
        means=tuple(cost(each.mean) for each in spreads),
        ranges=tuple(map(ends, spreads)),
        total=cost(total),
        look="sum" if name in _SUMS else _BLOCKS.get(name, "plain"),
        rests=tuple(_rests(name, estimate, words)),
    )


def _label(name: str, estimate: Estimate, words: Words) -> str:
    """What a row is called; that of the fee spells it."""
    if name != "agency_fee":
        return words.say(ROWS[name])
    return words.say("Service fee: {terms}", terms=short_terms(estimate.terms, estimate.currency, words))


_RESTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "settled_gmv": (
            "roas_ad_ref",
            "elasticity_at_ref",
            "aov_ref",
            "organic_ratio",
            "creator_orders_median",
            "return_rate",
            "cancellation_rate",
        ),
        "goods": ("landed_cost_share", "returned_goods_recovered"),
        "delivery": ("fulfilment_cost",),
        "passed_through": ("creator_commission", "creator_acceptance", "sample_cost"),
        "cash": ("payout_delay", "payout_reserve", "stock_lead"),
    }
)
"""The market's assumptions that each kind of money rests on first."""


def _rests(name: str, estimate: Estimate, words: Words) -> Iterator[str]:
    """What a row rests on: facts as told, charges as signed, fees as dated, and the market's ranges."""
    brief, market = estimate.brief, estimate.world.market
    market = with_own_costs(brief, situation_of(brief, market), market)
    platform = brief.platforms[0]
    if name == "agency_fee":
        yield from fee_lines(estimate.terms, counted_names(estimate.terms, estimate.world.kpis), words)
    if name == "passed_through" and brief.ad_budget is not None:
        yield words.say(
            "Ads a month as told: {amount}", amount=money_words(float(brief.ad_budget), estimate, words)
        )
    if name == "platform_take":
        day = dt.date.fromisoformat(market.as_of)
        for kind, label in _FEES.items():
            fee = estimate.world.rules.platform_fees.rate(platform, estimate.category, kind, day)
            if fee is not None:
                yield sourced_line(words.say(label), words.rate(fee.rate), fee.grade, fee.source, words)
    for quantity in _RESTS.get(name, ()):
        if quantity == "landed_cost_share" and brief.landed_cost is not None:
            yield words.say(
                "Landed cost as told: {amount}",
                amount=words.money(brief.landed_cost, estimate.currency, digits=2),
            )
            continue
        if quantity == "return_rate" and brief.return_rate is not None:
            yield words.say("Return rate as told: {share}", share=words.rate(brief.return_rate))
            continue
        row = market.find(
            quantity, platform=platform, category=estimate.category, stage=brief.stage or "cold"
        )
        if row is not None and row.source == TOLD:
            what, amount = assumption_name(quantity, words), point_words(row, row.low, words)
            yield words.say("{what}, as told: {amount}", what=what, amount=amount)
        elif row is not None:
            yield assumption_line(row, words)
    if name == "profit":
        yield words.say("Settled sales less every row above; each draw is one and the same outcome.")


_FEES: Mapping[Kind, str] = MappingProxyType(
    {
        "referral": mark("Referral fee on what was shipped"),
        "refund_admin": mark("Share of the referral fee kept on refunds"),
        "payment": mark("Payment fee"),
    }
)
