"""The pages of the client's door as bytes: the paper as it was sent, between a head and a foot of our own.

The paper stands in the page itself and not in a frame within it: without scripts such a frame cannot grow to
its content, so a phone would scroll in two places and print only what shows. Our parts are two insertions;
all other bytes are the book's.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from estimator.book.links import (
    MOST_OF_A_QUESTION,
    MOST_OF_A_REASON,
    MOST_OF_A_ROLE,
    MOST_OF_A_SECTION,
    Offer,
)
from estimator.book.records import MOST_OF_A_NAME, Document
from estimator.book.states import State
from estimator.door.words import Language, say, say_time

PDF = "application/pdf"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TAKEN: Mapping[str, str] = {PDF: "take_pdf", WORKBOOK: "take_workbook"}
"""The files that a client may take away, by their media type, and what they are called."""
MOST: Mapping[str, int] = {
    "name": MOST_OF_A_NAME,
    "role": MOST_OF_A_ROLE,
    "reason": MOST_OF_A_REASON,
    "section": MOST_OF_A_SECTION,
    "text": MOST_OF_A_QUESTION,
}
"""Characters of each field."""
_SECTION = re.compile(r'<section id="[^"]*"><h2>([^<]{1,500})</h2>')
_HTML: Mapping[Language, str] = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, kw_only=True)
class Paper:
    """The page that was sent, as the book holds it."""

    document: Document
    content: bytes


@dataclass(frozen=True, kw_only=True)
class View:
    """How one client looks at his offer: in a language, at a path, with the token of his forms."""

    language: Language
    path: str
    form: str
    notice: str = ""
    typed: Mapping[str, str] | None = None


def papers(offer: Offer) -> Mapping[Language, Document]:
    """The offer's pages by their language, which the ends of their names tell."""
    pages = [one for one in offer.documents if one.media_type.partition(";")[0] == "text/html"]
    named = {language: [p for p in pages if p.name.endswith(f"-{language}.html")] for language in _HTML}
    return {language: found[0] for language, found in named.items() if found}


def state_of(offer: Offer) -> str:
    """The sentence that says where an offer stands; a newer version matters more than how this one ended."""
    if offer.open:
        return "open"
    if offer.state not in (State.AGREED, State.SIGNED) and not offer.current:
        return "newer"
    return "expired" if offer.state == State.SENT else str(offer.state)


def sections(paper: Paper | None) -> tuple[str, ...]:
    """The headings of a paper, for asking about one of them."""
    if paper is None:
        return ()
    found = _SECTION.findall(paper.content.decode("utf-8", "replace"))
    return tuple(html.unescape(name)[:MOST_OF_A_SECTION] for name in found)


def tick(offer: Offer, language: Language) -> str:
    """What a client ticks when he agrees."""
    return say(language, "agree_tick", client=offer.client, number=offer.number, revision=offer.revision)


def offer_page(offer: Offer, paper: Paper | None, view: View) -> bytes:
    """The page of an offer."""
    language, other = view.language, "en" if view.language == "zh" else "zh"
    state = state_of(offer)
    time = partial(say_time, language, zone=offer.zone)
    told = say(
        language,
        state,
        until=time(offer.valid_until),
        sender=offer.sent_by,
        who=offer.agreed_by or "",
        time=time(offer.agreed_at) if offer.agreed_at else "",
    )
    shown: dict[str, Any] = {
        "offer": offer,
        "paper": paper,
        "state": state,
        "told": told,
        "notice": view.notice,
        "form": view.form,
        "typed": view.typed or {},
        "path": f"{view.path}?lang={language}",
        "other_path": f"{view.path}?lang={other}",
        "other_lang": _HTML["en" if other == "en" else "zh"],
        "both": len(papers(offer)) > 1,
        "taken": _taken(offer, view),
        "sections": sections(paper),
        "most": MOST,
        "time": time,
    }
    head, foot = (_written(name, language, **shown) for name in ("head.html", "foot.html"))
    if paper is None:
        title = say(language, "title", number=offer.number, revision=offer.revision)
        return _spliced(_written("alone.html", language, title=title, body=""), head, foot)
    return _spliced(paper.content, head, foot)


def message(language: Language, sentence: str, **values: object) -> bytes:
    """A page that only says something."""
    title, body = say(language, f"{sentence}_title"), say(language, sentence, **values)
    return _written("alone.html", language, title=title, body=body)


def _taken(offer: Offer, view: View) -> list[dict[str, str]]:
    """The files to take away: those in the page's language, or in none."""
    ends = [f"-{language}" for language in _HTML if language != view.language]
    files = [one for one in offer.documents if one.media_type in TAKEN]
    here = [one for one in files if not one.name.rpartition(".")[0].endswith(tuple(ends))] or files
    return [{"path": f"{view.path}/file/{quote(one.name)}", "kind": TAKEN[one.media_type]} for one in here]


def _spliced(page: bytes, head: bytes, foot: bytes) -> bytes:
    """A page with two insertions: within its body first and last."""
    before, body, rest = page.partition(b"<body>")
    if not body:
        before, rest = b"", page
    within, end, after = rest.rpartition(b"</body>")
    if not end:
        within, after = rest, b""
    return before + body + head + within + foot + end + after


def _written(name: str, language: Language, **values: Any) -> bytes:
    style = Markup(_text("door.css"))  # ours, without a word of anybody's in it
    template = _templates().get_template(name)
    return template.render(lang=_HTML[language], say=partial(say, language), style=style, **values).encode()


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        loader=jinja2.FunctionLoader(_text),
    )


@cache
def _text(name: str) -> str:
    return files("estimator.door").joinpath(name).read_text("utf-8")
