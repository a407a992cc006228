"""Scope: what each service does and does not do, who does it, and how fast both sides answer, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, get_args

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from estimator.brief.brief import ServiceModel
from estimator.values.text import Text
from estimator.values.validation import Frozen

Texts = Annotated[tuple[Text, ...], Field(strict=False, min_length=1)]


class ServiceScope(Frozen):
    """What one service includes and leaves out besides what the price counts, and the people who do it."""

    included: Texts
    excluded: Texts
    people: Texts


class Response(Frozen):
    """How fast we answer, and what the client has to do in time."""

    ours: Texts
    client: Texts


class Scope(Frozen):
    """The scope of every service, and where it comes from."""

    source: str = Field(min_length=1)
    models: Mapping[str, ServiceScope]
    response: Response

    @model_validator(mode="after")
    def _every_service(self) -> Scope:
        services = get_args(ServiceModel)
        for name in self.models:
            if name not in services:
                values = {"found": name, "choices": ", ".join(services), "at": ("models",)}
                raise PydanticCustomError("unknown_reference", "models", values)
        for name in services:
            if name not in self.models:
                raise PydanticCustomError("missing", "models", {"choices": name, "at": ("models",)})
        return self
