"""A statement of account: what a settlement shows, as JSON and as lines to read."""

from __future__ import annotations

from decimal import Decimal

from estimator.presentation.words import Words
from estimator.schemas.statement import Carried, Credit, StatedLine, Statement, Void, Waiting
from estimator.values.text import Language


def read_aloud(paper: Statement, language: Language) -> str:
    """The statement as lines of text."""
    words = Words(language)

    def labelled(entry: StatedLine | Credit | Waiting | Void | Carried, text: str) -> str:
        return f"{entry.label.of(language)} [{entry.rule}]{text}"

    def amount(exact: Decimal) -> str:
        return words.money(exact, paper.currency, digits=2)

    lines = []
    for month in paper.months:
        lines.append(f"{month.month:<12}{amount(month.total):>16}")
        for line in month.lines:
            carried = (
                ""
                if line.carried is None
                else words.say("; {amount} carried over", amount=amount(line.carried))
            )
            lines.append(f"  {amount(line.amount):>26}  {labelled(line, carried)}")
    lines.append(words.say("{title}: {text}", title=words.say("Total charged"), text=amount(paper.total)))
    for credit in paper.credits:
        title = words.say("Credit, not cash and not netted")
        text = labelled(credit, f" {amount(credit.amount)}")
        lines.append(words.say("{title}: {text}", title=title, text=text))
    for waiting in paper.pending:
        missing = words.say("; missing: {what}", what=words.both(list(waiting.missing)))
        text = labelled(waiting, missing)
        lines.append(words.say("{title}: {text}", title=words.say("Pending"), text=text))
    for owed in paper.carried_forward:
        title = words.say("Returns above sales, to lower the next settlement")
        text = labelled(owed, f" {amount(owed.amount)}")
        lines.append(words.say("{title}: {text}", title=title, text=text))
    for void in paper.void:
        title = words.say("Refund void, a duty of the client was not met")
        lines.append(words.say("{title}: {text}", title=title, text=labelled(void, "")))
    return "\n".join(lines)
