"""Words of the line-up: what may be compared, and what would turn the order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from estimator.comparing.comparison import Comparison
from estimator.comparing.crossover import Crossover
from estimator.comparing.flip import Flip
from estimator.comparing.lineup import AGENCY, AGREED
from estimator.comparing.offers import TODAY
from estimator.comparing.tipping import nearest_assumptions
from estimator.presentation.compare_answer import turn_lines
from estimator.presentation.compare_words import flip_words, offer_name
from estimator.presentation.words import Words
from estimator.rules.rules import Rules


@dataclass(frozen=True, kw_only=True)
class LineupWords:
    """The words of the page's controls, and the names of what can be chosen."""

    by: str
    views: Mapping[str, str]
    add: str
    add_scenarios: str
    offers: str
    names: Mapping[str, str]
    scenarios: str
    scenario_names: Mapping[str, str]
    one: str
    settlement: str
    settlements: Mapping[str, str]
    other_agency: str
    fields: Mapping[str, str]
    hints: Mapping[str, str]
    reach: str
    reaches: Mapping[str, str]
    counts: str
    counted: Mapping[str, str]
    work: str
    works: Mapping[str, str]
    few: str
    draws: str
    alone: str


def lineup_words(names: Sequence[str], rules: Rules, words: Words) -> LineupWords:
    """The words of the page's controls, for the offers ``names``."""
    ways, scenarios = rules.ways, rules.scenarios
    return LineupWords(
        by=words.say("What is compared"),
        views={"offers": words.say("Offers"), "scenarios": words.say("Scenarios")},
        add=words.say("Choose offers"),
        add_scenarios=words.say("Choose scenarios"),
        offers=words.say("Two to six offers"),
        names={name: _named(name, rules, words) for name in names},
        scenarios=words.say("Two to six scenarios"),
        scenario_names={name: words.of(scenario.label) for name, scenario in scenarios.items()},
        one=words.say("Offer"),
        settlement=words.say("Our offers settle by"),
        settlements={"": words.say("as in the brief")}
        | {name: words.of(label) for name, label in ways.settlements.items()},
        other_agency=words.say("Another agency’s quote, a month"),
        fields={
            "base": words.say("Base fee"),
            "commission": words.say("Commission"),
            "minimum": words.say("Minimum"),
            "cap": words.say("Cap"),
            "setup": words.say("Set-up, once"),
            "refund": words.say("Back if missed"),
            "videos": words.say("Videos a month"),
            "creators": words.say("Creators contacted"),
            "live_hours": words.say("Live hours"),
        },
        hints={
            "base": words.say("none"),
            "commission": words.say("5%; 8% > 40k"),
            "minimum": words.say("none"),
            "cap": words.say("none"),
            "setup": words.say("none"),
            "refund": words.say("30% of base"),
            "videos": words.say("Unknown"),
            "creators": words.say("Unknown"),
            "live_hours": words.say("Unknown"),
        },
        reach=words.say("A tier reaches"),
        reaches={"slice": words.say("the slice above"), "whole": words.say("the whole amount")},
        counts=words.say("Commission on"),
        counted={"gmv": words.say("GMV"), "settled_gmv": words.say("settled GMV")},
        work=words.say("It does"),
        works={
            "whole_shop": words.say("everything"),
            "part_operation": words.say("a part"),
            "kpi_consulting": words.say("advice"),
        },
        few=words.say("Choose two to six."),
        draws=words.say("Download draws"),
        alone=words.say("One assumption alone?"),
    )


def lineup_notes(left_out: Sequence[str], unpriced: bool, rules: Rules, words: Words) -> Iterator[str]:
    """What was chosen and does not stand in the table, and why."""
    if left_out:
        names = words.both([_named(name, rules, words) for name in left_out])
        yield words.say("Six at most: take one off to see {names}.", names=names)
    elif unpriced:
        yield words.say("{name} joins the table once a fee is typed.", name=_named(AGENCY, rules, words))


def _named(name: str, rules: Rules, words: Words) -> str:
    """What an offer that may be chosen is called."""
    ways = rules.ways
    if name in rules.offers:
        return words.of(rules.offers[name].label)
    if name in ways.models:
        return words.of(ways.models[name].label)
    others = {AGENCY: ways.words.agency, AGREED: ways.words.agreed, TODAY: ways.words.as_today}
    return words.of(others[name])


@dataclass(frozen=True, kw_only=True)
class Turns:
    """What would turn the choice: a title, then a title and its sentences each."""

    title: str
    lines: tuple[tuple[str, tuple[str, ...]], ...]


def turns(comparison: Comparison, flips: Sequence[Flip], crossing: Crossover | None, words: Words) -> Turns:
    """What would turn the order of the best offer and those that come next, and what the plan costs."""
    lines = tuple(turn_lines(comparison, flips, crossing, words))
    return Turns(title=words.say("The choice flips if …") if lines else "", lines=lines)


def assumption_turns(comparison: Comparison, count: int, words: Words) -> Turns:
    """Which single assumptions would turn the order of the best offer and the ``count`` that come next."""
    names = {offer.id: offer_name(offer, comparison, words) for offer in comparison.offers}
    lines = [
        (
            words.say("{other} over {better}", other=names[alone.other], better=names[alone.better]),
            tuple(flip_words(flip, comparison, words) for flip in alone.flips)
            or (words.say("no single assumption does, moved within its middle 80%"),),
        )
        for alone in nearest_assumptions(comparison, count)
    ]
    return Turns(title=words.say("One assumption changed, all else as it is"), lines=tuple(lines))
