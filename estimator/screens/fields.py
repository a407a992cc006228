"""The fields of the form: which there are, and how each is shown."""

from __future__ import annotations

from estimator.values.typed.lexicon import MOST_SAID

UNKNOWN = "unknown"
USUAL = "expected"
"""The scenario where nobody chose one."""
GOALS = 3
MONTHS = (*range(1, 13), 18, 24, 36)
MORE = (
    "current_gmv",
    "expected_gmv",
    "recent_ad_spend",
    "history_from",
    "return_rate",
    "current_price",
    "size_class",
    "fulfilment_cost",
    "creator_commission",
    "samples_sent",
    "sample_cost",
    "payout_days",
    "cash_in_hand",
    "stock_in_hand",
    "payouts_due",
    "sku_count",
    "start",
    "filming",
    "seller_team",
    "team_level",
    "us_staff",
    "own_videos",
    "creators_contacted",
    "creators_active",
    "live_hours",
    "ads_paid",
    "creators_paid",
    "data_tooling",
    "project_hours",
    "asks_guarantee",
    "shop_rating",
)
MOST_STORES = 40
"""Stores of a brief."""
PAST = "history"
"""The field of past months, which is a text of its own."""
MOST_PAST = 10_000
"""Characters of it."""
MOST_TYPED = MOST_SAID
"""Characters a field takes; what is wrong with long ones is said, not cut off."""
HIDDEN = (
    *MORE,
    PAST,
    "first0",
    *(f"{part}{i}" for i in range(1, GOALS) for part in ("level", "first", "last")),
)
"""Fields inside the popovers: their faults are told outside, with the field's name."""
PAIR = ("price", "landed_cost")
FIELD_OF_CODE = {"unknown_month": "start"}
