"""What an answer of this session depends on, and what was made of it last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from estimator.brief.brief import Brief
from estimator.contract.trade import Trade
from estimator.market.market import Override
from estimator.quoting import make, whatif
from estimator.quoting.knowledge import with_known
from estimator.quoting.quote import Quote
from estimator.rules.rules import Rules
from estimator.screens import current, form_state


def extras() -> dict[str, Any]:
    """What the session holds beside the brief, by name: confidence, trade, what-ifs, the pin."""
    held: dict[str, Any] = st.session_state["extras"]
    return held


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Everything a quote of this session depends on, as the session holds it."""

    rules: Rules
    brief: Brief
    scenario: str
    confidence: float
    trade: Trade
    overrides: tuple[Override, ...]

    @classmethod
    def of(cls, brief: Brief) -> Asked:
        """What is asked now: the brief with the session's extras; those that cannot be read are dropped."""
        rules = current.rules()
        held = whatif.parse(extras(), rules.market)
        if held is None:
            for name in ("confidence", "trade", "overrides"):
                extras().pop(name, None)
            held = whatif.WhatIf()
        return cls(
            rules=rules,
            brief=brief,
            scenario=form_state.scenario(),
            confidence=held.confidence,
            trade=held.trade,
            overrides=held.overrides,
        )

    def made(self) -> Quote:
        """The quote, worked out anew. Raises ``QuotecastError``."""
        made = make.make(
            self.brief,
            self.rules,
            scenario=self.scenario,
            confidence=self.confidence,
            trade=self.trade,
            overrides=self.overrides,
            ask=False,
        )
        return with_known(made)


def once(name: str, of: object, make: Callable[[], Any]) -> Any:
    """What is made of ``of``, once: the session keeps the last of each name, for a switch of language."""
    kept: tuple[object, Any] | None = st.session_state.get(name)
    if kept is not None and kept[0] == of:
        return kept[1]
    made = make()
    st.session_state[name] = (of, made)
    return made
