"""The only reader of ``pricing_rules/``."""

from __future__ import annotations

import os
import tomllib
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from estimator.edges import MOST_BYTES, parse_toml, read_text, validated
from estimator.errors import fail
from estimator.kpis import Kpi
from estimator.terms import Offer, parse_offer


def root() -> Path:
    """The folder of rules: ``QUOTECAST_RULES`` if set, else the one beside the package."""
    return Path(os.environ.get("QUOTECAST_RULES") or Path(__file__).parent.parent / "pricing_rules")


@lru_cache(maxsize=4)
def kpis(rules: Path | None = None) -> dict[str, Kpi]:
    """Every KPI record by id."""
    path = (rules or root()) / "kpis.toml"
    content = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    return {
        name: validated(Kpi, {"id": name, **record}, f"{path.name}:{name}")
        for name, record in content.items()
    }


@lru_cache(maxsize=4)
def offers(rules: Path | None = None) -> dict[str, Offer]:
    """Every offer by id."""
    folder = (rules or root()) / "offers"
    found = {}
    for path in sorted(folder.glob("*.toml")):
        text = read_text(path, MOST_BYTES)
        offer = parse_offer(parse_toml(text, path.name), kpis(rules), path.name, text)
        if offer.id != path.stem:
            raise fail("unknown_reference", f"{path.name}:id", found=offer.id, choices=path.stem)
        found[offer.id] = offer
    return found
