"""The frame's own words: navigation, controls, examples and chips of a brief."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from estimator.brief.brief import Brief
from estimator.brief.kpis import Kpi
from estimator.presentation import labels
from estimator.presentation.models import Chrome, Controls, Example, SignIn
from estimator.presentation.phrases import level_words, months, short_money
from estimator.presentation.trade import MEANS
from estimator.presentation.words import Words


def chrome(words: Words, known: int, asked: int) -> Chrome:
    """The page's own words; ``known`` of ``asked`` facts have an answer."""
    return Chrome(
        brand="Quotecast",
        form=words.say("Brief"),
        page=words.say("Page"),
        pages={
            "live": words.say("Live quote"),
            "compare": words.say("Compare"),
            "estimate": words.say("Self-estimate"),
            **({} if words.to_you else {"quotes": words.say("Quotes")}),
        },
        new_brief=words.say("New brief"),
        example=words.say("example brief"),
        fresh=words.say("Clear"),
        open=words.say("Open"),
        more_facts=words.say("More facts"),
        known=words.say("{known} of {asked} known", known=known, asked=asked),
        unknown=words.say(labels.UNKNOWN),
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
        details=words.say("details"),
        scenario=words.say(labels.LABELS["scenario"]),
        language=words.say("Language"),
        mode=words.say("Who sees the page"),
        modes={"internal": words.say("Internal"), "presenter": words.say("Presenter")},
        change=words.say("Change"),
        main_facts=words.say("Main facts"),
        goals_tab=words.say("Goals"),
        stores_tab=words.say("Stores"),
        refused=words.say("No price for these answers"),
        figure=words.say("Probability of each level, and how the outcomes spread"),
        stores=words.say("Goals, stores"),
        why=words.say("why"),
        table=words.say("Download table"),
        copy=words.say("Copy link"),
        copied=words.say("Copied"),
    )


@dataclass(frozen=True, kw_only=True)
class StoreWords:
    """The words of the rows of stores."""

    share: str
    add: str
    drop: str


def store_words(words: Words) -> StoreWords:
    """The words of the rows of stores."""
    return StoreWords(
        share=words.say("Share of ads"), add=words.say("Add a store"), drop=words.say("Remove the store")
    )


def sign_in(words: Words) -> SignIn:
    """The words of signing in and out; ``who`` has a place for an address."""
    return SignIn(
        title=words.say("Sign in first."),
        lead=words.say(
            "This page holds prices and clients of the agency. A client opens a quote by its own link."
        ),
        button=words.say("Sign in"),
        out=words.say("Sign out"),
        who=words.say("Signed in as {who}", who="{who}"),
        stranger=words.say("You are signed in, but this page is not open to you yet."),
    )


def controls(words: Words) -> Controls:
    """The words of the answer's own controls."""
    return Controls(
        meanings=words.say("meanings"),
        contract=words.say("contract"),
        pilot=words.say("test"),
        confidence=words.say("Confidence"),
        trade=words.say("Trade the base"),
        means={name: words.say(message) for name, message in MEANS.items()},
        risk_price=words.say("Price of risk"),
        apply=words.say("Apply"),
        list_again=words.say("Back to list"),
        market_again=words.say("Back to the market’s ranges"),
        pin=words.say("Pin now"),
        disclaimer=words.say(
            "A scenario under stated assumptions, not a promise of results. Every figure opens to its "
            "sources."
        ),
    )


def example(name: str, brief: Brief, kpis: Mapping[str, Kpi], words: Words) -> Example:
    """A brief of ``examples/briefs`` as a card."""
    parts = [*_platforms(brief, words)]
    if brief.ad_budget is not None:
        parts.append(short_money(float(brief.ad_budget), brief.currency, words))
    parts.extend(_spoken(brief, kpis, words))
    title = words.say(labels.EXAMPLES[name]) if name in labels.EXAMPLES else brief.name or name
    return Example(id=name, title=title, line=" · ".join(parts))


def chips(brief: Brief, words: Words, kpis: Mapping[str, Kpi]) -> tuple[str, ...]:
    """The brief in at most six short facts, in the order of the form; what is unknown has none."""
    shown = [*_platforms(brief, words)]
    if brief.category is not None:
        shown.append(labels.answer(words, "category", brief.category))
    if brief.ad_budget is not None:
        shown.append(
            words.say(
                "Ads {amount} a month", amount=short_money(float(brief.ad_budget), brief.currency, words)
            )
        )
    for goal in _spoken(brief, kpis, words):
        last = brief.goals[0].months[1]
        shown.append(words.say("{goal} within {months}", goal=goal, months=months(last, words)))
    if brief.service_model is not None:
        shown.append(labels.answer(words, "service_model", brief.service_model))
    if brief.contract_months is not None:
        shown.append(words.say("Term {months}", months=months(brief.contract_months, words)))
    return tuple(shown)


def resume(brief: Brief, kept: dt.datetime, today: dt.date, words: Words, name: str = "") -> str:
    """The button that opens a draft: its name if it has one, a few of its facts, and when it was kept."""
    parts = [*filter(None, (name,)), *_platforms(brief, words)]
    if brief.category is not None:
        parts.append(labels.answer(words, "category", brief.category))
    if brief.ad_budget is not None:
        parts.append(short_money(float(brief.ad_budget), brief.currency, words))
    time = f"{kept:%H:%M}" if kept.date() == today else f"{kept:%Y-%m-%d %H:%M}"
    return words.say("Continue: {facts}, {time}", facts=" · ".join(parts), time=time)


def _platforms(brief: Brief, words: Words) -> Iterator[str]:
    if len(brief.platforms) > 1:
        yield words.say("{number} platforms", number=len(brief.platforms))
    elif brief.platforms:
        yield labels.answer(words, "platforms", brief.platforms[0])


def _spoken(brief: Brief, kpis: Mapping[str, Kpi], words: Words) -> Iterator[str]:
    """The first goal as it was put: ROAS ≥ 2.5."""
    for goal in brief.goals[:1]:
        level = goal.at_least if goal.at_least is not None else goal.at_most
        kpi = kpis.get("roas_platform_total" if goal.kpi == "roas" else goal.kpi)
        assert level is not None
        if kpi is not None:
            sign = "≥" if goal.at_least is not None else "≤"
            yield f"{labels.kpi_name(words, kpi)} {sign} {level_words(level, kpi, brief.currency, words)}"
