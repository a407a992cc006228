"""The brief on the left: widgets to ``Brief`` and back.

Every answer is an id, and every amount the text as typed, under a key of its own in the session; so a
change of language keeps all of them. What cannot be read keeps its text, is marked, and leaves the last
valid value in use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import streamlit as st

from estimator import brief as briefs
from estimator.brief import CATEGORIES, PLATFORMS, Brief, Store
from estimator.errors import Fault, QuotecastError
from estimator.kpis import Kpi
from estimator.money import plain
from estimator.presentation import answers, models, phrases, view
from estimator.presentation.answers import ANSWERS, FAMILIES, LABELS, Family, family_of
from estimator.presentation.words import Words
from estimator.screens import markup
from estimator.typed import typed_amount, typed_count, typed_multiple, typed_share

UNKNOWN = "unknown"
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
TYPED = frozenset(
    f"f_{field}"
    for field in (
        *AMOUNTS,
        *COUNTS,
        "return_rate",
        "shop_rating",
        "start",
        *(f"level{i}" for i in range(GOALS)),
    )
)
"""Keys that hold text as typed; every other key holds ids."""
IDS = frozenset(
    (
        UNKNOWN,
        *(option for options in ANSWERS.values() for option in options),
        *(family.id for family in FAMILIES),
        *(kpi for family in FAMILIES for kpi, _ in family.kpis),
    )
)
FIELD_OF_CODE = {"landed_above_price": "landed_cost", "unknown_month": "start"}


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the form holds: the brief in use, the faults by widget key, and the keys left unknown."""

    brief: Brief
    faults: Mapping[str, tuple[Fault, str | None]]
    unknown: tuple[str, ...]
    known: int
    asked: int


def key(field: str) -> str:
    """The session's key of a field's widget."""
    return f"f_{field}"


def keys() -> tuple[str, ...]:
    """The keys of all the form's widgets that the session holds."""
    return tuple(str(name) for name in st.session_state if str(name).startswith("f_"))


def refresh() -> None:
    """Set every answer anew, so that a widget redrawn in another language keeps it."""
    for name in keys():
        st.session_state[name] = st.session_state[name]


def steady() -> None:
    """Put back any answer that came as a word of the language left behind.

    The browser sends a choice as the words it showed, and a closed popover goes on sending those of the
    language it was last open in. So the ids last seen are kept, and a choice that is no id gives way.
    """
    kept: dict[str, Any] = dict(st.session_state.get("ids", {}))
    for name in keys():
        value = st.session_state[name]
        if name in TYPED or isinstance(value, int | list) or value in IDS:
            kept[name] = value
        else:
            st.session_state[name] = kept.get(name, UNKNOWN)
    st.session_state["ids"] = kept


def clear() -> None:
    """An empty brief."""
    for name in keys():
        del st.session_state[name]
    for name in ("base", "opened", "accepted", "ids"):
        st.session_state.pop(name, None)


def fill(brief: Brief, kpis: Mapping[str, Kpi], opened: str | None = None) -> None:
    """The form showing ``brief``; what the form does not ask stays in the session as its base."""
    clear()
    st.session_state["base"] = brief
    st.session_state["opened"] = opened
    state = st.session_state
    state[key("platforms")] = list(brief.platforms)
    for field in CHOICES:
        value = getattr(brief, field)
        if isinstance(value, bool):
            value = "yes" if value else "no"
        state[key(field)] = UNKNOWN if value is None else value
    state[key("contract_months")] = brief.contract_months or UNKNOWN
    state[key("add_ons")] = sorted(brief.add_ons or ())
    for field in (*AMOUNTS, *COUNTS, "shop_rating"):
        value = getattr(brief, field)
        state[key(field)] = "" if value is None else plain(Decimal(value))
    state[key("return_rate")] = "" if brief.return_rate is None else f"{plain(brief.return_rate * 100)}%"
    state[key("start")] = brief.start or ""
    for store in reversed(brief.stores):
        for fact in STORE_FACTS:
            state[key(f"{store.platform}_{fact}")] = getattr(store, fact) or UNKNOWN
    for index, goal in enumerate(brief.goals[:GOALS]):
        family = family_of(goal.kpi)
        if family is None:
            continue
        level = goal.at_least if goal.at_least is not None else goal.at_most
        assert level is not None
        share = kpis[goal.kpi].unit == "share" if goal.kpi in kpis else False
        state[key(f"goal{index}")] = family.id
        state[key(f"definition{index}")] = UNKNOWN if goal.kpi == family.id and family.open else goal.kpi
        state[key(f"level{index}")] = f"{plain(level * 100)}%" if share else plain(level)
        state[key(f"first{index}")], state[key(f"last{index}")] = goal.months
        state[key(f"reading{index}")] = goal.reading


