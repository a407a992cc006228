"""The first page of a proposal: what falls due, what may be signed, who bills it, and what else there is."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from estimator.brief.goals import Goal
from estimator.presentation import labels
from estimator.presentation.assumptions import far_below_said
from estimator.presentation.cause_words import cause_table
from estimator.presentation.discount_words import discount_said
from estimator.presentation.fact_words import agreed, fact_rows
from estimator.presentation.figures import break_even_level, break_even_name
from estimator.presentation.paper import Block, Figure, Figures, Lead, Pairs, Paragraph, Section, Table
from estimator.presentation.phrases import (
    between_words,
    chance_words,
    goal_words,
    months,
    promises,
    safe_level,
    sign_of,
    window_words,
)
from estimator.presentation.words import NONE, Words, about, mark
from estimator.presentation.worth_words import said
from estimator.schemas.parts import Chance, Range
from estimator.schemas.proposal import Option, Proposal, ProposedGoal

LIKELY_LOSS = 0.5
"""From this chance of a loss on it stands on the first page in its own sentence."""

_PASSED = {"ads": mark("ads"), "creators": mark("creators"), "samples": mark("samples")}


def exact(amount: Decimal, paper: Proposal, words: Words) -> str:
    """An agreed amount: to the cent where it has cents."""
    return agreed(amount, paper.currency, words)


def expected(amount: float, paper: Proposal, words: Words) -> str:
    """A forecast amount, to the digits that its error allows."""
    return words.money(about(amount), paper.currency)


def span(amounts: Range, paper: Proposal, words: Words) -> str:
    """The middle eight of ten outcomes."""
    low, high = (expected(amount, paper, words) for amount in (amounts.p10, amounts.p90))
    return words.say("8 in 10 outcomes: {low} to {high}", low=low, high=high)


def front(paper: Proposal, words: Words) -> Iterator[Section]:
    """The sections of the first page."""
    yield Section(id="glance", title=words.say("At a glance"), blocks=tuple(_glance(paper, words)))
    yield Section(id="options", title=words.say("Your options"), blocks=tuple(_options(paper, words)))
    if facts := tuple(fact_rows(paper.brief, paper.currency, words)):
        title = words.say("What we understood about you")
        yield Section(id="facts", title=title, blocks=(Pairs(rows=facts),))


def _glance(paper: Proposal, words: Words) -> Iterator[Block]:
    if paper.changed is not None:
        yield Lead(text=words.of(paper.changed))
    if paper.moved is not None and paper.moved.steps:
        yield cause_table(paper.moved, words)
    yield Lead(text=_offered(paper, words))
    if paper.discount is not None:
        yield Lead(text=discount_said(paper.discount, paper.currency, words))
    yield Figures(figures=tuple(_due(paper, words)), main=True)
    yield Figures(figures=tuple(_results(paper, words)))
    if paper.seller.loss_probability.probability >= LIKELY_LOSS:
        yield Paragraph(text=_warning(paper, words))
    if paper.far_below is not None:
        yield Paragraph(text=far_below_said(paper.far_below, paper.currency, words))
    if len(paper.goals) > 1:
        yield Paragraph(text=_other_goals(paper, words))
    yield _blocks(paper, words)
    yield Paragraph(text=_whom_to_call(paper, words))


def _warning(paper: Proposal, words: Words) -> str:
    """That most outcomes lose money, and whether a single change would turn that."""
    said = words.say(
        "Under today’s assumptions {chance} of outcomes lose money for you over these {months}; the middle "
        "one ends at {profit}.",
        chance=chance_words(paper.seller.loss_probability.probability, words),
        months=months(paper.months, words),
        profit=expected(paper.seller.p50, paper, words),
    )
    if paper.turning.points:
        more = words.say("What would turn that stands under the key assumptions.")
    else:
        more = words.say(
            "No single change within its range makes a profit likelier than not; a paid test, a smaller "
            "scope or a later start should be talked about first."
        )
    return f"{said}{'' if words.language == 'zh' else ' '}{more}"


def _other_goals(paper: Proposal, words: Words) -> str:
    """The goals after the first with their probabilities, and that of all at once."""
    said = [
        words.say(
            "{goal}: {chance}",
            goal=goal_words(goal.goal, words, paper.currency),
            chance=NONE if goal.chance is None else _with_range(goal, chance_said(goal.chance, words), words),
        )
        for goal in paper.goals[1:]
    ]
    if paper.all_goals is not None:
        together = chance_said(paper.all_goals, words)
        said.append(words.say("{goal}: {chance}", goal=words.say("all goals at once"), chance=together))
    return words.say("You also asked for {goals}.", goals=words.both(said))


def _with_range(goal: ProposedGoal, chance: str, words: Words) -> str:
    """A probability and how far it may lie off over what is not known of the market."""
    if goal.between is None:
        return chance
    return words.say("{text} ({goals})", text=chance, goals=between_words(goal.between, words))


def _offered(paper: Proposal, words: Words) -> str:
    platforms = [labels.answer(words, "platforms", name) for name in paper.brief.sold_on]
    what = {
        "service": words.of(paper.service.label),
        "platforms": words.both(platforms),
        "months": months(paper.months, words),
    }
    if paper.contract.months is None:
        return words.say("{service} on {platforms}; no term agreed yet, figures over {months}.", **what)
    if paper.start is None:
        return words.say("{service} on {platforms} for {months}.", **what)
    return words.say(
        "{service} on {platforms} for {months} from {start}.", **what, start=words.month(paper.start)
    )


def _due(paper: Proposal, words: Words) -> Iterator[Figure]:
    day = next((due.due for due in paper.due_now if due.due is not None), None)
    parts = [
        words.say("{label} {amount}", label=words.of(due.label), amount=exact(due.amount, paper, words))
        for due in paper.due_now
    ]
    when = "" if day is None else words.say("by {day}", day=words.date(day.isoformat()))
    yield Figure(
        label=words.say("First payment"),
        value=exact(paper.due_total, paper, words),
        line=" · ".join([*([when] if when else []), *parts]),
    )
    fixed = exact(paper.monthly_price, paper, words)
    line = words.say("of which fixed {amount}; the rest by results and volume", amount=fixed)
    if paper.fees.p10 == paper.fees.p90:
        line = words.say("fixed, whatever the results")
    yield Figure(
        label=words.say("Our fee in a usual month"),
        value=words.say("about {amount}", amount=expected(float(paper.usual_month), paper, words)),
        line=line,
    )
    yield Figure(
        label=words.say("The term, {months}", months=months(paper.months, words)),
        value=expected(paper.fees.p50, paper, words),
        line=words.say("our fees, middle outcome; {span}", span=span(paper.fees, paper, words)),
    )
    yield Figure(
        label=words.say("Least committed"),
        value=exact(paper.least_committed, paper, words),
        line=words.say(
            "our fees and the price of leaving, if nothing sells and you leave when it is cheapest"
        ),
    )


def _results(paper: Proposal, words: Words) -> Iterator[Figure]:
    for goal in paper.goals[:1]:
        yield _signed(goal, paper, words)
        yield _asked(goal, paper, words)
    loss = chance_words(paper.seller.loss_probability.probability, words)
    yield Figure(
        label=words.say("Your profit over the term"),
        value=expected(paper.seller.p50, paper, words),
        line=_before_staff(
            words.say(
                "middle outcome; {span}; loss in {loss}", span=span(paper.seller, paper, words), loss=loss
            ),
            paper,
            words,
        ),
    )
    yield Figure(
        label=words.say("Cash you lay out"),
        value=expected(abs(min(paper.cash_low.p50, 0.0)), paper, words),
        line=words.say(
            "at its highest point, middle outcome; {worst} in one of ten",
            worst=expected(abs(min(paper.cash_low.p10, 0.0)), paper, words),
        ),
    )
    kpi = paper.seller.break_even_of
    if kpi is not None and paper.seller.break_even is not None:
        known = words.say("at your landed cost")
        guessed = words.say("at the category’s usual landed cost, as yours is not known")
        yield Figure(
            label=words.say("Break-even {name}", name=break_even_name(kpi, words)),
            value=break_even_level(paper.seller.break_even, kpi, paper.currency, words),
            line=known if paper.seller.margin_known else guessed,
        )


def _before_staff(said: str, paper: Proposal, words: Words) -> str:
    """What is said of a profit, and that it is before the pay of the client's own people."""
    staff = paper.options[0].own_staff / paper.options_months
    if not staff:
        return said
    more = words.say("before your own staff, about {amount} a month", amount=expected(staff, paper, words))
    return words.apart((said, more))


