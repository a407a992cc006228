"""The ledger on the page: entering a month's figures, what a quote's goals came to, and the scores below."""

from __future__ import annotations

from dataclasses import dataclass

from estimator.evidence.ledger import Ledger
from estimator.evidence.reliability import BYS, By, Group
from estimator.presentation.ledger_text import (
    KINDS,
    goals_table,
    not_scorable,
    nothing_scored,
    public_lines,
    reliability_table,
    scores_table,
)
from estimator.presentation.paper import Table
from estimator.presentation.words import Words


@dataclass(frozen=True, kw_only=True)
class LedgerWords:
    """Labels of the ledger on the page. ``kinds`` are what scores can be told by."""

    figures: str
    about: str
    ends: str
    enter: str
    enter_months: str
    scored: str
    by: str
    kinds: dict[By, str]
    sent: str


def ledger_words(words: Words) -> LedgerWords:
    """The words of the ledger in one language."""
    return LedgerWords(
        figures=words.say("What was counted month by month"),
        about=words.say(
            "Exports of TikTok Shop, GMV Max, Meta, Google, Pinterest or Shopify, several at once, are shown "
            "as they were understood before anything is entered; buyers’ names and addresses are not read. "
            "Or a table of months as for a statement: month (2027-01), then what was counted, such as gmv, "
            "ad_spend, orders. A month entered again is corrected; both stay on record."
        ),
        ends=words.say("The contract ended on, if it did"),
        enter=words.say("Enter the figures"),
        enter_months=words.say("Enter these months"),
        scored=words.say("Forecasts that have been scored"),
        by=words.say("Scores by"),
        kinds={by: words.say(KINDS[by]) for by in BYS},
        sent=words.say("Also what was only sent"),
    )


@dataclass(frozen=True, kw_only=True)
class ScoresView:
    """The scores as tables, or the sentences that stand in their place while there are none."""

    tables: tuple[Table, ...]
    lines: tuple[str, ...]


def scores_view(
    ledger: Ledger, everything: Group, groups: tuple[Group, ...], by: By | None, words: Words
) -> ScoresView:
    """What the page shows of the scores."""
    left = (not_scorable(ledger, words),) if ledger.not_scorable else ()
    if everything.calibration is None:
        return ScoresView(tables=(), lines=(nothing_scored(words), *public_lines(words), *left))
    tables = scores_table(everything, groups, by, words), reliability_table(everything, words)
    return ScoresView(tables=tables, lines=left)


def goals_view(ledger: Ledger, words: Words) -> Table | None:
    """What a quote's goals came to; None where it has none that can be scored."""
    return goals_table(ledger.goals, words) if ledger.goals else None
