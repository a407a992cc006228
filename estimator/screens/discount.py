"""The discount on the page: how much, why, until when. Never before the prospect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import streamlit as st

from estimator.contract.discount import Discount
from estimator.contract.trade import Trade
from estimator.presentation.discount_words import discount_words
from estimator.presentation.words import Words
from estimator.quoting.quote import Quote
from estimator.screens import markup, panels

USUAL_DAYS = 14
USUAL_PERCENT = 5.0


def box(made: Quote, words: Words, agree: Callable[[Trade], None]) -> None:
    """What opens at the price; ``agree`` makes a trade part of the offer."""
    rule, on, given = made.rules.trade.discount, made.rules.on, made.trade.discount
    named = discount_words(made, rule, words)
    with panels.popover(named.button, "pop_discount", kind="tertiary") as opened:
        if not opened:
            return
        markup.put(panels.title(named.title, named.lead), words)
        if named.said:
            markup.put(panels.said((named.said,)), words)
        most = float(rule.most * 100)
        left, right = st.columns(2, gap="small")
        with left:
            percent = st.number_input(
                named.share, 0.5, most, min(USUAL_PERCENT, most), 0.5, "%.1f", key="discount_share"
            )
        reason = st.selectbox(
            named.reason,
            tuple(named.reasons),
            format_func=lambda name: named.reasons[name],
            key=f"discount_reason_{words.language}",
            filter_mode=None,
        )
        last = on + dt.timedelta(days=rule.days)
        usual = min(on + dt.timedelta(days=USUAL_DAYS), last)
        with right:
            until = st.date_input(named.until, usual, on, last, key="discount_until", format="YYYY-MM-DD")
        share = Decimal(str(percent)) / 100
        discount = Discount(share=share, reason=str(reason), until=until)
        # a discount is off the list, so what was agreed against the base begins anew
        bare = made.trade.model_copy(update=made.trade.given)
        with st.container(horizontal=True, gap="small"):
            trade = bare.model_copy(update={"discount": discount})
            st.button(named.give, key="discount_give", type="primary", on_click=agree, args=(trade,))
            if given is not None:
                trade = bare.model_copy(update={"discount": None})
                st.button(named.take_back, key="discount_back", on_click=agree, args=(trade,))
