"""Forecasts held against what came: tables read, histories replayed, scores with an interval on each."""
