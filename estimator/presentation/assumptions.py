"""Assumptions in words: names, grades, ranges and sources."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from estimator.market.assumptions import Assumption
from estimator.presentation import labels
from estimator.presentation.phrases import months
from estimator.presentation.words import MINUS, Words, about, mark
from estimator.quoting.own_figures import FarBelow
from estimator.schemas.proposal import BelowToday
from estimator.values.money import plain

ASSUMPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "market": mark("How well this product takes in the US"),
        "account_cvr": mark("How well this account converts"),
        "account_cpc": mark("How cheaply this account buys clicks"),
        "month_width": mark("How widely this account’s months swing"),
        "stage_roas_effect": mark("ROAS of this business stage"),
        "service_cvr_effect": mark("Conversion under this service"),
        "roas_category_effect": mark("ROAS of the category"),
        "season_amplitude_demand": mark("Strength of the season, demand"),
        "season_amplitude_cpm": mark("Strength of the season, ad prices"),
        "efficiency_drift": mark("Drift of ad efficiency a year"),
        "creator_orders_median": mark("Orders of a middling creator a month"),
        "creator_posting_rate": mark("Creators who post after accepting"),
        "launch_delay": mark("Weeks to the first sale"),
        "ramp_months": mark("Months of ramp-up"),
        "ramp_start": mark("Share of full level at the start"),
        "cvr_aov_elasticity": mark("How conversion falls with price"),
        "return_rate": mark("Return rate"),
        "repeat_rate": mark("Repeat orders in a year"),
        "cancellation_rate": mark("Cancelled orders"),
        "creator_retention": mark("Creators still active next month"),
        "creator_acceptance": mark("Creators who accept"),
        "creator_sales_category_effect": mark("Creator sales of the category"),
        "aov_category_effect": mark("Order value of the category"),
        "cpc_category_effect": mark("Click price of the category"),
        "new_customer_share": mark("Share of new customers"),
        "cv_order_value": mark("Spread of order values"),
        "content_elasticity": mark("What more videos do for conversion"),
        "us_team_cvr_effect": mark("Conversion with a US team"),
        "us_team_acceptance_effect": mark("Creators’ acceptance with a US team"),
        "inhouse_hiring_delay": mark("Months to hire an own team"),
        "new_shop_order_limit": mark("Orders a day a new shop may take"),
        "platform_stop_length": mark("Months a platform stop lasts"),
        "shop_rating_base": mark("Usual shop rating"),
        "landing_rate": mark("Clicks that reach the page"),
        "nonad_visit_cvr_ratio": mark("Conversion of other visits"),
        "creator_videos_each": mark("Videos of a creator a month"),
        "creator_commission": mark("Creators’ commission"),
        "landed_cost_share": mark("Landed cost as a share of the price"),
        "fulfilment_cost": mark("Delivery of an order"),
        "returned_goods_recovered": mark("Value kept of returned goods"),
        "payout_delay": mark("Days until payout"),
        "payout_reserve": mark("Reserve held back"),
        "sample_cost": mark("Samples and small flat fees a month"),
        "own_price_elasticity": mark("How one product’s orders fall as its own price rises"),
        "orders_aov_elasticity": mark("How orders through creators and live fall as products are dearer"),
        "outreach_price_full": mark("Price up to which creators are contacted in full"),
        "outreach_price_elasticity": mark("How fewer creators are contacted for a dearer product"),
        "stock_lead": mark("Months stock is bought ahead"),
        "roas_ad_ref": mark("ROAS of the ads themselves"),
        "elasticity_at_ref": mark("What more budget brings"),
        "organic_ratio": mark("Organic sales that content brings"),
        "live_sales_per_hour": mark("Live sales an hour"),
        "promoted_share": mark("Share of GMV in the platform’s total"),
        "aov_ref": mark("Order value of the platform"),
        "cpc_ref": mark("Click price of the platform"),
        "repeat_factor": mark("Repeat orders on this platform"),
        "interruption_length": mark("Months an interruption lasts"),
    }
)
"""What each assumption is called on the page."""

GRADES: Mapping[str, str] = MappingProxyType(
    {
        "platform document": mark("platform document"),
        "own data": mark("own data"),
        "published": mark("published"),
        "expert": mark("expert"),
        "guess": mark("guess"),
    }
)


def assumption_name(name: str, words: Words) -> str:
    """What an assumption is called on page and paper; its own name where it has no other."""
    return words.say(ASSUMPTIONS[name]) if name in ASSUMPTIONS else name


def _as_percent(row: Assumption) -> bool:
    return (
        row.kind in ("logitnormal", "beta") or row.unit in ("log", "log/year") or row.unit.startswith("share")
    )


def _shown(row: Assumption, value: float) -> float:
    """The value as people read it: log effects and shares in percent."""
    if row.unit in ("log", "log/year"):
        return (math.exp(value) - 1) * 100
    return value * 100 if _as_percent(row) else value


def read_back(row: Assumption, value: float) -> float:
    """The row's own value of a number people typed; the inverse of what is shown."""
    if row.unit in ("log", "log/year"):
        return math.log1p(value / 100)
    return value / 100 if _as_percent(row) else value


def typed_range_of(row: Assumption) -> str:
    """The row's range as it would be typed."""
    low, high = (_shown(row, bound) for bound in (row.low, row.high))
    sign = "%" if _as_percent(row) else ""
    if row.certain:
        return f"{_plain(low)}{sign}"
    return f"{_plain(low)}{sign} – {_plain(high)}{sign}"


