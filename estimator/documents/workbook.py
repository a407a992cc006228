"""The workbook of a proposal: the same figures as live cells, so that a client can follow every sum.

Text is always written as text: what begins like a formula stays inert. Beside each formula stands the
settled amount, which a reader that does not calculate shows.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from estimator.brief.kpis import AMOUNTS
from estimator.documents.formulas import formula
from estimator.presentation.document_words import workbook_words
from estimator.presentation.sheets import Cells, Sheet, sheets
from estimator.presentation.words import Words
from estimator.schemas.proposal import Invoice, Proposal
from estimator.values.text import Text

WIDE, USUAL = 44, 16
"""Widths of a column of words and of one of figures, in characters."""


def workbook(paper: Proposal, words: Words) -> bytes:
    """The proposal as a workbook; the same proposal gives the same bytes."""
    out = io.BytesIO()
    safe = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, safe) as book:
        book.set_properties(
            {"title": workbook_words(words).name, "created": dt.datetime.combine(paper.day, dt.time())}
        )
        look = _looks(book, paper.currency)
        for sheet in sheets(paper, words):
            _write(book.add_worksheet(sheet.title), sheet, look)
        _months(book.add_worksheet(workbook_words(words).sheet), paper, words, look)
    return out.getvalue()


def _looks(book: Any, currency: str) -> dict[str, Any]:
    sign = {"USD": "$", "CNY": "¥"}.get(currency, "")
    money = f'"{sign}"#,##0.00;-"{sign}"#,##0.00'
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "money": book.add_format({"num_format": money, "valign": "top"}),
        "total": book.add_format({"num_format": money, "bold": True, "top": 1}),
        "share": book.add_format({"num_format": "0.0%", "valign": "top"}),
        "number": book.add_format({"num_format": "#,##0.####", "valign": "top"}),
        "label": book.add_format({"bold": True, "top": 1}),
    }


def _write(sheet: Any, content: Sheet, look: dict[str, Any]) -> None:
    """Tables under each other; a total is a sum of the cells above it."""
    sheet.set_column(0, 0, WIDE)
    sheet.set_column(1, 12, USUAL)
    sheet.write_string(0, 0, content.title, look["title"])
    row = 2
    for table in content.tables:
        row = _table(sheet, table, row, look) + 1
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _table(sheet: Any, table: Cells, row: int, look: dict[str, Any]) -> int:
    """Write a table from ``row`` on; the first row below it."""
    if table.title:
        sheet.write_string(row, 0, table.title, look["head"])
        row += 1
    if table.heads:
        for column, head in enumerate(table.heads):
            sheet.write_string(row, column, head, look["head"])
        row += 1
    first = row
    for cells in table.rows:
        for column, (value, kind) in enumerate(zip(cells, table.kinds)):
            _cell(sheet, row, column, value, kind, look)
        row += 1
    if table.total:
        sheet.write_string(row, 0, table.total, look["label"])
        for column, kind in enumerate(table.kinds):
            if kind == "money":
                top, end = xl_rowcol_to_cell(first, column), xl_rowcol_to_cell(row - 1, column)
                worked = sum(Decimal(str(cells[column])) for cells in table.rows)
                sheet.write_formula(row, column, f"=SUM({top}:{end})", look["total"], float(worked))
        row += 1
    return row


def _cell(sheet: Any, row: int, column: int, value: Any, kind: str, look: dict[str, Any]) -> None:
    if value is None:
        sheet.write_blank(row, column, None, look["text"])
    elif kind == "text" or isinstance(value, str):
        sheet.write_string(row, column, str(value), look["text"])
    else:
        sheet.write_number(row, column, float(value), look[kind])


def _months(sheet: Any, paper: Proposal, words: Words, look: dict[str, Any]) -> None:
    """Every month of the middling course: the counts, what each charge comes to on them, and the sums."""
    named = workbook_words(words)
    sheet.set_column(0, 0, WIDE)
    sheet.set_column(1, len(paper.invoices) + 1, USUAL)
    sheet.write_string(0, 0, named.title, look["title"])
    sheet.write_string(1, 0, named.lead, look["text"])
    heads = (named.month, *(_month(invoice, words) for invoice in paper.invoices), named.term)
    for column, head in enumerate(heads):
        sheet.write_string(2, column, head, look["head"])
    names = [name for name in paper.invoices[0].counts if name in paper.counted]
    for row, name in enumerate(names, start=3):
        sheet.write_string(row, 0, words.of(paper.counted[name]), look["text"])
        for column, invoice in enumerate(paper.invoices, start=1):
            kind = "money" if name in AMOUNTS else "number"
            sheet.write_number(row, column, float(invoice.counts[name]), look[kind])
    places = {name: row for row, name in enumerate(names, start=3)}
    _charges(sheet, paper, words, places, 4 + len(names), look)


def _charges(
    sheet: Any, paper: Proposal, words: Words, places: dict[str, int], row: int, look: dict[str, Any]
) -> None:
    first, columns = row, len(paper.invoices)
    for line in _lines(paper):
        sheet.write_string(row, 0, words.of(line.label), look["text"])
        worked_by = _formulas(line, paper, places)
        for column, (amount, worked) in enumerate(zip(line.amounts, worked_by), start=1):
            if worked is None:
                sheet.write_number(row, column, float(amount), look["money"])
            else:
                sheet.write_formula(row, column, worked, look["money"], float(amount))
        _sum(sheet, row, columns + 1, (row, 1), (row, columns), sum(line.amounts, Decimal(0)), look["money"])
        row += 1
    sheet.write_string(row, 0, workbook_words(words).invoice, look["label"])
    for column, invoice in enumerate(paper.invoices, start=1):
        _sum(sheet, row, column, (first, column), (row - 1, column), invoice.total, look["total"])
    whole = sum((invoice.total for invoice in paper.invoices), Decimal(0))
    _sum(sheet, row, columns + 1, (row, 1), (row, columns), whole, look["total"])


def _sum(
    sheet: Any, row: int, column: int, top: tuple[int, int], end: tuple[int, int], worked: Decimal, look: Any
) -> None:
    cells = f"{xl_rowcol_to_cell(*top)}:{xl_rowcol_to_cell(*end)}"
    sheet.write_formula(row, column, f"=SUM({cells})", look, float(worked))


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A line of the invoices over all months; ``alone`` where its charge has no other line."""

    charge: str
    label: Text
    amounts: tuple[Decimal, ...]
    alone: bool


