"""What opens at a number: its assumptions by swing, the rule of a price line, what a goal may mean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Protocol

from estimator.brief.goals import READINGS
from estimator.contract.conditions import Value
from estimator.contract.facts import FACTS
from estimator.contract.pricing import NotApplied, Step
from estimator.market.assumptions import Assumption
from estimator.presentation import answers
from estimator.presentation.models import DriverRow, MeaningRow, Meanings, Reasons, RuleBox
from estimator.presentation.phrases import goal_words, labelled, level_words, probability, sign_of
from estimator.presentation.words import MINUS, NONE, Words, about, mark
from estimator.quoting.drivers import Driver, Target
from estimator.quoting.meanings import Meaning
from estimator.quoting.quote import Quote
from estimator.values.money import plain

MOST_ROWS = 6
MOST_PASSED = 6

ASSUMPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "market": mark("How well this product takes in the US"),
        "account_cvr": mark("How well this account converts"),
        "account_cpc": mark("How cheaply this account buys clicks"),
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

_LEADS: Mapping[Target, str] = MappingProxyType(
    {
        "chance": mark("Points of probability, as each assumption goes from its low to its high tenth"),
        "safe": mark("The safe level, as each assumption goes from its low to its high tenth"),
        "break_even": mark("The break-even, as each assumption goes from its low to its high tenth"),
        "loss": mark("Points of the chance of a loss, as each assumption goes from low to high"),
        "profit": mark("The middle profit, as each assumption goes from its low to its high tenth"),
        "cash": mark("The lowest cash, as each assumption goes from its low to its high tenth"),
    }
)


def driver_reasons(
    quote: Quote, target: Target, found: tuple[Driver, ...], title: str, words: Words
) -> Reasons:
    """The assumptions behind a number, the largest swing first."""
    largest = found[0].swing if found else 1.0
    edited = {override.assumption for override in quote.overrides}
    notes = [
        words.say(
            "Scenario under stated assumptions; a range typed here is a what-if and never moves the price."
        )
    ]
    return Reasons(
        title=title,
        lead=words.say(_LEADS[target]),
        rows=tuple(
            driver_row(driver, target, largest, driver.name in edited, words, quote.currency)
            for driver in found[:MOST_ROWS]
        ),
        notes=tuple(notes),
    )


def driver_row(
    driver: Driver, target: Target, largest: float, edited: bool, words: Words, currency: str = "USD"
) -> DriverRow:
    """One assumption behind a number; ``edited`` where its range was typed on the call."""
    row = driver.row
    label = words.say(ASSUMPTIONS[driver.name]) if driver.name in ASSUMPTIONS else driver.name
    if row is None:
        source = words.say("not known before it runs; a paid test or past months narrow it")
        spread = words.say("from account to account")
    else:
        grade = words.say(GRADES.get(row.grade, row.grade))
        source = words.say(
            "{grade} · {source}, {day}",
            grade=grade,
            source=words.cited(row.source),
            day=words.date(row.as_of),
        )
        spread = range_words(row, words)
        if edited:
            source = words.say("typed on this call, in place of the market’s range")
    if driver.spread is not None and driver.spread >= LEAST_TOLD:
        share = words.percent(driver.spread)
        source = words.say("{share} of the spread · {source}", share=share, source=source)
    return DriverRow(
        id=driver.name,
        label=label,
        range=spread,
        swing=_swing(driver, target, words, currency),
        share=driver.swing / largest if largest else 0.0,
        source=source,
        field=driver.name if row is not None and not driver.several else "",
        typed="" if row is None else typed_range_of(row),
    )


def _swing(driver: Driver, target: Target, words: Words, currency: str) -> str:
    """From the low tenth to the high one; either may be the larger."""
    ends = driver.low, driver.high
    if target in ("profit", "cash"):
        low, high = (words.money(about(value), currency, signed=True) for value in ends)
    elif target in ("chance", "loss"):
        low, high = (words.number(value * 100) for value in ends)
        high += "%"
    else:
        low, high = (words.number(value, 1) for value in ends)
    return f"{low} → {high}"


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


LEAST_TOLD = 0.005
"""The smallest share of the spread that is told."""


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


class _Explained(Protocol):
    @property
    def rationale(self) -> str: ...
    @property
    def source(self) -> str: ...


def why_words(row: _Explained, words: Words) -> str:
    """Why a row is there, and what that rests on."""
    return words.say(
        "{reason}. Source: {source}",
        reason=words.cited(row.rationale.rstrip(".")),
        source=words.cited(row.source),
    )


def rule_boxes(quote: Quote, words: Words) -> tuple[RuleBox, ...]:
    """Every step of the price opened, in the order of the trace."""
    return tuple(_rule_box(step, quote, words) for step in quote.priced.steps)


def _rule_box(step: Step, quote: Quote, words: Words) -> RuleBox:
    table = step.rule.partition(":")[0]
    passed = [row for row in quote.priced.not_applied if row.rule.partition(":")[0] == table]
    place, _, name = step.rule.partition("#")
    return RuleBox(
        id=name,
        title=words.of(step.label),
        place=words.say("{place}, rule {id}", place=place, id=name),
        why=why_words(step, words),
        matched=tuple(
            labelled(_fact_label(fact, words), fact_words(fact, value, words), words)
            for fact, value in step.because
        ),
        passed=tuple(_passed(row, words) for row in passed[:MOST_PASSED]),
        matched_title=words.say("Applies because"),
        passed_title=words.say("Did not apply"),
    )


def _passed(row: NotApplied, words: Words) -> tuple[str, str]:
    """A row that did not apply: its label, and the cell it asks for beside what was found."""
    cell = " / ".join(fact_words(row.column, part, words) for part in row.cell.split("|"))
    found = fact_words(row.column, row.found, words)
    return words.of(row.label), words.say("needs {cell}, is {found}", cell=cell, found=found)


def _fact_label(fact: str, words: Words) -> str:
    named = answers.label(words, fact)
    return named if named != fact else words.of(FACTS[fact].label) if fact in FACTS else fact


_BANDS: Mapping[str, str] = MappingProxyType(
    {
        "likely": mark("likely (80% or more)"),
        "even": mark("even (50 to 80%)"),
        "hard": mark("hard (20 to 50%)"),
        "remote": mark("remote (under 20%)"),
    }
)


def fact_words(fact: str, value: Value | str, words: Words) -> str:
    """A fact's value as the page says it; a bound stays as the table has it."""
    if value is None or value == "unknown":
        return words.say(answers.UNKNOWN)
    if isinstance(value, frozenset):
        return words.both([fact_words(fact, part, words) for part in sorted(value)])
    if isinstance(value, Decimal):
        return words.plain(value)
    name = answers.SAME.get(fact, fact)
    listed = answers.ANSWERS.get({"platforms": "platform"}.get(name, name), {})
    if value in listed:
        return words.say(listed[value])
    return words.say(_BANDS[value]) if value in _BANDS else str(value)


