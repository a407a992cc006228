"""The ways to buy the service, in words: names and assumptions of each, which stand in the data."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from estimator.brief.brief import Operation, Settlement
from estimator.values.text import Text
from estimator.values.validation import Frozen

MODELS: tuple[str, ...] = get_args(Operation.model_fields["model"].annotation)


class Way(Frozen):
    """One way of operating: its name, what it is in a line, and what is assumed of it."""

    label: Text
    note: Text
    assumptions: Annotated[tuple[Text, ...], Field(strict=False, min_length=1)]


class OfferWords(Frozen):
    """What is assumed of single offers: renewed or longer terms, a team that is there, a price for hours.

    ``as_today`` names going on without an agency, with a note and what is assumed of a shop that runs and of
    one that does not. ``scope_open`` is of a quote that does not say what it does.
    """

    as_today: Text
    today_note: Text
    today_runs: Text
    idle_note: Text
    today_idle: Text
    no_team: Text
    platform_needed: Text
    scope_told: Text
    scope_open: Text
    agency: Text
    agreed: Text
    renewed: Text
    ends_later: Text
    team_there: Text
    by_hours: Text
    ended: Text


class ChargeWords(Frozen):
    """The charges of a quote that is typed in."""

    base: Text
    setup: Text
    commission: Text
    minimum: Text
    cap: Text
    refund: Text


class Ways(Frozen):
    """Every way of operating by its model, the settlements' names, and words for single offers."""

    models: dict[str, Way]
    words: OfferWords
    charges: ChargeWords
    settlements: dict[Settlement, Text]

    @model_validator(mode="after")
    def _whole(self) -> Ways:
        for ids, wanted in ((self.models, MODELS), (self.settlements, get_args(Settlement))):
            for name in wanted:
                if name not in ids:
                    raise PydanticCustomError("missing", "missing", {"choices": f"[{name}]"})
        return self