# ── drawing ───────────────────────────────────────────────────────────────────────────────────────


def draw(words: Words, kpis: Mapping[str, Kpi]) -> Answers:
    """Draw the whole form, in the order in which a call goes, and read it."""
    steady()
    held = read(kpis)
    form = _Form(words, held)
    form.pills("platforms", PLATFORMS)
    left, right = st.columns((1.3, 1), gap="small")
    with left:
        form.choice("category", CATEGORIES)
    with right:
        form.text("ad_budget")
    form.complain("ad_budget")
    _goal(form, 0, kpis)
    form.segments("service_model")
    for first, second, widths in (("settlement", "stage", (1.1, 1)), ("contract_months", "status", (1, 1.3))):
        left, right = st.columns(widths, gap="small")
        with left:
            form.term() if first == "contract_months" else form.choice(first)
        with right:
            form.status() if second == "status" else form.choice(second)
    left, right = st.columns((1, 1), gap="small")
    with left:
        form.text("price")
    with right:
        form.text("landed_cost")
    form.complain("price", "landed_cost")
    chrome = view.chrome(words, held.known, held.asked)
    left, right = st.columns((1, 1), gap="small")
    with left, st.popover(chrome.more_facts, key="more_facts", width="stretch"):
        _more(form)
    with right, st.popover(chrome.stores, key="more_goals", width="stretch"):
        _goals_and_stores(form, kpis, chrome)
    hidden = [field for field in (*MORE, "level1", "level2") if key(field) in held.faults]
    form.complain(*hidden)
    st.html(markup.known(chrome.known, held.known, held.asked))
    return held


def _goal(form: _Form, index: int, kpis: Mapping[str, Kpi]) -> None:
    """The first goal: KPI and level, then how it is counted and within how many months."""
    left, right = st.columns((1.5, 1), gap="small")
    with left:
        family = form.family(index, kpis)
    with right:
        form.level(index)
    form.complain(f"level{index}")
    left, right = st.columns((1.5, 1), gap="small")
    with left:
        form.definition(index, family)
    with right:
        form.month(f"last{index}", LABELS["months"], 3)


def _more(form: _Form) -> None:
    for start in range(0, len(MORE), 4):
        for field, column in zip(MORE[start : start + 4], st.columns(4, gap="small")):
            with column:
                if field in ANSWERS:
                    form.choice(field)
                else:
                    form.text(field)
    form.pills("add_ons", tuple(ANSWERS["add_ons"]))


