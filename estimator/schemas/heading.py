"""What every answer says of itself: the rules it was made under, the scenario, and how it was worked."""

from __future__ import annotations

from typing import Any

from estimator.rules.rules import Rules


def heading(rules: Rules, **worked: Any) -> dict[str, Any]:
    """The head of an answer as data; ``worked`` says how, as seed and points."""
    return {
        "edition": rules.edition.id,
        "edition_state": rules.state,
        "rules": rules.sha,
        "market": rules.market.id,
        **worked,
    }
