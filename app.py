"""The page on localhost: ``make run``."""

import streamlit as st

from estimator.screens import frame

st.set_page_config(page_title="Quotecast", page_icon="📊", layout="wide", initial_sidebar_state="expanded")
frame.page()
