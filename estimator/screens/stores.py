"""The stores of the form: one of a platform, or several, each with its own facts and its share of ads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from estimator.presentation.frame import store_words
from estimator.screens import markup
from estimator.screens.fields import MOST_STORES
from estimator.screens.form_fields import Fields
from estimator.screens.form_state import add_store, drop_store, held, store_count, store_field, stores_held
from estimator.screens.redraw import redraw

SHARE = "ad_share"
WIDTHS = (1.25, 1, 1, 1, 0.8, 0.62)


def store_rows(form: Fields) -> None:
    """A row for each store; another one of a platform is added in its last row."""
    named, stores = store_words(form.words), stores_held(form.words.vocabulary)
    shared = len(stores) > 1 or any(held().get(store_field(*store, SHARE)) for store in stores)
    with st.container(key="stores"):
        for platform, number in stores:
            name, *facts, buttons = st.columns(WIDTHS, gap="small", vertical_alignment="bottom")
            several, last = store_count(platform) > 1, number == store_count(platform)
            with name:
                title = form.answer("platforms", platform)
                st.html(markup.heading(f"{title} {number}" if several else title))
            for fact, column in zip(form.words.vocabulary.of_stores, facts):
                if not (fact == "status" and (platform, number) == stores[0]):
                    with column:
                        form.store(platform, fact, number)
            if shared:
                with facts[-1]:
                    form.text(store_field(platform, number, SHARE), named.share)
            with buttons, st.container(key=f"store_ways_{platform}_{number}", horizontal=True, gap=None):
                if last and len(stores) < MOST_STORES:
                    _way(f"add_{platform}", named.add, ":material/add:", partial(add_store, platform))
                if several:
                    drop = partial(drop_store, platform, number, form.words.vocabulary)
                    _way(f"drop_{platform}_{number}", named.drop, ":material/close:", drop)


def store_fields(form: Fields) -> tuple[str, ...]:
    """The fields of stores that may be at fault."""
    stores = stores_held(form.words.vocabulary)
    facts = (*form.words.vocabulary.of_stores, SHARE)
    return tuple(store_field(*store, fact) for store in stores for fact in facts)


def _way(key: str, label: str, icon: str, change: Callable[[], None]) -> None:
    """A button that changes which stores there are."""
    st.button(
        label, key=f"store_{key}", icon=icon, help=label, type="tertiary", on_click=_changed, args=(change,)
    )


def _changed(change: Callable[[], None]) -> None:
    change()
    redraw()
