"""One label in both languages."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["en", "zh"]


class Text(BaseModel):
    """A label that stands in the data, written twice and never translated by machine.

    >>> Text(en="Base fee", zh="基础服务费").of("zh")
    '基础服务费'
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)

    def of(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en
