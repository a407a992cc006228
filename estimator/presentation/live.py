"""View models: a quote as the strings and numbers of a page, in one language.

A screen only places what stands here. ``**`` marks what is set in bold. Expected amounts are rounded to
what their error allows; agreed amounts stand exactly as the terms have them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from estimator.brief.goals import Goal, Probability
from estimator.earnings.ledgers import Blocks
from estimator.earnings.payoff import Payoff
from estimator.presentation import labels
from estimator.presentation.assumptions import assumed_said, far_below_said
from estimator.presentation.chart_data import Curve, Odds, Rule
from estimator.presentation.figures import (
    blind_platforms,
    break_even_figure,
    break_even_level,
    break_even_name,
    chance_figure,
    price_figure,
    safe_figure,
)
from estimator.presentation.guard_words import for_the_prospect, guards
from estimator.presentation.models import Ask, GoalLine, Live, PriceLine, Segment
from estimator.presentation.payoff import axis_words, money_panel, shared
from estimator.presentation.phrases import (
    between_words,
    chance_words,
    goal_words,
    level_words,
    probability,
    safe_level,
    short_money,
    sign_of,
    window_words,
)
from estimator.presentation.price import MOST_PRICE_LINES, fitting, price_lines
from estimator.presentation.reasons import rule_boxes
from estimator.presentation.words import Words, about, mark
from estimator.quoting.own_figures import far_below
from estimator.quoting.questions import Unanswered
from estimator.quoting.quote import Quote, QuotedGoal

MOST_ASKS = 3


def live(
    quote: Quote,
    words: Words,
) -> Live:
    """The page of ``quote``.

    Where the seller reads along nothing internal is in it: no margin, no guard, no rule.
    """
    pictured = quote.pictured
    moving, every = price_lines(quote, words)
    most = MOST_PRICE_LINES.get(max(1, len(quote.goals)), min(MOST_PRICE_LINES.values()))
    return Live(
        figures=(
            price_figure(quote, words),
            chance_figure(quote, words),
            safe_figure(quote, words),
            break_even_figure(quote, words),
        ),
        spend_title=words.to(
            mark("Your expected monthly spend **{amount}**"),
            mark("Expected monthly spend **{amount}**"),
            amount=words.money(_shown_total(quote.seller.blocks), quote.currency),
        ),
        segments=segments(quote.seller.blocks, quote.currency, words),
        odds_title=words.say("How likely is each outcome, and who gets what"),
        caption="" if pictured is None else _caption(pictured.goal, quote, words),
        shared="" if quote.payoff is None else shared(quote.payoff, words),
        assumed=" ".join(filter(None, (_far_below(quote, words), assumed_said(quote.assumed, words)))),
        price_title=words.say("Why this price"),
        price_lines=_plain(fitting(moving, most, quote, words), words),
        price_more=_plain(every, words),
        rules=() if words.to_you else rule_boxes(quote, words),
        goals_title=words.say("All goals"),
        goals=tuple(_goal_lines(quote, words)),
        asks_title=words.to(mark("What would change the quote"), mark("Ask next")),
        asks_moves=words.say("price · probability"),
        asks=asks(quote, words),
        guards=for_the_prospect(quote, words) if words.to_you else guards(quote, words),
        foot=words.say(
            "Price edition **{edition}** · market {market} · {points} points, seed {seed} · {scenario}: "
            "a scenario under stated assumptions, no promise",
            edition=quote.rules.edition.id,
            market=quote.world.market.id,
            points=words.number(quote.points),
            seed=quote.seed,
            scenario=words.of(quote.world.scenario.label),
        ),
    )


def picture(
    quote: Quote,
    words: Words,
    *,
    band: tuple[Curve, Curve] | None = None,
    rival: Curve = (),
    traded: Payoff | None = None,
) -> tuple[Odds | None, str]:
    """The signature figure and the sentence that says what it shows; None where nothing can be drawn.

    ``band`` and ``rival`` are curves beside the first goal's own, ``traded`` the payoff after a trade.
    """
    if quote.pictured is None:
        return None, ""
    figure, said = _odds(quote.pictured, quote, words)
    return replace(figure, band=band, other=rival, money=money_panel(quote, words, traded)), said


def asks(quote: Quote, words: Words) -> tuple[Ask, ...]:
    """The open questions that move most; where the price is a range, one at least says why."""
    moving = [(item, ask) for item in quote.unanswered if (ask := _ask(item, quote, words)).effect]
    goals = len(quote.goals) + words.to_you
    # the more goals stand on the page, the fewer questions have room beside them
    most = MOST_ASKS - (goals > 1) - (goals > 3)
    shown, others = moving[:most], moving[most:]
    low, high = quote.monthly_price_range
    if low < high and not any(_moves_price(item) for item, _ in shown):
        shown[-1:] = [pair for pair in others if _moves_price(pair[0])][:1] or shown[-1:]
    return tuple(ask for _, ask in shown)


def _plain(lines: tuple[PriceLine, ...], words: Words) -> tuple[PriceLine, ...]:
    """Lines without their rules, where the seller reads along."""
    return tuple(replace(line, rule="", rule_id="") for line in lines) if words.to_you else lines


def shown_passed(blocks: Blocks) -> float:
    """What is passed through, as the sum of its printed parts."""
    return about(blocks.ads) + about(blocks.creators) + about(blocks.samples)


def _shown_total(blocks: Blocks) -> float:
    """The spend as the sum of its printed blocks, so that whoever adds them up agrees."""
    return about(blocks.agency_fee) + shown_passed(blocks) + about(blocks.platform_take)


def segments(blocks: Blocks, currency: str, words: Words) -> tuple[Segment, ...]:
    """The three blocks of a month's spend, which are never mixed."""
    total = blocks.total or 1.0

    def shown(amount: float) -> str:
        return words.money(about(amount), currency)

    parts = [
        (words.say("ads"), blocks.ads),
        (words.say("creators"), blocks.creators),
        (words.say("samples"), blocks.samples),
    ]
    inner = words.both([f"{name} {words.number(about(amount))}" for name, amount in parts if amount > 0])
    passed = words.say("passed through **{amount}**", amount=words.money(shown_passed(blocks), currency))
    if inner:
        passed += words.say(" ({parts})", parts=inner)
    return (
        Segment(
            party="agency",
            label=words.say("agency fee **{amount}**", amount=shown(blocks.agency_fee)),
            shares=(blocks.agency_fee / total,),
        ),
        Segment(
            party="passed", label=passed, shares=tuple(amount / total for _, amount in parts if amount > 0)
        ),
        Segment(
            party="platform",
            label=words.say("platform take **{amount}**", amount=shown(blocks.platform_take)),
            shares=(blocks.platform_take / total,),
        ),
    )


