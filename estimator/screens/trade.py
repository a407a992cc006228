"""The trade: a lower base for something else, on a slider, with the sentence that says what follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import streamlit as st

from estimator.contract.trade import Trade
from estimator.earnings.deal import Deal
from estimator.presentation import models
from estimator.presentation import trade as deals
from estimator.presentation.words import Words
from estimator.quoting import trades
from estimator.quoting.negotiation import MEANS, EqualTrade, Means, NoTrade
from estimator.quoting.quote import Quote
from estimator.screens import current, markup, panels
from estimator.screens.asked import extras
from estimator.screens.redraw import redraw_answer

RISK_PRICES = (0, 10, 20, 30, 50)
"""What our risk may be priced at, in percent."""
STEP = 50
"""Of the slider, in the quote's currency a month."""


@dataclass(frozen=True, kw_only=True)
class Traded:
    """The trade where the slider stands, None where it stands at the base agreed, and its words."""

    equal: EqualTrade | NoTrade | None
    lines: tuple[str, ...]

    @property
    def deal(self) -> Deal | None:
        """What the terms come to after the trade; None where there is none."""
        return self.equal.deal if isinstance(self.equal, EqualTrade) else None


class TradeSlider:
    """The trade of one drawing of the answer: worked out for where the slider stands, and drawn.

    The slider goes up to the base of the list and begins at the base agreed. Before the prospect nothing is
    agreed, and no longer term is solved, which would tell what our work costs.
    """

    def __init__(self, made: Quote, words: Words, controls: models.Controls) -> None:
        self.made, self.words, self.controls = made, words, controls
        self.rules = made.rules.trade
        self.listed = trades.base_before(made)
        self.base = self.listed if made.trade.base is None else made.trade.base
        self.means: tuple[Means, ...] = MEANS if not words.to_you else ("commission", "bonus")
        self.at: tuple[Any, ...] = ()
        self.now = Traded(equal=None, lines=())

    def risk(self) -> float:
        """What our risk is priced at; before the prospect the expected income alone is kept."""
        return 0.0 if self.words.to_you else float(extras().get("risk", 0)) / 100

    def _means(self) -> Any:
        """What a lower base is paid in."""
        means = extras().get("means", self.means[0])
        return means if means in self.means else self.means[0]

    def _slid(self) -> Decimal | None:
        """Where the base slider stands; None where it stands at the agreed base, or there is none."""
        value = st.session_state.get(self._slider())
        return None if value is None or value == self._stands() else Decimal(int(value))

    def _slider(self) -> str:
        """The slider's key, one for each base of the list and each base agreed."""
        return f"trade_base_{self.listed}_{self.base}"

    def _stands(self) -> int:
        """The step of the slider at which the agreed base stands."""
        return int(self.base or 0) // STEP * STEP

    def traded(self) -> Traded:
        """The trade where the slider stands; worked out once for each place."""
        at = base, means, risk = self._slid(), self._means(), self.risk()
        if self.at != at:
            equal = None if base is None else trades.equal(self.made, base, means, risk)
            rate = None
            if isinstance(equal, EqualTrade):
                rate = deals.commission_rate(equal.deal.terms, self.rules.commission, self.words)
            lines = deals.trade_words(self.made, equal, self.words, rate).lines
            self.at, self.now = at, Traded(equal=equal, lines=lines)
        return self.now

    def tradable(self) -> bool:
        """Whether there is a base to trade, a step of the slider at least."""
        return self.listed is not None and self.listed >= STEP

    def title(self) -> None:
        """What the trade is paid in, and what our risk is priced at."""
        words, controls = self.words, self.controls
        with st.container(key="trade_title", horizontal=True, vertical_alignment="center"):
            markup.put(markup.section(controls.trade, ""), words)
            self._listed(
                "means", controls.trade, self.means, self._means(), lambda name: controls.means[name], 165
            )
            if not words.to_you:
                risk = int(extras().get("risk", 0))
                said = partial(deals.risk_words, words=words)
                self._listed("risk", controls.risk_price, RISK_PRICES, risk, said, 157)

    def _listed(
        self,
        name: str,
        label: str,
        options: tuple[Any, ...],
        chosen: Any,
        said: Callable[[Any], str],
        width: int,
    ) -> None:
        """A list to choose from whose choice is kept under ``name``; a new one in another language."""
        key = f"{name}_{self.words.language}"
        st.selectbox(
            label,
            options,
            options.index(chosen),
            format_func=said,
            key=key,
            label_visibility="collapsed",
            filter_mode=None,
            on_change=self._choose,
            args=(name, key),
            width=width,
        )

    def row(self) -> None:
        """The slider, what follows from where it stands, and the button that agrees to it."""
        if self.listed is None or not self.tradable():
            return
        controls, shown = self.controls, self.traded()
        with st.container(key="trade", horizontal=True, vertical_alignment="center"):
            st.slider(
                controls.trade,
                0,
                int(self.listed) // STEP * STEP,
                self._stands(),
                STEP,
                format="localized",
                key=self._slider(),
                label_visibility="collapsed",
            )
            if not self.words.to_you:
                self._button(shown)
            markup.put(panels.trade(shown.lines), self.words)

    def _button(self, shown: Traded) -> None:
        """Agree to what the slider shows, or go back to the list."""
        controls = self.controls
        if isinstance(shown.equal, EqualTrade):
            st.button(controls.apply, key="apply", on_click=self.agree, args=(shown.equal.trade,))
        elif not self.made.trade.empty:
            st.button(controls.list_again, key="list_again", on_click=self.agree, args=(Trade(),))
        else:
            st.button(controls.apply, key="apply_idle", disabled=True)

    def _choose(self, name: str, key: str) -> None:
        extras()[name] = st.session_state[key]

    def agree(self, trade: Trade) -> None:
        """Make a trade part of the offer, bound to the facts of now."""
        agreed = trades.bound(self.made, trade, dt.datetime.now(current.zone()).replace(microsecond=0))
        extras()["trade"] = agreed.model_dump_json(exclude_defaults=True)
        redraw_answer()