def _lines(paper: Proposal) -> Iterator[_Line]:
    every = [(line, invoice.number) for invoice in paper.invoices for line in invoice.lines]
    labels = dict.fromkeys((line.charge, line.label) for line, _ in every)
    for name, label in labels:
        own = [(line.amount, number) for line, number in every if (line.charge, line.label) == (name, label)]
        yield _Line(
            charge=name,
            label=label,
            amounts=tuple(
                sum((amount for amount, number in own if number == invoice.number), Decimal(0))
                for invoice in paper.invoices
            ),
            alone=[charge for charge, _ in labels].count(name) == 1
            and all(sum(number == each for _, each in own) <= 1 for _, number in own),
        )


def _formulas(line: _Line, paper: Proposal, places: dict[str, int]) -> Iterator[str | None]:
    """The formula of a line in each month, None where the settled amount stands instead."""
    charges = {charge.id: charge for charge in paper.contract.charges}
    for column, invoice in enumerate(paper.invoices, start=1):
        cells = {name: xl_rowcol_to_cell(row, column) for name, row in places.items()}
        known = line.alone and line.charge in charges
        stores = max(len(paper.brief.stores), 1)
        yield formula(charges[line.charge], invoice.number, stores, cells.get) if known else None


def _month(invoice: Invoice, words: Words) -> str:
    return words.month(invoice.month) if "-" in invoice.month else invoice.month
