"""Who brought what in a review, and the way from the forecast to what came."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from estimator.brief.kpis import AMOUNTS
from estimator.presentation.fact_words import agreed
from estimator.presentation.paper import Block, Lead, Paragraph, Table
from estimator.presentation.words import NONE, Words, mark
from estimator.quoting.shortfall import CauseOfShortfall
from estimator.schemas.review import Brought, BroughtMonth, Course, Review, Side

CAUSES: dict[CauseOfShortfall, str] = {
    "ad_spend": mark("Ad spend"),
    "videos": mark("Own videos"),
    "creator_videos": mark("Creator videos"),
    "live_hours": mark("Live hours"),
    "days_down": mark("Days down or out of stock"),
}
SIDES: dict[Side | None, str] = {
    "client": mark("the client"),
    "agency": mark("the agency"),
    None: mark("not stated"),
}
"""Whose duty something is by the contract."""


def brought_blocks(review: Review, words: Words) -> Iterator[Block]:
    """What was planned and counted, in sum and by month."""
    yield Table(
        heads=(
            words.say("What"),
            words.say("Duty of"),
            words.say("Planned"),
            words.say("What came"),
            words.say("Difference"),
        ),
        rows=tuple(_sum_row(one, review.currency, words) for one in review.brought),
        align="llrrr",
        widths=(2.2, 1, 1, 1, 1),
        title=words.say("In sum, over the months in which both are known"),
        note=words.say(
            "Planned is what the forecast counted on, on average, launch and interruptions included. Duties "
            "are those that the contract measures or charges by."
        ),
    )
    rows = tuple(
        _month_row(one, month, at, review, words)
        for at in range(len(review.brought[0].months))
        for one in review.brought
        for month in (one.months[at],)
    )
    if rows:
        yield Table(
            heads=(
                words.say("Month"),
                words.say("What"),
                words.say("Planned"),
                words.say("What came"),
                words.say("The contract asks"),
                words.say("Held"),
            ),
            rows=rows,
            align="llrrrl",
            widths=(1.1, 2.2, 1, 1, 1.6, 0.6),
            title=words.say("Month by month"),
        )


def _sum_row(one: Brought, currency: str, words: Words) -> tuple[str, ...]:
    difference = None
    if one.planned is not None and one.actual is not None:
        difference = one.actual - Decimal(repr(one.planned))
    return (
        words.say(CAUSES[one.cause]),
        words.say(SIDES[one.side]),
        quantity(one.planned, one.cause, currency, words),
        quantity(one.actual, one.cause, currency, words, exact=True),
        quantity(difference, one.cause, currency, words, signed=True),
    )


def _month_row(one: Brought, month: BroughtMonth, at: int, review: Review, words: Words) -> tuple[str, ...]:
    asked = NONE
    if month.at_least is not None:
        least = quantity(month.at_least, one.cause, review.currency, words, exact=True)
        asked = words.say("at least {level}", level=least)
    elif month.at_most is not None:
        most = quantity(month.at_most, one.cause, review.currency, words, exact=True)
        asked = words.say("at most {level}", level=most)
    held = NONE if month.held is None else words.say("yes") if month.held else words.say("no")
    return (
        words.month(review.months[at].month),
        words.say(CAUSES[one.cause]),
        quantity(month.planned, one.cause, review.currency, words),
        quantity(month.actual, one.cause, review.currency, words, exact=True),
        asked,
        held,
    )


def quantity(
    value: float | Decimal | None,
    cause: CauseOfShortfall,
    currency: str,
    words: Words,
    *,
    exact: bool = False,
    signed: bool = False,
) -> str:
    """An amount, or a count: what was counted exactly as it is, a mean to one decimal below ten.

    >>> quantity(51.81, "videos", "USD", Words("en")), quantity(None, "videos", "USD", Words("en"))
    ('52', '—')
    """
    if value is None:
        return NONE
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if cause in AMOUNTS:
        return agreed(number if exact else number.quantize(Decimal(1)), currency, words, signed=signed)
    if exact:
        return words.plain(number)
    said = words.number(abs(number), 1 if abs(number) < 10 else 0)
    sign = "" if not any(c in "123456789" for c in said) else "−" if number < 0 else "+" if signed else ""
    return f"{sign}{said}"


def course_blocks(review: Review, words: Words) -> Iterator[Block]:
    """The way from the GMV that was forecast to what came; the sentence says the largest causes."""
    course = review.course
    if course is None:
        text = (
            words.say("No whole month has its GMV, so nothing can be told of its causes.")
            if review.made_again
            else words.say("Left out: what was sent can no longer be worked out again.")
        )
        yield Paragraph(text=text)
        return
    yield Lead(text=_course_said(course, review, words))
    yield Table(
        heads=(
            words.say("Month"),
            words.say("Forecast mean"),
            *(
                words.say(
                    "{cause} ({side})", cause=words.say(CAUSES[each.cause]), side=words.say(SIDES[each.side])
                )
                for each in course.effects
            ),
            words.say("What is left"),
            words.say("What came"),
        ),
        rows=tuple(_course_rows(course, review, words)),
        align="l" + "r" * (len(course.effects) + 3),
        widths=(1.15,) + (1,) * (len(course.effects) + 3),
        totals=1,
        note=words.say(
            "GMV. Each cause stands on those before it, in the order of the columns, and every row adds up. "
            "A cause that was not counted has a dash: what it did is in what is left, with the error of the "
            "forecast itself."
        ),
    )


def _course_said(course: Course, review: Review, words: Words) -> str:
    gap = course.actual_total - course.forecast_total
    amounts = {"actual": course.actual_total, "forecast": course.forecast_total, "gap": abs(gap)}
    said = {name: words.money(amount, review.currency) for name, amount in amounts.items()}
    head = mark("GMV came to {actual}, {gap} above the forecast mean of {forecast}")
    if gap < 0:
        head = mark("GMV came to {actual}, {gap} below the forecast mean of {forecast}")
    parts = []
    for side, message in _OF_SIDES.items():
        moved = sum((each.total for each in course.effects if each.side == side), Decimal(0))
        if moved:
            parts.append(words.say(message, amount=words.money(moved, review.currency, signed=True)))
    if course.left_total:
        left = words.money(course.left_total, review.currency, signed=True)
        parts.append(words.say("what is left {amount}", amount=left))
    head = words.say(head, **said)
    if not parts:
        return words.say("{text}.", text=head)
    return words.say("{title}: {text}.", title=head, text=words.both(parts))


_OF_SIDES: dict[Side | None, str] = {
    "client": mark("what the client was to bring {amount}"),
    "agency": mark("what the agency was to bring {amount}"),
    None: mark("what the contract gives to neither {amount}"),
}


def _course_rows(course: Course, review: Review, words: Words) -> Iterator[tuple[str, ...]]:
    def moved(amount: Decimal | None) -> str:
        return (
            words.money(amount, review.currency, signed=True) if amount else NONE if amount is None else "0"
        )

    for at, number in enumerate(course.months):
        yield (
            words.month(review.months[number - 1].month),
            words.money(course.forecast[at], review.currency),
            *(moved(each.by_month[at]) for each in course.effects),
            moved(course.left[at]),
            words.money(course.actual[at], review.currency),
        )
    yield (
        words.say("Total"),
        words.money(course.forecast_total, review.currency),
        *(moved(each.total) for each in course.effects),
        moved(course.left_total),
        words.money(course.actual_total, review.currency),
    )
