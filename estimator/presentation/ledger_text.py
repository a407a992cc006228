"""The ledger in words: what each goal came to and why, how honest the forecasts were, and by how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from estimator.evidence.ledger import Ledger, LedgerGoal, Standing
from estimator.evidence.ledger_answers import PublicHistory, public_histories
from estimator.evidence.reliability import (
    LEAST_OF_A_PERSON,
    LEAST_QUOTES,
    By,
    Calibration,
    Group,
    Verdict,
)
from estimator.evidence.scores import CONFIDENCE, Scored
from estimator.presentation.backtest_text import scored
from estimator.presentation.book_text import table_text
from estimator.presentation.paper import Table
from estimator.presentation.phrases import chance_words, goal_words, level_words
from estimator.presentation.statement_text import MEASURED
from estimator.presentation.words import NONE, Words, mark
from estimator.schemas.review import Came, Reason
from estimator.values.money import round_half_up

CAME: Mapping[Came, str] = {
    "open": mark("open"),
    "met": mark("met"),
    "missed": mark("missed"),
    "void": mark("void"),
}
REASONS: Mapping[Reason, str] = {
    "no_figures": mark("no figures were entered yet"),
    "absent": mark("months still to be entered: {what}"),
    "not_ripe": mark("its figures are final on {what}"),
    "entered_early": mark("entered before its figures were final; enter again: {what}"),
    "missing": mark("blank: {what}"),
    "duty": mark("no month held what the contract asks for: {what}"),
    "cut_off": mark("the contract ended before its months did, in {what}"),
    "amended": mark("other terms took its place on {what}"),
    "unreadable": mark("the figures do not fit the terms: {what}"),
}
STANDINGS: Mapping[Standing, str] = {
    "signed": mark("signed"),
    "agreed": mark("agreed"),
    "sent": mark("only sent"),
}
VERDICTS: Mapping[Verdict, str] = {
    "too_few": mark("too few to tell"),
    "hopeful": mark("too hopeful: met less often than was said"),
    "fearful": mark("too cautious: met more often than was said"),
    "overconfident": mark("too sure of itself"),
    "underconfident": mark("surer than it says"),
    "sound": mark("nothing speaks against it"),
}
KINDS: Mapping[By, str] = {
    "platform": mark("Platform"),
    "category": mark("Category"),
    "service": mark("Service"),
    "edition": mark("Edition"),
    "person": mark("Sent by"),
}
FACTS: Mapping[By, str] = {"platform": "platforms", "category": "category", "service": "service_model"}
HORIZONS: Mapping[str, str] = {
    "week": mark("a week ahead"),
    "month": mark("a month ahead"),
    "quarter": mark("a quarter ahead"),
}
HISTORIES: Mapping[str, str] = {"apparel_brand": mark("a public apparel brand, {steps} weeks, {day}")}


def ledger_text(
    ledger: Ledger, everything: Group, groups: Sequence[Group], by: By | None, words: Words
) -> str:
    """The whole ledger as lines: goals, scores by kind, reliability, and how to read them."""
    blocks = [table_text(goals_table(ledger.goals, words))] if ledger.goals else []
    if everything.calibration is None:
        blocks.append("\n".join([nothing_scored(words), *public_lines(words)]))
    else:
        tables = [scores_table(everything, groups, by, words), reliability_table(everything, words)]
        blocks += map(table_text, tables)
    if ledger.not_scorable:
        blocks.append(not_scorable(ledger, words))
    return "\n\n".join(blocks)


def nothing_scored(words: Words) -> str:
    """That no goal has resolved."""
    return words.say("No goal of a sent quote has resolved yet, so there is nothing of our own to score.")


def not_scorable(ledger: Ledger, words: Words) -> str:
    """The quotes that were sent before a forecast was frozen."""
    return words.say(
        "Not scorable, since they were sent before forecasts were frozen or were erased: {what}",
        what=words.both(list(ledger.not_scorable)),
    )


def public_lines(words: Words) -> list[str]:
    """The scores of public histories, a line each."""
    return [line for history in public_histories() for line in _history_lines(history, words)]


def _history_lines(history: PublicHistory, words: Words) -> list[str]:
    named = words.say(
        HISTORIES[history.id], steps=history.steps, day=words.date(history.measured.isoformat())
    )
    head = words.say("What replaying public histories came to ({what}):", what=named)
    return [
        head,
        *(
            words.say(
                "{horizon}: CRPS {ratio} times the naive forecast’s; the 80% interval covered {covered}",
                horizon=words.say(HORIZONS[one.id]),
                ratio=scored(_scored(one.crps_over_naive), 2, words),
                covered=_share(_scored(one.covered_80), words),
            )
            for one in history.horizons
        ),
    ]


def goals_table(goals: Sequence[LedgerGoal], words: Words) -> Table:
    """Every goal with its probability and what it came to."""
    heads = (
        mark("Quote"),
        mark("Goal"),
        mark("Probability"),
        mark("Came to"),
        mark("Figure"),
        mark("Reason"),
    )
    return Table(
        title=words.say("What the goals came to"),
        heads=tuple(map(words.say, heads)),
        rows=tuple(_goal_row(goal, words) for goal in goals),
        align="llrlrl",
        note=words.say("A void goal is neither met nor missed and is not scored."),
    )


def _goal_row(one: LedgerGoal, words: Words) -> tuple[str, ...]:
    goal, currency = one.frozen.goal, one.forecast.terms.currency
    assert one.frozen.chance is not None
    standing = words.say(STANDINGS[one.standing])
    value = NONE
    if one.value is not None:
        digits = Decimal(1).scaleb(-(goal.kpi.digits or 0))
        value = level_words(round_half_up(Decimal(one.value), digits), goal.kpi, currency, words)
    return (
        f"{one.revision.reference} ({standing})" if one.standing == "sent" else one.revision.reference,
        goal_words(goal, words, currency),
        chance_words(one.frozen.chance.probability, words),
        words.say(CAME[one.came]),
        value,
        reason_words(one, words),
    )


def reason_words(one: LedgerGoal, words: Words) -> str:
    """Why a goal is open or void, or which months of it did not count."""
    if one.fault is not None:
        return words.say(REASONS["unreadable"], what=one.fault.line(words.language))
    if one.reason:
        return why_words(one.reason, one.about, words)
    if one.left_out:
        what = words.both([_named(each, words) for each in one.left_out])
        return words.say("not counted, since a duty was not held: {what}", what=what)
    return ""


def why_words(reason: Reason, about: Sequence[str], words: Words) -> str:
    """Why a goal is neither met nor missed, with the months or figures this is about."""
    if reason == "":
        return ""
    dated = reason in ("not_ripe", "amended")
    said = [words.date(each) if dated else _named(each, words) for each in about]
    return words.say(REASONS[reason], what=words.both(said))


def _named(said: str, words: Words) -> str:
    """A month and a duty that it did not hold by its label; anything else as it is."""
    month, _, duty = said.partition(" ")
    return f"{month} {words.say(MEASURED[duty])}" if duty in MEASURED else said


def scores_table(everything: Group, groups: Sequence[Group], by: By | None, words: Words) -> Table:
    """The scores, of everything and by kind."""
    heads = (
        mark("Met"),
        mark("Void"),
        mark("Matured"),
        mark("Said on average"),
        mark("Were met"),
        mark("Brier; of the base rate"),
        mark("50 / 80 / 90% intervals covered"),
        mark("CRPS of the naive"),
        mark("Verdict"),
    )
    first = words.say(mark("Forecasts") if by is None else KINDS[by])
    rows = [_scores_row(words.say("All"), everything, words)]
    rows += [_scores_row(kind_words(group.name, by, words), group, words) for group in groups if by]
    return Table(
        title=words.say("Forecasts that have been scored"),
        heads=(first, *map(words.say, heads)),
        rows=tuple(rows),
        align="l" + "r" * (len(heads) - 1) + "l",
        note=how_to_read(words),
    )


def _scores_row(name: str, group: Group, words: Words) -> tuple[str, ...]:
    counts = (
        name,
        f"{group.met}/{group.resolved}",
        words.number(group.void),
        f"{words.percent(group.matured)} ({group.goals - group.open}/{group.goals})",
    )
    made = group.calibration
    if made is None:
        return (*counts, *(NONE for _ in range(5)), words.say(VERDICTS["too_few"]))
    return (*counts, words.percent(made.stated), _share(made.met, words), *_means_cells(made, words))


def _means_cells(made: Calibration, words: Words) -> tuple[str, ...]:
    means = made.means
    brier = (
        NONE
        if means is None
        else words.apart([scored(means.brier, 2, words), words.number(means.base.value, 3)])
    )
    ratio = NONE if means is None or means.ratio is None else scored(means.ratio, 2, words)
    covered = " / ".join(_share(one, words) for one in made.coverage.values()) or NONE
    return brier, covered, ratio, words.say(VERDICTS[made.verdict])


def reliability_table(everything: Group, words: Words) -> Table:
    """How often what was called so probable came true."""
    heads = (mark("Probability"), mark("Goals"), mark("Said on average"), mark("Were met"))
    bins = () if everything.calibration is None else everything.calibration.bins
    return Table(
        title=words.say("How often what was said came true"),
        heads=tuple(map(words.say, heads)),
        rows=tuple(
            (
                words.span(words.number(one.low * 100), words.percent(one.high)),
                words.number(one.count),
                words.percent(one.stated),
                _share(one.met, words),
            )
            for one in bins
        ),
        align="lrrr",
        note="",
    )


def how_to_read(words: Words) -> str:
    """What the scores are, in brackets what their intervals are, and which forecast is the naive one."""
    return words.say(
        "Naive is the middle that the same market gives for platform, category, ad budget and service alone, "
        "as a point; a sound forecast about the same middle has a CRPS of about 0.71 times its. The base "
        "rate is the share that was met, known only afterwards. CRPS and Brier are better when smaller; in "
        "brackets stands where {confidence} of repetitions would lie, the goals of a quote counted as one. "
        "Means are given from {quotes} quotes on, a person’s own scores from {least} resolved goals on.",
        confidence=words.percent(CONFIDENCE),
        quotes=LEAST_QUOTES,
        least=LEAST_OF_A_PERSON,
    )


def kind_words(name: str, by: By | None, words: Words) -> str:
    """A kind by its label; an edition and a person by their names."""
    if not name:
        return words.say("Unknown")
    choices = words.vocabulary.choices(FACTS[by]) if by is not None and by in FACTS else {}
    return words.of(choices[name].label) if name in choices else name


def _scored(interval: object) -> Scored:
    return Scored(**{name: getattr(interval, name) for name in ("value", "low", "high")})


def _share(one: Scored, words: Words) -> str:
    low, high = (words.number(each * 100) for each in (one.low, one.high))
    return f"{words.percent(one.value)} [{words.span(low, high)}]"
