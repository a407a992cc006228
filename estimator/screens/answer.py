"""The answer: figures, picture, price and foot of the brief that the form now holds.

One fragment, so that it is redrawn and the form left alone, by its own controls and by the form's. The trade
is a fragment in it, which redraws its sentence and the picture only. What is asked for most is drawn first: a
browser shows the figures while the picture is worked out, and the open questions, which take long, come last.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import streamlit as st

from estimator.brief import brief as briefs
from estimator.brief.brief import Brief
from estimator.contract.trade import Trade
from estimator.market.market import Override
from estimator.presentation import (
    change_words,
    charts,
    document_words,
    figures,
    frame,
    live,
    models,
)
from estimator.presentation.palette import Mode
from estimator.presentation.told import marked, unread_said
from estimator.presentation.words import Words
from estimator.quoting import make, pictures
from estimator.quoting.changes import changes
from estimator.quoting.quote import Quote
from estimator.quoting.shown import Shown
from estimator.screens import agreed, current, form_state, markup, panels, reading, session, undo
from estimator.screens.asked import Asked, extras, once
from estimator.screens.popovers import Popovers
from estimator.screens.redraw import ANSWER, redraw_answer
from estimator.screens.told import above, goals
from estimator.screens.trade import Traded, TradeSlider
from estimator.values.errors import QuotecastError

TRADE = "trade"
HEIGHTS = {False: 340, True: 282}
"""Of the picture, backstage and before the prospect."""


@st.fragment(key=ANSWER)
def answer(words: Words, chrome: models.Chrome, theme: Mode) -> None:
    """Draw the answer to the brief in the form, or what is wrong with it."""
    form_state.collect()
    answers = reading.read(current.rules())
    brief = answers.brief
    asked = Asked.of(brief)
    with undo.noted(), session.kept(brief):
        try:
            made = once("quote", asked, asked.made)
        except QuotecastError as error:
            markup.put(markup.figures(figures.empty(words)), words)
            markup.put(
                markup.refused(chrome.refused, () if words.to_you else error.lines(words.language)), words
            )
            return
        _Answer(made, asked, answers, words, chrome, theme).draw()


def quoted(brief: Brief) -> Quote | None:
    """The quote of the live page with what was agreed on it, None where nothing was or it has no price."""
    asked = Asked.of(brief)
    if asked.trade.empty:
        return None
    try:
        made: Quote = once("quote", asked, asked.made)
    except QuotecastError:
        return None
    return made


@st.fragment(key=TRADE)
def _trade(answer: _Answer, place: Any) -> None:
    """The trade and then, in its ``place``, the picture that shows it: the figures do not wait for it."""
    answer.trade.row()
    spec = answer.picture().spec
    if spec is not None:
        with place:
            st.vega_lite_chart(spec, theme=None, alt=answer.named, key="odds")


@dataclass(frozen=True, kw_only=True)
class _Picture:
    """The signature figure, None where there is none, and what it says."""

    spec: dict[str, Any] | None
    said: str


class _Answer:
    """One drawing of the answer."""

    def __init__(
        self,
        made: Quote,
        asked: Asked,
        answers: reading.Answers,
        words: Words,
        chrome: models.Chrome,
        theme: Mode,
    ) -> None:
        self.made, self.asked, self.words, self.chrome, self.theme = made, asked, words, chrome, theme
        self.answers = answers
        self.controls = frame.controls(words)
        self.trade = TradeSlider(made, words, self.controls)
        self.popovers = Popovers(made, asked, words, chrome, self.controls, self.trade)
        self.named = ""
        self.drawn: tuple[Traded, _Picture] | None = None
        self.causes: tuple[str, ...] = ()

    def draw(self) -> None:
        """Draw all of it, what is asked for most first."""
        words, made = self.words, self.made
        before, now = Shown.read(st.session_state.get("received")), Shown.of(made)
        if before is not None and before.differs(now):
            markup.put(markup.caption(change_words.received(before, now, made.currency, words)), words)
        extras()["shown"] = now.kept()
        shown = live.live(made, words)
        self.named = shown.odds_title
        above(self.answers, words)
        with st.container(key="hero"):
            figures = marked(shown.figures, self.answers.unread, goals(words), words)
            markup.put(markup.figures(figures), words)
            for figure in shown.figures:
                self.popovers.open_at(figure.id)
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
            agreed.box(made, self.asked, self.trade, words)
            if self.trade.tradable():
                self.trade.title()
            _trade(self, place)
            asks = st.empty()
        with left:
            below = " ".join(filter(None, (shown.caption, shown.shared, shown.assumed)))
            markup.put(markup.caption(below) + markup.spoken(self.picture().said), words)
        self._foot(shown, self._since())
        with asks.container(key="later"):
            markup.put(self._later(shown), words)
        self.popovers.later()

    # ── the picture ───────────────────────────────────────────────────────────────────────────────

    def _picture_title(self, shown: models.Live) -> None:
        """The picture's title, and the scenario it is drawn under."""
        words, scenarios = self.words, self.made.rules.scenarios
        with st.container(key="odds_title", horizontal=True, vertical_alignment="center"):
            markup.put(markup.section(shown.odds_title, ""), words)
            st.selectbox(
                self.chrome.scenario,
                tuple(scenarios),
                tuple(scenarios).index(self.made.scenario),
                format_func=lambda name: words.of(scenarios[name].label),
                key=form_state.key("scenario"),
                on_change=redraw_answer,
                label_visibility="collapsed",
                filter_mode=None,
                width=200,
            )

    def picture(self) -> _Picture:
        """The signature figure, with the trade's lines where there is one; once for each place."""
        made, traded = self.made, self.trade.traded()
        if self.drawn is None or self.drawn[0] is not traded:
            band, rival = once("beside", self.asked, lambda: (pictures.band(made), pictures.rival(made)))
            after = None if traded.deal is None else make.payoff_of(traded.deal, made.goals, made.rules.kpis)
            odds, said = live.picture(made, self.words, band=band, rival=rival, traded=after)
            spec = None
            if odds is not None:
                drawn = charts.odds(odds, self.theme, HEIGHTS[self.words.to_you])
                spec = {**drawn.spec, "datasets": {"rows": drawn.rows}}
            self.drawn = traded, _Picture(spec=spec, said=said)
        return self.drawn[1]

    # ── what follows later ────────────────────────────────────────────────────────────────────────

    def _later(self, shown: models.Live) -> str:
        """Rules, goals, open questions and guards, as HTML: what may come after the figures."""
        parts = [panels.rules(shown.rules)]
        if len(shown.goals) > 1:
            parts.append(markup.goals(shown.goals_title, shown.goals))
        asks = live.asks(once("questions", self.asked, lambda: make.with_open_facts(self.made)), self.words)
        if asks:
            audience: models.Audience = "presenter" if self.words.to_you else "internal"
            spots = {ask.fact: form_state.spot(ask.fact, audience) for ask in asks}
            parts.append(markup.asks(shown.asks_title, shown.asks_moves, asks, spots))
        parts.append(markup.guards(shown.guards, self.chrome.more, self.chrome.details))
        if self.words.to_you and not shown.guards:
            parts.append(markup.caption(self.controls.disclaimer))
        return "".join(parts)

    def _foot(self, shown: models.Live, since: str) -> None:
        """What moved since the pin, what the answer rests on, and the buttons beside it."""
        with st.container(key="foot", horizontal=True, vertical_alignment="center"):
            markup.put(markup.foot(since, shown.foot, self.causes, self.chrome.more), self.words)
            self._document()
            st.button(self.controls.pin, key="pin", on_click=self._pin)
            markup.put(markup.copy(self.chrome.copy, self.chrome.copied), self.words)

    def _document(self) -> None:
        """The quote as a document, in a popover."""
        named = document_words.document_words(self.words)
        with panels.popover(named.button, "pop_document", kind="tertiary") as opened:
            unread = unread_said(self.answers.unread, goals(self.words), self.words)
            if opened and unread:
                markup.put(markup.refused(named.unread, (unread,)), self.words)
            elif opened:
                # typesetting and the book are loaded by whoever opens it first
                from estimator.screens import document

                document.form(self.made, self.asked, self.words, named)

    def _pin(self) -> None:
        """Keep what is asked now, to tell later what moved since."""
        asked = self.asked
        extras()["pin"] = {
            "at": dt.datetime.now(dt.UTC).isoformat(),
            "brief": asked.brief.model_dump_json(exclude_none=True),
            "scenario": asked.scenario,
            "trade": asked.trade.model_dump_json(exclude_defaults=True),
            "overrides": [override.model_dump_json() for override in asked.overrides],
            "shown": Shown.of(self.made).kept(),
        }

    def _since(self) -> str:
        """What moved since the pin; the first answer pins itself."""
        if "pin" not in extras():
            self._pin()
        pin = extras()["pin"]
        try:
            pinned = Asked(
                rules=self.asked.rules,
                brief=briefs.parse(json.loads(pin["brief"])),
                scenario=pin["scenario"],
                confidence=self.asked.confidence,
                trade=Trade.model_validate_json(pin["trade"]),
                overrides=tuple(map(Override.model_validate_json, pin["overrides"])),
            )
            before = self.made if pinned == self.asked else once("pinned", pinned, pinned.made)
            moved = changes(before, self.made)
        except (QuotecastError, ValueError):
            self._pin()
            return ""
        at = dt.datetime.fromisoformat(pin["at"]).astimezone(current.zone())
        today = dt.datetime.now(current.zone()).date()
        since = change_words.since(moved, at, today, self.made, self.words)
        self.causes = change_words.causes(moved, self.made, self.words)
        kept, now = Shown.read(pin.get("shown")), Shown.of(before)
        if kept is None or not kept.differs(now):
            return since
        # what was pinned keeps the figures it had: the day, the prices or the market have changed meanwhile
        return f"{change_words.received(kept, now, self.made.currency, self.words)} {since}"