def _odds(odds: QuotedGoal, quote: Quote, words: Words) -> tuple[Odds, str]:
    """The figure of what is pictured, and the sentence that says the same."""
    goal = odds.goal
    even = quote.payoff.break_even if quote.payoff and quote.payoff.kpi == goal.kpi else None
    pairs = [] if odds.probability is None else [_asked(goal, odds.probability, quote, words)]
    if odds.promise is not None and odds.promise.level is not None and not odds.open_definition:
        pairs.append(_safe(goal, odds.promise.level, odds.promise.confidence, quote, words))
    if even is not None:
        pairs.append(_even(goal, even, quote, words))
    steps = tuple(_steps(goal, quote, words))
    said = [phrase for _, phrase in pairs] + [step.label.replace("\n", " ") for step in steps]
    loss = quote.seller.loss_probability.value
    return (
        Odds(
            curve=odds.curve,
            density=odds.density,
            rules=tuple(rule for rule, _ in pairs),
            split=even,
            lose=words.say("{chance} lose", chance=chance_words(loss, words)),
            gain=words.say("{chance} gain", chance=chance_words(1 - loss, words)),
            unit=goal.kpi.unit,
            language=words.language,
            steps=steps,
        ),
        words.say("{said}.", said=words.say("; ").join(said)) if said else "",
    )


def _asked(goal: Goal, chance: Probability, quote: Quote, words: Words) -> tuple[Rule, str]:
    """The rule at the level asked for, and the phrase that says it."""
    shown = probability(chance, words)
    asked = level_words(goal.level, goal.kpi, quote.currency, words)
    label = words.say(
        mark("{chance} reach {level}:\nyour goal")
        if goal.at_least and words.to_you
        else mark("{chance} reach {level}:\nas requested")
        if goal.at_least
        else mark("{chance} stay within {level}:\nas requested"),
        chance=shown,
        level=asked,
    )
    rule = Rule(level=float(goal.level), label=label, dash="thick", probability=chance.value)
    return rule, words.say("{chance} of outcomes reach the requested {level}", chance=shown, level=asked)


def _safe(goal: Goal, level: float, share: float, quote: Quote, words: Words) -> tuple[Rule, str]:
    """The rule at the safe level, and the phrase that says it; ``share`` of outcomes reach it."""
    confidence = words.percent(share)
    safe = safe_level(level, goal, quote.currency, words)
    label = words.say(
        mark("{chance} reach {level}:\nsafe level")
        if goal.at_least
        else mark("{chance} stay within {level}:\nsafe level"),
        chance=confidence,
        level=safe,
    )
    rule = Rule(level=level, label=label, dash="thin", probability=share)
    return rule, words.say("{chance} reach {level}, the safe level", chance=confidence, level=safe)


