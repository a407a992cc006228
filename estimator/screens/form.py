"""The brief on the left: widgets to ``Brief`` and back.

Every answer is an id, and every amount the text as typed, kept in the session by field. A widget starts from
the answer kept and hands back what people change; it is never told a new value. Whatever changes answers from
outside (a cleared brief, an example, another language) draws new widgets under new keys. The popovers' fields
are always drawn: a browser that goes from one to the next in haste would find the next one empty. What cannot
be read keeps its text, is marked, and leaves the last valid value in use. A change that leaves the form as it
looks redraws the answer alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Literal

import streamlit as st

from estimator.brief import brief as briefs
from estimator.brief.brief import CATEGORIES, PLATFORMS, Brief, Store
from estimator.brief.kpis import Kpi
from estimator.presentation import frame, labels, models, phrases
from estimator.presentation.labels import ANSWERS, FAMILIES, LABELS, Family, family_of
from estimator.presentation.words import Words
from estimator.screens import css, current, markup
from estimator.values.errors import Fault, QuotecastError
from estimator.values.money import MOST, plain
from estimator.values.typed import (
    bare,
    typed_amount,
    typed_count,
    typed_month,
    typed_multiple,
    typed_part,
    typed_share,
)

UNKNOWN = "unknown"
USUAL = "expected"
"""The scenario where nobody chose one."""
GOALS = 3
MONTHS = (*range(1, 13), 18, 24, 36)
STORE_FACTS = ("kind", "status", "fulfilment")
CHOICES = (
    "category",
    "service_model",
    "settlement",
    "stage",
    "seller_team",
    "filming",
    "team_level",
    "ads_paid",
    "creators_paid",
    "data_tooling",
    "asks_guarantee",
)
AMOUNTS = ("ad_budget", "price", "landed_cost", "current_gmv", "expected_gmv", "recent_ad_spend")
COUNTS = (
    "sku_count",
    "creators_active",
    "own_videos",
    "creators_contacted",
    "live_hours",
    "us_staff",
    "project_hours",
)
MORE = (
    "current_gmv",
    "expected_gmv",
    "recent_ad_spend",
    "return_rate",
    "sku_count",
    "start",
    "filming",
    "seller_team",
    "team_level",
    "us_staff",
    "own_videos",
    "creators_contacted",
    "creators_active",
    "live_hours",
    "ads_paid",
    "creators_paid",
    "data_tooling",
    "project_hours",
    "asks_guarantee",
    "shop_rating",
)
NOTED = frozenset(("asks_guarantee",))
"""What is noted about a prospect, and not asked where the prospect reads along."""
MONTHLY = frozenset(("ad_budget", "current_gmv", "expected_gmv", "recent_ad_spend"))
MOST_MONTHLY = Decimal(10**9)
MOST_MULTIPLE = Decimal(10_000)
"""The highest multiple that is asked for: what lies beyond is an amount typed for another goal."""
MOST_TYPED = 200
"""Characters a field takes; what is wrong with long ones is said, not cut off."""
HIDDEN = (*MORE, "first0", *(f"{part}{i}" for i in range(1, GOALS) for part in ("level", "first", "last")))
"""Fields inside the popovers: their faults are told outside, with the field's name."""
PAIR = ("price", "landed_cost")
FIELD_OF_CODE = {"unknown_month": "start"}
CLEARED = (
    "answers",
    "renewed",
    "edited",
    "accepted",
    "base",
    "opened",
    "extras",
    "quote",
    "bad_link",
)
SPOTS = {
    "account_status": "status",
    "store_kinds": "kind",
    "platform_count": "platforms",
    "store_count": "platforms",
    "kpi_difficulty": "goal0",
    "definition": "definition0",
    "level": "level0",
}
"""Facts of the rules that the form asks in another field."""
FORM, ANSWER, ESTIMATE = "form", "answer", "estimate"
"""The fragments that a change of the form redraws."""
Cell = tuple[str, Callable[[], object]]
"""A field and what draws it."""
Layout = models.Audience | Literal["alone"]
"""How the form is laid out: backstage, before the prospect, or for a seller alone."""
_KEY = re.compile(r"f_(?P<field>\w+?)_g\d+(?:r\d+)?")


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the form holds: the brief in use, the faults by field, and the fields left unknown."""

    brief: Brief
    faults: Mapping[str, tuple[Fault, str | None]]
    unknown: tuple[str, ...]
    known: int
    asked: int


def key(field: str) -> str:
    """The session's key of a field's widget: ``f_price_g2``, a new one whenever its answer is set anew."""
    state = st.session_state
    again = state.get("renewed", {}).get(field, 0)
    return f"f_{field}_g{state.get('generation', 0)}" + (f"r{again}" if again else "")


def scenario() -> str:
    """The scenario that the session looks at."""
    chosen: str = held().get("scenario", USUAL)
    return chosen


def held() -> dict[str, Any]:
    """The answers of this session by field."""
    kept: dict[str, Any] = st.session_state.setdefault("answers", {})
    return kept


def put(field: str, value: Any) -> None:
    """Set an answer, and have its widget drawn anew."""
    held()[field] = value
    renewed = st.session_state.setdefault("renewed", {})
    renewed[field] = renewed.get(field, 0) + 1


def collect() -> bool:
    """Take over what people changed in the widgets now drawn, if anything; another goal has no level yet."""
    kept = held()
    changed = False
    edited: list[str] = st.session_state.setdefault("edited", [])
    for name in map(str, tuple(st.session_state)):
        found = _KEY.fullmatch(name)
        if found is None or key(found["field"]) != name:
            continue
        field, value = found["field"], st.session_state[name]
        if kept.get(field) == value:
            continue
        kept[field] = value
        changed = True
        edited[:] = [*(other for other in edited if other != field), field]
        if re.fullmatch(r"goal\d", field):
            index = field[-1]
            put(f"level{index}", "")
            kept.pop(f"definition{index}", None)
            put(f"definition{index}", UNKNOWN)
    return changed


def spot(fact: str, audience: models.Audience) -> tuple[str, str]:
    """The field that answers ``fact``, and what opens on it: a popover's key, a tab's number in it, or both.

    Both are empty where no field answers it.
    """
    name = fact.rsplit(".", 1)[-1]
    field, tab = SPOTS.get(name, name), 0
    if field in (*MORE, "add_ons"):
        tab = 1
    elif field in STORE_FACTS:
        tab = 0 if field == "status" else 3
        first = next((p for p in PLATFORMS if p in (held().get("platforms") or ())), None)
        field = f"{first}_{field}" if first else "platforms"
    if field not in held():
        return "", ""
    if audience == "presenter":
        return field, f"change {tab}"
    return field, ("", "more_facts", "more_goals", "more_goals")[tab]


def last_edited(*fields: str) -> str:
    """Of these fields the one changed last; the last of them when none was."""
    edited: list[str] = st.session_state.get("edited", [])
    return max(
        fields, key=lambda field: edited.index(field) if field in edited else -1 - (field != fields[-1])
    )


def refresh() -> None:
    """Draw every widget anew from the answers kept, as another language needs."""
    collect()
    st.session_state["generation"] = st.session_state.get("generation", 0) + 1


def clear() -> None:
    """An empty brief, in the usual scenario."""
    refresh()
    for name in CLEARED:
        st.session_state.pop(name, None)


def fill(brief: Brief, kpis: Mapping[str, Kpi], opened: str | None = None) -> None:
    """The form showing ``brief``; what the form does not ask stays in the session as its base."""
    clear()
    st.session_state["base"] = brief
    st.session_state["opened"] = opened
    state = held()
    state["platforms"] = list(brief.platforms)
    for field in CHOICES:
        value = getattr(brief, field)
        if isinstance(value, bool):
            value = "yes" if value else "no"
        state[field] = UNKNOWN if value is None else value
    state["contract_months"] = brief.contract_months or UNKNOWN
    state["add_ons"] = sorted(brief.add_ons or ())
    for field in (*AMOUNTS, *COUNTS, "shop_rating"):
        value = getattr(brief, field)
        state[field] = "" if value is None else plain(Decimal(value))
    state["return_rate"] = "" if brief.return_rate is None else f"{plain(brief.return_rate * 100)}%"
    state["start"] = brief.start or ""
    for store in reversed(brief.stores):
        for fact in STORE_FACTS:
            state[f"{store.platform}_{fact}"] = getattr(store, fact) or UNKNOWN
    for index, goal in enumerate(brief.goals[:GOALS]):
        family = family_of(goal.kpi)
        if family is None:
            continue
        level = goal.at_least if goal.at_least is not None else goal.at_most
        assert level is not None
        share = kpis[goal.kpi].unit == "share" if goal.kpi in kpis else False
        state[f"goal{index}"] = family.id
        state[f"definition{index}"] = UNKNOWN if goal.kpi == family.id and family.open else goal.kpi
        state[f"level{index}"] = f"{plain(level * 100)}%" if share else plain(level)
        state[f"first{index}"], state[f"last{index}"] = goal.months
        state[f"reading{index}"] = goal.reading


# ── drawing ───────────────────────────────────────────────────────────────────────────────────────


def draw(words: Words, kpis: Mapping[str, Kpi], layout: Layout = "internal") -> None:
    """Draw the whole form, in the order in which a call goes.

    A browser that comes back to a new session still holds what was changed last: its widgets tell only once
    they are drawn, and the page is then run again with their answers.
    """
    collect()
    found = read(kpis)
    st.html(css.marks(map(key, found.unknown), map(key, found.faults)))
    form = _Form(words, found, to_you=words.to_you)
    chrome = frame.chrome(words, found.known, found.asked)
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
    if layout != "alone":
        form.complain(*HIDDEN, goals=titles)
        st.html(markup.known(chrome.known, found.known, found.asked))
    st.session_state["drawn"] = _look(found)
    if collect():
        st.rerun()


@dataclass(frozen=True, kw_only=True)
class _Look:
    """All that the form shows besides the answers themselves, and whether there is an answer to it."""

    faults: Mapping[str, tuple[Fault, str | None]]
    unknown: tuple[str, ...]
    known: int
    platforms: tuple[str, ...]
    families: tuple[str | None, ...]
    renewed: Mapping[str, int]
    answered: bool


def _look(found: Answers) -> _Look:
    return _Look(
        faults=found.faults,
        unknown=found.unknown,
        known=found.known,
        platforms=tuple(held().get("platforms") or ()),
        families=tuple(held().get(f"goal{index}") for index in range(GOALS)),
        renewed=dict(st.session_state.get("renewed", {})),
        answered=bool(found.brief.stores and found.brief.goals),
    )


def _changed() -> None:
    """An answer given: where the form looks as before, only the answer to it is drawn.

    Before the prospect the brief also stands above, as chips, so the whole page is.
    Fields that are gone call as well, with nothing new: they ask for no run of their own.
    """
    if not collect():
        return
    state = st.session_state
    now, before = _look(read(current.rules().kpis)), state.get("drawn")
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
        ("category", lambda: form.choice("category", CATEGORIES)),
        ("ad_budget", lambda: form.text("ad_budget")),
        ("price", lambda: form.text("price")),
        ("landed_cost", lambda: form.text("landed_cost")),
        ("goal0", lambda: form.family(0, kpis)),
        ("level0", lambda: form.level(0)),
        ("start", lambda: form.text("start")),
        ("contract_months", form.term),
        ("stage", lambda: form.choice("stage")),
        ("return_rate", lambda: form.text("return_rate")),
    )
    with st.container(key="fields_alone", horizontal=True):
        form.rows(cells, 2)
    form.pills("platforms", PLATFORMS)
    form.segments("service_model")


def _main(form: _Form, kpis: Mapping[str, Kpi], wide: bool = False) -> None:
    """What a call asks first, two fields a row, or four where there is room."""
    form.pills("platforms", PLATFORMS)
    cells: tuple[Cell, ...] = (
        ("category", lambda: form.choice("category", CATEGORIES)),
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
    fields = [field for field in MORE if not (form.to_you and field in NOTED)]
    for start in range(0, len(fields), 4):
        for field, column in zip(fields[start : start + 4], st.columns(4, gap="small")):
            with column:
                if field in ANSWERS:
                    form.choice(field)
                else:
                    form.text(field)
    form.pills("add_ons", tuple(ANSWERS["add_ons"]))


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
            st.html(markup.heading(form.words.say(ANSWERS["platform"][platform])))
        for fact, column in zip(STORE_FACTS, facts):
            if not (fact == "status" and platform == form.platforms[0]):
                with column:
                    form.store(platform, fact)


class _Form:
    """The widgets of one drawing: each knows its label, its answers and whether it is at fault."""

    def __init__(self, words: Words, found: Answers, *, to_you: bool = False) -> None:
        self.words, self.found, self.to_you = words, found, to_you
        self.platforms: tuple[str, ...] = tuple(p for p in PLATFORMS if p in (held().get("platforms") or ()))

    def label(self, field: str) -> str:
        return labels.field_label(self.words, field, self.found.brief.currency, to_you=self.to_you)

    def select(self, field: str, label: str, options: tuple[Any, ...], name: Callable[[Any], str]) -> None:
        chosen = held().setdefault(field, options[0])
        if chosen not in options:
            put(field, options[0])
        index = options.index(held()[field])
        st.selectbox(
            label, options, index, format_func=name, key=key(field), filter_mode=None, on_change=_changed
        )

    def choice(self, field: str, options: tuple[str, ...] = ()) -> None:
        listed = options or tuple(ANSWERS[field])
        self.select(field, self.label(field), (UNKNOWN, *listed), lambda o: self.answer(field, o))

    def answer(self, field: str, option: str) -> str:
        given = None if option == UNKNOWN else option
        return labels.answer(self.words, field, given, to_you=self.to_you)

    def pills(self, field: str, options: tuple[str, ...]) -> None:
        named = "platform" if field == "platforms" else field
        chosen = held().setdefault(field, [])
        if any(option not in options for option in chosen):
            put(field, [option for option in chosen if option in options])
        st.pills(
            self.label(field),
            options,
            selection_mode="multi",
            default=held()[field],
            format_func=lambda o: self.answer(named, o),
            key=key(field),
            on_change=_changed,
        )

    def segments(self, field: str) -> None:
        options = (*ANSWERS[field], UNKNOWN)
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
        options = tuple(ANSWERS["reading"])
        self.select(f"reading{index}", self.label("reading"), options, lambda o: self.answer("reading", o))

    def status(self) -> None:
        if self.platforms:
            self.store(self.platforms[0], "status")
        else:
            self.select("status", self.label("status"), (UNKNOWN,), lambda o: self.answer("status", o))

    def store(self, platform: str, fact: str) -> None:
        options = (UNKNOWN, *ANSWERS[fact])
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
            if field in self.found.faults:
                fault, kept = self.found.faults[field]
                said = phrases.fault(fault, kept, self.words)
                if goals:
                    said = phrases.labelled(self.named(field, goals), said, self.words)
                st.html(markup.fault(said))

    def named(self, field: str, goals: tuple[str, ...]) -> str:
        """A field's label; that of a goal's fields after the goal's name."""
        label = self.label({"first": "from_month", "last": "to_month"}.get(field[:-1], field.rstrip("012")))
        return f"{goals[int(field[-1])]} · {label}" if field[-1].isdigit() else label