_READINGS = {
    "total": mark("whole span"),
    "last": mark("last month"),
    "every": mark("every month"),
    "any": mark("any one month"),
}


def meanings_table(quote: Quote, found: tuple[Meaning, ...], words: Words) -> Meanings:
    """The first goal's words under each definition and reading, with the price of each."""
    goal = quote.goals[0].goal
    names = dict(answers.FAMILIES[0].kpis)
    rows = []
    for start in range(0, len(found), len(READINGS)):
        group = found[start : start + len(READINGS)]
        cells = []
        for meaning in group:
            here = meaning.goal.kpi == goal.kpi and meaning.goal.reading == goal.reading
            if meaning.probability is None:
                cells.append((NONE, words.say("not reported"), here))
            else:
                value, error = probability(meaning.probability, words)
                assert meaning.price is not None
                cells.append((f"{value} {error}", words.money(meaning.price, quote.currency), here))
        rows.append(MeaningRow(label=words.say(names[group[0].goal.kpi.id]), cells=tuple(cells)))
    level = level_words(goal.level, goal.kpi, quote.currency, words)
    return Meanings(
        title=words.say(
            "What “ROAS {sign} {level} within {last} months” may mean",
            sign=sign_of(goal),
            level=level,
            last=goal.months[1],
        ),
        lead=words.say("Probability, and the price a month that goes with it. Boxed: as quoted."),
        heads=tuple(words.say(_READINGS[reading]) for reading in READINGS),
        rows=tuple(rows),
        contract_title=words.say("What the contract should say"),
        contract=contract_words(quote, words),
    )


def contract_words(quote: Quote, words: Words) -> str:
    """The first goal as a contract has to write it."""
    goal = quote.goals[0].goal
    return words.say(
        "{goal}: {definition}. Counted from: {source}. Attribution: {attribution}. Read over {reading} of "
        "contract months {first} to {last}, before any rounding.",
        goal=goal_words(goal, words, quote.currency),
        definition=words.of(goal.kpi.definition),
        source=words.of(goal.kpi.source),
        attribution=words.of(goal.kpi.attribution),
        reading=words.say(_READINGS[goal.reading]),
        first=goal.months[0],
        last=goal.months[1],
    )
