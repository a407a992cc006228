"""A seller's estimate in sentences, with what to ask and which documents to have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from estimator.earnings.ledgers import SellerMoney
from estimator.market.summary import Spread
from estimator.presentation import labels
from estimator.presentation.assumptions import GRADES, assumed_said, far_below_said, taken_said
from estimator.presentation.fee_words import counted_names, fee_lines
from estimator.presentation.flip_words import flip_line
from estimator.presentation.heading import state_lines
from estimator.presentation.live import shown_passed
from estimator.presentation.models import DriverRow
from estimator.presentation.phrases import (
    chance_words,
    goal_words,
    leaves_work,
    months,
    open_words,
    probability,
    safe_level,
    sign_of,
)
from estimator.presentation.reasons import driver_row
from estimator.presentation.words import NONE, Words, about, mark
from estimator.presentation.worth_words import worth_lines
from estimator.promise.answer import GoalAnswer
from estimator.quoting.drivers import Driver, Target
from estimator.quoting.estimate import BreakEven, Estimate, EstimateMonth
from estimator.quoting.guard_facts import ships_from_china
from estimator.quoting.own_figures import far_below
from estimator.quoting.quote import Quote
from estimator.quoting.tipping import TippingPoints
from estimator.rules.checklists import Document, Trap, needed
from estimator.schemas.worth import WorthAnswer

MOST_DRIVERS = 6
_CALENDAR = re.compile(r"^20\d\d-\d\d$")


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A question before signing, and why it matters."""

    id: str
    question: str
    why: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A document to prepare: what, from whom, why, and what that rests on."""

    id: str
    label: str
    issuer: str
    why: str
    source: str
    general: bool


def flip_lines(answer: Estimate | Quote, flips: TippingPoints, words: Words) -> tuple[str, ...]:
    """A sentence for each flip; one that says so where there is none."""
    chance = chance_words(flips.chance, words)
    what = _asked(answer, flips, words)
    if not flips.points:
        return (
            words.say(
                "Apart from what only shows once it runs, no single assumption within its 90% range brings "
                "the chance of {what} across 50%, nor does a price or landed cost within 30% or a budget "
                "between half and double; it is {chance}.",
                what=what,
                chance=chance,
            ),
        )
    likely = flips.chance >= 0.5
    return tuple(flip_line(flip, what, answer.currency, words, likely=likely) for flip in flips.points)


def driver_rows(
    estimate: Estimate, drivers: tuple[Driver, ...], target: Target, words: Words
) -> tuple[DriverRow, ...]:
    """The assumptions behind a number, the largest swing first."""
    largest = drivers[0].swing if drivers else 1.0
    return tuple(
        driver_row(driver, target, largest, False, words, estimate.currency)
        for driver in drivers[:MOST_DRIVERS]
    )


def asks(traps: Sequence[Trap], words: Words) -> tuple[Ask, ...]:
    """What to ask an agency before signing."""
    return tuple(
        Ask(
            id=trap.id,
            question=words.of(trap.question),
            why=words.of(trap.why),
            source=_source(trap, words),
        )
        for trap in traps
    )


def papers(estimate: Estimate, words: Words) -> tuple[Paper, ...]:
    """The documents that the category needs, its own first."""
    return tuple(
        Paper(
            id=document.id,
            label=words.of(document.label),
            issuer=words.of(document.issuer),
            why=words.of(document.why),
            source=_source(document, words),
            general=document.general,
        )
        for document in needed(estimate.world.rules.documents, estimate.category)
    )


def month_words(label: str, words: Words) -> str:
    """A contract month: its calendar month, or its number where the start is open.

    >>> month_words("2027-01", Words("en")), month_words("month 3", Words("en"))
    ('Jan 2027', 'Month 3')
    """
    if _CALENDAR.match(label):
        return words.month(label)
    return words.say("Month {number}", number=label.rpartition(" ")[2])


def estimate_text(
    estimate: Estimate,
    flips: tuple[TippingPoints, ...],
    drivers: tuple[Driver, ...],
    words: Words,
    worth: WorthAnswer | None = None,
) -> str:
    """The estimate in sentences, with what it is worth, its months, questions and documents."""
    lines = [
        *state_lines(estimate.world.rules, words),
        verdict_line(estimate, words),
        *estimate_lines(estimate, words),
        fee_line(estimate, words),
        *taken_lines(estimate, words),
        *(() if worth is None else ("", *worth_lines(worth, words), "")),
    ]
    for one in flips:
        lines += flip_lines(estimate, one, words)
    if drivers:
        named = [words.within(row.label) for row in driver_rows(estimate, drivers, "loss", words)[:3]]
        lines.append(words.say("What moves the chance of a loss most: {names}.", names=words.both(named)))
    lines += ["", words.say("Month by month, on average")]
    lines += [f"  {_month_line(month, estimate.currency, words)}" for month in estimate.by_month]
    lines += ["", words.say("Ask before signing")]
    lines += [
        f"  {number}. {ask.question}"
        for number, ask in enumerate(asks(estimate.world.rules.traps, words), start=1)
    ]
    lines += ["", words.say("Documents to prepare")]
    lines += [
        "  " + words.say("{document} ({issuer})", document=paper.label, issuer=paper.issuer)
        for paper in papers(estimate, words)
    ]
    lines += [
        "",
        words.say(
            "A scenario under stated assumptions: {scenario}, {points} points, seed {seed}",
            scenario=words.of(estimate.world.scenario.label),
            points=words.number(estimate.points),
            seed=estimate.seed,
        ),
    ]
    return "\n".join(lines)


def verdict_line(estimate: Estimate, words: Words) -> str:
    loss = estimate.seller.loss_probability
    before = mark(
        "Before own staff, a profit over {term} in {chance} of outcomes; the middle one is {profit} "
        "(8 in 10: {low} to {high})."
    )
    plain = mark(
        "A profit over {term} in {chance} of outcomes; the middle one is {profit} (8 in 10: {low} to {high})."
    )
    return words.say(
        before if leaves_work(estimate.brief) else plain,
        term=months(estimate.months, words),
        chance=chance_words(1 - loss.value, words),
        profit=money_words(estimate.seller.profit.p50, estimate, words, signed=True),
        low=money_words(estimate.seller.profit.p10, estimate, words, signed=True),
        high=money_words(estimate.seller.profit.p90, estimate, words, signed=True),
    )


def estimate_lines(estimate: Estimate, words: Words) -> Iterator[str]:
    blocks, seller = estimate.blocks, estimate.seller
    goods = sum(month.goods.mean + month.delivery.mean for month in estimate.by_month) / estimate.months
    yield words.say(
        "A month, on average: {fee} to the agency, {passed} passed through (ads, creators, samples), "
        "{take} kept by the platform; goods and delivery cost {goods} besides.",
        fee=money_words(blocks.agency_fee, estimate, words),
        passed=words.money(shown_passed(blocks), estimate.currency),
        take=money_words(blocks.platform_take, estimate, words),
        goods=money_words(goods, estimate, words),
    )
    yield _even_line(estimate.break_even, words)
    yield words.say(
        "Cash needed at the worst moment: {middle}, in one case of ten {poor} or more.",
        middle=money_words(-min(seller.cash_low.p50, 0.0), estimate, words),
        poor=money_words(-min(seller.cash_low.p10, 0.0), estimate, words),
    )
    yield from _start_lines(seller, estimate, words)
    yield words.say(
        "{back}: {chance} have their money back when the term ends; {after}.",
        back=_back(estimate, words),
        chance=probability(estimate.paid_back, words),
        after=_after_term(estimate, words),
    )
    for goal in estimate.goals:
        yield _goal_line(goal, estimate, words)
    if (below := far_below(estimate.brief, estimate.world)) is not None:
        yield far_below_said(below, estimate.currency, words)
    if not seller.margin_known:
        yield words.say("The landed cost is not known, so the category’s range is used: find it out first.")
    if ships_from_china(estimate.brief):
        yield words.say(
            "TikTok Shop has not let cross-border shops ship from China by themselves since December 15, "
            "2025: orders go through its own shipping or warehouse or, by invitation, carriers that it "
            "names. For US-local shops sources differ."
        )


def taken_lines(estimate: Estimate, words: Words) -> tuple[str, ...]:
    """What was taken because nobody said it: the market's figures, then the contract and the shop."""
    said = assumed_said(estimate.assumed, words), taken_said(estimate.taken, words)
    return tuple(filter(None, said))