# ── reading ───────────────────────────────────────────────────────────────────────────────────────


def read(kpis: Mapping[str, Kpi]) -> Answers:
    """The brief the session's answers make, with the last valid value wherever one is at fault."""
    reader = _Reader(kpis)
    content = reader.content()
    for _ in range(len(content)):
        try:
            brief = briefs.parse(content)
            break
        except QuotecastError as error:
            for fault in error.faults:
                reader.reject(fault, content)
    else:
        brief = Brief()
    st.session_state["accepted"] = reader.keep
    return Answers(
        brief=brief,
        faults=reader.faults,
        unknown=reader.unknown,
        known=reader.known,
        asked=reader.asked,
    )


class _Reader:
    """One reading of the session: faults by field, last valid values, and how many facts are known.

    The last valid value of a goal's level is that of its KPI, never of the one asked before.
    """

    def __init__(self, kpis: Mapping[str, Kpi]) -> None:
        self.kpis = kpis
        self.base: Brief = st.session_state.get("base") or Brief()
        self.accepted: dict[str, tuple[Any, str]] = st.session_state.get("accepted", {})
        self.keep: dict[str, tuple[Any, str]] = {}
        self.goals: list[tuple[int, str]] = []
        self.faults: dict[str, tuple[Fault, str | None]] = {}
        self.unknown: tuple[str, ...] = ()
        self.known = self.asked = 0

    def content(self) -> dict[str, Any]:
        """The brief as a mapping, ready to be parsed."""
        base = self.base.model_dump(include={"name", "note", "currency"}, exclude_none=True)
        content: dict[str, Any] = {**base, "history": [h.model_dump() for h in self.base.history]}
        content["stores"] = list(self._stores())
        for field in CHOICES:
            value = self._choice(field)
            content[field] = {"yes": True, "no": False}.get(value, value) if value else None
        content["contract_months"] = self._choice("contract_months")
        add_ons = held().get("add_ons") or None
        content["add_ons"] = self._told("add_ons", None if add_ons is None else frozenset(add_ons))
        currency = self.base.currency
        for field in AMOUNTS:
            content[field] = self._text(
                field, partial(typed_amount, currency=currency, most=self._most(field))
            )
        for field in COUNTS:
            content[field] = self._text(field, typed_count)
        content["return_rate"] = self._text("return_rate", typed_part)
        content["shop_rating"] = self._text("shop_rating", typed_multiple)
        content["start"] = self._text("start", typed_month)
        content["goals"] = list(self._goals())
        return content

    def reject(self, fault: Fault, content: dict[str, Any]) -> None:
        """Put a fault that only the whole brief shows to its field, and take that field's last value."""
        found = Fault(code=fault.code, place="", values=fault.values)
        field = FIELD_OF_CODE.get(fault.code) or fault.place.split("[")[0].split(".")[0]
        if fault.code == "landed_above_price":
            self._reject_pair(found, content)
        elif field == "goals":
            self._reject_goals(fault.place, found, content)
        else:
            kept = self._refuse(field, field, found)
            content[field] = kept[0] if kept else () if field in ("stores", "history") else None

    def _refuse(self, field: str, slot: str, found: Fault) -> tuple[Any, str] | None:
        """Mark the field, and give its last valid value, unless that was refused too."""
        kept = self.accepted.get(slot) if field not in self.faults else None
        self.faults[field] = (found, kept[1] if kept else None)
        if kept:
            self.keep[slot] = kept
        else:
            self.keep.pop(slot, None)
        return kept

    def _reject_pair(self, found: Fault, content: dict[str, Any]) -> None:
        """Price and landed cost that contradict each other: the one typed last is wrong."""
        wrong = last_edited(*PAIR)
        above = Fault(code="price_below_landed", place="", values=found.values)
        for field in (wrong, *(other for other in PAIR if other != wrong)):
            kept = self.accepted.get(field)
            if field == wrong or (kept and kept[0] != content[field]):
                kept = self._refuse(field, field, above if field == "price" else found)
                content[field] = kept[0] if kept else None

    def _reject_goals(self, place: str, found: Fault, content: dict[str, Any]) -> None:
        """A goal whose level or months cannot be is put to its level, and left out without a last one."""
        position = int(re.sub(r"\D", "", place.split("]")[0]) or 0)
        goals = content["goals"]
        if position >= len(goals):
            return
        index, slot = self.goals[position]
        kept = self._refuse(f"level{index}", slot, found)
        if kept:
            side = "at_least" if "at_least" in goals[position] else "at_most"
            goals[position] = {**goals[position], side: kept[0]}
        else:
            del goals[position], self.goals[position]

    @staticmethod
    def _most(field: str) -> Decimal:
        return MOST_MONTHLY if field in MONTHLY else MOST

    def _told(self, field: str, value: Any) -> Any:
        """``value``, counted among the facts."""
        self.asked += 1
        if value is None:
            self.unknown = (*self.unknown, field)
        else:
            self.known += 1
        return value

    def _choice(self, field: str) -> Any:
        value = held().get(field)
        return self._told(field, None if value in (None, UNKNOWN) else value)

    def _text(self, field: str, parse: Callable[[str], Any], *, count: bool = True, slot: str = "") -> Any:
        """The value typed, or the last valid one, which is kept under ``slot``."""
        slot = slot or field
        text = (held().get(field) or "").strip()
        value = None
        if text:
            try:
                self.keep[slot] = (value := parse(text), text)
            except QuotecastError as error:
                kept = self._refuse(field, slot, error.faults[0])
                value = kept[0] if kept else None
        return self._told(field, value) if count else value

    def _stores(self) -> Iterator[dict[str, Any]]:
        """A store for each platform chosen; shares of the base hold only while its stores are the same."""
        chosen = held().get("platforms") or ()
        same = set(chosen) == set(self.base.platforms)
        self._told("platforms", tuple(chosen) or None)
        for position, platform in enumerate(p for p in PLATFORMS if p in chosen):
            known = [store for store in self.base.stores if store.platform == platform]
            for index, store in enumerate(known or [Store(platform=platform)]):
                facts = {fact: getattr(store, fact) for fact in STORE_FACTS}
                if index == 0:
                    for fact in STORE_FACTS:
                        facts[fact] = self._store_fact(platform, fact, position == 0)
                share = store.ad_share if same else None
                yield {
                    name: value
                    for name, value in {"platform": platform, **facts, "ad_share": share}.items()
                    if value is not None
                }

    def _store_fact(self, platform: str, fact: str, counted: bool) -> Any:
        value = held().get(f"{platform}_{fact}")
        told = None if value in (None, UNKNOWN) else value
        if counted:
            return self._told(f"{platform}_{fact}", told)
        if told is None:
            self.unknown = (*self.unknown, f"{platform}_{fact}")
        return told

    def _goals(self) -> Iterator[dict[str, Any]]:
        for index in range(GOALS):
            chosen = held().get(f"goal{index}", "roas" if index == 0 else UNKNOWN)
            family = next((f for f in FAMILIES if f.id == chosen), None)
            if family is None:
                continue
            names = dict(family.kpis)
            kpi_id = held().get(f"definition{index}")
            if kpi_id not in names:
                if family.open:
                    kpi_id = None
                    self.unknown = (*self.unknown, f"definition{index}")
                else:
                    kpi_id = family.kpis[0][0]
            kpi = self.kpis[kpi_id or family.kpis[0][0]]
            slot = f"level{index}_{family.id}"
            level = self._text(f"level{index}", self._level_parser(kpi), count=index == 0, slot=slot)
            if index == 0:
                self.asked += 1
                self.known += kpi_id is not None
            span = self._span(index)
            if level is None or span is None:
                continue
            goal = {
                "kpi": kpi_id or family.id,
                "at_least" if kpi.better == "higher" else "at_most": level,
                "months": span,
                "reading": held().get(f"reading{index}", "total"),
            }
            self.goals.append((index, slot))
            yield {**goal, "words": said} if (said := self._words(index, goal)) else goal

    def _span(self, index: int) -> tuple[int, int] | None:
        """The goal's months; a first month after the last is a fault of the one chosen last."""
        names, slot = (f"first{index}", f"last{index}"), f"months{index}"
        first, last = held().get(names[0], 1), held().get(names[1], 3)
        if first <= last:
            self.keep[slot] = ((first, last), f"{first}–{last}")
            return first, last
        found = Fault(code="months_cross", place="", values={"found": first, "last": last})
        kept = self._refuse(last_edited(*names), slot, found)
        return kept[0] if kept else None

    def _words(self, index: int, goal: Mapping[str, Any]) -> str | None:
        """What the prospect said, as long as the goal is still the one that was said."""
        if index >= len(self.base.goals):
            return None
        spoken = self.base.goals[index]
        level = spoken.at_least if spoken.at_least is not None else spoken.at_most
        same = spoken.kpi == goal["kpi"] and level in goal.values() and spoken.months == goal["months"]
        return spoken.words if same else None

    def _level_parser(self, kpi: Kpi) -> Callable[[str], Any]:
        parse: Callable[[str], Any]
        match kpi.unit:
            case "share":
                parse = typed_share
            case "USD":
                parse = partial(typed_amount, currency=self.base.currency)
            case "count":
                parse = _whole
            case _:
                parse = partial(typed_multiple, most=MOST_MULTIPLE)
        return lambda text: parse(bare(text, kpi.better))


def _whole(text: str) -> Decimal:
    return Decimal(typed_count(text, 10**12))
