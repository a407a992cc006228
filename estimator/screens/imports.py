"""Exports on the page: brought as files or pasted, understood and shown, and handed on only then.

Any page may use it: ``brought`` draws where files come in, ``understood`` shows what they come to and gives
it back, and whoever asked does with the months what a second click allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import streamlit as st

from estimator.book import mappings as kept
from estimator.evidence.entering import PASTED
from estimator.evidence.exports.headers import fingerprint
from estimator.evidence.exports.mappings import mappings_text, read_mappings
from estimator.evidence.exports.record import Asked, Understood
from estimator.evidence.exports.sheets import MOST_BYTES
from estimator.evidence.exports.understanding import shop_zone, understand, unknown_heads
from estimator.presentation import phrases
from estimator.presentation.import_view import (
    ImportView,
    ImportWords,
    columns_asked,
    import_view,
    import_words,
)
from estimator.presentation.words import Words
from estimator.screens import current, markup, panels
from estimator.screens.asked import once
from estimator.values.errors import QuotecastError

MOST_PASTED = 500_000
"""Characters of a table that is pasted."""
TYPES = ["csv", "tsv", "txt", "xlsx"]

Files = tuple[tuple[str, bytes], ...]
Mappings = Mapping[str, Mapping[str, str]]


def brought(key: str, words: Words) -> Files:
    """Draw where exports are uploaded or pasted; what was brought, each a name and its bytes."""
    named = import_words(words)
    files = st.file_uploader(
        named.files,
        type=TYPES,
        accept_multiple_files=True,
        key=f"{key}_file",
        max_upload_size=MOST_BYTES // 1_000_000,
    )
    pasted = st.text_area(named.paste, key=f"{key}_text", max_chars=MOST_PASTED).strip()
    found = [(file.name, file.getvalue()) for file in files]
    return (*found, *([(PASTED, pasted.encode())] if pasted else []))


def understood(files: Files, key: str, words: Words, *, user: str, currency: str | None) -> Understood | None:
    """Show what files come to and what to know about it; the record, or None where they cannot be read.

    What was said of a table's columns is remembered for ``user``. ``currency`` is that of the quote.
    """
    if not files:
        return None
    named, mappings = import_words(words), _mappings(user)
    asked = _asked(key, named, currency)
    digests = tuple((name, sha256(content).hexdigest()) for name, content in files)
    said = mappings_text(mappings)
    try:
        made: Understood = once(
            f"{key}_understood", (digests, asked, said), lambda: understand(files, asked, mappings)
        )
    except QuotecastError as error:
        for fault in error.faults:
            markup.put(markup.fault(f"{fault.place}: {phrases.fault(fault, None, words)}"), words)
        for name, heads in _unknown(files, mappings):
            _ask_columns(name, dict.fromkeys(heads, ""), key, user, mappings, words)
        return None
    view = import_view(made, words)
    _show(view, named, words)
    for name, columns in view.own:
        if st.checkbox(named.correct, key=f"{key}_correct_{fingerprint(list(columns))}"):
            _ask_columns(name, columns, key, user, mappings, words)
    return made


def _asked(key: str, named: ImportWords, currency: str | None) -> Asked:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key=f"{key}_asked"):
        zone = st.selectbox(
            named.zone,
            (None, *named.zones),
            format_func=lambda one: named.not_said if one is None else named.zones[one],
            key=f"{key}_zone",
        )
        whole = st.checkbox(named.whole, key=f"{key}_whole")
    return Asked(timezone=zone, shop_zone=shop_zone(current.rules().kpis), currency=currency, whole=whole)


def _show(view: ImportView, named: ImportWords, words: Words) -> None:
    files = "".join(
        f'<details class="qc-read"><summary>{markup.rich(file.title)}</summary>'
        f"{panels.said(file.lines)}</details>"
        for file in view.files
    )
    markup.put(files, words)
    markup.put(markup.heading(named.months) + markup.grid((view.months.heads, *view.months.rows)), words)
    if view.remarks:
        markup.put(markup.heading(named.remarks) + markup.bullets(view.remarks), words)


def _unknown(files: Files, mappings: Mappings) -> tuple[tuple[str, tuple[str, ...]], ...]:
    try:
        return unknown_heads(files, mappings)
    except QuotecastError:
        return ()  # a file that cannot be read at all has no heads; its fault is shown already


def _mappings(user: str) -> dict[str, dict[str, str]]:
    """What the user said of own tables before; nothing where the file was damaged."""
    try:
        return read_mappings(kept.load(user), "mappings.toml")
    except QuotecastError:
        return {}


def _ask_columns(
    name: str, columns: Mapping[str, str], key: str, user: str, mappings: Mappings, words: Words
) -> None:
    """A select for each head, and the click that remembers what was said."""
    markup.put(markup.heading(columns_asked(name, words)), words)
    named, said = import_words(words), dict[str, str]()
    mark = fingerprint(list(columns))
    fields = tuple(named.fields)
    sides = [side for _ in range(0, len(columns), 2) for side in st.columns(2)]
    for index, (head, field) in enumerate(columns.items()):
        with sides[index]:
            said[head] = st.selectbox(
                head,
                fields,
                index=fields.index(field) if field in fields else 0,
                format_func=lambda one: named.fields[one],
                key=f"{key}_column_{mark}_{index}",
            )
    if st.button(named.remember, key=f"{key}_remember_{mark}", disabled=not user):
        kept.save(user, mappings_text({**mappings, mark: said}))
        st.rerun()
