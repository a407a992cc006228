"""The shipped rules as they are on one day, for every test that needs no other."""

from __future__ import annotations

import datetime as dt

from estimator.rules.rules import open_rules, root

DAY = dt.date(2026, 11, 30)
"""The last day of the market of 2026-11-23, which the written description and its figures are of."""
RULES = open_rules(on=DAY)
FOLDER = root()
PLATFORMS = RULES.vocabulary.ids("platforms")
CATEGORIES = RULES.vocabulary.ids("category")


class Closed:
    """In place of what must not be read: asking it anything fails."""

    def __getattribute__(self, name: str) -> object:
        raise AssertionError(f"internal data was asked for: {name}")