def _plain(value: float) -> str:
    digits = 0 if abs(value) >= 20 else 1 if abs(value) >= 2 else 2
    return plain(Decimal(f"{value:.{digits}f}"))


def _written(value: float) -> str:
    """A figure as it is read: thousands apart, a true minus."""
    return f"{Decimal(_plain(value)):,}".replace("-", MINUS)


def point_words(row: Assumption, value: float, words: Words) -> str:
    """One value of an assumption, as its range is written."""
    text = _written(_shown(row, value))
    if row.unit in ("log", "log/year") and value > 0:
        text = f"+{text}"
    unit = words.symbol("USD") if row.unit.startswith("USD") and row.unit != "USD/USD" else ""
    return f"{unit}{text}{'%' if _as_percent(row) else ''}"


def range_words(row: Assumption, words: Words) -> str:
    """The 90 % range of an assumption, as the language writes it."""
    sign = "%" if _as_percent(row) else ""
    signed = row.unit in ("log", "log/year")

    def figure(bound: float) -> str:
        text = _written(_shown(row, bound))
        return f"+{text}" if signed and bound > 0 else text

    unit = words.symbol("USD") if row.unit.startswith("USD") and row.unit != "USD/USD" else ""
    if signed:
        return words.say("{low} to {high}", low=f"{figure(row.low)}%", high=f"{figure(row.high)}%")
    return f"{unit}{words.span(figure(row.low), figure(row.high))}{sign}"


FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "ramp_factor": mark("Ramp-up, times as long"),
        "own_videos": mark("Own videos a month"),
        "creators_contacted": mark("Creators contacted a month"),
        "live_hours": mark("Live hours a month"),
        "inhouse_failure_probability": mark("Chance a year that a key hire leaves"),
        "inhouse_failure_factor": mark("What is left of conversion and content after that"),
        "headcount.lead": mark("Leads employed"),
        "headcount.ads": mark("Ads operators employed"),
        "headcount.content": mark("Content and creator staff employed"),
        "headcount.growth": mark("How people grow with the size, exponent"),
        "headcount.store": mark("More people for each further store"),
        "salary.lead": mark("Pay of a lead a month"),
        "salary.ads": mark("Pay of an ads operator a month"),
        "salary.content": mark("Pay of content staff a month"),
        "salary.us": mark("Pay of a person in the US a month"),
        "loading": mark("All-in cost of pay, times"),
        "tools": mark("Software a month"),
        "recruiting": mark("Months of pay for finding a hire"),
        "live_share": mark("Live hours with the seller’s own hosts"),
        "live_host": mark("A live host an hour"),
    }
)
"""What the figures behind a way of operating are called."""


def assumption_line(row: Assumption, words: Words) -> str:
    """One assumption in a line: what it is called, its 90 % range, grade and source."""
    parts = row.quantity.split(".")
    names = {**FIGURES, **ASSUMPTIONS}
    name = next((names[key] for key in (".".join(parts[:2]), parts[0]) if key in names), row.quantity)
    return sourced_line(words.say(name), range_words(row, words), row.grade, row.source, words)


def sourced_line(what: str, amount: str, grade: str, source: str, words: Words) -> str:
    """A figure in a line: what it is, how much, how good its source is, and which."""
    return words.say(
        "{what}: **{range}** · {grade} · {source}",
        what=what,
        range=amount,
        grade=words.say(GRADES.get(grade, grade)),
        source=words.cited(source),
    )


def taken_said(taken: Sequence[tuple[str, str]], words: Words) -> str:
    """What was taken of the contract and the shop because nobody said it, each with its value.

    >>> from estimator.rules.rules import open_rules
    >>> words = Words("en", vocabulary=open_rules().vocabulary)
    >>> taken_said([("service_model", "whole_shop"), ("contract_months", "6")], words)
    'Taken because it was not told: service model whole shop, term 6 months.'
    """
    said = [
        words.say(
            "{fact} {value}",
            fact=words.within(labels.label(words, fact)),
            value=months(int(value), words)
            if fact == "contract_months"
            else words.within(labels.answer(words, fact, value)),
        )
        for fact, value in taken
    ]
    return words.say("Taken because it was not told: {facts}.", facts=words.both(said)) if said else ""


def assumed_said(assumed: Sequence[tuple[str, str]], words: Words) -> str:
    """Facts that were not told: those that the market's own figures stand in for, and what else was taken."""
    named = [words.within(labels.label(words, fact)) for fact, _ in assumed if fact != "recent_ad_spend"]
    said = words.say("Market values used for: {facts}.", facts=words.both(named)) if named else ""
    if len(named) == len(assumed):
        return said
    return f"{said} {words.say('Today’s ads are taken to be the budget.')}".strip()


def far_below_said(below: FarBelow | BelowToday, currency: str, words: Words) -> str:
    """Why a running shop is forecast under half of what it sells today."""
    message = (
        mark(
            "The forecast, {forecast} a month, is under half of today’s {today}: the plan spends less on ads "
            "than today."
        )
        if below.fewer_ads
        else mark(
            "The forecast, {forecast} a month, is under half of today’s {today}: accounts of this kind sell "
            "far less with such ads and creators, and one month is not taken to last. Three months of "
            "figures would tell."
        )
    )
    forecast, today = (words.money(about(amount), currency) for amount in (below.forecast, below.now))
    return words.say(message, forecast=forecast, today=today)
