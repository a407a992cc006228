"""A proposal as sheets of cells: what the workbook shows besides the months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from estimator.presentation import labels
from estimator.presentation.assumptions import GRADES, assumption_name, range_words
from estimator.presentation.charge_words import charge_words
from estimator.presentation.phrases import goal_words, level_asked
from estimator.presentation.proposal import numbered
from estimator.presentation.proposal_money import COURSES, MONEY
from estimator.presentation.words import Words
from estimator.schemas.parts import Range
from estimator.schemas.proposal import Proposal

Kind = Literal["text", "money", "share", "number"]


@dataclass(frozen=True, kw_only=True)
class Cells:
    """A table of a sheet: one kind for each column; with ``total`` its money columns are summed."""

    rows: tuple[tuple[Any, ...], ...]
    kinds: tuple[Kind, ...]
    heads: tuple[str, ...] = ()
    title: str = ""
    total: str = ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet by its title, with its tables under each other."""

    title: str
    tables: tuple[Cells, ...]


def sheets(paper: Proposal, words: Words) -> Iterator[Sheet]:
    """Every sheet but the months, in the order of the document."""
    yield Sheet(title=words.say("Quote"), tables=tuple(_quote(paper, words)))
    yield Sheet(title=words.say("Forecast"), tables=tuple(_forecast(paper, words)))
    if paper.what_ifs is not None:
        yield Sheet(title=words.say("What-ifs"), tables=(_what_ifs(paper, words),))
    yield Sheet(title=words.say("Assumptions"), tables=(_assumptions(paper, words),))


def _all(kind: Kind, count: int) -> tuple[Kind, ...]:
    return (kind,) * count


def _quote(paper: Proposal, words: Words) -> Iterator[Cells]:
    head = (
        (words.say("Number"), numbered(paper) or words.say("draft, not numbered")),
        (words.say("Date"), paper.day.isoformat()),
        (
            words.say("Valid until"),
            words.say(
                "{day}, {time} ({zone} time)",
                day=words.date(f"{paper.valid_until:%Y-%m-%d}"),
                time=f"{paper.valid_until:%H:%M}",
                zone=words.zone(paper.zone),
            ),
        ),
        (words.say("For"), paper.client.name(words.language) or words.say("client not named")),
        (words.say("From"), paper.sender.entity.name(words.language)),
        (words.say("Currency"), paper.currency),
        *((words.say("Goal"), goal_words(goal.goal, words, paper.currency)) for goal in paper.goals),
    )
    yield Cells(rows=head, kinds=("text", "text"))
    yield Cells(
        title=words.say("Due now"),
        rows=tuple(
            (words.of(due.label), due.amount, None if due.due is None else due.due.isoformat())
            for due in paper.due_now
        ),
        kinds=("text", "money", "text"),
        total=words.say("Total"),
    )
    yield Cells(
        title=words.say("What we charge"),
        heads=(words.say("Charge"), words.say("What it comes to")),
        rows=tuple(
            (words.of(charge.label), charge_words(charge, paper.contract, paper.counted, words))
            for charge in paper.contract.charges
        ),
        kinds=("text", "text"),
    )
    yield Cells(
        rows=((words.say("Least committed"), paper.least_committed),),
        kinds=("text", "money"),
    )
    if paper.exits:
        yield Cells(
            title=words.say("Leaving early"),
            heads=(words.say("If you leave after"), words.say("Amount")),
            rows=tuple((exit.after, exit.price) for exit in paper.exits),
            kinds=("number", "money"),
        )


def _forecast(paper: Proposal, words: Words) -> Iterator[Cells]:
    percentiles = (words.say("Mean"), "P10", "P50", "P90")
    kinds: tuple[Kind, ...] = ("text", "money", "money", "money", "money")

    def row(label: str, amounts: Range) -> tuple[Any, ...]:
        return label, amounts.mean, amounts.p10, amounts.p50, amounts.p90

    yield Cells(
        title=words.say("Over the term"),
        heads=("", *percentiles),
        rows=(
            row(words.say("Our fee"), paper.fees),
            row(words.say("Your profit"), paper.seller),
            row(words.say("Cash low point"), paper.cash_low),
        ),
        kinds=kinds,
    )
    goals = tuple(
        (
            level_asked(goal.goal, words, paper.currency),
            None if goal.chance is None else goal.chance.probability,
            goal.safe,
        )
        for goal in paper.goals
    )
    if goals:
        heads = (words.say("Goal"), words.say("Probability"), words.say("Safe level"))
        yield Cells(heads=heads, rows=goals, kinds=("text", "share", "number"))
    yield _by_month(paper, words)
    yield Cells(
        title=words.say("An average month of the term"),
        heads=("", *(words.say(COURSES[course.luck]) for course in paper.courses)),
        rows=tuple(
            (
                words.say(label),
                *(course.money[name] * (1 if name == "settled_gmv" else -1) for course in paper.courses),
            )
            for name, label in MONEY.items()
        ),
        kinds=("text", *_all("money", len(paper.courses))),
        total=words.say("Your profit"),
    )


def _by_month(paper: Proposal, words: Words) -> Cells:
    names = ("settled_gmv", "agency_fee", "ads", "creators", "samples", "platform_take")
    return Cells(
        title=words.say("Month by month, mean of all outcomes"),
        heads=(
            words.say("Month"),
            *(words.say(MONEY[name]) for name in names),
            words.say("Goods and delivery"),
            *(words.say("Your profit, {percentile}", percentile=name) for name in ("P10", "P50", "P90")),
        ),
        rows=tuple(
            (
                month.month,
                month.settled_gmv,
                month.agency_fee,
                month.passed_through.ads,
                month.passed_through.creators,
                month.passed_through.samples,
                month.platform_take,
                month.goods_and_delivery,
                month.profit.p10,
                month.profit.p50,
                month.profit.p90,
            )
            for month in paper.by_month
        ),
        kinds=("text", *_all("money", 10)),
    )


def _what_ifs(paper: Proposal, words: Words) -> Cells:
    assert paper.what_ifs is not None
    goal, grid = paper.goals[0].goal, paper.what_ifs
    heads = tuple(
        level_asked(goal.model_copy(update={"level": Decimal(f"{level:g}")}), words, paper.currency)
        for level in grid.levels
    )
    return Cells(
        title=words.say(
            "{kpi}: chance of each level at other ad budgets, all else as quoted",
            kpi=labels.kpi_name(words, goal.kpi),
        ),
        heads=(words.say("Ads a month"), *heads),
        rows=tuple((budget, *chances) for budget, chances in zip(grid.budgets, grid.chances)),
        kinds=("money", *_all("share", len(heads))),
    )


def _assumptions(paper: Proposal, words: Words) -> Cells:
    return Cells(
        heads=(
            words.say("Assumption"),
            words.say("Range (90%)"),
            words.say("Moves your profit by"),
            words.say("Grade"),
            words.say("Source"),
        ),
        rows=tuple(
            (
                assumption_name(row.name, words),
                None if row.row is None else range_words(row.row, words),
                row.swing,
                None if row.row is None else words.say(GRADES.get(row.row.grade, row.row.grade)),
                words.say("not known before it runs; a paid test or past months narrow it")
                if row.row is None
                else words.cited(row.row.source),
            )
            for row in paper.assumptions
        ),
        kinds=("text", "text", "money", "text", "text"),
    )
