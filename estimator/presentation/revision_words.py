"""What changed since the last revision, in one sentence in both languages."""

from __future__ import annotations

from collections.abc import Iterator

from estimator.brief.vocabulary import Vocabulary
from estimator.presentation import labels
from estimator.presentation.fact_words import fact_said
from estimator.presentation.phrases import goal_words, months
from estimator.presentation.proposal import numbered
from estimator.presentation.proposal_front import chance_said, exact, expected
from estimator.presentation.words import Words
from estimator.schemas.proposal import Proposal
from estimator.values.text import Text

APART = ("goals", "contract_months")
"""Facts that are told with what they do."""


def changed_since(before: Proposal, now: Proposal, vocabulary: Vocabulary) -> Text:
    """The facts that changed since a revision was sent, and what that does to price, term and probability."""
    said = {
        language: _sentence(before, now, Words(language, to_you=True, vocabulary=vocabulary))
        for language in ("en", "zh")
    }
    return Text(**said)


def _sentence(before: Proposal, now: Proposal, words: Words) -> str:
    parts = [*_causes(before, now, words), *_effects(before, now, words)]
    since = {"number": numbered(before), "day": words.date(before.day.isoformat())}
    if not parts:
        return words.say("Since {number} of {day} nothing that counts has changed.", **since)
    return words.say(
        "Since {number} of {day}: {changes}.",
        **since,
        changes=words.apart(parts),
    )


def _causes(before: Proposal, now: Proposal, words: Words) -> Iterator[str]:
    """What the client said anew, and another price list."""
    old, new = (paper.brief.model_dump(mode="json") for paper in (before, now))
    for fact in new:
        if old[fact] != new[fact] and fact not in APART:
            was, is_now = (fact_said(paper[fact], fact, now.currency, words) for paper in (old, new))
            label = words.within(labels.label(words, fact))
            yield words.say("{label} {now} instead of {before}", label=label, now=is_now, before=was)
    if before.basis.edition != now.basis.edition:
        editions = {"now": now.basis.edition, "before": before.basis.edition}
        yield words.say("price list {now} instead of {before}", **editions)


def _effects(before: Proposal, now: Proposal, words: Words) -> Iterator[str]:
    """What the client pays, for how long, and how likely the first goal is."""
    if before.months != now.months:
        yield words.say(
            "term {now} instead of {before}",
            now=months(now.months, words),
            before=months(before.months, words),
        )
    if before.monthly_price != now.monthly_price:
        now_price, old_price = (exact(paper.monthly_price, paper, words) for paper in (now, before))
        yield words.say("fixed price a month {now} instead of {before}", now=now_price, before=old_price)
    if before.fees.p50 != now.fees.p50:
        new_fees, old_fees = (expected(paper.fees.p50, paper, words) for paper in (now, before))
        yield words.say("fees of the term about {now} instead of {before}", now=new_fees, before=old_fees)
    if before.contract_sha256 != now.contract_sha256 and before.monthly_price == now.monthly_price:
        yield words.say("the contract’s other terms changed")
    yield from _goal(before, now, words)


def _goal(before: Proposal, now: Proposal, words: Words) -> Iterator[str]:
    old, new = (paper.goals[0] if paper.goals else None for paper in (before, now))
    if old is None or new is None:
        return
    was, is_now = (goal_words(each.goal, words, now.currency) for each in (old, new))
    if was != is_now:
        yield words.say("goal {now} instead of {before}", now=is_now, before=was)
    elif old.chance is not None and new.chance is not None:
        chances = [chance_said(each, words) for each in (new.chance, old.chance)]
        if chances[0] != chances[1]:
            yield words.say(
                "{goal} reached in {now} instead of {before}", goal=is_now, now=chances[0], before=chances[1]
            )
