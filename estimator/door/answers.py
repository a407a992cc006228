"""A client's answer: its fields read, checked, and put into the book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from estimator.book.links import Links, Offer
from estimator.book.records import clean_text
from estimator.book.states import State
from estimator.door.pages import MOST, Paper, sections, tick
from estimator.door.words import Language, say
from estimator.values.errors import QuotecastError


class NotRecordedError(Exception):
    """Nothing was recorded; ``notice`` says why, in the client's language."""

    def __init__(self, notice: str, status: int) -> None:
        super().__init__(notice)
        self.notice, self.status = notice, status


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a client sent from the page of his link; ``form`` tells the form, ``visitor`` who sent it."""

    fields: Mapping[str, str]
    language: Language
    form: str
    visitor: str

    @property
    def do(self) -> str:
        """What he wants: agree, decline or ask."""
        return self.fields.get("do", "")


def record(links: Links, token: str, offer: Offer, paper: Paper | None, answer: Answer) -> bool:
    """Put an answer into the book; ``False`` where its link has been closed meanwhile.

    What the offer's state does not allow is refused by the book with a fault, which is left to the caller.
    """
    who = _field(answer, "name")
    if answer.do == "agree":
        role = _field(answer, "role")
        if answer.fields.get("tick") != "yes":
            raise NotRecordedError(say(answer.language, "tick_missing"), 422)
        read = f" ({paper.document.name}, sha256 {paper.document.sha256})" if paper else ""
        statement = f"{tick(offer, answer.language)}{read}"
        return links.agree(token, who=who, role=role, statement=statement, visitor=answer.visitor)
    if answer.do == "decline":
        reason = _field(answer, "reason", needed=False)
        return links.decline(token, who=who, reason=reason, visitor=answer.visitor)
    text, section = _field(answer, "text"), answer.fields.get("section", "")
    section = section if section in sections(paper) else ""
    return links.ask(token, who=who, section=section, text=text, form=answer.form, visitor=answer.visitor)


def refused(offer: Offer, answer: Answer, error: QuotecastError) -> NotRecordedError:
    """What a client is told whose answer the book refused; any other fault is raised again."""
    codes = {fault.code for fault in error.faults}
    if codes == {"too_many_questions"}:
        return NotRecordedError(say(answer.language, "questions_full", sender=offer.sent_by), 409)
    if not all(code.startswith("from_") or code == "quote_expired" for code in codes):
        raise error
    if answer.do == "agree" and offer.state in (State.AGREED, State.SIGNED):
        return NotRecordedError(say(answer.language, "agreed_before"), 200)
    if answer.do == "decline" and offer.state == State.DECLINED:
        return NotRecordedError(say(answer.language, "declined_before"), 200)
    return NotRecordedError(say(answer.language, "refused"), 409)


def _field(answer: Answer, name: str, *, needed: bool = True) -> str:
    """A field as it is kept; one that is empty, too long or no plain text is refused by its label."""
    text = answer.fields.get(name, "")
    if not needed and not text.strip():
        return ""
    try:
        return clean_text(text, name, MOST[name])
    except QuotecastError:
        told = say(answer.language, "field_wrong", field=say(answer.language, name), most=MOST[name])
        raise NotRecordedError(told, 422) from None
