"""A quote that was sent, quoted again: what was recorded of it, and what moved each figure since."""

from __future__ import annotations

from estimator.book.records import Record, Revision
from estimator.brief.brief import Brief
from estimator.evidence.remade import asked_then, proposal_sent, rules_then
from estimator.presentation.proposal import numbered
from estimator.quoting.asked import Asked
from estimator.quoting.attribution import Earlier, attribution
from estimator.quoting.quote import Quote
from estimator.rules.rules import Rules
from estimator.schemas.attribution import Attribution, Figures, attribution_of
from estimator.schemas.proposal import Proposal
from estimator.values.errors import fail


def moved_since(record: Record, sent: Proposal, now: Quote) -> Attribution | None:
    """What moved the quote ``now`` since it was ``sent`` as recorded, by cause; None in another currency."""
    if record.currency != now.currency:
        return None
    world, rules = record.world, now.rules
    before = Figures.cut(
        price=sent.monthly_price,
        cents=record.total_cents,
        chance=sent.goals[0].chance.probability if sent.goals and sent.goals[0].chance else None,
        profit=sent.seller.mean,
        months=sent.months,
    )
    earlier = Earlier(
        asked=asked_then(record),
        edition=record.edition,
        market=world["market"],
        engine=record.engine,
        rules=rules_then(record, rules),
    )
    return attribution_of(before, attribution(earlier, now), reference=numbered(sent), day=sent.day)


def quoted_again(revision: Revision, rules: Rules, brief: Brief | None = None) -> Attribution:
    """A revision priced under ``rules``, with the facts of ``brief`` where it is given, and what moved it.

    Raises ``QuotecastError`` where its record was erased, where it has no price under the rules, and where
    it was sent in another currency than that of ``brief``.
    """
    record, sent = revision.record, proposal_sent(revision)
    if record is None or sent is None:
        raise fail("record_erased", revision.reference)
    asked = asked_then(record)
    now = Asked(
        brief=brief or asked.brief, scenario=asked.scenario, trade=asked.trade, overrides=asked.overrides
    ).under(rules)
    moved = moved_since(record, sent, now)
    if moved is None:
        raise fail("other_currency", "currency", found=now.currency, expected=record.currency)
    return moved
