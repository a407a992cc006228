"""The compare page as HTML: a table of offers with their densities, dots, and who beats whom."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import pairwise

from estimator.presentation.compare import SideBySide
from estimator.presentation.compare_picture import Row
from estimator.presentation.lineup_words import Turns
from estimator.screens.markup import bullets, folded, rich


def table(shown: SideBySide) -> str:
    """The offers, a row each; a row opens its box."""
    heads = "".join(
        f'<span class="qc-c{index}">{rich(head)}</span>' for index, head in enumerate(shown.heads)
    )
    rows = "".join(_row(row, shown) for row in shown.rows)
    legend = "".join(
        f'<span><i class="qc-{party}" aria-hidden="true"></i>{escape(label)}</span>'
        for party, label in shown.legend
    )
    ticks = "".join(f'<span style="left:{at * 100:.2f}%">{escape(label)}</span>' for at, label in shown.ticks)
    return (
        f'<div class="qc-offers" aria-label="{escape(shown.said)}">'
        f'<div class="qc-offers-head">{heads}</div>{rows}'
        f'<div class="qc-offers-foot"><div class="qc-legend">{legend}</div>'
        f'<div class="qc-ticks">{ticks}</div></div></div>'
    )


def boxes(rows: Iterable[Row]) -> str:
    """What each offer stands on, opened by its row."""
    return "".join(map(_box, rows))


def _row(row: Row, shown: SideBySide) -> str:
    bars = "".join(f'<i class="qc-{party}" style="width:{share * 100:.2f}%"></i>' for party, share in row.bar)
    cells = (row.loss, row.goal, row.cash, row.start, row.risk)
    values = "".join(f"<span>{escape(cell)}</span>" for cell in cells)
    return (
        f'<button type="button" class="qc-offer" popovertarget="qc-offer-{escape(row.id)}">'
        f'<span class="qc-letter">{row.letter}</span>'
        f'<span class="qc-who"><b title="{escape(row.name)}">{rich(row.name)}</b>'
        f'<small title="{escape(row.terms)}">{rich(row.terms)}</small></span>'
        f'<span class="qc-spent" aria-hidden="true">{bars}</span><b class="qc-amount">{escape(row.spend)}</b>'
        f"{_density(row, shown.zero)}"
        f'<b class="qc-profit">{escape(row.profit)}</b>{values}</button>'
    )


def _density(row: Row, zero: float) -> str:
    """The density in two halves about zero, the bar of eight outcomes in ten, the median's dot."""
    points = [(x, y) for x, y in row.curve if 0 <= x <= 1]
    left, right = _area(points, -1.0, zero), _area(points, zero, 2.0)
    low, middle, width = (f"{at * 100:.2f}%" for at in (row.low, row.middle, row.high - row.low))
    return (
        f'<span class="qc-density" aria-hidden="true"><i class="lose" style="clip-path:{left}"></i>'
        f'<i class="gain" style="clip-path:{right}"></i><i class="zero" style="left:{zero * 100:.2f}%"></i>'
        f'<i class="span" style="left:{low};width:{width}"></i>'
        f'<i class="dot" style="left:{middle}"></i></span>'
    )


def _area(points: list[tuple[float, float]], low: float, high: float) -> str:
    """The area under the density between two places, as a shape to cut out."""
    inside = [(x, y) for x, y in points if low <= x <= high]
    for (x0, y0), (x1, y1) in pairwise(points):
        inside += [(at, y0 + (y1 - y0) * (at - x0) / (x1 - x0)) for at in (low, high) if x0 < at < x1]
    if len(inside) < 2:
        return "inset(50%)"
    inside.sort()
    corners = [(inside[0][0], 0.0), *inside, (inside[-1][0], 0.0)]
    return f"polygon({','.join(f'{x * 100:.1f}% {100 - y * 100:.1f}%' for x, y in corners)})"


def _box(row: Row) -> str:
    parts = "".join(f"<h3>{rich(title)}</h3>{bullets(lines)}" for title, lines in row.box if lines)
    inner = f"<h2>{row.letter} · {rich(row.name)}</h2>{parts}"
    return folded(f"qc-offer-{escape(row.id)}", "qc-offer-box", inner)


def scatter(shown: SideBySide) -> str:
    """Offers between a poor outcome and the middle one."""
    lines = "".join(f'<i class="qc-line" style="bottom:{at * 100:.1f}%"></i>' for at, _ in shown.up)
    dots = "".join(
        f'<i class="qc-dot" style="left:{dot.x * 100:.1f}%;bottom:{dot.y * 100:.1f}%"></i>'
        f'<b class="{dot.side}" style="left:{dot.x * 100:.1f}%;bottom:{dot.y * 100:.1f}%">{dot.letter}</b>'
        for dot in shown.scatter
    )
    up = "".join(f'<span style="bottom:{at * 100:.1f}%">{escape(text)}</span>' for at, text in shown.up)
    across = "".join(f'<span style="left:{at * 100:.1f}%">{escape(text)}</span>' for at, text in shown.across)
    return (
        f'<div class="qc-scatter"><div class="qc-plain">{rich(shown.scatter_title)}</div>'
        f'<div class="qc-plot" role="img" aria-label="{escape(shown.said)}">{lines}{dots}'
        f'<div class="qc-up">{up}</div><div class="qc-across">{across}</div></div>'
        f"<small>{escape(shown.scatter_axis)}</small></div>"
    )


def matrix(shown: SideBySide) -> str:
    """Who beats whom; cells above one half are shaded, every cell prints its figure."""
    heads = "".join(f"<th>{row.letter}</th>" for row in shown.rows)
    rows = "".join(
        f'<tr><th>{row.letter} <span title="{escape(row.name)}">{rich(row.name)}</span></th>'
        + "".join(
            f'<td class="{"won" if depth else ""}" style="--depth:{depth:.2f}">{escape(text)}</td>'
            for text, depth in cells
        )
        + "</tr>"
        for row, cells in zip(shown.rows, shown.matrix)
    )
    return (
        f'<div class="qc-beats"><div class="qc-section">{rich(shown.matrix_title)}</div>'
        f"<table><tr><th></th>{heads}</tr>{rows}</table></div>"
    )


def turns(shown: Turns) -> str:
    lines = "".join(
        f"<div><b>{rich(title)}</b>" + "".join(f"<p>{rich(text)}</p>" for text in texts) + "</div>"
        for title, texts in shown.lines
    )
    return f'<div class="qc-turns"><div class="qc-section">{rich(shown.title)}</div>{lines}</div>'
