"""The document on the page: whom it is for, one button, and the files to take away."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import streamlit as st

from estimator.contract.parties import Party
from estimator.documents.faces import lacking
from estimator.documents.written import MEDIA, Form, Written, written
from estimator.presentation import phrases
from estimator.presentation.document_words import DocumentWords
from estimator.presentation.words import Words
from estimator.quoting.quote import Quote
from estimator.schemas.proposal import Proposal
from estimator.schemas.proposed import Sending, propose
from estimator.screens import markup, panels, send
from estimator.screens.asked import Asked, once
from estimator.screens.redraw import redraw_answer
from estimator.values.errors import Fault, QuotecastError
from estimator.values.text import Language
from estimator.values.validation import validated

TAKEN: tuple[Form, ...] = ("pdf", "html", "xlsx", "png")
CLIENT = "client"
"""What was typed of the client, by field; names are kept in the draft and never in a link."""


def form(made: Quote, asked: Asked, words: Words, named: DocumentWords) -> None:
    """What opens at the foot of the answer: the client's names, a button, the files."""
    markup.put(panels.title(named.title, named.lead), words)
    typed: dict[str, str] = st.session_state.setdefault(CLIENT, {})
    for field, label in named.fields.items():
        key = f"client_{field}_g{st.session_state['generation']}"
        st.session_state.setdefault(key, typed.get(field, ""))
        st.text_input(label, key=key, on_change=_typed, args=(field, key), max_chars=200)
        if fault := _fault(field, typed.get(field, "")):
            markup.put(markup.fault(phrases.fault(fault, None, words)), words)
    panels.language(named.language, "document_language", words)
    if st.button(named.make, key="document_make", type="primary", width="stretch"):
        st.session_state["document_for"] = (asked, dict(typed))
    if st.session_state.get("document_for") != (asked, typed):
        return
    try:
        with st.spinner(named.working):
            proposal = _proposal(made, asked, typed)
            _files(made, proposal, words, named)
    except QuotecastError as error:
        markup.put(markup.refused(named.title, error.lines(words.language)), words)
        return
    if not words.to_you:
        send.row(made, proposal, words)


def _typed(field: str, key: str) -> None:
    st.session_state[CLIENT] = {**st.session_state[CLIENT], field: st.session_state[key].strip()}
    redraw_answer()


def _fault(field: str, text: str) -> Fault | None:
    """What is wrong with a line, as soon as it is typed: a character that no document can print."""
    try:
        validated(Party, {field: text}, "")
    except QuotecastError as error:
        return error.faults[0]
    letters = lacking(text)
    return Fault(code="no_glyph", place=field, values={"found": "".join(letters)}) if letters else None


def _proposal(made: Quote, asked: Asked, typed: Mapping[str, str]) -> Proposal:
    """What a client would be sent, worked out once for both languages."""
    client = validated(Party, dict(typed), "")
    proposal: Proposal = once("proposed", (asked, client), lambda: propose(made, Sending(client=client)))
    return proposal


def _files(made: Quote, proposal: Proposal, words: Words, named: DocumentWords) -> None:
    """The files of the language chosen, each a button; set once, and kept while the box is typed in."""
    language: Language = st.session_state["document_language"] or words.language

    def files() -> dict[Form, tuple[str, bytes, str]]:
        chosen = Words(language, to_you=True, vocabulary=words.vocabulary, remarks=words.remarks)
        ready = written(made, proposal, chosen)
        return {form: _file(ready, form) for form in TAKEN}

    kept: dict[Form, tuple[str, bytes, str]] = once("document_files", (proposal, language), files)
    with st.container(horizontal=True, gap="small", key="document_buttons"):
        for form, (name, content, media) in kept.items():
            st.download_button(
                named.forms[form], content, name, media, key=f"take_{form}_{language}", on_click="ignore"
            )


def _file(ready: Written, form: Form) -> tuple[str, bytes, str]:
    """A form as one file: its name, its bytes, its media type; pages as pictures go in one archive."""
    files = ready.files(form)
    if len(files) == 1:
        ((name, content),) = files.items()
        return name, content, MEDIA[form]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return f"{next(iter(files)).rpartition('-')[0]}-pages.zip", out.getvalue(), "application/zip"
