"""What five prospects' chances are: four million draws or more each of the model written a second time.

``python -m benchmarks.truth`` counts them anew (half an hour), or those that are named, and writes
``truth.json``, which tests and ``make bench`` hold the stated errors to.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from benchmarks.independent import counted
from estimator.brief import brief
from estimator.market.own_figures import learned_by, reads_today
from estimator.market.situation import situation_of, spend_today
from estimator.rules.rules import open_rules

FOLDER = Path(__file__).parent
BRIEFS = FOLDER.parent / "examples" / "briefs"
KNOWN = FOLDER / "truth.json"
DRAWS, SEED = 4_000_000, 20261127
DAY = dt.date(2026, 11, 30)
"""A day of the market that was counted."""
LEVELS = {
    "seed_beauty": (285_000, 7.0),
    "auto_tools_mature": (1_620_000, 7.6),
    "home_five_platforms": (832_000, 4.24),
    "tiny_shop": (1_900, 10.5),
    "supplements_guarantee": (238_000, 5.37),
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


def told(prospect: str) -> dict[str, Any]:
    """A prospect's brief, with what its own figures say of its levels and the ads it is taken to have now."""
    path = BRIEFS / f"{prospect}.toml"
    asked, words = brief.read(path), tomllib.loads(path.read_text("utf-8"))
    market = open_rules(on=DAY).market
    own = learned_by(asked, market)
    if reads_today(asked):
        words["recent_ad_spend"] = spend_today(asked, situation_of(asked, market))
    levels = (own.scale, own.shift), (own.scale_beside, own.shift_beside)
    return {**words, "own": tuple((float(left), float(moved)) for left, moved in levels)}


def main() -> None:
    shares = known()
    for prospect in sys.argv[1:] or LEVELS:
        shares[prospect] = counted(told(prospect), goals_of(prospect), DRAWS, SEED)
        print(prospect, shares[prospect], flush=True)
    KNOWN.write_text(json.dumps({"draws": DRAWS, "seed": SEED, "shares": shares}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
