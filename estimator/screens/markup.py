"""View models as HTML. Text comes from the view and is escaped here; ``**`` becomes bold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from types import MappingProxyType

import streamlit as st

from estimator.presentation.models import (
    Ask,
    Chrome,
    Example,
    Figure,
    GoalLine,
    Guard,
    PriceLine,
    Segment,
)
from estimator.presentation.paper import Table
from estimator.presentation.words import TAGS, Words

EMPTY: Mapping[str, tuple[str, str]] = MappingProxyType({})
SHORT = 9
"""Characters of a cell that stays on one line: a month, a yes."""
_CODE = re.compile(r"`([^`]+)`")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_LOGO = '<span class="qc-logo" aria-hidden="true"><i></i><i></i><i></i></span>'


def rich(text: str) -> str:
    """Escaped text with its bold; no line ends between a minus and its amount."""
    return _BOLD.sub(r"<b>\1</b>", escape(text, quote=False)).replace("−$", "−\u2060$")


def heading(text: str) -> str:
    return f'<div class="qc-heading">{rich(text)}</div>'


def brand(chrome: Chrome, tag: str) -> str:
    """The product's name, and where the brief comes from."""
    return f'<div class="qc-brand">{_LOGO}{escape(chrome.brand)}<span>{escape(tag)}</span></div>'


def name(title: str) -> str:
    return f'<div class="qc-name"><b>{escape(title)}</b></div>'


def header(chrome: Chrome, *, named: bool) -> str:
    """The header's band: the product's name, or what opens the form where there is no room for it."""
    form = f'<button class="qc-form" data-form>{escape(chrome.form)}</button>'
    product = f'<span class="qc-product">{_LOGO}{escape(chrome.brand)}</span>' if named else form
    return f'<div class="qc-header">{product}</div>'


def chips(title: str, facts: tuple[str, ...], tag: str) -> str:
    """The brief in one line: whose it is, then a chip a fact, then where it comes from."""
    named = f"<b>{escape(title)}</b>" if title else ""
    shown = "".join(f"<span>{escape(fact)}</span>" for fact in facts)
    return f'<div class="qc-chips">{named}{shown}<small>{escape(tag)}</small></div>'


def fault(text: str) -> str:
    return f'<div class="qc-fault" role="alert"><span aria-hidden="true">✕</span> {rich(text)}</div>'


def known(text: str, known: int, asked: int) -> str:
    """How many facts are known, as words and as a bar."""
    cells = "".join(f'<i class="{"on" if index < known else ""}"></i>' for index in range(asked))
    return f'<div class="qc-known"><span>{escape(text)}</span><div aria-hidden="true">{cells}</div></div>'


def note(text: str) -> str:
    """A line in small type beside the form."""
    return f'<p class="qc-note">{escape(text)}</p>'


def figures(shown: tuple[Figure, ...]) -> str:
    return f'<div class="qc-hero">{"".join(map(figure, shown))}</div>'


def figure(shown: Figure) -> str:
    """One of the four large figures."""
    kind = "empty" if shown.empty else "reference" if shown.reference else "firm"
    beside = f'<span class="qc-beside">{escape(shown.beside)}</span>' if shown.beside else ""
    lines = "".join(f"<div>{rich(line)}</div>" for line in shown.lines)
    return (
        f'<section class="qc-figure qc-{kind}" id="qc-{shown.id}" style="--named:--{shown.id}">'
        f'<div class="qc-label">{rich(shown.label)}</div>'
        f'<div class="qc-value">{escape(shown.value)} {beside}</div>'
        f'<div class="qc-lines">{lines}</div></section>'
    )


def spend(title: str, segments: tuple[Segment, ...]) -> str:
    """The three money blocks: a line of labels, then a bar true to scale."""
    labels = "".join(
        f'<span class="qc-{s.party}"><i aria-hidden="true"></i>{rich(s.label)}</span>' for s in segments
    )
    bars = "".join(
        f'<i class="qc-{s.party}" style="flex-grow:{share:.5f}"></i>'
        for s in segments
        for share in s.shares
        if share > 0
    )
    return (
        f'<div class="qc-spend"><div class="qc-spend-labels"><span>{rich(title)}</span>{labels}</div>'
        f'<div class="qc-bar" aria-hidden="true">{bars}</div></div>'
    )


