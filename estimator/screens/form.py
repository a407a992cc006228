"""The brief on the left: widgets to ``Brief`` and back.

Every answer is an id, and every amount the text as typed, kept in the session by field. A widget starts from
the answer kept and hands back what people change; it is never told a new value. Whatever changes answers from
outside (a cleared brief, an example, another language) draws new widgets under new keys. The popovers' fields
are always drawn: a browser that goes from one to the next in haste would find the next one empty. What cannot
be read keeps its text, is marked, and counts as unknown, which the answer says. A change that leaves the form
as it looks redraws the answer alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from estimator.brief.brief import HistoryMonth
from estimator.brief.kpis import Kpi
from estimator.presentation import frame, labels, models, phrases
from estimator.presentation.labels import FAMILIES, LABELS, READINGS, Family
from estimator.presentation.rate_line import rate_line
from estimator.presentation.words import Words
from estimator.screens import css, current, markup, past
from estimator.screens.fields import (
    GOALS,
    HIDDEN,
    MONTHS,
    MORE,
    MOST_TYPED,
    UNKNOWN,
)
from estimator.screens.form_state import chosen_platforms, collect, held, key, put
from estimator.screens.reading import Answers, read
from estimator.values.errors import Fault

FORM, ANSWER, ESTIMATE = "form", "answer", "estimate"
"""The fragments that a change of the form redraws."""
BY_LABEL: Literal["contains"] = "contains"
"""How lists take typing: by any part of a label in the language of the page."""
Cell = tuple[str, Callable[[], object]]
"""A field and what draws it."""
Layout = models.Audience | Literal["alone"]
"""How the form is laid out: backstage, before the prospect, or for a seller alone."""


def draw(words: Words, kpis: Mapping[str, Kpi], layout: Layout = "internal") -> None:
    """Draw the whole form, in the order in which a call goes.

    A browser that comes back to a new session still holds what was changed last: its widgets tell only once
    they are drawn, and the page is then run again with their answers.
    """
    collect()
    reading = read(current.rules())
    st.html(css.marks(map(key, reading.unknown), map(key, reading.faults)))
    form = _Form(words, reading, to_you=words.to_you)
    chrome = frame.chrome(words, reading.known, reading.asked)
    titles = (chrome.first_goal, chrome.second_goal, chrome.third_goal)
    if layout == "alone":
        _alone(form, kpis)
    elif layout == "presenter":
        main, more, goals, stores = st.tabs(
            (chrome.main_facts, chrome.more_facts, chrome.goals_tab, chrome.stores_tab)
        )
        with main:
            _main(form, kpis, wide=True)
        with more:
            _more(form)
            form.past()
        with goals:
            _goals(form, kpis, chrome)
        with stores:
            _stores(form)
    else:
        _main(form, kpis)
        with st.container(key="more", horizontal=True):
            with st.popover(chrome.more_facts, key="more_facts", width="stretch"):
                _more(form)
            with st.popover(chrome.stores, key="more_goals", width="stretch"):
                _goals(form, kpis, chrome)
                _stores(form)
        form.past()
    if layout != "alone":
        form.complain(*HIDDEN, goals=titles)
        st.html(markup.known(chrome.known, reading.known, reading.asked))
    for rate in reading.rates:
        markup.put(markup.note(rate_line(rate, words)), words)
    st.session_state["drawn"] = _look(reading)
    if collect():
        st.rerun()


@dataclass(frozen=True, kw_only=True)
class _Look:
    """All that the form shows besides the answers themselves, and whether there is an answer to it."""

    faults: Mapping[str, Fault]
    unknown: tuple[str, ...]
    known: int
    platforms: tuple[str, ...]
    families: tuple[str | None, ...]
    past: tuple[HistoryMonth, ...]
    renewed: Mapping[str, int]
    answered: bool


def _look(answers: Answers) -> _Look:
    return _Look(
        faults=answers.faults,
        unknown=answers.unknown,
        known=answers.known,
        platforms=tuple(held().get("platforms") or ()),
        families=tuple(held().get(f"goal{index}") for index in range(GOALS)),
        past=answers.brief.history,
        renewed=dict(st.session_state.get("renewed", {})),
        answered=answers.answered,
    )


def _changed() -> None:
    """An answer given: where the form looks as before, only the answer to it is drawn.

    Before the prospect the brief also stands above, as chips, so the whole page is.
    Fields that are gone call as well, with nothing new: they ask for no run of their own.
    """
    if collect():
        _redraw()


def _redraw() -> None:
    """Draw what follows from answers that were taken over."""
    state = st.session_state
    now, before = _look(read(current.rules())), state.get("drawn")
    alone = state["page"] == "estimate"
    if state["mode"] == "presenter" and not alone:
        st.rerun()
    drawn = alone or now.answered
    if drawn and now == before:
        st.rerun(ESTIMATE if alone else ANSWER)
    elif alone:
        st.rerun((FORM, ESTIMATE))
    elif before and now.answered and before.answered:
        st.rerun((FORM, ANSWER))
    else:
        st.rerun()


def _alone(form: _Form, kpis: Mapping[str, Kpi]) -> None:
    """What a seller alone knows: the product and the budget first; the goal and the rest may wait."""
    cells: tuple[Cell, ...] = (
        ("category", lambda: form.choice("category")),
        ("ad_budget", lambda: form.text("ad_budget")),
        ("price", lambda: form.text("price")),
        ("landed_cost", lambda: form.text("landed_cost")),
        ("goal0", lambda: form.family(0, kpis)),
        ("level0", lambda: form.level(0)),
        ("start", lambda: form.text("start")),
        ("contract_months", form.term),
        ("stage", lambda: form.choice("stage")),
        ("return_rate", lambda: form.text("return_rate")),
        ("size_class", lambda: form.choice("size_class")),
        ("fulfilment_cost", lambda: form.text("fulfilment_cost")),
    )
    with st.container(key="fields_alone", horizontal=True):
        form.rows(cells, 2)
    form.pills("platforms")
    form.segments("service_model")
    form.past()


def _main(form: _Form, kpis: Mapping[str, Kpi], wide: bool = False) -> None:
    """What a call asks first, two fields a row, or four where there is room."""
    form.pills("platforms")
    cells: tuple[Cell, ...] = (
        ("category", lambda: form.choice("category")),
        ("ad_budget", lambda: form.text("ad_budget")),
        ("goal0", lambda: form.family(0, kpis)),
        ("level0", lambda: form.level(0)),
        ("definition0", lambda: form.definition(0, form.chosen(0))),
        ("last0", lambda: form.month("last0", LABELS["months"], 3)),
        ("settlement", lambda: form.choice("settlement")),
        ("stage", lambda: form.choice("stage")),
        ("contract_months", form.term),
        ("status", form.status),
        ("price", lambda: form.text("price")),
        ("landed_cost", lambda: form.text("landed_cost")),
    )
    a_row, before_model = (4, 8) if wide else (2, 6)
    with st.container(key="fields_wide" if wide else "fields", horizontal=True):
        form.rows(cells[:before_model], a_row)
        form.segments("service_model")
        form.rows(cells[before_model:], a_row)


def _more(form: _Form) -> None:
    facts = form.words.vocabulary.by_id
    fields = [field for field in MORE if not (form.to_you and facts[field].asked == "us")]
    for start in range(0, len(fields), 4):
        for field, column in zip(fields[start : start + 4], st.columns(4, gap="small")):
            with column:
                if form.options(field):
                    form.choice(field)
                else:
                    form.text(field)
    form.pills("add_ons")


def _goals(form: _Form, kpis: Mapping[str, Kpi], chrome: models.Chrome) -> None:
    st.html(markup.heading(chrome.first_goal))
    left, right, _, _ = st.columns(4, gap="small")
    with left:
        form.month("first0", LABELS["from_month"], 1)
    with right:
        form.reading(0)
    for index, title in ((1, chrome.second_goal), (2, chrome.third_goal)):
        st.html(markup.heading(title))
        columns = st.columns((1.3, 0.8, 1.25, 0.7, 0.7, 1.6), gap="small")
        with columns[0]:
            family = form.family(index, kpis, none=chrome.no_goal)
        if family is None:
            continue
        with columns[1]:
            form.level(index)
        with columns[2]:
            form.definition(index, family)
        with columns[3]:
            form.month(f"first{index}", LABELS["from_month"], 1)
        with columns[4]:
            form.month(f"last{index}", LABELS["to_month"], 3)
        with columns[5]:
            form.reading(index)


def _stores(form: _Form) -> None:
    for platform in form.platforms:
        name, *facts = st.columns(4, gap="small", vertical_alignment="bottom")
        with name:
            st.html(markup.heading(form.answer("platforms", platform)))
        for fact, column in zip(form.words.vocabulary.of_stores, facts):
            if not (fact == "status" and platform == form.platforms[0]):
                with column:
                    form.store(platform, fact)


class _Form:
    """The widgets of one drawing: each knows its label, its answers and whether it is at fault."""

    def __init__(self, words: Words, answers: Answers, *, to_you: bool = False) -> None:
        self.words, self.answers, self.to_you = words, answers, to_you
        self.platforms: tuple[str, ...] = chosen_platforms(words.vocabulary)

    def label(self, field: str) -> str:
        return labels.field_label(self.words, field, self.answers.brief.currency, to_you=self.to_you)

    def select(self, field: str, label: str, options: tuple[Any, ...], name: Callable[[Any], str]) -> None:
        chosen = held().setdefault(field, options[0])
        if chosen not in options:
            put(field, options[0])
        index = options.index(held()[field])
        st.selectbox(
            label, options, index, format_func=name, key=key(field), filter_mode=BY_LABEL, on_change=_changed
        )

    def options(self, field: str) -> tuple[str, ...]:
        """The words that may be answered, in order; none where the answer is typed."""
        vocabulary = self.words.vocabulary
        return tuple(labels.YES_NO) if vocabulary.by_id[field].kind == "yes_no" else vocabulary.ids(field)

    def choice(self, field: str) -> None:
        options = (UNKNOWN, *self.options(field))
        self.select(field, self.label(field), options, lambda o: self.answer(field, o))

    def answer(self, field: str, option: str) -> str:
        given = None if option == UNKNOWN else option
        return labels.answer(self.words, field, given, to_you=self.to_you)

    def pills(self, field: str) -> None:
        options = self.options(field)
        chosen = held().setdefault(field, [])
        if any(option not in options for option in chosen):
            put(field, [option for option in chosen if option in options])
        st.pills(
            self.label(field),
            options,
            selection_mode="multi",
            default=held()[field],
            format_func=lambda o: self.answer(field, o),
            key=key(field),
            on_change=_changed,
        )

    def segments(self, field: str) -> None:
        options = (*self.options(field), UNKNOWN)
        if held().setdefault(field, UNKNOWN) not in options:
            put(field, UNKNOWN)
        st.segmented_control(
            self.label(field),
            options,
            default=held()[field],
            format_func=lambda o: self.answer(field, o),
            key=key(field),
            required=True,
            width="stretch",
            on_change=_changed,
        )

    def text(self, field: str, label: str = "") -> None:
        st.text_input(
            label or self.label(field),
            value=held().setdefault(field, ""),
            key=key(field),
            placeholder=self.words.say(labels.UNKNOWN),
            max_chars=MOST_TYPED,
            on_change=_changed,
        )

    def term(self) -> None:
        chosen = held().get("contract_months")
        extra = (chosen,) if isinstance(chosen, int) and chosen not in MONTHS else ()
        options = (UNKNOWN, *sorted((*MONTHS, *extra)))
        self.select("contract_months", self.label("contract_months"), options, self._months)

    def month(self, field: str, label: str, usual: int) -> None:
        chosen = held().setdefault(field, usual)
        options = tuple(sorted({*MONTHS, chosen}))
        name = self._months if label == LABELS["months"] else str
        self.select(field, self.words.say(label), options, name)

    def _months(self, count: Any) -> str:
        return self.words.say(labels.UNKNOWN) if count == UNKNOWN else phrases.months(count, self.words)

    def family(self, index: int, kpis: Mapping[str, Kpi], none: str | None = None) -> Family | None:
        listed = tuple(family.id for family in FAMILIES)
        names = {
            f.id: f"{self.words.say(f.name)} {'≥' if kpis[f.kpis[0][0]].better == 'higher' else '≤'}"
            for f in FAMILIES
        }
        options = listed if none is None else (UNKNOWN, *listed)
        self.select(f"goal{index}", self.label("goal"), options, lambda o: names.get(o, none or ""))
        return self.chosen(index)

    def chosen(self, index: int) -> Family | None:
        """The KPI's family that a goal now names."""
        return next((family for family in FAMILIES if family.id == held()[f"goal{index}"]), None)

    def definition(self, index: int, family: Family | None) -> None:
        assert family is not None
        names = dict(family.kpis)
        options = (UNKNOWN, *names) if family.open else tuple(names)
        self.select(
            f"definition{index}",
            self.label("definition"),
            options,
            lambda o: self.words.say(names.get(o, labels.UNKNOWN)),
        )

    def level(self, index: int) -> None:
        self.text(f"level{index}", self.label("level"))

    def reading(self, index: int) -> None:
        options = tuple(READINGS)
        self.select(f"reading{index}", self.label("reading"), options, lambda o: self.answer("reading", o))

    def past(self) -> None:
        """The box of past months, behind its own button."""
        past.box(self.answers.brief, _changed, _redraw, self.words)

    def status(self) -> None:
        if self.platforms:
            self.store(self.platforms[0], "status")
        else:
            self.select("status", self.label("status"), (UNKNOWN,), lambda o: self.answer("status", o))

    def store(self, platform: str, fact: str) -> None:
        options = (UNKNOWN, *self.options(fact))
        self.select(f"{platform}_{fact}", self.label(fact), options, lambda o: self.answer(fact, o))

    def rows(self, cells: tuple[Cell, ...], a_row: int) -> None:
        """Fields one by one, which the style sheet sets ``a_row`` to a row; after each row its faults."""
        for start in range(0, len(cells), a_row):
            row = cells[start : start + a_row]
            for _, draw_cell in row:
                draw_cell()
            self.complain(*(field for field, _ in row))

    def complain(self, *fields: str, goals: tuple[str, ...] = ()) -> None:
        """The faults of these fields; with ``goals``, the goals' names, each after its field's label."""
        for field in fields:
            if field in self.answers.faults:
                said = phrases.fault(self.answers.faults[field], None, self.words)
                if goals:
                    said = phrases.labelled(self.named(field, goals), said, self.words)
                st.html(markup.fault(said))

    def named(self, field: str, goals: tuple[str, ...]) -> str:
        """A field's label; that of a goal's fields after the goal's name."""
        label = self.label({"first": "from_month", "last": "to_month"}.get(field[:-1], field.rstrip("012")))
        return f"{goals[int(field[-1])]} · {label}" if field[-1].isdigit() else label
