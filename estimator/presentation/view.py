"""View models: a quote as the strings and numbers of a page, in one language.

A screen only places what stands here. ``**`` marks what is set in bold. Expected amounts are rounded to
what their error allows; agreed amounts stand exactly as the terms have them.
"""

from __future__ import annotations

from estimator.brief import Brief
from estimator.economics import Blocks
from estimator.goals import Goal
from estimator.kpis import Kpi
from estimator.presentation import answers
from estimator.presentation.charts import Odds, Rule
from estimator.presentation.figures import break_even_figure, chance_figure, price_figure, safe_figure
from estimator.presentation.models import Ask, Chrome, Example, GoalLine, Guard, Live, Segment
from estimator.presentation.phrases import (
    goal_words,
    is_roas,
    level_words,
    probability,
    safe_level,
    short_money,
    sign_of,
    window_words,
)
from estimator.presentation.price import MOST_PRICE_LINES, fitting, price_lines
from estimator.presentation.words import Words, about, mark
from estimator.questions import Unanswered
from estimator.quote import GoalOdds, Quote
from estimator.text import Text

MOST_ASKS = 3


def chrome(words: Words, known: int, asked: int) -> Chrome:
    """The page's own words; ``known`` of ``asked`` facts have an answer."""
    return Chrome(
        brand="Quotecast",
        page=words.say("Live quote"),
        new_brief=words.say("New brief"),
        example=words.say("example brief"),
        fresh=words.say("Clear"),
        open=words.say("Open"),
        more_facts=words.say("More facts"),
        known=words.say("{known} of {asked} known", known=known, asked=asked),
        unknown=words.say(answers.UNKNOWN),
        pick=words.say("Choose"),
        amount_hint=words.say("40k or 40,000"),
        level_hint="2.5",
        intro_title=words.say("Four answers make a quote."),
        intro=words.say(
            "Platform, category, ad budget and one goal. Everything else may stay unknown: the price is then "
            "a range, and the page says which question narrows it most."
        ),
        examples=words.say("Or start from an example"),
        first_goal=words.say("The goal in full"),
        second_goal=words.say("A second goal"),
        third_goal=words.say("A third goal"),
        no_goal=words.say("No goal"),
        more=words.say("more"),
        scenario=words.say(answers.LABELS["scenario"]),
        language=words.say("Language"),
        refused=words.say("No price for these answers"),
        figure=words.say("Probability of each level, and how the outcomes spread"),
        stores=words.say("Goals, stores"),
    )


def live(quote: Quote, scenario: Text, words: Words) -> Live:
    """The page of ``quote``, made under the scenario of that label."""
    first = quote.goals[0] if quote.goals else None
    moving, every = price_lines(quote, words)
    most = MOST_PRICE_LINES.get(max(1, len(quote.goals)), min(MOST_PRICE_LINES.values()))
    figure, said = (None, "") if first is None else _odds(first, quote, words)
    return Live(
        figures=(
            price_figure(quote, words),
            chance_figure(quote, words),
            safe_figure(quote, words),
            break_even_figure(quote, words),
        ),
        spend_title=words.say(
            "Expected monthly spend **{amount}**",
            amount=words.money(_shown_total(quote.seller.blocks), quote.currency),
        ),
        segments=_segments(quote.seller.blocks, quote.currency, words),
        odds_title=words.say("How likely each level is"),
        odds=figure,
        odds_said=said,
        caption="" if first is None else _caption(first.goal, quote, words),
        assumed=_assumed(quote, words),
        price_title=words.say("Why this price"),
        price_lines=fitting(moving, most, quote, words),
        price_more=every,
        goals_title=words.say("All goals"),
        goals=tuple(_goal_line(odds, words, quote.currency) for odds in quote.goals),
        asks_title=words.say("Ask next"),
        asks_moves=words.say("price · probability"),
        asks=tuple(ask for item in quote.unanswered if (ask := _ask(item, quote, words)).effect)[:MOST_ASKS],
        guards=_guards(quote, words),
        foot=words.say(
            "Price edition **{edition}** · market {market} · {points} points, seed {seed} · {scenario}: "
            "a scenario under stated assumptions, no promise",
            edition=quote.edition,
            market=quote.market,
            points=words.number(quote.points),
            seed=quote.seed,
            scenario=words.of(scenario),
        ),
    )