def section(title: str, beside: str) -> str:
    return f'<div class="qc-section">{rich(title)}<small>{rich(beside)}</small></div>'


def grid(rows: tuple[tuple[str, ...], ...]) -> str:
    """A plain table: its heads, then its rows."""
    heads, *body = rows
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heads)
    lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in body)
    return f'<div class="qc-grid"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>'


def ruled(table: Table) -> str:
    """A table of a paper: figures on the right, nothing short is broken, sums are set off."""
    kinds = ["qc-number" if letter == "r" else "" for letter in table.align]
    for column, kind in enumerate(kinds):
        if not kind and max((len(row[column]) for row in table.rows), default=0) <= SHORT:
            kinds[column] = "qc-short"

    def row(cells: tuple[str, ...], tag: str) -> str:
        return "".join(f'<{tag} class="{kind}">{escape(cell)}</{tag}>' for kind, cell in zip(kinds, cells))

    first = len(table.rows) - table.totals
    lines = "".join(
        f'<tr class="{"qc-sum" if at >= first else ""}">{row(cells, "td")}</tr>'
        for at, cells in enumerate(table.rows)
    )
    head = row(table.heads, "th")
    return f'<div class="qc-grid"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>'


def caption(text: str) -> str:
    return "" if not text else f'<div class="qc-caption">{rich(text)}</div>'


def above(unread: str, said: str) -> str:
    """What could not be read, and how facts were told, in one row above the figures that rest on them."""
    told = f'<div class="qc-caption qc-told">{rich(said)}</div>' if said else ""
    return f'<div class="qc-above">{fault(unread) if unread else ""}{told}</div>' if unread or said else ""


def spoken(text: str) -> str:
    """What a picture shows, for those who hear the page.

    Not the chart's own description: the browser would draw the whole chart anew for every change of it.
    """
    return "" if not text else f'<div class="qc-spoken" role="img" aria-label="{escape(text)}"></div>'


def price(title: str, lines: tuple[PriceLine, ...], more: tuple[PriceLine, ...], more_word: str) -> str:
    rows = "".join(map(_price_line, lines))
    hidden = len(more) - len(lines)
    button, box = "", ""
    if hidden > 0:
        button = unfold("qc-more-price", f"+{hidden} {more_word}")
        box = folded("qc-more-price", "qc-rows", "".join(map(_price_line, more)))
    return (
        f'<div class="qc-price"><div class="qc-section">{rich(title)}{button}</div>'
        f'<div class="qc-rows">{rows}</div>{box}</div>'
    )


def _price_line(line: PriceLine) -> str:
    bar = (
        f'<i class="qc-{line.look}" style="left:{line.left * 100:.2f}%;width:{line.width * 100:.2f}%"></i>'
        if line.look != "none"
        else ""
    )
    kind = " qc-total" if line.look == "sum" else ""
    inner = (
        f'<span title="{escape(line.label)}">{rich(line.label)}</span>'
        f'<span class="qc-track" aria-hidden="true">{bar}</span>'
        f"<b>{escape(line.amount)}</b>"
        f'<code title="{escape(line.rule)}">{_breakable(line.rule_id)}</code>'
    )
    if not line.rule_id:
        return f'<div class="qc-row{kind}">{inner}</div>'
    box = f"qc-rule-{escape(line.rule_id)}"
    return f'<button type="button" class="qc-row{kind}" popovertarget="{box}">{inner}</button>'


def _breakable(rule_id: str) -> str:
    """A rule's id that may break after its dots and underscores."""
    return escape(rule_id).replace(".", ".<wbr>").replace("_", "_<wbr>")


def unfold(box: str, label: str) -> str:
    """A button that opens a box; the browser closes it on Escape or a click elsewhere."""
    return f'<button type="button" class="qc-more" popovertarget="{box}">{escape(label)}</button>'


def folded(box: str, kind: str, inner: str) -> str:
    return f'<div class="qc-box {kind}" id="{box}" popover="auto">{inner}</div>'


def bullets(lines: tuple[str, ...]) -> str:
    return f"<ul>{''.join(f'<li>{rich(line)}</li>' for line in lines)}</ul>"


def verdict(text: str, beside: str = "") -> str:
    """The sentence that answers, and how sure it is."""
    more = f" <span>{rich(beside)}</span>" if beside else ""
    said = f"<b>{rich(text)}</b>" if text else ""
    return f'<div class="qc-verdict">{said}{more}</div>'