def _even(goal: Goal, level: float, quote: Quote, words: Words) -> tuple[Rule, str]:
    """The rule where the seller breaks even, and the phrase that says it."""
    figure = break_even_level(level, goal.kpi, quote.currency, words)
    rule = Rule(level=level, label=words.say("break-even {level}", level=figure), dash="dotted")
    return rule, words.to(
        mark("you break even at {level}"), mark("the seller breaks even at {level}"), level=figure
    )


def _steps(first: Goal, quote: Quote, words: Words) -> Iterator[Rule]:
    """Goals that ask more, or less, of the same KPI in later months, in their order."""
    for odds in sorted(quote.goals[1:], key=lambda odds: odds.goal.months):
        goal, chance = odds.goal, odds.probability
        ramped = goal.kpi == first.kpi and goal.at_least == first.at_least and goal.months > first.months
        if chance is None or not ramped or goal.level == first.level:
            continue
        message = mark("{chance} reach {level}\n{window}")
        if not goal.at_least:
            message = mark("{chance} stay within {level}\n{window}")
        label = words.say(
            message,
            chance=probability(chance, words),
            level=level_words(goal.level, goal.kpi, quote.currency, words),
            window=window_words(goal, words),
        )
        yield Rule(level=float(goal.level), label=label, dash="dotted", probability=chance.value)


def _caption(goal: Goal, quote: Quote, words: Words) -> str:
    axis = words.say(
        "{kpi}, {window}", kpi=break_even_name(goal.kpi, words), window=window_words(goal, words, long=True)
    )
    if quote.brief.ad_budget is None:
        text = words.say("Horizontal: {axis}. Money a month.", axis=axis)
    else:
        text = words.say(
            "Horizontal: {axis}, at {amount} of ads a month. Money a month.",
            axis=axis,
            amount=short_money(float(quote.brief.ad_budget), quote.currency, words),
        )
    return f"{text} {axis_words(quote, words)}".rstrip()


def _far_below(quote: Quote, words: Words) -> str:
    below = far_below(quote.brief, quote.world)
    return "" if below is None else far_below_said(below, quote.currency, words)


def _goal_lines(quote: Quote, words: Words) -> Iterator[GoalLine]:
    """A line a goal, and one for all of them at once."""
    for odds in quote.goals:
        yield _goal_line(odds, quote, words)
    if quote.joint is not None:
        value = probability(quote.joint, words)
        yield GoalLine(label=words.say("all of these at once"), probability=value, safe="")


def _no_number(odds: QuotedGoal, quote: Quote, words: Words) -> str:
    """Why a goal has no probability, in a few words."""
    if not odds.goal.kpi.forecast:
        return words.say("no probability")
    if odds.measurable:
        return words.say("needs today’s GMV")
    return words.say("not reported by {platforms}", platforms=blind_platforms(odds, quote, words))


def _goal_line(odds: QuotedGoal, quote: Quote, words: Words) -> GoalLine:
    goal, currency = odds.goal, quote.currency
    if odds.probability is None:
        return GoalLine(
            label=goal_words(goal, words, currency), probability=_no_number(odds, quote, words), safe=""
        )
    if odds.between is not None:
        value = between_words(odds.between, words)
        label = goal_words(goal, words, currency)
        return GoalLine(label=label, probability=value, safe=words.say("definition open"))
    value = probability(odds.probability, words)
    if odds.known is not None:
        value = f"{value} {between_words(odds.known.between(odds.probability.value), words)}"
    level = odds.promise.level if odds.promise else None
    safe = (
        words.say("no safe level")
        if level is None
        else words.say(
            "safe {sign} {level}", sign=sign_of(goal), level=safe_level(level, goal, currency, words)
        )
    )
    return GoalLine(label=goal_words(goal, words, currency), probability=value, safe=safe)


def _moves_price(item: Unanswered) -> bool:
    """Whether the answer changes the price as printed."""
    return item.price is not None and round(item.price[0]) != round(item.price[1])


def _ask(item: Unanswered, quote: Quote, words: Words) -> Ask:
    effects = []
    if item.price is not None and _moves_price(item):
        low, high = item.price
        effects.append(words.span(words.money(low, quote.currency), words.number(high)))
    if item.odds is not None and round(item.odds[0] * 100) != round(item.odds[1] * 100):
        effects.append(between_words(item.odds, words))
    if item.fact == "landed_cost":
        effects.append(words.to(mark("your profit"), mark("the seller’s profit")))
    return Ask(fact=item.fact, question=labels.question(words, item.fact), effect=" · ".join(effects))