def example(name: str, brief: Brief, kpis: dict[str, Kpi], words: Words) -> Example:
    """A brief of ``examples/briefs`` as a card."""
    platforms = brief.platforms
    parts = [
        words.say("{number} platforms", number=len(platforms))
        if len(platforms) > 1
        else answers.answer(words, "platform", platforms[0])
    ]
    if brief.ad_budget is not None:
        parts.append(short_money(float(brief.ad_budget), brief.currency, words))
    if brief.goals:
        spoken = brief.goals[0]
        level = spoken.at_least if spoken.at_least is not None else spoken.at_most
        kpi = kpis["roas_platform_total" if spoken.kpi == "roas" else spoken.kpi]
        assert level is not None
        sign = "≥" if spoken.at_least is not None else "≤"
        figure = level_words(level, kpi, brief.currency, words)
        parts.append(f"{answers.kpi_name(words, kpi)} {sign} {figure}")
    title = words.say(answers.EXAMPLES[name]) if name in answers.EXAMPLES else brief.name or name
    return Example(id=name, title=title, line=" · ".join(parts))


def _shown_passed(blocks: Blocks) -> float:
    """What is passed through, as the sum of its printed parts."""
    return about(blocks.ads) + about(blocks.creators) + about(blocks.samples)


def _shown_total(blocks: Blocks) -> float:
    """The spend as the sum of its printed blocks, so that whoever adds them up agrees."""
    return about(blocks.agency_fee) + _shown_passed(blocks) + about(blocks.platform_take)


def _segments(blocks: Blocks, currency: str, words: Words) -> tuple[Segment, ...]:
    total = blocks.total or 1.0

    def shown(amount: float) -> str:
        return words.money(about(amount), currency)

    parts = [
        (words.say("ads"), blocks.ads),
        (words.say("creators"), blocks.creators),
        (words.say("samples"), blocks.samples),
    ]
    inner = words.both([f"{name} {words.number(about(amount))}" for name, amount in parts if amount > 0])
    passed = words.say("passed through **{amount}**", amount=words.money(_shown_passed(blocks), currency))
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


def _odds(odds: GoalOdds, quote: Quote, words: Words) -> tuple[Odds | None, str]:
    """The figure of the first goal, and the sentence that says the same."""
    if odds.probability is None or not odds.curve:
        return None, ""
    goal = odds.goal
    shown = " ".join(probability(odds.probability, words))
    asked = level_words(goal.level, goal.kpi, quote.currency, words)
    rules = [
        Rule(
            level=float(goal.level),
            label=words.say(
                mark("{chance} reach {level}:\nas requested")
                if goal.at_least
                else mark("{chance} stay within {level}:\nas requested"),
                chance=shown,
                level=asked,
            ),
            dash="thick",
            probability=odds.probability.value,
        )
    ]
    said = [words.say("{chance} of outcomes reach the requested {level}", chance=shown, level=asked)]
    promise = odds.promise
    if promise is not None and promise.level is not None and not odds.open_definition:
        confidence = words.percent(promise.confidence)
        safe = safe_level(promise.level, goal, quote.currency, words)
        rules.append(
            Rule(
                level=promise.level,
                label=words.say(
                    mark("{chance} reach {level}:\nsafe level")
                    if goal.at_least
                    else mark("{chance} stay within {level}:\nsafe level"),
                    chance=confidence,
                    level=safe,
                ),
                dash="thin",
                probability=promise.confidence,
            )
        )
        said.append(words.say("{chance} reach {level}, the safe level", chance=confidence, level=safe))
    even = quote.seller.break_even if is_roas(odds) else None
    if even is not None:
        figure = words.number(even, 1)
        rules.append(Rule(level=even, label=words.say("break-even {level}", level=figure), dash="dotted"))
        said.append(words.say("the seller breaks even at {level}", level=figure))
    loss = quote.seller.loss_probability.value
    return (
        Odds(
            curve=odds.curve,
            density=odds.density,
            rules=tuple(rules),
            split=even,
            lose=words.say("{chance} lose", chance=words.percent(loss)),
            gain=words.say("{chance} gain", chance=words.percent(1 - loss)),
            unit=goal.kpi.unit,
        ),
        words.say("{said}.", said=words.say("; ").join(said)),
    )


