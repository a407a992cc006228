"""The page's style: ``page.css`` with the colours of the mode, and the marks of single answers.

All CSS stands in these two files. Hashed class names change with every release of Streamlit, so the hooks are
its ``data-`` attributes and the ``st-key-`` classes of our own keys; a browser test looks for each of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from importlib.resources import files

from estimator.presentation.palette import Mode, palette


@cache
def sheet() -> str:
    """The style sheet as it stands."""
    return files("estimator.screens").joinpath("page.css").read_text("utf-8")


def style(mode: Mode, unknown: Iterable[str], faulty: Iterable[str]) -> str:
    """The page's style block: colours of ``mode``, answers left unknown dashed, those at fault marked."""
    names = {name.replace("_", "-"): colour for name, colour in asdict(palette(mode)).items()}
    picked = {"picked": "#E3E6EA" if mode == "light" else "#3A4653"}
    colours = "".join(f"--{name}:{colour};" for name, colour in (names | picked).items())
    unknown = tuple(unknown)
    open_ = _fields(unknown, "border-style: dashed !important; border-color: var(--passed) !important;")
    muted = _texts(unknown, "color: var(--muted) !important;")
    wrong = _fields(faulty, "border: 2px solid var(--error) !important;")
    return f"<style>:root{{{colours}}}{sheet()}{open_}{muted}{wrong}</style>"


def _fields(keys: Iterable[str], rule: str) -> str:
    boxes = ('.react-aria-ComboBox > [role="group"]', '[data-testid="stTextInputRootElement"]')
    chosen = ",".join(f".st-key-{key} {box}" for key in keys for box in boxes)
    return f"{chosen}{{{rule}}}" if chosen else ""


def _texts(keys: Iterable[str], rule: str) -> str:
    chosen = ",".join(f'.st-key-{key} input[role="combobox"]' for key in keys)
    return f"{chosen}{{{rule}}}" if chosen else ""
