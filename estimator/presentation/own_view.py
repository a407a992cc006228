"""A prospect's own figures in words and a picture: the market, what they say, the forecast after them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import altair as alt
import pandas as pd

from estimator.brief.brief import HistoryMonth
from estimator.market.summary import Spread
from estimator.presentation.charts import FONT
from estimator.presentation.palette import Mode, palette
from estimator.presentation.paper import Table
from estimator.presentation.phrases import chance_words, goal_words, safe_level
from estimator.presentation.words import NONE, Words, about, mark
from estimator.quoting.own_figures import OwnFigures, OwnMonth
from estimator.quoting.quote import Quote, QuotedGoal

HEIGHT = 150
"""Of the picture, in pixels."""
LEAST_MOVED = 0.005
"""The least change of a probability that is told."""
_ELSEWHERE: Mapping[str, str] = MappingProxyType(
    {
        "other_channel": mark("They are from another platform, so they count for less here."),
        "other_country": mark("They are from another country, so they count for less here."),
    }
)


@dataclass(frozen=True, kw_only=True)
class PastWords:
    """The words of the box that takes past months."""

    open: str
    title: str
    lead: str
    months: str
    hint: str
    undo: str
    effect: str
    nothing: str
    understood: Table | None


@dataclass(frozen=True, kw_only=True)
class OwnView:
    """What own figures did, for a page: the figures, a picture with the sentence that says it, sentences."""

    title: str
    lead: str
    table: Table
    spec: dict[str, Any] | None
    said: str
    lines: tuple[str, ...]


def past_words(history: tuple[HistoryMonth, ...], currency: str, words: Words) -> PastWords:
    """The words of the box, with what was understood of the months typed so far."""
    title = words.say("Past figures")
    months = tuple(OwnMonth(month=m.month, spend=float(m.ad_spend), sold=float(m.sold)) for m in history)
    whole = not history or history[0].gmv is not None
    opened = title if not history else words.say("{title} · {count}", title=title, count=len(history))
    return PastWords(
        open=opened,
        title=title,
        lead=words.say(
            "A line for each month: month, ads, GMV and, if known, orders. Three months tell most. Typed, or "
            "pasted from a sheet."
        ),
        months=words.say("Months"),
        hint="2026-08  20,000  60,000\n2026-09  20,000  66,000\n2026-10  22,000  71,000",
        undo=words.say("Undo"),
        effect=words.say("What they do to the forecast"),
        nothing=words.say("Nothing yet: no month that sold, and no GMV of a running shop."),
        understood=_table(months, whole, currency, words) if months else None,
    )


def own_view(quote: Quote, own: OwnFigures, mode: Mode, words: Words) -> OwnView:
    """What a quote's own figures did to it."""
    return OwnView(
        title=words.to(mark("Your own figures"), mark("The shop’s own figures")),
        lead=words.say("What accounts of this kind usually sell, what this one sold, and the forecast."),
        table=_table(own.months, own.whole, quote.currency, words),
        spec=_spec(own, mode, words),
        said=_said(own, words),
        lines=tuple(_lines(quote, own, words)),
    )


def _ratio_name(whole: bool, words: Words) -> str:
    return words.say(mark("GMV over ad spend") if whole else mark("Ad GMV over ad spend"))


def _table(months: tuple[OwnMonth, ...], whole: bool, currency: str, words: Words) -> Table:
    """The figures, a row a month, and what each sold over its ads."""
    heads = (
        words.say("Month"),
        words.say("Ads"),
        words.say("GMV") if whole else words.say("Ad GMV"),
        words.say("GMV / ads"),
    )
    rows = tuple(
        (
            words.say("today") if month.month is None else words.month(month.month),
            words.money(month.spend, currency),
            words.money(month.sold, currency),
            words.number(month.sold / month.spend, 2) if month.spend else NONE,
        )
        for month in sorted(months, key=lambda one: one.month or "")
    )
    return Table(title=words.say("Understood"), heads=heads, rows=rows, align="lrrr")


def _between(spread: Spread, words: Words) -> str:
    low, middle, high = (words.number(value, 2) for value in (spread.p10, spread.p50, spread.p90))
    return words.say("{middle} (8 in 10: {low} to {high})", middle=middle, low=low, high=high)


