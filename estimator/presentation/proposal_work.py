"""The work of a proposal: the KPI as a procedure, scope, assumptions, terms, hand-over and signatures."""

from __future__ import annotations

from collections.abc import Iterator

from estimator.contract.charges import PerUnit
from estimator.presentation import labels
from estimator.presentation.assumptions import GRADES, assumption_name, range_words
from estimator.presentation.flip_words import flip_line
from estimator.presentation.kpi_words import kpi_lines
from estimator.presentation.paper import Block, Pairs, Paragraph, Points, Section, Signatures, Table
from estimator.presentation.phrases import chance_words, goal_words, window_words
from estimator.presentation.proposal_front import chance_said, expected
from estimator.presentation.words import NONE, Words
from estimator.schemas.proposal import Proposal, ProposedGoal, Swayed

APART = ("handover", "access", "compliance")
"""Kinds of clause that stand with the hand-over, not among the terms."""


def scope(paper: Proposal, words: Words) -> Section:
    """What is done and what is not, by whom, and what the client does."""
    return Section(
        id="scope", title=words.say("What we do, and what you do"), blocks=tuple(_scope(paper, words))
    )


def kpis(paper: Proposal, words: Words) -> Iterator[Section]:
    """How each goal is measured, as a procedure."""
    if paper.goals:
        blocks = tuple(block for goal in paper.goals for block in _kpi(goal, paper, words))
        yield Section(id="kpi", title=words.say("How the goal is measured"), blocks=blocks)


def work(paper: Proposal, words: Words) -> Iterator[Section]:
    """The sections after the money."""
    if paper.assumptions:
        yield Section(
            id="assumptions", title=words.say("Key assumptions"), blocks=tuple(_assumptions(paper, words))
        )
    yield Section(id="terms", title=words.say("Terms"), blocks=tuple(_terms(paper, words)))
    yield Section(
        id="handover", title=words.say("Access, hand-over, compliance"), blocks=tuple(_handover(paper, words))
    )
    yield Section(id="agreement", title=words.say("Agreement"), blocks=tuple(_agreement(paper, words)))


def _kpi(goal: ProposedGoal, paper: Proposal, words: Words) -> Iterator[Block]:
    kpi = goal.goal.kpi
    said = list(kpi_lines(kpi, words))
    asked = goal_words(goal.goal, words, paper.currency)
    chance = words.say("no probability is given") if goal.chance is None else chance_said(goal.chance, words)
    rows = [
        (words.say("Goal"), asked),
        (words.say("Read over"), window_words(goal.goal, words, long=True)),
        (words.say("Probability"), chance),
    ]
    if goal.words:
        rows.insert(0, (words.say("Your words"), goal.words))
    titles = (words.say("Counted"), words.say("Credited"), words.say("Read in"))
    rows += list(zip((words.say("KPI"), *titles), (labels.kpi_label(words, kpi), *said[:3])))
    yield Pairs(rows=tuple(rows))
    if said[3:]:
        yield Points(title=words.say("Step by step"), items=tuple(said[3:]))


def _scope(paper: Proposal, words: Words) -> Iterator[Block]:
    own = paper.service
    counts = [
        words.say(
            "{label}: {count} a month within the fee",
            label=_quantity(charge, paper, words),
            count=words.plain(charge.included),
        )
        for charge in paper.contract.charges
        if isinstance(charge, PerUnit) and charge.included
    ]
    yield Points(title=words.say("Included"), items=(*counts, *(words.of(item) for item in own.included)))
    yield Points(title=words.say("Not included"), items=tuple(words.of(item) for item in own.excluded))
    yield Points(title=words.say("Who works for you"), items=tuple(words.of(item) for item in own.people))
    yield Points(title=words.say("How fast we answer"), items=tuple(words.of(item) for item in own.response))
    yield Points(title=words.say("What we need from you"), items=tuple(words.of(item) for item in own.client))


def _quantity(charge: PerUnit, paper: Proposal, words: Words) -> str:
    named = [words.of(paper.counted[name]) for name in charge.of.of if name in paper.counted]
    return words.both(named) or words.of(charge.label)


