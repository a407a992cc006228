"""A statement of account: what a settlement shows, as JSON and as lines to read."""

from __future__ import annotations

import re
from decimal import Decimal

from estimator.brief.kpis import AMOUNTS
from estimator.presentation.field_names import FIELDS
from estimator.presentation.rate_line import rate_line
from estimator.presentation.words import Words, mark
from estimator.schemas.statement import (
    Carried,
    Credit,
    Deposit,
    MissedDuty,
    StatedLine,
    StatedMonth,
    Statement,
    Void,
    Waiting,
)
from estimator.values.text import Language

_PERIODS = {None: "", "quarter": mark("; settled by the quarter"), "term": mark("; settled over the term")}


_LACKING = re.compile(r"(?:(\w+) )?(?:month (\d+)|(\d{4}-\d\d))(?: (.+))?")
"""``settled_gmv month 4 shop``, ``videos 2027-01``, ``month 4``."""

MEASURED = {"ad_spend": mark("ad spend"), "days_down": mark("days down")}


def _about(month: StatedMonth, currency: str, words: Words) -> str:
    """What is special about a month: only a part of it, no target counts, or after the end."""
    parts = []
    if month.share is not None:
        parts.append(words.say("{days} of 30 days charged", days=round(float(month.share) * 30)))
    parts += [_not_counted(one, currency, words) for one in month.missed or ()]
    if month.worked is False:
        parts.append(words.say("after the contract ended: returns only"))
    return "".join(words.say("  ({text})", text=part) for part in parts)


def _not_counted(one: MissedDuty, currency: str, words: Words) -> str:
    """The duty that a month did not meet, with what was counted and what was asked for."""

    def said(value: Decimal) -> str:
        money = one.quantity in AMOUNTS
        return words.money(value, currency, digits=2) if money else words.plain(value)

    what = words.say(MEASURED[one.quantity]) if one.quantity in MEASURED else one.quantity
    level = one.at_least if one.at_least is not None else one.at_most or Decimal(0)
    facts = {"what": what, "counted": said(one.counted), "level": said(level)}
    if one.at_least is None:
        return words.say("not counted for targets: {what} {counted}, at most {level}", **facts)
    return words.say("not counted for targets: {what} {counted}, at least {level}", **facts)


def missing_words(entry: str, words: Words) -> str:
    """What a charge waits for: a figure of a month by its column, a month, or the name of a store."""
    if entry.startswith("store: "):
        return words.say(
            "a store named after its platform, {platforms}", platforms=entry.removeprefix("store: ")
        )
    found = _LACKING.fullmatch(entry)
    if found is None:
        return entry
    column, number, calendar, store = found.groups()
    month = words.say("month {number}", number=number) if number else words.month(calendar)
    if not column:
        return month
    what = words.within(words.say(FIELDS[column])) if column in FIELDS else column
    said = words.say("{what} of {month}", what=what, month=month)
    return words.say("{text} ({goals})", text=said, goals=store) if store else said


def _held(paper: Statement, deposit: Deposit, words: Words) -> list[str]:
    """The deposit while it is held; in the end what is left to pay after it."""
    amount = words.money(deposit.amount, paper.currency, digits=2)
    if deposit.set_off is None:
        return [words.say("Deposit held, set off against the last invoice: {amount}", amount=amount)]
    left = words.money(paper.total - deposit.amount, paper.currency, digits=2)
    return [
        words.say("Less the deposit: {amount}", amount=amount),
        words.say("After the deposit: {amount}", amount=left),
    ]


def read_aloud(paper: Statement, language: Language) -> str:
    """The statement as lines of text."""
    words = Words(language)

    def labelled(entry: StatedLine | Credit | Waiting | Void | Carried, text: str) -> str:
        return f"{entry.label.of(language)} [{entry.rule}]{text}"

    def amount(exact: Decimal) -> str:
        return words.money(exact, paper.currency, digits=2)

    lines = [rate_line(rate, words) for rate in paper.exchange or ()]
    for month in paper.months:
        lines.append(f"{month.month:<12}{amount(month.total):>16}{_about(month, paper.currency, words)}")
        for line in month.lines:
            more = _PERIODS[line.settles] and words.say(_PERIODS[line.settles])
            if line.basis is not None and line.kind == "share":
                more = words.say("; counted {amount}", amount=amount(line.basis)) + more
            if line.carried is not None:
                more += words.say(
                    "; after {amount} of returned sales carried over", amount=amount(-line.carried)
                )
            if line.due is not None:
                more += words.say("; due {day}", day=words.date(line.due.isoformat()))
            if line.kind == "bound" and month.worked is False:
                more += words.say("; worked anew after returns")
            if line.kind == "returned":
                more += words.say("; fee given back on returned goods")
            lines.append(f"  {amount(line.amount):>26}  {labelled(line, more)}")
        if month.ad_rebate is not None:
            said = words.say("Ad rebate of the platform: {amount}", amount=amount(month.ad_rebate))
            lines.append(f"  {'':>26}  {said}")
    lines.append(words.say("{title}: {text}", title=words.say("Total charged"), text=amount(paper.total)))
    if paper.deposit is not None:
        lines += _held(paper, paper.deposit, words)
    for credit in paper.credits:
        title = words.say("Credit, not cash and not netted")
        text = labelled(credit, f" {amount(credit.amount)}")
        lines.append(words.say("{title}: {text}", title=title, text=text))
    for waiting in paper.pending:
        what = words.both([missing_words(entry, words) for entry in waiting.missing])
        missing = words.say("; missing: {what}", what=what)
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
