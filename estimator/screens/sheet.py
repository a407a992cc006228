"""The self-estimate page as HTML: profit and loss by month, sentences, questions and papers."""

from __future__ import annotations

from html import escape

from estimator.presentation.estimate import EstimateView, MoneyRow
from estimator.presentation.worth_words import WorthView
from estimator.screens.markup import bullets, folded, rich, unfold

HALF_YEAR = 6
"""Months side by side: more would push the total off the page and off the paper."""


def months(shown: EstimateView) -> str:
    """Profit and loss: a row a kind of money, a column a month, the range of eight in ten below each.

    Half a year is a table; the total of the term stands in the first.
    """
    return "".join(_half_year(shown, first) for first in range(0, len(shown.months), HALF_YEAR))


def _half_year(shown: EstimateView, first: int) -> str:
    span = slice(first, first + HALF_YEAR)
    heads = "".join(f"<th>{escape(month)}</th>" for month in shown.months[span])
    rows = "".join(_row(row, span) for row in shown.rows)
    total = f"<th>{escape('' if first else shown.total)}</th>"
    top = f"<tr><th>{escape('' if first else shown.note)}</th>{heads}{total}</tr>"
    return f'<div class="qc-months"><table>{top}{rows}</table></div>'


def _row(row: MoneyRow, span: slice) -> str:
    cells = "".join(
        f'<td><span title="{escape(ends)}">{escape(mean)}</span><small>{escape(ends)}</small></td>'
        for mean, ends in zip(row.means[span], row.ranges[span])
    )
    total = f"<td><b>{escape('' if span.start else row.total)}</b></td>"
    label = rich(row.label) if span.start else _opens(row)
    return f'<tr class="qc-{row.look}"><th><i aria-hidden="true"></i>{label}</th>{cells}{total}</tr>'


def _opens(row: MoneyRow) -> str:
    """A row's name, which opens what the row rests on."""
    box = f"qc-rests-{row.id}"
    inner = f"<h2>{rich(row.label)}</h2>{bullets(row.rests)}"
    return unfold(box, row.label) + folded(box, "qc-offer-box", inner)


def sentences(title: str, lines: tuple[str, ...]) -> str:
    items = "".join(f"<p>{rich(line)}</p>" for line in lines)
    return f'<div class="qc-means"><div class="qc-section">{rich(title)}</div>{items}</div>'


def worth(shown: WorthView) -> str:
    """As today, by ourselves, with an agency: a row each, what is added, and the sentence."""
    heads = "".join(f"<th>{escape(head)}</th>" for head in shown.heads)
    rows = "".join(
        f"<tr><th>{escape(row.label)}</th><td><b>{escape(row.profit)}</b></td><td>{escape(row.range)}</td>"
        f"<td>{escape(row.loss)}</td><td>{escape(row.cash)}</td></tr>"
        for row in shown.rows
    )
    lines = "".join(f"<p>{rich(line)}</p>" for line in (*shown.added, shown.sentence))
    return (
        f'<div class="qc-opened qc-worth"><h2>{rich(shown.title)}</h2><table><tr>{heads}</tr>{rows}</table>'
        f"{lines}<small>{rich(shown.rule)}</small></div>"
    )


def asks(shown: EstimateView) -> str:
    items = "".join(
        f"<li><b>{rich(ask.question)}</b><small>{rich(ask.why)} {escape(ask.source)}</small></li>"
        for ask in shown.asks
    )
    return f'<ol class="qc-asked">{items}</ol>'


def papers(shown: EstimateView) -> str:
    items = "".join(
        f"<li><b>{rich(paper.label)}</b> {rich(paper.issuer)}"
        f"<small>{rich(paper.why)} {escape(paper.source)}</small></li>"
        for paper in shown.papers
    )
    return f'<ul class="qc-asked">{items}</ul>'
