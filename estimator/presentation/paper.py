"""A paper: a document as blocks of text, figures and tables, in one language and before any layout.

The PDF, the web page and the picture are set from the same blocks, so they cannot say different things.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Lead:
    """A sentence that says what the section comes to."""

    text: str
    kind: Literal["lead"] = "lead"


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A paragraph; ``small`` for what explains, and does not state."""

    text: str
    small: bool = False
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure with its name above and a line that says what it is below."""

    label: str
    value: str
    line: str = ""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Figures side by side; ``main`` are the large ones."""

    figures: tuple[Figure, ...]
    main: bool = False
    kind: Literal["figures"] = "figures"


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of cells under heads, with a ``note`` under the title.

    ``align`` holds l or r for each column, ``widths`` their shares of the line; without them the first takes
    the room that the others leave. The last ``totals`` rows are sums, and the row ``marked`` stands out.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str
    widths: tuple[float, ...] = ()
    totals: int = 0
    marked: int | None = None
    title: str = ""
    note: str = ""
    kind: Literal["table"] = "table"


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Labels and what stands behind them."""

    rows: tuple[tuple[str, str], ...]
    kind: Literal["pairs"] = "pairs"


@dataclass(frozen=True, kw_only=True)
class Points:
    """A list; ``numbered`` where its points are referred to."""

    items: tuple[str, ...]
    numbered: bool = False
    title: str = ""
    kind: Literal["points"] = "points"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture by its name among those handed in, and the sentence that says what it shows."""

    name: str
    said: str
    kind: Literal["picture"] = "picture"


@dataclass(frozen=True, kw_only=True)
class Signatures:
    """Lines for two parties to sign on."""

    parties: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    kind: Literal["signatures"] = "signatures"


Block = Lead | Paragraph | Figures | Table | Pairs | Points | Picture | Signatures


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a paper under its title."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A document in one language. ``stamp`` is said on every page, as that it is a draft; empty is none."""

    language: str
    title: str
    name: str
    author: str
    stamp: str
    head: tuple[tuple[str, str], ...]
    parties: tuple[tuple[str, tuple[str, ...]], ...]
    sections: tuple[Section, ...]
    foot: str
    page: str
    colour: str
