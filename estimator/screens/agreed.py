"""What was agreed on facts that have changed since: what it gives away now, and the three ways on."""

from __future__ import annotations

import streamlit as st

from estimator.contract.trade import Trade
from estimator.presentation.agreed_words import outdated_words
from estimator.presentation.words import Words
from estimator.quoting import trades
from estimator.quoting.outdated import outdated
from estimator.quoting.quote import Quote
from estimator.screens import markup, panels
from estimator.screens.asked import Asked, once
from estimator.screens.trade import TradeSlider


def box(made: Quote, asked: Asked, trade: TradeSlider, words: Words) -> None:
    """Draw it where something is outdated; never before the prospect, who is not told what we give away."""
    if words.to_you or (changed := outdated(made)) is None:
        return
    risk = trade.risk()
    anew = once("agreed_anew", (asked, risk), lambda: trades.renewed(made, risk))
    named = outdated_words(made, changed, anew, words)
    with st.container(key="agreed"):
        markup.put(panels.outdated(named.lines), words)
        with st.container(key="agreed_ways", horizontal=True, gap="small"):
            if named.renew and isinstance(anew, Trade):
                st.button(named.renew, key="agreed_renew", type="primary", on_click=trade.agree, args=(anew,))
            st.button(named.keep, key="agreed_keep", on_click=trade.agree, args=(made.trade.bare,))
            st.button(named.drop, key="agreed_drop", on_click=trade.agree, args=(Trade(),))
