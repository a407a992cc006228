"""Streamlit pages: widgets to brief, view models to widgets; no words and no sums of their own."""
