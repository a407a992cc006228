"""The web page of a paper: one file that asks nobody for anything, readable in a messenger and on paper."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from estimator.presentation.paper import Paper

JOINER = "\u2060"
"""A character of no width that no line breaks at."""
NARROW = "-narrow"
"""Ends the name of a picture that is drawn for a phone."""
_SIGNED = re.compile("([\u2212+])(?=[$¥€£0-9])")
_FACE = re.compile(rb'font-family="[^"]*"')


@cache
def _template() -> jinja2.Template:
    text = files("estimator.documents").joinpath("page.html").read_text("utf-8")
    surroundings = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return surroundings.from_string(text)


def page(
    paper: Paper, pictures: Mapping[str, bytes] | None = None, logo: tuple[str, bytes] | None = None
) -> bytes:
    """The paper as one HTML file without scripts: every word of it is escaped, and nothing is loaded.

    ``pictures`` are our own SVG by the name that the paper gives them, and by that name and ``NARROW`` as
    they are drawn for a phone; they take the page's typefaces.
    """
    drawn = {
        name: Markup(_FACE.sub(b'font-family="inherit"', content).decode())
        for name, content in (pictures or {}).items()
    }
    written = _template().render(
        paper=_whole(asdict(paper)), pictures=drawn, narrow=NARROW, logo=_inline(logo)
    )
    return written.encode()


def _whole(part: Any) -> Any:
    """Every text with its amounts held together: a minus sign never ends a line before its amount."""
    if isinstance(part, dict):
        return {name: _whole(value) for name, value in part.items()}
    if isinstance(part, (list, tuple)):
        return [_whole(value) for value in part]
    return _SIGNED.sub(rf"\1{JOINER}", part) if isinstance(part, str) else part


def _inline(logo: tuple[str, bytes] | None) -> str:
    if logo is None:
        return ""
    kind = "svg+xml" if logo[0].endswith(".svg") else "png"
    return f"data:image/{kind};base64,{base64.b64encode(logo[1]).decode()}"
