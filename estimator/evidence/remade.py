"""A quote that was sent, made again from its record; and whether that still gives what was recorded."""

from __future__ import annotations

import datetime as dt
import json

from estimator.book.records import Record, Revision
from estimator.brief import brief as briefs
from estimator.contract.trade import Trade
from estimator.market.market import Override
from estimator.market.points import QUOTED, Points
from estimator.quoting.asked import Asked
from estimator.quoting.quote import Quote
from estimator.rules.earlier import earlier_rules
from estimator.rules.rules import Rules
from estimator.schemas.frozen import FrozenForecast, frozen
from estimator.schemas.proposal import Proposal
from estimator.values.errors import QuotecastError
from estimator.values.validation import validated

PROPOSAL = "proposal"
"""The part of a record's outputs that the client was sent."""


def proposal_sent(revision: Revision) -> Proposal | None:
    """What a revision proposed, under its number; None where its record was erased."""
    if revision.record is None:
        return None
    sent = Proposal.model_validate_json(json.dumps(revision.record.outputs[PROPOSAL]))
    return sent.model_copy(update={"number": revision.number, "revision": revision.revision})


def asked_then(record: Record) -> Asked:
    """What a recorded quote was asked; raises ``QuotecastError`` for what can no longer be asked."""
    world = record.world
    overrides = [validated(Override, each, "overrides") for each in world["overrides"]]
    return Asked(
        brief=briefs.parse(record.brief, "brief"),
        scenario=world["scenario"],
        trade=validated(Trade, world["trade"], "trade"),
        overrides=tuple(overrides),
    )


def rules_then(record: Record, rules: Rules) -> Rules | None:
    """The rules that a record names, from the folder of ``rules``; None where they are gone."""
    return earlier_rules(
        rules,
        on=dt.date.fromisoformat(record.world["on"]),
        edition=record.edition,
        market=record.world["market"],
        currency=record.currency,
        sha=record.rules_sha,
    )


def made_again(record: Record, kept: FrozenForecast, rules: Rules, points: Points = QUOTED) -> Quote | None:
    """The quote of a record under the rules of its day, if it still gives the forecast that was ``kept``.

    The figures prove it, not the names of an engine or an edition: every month and every goal's chance.
    None where the rules are gone, the question has no price any more, or any figure is another.
    """
    then = rules_then(record, rules)
    if then is None:
        return None
    try:
        quote = asked_then(record).under(then, points)
        again = frozen(quote)
    except QuotecastError:
        return None
    chances = [[goal.chance for goal in each.goals] for each in (again, kept)]
    return quote if again.months == kept.months and chances[0] == chances[1] else None
