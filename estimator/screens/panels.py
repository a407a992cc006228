"""What opens on a page: the popover itself, and as HTML reasons, rules, meanings, clauses, trades."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Literal

import streamlit as st

from estimator.presentation.models import ClauseRow, ContractBox, DriverRow, Meanings, Reasons, RuleBox, Safe
from estimator.presentation.pilot_words import PilotView
from estimator.presentation.words import LANGUAGES, NAMES, Words
from estimator.screens.markup import bullets, folded, rich
from estimator.values.text import Language

_HERE = {True: "qc-here", False: ""}


@contextmanager
def popover(label: str, key: str, kind: Literal["secondary", "tertiary"] = "secondary") -> Iterator[bool]:
    """A popover, and whether it is open: its content is drawn only then."""
    width: Literal["stretch", "content"] = "stretch" if kind == "secondary" else "content"
    with (box := st.popover(label, key=key, type=kind, width=width, on_change="rerun")):
        yield bool(box.open)


def language(label: str, key: str, words: Words) -> Language:
    """A choice of the language of a document, at first the page's own."""
    chosen: Language | None = st.segmented_control(
        label,
        LANGUAGES,
        default=words.language,
        format_func=lambda one: NAMES[one],
        key=key,
        required=True,
    )
    return chosen or words.language


def title(text: str, lead: str = "") -> str:
    """The head of what opened."""
    below = f'<p class="qc-lead">{rich(lead)}</p>' if lead else ""
    return f'<div class="qc-opened"><h2>{rich(text)}</h2>{below}</div>'


def driver(row: DriverRow) -> str:
    """One assumption: its name and swing with a bar, its range and where it comes from."""
    return (
        f'<div class="qc-driver"><b>{rich(row.label)}</b><span>{escape(row.range)}</span>'
        f'<span class="qc-swing"><i style="width:{row.share * 100:.1f}%"></i></span>'
        f"<em>{escape(row.swing)}</em><small>{rich(row.source)}</small></div>"
    )


def notes(reasons: Reasons) -> str:
    return "".join(f'<p class="qc-note">{rich(note)}</p>' for note in reasons.notes)


def said(lines: tuple[str, ...]) -> str:
    return "".join(f'<p class="qc-said">{rich(line)}</p>' for line in lines)


def rules(boxes: tuple[RuleBox, ...]) -> str:
    """Every rule of the price in a box of its own, opened by its line."""
    return "".join(_rule(index, box) for index, box in enumerate(boxes))


def _rule(index: int, box: RuleBox) -> str:
    matched = "".join(f"<li>{rich(fact)}</li>" for fact in box.matched)
    passed = "".join(f"<li>{rich(label)}<span>{escape(needs)}</span></li>" for label, needs in box.passed)
    rows = f'<ul class="qc-passed-rows">{passed}</ul>'
    inner = (
        f"<h2>{rich(box.title)}</h2><code>{escape(box.place)}</code><p>{rich(box.why)}</p>"
        + (f"<h3>{rich(box.matched_title)}</h3><ul>{matched}</ul>" if matched else "")
        + (f"<h3>{rich(box.passed_title)}</h3>{rows}" if passed else "")
    )
    return folded(f"qc-rule-{escape(box.id)}", "qc-rule", inner)


def meanings(table: Meanings) -> str:
    """The goal's words under every definition and reading; the one quoted is boxed."""
    heads = "".join(f"<th>{rich(head)}</th>" for head in table.heads)
    rows = "".join(
        f"<tr><th>{rich(row.label)}</th>"
        + "".join(
            f'<td class="{_HERE[here]}"><b>{escape(chance)}</b><small>{escape(price)}</small></td>'
            for chance, price, here in row.cells
        )
        + "</tr>"
        for row in table.rows
    )
    return (
        title(table.title, table.lead)
        + f'<table class="qc-meanings"><tr><th></th>{heads}</tr>{rows}</table>'
        + f'<h3 class="qc-h3">{rich(table.contract_title)}</h3>'
        + f'<p class="qc-contract">{rich(table.contract)}</p>'
    )


def pilot(shown: PilotView) -> str:
    """What a paid test would tell: a row today, a row for each piece of news, then the sentences."""
    heads = "".join(f"<th>{rich(head)}</th>" for head in shown.heads)
    rows = "".join(
        f"<tr><th>{rich(row.label)}</th><td><b>{escape(row.chance)}</b></td><td>{escape(row.safe)}</td>"
        f"<td>{escape(row.price)}</td><td>{escape(row.profit)}</td></tr>"
        for row in shown.rows
    )
    return (
        title(shown.title, shown.lead)
        + f'<table class="qc-meanings"><tr><th></th>{heads}</tr>{rows}</table>{said(shown.lines)}'
    )


def safe(shown: Safe) -> str:
    """The sentence to read aloud, and the ladder of confidence."""
    ladder = "".join(
        f"<span><b>{escape(level)}</b><small>{escape(share)}</small></span>" for share, level in shown.ladder
    )
    return (
        f'<div class="qc-opened"><p class="qc-aloud">{rich(shown.aloud)}</p></div>'
        f'<h3 class="qc-h3">{rich(shown.ladder_title)}</h3><div class="qc-ladder">{ladder}</div>'
    )


def contract(box: ContractBox) -> str:
    """The contract: its amounts, what leaving costs, and every clause."""
    rows = "".join(
        f'<tr class="{"qc-sum" if leads else ""}"><td>{rich(label)}</td>'
        f'<td class="qc-number">{escape(amount)}</td></tr>'
        for label, amount, leads in box.rows
    )
    exits = "".join(
        f'<tr><td>{rich(label)}</td><td class="qc-number">{escape(amount)}</td></tr>'
        for label, amount in box.exits
    )
    leaving = (
        f'<h3 class="qc-h3">{rich(box.exits_title)}</h3><div class="qc-grid"><table>{exits}</table></div>'
    )
    return (
        title(box.title, "")
        + f'<div class="qc-grid"><table>{rows}</table></div>'
        + (leaving if exits else "")
        + f'<h3 class="qc-h3">{rich(box.clauses_title)}</h3><div class="qc-said">{bullets(box.clauses)}</div>'
    )


def clause(row: ClauseRow) -> str:
    """A clause and what it is worth."""
    return (
        f'<div class="qc-clause"><b>{rich(row.title)}</b><em>{escape(row.value)}</em>'
        f"<p>{rich(row.said)}</p></div>"
    )


def trade(lines: tuple[str, ...]) -> str:
    return f'<div class="qc-trade"><p>{" ".join(map(rich, lines))}</p></div>'


def outdated(lines: tuple[str, ...]) -> str:
    """What was agreed on other facts, as a warning that waits for somebody."""
    return f'<div class="qc-outdated" role="status">{"".join(f"<p>{rich(line)}</p>" for line in lines)}</div>'
