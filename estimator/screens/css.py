"""The page's style and its one script: files of this folder, the theme's colours, the marks of answers.

``page.css`` and ``answer.css`` are for everyone; ``internal.css`` and ``presenter.css`` are sent only to
their own audience. Those are drawn for 1280 by 720, and all their lengths grow with a larger window;
``sizes.css`` says how much, and what stands otherwise in a smaller one and on paper. Hashed class names
change with every release of Streamlit, so the hooks are its ``data-`` attributes and the ``st-key-`` classes
of our own keys; a browser test looks for each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from importlib.resources import files

from estimator.presentation.models import Audience
from estimator.presentation.palette import Mode, palette

DRAWN_AT = 14
"""Pixels of the letter at which the sheets are drawn; a window of 1280 by 720 has it."""
SIDEBAR = 268
HAIRLINE = 3
"""Lengths up to this many pixels are lines, which do not grow."""
_PIXELS = re.compile(r"(?<![\w.#-])(\d*\.?\d+)px")


@cache
def _text(name: str) -> str:
    return files("estimator.screens").joinpath(name).read_text("utf-8")


@cache
def _growing(name: str) -> str:
    """A sheet with its lengths as parts of the letter, so that a larger window scales all of it."""

    def grown(match: re.Match[str]) -> str:
        pixels = float(match[1])
        return match[0] if pixels <= HAIRLINE else f"{pixels / DRAWN_AT:.5g}rem"

    return _PIXELS.sub(grown, _text(name))


def sheet(audience: Audience) -> str:
    """The style sheets of ``audience`` as they stand."""
    return "".join(
        _growing(f"{name}.css") for name in ("page", "answer", "compare", "estimate", audience)
    ) + _text("sizes.css")


def style(theme: Mode, audience: Audience, *, sidebar: bool) -> str:
    """The page's style block, in the colours of ``theme``, beside a sidebar or alone."""
    names = {name.replace("_", "-"): colour for name, colour in asdict(palette(theme)).items()}
    picked = {"picked": "#E3E6EA" if theme == "light" else "#3A4653"}
    side = {"side": f"{SIDEBAR / DRAWN_AT:.5g}rem" if sidebar else "0px"}
    colours = "".join(f"--{name}:{value};" for name, value in (names | picked | side).items())
    alone = "" if sidebar else '[data-testid="stSidebar"]{display:none}'
    return f"<style>:root{{{colours}}}{sheet(audience)}{alone}</style>"


def marks(unknown: Iterable[str], faulty: Iterable[str]) -> str:
    """The style of single answers: those left unknown dashed, those at fault marked."""
    unknown = tuple(unknown)
    open_ = _fields(unknown, "border-style: dashed !important; border-color: var(--passed) !important;")
    muted = _texts(unknown, "color: var(--muted) !important;")
    wrong = _fields(faulty, "border: 2px solid var(--error) !important;")
    return f"<style>{open_}{muted}{wrong}</style>"


def script_text() -> str:
    """What stands between the tags of the page's script: always the same, and so known to the browser."""
    return _text("page.js")


def script(token: str = "", *, language: str = "en", leaving: bool = False) -> str:
    """The page's script; ``token`` names the browser, where its cookie does not yet, ``language`` the page's.

    Before somebody is ``leaving`` to sign in it keeps the link that was opened, and nothing else.
    """
    kept = ' data-leaving="1"' if leaving else ""
    return f'<script data-token="{token}" data-language="{language}"{kept}>{script_text()}</script>'


def _fields(keys: Iterable[str], rule: str) -> str:
    boxes = ('.react-aria-ComboBox > [role="group"]', '[data-testid="stTextInputRootElement"]')
    chosen = ",".join(f".st-key-{key} {box}" for key in keys for box in boxes)
    return f"{chosen}{{{rule}}}" if chosen else ""


def _texts(keys: Iterable[str], rule: str) -> str:
    chosen = ",".join(f'.st-key-{key} input[role="combobox"]' for key in keys)
    return f"{chosen}{{{rule}}}" if chosen else ""