def _said(own: OwnFigures, words: Words) -> str:
    """What the picture shows."""
    if own.before is None or own.after is None:
        return ""
    return words.say(
        "{ratio} in the first three months: {before} without the figures, {after} with them.",
        ratio=_ratio_name(own.whole, words),
        before=_between(own.before, words),
        after=_between(own.after, words),
    )


def _lines(quote: Quote, own: OwnFigures, words: Words) -> Iterator[str]:
    if said := _said(own, words):
        yield said
    yield words.say(
        "They leave {left} of the width between accounts open. Who runs the shop now is in the figures; what "
        "another team does comes on top.",
        left=words.percent(own.left),
    )
    if away := _ELSEWHERE.get(own.elsewhere or ""):
        yield words.say(away)
    if quote.goals and own.goal is not None:
        yield from _goal_lines(quote.goals[0], own.goal, quote.currency, words)
    if quote.trade.base is None:
        yield _price_line(own.price, quote, words)


def _goal_lines(now: QuotedGoal, before: QuotedGoal, currency: str, words: Words) -> Iterator[str]:
    """What the figures did to the first goal's probability, and to the level that is safe."""
    if now.probability is None or before.probability is None:
        return
    values = {
        "goal": goal_words(now.goal, words, currency),
        "now": chance_words(now.probability.value, words),
        "before": chance_words(before.probability.value, words),
    }
    if abs(now.probability.value - before.probability.value) < LEAST_MOVED:
        yield words.say("The probability of {goal} stays at {now}.", **values)
    else:
        yield words.say("The probability of {goal} is {now}; without the figures it was {before}.", **values)
    safe, was = (
        None if each.promise is None or each.promise.level is None else each.promise.level
        for each in (now, before)
    )
    if safe is not None and was is not None:
        yield words.say(
            "The safe level is {now}; without the figures it was {before}.",
            now=safe_level(safe, now.goal, currency, words),
            before=safe_level(was, now.goal, currency, words),
        )


def _price_line(price: float, quote: Quote, words: Words) -> str:
    now, before = (words.money(about(amount), quote.currency) for amount in (quote.monthly_price, price))
    if now == before:
        return words.say("The base fee stays at {now} a month.", now=now)
    return words.say(
        "The base fee is {now} a month; without the figures it would be {before}.",
        now=now,
        before=before,
    )


def _spec(own: OwnFigures, mode: Mode, words: Words) -> dict[str, Any] | None:
    """The market’s range, the months as dots and the forecast’s range, one above the other."""
    if own.before is None or own.after is None:
        return None
    colours = palette(mode)
    names = (
        words.say("Market"),
        words.to(mark("Your figures"), mark("Own figures")),
        words.say("Forecast"),
    )
    bars = pd.DataFrame(
        [
            {"row": name, "low": spread.p10, "middle": spread.p50, "high": spread.p90}
            for name, spread in ((names[0], own.before), (names[2], own.after))
        ]
    )
    dots = pd.DataFrame(
        [{"row": names[1], "ratio": month.sold / month.spend} for month in own.months if month.spend]
        or [{"row": names[1], "ratio": None}]
    )
    y = alt.Y("row:N", sort=list(names), title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=140))
    x_title = _ratio_name(own.whole, words)
    scale = alt.Scale(zero=False, nice=True)
    ranges = alt.Chart(bars).encode(y=y)
    chart = alt.layer(
        ranges.mark_bar(height=14, color=colours.density_loss).encode(
            x=alt.X("low:Q", title=x_title, scale=scale), x2="high:Q"
        ),
        ranges.mark_tick(thickness=2.5, size=20, color=colours.ink).encode(x="middle:Q"),
        alt.Chart(dots)
        .mark_point(filled=True, size=70, opacity=0.85, color=colours.seller)
        .encode(y=y, x="ratio:Q"),
    ).properties(width="container", height=HEIGHT, background="transparent")
    made: dict[str, Any] = (
        chart.configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=colours.muted,
            titleColor=colours.muted,
            gridColor=colours.line,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
        )
        .to_dict()
    )
    return made
