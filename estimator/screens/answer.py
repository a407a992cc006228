"""The answer: figures, picture, price, trade and reasons of the brief that the form now holds.

One fragment, so that it is redrawn and the form left alone, by its own controls and by the form's. The trade
is a fragment in it, which redraws its sentence and the picture only. What is asked for most is drawn first: a
browser shows the figures while the picture is worked out, and the open questions, which take long, come last.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

import streamlit as st

from estimator.brief import brief as briefs
from estimator.brief.brief import Brief
from estimator.contract.trade import Trade
from estimator.earnings.deal import Deal
from estimator.market.market import Override
from estimator.presentation import (
    assumptions,
    change_words,
    charts,
    estimate_words,
    figures,
    frame,
    live,
    models,
    phrases,
    pilot_words,
    reasons,
)
from estimator.presentation import trade as deals
from estimator.presentation.palette import Mode
from estimator.presentation.words import Words
from estimator.quoting import make, meanings, pictures, pilot, quote, tipping, trades, whatif
from estimator.quoting.changes import changes
from estimator.quoting.drivers import Target, drivers
from estimator.quoting.negotiation import MEANS, EqualTrade, NoTrade, base_of
from estimator.quoting.quote import Quote
from estimator.quoting.reach import reaching
from estimator.quoting.whatif import typed_override
from estimator.rules.rules import Rules
from estimator.screens import current, form, form_state, markup, panels, reading, session
from estimator.values.errors import Fault, QuotecastError
from estimator.values.typed import typed_range

TRADE = "trade"
CONFIDENCES = tuple(range(50, 100, 5))
RISK_PRICES = (0, 10, 20, 30, 50)
STEP = 50
HEIGHTS = {False: 340, True: 282}
"""Of the picture, backstage and before the prospect."""
WHY: Mapping[str, Target] = {"chance": "chance", "safe": "safe", "break_even": "break_even"}


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
        extras = st.session_state["extras"]
        rules = current.rules()
        held = whatif.parse(extras, rules.market)
        if held is None:
            for name in ("confidence", "trade", "overrides"):
                extras.pop(name, None)
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
        return make.make(
            self.brief,
            self.rules,
            scenario=self.scenario,
            confidence=self.confidence,
            trade=self.trade,
            overrides=self.overrides,
            ask=False,
        )


@st.fragment(key=form.ANSWER)
def answer(words: Words, chrome: models.Chrome, theme: Mode) -> None:
    """Draw the answer to the brief in the form, or what is wrong with it."""
    form_state.collect()
    brief = reading.read(current.rules()).brief
    asked = Asked.of(brief)
    with session.kept(brief):
        try:
            made = _once("quote", asked, asked.made)
        except QuotecastError as error:
            markup.put(markup.figures(figures.empty(words)), words)
            markup.put(
                markup.refused(chrome.refused, () if words.to_you else error.lines(words.language)), words
            )
            return
        _Answer(made, asked, words, chrome, theme).draw()


def quoted(brief: Brief) -> Quote | None:
    """The quote of the live page with what was agreed on it, None where nothing was or it has no price."""
    asked = Asked.of(brief)
    if asked.trade.empty:
        return None
    try:
        made: Quote = _once("quote", asked, asked.made)
    except QuotecastError:
        return None
    return made


def _once(name: str, asked: Asked, make: Callable[[], Any]) -> Any:
    """What is made once; the session keeps the last of each name, so a switch of language costs nothing."""
    kept: tuple[Asked, Any] | None = st.session_state.get(name)
    if kept is not None and kept[0] == asked:
        return kept[1]
    made = make()
    st.session_state[name] = (asked, made)
    return made


@st.fragment(key=TRADE)
def _trade(answer: _Answer, place: Any) -> None:
    """The trade and then, in its ``place``, the picture that shows it: the figures do not wait for it."""
    answer.trade_row()
    spec = answer.picture().spec
    if spec is not None:
        with place:
            st.vega_lite_chart(spec, theme=None, alt=answer.named, key="odds")


@dataclass(frozen=True, kw_only=True)
class _Traded:
    """The trade where the slider stands, None where it stands at the base agreed, and its words."""

    found: EqualTrade | NoTrade | None
    lines: tuple[str, ...]

    @property
    def deal(self) -> Deal | None:
        return self.found.deal if isinstance(self.found, EqualTrade) else None


@dataclass(frozen=True, kw_only=True)
class _Picture:
    """The signature figure, None where there is none, and what it says."""

    spec: dict[str, Any] | None
    said: str


class _Answer:
    """One drawing of the answer."""

    def __init__(self, made: Quote, asked: Asked, words: Words, chrome: models.Chrome, theme: Mode) -> None:
        self.made, self.asked, self.words, self.chrome, self.theme = made, asked, words, chrome, theme
        self.rules = made.rules.trade
        self.base = base_of(made.terms, self.rules)
        self.controls = frame.controls(words)
        self.named = ""
        self.at: tuple[Any, ...] = ()
        self.now = _Traded(found=None, lines=())
        self.drawn: _Picture | None = None
        self.takes: Any = None

    @property
    def extras(self) -> dict[str, Any]:
        found: dict[str, Any] = st.session_state["extras"]
        return found

    def draw(self) -> None:
        words, made = self.words, self.made
        shown = live.live(made, words)
        self.named = shown.odds_title
        with st.container(key="hero"):
            markup.put(markup.figures(shown.figures), words)
            for figure in shown.figures:
                self._opens(figure.id)
        markup.put(markup.spend(shown.spend_title, shown.segments), words)
        sides = st.container(key="sides", horizontal=True, gap="medium")
        with sides:
            left, right = st.container(key="left"), st.container(key="right")
        with left:
            self._picture_title(shown)
            place = st.container(key="picture")
        with right:
            markup.put(
                markup.price(shown.price_title, shown.price_lines, shown.price_more, self.chrome.more), words
            )
            if self._tradable():
                self._trade_title()
            _trade(self, place)
            asks = st.empty()
        with left:
            below = " ".join(filter(None, (shown.caption, shown.shared, shown.assumed)))
            markup.put(markup.caption(below) + markup.spoken(self.picture().said), words)
        self._foot(shown, self._since())
        with asks.container(key="later"):
            markup.put(self._later(shown), words)
        if self.takes is not None:
            self._taken(self.takes)

    # ── the picture ───────────────────────────────────────────────────────────────────────────────

    def _picture_title(self, shown: models.Live) -> None:
        words, scenarios = self.words, self.made.rules.scenarios
        with st.container(key="odds_title", horizontal=True, vertical_alignment="center"):
            markup.put(markup.section(shown.odds_title, ""), words)
            st.selectbox(
                self.chrome.scenario,
                tuple(scenarios),
                tuple(scenarios).index(self.made.scenario),
                format_func=lambda name: words.of(scenarios[name].label),
                key=form_state.key("scenario"),
                label_visibility="collapsed",
                filter_mode=None,
                width=200,
            )

    def picture(self) -> _Picture:
        """The signature figure, with the trade's lines where there is one; once for each place."""
        made, after = self.made, self.traded().deal
        if self.drawn is None:
            band, rival = _once("beside", self.asked, lambda: (pictures.band(made), pictures.rival(made)))
            traded = None if after is None else make.payoff_of(after, made.goals, made.rules.kpis)
            odds, said = live.picture(made, self.words, band=band, rival=rival, traded=traded)
            spec = None
            if odds is not None:
                drawn = charts.odds(odds, self.theme, HEIGHTS[self.words.to_you])
                spec = {**drawn.spec, "datasets": {"rows": drawn.rows}}
            self.drawn = _Picture(spec=spec, said=said)
        return self.drawn

    # ── what opens at the figures ─────────────────────────────────────────────────────────────────

    def _opens(self, figure: str) -> None:
        """What opens at a figure: its meanings, what it rests on, a paid test, the safe level's own box."""
        controls, signable = self.controls, self._signable()
        if figure not in WHY or (figure == "safe" and not signable):
            return
        with st.container(key=f"open_{figure}", horizontal=True, gap="small"):
            if figure == "chance" and self._roas():
                with self._popover("meanings", controls.meanings) as opened:
                    if opened:
                        table = reasons.meanings_table(self.made, meanings.meanings(self.made), self.words)
                        markup.put(panels.meanings(table), self.words)
            with self._popover(f"why_{figure}", self.chrome.why) as opened:
                if opened:
                    self._why(WHY[figure])
            if figure == "chance" and signable:
                with self._popover("pilot", controls.pilot) as opened:
                    if opened:
                        self._pilot()
            if figure == "safe":
                with self._popover("safe", f"{self.words.percent(self.asked.confidence)} ▾") as opened:
                    if opened:
                        self._safe()

    def _signable(self) -> bool:
        """Whether a level can be written down: the KPI has a probability and a definition."""
        first = self.made.goals[0] if self.made.goals else None
        return first is not None and first.probability is not None and not first.open_definition

    def _roas(self) -> bool:
        return bool(self.made.goals) and phrases.is_roas(self.made.goals[0])

    def _popover(self, name: str, label: str) -> AbstractContextManager[bool]:
        return panels.popover(label, f"pop_{name}", kind="tertiary")

    def _why(self, target: Target) -> None:
        words, made = self.words, self.made
        found = drivers(made, target, self.asked.confidence)
        title = deals.why_title(made, target, words)
        shown = reasons.driver_reasons(made, target, found, title, words)
        markup.put(panels.title(shown.title, shown.lead), words)
        turned = st.empty()
        rows = {driver.name: driver.row for driver in found}
        faults: dict[str, Fault] = st.session_state.setdefault("range_faults", {})
        for row in shown.rows:
            left, right = st.columns((1, 0.3), gap="small", vertical_alignment="center")
            with left:
                markup.put(panels.driver(row), words)
            with right:
                if row.field:
                    key = f"range_{row.field}_{len(self.extras.get('overrides', ()))}_{words.language}"
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
        self.extras["overrides"] = [o.model_dump_json() for o in (*kept, override)]

    def _market_again(self) -> None:
        self.extras.pop("overrides", None)
        st.session_state.pop("range_faults", None)

    def _safe(self) -> None:
        words, made = self.words, self.made
        share = st.select_slider(
            self.controls.confidence,
            CONFIDENCES,
            value=round(self.asked.confidence * 100),
            format_func=lambda percent: f"{percent}%",
            key="confidence",
            on_change=self._confident,
        )
        offers = trades.clause_offers(made, self._risk())
        counted = quote.dealt(made).counted
        shown = deals.safe_words(made, counted, share / 100, offers, words)
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
            with right:
                st.button(
                    row.button,
                    key=f"clause_{row.id}",
                    on_click=self._agree,
                    args=(offer.trade,),
                    width="stretch",
                )

    def _taken(self, place: Any) -> None:
        """What it takes to be as sure of what was asked, in its place at the safe level."""
        asked = replace(self.asked, trade=Trade())  # a trade moves no probability
        found = _once("reaching", asked, lambda: reaching(self.made, asked.confidence))
        if found is not None:
            said = deals.takes(found, self.made.currency, self.words)
            with place.container():
                markup.put(markup.heading(said.title) + panels.said(said.lines), self.words)

    def _pilot(self) -> None:
        """What a paid test would tell, and what it is worth."""
        try:
            found, history = pilot.pilot(self.made), pilot.records(self.made)
        except QuotecastError as error:
            markup.put(markup.refused(self.controls.pilot, error.lines(self.words.language)), self.words)
            return
        shown = pilot_words.pilot_view(self.made, found, history, self.words)
        markup.put(panels.pilot(shown), self.words)

    def _confident(self) -> None:
        self.extras["confidence"] = st.session_state["confidence"] / 100

    # ── price and trade ───────────────────────────────────────────────────────────────────────────

    def _risk(self) -> float:
        """What our risk is priced at; before the prospect the expected income alone is kept."""
        return 0.0 if self.words.to_you else float(self.extras.get("risk", 0)) / 100

    def _means(self) -> Any:
        means = self.extras.get("means", MEANS[0])
        return means if means in MEANS else MEANS[0]

    def _slid(self) -> Decimal | None:
        """Where the base slider stands; None where it stands at the agreed base, or there is none."""
        value = st.session_state.get(self._slider())
        return None if value is None or self.base is None or value >= self.base else Decimal(int(value))

    def _slider(self) -> str:
        return f"trade_base_{self.base}"

    def traded(self) -> _Traded:
        """The trade where the slider stands; worked out once for each place."""
        at = base, means, risk = self._slid(), self._means(), self._risk()
        if self.at != at:
            found = None if base is None else trades.equal(self.made, base, means, risk)
            rate = None
            if isinstance(found, EqualTrade):
                rate = deals.commission_rate(found.deal.terms, self.rules.commission, self.words)
            lines = deals.trade_words(self.made, found, self.words, rate).lines
            self.at, self.now, self.drawn = at, _Traded(found=found, lines=lines), None
        return self.now

    def _tradable(self) -> bool:
        return self.base is not None and self.base >= STEP

    def _trade_title(self) -> None:
        """What the trade is paid in, and what our risk is priced at."""
        words, controls = self.words, self.controls
        with st.container(key="trade_title", horizontal=True, vertical_alignment="center"):
            markup.put(markup.section(controls.trade, ""), words)
            self._listed(
                "means", controls.trade, MEANS, self._means(), lambda name: controls.means[name], 165
            )
            if not words.to_you:
                risk = int(self.extras.get("risk", 0))
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

    def trade_row(self) -> None:
        """The slider, what follows from where it stands, and the button that agrees to it."""
        if self.base is None or not self._tradable():
            return
        controls, shown = self.controls, self.traded()
        with st.container(key="trade", horizontal=True, vertical_alignment="center"):
            st.slider(
                controls.trade,
                0,
                int(self.base) // STEP * STEP,
                int(self.base) // STEP * STEP,
                STEP,
                format="localized",
                key=self._slider(),
                label_visibility="collapsed",
            )
            if isinstance(shown.found, EqualTrade):
                st.button(controls.apply, key="apply", on_click=self._agree, args=(shown.found.trade,))
            elif not self.made.trade.empty:
                st.button(controls.list_again, key="list_again", on_click=self._agree, args=(Trade(),))
            else:
                st.button(controls.apply, key="apply_idle", disabled=True)
            markup.put(panels.trade(shown.lines), self.words)

    def _choose(self, name: str, key: str) -> None:
        self.extras[name] = st.session_state[key]

    def _agree(self, trade: Trade) -> None:
        """Make a trade part of the offer."""
        self.extras["trade"] = trade.model_dump_json(exclude_defaults=True)
        st.rerun(form.ANSWER)

    # ── what follows later ────────────────────────────────────────────────────────────────────────

    def _later(self, shown: models.Live) -> str:
        parts = [panels.rules(shown.rules)]
        if len(shown.goals) > 1:
            parts.append(markup.goals(shown.goals_title, shown.goals))
        asks = live.asks(_once("questions", self.asked, lambda: make.asked(self.made)), self.words)
        if asks:
            audience: models.Audience = "presenter" if self.words.to_you else "internal"
            spots = {ask.fact: form_state.spot(ask.fact, audience) for ask in asks}
            parts.append(markup.asks(shown.asks_title, shown.asks_moves, asks, spots))
        parts.append(markup.guards(shown.guards, self.chrome.more))
        if self.words.to_you:
            parts.append(markup.caption(self.controls.disclaimer))
        return "".join(parts)

    def _foot(self, shown: models.Live, since: str) -> None:
        with st.container(key="foot", horizontal=True, vertical_alignment="center"):
            markup.put(markup.foot(since, shown.foot), self.words)
            st.button(self.controls.pin, key="pin", on_click=self._pin)
            markup.put(markup.copy(self.chrome.copy, self.chrome.copied), self.words)

    def _pin(self) -> None:
        asked = self.asked
        self.extras["pin"] = {
            "time": f"{dt.datetime.now():%H:%M}",
            "brief": asked.brief.model_dump_json(exclude_none=True),
            "scenario": asked.scenario,
            "trade": asked.trade.model_dump_json(exclude_defaults=True),
            "overrides": [override.model_dump_json() for override in asked.overrides],
        }

    def _since(self) -> str:
        """What moved since the pin; the first answer pins itself."""
        if "pin" not in self.extras:
            self._pin()
        pin = self.extras["pin"]
        try:
            pinned = Asked(
                rules=self.asked.rules,
                brief=briefs.parse(json.loads(pin["brief"])),
                scenario=pin["scenario"],
                confidence=self.asked.confidence,
                trade=Trade.model_validate_json(pin["trade"]),
                overrides=tuple(map(Override.model_validate_json, pin["overrides"])),
            )
            before = self.made if pinned == self.asked else _once("pinned", pinned, pinned.made)
            moved = changes(before, self.made)
        except (QuotecastError, ValueError):
            self._pin()
            return ""
        time = dt.time.fromisoformat(pin["time"])
        return change_words.since(moved, time, self.made, self.words)