def goals(title: str, lines: tuple[GoalLine, ...]) -> str:
    rows = "".join(
        f'<div class="qc-goal"><span title="{escape(g.label)}">{rich(g.label)}</span>'
        f"<b>{escape(g.probability)}</b><span>{escape(g.safe)}</span></div>"
        for g in lines
    )
    return f'<div class="qc-goals"><div class="qc-section">{rich(title)}</div>{rows}</div>'


def asks(title: str, moves: str, lines: tuple[Ask, ...], spots: Mapping[str, tuple[str, str]] = EMPTY) -> str:
    """The questions still open; a click leads to the field that answers one, where ``spots`` names it."""
    rows = "".join(_ask(ask, *spots.get(ask.fact, ("", ""))) for ask in lines)
    head = f'<div class="qc-section">{rich(title)}<small>{rich(moves)}</small></div>'
    return f'<div class="qc-asks">{head}{rows}</div>'


def _ask(ask: Ask, field: str, box: str) -> str:
    inner = f'<span><i aria-hidden="true">?</i>{rich(ask.question)}</span><b>{escape(ask.effect)}</b>'
    if not field:
        return f'<div class="qc-ask">{inner}</div>'
    where = f'data-focus="{escape(field)}" data-open="{escape(box)}"'
    return f'<button type="button" class="qc-ask" {where}>{inner}</button>'


def guards(raised: tuple[Guard, ...], more_word: str, details: str) -> str:
    """The worst guard in full; the others open on demand, or the details of one alone."""
    if not raised:
        return ""
    count = f"+{len(raised) - 1} {more_word}" if len(raised) > 1 else details
    button = unfold("qc-more-guards", count)
    box = folded("qc-more-guards", "", "".join(map(_guard, raised)))
    return f'<div class="qc-guards">{_guard(raised[0], button)}{box}</div>'


def _guard(guard: Guard, more: str = "") -> str:
    """A guard with its rule; who may approve it, and why it is there, stand behind the mark."""
    behind = "".join(f"<small>{rich(text)}</small>" for text in (guard.approver, guard.why) if text)
    return (
        f'<div class="qc-guard qc-{guard.severity}">{more}<span aria-hidden="true">{guard.sign}</span> '
        f"<b>{escape(guard.word)}</b> {rich(guard.text)} "
        f"{_rule(guard)}{behind}</div>"
    )


def _rule(guard: Guard) -> str:
    return f'<code title="{escape(guard.rule)}">{escape(guard.rule_id)}</code>' if guard.rule_id else ""


def welcome(title: str, text: str) -> str:
    return f'<div class="qc-intro"><h1>{rich(title)}</h1><p>{rich(text)}</p></div>'


def examples(chrome: Chrome) -> str:
    return f'<div class="qc-section">{rich(chrome.examples)}</div>'


def card(example: Example) -> str:
    return f'<div class="qc-card"><b>{rich(example.title)}</b><span>{rich(example.line)}</span></div>'


def refused(title: str, lines: tuple[str, ...]) -> str:
    rows = "".join(f"<p>{rich(line)}</p>" for line in lines)
    return f'<div class="qc-refused" role="alert"><h1>{rich(title)}</h1>{rows}</div>'


def foot(since: str, edition: str, causes: tuple[str, ...] = (), more_word: str = "") -> str:
    """The bottom line: what moved since the pin, why, and what the figures were made from."""
    whole = escape(since.replace("**", "").replace("`", ""))
    box = ""
    if len(causes) > 1:
        box = unfold("qc-causes", f"+{len(causes) - 1} {more_word}")
        box += folded("qc-causes", "", bullets(causes))
    return (
        f'<div class="qc-since"><span title="{whole}">{_code(rich(since))} {box}</span>'
        f"<small>{rich(edition)}</small></div>"
    )


def _code(text: str) -> str:
    """Rule ids set as code."""
    return _CODE.sub(r"<code>\1</code>", text)


def copy(label: str, done: str) -> str:
    """The button that copies the link."""
    return (
        f'<button type="button" class="qc-button" data-copy-link="" data-done="{escape(done)}">'
        f"{escape(label)}</button>"
    )


def put(html: str, words: Words) -> None:
    """Draw a block, marked with its language, so that glyphs and line breaks are that language's."""
    if html:
        st.html(f'<div class="qc" lang="{TAGS[words.language]}">{html}</div>')
