"""From typed answers to a brief, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import streamlit as st

from estimator.brief import brief as briefs
from estimator.brief.brief import Brief
from estimator.brief.kpis import Kpi
from estimator.brief.past import read_past
from estimator.brief.vocabulary import FactWords
from estimator.presentation.labels import FAMILIES
from estimator.rules.rules import Rules
from estimator.screens.fields import (
    FIELD_OF_CODE,
    GOALS,
    MOST_MONTHLY,
    MOST_MULTIPLE,
    PAIR,
    PAST,
    UNKNOWN,
)
from estimator.screens.form_state import held, last_edited, store_field, stores_held
from estimator.values.errors import Fault, QuotecastError
from estimator.values.exchange import ExchangeRate
from estimator.values.money import MOST
from estimator.values.typed import (
    bare,
    typed_amount,
    typed_count,
    typed_currency,
    typed_month,
    typed_multiple,
    typed_share,
)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the form holds: the brief in use, the faults by field, and the fields left unknown."""

    brief: Brief
    faults: Mapping[str, tuple[Fault, str | None]]
    unknown: tuple[str, ...]
    known: int
    asked: int
    rates: tuple[ExchangeRate, ...] = ()


def read(rules: Rules) -> Answers:
    """The brief the session's answers make, with the last valid value wherever one is at fault."""
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
    st.session_state["accepted"] = reader.keep
    return Answers(
        brief=brief,
        faults=reader.faults,
        unknown=reader.unknown,
        known=reader.known,
        asked=reader.asked,
        rates=tuple(reader.rates.values()),
    )


class _Reader:
    """One reading of the session: faults by field, last valid values, and how many facts are known.

    The last valid value of a goal's level is that of its KPI, never of the one asked before.
    """

    def __init__(self, rules: Rules) -> None:
        self.kpis, self.vocabulary, self.exchange = rules.kpis, rules.vocabulary, rules.exchange
        self.on = rules.on
        self.rates: dict[str, ExchangeRate] = {}
        self.base: Brief = st.session_state.get("base") or Brief()
        self.accepted: dict[str, tuple[Any, str]] = st.session_state.get("accepted", {})
        self.keep: dict[str, tuple[Any, str]] = {}
        self.goals: list[tuple[int, str]] = []
        self.stores: tuple[tuple[str, int], ...] = ()
        self.faults: dict[str, tuple[Fault, str | None]] = {}
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
        """The past months, as they were typed; the last ones that could be read where these cannot."""
        start = typed_month((held().get("start") or "").strip())
        before = start if re.fullmatch(r"20\d\d-\d\d", start) else f"{self.on:%Y-%m}"

        def parsed(text: str) -> list[dict[str, Any]]:
            months = read_past(text, self.base.currency, self.exchange, before)
            return [month.model_dump(mode="json", exclude_none=True) for month in months]

        return self._text(PAST, parsed, count=False) or []

    def _answer(self, fact: FactWords) -> Any:
        """What the field of a fact holds."""
        if fact.kind == "choices":
            chosen = held().get(fact.id) or None
            return self._told(fact.id, None if chosen is None else frozenset(chosen))
        if fact.kind in ("choice", "yes_no") or fact.id == "contract_months":
            value = self._choice(fact.id)
            return {"yes": True, "no": False}.get(value, value) if fact.kind == "yes_no" else value
        most = MOST_MONTHLY if fact.monthly else MOST
        return self._text(fact.id, partial(self._amount, fact, most))

    def _amount(self, fact: FactWords, most: Decimal, text: str) -> Any:
        """A typed answer; one in another currency is converted, and its rate told beside the form."""
        value = fact.typed(text, self.base.currency, most, self.exchange)
        other = typed_currency(text) if fact.kind == "amount" else None
        if other not in (None, self.base.currency):
            self.rates[str(other)] = self.exchange.between(str(other), self.base.currency)
        return value

    def reject(self, fault: Fault, content: dict[str, Any]) -> None:
        """Put a fault that only the whole brief shows to its field, and take that field's last value."""
        refused = Fault(code=fault.code, place="", values=fault.values)
        field = FIELD_OF_CODE.get(fault.code) or fault.place.split("[")[0].split(".")[0]
        if fault.code == "landed_above_price":
            self._reject_pair(refused, content)
        elif field == "goals":
            self._reject_goals(fault.place, refused, content)
        elif field == "stores" and self.stores:
            self._reject_store(fault.place, refused, content)
        else:
            kept = self._refuse(field, field, refused)
            content[field] = kept[0] if kept else () if field in ("stores", PAST) else None

    def _refuse(self, field: str, slot: str, fault: Fault) -> tuple[Any, str] | None:
        """Mark the field, and give its last valid value, unless that was refused too."""
        kept = self.accepted.get(slot) if field not in self.faults else None
        self.faults[field] = (fault, kept[1] if kept else None)
        if kept:
            self.keep[slot] = kept
        else:
            self.keep.pop(slot, None)
        return kept

    def _reject_pair(self, fault: Fault, content: dict[str, Any]) -> None:
        """Price and landed cost that contradict each other: the one typed last is wrong."""
        wrong = last_edited(*PAIR)
        above = Fault(code="price_below_landed", place="", values=fault.values)
        for field in (wrong, *(other for other in PAIR if other != wrong)):
            kept = self.accepted.get(field)
            if field == wrong or (kept and kept[0] != content[field]):
                kept = self._refuse(field, field, above if field == "price" else fault)
                content[field] = kept[0] if kept else None

    def _reject_goals(self, place: str, fault: Fault, content: dict[str, Any]) -> None:
        """A goal whose level or months cannot be is put to its level, and left out without a last one."""
        position = int(re.sub(r"\D", "", place.split("]")[0]) or 0)
        goals = content["goals"]
        if position >= len(goals):
            return
        index, slot = self.goals[position]
        kept = self._refuse(f"level{index}", slot, fault)
        if kept:
            side = "at_least" if "at_least" in goals[position] else "at_most"
            goals[position] = {**goals[position], side: kept[0]}
        else:
            del goals[position], self.goals[position]

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
        """The stores of each platform chosen, with what is told of each; the first one's facts count."""
        self._told("platforms", tuple(held().get("platforms") or ()) or None)
        self.stores = stores_held(self.vocabulary)
        for position, (platform, number) in enumerate(self.stores):
            facts = {
                fact: self._store_fact(store_field(platform, number, fact), position == 0)
                for fact in self.vocabulary.of_stores
            }
            share = self._text(store_field(platform, number, "ad_share"), typed_share, count=False)
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
        self.faults[field] = (fault, None)
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
        fault = Fault(code="months_cross", place="", values={"found": first, "last": last})
        kept = self._refuse(last_edited(*names), slot, fault)
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
                parse = partial(typed_amount, currency=self.base.currency, exchange=self.exchange)
            case "count":
                parse = _whole
            case _:
                parse = partial(typed_multiple, most=MOST_MULTIPLE)
        return lambda text: parse(bare(text, kpi.better))


def _whole(text: str) -> Decimal:
    return Decimal(typed_count(text, 10**12))