def _caption(goal: Goal, quote: Quote, words: Words) -> str:
    axis = words.say(
        "{kpi}, {window}", kpi=answers.kpi_name(words, goal.kpi), window=window_words(goal, words, long=True)
    )
    if quote.brief.ad_budget is None:
        return words.say("Horizontal: {axis}. Below: spread of outcomes.", axis=axis)
    return words.say(
        "Horizontal: {axis}, at {amount} of ads a month. Below: spread of outcomes.",
        axis=axis,
        amount=short_money(float(quote.brief.ad_budget), quote.currency, words),
    )


def _assumed(quote: Quote, words: Words) -> str:
    """Facts that the market's own figures stand in for."""
    if not quote.assumed:
        return ""
    named = [words.within(answers.label(words, fact)) for fact, _ in quote.assumed]
    return words.say("Market values used for: {facts}.", facts=words.both(named))


def _goal_line(odds: GoalOdds, words: Words, currency: str) -> GoalLine:
    goal = odds.goal
    if odds.probability is None:
        message = mark("no probability")
        if goal.kpi.forecast:
            message = mark("needs today’s GMV") if odds.measurable else mark("not reported there")
        return GoalLine(label=goal_words(goal, words, currency), probability=words.say(message), safe="")
    value, error = probability(odds.probability, words)
    level = odds.promise.level if odds.promise else None
    safe = (
        words.say("no safe level")
        if level is None
        else words.say(
            "safe {sign} {level}", sign=sign_of(goal), level=safe_level(level, goal, currency, words)
        )
    )
    return GoalLine(label=goal_words(goal, words, currency), probability=f"{value} {error}", safe=safe)


def _ask(item: Unanswered, quote: Quote, words: Words) -> Ask:
    effects = []
    if item.price is not None and round(item.price[0]) != round(item.price[1]):
        low, high = item.price
        effects.append(words.span(words.money(low, quote.currency), words.number(high)))
    if item.odds is not None:
        least, most = (words.number(share * 100) for share in item.odds)
        if least != most:
            effects.append(f"{words.span(least, most)}%")
    if item.fact == "landed_cost":
        effects.append(words.say("the seller’s profit"))
    return Ask(fact=item.fact, question=answers.question(words, item.fact), effect=" · ".join(effects))


_SEVERITY = {
    "note": ("●", mark("Note")),
    "warning": ("▲", mark("Warning")),
    "approval": ("◆", mark("Needs approval")),
    "refusal": ("✕", mark("Refused")),
}


_WORST = ("refusal", "approval", "warning", "note")


def _guards(quote: Quote, words: Words) -> tuple[Guard, ...]:
    """What was raised, worst first."""
    ordered = sorted(quote.guards, key=lambda raised: _WORST.index(raised.severity))
    shown = []
    for raised in ordered:
        sign, word = _SEVERITY[raised.severity]
        shown.append(
            Guard(
                severity=raised.severity,
                sign=sign,
                word=words.say(word),
                text=words.of(raised.text),
                rule_id=raised.rule.rpartition("#")[2] or raised.id,
                rule=raised.rule,
            )
        )
    return tuple(shown)
