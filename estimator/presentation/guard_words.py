"""What was raised over a quote, in our words with its rule, or in the prospect's."""

from __future__ import annotations

from estimator.contract.guards import Raised
from estimator.contract.rule_place import RulePlace
from estimator.presentation import labels
from estimator.presentation.models import Guard
from estimator.presentation.phrases import level_asked
from estimator.presentation.reasons import why_words
from estimator.presentation.words import Words, mark
from estimator.quoting.guard_facts import goals_concerned
from estimator.quoting.quote import Quote

_SEVERITY = {
    "note": ("●", mark("Note")),
    "warning": ("▲", mark("Warning")),
    "approval": ("◆", mark("Needs approval")),
    "refusal": ("✕", mark("Refused")),
}


def guards(quote: Quote, words: Words) -> tuple[Guard, ...]:
    """What was raised, worst first; which goal it is about where there are several."""
    shown = []
    for raised in quote.guards:
        sign, word = _SEVERITY[raised.severity]
        shown.append(
            Guard(
                severity=raised.severity,
                sign=sign,
                word=words.say(word),
                text=_with_goals(raised, quote, words),
                rule_id=RulePlace.read(raised.rule).id or raised.id,
                rule=raised.rule,
                approver=""
                if raised.approver is None
                else words.say("May approve: {who}", who=words.of(raised.approver)),
                why=why_words(raised, words) if raised.rationale else "",
            )
        )
    return tuple(shown)


def for_the_prospect(quote: Quote, words: Words) -> tuple[Guard, ...]:
    """What was raised and has words for the prospect, in those words; nothing of ours, no rule."""
    sign, _ = _SEVERITY["note"]
    return tuple(
        Guard(severity="note", sign=sign, word=words.say("Please note"), text=words.of(raised.client))
        for raised in quote.guards
        if raised.client is not None
    )


def _with_goals(raised: Raised, quote: Quote, words: Words) -> str:
    text = words.of(raised.text)
    concerned = goals_concerned(quote, raised)
    if not concerned or len(quote.goals) < 2:
        return text
    names = [labels.kpi_name(words, odds.goal.kpi) for odds in concerned]
    if len(set(names)) < len(names):
        names = [level_asked(odds.goal, words, quote.currency) for odds in concerned]
    goals = words.both(names)
    return words.say("{text} ({goals})", text=text, goals=goals)
