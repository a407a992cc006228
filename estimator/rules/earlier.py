"""The rules that an earlier answer names, opened again."""

from __future__ import annotations

import datetime as dt

from estimator.rules.rules import Rules, open_rules
from estimator.values.errors import QuotecastError


def earlier_rules(
    rules: Rules, *, on: dt.date, edition: str, market: str, currency: str, sha: str
) -> Rules | None:
    """The rules of the day ``on`` from the folder of ``rules``, with that price list and market; else None.

    They are ``rules`` themselves where ``sha`` is theirs. Otherwise only price list and market are those of
    that day: all else of a folder holds on every day, so what was corrected in it since is corrected here.

    >>> rules = open_rules(on=dt.date(2026, 12, 1))
    >>> asked = {"on": dt.date(2026, 11, 2), "market": "2026-11-23", "currency": "USD", "sha": ""}
    >>> then = earlier_rules(rules, edition="2026-11-01", **asked)
    >>> then and then.edition.id, earlier_rules(rules, edition="2025-01-01", **asked)
    ('2026-11-01', None)
    """
    if (rules.sha, rules.edition.id, rules.market.id) == (sha, edition, market):
        return rules
    if rules.folder is None:
        return None
    try:
        then = open_rules(rules.folder, on=on).in_currency(currency)
        if then.edition.id != edition:  # one that was asked for by its id
            then = open_rules(rules.folder, on=on, edition=edition).in_currency(currency)
    except QuotecastError:
        return None
    known = (then.edition.id, then.market.id, then.state) == (edition, market, "sealed")
    return then if known else None