def safe_said(level: float, goal: Goal, paper: Proposal, words: Words) -> str:
    """A level as a document gives it: a ratio to two decimals, on the side that stays safe."""
    if goal.kpi.unit != "ratio":
        return safe_level(level, goal, paper.currency, words)
    side = ROUND_FLOOR if goal.at_least else ROUND_CEILING
    return words.number(Decimal(repr(level)).quantize(Decimal("0.01"), side), 2)


def _signed(goal: ProposedGoal, paper: Proposal, words: Words) -> Figure:
    label = words.say("Safe level")
    level = goal.safe
    if goal.definition_open:
        return Figure(label=label, value=NONE, line=words.say("nothing before the KPI is defined"))
    if level is None or goal.confidence is None or not promises(level, goal.goal):
        return Figure(label=label, value=NONE, line=words.say("no level is reached in 8 of 10 outcomes"))
    name = labels.kpi_name(words, goal.goal.kpi)
    said = safe_said(level, goal.goal, paper, words)
    line = words.say(
        "{window}, reached in {chance} of outcomes",
        window=window_words(goal.goal, words, long=True),
        chance=words.percent(goal.confidence),
    )
    if not any(getattr(charge, "due_if", ()) or charge.kind == "refund" for charge in paper.contract.charges):
        line = words.say("{line}; no fee depends on it", line=line)
    return Figure(
        label=label,
        value=f"{name} {sign_of(goal.goal)} {said}",
        line=_with_profit(line, goal.profit_safe, paper, words),
    )


