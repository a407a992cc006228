"""From typed answers to a brief, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from estimator.brief import brief as briefs
from estimator.brief.brief import Brief
from estimator.brief.past import read_past
from estimator.brief.vocabulary import FactWords
from estimator.presentation.labels import FAMILIES
from estimator.rules.rules import Rules
from estimator.screens.fields import (
    FIELD_OF_CODE,
    GOALS,
    PAIR,
    PAST,
    UNKNOWN,
)
from estimator.screens.form_state import held, last_edited, store_field, stores_held
from estimator.values.errors import Fault, QuotecastError
from estimator.values.exchange import ExchangeRate
from estimator.values.typed import is_unknown, typed_month, typed_part


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the form holds: the brief in use, the faults by field, and the fields left unknown.

    What is at fault counts as unknown: ``unread`` is its text by field.
    """

    brief: Brief
    faults: Mapping[str, Fault]
    unread: Mapping[str, str]
    unknown: tuple[str, ...]
    known: int
    asked: int
    rates: tuple[ExchangeRate, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether there is something to answer: a store, and ads or a goal, though that may be unreadable."""
        goal = self.brief.goals or any(field[:-1] in ("level", "first", "last") for field in self.unread)
        return bool(self.brief.stores and (goal or self.brief.ad_budget is not None))


def read(rules: Rules) -> Answers:
    """The brief that the session's answers make; what is at fault counts as unknown."""
    reader = _Reader(rules)
    content = reader.content()
    for _ in range(len(content)):
        try:
            brief = briefs.parse(content, vocabulary=rules.vocabulary)
            break
        except QuotecastError as error:
            for fault in error.faults:
                reader.reject(fault, content)
    else:
        brief = Brief()
    return Answers(
        brief=brief,
        faults=reader.faults,
        unread={field: str(held().get(field) or "").strip() for field in reader.faults},
        unknown=reader.unknown,
        known=reader.known,
        asked=reader.asked,
        rates=tuple(reader.rates.values()),
    )


class _Reader:
    """One reading of the session: faults by field, and how many facts are known."""

    def __init__(self, rules: Rules) -> None:
        self.reader, self.kpis, self.vocabulary = rules.reader, rules.kpis, rules.vocabulary
        self.rates: dict[str, ExchangeRate] = {}
        self.base: Brief = st.session_state.get("base") or Brief()
        self.goals: list[int] = []
        self.stores: tuple[tuple[str, int], ...] = ()
        self.faults: dict[str, Fault] = {}
        self.unknown: tuple[str, ...] = ()
        self.known = self.asked = 0

    def content(self) -> dict[str, Any]:
        """The brief as a mapping, ready to be parsed."""
        base = self.base.model_dump(include={"name", "note", "currency"}, exclude_none=True)
        content: dict[str, Any] = {**base, PAST: self._past()}
        content["stores"] = list(self._stores())
        for fact in self.vocabulary.of_brief:
            content[fact.id] = self._answer(fact)
        content["goals"] = list(self._goals())
        return content

    def _past(self) -> Any:
        """The past months, as they were typed; a month without a year is the last before the start."""
        before = self._start() or f"{self.reader.on:%Y-%m}"

        def parsed(text: str) -> list[dict[str, Any]]:
            months = read_past(text, self.base.currency, self.reader.exchange, before)
            return [month.model_dump(mode="json", exclude_none=True) for month in months]

        return self._text(PAST, parsed, count=False) or []

    def _start(self) -> str | None:
        try:
            return typed_month(str(held().get("start") or ""), self.reader.on)
        except QuotecastError:
            return None

    def _answer(self, fact: FactWords) -> Any:
        """What the field of a fact holds."""
        if fact.kind == "choices":
            chosen = held().get(fact.id) or None
            return self._told(fact.id, None if chosen is None else frozenset(chosen))
        if fact.kind in ("choice", "yes_no") or fact.id == "contract_months":
            value = self._choice(fact.id)
            return {"yes": True, "no": False}.get(value, value) if fact.kind == "yes_no" else value
        return self._text(fact.id, partial(self._figure, fact))

    def _figure(self, fact: FactWords, text: str) -> Any:
        """A typed answer; one in another currency is converted, and its rate told beside the form."""
        value = self.reader.fact(fact, text, self.base.currency)
        rate = self.reader.rate_of(text, self.base.currency) if fact.kind == "amount" else None
        if rate is not None:
            self.rates[rate.said] = rate
        return value

    def reject(self, fault: Fault, content: dict[str, Any]) -> None:
        """Put a fault that only the whole brief shows to its field, which then counts as unknown."""
        refused = Fault(code=fault.code, place="", values=fault.values)
        field = FIELD_OF_CODE.get(fault.code) or fault.place.split("[")[0].split(".")[0]
        if fault.code == "landed_above_price":
            field = last_edited(*PAIR)
            above = Fault(code="price_below_landed", place="", values=fault.values)
            self.faults[field] = above if field == "price" else refused
            content[field] = None
        elif field == "goals":
            self._reject_goal(fault.place, refused, content)
        elif field == "stores" and self.stores:
            self._reject_store(fault.place, refused, content)
        else:
            self.faults[field] = refused
            content[field] = () if field in ("stores", PAST) else None

    def _reject_goal(self, place: str, fault: Fault, content: dict[str, Any]) -> None:
        """A goal whose level or months cannot be is put to its level, and left out."""
        position = int(re.sub(r"\D", "", place.split("]")[0]) or 0)
        if position < len(content["goals"]):
            self.faults[f"level{self.goals.pop(position)}"] = fault
            content["goals"] = [goal for at, goal in enumerate(content["goals"]) if at != position]

    def _told(self, field: str, value: Any) -> Any:
        """``value``, counted among the facts unless it is for the record alone."""
        fact = self.vocabulary.by_id.get(field)
        counts = fact is None or fact.counts
        self.asked += counts
        if value is None:
            self.unknown = (*self.unknown, field)
        else:
            self.known += counts
        return value

    def _choice(self, field: str) -> Any:
        value = held().get(field)
        return self._told(field, None if value in (None, UNKNOWN) else value)

    def _text(self, field: str, parse: Callable[[str], Any], *, count: bool = True) -> Any:
        """The value typed; none where there is no text, or one that cannot be read."""
        text, value = str(held().get(field) or "").strip(), None
        if text and not is_unknown(text):
            try:
                value = parse(text)
            except QuotecastError as error:
                self.faults[field] = error.faults[0]
        return self._told(field, value) if count else value

    def _stores(self) -> Iterator[dict[str, Any]]:
        """The stores of each platform chosen, with what is told of each; the first one's facts count."""
        self._told("platforms", tuple(held().get("platforms") or ()) or None)
        self.stores = stores_held(self.vocabulary)
        for position, (platform, number) in enumerate(self.stores):
            facts = {
                fact: self._store_fact(store_field(platform, number, fact), position == 0)
                for fact in self.vocabulary.of_stores
            }
            share = self._text(store_field(platform, number, "ad_share"), typed_part, count=False)
            told = {"platform": platform, **facts, "ad_share": share}
            yield {name: value for name, value in told.items() if value is not None}

    def _store_fact(self, field: str, counted: bool) -> Any:
        value = held().get(field)
        told = None if value in (None, UNKNOWN) else value
        if counted:
            return self._told(field, told)
        if told is None:
            self.unknown = (*self.unknown, field)
        return told

    def _reject_store(self, place: str, fault: Fault, content: dict[str, Any]) -> None:
        """An answer of a store that cannot be is left out, and shares that do not add up all together."""
        at = re.fullmatch(r"stores\[(\d+)\]\.(\w+)", place)
        fact = at[2] if at else "ad_share"
        fields = [store_field(*store, fact) for store in self.stores]
        field = fields[int(at[1])] if at else last_edited(*fields)
        self.faults[field] = fault
        for index, store in enumerate(content["stores"]):
            if fact == "ad_share" or (at and index == int(at[1])):
                store.pop(fact, None)

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
            parse = partial(self.reader.level, kpi.id, currency=self.base.currency)
            level = self._text(f"level{index}", parse, count=index == 0)
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
            self.goals.append(index)
            yield {**goal, "words": said} if (said := self._words(index, goal)) else goal

    def _span(self, index: int) -> tuple[int, int] | None:
        """The goal's months; a first month after the last is a fault of the one chosen last."""
        names = f"first{index}", f"last{index}"
        first, last = held().get(names[0], 1), held().get(names[1], 3)
        if first <= last:
            return first, last
        values = {"found": first, "last": last}
        self.faults[last_edited(*names)] = Fault(code="months_cross", place="", values=values)
        return None

    def _words(self, index: int, goal: Mapping[str, Any]) -> str | None:
        """What the prospect said, as long as the goal is still the one that was said."""
        if index >= len(self.base.goals):
            return None
        spoken = self.base.goals[index]
        level = spoken.at_least if spoken.at_least is not None else spoken.at_most
        same = spoken.kpi == goal["kpi"] and level in goal.values() and spoken.months == goal["months"]
        return spoken.words if same else None
