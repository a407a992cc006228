"""What the form holds: answers by field, kept in the session."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import streamlit as st

from estimator.brief.brief import Brief
from estimator.brief.kpis import Kpi
from estimator.brief.past import written
from estimator.brief.vocabulary import FactWords, Vocabulary
from estimator.presentation import models
from estimator.presentation.labels import FAMILIES, family_of
from estimator.screens import current
from estimator.screens.fields import GOALS, MORE, PAST, UNKNOWN, USUAL
from estimator.values.money import plain

CLEARED = (
    "answers",
    "renewed",
    "edited",
    "base",
    "opened",
    "extras",
    "client",
    "document_for",
    "proposed",
    "document_files",
    "follows",
    "draft",
    "sent",
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


_KEY = re.compile(r"f_(?P<field>\w+?)_g\d+(?:r\d+)?")


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
        match = _KEY.fullmatch(name)
        if match is None or key(match["field"]) != name:
            continue
        field, value = match["field"], st.session_state[name]
        if kept.get(field) == value:
            continue
        if field in ("first0", "last0"):
            _follow(field[:-1], value)
        kept[field] = value
        changed = True
        edited[:] = [*(other for other in edited if other != field), field]
        if re.fullmatch(r"goal\d", field):
            index = field[-1]
            put(f"level{index}", "")
            kept.pop(f"definition{index}", None)
            put(f"definition{index}", UNKNOWN)
    return changed


def _follow(part: str, value: Any) -> None:
    """Months of later goals that nobody chose follow the first goal's."""
    base: Brief | None = st.session_state.get("base")
    for index in range(1 if base is None else max(1, len(base.goals)), GOALS):
        if f"{part}{index}" not in st.session_state.get("edited", ()):
            put(f"{part}{index}", value)


def spot(fact: str, audience: models.Audience) -> tuple[str, str]:
    """The field that answers ``fact``, and what opens on it: a popover's key, a tab's number in it, or both.

    Both are empty where no field answers it.
    """
    name = fact.rsplit(".", 1)[-1]
    field, tab = SPOTS.get(name, name), 0
    if field in (*MORE, "add_ons"):
        tab = 1
    elif field in current.rules().vocabulary.of_stores:
        tab = 0 if field == "status" else 3
        first = next(iter(chosen_platforms(current.rules().vocabulary)), None)
        field = f"{first}_{field}" if first else "platforms"
    if field not in held():
        return "", ""
    if audience == "presenter":
        return field, f"change {tab}"
    return field, ("", "more_facts", "more_goals", "more_goals")[tab]


def chosen_platforms(vocabulary: Vocabulary) -> tuple[str, ...]:
    """The platforms now chosen, in the vocabulary's order."""
    chosen = held().get("platforms") or ()
    return tuple(platform for platform in vocabulary.ids("platforms") if platform in chosen)


def store_field(platform: str, number: int, fact: str) -> str:
    """The field of a fact of a platform's store; the first one's has no number.

    >>> store_field("tiktok_shop", 1, "kind"), store_field("tiktok_shop", 2, "kind")
    ('tiktok_shop_kind', 'tiktok_shop_2_kind')
    """
    return f"{platform}_{fact}" if number == 1 else f"{platform}_{number}_{fact}"


def store_count(platform: str) -> int:
    """How many stores of a platform the form holds."""
    count: int = held().get(f"{platform}_stores", 1)
    return count


def stores_held(vocabulary: Vocabulary) -> tuple[tuple[str, int], ...]:
    """Every store that the form holds: its platform, and its number there."""
    return tuple(
        (platform, number)
        for platform in chosen_platforms(vocabulary)
        for number in range(1, store_count(platform) + 1)
    )


def add_store(platform: str) -> None:
    """One more store of a platform, of which nothing is known yet."""
    held()[f"{platform}_stores"] = store_count(platform) + 1


def drop_store(platform: str, number: int, vocabulary: Vocabulary) -> None:
    """Take a store out; those after it move up."""
    count = store_count(platform)
    for fact in (*vocabulary.of_stores, "ad_share"):
        nothing = "" if fact == "ad_share" else UNKNOWN
        for place in range(number, count):
            later = held().get(store_field(platform, place + 1, fact), nothing)
            put(store_field(platform, place, fact), later)
        held().pop(store_field(platform, count, fact), None)
    held()[f"{platform}_stores"] = count - 1


def usual(field: str, value: Any) -> bool:
    """Whether an answer is the one a field begins with."""
    beginnings = {"goal0": FAMILIES[0].id, "first": 1, "last": 3, "reading": "total", "scenario": USUAL}
    if field.endswith("_stores"):
        return bool(value == 1)
    return any(beginnings.get(name) == value for name in (field, field.rstrip("012")))


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


def _shown(fact: FactWords, brief: Brief) -> Any:
    """The answer to a fact as its field holds it: words by id, all else as it would be typed."""
    value = getattr(brief, fact.id)
    if between := brief.range_of(fact.id):
        percent = fact.kind == "share"
        return "-".join(f"{plain(end * 100)}%" if percent else plain(end) for end in between)
    match fact.kind:
        case "choice":
            return value or UNKNOWN
        case "yes_no":
            return UNKNOWN if value is None else "yes" if value else "no"
        case "choices":
            return sorted(value or ())
        case "month":
            return value or ""
        case "share":
            return "" if value is None else f"{plain(value * 100)}%"
        case _:
            return "" if value is None else plain(Decimal(value))


def fill(brief: Brief, kpis: Mapping[str, Kpi], opened: str | None = None) -> None:
    """The form showing ``brief``; what the form does not ask stays in the session as its base."""
    clear()
    st.session_state["base"] = brief
    st.session_state["opened"] = opened
    state = held()
    state["platforms"] = list(brief.platforms)
    vocabulary = current.rules().vocabulary
    for fact in vocabulary.of_brief:
        state[fact.id] = _shown(fact, brief)
    state["contract_months"] = brief.contract_months or UNKNOWN
    state[PAST] = written(brief.history)
    for store in brief.stores:
        number = state.get(f"{store.platform}_stores", 0) + 1
        state[f"{store.platform}_stores"] = number
        for name in vocabulary.of_stores:
            state[store_field(store.platform, number, name)] = getattr(store, name) or UNKNOWN
        part = "" if store.ad_share is None else f"{plain(store.ad_share * 100)}%"
        state[store_field(store.platform, number, "ad_share")] = part
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