def fee_line(estimate: Estimate, words: Words) -> str:
    """The agency's fee, charge by charge."""
    fees = fee_lines(estimate.terms, counted_names(estimate.terms, estimate.world.kpis), words, main=True)
    return words.say("The agency’s fee: {charges}.", charges=words.apart(fees))


def _start_lines(seller: SellerMoney, estimate: Estimate, words: Words) -> Iterator[str]:
    """What is there when the contract starts, and whether the cash told is enough."""
    start = seller.at_start
    if about(start.stock) or about(start.payouts):
        yield words.say(
            "Counted as there at the start: stock of {stock} at cost and {payouts} of payouts due.",
            stock=money_words(start.stock, estimate, words),
            payouts=money_words(start.payouts, estimate, words),
        )
    if start.cash is not None and seller.cash_suffices is not None:
        yield words.say(
            "The {cash} in hand are enough in {chance} of outcomes.",
            cash=money_words(start.cash, estimate, words),
            chance=probability(seller.cash_suffices, words),
        )


def _after_term(estimate: Estimate, words: Words) -> str:
    """What comes in after the term against what falls due: payouts, fees, refunds, a deposit set off."""
    owed = estimate.owed.p50
    if about(abs(owed)) == 0:
        return words.say("what still comes in then pays what still falls due")
    amount = money_words(abs(owed), estimate, words)
    if owed > 0:
        return words.say("what still comes in then exceeds what still falls due by {amount}", amount=amount)
    return words.say("what still falls due then exceeds what still comes in by {amount}", amount=amount)


