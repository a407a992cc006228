"""One colour, one meaning, in light and dark.

Hue belongs to the two parties at the table; third parties are neutral, outcomes are ink. No red or green
for bad or good: sign, position and words carry that. The four money colours stay apart for readers who do
not see red, green or blue, and in grey.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mode = Literal["light", "dark"]


@dataclass(frozen=True, kw_only=True)
class Palette:
    """The colours of one mode."""

    ink: str
    muted: str
    ground: str
    panel: str
    line: str
    seller: str
    agency: str
    agency_tint: str
    passed: str
    platform: str
    density: str
    density_loss: str
    gain: str
    team: str
    warn: str
    warn_ground: str
    error: str
    error_ground: str


LIGHT = Palette(
    ink="#1B2430",
    muted="#5A6672",
    ground="#FFFFFF",
    panel="#F4F6F8",
    line="#DDE2E8",
    seller="#1D5FA6",
    agency="#C85A12",
    agency_tint="#EDBE9C",
    passed="#9CA8B6",
    platform="#3A3147",
    density="#DFE5EC",
    density_loss="#C9D2DC",
    gain="#BFD5EE",
    team="#E6EFF8",
    warn="#7A4B00",
    warn_ground="#FFF6DC",
    error="#A3143C",
    error_ground="#FDECF0",
)
DARK = Palette(
    ink="#EDF0F3",
    muted="#A5B0BC",
    ground="#12171E",
    panel="#1B222B",
    line="#303945",
    seller="#4F97DF",
    agency="#F6B26B",
    agency_tint="#7A5328",
    passed="#5A6672",
    platform="#E2D9EE",
    density="#2A3440",
    density_loss="#5A6672",
    gain="#24476E",
    team="#17293C",
    warn="#FFD98A",
    warn_ground="#3A2E10",
    error="#FF9DB5",
    error_ground="#3C1622",
)


def palette(mode: Mode) -> Palette:
    """The colours of ``mode``."""
    return DARK if mode == "dark" else LIGHT