def _goals_and_stores(form: _Form, kpis: Mapping[str, Kpi], chrome: models.Chrome) -> None:
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

    def __init__(self, words: Words, held: Answers) -> None:
        self.words, self.held = words, held
        self.platforms: tuple[str, ...] = tuple(
            p for p in PLATFORMS if p in st.session_state.get(key("platforms"), ())
        )

    def label(self, field: str) -> str:
        return answers.field_label(self.words, field, self.held.brief.currency)

    def select(self, field: str, label: str, options: tuple[Any, ...], name: Callable[[Any], str]) -> None:
        chosen = st.session_state.get(key(field))
        if chosen not in options:
            st.session_state[key(field)] = options[0]
        st.selectbox(label, options, format_func=name, key=key(field), filter_mode=None)

    def choice(self, field: str, options: tuple[str, ...] = ()) -> None:
        listed = options or tuple(ANSWERS[field])
        self.select(field, self.label(field), (UNKNOWN, *listed), lambda o: self.answer(field, o))

    def answer(self, field: str, option: str) -> str:
        return answers.answer(self.words, field, None if option == UNKNOWN else option)

    def pills(self, field: str, options: tuple[str, ...]) -> None:
        named = "platform" if field == "platforms" else field
        st.pills(
            self.label(field),
            options,
            selection_mode="multi",
            format_func=lambda o: self.answer(named, o),
            key=key(field),
        )

    def segments(self, field: str) -> None:
        if st.session_state.get(key(field)) is None:
            st.session_state[key(field)] = UNKNOWN
        st.segmented_control(
            self.label(field),
            (*ANSWERS[field], UNKNOWN),
            format_func=lambda o: self.answer(field, o),
            key=key(field),
            required=True,
            width="stretch",
        )

    def text(self, field: str, label: str = "") -> None:
        st.text_input(
            label or self.label(field),
            key=key(field),
            placeholder=self.words.say(answers.UNKNOWN),
            max_chars=60,
        )

    def term(self) -> None:
        chosen = st.session_state.get(key("contract_months"))
        extra = (chosen,) if isinstance(chosen, int) and chosen not in MONTHS else ()
        options = (UNKNOWN, *sorted((*MONTHS, *extra)))
        self.select("contract_months", self.label("contract_months"), options, self._months)

    def month(self, field: str, label: str, usual: int) -> None:
        chosen = st.session_state.setdefault(key(field), usual)
        options = tuple(sorted({*MONTHS, chosen}))
        name = self._months if label == LABELS["months"] else str
        self.select(field, self.words.say(label), options, name)

    def _months(self, count: Any) -> str:
        return self.words.say(answers.UNKNOWN) if count == UNKNOWN else phrases.months(count, self.words)

    def family(self, index: int, kpis: Mapping[str, Kpi], none: str | None = None) -> Family | None:
        listed = tuple(family.id for family in FAMILIES)
        names = {
            f.id: f"{self.words.say(f.name)} {'≥' if kpis[f.kpis[0][0]].better == 'higher' else '≤'}"
            for f in FAMILIES
        }
        options = listed if none is None else (UNKNOWN, *listed)
        self.select(f"goal{index}", self.label("goal"), options, lambda o: names.get(o, none or ""))
        chosen = st.session_state[key(f"goal{index}")]
        return next((family for family in FAMILIES if family.id == chosen), None)

    def definition(self, index: int, family: Family | None) -> None:
        assert family is not None
        names = dict(family.kpis)
        options = (UNKNOWN, *names) if family.open else tuple(names)
        self.select(
            f"definition{index}",
            self.label("definition"),
            options,
            lambda o: self.words.say(names.get(o, answers.UNKNOWN)),
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

    def complain(self, *fields: str) -> None:
        for field in fields:
            if key(field) in self.held.faults:
                found, kept = self.held.faults[key(field)]
                st.html(markup.fault(phrases.fault(found, kept, self.words)))


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
    st.session_state["accepted"] = {
        name: value for name, value in reader.values.items() if name not in reader.faults
    } | {name: reader.accepted[name] for name in reader.faults if name in reader.accepted}
    return Answers(
        brief=brief,
        faults=reader.faults,
        unknown=reader.unknown,
        known=reader.known,
        asked=reader.asked,
    )


class _Reader:
    """One reading of the session: values by key, faults by key, and how many facts are known."""

    def __init__(self, kpis: Mapping[str, Kpi]) -> None:
        self.kpis = kpis
        self.base: Brief = st.session_state.get("base") or Brief()
        self.accepted: dict[str, tuple[Any, str]] = st.session_state.get("accepted", {})
        self.values: dict[str, tuple[Any, str]] = {}
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
        add_ons = st.session_state.get(key("add_ons")) or None
        content["add_ons"] = self._told("add_ons", None if add_ons is None else frozenset(add_ons))
        currency = self.base.currency
        for field in AMOUNTS:
            content[field] = self._text(field, lambda text: typed_amount(text, currency))
        for field in COUNTS:
            content[field] = self._text(field, typed_count)
        content["return_rate"] = self._text("return_rate", typed_share)
        content["shop_rating"] = self._text("shop_rating", typed_multiple)
        content["start"] = self._text("start", str)
        content["goals"] = list(self._goals())
        return content

    def reject(self, fault: Fault, content: dict[str, Any]) -> None:
        """Put a fault that only the whole brief shows to its field, and take that field's last value."""
        field = FIELD_OF_CODE.get(fault.code) or fault.place.split("[")[0].split(".")[0]
        name = key(field)
        found = Fault(code=fault.code, place="", values=fault.values)
        kept = self.accepted.get(name) if name not in self.faults else None
        self.faults[name] = (found, kept[1] if kept else None)
        content[field] = kept[0] if kept else () if field in ("stores", "goals", "history") else None

    def _told(self, field: str, value: Any) -> Any:
        """``value``, counted among the facts."""
        self.asked += 1
        if value is None:
            self.unknown = (*self.unknown, key(field))
        else:
            self.known += 1
        return value

    def _choice(self, field: str) -> Any:
        value = st.session_state.get(key(field))
        return self._told(field, None if value in (None, UNKNOWN) else value)

    def _text(self, field: str, parse: Callable[[str], Any], *, count: bool = True) -> Any:
        name = key(field)
        text = (st.session_state.get(name) or "").strip()
        if not text:
            return self._told(field, None) if count else None
        try:
            self.values[name] = (parse(text), text)
        except QuotecastError as error:
            kept = self.accepted.get(name)
            self.faults[name] = (error.faults[0], kept[1] if kept else None)
            self.values[name] = kept or (None, "")
        value = self.values[name][0]
        return self._told(field, value) if count else value

    def _stores(self) -> Iterator[dict[str, Any]]:
        """A store for each platform chosen; shares of the base hold only while its stores are the same."""
        chosen = st.session_state.get(key("platforms"), ())
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
        value = st.session_state.get(key(f"{platform}_{fact}"))
        told = None if value in (None, UNKNOWN) else value
        if counted:
            return self._told(f"{platform}_{fact}", told)
        if told is None:
            self.unknown = (*self.unknown, key(f"{platform}_{fact}"))
        return told

    def _goals(self) -> Iterator[dict[str, Any]]:
        for index in range(GOALS):
            chosen = st.session_state.get(key(f"goal{index}"), "roas" if index == 0 else UNKNOWN)
            family = next((f for f in FAMILIES if f.id == chosen), None)
            if family is None:
                continue
            names = dict(family.kpis)
            kpi_id = st.session_state.get(key(f"definition{index}"))
            if kpi_id not in names:
                if family.open:
                    kpi_id = None
                    self.unknown = (*self.unknown, key(f"definition{index}"))
                else:
                    kpi_id = family.kpis[0][0]
            kpi = self.kpis[kpi_id or family.kpis[0][0]]
            level = self._text(f"level{index}", self._level_parser(kpi), count=index == 0)
            if index == 0:
                self.asked += 1
                self.known += kpi_id is not None
            if level is None:
                continue
            first = st.session_state.get(key(f"first{index}"), 1)
            last = st.session_state.get(key(f"last{index}"), 3)
            side = "at_least" if kpi.better == "higher" else "at_most"
            goal = {
                "kpi": kpi_id or family.id,
                side: level,
                "months": (min(first, last), last),
                "reading": st.session_state.get(key(f"reading{index}"), "total"),
            }
            yield {**goal, "words": said} if (said := self._words(index, goal)) else goal

    def _words(self, index: int, goal: Mapping[str, Any]) -> str | None:
        """What the prospect said, as long as the goal is still the one that was said."""
        if index >= len(self.base.goals):
            return None
        spoken = self.base.goals[index]
        level = spoken.at_least if spoken.at_least is not None else spoken.at_most
        same = spoken.kpi == goal["kpi"] and level in goal.values() and spoken.months == goal["months"]
        return spoken.words if same else None

    def _level_parser(self, kpi: Kpi) -> Callable[[str], Any]:
        match kpi.unit:
            case "share":
                return typed_share
            case "USD":
                currency = self.base.currency
                return lambda text: typed_amount(text, currency)
            case "count":
                return lambda text: Decimal(typed_count(text, 10**12))
            case _:
                return typed_multiple
