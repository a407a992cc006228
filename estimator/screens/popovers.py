"""What opens at the figures: what they rest on, meanings of a goal, a paid test, the safe level's own box."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from estimator.comparing.worth import worth_of_quote
from estimator.contract.trade import Trade
from estimator.presentation import (
    assumptions,
    estimate_words,
    models,
    phrases,
    pilot_words,
    reasons,
    worth_words,
)
from estimator.presentation import trade as deals
from estimator.presentation.contract_words import contract_box
from estimator.presentation.words import Words
from estimator.quoting import meanings, pilot, tipping, trades
from estimator.quoting.drivers import Target, drivers
from estimator.quoting.quote import Quote
from estimator.quoting.reach import reaching
from estimator.quoting.whatif import CONFIDENCES, typed_override
from estimator.schemas.worth import worth_answer
from estimator.screens import budget, discount, markup, panels, sheet
from estimator.screens.asked import Asked, extras, once
from estimator.screens.redraw import redraw_answer
from estimator.screens.trade import TradeSlider
from estimator.values.errors import Fault, QuotecastError
from estimator.values.typed import typed_range

WHY: Mapping[str, Target] = {"chance": "chance", "safe": "safe", "break_even": "break_even"}
"""What is asked of the drivers at each figure that has a why."""


class Popovers:
    """What opens on one drawing of the answer; clauses are agreed to as trades are."""

    def __init__(
        self,
        made: Quote,
        asked: Asked,
        words: Words,
        chrome: models.Chrome,
        controls: models.Controls,
        trade: TradeSlider,
    ) -> None:
        self.made, self.asked, self.words, self.trade = made, asked, words, trade
        self.chrome, self.controls = chrome, controls
        self.takes: Any = None

    def open_at(self, figure: str) -> None:
        """What opens at a figure: its meanings, what it rests on, a paid test, the safe level's own box."""
        controls, signable = self.controls, self._signable()
        if figure == "price":
            with st.container(key="open_price", horizontal=True, gap="small"):
                with self._popover("contract", controls.contract) as opened:
                    if opened:
                        markup.put(panels.contract(contract_box(self.made, self.words)), self.words)
                budget.box(self.made, self.asked, self.words)
                if self.trade.base is not None and not self.words.to_you:
                    discount.box(self.made, self.words, self.trade.agree)
        if figure not in WHY or (figure == "safe" and not signable):
            return
        with st.container(key=f"open_{figure}", horizontal=True, gap="small"):
            if figure == "chance" and (among := reasons.meant_by(self.made)):
                with self._popover("meanings", controls.meanings) as opened:
                    if opened:
                        found = meanings.meanings(self.made, among=among)
                        table = reasons.meanings_table(self.made, found, self.words)
                        markup.put(panels.meanings(table), self.words)
            with self._popover(f"why_{figure}", self.chrome.why) as opened:
                if opened:
                    self._why(WHY[figure])
            if figure == "break_even":
                with self._popover("worth", worth_words.title(self.words)) as opened:
                    if opened:
                        self._worth()
            if figure == "chance" and signable:
                with self._popover("pilot", controls.pilot) as opened:
                    if opened:
                        self._pilot()
            if figure == "safe":
                with self._popover("safe", f"{self.words.percent(self.asked.confidence)} ▾") as opened:
                    if opened:
                        self._safe()

    def _worth(self) -> None:
        """Whether the quote is worth it to the seller: nothing of ours is in it."""
        seen = once("worth", self.asked, lambda: worth_answer(worth_of_quote(self.made)))
        markup.put(sheet.worth(worth_words.worth_view(seen, self.words)), self.words)

    def _signable(self) -> bool:
        """Whether a level can be written down: the KPI has a probability and a definition."""
        first = self.made.goals[0] if self.made.goals else None
        return first is not None and first.probability is not None and not first.open_definition

    def _popover(self, name: str, label: str) -> AbstractContextManager[bool]:
        return panels.popover(label, f"pop_{name}", kind="tertiary")

    def _why(self, target: Target) -> None:
        """What moves a figure most, each with its range to type over."""
        words, made = self.words, self.made
        moving = drivers(made, target, self.asked.confidence)
        title = deals.why_title(made, target, words)
        shown = reasons.driver_reasons(made, target, moving, title, words)
        markup.put(panels.title(shown.title, shown.lead), words)
        if shown.known:
            markup.put(panels.said((shown.known,)), words)
        turned = st.empty()
        rows = {driver.name: driver.row for driver in moving}
        faults: dict[str, Fault] = st.session_state.setdefault("range_faults", {})
        for row in shown.rows:
            left, right = st.columns((1, 0.3), gap="small", vertical_alignment="center")
            with left:
                markup.put(panels.driver(row), words)
            with right:
                if row.field:
                    key = f"range_{row.field}_{len(extras().get('overrides', ()))}_{words.language}"
                    st.text_input(
                        row.label,
                        value=row.typed,
                        key=key,
                        label_visibility="collapsed",
                        on_change=partial(self._ranged, row.field, rows[row.field], key),
                    )
            if row.field in faults:
                markup.put(markup.fault(phrases.fault(faults[row.field], row.typed, words)), words)
        if made.overrides:
            st.button(self.controls.market_again, key="market_again", on_click=self._market_again)
        markup.put(panels.notes(shown), words)
        if target == "chance" and (flips := tipping.goal_flips(made)) is not None:
            with turned:
                markup.put(panels.said(estimate_words.flip_lines(made, flips, words)), words)

    def _ranged(self, name: str, row: Any, key: str) -> None:
        """A range typed at a number: a what-if in place of the market's own."""
        faults = st.session_state.setdefault("range_faults", {})
        text = st.session_state[key]
        try:
            low, high = (assumptions.read_back(row, float(end)) for end in typed_range(text))
            override = typed_override(row, low, high)
        except QuotecastError as error:
            faults[name] = error.faults[0]
            return
        faults.pop(name, None)
        kept = [o for o in self.made.overrides if o.assumption != name]
        extras()["overrides"] = [o.model_dump_json() for o in (*kept, override)]
        redraw_answer()

    def _market_again(self) -> None:
        """Take back every range that was typed."""
        extras().pop("overrides", None)
        st.session_state.pop("range_faults", None)
        redraw_answer()

    def _safe(self) -> None:
        """The safe level at a confidence to choose, and the clauses that may be had for it."""
        words, made = self.words, self.made
        share = st.select_slider(
            self.controls.confidence,
            CONFIDENCES,
            value=round(self.asked.confidence * 100),
            format_func=lambda percent: f"{percent}%",
            key="confidence",
            on_change=self._confident,
        )
        offers = trades.clause_offers(made, self.trade.risk())
        shown = deals.safe_words(made, share / 100, offers, words)
        if shown is None:
            return
        markup.put(panels.safe(shown), words)
        self.takes = st.empty()
        if shown.clauses:
            markup.put(markup.heading(shown.clauses_title), words)
        for row, offer in zip(shown.clauses, offers):
            left, right = st.columns((1, 0.36), gap="small", vertical_alignment="center")
            with left:
                markup.put(panels.clause(row), words)
            if words.to_you:
                continue  # what is agreed is ours to write down
            with right:
                st.button(
                    row.button,
                    key=f"clause_{row.id}",
                    on_click=self.trade.agree,
                    args=(offer.trade,),
                    width="stretch",
                )

    def later(self) -> None:
        """What it takes to be as sure of what was asked, in its place where the safe level is open."""
        if self.takes is None:
            return
        asked = replace(self.asked, trade=Trade())  # a trade moves no probability
        needed = once("reaching", asked, lambda: reaching(self.made, asked.confidence))
        if needed is not None:
            said = deals.takes(needed, self.made.currency, self.words)
            with self.takes.container():
                markup.put(markup.heading(said.title) + panels.said(said.lines), self.words)

    def _pilot(self) -> None:
        """What a paid test would tell, and what it is worth."""
        try:
            test, history = pilot.pilot(self.made), pilot.records(self.made)
        except QuotecastError as error:
            markup.put(markup.refused(self.controls.pilot, error.lines(self.words.language)), self.words)
            return
        shown = pilot_words.pilot_view(self.made, test, history, self.words)
        markup.put(panels.pilot(shown), self.words)

    def _confident(self) -> None:
        """Keep the confidence that was chosen."""
        extras()["confidence"] = st.session_state["confidence"] / 100
        redraw_answer()
