"""A backtest in words: how sure the forecast was, how often it held, and whether history helped."""

from __future__ import annotations

from collections.abc import Mapping

from estimator.evidence.backtest import NAIVE_WEEKS, Backtest, Flaw, Horizon
from estimator.evidence.scores import CONFIDENCE, Scored
from estimator.evidence.series import Series
from estimator.presentation.words import Words, mark

HORIZONS: Mapping[Horizon, str] = {
    "week": mark("the next week"),
    "month": mark("the next month"),
    "quarter": mark("the next quarter"),
}
FORECASTERS: Mapping[str, str] = {
    "account": mark("with its own figures"),
    "naive": mark("naive"),
    "prior": mark("market alone"),
}
FLAWS: Mapping[Flaw, str] = {
    "too_sure": mark("Its intervals are too narrow for this account: do not sign by them."),
    "too_wide": mark("Its intervals are wider than this account needs."),
}
STEPS: Mapping[str, str] = {"day": mark("days"), "week": mark("weeks"), "month": mark("months")}


def backtest_lines(made: Backtest, series: Series, words: Words) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was replayed and how good it was; then what the scores mean, and what is odd in the file."""
    lines = (
        words.say(
            "{count} forecasts of {horizon}, replayed over {length} {steps} from {first} to {last}.",
            count=made.count,
            horizon=words.say(HORIZONS[made.horizon]),
            length=len(series.days),
            steps=words.say(STEPS[made.step]),
            first=words.date(series.days[0].isoformat()),
            last=words.date(series.days[-1].isoformat()),
        ),
        _verdict(made.against_naive, words),
        *([] if made.flaw is None else [words.say(FLAWS[made.flaw])]),
    )
    notes = (
        words.say(
            "Naive is a lognormal about the ratio of the last {weeks} weeks, as wide as its own past errors. "
            "CRPS and Brier are better when smaller; in brackets stands where {confidence} of repetitions of "
            "so few outcomes would lie.",
            weeks=words.number(NAIVE_WEEKS),
            confidence=words.percent(CONFIDENCE),
        ),
        *(
            words.say(
                "{column} is zero to the end although sales go on: was its report cut off? The ratio rises "
                "with it.",
                column=column,
            )
            for column in series.stopped
        ),
    )
    return lines, notes


def backtest_text(made: Backtest, series: Series, words: Words) -> str:
    """The lines of an answer, the shortest first."""
    told, notes = backtest_lines(made, series, words)
    lines = [*told, ""]
    for name, label in FORECASTERS.items():
        scores = made.scores[name]
        covered = words.both(
            [
                words.say(
                    "{width} interval {share}",
                    width=words.percent(width),
                    share=within(one, words),
                )
                for width, one in scores.coverage.items()
            ]
        )
        lines.append(
            words.say(
                "{forecaster}: outcomes inside the {covered}; Brier {brier}; CRPS {crps}",
                forecaster=words.say(label),
                covered=covered,
                brier=scored(scores.brier, 3, words),
                crps=scored(scores.crps, 3, words),
            )
        )
    return "\n".join([*lines, "", *notes])


def _verdict(against: Scored, words: Words) -> str:
    """Whether history helped, or whether so few outcomes cannot say."""
    message = mark("With its own figures the forecast was better than the naive one: CRPS {ratio} times.")
    if against.low > 1:
        message = mark("With its own figures the forecast was worse than the naive one: CRPS {ratio} times.")
    elif against.high >= 1:
        message = mark("So few outcomes cannot tell the forecast from the naive one: CRPS {ratio} times.")
    return words.say(message, ratio=scored(against, 3, words))


def scored(one: Scored, digits: int, words: Words) -> str:
    """A score with its interval in brackets.

    >>> scored(Scored(value=0.79, low=0.71, high=0.87), 2, Words("en"))
    '0.79 [0.71–0.87]'
    """
    value, low, high = (words.number(each, digits) for each in (one.value, one.low, one.high))
    return f"{value} [{words.span(low, high)}]"


def within(one: Scored, words: Words) -> str:
    """A share with its interval in brackets."""
    low, high = (words.percent(each) for each in (one.low, one.high))
    return f"{words.percent(one.value)} [{words.span(low, high)}]"
