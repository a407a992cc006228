"""The session's state: opened from its draft or its link, kept as a draft and in the address.

A tab is known by a token in its address, its browser by one in a cookie; a draft needs both. A session that
begins again, after a reload or a restart of the server, takes up its draft with the very keys its widgets
had, so that what a waiting browser still holds belongs to the same fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import streamlit as st

from estimator.book import drafts
from estimator.brief import brief as briefs
from estimator.brief import link as address
from estimator.brief.brief import Brief
from estimator.brief.link import Link
from estimator.presentation.words import LANGUAGES, language_of
from estimator.rules.rules import Rules
from estimator.screens import fields, form_state
from estimator.values.errors import Fault, QuotecastError

COOKIE = "quotecast"
TOKEN = re.compile(r"[0-9a-f]{32}")
MODES = ("internal", "presenter")
PAGES = ("live", "compare", "estimate", "quotes")
PLAIN = (
    "answers",
    "edited",
    "renewed",
    "generation",
    "opened",
    "language",
    "mode",
    "extras",
    "page",
    "client",
    "user",
    "draft",
    "follows",
)
MOST_OFFERED = 3
"""Drafts that an empty page offers to go on with."""
KINDS = (dict, list, dict, int, str, str, str, dict, str, dict, str, dict, str)
"""What a draft keeps as it stands, and of which kind; the brief it began from is written out."""


def begin(rules: Rules) -> None:
    """Make a new session ready: from the tab's draft, else from the link it was opened with."""
    state = st.session_state
    if "tab" not in state:
        params = st.query_params
        state["browser"] = _known(st.context.cookies.get(COOKIE))
        state["tab"] = _known(params.get("t"))
        draft = drafts.load(state["browser"], state["tab"])
        if draft is None or not restore(draft.content):
            _follow(params.get("b", ""), rules)
        # what the link or the draft was made with; what is drawn from now on is kept beside it
        state["received"] = state.get("extras", {}).get("shown")
    state.setdefault("extras", {})
    state.setdefault("generation", 0)
    state.setdefault("language", language_of(st.context.locale))
    state.setdefault("mode", _last_mode(state["browser"]))
    wanted = st.query_params.get("p", PAGES[0])
    state.setdefault("page", wanted if wanted in PAGES else PAGES[0])
    form_state.held()


def _known(token: str | None) -> str:
    return token if isinstance(token, str) and TOKEN.fullmatch(token) else drafts.token()


def _follow(value: str, rules: Rules) -> None:
    """Open a link's facts; what is wrong with it is told on the page until something is typed."""
    if not value:
        return
    state = st.session_state
    try:
        link = address.unpack(value, rules.vocabulary)
    except QuotecastError as error:
        state["bad_link"] = error.faults[0]
        return
    form_state.fill(link.brief, rules.kpis)
    if link.scenario in rules.scenarios:
        form_state.held()["scenario"] = link.scenario
    state["mode"] = MODES[1] if link.presenter else _last_mode(state["browser"])
    state["extras"] = dict(link.extras)


def _last_mode(browser: str) -> str:
    """Who sees the page in the tab that this browser used last: a new one on a shared screen opens alike."""
    modes = (draft.content.get("mode") for draft in drafts.newest(browser))
    return next((mode for mode in modes if mode in MODES), MODES[0])


def complaint() -> Fault | None:
    """What is wrong with the link this session was opened with, as long as nothing else was done."""
    state = st.session_state
    if state.get("edited") or state.get("base"):
        state.pop("bad_link", None)
    fault: Fault | None = state.get("bad_link")
    return fault


@contextmanager
def kept(brief: Brief) -> Iterator[None]:
    """Keep the session as a draft before a page or a part of it is drawn; again, and in the address, whatever
    becomes of the drawing. A browser that is told of a new address first shows the figures later; a new tab
    is told at once, or a reload before its first figures would not find its draft.
    """
    value = _save(brief)
    if "t" not in st.query_params:
        _put_in_address(value)
    try:
        yield
    finally:
        _put_in_address(_save(brief))


def _save(brief: Brief) -> str:
    """Keep all of the session as a draft; the brief's facts as a link's value, empty where there are none."""
    state = st.session_state
    link = Link(
        brief=brief,
        scenario=form_state.scenario().replace(fields.USUAL, ""),
        presenter=state["mode"] == "presenter",
        extras=state["extras"],
    )
    value = address.pack(link)
    drafts.save(state["browser"], state["tab"], content() | {"link": value})
    return "" if link == Link(brief=Brief()) else value


def _put_in_address(value: str) -> None:
    """Keep the tab, its page and the brief's facts in the address."""
    state = st.session_state
    wanted = {"t": state["tab"]}
    if state["page"] != PAGES[0]:
        wanted["p"] = state["page"]
    if value:
        wanted["b"] = value
    elif "bad_link" in state:
        wanted["b"] = st.query_params.get("b", "")
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def cookie() -> str:
    """The token to put into the browser's cookie; empty where the browser has it."""
    browser: str = st.session_state["browser"]
    return "" if st.context.cookies.get(COOKIE) == browser else browser


def last_drafts() -> tuple[tuple[drafts.Draft, Brief], ...]:
    """The newest drafts of this browser in which a platform was named, with their facts, each once."""
    found: dict[str, tuple[drafts.Draft, Brief]] = {}
    for draft in drafts.newest(st.session_state["browser"]):
        link = str(draft.content.get("link"))
        try:
            facts = address.unpack(link).brief
        except QuotecastError:
            continue
        if facts.stores:
            found.setdefault(link, (draft, facts))
    return tuple(found.values())[:MOST_OFFERED]


def resume(draft: Mapping[str, Any]) -> None:
    """Take up another tab's draft in this one, in the language and mode of this one."""
    form_state.clear()
    state = st.session_state
    same = {name: state[name] for name in ("language", "mode")}
    restore({**draft, **same, "generation": state["generation"]})


# ── a session as JSON ─────────────────────────────────────────────────────────────────────────────


def content() -> dict[str, Any]:
    """All that was typed and chosen, as JSON."""
    state = st.session_state
    base: Brief | None = state.get("base")
    return {name: state[name] for name in PLAIN if name in state} | {
        "base": None if base is None else base.model_dump(mode="json", exclude_none=True),
    }


def restore(draft: Mapping[str, Any]) -> bool:
    """Put a draft's content into the session; whether it was whole."""
    try:
        values = _read(draft)
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError):
        return False
    for name, value in values.items():
        st.session_state[name] = value
    return True


def _read(draft: Mapping[str, Any]) -> dict[str, Any]:
    """The session's values from a draft's content; raises where they are not what was kept."""
    values: dict[str, Any] = {}
    for name, kind in zip(PLAIN, KINDS):
        if name in draft and not (name == "opened" and draft[name] is None):
            if not isinstance(draft[name], kind):
                raise TypeError(name)
            values[name] = draft[name]
    for name, known in (("language", LANGUAGES), ("mode", MODES), ("page", PAGES)):
        if values.get(name, known[0]) not in known:
            raise ValueError(name)
    for field, value in values["answers"].items():
        if not isinstance(value, _kinds(field)):
            raise TypeError(field)
    if draft["base"] is not None:
        values["base"] = briefs.parse(draft["base"])
    return values


def _kinds(field: str) -> tuple[type, ...]:
    """What a field's answer may be."""
    if field in ("platforms", "add_ons"):
        return (list,)
    if re.fullmatch(r"(first|last)\d|\w+_stores", field):
        return (int,)
    return (str, int) if field == "contract_months" else (str,)