def _asked(goal: ProposedGoal, paper: Proposal, words: Words) -> Figure:
    value = goal_words(goal.goal, words, paper.currency)
    line = words.say("no probability is given")
    if goal.definition_open:
        line = words.say("no probability before the KPI is defined")
    elif goal.chance is not None:
        line = words.say("reached in {chance} of outcomes", chance=chance_said(goal.chance, words))
        if goal.between is not None:
            span = between_words(goal.between, words)
            line = words.say("{line} ({span} over what is not known of the market)", line=line, span=span)
    return Figure(
        label=words.say("You asked for"),
        value=value,
        line=_with_profit(line, goal.profit_asked, paper, words),
    )


def _with_profit(line: str, profit: float | None, paper: Proposal, words: Words) -> str:
    if profit is None:
        return line
    amount = expected(profit, paper, words)
    return words.say("{line}; your profit there {amount} a month", line=line, amount=amount)


def chance_said(chance: Chance, words: Words) -> str:
    """A probability as paper gives it, never 0 or 100 %."""
    return chance_words(chance.probability, words)


def _blocks(paper: Proposal, words: Words) -> Table:
    """The seller's spend of an average month of the middling course, by who bills it."""
    course = next(course for course in paper.courses if course.luck == "middling")
    entity = paper.sender.entity.name(words.language)
    passed = sum((course.money[name] for name in _PASSED), Decimal(0))
    whole = course.money["agency_fee"] + passed + course.money["platform_take"]
    parts = words.both(
        [
            words.say(
                "{label} {amount}", label=words.say(label), amount=exact(course.money[name], paper, words)
            )
            for name, label in _PASSED.items()
        ]
    )
    rows = (
        (words.say("Agency fee"), entity, exact(course.money["agency_fee"], paper, words)),
        (
            words.say("Passed through: {parts}", parts=parts),
            words.say("platforms and creators, at cost"),
            exact(passed, paper, words),
        ),
        (
            words.say("Platform take"),
            words.say("the platform, from your payouts"),
            exact(course.money["platform_take"], paper, words),
        ),
        (words.say("Total"), "", exact(whole, paper, words)),
    )
    heads = (words.say("What you spend"), words.say("Who bills it"), words.say("A month"))
    return Table(
        heads=heads,
        rows=rows,
        align="llr",
        widths=(2.4, 1.8, 0.7),
        totals=1,
        title=words.say("Average month of a middling course; goods and delivery are your own"),
    )


def _whom_to_call(paper: Proposal, words: Words) -> str:
    us = paper.sender.entity
    reach = [text for text in (us.phone, us.email, us.wechat) if text]
    who = words.both([text for text in (us.contact, us.role) if text])
    return words.say(
        "Questions: {who}, {reach}.", who=who or us.name(words.language), reach=" · ".join(reach) or NONE
    )


def _options(paper: Proposal, words: Words) -> Iterator[Block]:
    yield Paragraph(
        text=words.say(
            "Over the same {months}, on the same outcomes, middle outcome of each. Not ours, and listed all "
            "the same: your own team, and the platform’s plan where there is one.",
            months=months(paper.options_months, words),
        )
    )
    goal = paper.goals[0].goal if paper.goals else None
    heads = (
        words.say("Option"),
        words.say("Fee"),
        words.say("All you spend"),
        words.say("Your profit"),
        words.say("Profit, 8 in 10"),
        words.say("Chance of a loss"),
        NONE if goal is None else goal_words(goal, words, paper.currency),
    )
    yield Table(
        heads=heads,
        rows=tuple(_option(option, paper, words) for option in paper.options),
        align="lrrrrrr",
        widths=(2.2, 0.9, 1, 1.05, 2.1, 0.8, 1),
        marked=0,
    )
    if paper.worth is not None:
        yield Paragraph(text=said(paper.worth, words))
    yield Paragraph(
        text=words.say(
            "Here profit is after goods, delivery, every fee and the pay of your own staff, wherever a "
            "service leaves work to them. What staff cost and how the plan works are assumptions. Where the "
            "platform’s fee pays the ads, no chance of a return on ads is given."
        ),
        small=True,
    )


def _option(option: Option, paper: Proposal, words: Words) -> tuple[str, ...]:
    label = words.of(option.label)
    if option.quoted:
        label = words.say("{label} (this quote)", label=labels_of(option, words))
    elif option.ended:
        label = words.say("{label} (can no longer be taken)", label=label)
    low, high = (expected(end, paper, words) for end in (option.seller_profit.p10, option.seller_profit.p90))
    fee = expected(option.fee.p50, paper, words) if option.fee.mean else NONE
    return (
        label,
        fee,
        expected(option.all_in.p50, paper, words),
        expected(option.seller_profit.p50, paper, words),
        words.say("{low} to {high}", low=low, high=high),
        chance_said(option.loss, words),
        NONE if option.chance is None else chance_said(option.chance, words),
    )


def labels_of(option: Option, words: Words) -> str:
    """The name of the quoted offer without what a comparison adds to it."""
    return words.of(option.label).partition(" · ")[0]
