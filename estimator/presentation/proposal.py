"""A proposal as a paper: what a client is sent, in one language."""

from __future__ import annotations

from collections.abc import Iterator

from estimator.contract.parties import Party
from estimator.presentation.paper import Paper, Paragraph, Section
from estimator.presentation.proposal_front import front
from estimator.presentation.proposal_money import money
from estimator.presentation.proposal_work import kpis, scope, work
from estimator.presentation.words import Words
from estimator.schemas.proposal import Proposal
from estimator.values.text import Language


def proposal_paper(paper: Proposal, words: Words, shown: str = "") -> Paper:
    """The whole document; ``shown`` is the sentence of the picture of the first goal, empty without one."""
    us = paper.sender.entity
    number = numbered(paper) or words.say("draft, not numbered")
    return Paper(
        language=words.language,
        title=words.say("Quote"),
        name=words.say("Quote {number}", number=number),
        author=us.name(words.language),
        stamp=_stamp(paper, words),
        head=tuple(_head(paper, number, words)),
        parties=(
            (words.say("For"), party_lines(paper.client, words) or (words.say("client not named"),)),
            (words.say("From"), party_lines(us, words)),
        ),
        sections=tuple(_sections(paper, words, shown)),
        foot=words.of(paper.sender.foot),
        page=words.say("page {page} of {pages}", page="{page}", pages="{pages}"),
        colour=paper.sender.colour,
    )


def numbered(paper: Proposal) -> str:
    """The number with its revision, Q-2026-0042-r3; empty for a draft.

    The first revision bears the number alone.
    """
    return "" if paper.number is None else reference(paper.number, paper.revision)


def reference(number: str, revision: int) -> str:
    """A number with its revision, as a client reads it.

    >>> reference("Q-2026-0042", 1), reference("Q-2026-0042", 3)
    ('Q-2026-0042', 'Q-2026-0042-r3')
    """
    return number if revision == 1 else f"{number}-r{revision}"


def _stamp(paper: Proposal, words: Words) -> str:
    parts = []
    if paper.number is None:
        parts.append(words.say("Draft: not sent, binds nobody"))
    if paper.sender.sample:
        parts.append(words.say("Sample letterhead: state your own company"))
    if paper.basis.edition_state != "sealed":
        parts.append(words.say("Prices not in force: not for clients"))
    return " · ".join(parts)


def _head(paper: Proposal, number: str, words: Words) -> Iterator[tuple[str, str]]:
    yield words.say("Number"), number
    yield words.say("Date"), words.date(paper.day.isoformat())
    until = words.say(
        "{day}, {time} ({zone} time)",
        day=words.date(paper.valid_until.date().isoformat()),
        time=f"{paper.valid_until:%H:%M}",
        zone=words.zone(paper.zone),
    )
    yield words.say("Valid until"), until
    yield words.say("Price list"), paper.basis.edition


def party_lines(party: Party, words: Words) -> tuple[str, ...]:
    """The lines of a party: both names, where it is, and who speaks for it."""
    other: Language = "en" if words.language == "zh" else "zh"
    names = dict.fromkeys((party.name(words.language), party.name(other)))
    tax = words.say("Tax id {number}", number=party.tax_id) if party.tax_id else ""
    who = words.both([text for text in (party.contact, party.role) if text])
    reach = " · ".join(text for text in (party.email, party.phone, party.wechat) if text)
    return tuple(text for text in (*names, party.address, tax, who, reach) if text)


def _sections(paper: Proposal, words: Words, shown: str) -> Iterator[Section]:
    yield from front(paper, words)
    yield scope(paper, words)
    yield from kpis(paper, words)
    yield from money(paper, words, shown)
    yield from work(paper, words)
    yield Section(id="basis", title=words.say("How it was worked out"), blocks=(_basis(paper, words),))


def _basis(paper: Proposal, words: Words) -> Paragraph:
    return Paragraph(
        text=words.say(
            "A scenario under stated assumptions, not a promise: {scenario}, {points} simulated outcomes, "
            "seed {seed}, market of {market}, {engine}. Contract {contract}.",
            scenario=words.of(paper.basis.scenario),
            points=words.number(paper.basis.points),
            seed=paper.basis.seed,
            market=words.date(paper.basis.market),
            engine=paper.basis.engine,
            contract=paper.contract_sha256[:16],
        ),
        small=True,
    )
