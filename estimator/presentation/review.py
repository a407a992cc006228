"""A review as a paper: forecast and outcome, how the goals stand, who brought what, what is charged."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from estimator.presentation.fact_words import agreed
from estimator.presentation.ledger_text import CAME, why_words
from estimator.presentation.paper import (
    Block,
    Figure,
    Figures,
    Lead,
    Pairs,
    Paper,
    Paragraph,
    Picture,
    Points,
    Section,
    Table,
)
from estimator.presentation.phrases import chance_words, goal_words, level_words, months
from estimator.presentation.proposal import party_lines, reference
from estimator.presentation.review_causes import brought_blocks, course_blocks
from estimator.presentation.review_chart import CHART
from estimator.presentation.review_money import settlement_blocks
from estimator.presentation.words import NONE, Words, about, mark
from estimator.schemas.parts import Range
from estimator.schemas.review import Beside, NoChance, Place, Review, ReviewedGoal, ReviewedMonth
from estimator.values.money import round_half_up

NO_CHANCE: dict[NoChance, str] = {
    "never": mark("had no probability when it was sent"),
    "rules_gone": mark("not given: the rules or the calculation of that day no longer give what was sent"),
    "counts_fees": mark("not given while it runs: it counts fees or costs"),
    "blank": mark("not given: blank is {what}"),
    "complete": mark("all its months are in; their figures are not final"),
    "no_month": mark("none of its months can count any more"),
}
"""Why an open goal has no chance as it now stands."""
PLACES: dict[Place, str] = {"below": mark("below"), "within": mark("within"), "above": mark("above")}
"""Where what came lies, of the range of eight in ten."""


def review_paper(review: Review, words: Words, shown: str = "") -> Paper:
    """The whole review; ``shown`` is the sentence of the chart, empty without one."""
    number = reference(review.number, review.revision)
    us = review.sender.entity
    return Paper(
        language=words.language,
        title=words.say("Review"),
        name=words.say("Review of {number}, {month}", number=number, month=_month(review, words)),
        author=us.name(words.language),
        stamp=words.say("Sample letterhead: state your own company") if review.sender.sample else "",
        head=(
            (words.say("Number"), number),
            (words.say("Up to"), _month(review, words)),
            (words.say("Written on"), words.date(review.day.isoformat())),
            (words.say("Price list"), review.edition),
        ),
        parties=(
            (words.say("Client"), party_lines(review.client, words) or (words.say("client not named"),)),
            (words.say("Agency"), party_lines(us, words)),
        ),
        sections=tuple(review_sections(review, words, shown)),
        foot=words.say(
            "Figures as entered. Forecasts are scenarios under stated assumptions and promise no result."
        ),
        page=words.say("page {page} of {pages}", page="{page}", pages="{pages}"),
        colour=review.sender.colour,
    )


def review_sections(review: Review, words: Words, shown: str = "") -> Iterator[Section]:
    """The sections of the paper, which the page shows as well."""
    yield Section(id="glance", title=words.say("At a glance"), blocks=tuple(_glance(review, words)))
    if review.months:
        title = words.say("What came, beside what was forecast")
        yield Section(id="months", title=title, blocks=tuple(_months(review, words, shown)))
    if review.goals:
        yield Section(id="goals", title=words.say("The goals as they stand"), blocks=(_goals(review, words),))
    if review.brought:
        title = words.say("What each side brought")
        yield Section(id="brought", title=title, blocks=tuple(brought_blocks(review, words)))
    if review.months:
        title = words.say("From the forecast to what came, by cause")
        yield Section(id="causes", title=title, blocks=tuple(course_blocks(review, words)))
    if review.statement is not None:
        title = words.say("The settlement so far")
        yield Section(id="settlement", title=title, blocks=tuple(settlement_blocks(review, words)))
    yield Section(id="basis", title=words.say("How it was worked out"), blocks=tuple(_basis(review, words)))


def _month(review: Review, words: Words) -> str:
    return NONE if review.month is None else words.month(review.month)


# ── at a glance ───────────────────────────────────────────────────────────────────────────────────


def _glance(review: Review, words: Words) -> Iterator[Block]:
    if not review.months:
        yield Lead(text=words.say("No month of the contract is known yet: it stands as it was sent."))
        return
    yield Lead(text=_so_far(review, words))
    figures = [
        _sum("gmv", words.say("GMV so far"), review, words),
        _sum("ad_spend", words.say("Ad spend so far"), review, words),
        _sum("fees", words.say("Fees so far"), review, words),
    ]
    if review.goals:
        figures.append(_first_goal(review.goals[0], review, words))
    yield Figures(figures=tuple(figures), main=True)


def _so_far(review: Review, words: Words) -> str:
    done = len(review.months)
    if review.term is None:
        return words.say("Known so far: {months} of the contract.", months=months(done, words))
    return words.say(
        "Known so far: {done} of {term} months of the contract.",
        done=min(done, review.term),
        term=review.term,
    )


def _sum(name: str, label: str, review: Review, words: Words) -> Figure:
    """An amount over the months in which it is known, and the mean that was forecast for the same months."""
    pairs: list[Beside] = [getattr(month, name) for month in review.months]
    known = [each for each in pairs if each.actual is not None]
    forecast = [each.forecast.mean for each in known if each.forecast is not None]
    alike = len(forecast) == len(known) and all(month.whole for month in review.months)
    actual = sum((each.actual or Decimal(0) for each in known), Decimal(0))
    return Figure(
        label=label,
        value=NONE if not known else words.money(round_half_up(actual, Decimal(1)), review.currency),
        line=words.say("forecast mean: {amount}", amount=words.money(about(sum(forecast)), review.currency))
        if forecast and alike
        else "",
    )


def _first_goal(goal: ReviewedGoal, review: Review, words: Words) -> Figure:
    sent = NONE if goal.sent is None else chance_words(goal.sent.probability, words)
    if goal.came != "open" or goal.now is None:
        value = words.say(CAME[goal.came])
    else:
        value = chance_words(goal.now.probability, words)
    return Figure(
        label=goal_words(goal.goal, words, review.currency),
        value=value,
        line=words.say("when sent: {chance}", chance=sent),
    )


# ── month by month ────────────────────────────────────────────────────────────────────────────────


def _months(review: Review, words: Words, shown: str) -> Iterator[Block]:
    if shown:
        yield Picture(name=CHART, said=shown)
    heads = (
        mark("Month"),
        mark("What"),
        mark("What came"),
        mark("Forecast: middle outcome"),
        mark("8 in 10 outcomes"),
        mark("Place"),
    )
    yield Table(
        heads=tuple(map(words.say, heads)),
        rows=tuple(row for month in review.months for row in _month_rows(month, review.currency, words)),
        align="llrrrl",
        widths=(1.2, 1.1, 1.1, 1.3, 1.9, 1.2),
        note=words.say(
            "Forecasts are those that were frozen when the quote was sent, and are never worked out again."
        ),
    )


def _month_rows(month: ReviewedMonth, currency: str, words: Words) -> Iterator[tuple[str, ...]]:
    pairs = ((mark("GMV"), month.gmv), (mark("Ad spend"), month.ad_spend), (mark("Fees"), month.fees))
    for label, each in pairs:
        came = NONE if each.actual is None else agreed(each.actual, currency, words)
        place = "" if each.place is None or not month.whole else words.say(PLACES[each.place])
        middle, span = (NONE, NONE) if each.forecast is None else _range(each.forecast, currency, words)
        yield month_name(month, words), words.say(label), came, middle, span, place


def month_name(month: ReviewedMonth, words: Words) -> str:
    """A contract month by its calendar month, and how many days of it were worked where not all were."""
    said = words.month(month.month)
    if month.share is None:
        return said
    return words.say("{month} ({days} days)", month=said, days=round(float(month.share) * 30))


def _range(amounts: Range, currency: str, words: Words) -> tuple[str, str]:
    """The middle outcome, and where eight in ten lie."""
    middle, low, high = (
        words.money(about(amount), currency) for amount in (amounts.p50, amounts.p10, amounts.p90)
    )
    return middle, words.span(low, high)


# ── goals ─────────────────────────────────────────────────────────────────────────────────────────


def _goals(review: Review, words: Words) -> Table:
    heads = (
        mark("Goal"),
        mark("Probability when sent"),
        mark("As it stands"),
        mark("So far"),
        mark("State"),
    )
    return Table(
        heads=tuple(map(words.say, heads)),
        rows=tuple(_goal_row(goal, review, words) for goal in review.goals),
        align="lrrrl",
        widths=(2.2, 1.1, 1, 0.9, 2.8),
        note=_goal_note(review, words),
    )


def _goal_row(one: ReviewedGoal, review: Review, words: Words) -> tuple[str, ...]:
    reached = one.so_far if one.value is None else one.value
    state = words.say(CAME[one.came])
    why = [why_words(one.reason, one.about, words)]
    if one.came == "open" and one.why_not is not None and (one.why_not != "complete" or not one.reason):
        what = words.both(list(one.blank))
        why.append(words.say(NO_CHANCE[one.why_not], what=what))
    more = words.apart([text for text in why if text])
    return (
        goal_words(one.goal, words, review.currency),
        NONE if one.sent is None else chance_words(one.sent.probability, words),
        NONE if one.now is None else chance_words(one.now.probability, words),
        NONE if reached is None else _level(reached, one, review.currency, words),
        words.say("{state}: {why}", state=state, why=more) if more else state,
    )


def _level(value: float, one: ReviewedGoal, currency: str, words: Words) -> str:
    digits = Decimal(1).scaleb(-(one.goal.kpi.digits or 0))
    return level_words(round_half_up(Decimal(repr(value)), digits), one.goal.kpi, currency, words)


def _goal_note(review: Review, words: Words) -> str:
    if not review.months or all(goal.now is None for goal in review.goals):
        return ""
    if not review.taught:
        return words.say(
            "Known months count as they came. Nothing entered says how the account does (GMV, with its ad "
            "spend), so the months to come are as forecast when it was sent."
        )
    return words.say(
        "Known months count as they came; months to come follow the rules of the quote, the planned ads, and "
        "the account as {months} of figures have shown it.",
        months=months(len(review.taught), words),
    )


# ── how it was worked out ─────────────────────────────────────────────────────────────────────────


def _basis(review: Review, words: Words) -> Iterator[Block]:
    if review.entered:
        yield Pairs(
            rows=tuple(
                (
                    words.say("Entered by {who}", who=each.who),
                    words.say(
                        "{day} (UTC): {months}",
                        day=f"{words.date(each.at.date().isoformat())} {each.at:%H:%M}",
                        months=words.both([words.month(month) for month in each.months]),
                    ),
                )
                for each in review.entered
            )
        )
    yield Points(items=tuple(_points(review, words)))
    yield Paragraph(
        text=words.say(
            "A scenario under stated assumptions, not a promise: price list {edition}, market of {market}, "
            "{engine}.",
            edition=review.edition,
            market=words.date(review.market),
            engine=review.engine,
        ),
        small=True,
    )


def _points(review: Review, words: Words) -> Iterator[str]:
    yield words.say("Figures are as they were entered; a month entered again counts as entered last.")
    if review.months and not review.made_again:
        yield words.say(
            "The rules or the calculation of the day it was sent no longer give what was sent. So plans of "
            "work, the chances as they stand and the causes are left out; everything that was recorded "
            "stands."
        )
    if not all(month.whole for month in review.months):
        yield words.say("A month that is not whole is held against no forecast and no plan.")
    if review.replaced is not None:
        day = words.date(review.replaced.isoformat())
        yield words.say("An amendment took its place on {day}; what came later is under its terms.", day=day)
    if review.ended is not None:
        yield words.say("The contract ended on {day}.", day=words.date(review.ended.isoformat()))