def _even_line(even: BreakEven, words: Words) -> str:
    units_now = words.number(about(even.units_now))
    if even.roas is None or even.roas_now is None or even.chance is None:
        if even.units is None:
            return words.say("No level of sales breaks even at this price and budget.")
        return words.say(
            "It breaks even at {units} orders a month; the middle outcome is {units_now}.",
            units=words.number(about(even.units)),
            units_now=units_now,
        )
    return words.say(
        "It breaks even at {kpi} {roas}, {units} orders a month; the middle outcome is {roas_now} and "
        "{units_now}, and {chance} get there.",
        kpi=labels.kpi_name(words, even.kpi),
        roas=words.number(even.roas, 1),
        units=NONE if even.units is None else words.number(about(even.units)),
        roas_now=words.number(even.roas_now, 1),
        units_now=units_now,
        chance=probability(even.chance, words),
    )


def _back(estimate: Estimate, words: Words) -> str:
    month = estimate.seller.payback_month
    if month is None:
        return words.say(
            "In the middle outcome the money is not back within {term}", term=months(estimate.months, words)
        )
    return words.say("In the middle outcome the money is back in month {month}", month=month)


def back_short(estimate: Estimate, words: Words) -> str:
    month = estimate.seller.payback_month
    if month is None:
        return words.say("not back within {term}", term=months(estimate.months, words))
    return words.say("back in month {month}", month=month)


def _goal_line(one: GoalAnswer, estimate: Estimate, words: Words) -> str:
    goal = goal_words(one.goal, words, estimate.currency)
    if one.probability is None:
        return words.say("{goal}: no probability is given", goal=goal)
    if one.between is not None:
        chance = open_words(one.between, one.probability, one.goal.kpi, words)
        return words.say("{goal}: probability {chance}", goal=goal, chance=chance)
    chance = probability(one.probability, words)
    level = one.promise.level if one.promise else None
    if level is None:
        return words.say("{goal}: probability {chance}, no level is safe", goal=goal, chance=chance)
    return words.say(
        "{goal}: probability {chance}; safe to sign is {sign} {level}",
        goal=goal,
        chance=chance,
        sign=sign_of(one.goal),
        level=safe_level(level, one.goal, estimate.currency, words),
    )


def _month_line(month: EstimateMonth, currency: str, words: Words) -> str:
    def amount(value: float, *, signed: bool = False) -> str:
        return words.money(about(value), currency, signed=signed)

    return words.say(
        "{month}: settled sales {gmv}, profit {profit} (8 in 10: {low} to {high}), cash in hand {cash}",
        month=month_words(month.month, words),
        gmv=amount(month.settled_gmv.mean),
        profit=amount(month.profit.mean, signed=True),
        low=amount(month.profit.p10, signed=True),
        high=amount(month.profit.p90, signed=True),
        cash=amount(month.cash.mean, signed=True),
    )


def _asked(answer: Estimate | Quote, flips: TippingPoints, words: Words) -> str:
    if flips.question == "profit":
        return words.say("a profit")
    return goal_words(answer.goals[0].goal, words, answer.currency)


def _source(row: Trap | Document, words: Words) -> str:
    return words.say(
        "{grade} · {source}, {day}",
        grade=words.say(GRADES[row.grade]),
        source=words.cited(row.source),
        day=words.date(row.as_of),
    )


def money_words(amount: float, estimate: Estimate, words: Words, *, signed: bool = False) -> str:
    return words.money(about(amount), estimate.currency, signed=signed)


def span_words(each: Spread, estimate: Estimate, words: Words) -> str:
    low, high = (money_words(amount, estimate, words) for amount in (each.p10, each.p90))
    return words.say("{low} to {high}", low=low, high=high)
