"""What five prospects' chances are: ten million draws each of the model that was written a second time.

``python -m benchmarks.truth`` counts them anew (half an hour) and writes ``truth.json``, which tests and
``make bench`` hold the stated errors to.
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

from benchmarks.independent import counted

FOLDER = Path(__file__).parent
BRIEFS = FOLDER.parent / "examples" / "briefs"
KNOWN = FOLDER / "truth.json"
DRAWS, SEED = 10_000_000, 20261127
DAY = dt.date(2026, 11, 30)
"""A day of the market that was counted."""
LEVELS = {
    "seed_beauty": (285_000, 7.0),
    "auto_tools_mature": (1_500_000, 10.0),
    "home_five_platforms": (1_035_000, 6.7),
    "tiny_shop": (1_900, 10.5),
    "supplements_guarantee": (340_000, 10.3),
}
"""GMV of six months that four in ten reach, and a blended ROAS that one in a hundred reaches."""


def goals_of(prospect: str) -> list[dict[str, Any]]:
    """The goals that are counted of a prospect, as a brief writes them: three common ones and a rare one."""
    gmv, rare = LEVELS[prospect]
    return [
        {"kpi": "roas_platform_total", "at_least": 2.5, "months": [1, 3]},
        {"kpi": "roas_settled", "at_least": 2.5, "months": [1, 6]},
        {"kpi": "gmv", "at_least": gmv, "months": [1, 6]},
        {"kpi": "roas_blended", "at_least": rare, "months": [1, 6]},
    ]


def known() -> dict[str, list[float]]:
    """The counted shares by prospect: of each goal, then of all at once."""
    found: dict[str, list[float]] = json.loads(KNOWN.read_text("utf-8"))["shares"]
    return found


def main() -> None:
    shares = {}
    for prospect in LEVELS:
        brief = tomllib.loads((BRIEFS / f"{prospect}.toml").read_text("utf-8"))
        shares[prospect] = counted(brief, goals_of(prospect), DRAWS, SEED)
        print(prospect, shares[prospect], flush=True)
    KNOWN.write_text(json.dumps({"draws": DRAWS, "seed": SEED, "shares": shares}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
