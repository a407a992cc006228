"""A brief as it is typed: facts and levels of goals, read alike from the form, a file and a batch."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from estimator.brief.brief import Brief, parse
from estimator.brief.checks import check_words, level_fact
from estimator.brief.kpis import Kpi
from estimator.brief.vocabulary import FactWords, Vocabulary
from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.exchange import ExchangeRate, ExchangeRates
from estimator.values.typed import (
    Money,
    Things,
    is_unknown,
    multiple_level,
    share_level,
    typed_currency,
)
from estimator.values.validation import MOST_BYTES, parse_toml, read_text

MOST_COUNTED = 10**12
PARTS = frozenset(
    {"cvr_ad_click", "cvr_shop", "repeat_share", "repeat_cohort", "return_rate", "return_rate_booked"}
)
"""KPIs that are a part of a whole: a bare 3 is 3 %, since 300 % cannot be."""
TYPED = frozenset({"amount", "count", "share", "rating", "month"})
"""Kinds of facts that are typed and not chosen."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """How what is typed in a brief is read on a day: facts, KPIs, rates of exchange and the day itself."""

    vocabulary: Vocabulary
    kpis: Mapping[str, Kpi]
    exchange: ExchangeRates
    on: dt.date

    def fact(self, fact: FactWords, text: str, currency: str) -> Any:
        """The answer that a text gives, as ``FactWords.typed`` says it."""
        return fact.typed(text, currency, self.exchange, self.on)

    def level(self, kpi: str, text: str, currency: str) -> Decimal | None:
        """The level of a goal; None where nobody knows it.

        >>> from estimator.rules.rules import open_rules
        >>> reader = open_rules().reader
        >>> [str(reader.level("roas", text, "USD")) for text in ("2.5以上", "1:3", "n/a")]
        ['2.5', '3', 'None']

        Raises ``QuotecastError`` for what cannot be read.
        """
        if is_unknown(text):
            return None
        return self._bounded(kpi, self._level(kpi, text, currency))

    def _level(self, kpi: str, text: str, currency: str) -> Decimal:
        found = self.kpis.get(kpi)
        unit, better = ("ratio", "higher") if found is None else (found.unit, found.better)
        match unit:
            case "share":
                return share_level(text, better, whole=kpi in PARTS)
            case "USD":
                return Money(currency=currency, exchange=self.exchange, monthly=True).level(text, better)
            case "count":
                return Things(most=MOST_COUNTED).level(text, better)
            case _:
                return multiple_level(text, better)

    def _bounded(self, kpi: str, level: Decimal) -> Decimal:
        """The level, refused where nobody could mean it."""
        if beyond := self.vocabulary.beyond(level_fact(kpi, self.kpis), level):
            raise fail(beyond[0], "", **beyond[1])
        return level

    def rate_of(self, text: str, currency: str) -> ExchangeRate | None:
        """The rate at which an amount was converted; None where it names no other currency."""
        other = typed_currency(text)
        return None if other in (None, currency) else self.exchange.between(str(other), currency)

    def read(self, path: Path) -> Brief:
        """The brief in a TOML file, each of its quoted figures read as it is typed.

        Raises ``QuotecastError`` with every fault and its place, ``seed.toml:ad_budget``.
        """
        content, faults = self._figures(parse_toml(read_text(path, MOST_BYTES), path.name))
        try:
            brief = parse(content, path.name, self.vocabulary)
            check_words(brief, self.vocabulary, self.kpis)
        except QuotecastError as error:
            faults += error.faults
        if faults:
            raise QuotecastError(replace(fault, place=_under(path.name, fault.place)) for fault in faults)
        return brief

    def _figures(self, content: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
        """The content with its texts as the figures they say; what says none is left out, and its faults."""
        given, read, faults = content.get("currency"), dict(content), list[Fault]()
        currency = given if isinstance(given, str) else Brief().currency

        def put(place: str, into: dict[str, Any], name: str, figure: Callable[[str], Any]) -> None:
            try:
                into[name] = figure(into[name])
            except QuotecastError as error:
                faults.extend(replace(fault, place=place) for fault in error.faults)
                into[name] = None

        for fact in self.vocabulary.of_brief:
            text = content.get(fact.id)
            # a file's own shares are from 0 to 1
            written = fact.kind == "share" and isinstance(text, str) and _UP_TO_ONE.fullmatch(text)
            if fact.kind in TYPED and isinstance(text, str) and not written:
                put(fact.id, read, fact.id, partial(self.fact, fact, currency=currency))
        goals = [dict(goal) for goal in _tables(content.get("goals"))]
        for index, goal in enumerate(goals):
            for side in ("at_least", "at_most"):
                if isinstance(goal.get(side), str) and not _PLAIN.fullmatch(goal[side]):
                    level = partial(self.level, str(goal.get("kpi")), currency=currency)
                    put(f"goals[{index}].{side}", goal, side, level)
                    goal.update({} if goal[side] is not None else {"unknown": True})
        if goals:
            read["goals"] = [goal for goal in goals if not goal.pop("unknown", False)]
        return {name: value for name, value in read.items() if value is not None}, faults


_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
_UP_TO_ONE = re.compile(r"0(\.[0-9]+)?|1(\.0+)?")


def _tables(goals: object) -> list[dict[str, Any]]:
    """The tables of a list; none of what is something else, for the brief to refuse."""
    return goals if isinstance(goals, list) and all(isinstance(goal, dict) for goal in goals) else []


def _under(file: str, place: str) -> str:
    return place if place.startswith(f"{file}:") or place == file else f"{file}:{place}"
