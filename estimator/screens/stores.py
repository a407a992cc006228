"""The stores of the form: one of a platform, or several, each with its own facts and its share of ads."""

from __future__ import annotations

import streamlit as st

from estimator.screens import markup
from estimator.screens.form_fields import Fields


def store_rows(form: Fields) -> None:
    for platform in form.platforms:
        name, *facts = st.columns(4, gap="small", vertical_alignment="bottom")
        with name:
            st.html(markup.heading(form.answer("platforms", platform)))
        for fact, column in zip(form.words.vocabulary.of_stores, facts):
            if not (fact == "status" and platform == form.platforms[0]):
                with column:
                    form.store(platform, fact)