def _assumptions(paper: Proposal, words: Words) -> Iterator[Block]:
    yield Paragraph(
        text=words.say(
            "The assumptions that move your profit over the term most: each from the low tenth of its range "
            "to the high one, everything else as it is."
        )
    )
    yield Table(
        heads=(
            words.say("Assumption"),
            words.say("Range (90%)"),
            words.say("Moves your profit by"),
            words.say("Grade and source"),
        ),
        rows=tuple(_swayed(row, paper, words) for row in paper.assumptions),
        align="lrrl",
        widths=(1.5, 0.9, 0.8, 2.6),
    )
    yield Points(
        title=words.say("What would make a profit likelier than not"), items=tuple(_turned(paper, words))
    )


def _swayed(row: Swayed, paper: Proposal, words: Words) -> tuple[str, ...]:
    label = assumption_name(row.name, words)
    moves = expected(row.swing, paper, words)
    if row.row is None:
        known = words.say("not known before it runs; a paid test or past months narrow it")
        return label, words.say("from account to account"), moves, known
    grade = words.say(GRADES.get(row.row.grade, row.row.grade))
    source = words.say(
        "{grade} · {source}, {day}",
        grade=grade,
        source=words.cited(row.row.source),
        day=words.date(row.row.as_of),
    )
    return label, range_words(row.row, words), moves, source


def _turned(paper: Proposal, words: Words) -> Iterator[str]:
    turned, what = paper.turning, words.say("a profit")
    if not turned.points:
        yield words.say(
            "No single assumption within its range brings the chance of {what} across 50%, nor does a price "
            "or landed cost within 30% or a budget between half and double; it is {chance}.",
            what=what,
            chance=chance_words(turned.chance, words),
        )
    for point in turned.points:
        yield flip_line(point, what, paper.currency, words, likely=turned.chance >= 0.5)


def _terms(paper: Proposal, words: Words) -> Iterator[Block]:
    said = [words.of(clause.said) for clause in paper.contract.clauses if clause.kind not in APART]
    yield Points(items=tuple(said), numbered=True)
    prevailing = words.say("English") if paper.sender.prevailing == "en" else words.say("Chinese")
    yield Paragraph(
        text=words.say(
            "This quote exists in English and Chinese; where they differ, the {language} text counts.",
            language=prevailing,
        )
    )


def _handover(paper: Proposal, words: Words) -> Iterator[Block]:
    said = [words.of(clause.said) for clause in paper.contract.clauses if clause.kind in APART]
    if said:
        yield Points(items=tuple(said))
    if paper.paperwork:
        yield Table(
            title=words.say("Documents to prepare"),
            heads=(words.say("Paper"), words.say("Issued by"), words.say("Why")),
            rows=tuple(
                (words.of(row.label), words.of(row.issuer), words.of(row.why)) for row in paper.paperwork
            ),
            align="lll",
            widths=(1.6, 1.1, 2.2),
        )


def _agreement(paper: Proposal, words: Words) -> Iterator[Block]:
    bank = paper.sender.entity.bank
    if bank is not None:
        lines = (
            (words.say("Pay to"), bank.holder),
            (words.say("Bank"), bank.bank),
            (words.say("Account"), bank.account),
            (words.say("Routing number"), bank.routing),
            ("SWIFT", bank.swift),
        )
        yield Pairs(rows=tuple((label, value) for label, value in lines if value))
    if paper.number is None:
        yield Paragraph(text=words.say("A draft is not agreed to; ask for the numbered quote."))
        return
    yield Paragraph(
        text=words.say(
            "This quote can be agreed to until {day}, {time} ({zone} time). Agreed, it is the contract of "
            "both sides; the first payment then falls due as stated on the first page.",
            day=words.date(paper.valid_until.date().isoformat()),
            time=f"{paper.valid_until:%H:%M}",
            zone=words.zone(paper.zone),
        )
    )
    us, you = paper.sender.entity.name(words.language), paper.client.name(words.language)
    yield Signatures(
        parties=((words.say("For us"), us), (words.say("For you"), you or NONE)),
        lines=(words.say("Name"), words.say("Role"), words.say("Date"), words.say("Signature, seal")),
    )
