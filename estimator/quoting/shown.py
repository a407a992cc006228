"""What a quote showed: the few figures that a link and a draft keep, and tell first when opened again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from estimator.quoting.quote import Quote
from estimator.values.money import MOST


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The day, the price list, the fixed price a month, and the probability of the first goal if it has one.

    ``inputs`` is the hash of all that was asked: figures are compared only for the same question.
    """

    inputs: str
    day: str
    edition: str
    price: float
    chance: float | None

    @classmethod
    def of(cls, quote: Quote) -> Shown:
        """What a quote shows now."""
        first = quote.goals[0].probability if quote.goals else None
        return cls(
            inputs=_inputs(quote),
            day=quote.rules.on.isoformat(),
            edition=quote.rules.edition.id,
            price=quote.monthly_price,
            chance=None if first is None else round(first.value, 3),
        )

    @classmethod
    def read(cls, kept: object) -> Shown | None:
        """What was kept; None for what cannot be, as in a spoiled link.

        >>> Shown.read({"day": "never"}) is None
        True
        """
        if not isinstance(kept, Mapping) or set(kept) != set(cls.__dataclass_fields__):
            return None
        texts = all(isinstance(kept[name], str) for name in ("inputs", "day", "edition"))
        figures = all(_is_figure(kept[name]) for name in ("price", "chance"))
        try:
            dt.date.fromisoformat(str(kept["day"]))
        except ValueError:
            return None
        return cls(**kept) if texts and figures and kept["price"] is not None else None

    def kept(self) -> dict[str, Any]:
        """As a link or a draft keeps it."""
        return asdict(self)

    def differs(self, now: Shown) -> bool:
        """Whether the same question has another answer now."""
        same = (self.edition, self.price, self.chance) == (now.edition, now.price, now.chance)
        return self.inputs == now.inputs and not same


def _is_figure(kept: object) -> bool:
    """Whether it is a number that a page can write, or none at all."""
    return kept is None or (isinstance(kept, int | float) and abs(kept) <= MOST)


def _inputs(quote: Quote) -> str:
    facts = quote.brief.model_dump(mode="json", exclude={"name", "note"}, exclude_none=True)
    # a link carries nobody's words
    facts["goals"] = [{k: v for k, v in goal.items() if k != "words"} for goal in facts.get("goals", ())]
    asked = {
        "brief": facts,
        "scenario": quote.scenario,
        "trade": quote.trade.model_dump(mode="json", exclude={"agreed"}),
        "overrides": [override.model_dump(mode="json") for override in quote.overrides],
    }
    return sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]
